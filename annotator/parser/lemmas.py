"""Words and their tags → lemmas, by the longest ending that the treebank's words taught (training/lemmas.py).

An edit cuts letters off a word's end and puts others there. The table knows one for a whole word where its ending would
mislead ("men", "better"), else for the longest ending ("-ied" of a VBD: cut three, add "y"); the tag is the Penn tag,
since it tells past from plural. Proper nouns keep their letter case, all others lose it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST = 7
PROPER = frozenset({"NNP", "NNPS"})
# What a whole word's row begins with.
WHOLE = "^"

Edit = tuple[int, str]
Table = dict[tuple[str, str], Edit]


@lru_cache(maxsize=4)
def load_table(path: Path) -> Table:
    """The edits by tag and ending: a line each of `tag, ending, cut, add`."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf8").splitlines())
    return {(tag, ending): (int(cut), add) for tag, ending, cut, add in rows}


def cased(word: str, tag: str) -> str:
    """The word as its lemma is cased."""
    return word if tag in PROPER else word.lower()


def edit_of(table: Mapping[tuple[str, str], Edit], word: str, tag: str) -> Edit:
    """The edit for a word: its own, or that of its longest known ending."""
    low = word.lower()
    if own := table.get((tag, WHOLE + low)):
        return own
    endings = (low[-n:] if n else "" for n in range(min(LONGEST, len(low)), -1, -1))
    return next((table[tag, e] for e in endings if (tag, e) in table), (0, ""))


def lemma(table: Mapping[tuple[str, str], Edit], word: str, tag: str) -> str:
    """A word's lemma, never empty."""
    cut, add = edit_of(table, word, tag)
    form = cased(word, tag)
    return (form[: len(form) - cut] + add) or form
