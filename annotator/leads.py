"""Who comes in without a name: “a lock-keeper was hurt”, and further on “the lock-keeper, Jon Ode, is at home”."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from annotator.clusters import is_bare, leanings_agree, named_people
from annotator.names import fold, title_words
from annotator.nouns import alike
from annotator.said import is_firms

if TYPE_CHECKING:
    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate
    from annotator.model import Role

# A story's first sentences may be headlines.
HEADLINES = 3
# Headlines and who wrote a story come before the sentence that says them again.
_FIRST_LINES = 4
# Whom a first sentence is on is named so many sentences later.
_SOON = 4
_ONE_TOLD = ("that ", "this ")
# A comma, a space and a mark stand between a role and a name.
_PARTED = 3
# Of these many speak in a story, and few are named.
_MANY = frozenset({
    "aide", "diplomat", "neighbor", "neighbour", "official", "onlooker", "resident", "source", "spokesman",
    "spokesperson", "spokeswoman", "witness",
})  # fmt: skip
_UNNAMED = re.compile(
    r",? (?:who (?:did not (?:want|wish)|asked not|declined|refused|spoke on)|speaking on|on condition)"
    r" .{0,20}?\b(?:named|identified|anonymity|anonymous)\b"
)
_ANOTHER = re.compile(r"\bAnother, $")
_WORDS = re.compile(r"[^\W_]+")
_OF = re.compile(r" of ((?:\w+ ?){1,3})")
# Who holds these in a land, state or town is one.
_OFFICES = frozenset(
    {"chancellor", "emir", "governor", "king", "mayor", "minister", "premier", "president", "queen"}
)
_YEARS = re.compile(r"\b(\d{1,3})-year-old")


def named_later(story: Story, candidate: Candidate) -> Cluster | None:
    """Who comes in without a name: "*a lock-keeper* was hurt", and later "*The lock-keeper*, Jon Ode, is at home".

    Of two lock-keepers without a name it is the later one who is named.
    """
    if candidate.kind != "person" or candidate.plural or candidate.definite:
        return None
    for cluster, first in named_people(story):
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
        known = candidate.modifiers | set(candidate.words) | alike().get(candidate.words[0], frozenset())
        told = bool(first.role_words & {candidate.words[0], *alike().get(candidate.words[0], ())})
        if (
            taken_up
            and told
            and first.role_words <= known
            and not any(c.words == candidate.words for c in between)
        ):
            return cluster
    return None


def told_later(story: Story, candidate: Candidate) -> Cluster | None:
    """Who is known by what he is before his name: “he blamed *the mayor*”, and later “*the mayor*, Ana Ode,”.

    He is the only one of the story who comes in as that.
    """
    definite = candidate.definite and candidate.owner is None
    if candidate.kind != "person" or candidate.plural or not definite:
        return None
    told = [(c, first) for c, first in named_people(story) if candidate.words[0] in first.role_words]
    if len(told) != 1:
        return None
    cluster, first = told[0]
    return cluster if first.start > candidate.start and candidate.modifiers <= first.role_words else None


def of_age(story: Story, candidate: Candidate) -> Cluster | None:
    """Who comes in by name and age after a first sentence on somebody: "*A welder* was shot. *Karl Ode, 34,* bled"."""
    here = story.sentence(candidate.head)
    if here > HEADLINES or not _comes_in(story, candidate):
        return None
    named = ((c, _first_name(c)) for c, _ in named_people(story))
    aged = [
        (c, first)
        for c, first in named
        if first.age is not None and first.role is None and not first.title
        if first.start > candidate.start and story.sentence(first.head) - here <= _SOON
        if leanings_agree(candidate, c) and _ages_agree(story, candidate, first)
    ]
    return aged[0][0] if len(aged) == 1 else None


def _ages_agree(story: Story, candidate: Candidate, name: Candidate) -> bool:
    """Whether a nominal tells no other age than a name: “a *19-year-old* man” is not “Karl Ode, 58,”."""
    told = _YEARS.search(candidate.span.of(story.analysis.text))
    return told is None or name.age is None or int(told[1]) == name.age


def introduced(story: Story, candidate: Candidate) -> Cluster | None:
    """Who reports in a first sentence: "*A former clerk* said on Monday that it leaked. *Ana Ode* left in May".

    Not where the one named next is told to be somebody: "Ana Ode, the mayor, laughed".
    """
    tokens, here = story.analysis.tokens, story.sentence(candidate.head)
    reports = candidate.head in story.spoke and tokens[candidate.head].deprel.startswith("nsubj")
    if candidate.kind != "person" or candidate.plural or candidate.owner is not None or not reports:
        return None
    if here > HEADLINES or story.quotation(candidate.start) is not None:
        return None
    named = ((c, _first_name(c)) for c, _ in named_people(story))
    whole = [(c, n) for c, n in named if n.start > candidate.start and len(n.words) > 1]
    cluster, name = min(whole, key=lambda pair: pair[1].start, default=(None, candidate))
    soon = here < story.sentence(name.head) <= here + _SOON and tokens[name.head].deprel.startswith("nsubj")
    bare = name.role is None and not name.title
    if cluster is None or not soon or not bare or _is_one_of_several(story, candidate, name):
        return None
    return cluster if leanings_agree(candidate, cluster) else None


def _is_one_of_several(story: Story, candidate: Candidate, name: Candidate) -> bool:
    """Whether a speaker without a name is another than the next one with one: “*A nurse* said so. Ana Ode said no”.

    So is “*One* guard” before “Another, Sam Ode,”, and whoever will not be named.
    """
    text = story.analysis.text
    another = _ANOTHER.search(text, max(0, name.start - len("Another, ")), name.start) is not None
    if another or _stays_unnamed(story, candidate) or text.startswith("One ", candidate.start):
        return True
    below = story.analysis.children[candidate.head]
    told = any(story.analysis.tokens[k].deprel.startswith("acl") for k in below)
    if name.age is not None or name.head not in story.spoke or told:
        return False
    return candidate.words[0] in _MANY or not (candidate.modifiers or _opens_next(story, candidate, name))


def opened(story: Story, candidate: Candidate) -> Cluster | None:
    """Who reports in a lead and is named where the next paragraph begins: “*A pilot* was afraid. ¶ *Ana Ode* said”."""
    cluster = introduced(story, candidate)
    name = _first_name(cluster) if cluster is not None else None
    return cluster if name is not None and _opens_next(story, candidate, name) else None


def _opens_next(story: Story, candidate: Candidate, name: Candidate) -> bool:
    """Whether a name opens the paragraph after a lead: “A pilot has told of his fear. [paragraph] *Ana Ode* said”."""
    between = story.analysis.text[candidate.end : name.start]
    return between.endswith("\n") and not between.rstrip("\n").count("\n")


def of_lead(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom a lead is on: “*A bus driver* has been praised. *Leon Ode, 44,* put the fire out”, not “Leon Ode said”.

    The first person named afterwards, as the subject with which a sentence begins, of whom nothing else is told.
    """
    tokens, here = story.analysis.tokens, story.sentence(candidate.head)
    leads = here < HEADLINES and tokens[candidate.head].deprel.startswith("nsubj")
    if not leads or not _comes_in(story, candidate):
        return None
    named = ((c, _first_name(c)) for c, _ in named_people(story))
    later = [(c, n) for c, n in named if n.start > candidate.start]
    cluster, name = min(later, key=lambda pair: pair[1].start, default=(None, candidate))
    if cluster is None or cluster.mentions[0][0].start < candidate.start:
        return None
    at = story.sentence(name.head)
    begins = tokens[story.analysis.sentences[at].first].start == name.start
    subject = tokens[name.head].deprel.startswith("nsubj") and here < at <= here + _SOON
    bare = name.role is None and not name.title and len(name.words) > 1
    if any(n.age is not None and n is not name and story.sentence(n.head) <= at + _SOON for _, n in later):
        # “Ada Lund, 34, ran. Karl Lund, 40, slept”: it may be either.
        return None
    told = name.age is not None or name.head not in story.spoke
    told = told or (candidate.head not in story.spoke and _opens_next(story, candidate, name))
    agrees = leanings_agree(candidate, cluster) and _ages_agree(story, candidate, name)
    return cluster if begins and subject and bare and told and agrees else None


def headlined(story: Story, candidate: Candidate) -> Cluster | None:
    """Whom a headline brought in, as the first lines do again: “*A night nurse* told …” below “*Nurse* tells inquiry”.

    Several too: “*Forty boxers* will not fight” below “*Boxers* threaten to quit”.
    """
    new = not candidate.definite and candidate.owner is None and story.quotation(candidate.start) is None
    if story.sentence(candidate.head) > _FIRST_LINES or not new:
        return None
    like = {candidate.words[0], *alike().get(candidate.words[0], ())}
    before = (m for m in story.so_far() if m.head < candidate.head)
    of_kind = (m for m in before if (m.kind, m.plural) == (candidate.kind, candidate.plural))
    firm = is_firms(candidate.words[0])
    same = [
        m for m in of_kind if m.form == "nominal" and (m.words[0] in like or (firm and is_firms(m.words[0])))
    ]
    if len({story.cluster_of[m.head].number for m in same}) != 1:
        return None
    first = same[0]
    lines = story.analysis.text[first.end : candidate.start].split("\n")
    above = len(lines) > 1 and not any(line.rstrip().endswith(".") for line in lines[:-1])
    return story.cluster_of[first.head] if above and is_bare(story, first.head) else None


def named_soon(story: Story, candidate: Candidate) -> Cluster | None:
    """Who is named when he is taken up: “she asked *the driver*. *The driver*, Jon Ode, laughed”.

    A driver who comes in between is another, and so is “the bus driver, Jon Ode,”.
    """
    noun, here = candidate.words[0], story.sentence(candidate.head)
    if candidate.kind != "person" or candidate.plural:
        return None
    later = takewhile(lambda h: story.sentence(h) - here <= _SOON, story.after(candidate.head))
    for other in (story.found.by_head[h] for h in later):
        if other.form == "nominal" and other.words[0] == noun and not (other.plural or other.definite):
            return None
        role = other.role
        if role is not None and role.start > candidate.end and noun in other.role_words:
            return _taken_up(story, candidate, other, role)
    return None


def _taken_up(story: Story, candidate: Candidate, name: Candidate, role: Role) -> Cluster | None:
    """Who is named, if the role right before his name takes up a nominal: “*The driver*, Jon Ode,” comes in by it."""
    cluster = story.cluster_of.get(name.head)
    before = story.analysis.text[max(0, role.start - len("the ")) : role.start].lower()
    again = before == "the " or role.text.lower().startswith(_ONE_TOLD)
    if cluster is None or not again or not role.end <= name.start <= role.end + _PARTED:
        return None
    new = cluster.first.start >= role.start
    return cluster if new and name.role_words <= candidate.modifiers | {candidate.words[0]} else None


def titled_later(story: Story, candidate: Candidate) -> Cluster | None:
    """Who comes in by office in a first sentence: “*A judge* let him go on Friday. *Judge Ana Ode* said he was ill”."""
    here = story.sentence(candidate.head)
    if here > HEADLINES or not _comes_in(story, candidate):
        return None
    noun = candidate.words[0]
    told = [(c, n) for c, n in named_people(story) if noun in {*n.role_words, *n.title.split()}]
    if len(told) != 1:
        return None
    cluster, name = told[0]
    soon = here < story.sentence(name.head) <= here + _SOON and cluster.mentions[0][0].start > candidate.start
    others = (
        c for h, c in story.found.by_head.items() if candidate.head < h < name.head and c.form == "nominal"
    )
    if any(c.words == candidate.words and not c.definite for c in others):
        return None
    return cluster if soon and leanings_agree(candidate, cluster) else None


def office_later(story: Story, candidate: Candidate) -> Cluster | None:
    """Who comes in by an office and later by it and his name: “*The mayor of Orv* left. *Mayor Ana Ode* had …”.

    Not whose office is elsewhere: “Lesk Mayor Karl Lund”, “Mayor Karl Lund of Lesk”.
    """
    text, noun = story.analysis.text, candidate.words[0]
    if (
        noun not in _OFFICES
        or candidate.plural
        or not candidate.definite
        or not _is_of_place(story, candidate)
    ):
        return None
    said = candidate.span.of(text)
    told = [
        (c, n)
        for c, n in named_people(story)
        if n.start > candidate.end and noun in n.role_words | title_words(n.title)
    ]
    if len(told) != 1 or not leanings_agree(candidate, told[0][0]):
        return None
    cluster, name = told[0]
    between = (story.found.by_head[h] for h in story.after(candidate.head) if h < name.head)
    if any(c.form == "nominal" and c.words == candidate.words and c.owner is not None for c in between):
        return None
    known = {noun, *(fold(w) for w in _WORDS.findall(said))}
    behind = _OF.match(text, name.end)
    place = {fold(w) for w in _WORDS.findall(behind[1])} if behind is not None else set[str]()
    near = story.sentence(name.head) - story.sentence(candidate.head) <= 2 * _SOON
    return cluster if near and name.role_words | place <= known else None


def _is_of_place(story: Story, candidate: Candidate) -> bool:
    """Whether an office is a land's or a town's: “*Orv's* mayor”, “the mayor of *Orv*”, “its governor” of a place."""
    owner = story.cluster_at(candidate.owner) if candidate.owner is not None else None
    if owner is not None:
        return owner.kind == "place" or owner.mentions[0][0].form == "nominal"
    tokens = story.analysis.tokens
    below = (k for k in story.analysis.children[candidate.head] if tokens[k].deprel == "nmod")
    bodies = (story.found.at(k) for k in below if tokens[k].upos == "PROPN")
    return any(c is None or c.kind != "organization" or len(c.words) == 1 for c in bodies)


def _comes_in(story: Story, candidate: Candidate) -> bool:
    """Whether a nominal brings in one person, of no one and in no quotation: “*a welder* was shot”."""
    new = not (candidate.plural or candidate.definite) and candidate.owner is None
    if candidate.kind != "person" or not new or _stays_unnamed(story, candidate):
        return False
    return story.quotation(candidate.start) is None


def _stays_unnamed(story: Story, candidate: Candidate) -> bool:
    """Whether somebody does not want to be named: “a clerk who asked not to be identified”."""
    return _UNNAMED.match(story.analysis.text, candidate.end) is not None


def _first_name(cluster: Cluster) -> Candidate:
    return min((m for m, _ in cluster.mentions if m.form == "name"), key=lambda m: m.start)
