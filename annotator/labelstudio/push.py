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
from annotator.labelstudio.client import connected, find_project, send, tasks_where
from annotator.labelstudio.config import instructions, label_config, same_config
from annotator.labelstudio.parts import cover, divided, fits, place
from annotator.labelstudio.tabs import show_first
from annotator.labelstudio.tasks import check_result, model_version, to_data, to_prediction, to_task
from annotator.model import Span
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
_There = dict[tuple[str, str, Span], list[Any]]


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
    show_first(client, number)
    return number


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


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one task shows: a story or a part of it, and which of how many."""

    document: Document
    annotation: Annotation
    span: Span
    number: int
    of: int

    @property
    def key(self) -> tuple[str, str, Span]:
        return self.document.id, self.document.text_sha256, self.span

    @property
    def part(self) -> Span | None:
        return None if self.of == 1 else self.span

    def data(self) -> dict[str, Any]:
        told = "" if self.of == 1 else f"{self.number} of {self.of}"
        return to_data(self.document, self.annotation, part=self.part, told=told)


def _send(client: LabelStudio, project: int, batch: list[Story], tally: _Tally) -> None:
    there = was = _there(client, project, batch)
    old_texts = {doc_id for doc_id, _, _ in there}
    kept = {key[:2] for key in there}
    wanted = {_key(document) for document, _ in batch}
    pieces = [piece for story in batch for piece in _pieces(*story, there)]
    new = [piece for piece in pieces if piece.key not in there]
    predicted = _predicted(client, project, [story for story in batch if _key(story[0]) in kept])
    if new:
        there = _import_tasks(client, project, batch, new)
        tally.new_tasks += len(new)
        named = dict.fromkeys(piece.document.id for piece in new)
        same = {piece.document.id for piece in new if _key(piece.document) in kept}
        planned = {piece.key for piece in pieces}
        recut = {key[0] for key in was if key[0] in same and key[:2] in wanted and key not in planned}
        tally.divided += [i for i in named if i in recut]
        tally.changed_text += [i for i in named if i in old_texts and i not in same]
    tally.twice += dict.fromkeys(p.document.id for p in pieces if len(there[p.key]) > 1)
    rows = []
    for piece in pieces:
        task = min(there[piece.key], key=lambda t: int(t.id))
        if int(task.id) not in predicted.get(model_version(piece.annotation.producer), ()):
            known = frozenset(str(s["value"]) for s in task.data["speakers"])
            made = to_prediction(piece.document, piece.annotation, known=known, part=piece.part)
            rows.append({"task": int(task.id), **made})
    if rows:
        created = send(client, f"api/projects/{project}/import/predictions", rows).get("created")
        if created != len(rows):
            raise LabelStudioError(f"{created} of {len(rows)} predictions were stored: push again")
        tally.new_predictions += len(rows)


def _pieces(document: Document, annotation: Annotation, there: _There) -> list[_Piece]:
    """The tasks that a story is to have: those that are there, where no attribution lies across their borders."""
    newest = {
        span: max(int(t.id) for t in found)
        for (*key, span), found in there.items()
        if tuple(key) == _key(document)
    }
    parts = cover(newest, len(document.text))
    if not parts or not fits(annotation, parts):
        parts = divided(document, annotation)
    return [_Piece(document, annotation, span, n, len(parts)) for n, span in enumerate(parts, start=1)]


def _whole(story: Story) -> _Piece:
    """A story as one task, however long."""
    return _Piece(*story, Span(0, len(story[0].text)), 1, 1)


def _key(document: Document) -> tuple[str, str]:
    return document.id, document.text_sha256


def _there(client: LabelStudio, project: int, batch: list[Story]) -> _There:
    """The tasks of these stories by id, text and part: more than one if somebody made another."""
    there: _There = {}
    lengths = {document.id: len(document.text) for document, _ in batch}
    for task in tasks_where(client, project, data_doc_id=("in_list", "List", list(lengths))):
        span = place(task.data, lengths[task.data["doc_id"]])
        there.setdefault((task.data["doc_id"], task.data["text_sha256"], span), []).append(task)
    return there


def _import_tasks(client: LabelStudio, project: int, batch: list[Story], new: list[_Piece]) -> _There:
    """Send the new stories and look: only what the server shows afterwards counts as done."""
    failed: Exception | None = None
    try:
        send(client, f"api/projects/{project}/import", [{"data": piece.data()} for piece in new])
    except Exception as error:  # noqa: BLE001 - whatever it was, the server may have stored them all
        failed = error
    there = _there(client, project, batch)
    if any(piece.key not in there for piece in new):
        raise failed or LabelStudioError("not all stories were stored: push again")
    return there


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


def _show(client: LabelStudio, project: int, version: str) -> None:
    """Let annotators start from this version; import_predictions leaves that unset."""
    if client.projects.get(project).model_version != version:
        client.projects.update(project, model_version=version, show_collab_predictions=True)
