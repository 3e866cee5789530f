"""Fetch what people submitted: `human.jsonl` as annotations, `studio.jsonl` with where each came from.

Both hold one line for a document and a person. `unfinished.jsonl` tells what was skipped or lies there as a
draft, `lint.jsonl` what to look at again. What a person submitted last counts, what was deleted in Label
Studio goes, and lines that came from another project or server stay.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.changes import changes, removed
from annotator.labelstudio.client import connected, server_key
from annotator.labelstudio.projects import existing_project
from annotator.labelstudio.rebuild import from_result, leftovers
from annotator.labelstudio.submissions import Done, Submission, submitted, time_of, whole
from annotator.labelstudio.tabs import show_linted
from annotator.labelstudio.work import Work, fetch, origin_of, pseudonym, remember, remembered_in
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
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import SecretStr

__all__ = ["PullReport", "pseudonym", "pull"]

Line = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull brought: annotations in all, how many are new, changed or gone since the last one.

    `old_text` names stories whose text has changed since the person saw it, `unknown` those that the folder
    does not hold: their annotations stay in Label Studio. `skipped` counts what people skipped, `drafts` what
    they began and did not submit; `notes` says in a line each what `lint.jsonl` holds. `in_part` names long
    stories of which some parts are not submitted yet, `fetched` is the number of tasks that were downloaded.
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
    in_part: tuple[str, ...] = ()
    fetched: int = 0


def pull(folder: Path | str, *, project: str, url: str, token: SecretStr | str) -> PullReport:
    """Bring what people submitted in the project of that title into `folder`; what they deleted goes.

    Writes `human.jsonl` (layer human, producer a pseudonym), `studio.jsonl` (provenance: task, annotation,
    times, model version that was corrected, what was changed), `unfinished.jsonl` (skipped and unsubmitted
    work, without its spans) and `lint.jsonl` (findings with their task's address); what has findings stands
    in the tab "To look at" of the project. Only tasks that changed since the last pull are downloaded.
    A story in parts counts when all of them are submitted: by one person, or by several together, whose
    pseudonyms are joined with "+" then. Raises BadArgument, LabelStudioError, and Busy while another run
    writes to the folder.
    """
    folder = Path(folder)
    with locked(folder):
        documents = {d.id: d for d in read_documents(folder / "documents.jsonl")}
        with connected(url, token) as client:
            found = existing_project(client, project)
            server = server_key(client)
            origin = origin_of(server, int(found.id), project)
            known = remembered_in(folder, origin)
            work = fetch(client, known, server=server, origin=origin)
            report, linted = _written(folder, documents, work, url)
            show_linted(client, int(found.id), linted)
        remember(known, work)
    return report


def _written(
    folder: Path, documents: Mapping[str, Document], work: Work, url: str
) -> tuple[PullReport, list[int]]:
    """Write the files; the report, and the numbers of the annotations that have findings."""
    origin = work.origin
    submissions, old_text, unknown = submitted(work.tasks, documents)
    done, waiting = whole(submissions, documents)
    machine = _machine(folder, {document_id for document_id, _ in done})
    lines: dict[Key, tuple[Line, Line]] = {}
    findings: list[Line] = []
    for key, story in done.items():
        document = documents[key[0]]
        lines[key] = _lines(story, document, machine.get(key[0]), origin)
        findings += _findings(story, document, lines[key][0], origin, url)
    counts = _merge(folder, lines, origin, list(documents))
    unfinished = list(_unfinished(work.tasks, waiting, origin))
    _replace_ours(folder / "unfinished.jsonl", unfinished, origin)
    _replace_ours(folder / "lint.jsonl", findings, origin)
    states = Counter(line["state"] for line in unfinished)
    report = PullReport(
        str(origin["project"]),
        len(lines),
        *counts,
        states["skipped"],
        states["draft"],
        old_text,
        unknown,
        tuple(f"{line['document_id']}: {line['told']}" for line in findings),
        tuple(dict.fromkeys(s.document_id for s in waiting)),
        work.fetched,
    )
    return report, sorted({int(line["annotation_id"]) for line in findings})


def _machine(folder: Path, ids: set[str]) -> dict[str, Annotation]:
    return {a.document_id: a for a in read_annotations(folder / "annotations.jsonl") if a.document_id in ids}


def _lines(
    done: Done, document: Document, machine: Annotation | None, origin: Mapping[str, Any]
) -> tuple[Line, Line]:
    """The line of `human.jsonl` and that of `studio.jsonl`."""
    if machine is not None and machine.text_sha256 != document.text_sha256:
        machine = None
    attributions, entities = from_result(document, done.result(), machine)
    human = Annotation(
        document.id,
        document.text_sha256,
        "human",
        Producer("person", done.person),
        attributions,
        entities,
    )
    check(human, document)
    made = [s.annotation for s in done.parts]
    before = machine.attributions if machine is not None else ()
    if all(m["before"] is not None for m in made):
        before, _ = from_result(document, done.result("before"), machine)
    versions = {m["model_version"] for m in made}
    times = [m["lead_time"] for m in made if m["lead_time"] is not None]
    last = done.last.annotation
    return annotation_to_json(human), {
        "schema": SCHEMA_VERSION,
        "document_id": document.id,
        "producer": done.person,
        "text_sha256": document.text_sha256,
        **origin,
        "task_id": done.parts[0].task["id"],
        "annotation_id": made[0]["id"],
        "parent_prediction": made[0]["parent_prediction"],
        "model_version": versions.pop() if len(versions) == 1 else None,
        "created_at": min(made, key=lambda m: datetime.fromisoformat(m["created_at"]))["created_at"],
        "updated_at": last["updated_at"],
        "updated_by": last["updated_by"],
        "lead_time": sum(times) if times else None,
        **({"parts": [_part(s) for s in done.parts]} if len(done.parts) > 1 else {}),
        **_changes(before, attributions),
    }


def _part(s: Submission) -> Line:
    return {
        "start": s.span.start,
        "end": s.span.end,
        "producer": s.person,
        "task_id": s.task["id"],
        "annotation_id": s.annotation["id"],
        "parent_prediction": s.annotation["parent_prediction"],
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
    done: Done, document: Document, human: Line, origin: Mapping[str, Any], url: str
) -> Iterator[Line]:
    """The lines of `lint.jsonl` for one story; of a long one each leads to the part it is in."""
    found: list[Finding] = leftovers(document.text, done.result())
    found += lint(document, annotation_from_json(human))
    for finding in sorted(found, key=lambda f: (f.span, f.rule)):
        part = done.at(finding.span)
        yield {
            "schema": SCHEMA_VERSION,
            "document_id": document.id,
            "producer": done.person,
            **origin,
            "task_id": part.task["id"],
            "annotation_id": part.annotation["id"],
            "url": f"{url.rstrip('/')}/projects/{origin['project_id']}/data?task={part.task['id']}",
            "rule": finding.rule,
            "start": finding.span.start,
            "end": finding.span.end,
            "words": finding.span.of(document.text),
            "told": finding.told,
        }


def _unfinished(
    tasks: Iterable[Mapping[str, Any]], waiting: Iterable[Submission], origin: Mapping[str, Any]
) -> Iterator[Line]:
    """The lines of `unfinished.jsonl`: who left which story in which state, when, and after how many seconds."""
    left = [
        (task, made, "skipped") for task in tasks for made in task["annotations"] if made["was_cancelled"]
    ]
    left += [(s.task, s.annotation, "part") for s in waiting]
    left += [(task, made, "draft") for task in tasks for made in task["drafts"]]
    for task, made, state in left:
        yield {
            "schema": SCHEMA_VERSION,
            "document_id": task["document_id"],
            "producer": made["person"],
            "state": state,
            **origin,
            "task_id": task["id"],
            "annotation_id": made["annotation"] if state == "draft" else made["id"],
            "created_at": made["created_at"],
            "updated_at": made["updated_at"],
            "lead_time": made["lead_time"],
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
        if key not in elsewhere or time_of(elsewhere[key]) <= time_of(pair[1])
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


def _origin(line: Mapping[str, Any]) -> tuple[str, int]:
    return line["server"], line["project_id"]
