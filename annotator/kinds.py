"""What the names of a story are: persons, bodies or places, by the model's votes and by how the story uses them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from annotator.names import (
    body_words,
    given_names,
    is_acronym_of,
    is_of_its_town,
    is_short_form,
    known_bodies,
    letters_of,
    places,
    surnames,
    word_class,
)
from annotator.nouns import nouns
from annotator.said import SURE, firm_by_its_noun, is_firms, is_told_a_body, said_to_be
from annotator.shops import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotator.analysis import Analysis
    from annotator.mentions import Candidate
    from annotator.model import EntityKind

    Words = tuple[str, ...]

# What a preposition or a people tells of a name weighs as much as so many sure labels of the model.
_USED_AS_PLACE = 2.0
_HAS_A_ROLE = 1.0
_JOINED = 1.5
_INITIALLED = 2.0
_ENDS_AS_BODY, _PLAYS, _EMPLOYS, _TOLD = 0.75, 2.0, 2.0, 2.0
_OF_PLACES = ("land", "stan", "shire", "burg", "ville", "grad")
# What has a president, a coast or a mayor is a place; a minister or an envoy may be a person's.
_LANDS = frozenset({
    "navy", "coast", "border", "frontier", "capital", "parliament", "president", "embassy", "airspace", "economy",
    "constitution", "currency", "shore", "harbour", "harbor", "port", "outskirts", "suburb", "mayor", "population",
    "ambassador", "consulate", "army", "territory", "coastline", "flag", "troop",
})  # fmt: skip
# "The mayor of Orvia", "all of Orvia", "flew to Orvia": a person has none of these and nobody flies to one.
_OF_LAND = _LANDS | frozenset({
    "all", "city", "town", "village", "island", "people", "street", "north", "south", "east", "west", "rest", "council",
    "republic", "kingdom", "province", "region", "bridge", "government", "citizen", "resident", "map",
})  # fmt: skip
_STATE = frozenset({"minister", "ministry", "premier"})
# Who is called after a saint is often somebody: "St Clair".
_SAINTS = frozenset({"st", "saint"})
# The house or street that stands for who sits there.
_SEATS = frozenset({"street", "palace", "square", "castle"})
_MOVES = frozenset({
    "fly", "travel", "return", "arrive", "drive", "sail", "flee", "emigrate", "deport", "expel", "extradite", "escape",
})  # fmt: skip
# “Fjell's shares”, “an employee of Fjell”, “the Fjell boss”: what a firm has.
_OF_FIRMS = frozenset({
    "board", "boss", "chairman", "chairwoman", "chief", "customer", "director", "employee", "executive", "factory",
    "headquarters", "plant", "profit", "revenue", "share", "shareholder", "staff", "subsidiary", "takeover", "turnover",
    "workforce",
})  # fmt: skip
_DISTANCES = frozenset(
    {"kilometre", "kilometer", "km", "mile", "upriver", "downriver", "upstream", "downstream"}
)
_SPORT = frozenset({
    "coach", "striker", "goalkeeper", "midfielder", "defender", "relegated", "relegation", "fixture", "penalty", "cup",
    "league", "season", "goal", "goals", "stadium", "squad", "manager",
})  # fmt: skip
_PLAYERS = frozenset(
    {"striker", "goalkeeper", "midfielder", "defender", "winger", "captain", "squad", "stadium"}
)
_OFTEN = 3
# A word so long is made of two: “Liga” alone may be somebody's name.
_COMPOUND = 9
# Lines and trips go to places too.
_TRIPS = frozenset({"bus", "ferry", "flight", "journey", "road", "train", "trip", "voyage"})
_FROM_AND_TO = frozenset({"to", "from", "into", "for"})
# “Shares in Orvane” says nothing of where they are.
_HELD = frozenset(
    {
        "bond",
        "confidence",
        "faith",
        "holding",
        "interest",
        "investment",
        "investor",
        "share",
        "stake",
        "stock",
    }
)
_GREATEST = re.compile(r"\b(?:largest|biggest)\b")
_WHERE = frozenset({"in", "near", "inside", "outside", "across", "throughout"})


@dataclass(slots=True)
class _Told:
    """What a story tells of its names: votes for what each is, and which it uses as places or as somebody's."""

    votes: dict[Words, dict[EntityKind, float]] = field(default_factory=dict)
    lands: set[Words] = field(default_factory=set)
    somebodys: set[Words] = field(default_factory=set)


def kinds_of(names: list[Candidate], analysis: Analysis) -> dict[Words, EntityKind]:
    """What each spelling of a story is: the model's votes, corrected by the story itself and the table of places.

    "Ode" is a person where "Mary Ode" is one, although the model once took it for a firm; "the Kremlin" is a place.
    So is "Orvia" where the story tells what happened in Orvia, or speaks of Orvians.
    """
    told = _told(names, analysis)
    kinds = {words: max(v, key=lambda k: (v[k], k)) for words, v in _pooled(told.votes).items()}
    doubtless = ((c.words, said_to_be(analysis, c)) for c in names if c.words not in told.somebodys)
    kinds |= {words: kind for words, kind in doubtless if kind is not None}
    people = [words for words, kind in kinds.items() if kind == "person" and len(words) > 1]
    if unknown := _never_introduced(names, kinds):
        kinds |= dict.fromkeys(unknown, _spoken_of(analysis, kinds))
    several = {c.words for c in names if _is_of_several(analysis, c)} - told.somebodys
    _name_families(kinds, people, told, several, _families_firms(names, kinds))
    short = (
        *_short_for_bodies(kinds, told.lands, told.somebodys),
        *_acronyms(names, kinds, analysis),
        *_bracketed(names, kinds, analysis),
        *firm_by_its_noun(names, kinds, analysis),
    )
    kinds |= dict.fromkeys(short, "organization")
    return kinds | dict.fromkeys(_short_for_places(kinds, told.somebodys), "place")


def _told(names: list[Candidate], analysis: Analysis) -> _Told:
    spoken = {t.text.lower() for t in analysis.tokens}
    sport = len(spoken & _SPORT) > 1
    told = _Told()
    for c in names:
        own = told.votes.setdefault(c.words, defaultdict(float))
        known = _is_known_body(c)
        _vote_for_bodies(analysis, c, own, known=known)
        own["person"] += _HAS_A_ROLE if c.title or _is_somebody(c) else 0
        own["person"] += _INITIALLED if _has_initials_within(c.words) else 0
        if _is_used_as_place(analysis, c, spoken, known=known):
            own["place"] += _USED_AS_PLACE
            told.lands.add(c.words)
        plays = sport and _owns(analysis, c.head, _PLAYERS)
        if len(c.words) == 1 and not c.title and (plays or _is_many(analysis, c.head)):
            # “Orv were relegated”: a side goes by its town.
            own["place" if sport else "organization"] += _USED_AS_PLACE
        # A rival may be a firm.
        role = c.role is not None and not (c.role_words and c.role_words <= word_class("ally"))
        if c.title or role or c.age is not None:
            told.somebodys.add(c.words)
    for one, other in _joined(names, analysis):
        votes = told.votes[one.words]
        if max(votes, key=lambda k: (votes[k], k)) == "place" and len(other.words) == 1:
            told.votes[other.words]["place"] += _JOINED
    return told


def _vote_for_bodies(analysis: Analysis, c: Candidate, own: dict[EntityKind, float], *, known: bool) -> None:
    """The model's vote, and what in or beside a name says that it is a body's."""
    own[c.kind or "person"] += c.score**2
    if len(c.words) > 1 and not c.title:
        firm = _is_club(c.words) or "&" in c.span.of(analysis.text) or _ends_in_its_form(analysis, c)
        own["organization"] += _PLAYS if firm else _ENDS_AS_BODY if _ends_as_body(c) else 0
    bodily = (_is_body_abroad(c.words) and c.words[-1] not in _SEATS) or c.words[0] in word_class("agency")
    own["organization"] += _PLAYS * ((bodily and not c.title) + known)
    body = _is_greatest(c) or is_told_a_body(analysis, c)
    own["organization"] += _TOLD * ((body or _is_shop(analysis, c)) and not c.title)
    own["organization"] += _EMPLOYS if _has_staff(analysis, c.head) else 0


def _is_used_as_place(analysis: Analysis, c: Candidate, spoken: set[str], *, known: bool) -> bool:
    """Whether something happens in what has a name, or it has what lands and houses have."""
    lies = len(c.words) <= 3 and not known and (_lies_in(analysis, c.head) or _lies_off(analysis, c))
    somebody = c.title or c.role is not None or c.age is not None
    if lies or (_is_seat(c.words) and not somebody) or _has_ministers(analysis, c):
        return True
    return len(c.words) == 1 and not known and not c.title and _is_land(analysis, c, spoken)


def _families_firms(names: list[Candidate], kinds: Mapping[Words, EntityKind]) -> set[str]:
    """Words by which firms may go that are called like a family: “Lund” of “Lund Motors”, unless he is “Mr Lund”."""
    firms = {w[0] for w, kind in kinds.items() if kind == "organization" and len(w) > 1}
    return firms - {c.words[0] for c in names if c.title and len(c.words) == 1}


def _name_families(
    kinds: dict[Words, EntityKind], people: list[Words], told: _Told, several: set[Words], firms: set[str]
) -> None:
    """Make lone names those of the people who bear them, and of families and known places.

    A firm goes by its family's name, where the model says so of the lone name.
    """
    families, firsts = {words[-1] for words in people}, {words[0] for words in people}
    for words, kind in kinds.items():
        votes = told.votes[words]
        family = words[0] in families and not (words[0] in firms and votes["organization"] > votes["person"])
        # “Neil said”, where Neil Hadad is in the story and nothing happens in Neil.
        nowhere = words[0] in given_names() and words not in told.lands and words not in places()
        first = words[0] in firsts and (kind == "organization" or nowhere)
        if len(words) == 1 and (family or first):
            kinds[words] = "person"
        elif words in several or (len(words) == 1 and words[0][-1:] == "s" and words[0][:-1] in families):
            # “The Lunds”, where Ana Lund is in the story.
            kinds[words] = "group"
        elif kind != "place" and words in places():
            kinds[words] = "place"


def _is_of_several(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a lone name is a family's or a people's: “*the Millers*”, “*Catholics*”; not “Barnes”, “the Azores”."""
    word, token = candidate.words[-1], analysis.tokens[candidate.head]
    if len(candidate.words) > 1 or candidate.title or not word.endswith("s") or candidate.words in places():
        return False
    before = any(analysis.tokens[k].text.lower() == "the" for k in analysis.children[candidate.head])
    if before:
        # The Falcons are surely a side.
        side = candidate.kind == "place" or (candidate.kind == "organization" and candidate.score >= SURE)
        return word[:-1] in surnames() and word not in surnames() and not side
    return candidate.kind == "person" and token.xpos == "NNPS" and word not in surnames()


def _never_introduced(names: list[Candidate], kinds: dict[Words, EntityKind]) -> list[Words]:
    """Lone names that the model takes for a person's, unsurely, and the story for known: nobody comes in by surname.

    Whoever is spoken of so often has a first name, a title or a role somewhere; a capital has none.
    """
    parts = {w for c in names if len(c.words) > 1 for w in c.words}
    told = {c.words for c in names if c.title or c.role is not None or c.age is not None or c.score >= SURE}
    count = Counter(c.words for c in names)
    lone = (w for w, kind in kinds.items() if kind == "person" and len(w) == 1)
    often = [w for w in lone if count[w] >= _OFTEN and w not in told]
    return [w for w in often if w[0] not in parts and w[0] not in given_names()]


def _spoken_of(analysis: Analysis, kinds: dict[Words, EntityKind]) -> EntityKind:
    """What an unknown name of a story is: a firm where it speaks of “the carmaker” and names no other, else a place."""
    tokens = analysis.tokens
    firms = (i for i, t in enumerate(tokens) if t.upos == "NOUN" and is_firms(t.lemma.lower()))
    told = any(tokens[k].text.lower() == "the" for i in firms for k in analysis.children[i])
    others = any(kind == "organization" and w[-1] in word_class("firm") for w, kind in kinds.items())
    return "organization" if told and not others else "place"


def _short_for_places(kinds: dict[Words, EntityKind], told: set[Words]) -> list[Words]:
    """Lone words that are nobody's name and a place's: "Orv" where Port Orv or the Orv Herald is in the story."""
    lands = {
        w[-1] for w, kind in kinds.items() if kind == "place" and len(w) == 2 and w[0] in word_class("land")
    }
    surnames = {w[-1] for w, kind in kinds.items() if kind == "person" and len(w) > 1}
    people = {part for w, kind in kinds.items() if kind == "person" and len(w) > 1 for part in w}
    people |= {w[0] for w in told if len(w) == 1}
    bodies = [w for w, kind in kinds.items() if kind == "organization" and len(w) > 1]
    towns = {w[0] for w in bodies if is_of_its_town(w)} - people
    towns -= {w[0] for w in bodies if not is_of_its_town(w)}
    return [w for w in kinds if len(w) == 1 and w[0] in (lands - surnames) | towns]


def _acronyms(names: list[Candidate], kinds: dict[Words, EntityKind], analysis: Analysis) -> list[Words]:
    """Letters and the body's name that they stand for: "NHB" where the Northern Harbour Board is in the story."""
    texts = {c.span.of(analysis.text): c.words for c in names if not c.title}
    long = {text: words for text, words in texts.items() if len(words) > 1}
    pairs = [
        (short, whole)
        for text, short in texts.items()
        if len(short) == 1 and letters_of(text)
        for name, whole in long.items()
        if is_acronym_of(text, name)
    ]
    # “Arjun Pell” is not “the AP”.
    led = {c.words for c in names if analysis.text[max(0, c.start - 4) : c.start].lower() == "the "}
    pairs = [(s, w) for s, w in pairs if s not in led or w[0] not in given_names() or kinds[w] != "person"]
    return [
        words
        for short, whole in pairs
        for words in (short, whole)
        if "organization" in (kinds[whole], kinds[short]) and "place" not in (kinds[whole], kinds[short])
    ]


def _bracketed(names: list[Candidate], kinds: dict[Words, EntityKind], analysis: Analysis) -> list[Words]:
    """Letters in brackets right after a body's name, whatever they stand for: "the Security Office (BIS)"."""
    ends = {c.end for c in names if kinds[c.words] == "organization"}
    return [
        c.words for c in names if c.start - len(" (") in ends and is_short_form(analysis.text, c.start, c.end)
    ]


def _ends_as_body(candidate: Candidate) -> bool:
    """Whether a name ends as names of bodies do: "Lantern Bank"; with a title before it, it is somebody's."""
    noun = nouns().get(candidate.words[-1])
    return noun is not None and noun.kind == "organization"


def _is_known_body(candidate: Candidate) -> bool:
    """Whether a name is a body's whatever happens in it: the Islamic State, the Senate; not the House."""
    words = candidate.words
    if words in places() or candidate.title or candidate.kind == "person":
        return False
    chamber = len(words) == 1 and _ends_as_body(candidate)
    return chamber or body_words(" ".join(words)) in known_bodies()


def _has_initials_within(words: Words) -> bool:
    """Whether initials stand between a given name and the last word, which is none for a body: "Karl J. Ode"."""
    inner, body = words[1:-1], nouns().get(words[-1])
    named = words[0] in given_names() and words[-1] not in word_class("legal")
    letters = bool(inner) and all(len(w) == 1 and w.isalpha() for w in inner)
    return named and letters and (body is None or body.kind == "person")


def _ends_in_its_form(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a name ends in a company's form: "Orvane SE", "Fjell ASA"; no form is written small."""
    last = candidate.span.of(analysis.text).split()[-1]
    return last[0].isupper() and candidate.words[-1] in word_class("legal")


def _is_body_abroad(words: Words) -> bool:
    """Whether a name begins or ends as bodies' names do in other languages: "Banque Ode", "Orver Schwimmverband"."""
    outer = {words[0], words[-1]}
    return bool(outer & word_class("body")) or any(
        len(w) >= _COMPOUND and w.endswith(_ends_of_bodies()) for w in outer
    )


@cache
def _ends_of_bodies() -> tuple[str, ...]:
    return tuple(sorted(word_class("bodyend")))


def _is_seat(words: Words) -> bool:
    """Whether two words name a house or a spot: “Orv Palace”, “Castle Rock”; not “Isla Ode”."""
    lands = word_class("land") - _SAINTS
    on_land = not _is_body_abroad(words) and words[0] in lands and words[0] not in given_names()
    return len(words) == 2 and (words[-1] in _SEATS or on_land)


def _is_club(words: Words) -> bool:
    """Whether a name is a club's by its first or last word: "Orv Rovers", "Sporting Orv"."""
    return bool({words[0], words[-1]} & word_class("club"))


def _short_for_bodies(kinds: dict[Words, EntityKind], lands: set[Words], told: set[Words]) -> list[Words]:
    """Lone words that begin a body's name: "Fjell denied it" after "Fjell Water was fined"; of a club any word of it.

    Where the story or the table tells of a place or a person of that name, the word is not the body's.
    """
    whole = [words for words, kind in kinds.items() if kind == "organization" and len(words) > 1]
    abroad = {words[-1] for words in whole if len(words) == 2 and words[0] in word_class("body")}
    first = {words[0] for words in whole if not is_of_its_town(words)} | abroad
    clubs = {w for words in whole if _is_club(words) for w in words}
    surnames = {words[-1] for words, kind in kinds.items() if kind == "person" and len(words) > 1}
    lone = (w for w, kind in kinds.items() if len(w) == 1 and kind != "organization")
    free = [w for w in lone if w not in lands and w not in places() and w[0] not in surnames]
    return [w for w in free if w[0] in clubs or (w[0] in first and w not in told)]


def _is_land(analysis: Analysis, candidate: Candidate, spoken: set[str]) -> bool:
    """Whether a lone word is used as a country's or town's name."""
    head = candidate.head
    gone_to = _is_gone_to(analysis, head) or _owns(analysis, head, _LANDS)
    return gone_to or _has_people(candidate.words[0], spoken)


def _is_shop(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a possessive ending is a part of a name: “*Molly's* said rents had risen”."""
    return candidate.span.of(analysis.text).endswith(tuple(OWN))


def _is_somebody(candidate: Candidate) -> bool:
    """Whether what stands beside a name is a person's: “Ines Pell, the deputy engineer,”; a rival may be a firm."""
    if _is_greatest(candidate):
        return False
    known = (nouns().get(word) for word in candidate.role_words if word not in word_class("ally"))
    return any(noun is not None and noun.kind == "person" for noun in known)


def _is_greatest(candidate: Candidate) -> bool:
    """Whether the text says that something is the largest of its trade, as nobody is: “the land's biggest grocer”."""
    return candidate.role is not None and _GREATEST.search(candidate.role.text) is not None


def _pooled(
    votes: Mapping[Words, Mapping[EntityKind, float]],
) -> dict[Words, dict[EntityKind, float]]:
    """Each name's votes with those of its own endings and of the names that end as it does: Ada Lund-Ode, Lund-Ode."""
    alike: dict[str, list[Words]] = defaultdict(list)
    for words in votes:
        alike[words[-1]].append(words)
    out: dict[Words, dict[EntityKind, float]] = {}
    for words in votes:
        pooled: dict[EntityKind, float] = defaultdict(float)
        out[words] = pooled
        for other in alike[words[-1]]:
            shorter, longer = sorted((words, other), key=len)
            if words == other or (len(shorter) > 1 and longer[-len(shorter) :] == shorter):
                for kind, weight in votes[other].items():
                    pooled[kind] += weight
    return out


def _lies_in(analysis: Analysis, head: int) -> bool:
    """Whether something happens in what a name names, as nothing happens in a person: “in Orvia”, “near Orvia”."""
    token = analysis.tokens[head]
    if token.deprel.split(":")[0] not in ("obl", "nmod"):
        return False
    before = {analysis.tokens[c].lemma.lower() for c in analysis.children[head] if c < head}
    held = token.head >= 0 and analysis.tokens[token.head].lemma.lower() in _HELD
    return not held and bool(before & _WHERE)


def _lies_off(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a distance follows a name between commas: “Orvia, nine kilometres to the north, had no rain”."""
    tokens = analysis.tokens
    i = bisect_left(analysis.starts, candidate.end)
    if i >= len(tokens) or tokens[i].text != ",":
        return False
    return any(
        t.lemma.lower() in _DISTANCES for t in takewhile(lambda t: t.text not in ",.", tokens[i + 1 : i + 5])
    )


def _is_gone_to(analysis: Analysis, head: int) -> bool:
    """Whether a name is where somebody goes, or what has a mayor: “flew to Orvia”, “the mayor of Orvia”."""
    token = analysis.tokens[head]
    if token.head < 0 or token.deprel.split(":")[0] not in ("obl", "nmod"):
        return False
    cases = {analysis.tokens[c].lemma.lower() for c in analysis.children[head] if c < head}
    above = analysis.tokens[token.head].lemma.lower()
    return (above in _OF_LAND and "of" in cases) or (above in _MOVES | _TRIPS and bool(cases & _FROM_AND_TO))


def _joined(names: list[Candidate], analysis: Analysis) -> list[tuple[Candidate, Candidate]]:
    """Names that "and" joins, either way round: "Orvia and Belmar" are of one kind."""
    at = {c.head: c for c in names}
    pairs = [
        (at[head], c)
        for c in names
        if analysis.tokens[c.head].deprel == "conj" and (head := analysis.tokens[c.head].head) in at
    ]
    return [pair for one, other in pairs for pair in ((one, other), (other, one))]


def _owns(analysis: Analysis, head: int, things: frozenset[str]) -> bool:
    """Whether a name has one of some things: “Orvia's navy”, “Orvia's coast”."""
    token = analysis.tokens[head]
    return token.deprel == "nmod:poss" and analysis.tokens[token.head].lemma.lower() in things


def _is_many(analysis: Analysis, head: int) -> bool:
    """Whether a lone name has the verb of several: “Orv *have* lost”, “Orv, who *share* the ground”."""
    tokens, children = analysis.tokens, analysis.children
    if any(tokens[k].deprel == "conj" for k in children[head]):
        return False
    own = [tokens[head].head] if tokens[head].deprel in ("nsubj", "nsubj:pass") else []
    told = [k for k in children[head] if tokens[k].deprel == "acl:relcl"]
    who = [
        k for k in told if any(tokens[j].text.lower() == "who" and tokens[j].head == k for j in children[k])
    ]
    return any(_is_plural(analysis, verb) for verb in (*own, *who) if verb >= 0)


def _is_plural(analysis: Analysis, verb: int) -> bool:
    helped = [k for k in analysis.children[verb] if analysis.tokens[k].deprel.startswith(("aux", "cop"))]
    finite = analysis.tokens[helped[0] if helped else verb]
    return finite.text.lower() in ("have", "are", "were") or (finite.xpos == "VBP" and not helped)


def _has_staff(analysis: Analysis, head: int) -> bool:
    """Whether a name has what a firm has: “Fjell's employees”, “shares of Fjell”, “the Fjell boss”."""
    token = analysis.tokens[head]
    if token.head < 0 or analysis.tokens[token.head].lemma.lower() not in _OF_FIRMS:
        return False
    cases = {analysis.tokens[c].lemma.lower() for c in analysis.children[head] if c < head}
    held = {"of", "at", "for"} | ({"in"} if analysis.tokens[token.head].lemma.lower() == "share" else set())
    return token.deprel in ("nmod:poss", "compound") or (token.deprel == "nmod" and bool(cases & held))


def _has_ministers(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a name that is no person's has ministers: “Orvia's foreign minister”; no firm has."""
    return candidate.kind != "person" and _owns(analysis, candidate.head, _STATE)


def _has_people(name: str, spoken: set[str]) -> bool:
    """Whether a name is made as a country's is, or a story has its people: Tarsland; Orvia and the Orvians."""
    if len(name) > 6 and name.endswith(_OF_PLACES):
        # “Neville”, “Roland”
        return name not in given_names()
    peoples = {f"{name}{end}" for end in (("n", "ns") if name[-1] in "ao" else ("ian", "ians", "ese"))}
    return len(name) > 4 and bool(spoken & peoples)
