"""Quotations that take turns, as in fiction and interviews: each belongs to whoever is named beside it, or to nobody.

News lets a quotation of its own paragraph go on with the speaker of the paragraph before. Where two speak in turn the
same look means the other one: “Sold?” asked Ode. [paragraph] “Sold.” So in a dialogue no report reaches over to the
quotation of another paragraph; who speaks there is found among the entities (`voices`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from annotator.quotes import Quote, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.model import Span
    from annotator.reported import Draft

# So often must a quotation follow the one of the paragraph before with no word between, and by this share of all.
TURNS, SHARE = 2, 0.1
# In other stories turns are no longer than so many characters, if they do not answer a question.
BRIEF = 48
_CLOSING = "\"'”’» "


def is_dialogue(text: str, quotes: Sequence[Quote]) -> bool:
    """Whether a story's quotations take turns: closed at a paragraph's end, another opened at the next one's start."""
    groups = joined(text, quotes)
    gaps = ((a[-1], text[a[-1].end : b[0].start]) for a, b in pairwise(groups))
    turns = sum(last.closed and "\n" in gap and not gap.strip() for last, gap in gaps)
    return turns >= TURNS and turns >= SHARE * len(groups)


def exchanged(text: str, quotes: Sequence[Quote]) -> list[Quote]:
    """The quotations of a story that is no dialogue, which yet answer the one before: paragraphs of their own.

    The one before asks, “Who paid?”, or both are as short as only turns are.
    """
    groups = joined(text, quotes)
    out: list[Quote] = []
    for before, group in pairwise(groups):
        if not _fills_paragraph(text, group) or "\n" not in text[before[-1].end : group[0].start]:
            continue
        asks = text[before[0].start : before[-1].end].rstrip(_CLOSING).endswith("?")
        near = "\n" not in text[before[-1].end : group[0].start].strip()
        brief = all(g[-1].end - g[0].start <= BRIEF for g in (before, group))
        if near and before[-1].closed and (asks or brief):
            out += group
    return out


def _fills_paragraph(text: str, group: Sequence[Quote]) -> bool:
    """Whether nothing stands beside a quotation in its paragraph, which is one and whole."""
    first, last = group[0].start, group[-1].end
    begins = text[text.rfind("\n", 0, first) + 1 : first]
    ends = text[last : text.find("\n", last) if "\n" in text[last:] else len(text)]
    return len(group) == 1 and group[0].closed and not begins.strip() and not ends.strip()


def parted(text: str, drafts: Sequence[Draft], quotes: Sequence[Quote]) -> list[Draft]:
    """The drafts without the quotations, of those given, that stand in another paragraph than their cue and source.

    A quotation that goes on from paragraph to paragraph stays whole; a draft that has nothing beside it loses cue and
    source.
    """
    groups = [[q.span for q in g] for g in joined(text, quotes)]
    out = []
    for draft in drafts:
        quoted = [c for c in draft.content if any(q.span.overlaps(c) for q in quotes)]
        near = [
            c
            for c in draft.content
            if c not in quoted or any(_is_beside(text, s, c, groups) for s in draft.spoken)
        ]
        if not quoted or not draft.spoken or len(near) == len(draft.content):
            out.append(draft)
        elif near:
            out.append(replace(draft, content=tuple(near)))
        else:
            out.append(replace(draft, cue=None, source=None, no_source=max(draft.no_source, 0.5)))
    return out


def _is_beside(text: str, spoken: Span, piece: Span, groups: Sequence[Sequence[Span]]) -> bool:
    """Whether no paragraph ends between a cue or source and a piece of content, or another part of its quotation."""
    parts = next((g for g in groups if any(q.overlaps(piece) for q in g)), [piece])
    for part in (piece, *parts):
        first, second = sorted((spoken, part))
        if "\n" not in text[first.end : second.start]:
            return True
    return False


def unclaimed(text: str, drafts: Sequence[Draft], quotes: Sequence[Quote]) -> list[tuple[Span, ...]]:
    """The outermost quotations that no draft reports: what is reported inside of one is not the whole of it.

    “The union says it lost,” he told them: that he says so is another report than what the union says.
    """
    out = []
    for group in joined(text, quotes):
        spans = tuple(q.span for q in group)
        if not any(_reports(d, spans) for d in drafts):
            out.append(spans)
    return out


def _reports(draft: Draft, spans: Sequence[Span]) -> bool:
    """Whether a draft's content is at least half of a quotation, told from outside of it."""
    if 2 * sum(c.shared(spans) for c in draft.content) < sum(map(len, spans)):
        return False
    return not any(s in q for s in draft.spoken for q in spans)
