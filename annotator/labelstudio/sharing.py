"""Share a folder's stories out to groups of annotators, some stories to all groups, a project for each group.

Everybody in a project sees everybody's annotations there. In projects of their own, groups work without seeing
each other's, and what the shared stories bring tells how far they agree. `sharing.jsonl` keeps who has what.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadArgument
from annotator.labelstudio.push import PushReport, push
from annotator.model import SCHEMA_VERSION
from annotator.store import locked, read_annotations, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import SecretStr

    from annotator.labelstudio.push import Progress

__all__ = ["ShareReport", "assign", "project_of_group", "share"]

FILE = "sharing.jsonl"
Groups = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShareReport:
    """What each group's push did, how many stories all groups have, and how many were assigned for the first time."""

    pushes: tuple[PushReport, ...]
    stories: int
    shared: int
    new: int


def share(
    folder: Path | str,
    *,
    project: str,
    groups: int,
    url: str,
    token: SecretStr | str,
    shared: float = 10,
    progress: Progress | None = None,
) -> ShareReport:
    """Push each group's stories of `folder` to a project of its own, "PROJECT / 1", "PROJECT / 2" and so on.

    `shared` is the percentage of the stories that every group gets. Which these are, and whose the others are,
    follows from a hash of the story's id; what `sharing.jsonl` says of a story holds, so that none ever moves,
    whatever is added and whichever numbers are given later. A group without stories gets no project.
    Raises BadArgument, BadAnnotation, LabelStudioError, Busy.
    """
    folder = Path(folder)
    _check(project, groups, shared)
    with locked(folder):
        lines = list(read_lines(folder / FILE, "sharing")) if (folder / FILE).exists() else []
        known = {line["document_id"]: tuple(line["groups"]) for line in lines if line["project"] == project}
        if any(max(those) > groups for those in known.values()):
            raise BadArgument(f"{folder / FILE} has stories of more groups of {project!r} than {groups}")
        ids = [a.document_id for a in read_annotations(folder / "annotations.jsonl")]
        assigned = assign(ids, groups=groups, shared=shared, known=known)
        # Written before anything is sent: cut off in between, the next run sends the same to the same.
        others = [line for line in lines if line["project"] != project]
        everything = [*others, *_lines(project, {**known, **assigned})]
        write_lines(folder / FILE, sorted(everything, key=lambda li: (li["project"], li["document_id"])))
    pushes = [
        push(folder, project=project_of_group(project, n), url=url, token=token, only=only, progress=progress)
        for n in range(1, groups + 1)
        if (only := {i for i, those in assigned.items() if n in those})
    ]
    to_all = sum(len(those) > 1 for those in assigned.values())
    return ShareReport(tuple(pushes), len(assigned), to_all, len(assigned.keys() - known.keys()))


def assign(
    ids: Iterable[str], *, groups: int, shared: float, known: Mapping[str, Groups] | None = None
) -> dict[str, Groups]:
    """The groups, counted from 1, that have each story: all of them or one; as in `known` where it is there."""
    known = known or {}
    return {i: known[i] if i in known else _drawn(i, groups, shared) for i in ids}


def project_of_group(project: str, group: int) -> str:
    """The title of a group's project."""
    return f"{project} / {group}"


def _drawn(document_id: str, groups: int, shared: float) -> Groups:
    """Two independent numbers from one hash: whether all have the story, else who."""
    digest = hashlib.sha256(document_id.encode()).digest()
    if int.from_bytes(digest[:8]) < shared / 100 * 2**64:
        return tuple(range(1, groups + 1))
    return (int.from_bytes(digest[8:16]) % groups + 1,)


def _check(project: str, groups: int, shared: float) -> None:
    if groups < 2:
        raise BadArgument(f"stories are shared by 2 groups or more, not {groups}")
    if not 0 <= shared <= 100:
        raise BadArgument(f"the percentage of stories for all groups is from 0 to 100, not {shared:g}")
    longest = project_of_group(project, groups)
    if len(longest) > 50:
        raise BadArgument(f"a project's title has up to 50 characters, not {len(longest)}: {longest!r}")


def _lines(project: str, assigned: Mapping[str, Groups]) -> list[dict[str, Any]]:
    return [
        {"schema": SCHEMA_VERSION, "project": project, "document_id": i, "groups": list(those)}
        for i, those in assigned.items()
    ]
