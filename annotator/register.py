"""The same person, body or place of many stories: one register of a folder of annotated stories.

Full names meet under keys of their sounds and are compared only there, so that the work grows with the number of
names and not with its square. Two people of one name stay apart where their roles speak against each other; a
surname alone joins only where one person in all the stories has it and something else agrees.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from annotator.errors import BadArgument
from annotator.mentions import nouns
from annotator.model import SCHEMA_VERSION, Annotation, Entity, EntityKind, Layer
from annotator.names import (
    body_words,
    evidence,
    fold,
    is_acronym_of,
    likeness,
    parts,
    person_name,
    place_words,
    places,
    skeleton,
    word_class,
    words_of,
)
from annotator.store import locked, read_annotations, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Member = tuple[str, str]
Form = tuple[str, ...]

# The layers' files, the most trusted first: of an entity in several the first one's name and role stand.
FILES: dict[Layer, str] = {"gold": "gold.jsonl", "human": "human.jsonl", "machine": "annotations.jsonl"}
# Keys shared by more names than this tell nothing; with both bounds the comparisons grow with the names.
PAIR_BLOCK, WORD_BLOCK = 200, 12
# Names are counted as if this many others had been read, so that a small folder does not find every name common.
PRIOR = 5000
# Fields of life that seldom meet in one person: a goalkeeper and a minister of one name are two people.
_FAR = frozenset({"sport", "arts", "medicine", "religion", "science"})


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

    @property
    def member(self) -> Member:
        """Story and entity."""
        return self.document_id, self.entity_id


@dataclass(slots=True)
class Joined:
    """Entries taken for one, and why."""

    entries: list[Entry]
    evidence: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How many entities of how many stories became how many rows, and what it took."""

    stories: int
    entities: int
    rows: int
    shared: int
    comparisons: int

    def __str__(self) -> str:
        return (
            f"{self.entities} named entities of {self.stories} stories are {self.rows} people, bodies, places and "
            f"groups, {self.shared} of them in several stories"
        )


def link(folder: Path | str) -> LinkReport:
    """Write `register.jsonl` of a folder of annotated stories; an id that was there keeps its anchor's row.

    Raises BadArgument if there is no annotations.jsonl, BadAnnotation for a bad line, Busy if another run holds
    the folder.
    """
    folder = Path(folder)
    if not (folder / FILES["machine"]).exists():
        raise BadArgument(f"{folder} has no {FILES['machine']}: annotate stories into it first")
    with locked(folder):
        entries, stories = _read(folder)
        joined, comparisons = join(entries)
        before = _ids_before(folder / "register.jsonl")
        rows = [_row(id_, j) for id_, j in _with_ids(joined, before)]
        write_lines(folder / "register.jsonl", sorted(rows, key=lambda r: (fold(r["name"]), r["id"])))
    shared = sum(len({e.document_id for e in j.entries}) > 1 for j in joined)
    return LinkReport(stories, len(entries), len(rows), shared, comparisons)


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
    return [*people, *bodies, *rest], comparisons


def register_id(member: Member, turn: int = 0) -> str:
    """The id of a row by the member that it was first made for; `turn` counts the ids that were taken before."""
    return "r" + hashlib.sha256("|".join((*member, *(["again"] * turn))).encode()).hexdigest()[:15]


def entry_of(annotation: Annotation, entity: Entity) -> Entry | None:
    """What the register needs of a story's entity; None for one that the story does not name."""
    if not any(m.form == "name" for m in entity.mentions):
        return None
    names = (entity.name, *entity.aliases)
    forms = (
        tuple(sorted({f for n in names if len(f := person_name(n).words) > 1}))
        if entity.kind == "person"
        else ()
    )
    role = entity.role.text if entity.role else ""
    said = [fold(w) for w in re.findall(r"[\w-]+", role)]
    known = [w for w in said if w in nouns() and nouns()[w].kind == "person"]
    return Entry(
        annotation.document_id, entity.id, annotation.layer, entity.kind, entity.name, names, forms,
        frozenset(nouns()[w].field for w in known if nouns()[w].field), frozenset(known), _role_names(role),
        entity.stands_for,
    )  # fmt: skip


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


def _read(folder: Path) -> tuple[list[Entry], int]:
    found: dict[Member, Entry] = {}
    stories: set[str] = set()
    for name in FILES.values():
        if not (folder / name).exists():
            continue
        for annotation in read_annotations(folder / name):
            stories.add(annotation.document_id)
            for entity in annotation.entities:
                entry = entry_of(annotation, entity)
                if entry is not None:
                    found.setdefault(entry.member, entry)
    return list(found.values()), len(stories)


def _contexts(by_kind: dict[EntityKind, list[Entry]]) -> dict[str, set[Form]]:
    """For each story the people and bodies that it names, and the governments that its places belong to."""
    out: dict[str, set[Form]] = defaultdict(set)
    for entry in by_kind["person"]:
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
    pairs, comparisons = _pairs({f for e in named for f in e.forms})
    groups = _form_groups(named, pairs)
    by_group: dict[Form, list[Entry]] = defaultdict(list)
    for entry in named:
        by_group[groups[entry.forms[0]]].append(entry)
    people = [j for key in sorted(by_group) for j in _apart(by_group[key], context)]
    singles = [e for e in entries if not e.forms]
    return [*people, *_join_surnames(singles, people, context)], comparisons


def _pairs(forms: set[Form]) -> tuple[list[tuple[float, Form, Form]], int]:
    """Pairs of full names that speak for one person, the strongest first, and how many pairs were compared."""
    blocks: dict[tuple[str, ...], list[Form]] = defaultdict(list)
    bearers: Counter[str] = Counter({skeleton(w): 50 for w in word_class("common")})
    for form in sorted(forms):
        bones = {skeleton(w) for w in parts(form)}
        bearers.update(bones)
        for key in _keys(bones):
            blocks[key].append(form)
    total = math.log(len(forms) + PRIOR)

    def rarity(bone: str) -> float:
        return 1 - math.log(bearers[bone] + 1) / total

    seen: set[tuple[Form, Form]] = set()
    for key, block in blocks.items():
        if len(block) <= (PAIR_BLOCK if len(key) == 2 else WORD_BLOCK):
            seen.update(combinations(block, 2))
    scored = ((evidence(a, b, rarity), a, b) for a, b in seen)
    return sorted((x for x in scored if x[0] >= 0), key=lambda x: (-x[0], x[1], x[2])), len(seen)


def _keys(bones: set[str]) -> set[tuple[str, ...]]:
    """The keys under which a full name meets others: each two of its words, and each word alone if it is rare.

    A word that is heard otherwise elsewhere still meets by another word and the first sound of its own.
    """
    pairs: set[tuple[str, ...]] = set(combinations(sorted(bones), 2))
    alone = {("", bone, "") for bone in bones}
    halves = {("", a, b[:1]) for a in bones for b in bones if a != b}
    return pairs | alone | halves


def _form_groups(entries: list[Entry], pairs: list[tuple[float, Form, Form]]) -> dict[Form, Form]:
    """For each full name the first of those that are one person's.

    Two groups are joined only if half of their names or more agree with each other, so that no chain of likely pairs
    leads from one person to another.
    """
    group: dict[Form, list[Form]] = {}
    for entry in entries:
        for form in entry.forms:
            group.setdefault(form, [form])
        _merge(group, *entry.forms[:1], *entry.forms[1:])
    agree = {frozenset(p[1:]) for p in pairs}
    for _, a, b in pairs:
        one, two = group[a], group[b]
        if one is not two:
            cross = [frozenset((x, y)) for x in one[:8] for y in two[:8]]
            if 2 * sum(c in agree or len(c) == 1 for c in cross) >= len(cross):
                _merge(group, a, b)
    return {form: min(members) for form, members in group.items()}


def _merge(group: dict[Form, list[Form]], first: Form, *others: Form) -> None:
    for other in others:
        if group[first] is not group[other]:
            merged = sorted({*group[first], *group[other]})
            for form in merged:
                group[form] = merged


def _apart(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    """Entries of one name, split where roles, or standing side by side in a story, speak against one person.

    Those that tell a role come first; one that tells none goes to the one with whom its story shares most, and
    stays alone where several are as near.
    """
    out: list[Joined] = []
    for entry in sorted(entries, key=lambda e: (not (e.fields or e.role_names), e.member)):
        open_to = [j for j in out if not _conflict(entry, j)]
        if len(open_to) > 1:
            shared = [(_shared(entry, j, context), -k) for k, j in enumerate(open_to)]
            best, k = max(shared)
            clear = best > 0 and sum(s == best for s, _ in shared) == 1
            open_to = [open_to[-k]] if clear or entry.fields else []
        if not open_to:
            out.append(Joined([entry]))
            continue
        joined = open_to[0]
        if fold(entry.name) not in {fold(n) for e in joined.entries[:50] for n in e.names}:
            joined.evidence.append(f"name: {entry.name} as {joined.entries[0].name}")
        joined.entries.append(entry)
    for joined in out if len(out) > 1 else []:
        roles = sorted({n for e in joined.entries for n in e.role_nouns})
        joined.evidence.append(
            f"kept apart from others of the name{': ' + ', '.join(roles) if roles else ''}"
        )
    return out


def _conflict(entry: Entry, joined: Joined) -> bool:
    if any(e.document_id == entry.document_id and e.layer == entry.layer for e in joined.entries):
        return True
    fields = {f for e in joined.entries for f in e.fields}
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
    left: dict[str, list[Entry]] = defaultdict(list)
    for entry in singles:
        word = person_name(entry.name).family or fold(entry.name)
        fits = [p for p in bearers[skeleton(word)] if _bears(p, word)]
        if len(fits) == 1 and not _conflict(entry, fits[0]) and _backed(entry, fits[0], context):
            fits[0].entries.append(entry)
            fits[0].evidence.append(f"surname alone: {entry.name} in {entry.document_id}")
        else:
            left[word].append(entry)
    for word in sorted(left):
        alone: list[Joined] = []
        for entry in left[word]:
            near = [j for j in alone if not _conflict(entry, j) and _backed(entry, j, context)]
            if near:
                near[0].entries.append(entry)
            else:
                alone.append(Joined([entry]))
        yield from alone


def _bears(person: Joined, word: str) -> bool:
    return any(likeness(word, f[-1]) >= 0.95 for e in person.entries[:50] for f in e.forms)


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
    groups: dict[Form, list[Entry]] = defaultdict(list)
    for key in sorted(full):
        target = acronyms.get(key, key)
        groups[target] += full[key]
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
            groups[governments[0]].entries.append(entry)
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


def _ids_before(path: Path) -> dict[Member, str]:
    """For each member of the register as it stood its row's id."""
    if not path.exists():
        return {}
    return {
        (m["document_id"], m["entity_id"]): row["id"]
        for row in read_lines(path, "register")
        for m in row["members"]
    }


def _with_ids(joined: list[Joined], before: dict[Member, str]) -> list[tuple[str, Joined]]:
    """Each group with its id: the old one of its anchor, else the old one of most of its members, else a new one.

    An id is a function of the member for which it was first made (its anchor), so that it tells where it belongs.
    """
    claims = []
    for k, group in enumerate(joined):
        members = {e.member for e in group.entries}
        votes = Counter(before[m] for m in members if m in before)
        anchored = {before[m] for m in members if m in before and register_id(m) == before[m]}
        claims += [(id_ not in anchored, -n, id_, k) for id_, n in votes.items()]
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for _, _, id_, k in sorted(claims):
        if k not in ids and id_ not in taken:
            ids[k] = id_
            taken.add(id_)
    for k, group in enumerate(joined):
        if k not in ids:
            ids[k] = _new_id(sorted(e.member for e in group.entries), taken)
            taken.add(ids[k])
    return [(ids[k], group) for k, group in enumerate(joined)]


def _new_id(members: list[Member], taken: set[str]) -> str:
    """The first member's id; where another row holds that for good (it once was anchored there), a further one."""
    return next(i for n in count() for m in members if (i := register_id(m, n)) not in taken)


def _row(id_: str, joined: Joined) -> dict[str, Any]:
    entries = sorted(joined.entries, key=lambda e: e.member)
    count = Counter(e.name for e in entries)
    size = {n: len(words_of(n)) for n in count}
    name = max(count, key=lambda n: (size[n] > 1, count[n], size[n], n))
    aliases = sorted({n for e in entries for n in e.names} - {name})
    return {
        "schema": SCHEMA_VERSION,
        "id": id_,
        "name": name,
        "kind": entries[0].kind,
        "aliases": aliases,
        "members": [{"document_id": d, "entity_id": i} for d, i in (e.member for e in entries)],
        "evidence": sorted(set(joined.evidence)),
    }
