"""What people submitted, put together: of each story the annotation, or one for each of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from annotator.labelstudio.parts import cover, joined, place
from annotator.model import Span, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annotator.model import Document

__all__ = ["Done", "Submission", "decided", "submitted", "time_of", "whole"]

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Submission:
    """One annotation, the task it was made in, and the range of the story that the task shows."""

    task: Mapping[str, Any]
    annotation: Mapping[str, Any]
    span: Span

    @property
    def document_id(self) -> str:
        """The story."""
        return str(self.task["document_id"])

    @property
    def person(self) -> str:
        """Who submitted it, a pseudonym."""
        return str(self.annotation["person"])

    @property
    def when(self) -> tuple[datetime, int]:
        """What tells which of two was submitted later."""
        return time_of(self.annotation), int(self.annotation["id"])


@dataclass(frozen=True, slots=True)
class Done:
    """A story that was submitted whole: one annotation, or one for each of its parts."""

    person: str
    parts: tuple[Submission, ...]

    @property
    def last(self) -> Submission:
        """The part that was submitted last."""
        return max(self.parts, key=lambda s: s.when)

    def result(self, field: str = "result") -> list[Any]:
        """Regions and relations in the offsets of the story."""
        if len(self.parts) == 1:
            return list(self.parts[0].annotation[field] or ())
        return joined((s.span, s.annotation[field] or ()) for s in self.parts)

    def at(self, span: Span) -> Submission:
        """The part in which a span begins."""
        return next((s for s in self.parts if s.span.start <= span.start < s.span.end), self.parts[0])


def submitted(
    tasks: Iterable[Mapping[str, Any]], documents: Mapping[str, Document]
) -> tuple[list[Submission], tuple[str, ...], tuple[str, ...]]:
    """What was submitted on a text that the folder holds; the stories with another text; those not held."""
    taken: list[Submission] = []
    old_text: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for task in tasks:
        those = [made for made in task["annotations"] if not made["was_cancelled"]]
        if not those:
            continue
        document = documents.get(task["document_id"])
        if document is None:
            unknown[task["document_id"]] = None
            continue
        span = place(task, len(document.text))
        if (
            document.text_sha256 != task["text_sha256"]
            or sha256_of(span.of(document.text)) != task["shown_sha256"]
        ):
            old_text[task["document_id"]] = None
        else:
            taken += [Submission(task, made, span) for made in those]
    return taken, tuple(old_text), tuple(unknown)


def whole(
    submissions: Iterable[Submission], documents: Mapping[str, Document]
) -> tuple[dict[Key, Done], list[Submission]]:
    """The stories that a person submitted whole, or several together; the parts that make no whole one yet.

    Of a person's annotations of one range the last counts, and the last of two ways to divide a story.
    """
    by: dict[str, dict[str, dict[Span, Submission]]] = {}
    for s in sorted(submissions, key=lambda s: s.when):
        by.setdefault(s.document_id, {}).setdefault(s.person, {})[s.span] = s
    done: dict[Key, Done] = {}
    waiting: list[Submission] = []
    for document_id, people in by.items():
        length = len(documents[document_id].text)
        rest: list[Submission] = []
        for person, mine in people.items():
            parts = cover({span: s.when for span, s in mine.items()}, length)
            if parts:
                done[document_id, person] = Done(person, tuple(mine[span] for span in parts))
            else:
                rest += mine.values()
        ours = {s.span: s for s in sorted(rest, key=lambda s: s.when)}
        parts = cover({span: s.when for span, s in ours.items()}, length)
        together = tuple(ours[span] for span in parts)
        if together:
            person = "+".join(sorted({s.person for s in together}))
            done[document_id, person] = Done(person, together)
        waiting += [s for s in rest if s not in together]
    return done, waiting


def decided(
    submissions: Iterable[Submission], documents: Mapping[str, Document]
) -> tuple[dict[str, Done], tuple[str, ...]]:
    """The last word on each story, whoever said it; the stories of which some parts have none yet."""
    by: dict[str, dict[Span, Submission]] = {}
    for s in sorted(submissions, key=lambda s: s.when):
        by.setdefault(s.document_id, {})[s.span] = s
    done: dict[str, Done] = {}
    for document_id, ours in by.items():
        parts = cover({span: s.when for span, s in ours.items()}, len(documents[document_id].text))
        if parts:
            people = {ours[span].person for span in parts}
            done[document_id] = Done("+".join(sorted(people)), tuple(ours[span] for span in parts))
    return done, tuple(i for i in by if i not in done)


def time_of(line: Mapping[str, Any]) -> datetime:
    """When a line of ours or the server's was last changed."""
    # As text they would not sort: the server leaves out a fraction of a second that is nought.
    return datetime.fromisoformat(line["updated_at"])
