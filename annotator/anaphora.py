"""Which entity a nominal takes up, or whether it brings in a new one: what the rules pick is weighed with the rest.

The rules of `nominals` pick an entity for the reason that they know ("the minister" is whoever was called so). Whether
that is right, and whom else it may be, a reader sees from the sentence: "the firm" of a story on two firms. Both are
signs here; what they are worth beside what the encoder sees (`referring`) was learned (`data/anaphora.tsv`,
training/referring.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator import epithets
from annotator.antecedents import (
    LEAST,
    UNKNOWN,
    Option,
    beside,
    likeliest_of,
    role_in_sentence,
    seen,
    signs_of_place,
    weighed,
)
from annotator.clusters import genders_agree, is_any
from annotator.names import PEOPLES
from annotator.nouns import alike

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate

# How far back a noun looks, in sentences, for whom it was not said of, and how many entities it looks at.
_REACH, _MOST = 8, 10
# The rule that knows for sure who was it then; whoever is of a told age is sure as well.
_SURE = "years"
# What is taken up by a word of its name: the Harbour Ministry is "the ministry", the Orv Canal "the canal".
TAKEN_UP = ("organization", "place")
# Words that tell when somebody was something: "the former governor" is the governor of 2010.
_TIMES = frozenset({"former", "then", "late", "outgoing", "incoming", "new", "current"})
# How somebody is called after a land, whose name shares so many letters with it at least: "Orvian", "Orvan" of Orva.
_OF_LANDS = (*PEOPLES, "n")
_STEM = 4


@dataclass(frozen=True, slots=True)
class Pick:
    """The entity that a rule picks for a nominal, with a probability."""

    cluster: Cluster
    score: float
    rule: str


def likeliest(
    story: Story, candidate: Candidate, others: Collection[int], picked: Pick | None
) -> tuple[Cluster, float] | None:
    """The entity that a nominal takes up rather than not, with a probability; `others` are those that it cannot mean.

    Where no encoder has seen the text it is the rules' pick.
    """
    sure = picked is not None and (picked.rule == _SURE or candidate.age is not None)
    if sure or story.analysis.referring is None:
        return None if picked is None else (picked.cluster, picked.score)
    given = options(story, candidate, others, picked)
    if len(given) == 1:
        return None
    cluster, chance = likeliest_of(
        given, weighed(given, beside(), seen=seen(story.analysis, candidate, given))
    )
    return None if cluster is None or chance < LEAST else (cluster, min(0.9, chance))


def options(story: Story, candidate: Candidate, others: Collection[int], picked: Pick | None) -> list[Option]:
    """Nobody so far, and the entities that a nominal may take up, the latest spoken of first."""
    near = _near(story, candidate, others)
    if picked is not None:
        near.setdefault(picked.cluster.number, _mentions(candidate, picked.cluster))
    clusters = {n: story.cluster_of[heads[0]] for n, heads in near.items()}
    kind, determined = class_of(candidate), _determined(story, candidate)
    nobody = _of_nobody(story, candidate, clusters.values(), picked)
    out = [Option(None, tuple(f"{kind} {s}" for s in (*nobody, f"nobody {determined}")))]
    for rank, (number, heads) in enumerate(near.items()):
        signs = _signs(story, candidate, clusters[number], heads, determined)
        own = (f"rank {min(rank, 3)}", *_of_pick(clusters[number], picked), *signs)
        out.append(Option(clusters[number], tuple(f"{kind} {s}" for s in own), tuple(heads)))
    return out


def class_of(candidate: Candidate) -> str:
    """The kind of a nominal; of one person how much its noun tells."""
    if candidate.kind == "person" and not candidate.plural:
        return epithets.class_of(candidate)
    return f"{'many ' if candidate.plural and candidate.kind != 'group' else ''}{candidate.kind or UNKNOWN}"


def _near(story: Story, candidate: Candidate, others: Collection[int]) -> dict[int, list[int]]:
    """The mentions so far, the latest first, of the clusters that a noun may take up, by the cluster's number."""
    here, near = story.sentence(candidate.head), dict[int, list[int]]()
    kinds = (candidate.kind, None)
    for cluster in story.latest_first():
        # As `kinds_agree`, without a call: every noun of a story is asked about everybody in it.
        if (cluster.kind not in kinds and candidate.kind is not None) or cluster.number in others:
            continue
        if not genders_agree(candidate, cluster):
            continue
        heads = story.heads_of[cluster.number]
        # "A minister", "ministers" are new, or those who were called so.
        close = candidate.definite and here - story.sentence(heads[-1]) <= _REACH and len(near) < _MOST
        if close or same_noun(candidate, cluster):
            near[cluster.number] = heads[::-1]
    return near


def _mentions(candidate: Candidate, cluster: Cluster) -> list[int]:
    """All mentions of a cluster, those before a nominal first, the nearest of each first."""
    heads = (m.head for m, _ in cluster.mentions)
    return sorted(heads, key=lambda head: (head > candidate.head, abs(head - candidate.head)))


def _of_nobody(
    story: Story, candidate: Candidate, near: Collection[Cluster], picked: Pick | None
) -> Iterator[str]:
    yield "nobody"
    yield f"nobody {role_in_sentence(story, candidate.head)}"
    yield f"nobody of {min(len(near), 3)}"
    yield f"nobody noun {candidate.words[0]}"
    if candidate.modifiers:
        yield "nobody told more"
    if candidate.owner is not None:
        yield "nobody owned"
    if candidate.head in story.spoke:
        yield "nobody speaks"
    if picked is None:
        yield "nobody picked"
    same = sum(candidate.words[0] in c.words for c in near)
    yield f"nobody called so {min(same, 2)}"


def _determined(story: Story, candidate: Candidate) -> str:
    """How a nominal is brought in: definite, of any sort, or without an article."""
    if candidate.definite:
        return "definite"
    if is_any(story, candidate.head):
        return "any"
    below = {story.analysis.tokens[k].deprel for k in story.analysis.children[candidate.head]}
    return "indefinite" if "det" in below else "counted" if "nummod" in below else "bare"


def _of_pick(cluster: Cluster, picked: Pick | None) -> tuple[str, ...]:
    return ("picked", f"picked {picked.rule}") if picked is not None and picked.cluster is cluster else ()


def _signs(
    story: Story, candidate: Candidate, cluster: Cluster, heads: Sequence[int], determined: str
) -> Iterator[str]:
    here, latest = story.sentence(candidate.head), heads[0]
    yield "back later" if latest > candidate.head else f"back {min(here - story.sentence(latest), 9)}"
    yield from signs_of_place(story, candidate, cluster, heads)
    if latest in story.spoke:
        yield "spoke and speaks" if candidate.head in story.spoke else "spoke"
    if candidate.gender in ("m", "f") and cluster.gender:
        yield "gender shown"
    if candidate.plural != cluster.plural:
        yield "other number"
    if cluster.names:
        yield "has a name"
    same = same_noun(candidate, cluster)
    yield f"{'same' if same else 'other'} noun {determined}"
    yield from _of_words(candidate, cluster, same=same)


def _of_words(candidate: Candidate, cluster: Cluster, *, same: bool) -> Iterator[str]:
    """What else a noun has to do with what the story has said of somebody; `same` says that it was said of him."""
    noun, known = candidate.words[0], words_of(cluster)
    if noun in known and not same:
        yield "same noun at odds"
    if any(m.form == "nominal" and m.words == candidate.words for m, _ in cluster.mentions):
        yield "called so" if not candidate.modifiers - cluster.words else "called so otherwise"
    if alike().get(noun, frozenset()) & known:
        yield "alike"
    yield from epithets.signs_of_words(candidate, cluster)
    if candidate.modifiers and candidate.modifiers <= known:
        yield "all told so"


def kinds_agree(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a nominal may be of a cluster's kind."""
    return candidate.kind is None or cluster.kind is None or candidate.kind == cluster.kind


def words_of(cluster: Cluster) -> set[str]:
    """What the story has said of somebody, and the words of the names."""
    return cluster.words | cluster.name_words


def same_noun(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a nominal's noun was said of a cluster, its other words not at odds.

    "the foreign minister" is no finance minister, "the minister" may be either; "the ministry" may be the
    "Harbour Ministry".
    """
    noun = candidate.words[0]
    called = cluster.kind in TAKEN_UP and any(noun in name for name in cluster.names)
    if noun not in cluster.words and not called:
        return False
    known = words_of(cluster) if cluster.kind in TAKEN_UP else cluster.words
    lands = {w for w in candidate.modifiers if any(_is_of(w, k) for k in known)}
    said = (candidate.modifiers - _TIMES - lands) | set(candidate.words)
    return said <= known or known <= set(candidate.words)


def _is_of(adjective: str, land: str) -> bool:
    """Whether a word says of which land somebody is: "Orvian" of Orvia."""
    stems = (adjective.removesuffix(e) for e in _OF_LANDS if adjective.endswith(e))
    return any(len(stem) >= _STEM and land != adjective and land.startswith(stem) for stem in stems)
