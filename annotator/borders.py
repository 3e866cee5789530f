"""Where spans end: whole quotations in, edge punctuation and page furniture out, by the annotation guidelines.

A content takes a quotation that it touches whole, marks included, and all paragraphs of one that goes on; a
quotation that follows its report at once ("A," said Ode. "B.") belongs to it too.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from annotator.model import READABLE, Document, Span
from annotator.quotes import Quote, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LEADING = frozenset(",;:.!?–—-)]”»")
_TRAILING = frozenset(",;:–—-([“„«")
_OPEN = frozenset('“"«„‘')
# What a quotation may begin with, for `str.startswith`.
MARKS = ("“", '"', "‘", "«", "''")
_CLOSE = re.compile(r"[”\"»“’]|''")
# Words after which a programme or paper is named in marks, in so many words at most.
WHERE = frozenset({"in", "on", "to", "with"})
_SMALL = frozenset({"a", "and", "at", "for", "in", "of", "on", "the", "with"})
_TITLE = 4
_PARTING = frozenset(",;:—–-…")
_FINAL = frozenset(".!?…–—-")
_CLOSING = frozenset("\"”»’'")
_WHOLE_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def readable(document: Document) -> tuple[Span, ...]:
    """The paragraphs in which somebody can be reported; the whole text where none are marked."""
    if not document.paragraphs:
        return (Span(0, len(document.text)),) if document.text else ()
    return tuple(p.span for p in document.paragraphs if p.kind in READABLE and p.end > p.start)


def clip(text: str, spans: Iterable[Span], blocks: Sequence[Span]) -> tuple[Span, ...]:
    """The spans cut to the blocks they touch, one piece a block, trimmed, in text order, none empty or twice.

    The blocks stand in text order and share nothing.
    """
    out = set()
    for span in spans:
        first = bisect_right(blocks, span.start, key=attrgetter("end"))
        last = bisect_left(blocks, span.end, key=attrgetter("start"))
        for block in blocks[first:last]:
            cut = trim(text, Span(max(span.start, block.start), min(span.end, block.end)))
            out.update([cut] if cut else [])
    return tuple(sorted(out))


def whole_words(text: str, span: Span) -> Span:
    """The span drawn out to the ends of the words that it cuts, hyphens included: “rebel-” to “rebel-held”."""
    start, end = span.start, span.end
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    if end < len(text) and (text[end] == "-" or text[end - 1] == "-") and text[end - 2 : end].strip():
        tail = re.match(r"-?\w+(?:-\w+)*", text[end:])
        end += tail.end() if tail and (text[end - 1] == "-") != (text[end] == "-") else 0
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Span(start, end)


def up_to_mark(text: str, span: Span, quotes: Sequence[Quote]) -> Span:
    """The span with the quotation that goes on right behind it: “had pledged *help “within hours”*”."""
    if text[span.end : span.end + 1] != " " or not text[span.end - 1].isalnum():
        return span
    after = next((q for q in quotes if q.start == span.end + 1 and q.opened and q.closed), None)
    return span if after is None else Span(span.start, after.end)


def without_lone_marks(text: str, content: Sequence[Span], quotes: Sequence[Quote]) -> tuple[Span, ...]:
    """The pieces without a mark at their end that closes what began outside: ‘I think *he knew*’, she said."""
    out = []
    for piece in content:
        around = (q for q in quotes if q.closed and q.end == piece.end and q.start < piece.start)
        outside = (q for q in around if not any(other.start <= q.start < other.end for other in content))
        mark = next((2 if text.endswith("''", q.start, q.end) else 1 for q in outside), 0)
        out.append((trim(text, Span(piece.start, piece.end - mark)) if mark else None) or piece)
    return tuple(out)


def trim(text: str, span: Span) -> Span | None:
    """The span without white space, separators and a final full stop at its edges; None if no word is left.

    A full stop inside closing marks stays, and so do the marks: “We go.”
    """
    start, end = span.start, span.end
    while start < end and (
        text[start].isspace() or (text[start] in _LEADING and not _opens(text, start, end))
    ):
        start += 1
    while end > start and (
        text[end - 1].isspace() or text[end - 1] in _TRAILING or _is_stop(text, start, end)
    ):
        end -= 1
    return Span(start, end) if any(c.isalnum() for c in text[start:end]) else None


def _opens(text: str, at: int, end: int) -> bool:
    """Whether a dash or full stop begins a number or name (-5, .com): a word character follows it."""
    return text[at] in "-–.”" and at + 1 < end and text[at + 1].isalnum()


def _is_stop(text: str, start: int, end: int) -> bool:
    """A full stop that ends a sentence: not the one of an abbreviation with others inside (U.S.), nor an ellipsis."""
    if text[end - 1] != "." or (text[start] in _OPEN and not _CLOSE.search(text, start + 1, end)):
        # A quotation that goes on in the next paragraph has its stop inside.
        return False
    word = text[start : end - 1].rsplit(None, 1)[-1:] or [""]
    return "." not in word[0] and text[max(start, end - 2) : end] != ".."


def merge(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Overlapping spans, and spans with only white space of one line between them, as one."""
    out: list[Span] = []
    for span in sorted(spans):
        between = text[out[-1].end : span.start] if out else "\n"
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        elif out and not between.strip() and "\n" not in between:
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return tuple(out)


def subtract(spans: Iterable[Span], taken: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of the spans that no taken span covers."""
    out = list(spans)
    for t in taken:
        cut: list[Span] = []
        for s in out:
            if not s.overlaps(t):
                cut.append(s)
                continue
            cut.extend(Span(a, b) for a, b in ((s.start, t.start), (t.end, s.end)) if a < b)
        out = cut
    return tuple(out)


def whole_quotations(
    text: str, content: Sequence[Span], outside: Sequence[Span], quotes: Sequence[Quote]
) -> tuple[Span, ...]:
    """The content with each quotation that it touches taken in whole.

    Not one that also holds the cue or source (`outside`): then somebody else speaks around this report.
    """
    out = list(content)
    first, last = min((c.start for c in out), default=0), max((c.end for c in out), default=0)
    near = [q for q in quotes if q.start < last and first < q.end]
    for group in joined(text, quotes):
        if group[-1].end <= first or last <= group[0].start:
            continue
        parts = [q.span for q in group]
        if any(o.overlaps(p) for o in outside for p in parts):
            continue
        touched = [p for p in parts if any(_shares_words(text, p, c) for c in out)]
        if touched:
            out.extend(parts)
        else:
            out = list(subtract(out, parts))
    for quote in near:
        if quote.depth and not any(o.overlaps(quote.span) for o in outside):
            out = [_grown(text, c, quote.span) for c in out]
    return merge(out, text)


def _grown(text: str, piece: Span, quote: Span) -> Span:
    """A piece with an inner quotation completed when it holds most of it; of one around it only marks are taken in."""
    if piece in quote:
        rest = text[quote.start : piece.start] + text[piece.end : quote.end]
        return piece if any(c.isalnum() for c in rest) else quote
    if not piece.overlaps(quote):
        return piece
    shared = len(text[max(piece.start, quote.start) : min(piece.end, quote.end)].strip("\"'“”‘’"))
    if 2 * shared < len(quote):
        return piece
    return Span(min(piece.start, quote.start), max(piece.end, quote.end))


def _shares_words(text: str, a: Span, b: Span) -> bool:
    return a.overlaps(b) and any(c.isalnum() for c in text[max(a.start, b.start) : min(a.end, b.end)])


def following(
    text: str, content: Sequence[Span], spoken: Sequence[Span], quotes: Sequence[Quote]
) -> list[Span]:
    """Quotations that go on at once after the report: "A," said Ode. "B." The gap holds cue and source and no more.

    `spoken` are the cue and the source; the gap from the content to the next quotation must hold them, be short, and
    stay in its paragraph.
    """
    out: list[Span] = []
    last = max((c.end for c in content), default=0)
    if not content or text[last - 1] not in _CLOSING:
        return out
    for quotation in joined(text, quotes):
        if quotation[0].start < last:
            continue
        group = [q.span for q in quotation]
        first = group[0]
        gap = Span(last, first.start)
        holds = bool(spoken) and all(s in gap for s in spoken)
        ended = _sentences(gap.of(text))
        if not holds or "\n" in gap.of(text) or len(gap) > 160 or ended > 1:
            break
        if ended and not _is_sentence(text[first.start : group[-1].end]):
            # “Yes,” she said. “The Comet”, as he is called, left: a name in marks is no answer.
            break
        said_of = gap.of(text).split()[-1]
        if not ended and said_of[-1] not in _PARTING and said_of not in WHERE:
            # “A farce,” said Ode, who goes by “Sully”: what stands in marks within a clause is no answer either.
            break
        if not ended and said_of in WHERE and is_title(first.of(text)):
            break
        out.extend(group)
        break
    return out


def is_title(quotation: str) -> bool:
    """Whether a quotation is what a programme or a paper is called: he said so on *“Harbour Sunday.”*."""
    first, *rest = (w.strip("“”\"‘’«»'.,") for w in quotation.split())
    named = all(w[:1].isupper() or w.isdigit() or w in _SMALL for w in rest)
    return len(rest) < _TITLE and (first[:1].isupper() or first.isdigit()) and named


def _is_sentence(quotation: str) -> bool:
    """Whether a quotation ends as a sentence does, or has one that does in it."""
    return quotation.rstrip("\"'”’»")[-1:] in _FINAL or _sentences(quotation) > 0


def _sentences(gap: str) -> int:
    """How many sentences end in the gap: a stop before a space and at the gap's end, titles such as "Mr." aside."""
    words = gap.split()
    ends = [w for w in words if w[-1] in ".!?:" and _WHOLE_WORD.fullmatch(w[:-1].rstrip(",")) is not None]
    return sum(len(w) > 3 or w[0].islower() for w in ends)
