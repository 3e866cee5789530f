"""Fetch what people submitted: `human.jsonl` as annotations, `studio.jsonl` with where each came from.

Both hold one line for a document and a person. `unfinished.jsonl` tells what was skipped or lies there as a
draft, `lint.jsonl` what to look at again. What a person submitted last counts, what was deleted in Label
Studio goes, and lines that came from another project or server stay.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.changes import changes, removed
from annotator.errors import LabelStudioError
from annotator.labelstudio.client import connected, find_project, server_key
from annotator.labelstudio.rebuild import from_result, leftovers
from annotator.lint import Finding, lint
from annotator.model import SCHEMA_VERSION, Annotation, Attribution, Document, Producer
from annotator.store import (
    annotation_from_json,
    annotation_to_json,
    check,
    locked,
    read_annotations,
    read_documents,
    write_lines,
)

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

__all__ = ["PullReport", "pull"]

Line = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull brought: annotations in all, how many are new, changed or gone since the last one.

    `old_text` names stories whose text has changed since the person saw it, `unknown` those that the folder
    does not hold: their annotations stay in Label Studio. `skipped` counts what people skipped, `drafts` what
    they began and did not submit; `notes` says in a line each what `lint.jsonl` holds.
    """

    project: str
    annotations: int
    new: int
    updated: int
    deleted: int
    skipped: int = 0
    drafts: int = 0
    old_text: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Submission:
    """One annotation as the server exports it, its task, and who made and who last changed it."""

    task: Mapping[str, Any]
    annotation: Mapping[str, Any]
    person: str
    updated_by: str

    @property
    def document_id(self) -> str:
        return str(self.task["data"].get("doc_id", ""))

    @property
    def text_sha256(self) -> str:
        return str(self.task["data"].get("text_sha256", ""))

    @property
    def when(self) -> tuple[datetime, int]:
        return _time(self.annotation), int(self.annotation["id"])


def pull(folder: Path | str, *, project: str, url: str, token: SecretStr | str) -> PullReport:
    """Bring what people submitted in the project of that title into `folder`; what they deleted goes.

    Writes `human.jsonl` (layer human, producer a pseudonym), `studio.jsonl` (provenance: task, annotation,
    times, model version that was corrected, what was changed), `unfinished.jsonl` (skipped and unsubmitted
    work, without its spans) and `lint.jsonl` (findings with their task's address).
    Raises BadArgument, LabelStudioError, and Busy while another run writes to the folder.
    """
    folder = Path(folder)
    with locked(folder):
        documents = {d.id: d for d in read_documents(folder / "documents.jsonl")}
        with connected(url, token) as client:
            found = find_project(client, project)
            if found is None:
                raise LabelStudioError(f"there is no project {project!r} at {url}: push to it first")
            server = server_key(client)
            exported = b"".join(
                client.projects.exports.download_sync(
                    int(found.id), export_type="JSON", download_all_tasks=True
                )
            )
            tasks = json.loads(exported)
            users = _users(client) if any(_drafts(task) for task in tasks) else {}
            origin = {
                "server": hashlib.sha256(server.encode()).hexdigest()[:12],
                "project_id": int(found.id),
                "project": project,
            }
        submissions = list(_submissions(tasks, server))
        taken, old_text, unknown = _usable(submissions, documents)
        latest = _latest(taken)
        machine = _machine(folder, {document_id for document_id, _ in latest})
        lines: dict[Key, tuple[Line, Line]] = {}
        findings: list[Line] = []
        for key, submission in latest.items():
            document = documents[key[0]]
            lines[key] = _lines(submission, document, machine.get(key[0]), origin)
            findings += _findings(submission, document, *lines[key], url)
        counts = _merge(folder, lines, origin, list(documents))
        unfinished = [*_skipped(submissions, origin), *_draft_lines(tasks, origin, users, server)]
        _replace_ours(folder / "unfinished.jsonl", unfinished, origin)
        _replace_ours(folder / "lint.jsonl", findings, origin)
    drafts = sum(line["state"] == "draft" for line in unfinished)
    notes = tuple(f"{line['document_id']}: {line['told']}" for line in findings)
    return PullReport(
        project, len(lines), *counts, len(unfinished) - drafts, drafts, old_text, unknown, notes
    )


def pseudonym(server: str, user: Any) -> str:  # noqa: ANN401 - a number, or a dictionary in some exports
    """Who a user of a server is in our files: always the same, and never to be turned back into a name."""
    number = user.get("id") if isinstance(user, Mapping) else user
    if number is None:
        return "annotator-unknown"
    return "annotator-" + hashlib.sha256(f"{server}|{number}".encode()).hexdigest()[:10]


def _submissions(tasks: list[Mapping[str, Any]], server: str) -> Iterator[_Submission]:
    for task in tasks:
        for annotation in task["annotations"]:
            by = annotation["completed_by"]
            updater = annotation.get("updated_by") or by
            yield _Submission(task, annotation, pseudonym(server, by), pseudonym(server, updater))


def _usable(
    submissions: list[_Submission], documents: Mapping[str, Document]
) -> tuple[list[_Submission], tuple[str, ...], tuple[str, ...]]:
    """What was submitted on a text that the folder holds; the stories with another text; those not held."""
    taken: list[_Submission] = []
    old_text: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for s in submissions:
        if s.annotation.get("was_cancelled"):
            continue
        document = documents.get(s.document_id)
        if document is None:
            unknown[s.document_id] = None
        elif document.text_sha256 != s.text_sha256 or document.text != s.task["data"]["text"]:
            old_text[s.document_id] = None
        else:
            taken.append(s)
    return taken, tuple(old_text), tuple(unknown)


def _latest(submissions: list[_Submission]) -> dict[Key, _Submission]:
    """For each document and person what was submitted or updated last."""
    ordered = sorted(submissions, key=lambda s: s.when)
    return {(s.document_id, s.person): s for s in ordered}


def _machine(folder: Path, ids: set[str]) -> dict[str, Annotation]:
    return {a.document_id: a for a in read_annotations(folder / "annotations.jsonl") if a.document_id in ids}


def _lines(
    submission: _Submission,
    document: Document,
    machine: Annotation | None,
    origin: Mapping[str, Any],
) -> tuple[Line, Line]:
    """The line of `human.jsonl` and that of `studio.jsonl`."""
    made = submission.annotation
    if machine is not None and machine.text_sha256 != document.text_sha256:
        machine = None
    attributions, entities = from_result(document, made["result"], machine)
    human = Annotation(
        document.id,
        document.text_sha256,
        "human",
        Producer("person", submission.person),
        attributions,
        entities,
    )
    check(human, document)
    parent = made.get("prediction") or {}
    if parent.get("id") != made.get("parent_prediction"):
        parent = {}  # a snapshot of the project's version at that time, not of what was opened
    before = machine.attributions if machine is not None else ()
    if parent:
        before, _ = from_result(document, parent.get("result") or [], machine)
    place: Line = {**origin, "task_id": submission.task["id"], "annotation_id": made["id"]}
    return annotation_to_json(human), {
        "schema": SCHEMA_VERSION,
        "document_id": document.id,
        "producer": submission.person,
        "text_sha256": document.text_sha256,
        **place,
        "parent_prediction": made.get("parent_prediction"),
        "model_version": parent.get("model_version"),
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
        "updated_by": submission.updated_by,
        "lead_time": made.get("lead_time"),
        **_changes(before, attributions),
    }


def _changes(before: tuple[Attribution, ...], after: tuple[Attribution, ...]) -> Line:
    """What a person did to each attribution that was shown.

    `kept`: nothing; `values`: act, attitude or speakers; `spans`: a span, with the content still overlapping
    one that is gone; `added`: new; `what` names the kinds of `annotator.changes`. `removed` lists those that
    neither stand nor were moved.
    """
    found = changes(before, after)
    told: list[Line] = []
    for change in found:
        if change.was is None:
            kind = "added"
        elif change.was != change.attribution_id:
            kind = "spans"
        else:
            kind = "values" if change.kinds else "kept"
        told.append(
            {
                "attribution_id": change.attribution_id,
                "kind": kind,
                "from": change.was,
                "what": list(change.kinds),
            }
        )
    return {"changes": told, "removed": list(removed(before, found))}


def _findings(
    submission: _Submission, document: Document, human: Line, place: Line, url: str
) -> Iterator[Line]:
    """The lines of `lint.jsonl` for one submission."""
    found: list[Finding] = leftovers(document.text, submission.annotation["result"])
    found += lint(document, annotation_from_json(human))
    for finding in sorted(found, key=lambda f: (f.span, f.rule)):
        yield {
            "schema": SCHEMA_VERSION,
            "document_id": document.id,
            "producer": submission.person,
            **{key: place[key] for key in ("server", "project_id", "project", "task_id", "annotation_id")},
            "url": f"{url.rstrip('/')}/projects/{place['project_id']}/data?task={place['task_id']}",
            "rule": finding.rule,
            "start": finding.span.start,
            "end": finding.span.end,
            "words": finding.span.of(document.text),
            "told": finding.told,
        }


def _skipped(submissions: list[_Submission], origin: Mapping[str, Any]) -> Iterator[Line]:
    for s in submissions:
        if s.annotation.get("was_cancelled"):
            yield _unfinished(s.task, s.annotation, "skipped", s.person, origin) | {
                "annotation_id": s.annotation["id"]
            }


def _draft_lines(
    tasks: list[Mapping[str, Any]], origin: Mapping[str, Any], users: Mapping[str, int], server: str
) -> Iterator[Line]:
    for task in tasks:
        for draft in _drafts(task):
            # The export names the user of a draft by address, everywhere else it gives the number.
            user = draft.get("user")
            person = pseudonym(server, users.get(user) if isinstance(user, str) else user)
            line = _unfinished(task, draft, "draft", person, origin)
            yield line | {"annotation_id": draft.get("annotation")}


def _drafts(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was begun and not submitted: new work, and changes to what had been submitted."""
    found = {d["id"]: d for d in task.get("drafts") or () if isinstance(d, Mapping)}
    for annotation in task["annotations"]:
        found |= {d["id"]: d for d in annotation.get("drafts") or () if isinstance(d, Mapping)}
    return list(found.values())


def _users(client: LabelStudio) -> dict[str, int]:
    return {str(user.email): int(user.id) for user in client.users.list()}


def _unfinished(
    task: Mapping[str, Any], made: Mapping[str, Any], state: str, person: str, origin: Mapping[str, Any]
) -> Line:
    """A line of `unfinished.jsonl`: who left which story in which state, when, and after how many seconds."""
    return {
        "schema": SCHEMA_VERSION,
        "document_id": str(task["data"].get("doc_id", "")),
        "producer": person,
        "state": state,
        **origin,
        "task_id": task["id"],
        "created_at": made.get("created_at"),
        "updated_at": made.get("updated_at"),
        "lead_time": made.get("lead_time"),
    }


def _replace_ours(path: Path, lines: list[Line], origin: Mapping[str, Any]) -> None:
    """Write this project's lines anew; those of other projects stay."""
    elsewhere = [line for line in _read(path) if _origin(line) != _origin(origin)]
    if lines or path.exists():
        write_lines(path, [*elsewhere, *lines])


def _merge(
    folder: Path, lines: Mapping[Key, tuple[Line, Line]], origin: Mapping[str, Any], order: list[str]
) -> tuple[int, int, int]:
    """Write both files and return how many lines of this project are new, updated and deleted."""
    human = {_human_key(line): line for line in _read(folder / "human.jsonl", checked=True)}
    origins = {_studio_key(line): line for line in _read(folder / "studio.jsonl")}
    ours = {key for key, line in origins.items() if _origin(line) == _origin(origin)}
    elsewhere = {key: line for key, line in origins.items() if key not in ours}
    # One person may have done a story in two projects: what was done last stands.
    lines = {
        key: pair
        for key, pair in lines.items()
        if key not in elsewhere or _time(elsewhere[key]) <= _time(pair[1])
    }
    new = sum(key not in origins for key in lines)
    updated = sum(key in origins and origins[key] != pair[1] for key, pair in lines.items())
    deleted = ours - lines.keys()
    merged = {key: line for key, line in human.items() if key not in deleted}
    merged.update({key: pair[0] for key, pair in lines.items()})
    studio = {**origins, **{key: pair[1] for key, pair in lines.items()}}
    place = {document_id: number for number, document_id in enumerate(order)}

    def rank(key: Key) -> tuple[int, str, str]:
        return place.get(key[0], len(place)), *key

    # The provenance of a line is on the disk before the line is, and goes after it: killed between the
    # two, the next pull still knows which lines are its own.
    write_lines(folder / "studio.jsonl", [studio[key] for key in sorted(studio, key=rank)])
    write_lines(folder / "human.jsonl", [merged[key] for key in sorted(merged, key=rank)])
    if deleted:
        left = sorted(studio.keys() - deleted, key=rank)
        write_lines(folder / "studio.jsonl", [studio[key] for key in left])
    return new, updated, len(deleted)


def _read(path: Path, *, checked: bool = False) -> Iterator[Line]:
    if not path.exists():
        return
    with path.open("rb") as handle:
        for number, raw in enumerate(handle, start=1):
            if checked:
                annotation_from_json(raw, where=f"{path}:{number}")
            yield json.loads(raw)


def _human_key(line: Line) -> Key:
    return line["document_id"], line["producer"]["name"]


def _studio_key(line: Line) -> Key:
    return line["document_id"], line["producer"]


def _time(line: Mapping[str, Any]) -> datetime:
    # As text they would not sort: the server leaves out a fraction of a second that is nought.
    return datetime.fromisoformat(line["updated_at"])


def _origin(line: Mapping[str, Any]) -> tuple[str, int]:
    return line["server"], line["project_id"]
