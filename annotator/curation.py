"""What people decide about a folder's register: who is one, who is two, who is called what.

Each choice goes to `decisions.jsonl` in the folder and holds in every later link; the register is written anew at
once. `annotator entities` is the same from the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotator.decisions import FILE, Chosen, Decision, read_decisions, write_decisions
from annotator.errors import BadArgument
from annotator.names import fold
from annotator.register import REGISTER, LinkReport, checked_folder, new_id, read_entries, relink
from annotator.store import locked, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from annotator.entries import Member
    from annotator.model import EntityKind

# How many members and names a choice notes down to find its entity again.
MEMBERS, NAMES = 8, 6


@dataclass(frozen=True, slots=True)
class Registered:
    """A row of the register."""

    id: str
    name: str
    kind: EntityKind
    aliases: tuple[str, ...]
    members: tuple[Member, ...]
    evidence: tuple[str, ...]
    wikidata: str | None = None


def list_entities(
    folder: Path | str, *, name: str | None = None, kind: EntityKind | None = None
) -> list[Registered]:
    """The rows of a folder's register, those in most stories first; of a kind, with `name` in one of their names.

    Raises BadArgument if the folder was not linked.
    """
    path = checked_folder(folder) / REGISTER
    if not path.exists():
        raise BadArgument(f"{folder} has no {REGISTER}: run `annotator link {folder}` first")
    rows = [_registered(line) for line in read_lines(path, "register")]
    asked = fold(name or "")
    kept = [r for r in rows if kind in (None, r.kind) and any(asked in fold(n) for n in (r.name, *r.aliases))]
    return sorted(kept, key=lambda r: (-len(r.members), fold(r.name), r.id))


def merge_entities(folder: Path | str, ids: Sequence[str]) -> LinkReport:
    """Make the rows of two or more ids one, which keeps the first id.

    Raises BadArgument for an id that is not there, rows of several kinds or one id twice, Conflict if it speaks
    against an earlier choice; then nothing is changed.
    """
    if len(set(ids)) < max(2, len(ids)):
        raise BadArgument("give two or more different ids to merge")

    def choice(rows: dict[str, Registered]) -> Decision:
        chosen = [_row(rows, i) for i in ids]
        if len({r.kind for r in chosen}) > 1:
            told = ", ".join(f"{r.name} is a {r.kind}" for r in chosen)
            raise BadArgument(f"{told}: they cannot be one")
        return Decision("merge", tuple(_chosen(r) for r in chosen))

    return _decide(folder, choice)


def split_entity(folder: Path | str, id: str, stories: Iterable[str]) -> LinkReport:  # noqa: A002 - its field
    """Take the entities of these stories out of a row; together they become another one.

    A story is given by its id, or as `STORY#ENTITY` where it has several. Later stories follow a name that only those
    have; all others stay with the rest. Raises BadArgument for an id or a story
    that is not there or where nothing would be left, Conflict if it speaks against an earlier choice.
    """
    asked = list(stories)

    def choice(rows: dict[str, Registered]) -> Decision:
        row = _row(rows, id)
        taken = {m for s in asked for m in _members_of(row, s)}
        rest = [m for m in row.members if m not in taken]
        if not rest or not taken:
            raise BadArgument(
                f"{row.name} ({id}): name some of its stories, not {'all' if taken else 'none'}"
            )
        names = {e.member: set(e.names) for e in read_entries(checked_folder(folder))[0]}
        only = set().union(*(names[m] for m in taken)) - set().union(*(names[m] for m in rest))
        goes = sorted(taken)
        called = min(only, default=row.name)
        return Decision(
            "split",
            (
                Chosen(row.id, row.name, row.kind, (), tuple(rest[:MEMBERS])),
                Chosen(new_id(goes, set(rows)), called, row.kind, tuple(sorted(only)), tuple(goes)),
            ),
        )

    return _decide(folder, choice)


def rename_entity(folder: Path | str, id: str, name: str) -> LinkReport:  # noqa: A002 - its field
    """Call a row by another name; an earlier choice of a name for the same id is replaced.

    Raises BadArgument for an id that is not there or an empty name.
    """
    name = " ".join(name.split())
    if not name:
        raise BadArgument("give a name that is not empty")
    return _decide(folder, lambda rows: Decision("rename", (_chosen(_row(rows, id)),), name))


def _decide(folder: Path | str, choice: Callable[[dict[str, Registered]], Decision]) -> LinkReport:
    """Write the register with one more choice, and then the choice: one that cannot hold leaves no trace."""
    folder = checked_folder(folder)
    with locked(folder):
        decision = choice({r.id: r for r in list_entities(folder)})
        kept = [d for d in read_decisions(folder / FILE) if not _replaces(decision, d)]
        report = relink(folder, [*kept, decision])
        write_decisions(folder / FILE, [*kept, decision])
    return report


def _replaces(new: Decision, old: Decision) -> bool:
    return new.choice == old.choice == "rename" and new.of[0].id == old.of[0].id


def _members_of(row: Registered, story: str) -> list[Member]:
    found = [m for m in row.members if story in (m[0], f"{m[0]}#{m[1]}")]
    if not found:
        raise BadArgument(f"{row.name} ({row.id}) is not in the story {story}")
    return found


def _row(rows: dict[str, Registered], id_: str) -> Registered:
    if id_ not in rows:
        raise BadArgument(f"the register has no {id_}: `annotator entities list` tells the ids")
    return rows[id_]


def _chosen(row: Registered) -> Chosen:
    return Chosen(row.id, row.name, row.kind, (row.name, *row.aliases)[:NAMES], row.members[:MEMBERS])


def _registered(line: dict[str, Any]) -> Registered:
    members = tuple((m["document_id"], m["entity_id"]) for m in line["members"])
    told = (tuple(line["aliases"]), members, tuple(line["evidence"]), line.get("wikidata"))
    return Registered(line["id"], line["name"], line["kind"], *told)
