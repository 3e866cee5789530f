"""Quotations that stand alone: nobody was given them, and the sentence beside is about whoever says them.

He smiled. “For now.” gives “For now.” to "He"; there is no cue. Scare quotes and titles are no sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.claims import Claim
from annotator.cues import words
from annotator.model import Span
from annotator.nouns import nouns
from annotator.phrases import base, noun_phrase, speaks, subject
from annotator.roles import noun_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from annotator.analysis import Analysis, Sentence

# A line of a transcript, and how many words are more than a heading.
_LINE = re.compile(r"[“\"][A-Z][A-Z.'’ -]+:")
_SENTENCE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A quotation's parts, with the paragraphs that it begins and ends in and the one before them."""

    text: str
    spans: tuple[Span, ...]
    first: Span
    last: Span
    above: Span | None

    @property
    def before(self) -> str:
        """What stands before the quotation in its paragraph."""
        return self.text[self.first.start : self.spans[0].start]

    @property
    def after(self) -> str:
        """What stands after it in its paragraph."""
        return self.text[self.spans[-1].end : self.last.end]

    @property
    def bare(self) -> str:
        """Its last part without the closing marks."""
        return self.spans[-1].of(self.text).rstrip("\"'”’»")

    @property
    def is_sentence(self) -> bool:
        """Whether it begins and ends as a sentence does."""
        return self.bare.endswith((".", "!", "?", "…")) and self.spans[0].of(self.text)[1:2].isupper()


def floating(
    analysis: Analysis,
    left: Sequence[tuple[Span, ...]],
    blocks: Sequence[Span],
    *,
    alone: Collection[Span] = (),
    every: bool = False,
) -> tuple[Claim, ...]:
    """Of the quotations that nobody was given those that are sentences, with whom the sentence beside is about.

    Of `alone` and of those that fill their paragraphs those too beside which nobody is spoken of, without a source;
    with `every` whatever they look like.
    """
    out = []
    places = _places(analysis.text, left, blocks)
    starts = [s.start for s in analysis.sentences]
    for spans, place in zip(left, places, strict=True):
        given = spans[0] in alone
        fills, opens, whole = (place is not None and test(place) for test in (_fills, _opens, _stands_apart))
        if not (every or whole or opens or (given and spans[0] in blocks)):
            continue
        source = None
        if place is not None:
            source = None if opens and not whole else _spoken_of_before(analysis, place, starts)
            source = source or (_spoken_of_after(analysis, place, starts) if opens else None)
            source = source or (_last_spoken_of(analysis, place, starts) if fills and not given else None)
        if source is not None or given or fills or every or (whole and place is not None and _is_said(place)):
            out.append(Claim(spans, None, source, "floating", 0.5 if source else 0.3))
    return tuple(out)


def _places(text: str, left: Sequence[tuple[Span, ...]], blocks: Sequence[Span]) -> list[Place | None]:
    starts = [b.start for b in blocks]
    out: list[Place | None] = []
    for spans in left:
        first, last = (bisect_right(starts, s.start) - 1 for s in (spans[0], spans[-1]))
        inside = first >= 0 and spans[0] in blocks[first] and spans[-1] in blocks[last]
        above = blocks[first - 1] if first > 0 else None
        out.append(Place(text, spans, blocks[first], blocks[last], above) if inside else None)
    return out


def _stands_apart(place: Place) -> bool:
    """Whether a quotation stands as a sentence of its own, between other sentences or alone in its paragraph."""
    before = place.before.rstrip()
    long = len(place.bare.split()) >= 2 or before.endswith(".")
    return place.is_sentence and long and (not before or before[-1] in '.!?:"”’')


def _is_said(place: Place) -> bool:
    """Whether a quotation that stands apart is said by somebody, named or not.

    No title is, no line of a transcript, and no heading in single marks.
    """
    said = place.bare.split()
    capital = sum(w[0].isupper() for w in said[1:])
    opening = place.spans[0].of(place.text)
    pulled = opening[0] not in '“"' and not place.before.strip() and not place.after.strip()
    title = 2 * capital >= len(said) - 1
    return len(said) >= _SENTENCE and not (title or pulled or _LINE.match(opening))


def _opens(place: Place) -> bool:
    """Whether a quotation, be it one word, begins its paragraph and another sentence follows: “Sold.” Ode laughs.

    A question may be somebody else's: “Sold?” She nodded.
    """
    begins = place.is_sentence and not place.bare.endswith("?")
    own = not place.text[place.last.start : place.spans[-1].start].strip()
    return begins and own and place.after.lstrip()[:1].isupper()


def _fills(place: Place) -> bool:
    """Whether a quotation is all of its paragraphs and more than a heading in single marks, and no transcript."""
    opening = place.spans[0].of(place.text)
    called = place.is_sentence and place.bare.endswith(("?", "!"))
    short = len(place.bare.split()) < (_SENTENCE - 1 if called else _SENTENCE)
    heading = opening[0] not in '“"' or short
    return not (heading or _LINE.match(opening) or place.before.strip() or place.after.strip())


def _spoken_of_before(analysis: Analysis, place: Place, starts: Sequence[int]) -> Span | None:
    """The subject of the sentence before the quotation, if it is a person's name or pronoun, in the same paragraph.

    Where a colon leads up to the quotation that sentence is its own: “Ode waved the charge away: “In this town?””.
    """
    quote = place.spans[0].start
    leads = place.before.rstrip().endswith(":")
    for k in range(bisect_left(starts, quote) - 1, -1, -1):
        sentence = analysis.sentences[k]
        if sentence.start < place.first.start:
            return None
        if sentence.end <= quote or leads:
            return _person_of(analysis, sentence, Span(sentence.start, quote))
    return None


def _spoken_of_after(analysis: Analysis, place: Place, starts: Sequence[int]) -> Span | None:
    """The person who is the subject of the sentence after the quotation in its paragraph: “Sold.” Ode laughs."""
    end = place.spans[-1].end
    for k in range(max(bisect_left(starts, end) - 1, 0), len(starts)):
        sentence = analysis.sentences[k]
        if sentence.end > end:
            near = sentence.start < place.last.end
            return _person_of(analysis, sentence, Span(end, sentence.end)) if near else None
    return None


def _last_spoken_of(analysis: Analysis, place: Place, starts: Sequence[int]) -> Span | None:
    """The person of whom the last sentence of the paragraph before speaks, for a quotation that has its own.

    The subject, else the last that any verb has, else who it was: “It was Ana Ode who built it.”
    """
    k = bisect_left(starts, place.above.end) - 1 if place.above is not None else -1
    if place.above is None or k < 0 or analysis.sentences[k].start < place.above.start:
        return None
    sentence = analysis.sentences[k]
    who = _person_of(analysis, sentence, Span(sentence.start, sentence.end))
    if who is not None:
        return who
    inside = range(sentence.first, sentence.last)
    for i in reversed(inside):
        if base(analysis.tokens[i].deprel) == "nsubj" and _is_person(analysis, i):
            return noun_phrase(analysis, i)
    roots = [analysis.tokens[i].start for i in inside if analysis.tokens[i].head == -1]
    named = (m for m in analysis.mentions if m.kind == "person")
    return next((m.span for m in named if any(m.start <= r < m.end for r in roots)), None)


def _person_of(analysis: Analysis, sentence: Sentence, within: Span) -> Span | None:
    """The subject of a sentence where it is a person's name or pronoun."""
    for i in range(sentence.first, sentence.last):
        if analysis.tokens[i].head == -1:
            who = subject(analysis, i)
            near = who is not None and within.start <= analysis.tokens[who].start < within.end
            return (
                noun_phrase(analysis, who) if who is not None and near and _is_person(analysis, who) else None
            )
    return None


def _is_person(analysis: Analysis, index: int) -> bool:
    """Whether a noun or pronoun is a person; a bare name that the model made nothing of is, if it has no other kind."""
    token = analysis.tokens[index]
    named = [m for m in analysis.mentions if m.start <= token.start < m.end]
    if not named and token.upos == "PROPN":
        named = [m for m in analysis.mentions if token.text in m.span.of(analysis.text).split()]
        return all(m.kind == "person" for m in named) and token.text.istitle()
    if named:
        return any(m.kind == "person" for m in named)
    lemma = token.lemma.lower().removeprefix("ex-")
    noun = nouns().get(lemma) or noun_of(analysis, index) if token.upos in ("NOUN", "PROPN", "ADJ") else None
    return speaks(analysis, index) and (
        lemma in words("person") or (noun is not None and noun.kind == "person")
    )
