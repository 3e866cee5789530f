"""LitBank's texts as a printed page has them, and which of them are held out.

The corpus puts every word apart and every sentence on a line of its own; its paragraphs are lost. `printed` sets marks
and contractions close, and begins a paragraph only where one quotation follows another with no word between: there the
page must have had one.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from annotator.pipeline import chunks
from annotator.reader import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from annotator.analysis import Analysis
    from annotator.model import Document

HELD_OUT = 20
# What is set close to the word before it.
_CLOSE = re.compile(r"[.,;:?!)\]”’]+|n['’]t|['’](?:s|S|ll|re|ve|d|m)|--+[.,!?]*")

_MARKS = frozenset({'"', "'", "''", "``", "`", "“", "”", "‘", "’"})


def held_out(ids: Iterable[str]) -> frozenset[str]:
    """The texts that nothing is tuned by, whatever the order of the file."""
    return frozenset(sorted(ids, key=lambda i: sha256(i.encode()).hexdigest())[:HELD_OUT])


def read(path: Path, part: str) -> list[dict]:
    """The lines of the file that are held out ("test"), or the others ("train")."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    hidden = held_out(x["id"] for x in lines)
    return [x for x in lines if (x["id"] in hidden) == (part == "test")]


def parsed(lines: list[dict]) -> list[tuple[Document, Analysis]]:
    """Each text as the product reads and parses it."""
    from annotator.parser import Parser  # noqa: PLC0415 - torch, which reading the corpus needs not

    documents, parser = [prepare(x["id"], x["text"]) for x in lines], Parser()
    parses = [p for chunk in chunks(documents) for p in parser.parse(chunk)]
    return list(zip(documents, parses, strict=True))


def printed(line: dict) -> dict:
    """The line with its text as printed, and the offsets of its quotations and mentions moved with it."""
    opened = {q["start"] for q in line["quotes"]}
    closed = {q["end"] for q in line["quotes"]}
    starts, ends = dict[int, int](), dict[int, int]()
    out: list[str] = []
    at, close = 0, True
    for m in re.finditer(r"\S+|\n", line["text"]):
        if m[0] == "\n":
            if _between_quotations(line["text"], m.start(), opened, closed):
                out.append("\n\n")
                at, close = at + 2, True
            continue
        opens = m[0] in _MARKS and m.start() in opened
        closes = m[0] in _MARKS and m.end() in closed
        word = "“" if opens else "”" if closes else m[0]
        gap = "" if close or closes or _CLOSE.fullmatch(m[0]) else " "
        starts[m.start()], ends[m.end()] = at + len(gap), at + len(gap) + len(word)
        at = ends[m.end()]
        out.append(gap + word)
        close = opens or m[0] in ("(", "[") or m[0].startswith("--")
    moved = {
        key: [x | {"start": starts[x["start"]], "end": ends[x["end"]]} for x in line[key]]
        for key in ("quotes", "mentions")
    }
    return line | {"text": "".join(out)} | moved


def _between_quotations(text: str, line_end: int, opened: set[int], closed: set[int]) -> bool:
    return len(text[:line_end].rstrip()) in closed and line_end + 1 in opened
