"""Those whom a story does not name but describes: "the deputy defence minister" is who bears that office elsewhere.

Only in stories of one affair (`affairs`), only by a noun that few can be at once, and only where one person alone is
meant by it or has more of the words in his roles than all others: somebody unknown stays unknown.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from annotator.entries import SEEN, conflict
from annotator.names import PEOPLES, body_words, fold, given_names, places, surnames, titles
from annotator.nouns import alike, is_persons, nouns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.affairs import Affairs
    from annotator.entries import Entry, Joined

# What comes behind the noun of a description.
_JOINTS = frozenset(
    {"of", "for", "in", "at", "from", "on", "with", "who", "whose", "by", "to", "near", "behind"}
)
# What tells nobody from others.
_LITTLE = _JOINTS | {"the", "his", "her", "its", "their", "then", "current", "top", "new", "late", "former"}
# Below an office, or out of it.
_RANKS = {
    "vice": "vice", "deputy": "vice", "assistant": "vice", "associate": "vice", "under": "vice", "acting": "acting",
    "former": "former", "ex": "former", "late": "former", "elect": "elect", "designate": "elect", "staff": "staff",
}  # fmt: skip
# Of these every affair may have several.
_MANY = frozenset(
    {"candidate", "aide", "adviser", "advisor", "official", "member", "lawyer", "attorney", "senator", "congressman",
     "congresswoman", "representative", "lawmaker", "legislator", "politician", "councillor", "analyst", "expert",
     "strategist", "activist", "reporter", "journalist", "correspondent", "officer", "soldier", "player", "teacher"}
)  # fmt: skip
# Nouns that only one at a time can be, of whatever field.
_HEADS = frozenset(
    {"head", "chief", "chairman", "chairwoman", "chair", "director", "minister", "manager", "founder"}
)


def add_described(described: Iterable[Entry], affairs: Affairs) -> list[Entry]:
    """Give those whom a story does not name to the one of its affair whom the description means; gives those left.

    A body is meant by the words of its name alone: "the Orvanian foreign ministry".
    """
    around: dict[str, list[Joined]] = {}
    left: list[Entry] = []
    for entry in described:
        if entry.document_id not in around:
            around[entry.document_id] = affairs.around(entry.document_id)
        meant = _meant(entry, [j for j in around[entry.document_id] if j.kind == entry.kind])
        if meant is None or conflict(entry, meant):
            left.append(entry)
            continue
        meant.add(entry)
        meant.evidence.append(f"described: {entry.name} in {entry.document_id}")
    return left


def _meant(entry: Entry, near: Iterable[Joined]) -> Joined | None:
    """Who of an affair is described; nobody where it may be two, or somebody whom the same story names."""
    here = _bearers(entry, near) if entry.kind == "person" else _called(entry, near)
    said = set(entry.told) - _LITTLE
    found = sorted(((len(said & _said_of(p)), -k) for k, p in enumerate(here)), reverse=True)
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    one = here[-found[0][1]]
    return None if any(e.document_id == entry.document_id for e in one.entries) else one


def _called(entry: Entry, bodies: Iterable[Joined]) -> list[Joined]:
    words = body_words(entry.name)
    return [b for b in bodies if any(words == body_words(n) for e in b.entries[:SEEN] for n in e.names)]


def _bearers(entry: Entry, people: Iterable[Joined]) -> list[Joined]:
    """Who bears the office of a description, and has no roles that say something else.

    "The Secretary of State" is no Secretary of the Treasury, "the vice president" no president, "Ode's lawyer" not
    whoever is a lawyer.
    """
    noun = _office(entry)
    if noun is None or len(entry.told) == 1:
        return []
    names, ranks = _names(entry), _ranks(entry)
    more = set(entry.told) - _LITTLE - {noun}
    return [p for p in people if names <= _said_of(p) and _bears(p, noun, ranks, more)]


def _bears(person: Joined, noun: str, ranks: frozenset[str], more: set[str]) -> bool:
    """Whether somebody is called by a noun at that rank, or one like it; `more` is what else is told."""
    others = _said_of(person)
    if any(noun in e.role_nouns and _ranks(e) == ranks for e in person.entries[:SEEN]):
        return bool(more & others) or (noun not in _MANY and (not more or others <= {noun}))
    like = alike().get(noun, frozenset())
    return bool(more & others) and any(e.role_nouns & like for e in person.entries[:SEEN])


def _ranks(entry: Entry) -> frozenset[str]:
    """What says that somebody is below the office, or was in it before."""
    return frozenset(_RANKS[w] for w in entry.told if w in _RANKS)


def _office(entry: Entry) -> str | None:
    """The noun that says what somebody is, if few can be it at once: "deputy" in "Ode's deputy at the ministry"."""
    before = takewhile(lambda w: w not in _JOINTS, entry.told)
    known = [w for w in before if is_persons(w)]
    return known[-1] if known and (nouns()[known[-1]].field or known[-1] in _HEADS) else None


def _names(entry: Entry) -> set[str]:
    """The names in a description but for those of lands and their peoples: of "Mr Ode's manager" Ode."""
    capital = {fold(w) for w in re.findall(r"\b[A-Z]\w+", entry.name)} - titles().keys() - _LITTLE
    return {w for w in capital if w not in nouns() and not _is_of_a_land(w)}


def _is_of_a_land(word: str) -> bool:
    """Whether a word is a land's name or its people's: "Britain", "British"; not "Freeman"."""
    somebody = word in given_names() or word in surnames()
    return (word,) in places() or (word.endswith(PEOPLES) and not somebody)


def _said_of(one: Joined) -> set[str]:
    """The telling words of somebody's roles."""
    return {w for e in one.entries[:SEEN] for w in e.told} - _LITTLE
