"""An entity of one story as the register sees it, and entities taken for one."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import dropwhile
from typing import TYPE_CHECKING

from annotator.lands import land_told
from annotator.mentions import pronouns
from annotator.names import (
    fold,
    is_given_and_family,
    person_name,
    place_words,
    places,
    whole_titles,
    word_class,
    words_of,
)
from annotator.nouns import deed_forms, is_persons, nouns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.known import KnownPerson
    from annotator.model import Annotation, Entity, EntityKind, Layer
    from annotator.spellings import Form

Member = tuple[str, str]
# An acronym has so many letters at most.
_LETTERS = 6
# Fields of life that seldom meet in one person: a goalkeeper and a minister of one name are two people. Doctors, like
# lawyers, go into politics.
_FAR = frozenset({"sport", "arts", "religion", "science", "trade"})
# What begins a description of somebody who may be anybody, or who only the one who speaks can tell.
_NOT_TOLD = frozenset(
    {"a", "an", "another", "one", "two", "some", "any", "no", "each", "every", "my", "our", "your", "other"}
)
_SPEAKERS = frozenset({"spokesman", "spokesperson", "spokeswoman"})
# What a hyphen may put before an office.
_BELOW = frozenset({"vice", "ex", "co", "deputy", "under"})
# Words of names of places and bodies that tell nothing alone: "North Orv" is not North Tarn.
_ANYWHERE = frozenset(
    {
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "new",
        "san",
        "santa",
        "saint",
    }
    | {
        "st",
        "united",
        "republic",
        "university",
        "department",
        "ministry",
        "state",
        "city",
        "county",
        "central",
    }
)
_WORD, _POSSESSIVE = re.compile(r"[^\W_]+"), re.compile(r"['’]s?(?!\w)")
# Whom so many stories name is famous, if all others of the name have so many times fewer.
_FAMOUS, _FAR_MORE = 10, 5
# So many entries of one name are of a story of their own, if one person has it: now and then one is split by mistake.
_NEARLY = 0.95
_GENERATIONS = frozenset({"jr", "sr", "junior", "senior", "ii", "iii", "iv"})
# Stories that name so many of the same people and bodies are near each other.
SEVERAL = 2
# Of those taken for one so many are compared with others one by one, and so many are read through.
SEEN, READ = 8, 50
# Whom more stories than this name tells nothing of what they have in common.
_EVERYWHERE = 20
# The owner before an apostrophe, what begins another's phrase behind a noun, and what joins two of one's own.
_OWNER, _OTHERS, _AND = (
    re.compile(r"^(?!who\b).*['’]s?\s+", re.IGNORECASE),
    re.compile(r"(?<=\w) (?:of|to|for|from|with|at|in|on|by) "),
    re.compile(r",? and "),
)
# Where somebody is sent is not whose he is: "ambassador to Orvania", "Tarn's ambassador".
_SENT = re.compile(r" to (?:the )?[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*")
# What makes a governor one of a bank, and of no place.
_BANKS = frozenset({"bank", "banks", "fed", "reserve"})
# These every land has one of.
_OF_LANDS = frozenset({"chancellor", "minister", "premier", "president"})
_BRITAIN = "the United Kingdom"
_PARTS = frozenset({"England", "Northern Ireland", "Scotland", "Wales"})
# Whose office's place stands right before it or behind it.
_OF_PLACES = frozenset({"governor", "mayor"})
_MONTHS = frozenset(month_name[m].lower() for m in range(1, 13))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity of one story as the register sees it."""

    document_id: str
    entity_id: str
    layer: Layer
    kind: EntityKind
    name: str
    names: tuple[str, ...]
    forms: tuple[Form, ...] = ()
    fields: frozenset[str] = frozenset()
    role_nouns: frozenset[str] = frozenset()
    role_names: frozenset[Form] = frozenset()
    offices: frozenset[Form] = frozenset()
    sent: frozenset[Form] = frozenset()
    stands_for: str | None = None
    wikidata: str | None = None
    # The words that say what somebody is, in the order of the text: of his role, or of what stands for his name.
    told: tuple[str, ...] = ()
    named: bool = True
    # "jr" or "sr", which tell father and son apart.
    generations: frozenset[str] = frozenset()
    # How often the story speaks of it.
    often: int = 1

    @property
    def member(self) -> Member:
        """Story and entity."""
        return self.document_id, self.entity_id

    @property
    def is_known(self) -> bool:
        """Whether it comes from a file of known people and from no story."""
        return not self.document_id


@dataclass(slots=True)
class Joined:
    """Entries taken for one, and why."""

    entries: list[Entry]
    evidence: list[str] = field(default_factory=list)
    # Kept as entries come, so that a person of a thousand stories is not read through a thousand times.
    stories: set[tuple[str, Layer]] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        entries, self.entries = self.entries, []
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take an entry in."""
        self.entries.append(entry)
        self.stories.add((entry.document_id, entry.layer))
        self.fields |= entry.fields

    @property
    def kind(self) -> EntityKind:
        """Of all of them: a person is never joined with a place or a body."""
        return self.entries[0].kind

    @property
    def known(self) -> Entry | None:
        """The known person that these are, if any."""
        return next((e for e in self.entries if e.is_known), None)

    @property
    def members(self) -> list[Member]:
        """Stories and entities, sorted."""
        return sorted(e.member for e in self.entries if not e.is_known)

    @property
    def _told(self) -> list[Entry]:
        """Those that a story names; where a person took these out, those that it describes."""
        return [e for e in self.entries if e.named] or self.entries

    @property
    def names(self) -> list[str]:
        """Every name that they have, sorted."""
        return sorted({n for e in self._told for n in e.names})

    @property
    def name(self) -> str:
        """The known person's, else the commonest name of several words, the longer where two are as common."""
        if self.known is not None:
            return self.known.name
        count = Counter(e.name for e in self._told)
        size = {n: sum(len(w) > 1 for w in words_of(n)) for n in count}
        return max(count, key=lambda n: (size[n] > 1, count[n], size[n], n))


def entry_of(annotation: Annotation, entity: Entity) -> Entry | None:
    """What the register needs of a story's entity; None for one that the story neither names nor describes."""
    if not any(m.form == "name" for m in entity.mentions):
        return _described(annotation, entity)
    names = (entity.name, *entity.aliases)
    forms = _forms(names) if entity.kind == "person" else ()
    role = entity.role.text if entity.role else ""
    said = told_words(role)
    nouns_said = _nouns_said(role)
    return Entry(
        annotation.document_id, entity.id, annotation.layer, entity.kind, entity.name, names, forms,
        _fields(nouns_said), nouns_said,
        *_role_names(_SENT.sub("", role)), _role_names(" ".join(_SENT.findall(role)))[0],
        entity.stands_for, entity.wikidata, tuple(said),
        generations=frozenset(w for n in names for w in person_name(n).suffixes) & _GENERATIONS,
        often=len(entity.mentions),
    )  # fmt: skip


def _fields(nouns_said: Iterable[str]) -> frozenset[str]:
    """The fields of life of somebody's roles; who speaks for a body is of the press, whatever body it is."""
    told = {"press" if w in _SPEAKERS else nouns()[w].field for w in nouns_said}
    return frozenset(told - {"", "nation"})


def _described(annotation: Annotation, entity: Entity) -> Entry | None:
    """Somebody whom a story does not name: "the deputy minister"; none for "a deputy minister", who may be anybody."""
    words = told_words(entity.name)
    if entity.kind not in ("person", "organization") or not words or words[0] in _NOT_TOLD:
        return None
    return Entry(
        annotation.document_id, entity.id, annotation.layer, entity.kind, entity.name, (entity.name,),
        role_nouns=_nouns_said(entity.name), told=tuple(words), named=False,
    )  # fmt: skip


def told_words(text: str) -> list[str]:
    """The folded words in what is said of somebody, possessive endings left out; "vice-president" is two."""
    return [whole_titles().get(w, w) for w in _WORD.findall(fold(_POSSESSIVE.sub("", text)))]


def _nouns_said(text: str) -> frozenset[str]:
    """The nouns for people in what is said of somebody: "president" in "vice-president", none in "front-runner".

    Not those that tell whose he is: the judge in "the judge's wife" and "wife of the judge".
    """
    own = " ".join(_OTHERS.split(part)[0] for part in _AND.split(_OWNER.sub("", text)))
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", fold(own))
    parted = (w.rpartition("-")[2] if w.partition("-")[0] in _BELOW else w for w in words)
    parted = (whole_titles().get(w, w) for w in (*parted, *_deeds_said(words)))
    return frozenset(w for w in parted if is_persons(w))


def _deeds_said(words: Sequence[str]) -> list[str]:
    """What a relative clause makes of somebody: a head in “who heads the mission”, “who used to run it”."""
    if words[:1] != ["who"]:
        return []
    return [deed_forms()[w] for w in words[1:] if w in deed_forms()][:1]


def known_entry(number: int, person: KnownPerson) -> Entry:
    """What the register needs of a person whom a study knows beforehand."""
    names = (person.name, *person.aliases)
    return Entry(
        "", f"known{number}", "gold", "person", person.name, names, _forms(names), wikidata=person.wikidata
    )


def conflict(entry: Entry, joined: Joined, *, fields: bool = True) -> bool:
    """Whether an entry cannot be who others are: a story that has both, or what is said of them, speaks against it."""
    return is_met(entry, joined) or at_odds(entry, joined, fields=fields)


def is_met(entry: Entry, joined: Joined) -> bool:
    """Whether an entry's story has one of the others too."""
    return (entry.document_id, entry.layer) in joined.stories


def at_odds(entry: Entry, joined: Joined, *, fields: bool = True) -> bool:
    """Whether what is said of an entry and of others is not said of one: far fields of life, one post at two places.

    Without `fields` a surgeon may be a minister.
    """
    if any(
        entry.generations and e.generations and entry.generations != e.generations
        for e in joined.entries[:READ]
    ):
        return True
    own, others = entry.fields, joined.fields
    # An institute's spokesman may be one of its scholars.
    far = _FAR - {"science"} if "press" in own | others else _FAR
    if fields and own and others and not own & others and (own <= far or others <= far):
        return True
    return any(_same_post_elsewhere(entry, e) for e in joined.entries[:READ])


def _same_post_elsewhere(a: Entry, b: Entry) -> bool:
    """Tell "mayor of Porto" and "mayor of Braga" apart; "mayor" alone may be either, and so may one of letters.

    So are the Danish and the Finnish minister.
    """
    same = a.role_nouns & b.role_nouns
    if not same:
        return False
    lands, others = _lands(a.told), _lands(b.told)
    if same & _OF_LANDS and lands and others and not (lands & others or a.sent or b.sent):
        return True
    told = [(a.role_names, b.role_names), (a.offices, b.offices), (a.sent, b.sent)]
    if same & _OF_PLACES and not _BANKS & {*a.told, *b.told}:
        # “Orv Mayor Ana Ode”, “the mayor of Orv”
        told.append((a.role_names | a.offices, b.role_names | b.offices))
    return any(
        one and other and not any(_may_be_one(x, y) for x in one for y in other) for one, other in told
    )


@lru_cache(maxsize=8192)
def _lands(told: tuple[str, ...]) -> frozenset[str]:
    """The lands that words tell of, England's and Scotland's as the United Kingdom's."""
    found = (land for w in told if (land := land_told(w)) is not None)
    return frozenset(_BRITAIN if land in _PARTS else land for land in found)


def _may_be_one(a: Form, b: Form) -> bool:
    """Whether the names in two roles may be one body's or place's: "MEA" that of "External Affairs"."""
    short, long = sorted((a, b), key=len)
    letters = "".join(w[0] for w in long)
    acronym = len(short) == 1 < len(long) and len(short[0]) <= _LETTERS and letters in short[0]
    told, others = (tuple(w for w in words if w not in _ANYWHERE) for words in (a, b))
    if a in places() and b in places():
        return a == b
    if acronym or not (told and others):
        return True
    return told[0][:4] == others[0][:4] or told[-1] == others[-1]


def shared(entry: Entry, joined: Joined, context: Mapping[str, set[Form]]) -> int:
    """How many others the story of an entry has in common with one of the stories of others."""
    own = context.get(entry.document_id, set()) - set(entry.forms)
    stories = (context.get(e.document_id, set()) for e in joined.entries[:READ] if not e.is_known)
    return max((len(own & other) for other in stories), default=0)


def is_famous(stories: int) -> bool:
    """Whether somebody whom so many stories name is famous."""
    return stories >= _FAMOUS


def is_one_famous(entries: Sequence[Entry]) -> bool:
    """Whether entries of one name, a rare one, are so many, hardly a story with two, that they are one person's.

    Of whom everybody writes not every role fits: a senator was a surgeon, a president a television star. But far most
    must fit one field: where half play football there are two.
    """
    stories = {(e.document_id, e.layer) for e in entries}
    words = {w for e in entries for f in e.forms for w in f}
    if len(entries) < _FAMOUS or len(stories) < _NEARLY * len(entries) or words <= word_class("common"):
        return False
    lives = Counter(e.fields if e.fields <= _FAR else frozenset[str]() for e in entries if e.fields)
    most = max(lives.values(), default=0)
    return most >= _FAR_MORE * (lives.total() - most)


def is_seldom_doubled(entries: Sequence[Entry]) -> bool:
    """Whether hardly a story has two of these entries, so that where one has, it may have been split by mistake."""
    often = Counter((e.document_id, e.layer) for e in entries)
    doubled = sum(n > 1 for n in often.values())
    return doubled <= max(1, (1 - _NEARLY) * len(often))


def is_far_commoner(stories: Sequence[int]) -> bool:
    """Whether of two or more people, the one of most stories first, this is whom everybody means."""
    return len(stories) > 1 and is_famous(stories[0]) and stories[0] >= _FAR_MORE * stories[1]


def _forms(names: Iterable[str]) -> tuple[Form, ...]:
    """The full names in the order in which their words are spoken; initials before a surname make none.

    Nor do two surnames that a hyphen makes one word.
    """
    full = (person_name(n).words for n in names if len(n.split()) > 1)
    small = word_class("particle")
    told = {f for f in full if is_given_and_family(f) or any(len(w) > 1 and w not in small for w in f[:-1])}
    return tuple(sorted(told))


def _role_names(role: str) -> tuple[frozenset[Form], frozenset[Form]]:
    """The bodies and places of a role, countries under one spelling, and its offices: "mayor of Porto" has Porto.

    Adjectives of nationality and what every country has ("Portuguese", "Foreign Minister") name nothing that could be
    compared; nor does a month. An office ("Works Minister") is known by the words before the noun.
    """
    runs = re.findall(r"(?:[A-Z][\w.’'-]*)(?:\s+[A-Z][\w.’'-]*)*", role)
    names, offices = set(), set()
    for run in (r.removesuffix("'s").removesuffix("’s") for r in runs):
        told = place_words(run)
        if told not in places():
            told = tuple(dropwhile(word_class("before").__contains__, told))
        words = tuple(whole_titles().get(w, w) for w in told)
        if (
            not words
            or is_generic(" ".join(words))
            or set(words) <= pronouns().keys()
            or set(words) <= _MONTHS
        ):
            continue
        if len(words) > 1 and is_persons(words[-1]):
            offices.add(words[:-1])
        else:
            names.add(places()[words].key if words in places() else words)
    return frozenset(names), frozenset(offices)


def rarer(context: Mapping[str, set[Form]]) -> dict[str, set[Form]]:
    """The contexts without whom everybody names: that two stories speak of the president tells nothing."""
    often = Counter(form for forms in context.values() for form in forms)
    return {story: {f for f in forms if often[f] <= _EVERYWHERE} for story, forms in context.items()}


def is_generic(name: str) -> bool:
    """Whether a body's name has only words that every country's have: "Foreign Ministry", "Supreme Court"."""
    offices, nations = word_class("office"), tuple(word_class("nation"))
    return all(w in nouns() or w in offices or w.endswith(nations) for w in words_of(name))
