"""Pairs quotation marks, one paragraph at a time.

News mixes its marks: "opened straight and closed curly,” a quotation of several paragraphs that opens each and
closes only the last, ‘single’ marks among apostrophes, '' for a double mark, a mark that was never closed.
A mark is judged by its neighbours (an opening one stands before a word, a closing one after it), not by its shape
alone, and pairs with any mark of its family.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from annotator.model import READABLE, Paragraph, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

Family = Literal["double", "single", "angle"]

_MARK = re.compile(r"''|``|[\"“”„‟«»‹›‘’‚'`]")
_FAMILY: dict[str, Family] = {
    **dict.fromkeys(("''", "``", '"', "“", "”", "„", "‟"), "double"),
    **dict.fromkeys(("‘", "’", "‚", "'", "`"), "single"),
    **dict.fromkeys(("«", "»", "‹", "›"), "angle"),
}
_SINGLE = frozenset("'‘’")
_OPENERS = frozenset("“„‟«‹‘‚`") | {"``"}
_CLOSERS = frozenset("”»›")
_BEFORE_OPENING = frozenset("([{<-–—/:;,…") | {""}
_ELISION = re.compile(
    r"(?:\d\d?0?s\b|em\b|til\b|tis\b|twas\b|cause\b|bout\b|n\b|round\b|cos\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation, or the part of one in one paragraph, with its marks.

    `opened` and `closed` say whether the mark stands there; `continues` that it goes on with the quotation of the
    paragraph before, whose mark was not closed; `depth` is 0 for a quotation inside no other.
    """

    start: int
    end: int
    opened: bool = True
    closed: bool = True
    continues: bool = False
    depth: int = 0
    family: Family = "double"

    @property
    def span(self) -> Span:
        """The quotation's range, marks included."""
        return Span(self.start, self.end)


class _Mark(NamedTuple):
    start: int
    end: int
    text: str
    family: Family
    opens: bool
    closes: bool


def find_quotes(text: str, paragraphs: Sequence[Paragraph]) -> tuple[Quote, ...]:
    """All quotations of the readable paragraphs in text order, outer ones before what they hold."""
    out: list[Quote] = []
    pending: Family | None = None  # the family of a quotation that the paragraph before left open
    for paragraph in paragraphs:
        if paragraph.kind not in READABLE:
            pending = None
            continue
        found = _pair(text, paragraph, pending)
        out.extend(found)
        left_open = [q for q in found if q.depth == 0 and not q.closed]
        pending = left_open[-1].family if left_open else None
    return tuple(_settle_singles(text, out))


def joined(text: str, quotes: Sequence[Quote]) -> list[tuple[Quote, ...]]:
    """The outermost quotations, the parts of one that runs over several paragraphs together."""
    groups: list[list[Quote]] = []
    for quote in quotes:
        if quote.depth:
            continue
        after_open = bool(groups) and not groups[-1][-1].closed
        if quote.continues and after_open and not text[groups[-1][-1].end : quote.start].strip():
            groups[-1].append(quote)
        else:
            groups.append([quote])
    return [tuple(g) for g in groups]


def _marks(text: str, paragraph: Paragraph) -> list[_Mark]:
    """The paragraph's marks that could open or close a quotation."""
    out = []
    for m in _MARK.finditer(text, paragraph.start, paragraph.end):
        before = text[m.start() - 1] if m.start() > paragraph.start else ""
        after = text[m.end()] if m.end() < paragraph.end else ""
        mark = _judge(text, m, *_beside(text, m, before, after))
        if mark.opens or mark.closes:
            out.append(mark)
    return out


def _beside(text: str, m: re.Match[str], before: str, after: str) -> tuple[str, str]:
    """What stands before and after a double mark, a space left out that parts it from a single one.

    Some papers set " 'Run,' he called," and "it is a 'farce,' " she said.
    """
    if _FAMILY[m.group()] != "double":
        return before, after
    ended, begun = text[max(0, m.start() - 2) : m.start()], text[m.end() : m.end() + 3]
    if before == " " and ended[:1] in _SINGLE:
        before = ended[:1]
    if after == " " and begun[1:2] in _SINGLE and not begun[2:].isspace():
        after = begun[1:2]
    return before, after


def _judge(text: str, m: re.Match[str], before: str, after: str) -> _Mark:
    shape, family = m.group(), _FAMILY[m.group()]
    loose_before = before.isspace() or before in _BEFORE_OPENING or before in _FAMILY
    loose_after = after == "" or not after.isalnum()
    opens = loose_before and after != "" and not after.isspace()
    closes = loose_after and before != "" and not before.isspace()
    if family != "single":
        opens = opens or (shape in _OPENERS and after.isalnum())
        closes = closes or (shape in _CLOSERS and before != "" and not opens)
        # `say "no" to` stands clear; in `5'11" tall` the mark after a digit counts inches.
        if shape == '"' and before.isdigit() and not loose_before:
            opens = False
    elif opens and (_ELISION.match(text, m.end()) or shape == "’"):
        opens = shape == "‘" and not _ELISION.match(text, m.end())
    if shape in ("‘", "‚"):
        closes = False
    return _Mark(m.start(), m.end(), shape, family, opens, closes)


def _pair(text: str, paragraph: Paragraph, pending: Family | None) -> list[Quote]:
    """The quotations of one paragraph; `pending` is what the paragraph before left open."""
    marks = _marks(text, paragraph)
    block = paragraph.span.of(text)
    first = paragraph.end - len(block.lstrip())
    stack: list[_Mark] = []
    out: list[Quote] = []
    for k, mark in enumerate(marks):
        at = next((j for j in reversed(range(len(stack))) if stack[j].family == mark.family), None)
        # A space is lost now and then: "It fell,"Ode said.
        tight = mark.text == '"' and text[mark.start - 1 : mark.start] == ","
        if at is not None and (tight or mark.closes) and _closes_here(text, marks, k):
            opener = stack[at]
            del stack[at:]
            if text[opener.end : mark.start].strip():
                out.append(Quote(opener.start, mark.end, family=mark.family))
        elif mark.opens and not (
            mark.closes and mark.start != first and at is None and mark.text in _CLOSERS
        ):
            stack.append(mark)
        elif mark.closes and at is None and mark.family == "double" and not out and not stack:
            lone = _opened_before(text, first, mark, continues=pending is not None)
            out.extend([lone] if lone else [])
    end = paragraph.start + len(block.rstrip())
    out.extend(_unclosed(text, stack, [q.start for q in out], first, end))
    out = [replace(q, continues=q.start == first and pending == q.family) for q in out]
    return _with_depth(sorted(out, key=lambda q: (q.start, -q.end)))


def _closes_here(text: str, marks: list[_Mark], k: int) -> bool:
    """Whether mark `k` closes the open quotation of its family.

    "He said "no" twice" nests; the plural possessive in 'the drivers' demands' leaves the closing to a later mark.
    """
    mark = marks[k]
    later = [m for m in marks[k + 1 :] if m.family == mark.family]
    if mark.opens and mark.closes:
        # With no space on either side ("yes"—"no") the mark closes what is open.
        return mark.text not in _OPENERS or not any(m.closes for m in later)
    if mark.family != "single" or not later:
        return True
    possessive = text[mark.start - 1] in "sS" and bool(re.match(r" \w", text[mark.end :][:2]))
    return not (possessive and later[0].closes and not later[0].opens)


def _opened_before(text: str, first: int, mark: _Mark, *, continues: bool) -> Quote | None:
    """A quotation whose opening mark is missing: it begins with the paragraph, if speech punctuation ends it."""
    ends_speech = text[mark.start - 1] in ",.!?…" and mark.start > first
    if not ends_speech and not continues:
        return None
    return Quote(first, mark.end, opened=False, family="double")


def _unclosed(text: str, stack: list[_Mark], others: list[int], first: int, end: int) -> list[Quote]:
    """Marks that nothing closed: a double one runs to the paragraph's end.

    It stops before another quotation that opens a sentence: "We are ready, she said. "We always were."
    """
    out = []
    doubles = [
        m for m in stack if m.family != "single" or (m.text in "‘'" and _begins_speech(text, first, m))
    ]
    starts = sorted({*others, *(m.start for m in doubles)})
    for mark in doubles:
        before = (text[mark.end : s].rstrip() for s in starts if s > mark.end)
        stop = next((mark.end + len(t) for t in before if t.endswith((".", "!", "?"))), end)
        if stop > mark.end:
            out.append(Quote(mark.start, stop, closed=False, family=mark.family))
    return out


def _begins_speech(text: str, first: int, mark: _Mark) -> bool:
    """Whether a mark opens its paragraph, a sentence, or what follows a colon: ‘No,’ she said. ‘We had none."""
    return mark.start == first or text[first : mark.start].rstrip().endswith((":", ".", "!", "?"))


def _with_depth(quotes: list[Quote]) -> list[Quote]:
    return [replace(q, depth=sum(o is not q and q.span in o.span for o in quotes)) for q in quotes]


def _settle_singles(text: str, quotes: list[Quote]) -> list[Quote]:
    """Without a single mark left open that the next paragraph does not take up: it was an apostrophe."""
    taken_up = {
        id(before)
        for before, after in itertools.pairwise(quotes)
        if after.continues and not text[before.end : after.start].strip()
    }
    return [q for q in quotes if q.family != "single" or q.closed or id(q) in taken_up]
