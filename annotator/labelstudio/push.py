"""Send a folder's stories with what the model said about them to a project; safe to run again.

Everything is checked before anything is sent, and what is there is looked up before each batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import BadAnnotation, BadArgument
from annotator.labelstudio.client import connected, tasks_where
from annotator.labelstudio.projects import check_title, lock_of, ready_project, show_version
from annotator.labelstudio.sending import (
    batches,
    import_predictions,
    import_tasks,
    pieces,
    tasks_of,
    text_of,
)
from annotator.labelstudio.tasks import check_result, model_version, to_prediction, to_task
from annotator.store import check, locked, read_annotations, read_documents

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

    from annotator.labelstudio.sending import Story
    from annotator.model import Annotation, Document

__all__ = ["PushReport", "push"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did; a second one of the same folder has no new tasks and no new predictions.

    `changed_text` names the stories that got a new task beside the one with their old text, `divided` the long
    ones whose parts had to be cut anew, beside the old ones, `twice` those that somebody put into the project a
    second time; `model_version` is the one that annotators are shown.
    """

    project: str
    url: str
    stories: int
    attributions: int
    new_tasks: int
    new_predictions: int
    model_version: str
    changed_text: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    divided: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    new_tasks: int = 0
    new_predictions: int = 0
    changed_text: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    divided: list[str] = field(default_factory=list)


def push(
    folder: Path | str,
    *,
    project: str,
    url: str,
    token: SecretStr | str,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> PushReport:
    """Put each story of `folder` into the project of that title as a task with the model's annotation.

    What is there already stays: the same story with the same model version is not sent again, a new version
    goes beside the old one, a changed text becomes a task of its own, and what people did is never touched.
    Everything is checked before anything is sent. `only` are the ids of the stories to send, None for all;
    `progress` is told (stories done, stories in all).
    Raises BadArgument, BadAnnotation, LabelStudioError, and Busy while another push to the project runs here.
    """
    folder = Path(folder)
    check_title(project)
    versions: Counter[str] = Counter()
    attributions = 0
    for document, annotation in _stories(folder, only):
        _check_story(document, annotation)
        versions[model_version(annotation.producer)] += 1
        attributions += len(annotation.attributions)
    if not versions:
        raise BadArgument(f"{folder} holds no annotated story to push")
    shown = versions.most_common(1)[0][0]
    tally = _Tally()
    with locked(lock_of(url, project)), connected(url, token) as client:
        number = ready_project(client, project)
        done = 0
        for batch in batches(_stories(folder, only)):
            _send(client, number, batch, tally)
            done += len(batch)
            if progress is not None:
                progress(done, versions.total())
        show_version(client, number, shown)
    return PushReport(
        project,
        f"{url.rstrip('/')}/projects/{number}/data",
        versions.total(),
        attributions,
        tally.new_tasks,
        tally.new_predictions,
        shown,
        tuple(tally.changed_text),
        tuple(tally.twice),
        tuple(tally.divided),
    )


def _stories(folder: Path, only: Collection[str] | None = None) -> Iterator[Story]:
    """Each document with its annotation; both files have one order, so that little is held in memory."""
    ahead: dict[str, Annotation] = {}
    annotations = read_annotations(folder / "annotations.jsonl")
    for document in read_documents(folder / "documents.jsonl"):
        while document.id not in ahead:
            annotation = next(annotations, None)
            if annotation is None:
                break
            ahead[annotation.document_id] = annotation
        else:
            annotation = ahead.pop(document.id)
            if only is None or document.id in only:
                yield document, annotation


def _check_story(document: Document, annotation: Annotation) -> None:
    check(annotation, document)
    task = to_task(document, annotation)
    known = frozenset(speaker["value"] for speaker in task["data"]["speakers"])
    try:
        for prediction in task["predictions"]:
            check_result(document.text, prediction["result"], known=known)
    except BadAnnotation as error:
        raise BadAnnotation(f"{document.id}: {error}") from None


def _send(client: LabelStudio, project: int, batch: list[Story], tally: _Tally) -> None:
    documents = [document for document, _ in batch]
    there = was = tasks_of(client, project, documents)
    old_texts = {doc_id for doc_id, _, _ in there}
    kept = {key[:2] for key in there}
    wanted = {text_of(document) for document in documents}
    asked = [piece for story in batch for piece in pieces(*story, there)]
    new = [piece for piece in asked if piece.key not in there]
    predicted = _predicted(client, project, [story for story in batch if text_of(story[0]) in kept])
    if new:
        there = import_tasks(client, project, documents, new)
        tally.new_tasks += len(new)
        named = dict.fromkeys(piece.document.id for piece in new)
        same = {piece.document.id for piece in new if text_of(piece.document) in kept}
        planned = {piece.key for piece in asked}
        recut = {key[0] for key in was if key[0] in same and key[:2] in wanted and key not in planned}
        tally.divided += [i for i in named if i in recut]
        tally.changed_text += [i for i in named if i in old_texts and i not in same]
    tally.twice += dict.fromkeys(p.document.id for p in asked if len(there[p.key]) > 1)
    rows = []
    for piece in asked:
        task = min(there[piece.key], key=lambda t: int(t.id))
        if int(task.id) not in predicted.get(model_version(piece.annotation.producer), ()):
            known = frozenset(str(s["value"]) for s in task.data["speakers"])
            made = to_prediction(piece.document, piece.annotation, known=known, part=piece.part)
            rows.append({"task": int(task.id), **made})
    import_predictions(client, project, rows)
    tally.new_predictions += len(rows)


def _predicted(client: LabelStudio, project: int, batch: list[Story]) -> dict[str, set[int]]:
    """The tasks of these stories that have a prediction of each model version."""
    if not batch:
        return {}
    ids = [document.id for document, _ in batch]
    predicted: dict[str, set[int]] = {}
    for version in {model_version(a.producer) for _, a in batch}:
        # The server compares parts of names ("m-1" finds "m-10"), so what it finds is looked at whole.
        found = tasks_where(
            client,
            project,
            whole=True,
            data_doc_id=("in_list", "List", ids),
            predictions_model_versions=("contains", "List", [version]),
        )
        predicted[version] = {
            int(t.id) for t in found if any(p.model_version == version for p in t.predictions)
        }
    return predicted
