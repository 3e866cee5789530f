"""The treebank's words → the table of `annotator.parser.lemmas`.

    python training/lemmas.py --ud FOLDER --out annotator/data/models/en/lemmas.tsv

An ending gets a row where its commonest edit, seen on enough different words, differs from that of the shorter
ending; a word gets one of its own where its endings would give it the wrong lemma, and so does every form of the verbs
of our lexica (“blamed”), which a small treebank has not all seen. Prints the share of right lemmas on
the dev and test files with gold tags.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import treebank

from annotator.cues import VERBS
from annotator.names import read_table
from annotator.parser.lemmas import LONGEST, WHOLE, Edit, Table, cased, edit_of, lemma

if TYPE_CHECKING:
    from collections.abc import Iterator

# Verbs whose last letter is doubled: those of one short syllable, and of the longer ones these.
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
_DOUBLED = frozenset(
    {"admit", "commit", "compel", "concur", "infer", "permit", "rebut", "refer", "regret", "submit"}
)
# Fewer words than these and an ending is an accident of the treebank.
ENOUGH = 3
# An ending tells of so many letters before it at most: “re” of “swore”.
LETTERS = 2


def tagged(path: Path) -> Iterator[tuple[str, str, str]]:
    """Each word with its lemma and Penn tag."""
    for _, rows in treebank.blocks(path):
        yield from ((row[1], row[2], row[4]) for row in rows if row[0].isdigit())


def edit(word: str, tag: str, lemma: str) -> Edit:
    form, same = cased(word, tag), 0
    while same < min(len(form), len(lemma)) and form[same] == lemma[same]:
        same += 1
    return len(form) - same, lemma[same:]


def table(words: Iterator[tuple[str, str, str]]) -> Table:
    endings: dict[tuple[str, str], Counter[Edit]] = defaultdict(Counter)
    whole: dict[tuple[str, str], Counter[Edit]] = defaultdict(Counter)
    for word, wanted, tag in words:
        whole[tag, word.lower()][edit(word, tag, wanted)] += 1
    for (tag, low), seen in whole.items():
        # Once a word, however often it occurs: “were” says nothing about “swore”.
        for n in range(min(LONGEST, len(low)) + 1):
            # Nor does “palestinian”, all of which is written anew, of “ukrainian”.
            if commonest(seen)[0] <= n + LETTERS:
                endings[tag, low[len(low) - n :]][commonest(seen)] += 1
    out: Table = {}
    for (tag, ending), seen in sorted(endings.items(), key=lambda item: (len(item[0][1]), item[0])):
        if not ending or (seen.total() >= ENOUGH and commonest(seen) != edit_of(out, ending, tag)):
            out[tag, ending] = commonest(seen)
    known = dict(out)
    for (tag, low), seen in whole.items():
        if commonest(seen) != edit_of(known, low, tag):
            out[tag, WHOLE + low] = commonest(seen)
    return out


def verbs() -> set[str]:
    """The verbs of the lexica of cues and deeds."""
    cues = (row["cue"] for row in read_table("cues.en.tsv") if row["kind"] in VERBS)
    return {phrase.split()[0] for phrase in (*cues, *(row["verb"] for row in read_table("deeds.tsv")))}


def regular(verb: str) -> list[tuple[str, str]]:
    """The forms of a verb with their Penn tags, as if it were a regular one: nobody writes “sayed”."""
    stem = verb + verb[-1] if _SHORT.fullmatch(verb) or verb in _DOUBLED else verb
    if verb.endswith("e"):
        past, now, third = f"{verb}d", f"{verb}ing" if verb.endswith("ee") else f"{verb[:-1]}ing", f"{verb}s"
    elif re.search(r"[^aeiou]y$", verb):
        past, now, third = f"{verb[:-1]}ied", f"{verb}ing", f"{verb[:-1]}ies"
    else:
        past, now = f"{stem}ed", f"{stem}ing"
        third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"
    return [(past, "VBD"), (past, "VBN"), (now, "VBG"), (third, "VBZ")]


def with_verbs(made: Table, wanted: set[str]) -> Table:
    """The table with a row for each regular form that its endings get wrong, but those that the treebank knows."""
    out = dict(made)
    for verb in sorted(v for v in wanted if v.isalpha()):
        for form, tag in regular(verb):
            if lemma(made, form, tag) != verb and (tag, WHOLE + form) not in made:
                out[tag, WHOLE + form] = edit(form, tag, verb)
    return out


def commonest(seen: Counter[Edit]) -> Edit:
    return max(seen, key=lambda e: (seen[e], e))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--ud", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    o = options.parse_args()
    made = with_verbs(table(tagged(treebank.ud_file(o.ud, "train"))), verbs())
    o.out.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{tag}\t{ending}\t{cut}\t{add}\n" for (tag, ending), (cut, add) in sorted(made.items()))
    o.out.write_text("".join(lines), encoding="utf8")
    for part in ("dev", "test"):
        words = list(tagged(treebank.ud_file(o.ud, part)))
        right = sum(lemma(made, word, tag) == wanted for word, wanted, tag in words)
        print(f"{part}: {100 * right / len(words):.2f} % of {len(words):,} lemmas right; {len(made):,} rows")


if __name__ == "__main__":
    main()
