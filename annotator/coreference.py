"""Which mentions of one story are one entity: names first, then nominals and pronouns in text order.

Full names come before the short ones that fit them. A nominal or pronoun goes to the nearest earlier mention that
number, gender and syntax allow; what fits nothing stays by itself: a link is never forced (guidelines, section 4).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from math import exp
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, tokens_in
from annotator.kinds import kinds_of
from annotator.mentions import Candidate, Found, antecedent_of_relative, pronouns
from annotator.model import Attribution, EntityKind, Span
from annotator.names import body_words, is_acronym_of, likeness, place_words, places, same_person, word_class
from annotator.nouns import nouns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# How far back a pronoun looks, in sentences, and what each thing is worth when antecedents compete.
REACH = 6
DISTANCE, SUBJECT, SPOKE, NAMED, AGREES, FREQUENT, QUOTED, BESIDE = 0.7, 1.0, 0.6, 0.3, 1.0, 0.1, 1.2, 2.5

_COMPANY = frozenset(
    {"company", "firm", "corporation", "manufacturer", "airline", "retailer", "lender", "carmaker"}
)
_ANYONE = frozenset({"man", "woman", "person", "boy", "girl"})
# Plurals that name one body however often they come: "Police said … police added", unlike "officials".
_ONE_BODY = frozenset(
    {"police", "authority", "authorities", "prosecution", "press", "media", "public", "government"}
)
_MARKS = "\"“”'‘’«»"


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

    def add(self, candidate: Candidate, score: float) -> None:
        """Take a mention in, with the probability that it belongs here."""
        self.mentions.append((candidate, score))
        self.words |= candidate.role_words
        if candidate.form == "nominal":
            self.words |= {*candidate.words, *candidate.modifiers}
        if candidate.form == "name" and candidate.words not in self.names:
            self.names.append(candidate.words)
        if candidate.gender in ("m", "f") and score >= 0.5:
            self.genders[candidate.gender] += 1 if candidate.form == "pronoun" else 3
        if self.kind is None:
            self.kind = candidate.kind
        self.plural = self.plural or self.kind == "group" or candidate.plural

    @property
    def gender(self) -> str:
        """The letter m or f where the text shows it clearly, else an empty string."""
        m, f = self.genders["m"], self.genders["f"]
        return "m" if m > 2 * f else "f" if f > 2 * m else ""


@dataclass(slots=True)
class Story:
    """One story while it is linked; candidates go by their head token, sources and targets by attribution id."""

    analysis: Analysis
    attributions: tuple[Attribution, ...]
    found: Found
    sources: dict[str, list[int]]
    targets: dict[str, list[int]]
    cluster_of: dict[int, Cluster] = field(default_factory=dict)
    history: list[int] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)
    quoted: list[Span] = field(default_factory=list)
    spoke: set[int] = field(default_factory=set)
    wanted: set[int] = field(default_factory=set)
    own_content: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    voices: dict[str, tuple[Cluster, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = self.analysis.text
        pieces = {s for a in self.attributions for s in a.content if text[s.start] in _MARKS}
        self.quoted = sorted(pieces)
        self.spoke = {h for heads in self.sources.values() for h in heads}
        self.wanted = self.spoke | {h for heads in self.targets.values() for h in heads}
        self.own_content = {h: a.content for a in self.attributions for h in self.sources[a.id]}

    def cluster_at(self, token: int) -> Cluster | None:
        """The cluster of the candidate that a token heads or that covers it."""
        candidate = self.found.at(token)
        return self.cluster_of.get(candidate.head) if candidate else None

    def sentence(self, token: int) -> int:
        """The number of a token's sentence."""
        return self.analysis.sentence_of[token]

    def quotation(self, position: int) -> int | None:
        """The number of the quotation that a position lies in, if it lies in one."""
        k = bisect_right(self.quoted, Span(position, len(self.analysis.text) + 1)) - 1
        return k if k >= 0 and position < self.quoted[k].end else None


def link(story: Story) -> list[Candidate]:
    """Put names, nominals and third persons that can be linked into clusters; gives the first and second persons left."""
    _link_names(story)
    _vote_genders(story)
    late: list[Candidate] = []
    for head in sorted(story.found.by_head):
        candidate = story.found.by_head[head]
        if candidate.form == "nominal":
            _link_nominal(story, candidate)
        elif candidate.form == "pronoun" and person_of(candidate) in ("1", "2"):
            late.append(candidate)
            continue
        elif candidate.form == "pronoun":
            _link_pronoun(story, candidate)
        if head in story.cluster_of:
            story.history.append(head)
    return late


def person_of(candidate: Candidate) -> str:
    """The grammatical person of a pronoun, "3" for what the table does not have."""
    form = pronouns().get(candidate.words[0])
    return form.person if form else "3"


def named_in(story: Story, spans: Iterable[Span]) -> list[int]:
    """The heads of the names, and of the nouns for somebody whom the story takes up elsewhere, inside some spans.

    A place that only modifies a noun is not meant itself: "the Lisbon office" names no Lisbon; "Lisbon's office" does.
    """
    out = []
    for span in spans:
        for i in tokens_in(story.analysis, span):
            candidate = story.found.at(i)
            if candidate is None or candidate.form == "pronoun" or candidate.head != i:
                continue
            if i not in story.cluster_of or candidate.span not in span:
                continue
            if candidate.form == "nominal" and not _taken_up(story, story.cluster_of[i]):
                continue
            modifies = story.analysis.tokens[i].deprel in ("compound", "amod")
            if not (modifies and story.cluster_of[i].kind == "place"):
                out.append(i)
    return out


def _taken_up(story: Story, cluster: Cluster) -> bool:
    """Whether somebody has a name or is spoken of again: “the rebels”, but not “a mother with two crying children”."""
    return len(cluster.mentions) > 1 or any(c.head in story.wanted for c, _ in cluster.mentions)


def new_cluster(story: Story, candidate: Candidate, score: float, kind: EntityKind | None = None) -> Cluster:
    """A cluster of one mention."""
    cluster = Cluster(next(story.numbers), kind or candidate.kind)
    join(story, candidate, cluster, score)
    return cluster


def join(story: Story, candidate: Candidate, cluster: Cluster, score: float) -> None:
    """Put a mention into a cluster."""
    cluster.add(candidate, round(score, 3))
    story.cluster_of[candidate.head] = cluster


def _link_names(story: Story) -> None:
    names = [c for _, c in sorted(story.found.by_head.items()) if c.form == "name"]
    kinds = kinds_of(names, story.analysis)
    people: list[Cluster] = []
    for candidate in names:
        if kinds[candidate.words] == "person" and len(candidate.words) > 1:
            _link_full_name(story, candidate, people)
    for candidate in names:
        if kinds[candidate.words] == "person" and len(candidate.words) == 1:
            _link_short_name(story, candidate, people)
    bodies: dict[tuple[EntityKind, tuple[str, ...]], Cluster] = {}
    rest = (c for c in names if kinds[c.words] != "person")
    for candidate in sorted(rest, key=lambda c: (-len(c.words), c.start)):
        _link_body(story, candidate, kinds[candidate.words], bodies)


def _link_full_name(story: Story, candidate: Candidate, people: list[Cluster]) -> None:
    for cluster in people:
        if any(_one_person(candidate.words, n) for n in cluster.names) and _genders_agree(candidate, cluster):
            join(story, candidate, cluster, 0.97 * candidate.score)
            return
    people.append(new_cluster(story, candidate, candidate.score, "person"))


def _one_person(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two full names of one story are one person's, as "N. I. Hale" and "Nora Hale"; no "Jon Hale Jr" is."""
    suffixes = word_class("suffix")
    for short, long in ((a, b), (b, a)):
        if all(len(w) == 1 for w in short[:-1]) and short[-1] == long[-1] and short[0] == long[0][0]:
            return True
    return a == b or (set(a) & suffixes == set(b) & suffixes and same_person(a, b) >= 0.85)


def _link_short_name(story: Story, candidate: Candidate, people: list[Cluster]) -> None:
    """A surname or a first name alone: its nearest earlier bearer, else the next later one."""
    fits = [(_fit(candidate, c), c) for c in people if _genders_agree(candidate, c)]
    best = max((f for f, _ in fits), default=0)
    if not best:
        people.append(new_cluster(story, candidate, candidate.score, "person"))
        return
    rivals = [c for f, c in fits if f == best]
    nearest = max(rivals, key=lambda c: _nearness(candidate, c))
    join(story, candidate, nearest, candidate.score * (0.95 if len(rivals) == 1 else 0.7))


def _fit(candidate: Candidate, cluster: Cluster) -> int:
    """2 for a surname, 1 for a first name, 0 for neither; "Mr Sam" is no first name."""
    word = candidate.words[0]
    if any(likeness(word, n[-1]) >= 0.92 for n in cluster.names if n[-1] not in word_class("suffix")):
        return 2
    return int(not candidate.title and any(likeness(word, n[0]) >= 0.92 for n in cluster.names))


def _nearness(candidate: Candidate, cluster: Cluster) -> tuple[bool, int]:
    before = [c.start for c, _ in cluster.mentions if c.start <= candidate.start]
    return (True, max(before)) if before else (False, -min(c.start for c, _ in cluster.mentions))


def _link_body(
    story: Story,
    candidate: Candidate,
    kind: EntityKind,
    bodies: dict[tuple[EntityKind, tuple[str, ...]], Cluster],
) -> None:
    text = candidate.span.of(story.analysis.text)
    place = places().get(place_words(text)) if kind == "place" else None
    words = place.key if place else body_words(text)
    cluster = bodies.get((kind, words))
    if cluster is None and kind == "organization":
        longer = {
            c.number: c
            for (k, w), c in bodies.items()
            if k == kind and _is_short_for(story, text, words, w, c)
        }
        cluster = next(iter(longer.values())) if len(longer) == 1 else None
    if cluster is None:
        cluster = new_cluster(story, candidate, candidate.score, kind)
    else:
        join(story, candidate, cluster, candidate.score * 0.95)
    bodies[kind, words] = cluster


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
    return words in (longer[: len(words)], longer[-len(words) :])


def _vote_genders(story: Story) -> None:
    """Let "he" and "she" tell of the only person named in their sentence, or in the one before.

    "Sam Ode resigned on Friday. She had led the port for a decade." makes Ode a she.
    """
    people: dict[int, dict[int, Cluster]] = {}
    for head, cluster in story.cluster_of.items():
        if cluster.kind == "person":
            people.setdefault(story.sentence(head), {})[cluster.number] = cluster
    for head, candidate in story.found.by_head.items():
        if candidate.form == "pronoun" and candidate.gender in ("m", "f"):
            here = story.sentence(head)
            near = people.get(here) or people.get(here - 1) or {}
            if len(near) == 1:
                next(iter(near.values())).genders[candidate.gender] += 1


def _link_nominal(story: Story, candidate: Candidate) -> None:
    token = story.analysis.tokens[candidate.head]
    above = story.cluster_at(token.head) if token.deprel == "appos" else None
    if above is not None:
        join(story, candidate, above, 0.8)
        return
    owner = story.cluster_at(candidate.owner) if candidate.owner is not None else None
    if owner is not None:
        # "his lawyer", "Ode's lawyer": lawyers are told apart by whose they are, whatever word stands for him.
        names = {w for name in owner.names for w in name}
        candidate = replace(
            candidate, modifiers=candidate.modifiers - names - owner.words | {f"#{owner.number}"}
        )
    cluster, score = next(_meant(story, candidate), (None, 0.0))
    if cluster is None:
        new_cluster(story, candidate, 0.9)
    else:
        join(story, candidate, cluster, score)


def _meant(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """Earlier clusters that a nominal may mean, the likeliest first."""
    noun = candidate.words[0]
    if not candidate.definite and noun not in _ONE_BODY:
        return
    seen: set[int] = set()
    for head in reversed(story.history):
        cluster = story.cluster_of[head]
        if cluster.number not in seen and _kinds_agree(candidate, cluster):
            seen.add(cluster.number)
            if _same_noun(candidate, cluster):
                yield cluster, 0.8
    if noun in _ANYONE or candidate.age is not None:
        yield from _latest_person(story, candidate)
    elif noun in _COMPANY:
        yield from _latest(story, "organization", candidate)


def _same_noun(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a nominal's noun was said of a cluster, its other words not at odds.

    "the foreign minister" is no finance minister, "the minister" may be either; "the ministry" may be the
    "Harbour Ministry".
    """
    named = {w for name in cluster.names for w in name} if cluster.kind == "organization" else set[str]()
    known = cluster.words | named
    if candidate.words[0] not in known:
        return False
    return (candidate.modifiers | set(candidate.words)) <= known or known <= set(candidate.words)


def _latest_person(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """For "the 34-year-old" or "the man": who was said to be 34, else the latest person spoken of."""
    if candidate.age is not None:
        clusters = (story.cluster_of[h] for h in reversed(story.history))
        yield from ((c, 0.9) for c in clusters if any(m.age == candidate.age for m, _ in c.mentions))
    yield from _latest(story, "person", candidate)


def _latest(story: Story, kind: EntityKind, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    here = story.sentence(candidate.head)
    for head in reversed(story.history):
        if here - story.sentence(head) > 3:
            return
        cluster = story.cluster_of[head]
        if (
            cluster.kind == kind
            and cluster.names
            and not cluster.plural
            and _genders_agree(candidate, cluster)
        ):
            yield cluster, 0.5


def _link_pronoun(story: Story, candidate: Candidate) -> None:
    form = pronouns().get(candidate.words[0])
    if form is not None and form.type == "relative":
        above = antecedent_of_relative(story.analysis, candidate.head)
        cluster = story.cluster_at(above) if above is not None else None
        if cluster is not None:
            join(story, candidate, cluster, 0.95)
            return
    elif form is not None:
        best = _antecedent(story, candidate)
        if best is not None and (form.gender != "n" or _clear(story, candidate, best[0])):
            join(story, candidate, *best)
            return
    if candidate.head in story.wanted:
        new_cluster(story, candidate, 0.3)


def _clear(story: Story, candidate: Candidate, cluster: Cluster) -> bool:
    """Whether "it" or "its" may be taken for a body or place: as a source, or right after that as a subject.

    "The council denied that it had lost its seal"; not "it is raining".
    """
    if candidate.head in story.wanted:
        return True
    tokens, here = story.analysis.tokens, story.sentence(candidate.head)
    if tokens[candidate.head].deprel not in ("nmod:poss", "nsubj", "obj"):
        return False
    near = (c.head for c, _ in cluster.mentions if 0 <= here - story.sentence(c.head) <= 1)
    return any(tokens[k].deprel.startswith("nsubj") and k < candidate.head for k in near)


def _antecedent(story: Story, candidate: Candidate) -> tuple[Cluster, float] | None:
    """The cluster that a third-person pronoun most likely means, with a probability."""
    here = story.sentence(candidate.head)
    barred = _barred(story, candidate)
    values: dict[int, float] = {}
    clusters: dict[int, Cluster] = {}
    for head in reversed(story.history):
        back = here - story.sentence(head)
        if back > REACH:
            break
        cluster = story.cluster_of[head]
        if cluster.number not in barred and _may_be(candidate, cluster):
            value = _weight(story, candidate, story.found.by_head[head], cluster, back)
            if value > values.get(cluster.number, float("-inf")):
                values[cluster.number], clusters[cluster.number] = value, cluster
    if not values:
        return None
    first, *others = sorted(values, key=lambda n: (-values[n], n))
    margin = values[first] - values[others[0]] if others else 2.0
    return clusters[first], min(0.95, 1 / (1 + exp(-margin - 0.3)))


def _weight(story: Story, candidate: Candidate, earlier: Candidate, cluster: Cluster, back: int) -> float:
    """How strongly an earlier mention attracts a pronoun; only differences count."""
    value = -DISTANCE * back + FREQUENT * min(len(cluster.mentions), 5)
    value += SUBJECT * story.analysis.tokens[earlier.head].deprel.startswith("nsubj")
    value += SPOKE * (earlier.head in story.spoke)
    value += NAMED * (earlier.form == "name")
    value += AGREES * (candidate.gender in ("m", "f") and cluster.gender == candidate.gender)
    value += BESIDE * (earlier.head == _beside(story, candidate))
    quotation = story.quotation(earlier.start)
    value -= QUOTED * (quotation is not None and quotation != story.quotation(candidate.start))
    return value - 0.5 * (candidate.plural and not cluster.plural)


def _beside(story: Story, candidate: Candidate) -> int | None:
    """The head of "Ode" for the "his" of "Ode and his daughter"."""
    tokens = story.analysis.tokens
    owned = tokens[candidate.head].head
    if tokens[candidate.head].deprel != "nmod:poss" or owned < 0 or tokens[owned].deprel != "conj":
        return None
    name = story.found.at(tokens[owned].head)
    return name.head if name else None


def _barred(story: Story, candidate: Candidate) -> set[int]:
    """Clusters that syntax keeps a pronoun from meaning: those its own words name, those it acts upon.

    "He said Brandt was wrong", "she told Ode": he is not Brandt, she is not Ode.
    """
    out = {story.cluster_of[h].number for h in named_in(story, story.own_content.get(candidate.head, ()))}
    token = story.analysis.tokens[candidate.head]
    reflexive = candidate.words[0].endswith(("self", "selves"))
    if token.deprel != "nmod:poss" and token.head >= 0 and not reflexive:
        beside = (story.cluster_at(k) for k in story.analysis.children[token.head] if k != candidate.head)
        out |= {c.number for c in beside if c is not None}
    return out


def _may_be(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether number, gender and kind let a third-person pronoun mean a cluster."""
    if candidate.plural:
        return cluster.plural or cluster.kind == "organization"
    if candidate.gender == "n":
        return cluster.kind in ("organization", "document", "place") and not cluster.plural
    return cluster.kind == "person" and not cluster.plural and _genders_agree(candidate, cluster)


def _genders_agree(candidate: Candidate, cluster: Cluster) -> bool:
    return candidate.gender not in ("m", "f") or cluster.gender in ("", candidate.gender)


def _kinds_agree(candidate: Candidate, cluster: Cluster) -> bool:
    return candidate.kind is None or cluster.kind is None or candidate.kind == cluster.kind
