"""How stories go to a project: in batches, long ones in parts, tasks before predictions, nothing twice.

Sent together, a locked SQLite can lose the predictions without an error. And whatever an answer says, or if none
comes, what the server shows afterwards is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotator.errors import LabelStudioError
from annotator.labelstudio.client import send, tasks_where
from annotator.labelstudio.parts import cover, divided, fits, place
from annotator.labelstudio.tasks import to_data
from annotator.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from label_studio_sdk import LabelStudio

    from annotator.model import Annotation, Document

__all__ = ["Piece", "batches", "import_predictions", "import_tasks", "pieces", "tasks_of", "text_of"]

# A batch is a request: few enough stories to be quick to repeat, and far below the server's limit on a body.
BATCH_STORIES = 100
BATCH_CHARACTERS = 2_000_000
Story = tuple["Document", "Annotation"]
# Tasks by story, text and part: more than one if somebody made another.
Tasks = dict[tuple[str, str, Span], list[Any]]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one task shows: a story or a part of it, and which of how many."""

    document: Document
    annotation: Annotation
    span: Span
    number: int
    of: int

    @property
    def key(self) -> tuple[str, str, Span]:
        """What its task is found by."""
        return self.document.id, self.document.text_sha256, self.span

    @property
    def part(self) -> Span | None:
        """Its range; None for a story that is not divided."""
        return None if self.of == 1 else self.span

    def data(self) -> dict[str, Any]:
        """What its task shows."""
        told = "" if self.of == 1 else f"{self.number} of {self.of}"
        return to_data(self.document, self.annotation, part=self.part, told=told)


def text_of(document: Document) -> tuple[str, str]:
    """What a story and its text are known by in a project."""
    return document.id, document.text_sha256


def batches(stories: Iterable[Story]) -> Iterator[list[Story]]:
    """The stories in the order given, as many together as one request takes."""
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


def pieces(
    document: Document, annotation: Annotation, there: Tasks, *, all_of: Annotation | None = None
) -> list[Piece]:
    """The tasks that a story is to have: those that are there, where no attribution lies across their borders.

    `all_of` is what else has to fit into them, if several versions of the story share its tasks.
    """
    held = annotation if all_of is None else all_of
    newest = {
        span: max(int(t.id) for t in found)
        for (*key, span), found in there.items()
        if tuple(key) == text_of(document)
    }
    parts = cover(newest, len(document.text))
    if not parts or not fits(held, parts):
        parts = divided(document, held)
    return [Piece(document, annotation, span, n, len(parts)) for n, span in enumerate(parts, start=1)]


def tasks_of(
    client: LabelStudio, project: int, documents: Iterable[Document], *, whole: bool = False
) -> Tasks:
    """The tasks that the project has of these stories, of whatever text; `whole` as for `tasks_where`."""
    there: Tasks = {}
    lengths = {document.id: len(document.text) for document in documents}
    for task in tasks_where(client, project, whole=whole, data_doc_id=("in_list", "List", list(lengths))):
        span = place(task.data, lengths[task.data["doc_id"]])
        there.setdefault((task.data["doc_id"], task.data["text_sha256"], span), []).append(task)
    return there


def import_tasks(
    client: LabelStudio, project: int, documents: Sequence[Document], new: Sequence[Piece]
) -> Tasks:
    """Send the new pieces of these stories and look: all tasks of the stories, the new ones among them."""
    failed: Exception | None = None
    try:
        send(client, f"api/projects/{project}/import", [{"data": piece.data()} for piece in new])
    except Exception as error:  # noqa: BLE001 - whatever it was, the server may have stored them all
        failed = error
    there = tasks_of(client, project, documents)
    if any(piece.key not in there for piece in new):
        raise failed or LabelStudioError("not all stories were stored: run the same command again")
    return there


def import_predictions(client: LabelStudio, project: int, rows: Sequence[dict[str, Any]]) -> None:
    """Send predictions for tasks that are there; LabelStudioError unless all were stored."""
    if rows:
        created = send(client, f"api/projects/{project}/import/predictions", rows).get("created")
        if created != len(rows):
            raise LabelStudioError(
                f"{created} of {len(rows)} predictions were stored: run the same command again"
            )
