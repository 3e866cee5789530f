"""Long stories in parts: where to divide one so that a page stays quick, and which tasks make it whole again.

A page with 300 spans opens in seconds, one with 1,200 takes three times as long and each click waits. A part
ends where a paragraph does, and no attribution reaches from one part into another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from annotator.labelstudio.tasks import to_prediction
from annotator.model import Annotation, Document, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["SPANS", "cover", "divided", "fits", "joined", "place"]

SPANS = 300
_LINE = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class _Block:
    """What must stay together: from one possible border to the next, with the number of its spans."""

    span: Span
    spans: int


def divided(document: Document, annotation: Annotation, *, at_most: int = SPANS) -> tuple[Span, ...]:
    """The parts of a story in order, without gaps; one part where it has no more than `at_most` spans.

    A part passes `at_most` only where attributions tie its paragraphs together.
    """
    length = len(document.text)
    if sum(len(a.spans) for a in annotation.attributions) <= at_most:
        return (Span(0, length),)
    starts = sorted(
        item["value"]["start"]
        for item in to_prediction(document, annotation, known=frozenset())["result"]
        if item["type"] == "labels"
    )
    if len(starts) <= at_most:
        return (Span(0, length),)
    edges = [0, *_borders(document, annotation), length]
    parts: list[_Block] = []
    for start, end in pairwise(edges):
        block = _Block(Span(start, end), bisect_left(starts, end) - bisect_left(starts, start))
        if parts and parts[-1].spans + block.spans <= at_most:
            last = parts.pop()
            block = _Block(Span(last.span.start, end), last.spans + block.spans)
        parts.append(block)
    return tuple(block.span for block in parts)


def fits(annotation: Annotation, parts: Iterable[Span]) -> bool:
    """Whether every attribution lies in one of the parts."""
    starts = [p.start for p in parts]
    return all(not any(low < s < high for s in starts) for low, high in _hulls(annotation))


def cover(ranks: Mapping[Span, Any], length: int) -> tuple[Span, ...]:
    """Of these ranges those that make up the whole of `length`, one after the other; none where they do not.

    Where several sets do, the one that holds the highest rank.
    """
    best: dict[int, tuple[Any, tuple[Span, ...]]] = {}
    for span in sorted(ranks):  # in text order: what leads to its start is known by then
        rank = ranks[span]
        path: tuple[Span, ...] = (span,)
        if span.start:
            if span.start not in best:
                continue
            before, way = best[span.start]
            rank, path = max(before, rank), (*way, span)
        if span.end not in best or best[span.end][0] < rank:
            best[span.end] = (rank, path)
    return best[length][1] if length in best else ()


def place(data: Mapping[str, Any], length: int) -> Span:
    """Where the text of a task stands in its story of `length` characters."""
    start, end = data.get("start"), data.get("end")
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
        return Span(start, end)
    return Span(0, max(length, 1))


def joined(results: Iterable[tuple[Span, Sequence[Mapping[str, Any]]]]) -> list[dict[str, Any]]:
    """The regions and relations of parts as those of the whole story."""
    return [_moved(item, span) for span, result in results for item in result]


def _moved(item: Mapping[str, Any], part: Span) -> dict[str, Any]:
    """The item in the story's offsets; ids of two parts are kept apart by where the parts begin."""
    names = {key: f"{part.start}:{item[key]}" for key in ("id", "from_id", "to_id") if key in item}
    value = item.get("value")
    if not isinstance(value, dict) or "start" not in value:
        return {**item, **names}
    try:
        start, end = max(0, int(value["start"])), min(len(part), int(value["end"]))
    except (KeyError, TypeError, ValueError):
        return {**item, **names}
    return {
        **item,
        **names,
        "value": {**value, "start": part.start + start, "end": part.start + end},
    }


def _borders(document: Document, annotation: Annotation) -> list[int]:
    """Where the story may be divided: before a paragraph, or a line where none is known, in no attribution."""
    length = len(document.text)
    starts = {p.start for p in document.paragraphs}
    if len(starts) < 2:
        starts = {m.end() for m in _LINE.finditer(document.text)}
    barred: list[tuple[int, int]] = []
    for low, high in sorted(_hulls(annotation)):
        if barred and low < barred[-1][1]:
            barred[-1] = (barred[-1][0], max(high, barred[-1][1]))
        else:
            barred.append((low, high))
    ends = [high for _, high in barred]

    def free(at: int) -> bool:
        i = bisect_left(ends, at)
        return i == len(barred) or not barred[i][0] < at < barred[i][1]

    return [at for at in sorted(starts) if 0 < at < length and free(at)]


def _hulls(annotation: Annotation) -> list[tuple[int, int]]:
    return [(min(a.spans).start, max(s.end for s in a.spans)) for a in annotation.attributions]
