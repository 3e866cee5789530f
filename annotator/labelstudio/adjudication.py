"""Adjudicate: people's versions of a story side by side in a project for the leader, whose choice becomes gold.

The project is one of its own, known by its description; no other is ever written to. `adjudication.jsonl` says of
each line of `gold.jsonl` that comes from it whose versions were there, which it began from, who decided and when.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio.client import connected, find_project, server_key, tasks_where
from annotator.labelstudio.pull import pseudonym
from annotator.labelstudio.push import (
    _batches,
    _import_tasks,
    _key,
    _lock_of,
    _project,
    _show,
    _there,
    _whole,
)
from annotator.labelstudio.rebuild import from_result
from annotator.labelstudio.tasks import check_result, model_version, to_prediction
from annotator.model import SCHEMA_VERSION, Annotation, Document, Producer
from annotator.store import (
    annotation_to_json,
    check,
    locked,
    read_annotations,
    read_documents,
    read_lines,
    write_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

__all__ = ["AdjudicateReport", "DecisionsReport", "adjudicate", "agreed", "pull_decisions"]

# By this a project is known as one of ours: a project that people annotate in is never taken for it.
DESCRIPTION = "Made by `annotator adjudicate`: several people's versions of each story, to decide between."
FILE = "adjudication.jsonl"
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A story with its versions (people's, then the machine's) and how far people agree, from 0 to 1."""

    document: Document
    machine: Annotation
    people: tuple[Annotation, ...]
    agreement: float


@dataclass(frozen=True, slots=True)
class AdjudicateReport:
    """What was put up for decision; `agreed` counts the stories left out since people agree exactly."""

    project: str
    url: str
    disputed: int
    agreed: int
    new_tasks: int
    new_versions: int


@dataclass(frozen=True, slots=True)
class DecisionsReport:
    """What was fetched: decisions in all, new, changed and gone; `old_text` names stories that changed since."""

    project: str
    decisions: int
    new: int
    updated: int
    deleted: int
    old_text: tuple[str, ...] = ()


def adjudicate(folder: Path | str, *, project: str, url: str, token: SecretStr | str) -> AdjudicateReport:
    """Put each story that two people or more submitted differently into the project, with all versions.

    The versions are predictions named "person 3f2a" by pseudonym, and the machine's; their score is people's
    agreement, so that the most disputed story comes first. Run again, it adds only what is new: a version that
    has changed comes as another, "person 3f2a, 2". Raises BadArgument, LabelStudioError (also if the project
    was not made for this), Busy.
    """
    folder = Path(folder)
    disputed, same = _doubly(folder)
    if not disputed and not same:
        raise BadArgument(f"{folder} holds no story that two people submitted: fetch with annotator pull")
    with locked(_lock_of(url, project)), connected(url, token) as client:
        number = _own_project(client, project)
        by_id = {d.document.id: d for d in disputed}
        tasks = versions = 0
        for batch in _batches((d.document, d.machine) for d in disputed):
            there = _there(client, number, batch)
            new = [piece for piece in map(_whole, batch) if piece.key not in there]
            if new:
                _import_tasks(client, number, batch, new)
                tasks += len(new)
            versions += _send(client, number, [by_id[document.id] for document, _ in batch])
        if disputed:
            shown = Counter(model_version(d.machine.producer) for d in disputed).most_common(1)[0][0]
            _show(client, number, shown)
    return AdjudicateReport(
        project, f"{url.rstrip('/')}/projects/{number}/data", len(disputed), same, tasks, versions
    )


def agreed(one: Annotation, other: Annotation) -> float:
    """The F1 of what two annotations say: contents, sources, cues, acts, attitudes and speakers' names."""
    left, right = _said(one), _said(other)
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 1.0


def _said(annotation: Annotation) -> set[tuple[Any, ...]]:
    names = {e.id: e.name for e in annotation.entities}
    return {
        (a.content, field, value)
        for a in annotation.attributions
        for field, value in (
            ("content", a.content),
            ("source", a.source),
            ("cue", a.cue),
            ("act", a.act),
            ("attitude", a.attitude),
            ("speakers", tuple(sorted(names[i] for i in a.speaker_ids))),
        )
    }


def _doubly(folder: Path) -> tuple[list[Disputed], int]:
    """The stories on which people differ, the most disputed first, and how many others two have submitted."""
    documents = {d.id: d for d in read_documents(folder / "documents.jsonl")}
    path = folder / "human.jsonl"
    people: dict[str, list[Annotation]] = {}
    for a in read_annotations(path) if path.exists() else ():
        document = documents.get(a.document_id)
        if document is not None and document.text_sha256 == a.text_sha256:
            people.setdefault(a.document_id, []).append(a)
    made = {i: sorted(those, key=lambda a: a.producer.name) for i, those in people.items() if len(those) > 1}
    found: list[Disputed] = []
    for machine in read_annotations(folder / "annotations.jsonl"):
        those = made.get(machine.document_id, [])
        if those and machine.text_sha256 == documents[machine.document_id].text_sha256:
            pairs = [agreed(a, b) for a, b in combinations(those, 2)]
            score = sum(pairs) / len(pairs)
            found.append(Disputed(documents[machine.document_id], machine, tuple(those), score))
    disputed = [d for d in found if d.agreement < 1]
    return sorted(disputed, key=lambda d: (d.agreement, d.document.id)), len(found) - len(disputed)


def _own_project(client: LabelStudio, title: str) -> int:
    found = find_project(client, title)
    if found is not None and found.description != DESCRIPTION:
        raise LabelStudioError(f"project {title!r} was not made by annotator adjudicate: give another title")
    number = _project(client, title)
    if found is None:
        client.projects.update(number, description=DESCRIPTION)
    return number


def _person(name: str) -> str:
    """How a pseudonym is called in the project: "annotator-3f2a91c04e" as "person 3f2a"."""
    return f"person {name.removeprefix('annotator-')[:4]}"


def _names(people: Sequence[Annotation]) -> dict[str, str]:
    """What to call each person by pseudonym; the whole pseudonym where the short names are the same."""
    short = {a.producer.name: _person(a.producer.name) for a in people}
    often = Counter(short.values())
    return {
        name: call if often[call] == 1 else f"person {name.removeprefix('annotator-')}"
        for name, call in short.items()
    }


def _send(client: LabelStudio, project: int, batch: list[Disputed]) -> int:
    """Send the versions that the tasks lack, put the scores of those there right; how many were sent."""
    ids = [d.document.id for d in batch]
    found = tasks_where(client, project, whole=True, data_doc_id=("in_list", "List", ids))
    tasks: dict[tuple[str, str], Any] = {}
    for task in sorted(found, key=lambda t: int(t.id)):
        tasks.setdefault((task.data["doc_id"], task.data["text_sha256"]), task)
    rows: list[Line] = []
    for d in batch:
        task = tasks[_key(d.document)]
        score = round(d.agreement, 4)
        for p in task.predictions:
            if p.score != score:
                client.predictions.update(p.id, score=score)
        there = {p.model_version: p.result for p in task.predictions}
        for row in _versions(d, task):
            name = _next_name(row["model_version"], row["result"], there)
            if name is not None:
                rows.append({**row, "model_version": name, "task": int(task.id), "score": score})
    if rows:
        answer = client.projects.import_predictions(id=project, request=rows)
        if answer.created != len(rows):
            raise LabelStudioError(f"{answer.created} of {len(rows)} versions were stored: run it again")
    return len(rows)


def _versions(d: Disputed, task: Any) -> Iterator[Line]:  # noqa: ANN401 - the SDK's own type
    known = frozenset(str(s["value"]) for s in task.data["speakers"])
    names = _names(d.people)
    for annotation in (*d.people, d.machine):
        row = to_prediction(d.document, annotation, known=known)
        check_result(d.document.text, row["result"], known=known)
        if annotation is not d.machine:
            row["model_version"] = names[annotation.producer.name]
        yield row


def _next_name(name: str, result: list[Line], there: Mapping[str, Any]) -> str | None:
    """Under what name a version is to be sent; None if it is there, as the last of that name."""
    last, number = name, 1
    while (following := f"{name}, {number + 1}") in there:
        last, number = following, number + 1
    if last not in there:
        return name
    return None if _same(there[last], result) else following


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON
    def plain(value: Any) -> str:  # noqa: ANN401 - JSON
        return json.dumps(value, sort_keys=True, default=lambda v: v.dict())

    return plain(one) == plain(other)


def pull_decisions(folder: Path | str, *, project: str, url: str, token: SecretStr | str) -> DecisionsReport:
    """Bring what was submitted in the project of `adjudicate` into `gold.jsonl`, one decision a story: the last.

    Where each came from goes to `adjudication.jsonl`. Gold that did not come from this project stays.
    Raises BadArgument, LabelStudioError, Busy.
    """
    folder = Path(folder)
    with locked(folder):
        documents = {d.id: d for d in read_documents(folder / "documents.jsonl")}
        with connected(url, token) as client:
            found = find_project(client, project)
            if found is None or found.description != DESCRIPTION:
                raise LabelStudioError(f"there is no project {project!r} made by annotator adjudicate")
            server = server_key(client)
            exported = b"".join(client.projects.exports.download_sync(int(found.id), export_type="JSON"))
            versions = {
                int(t.id): {int(p.id): str(p.model_version) for p in t.predictions}
                for t in tasks_where(client, int(found.id), whole=True)
            }
        origin = {
            "server": hashlib.sha256(server.encode()).hexdigest()[:12],
            "project_id": int(found.id),
            "project": project,
        }
        machine = {a.document_id: a for a in read_annotations(folder / "annotations.jsonl")}
        last, old_text = _decided(json.loads(exported), documents)
        lines: dict[str, tuple[Line, Line]] = {}
        for i, (task, made) in last.items():
            shown = versions.get(int(task["id"]), {})
            lines[i] = _gold(documents[i], made, machine.get(i), server, shown)
            lines[i][1].update(origin, task_id=int(task["id"]))
        counts = _merge(folder, lines, origin)
    return DecisionsReport(project, len(lines), *counts, old_text)


def _decided(
    tasks: list[Line], documents: Mapping[str, Document]
) -> tuple[dict[str, tuple[Line, Line]], tuple[str, ...]]:
    """By story the task and the annotation that was submitted last; the stories whose text is another now."""
    last: dict[str, tuple[Line, Line]] = {}
    old_text: dict[str, None] = {}
    submitted = [(task, a) for task in tasks for a in task["annotations"] if not a.get("was_cancelled")]
    for task, made in sorted(submitted, key=lambda pair: int(pair[1]["id"])):
        document_id = str(task["data"].get("doc_id", ""))
        document = documents.get(document_id)
        if document is None or document.text_sha256 != task["data"].get("text_sha256"):
            old_text[document_id] = None
        else:
            last[document_id] = (task, made)
    return last, tuple(old_text)


def _gold(
    document: Document, made: Line, machine: Annotation | None, server: str, shown: Mapping[int, str]
) -> tuple[Line, Line]:
    """The line of `gold.jsonl` and that of `adjudication.jsonl`, the latter without its project and task."""
    if machine is not None and machine.text_sha256 != document.text_sha256:
        machine = None
    who = pseudonym(server, made["completed_by"])
    attributions, entities = from_result(document, made["result"], machine)
    gold = Annotation(
        document.id, document.text_sha256, "gold", Producer("person", who), attributions, entities
    )
    check(gold, document)
    parent = made.get("parent_prediction")
    return annotation_to_json(gold), {
        "schema": SCHEMA_VERSION,
        "document_id": document.id,
        "producer": who,
        "text_sha256": document.text_sha256,
        "annotation_id": int(made["id"]),
        "versions": [shown[i] for i in sorted(shown)],
        "parent_prediction": parent,
        "began_from": shown.get(parent) if parent is not None else None,
        "created_at": made["created_at"],
        "decided_at": made["updated_at"],
        "updated_by": pseudonym(server, made.get("updated_by") or made["completed_by"]),
        "lead_time": made.get("lead_time"),
    }


def _merge(
    folder: Path, lines: Mapping[str, tuple[Line, Line]], origin: Mapping[str, Any]
) -> tuple[int, int, int]:
    """Write both files; how many decisions of this project are new, changed and gone."""
    path = folder / FILE
    before = list(read_lines(path, "adjudication")) if path.exists() else []
    ours = {
        li["document_id"]: li for li in before if all(li[k] == origin[k] for k in ("server", "project_id"))
    }
    others = [li for li in before if ours.get(li["document_id"]) is not li]
    came = {(li["document_id"], li["producer"]) for li in ours.values()}
    came |= {(i, gold["producer"]["name"]) for i, (gold, _) in lines.items()}
    gold_path = folder / "gold.jsonl"
    kept = [
        annotation_to_json(a)
        for a in (read_annotations(gold_path) if gold_path.exists() else ())
        if (a.document_id, a.producer.name) not in came
    ]
    decided = sorted(lines.items())
    # As in pull: the provenance of a line is on the disk before the line is, and goes after it.
    gone = [li for i, li in ours.items() if i not in lines]
    write_lines(path, [*others, *gone, *(line for _, (_, line) in decided)])
    write_lines(gold_path, [*kept, *(line for _, (line, _) in decided)])
    write_lines(path, [*others, *(line for _, (_, line) in decided)])
    new = sum(i not in ours for i in lines)
    updated = sum(i in ours and ours[i] != line for i, (_, line) in lines.items())
    return new, updated, len(gone)
