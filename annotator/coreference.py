"""Which mentions of one story are one entity: names first, then nominals and pronouns in text order.

Full names come before the short ones that fit them. A nominal or pronoun goes to the nearest earlier mention that
number, gender and syntax allow; what fits nothing stays by itself: a link is never forced (guidelines, section 4).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.antecedents import likeliest
from annotator.clusters import Cluster, Story, genders_agree, join, new_cluster, person_of
from annotator.kin import join_owned, of_years
from annotator.kinds import kinds_of
from annotator.mentions import Candidate, antecedent_of_relative, pronouns
from annotator.names import (
    fold,
    likeness,
    nicknames,
    same_person,
    word_class,
)
from annotator.nouns import alike, nouns
from annotator.shortnames import is_public, link_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annotator.model import EntityKind

    Chooser = Callable[[Story, Candidate], tuple[Cluster, float] | None]

_COMPANY = frozenset(
    {"company", "firm", "corporation", "manufacturer", "airline", "retailer", "lender", "carmaker"}
)
# Kin by whose surname somebody is called.
_KIN = frozenset(
    {"wife", "husband", "daughter", "son", "sister", "brother", "mother", "father", "spouse", "widow"}
)
# A story's first sentences may be headlines; and so many mentions back counts as lately.
_HEADLINES, _LATELY = 3, 60
# What is taken up by a word of its name: the Harbour Ministry is "the ministry", the Orv Canal "the canal".
_TAKEN_UP = ("organization", "place")
# What a text says before a name by which somebody is called.
_CALLED = re.compile(
    r"\b(?:known(?: (?:to|by|in|at|among) [\w’' ]{1,25})?(?: simply| only)? as|nicknamed|dubbed|goes by)"
    r"(?: the)? [“\"‘']?$"
)
_ANYONE = frozenset({"man", "woman", "person", "boy", "girl"})
# Plurals that name one body however often they come: "Police said … police added", unlike "officials".
_ONE_BODY = frozenset(
    {"police", "authority", "authorities", "prosecution", "press", "media", "public", "government"}
)


def link(story: Story, *, choose: Chooser = likeliest) -> list[Candidate]:
    """Put names, nominals and third persons that can be linked into clusters; gives the first and second persons left.

    `choose` tells whom a pronoun means.
    """
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
            _link_pronoun(story, candidate, choose)
        if head in story.cluster_of:
            story.history.append(head)
    join_owned(story)
    return late


def _link_names(story: Story) -> None:
    names = [c for _, c in sorted(story.found.by_head.items()) if c.form == "name"]
    kinds = kinds_of(names, story.analysis)
    people: list[Cluster] = []
    persons = [c for c in names if kinds[c.words] == "person"]
    for candidate in (c for c in persons if not _is_short(c)):
        _link_full_name(story, candidate, people)
    short = [c for c in persons if _is_short(c) and not _link_nickname(story, c, people)]
    for candidate in short:
        if not _link_known_nickname(story, candidate, people):
            _link_short_name(story, candidate, people)
    bodies: dict[tuple[EntityKind, tuple[str, ...]], Cluster] = {}
    rest = (c for c in names if kinds[c.words] != "person")
    for candidate in sorted(rest, key=lambda c: (-len(c.words), c.start)):
        link_body(story, candidate, kinds[candidate.words], bodies)


def _is_short(candidate: Candidate) -> bool:
    """Whether a name is a part of a person's whole one: "Ode", "von Ammer"."""
    return len(candidate.words) == 1 or (
        len(candidate.words) < 4 and candidate.words[0] in word_class("particle")
    )


def _link_full_name(story: Story, candidate: Candidate, people: list[Cluster]) -> None:
    for cluster in people:
        if any(_one_person(candidate.words, n) for n in cluster.names) and genders_agree(candidate, cluster):
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
    fits = [(_fit(candidate, c), c) for c in people if genders_agree(candidate, c)]
    # "Mrs Brandt" is not Karl: what a given name tells counts where a title tells a gender.
    fits = [(f, c) for f, c in fits if not candidate.gender or c.leaning in ("", candidate.gender)]
    best = max((f for f, _ in fits), default=0)
    if not best:
        spouse = _spouse(story, candidate, people)
        if spouse is not None:
            join(story, candidate, spouse, 0.7)
        else:
            people.append(new_cluster(story, candidate, candidate.score, "person"))
        return
    rivals = of_years(story, candidate, [c for f, c in fits if f == best])
    # Anna Brandt and Karl Brandt: "Mr Brandt" is the one whose given name speaks for it.
    rivals = [c for c in rivals if candidate.gender and c.leaning == candidate.gender] or rivals
    # Who came in as another bearer's wife or brother is told apart by more than the surname.
    rivals = [c for c in rivals if candidate.title or not c.words & _KIN] or rivals
    nearest = max(rivals, key=lambda c: _nearness(candidate, c))
    join(story, candidate, nearest, candidate.score * (0.95 if len(rivals) == 1 else 0.7))


def _link_nickname(story: Story, candidate: Candidate, people: list[Cluster]) -> bool:
    """Put a name by which the text says that somebody is called with him: "Ilka Ode, known to all as Pip"."""
    before = story.analysis.text[max(0, candidate.start - 60) : candidate.start]
    if _CALLED.search(before):
        here = story.sentence(candidate.head)
        near = [
            (m.start, c)
            for c in people
            for m, _ in c.mentions
            if m.start < candidate.start and story.sentence(m.head) == here
        ]
        if near:
            join(story, candidate, max(near, key=lambda pair: pair[0])[1], 0.8)
            return True
    return False


def _link_known_nickname(story: Story, candidate: Candidate, people: list[Cluster]) -> bool:
    """Put a lone name with the one person who was called so; a surname is no nickname."""
    fits = (c for c in people if candidate.words in c.names and genders_agree(candidate, c))
    same = [c for c in fits if _is_nickname(candidate, [n for n in c.names if len(n) > 1])]
    if len(same) == 1:
        join(story, candidate, same[0], 0.9)
    return len(same) == 1


def _is_nickname(candidate: Candidate, full: list[tuple[str, ...]]) -> bool:
    return bool(full) and not any(candidate.words[0] in name for name in full)


def _spouse(story: Story, candidate: Candidate, people: list[Cluster]) -> Cluster | None:
    """Who shares a surname as its bearer's kin: in "Karl Brandt and his wife, Anna" Anna is Mrs Brandt."""
    if not candidate.gender:
        return None
    bearers = [c for c in people if any(n[-1] == candidate.words[-1] for n in c.names)]
    near = {story.sentence(m.head) for c in bearers for m, _ in c.mentions}
    kin = [
        c
        for c in people
        if all(len(n) == 1 for n in c.names)
        and c.words & _KIN
        and c.leaning in ("", candidate.gender)
        and any(story.sentence(m.head) in near for m, _ in c.mentions)
    ]
    return kin[0] if len(kin) == 1 else None


def _fit(candidate: Candidate, cluster: Cluster) -> int:
    """2 for a surname, 1 for a first name, 0 for neither; "Mr Sam" is no first name."""
    words = candidate.words
    known = [tuple(w for w in n if w not in word_class("suffix")) or n for n in cluster.names]
    if any(likeness(words[-1], n[-1]) >= 0.92 and n[-len(words) : -1] == words[:-1] for n in known):
        return 2
    given = [w for n in known for w in n[:-1] or n]
    short = nicknames().get(words[0], frozenset())
    return int(not candidate.title and any(likeness(words[0], w) >= 0.92 or w in short for w in given))


def _nearness(candidate: Candidate, cluster: Cluster) -> tuple[bool, int]:
    before = [c.start for c, _ in cluster.mentions if c.start <= candidate.start]
    return (True, max(before)) if before else (False, -min(c.start for c, _ in cluster.mentions))


def _vote_genders(story: Story) -> None:
    """Let "he" and "she" tell of the only person named in their sentence, or in the one before.

    "Sam Ode resigned on Friday. She had led the port for a decade." makes Ode a she. The first of a sentence tells:
    in "Ode accused her rival when he was elected" Ode is no he.
    """
    told: dict[tuple[int, int], str] = {}
    people: dict[int, dict[int, Cluster]] = {}
    for head, cluster in story.cluster_of.items():
        if cluster.kind == "person":
            people.setdefault(story.sentence(head), {})[cluster.number] = cluster
    for head, candidate in sorted(story.found.by_head.items()):
        if candidate.form == "pronoun" and candidate.gender in ("m", "f"):
            here = story.sentence(head)
            near = people.get(here) or people.get(here - 1) or {}
            if len(near) == 1:
                cluster = next(iter(near.values()))
                first = told.setdefault((here, cluster.number), candidate.gender)
                cluster.genders[candidate.gender] += first == candidate.gender


def _link_nominal(story: Story, candidate: Candidate) -> None:
    token = story.analysis.tokens[candidate.head]
    above = story.cluster_at(token.head) if token.deprel == "appos" else None
    if above is not None:
        join(story, candidate, above, 0.8)
        return
    body = _called(story, candidate) or _named_after(story, candidate)
    if body is not None:
        join(story, candidate, body, 0.7)
        return
    owner = story.cluster_at(candidate.owner) if candidate.owner is not None else None
    if owner is not None:
        # "his lawyer", "Ode's lawyer": lawyers are told apart by whose they are, whatever word stands for him.
        names = {w for name in owner.names for w in name}
        candidate = replace(
            candidate, modifiers=candidate.modifiers - names - owner.words | {f"#{owner.number}"}
        )
    others = _others(story, candidate)
    meant = ((c, score) for c, score in _meant(story, candidate) if c.number not in others)
    cluster, score = next(meant, (None, 0.0))
    if cluster is None:
        cluster, score = _of_headline(story, candidate) or _named_later(story, candidate), 0.7
    if cluster is None:
        new_cluster(story, candidate, 0.9)
    else:
        join(story, candidate, cluster, score)


def _others(story: Story, candidate: Candidate) -> frozenset[int]:
    """Who says the words that a nominal stands in, or acts on it: in “I like the boy,” said Ode, the boy is another."""
    within = story.quotation(candidate.start)
    saying = story.reporting(candidate.span) | (story.speaking(within) if within is not None else frozenset())
    return saying | _acting_on(story, candidate.head)


def _acting_on(story: Story, head: int) -> frozenset[int]:
    """Who does something to a nominal: in “Ode accused the incumbent of lying” the incumbent is not Ode."""
    tokens, verb = story.analysis.tokens, story.analysis.tokens[head].head
    if verb < 0 or tokens[head].deprel not in ("obj", "iobj", "obl"):
        return frozenset()
    while tokens[verb].deprel in ("conj", "xcomp") and not _subjects(story, verb):
        verb = tokens[verb].head
    found = (story.cluster_at(k) for k in _subjects(story, verb))
    return frozenset(c.number for c in found if c is not None)


def _subjects(story: Story, verb: int) -> list[int]:
    return [
        k for k in story.analysis.children[verb] if story.analysis.tokens[k].deprel in ("nsubj", "nsubj:pass")
    ]


def _of_headline(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom a bare singular means, as headlines have it: "Judge frees clerk" above a story on Ada Lund, the judge.

    Of a body too: "Water firm fined" above one on Orv Water, "the firm".
    """
    below = (story.analysis.tokens[k].deprel for k in story.analysis.children[candidate.head])
    kind = candidate.kind
    if (
        kind not in ("person", "organization")
        or (kind == "organization" and story.sentence(candidate.head) >= _HEADLINES)
        or candidate.plural
        or any(d.startswith(("det", "nmod:poss", "nummod")) for d in below)
    ):
        return None
    clusters = {c.number: c for c in story.cluster_of.values() if c.kind == kind and c.names}
    told = [c for c in clusters.values() if _is_told_of(candidate, c)]
    if not told and kind == "person" and story.sentence(candidate.head) == 0:
        # The first words of a story may say more of somebody than it repeats: "Canal judge".
        told = [c for c in clusters.values() if candidate.words[0] in c.words]
    return told[0] if len(told) == 1 else None


def _named_later(story: Story, candidate: Candidate) -> Cluster | None:
    """Who comes in without a name: "*a lock-keeper* was hurt", and later "*The lock-keeper*, Jon Ode, is at home".

    Of two lock-keepers without a name it is the later one who is named.
    """
    if candidate.kind != "person" or candidate.plural or candidate.definite:
        return None
    later = {c.number: c for h, c in story.cluster_of.items() if c.names and c.kind == "person"}
    for cluster in later.values():
        first = min((m for m, _ in cluster.mentions), key=lambda m: m.start)
        role = first.role
        if role is None or first.start < candidate.start or role.end > first.start:
            continue
        taken_up = (
            story.analysis.text[: role.end][max(0, role.start - 4) :].lower().lstrip().startswith("the ")
        )
        between = (
            c
            for h, c in story.found.by_head.items()
            if candidate.head < h < first.head and c.form == "nominal" and not c.definite
        )
        if (
            taken_up
            and candidate.words[0] in first.role_words
            and first.role_words <= candidate.modifiers | set(candidate.words)
            and not any(c.words == candidate.words for c in between)
        ):
            return cluster
    return None


def _is_told_of(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a noun and its modifiers are all said of a person, or in the name of a body."""
    if cluster.kind == "person":
        return candidate.words[0] in cluster.words and candidate.modifiers <= cluster.words
    known = _words_of(cluster)
    if not candidate.modifiers and alike().get(candidate.words[0], frozenset()) & known:
        return True
    firm = candidate.words[0] in _COMPANY and not is_public(cluster)
    return (
        bool(candidate.modifiers) and candidate.modifiers <= known and (firm or candidate.words[0] in known)
    )


def _called(story: Story, candidate: Candidate) -> Cluster | None:
    """The body or place whose name follows a noun in apposition: "his company, *Orv Steel*, had"."""
    if candidate.kind not in _TAKEN_UP:
        return None
    tokens = story.analysis.tokens
    beside = (k for k in story.analysis.children[candidate.head] if tokens[k].deprel == "appos")
    found = (c for k in beside if (c := story.cluster_at(k)) is not None)
    return next((c for c in found if c.kind == candidate.kind and c.names), None)


def _named_after(story: Story, candidate: Candidate) -> Cluster | None:
    """The body whose field stands for it: "Fisheries denied it" after "the Ministry of Fisheries"."""
    token = story.analysis.tokens[candidate.head]
    alone = not story.analysis.children[candidate.head]
    if not (alone and token.text[:1].isupper() and candidate.head in story.spoke):
        return None
    word = fold(token.text)
    clusters = {c.number: c for c in (story.cluster_of[h] for h in reversed(story.history))}
    found = [
        c
        for c in clusters.values()
        if c.kind == "organization" and any(len(n) > 1 and n[-1] == word for n in c.names)
    ]
    return found[0] if len(found) == 1 else None


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
    if noun in _ANYONE or candidate.age is not None or _is_epithet(candidate):
        yield from _latest_person(story, candidate)
    elif candidate.kind == "person" and not candidate.plural and candidate.owner is None:
        yield from _called_alike(story, candidate)
    elif candidate.kind == "organization" and not candidate.plural and candidate.owner is None:
        yield from _bodies_meant(story, candidate)


def _is_epithet(candidate: Candidate) -> bool:
    """Whether a nominal tells something new of somebody known: “the Finn”, “the two-term Republican”.

    "The former skater" was never one before in the story; "the driver" is somebody whom the story brings in.
    """
    noun = candidate.words[0]
    new = noun in word_class("epithet") or "former" in candidate.modifiers
    told = candidate.kind == "person" and not candidate.plural and candidate.owner is None
    return told and (new or (noun in nouns() and nouns()[noun].field == "nation"))


def _bodies_meant(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """The only body near by that may be called so: "the federation" of the Orv Hockey Association, "the firm"."""
    noun = candidate.words[0]
    known = alike().get(noun, frozenset())
    near = {
        c.number: c for h in story.history[-_LATELY:] if (c := story.cluster_of[h]).kind == "organization"
    }
    fits = [c for c in near.values() if known & _words_of(c)]
    if len(fits) == 1 and candidate.modifiers <= {noun} | _words_of(fits[0]):
        yield fits[0], 0.5
    if noun in _COMPANY:
        found = _latest(story, "organization", candidate)
        yield from ((c, score) for c, score in found if not is_public(c))


def _words_of(cluster: Cluster) -> set[str]:
    return cluster.words | {w for name in cluster.names for w in name}


def _same_noun(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a nominal's noun was said of a cluster, its other words not at odds.

    "the foreign minister" is no finance minister, "the minister" may be either; "the ministry" may be the
    "Harbour Ministry".
    """
    named = {w for name in cluster.names for w in name} if cluster.kind in _TAKEN_UP else set[str]()
    known = cluster.words | named
    if candidate.words[0] not in known:
        return False
    return (candidate.modifiers | set(candidate.words)) <= known or known <= set(candidate.words)


def _latest_person(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """For "the 34-year-old" or "the man": who was said to be 34, else the latest person spoken of."""
    if candidate.age is not None:
        clusters = (story.cluster_of[h] for h in reversed(story.history))
        yield from ((c, 0.9) for c in clusters if any(m.age == candidate.age for m, _ in c.mentions))
    yield from (found for found in _latest(story, "person", candidate) if _ages_agree(candidate, found[0]))


def _called_alike(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """The only person near by whose role is much the same: "the diplomat" of an envoy, where no other is one."""
    noun = candidate.words[0]
    if any(noun in story.cluster_of[h].words for h in story.history[-_LATELY:]):
        return
    near = {c.number: c for c, _ in _latest(story, "person", candidate)}
    fits = [c for c in near.values() if alike().get(noun, frozenset()) & c.words]
    if len(fits) == 1:
        yield fits[0], 0.5


def _ages_agree(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether nobody was said to be of another age: "the 52-year-old" is not "the 34-year-old"."""
    ages = {m.age for m, _ in cluster.mentions if m.age is not None}
    return candidate.age is None or not ages or candidate.age in ages


def _latest(story: Story, kind: EntityKind, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    here = story.sentence(candidate.head)
    for head in reversed(story.history):
        if here - story.sentence(head) > 3:
            return
        cluster = story.cluster_of[head]
        if (
            cluster.kind == kind
            and (cluster.names or candidate.words[0] in _ANYONE)
            and not cluster.plural
            and genders_agree(candidate, cluster)
        ):
            yield cluster, 0.5


def _link_pronoun(story: Story, candidate: Candidate, choose: Chooser) -> None:
    form = pronouns().get(candidate.words[0])
    if form is not None and form.type == "relative":
        above = antecedent_of_relative(story.analysis, candidate.head)
        cluster = story.cluster_at(above) if above is not None else None
        if cluster is not None:
            join(story, candidate, cluster, 0.95)
            return
    elif form is not None:
        best = choose(story, candidate)
        if best is not None:
            join(story, candidate, *best)
            return
    if candidate.head in story.wanted:
        new_cluster(story, candidate, 0.3)


def _kinds_agree(candidate: Candidate, cluster: Cluster) -> bool:
    return candidate.kind is None or cluster.kind is None or candidate.kind == cluster.kind
