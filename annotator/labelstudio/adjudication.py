"""Adjudicate: people's versions of a story side by side in a project of their own, for the leader to decide.

Each version is a prediction of one task, so that any of them can be begun from. What is decided there becomes
gold by `pull_decisions`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadArgument
from annotator.labelstudio.client import connected
from annotator.labelstudio.projects import check_title, lock_of, ready_project, show_version
from annotator.labelstudio.sending import (
    Piece,
    batches,
    import_predictions,
    import_tasks,
    pieces,
    tasks_of,
    text_of,
)
from annotator.labelstudio.tasks import check_result, model_version, to_prediction
from annotator.store import locked, read_annotations, read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

    from annotator.model import Annotation, Document

__all__ = ["AdjudicateReport", "Disputed", "adjudicate", "agreed", "disputed", "names_of"]

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A story with its versions (people's, then the machine's) and how far people agree, from 0 to 1."""

    document: Document
    machine: Annotation
    people: tuple[Annotation, ...]
    agreement: float

    @property
    def everything(self) -> Annotation:
        """What any version says, for what has to hold for all of them."""
        said = {a.id: a for version in (*self.people, self.machine) for a in version.attributions}
        return replace(self.machine, attributions=tuple(said.values()))


@dataclass(frozen=True, slots=True)
class AdjudicateReport:
    """What was put up for decision; `agreed` counts the stories left out since people agree exactly.

    `divided` names long stories whose parts had to be cut anew for a version that came later, `changed_text`
    those that got a task beside the one with their old text.
    """

    project: str
    url: str
    disputed: int
    agreed: int
    new_tasks: int
    new_versions: int
    divided: tuple[str, ...] = ()
    changed_text: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    new_tasks: int = 0
    new_versions: int = 0
    divided: tuple[str, ...] = ()
    changed_text: tuple[str, ...] = ()


def adjudicate(folder: Path | str, *, project: str, url: str, token: SecretStr | str) -> AdjudicateReport:
    """Put each story that two people or more submitted differently into the project, with all versions.

    The versions are predictions named "person 3f2a" by pseudonym, and the machine's; their score is people's
    agreement, so that the most disputed story comes first. A long story comes in parts that no version's
    attribution lies across. Run again, it adds only what is new: a version that has changed comes as another,
    "person 3f2a, 2". Everything is checked before anything is sent.
    Raises BadArgument, BadAnnotation, LabelStudioError (also if the project was not made for this), Busy.
    """
    folder = Path(folder)
    check_title(project)
    found, same = disputed(folder)
    if not found and not same:
        raise BadArgument(f"{folder} holds no story that two people submitted: fetch with annotator pull")
    for d in found:
        for piece in pieces(d.document, d.machine, {}, all_of=d.everything):
            list(_versions(d, piece, frozenset(e["value"] for e in piece.data()["speakers"])))
    by_id = {d.document.id: d for d in found}
    tally = _Tally()
    with locked(lock_of(url, project)), connected(url, token) as client:
        number = ready_project(client, project, decisions=True)
        for batch in batches((d.document, d.machine) for d in found):
            _send(client, number, [by_id[document.id] for document, _ in batch], tally)
        if found:
            shown = Counter(model_version(d.machine.producer) for d in found).most_common(1)[0][0]
            show_version(client, number, shown)
    return AdjudicateReport(
        project,
        f"{url.rstrip('/')}/projects/{number}/data",
        len(found),
        same,
        tally.new_tasks,
        tally.new_versions,
        tally.divided,
        tally.changed_text,
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


def disputed(folder: Path) -> tuple[list[Disputed], int]:
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
    differ = [d for d in found if d.agreement < 1]
    return sorted(differ, key=lambda d: (d.agreement, d.document.id)), len(found) - len(differ)


def names_of(people: Sequence[Annotation]) -> dict[str, str]:
    """What to call each person by pseudonym; the whole pseudonym where the short names are the same.

    "annotator-3f2a91c04e" is called "person 3f2a"; of two who finished a story together each is named.
    """
    short = {a.producer.name: _called(a.producer.name, 4) for a in people}
    often = Counter(short.values())
    return {name: call if often[call] == 1 else _called(name, None) for name, call in short.items()}


def _called(name: str, length: int | None) -> str:
    each = [one.removeprefix("annotator-")[:length] for one in name.split("+")]
    return "person " + " and ".join(each)


def _send(client: LabelStudio, project: int, batch: list[Disputed], tally: _Tally) -> None:
    """Send the tasks and versions that are not there, put the scores of those there right."""
    documents = [d.document for d in batch]
    there = tasks_of(client, project, documents, whole=True)
    wanted = {d.document.id: pieces(d.document, d.machine, there, all_of=d.everything) for d in batch}
    new = [piece for those in wanted.values() for piece in those if piece.key not in there]
    if new:
        texts = {key[:2] for key in there}
        stories = {i for i, _ in texts}
        again = dict.fromkeys(p.document.id for p in new if p.document.id in stories)
        same = {p.document.id for p in new if text_of(p.document) in texts}
        tally.divided += tuple(i for i in again if i in same)
        tally.changed_text += tuple(i for i in again if i not in same)
        import_tasks(client, project, documents, new)
        tally.new_tasks += len(new)
        there = tasks_of(client, project, documents, whole=True)
    rows: list[Line] = []
    for d in batch:
        for piece in wanted[d.document.id]:
            task = min(there[piece.key], key=lambda t: int(t.id))
            rows += _missing(client, d, piece, task)
    import_predictions(client, project, rows)
    tally.new_versions += len(rows)


def _missing(client: LabelStudio, d: Disputed, piece: Piece, task: Any) -> Iterator[Line]:  # noqa: ANN401 - the SDK's
    """The versions that the task lacks."""
    score = round(d.agreement, 4)
    for p in task.predictions:
        if p.score != score:
            client.predictions.update(p.id, score=score)
    there = {p.model_version: p.result for p in task.predictions}
    known = frozenset(str(s["value"]) for s in task.data["speakers"])
    for row in _versions(d, piece, known):
        name = _next_name(row["model_version"], row["result"], there)
        if name is not None:
            yield {**row, "model_version": name, "task": int(task.id), "score": score}


def _versions(d: Disputed, piece: Piece, known: frozenset[str]) -> Iterator[Line]:
    """Every version of what a task shows; `known` are the names in its list. Raises BadAnnotation."""
    names = names_of(d.people)
    text = piece.span.of(d.document.text)
    for annotation in (*d.people, d.machine):
        row = to_prediction(d.document, annotation, known=known, part=piece.part)
        check_result(text, row["result"], known=known)
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
