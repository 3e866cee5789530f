"""Joins quotations, rules and the learned spans into attributions.

The learned model is trusted for what it marks; rules mend what it links badly, add what it is blind to and drop what
the guidelines exclude; quotation marks set the borders. Everything that comes out lies in the story itself, not in
captions, teasers or other furniture of its page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.announced import find_announced
from annotator.borders import (
    clip,
    following,
    merge,
    readable,
    subtract,
    up_to_mark,
    whole_quotations,
    whole_words,
    without_lone_marks,
)
from annotator.calibration import calibrated, traits
from annotator.claims import find_claims
from annotator.cues import values
from annotator.dialogue import exchanged, is_dialogue, parted, unclaimed
from annotator.drafts import drafted, one_speaker_each, proposed
from annotator.joins import with_claims, with_inner, without_doubles
from annotator.lone import floating
from annotator.model import Attribution, Paragraph, QuoteType, Span, attribution_id
from annotator.phrases import source_kind
from annotator.quotes import Quote, find_quotes
from annotator.reported import Draft, is_report, stands_alone
from annotator.talk import find_beside, find_inner, find_tails, find_talk
from annotator.turns import find_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.analysis import Analysis
    from annotator.model import Document

_WORD = re.compile(r"\w+")
# Longer quotations of several paragraphs are not followed.
_REACH = 6000


class Neighbourhood:
    """The quotations near a draft: a book of a million characters has thousands, and each draft needs a few."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        self._quotes = quotes
        self._starts = [q.start for q in quotes]

    def of(self, draft: Draft) -> Sequence[Quote]:
        """Those that begin within reach of any of the draft's spans."""
        spans = (*draft.content, *draft.spoken)
        first = min((s.start for s in spans), default=0) - _REACH
        last = max((s.end for s in spans), default=0) + _REACH
        return self._quotes[bisect_left(self._starts, first) : bisect_right(self._starts, last)]


def attribute(
    document: Document, analysis: Analysis, *, quotations: Sequence[Span] = ()
) -> tuple[Attribution, ...]:
    """The document's attributions in text order, without speakers.

    Every span lies inside one readable paragraph, none is empty, and no two attributions are the same. `quotations`
    are known beforehand, marks included: each is then reported, and no others are looked for.
    """
    blocks = readable(document)
    quotes = _given(quotations) or find_quotes(document.text, _paragraphs(document, blocks))
    claims = [c for c in find_claims(analysis) if is_report(analysis, drafted(c))]
    drafts = with_inner(proposed(analysis, quotes), proposed(analysis, quotes, inner=True))
    drafts = with_claims(analysis, drafts, claims)
    drafts = with_claims(analysis, drafts, find_turns(document, analysis, quotes))
    drafts = with_claims(analysis, drafts, find_announced(document, analysis))
    spoken = (*find_talk(analysis), *find_beside(analysis, quotes), *find_inner(analysis, quotes))
    drafts = with_claims(analysis, drafts, (*spoken, *find_tails(analysis)))
    near = Neighbourhood(quotes)
    drafts = one_speaker_each(document.text, drafts, quotes)
    drafts = [_bordered(document.text, d, near.of(d), blocks) for d in drafts]
    drafts = [d for d in drafts if d.content and (d.spoken or stands_alone(analysis, d.content[0]))]
    drafts = _with_following(document.text, drafts, near, blocks)
    talk = is_dialogue(document.text, quotes)
    turns = quotes if talk or quotations else exchanged(document.text, quotes)
    drafts = parted(document.text, drafts, turns)
    left = unclaimed(document.text, drafts, quotes)
    alone = {q.span for q in turns}
    for claim in floating(analysis, left, blocks, alone=alone, every=bool(quotations)):
        draft = drafted(claim)
        drafts.append(_bordered(document.text, draft, near.of(draft), blocks))
    sha = document.text_sha256
    made = [_finished(sha, analysis, d, near.of(d)) for d in without_doubles(drafts)]
    return assign_parents(sorted(made, key=lambda a: (min(a.spans), a.content, a.id)))


def _given(quotations: Sequence[Span]) -> tuple[Quote, ...]:
    return tuple(Quote(s.start, s.end) for s in sorted(quotations))


def quote_type(
    text: str, content: Sequence[Span], quotes: Sequence[Quote], *, cue: Sequence[Span] = ()
) -> QuoteType:
    """`direct` when every word of `content` stands in quotation marks, `mixed` when some do, else `indirect`.

    Marks that hold the cue too belong to whoever speaks around the report: “The mayor told me to wait.”
    """
    first, last = min(s.start for s in content), max(s.end for s in content)
    near = [q.span for q in quotes if q.start < last and first < q.end]
    around = [q for q in near if not any(q.overlaps(c) for c in cue)]
    found = [m.span() for s in content for m in _WORD.finditer(text, s.start, s.end)]
    inside = [any(q.start <= start and end <= q.end for q in around) for start, end in found]
    if not any(inside):
        return "indirect"
    return "direct" if all(inside) else "mixed"


def assign_parents(attributions: Iterable[Attribution]) -> tuple[Attribution, ...]:
    """Each attribution with the id of the smallest other one in whose content its cue stands.

    Where there is no cue, its first content must stand there, smaller than the content around it.
    """
    given = tuple(attributions)
    sizes = [sum(map(len, a.content)) for a in given]
    return tuple(
        replace(a, parent=_parent(a, size, given, sizes)) for a, size in zip(given, sizes, strict=True)
    )


def _parent(child: Attribution, size: int, others: Sequence[Attribution], sizes: Sequence[int]) -> str | None:
    inner = child.cue or child.content[:1]
    around = [
        (larger, o.id)
        for o, larger in zip(others, sizes, strict=True)
        if larger > size
        and inner[0].start < o.content[-1].end
        and o.content[0].start < inner[0].end
        and o.id != child.id
        and all(any(i in piece for piece in o.content) for i in inner)
    ]
    return min(around)[1] if around else None


def _paragraphs(document: Document, blocks: Sequence[Span]) -> tuple[Paragraph, ...]:
    return document.paragraphs or tuple(Paragraph(b.start, b.end) for b in blocks)


def _bordered(text: str, draft: Draft, quotes: Sequence[Quote], blocks: Sequence[Span]) -> Draft:
    """The draft inside the readable paragraphs, quotations whole, edges bare; without content if none is left."""
    cue = _one(clip(text, [draft.cue] if draft.cue else [], blocks))
    source = _one(clip(text, [draft.source] if draft.source else [], blocks))
    if source is not None and "," in source.of(text) and text[source.end : source.end + 1] == ",":
        # The comma that closes an apposition belongs to it: “Ana Brandt, the union's negotiator,” said.
        source = Span(source.start, source.end + 1)
    if draft.cue is not None and cue is None:
        return replace(draft, content=())
    spoken = tuple(s for s in (cue, source) if s is not None)
    content = tuple(whole_words(text, c) for c in draft.content)
    if draft.origin != "noun":
        # “Called the charge of bad faith “theatre””: what a charge is called is no part of it.
        content = tuple(up_to_mark(text, c, quotes) for c in content)
    content = whole_quotations(text, merge(content, text), spoken, quotes)
    content = without_lone_marks(text, subtract(content, spoken), quotes)
    return replace(draft, content=clip(text, content, blocks), cue=cue, source=source)


def _with_following(
    text: str, drafts: list[Draft], near: Neighbourhood, blocks: Sequence[Span]
) -> list[Draft]:
    """The drafts with the quotations that go on right after their report, unless another cue claims those."""
    out = list(drafts)
    for k, draft in enumerate(drafts):
        more = (
            clip(text, following(text, draft.content, draft.spoken, near.of(draft)), blocks)
            if draft.cue
            else ()
        )
        if not more:
            continue
        rivals = [d for d in out if d is not out[k] and any(m.overlaps(c) for m in more for c in d.content)]
        if any(d.cue is not None for d in rivals):
            continue
        out[k] = replace(draft, content=tuple(sorted({*draft.content, *more})))
        for rival in rivals:
            out[out.index(rival)] = replace(rival, content=())
    return [d for d in out if d.content]


def _one(spans: Sequence[Span]) -> Span | None:
    return spans[0] if spans else None


def _finished(text_sha256: str, analysis: Analysis, draft: Draft, quotes: Sequence[Quote]) -> Attribution:
    source = (draft.source,) if draft.source else ()
    cue = (draft.cue,) if draft.cue else ()
    act, attitude = values(analysis, draft.cue, draft.content)
    kind = quote_type(analysis.text, draft.content, quotes, cue=cue)
    return Attribution(
        id=attribution_id(text_sha256, source=source, cue=cue, content=draft.content),
        content=draft.content,
        source=source,
        cue=cue,
        quote_type=kind,
        attitude=attitude,
        act=act,
        source_kind=source_kind(analysis, draft.source),
        score=calibrated(
            draft.score,
            traits(kind, attitude=attitude, source=source, cue=cue, content=draft.content),
        ),
        no_source_score=round(min(max(draft.no_source, 0.0), 1.0), 4),
    )
