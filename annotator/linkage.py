"""Which entities of many stories are one: people by their full names, bodies, places and groups.

Two people of one name stay apart where their roles speak against each other; whom a story knows by one name only is
looked for by `onenames`, what names do not tell in stories of one affair by `affairs` and `described`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from annotator.affairs import Affairs, bodies_of_affairs, people_of_affairs
from annotator.bodies import join_bodies
from annotator.described import add_described
from annotator.entries import (
    READ,
    SEEN,
    SEVERAL,
    Entry,
    Joined,
    at_odds,
    is_far_commoner,
    is_generic,
    is_met,
    is_one_famous,
    is_seldom_doubled,
    rarer,
    shared,
)
from annotator.lands import without_land
from annotator.model import EntityKind
from annotator.names import (
    body_words,
    fold,
    land_of,
    likeness,
    place_words,
    places,
    skeleton,
    words_of,
)
from annotator.onenames import join_one_names
from annotator.owned import owned_bodies
from annotator.spellings import Form, alike

if TYPE_CHECKING:
    from collections.abc import Iterable

# Two spellings of a place are so like each other.
_SPELT = 0.88
# So often all is joined: what is known of the others of a story tells more once it is known who they are.
_ROUNDS = 2
# A letter with a stop, or a small one: "Orv-e Tarn".
_INITIAL = re.compile(r"\b(?:([A-Z])\.|([a-z])\b)")
_CAPITAL = re.compile(r"\b[A-Z]")
# A story is of a land that it speaks of so many times as often as of any other.
_MOSTLY = 2


def join(entries: Iterable[Entry]) -> tuple[list[Joined], int]:
    """The entries in groups that are one each, and how many pairs of names were compared.

    The same whatever the order of the entries.
    """
    by_kind: dict[EntityKind, list[Entry]] = {kind: [] for kind in get_args(EntityKind)}
    described: list[Entry] = []
    for entry in sorted(entries, key=lambda e: e.member):
        (by_kind[entry.kind] if entry.named else described).append(entry)
    named_lands = frozenset(body_words(e.name) for e in by_kind["place"])
    called, described = _called(described, by_kind["organization"], named_lands)
    by_kind["organization"] += called
    pairs, comparisons = alike({f for e in by_kind["person"] for f in e.forms})
    context = _contexts(by_kind)
    homes = _homes(by_kind["place"])
    for _ in range(_ROUNDS):
        people = _join_people(by_kind["person"], pairs, context)
        bodies = join_bodies(by_kind["organization"], context, homes, named_lands)
        lands = _join_places(by_kind["place"], context)
        context = _by_rows(context, [*people, *bodies, *lands])
    people = people_of_affairs(people, Affairs([*people, *bodies, *lands]))
    bodies = bodies_of_affairs(bodies, Affairs([*people, *bodies, *lands]), named_lands)
    left = add_described(described, Affairs([*people, *bodies, *lands]))
    bodies += owned_bodies(left, people)
    rest = [j for kind in ("group", "document") for j in _join_same(by_kind[kind])]
    return [j for j in (*people, *bodies, *lands, *rest) if j.members], comparisons


def _called(
    described: Iterable[Entry], bodies: Iterable[Entry], lands: frozenset[Form]
) -> tuple[list[Entry], list[Entry]]:
    """Bodies whose description is as good as a name, and the others: “the *Orvian foreign ministry*”, “*Tarn police*”.

    A land's name or its people's must be in it, or elsewhere it is a body's name: “Tarn Police”.
    """
    names = {body_words(e.name) for e in bodies if not is_generic(e.name)}
    called: list[Entry] = []
    others: list[Entry] = []
    for entry in described:
        words = body_words(entry.name)
        named = len(words) > 1 and words in names and _CAPITAL.search(entry.name) is not None
        if entry.kind == "organization" and (named or without_land(words, lands)[1] is not None):
            name = entry.name.removeprefix("the ").removeprefix("The ")
            called.append(replace(entry, name=name, names=(name,), named=True))
        else:
            others.append(entry)
    return called, others


def _contexts(by_kind: dict[EntityKind, list[Entry]]) -> dict[str, set[Form]]:
    """For each story the people and bodies that it names, and the governments that its places belong to."""
    out: dict[str, set[Form]] = defaultdict(set)
    for entry in (e for e in by_kind["person"] if not e.is_known):
        out[entry.document_id].update(entry.forms)
    for entry in by_kind["organization"]:
        out[entry.document_id].update({body_words(entry.name)} - {()})
    for entry in by_kind["place"]:
        place = places().get(place_words(entry.name))
        if place is not None:
            out[entry.document_id].add(("", place.stands_for))
    return out


def _homes(entries: Iterable[Entry]) -> dict[str, Form]:
    """For each story the government of which it speaks most, at least twice as often as of any other."""
    often: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        place = places().get(place_words(entry.name))
        if place is not None:
            often[entry.document_id][land_of(place.stands_for)] += entry.often
    ranked = {story: [*counts.most_common(2), ("", 0)] for story, counts in often.items()}
    return {story: ("", r[0][0]) for story, r in ranked.items() if r[0][1] >= _MOSTLY * r[1][1]}


def _by_rows(context: dict[str, set[Form]], rows: list[Joined]) -> dict[str, set[Form]]:
    """The contexts once more, by who people and bodies are in place of what they are called."""
    out: dict[str, set[Form]] = defaultdict(set)
    for story, forms in context.items():
        out[story] = {f for f in forms if f[:1] == ("",)}
    for k, row in enumerate(rows):
        for entry in (e for e in row.entries if not e.is_known):
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
    return [*people, *join_one_names(singles, people, rarer(context))]


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
            cross = [frozenset((x, y)) for x in one[:SEEN] for y in two[:SEEN]]
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
    may_differ, seldom = not is_one_famous(entries), is_seldom_doubled(entries)
    for entry in sorted(entries, key=lambda e: (not e.is_known, not (e.fields or e.role_names), e.member)):
        fits = [j for j in out if not at_odds(entry, j, fields=may_differ)]
        open_to = [j for j in fits if not is_met(entry, j)]
        if seldom and not open_to and _is_split(entry, fits):
            alone.append(Joined([entry]))
            continue
        if len(open_to) > 1:
            near = [(shared(entry, j, context), -k) for k, j in enumerate(open_to)]
            best, k = max(near)
            clear = best > 0 and sum(s == best for s, _ in near) == 1
            if not (clear or entry.fields):
                alone.append(Joined([entry]))
                continue
            open_to = [open_to[-k]]
        if not open_to:
            out.append(Joined([entry]))
            continue
        joined = open_to[0]
        if fold(entry.name) not in {fold(n) for e in joined.entries[:READ] for n in e.names}:
            joined.evidence.append(f"name: {entry.name} as {joined.entries[0].name}")
        joined.add(entry)
    several = len(out) > 1
    out, alone = _with_famous(out, alone, context)
    for joined in (*out, *alone) if several else ():
        roles = sorted({n for e in joined.entries for n in e.role_nouns})
        joined.evidence.append(
            f"kept apart from others of the name{': ' + ', '.join(roles) if roles else ''}"
        )
    return [*out, *alone]


def _is_split(entry: Entry, rows: list[Joined]) -> bool:
    """Whether a story has one more of just this name, and tells nothing of this one that is not told of others.

    It is one person, split where the mentions were linked, and no second one whom others may be.
    """
    same = [e for j in rows for e in j.entries if e.document_id == entry.document_id]
    told = set[str]().union(*(e.role_nouns for j in rows for e in j.entries[:READ]))
    return bool(same) and all(fold(e.name) == fold(entry.name) for e in same) and entry.role_nouns <= told


def _with_famous(
    out: list[Joined], alone: list[Joined], context: dict[str, set[Form]]
) -> tuple[list[Joined], list[Joined]]:
    """Rows of one name, small ones taken into one of very many stories.

    Of whom everybody writes not each story says who he is; and where it shares others with them, not every role speaks
    against it: a president may be called a television star.
    """
    rows = sorted((*out, *alone), key=lambda j: -len(j.entries))
    if not is_far_commoner([len(j.entries) for j in rows]):
        return out, alone
    famous, kept = rows[0], list[Joined]()
    for row in rows[1:]:
        free = [e for e in row.entries if not is_met(e, famous)]
        # Whoever stands beside the famous one shares that story's others with him, and is another.
        near = len(free) == len(row.entries) and any(shared(e, famous, context) >= SEVERAL for e in free)
        his = [e for e in free if near or not at_odds(e, famous)]
        for entry in his:
            famous.add(entry)
        if len(his) == len(row.entries):
            famous.evidence += row.evidence
        else:
            gone = {e.member for e in his}
            kept.append(Joined([e for e in row.entries if e.member not in gone], row.evidence))
    return [famous], kept


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
    """The words of a place's name without initials; what has none stands for itself: "District 5", "Camp A"."""
    name = joined.entries[0].name
    initials = {w.lower() for found in _INITIAL.findall(name) for w in found}
    return tuple(w for w in place_words(name) if w not in initials)


def _one_place(a: Joined, b: Joined, context: dict[str, set[Form]]) -> bool:
    pairs = list(zip(_place_of(a), _place_of(b), strict=True))
    alike_words = all(v == w or (min(len(v), len(w)) > 1 and likeness(v, w) >= _SPELT) for v, w in pairs)
    return (
        alike_words
        and not a.stories & b.stories
        and any(
            e.document_id != o.document_id and context[e.document_id] & context[o.document_id]
            for e in a.entries[:SEEN]
            for o in b.entries[:SEEN]
        )
    )


def _join_same(entries: list[Entry]) -> list[Joined]:
    """Entities of one kind by their words, places under all spellings that the table of metonyms knows."""
    groups: dict[Form, list[Entry]] = defaultdict(list)
    for entry in entries:
        words = place_words(entry.name) or words_of(entry.name)
        groups[places()[words].key if entry.kind == "place" and words in places() else words].append(entry)
    return [Joined(groups[key]) for key in sorted(groups)]
