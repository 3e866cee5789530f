"""Whom a nominal cannot mean, whatever else speaks for him: by the clause it stands in, and by what he is."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from annotator.analysis import tokens_in
from annotator.anaphora import words_of
from annotator.clusters import Cluster, Story, named_in, named_people
from annotator.lands import land_told
from annotator.model import Span
from annotator.names import fold, word_class
from annotator.names import words_of as words_in
from annotator.nouns import alike, is_persons, nouns
from annotator.said import is_firms
from annotator.shortnames import is_public

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from annotator.analysis import Token
    from annotator.mentions import Candidate

# What makes another office of one.
_BELOW = frozenset({"deputy", "ex", "former", "shadow", "vice"})
# What tells one of several of a kind apart from those before.
_OTHERS = frozenset({"another", "fourth", "other", "second", "third"})
_ONE_TIME = frozenset({"ex", "former"})
_GOVERNS = frozenset({"chancellor", "premier", "president", "prime"})
# One field in two spellings, or two words that many lands give to one minister.
_SPELT = {
    "defense": "defence", "economic": "finance", "economy": "finance", "labor": "labour", "transportation": "transport",
}  # fmt: skip
# How old somebody is who is called so, or was when it was done to her.
_YEARS = {
    "baby": (0, 3), "boy": (0, 30), "girl": (0, 30), "pensioner": (58, 120), "schoolboy": (4, 30),
    "schoolgirl": (4, 30), "teen": (13, 25), "teenager": (13, 25), "toddler": (0, 4),
}  # fmt: skip
# What a paper or station is called, and what any publisher is too.
_PRESS = frozenset(
    {"broadcaster", "channel", "magazine", "newspaper", "outlet", "paper", "programme", "station", "tabloid"}
)
_HOUSES = frozenset({"agency", "company", "firm", "group", "network", "publisher"})
_WHOSE = re.compile(r"(?:the )?(.+?)['’]s? ")
_OF_WHOM = re.compile(r" (?:for|of|to) ")
_ONCE = re.compile(r"(?:the |a |an )?(?:ex\b|former\b)", re.IGNORECASE)
_OF = re.compile(r"\s(?:for|of|to)\s|,")


def excluded(story: Story, candidate: Candidate) -> frozenset[int]:
    """The numbers of the clusters that a nominal cannot mean.

    Who says the words that it stands in, or acts on it: in “I like the boy,” said Ode, the boy is another. So is
    whoever is told of by it: “an aide to *the mayor*” is no mayor.
    """
    within = story.quotation(candidate.start)
    saying = story.reporting(candidate.span) | (story.speaking(within) if within is not None else frozenset())
    named = frozenset(_named_in_own_words(story, candidate))
    below = _ranked_below(story, candidate) | frozenset(_of_another_trade(story, candidate))
    around = _told_of_by(story, candidate) | _led_in(story, candidate) | frozenset(_owning(story, candidate))
    others = frozenset(_of_another_owner(story, candidate)) | frozenset(_of_another_people(story, candidate))
    others |= frozenset(_told_apart(story, candidate)) | frozenset(_of_the_press(story, candidate))
    return saying | below | named | acting_on(story, candidate.head) | around | others


def _named_in_own_words(story: Story, candidate: Candidate) -> Iterator[int]:
    """Whom a speaker names as another: “Hal taught me all of it,” *the 63-year-old* said.

    Where nothing is quoted he may be called by his name in what he says: “Ode Motors will close, *the company* said”,
    “Mayor Ode would not resign, *the mayor* said” - unless the story tells that he is something else.
    """
    tokens = story.analysis.tokens
    for head in named_in(story, story.own_content.get(candidate.head, ())):
        cluster = story.cluster_of[head]
        above = tokens[head].head if tokens[head].deprel == "nmod:poss" else head
        told_of = candidate.kind == "organization" or tokens[above].deprel.startswith("nsubj")
        fits = bool(set(candidate.words) & words_of(cluster)) or not _has_a_trade(cluster)
        if story.quotation(tokens[head].start) is not None or not (told_of and fits):
            yield cluster.number


def _ranked_below(story: Story, candidate: Candidate) -> frozenset[int]:
    """Whose office is below the one that a nominal names: after “the deputy mayor, Ana Ode,” she is not *the mayor*.

    Nor is the former one.
    """
    wanted = {*candidate.modifiers, *candidate.words}
    if _ONCE.match(candidate.span.of(story.analysis.text)):
        # The tables know an “ex-mayor” as a mayor.
        return frozenset()
    found = set[int]()
    for cluster, first in named_people(story) if candidate.kind == "person" else ():
        below, whose = _deputy(first.role.text) if first.role is not None else ("", frozenset())
        if below and below not in wanted and whose == wanted:
            found.add(cluster.number)
    return frozenset(found)


@lru_cache(maxsize=8192)
def _deputy(role: str) -> tuple[str, frozenset[str]]:
    """The word of a role that ranks below an office, and the office's own words; of others nothing."""
    words = _OF.split(role.lower())[0].replace("-", " ").split()
    at = next((k for k, word in enumerate(words) if word in _BELOW), None)
    return ("", frozenset()) if at is None else (words[at], frozenset(fold(w) for w in words[at + 1 :]))


def _told_of_by(story: Story, candidate: Candidate) -> frozenset[int]:
    """Of which mentions a nominal is a part."""
    tokens, found = story.analysis.tokens, set[int]()
    above = tokens[candidate.head].head
    while above >= 0 and tokens[above].upos in ("NOUN", "PROPN"):
        around = story.found.by_head.get(above)
        if around is not None and candidate.span in around.span and above in story.cluster_of:
            found.add(story.cluster_of[above].number)
        above = tokens[above].head
    return frozenset(found)


def _owning(story: Story, candidate: Candidate) -> Iterator[int]:
    """Whose kin or lawyer somebody is told to be: “the brother of murdered student *Ana Ode*” is not Ana Ode."""
    text = story.analysis.text
    of = _OF_WHOM.search(text, candidate.start, candidate.end)
    if of is None:
        return
    inside = tokens_in(story.analysis, Span(of.end(), candidate.end))
    names = {n.head: n for i in inside if (n := story.found.name_at.get(i)) is not None}
    for head, name in names.items():
        between = text[of.end() : name.start].split()
        told = not between or (between[-1].islower() and is_persons(between[-1]))
        if told and head in story.cluster_of:
            yield story.cluster_of[head].number


def acting_on(story: Story, head: int) -> frozenset[int]:
    """Who does something to a nominal: in “Ode accused the incumbent of lying” the incumbent is not Ode."""
    tokens, verb = story.analysis.tokens, story.analysis.tokens[head].head
    if verb < 0 or tokens[head].deprel not in ("obj", "iobj", "obl"):
        return frozenset()
    # “Ode sued Lund, *accusing* the firm of theft”: what follows has the same subject.
    while _goes_on(tokens[verb]) and tokens[verb].head >= 0 and not _subjects(story, verb):
        verb = tokens[verb].head
    found = (story.cluster_at(k) for k in _subjects(story, verb))
    return frozenset(c.number for c in found if c is not None)


def _goes_on(token: Token) -> bool:
    participle = token.deprel == "advcl" and token.xpos == "VBG"
    return token.deprel in ("conj", "xcomp") or participle


def _subjects(story: Story, verb: int) -> list[int]:
    return [
        k for k in story.analysis.children[verb] if story.analysis.tokens[k].deprel in ("nsubj", "nsubj:pass")
    ]


def _of_another_trade(story: Story, candidate: Candidate) -> Iterator[int]:
    """Who is something that no judge, and what is something that no union is.

    “Sam Ode, for the defence, called it a lie. *The judge* said”: a lawyer is no judge in his case. Nor is Orv Motors
    “the union”. Whoever the story tells nothing of may be.
    """
    noun, trades = candidate.words[0], word_class("enterprise", "dealer")
    if candidate.plural or noun not in word_class("arbiter", "chartered", "official", "enterprise", "dealer"):
        return
    like = {noun} | alike().get(noun, frozenset())
    for cluster in story.clusters():
        if cluster.kind != candidate.kind or like & words_of(cluster):
            continue
        if not cluster.names:
            # “The carmaker” is no union, “the union” no company.
            firms, chartered = any(map(is_firms, cluster.words)), cluster.words & word_class("chartered")
            if (firms and noun in word_class("chartered")) or (chartered and is_firms(noun)):
                yield cluster.number
            continue
        trade = noun in word_class("official") or (
            not word_class("arbiter") & cluster.words and _has_a_trade(cluster)
        )
        firm = any(len(n) > 1 and n[-1] in word_class("firm") for n in cluster.names)
        firm = is_public(cluster) if noun in trades else firm or bool(cluster.words & trades)
        if trade if candidate.kind == "person" else firm:
            yield cluster.number


def _of_another_owner(story: Story, candidate: Candidate) -> Iterator[int]:
    """Whose else's somebody is: “his mother” of Ode is not “his mother” of Lund, nor the Kenyan army the Somali one."""
    own = _owners(candidate.modifiers)
    lands = {land for w in candidate.modifiers if (land := land_told(w)) is not None}
    # Nor is anybody his own client.
    yield from own
    if not own and not lands:
        return
    for cluster in (c for c in story.clusters() if c.kind == candidate.kind):
        if candidate.words[0] not in cluster.words:
            continue
        others = _owners(cluster.words)
        told = {land for w in cluster.words if (land := land_told(w)) is not None}
        if (own and others and not own & others) or (lands and told and not lands & told):
            yield cluster.number


def _of_another_people(story: Story, candidate: Candidate) -> Iterator[int]:
    """Who is of another land: “the Czech” is not *the German*."""
    land = land_told(candidate.words[0]) if candidate.kind == "person" else None
    if land is None or candidate.plural:
        return
    for cluster in story.clusters():
        nouns_said = (m.words[0] for m, _ in cluster.mentions if m.form == "nominal")
        told = {land_told(w) for w in nouns_said} - {None}
        if told and land not in told:
            yield cluster.number


def _told_apart(story: Story, candidate: Candidate) -> Iterator[int]:
    """Who is told to be another by a word: “*another* clerk”, “the *deputy* mayor”, “the *finance* minister”, an age.

    After “Health Minister Ana Ode” she is no finance minister, after “Kyle Ode, 52,” he is no teenager.
    """
    if candidate.kind != "person" or candidate.plural:
        return
    for cluster in story.clusters():
        if cluster.kind == "person" and cluster.names and not cluster.plural:
            years = _YEARS.get(candidate.words[0])
            ages = {m.age for m, _ in cluster.mentions if m.age is not None}
            aged = years is not None and bool(ages) and not any(years[0] <= age <= years[1] for age in ages)
            if aged or _is_another(story, candidate, cluster):
                yield cluster.number


def _is_another(story: Story, candidate: Candidate, cluster: Cluster) -> bool:
    told = candidate.modifiers
    if "opposition" in told and cluster.words & _GOVERNS and not cluster.words & _ONE_TIME:
        return "opposition" not in cluster.words
    if candidate.words[0] not in cluster.words:
        return False
    if told & _OTHERS and not told & _OTHERS & cluster.words and cluster.first.start < candidate.start:
        return True
    named_before = any(m.form == "name" and m.start < candidate.start for m, _ in cluster.mentions)
    below = told & _BELOW - (frozenset() if named_before and not candidate.definite else _ONE_TIME)
    if below and not below & cluster.words:
        return True
    mine, theirs = ({_SPELT.get(w, w) for w in ws & word_class("portfolio")} for ws in (told, cluster.words))
    return bool(mine and theirs and not mine & theirs) or _is_of_others(story, told, cluster)


def _is_of_others(story: Story, told: Collection[str], cluster: Cluster) -> bool:
    """Whether a name says whose somebody is and another's he is told to be: “*Ode's* lawyer, Karl Lund,”."""
    owners = {w for n in _owners(told) for w in story.by_number[n].name_words}
    roles = (m.role.text for m, _ in cluster.mentions if m.role is not None)
    found = (_WHOSE.match(role) for role in roles)
    whose = {w for m in found if m is not None for w in words_in(m[1])}
    return bool(owners and whose and not owners & whose)


def _of_the_press(story: Story, candidate: Candidate) -> Iterator[int]:
    """What only is told, and the press where others are meant: “Ode told the Post so. *The council* denied it”."""
    noun = candidate.words[0]
    if candidate.kind != "organization" or candidate.plural or noun in _PRESS:
        return
    public = noun in word_class("chartered")
    for cluster in story.clusters():
        if cluster.kind == "organization" and _is_press(cluster, noun):
            other = public or (is_firms(noun) and noun not in _HOUSES)
            if other or (noun in _HOUSES and all(_hears(story, m) for m, _ in cluster.mentions)):
                yield cluster.number


def _is_press(cluster: Cluster, noun: str) -> bool:
    """Whether a body is a paper or a station by its name or what is said of it: “the Orv *Post*”, not “Post Bank”."""
    if cluster.words & _PRESS:
        return True
    named = any({n[0], n[-1]} & word_class("press") for n in cluster.names)
    bodies = (w for w in cluster.name_words if w in nouns() and w not in word_class("press"))
    return (
        named
        and noun not in cluster.name_words
        and not any(nouns()[w].kind == "organization" for w in bodies)
    )


def _hears(story: Story, mention: Candidate) -> bool:
    """Whether somebody is told something: “told *Radio Orv* that”."""
    tokens = story.analysis.tokens
    above = tokens[mention.head].head
    told = above >= 0 and tokens[above].lemma.lower() == "tell"
    return told and tokens[mention.head].deprel in ("obj", "iobj")


def _owners(words: Collection[str]) -> set[int]:
    """The numbers of those whose somebody is, among what is told with a noun; no hashtag is one."""
    return {int(w[1:]) for w in words if w.startswith("#") and w[1:].isdecimal()}


def _has_a_trade(cluster: Cluster) -> bool:
    """Whether the story tells what somebody is."""
    return any(map(is_persons, cluster.words))


def _led_in(story: Story, candidate: Candidate) -> frozenset[int]:
    """Who stands in the participle's phrase that leads up to a subject: “Flanked by Ode, *the mayor* left”."""
    tokens = story.analysis.tokens
    first = story.analysis.sentences[story.sentence(candidate.head)].first
    leads = tokens[first].xpos in ("VBN", "VBG") and tokens[candidate.head].deprel.startswith("nsubj")
    if not leads or not story.analysis.text[: candidate.start].endswith(", "):
        return frozenset()
    begins = bisect_left(story.analysis.starts, candidate.start)
    names = (story.found.name_at.get(i) for i in range(first, begins))
    known = (story.cluster_of.get(c.head) for c in names if c is not None)
    return frozenset(c.number for c in known if c is not None)
