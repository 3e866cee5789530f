"""Documents and annotations as lines of JSON, checked on the way in, and files that are always whole.

A folder of stories holds `documents.jsonl`, `annotations.jsonl` (layer machine), `human.jsonl`, `gold.jsonl`,
`register.jsonl` and `rejects.jsonl`; what a line may hold stands in `annotator.lines`.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from annotator.errors import BadAnnotation, BadArgument, BadDocument, Busy
from annotator.lines import AttributionJson, EntityJson, Kind, checked, schema, schemas
from annotator.model import (
    SCHEMA_VERSION,
    Annotation,
    Attribution,
    Document,
    Entity,
    EntityMention,
    Paragraph,
    Producer,
    Role,
    Span,
    sha256_of,
)

__all__ = [
    "annotation_from_json",
    "annotation_to_json",
    "check",
    "document_from_json",
    "document_to_json",
    "locked",
    "read_annotations",
    "read_documents",
    "read_lines",
    "reject_to_json",
    "schema",
    "schemas",
    "update_lines",
    "write_lines",
]


def document_to_json(document: Document) -> dict[str, Any]:
    """The line of `documents.jsonl` for `document`."""
    return {
        "schema": SCHEMA_VERSION,
        "id": document.id,
        "text": document.text,
        "text_sha256": document.text_sha256,
        "title": document.title,
        "url": document.url,
        "date": document.date,
        "lang": document.lang,
        "meta": document.meta,
        "paragraphs": [{"start": p.start, "end": p.end, "kind": p.kind} for p in document.paragraphs],
    }


def document_from_json(value: Mapping[str, Any] | bytes, *, where: str = "") -> Document:
    """The story of one line, given as a dictionary or as bytes of JSON.

    Raises BadDocument (stage "store") if a field is wrong or missing, if the text is not the one that was
    hashed, or if paragraphs overlap or reach beyond the text.
    """
    try:
        line = checked("documents", value)
        _check_text(line["text"], line["text_sha256"])
        paragraphs = tuple(Paragraph(**p) for p in line["paragraphs"])
        _check_order([p.span for p in paragraphs], len(line["text"]), "paragraphs")
    except ValueError as error:
        raise BadDocument(f"{_name_of(value, 'id')}: {error}", where=where, stage="store") from None
    fields = {key: line[key] for key in ("id", "text", "title", "url", "date", "lang", "meta")}
    return Document(**fields, paragraphs=paragraphs)


def annotation_to_json(annotation: Annotation) -> dict[str, Any]:
    """The line of `annotations.jsonl` for `annotation`."""
    producer = annotation.producer
    return {
        "schema": SCHEMA_VERSION,
        "document_id": annotation.document_id,
        "text_sha256": annotation.text_sha256,
        "layer": annotation.layer,
        "producer": {
            "kind": producer.kind,
            "name": producer.name,
            "version": producer.version,
            "settings": producer.settings,
        },
        "attributions": [_attribution_to_json(a) for a in annotation.attributions],
        "entities": [_entity_to_json(e) for e in annotation.entities],
    }


def annotation_from_json(
    value: Mapping[str, Any] | bytes, *, document: Document | None = None, where: str = ""
) -> Annotation:
    """The annotation of one line, given as a dictionary or as bytes of JSON.

    Raises BadAnnotation if a field is wrong or missing or if `check` refuses it.
    """
    try:
        line = checked("annotations", value)
    except ValueError as error:
        prefix = f"{where}: " if where else ""
        raise BadAnnotation(f"{prefix}{_name_of(value, 'document_id')}: {error}") from None
    annotation = Annotation(
        document_id=line["document_id"],
        text_sha256=line["text_sha256"],
        layer=line["layer"],
        producer=Producer(**line["producer"]),
        attributions=tuple(_attribution_from_json(a) for a in line["attributions"]),
        entities=tuple(_entity_from_json(e) for e in line["entities"]),
    )
    check(annotation, document, where=where)
    return annotation


def check(annotation: Annotation, document: Document | None = None, *, where: str = "") -> None:
    """Raise BadAnnotation, naming document and part, unless everything holds together.

    Spans are not empty, stand in text order and do not overlap within their role; ids occur once; parents,
    speakers and the others spoken about exist. With `document`, the text
    is its text and spans lie in it.
    """
    try:
        length = None
        if document is not None:
            length = len(document.text)
            _check_made_for(annotation, document)
        _check_attributions(annotation, length)
        _check_entities(annotation, length)
    except ValueError as error:
        prefix = f"{where}: " if where else ""
        raise BadAnnotation(f"{prefix}{annotation.document_id}: {error}") from None


def reject_to_json(bad: BadDocument) -> dict[str, Any]:
    """The line of `rejects.jsonl` for a story that could not be used."""
    return {"schema": SCHEMA_VERSION, "where": bad.where, "stage": bad.stage, "reason": bad.reason}


def read_documents(path: Path | str) -> Iterator[Document]:
    """The stories of a `documents.jsonl`, one at a time; raises BadArgument if there is none, BadDocument."""
    for where, line in _raw_lines(path):
        yield document_from_json(line, where=where)


def read_annotations(
    path: Path | str, *, documents: Mapping[str, Document] | None = None
) -> Iterator[Annotation]:
    """The annotations of a file, one at a time, checked against their texts where `documents` has them by id.

    Raises BadArgument if there is no such file, BadAnnotation with file and line for the first bad line.
    """
    for where, line in _raw_lines(path):
        annotation = annotation_from_json(line, where=where)
        if documents is not None and annotation.document_id in documents:
            check(annotation, documents[annotation.document_id], where=where)
        yield annotation


def read_lines(path: Path | str, kind: Kind) -> Iterator[dict[str, Any]]:
    """The checked lines of a file as dictionaries, one at a time; raises BadArgument, BadAnnotation."""
    for where, line in _raw_lines(path):
        try:
            yield checked(kind, line)
        except ValueError as error:
            raise BadAnnotation(f"{where}: {error}") from None


def write_lines(path: Path | str, lines: Iterable[Mapping[str, Any]]) -> int:
    """Write one line of JSON for each dictionary and return how many; `path` is old or new, never half.

    Killed or out of disk, the old file stays as it was. Two writers of one file need `locked`.
    """
    return _replace(Path(path), (_encode(line) for line in lines))


def update_lines(
    path: Path | str,
    new: Iterable[Mapping[str, Any]],
    *,
    key: str | Callable[[Mapping[str, Any]], str] = "document_id",
) -> int:
    """Replace the lines of `path` that have the key of a new one, in their place; append the others.

    `key` is a field or a function of the line. Of new lines with one key the last stands. Memory holds one
    line and the keys, so both sides may be larger than it. Returns the number of lines in the file.
    """
    path = Path(path)
    key_of = key if callable(key) else cast("Callable[[Mapping[str, Any]], str]", lambda line: line[key])
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path.parent) as spool:
        where: dict[str, int] = {}
        for line in new:
            # Taking the key out first keeps the first one's place in the order of what is appended.
            where[key_of(line)] = spool.tell()
            spool.write(_encode(line))

        def merged() -> Iterator[bytes]:
            for place, raw in _raw_lines(path) if path.exists() else ():
                offset = where.pop(key_of(_parsed(raw, place)), None)
                yield raw if offset is None else _line_at(offset)
            for offset in where.values():
                yield _line_at(offset)

        def _line_at(offset: int) -> bytes:
            spool.seek(offset)
            return spool.readline()

        return _replace(path, merged())


@contextmanager
def locked(folder: Path | str) -> Iterator[None]:
    """Hold `folder` (made if it is not there) for writing until the block ends.

    Raises Busy, telling who holds it, if another process does; the lock goes with the process that dies.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("a+")
    except OSError as error:
        raise BadArgument(f"{folder} cannot be written to: {error.strerror}") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise Busy(f"{folder} is in use by {handle.read().strip() or 'another process'}") from None
        now = datetime.now(UTC).isoformat(timespec="seconds")
        handle.truncate(0)
        handle.write(f"process {os.getpid()} on {socket.gethostname()} since {now}")
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def _attribution_to_json(attribution: Attribution) -> dict[str, Any]:
    return {
        "id": attribution.id,
        "source": [[s.start, s.end] for s in attribution.source],
        "cue": [[s.start, s.end] for s in attribution.cue],
        "content": [[s.start, s.end] for s in attribution.content],
        "quote_type": attribution.quote_type,
        "attitude": attribution.attitude,
        "act": attribution.act,
        "source_kind": attribution.source_kind,
        "speaker_ids": list(attribution.speaker_ids),
        "about_ids": list(attribution.about_ids),
        "parent": attribution.parent,
        "score": attribution.score,
        "no_source_score": attribution.no_source_score,
    }


def _attribution_from_json(line: AttributionJson) -> Attribution:
    fields: dict[str, Any] = dict(line)
    for role in ("source", "cue", "content"):
        fields[role] = tuple(Span(*pair) for pair in fields[role])
    for ids in ("speaker_ids", "about_ids"):
        fields[ids] = tuple(fields[ids])
    return Attribution(**fields)


def _entity_to_json(entity: Entity) -> dict[str, Any]:
    role = entity.role
    return {
        "id": entity.id,
        "name": entity.name,
        "kind": entity.kind,
        "aliases": list(entity.aliases),
        "role": None if role is None else {"text": role.text, "start": role.start, "end": role.end},
        "stands_for": entity.stands_for,
        "wikidata": entity.wikidata,
        "mentions": [
            {"start": m.start, "end": m.end, "form": m.form, "score": m.score} for m in entity.mentions
        ],
    }


def _entity_from_json(line: EntityJson) -> Entity:
    fields: dict[str, Any] = dict(line)
    fields["aliases"] = tuple(line["aliases"])
    fields["role"] = None if line["role"] is None else Role(**line["role"])
    fields["mentions"] = tuple(EntityMention(**m) for m in line["mentions"])
    return Entity(**fields)


def _check_text(text: str, text_sha256: str) -> None:
    if sha256_of(text) != text_sha256:
        raise ValueError("the text is not the one that text_sha256 was made of")


def _check_made_for(annotation: Annotation, document: Document) -> None:
    if annotation.document_id != document.id:
        raise ValueError(f"was not made for document {document.id}")
    _check_text(document.text, annotation.text_sha256)


def _check_attributions(annotation: Annotation, length: int | None) -> None:
    ids = [a.id for a in annotation.attributions]
    _check_once(ids, "attribution")
    entities = {e.id for e in annotation.entities}
    parents = {a.id: a.parent for a in annotation.attributions}
    for a in annotation.attributions:
        for role, spans in (("source", a.source), ("cue", a.cue), ("content", a.content)):
            _check_order(spans, length, f"attribution {a.id}: {role}")
        if not a.content:
            raise ValueError(f"attribution {a.id}: no content")
        for unknown in {*a.speaker_ids, *a.about_ids} - entities:
            raise ValueError(f"attribution {a.id}: there is no entity {unknown}")
        if a.parent is not None and a.parent not in parents:
            raise ValueError(f"attribution {a.id}: there is no attribution {a.parent} to be its parent")
        if _ring(a.id, parents):
            raise ValueError(f"attribution {a.id}: is its own parent's parent")


def _ring(start: str, parents: Mapping[str, str | None]) -> bool:
    """Whether the parents of `start` lead back to it."""
    seen = set[str]()
    above = parents[start]
    while above is not None and above not in seen:
        if above == start:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _check_entities(annotation: Annotation, length: int | None) -> None:
    _check_once([e.id for e in annotation.entities], "entity")
    for e in annotation.entities:
        for span in (m.span for m in e.mentions):
            _check_order([span], length, f"entity {e.id}: mention")
        if e.role is not None:
            _check_order([Span(e.role.start, e.role.end)], length, f"entity {e.id}: role")


def _check_once(ids: Sequence[str], what: str) -> None:
    if len(set(ids)) < len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise ValueError(f"{what} {twice} is there twice")


def _check_order(spans: Sequence[Span], length: int | None, what: str) -> None:
    for s in spans:
        if s.start < 0 or s.start >= s.end:
            raise ValueError(f"{what}: [{s.start}, {s.end}) is no range")
        if length is not None and s.end > length:
            raise ValueError(f"{what}: [{s.start}, {s.end}) reaches beyond the text of {length} characters")
    for left, right in pairwise(spans):
        if right.start < left.end:
            raise ValueError(f"{what}: [{right.start}, {right.end}) does not come after what precedes it")


def _name_of(value: Mapping[str, Any] | bytes, field: str) -> str:
    """The document id in a line that may be anything, for a message."""
    if isinstance(value, bytes):
        try:
            value = json.loads(value)
        except ValueError:
            return "document"
    name = value.get(field) if isinstance(value, Mapping) else None
    return name if isinstance(name, str) and name else "document"


def _raw_lines(path: Path | str) -> Iterator[tuple[str, bytes]]:
    """Place and bytes of each line that is not blank, split at newlines only: U+2028 may stand in a text."""
    try:
        with Path(path).open("rb") as handle:
            for number, line in enumerate(handle, start=1):
                if line.strip():
                    yield f"{path}:{number}", line
    except OSError as error:
        raise BadArgument(f"{path} cannot be read: {error.strerror}") from None


def _parsed(raw: bytes, where: str) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(raw))
    except ValueError:
        raise BadAnnotation(f"{where}: not a whole line of JSON") from None


def _encode(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _replace(path: Path, lines: Iterable[bytes]) -> int:
    """Write beside `path`, push it to the disk, and only then give it the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with part.open("wb") as handle:
            for line in lines:
                handle.write(line)
                count += 1
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return count
