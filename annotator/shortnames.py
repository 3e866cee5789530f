"""Bodies and places under the short forms of their names: "NHA", "Harbour Authority", "Orv" for "Port Orv"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.clusters import Cluster, Story, join, new_cluster
from annotator.names import (
    body_words,
    is_acronym_of,
    is_of_its_town,
    is_short_form,
    place_words,
    places,
    word_class,
)
from annotator.nouns import nouns

if TYPE_CHECKING:
    from annotator.mentions import Candidate
    from annotator.model import EntityKind

# Words that no company has in its name.
_PUBLIC = frozenset(
    {"union", "ministry", "council", "court", "committee", "commission", "police", "party", "league", "federation",
     "parliament", "senate", "university", "workers", "army", "navy", "agency", "office", "department", "church"}
)  # fmt: skip
# Whose body it is that is called after another: its fans' or its workers'.
_OF_ITS_PEOPLE = frozenset({
    "action", "alumni", "campaign", "employees", "fans", "foundation", "members", "parents", "passengers", "pilots",
    "players", "residents", "staff", "students", "supporters", "teachers", "tenants", "users", "workers",
})  # fmt: skip
_OWNERS = frozenset({"holding", "holdings"})
# What stands between two names of one body, or of another one and a third: “known as ISN or the Northern State”.
_ALSO = re.compile(
    r"(?:,? (?:also|better|formerly|previously) (?:known as|called|referred to as)|, known as|,? abbreviated(?: as)?"
    r"|,? (?:also |better )?known as [\w’' -]{1,30}? or) (?:the )?$"
)
_NEAR = 70
# And what the names of bodies end in besides.
_WHOLE = frozenset({"nations", "programme", "program", "fund", "mission", "institute"})


def link_body(
    story: Story,
    candidate: Candidate,
    kind: EntityKind,
    bodies: dict[tuple[EntityKind, tuple[str, ...]], Cluster],
) -> None:
    """Put the name of a body or place with the one whose name, acronym or short form it is, of those in `bodies`."""
    text = candidate.span.of(story.analysis.text)
    place = places().get(place_words(text)) if kind == "place" else None
    words = place.key if place else body_words(text)
    cluster = bodies.get((kind, words))
    if cluster is None and kind == "organization":
        cluster = _named_before(story, candidate)
    if cluster is None and kind == "organization":
        longer = {
            c.number: c
            for (k, w), c in bodies.items()
            if k == kind and _is_short_for(story, text, words, w, c)
        }
        if len(longer) > 1:
            # "Orv" is Orv Motors, where Orv Holding is another.
            longer = {n: c for n, c in longer.items() if not any(name[-1] in _OWNERS for name in c.names)}
        cluster = next(iter(longer.values())) if len(longer) == 1 else None
    if cluster is None and kind == "place" and len(words) == 1:
        lands = word_class("land")
        cluster = next(
            (c for (k, w), c in bodies.items() if k == kind and w[1:] == words and w[0] in lands), None
        )
    if cluster is None:
        cluster = new_cluster(story, candidate, candidate.score, kind)
    else:
        join(story, candidate, cluster, candidate.score * 0.95)
    bodies[kind, words] = cluster


def _named_before(story: Story, candidate: Candidate) -> Cluster | None:
    """The body whose name is right before another of its names: “the Security Office (BIS)”, “also known as BIS”."""
    text = story.analysis.text
    if is_short_form(text, candidate.start, candidate.end):
        before = len(" (")
    elif found := _ALSO.search(text, max(0, candidate.start - _NEAR), candidate.start):
        before = len(found[0])
    else:
        return None
    clusters = (c for c in story.clusters() if c.kind == "organization")
    ends = ((m.end, c) for c in clusters for m, _ in c.mentions)
    return next((c for end, c in ends if end == candidate.start - before), None)


def _is_short_for(
    story: Story, text: str, words: tuple[str, ...], longer: tuple[str, ...], cluster: Cluster
) -> bool:
    """Whether a name shortens another: "NHA", "Harbour Authority" for "Northern Harbour Authority".

    "Senate" is not short for "Senate Ethics Panel": a common noun says too little.
    """
    if any(is_acronym_of(text, c.span.of(story.analysis.text)) for c, _ in cluster.mentions):
        return True
    if len(words) >= len(longer) or (len(words) == 1 and (words[0] in nouns() or len(words[0]) < 4)):
        return False
    if words == longer[: len(words)]:
        if _OF_ITS_PEOPLE & {*longer[len(words) :]}:
            # “Orv United Supporters' Trust”, “Orv Air Pilots Association”
            return False
        return not is_of_its_town(longer) and not (_names_a_body(words[-1]) and _names_a_body(longer[-1]))
    return words == longer[-len(words) :]


def _names_a_body(word: str) -> bool:
    """Whether a name that ends so is whole: the Harbour Authority Council is not the Harbour Authority."""
    return word in _WHOLE or word in _PUBLIC or (word in nouns() and nouns()[word].kind == "organization")


def is_public(cluster: Cluster) -> bool:
    """Whether a body's name says that it is no company: a union, a ministry, a court."""
    return any(word in _PUBLIC for name in cluster.names for word in name)
