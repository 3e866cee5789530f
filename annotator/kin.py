"""Who is told by whose he is, or by his years: "his brother", "Ode's lawyer", "the younger Ode"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.analysis import tokens_in
from annotator.clusters import Cluster, Story, leanings_agree, merge
from annotator.model import Span
from annotator.names import fold, given_names, without_suffix
from annotator.nouns import nouns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.mentions import Candidate

    # Who is what to whom: a person, "brother", the one whose brother he is.
    Kinship = tuple[Cluster, str, Cluster]

_LAWYERS = frozenset({"lawyer", "attorney", "barrister", "counsel", "solicitor", "agent", "advocate"})
# Who is whose husband is whose wife: what somebody is to those who are this to him.
_MUTUAL = {
    "wife": {"husband"}, "husband": {"wife"}, "mother": {"son", "daughter", "child"},
    "father": {"son", "daughter", "child"}, "son": {"mother", "father", "parent"},
    "daughter": {"mother", "father", "parent"}, "sister": {"sister", "brother"}, "brother": {"sister", "brother"},
} | {key: {"client"} for key in _LAWYERS}  # fmt: skip
_MINE = frozenset({"my", "our"})
_NAMESAKE = "namesake"
_RELATIONS = frozenset(
    {"wife", "husband", "mother", "father", "son", "daughter", "sister", "brother", "twin", "uncle", "aunt", "nephew",
     "niece", "cousin", "grandfather", "grandmother", "grandson", "granddaughter", "widow", "widower", "spouse"}
)  # fmt: skip
_STRANGERS = re.compile(
    r"\b(?:no (?:relation|relative|kin)|not (?:a relative|related|kin)|unrelated|namesake)\b"
)
_YOUNG = frozenset({"younger", "son", "daughter", "grandson", "granddaughter", "nephew", "niece", "junior"})
_OLD = frozenset(
    {"elder", "older", "father", "mother", "grandfather", "grandmother", "uncle", "aunt", "senior"}
)
_YEARS = {"younger": (_YOUNG, _OLD), "elder": (_OLD, _YOUNG), "older": (_OLD, _YOUNG)}
_OF_YEARS = frozenset(_YEARS)
_SPOUSES = frozenset({"husband", "wife"})
_BLOOD = _MUTUAL.keys() - _LAWYERS - _SPOUSES
_SIBLINGS = frozenset({"sister", "brother", "sibling", "twin"})
_WHOSE = frozenset({"of", "to", "for"})


def join_owned(story: Story) -> None:
    """Join the nominals that say whose they are with the one person of whom the text says the same.

    "Ode denied that *his brother* bought it. *Karl Ode, the mayor's brother*, paid in cash": whoever "the mayor" is, he
    is Ode.
    """
    clusters = story.clusters()
    named = [c for c in clusters if c.kind == "person" and c.names]
    kindred = _without_strangers(story, named)
    told = [(c, noun, owner) for c in clusters for noun, owner in _told(story, c)]
    for cluster in clusters:
        first = cluster.mentions[0][0] if cluster.mentions else None
        if first is None or cluster.names or first.form != "nominal" or first.owner is None or first.plural:
            continue
        owner = _owner(story, first)
        if owner is None or _is_any_owner(story, first.owner):
            continue
        if first.words[0] == "client" and any(o is owner and noun in _LAWYERS for _, noun, o in told):
            # “A lawyer for Ode said *his client* was innocent”: whoever is taken for “his”, Ode is the client.
            merge(story, cluster, owner, 0.7)
            continue
        # “Ode's campaign” is not its spokeswoman.
        body = first.kind == "organization"
        same = (c for c in _told_so(first, owner, told) if not (body and c.kind == "person"))
        fits = [c for c in same if c not in (owner, cluster) and c.mentions]
        bearers = named if first.words[0] == _NAMESAKE else kindred
        one = _sole(fits, first) or _sole(_of_the_name(first, owner, bearers, told), first)
        if one is not None:
            merge(story, cluster, one, 0.7)


def _told_so(first: Candidate, owner: Cluster, told: Sequence[Kinship]) -> list[Cluster]:
    """Whom the text calls what a nominal does, of the same owner: his brothers, or whose lawyer the client has."""
    same = [c for c, noun, whose in told if noun == first.words[0] and whose is owner]
    return same + [
        whose
        for c, noun, whose in told
        if c is owner and first.words[0] in _MUTUAL.get(noun, ()) and not whose.plural
        if leanings_agree(first, whose)
    ]


def _sole(fits: Sequence[Cluster], first: Candidate) -> Cluster | None:
    """The only one of them who has a name; where none has, the first who is called no more and no less."""
    named = {c.number: c for c in fits if c.names}
    if named:
        return next(iter(named.values())) if len(named) == 1 else None
    said = _plain(first.modifiers)
    return next((c for c in fits if _plain(c.mentions[0][0].modifiers) == said), None)


def _plain(modifiers: frozenset[str]) -> frozenset[str]:
    return frozenset(w for w in modifiers if not w.startswith("#"))


def _owner(story: Story, candidate: Candidate) -> Cluster | None:
    """Whose somebody is, where a nominal says it: of "my" the only one known to speak."""
    if candidate.owner is None or story.analysis.tokens[candidate.owner].text.lower() not in _MINE:
        return None if candidate.owner is None else story.cluster_at(candidate.owner)
    within = story.quotation(candidate.start)
    speaking = story.speaking(within) if within is not None else frozenset()
    return next((c for c in story.clusters() if speaking == {c.number}), None)


def _without_strangers(story: Story, named: Sequence[Cluster]) -> list[Cluster]:
    """The people whom the text does not call no kin of others of their name."""
    said = [story.sentence_at(m.start()) for m in _STRANGERS.finditer(story.analysis.text)]
    strange = {k for n in said for k in (n - 1, n)}
    return [c for c in named if not any(story.sentence(m.head) in strange for m, _ in c.mentions)]


def _of_the_name(
    first: Candidate, owner: Cluster, named: Sequence[Cluster], told: Sequence[Kinship]
) -> list[Cluster]:
    """Who bears the surname of the one whose kin somebody is: beside Ada Ode, "her brother" is Karl Ode.

    Whom the text calls her husband is no brother.
    """
    noun = first.words[0]
    if noun not in _RELATIONS and noun != _NAMESAKE:
        return []
    surnames = {f[-1] for n in owner.names if len(f := without_suffix(n)) > 1}
    other = {c.number for c, kin, whose in told if whose is owner and kin in _RELATIONS - {noun}}
    other |= {whose.number for c, kin, whose in told if c is owner and noun not in _MUTUAL.get(kin, {noun})}
    return [
        c
        for c in named
        if c is not owner and not c.plural
        if any(len(f := without_suffix(n)) > 1 and f[-1] in surnames for n in c.names)
        if c.number not in other
        if leanings_agree(first, c)
    ]


def _is_any_owner(story: Story, owner: int) -> bool:
    """Whether no particular owner is meant: "a senator's brother"."""
    return any(story.analysis.tokens[k].text.lower() in ("a", "an") for k in story.analysis.children[owner])


def _told(story: Story, cluster: Cluster) -> Iterator[tuple[str, Cluster]]:
    """What the text says that a person is to whom: ("brother", the cluster of "the mayor")."""
    tokens = story.analysis.tokens
    for mention, _ in cluster.mentions:
        owner = _owner(story, mention)
        if mention.form == "nominal" and owner is not None and owner is not cluster:
            yield mention.words[0], owner
        role = mention.role
        inside = [*tokens_in(story.analysis, Span(role.start, role.end))] if role else []
        if mention.form == "nominal" and mention.words[0] in _LAWYERS:
            # “*A lawyer for Ode* said so”
            inside.append(mention.head)
        above = tokens[mention.head].head
        if tokens[mention.head].deprel == "appos" and 0 <= above < mention.head and above not in inside:
            # "Her husband, the surgeon *Karl Ode*": two things are told of him.
            inside.append(above)
        for i in inside:
            for k in story.analysis.children[i] if tokens[i].upos == "NOUN" else ():
                cases = {tokens[c].text.lower() for c in story.analysis.children[k]}
                whose = tokens[k].deprel == "nmod:poss" or (tokens[k].deprel == "nmod" and cases & _WHOSE)
                owner = (story.cluster_at(k) or _by_role(story, k, cluster)) if whose else None
                if owner is not None and owner is not cluster:
                    yield fold(tokens[i].lemma or tokens[i].text), owner


def _by_role(story: Story, token: int, told: Cluster) -> Cluster | None:
    """The only other person named of whom a noun is said: the mayor, in what the text says of "the mayor's brother"."""
    noun = fold(story.analysis.tokens[token].lemma or story.analysis.tokens[token].text)
    others = (c for c in story.clusters() if c is not told and c.kind == "person")
    people = [c for c in others if c.names and noun in c.words]
    return people[0] if len(people) == 1 else None


def spouse(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom “her husband” means: whose wife she was called, or else the one man who came in by her surname.

    Nobody whom the story calls father, son or brother.
    """
    noun = candidate.words[0]
    whose = story.cluster_at(candidate.owner) if candidate.owner is not None else None
    if whose is None or whose.kind != "person" or noun not in _SPOUSES or candidate.plural:
        return None
    other = (m for m in story.so_far() if m.owner is not None and m.words[0] in _MUTUAL[noun])
    theirs = (story.cluster_at(m.owner or 0) for m in other if story.cluster_of[m.head] is whose)
    told = next((c for c in theirs if c is not None), None)
    if told is not None:
        return told
    surnames = {n[-1] for n in whose.names}
    fits = [
        c
        for c in story.clusters()
        if c is not whose and c.kind == "person" and any(n[-1] in surnames for n in c.names)
        if nouns()[noun].gender == (c.gender or c.leaning) and not c.words & _BLOOD
        if c.first.start < candidate.start
    ]
    return fits[0] if len(fits) == 1 else None


def by_years(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom "the younger", "the elder sister" or "the older man" means: who is told so, or whoever is not of two.

    Of "her younger sister, Ilse," and her, she is the elder; of two with ages it is the years that tell.
    """
    wanted, other = _years_told(story, (candidate.head, *story.analysis.children[candidate.head]))
    if not wanted or candidate.plural or candidate.owner is not None:
        return None
    near = story.lately("person")
    noun = {candidate.words[0]} & _SIBLINGS
    told = [c for c in near.values() if noun <= c.words and c.words & wanted & _OF_YEARS]
    opposite = [c for c in near.values() if noun <= c.words and c.words & other & _OF_YEARS]
    whose = [o for c in opposite for kin, o in _told(story, c) if kin in _SIBLINGS and not o.plural]
    aged = sorted((m.age, c.number) for c in near.values() for m, _ in c.mentions if m.age is not None)
    if len(told) == 1:
        return told[0]
    if not told and len({o.number for o in whose}) == 1:
        return whose[0]
    if not told and len(aged) == 2:
        return near[aged[0 if "younger" in wanted else 1][1]]
    return None


def of_years(story: Story, candidate: Candidate, rivals: Sequence[Cluster]) -> list[Cluster]:
    """Of the bearers of a surname those whom "younger" or "elder" before it can mean; all where nothing tells."""
    wanted, other = _years_told(story, story.analysis.children[candidate.head])
    right = [c for c in rivals if c.words & wanted and not c.words & other]
    return right or [c for c in rivals if not c.words & other] or list(rivals)


def _years_told(story: Story, tokens: Sequence[int]) -> tuple[frozenset[str], frozenset[str]]:
    """What the younger or the elder is called, and what the other one is, by the first of these words that tells."""
    said = (story.analysis.tokens[k].text.lower() for k in tokens)
    return next((_YEARS[w] for w in said if w in _YEARS), (frozenset(), frozenset()))


def of_couples(
    text: str, short: Sequence[Candidate], whole: Sequence[Candidate]
) -> list[tuple[Candidate, Candidate]]:
    """The first names that share the surname behind them, each with its whole name: “*Tom* and Alice Ode”."""
    behind = {c.start: c for c in whole if len(c.words) > 1 and not c.title}
    out, given = [], given_names()
    for candidate in short:
        partner = (
            behind.get(candidate.end + len(" and ")) if text.startswith(" and ", candidate.end) else None
        )
        if partner is None or len(candidate.words) != 1 or candidate.title:
            continue
        if candidate.words[0] in given and partner.words[0] in given:
            out.append((candidate, replace(candidate, words=(candidate.words[0], partner.words[-1]))))
    return out
