"""Treebank files as paragraphs, sentences and surface tokens, and as the raw text they came from.

Raw text joins the sentences of a paragraph as `SpaceAfter` says and sets a blank line between
paragraphs, so that a tokenizer meets line ends where an editor would have put them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

PARTS = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class Surface:
    """One token as it stands in the text; `words` are its syntactic words, more than one in a contraction."""

    text: str
    words: tuple[str, ...]
    space_after: bool = True

    @property
    def contracted(self) -> bool:
        """Whether the token is written as one and analysed as several words."""
        return len(self.words) > 1


Sentence = tuple[Surface, ...]
Paragraph = list[Sentence]


def token(text: str, *, space_after: bool = True) -> Surface:
    """A token of one word."""
    return Surface(text, (text,), space_after)


def with_space(surface: Surface, space_after: bool) -> Surface:
    return replace(surface, space_after=space_after)


def ud_file(folder: Path, part: str) -> Path:
    """The file of one part; a folder must hold exactly one, whatever the treebank is called."""
    found = sorted(folder.glob(f"*-ud-{part}.conllu"))
    if len(found) != 1:
        raise SystemExit(f"{folder}: expected one *-ud-{part}.conllu, found {len(found)}")
    return found[0]


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """File name → SHA-256 of its bytes."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def blocks(path: Path) -> Iterator[tuple[bool, list[list[str]]]]:
    """Whether a paragraph begins here, and the rows of the sentence, for each sentence of a file."""
    begins, rows = True, []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("# newpar", "# newdoc")):
            begins = True
        elif line and not line.startswith("#"):
            rows.append(line.split("\t"))
        elif not line and rows:
            yield begins, rows
            begins, rows = False, []
    if rows:
        yield begins, rows


def surfaces(rows: list[list[str]]) -> Sentence:
    """The surface tokens of one sentence: ranges as one token, empty nodes left out."""
    forms = {row[0]: row[1] for row in rows}
    found, covered = [], 0
    for number, text, *rest in rows:
        if "." in number:
            continue
        first, _, last = number.partition("-")
        if int(first) <= covered:
            continue
        covered = int(last or first)
        words = tuple(forms[str(i)] for i in range(int(first), covered + 1))
        found.append(Surface(text, words, "SpaceAfter=No" not in rest[-1].split("|")))
    return tuple(found)


def paragraphs(path: Path) -> list[Paragraph]:
    """Every paragraph of a file in order."""
    found: list[Paragraph] = []
    for begins, rows in blocks(path):
        if begins:
            found.append([])
        found[-1].append(surfaces(rows))
    return found


def written(paragraph: Paragraph) -> str:
    """A paragraph's text."""
    return "".join(t.text + " " * t.space_after for sentence in paragraph for t in sentence).rstrip()


def raw_text(found: Iterable[Paragraph]) -> str:
    """Raw text of many paragraphs with a blank line between them."""
    return "\n\n".join(written(paragraph) for paragraph in found) + "\n"
