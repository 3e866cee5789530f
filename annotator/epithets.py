"""Whom a definite noun means of whom the story has not said it: “the midfielder”, “the Finn”, “the 34-year-old”.

The people spoken of lately and "nobody so far" are weighed by what a reader goes by, as with pronouns (`antecedents`):
how far back, in what place, how often; whether the noun's gender and field of life fit. What each is worth was
learned (`data/epithets.tsv`, training/antecedents.py).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from annotator.antecedents import Option, likeliest_of, role_in_sentence, signs_of_place, weighed
from annotator.clusters import genders_agree
from annotator.names import sign_weights, word_class
from annotator.nouns import alike, nouns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate

# How far back a noun looks, in sentences; "the man" in fewer.
REACH, _NEAR = 8, 3
# Classes of nouns that are not weighed.
LATEST = frozenset({"age", "anyone"})
ANYONE = frozenset({"man", "woman", "person", "boy", "girl"})
# What somebody was who is brought in as something else.
PAST = frozenset({"former", "retired"})


def likeliest(story: Story, candidate: Candidate, others: Collection[int]) -> tuple[Cluster, float] | None:
    """The person that a definite singular noun most likely means, with a probability, if it means a known one.

    `others` are the numbers of clusters that it cannot mean.
    """
    alone = _called_alike(story, candidate, others)
    if alone is not None:
        return alone, 0.5
    if class_of(candidate) in LATEST:
        # Too few of these to learn from: “the man” is whoever was spoken of last.
        latest = next(_within(story, candidate, others, _NEAR), None)
        return None if latest is None else (story.cluster_of[latest], 0.5)
    given = options(story, candidate, others)
    cluster, chance = likeliest_of(given, weighed(given, weights()))
    return None if cluster is None else (cluster, min(0.9, chance))


def _called_alike(story: Story, candidate: Candidate, others: Collection[int]) -> Cluster | None:
    """The only person near by whose role is much the same: "the diplomat" of an envoy, where no other is one."""
    noun = candidate.words[0]
    if any(noun in c.words for c in story.lately().values()):
        return None
    known = alike().get(noun, frozenset())
    near = (c for c in story.lately("person").values() if c.names and not c.plural)
    fits = [c for c in near if genders_agree(candidate, c) and known & c.words]
    return fits[0] if len(fits) == 1 and fits[0].number not in others else None


def options(story: Story, candidate: Candidate, others: Collection[int]) -> list[Option]:
    """Nobody so far, and every person within reach whom the noun may mean, the latest spoken of first."""
    near: dict[int, list[int]] = {}
    for head in _within(story, candidate, others, REACH):
        near.setdefault(story.cluster_of[head].number, []).append(head)
    kind = class_of(candidate)
    out = [Option(None, tuple(f"{kind} {s}" for s in _of_nobody(story, candidate, len(near))))]
    for rank, heads in enumerate(near.values()):
        cluster = story.cluster_of[heads[0]]
        signs = (f"rank {min(rank, 3)}", *_signs(story, candidate, cluster, heads))
        out.append(Option(cluster, tuple(f"{kind} {s}" for s in signs)))
    return out


def _within(story: Story, candidate: Candidate, others: Collection[int], sentences: int) -> Iterator[int]:
    """The heads of the mentions, so many sentences back, of people whom a noun may mean, the latest first."""
    for head in story.back(candidate.head, sentences):
        cluster = story.cluster_of[head]
        if cluster.number not in others and _may_be(candidate, cluster):
            yield head


def weights() -> dict[str, float]:
    """What each sign is worth, in log-odds."""
    return sign_weights("epithets.tsv")


def class_of(candidate: Candidate) -> str:
    """How much a noun tells: an age, a land, no more than man or woman, something new, or what somebody does."""
    noun = candidate.words[0]
    if candidate.age is not None:
        return "age"
    if noun in ANYONE:
        return "anyone"
    if field_of(noun) == "nation":
        return "nation"
    return "epithet" if noun in word_class("epithet") or PAST & candidate.modifiers else "trade"


@cache
def field_of(noun: str) -> str:
    """The field of life that a noun belongs to, an empty string where the table has none."""
    known = nouns().get(noun)
    return known.field if known is not None else ""


def _may_be(candidate: Candidate, cluster: Cluster) -> bool:
    person = (
        cluster.kind == "person" and not cluster.plural and (cluster.names or candidate.words[0] in ANYONE)
    )
    leaning = candidate.gender not in ("m", "f") or cluster.leaning in ("", candidate.gender)
    ages = {m.age for m, _ in cluster.mentions if m.age is not None}
    agree = candidate.age is None or not ages or candidate.age in ages
    return bool(person) and leaning and agree and genders_agree(candidate, cluster)


def _of_nobody(story: Story, candidate: Candidate, near: int) -> Iterator[str]:
    yield "nobody"
    yield f"nobody {role_in_sentence(story, candidate.head)}"
    yield f"nobody of {min(near, 3)}"
    yield f"nobody field {field_of(candidate.words[0])}"
    if candidate.modifiers:
        yield "nobody told more"
    if candidate.head in story.spoke:
        yield "nobody speaks"


def _signs(story: Story, candidate: Candidate, cluster: Cluster, heads: Sequence[int]) -> Iterator[str]:
    here, latest = story.sentence(candidate.head), heads[0]
    yield f"back {min(here - story.sentence(latest), 6)}"
    yield from signs_of_place(story, candidate, cluster, heads)
    if latest in story.spoke:
        yield "spoke"
    if candidate.gender in ("m", "f") and cluster.gender:
        yield "gender shown"
    if alike().get(candidate.words[0], frozenset()) & cluster.words:
        yield "alike"
    yield from signs_of_words(candidate, cluster)


def signs_of_words(candidate: Candidate, cluster: Cluster) -> Iterator[str]:
    """What a noun and its modifiers have to do with what the story has said of somebody."""
    named = cluster.name_words
    fields = {f for w in cluster.words if (f := field_of(w)) and f != "nation"}
    own = field_of(candidate.words[0])
    if own and fields:
        yield "same field" if own in fields else "other field"
    elif not cluster.words - named:
        yield "nothing told"
    if candidate.modifiers:
        yield "told so" if candidate.modifiers & (cluster.words | named) else "told otherwise"
