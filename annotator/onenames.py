"""People whom a story knows by one name only: who of those with full names they are, in any of the stories.

"Hale" is the only Hale of all stories, or the one of whom far more write than of any other, if his story also shares
others or a role with one of his; of whom very many stories write he needs none. "Lia" is who is called so in stories
that share several others with hers. Those who are nobody's are joined with each other where that much is shared.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.entries import READ, SEVERAL, Entry, Joined, conflict, is_famous, is_far_commoner, shared
from annotator.names import (
    fold,
    given_names,
    likeness,
    nicknames,
    person_name,
    skeleton,
    surnames,
    word_class,
    words_of,
)
from annotator.nouns import nouns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.spellings import Form

    Context = Mapping[str, set[Form]]

# "Father of", "mother of".
_PARENTS = frozenset({"abu", "abou", "umm", "um", "oum"})
# Two spellings of a surname are so like each other; one of so few letters has one spelling.
_SPELT, _SHORT = 0.97, 5
# And so like are the first halves of one that hyphens make one, if the last are: "Gruen-Ode", "Grün-Ode".
_HALF = 0.88


@dataclass(slots=True)
class _Bearers:
    """People by their surnames' consonants, by their first names, and by single names that a study knows."""

    surnames: dict[str, list[Joined]] = field(default_factory=lambda: defaultdict(list))
    firsts: dict[str, list[Joined]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, list[Joined]] = field(default_factory=lambda: defaultdict(list))
    # In how many stories a person has a full name: who is famous must not hang on who was joined first.
    often: dict[int, int] = field(default_factory=dict)

    def add(self, person: Joined) -> None:
        """Take a person in."""
        self.often[id(person)] = len(person.entries)
        for bone in {skeleton(f[-1]) for e in person.entries for f in e.forms}:
            self.surnames[bone].append(person)
        for first in {f[0] for e in person.entries for f in e.forms}:
            self.firsts[first].append(person)
        names = (n for e in person.entries if e.is_known for n in e.names)
        for name in {fold(n) for n in names if len(words_of(n)) == 1}:
            self.known[name].append(person)


def join_one_names(singles: list[Entry], people: list[Joined], context: Context) -> Iterator[Joined]:
    """Give the entries of one name to the people whose they are; those that are nobody's come back, joined."""
    bearers = _Bearers()
    for person in people:
        bearers.add(person)
    left: dict[str, list[Entry]] = defaultdict(list)
    for entry in singles:
        words = person_name(entry.name).words
        found, why = _whose(entry, words, bearers, context)
        if found is None:
            left[words[-1] if words and words[0] not in _PARENTS else fold(entry.name)].append(entry)
            continue
        found.add(entry)
        if why:
            found.evidence.append(f"{why}: {entry.name} in {entry.document_id}")
    for word in sorted(left):
        yield from _join_backed(left[word], context)


def _whose(entry: Entry, words: Form, bearers: _Bearers, context: Context) -> tuple[Joined | None, str]:
    """Whose a single name is, and by what."""
    known = bearers.known.get(fold(entry.name), [])
    if len(known) == 1 and not conflict(entry, known[0]):
        return known[0], ""
    # "Umm Tariq" is not "Abu Tariq", nor anybody else by his son's name alone.
    parental = bool(words) and words[0] in _PARENTS
    named = [] if parental or not words else _of_surname(words, bearers, hyphened=" " not in entry.name)
    if words and words[-1] in given_names() and words[-1] not in surnames():
        # "Hillary" is no surname, though somebody be called "Stop Hillary".
        named = []
    often = [bearers.often[id(p)] for p in named]
    meant = named if len(named) == 1 or is_far_commoner(often) else []
    if meant and not conflict(entry, meant[0]) and (is_famous(often[0]) or _backed(entry, meant[0], context)):
        return meant[0], "surname alone"
    alike = [p for p in named if _is_told_alike(entry, p) and not conflict(entry, p)]
    if len(alike) == 1 and shared(entry, alike[0], context):
        return alike[0], "surname and role"
    called = _of_first_name(entry, bearers, context)
    return (called[0], "first name and role") if len(called) == 1 else (None, "")


def _of_surname(words: Form, bearers: _Bearers, *, hyphened: bool) -> list[Joined]:
    """Who bears a surname, his first name with the initial before it if there is one; whom most write of first.

    Of a name that hyphens make one, all is surname.
    """
    found = [p for p in bearers.surnames.get(skeleton(words[-1]), []) if _bears(p, words, hyphened=hyphened)]
    return sorted(found, key=lambda p: -bearers.often[id(p)])


def _bears(person: Joined, words: Form, *, hyphened: bool) -> bool:
    first = next((w for w in words[:-1] if w not in word_class("particle")), "")
    forms = [f for e in person.entries[:READ] for f in e.forms]
    if hyphened and len(words) > 1:
        longer = (f for f in forms if len(f) > len(words) and _is_spelt(words[-1], f[-1]))
        return any(
            all(likeness(*w) >= _HALF for w in zip(words, f[-len(words) :], strict=True)) for f in longer
        )
    return any(f[0].startswith(first) and _is_spelt(words[-1], f[-1]) for f in forms)


def _is_spelt(word: str, other: str) -> bool:
    return likeness(word, other) >= (1.0 if len(word) <= _SHORT else _SPELT)


def _of_first_name(entry: Entry, bearers: _Bearers, context: Context) -> list[Joined]:
    """Who is called by a first name, or one that it is short for, in stories that share several others or his role."""
    found = {id(p): p for w in _first_forms(entry) for p in bearers.firsts.get(w, [])}
    return [
        p
        for p in found.values()
        if not conflict(entry, p) and (_is_told_alike(entry, p) or shared(entry, p, context) >= SEVERAL)
    ]


def _first_forms(entry: Entry) -> set[str]:
    """A lone name and what it may be short for: "frank" and "francis"."""
    words = {w[0] for n in entry.names if len(w := person_name(n).words) == 1}
    return words.union(*(nicknames().get(w, frozenset()) for w in words))


def _is_told_alike(entry: Entry, joined: Joined) -> bool:
    """Whether the text says of two the same that not everybody is: that they are chief engineers, not sons."""
    told = {n for n in entry.role_nouns if nouns()[n].field}
    # Of those with a full name only: who else was given to them must not hang on the order.
    return any(told & e.role_nouns for e in joined.entries[:READ] if e.forms)


def _join_backed(entries: Sequence[Entry], context: Context) -> list[Joined]:
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


def _backed(entry: Entry, joined: Joined, context: Context) -> bool:
    told = any(entry.role_nouns & e.role_nouns for e in joined.entries[:READ])
    return told or shared(entry, joined, context) > 0
