"""Those whom a story does not name but describes: "the deputy defence minister" is who bears that office elsewhere.

Only in stories of one affair (`affairs`), only by a noun that few can be at once, and only where one person alone is
meant by it or has more of the words in his roles than all others: somebody unknown stays unknown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import takewhile
from typing import TYPE_CHECKING

from annotator.affairs import BLOCK, SEEN, SHARED
from annotator.entries import conflict
from annotator.names import PEOPLES, body_words, fold, places, titles
from annotator.nouns import alike, nouns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.affairs import Affairs
    from annotator.entries import Entry, Joined
    from annotator.spellings import Form

# What comes behind the noun of a description.
_JOINTS = frozenset(
    {"of", "for", "in", "at", "from", "on", "with", "who", "whose", "by", "to", "near", "behind"}
)
# What a description may say besides.
_LITTLE = _JOINTS | {
    "the",
    "his",
    "her",
    "its",
    "their",
    "former",
    "new",
    "then",
    "late",
    "current",
    "top",
    "s",
}
# Of these every affair may have several.
_MANY = frozenset(
    {
        "candidate",
        "aide",
        "adviser",
        "advisor",
        "official",
        "member",
        "lawyer",
        "attorney",
        "senator",
        "congressman",
    }
    | {
        "congresswoman",
        "representative",
        "lawmaker",
        "legislator",
        "politician",
        "councillor",
        "analyst",
        "expert",
    }
    | {
        "strategist",
        "activist",
        "reporter",
        "journalist",
        "correspondent",
        "officer",
        "soldier",
        "player",
        "teacher",
    }
)
# Nouns that only one at a time can be, of whatever field.
_HEADS = frozenset(
    {"head", "chief", "chairman", "chairwoman", "chair", "director", "minister", "manager", "founder"}
)


def add_described(joined: Sequence[Joined], described: Iterable[Entry], affairs: Affairs) -> None:
    """Give those whom a story does not name to the one of its affair whom the description means.

    A body is meant by the words of its name alone: "the Orvanian foreign ministry".
    """
    bearers: dict[str | Form, list[Joined]] = defaultdict(list)
    for one in joined:
        keys: Iterable[str | Form] = _offices(one) if one.kind == "person" else _bodies_words(one)
        for key in keys:
            bearers[key].append(one)
    for entry in described:
        sought: str | Form | None = _office(entry) if entry.kind == "person" else body_words(entry.name)
        known = bearers.get(sought, []) if sought else []
        meant = _bearer(entry, known, affairs) if len(known) <= BLOCK else None
        if meant is not None and not conflict(entry, meant):
            meant.add(entry)
            meant.evidence.append(f"described: {entry.name} in {entry.document_id}")


def _bodies_words(body: Joined) -> set[Form]:
    return {body_words(n) for e in body.entries[:SEEN] for n in e.names}


def _offices(person: Joined) -> frozenset[str]:
    """The nouns for what somebody is in any story, with those that may stand for them."""
    told = frozenset(n for e in person.entries[:SEEN] for n in e.role_nouns)
    return told.union(*(alike().get(n, ()) for n in told))


def _bearer(entry: Entry, known: Iterable[Joined], affairs: Affairs) -> Joined | None:
    """Who of the affair is described; nobody where it may be two, or somebody whom the same story names."""
    here = [
        p
        for p in known
        if p.kind == entry.kind and _may_be(entry, p) and affairs.shared_with(entry, p) >= SHARED
    ]
    found = sorted(((_told(entry, p), -k) for k, p in enumerate(here)), reverse=True)
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    person = here[-found[0][1]]
    return None if any(e.document_id == entry.document_id for e in person.entries) else person


def _office(entry: Entry) -> str | None:
    """The noun that says what somebody is, if few can be it at once: "deputy" in "Ode's deputy at the ministry"."""
    before = takewhile(lambda w: w not in _JOINTS, entry.told)
    known = [w for w in before if w in nouns() and nouns()[w].kind == "person"]
    return known[-1] if known and (nouns()[known[-1]].field or known[-1] in _HEADS) else None


def _may_be(entry: Entry, one: Joined) -> bool:
    """Whether a description says nothing else of somebody than his roles do.

    "The Secretary of State" is no Secretary of the Treasury; "Ode's lawyer" is not whoever is a lawyer.
    """
    if entry.kind == "organization":
        return True
    noun, told = _office(entry), _words(one)
    more = {w for w in entry.told if w not in _LITTLE} - {noun}
    others = told - _LITTLE - {noun}
    agree = bool(more & others)
    if _names(entry) - told or (noun in _MANY and not agree):
        return False
    return agree or not more or not others


def _names(entry: Entry) -> set[str]:
    """The names in a description but for those of lands and their peoples: of "Mr Ode's manager" Ode."""
    capital = {fold(w) for w in re.findall(r"\b[A-Z]\w+", entry.name)} - titles().keys() - _LITTLE
    lands = {w for w in capital if (w,) in places() or w.endswith(PEOPLES)}
    return capital - lands - nouns().keys()


def _told(entry: Entry, one: Joined) -> int:
    """How many words of a description somebody's roles have too."""
    return len(set(entry.told) & _words(one))


def _words(one: Joined) -> set[str]:
    return {w for e in one.entries[:SEEN] for w in e.told}
