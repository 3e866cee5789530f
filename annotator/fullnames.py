"""The names of a story as wholes: halves joined, with the hyphen, initials or particle that the model left out."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, tokens_in
from annotator.names import fold, titles
from annotator.nouns import nouns

if TYPE_CHECKING:
    from annotator.model import EntityKind

_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.[ \u00a0]?){1,3}$")


def full_names(analysis: Analysis) -> list[tuple[range, EntityKind, float]]:
    """The model's names with borders set right: a word that belongs to the name is no part of the surroundings.

    "Salma" + "Rahbi" found apart or in half, "Salma al" + "-" + "Rahbi", the "Ministry" of "Harbour Ministry".
    """
    out: list[tuple[range, EntityKind, float]] = []
    for mention in analysis.mentions:
        tokens = tokens_in(analysis, mention.span)
        if not tokens or (out and tokens.start < out[-1][0].stop):
            continue
        score = min(1.0, max(0.0, mention.score))
        floor = out[-1][0].stop if out else 0
        first, last = tokens.start, tokens.stop
        while first > floor and _continues(analysis, first - 1, tokens, mention.kind):
            first -= 1
        while last < len(analysis.tokens) and _continues(analysis, last, range(first, last), mention.kind):
            last += 1
        if mention.kind == "person":
            first = max(floor, _initials_before(analysis, first))
        if out and _one_name(analysis, out[-1][0], range(first, last)):
            before = out.pop()
            first, score = before[0].start, max(score, before[2])
        out.append((range(first, last), mention.kind, score))
    return out


def _continues(analysis: Analysis, i: int, name: range, kind: EntityKind) -> bool:
    """Whether the token beside a name is one of its words by the parse: "Harbour" of "Harbour Ministry"."""
    token = analysis.tokens[i]
    if _hyphened(analysis, i, name):
        return True
    inside = token.head in name or any(analysis.tokens[k].head == i for k in name)
    if not (inside and token.text[:1].isupper() and token.upos in ("PROPN", "ADJ")):
        return False
    if kind == "person":
        apart = fold(token.text).strip(".") in titles() or fold(token.lemma) in nouns()
        return token.upos == "PROPN" and not apart and _linked(analysis, i, name, ("flat",))
    relations = ("compound", "flat", "amod") if i < name.start else ("flat",)
    return kind == "organization" and _linked(analysis, i, name, relations)


def _hyphened(analysis: Analysis, i: int, name: range) -> bool:
    """Whether a token is joined to a name by a hyphen: both "-" and "Lind" of "Strand-Lind"; not "Oslo-based"."""
    tokens = analysis.tokens
    if i != name.stop or tokens[i].start != tokens[i - 1].end:
        return False
    if tokens[i].text == "-":
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        return after is not None and after.start == tokens[i].end and after.text[:1].isupper()
    return tokens[i - 1].text == "-" and tokens[i].text[:1].isupper()


def _initials_before(analysis: Analysis, first: int) -> int:
    """The first token of a name whose initials the tagger may have torn off: "N. I. Hale"; not "plan B. Hale left"."""
    tokens = analysis.tokens
    start = tokens[first].start
    found = _INITIALS.search(analysis.text[max(0, start - 16) : start])
    if found is None:
        return first
    begin = start - len(found[0])
    k = bisect_left(tokens, begin, key=lambda t: t.start)
    torn = found[0].count(".") > 1 or (k == first - 1 and tokens[k].upos == "PROPN")
    return k if torn and k < first and tokens[k].start == begin else first


def _linked(analysis: Analysis, i: int, name: range, relations: tuple[str, ...]) -> bool:
    token = analysis.tokens[i]
    if token.head in name:
        return token.deprel in relations
    return any(analysis.tokens[k].head == i and analysis.tokens[k].deprel in relations for k in name)


def _one_name(analysis: Analysis, a: range, b: range) -> bool:
    """Whether two names are halves of one: joined by a hyphen, or flat under one another, a particle between or none.

    "Karl" and "Oster" of "Karl af Oster", "Yun-" and "Vander" of "Yun-ho Vander".
    """
    tokens = analysis.tokens
    between = range(a.stop, b.start)
    if 1 <= len(between) <= 2 and all(tokens[k].deprel == "flat" and tokens[k].head in a for k in between):
        return tokens[b.start].deprel == "flat" and tokens[b.start].head in (*a, *between)
    if len(between) == 1 and tokens[between.start].text == "-":
        tight = tokens[a.stop - 1].end == tokens[between.start].start
        return tight and tokens[between.start].end == tokens[b.start].start
    return not between and (
        _linked(analysis, b.start, a, ("flat",)) or _linked(analysis, a.stop - 1, b, ("flat",))
    )
