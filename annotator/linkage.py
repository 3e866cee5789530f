"""Which entities of many stories are one: people by their full names, bodies, places and groups.

Two people of one name stay apart where their roles speak against each other; a surname alone joins only where one
person in all the stories has it and something else agrees.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, get_args

from annotator.bodies import same_bodies
from annotator.model import Annotation, Entity, EntityKind, Layer
from annotator.names import (
    body_words,
    fold,
    is_acronym_of,
    likeness,
    person_name,
    place_words,
    places,
    skeleton,
    word_class,
    words_of,
)
from annotator.nouns import nouns
from annotator.spellings import Form, alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annotator.known import KnownPerson

Member = tuple[str, str]

# Fields of life that seldom meet in one person: a goalkeeper and a minister of one name are two people.
_FAR = frozenset({"sport", "arts", "medicine", "religion", "science", "trade"})


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
    stands_for: str | None = None
    wikidata: str | None = None

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
    def names(self) -> list[str]:
        """Every name that they have, sorted."""
        return sorted({n for e in self.entries for n in e.names})

    @property
    def name(self) -> str:
        """The known person's, else the commonest name of several words, the longer where two are as common."""
        if self.known is not None:
            return self.known.name
        count = Counter(e.name for e in self.entries)
        size = {n: sum(len(w) > 1 for w in words_of(n)) for n in count}
        return max(count, key=lambda n: (size[n] > 1, count[n], size[n], n))


def join(entries: Iterable[Entry]) -> tuple[list[Joined], int]:
    """The entries in groups that are one each, and how many pairs of names were compared.

    The same whatever the order of the entries.
    """
    by_kind: dict[EntityKind, list[Entry]] = {kind: [] for kind in get_args(EntityKind)}
    for entry in sorted(entries, key=lambda e: e.member):
        by_kind[entry.kind].append(entry)
    context = _contexts(by_kind)
    people, comparisons = _join_people(by_kind["person"], context)
    bodies = _join_bodies(by_kind["organization"], context)
    rest = [j for kind in ("place", "group", "document") for j in _join_same(by_kind[kind])]
    return [j for j in (*people, *bodies, *rest) if j.members], comparisons


def entry_of(annotation: Annotation, entity: Entity) -> Entry | None:
    """What the register needs of a story's entity; None for one that the story does not name."""
    if not any(m.form == "name" for m in entity.mentions):
        return None
    names = (entity.name, *entity.aliases)
    forms = _forms(names) if entity.kind == "person" else ()
    role = entity.role.text if entity.role else ""
    said = [fold(w) for w in re.findall(r"[\w-]+", role)]
    known = [w for w in said if w in nouns() and nouns()[w].kind == "person"]
    return Entry(
        annotation.document_id, entity.id, annotation.layer, entity.kind, entity.name, names, forms,
        frozenset(nouns()[w].field for w in known) - {"", "nation"}, frozenset(known), _role_names(role),
        entity.stands_for, entity.wikidata,
    )  # fmt: skip


def known_entry(number: int, person: KnownPerson) -> Entry:
    """What the register needs of a person whom a study knows beforehand."""
    names = (person.name, *person.aliases)
    return Entry(
        "", f"known{number}", "gold", "person", person.name, names, _forms(names), wikidata=person.wikidata
    )


def _forms(names: Iterable[str]) -> tuple[Form, ...]:
    """The full names in the order in which their words are spoken; initials before a surname make none."""
    full = (person_name(n).words for n in names)
    return tuple(sorted({f for f in full if len(f) > 1 and any(len(w) > 1 for w in f[:-1])}))


def _role_names(role: str) -> frozenset[Form]:
    """The bodies and places of a role, countries under one spelling: of "mayor of Porto" Porto.

    Titles and adjectives of nationality ("Foreign Minister", "Portuguese") name nothing that could be compared.
    """
    runs = re.findall(r"(?:[A-Z][\w.’'-]*)(?:\s+[A-Z][\w.’'-]*)*", role)
    words = ((run, place_words(run.removesuffix("'s").removesuffix("’s"))) for run in runs)
    kept = (places()[w].key if w in places() else w for run, w in words if not _is_generic(run))
    return frozenset(w for w in kept if w)


def _is_generic(name: str) -> bool:
    offices, nations = word_class("office"), tuple(word_class("nation"))
    return all(w in nouns() or w in offices or w.endswith(nations) for w in words_of(name))


def _contexts(by_kind: dict[EntityKind, list[Entry]]) -> dict[str, set[Form]]:
    """For each story the people and bodies that it names, and the governments that its places belong to."""
    out: dict[str, set[Form]] = defaultdict(set)
    for entry in (e for e in by_kind["person"] if not e.is_known):
        out[entry.document_id].update(entry.forms)
    for entry in by_kind["organization"]:
        out[entry.document_id].add(body_words(entry.name))
    for entry in by_kind["place"]:
        place = places().get(place_words(entry.name))
        if place is not None:
            out[entry.document_id].add(("", place.stands_for))
    return out


def _join_people(entries: list[Entry], context: dict[str, set[Form]]) -> tuple[list[Joined], int]:
    named = [e for e in entries if e.forms]
    pairs, comparisons = alike({f for e in named for f in e.forms})
    groups = _form_groups(named, pairs)
    by_group: dict[Form, list[Entry]] = defaultdict(list)
    for entry in named:
        by_group[groups[entry.forms[0]]].append(entry)
    people = [j for key in sorted(by_group) for j in _apart(by_group[key], context)]
    people += [Joined([e]) for e in entries if e.is_known and not e.forms]
    singles = [e for e in entries if not e.forms and not e.is_known]
    return [*people, *_join_surnames(singles, people, context)], comparisons


def _form_groups(entries: list[Entry], pairs: list[tuple[float, Form, Form]]) -> dict[Form, Form]:
    """For each full name the first of those that are one person's, known people's names before all others.

    Two groups are joined only if half of their names or more agree with each other, so that no chain of likely pairs
    leads from one person to another; and never if they are two known people's.
    """
    groups = _Groups()
    for entry in sorted(entries, key=lambda e: not e.is_known):
        groups.add(entry)
    known = groups.owners
    agree = {frozenset(p[1:]) for p in pairs}
    for _, a, b in sorted(pairs, key=lambda p: p[1] not in known and p[2] not in known):
        one, two = groups.of[a], groups.of[b]
        if one is not two:
            cross = [frozenset((x, y)) for x in one[:8] for y in two[:8]]
            if 2 * sum(c in agree or len(c) == 1 for c in cross) >= len(cross):
                groups.merge(a, b)
    return {form: min(members) for form, members in groups.of.items()}


class _Groups:
    """Full names in groups, each with the known person whose they are, if any."""

    def __init__(self) -> None:
        self.of: dict[Form, list[Form]] = {}
        self.owners: dict[Form, str] = {}

    def add(self, entry: Entry) -> None:
        for form in entry.forms:
            self.of.setdefault(form, [form])
            if entry.is_known:
                self.owners.setdefault(form, entry.entity_id)
        for other in entry.forms[1:]:
            self.merge(entry.forms[0], other)

    def merge(self, first: Form, other: Form) -> None:
        one, two = self.of[first], self.of[other]
        if one is two:
            return
        merged = sorted({*one, *two})
        if len({self.owners[f] for f in merged if f in self.owners}) > 1:
            return
        for form in merged:
            self.of[form] = merged


def _apart(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    """Entries of one name, split where roles, or standing side by side in a story, speak against one person.

    Those that tell a role come first; one that tells none goes to the one with whom its story shares most, and
    stays alone where several are as near.
    """
    out: list[Joined] = []
    alone: list[Joined] = []
    for entry in sorted(entries, key=lambda e: (not e.is_known, not (e.fields or e.role_names), e.member)):
        open_to = [j for j in out if not _conflict(entry, j)]
        if len(open_to) > 1:
            shared = [(_shared(entry, j, context), -k) for k, j in enumerate(open_to)]
            best, k = max(shared)
            clear = best > 0 and sum(s == best for s, _ in shared) == 1
            if not (clear or entry.fields):
                alone.append(Joined([entry]))
                continue
            open_to = [open_to[-k]]
        if not open_to:
            out.append(Joined([entry]))
            continue
        joined = open_to[0]
        if fold(entry.name) not in {fold(n) for e in joined.entries[:50] for n in e.names}:
            joined.evidence.append(f"name: {entry.name} as {joined.entries[0].name}")
        joined.add(entry)
    for joined in (*out, *alone) if len(out) > 1 else ():
        roles = sorted({n for e in joined.entries for n in e.role_nouns})
        joined.evidence.append(
            f"kept apart from others of the name{': ' + ', '.join(roles) if roles else ''}"
        )
    return [*out, *alone]


def _conflict(entry: Entry, joined: Joined) -> bool:
    if (entry.document_id, entry.layer) in joined.stories:
        return True
    fields = joined.fields
    if entry.fields and fields and not entry.fields & fields and (entry.fields <= _FAR or fields <= _FAR):
        return True
    return any(_same_post_elsewhere(entry, e) for e in joined.entries[:50])


def _same_post_elsewhere(a: Entry, b: Entry) -> bool:
    """Tell "mayor of Porto" and "mayor of Braga" apart; "mayor" alone may be either."""
    if not (a.role_nouns & b.role_nouns and a.role_names and b.role_names):
        return False
    return not any(x[0][:4] == y[0][:4] or x[-1] == y[-1] for x in a.role_names for y in b.role_names)


def _shared(entry: Entry, joined: Joined, context: dict[str, set[Form]]) -> int:
    own = context[entry.document_id] - set(entry.forms)
    return max(len(own & context[e.document_id]) for e in joined.entries[:50])


def _join_surnames(
    singles: list[Entry], people: list[Joined], context: dict[str, set[Form]]
) -> Iterator[Joined]:
    """Entities that a story knows by one name only.

    "Hale" joins the only Hale of all stories if his story also shares a name or a role with one of his; else those
    who share that much with each other join.
    """
    bearers: dict[str, list[Joined]] = defaultdict(list)
    for person in people:
        for bone in {skeleton(f[-1]) for e in person.entries for f in e.forms}:
            bearers[bone].append(person)
    called = _called(people)
    left: dict[str, list[Entry]] = defaultdict(list)
    for entry in singles:
        known = called.get(fold(entry.name), [])
        if len(known) == 1 and not _conflict(entry, known[0]):
            known[0].add(entry)
            continue
        word = person_name(entry.name).family or fold(entry.name)
        first = next(iter(person_name(entry.name).words[:-1]), "")
        fits = list(islice((p for p in bearers[skeleton(word)] if _bears(p, word, first)), 2))
        if len(fits) == 1 and not _conflict(entry, fits[0]) and _backed(entry, fits[0], context):
            fits[0].add(entry)
            fits[0].evidence.append(f"surname alone: {entry.name} in {entry.document_id}")
        else:
            left[word].append(entry)
    for word in sorted(left):
        yield from _join_backed(left[word], context)


def _join_backed(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    """Entries of one surname, joined where a name that their stories share or a role backs it."""
    out: list[Joined] = []
    places: dict[object, list[int]] = defaultdict(list)
    for entry in entries:
        backing = [*entry.role_nouns, *context.get(entry.document_id, ())]
        met = sorted({k for key in backing for k in places[key]})
        near = [k for k in met if not _conflict(entry, out[k]) and _backed(entry, out[k], context)][:1]
        if near:
            out[near[0]].add(entry)
        else:
            near = [len(out)]
            out.append(Joined([entry]))
        for key in backing:
            if near[0] not in places[key][-4:]:
                places[key].append(near[0])
    return out


def _called(people: list[Joined]) -> dict[str, list[Joined]]:
    """Known people by the names of one word that the file of known people gives them."""
    out: dict[str, list[Joined]] = defaultdict(list)
    for person in (p for p in people if p.known is not None):
        for name in {fold(n) for e in person.entries if e.is_known for n in e.names if len(words_of(n)) == 1}:
            out[name].append(person)
    return out


def _bears(person: Joined, word: str, first: str) -> bool:
    """Whether a person has a surname, and a first name that begins as the initial before it, if there is one."""
    forms = [f for e in person.entries[:50] for f in e.forms if f[0].startswith(first)]
    return any(likeness(word, f[-1]) >= 0.95 for f in forms)


def _backed(entry: Entry, joined: Joined, context: dict[str, set[Form]]) -> bool:
    return (
        any(entry.role_nouns & e.role_nouns for e in joined.entries[:50])
        or _shared(entry, joined, context) > 0
    )


def _join_bodies(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    """Organisations by the words of their names; acronyms by the one long name that has them.

    A name of common words only ("Foreign Ministry", "Supreme Court") is every country's: such join only where the
    stories speak of one government.
    """
    keys: dict[Member, Form] = {}
    for entry in entries:
        longest = max(entry.names, key=lambda n: (len(body_words(n)), n))
        keys[entry.member] = body_words(longest)
    full: dict[Form, list[Entry]] = defaultdict(list)
    for entry in entries:
        full[keys[entry.member]].append(entry)
    acronyms = _acronyms(entries, keys)
    same = same_bodies(key for key in full if not _is_generic(" ".join(key)))
    groups: dict[Form, list[Entry]] = defaultdict(list)
    for key in sorted(full):
        target = acronyms.get(key, key)
        groups[same.get(target, target)] += full[key]
    out = []
    for key in sorted(groups):
        joined = _by_government(groups[key], context) if _is_generic(" ".join(key)) else [Joined(groups[key])]
        for j in joined:
            others = sorted({n for e in j.entries for n in e.names if body_words(n) != key})
            j.evidence += [f"name: {n} for {' '.join(key)}" for n in others]
        out += joined
    return out


def _acronyms(entries: list[Entry], keys: dict[Member, Form]) -> dict[Form, Form]:
    """The long name of each acronym that only one long name of the stories can have."""
    told: dict[Form, set[Form]] = defaultdict(set)
    initials: dict[str, set[Form]] = defaultdict(set)
    for entry in entries:
        key = keys[entry.member]
        for name in entry.names:
            if body_words(name) != key and is_acronym_of(name, entry.name):
                told[body_words(name)].add(key)
            words = re.findall(r"\b[A-Z]", name)
            if len(words) > 1 and len(key) > 1:
                initials["".join(words).lower()].add(key)
    out: dict[Form, Form] = {}
    for entry in entries:
        key = keys[entry.member]
        if len(key) == 1 and entry.name.replace(".", "").isupper():
            long = told.get(key) or initials.get(key[0], set())
            if len(long) == 1:
                out[key] = next(iter(long))
    return out


def _by_government(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    groups: dict[Form, Joined] = {}
    out = []
    for entry in entries:
        governments = sorted(c for c in context[entry.document_id] if c and c[0] == "")
        if len(governments) == 1:
            if governments[0] not in groups:
                groups[governments[0]] = Joined([])
                out.append(groups[governments[0]])
            groups[governments[0]].add(entry)
        else:
            out.append(Joined([entry]))
    return out


def _join_same(entries: list[Entry]) -> list[Joined]:
    """Places, groups and documents by their words, places under all spellings that the table of metonyms knows."""
    groups: dict[Form, list[Entry]] = defaultdict(list)
    for entry in entries:
        words = place_words(entry.name) or words_of(entry.name)
        groups[places()[words].key if entry.kind == "place" and words in places() else words].append(entry)
    return [Joined(groups[key]) for key in sorted(groups)]
