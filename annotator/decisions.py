"""People's choices about who is who: a small file for version control, and how it is applied to what was joined.

`decisions.jsonl` has one choice a line, sorted. A choice knows its entities by register id and by evidence (members,
names), so that it finds them again after stories were added or annotated anew; one that finds nothing waits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from annotator.entries import Joined, Member
from annotator.errors import Conflict
from annotator.model import SCHEMA_VERSION, EntityKind
from annotator.names import fold
from annotator.store import read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FILE = "decisions.jsonl"
Choice = Literal["merge", "rename", "split"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entity as a choice knows it."""

    id: str
    name: str
    kind: EntityKind
    names: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice: entities that are one, a part that is another than the rest, or a name."""

    choice: Choice
    of: tuple[Chosen, ...]
    name: str | None = None

    def __str__(self) -> str:
        first, *others = (f"{c.name} ({c.id})" for c in self.of)
        if self.choice == "rename":
            return f"rename {first} to {self.name}"
        return f"{self.choice} {first} {'and' if self.choice == 'merge' else 'from'} {', '.join(others)}"


@dataclass(slots=True)
class Applied:
    """What came of the choices: the groups, ids and names that they ask for by group, choices that found nothing."""

    groups: list[Joined]
    ids: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    waiting: list[Decision] = field(default_factory=list)


class _Apart(NamedTuple):
    decision: Decision
    rest: Joined
    taken: Joined


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """The choices of a file, none where there is no file; raises BadAnnotation for a bad line."""
    if not path.exists():
        return ()
    return tuple(_from_json(line) for line in read_lines(path, "decisions"))


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Write choices, each once and sorted, so that two people's additions merge line by line."""
    once = {(d.choice, tuple(c.id for c in d.of), d.name or ""): d for d in decisions}
    write_lines(path, (_to_json(once[key]) for key in sorted(once, key=lambda k: (once[k].of[0].name, k))))


def apply(decisions: Sequence[Decision], groups: Sequence[Joined], ids: Sequence[str]) -> Applied:
    """The groups as people want them; `ids` are those that they would have without.

    Splits come first, then merges, then names. Raises Conflict, in one line, for choices that cannot both hold.
    The same whatever the order of the choices.
    """
    decisions = sorted(decisions, key=str)
    found = _Index(list(groups), list(ids))
    apart = [a for d in decisions if d.choice == "split" and (a := _split(d, found)) is not None]
    for decision in decisions:
        if decision.choice == "merge":
            _merge(decision, found, apart)
    out = Applied([g for k, g in enumerate(found.groups) if found.home(k) == k], waiting=found.waiting)
    place = {found.at[id(g)]: k for k, g in enumerate(out.groups)}
    out.ids = {place[found.home(k)]: wanted for k, wanted in found.wanted(decisions).items()}
    renamed: dict[int, Decision] = {}
    for decision in (d for d in decisions if d.choice == "rename"):
        k = found.find(decision.of[0])
        if k is None:
            found.waiting.append(decision)
            continue
        before = renamed.setdefault(place[found.home(k)], decision)
        if before.name != decision.name:
            raise _against(decision, before)
    out.names = {k: d.name for k, d in renamed.items() if d.name}
    return out


class _Index:
    """Groups by member, id and name, while choices change them."""

    def __init__(self, groups: list[Joined], ids: list[str]) -> None:
        self.groups = groups
        self.ids: list[str | None] = list(ids)
        self.at = {id(g): k for k, g in enumerate(groups)}
        self.homes = list(range(len(groups)))
        self.waiting: list[Decision] = []
        self.asked: dict[int, str] = {}
        self.of_member = {e.member: k for k, g in enumerate(groups) for e in g.entries}
        self.of_name: dict[tuple[str, str], set[int]] = defaultdict(set)
        self.of_id = {i: k for k, i in enumerate(ids)}
        for k, group in enumerate(groups):
            for name in group.names:
                self.of_name[group.kind, fold(name)].add(k)

    def home(self, k: int) -> int:
        while self.homes[k] != k:
            k = self.homes[k]
        return k

    def find(self, chosen: Chosen) -> int | None:
        """The group that has most of the members; without any, that of the id if a name agrees; else of the name."""
        votes = Counter(self.of_member[m] for m in chosen.members if m in self.of_member)
        if votes:
            return min(
                votes, key=lambda k: (-votes[k], self.ids[k] != chosen.id, min(self.groups[k].members))
            )
        told = {fold(n) for n in chosen.names}
        k = self.of_id.get(chosen.id)
        if (
            k is not None
            and self.groups[k].kind == chosen.kind
            and told & set(map(fold, self.groups[k].names))
        ):
            return k
        named = {k for name in told for k in self.of_name[chosen.kind, name]}
        return next(iter(named)) if len(named) == 1 else None

    def add(self, group: Joined) -> int:
        k = len(self.groups)
        self.groups.append(group)
        self.ids.append(None)
        self.homes.append(k)
        self.at[id(group)] = k
        self.of_member.update({e.member: k for e in group.entries})
        for name in group.names:
            self.of_name[group.kind, fold(name)].add(k)
        return k

    def wanted(self, decisions: Sequence[Decision]) -> dict[int, str]:
        """The ids that choices ask for: a split's for its part, of merged ones that which no other took in."""
        merges = [d for d in decisions if d.choice == "merge"]
        inside = {c.id for d in merges for c in d.of[1:]}
        out = {self.home(k): wanted for k, wanted in sorted(self.asked.items(), reverse=True)}
        for decision in sorted(merges, key=lambda d: (d.of[0].id not in inside, d.of[0].id)):
            k = self.find(decision.of[0])
            if k is not None and decision not in self.waiting:
                out[self.home(k)] = decision.of[0].id
        return out


def _split(decision: Decision, found: _Index) -> _Apart | None:
    """Take out the members that the choice names, and others who have a name that only those had."""
    stays, goes = decision.of
    names = {fold(n) for n in goes.names}
    k = found.find(goes)
    if k is None:
        found.waiting.append(decision)
        return None
    group = found.groups[k]
    taken = [e for e in group.entries if e.member in goes.members or names & {fold(n) for n in e.names}]
    if len(taken) < len(group.entries):
        group.entries = [e for e in group.entries if e not in taken]
        group.evidence.append(f"split by a person: without {goes.name}")
        k = found.add(Joined(taken, [f"split by a person: from {stays.name}"]))
    found.asked[k] = goes.id
    other = found.find(stays)
    return None if other is None or other == k else _Apart(decision, found.groups[other], found.groups[k])


def _merge(decision: Decision, found: _Index, apart: Sequence[_Apart]) -> None:
    places = [found.find(c) for c in decision.of]
    homes = [found.home(k) for k in places if k is not None]
    if len(homes) < len(places):
        found.waiting.append(decision)
        return
    kinds = {found.groups[k].kind for k in homes}
    if len(kinds) > 1:
        raise Conflict(f"{FILE}: {decision}: {' and '.join(sorted(kinds))} cannot be one")
    first, *others = homes
    for k in others:
        if k != first and found.home(k) != first:
            found.homes[k] = first
            found.groups[first].entries += found.groups[k].entries
            found.groups[first].evidence += found.groups[k].evidence
            found.groups[first].evidence.append(
                f"merged by a person: {decision.of[0].name}, {found.groups[k].name}"
            )
    for split in apart:
        if found.home(found.at[id(split.rest)]) == found.home(found.at[id(split.taken)]):
            raise _against(decision, split.decision)


def _against(one: Decision, other: Decision) -> Conflict:
    return Conflict(f"{FILE}: “{one}” speaks against “{other}”: delete one of the two lines")


def _to_json(decision: Decision) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "choice": decision.choice,
        "name": decision.name,
        "of": [
            {
                "id": c.id,
                "name": c.name,
                "kind": c.kind,
                "names": sorted(c.names),
                "members": [{"document_id": d, "entity_id": e} for d, e in sorted(c.members)],
            }
            for c in decision.of
        ],
    }


def _from_json(line: dict[str, Any]) -> Decision:
    of = tuple(
        Chosen(
            c["id"],
            c["name"],
            c["kind"],
            tuple(c["names"]),
            tuple((m["document_id"], m["entity_id"]) for m in c["members"]),
        )
        for c in line["of"]
    )
    return Decision(line["choice"], of, line["name"])
