"""Which entities of many stories are one: people by their full names, bodies, places and groups.

Two people of one name stay apart where their roles speak against each other; a surname alone joins only where one
person in all the stories has it and something else agrees.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, get_args

from annotator.affairs import Affairs, bodies_of_affairs, people_of_affairs
from annotator.bodies import join_bodies
from annotator.described import add_described
from annotator.entries import Entry, Joined, conflict
from annotator.model import EntityKind
from annotator.names import (
    body_words,
    fold,
    likeness,
    nicknames,
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

# Two spellings of a place are so like each other; of its stories so many are looked at.
_SPELT, _SEEN = 0.88, 8
# Stories that name so many of the same people and bodies are of one affair.
_ONE_AFFAIR = 2
# So often all is joined: what is known of the others of a story tells more once it is known who they are.
_ROUNDS = 2
# "Father of", "mother of".
_PARENTS = frozenset({"abu", "abou", "umm", "um", "oum"})


def join(entries: Iterable[Entry]) -> tuple[list[Joined], int]:
    """The entries in groups that are one each, and how many pairs of names were compared.

    The same whatever the order of the entries.
    """
    by_kind: dict[EntityKind, list[Entry]] = {kind: [] for kind in get_args(EntityKind)}
    described: list[Entry] = []
    for entry in sorted(entries, key=lambda e: e.member):
        (by_kind[entry.kind] if entry.named else described).append(entry)
    pairs, comparisons = alike({f for e in by_kind["person"] for f in e.forms})
    context = _contexts(by_kind)
    named_lands = {body_words(e.name) for e in by_kind["place"]}
    for _ in range(_ROUNDS):
        people = _join_people(by_kind["person"], pairs, context)
        bodies = join_bodies(by_kind["organization"], context, named_lands)
        lands = _join_places(by_kind["place"], context)
        context = _by_rows(context, [*people, *bodies, *lands])
    people = people_of_affairs(people, Affairs([*people, *bodies, *lands]))
    bodies = bodies_of_affairs(bodies, Affairs([*people, *bodies, *lands]), named_lands)
    add_described([*people, *bodies], described, Affairs([*people, *bodies, *lands]))
    rest = [j for kind in ("group", "document") for j in _join_same(by_kind[kind])]
    return [j for j in (*people, *bodies, *lands, *rest) if j.members], comparisons


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


def _by_rows(context: dict[str, set[Form]], rows: list[Joined]) -> dict[str, set[Form]]:
    """The contexts once more, people and bodies by who they are in place of what they are called."""
    out: dict[str, set[Form]] = defaultdict(set)
    for story, forms in context.items():
        out[story] = {f for f in forms if not f[0]}
    for k, row in enumerate(rows):
        for entry in row.entries:
            out[entry.document_id].add(("row", str(k)))
    return out


def _join_people(
    entries: list[Entry], pairs: list[tuple[float, Form, Form]], context: dict[str, set[Form]]
) -> list[Joined]:
    named = [e for e in entries if e.forms]
    groups = _form_groups(named, pairs)
    by_group: dict[Form, list[Entry]] = defaultdict(list)
    for entry in named:
        by_group[groups[entry.forms[0]]].append(entry)
    people = [j for key in sorted(by_group) for j in _apart(by_group[key], context)]
    people += [Joined([e]) for e in entries if e.is_known and not e.forms]
    singles = [e for e in entries if not e.forms and not e.is_known]
    return [*people, *_join_surnames(singles, people, context)]


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
        open_to = [j for j in out if not conflict(entry, j)]
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
    firsts: dict[str, list[Joined]] = defaultdict(list)
    for person in people:
        for bone in {skeleton(f[-1]) for e in person.entries for f in e.forms}:
            bearers[bone].append(person)
        for first in {f[0] for e in person.entries for f in e.forms}:
            firsts[first].append(person)
    called = _called(people)
    left: dict[str, list[Entry]] = defaultdict(list)
    for entry in singles:
        known = called.get(fold(entry.name), [])
        if len(known) == 1 and not conflict(entry, known[0]):
            known[0].add(entry)
            continue
        called_so = [p for w in _first_forms(entry) for p in firsts.get(w, [])]
        alone = [
            p
            for p in {id(p): p for p in called_so}.values()
            if not conflict(entry, p)
            and (_is_told_alike(entry, p) or _shared(entry, p, context) >= _ONE_AFFAIR)
        ]
        if len(alone) == 1:
            alone[0].add(entry)
            alone[0].evidence.append(f"first name and role: {entry.name} in {entry.document_id}")
            continue
        word = person_name(entry.name).family or fold(entry.name)
        if person_name(entry.name).words[0] in _PARENTS:
            # "Umm Tariq" is not "Abu Tariq", nor anybody else by his son's name alone.
            left[fold(entry.name)].append(entry)
            continue
        before = (w for w in person_name(entry.name).words[:-1] if w not in word_class("particle"))
        first = next(before, "")
        fits = list(islice((p for p in bearers[skeleton(word)] if _bears(p, word, first)), 2))
        if len(fits) == 1 and not conflict(entry, fits[0]) and _backed(entry, fits[0], context):
            fits[0].add(entry)
            fits[0].evidence.append(f"surname alone: {entry.name} in {entry.document_id}")
        else:
            left[word].append(entry)
    for word in sorted(left):
        yield from _join_backed(left[word], context)


def _first_forms(entry: Entry) -> set[str]:
    """A lone name and what it may be short for: "frank" and "francis"."""
    words = {w[0] for n in entry.names if len(w := person_name(n).words) == 1}
    return words.union(*(nicknames().get(w, frozenset()) for w in words))


def _is_told_alike(entry: Entry, joined: Joined) -> bool:
    """Whether the text says of two the same that not everybody is: that they are chief engineers, not sons."""
    told = {n for n in entry.role_nouns if nouns()[n].field}
    return any(told & e.role_nouns for e in joined.entries[:50])


def _join_backed(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    """Entries of one surname, joined where a name that their stories share or a role backs it."""
    out: list[Joined] = []
    places: dict[object, list[int]] = defaultdict(list)
    for entry in entries:
        backing = [*entry.role_nouns, *context.get(entry.document_id, ())]
        met = sorted({k for key in backing for k in places[key]})
        near = [k for k in met if not conflict(entry, out[k]) and _backed(entry, out[k], context)][:1]
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


def _join_places(entries: list[Entry], context: dict[str, set[Form]]) -> list[Joined]:
    """Places by their words, under all spellings that the table of metonyms knows.

    Of others two spellings join that sound alike, where their stories share somebody: "Orvakhan", "Orvakan".
    """
    out: list[Joined] = []
    heard: dict[Form, list[Joined]] = defaultdict(list)
    for joined in _join_same(entries):
        words = _place_of(joined)
        if not words or words in places():
            out.append(joined)
            continue
        key = tuple(skeleton(w) for w in words)
        other = next((j for j in heard[key] if _one_place(joined, j, context)), None)
        if other is None:
            heard[key].append(joined)
            out.append(joined)
            continue
        other.evidence.append(f"spelling: {joined.name} as {other.name}")
        for entry in joined.entries:
            other.add(entry)
    return out


def _place_of(joined: Joined) -> Form:
    """The words of a place's name without initials."""
    return tuple(w for w in place_words(joined.entries[0].name) if len(w) > 1)


def _one_place(a: Joined, b: Joined, context: dict[str, set[Form]]) -> bool:
    alike_words = all(likeness(v, w) >= _SPELT for v, w in zip(_place_of(a), _place_of(b), strict=True))
    return alike_words and any(
        e.document_id != o.document_id and context[e.document_id] & context[o.document_id]
        for e in a.entries[:_SEEN]
        for o in b.entries[:_SEEN]
    )


def _join_same(entries: list[Entry]) -> list[Joined]:
    """Entities of one kind by their words, places under all spellings that the table of metonyms knows."""
    groups: dict[Form, list[Entry]] = defaultdict(list)
    for entry in entries:
        words = place_words(entry.name) or words_of(entry.name)
        groups[places()[words].key if entry.kind == "place" and words in places() else words].append(entry)
    return [Joined(groups[key]) for key in sorted(groups)]
