"""What people did in a project, as a pull knows it: fetched whole once, afterwards only what has changed.

A file in the folder remembers for each task when it last changed and what people had done in it. A task that
has another time now is fetched again; drafts do not change that time, so tasks with drafts are always fetched.
The file may be lost, damaged, older or of another project: then more is fetched, and the outcome is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from annotator.labelstudio.client import tasks_where
from annotator.model import sha256_of
from annotator.store import write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from label_studio_sdk import LabelStudio

__all__ = ["Work", "fetch", "origin_of", "pseudonym", "remember", "remembered_in"]

Task = dict[str, Any]
# Tasks of one download: their numbers stand in the address, which has a longest length.
CHUNK = 200
# So long after the time that it bears a change may come to be seen: its transaction has to end first.
OVERLAP = timedelta(seconds=5)
# What older versions of this program remembered is not read.
FORMAT = 1


@dataclass(slots=True)
class Work:
    """The tasks of a project in which people did something, in the order of their numbers.

    `times` tells when each task of the project last changed, None where that was a moment ago; `fetched` is
    the number of tasks that were downloaded. Of people it holds pseudonyms only, of texts hashes.
    """

    origin: Mapping[str, Any]
    tasks: list[Task] = field(default_factory=list)
    times: dict[int, str | None] = field(default_factory=dict)
    fetched: int = 0


def fetch(client: LabelStudio, path: Path, *, server: str, origin: Mapping[str, Any]) -> Work:
    """What people did in the project of `origin` so far; `path` is what `remember` wrote, if anything.

    `server` is the key that pseudonyms are made with. Raises what the client raises.
    """
    number = int(origin["project_id"])
    known, before = _remembered(path, origin)
    listed = _times(client, number)
    drafted = {int(t.id) for t in tasks_where(client, number, draft_exists=("equal", "Boolean", True))}
    changed = [
        task
        for task, time in listed.items()
        if time is None or before.get(task) != time or task in drafted or known.get(task, {}).get("drafts")
    ]
    work = Work(origin, times=listed, fetched=len(changed))
    tasks = {task: line for task, line in known.items() if task in listed and task not in set(changed)}
    whole = len(changed) == len(listed)
    users: dict[str, int] = {}
    for start in range(0, len(changed), len(changed) if whole else CHUNK) if changed else ():
        chunk = [] if whole else changed[start : start + CHUNK]
        exported = _download(client, number, chunk)
        if not users and any(_drafts(task) for task in exported):
            users = {str(user.email): int(user.id) for user in client.users.list()}
        tasks.update((int(task["id"]), _kept(task, server, users)) for task in exported)
    work.tasks = [task for _, task in sorted(tasks.items()) if task["annotations"] or task["drafts"]]
    return work


def remember(path: Path, work: Work) -> None:
    """Write down what the next `fetch` need not ask for again."""
    done = {task["id"]: task for task in work.tasks}
    head = {"format": FORMAT, **work.origin}
    lines = ({"id": i, "time": time, "task": done.get(i)} for i, time in work.times.items())
    write_lines(path, [head, *lines])


def pseudonym(server: str, user: Any) -> str:  # noqa: ANN401 - a number, or a dictionary in some exports
    """Who a user of a server is in our files: always the same, and never to be turned back into a name."""
    number = user.get("id") if isinstance(user, Mapping) else user
    if number is None:
        return "annotator-unknown"
    return "annotator-" + hashlib.sha256(f"{server}|{number}".encode()).hexdigest()[:10]


def origin_of(server: str, number: int, project: str) -> dict[str, Any]:
    """What tells a project from all others in our files; `server` is the key that pseudonyms are made with."""
    key = hashlib.sha256(server.encode()).hexdigest()[:12]
    return {"server": key, "project_id": number, "project": project}


def remembered_in(folder: Path, origin: Mapping[str, Any]) -> Path:
    """Where `remember` writes for this project."""
    return folder / f".pulled-{origin['server']}-{origin['project_id']}.jsonl"


def _remembered(path: Path, origin: Mapping[str, Any]) -> tuple[dict[int, Task], dict[int, str | None]]:
    """The tasks with work and the times of all, as far as they are of this project and can be read."""
    try:
        head, *lines = (json.loads(line) for line in path.read_bytes().splitlines())
        same = [head.get(key) == value for key, value in {"format": FORMAT, **origin}.items()]
        if not all(same):
            return {}, {}
        tasks = {int(line["id"]): line["task"] for line in lines if line["task"] is not None}
        return tasks, {int(line["id"]): line["time"] for line in lines}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, {}


def _times(client: LabelStudio, project: int) -> dict[int, str | None]:
    """When each task of the project last changed, by the server's clock; None for the last few seconds."""
    answer = client.projects.with_raw_response.get(project)
    now = parsedate_to_datetime(answer.headers["date"])
    # Only these two fields are asked for: a thousand tasks are a second's work then.
    listed = client.tasks.list(project=project, fields="task_only", include="id,updated_at", page_size=1000)
    times: dict[int, str | None] = {}
    for task in listed:
        at = task.updated_at
        at = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
        times[int(task.id)] = at.astimezone(UTC).isoformat() if at < now - OVERLAP else None
    return times


def _download(client: LabelStudio, project: int, tasks: list[int]) -> list[Task]:
    """These tasks, or all, as the server exports them."""
    only: dict[str, Any] = {"additional_query_parameters": {"ids[]": tasks}} if tasks else {}
    parts = client.projects.exports.download_sync(
        project, export_type="JSON", download_all_tasks=True, request_options=only
    )
    exported: list[Task] = json.loads(b"".join(parts))
    return exported


def _kept(task: Task, server: str, users: Mapping[str, int]) -> Task:
    """Of an exported task what a pull needs, with people as pseudonyms."""
    data = task["data"]
    return {
        "id": task["id"],
        "document_id": str(data.get("doc_id", "")),
        "text_sha256": str(data.get("text_sha256", "")),
        "shown_sha256": sha256_of(str(data.get("text", ""))),
        "start": data.get("start"),
        "end": data.get("end"),
        "annotations": [_annotation(made, server) for made in task["annotations"]],
        "drafts": [_draft(made, server, users) for made in _drafts(task)],
    }


def _annotation(made: Mapping[str, Any], server: str) -> dict[str, Any]:
    parent = made.get("prediction") or {}
    if parent.get("id") != made.get("parent_prediction"):
        parent = {}  # a snapshot of the project's version at that time, not of what was opened
    fields = ("id", "result", "created_at", "updated_at", "lead_time", "parent_prediction")
    return {
        **{key: made.get(key) for key in fields},
        "was_cancelled": bool(made.get("was_cancelled")),
        "person": pseudonym(server, made["completed_by"]),
        "updated_by": pseudonym(server, made.get("updated_by") or made["completed_by"]),
        "model_version": parent.get("model_version"),
        "before": parent.get("result"),
    }


def _drafts(task: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What was begun and not submitted: new work, and changes to what had been submitted."""
    found = {d["id"]: d for d in task.get("drafts") or () if isinstance(d, Mapping)}
    for made in task["annotations"]:
        found |= {d["id"]: d for d in made.get("drafts") or () if isinstance(d, Mapping)}
    return iter(found.values())


def _draft(made: Mapping[str, Any], server: str, users: Mapping[str, int]) -> dict[str, Any]:
    # The export names the user of a draft by address, everywhere else it gives the number.
    user = made.get("user")
    fields = {key: made.get(key) for key in ("annotation", "created_at", "updated_at", "lead_time")}
    return {**fields, "person": pseudonym(server, users.get(user) if isinstance(user, str) else user)}
