"""Where people's annotations in a folder come from, as an export tells it: task, time, what they began from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from annotator.errors import BadAnnotation
from annotator.store import read_lines

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["provenance"]

Row = dict[str, Any]
# Layer, story and pseudonym.
Made = tuple[str, ...]


def provenance(folder: Path) -> dict[Made, Row]:
    """By layer, story and pseudonym the columns that Label Studio knows, from studio.jsonl and adjudication.jsonl.

    Neither file need be there. Raises BadAnnotation for a line that is none of ours.
    """
    return _studio(folder / "studio.jsonl") | _adjudication(folder / "adjudication.jsonl")


def _studio(path: Path) -> dict[Made, Row]:
    """Layer, story and pseudonym → what Label Studio knows of the submission; the file need not be there."""
    found: dict[Made, Row] = {}
    lines = path.read_bytes().splitlines() if path.exists() else []
    for number, raw in enumerate(lines, start=1):
        try:
            line = json.loads(raw)
            found["human", line["document_id"], line["producer"]] = {
                "studio_project": line["project"],
                "studio_task": line["task_id"],
                "studio_annotation": line["annotation_id"],
                "submitted_at": _utc(line["updated_at"]),
                "lead_time": line["lead_time"],
                "parent_model_version": line["model_version"],
                "removed_ids": line["removed"],
                "changes": {c["attribution_id"]: (c["kind"], c["from"]) for c in line["changes"]},
            }
        except (ValueError, TypeError, KeyError) as error:
            raise BadAnnotation(
                f"{path}:{number}: not a line that `annotator pull` writes: {error!r}"
            ) from None
    return found


def _adjudication(path: Path) -> dict[Made, Row]:
    """The same of what was decided between people's versions."""
    return {
        ("gold", line["document_id"], line["producer"]): {
            "studio_project": line["project"],
            "studio_task": line["task_id"],
            "studio_annotation": line["annotation_id"],
            "submitted_at": _utc(line["decided_at"]),
            "lead_time": line["lead_time"],
            "parent_model_version": line["began_from"],
            "decided_between": line["versions"],
        }
        for line in (read_lines(path, "adjudication") if path.exists() else ())
    }


def _utc(time: str) -> str:
    """A time as text that sorts: Label Studio writes fractions of a second only where there are any."""
    moment = datetime.fromisoformat(time).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
