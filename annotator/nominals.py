"""Whom a common noun means in a story: somebody named or spoken of before, or somebody new."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from annotator import epithets
from annotator.anaphora import TAKEN_UP, Pick, kinds_agree, likeliest, same_noun, words_of
from annotator.closings import firm_in_it
from annotator.clusters import Cluster, Story, genders_agree, is_bare, join, merge, named_people, new_cluster
from annotator.exclusions import excluded
from annotator.kin import by_years, spouse
from annotator.leads import (
    HEADLINES,
    headlined,
    introduced,
    named_later,
    named_soon,
    of_age,
    of_lead,
    office_later,
    opened,
    titled_later,
    told_later,
)
from annotator.names import called, fold, is_acronym_of, is_title, word_class
from annotator.nouns import ONE_BODY, alike, nouns
from annotator.shortnames import is_public

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from annotator.mentions import Candidate

    Rule = Callable[[Story, Candidate], Cluster | None]
    Chooser = Callable[[Story, Candidate, Collection[int], Pick | None], tuple[Cluster, float] | None]

# What stands between a noun and the name that it has.
_NAMED_AS = re.compile(
    r",? (?:(?:is |was |were )?(?:later |locally )?(?:named|identified)(?: locally| by \w+)?(?: as)?|called"
    r"|(?:(?:also|better|only|publicly|simply|widely) )?known (?:only |simply |publicly )?as"
    r"|by the name of|who (?:only )?g(?:ives|ave) (?:only )?(?:his|her|their|one|a) (?:first |given )?name"
    r"(?: simply| only)?(?: as|,)"
    r"|who (?:asked to be|would only be) (?:called|identified)(?: only)? (?:as|by (?:his|her|their) first name,)"
    r"|who identified (?:him|her|them)(?:self|selves)(?: only| simply)? as"
    r"|who (?:is|was|goes) (?:called|named|by)) (?:(?:Mr|Mrs|Ms|Dr)\.? )?"
)
_COMPANY = frozenset(
    {"company", "firm", "corporation", "manufacturer", "airline", "retailer", "lender", "carmaker"}
)
# What else the name of a firm may say that it is.
_FIRMLIKE = _COMPANY | frozenset(
    {"group", "bank", "maker", "planemaker", "giant", "operator", "carrier", "supplier", "producer"}
)
# “The firm” is one of so many sentences back at most.
_FIRMS_BACK = 3
# A body is named so many sentences behind its noun at most.
_SOON = 6
# Who is against somebody.
_OPPOSED = frozenset({"accuser", "adversary", "challenger", "opponent", "rival"})
# What may stand behind the name of a body and is that body: “the Orvane airline”, unlike “the Orvane supplier”.
_ITSELF = frozenset({
    "airline", "bank", "brewer", "broadcaster", "chain", "charity", "company", "conglomerate", "firm", "insurer",
    "lender", "network", "newspaper", "party", "startup", "supermarket", "website",
})  # fmt: skip
# What parts a headline from whoever says it.
_BEFORE_SOURCES = frozenset({" - ", " – ", " — "})
_CAMPAIGNS = frozenset({"camp", "campaign", "team"})
_TEAMS = frozenset({"club", "side", "team"})
# Who is the same however often they come without an article: "Police said … police added", unlike "officials".
_ALWAYS_ONE = ONE_BODY | {"prosecution", "public", "government"}


def link_nominal(story: Story, candidate: Candidate, *, choose: Chooser = likeliest) -> None:
    """Put a nominal with whomever it means, or in a cluster of its own.

    `choose` tells whom it means, given those whom it cannot mean and the rules' own pick.
    """
    token = story.analysis.tokens[candidate.head]
    above = story.cluster_at(token.head) if token.deprel == "appos" else None
    if story.analysis.text[max(0, candidate.start - 3) : candidate.start] in _BEFORE_SOURCES:
        # “Navy to buy boats - *minister*”
        above = None
    if above is not None:
        join(story, candidate, above, 0.8)
        return
    body = _first(_BROUGHT_IN, story, candidate)
    if body is not None:
        join(story, candidate, body, 0.7)
        return
    owner = _owner(story, candidate)
    if owner is not None:
        # "his lawyer", "Ode's lawyer": lawyers are told apart by whose they are, whatever word stands for him.
        candidate = replace(candidate, modifiers=candidate.modifiers - words_of(owner) | {f"#{owner.number}"})
    others = excluded(story, candidate)
    lead, first = _first(_SAID_AGAIN, story, candidate), headlined(story, candidate)
    known = lead or first
    if known is not None and known.number not in others:
        if first is not None and first is not known and not first.names:
            # “Nurse jailed”, “A nurse stole drugs”, “Ana Ode, 34, …” are one.
            merge(story, first, known, 0.7)
        join(story, candidate, known, 0.7)
        return
    best = choose(story, candidate, others, _picked(story, candidate, owner, others))
    if best is None:
        new_cluster(story, candidate, 0.9)
    else:
        join(story, candidate, *best)


def _first(rules: Iterable[Rule], story: Story, candidate: Candidate) -> Cluster | None:
    """Whom the first of some rules that knows takes a nominal for."""
    for rule in rules:
        cluster = rule(story, candidate)
        if cluster is not None:
            return cluster
    return None


def _picked(story: Story, candidate: Candidate, owner: Cluster | None, others: frozenset[int]) -> Pick | None:
    """Whom the rules take a nominal for: somebody spoken of before, else somebody who is named later."""
    meant = next((p for p in _meant(story, candidate, others) if p.cluster.number not in others), None)
    if meant is not None:
        return meant
    later = (
        ("headline", _of_headline(story, candidate)),
        ("told later", told_later(story, candidate)),
        ("of age", of_age(story, candidate)),
        ("introduced", introduced(story, candidate)),
        ("opposed", _opposed(story, candidate, owner, others)),
    )
    known = ((rule, c) for rule, c in later if c is not None and c.number not in others)
    return next((Pick(cluster, 0.7, rule) for rule, cluster in known), None)


def _of_headline(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom a bare singular means, as headlines have it: "Judge frees clerk" above a story on Ada Lund, the judge.

    Of a body too: "Water firm fined" above one on Orv Water, "the firm".
    """
    kind = candidate.kind
    if (
        kind not in ("person", "organization")
        or (kind == "organization" and story.sentence(candidate.head) >= HEADLINES)
        or candidate.plural
        or not is_bare(story, candidate.head)
    ):
        return None
    clusters = [c for c in story.clusters() if c.kind == kind and c.names]
    told = [c for c in clusters if _is_told_of(candidate, c)]
    if not told and kind == "person" and story.sentence(candidate.head) == 0:
        # The first words of a story may say more of somebody than it repeats: "Canal judge".
        told = [c for c in clusters if candidate.words[0] in c.words]
    return told[0] if len(told) == 1 else None


def _body_named_later(story: Story, candidate: Candidate) -> Cluster | None:
    """A body that comes in without a name: “*a firm* was blamed”, and later “*The firm*, Orv Steel, sued”."""
    if candidate.kind != "organization" or candidate.plural or candidate.definite:
        return None
    later = (c for c in story.found.by_head.values() if c.head > candidate.head and c.form == "nominal")
    again = min((c for c in later if c.words == candidate.words), key=lambda c: c.head, default=None)
    if again is None or not again.definite or not again.modifiers <= candidate.modifiers:
        return None
    body = _called(story, again)
    return body if body is not None and body.first.start > candidate.start else None


def _campaign(story: Story, candidate: Candidate) -> Cluster | None:
    """The campaign that somebody has: “*the Ode campaign*”, “*her team*” and “*Ode's campaign*” are one."""
    if candidate.words[0] not in _CAMPAIGNS or candidate.plural:
        return None
    whose = _owner(story, candidate)
    same = (m for m in story.so_far() if m.form == "nominal" and m.words[0] in _CAMPAIGNS and not m.plural)
    last = next((m for m in same if whose is not None and _owner(story, m) is whose), None)
    return None if last is None else story.cluster_of[last.head]


def _owner(story: Story, candidate: Candidate) -> Cluster | None:
    """Whose somebody is; of a campaign also whose name stands before it: “the *Ode* campaign”."""
    if candidate.owner is not None:
        return story.cluster_at(candidate.owner)
    if candidate.words[0] not in _CAMPAIGNS:
        return None
    before = (k for k in story.analysis.children[candidate.head] if k < candidate.head)
    named = (story.found.name_at.get(k) for k in before)
    whose = (story.cluster_of.get(m.head) for m in named if m is not None)
    return next((c for c in whose if c is not None and c.kind == "person"), None)


def _of_its_noun(story: Story, candidate: Candidate) -> Cluster | None:
    """The body whose name tells what it is, soon named: “*the trust* refused. *Sallow Hospital Trust* said …”.

    There is one such body in the story, and nothing was called so before.
    """
    noun, here = candidate.words[0], story.sentence(candidate.head)
    if candidate.kind != "organization" or candidate.plural or candidate.owner is not None:
        return None
    headline = here < HEADLINES - 1 and is_bare(story, candidate.head)
    called_so = any(m.form == "nominal" and m.words[0] == noun for m in story.so_far())
    if called_so or not (candidate.definite or headline):
        return None
    bodies = [
        c
        for c in story.clusters()
        if c.kind == "organization" and any(len(n) > 1 and noun in (n[0], _last_of(n)) for n in c.names)
    ]
    if len(bodies) != 1 or not candidate.modifiers <= bodies[0].name_words:
        return None
    first = bodies[0].first
    soon = first.start > candidate.start and story.sentence(first.head) - here <= _SOON
    return bodies[0] if soon else None


def _last_of(name: tuple[str, ...]) -> str:
    """The word that tells what has a name: "friends" of “the Friends of Orv Library”, "trust" of “Orv Trust”."""
    return name[name.index("of") - 1] if "of" in name[1:] else name[-1]


def _opposed(
    story: Story, candidate: Candidate, owner: Cluster | None, others: frozenset[int]
) -> Cluster | None:
    """Who somebody's rival is: of the people named so far whoever the story speaks of most, but for the two."""
    if candidate.words[0] not in _OPPOSED or owner is None or owner.kind != "person" or candidate.plural:
        return None
    known = [
        c
        for c, first in named_people(story)
        if c is not owner and c.number not in others and not c.plural and first.start < candidate.start
        if genders_agree(candidate, c)
    ]
    return max(known, key=lambda c: len(c.mentions), default=None)


def _is_told_of(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether a noun and its modifiers are all said of a person, or in the name of a body."""
    if cluster.kind == "person":
        return candidate.words[0] in cluster.words and candidate.modifiers <= cluster.words
    known = words_of(cluster)
    if not candidate.modifiers and alike().get(candidate.words[0], frozenset()) & known:
        return True
    firm = candidate.words[0] in _COMPANY and not is_public(cluster)
    return (
        bool(candidate.modifiers) and candidate.modifiers <= known and (firm or candidate.words[0] in known)
    )


def _called(story: Story, candidate: Candidate) -> Cluster | None:
    """The body or place whose name follows a noun in apposition: "his company, *Orv Steel*, had"."""
    if candidate.kind not in TAKEN_UP:
        return None
    tokens = story.analysis.tokens
    beside = (k for k in story.analysis.children[candidate.head] if tokens[k].deprel in ("appos", "flat"))
    found = (c for k in beside if (c := story.cluster_at(k)) is not None)
    return next((c for c in found if c.kind == candidate.kind and c.names), None)


def _called_before(story: Story, candidate: Candidate) -> Cluster | None:
    """The body whose name stands before what it is: “the *Orvane* airline”."""
    if candidate.words[0] not in _ITSELF or candidate.plural or candidate.owner is not None:
        return None
    beside = (k for k in story.analysis.children[candidate.head] if k < candidate.head)
    found = (story.cluster_at(k) for k in beside if story.analysis.tokens[k].deprel == "compound")
    return next((c for c in found if c is not None and c.kind == "organization" and c.names), None)


def _told_by_name(story: Story, candidate: Candidate) -> Cluster | None:
    """Who is named right after a noun: "a warder *named* Karl Ode", "her son *Karl* drives", "his wife, *Ada*, sat"."""
    text = story.analysis.text
    after = _NAMED_AS.match(text, candidate.end)
    begins = after.end() if after else candidate.end + (2 if text.startswith(", ", candidate.end) else 1)
    found = story.found.name_at.get(bisect_left(story.analysis.starts, begins))
    if found is None and text.startswith(", ", candidate.end):
        article = len("the ") if text.startswith("the ", begins) else 0
        return _told_by_role_and_name(story, candidate, begins + article)
    if found is None or found.start != begins or candidate.plural or _is_within_role(candidate, found):
        return None
    cluster = story.cluster_of.get(found.head)
    if (
        cluster is not None
        and cluster.kind == candidate.kind == "organization"
        and text[candidate.end] == " "
    ):
        # “The charity Second Chance”.
        return cluster
    alone = story.analysis.tokens[candidate.head].deprel != "conj"
    whose = candidate.owner is not None or candidate.definite or candidate.words[0] == "one"
    owned = whose and alone and not found.title
    parted = text[candidate.end] == "," and text[found.end : found.end + 1] in (",", ".", ")")
    if not (after or (owned and (parted or text[candidate.end] == " "))):
        return None
    return cluster if cluster is not None and cluster.kind == candidate.kind == "person" else None


def _is_within_role(candidate: Candidate, name: Candidate) -> bool:
    """Whether a noun tells whose somebody is: the governor in “a spokesman for *the governor*, Ana Ode, said”."""
    role = name.role
    return role is not None and role.start < candidate.start and candidate.end <= role.end


def _told_by_role_and_name(story: Story, candidate: Candidate, begins: int) -> Cluster | None:
    """Who is named behind a noun and what else he is: “his wife, *producer Ana Ode*, said”; in no list."""
    text = story.analysis.text
    roles = {m.role.start: (c, m) for c in story.clusters() for m, _ in c.mentions if m.role is not None}
    cluster, name = roles.get(begins, (None, candidate))
    if cluster is None:
        name = _behind_titles(story, begins) or candidate
        cluster = story.cluster_of.get(name.head) if name is not candidate else None
    elif name.role is None or not name.role.end <= name.start <= name.role.end + 2:
        return None
    if cluster is None:
        return None
    told = (
        candidate.kind == cluster.kind == "person"
        and not candidate.plural
        and (candidate.definite or candidate.owner is not None or candidate.words[0] == "one")
    )
    parted = text[name.end : name.end + 1] in (",", ".", ")") and not text.startswith(", and ", name.end)
    return cluster if told and parted else None


def _behind_titles(story: Story, begins: int) -> Candidate | None:
    """The name whose titles begin at a position: “the chair, *Hon. Ana Ode*, asked”."""
    tokens, at = story.analysis.tokens, bisect_left(story.analysis.starts, begins)
    first = at
    while at < len(tokens) and is_title(tokens[at].text):
        at += 1
    return story.found.name_at.get(at) if at > first else None


def _in_letters(story: Story, candidate: Candidate) -> Cluster | None:
    """The body whose letters stand for a name that the model missed: “HCO” for “the Harbour Commissioner's Office”."""
    if candidate.kind != "organization":
        return None
    source, found = story.analysis.text, story.found.by_head.values()
    whole = candidate.span.of(source)
    short = (c for c in found if c.form == "name" and is_acronym_of(source[c.start : c.end], whole))
    bodies = (story.cluster_of[c.head] for c in short if c.head in story.cluster_of)
    return next((b for b in bodies if b.kind == "organization"), None)


def _named_after(story: Story, candidate: Candidate) -> Cluster | None:
    """The body whose field stands for it: "Fisheries denied it" after "the Ministry of Fisheries"."""
    token = story.analysis.tokens[candidate.head]
    alone = not story.analysis.children[candidate.head]
    if not (alone and token.text[:1].isupper() and candidate.head in story.spoke):
        return None
    word = fold(token.text)
    found = [
        c
        for c in story.latest_first()
        if c.kind == "organization" and any(len(n) > 1 and n[-1] == word for n in c.names)
    ]
    return found[0] if len(found) == 1 else None


def _meant(story: Story, candidate: Candidate, others: frozenset[int]) -> Iterator[Pick]:
    """Earlier clusters that a nominal may mean, the likeliest first."""
    noun = candidate.words[0]
    if not candidate.definite and noun not in _ALWAYS_ONE:
        return
    older = by_years(story, candidate)
    if older is not None:
        yield Pick(older, 0.8, "years")
    for cluster in story.latest_first():
        if kinds_agree(candidate, cluster) and same_noun(candidate, cluster):
            yield Pick(cluster, 0.8, "noun")
    if candidate.plural or candidate.owner is not None:
        return
    if candidate.kind == "person":
        if candidate.age is not None:
            alike_in_age = (
                c for c in story.latest_first() if any(m.age == candidate.age for m, _ in c.mentions)
            )
            yield from (Pick(c, 0.9, "age") for c in alike_in_age)
        found = epithets.likeliest(story, candidate, others)
        if found is not None and not _at_odds(candidate, found[0]):
            yield Pick(*found, "epithet")
    elif candidate.kind == "organization":
        yield from (Pick(*found, "body") for found in _bodies_meant(story, candidate))
    elif candidate.kind == "document":
        yield from (Pick(*found, "document") for found in _documents_meant(story, candidate))


def _bodies_meant(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """The only body near by that may be called so: "the federation" of the Orv Hockey Association, "the firm"."""
    noun = candidate.words[0]
    known = alike().get(noun, frozenset())
    near = story.lately("organization").values()
    fits = [c for c in near if known & words_of(c)]
    if len(fits) == 1 and candidate.modifiers <= {noun} | words_of(fits[0]):
        yield fits[0], 0.5
    if noun in _TEAMS and not candidate.modifiers:
        # A side goes by its town where no club has a name.
        places = story.lately("place").values()
        speaks = (c for c in places if any(m.head in story.wanted for m, _ in c.mentions))
        yield from ((c, 0.5) for c in islice(speaks, 1) if not any(_plays(c) for c in near))
    if noun in _COMPANY:
        yield from _latest(story, candidate)


def _plays(cluster: Cluster) -> bool:
    return bool(words_of(cluster) & (word_class("club") | _TEAMS))


def _documents_meant(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """The only document near by that may be called so: “the document” of a memo, “the paper” of a study."""
    known = alike().get(candidate.words[0], frozenset())
    fits = [c for c in story.lately("document").values() if not c.plural and known & words_of(c)]
    if len(fits) == 1 and not candidate.modifiers:
        yield fits[0], 0.5


def _at_odds(candidate: Candidate, cluster: Cluster) -> bool:
    """Whether somebody is known by a nominal's noun and by other words than go with it here."""
    return candidate.words[0] in cluster.words and not same_noun(candidate, cluster)


def _latest(story: Story, candidate: Candidate) -> Iterator[tuple[Cluster, float]]:
    """The firm spoken of lately, and else the one of the story's firms that it speaks of most.

    "The German firm" is none of those of whom the story has not said so.
    """
    told = candidate.modifiers - {candidate.words[0]}
    for head in story.back(candidate.head, _FIRMS_BACK):
        cluster = story.cluster_of[head]
        if _is_firm(story, cluster) and told <= words_of(cluster):
            yield cluster, 0.5
    firms = [c for c in story.latest_first() if _is_firm(story, c)]
    ranked = sorted(firms, key=lambda c: -len(c.mentions))
    sizes = [len(c.mentions) for c in ranked[:2]]
    if ranked and sizes[:1] != sizes[1:] and told <= words_of(ranked[0]):
        yield ranked[0], 0.4


def _is_firm(story: Story, cluster: Cluster) -> bool:
    """Whether a body may be "the company" by its name; the agency of a dateline is none of a story's firms."""
    if cluster.kind != "organization" or not cluster.names or cluster.plural or is_public(cluster):
        return False
    known = frozenset[str]().union(*(called().get(n, frozenset()) for n in cluster.names))
    bodies = {w for w in words_of(cluster) if w in nouns() and nouns()[w].kind == "organization"}
    return not (bodies | known) - _FIRMLIKE and not _is_dateline(story, cluster)


def _is_dateline(story: Story, cluster: Cluster) -> bool:
    """Whether a body is named in brackets only, as the agency is that reports: "ORV (Meridian) -"."""
    text = story.analysis.text
    return all(
        text[m.start - 1 : m.start] == "(" and text[m.end : m.end + 1] == ")" for m, _ in cluster.mentions
    )


# Whom the text beside a nominal names, or brings in as another: no picks to be weighed, tried in this order.
_BROUGHT_IN: tuple[Rule, ...] = (
    _told_by_name,
    _called,
    _called_before,
    _named_after,
    _in_letters,
    named_later,
    _body_named_later,
)
# Who is taken up by what the story says of him elsewhere, unless he cannot be meant.
_SAID_AGAIN: tuple[Rule, ...] = (
    of_lead,
    opened,
    titled_later,
    named_soon,
    office_later,
    _of_its_noun,
    _campaign,
    spouse,
    firm_in_it,
)
