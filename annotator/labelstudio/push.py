"""Send a folder's stories with what the model said about them to a project; safe to run again.

Tasks first, predictions after them: sent together, a locked SQLite can lose the predictions without an error.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadAnnotation, BadArgument, LabelStudioError
from annotator.labelstudio.client import connected, find_project, tasks_where
from annotator.labelstudio.config import instructions, label_config, same_config
from annotator.labelstudio.tasks import check_result, model_version, to_data, to_prediction, to_task
from annotator.store import check, locked, read_annotations, read_documents

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from pydantic import SecretStr

    from annotator.model import Annotation, Document

__all__ = ["PushReport", "push"]

# A batch is a request: few enough stories to be quick to repeat, and far below the server's limit on a body.
BATCH_STORIES = 100
BATCH_CHARACTERS = 2_000_000
Progress = Callable[[int, int], None]
Story = tuple["Document", "Annotation"]


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did; a second one of the same folder has no new tasks and no new predictions.

    `changed_text` names the stories that got a new task beside the one with their old text, `twice` those
    that somebody put into the project a second time; `model_version` is the one that annotators are shown.
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


@dataclass(slots=True)
class _Tally:
    new_tasks: int = 0
    new_predictions: int = 0
    changed_text: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


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
    if not 3 <= len(project) <= 50:
        raise BadArgument(f"a project's title has 3 to 50 characters, not {len(project)}: {project!r}")
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
    with locked(_lock_of(url, project)), connected(url, token) as client:
        number = _project(client, project)
        done = 0
        for batch in _batches(_stories(folder, only)):
            _send(client, number, batch, tally)
            done += len(batch)
            if progress is not None:
                progress(done, versions.total())
        _show(client, number, shown)
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


def _lock_of(url: str, project: str) -> Path:
    """A folder of this user for the project, wherever the stories lie."""
    folder = Path(tempfile.gettempdir()) / f"annotator-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise BadArgument(f"{folder} belongs to somebody else: set TMPDIR to a folder of your own")
    key = hashlib.sha256(f"{url.rstrip('/')}\x1f{project}".encode()).hexdigest()[:16]
    return folder / f"project-{key}"


def _project(client: LabelStudio, title: str) -> int:
    """The number of the project of that title, made if it is not there; refuses another label set-up."""
    project = find_project(client, title)
    if project is None:
        project = client.projects.create(
            title=title,
            label_config=label_config(),
            expert_instruction=instructions(),
            show_collab_predictions=True,
            sampling="Uncertainty sampling",
            show_skip_button=True,
            enable_empty_annotation=True,
        )
    elif not same_config(project.label_config or "", label_config()):
        raise LabelStudioError(
            f"the label set-up of project {title!r} is not ours: push to a new project or put ours back"
        )
    number = int(project.id)
    # Without a tab in the Data Manager, a story opened by its address can come up without its prediction.
    if not client.views.list(project=number):
        client.views.create(project=number, data=_VIEW)
    return number


_VIEW: dict[str, Any] = {
    "title": "Least sure first",
    "type": "list",
    "target": "tasks",
    "filters": {"conjunction": "and", "items": []},
    "ordering": ["tasks:predictions_score"],
    "hiddenColumns": {
        "explore": [
            "tasks:inner_id",
            "tasks:annotations_results",
            "tasks:annotations_ids",
            "tasks:predictions_results",
            "tasks:file_upload",
            "tasks:storage_filename",
            "tasks:data.text",
            "tasks:data.text_sha256",
            "tasks:data.speakers",
        ],
        "labeling": ["tasks:data.text", "tasks:data.text_sha256", "tasks:data.speakers"],
    },
}


def _batches(stories: Iterable[Story]) -> Iterator[list[Story]]:
    batch: list[Story] = []
    size = 0
    for story in stories:
        if batch and (len(batch) == BATCH_STORIES or size + len(story[0].text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(story)
        size += len(story[0].text)
    if batch:
        yield batch


def _send(client: LabelStudio, project: int, batch: list[Story], tally: _Tally) -> None:
    there = _there(client, project, batch)
    new = [story for story in batch if _key(story[0]) not in there]
    old_texts = {doc_id for doc_id, _ in there}
    if new:
        there = _import_tasks(client, project, batch, new)
        tally.new_tasks += len(new)
        tally.changed_text += [document.id for document, _ in new if document.id in old_texts]
    tally.twice += [document.id for document, _ in batch if len(there[_key(document)]) > 1]
    predicted = _predicted(client, project, batch)
    rows = []
    for document, annotation in batch:
        task = min(there[_key(document)], key=lambda t: int(t.id))
        if int(task.id) not in predicted[model_version(annotation.producer)]:
            known = frozenset(str(s["value"]) for s in task.data["speakers"])
            rows.append({"task": int(task.id), **to_prediction(document, annotation, known=known)})
    if rows:
        answer = client.projects.import_predictions(id=project, request=rows)
        if answer.created != len(rows):
            raise LabelStudioError(f"{answer.created} of {len(rows)} predictions were stored: push again")
        tally.new_predictions += len(rows)


def _key(document: Document) -> tuple[str, str]:
    return document.id, document.text_sha256


def _there(client: LabelStudio, project: int, batch: list[Story]) -> dict[tuple[str, str], list[Any]]:
    """The tasks of these stories by id and text: more than one if somebody made another."""
    there: dict[tuple[str, str], list[Any]] = {}
    ids = [document.id for document, _ in batch]
    for task in tasks_where(client, project, data_doc_id=("in_list", "List", ids)):
        there.setdefault((task.data["doc_id"], task.data["text_sha256"]), []).append(task)
    return there


def _import_tasks(
    client: LabelStudio, project: int, batch: list[Story], new: list[Story]
) -> dict[tuple[str, str], list[Any]]:
    """Send the new stories and look: only what the server shows afterwards counts as done."""
    failed: Exception | None = None
    try:
        client.projects.import_tasks(id=project, request=[{"data": to_data(d, a)} for d, a in new])
    except Exception as error:  # noqa: BLE001 - whatever it was, the server may have stored them all
        failed = error
    there = _there(client, project, batch)
    if any(_key(document) not in there for document, _ in new):
        raise failed or LabelStudioError("not all stories were stored: push again")
    return there


def _predicted(client: LabelStudio, project: int, batch: list[Story]) -> dict[str, set[int]]:
    """The tasks of these stories that have a prediction of each model version."""
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


def _show(client: LabelStudio, project: int, version: str) -> None:
    """Let annotators start from this version; import_predictions leaves that unset."""
    if client.projects.get(project).model_version != version:
        client.projects.update(project, model_version=version, show_collab_predictions=True)
