"""What was decided between people's versions, fetched: `gold.jsonl`, and where each line of it comes from.

A line of `gold.jsonl` names who decided (`producer.name`) and between whose versions (`producer.settings`);
`adjudication.jsonl` says the rest: which one it began from, when, in which task.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.labelstudio.adjudication import names_of
from annotator.labelstudio.client import connected, server_key, tasks_where
from annotator.labelstudio.projects import existing_project
from annotator.labelstudio.rebuild import from_result
from annotator.labelstudio.submissions import Done, Submission, decided, submitted
from annotator.labelstudio.work import fetch, origin_of, remember, remembered_in
from annotator.model import SCHEMA_VERSION, Annotation, Producer
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
    from collections.abc import Iterable, Mapping

    from pydantic import SecretStr

    from annotator.model import Document

__all__ = ["DecisionsReport", "pull_decisions"]

FILE = "adjudication.jsonl"
Line = dict[str, Any]
# By task the names under which versions were put up, by their number in Label Studio.
Versions = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class DecisionsReport:
    """What was fetched: decisions in all, new, changed and gone.

    `old_text` names stories that changed since, `in_part` long ones of which parts are not decided, `unknown`
    those that the folder does not hold.
    """

    project: str
    decisions: int
    new: int
    updated: int
    deleted: int
    old_text: tuple[str, ...] = ()
    in_part: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def pull_decisions(folder: Path | str, *, project: str, url: str, token: SecretStr | str) -> DecisionsReport:
    """Bring what was submitted in the project of `adjudicate` into `gold.jsonl`, one decision a story: the last.

    Where each came from goes to `adjudication.jsonl`. Gold that did not come from this project stays.
    Raises BadArgument, LabelStudioError, Busy.
    """
    folder = Path(folder)
    with locked(folder):
        documents = {d.id: d for d in read_documents(folder / "documents.jsonl")}
        with connected(url, token) as client:
            number = int(existing_project(client, project, decisions=True).id)
            server = server_key(client)
            origin = origin_of(server, number, project)
            known = remembered_in(folder, origin)
            work = fetch(client, known, server=server, origin=origin)
            versions: Versions = {
                int(t.id): {int(p.id): str(p.model_version) for p in t.predictions}
                for t in tasks_where(client, number, whole=True)
            }
        usable, old_text, unknown = submitted(work.tasks, documents)
        done, in_part = decided(usable, documents)
        lines = dict(_lines(folder, documents, done, versions, origin))
        counts = _merge(folder, lines, origin)
        remember(known, work)
    return DecisionsReport(project, len(lines), *counts, old_text, in_part, unknown)


def _lines(
    folder: Path,
    documents: Mapping[str, Document],
    done: Mapping[str, Done],
    versions: Versions,
    origin: Mapping[str, Any],
) -> Iterable[tuple[str, tuple[Line, Line]]]:
    machine = {a.document_id: a for a in _those(folder / "annotations.jsonl", done)}
    people: dict[str, list[Annotation]] = {}
    for a in _those(folder / "human.jsonl", done):
        people.setdefault(a.document_id, []).append(a)
    for i, story in done.items():
        whose = {call: name for name, call in names_of(people.get(i, [])).items()}
        shown = {
            int(s.task["id"]): {
                number: _named(version, whose)
                for number, version in versions.get(int(s.task["id"]), {}).items()
            }
            for s in story.parts
        }
        yield i, _gold(documents[i], story, machine.get(i), shown, origin)


def _those(path: Path, done: Mapping[str, Done]) -> list[Annotation]:
    return [a for a in read_annotations(path) if a.document_id in done] if path.exists() else []


def _named(version: str, whose: Mapping[str, str]) -> str:
    """A person's version by the whole pseudonym: "person 3f2a, 2" as "annotator-3f2a91c04e, 2"."""
    call, comma, number = version.partition(", ")
    return whose.get(call, call) + comma + number


def _gold(
    document: Document,
    story: Done,
    machine: Annotation | None,
    shown: Versions,
    origin: Mapping[str, Any],
) -> tuple[Line, Line]:
    """The line of `gold.jsonl` and that of `adjudication.jsonl`."""
    if machine is not None and machine.text_sha256 != document.text_sha256:
        machine = None
    between = list(dict.fromkeys(those[i] for _, those in sorted(shown.items()) for i in sorted(those)))
    attributions, entities = from_result(document, story.result(), machine)
    who = Producer("person", story.person, settings="; ".join(between))
    gold = Annotation(document.id, document.text_sha256, "gold", who, attributions, entities)
    check(gold, document)
    made = [s.annotation for s in story.parts]
    began = [shown[int(s.task["id"])].get(s.annotation["parent_prediction"]) for s in story.parts]
    times = [m["lead_time"] for m in made if m["lead_time"] is not None]
    return annotation_to_json(gold), {
        "schema": SCHEMA_VERSION,
        "document_id": document.id,
        "producer": story.person,
        "text_sha256": document.text_sha256,
        "annotation_id": made[0]["id"],
        "versions": between,
        "parent_prediction": made[0]["parent_prediction"],
        "began_from": began[0] if len(set(began)) == 1 else None,
        "created_at": min(made, key=lambda m: datetime.fromisoformat(m["created_at"]))["created_at"],
        "decided_at": story.last.annotation["updated_at"],
        "updated_by": story.last.annotation["updated_by"],
        "lead_time": sum(times) if times else None,
        **origin,
        "task_id": story.parts[0].task["id"],
        **(
            {"parts": [_part(s, b) for s, b in zip(story.parts, began, strict=True)]} if len(made) > 1 else {}
        ),
    }


def _part(s: Submission, began_from: str | None) -> Line:
    return {
        "start": s.span.start,
        "end": s.span.end,
        "producer": s.person,
        "task_id": s.task["id"],
        "annotation_id": s.annotation["id"],
        "began_from": began_from,
    }


def _merge(
    folder: Path, lines: Mapping[str, tuple[Line, Line]], origin: Mapping[str, Any]
) -> tuple[int, int, int]:
    """Write both files; how many decisions of this project are new, changed and gone."""
    path, gold_path = folder / FILE, folder / "gold.jsonl"
    before = list(read_lines(path, "adjudication")) if path.exists() else []
    mine = [li for li in before if all(li[k] == origin[k] for k in ("server", "project_id"))]
    ours = {li["document_id"]: li for li in mine}
    # One person may have decided on a story in two projects: what was decided last stands.
    elsewhere = {_key(li): li for li in before if li not in mine}
    lines = {i: pair for i, pair in lines.items() if not _is_later(elsewhere.get(_key(pair[1])), pair[1])}
    others = [li for key, li in elsewhere.items() if key not in {_key(pair[1]) for pair in lines.values()}]
    came = {_key(li) for li in (*mine, *(line for _, line in lines.values()))} - {_key(li) for li in others}
    kept = [
        annotation_to_json(a)
        for a in (read_annotations(gold_path) if gold_path.exists() else ())
        if (a.document_id, a.producer.name) not in came
    ]
    now = [pair for _, pair in sorted(lines.items())]
    keys = {_key(line) for _, line in now}
    # As in pull: the provenance of a line is on the disk before the line is, and goes after it.
    write_lines(path, [*others, *(li for li in mine if _key(li) not in keys), *(line for _, line in now)])
    write_lines(gold_path, [*kept, *(line for line, _ in now)])
    write_lines(path, [*others, *(line for _, line in now)])
    new = sum(i not in ours for i in lines)
    updated = sum(i in ours and ours[i] != line for i, (_, line) in lines.items())
    return new, updated, len(ours.keys() - lines.keys())


def _key(line: Line) -> tuple[str, str]:
    return line["document_id"], line["producer"]


def _is_later(other: Line | None, line: Line) -> bool:
    return other is not None and datetime.fromisoformat(other["decided_at"]) > datetime.fromisoformat(
        line["decided_at"]
    )
