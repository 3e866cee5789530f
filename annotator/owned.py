"""Bodies that go by whose they are: “the Farrow campaign” and “Ben Farrow's campaign” of many stories are one.

They have no name of their own. Where the story names the owner, who he is in the register tells which body it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from annotator.entries import Joined
from annotator.names import person_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.entries import Entry, Member

# What somebody has one of at a time, by the word that stands for all.
_KINDS = {
    "campaign": "campaign", "camp": "campaign", "candidacy": "campaign",
    "administration": "administration", "presidency": "administration",
}  # fmt: skip
# “The anti-Farrow campaign” is not his.
_AGAINST = frozenset({"anti", "against", "versus", "pro"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_Key = tuple[int, str, str]


def owned_bodies(described: Iterable[Entry], people: Sequence[Joined]) -> list[Joined]:
    """Rows of the bodies that stories describe by their owners, in the order of the owners; of each story one."""
    rows = {e.member: k for k, row in enumerate(people) for e in row.entries}
    by_story: dict[str, list[Entry]] = defaultdict(list)
    for row in people:
        for entry in row.entries:
            by_story[entry.document_id].append(entry)
    out: dict[_Key, Joined] = {}
    for entry in described:
        key = _key(entry, by_story[entry.document_id], rows) if entry.kind == "organization" else None
        if key is None:
            continue
        body = out.setdefault(key, Joined([]))
        if (entry.document_id, entry.layer) not in body.stories:
            body.add(entry)
            body.evidence.append(f"owner: {people[key[0]].name}")
    for body in out.values():
        body.evidence = sorted(set(body.evidence))
    return [out[key] for key in sorted(out)]


def _key(entry: Entry, here: Iterable[Entry], rows: Mapping[Member, int]) -> _Key | None:
    """Whose body it is, by the owner's row, with what it is and the year that tells it from his others."""
    at = next((k for k, w in enumerate(entry.told) if w in _KINDS), 0)
    told = frozenset(entry.told[:at])
    if told & _AGAINST:
        return None
    owners = [
        e for e in here if e.layer == entry.layer and any(person_name(n).family in told for n in e.names)
    ]
    whole = [
        e for e in owners if any(len(w := person_name(n).words) > 1 and told.issuperset(w) for n in e.names)
    ]
    ranked = sorted(whole or owners, key=lambda e: -e.often)
    if not ranked or (len(ranked) > 1 and ranked[0].often == ranked[1].often):
        return None
    year = next((w for w in entry.told if _YEAR.fullmatch(w)), "")
    return rows[ranked[0].member], _KINDS[entry.told[at]], year
