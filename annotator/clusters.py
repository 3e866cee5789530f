"""The mentions of one story while they are put together: clusters, and what the linking knows of the story."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, tokens_in
from annotator.mentions import Candidate, Found, pronouns
from annotator.model import Attribution, EntityKind, Span
from annotator.names import called, given_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS = "\"“”'‘’«»"
# So many mentions back counts as lately.
_LATELY = 60


# What stands before a surname and never before a first name alone.
COURTESIES = frozenset({"mr", "mrs", "ms"})


@dataclass(slots=True)
class Cluster:
    """The mentions taken for one entity so far, and what they show of it."""

    number: int
    kind: EntityKind | None
    mentions: list[tuple[Candidate, float]] = field(default_factory=list)
    genders: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    names: list[tuple[str, ...]] = field(default_factory=list)
    plural: bool = False
    narrates: bool = False
    stands_for: str | None = None
    # Words that are surnames here: “Clinton” and “Malik” are given names too, but not of Ada Clinton and Ms. Malik.
    surnames: set[str] = field(default_factory=set)
    _first: Candidate | None = None

    def add(self, candidate: Candidate, score: float) -> None:
        """Take a mention in, with the probability that it belongs here."""
        self.mentions.append((candidate, score))
        if self._first is None or candidate.start < self._first.start:
            self._first = candidate
        self.words |= candidate.role_words
        if candidate.form == "nominal":
            self.words |= {*candidate.words, *candidate.modifiers}
        if candidate.form == "name" and (len(candidate.words) > 1 or candidate.title in COURTESIES):
            self.surnames.add(candidate.words[-1])
        if candidate.form == "name" and candidate.words not in self.names:
            self.names.append(candidate.words)
            if self.kind != "person":
                self.words |= called().get(candidate.words, frozenset())
        if candidate.gender in ("m", "f") and score >= 0.5:
            self.genders[candidate.gender] += 1 if candidate.form == "pronoun" else 3
        if self.kind is None:
            self.kind = candidate.kind
        self.plural = self.plural or self.kind == "group" or candidate.plural

    @property
    def first(self) -> Candidate:
        """The mention of it that stands first in the text, of those known so far."""
        if self._first is None:
            raise ValueError(f"cluster {self.number} has no mention")
        return self._first

    def drop(self, candidate: Candidate) -> None:
        """Take a pronoun out again that is of another."""
        self.mentions = [(c, s) for c, s in self.mentions if c is not candidate]
        self._first = min((c for c, _ in self.mentions), key=lambda c: c.start, default=None)
        if candidate.gender in self.genders:
            self.genders[candidate.gender] -= 1

    @property
    def name_words(self) -> set[str]:
        """The words of all the names."""
        return {w for name in self.names for w in name}

    @property
    def gender(self) -> str:
        """The letter m or f where the text shows it clearly, else an empty string."""
        m, f = self.genders["m"], self.genders["f"]
        return "m" if m > 2 * f else "f" if f > 2 * m else ""

    @property
    def leaning(self) -> str:
        """The gender that the given names speak for, an empty string where they tell none or two."""
        names = (name[0] for name in self.names if len(name) > 1 or name[0] not in self.surnames)
        told = {g for name in names if (g := given_names().get(name)) is not None}
        return told.pop() if len(told) == 1 else ""


@dataclass(slots=True)
class Story:
    """One story while it is linked; candidates go by their head token, sources and targets by attribution id."""

    analysis: Analysis
    attributions: tuple[Attribution, ...]
    found: Found
    sources: dict[str, list[int]]
    targets: dict[str, list[int]]
    cluster_of: dict[int, Cluster] = field(default_factory=dict)
    by_number: dict[int, Cluster] = field(default_factory=dict)
    history: list[int] = field(default_factory=list)
    told_in: list[int] = field(default_factory=list)
    heads_of: dict[int, list[int]] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=count)
    order: list[int] = field(default_factory=list)
    quoted: list[Span] = field(default_factory=list)
    quoted_from: list[int] = field(default_factory=list)
    spoke: set[int] = field(default_factory=set)
    wanted: set[int] = field(default_factory=set)
    own_content: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    said_by: dict[Span, list[int]] = field(default_factory=dict)
    reports: list[tuple[Span, list[int]]] = field(default_factory=list)
    reported_from: list[int] = field(default_factory=list)
    voices: dict[str, tuple[Cluster, float]] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = self.analysis.text
        self.order = sorted(self.found.by_head)
        pieces = {s for a in self.attributions for s in a.content if text[s.start] in _MARKS}
        self.quoted = sorted(pieces)
        self.quoted_from = [s.start for s in self.quoted]
        self.spoke = {h for heads in self.sources.values() for h in heads}
        self.wanted = self.spoke | {h for heads in self.targets.values() for h in heads}
        self.said_by = {s: self.sources[a.id] for a in self.attributions for s in a.content if s in pieces}
        reported = ((s, self.sources[a.id]) for a in self.attributions for s in a.content if s not in pieces)
        self.reports = sorted((s, heads) for s, heads in reported if heads)
        self.reported_from = [s.start for s, _ in self.reports]
        self.own_content = {h: a.content for a in self.attributions for h in self.sources[a.id]}

    def cluster_at(self, token: int) -> Cluster | None:
        """The cluster of the candidate that a token heads or that covers it."""
        candidate = self.found.at(token)
        return self.cluster_of.get(candidate.head) if candidate else None

    def clusters(self) -> list[Cluster]:
        """The clusters that have a mention, in the order in which they were made."""
        return [c for c in self.by_number.values() if c.mentions]

    def sentence(self, token: int) -> int:
        """The number of a token's sentence."""
        return self.analysis.sentence_of[token]

    def sentence_at(self, position: int) -> int:
        """The number of the sentence that a position lies in; 0 where no token stands."""
        inside = tokens_in(self.analysis, Span(position, position + 1))
        return self.sentence(inside[0]) if inside else 0

    def quotation(self, position: int) -> int | None:
        """The number of the quotation that a position lies in, if it lies in one."""
        k = bisect_right(self.quoted_from, position) - 1
        return k if k >= 0 and position < self.quoted[k].end else None

    def tell(self, head: int) -> None:
        """Add a mention to those so far; `heads_of` keeps them by cluster, the cluster spoken of last at its end."""
        self.history.append(head)
        self.told_in.append(self.sentence(head))
        number = self.cluster_of[head].number
        heads = self.heads_of.pop(number, [])
        heads.append(head)
        self.heads_of[number] = heads

    def latest_first(self) -> Iterator[Cluster]:
        """The clusters spoken of so far, the latest first."""
        return (self.cluster_of[heads[-1]] for heads in reversed(self.heads_of.values()))

    def lately(self, kind: EntityKind | None = None) -> dict[int, Cluster]:
        """The clusters, of a kind or all, among the last mentions, by number and the latest spoken of first."""
        near = (self.cluster_of[h] for h in reversed(self.history[-_LATELY:]))
        return {c.number: c for c in near if kind is None or c.kind == kind}

    def back(self, token: int, sentences: int) -> Iterator[int]:
        """The heads of the mentions so far, the latest first, back to so many sentences before a token's."""
        first = bisect_left(self.told_in, self.sentence(token) - sentences)
        return reversed(self.history[first:])

    def so_far(self) -> Iterator[Candidate]:
        """The mentions so far, the latest first."""
        return (self.found.by_head[h] for h in reversed(self.history))

    def after(self, head: int) -> list[int]:
        """The heads of all candidates behind a token, in text order."""
        return self.order[bisect_right(self.order, head) :]

    def reporting(self, span: Span) -> frozenset[int]:
        """The numbers of the clusters that report, in no quotation, the words that a span stands in."""
        k = bisect_right(self.reported_from, span.start)
        around = (heads for s, heads in self.reports[max(0, k - 6) : k] if span in s)
        return frozenset(self.cluster_of[h].number for heads in around for h in heads if h in self.cluster_of)

    def speaking(self, quotation: int) -> frozenset[int]:
        """The numbers of the clusters so far known to say a quotation."""
        heads = self.said_by.get(self.quoted[quotation], ())
        return frozenset(self.cluster_of[h].number for h in heads if h in self.cluster_of)


def new_cluster(story: Story, candidate: Candidate, score: float, kind: EntityKind | None = None) -> Cluster:
    """A cluster of one mention."""
    cluster = Cluster(next(story.numbers), kind or candidate.kind)
    join(story, candidate, cluster, score)
    return cluster


def join(story: Story, candidate: Candidate, cluster: Cluster, score: float) -> None:
    """Put a mention into a cluster."""
    cluster.add(candidate, round(score, 3))
    story.cluster_of[candidate.head] = cluster
    story.by_number[cluster.number] = cluster


def move(story: Story, candidate: Candidate, cluster: Cluster, score: float) -> None:
    """Put a pronoun into another cluster than the one it is in."""
    before = story.cluster_of[candidate.head]
    if before is not cluster:
        before.drop(candidate)
        join(story, candidate, cluster, score)


def merge(story: Story, one: Cluster, other: Cluster, score: float) -> None:
    """Put all mentions of one cluster into another, as sure as `score` at most."""
    for candidate, before in one.mentions:
        join(story, candidate, other, min(before, score))
    one.mentions = []
    heads = story.heads_of.pop(one.number, [])
    if heads:
        story.heads_of[other.number] = sorted({*heads, *story.heads_of.get(other.number, ())})


def person_of(candidate: Candidate) -> str:
    """The grammatical person of a pronoun, "3" for what the table does not have."""
    form = pronouns().get(candidate.words[0])
    return form.person if form else "3"


def named_in(story: Story, spans: Iterable[Span]) -> list[int]:
    """The heads of the names, and of the nouns for somebody whom the story takes up elsewhere, inside some spans.

    A place that only modifies a noun is not meant itself: "the Lisbon office" names no Lisbon; "Lisbon's office" does.
    """
    out, given = [], tuple(spans)
    for span in given:
        for i in tokens_in(story.analysis, span):
            candidate = story.found.at(i)
            if candidate is None or candidate.form == "pronoun" or candidate.head != i:
                continue
            if i not in story.cluster_of or candidate.span not in span:
                continue
            cluster = story.cluster_of[i]
            if candidate.form == "nominal" and (
                cluster.kind is None or not taken_up(story, cluster, given) or is_any(story, i)
            ):
                continue
            modifies = story.analysis.tokens[i].deprel in ("compound", "amod")
            if not (modifies and story.cluster_of[i].kind == "place"):
                out.append(i)
    return out


def named_people(story: Story) -> list[tuple[Cluster, Candidate]]:
    """The people of a story who have a name, each with the first mention that is known so far."""
    return [(c, c.first) for c in story.clusters() if c.names and c.kind == "person"]


def is_bare(story: Story, head: int) -> bool:
    """Whether a noun has no article, number or owner before it, as headlines have it: “*Judge* frees clerk”."""
    below = (story.analysis.tokens[k].deprel for k in story.analysis.children[head])
    return not any(d.startswith(("det", "nmod:poss", "nummod")) for d in below)


def is_any(story: Story, head: int) -> bool:
    """Whether a nominal means nobody in particular: “any force”, “another club”, “no minister”."""
    below = {story.analysis.tokens[k].text.lower() for k in story.analysis.children[head]}
    return bool(below & {"any", "another", "no", "every", "each"})


def taken_up(story: Story, cluster: Cluster, spans: tuple[Span, ...]) -> bool:
    """Whether somebody has a name or is spoken of again: “the rebels”, but not “a mother with two crying children”.

    Whom these spans bring in they must not keep to themselves: “what *a bully* sends when *he* is out of words”.
    """
    here = [any(c.span in s for s in spans) for c, _ in cluster.mentions]
    within = all(here) and not cluster.mentions[0][0].definite
    wanted = any(c.head in story.wanted for c, _ in cluster.mentions)
    if cluster.kind == "document" and not any(c.head in story.spoke for c, _ in cluster.mentions):
        return False
    return bool(cluster.names) or wanted or (len(here) > 1 and not within)


def genders_agree(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a mention's gender, if its form shows one, is not another than a cluster's."""
    return candidate.gender not in ("m", "f") or cluster.gender in ("", candidate.gender)


def leanings_agree(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a mention's gender, if it has one, is neither shown to be another than a cluster's nor likely to be."""
    return genders_agree(candidate, cluster) and cluster.leaning in ("", candidate.gender or cluster.leaning)


def is_turn(text: str, attribution: Attribution) -> bool:
    """Whether somebody's words stand behind his name and a colon, as in a transcript: “Ode: I was never there.”."""
    if attribution.cue or not attribution.source:
        return False
    return text[attribution.source[0].end : attribution.content[0].start].strip() == ":"
