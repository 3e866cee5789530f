"""The same person, body or place of many stories: one register of a folder of annotated stories.

`linkage` says who is one; people's choices (`decisions`) and those whom a study knows beforehand (`known`) come in
here, and every row gets an id that stays when stories are added.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator import decisions
from annotator.decisions import Decision, read_decisions
from annotator.entries import Entry, Joined, Member, entry_of, known_entry
from annotator.errors import BadArgument
from annotator.known import FILE as KNOWN
from annotator.known import read_known, write_known
from annotator.linkage import join
from annotator.model import SCHEMA_VERSION, Layer
from annotator.names import fold
from annotator.store import locked, read_annotations, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

REGISTER = "register.jsonl"
# The layers' files, the most trusted first: of an entity in several the first one's name and role stand.
FILES: dict[Layer, str] = {"gold": "gold.jsonl", "human": "human.jsonl", "machine": "annotations.jsonl"}


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How many entities of how many stories became how many rows, and what it took.

    `waiting` tells, a line each, of the choices that people made about entities which are not here (any more).
    """

    stories: int
    entities: int
    rows: int
    shared: int
    comparisons: int
    decisions: int = 0
    waiting: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = (
            f"{self.entities} entities of {self.stories} stories are {self.rows} people, bodies, places and "
            f"groups, {self.shared} of them in several stories"
        )
        return f"{told}; {self.decisions} choices by people" if self.decisions else told


def link(folder: Path | str, *, known: Path | str | None = None) -> LinkReport:
    """Write `register.jsonl` of a folder of annotated stories; an id that was there keeps its anchor's row.

    `known` is a file of people (`annotator.known`) that are matched first; the folder keeps them for later runs, and
    people's choices in `decisions.jsonl` hold before everything else. Raises BadArgument if there is no
    annotations.jsonl or `known` cannot be used, BadAnnotation for a bad line, Conflict for choices that cannot both
    hold, Busy if another run holds the folder.
    """
    folder = checked_folder(folder)
    people = read_known(known) if known is not None else None
    with locked(folder):
        report = relink(folder, read_decisions(folder / decisions.FILE), known=people)
        if people is not None:
            write_known(folder / KNOWN, people)
    return report


def checked_folder(folder: Path | str) -> Path:
    """The folder as a path; raises BadArgument if nothing was annotated into it."""
    folder = Path(folder)
    if not (folder / FILES["machine"]).exists():
        raise BadArgument(f"{folder} has no {FILES['machine']}: annotate stories into it first")
    return folder


def relink(folder: Path, chosen: Sequence[Decision], *, known: Sequence[Any] | None = None) -> LinkReport:
    """Write the register of a folder that the caller has locked, with these choices; see `link`."""
    entries, stories = read_entries(folder)
    if known is None:
        known = read_known(folder / KNOWN) if (folder / KNOWN).exists() else ()
    groups, comparisons = join([*entries, *(known_entry(k, p) for k, p in enumerate(known))])
    before = _ids_before(folder / REGISTER)
    applied = decisions.apply(chosen, groups, _ids(groups, before, {}))
    ids = _ids(applied.groups, before, applied.ids)
    rows = [_row(ids[k], group, applied.names.get(k)) for k, group in enumerate(applied.groups)]
    write_lines(folder / REGISTER, sorted(rows, key=lambda r: (fold(r["name"]), r["id"])))
    return LinkReport(
        stories=stories,
        entities=sum(len(group.members) for group in applied.groups),
        rows=len(rows),
        shared=sum(len({d for d, _ in g.members}) > 1 for g in applied.groups),
        comparisons=comparisons,
        decisions=len(chosen),
        waiting=tuple(f"{d} waits: there is no such entity" for d in applied.waiting),
    )


def register_id(member: Member, turn: int = 0) -> str:
    """The id of a row by the member that it was first made for; `turn` counts the ids that were taken before."""
    return "r" + hashlib.sha256("|".join((*member, *(["again"] * turn))).encode()).hexdigest()[:15]


def read_entries(folder: Path) -> tuple[list[Entry], int]:
    """The named and the described entities of a folder's stories, and how many stories there are."""
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


def _ids_before(path: Path) -> dict[Member, str]:
    """For each member of the register as it stood its row's id."""
    if not path.exists():
        return {}
    return {
        (m["document_id"], m["entity_id"]): row["id"]
        for row in read_lines(path, "register")
        for m in row["members"]
    }


def _ids(groups: Sequence[Joined], before: dict[Member, str], wanted: dict[int, str]) -> list[str]:
    """Each group's id: what a choice asks for, the old one of its anchor, that of most of its members, or a new one.

    An id is a function of the member for which it was first made (its anchor), so that it tells where it belongs.
    """
    members = [group.members for group in groups]
    claims = [(False, False, 0, id_, k) for k, id_ in wanted.items()]
    for k, own in enumerate(members):
        votes = Counter(before[m] for m in own if m in before)
        anchored = {before[m] for m in own if m in before and register_id(m) == before[m]}
        claims += [(True, id_ not in anchored, -n, id_, k) for id_, n in votes.items()]
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for *_, id_, k in sorted(claims):
        if k not in ids and id_ not in taken:
            ids[k] = id_
            taken.add(id_)
    for k, own in enumerate(members):
        if k not in ids:
            ids[k] = new_id(own, taken)
            taken.add(ids[k])
    return [ids[k] for k in range(len(groups))]


def new_id(members: Sequence[Member], taken: set[str]) -> str:
    """The first member's id; where another row holds that for good (it once was anchored there), a further one."""
    return next(i for n in count() for m in members if (i := register_id(m, n)) not in taken)


def _row(id_: str, group: Joined, renamed: str | None) -> dict[str, Any]:
    name = renamed or group.name
    evidence = set(group.evidence)
    if group.known is not None:
        evidence.add(f"known: {group.known.name}")
    if renamed:
        evidence.add(f"renamed by a person: {group.name}")
    wikidata = {e.wikidata for e in group.entries if e.wikidata}
    if group.known is not None and group.known.wikidata:
        wikidata = {group.known.wikidata}
    return {
        "schema": SCHEMA_VERSION,
        "id": id_,
        "name": name,
        "kind": group.kind,
        "aliases": [n for n in group.names if n != name],
        "members": [{"document_id": d, "entity_id": i} for d, i in group.members],
        "evidence": sorted(evidence),
        "wikidata": next(iter(wikidata)) if len(wikidata) == 1 else None,
    }
