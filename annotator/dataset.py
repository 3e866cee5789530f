"""A release of a folder of stories as parquet tables, and its loading.

Neither needs a model or Label Studio. What the columns are stands in `annotator.tables`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import polars as pl
from polars.exceptions import PolarsError

from annotator.errors import BadArgument
from annotator.model import SCHEMA_VERSION, Annotation, Attribution, Document, Entity, Layer
from annotator.provenance import provenance
from annotator.store import check, locked, read_annotations, read_documents, read_lines
from annotator.tables import GAP, OFFSETS, TABLES, dictionary, schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["RIGHTS", "Choice", "Dataset", "ExportReport", "export", "load", "schemas"]

Choice = Literal["best", "machine", "human", "gold", "all"]
Row = dict[str, Any]
T = TypeVar("T")
Linked = tuple[str, str]

RIGHTS = "Rights in the texts stay with their owners."
_FILES = ("annotations.jsonl", "human.jsonl", "gold.jsonl")
_FROM_STUDIO = (
    "studio_project",
    "studio_task",
    "studio_annotation",
    "submitted_at",
    "lead_time",
    "parent_model_version",
    "removed_ids",
    "decided_between",
)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote: rows a table, annotations a layer, and what it left out.

    `stale` annotations were made of another text than the story has now, `unknown` ones of no story here.
    """

    out: Path
    rows: Mapping[str, int]
    layers: Mapping[str, int]
    stale: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dataset:
    """The tables of an export as polars frames; the columns stand in `TABLES` and in the export's README."""

    documents: pl.DataFrame
    annotations: pl.DataFrame
    attributions: pl.DataFrame
    spans: pl.DataFrame
    entities: pl.DataFrame
    mentions: pl.DataFrame

    def __repr__(self) -> str:
        layers = Counter(self.annotations["layer"])
        made = ", ".join(f"{layers[name]} {name}" for name in get_args(Layer) if layers[name])
        return (
            f"Dataset({self.documents.height} documents, {self.attributions.height} attributions; "
            f"annotations: {made or 'none'})"
        )


@dataclass(slots=True)
class _Sources:
    """What a folder holds: stories by id, annotations that fit them, their provenance, entities' links."""

    documents: dict[str, Document] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)
    studio: dict[tuple[str, ...], Row] = field(default_factory=dict)
    register: dict[Linked, Linked] = field(default_factory=dict)
    stale: int = 0
    unknown: int = 0


def export(folder: Path | str, out: Path | str, *, texts: bool = True) -> ExportReport:
    """Write every layer of `folder` as parquet tables, a README.md and a dataset.json into `out`.

    The same folder gives the same bytes. Other files in `out` are left alone, each of ours is replaced whole.
    With `texts=False` the stories' full texts are left out; the pieces that somebody marked stay.
    Raises BadArgument if there are no stories or `out` cannot be written, Busy, BadDocument, BadAnnotation.
    """
    folder, out = Path(folder), Path(out)
    if not (folder / "documents.jsonl").is_file():
        raise BadArgument(f"{folder}: there is no documents.jsonl in it; `annotator annotate` makes one")
    with locked(folder):
        sources = _sources(folder)
        frames = _frames(sources, texts=texts)
        layers = Counter(a.layer for a in sources.annotations)
        report = ExportReport(
            out=out,
            rows={name: frame.height for name, frame in frames.items()},
            layers={name: layers[name] for name in get_args(Layer)},
            stale=sources.stale,
            unknown=sources.unknown,
        )
        try:
            _write(out, frames, report, sources, texts=texts)
        except OSError as error:
            raise BadArgument(f"{out} cannot be written: {error.strerror or error}") from None
    return report


def load(path: Path | str, *, layer: Choice = "best") -> Dataset:
    """The tables of an export, with all stories and one annotation of each: the best there is.

    Gold comes before human before machine; of several in that layer the one submitted last, and where no time
    is known the last one pulled. `layer` "machine", "human" or "gold" gives every annotation of that layer,
    "all" every one there is. Raises BadArgument if `path` is no export.
    """
    if layer not in get_args(Choice):
        raise BadArgument(f"layer is one of {', '.join(get_args(Choice))}, not {layer!r}")
    frames = {name: _read(Path(path), name) for name in TABLES}
    if layer != "all":
        chosen = _chosen(frames["annotations"], layer)
        for name in frames.keys() - {"documents"}:
            frames[name] = frames[name].filter(pl.col("annotation_id").is_in(chosen.implode()))
    return Dataset(**frames)


def _sources(folder: Path) -> _Sources:
    """Everything in `folder` that an export needs, annotations ordered by story, layer and line."""
    found = _Sources(documents={d.id: d for d in read_documents(folder / "documents.jsonl")})
    newest: dict[tuple[str, ...], Annotation] = {}
    for path in (folder / name for name in _FILES):
        for annotation in read_annotations(path) if path.exists() else ():
            if _fits(annotation, found, where=str(path)):
                made_by = (annotation.layer, annotation.producer.kind, annotation.producer.name)
                # A producer's later line takes the place of the earlier one, and its later position.
                newest.pop((annotation.document_id, *made_by), None)
                newest[annotation.document_id, *made_by] = annotation
    position = {id_: i for i, id_ in enumerate(found.documents)}
    rank = {layer: i for i, layer in enumerate(get_args(Layer))}
    found.annotations = sorted(newest.values(), key=lambda a: (position[a.document_id], rank[a.layer]))
    found.studio = provenance(folder)
    found.register = _register(folder / "register.jsonl")
    return found


def _fits(annotation: Annotation, found: _Sources, *, where: str) -> bool:
    """Whether its story is there with the same text; counts it if not."""
    document = found.documents.get(annotation.document_id)
    if document is None:
        found.unknown += 1
        return False
    if document.text_sha256 != annotation.text_sha256:
        found.stale += 1
        return False
    check(annotation, document, where=where)
    return True


def _register(path: Path) -> dict[Linked, Linked]:
    """Story and entity → id and name in the register, which need not be there."""
    if not path.exists():
        return {}
    return {
        (member["document_id"], member["entity_id"]): (line["id"], line["name"])
        for line in read_lines(path, "register")
        for member in line["members"]
    }


def _frames(sources: _Sources, *, texts: bool) -> dict[str, pl.DataFrame]:
    """All tables, built some hundred stories at a time so that rows do not pile up as Python objects."""
    parts: dict[str, list[pl.DataFrame]] = {name: [t.schema.to_frame()] for name, t in TABLES.items()}
    documents = list(sources.documents.values())
    for chunk in _chunks(documents):
        parts["documents"].append(_frame("documents", [_document_row(d, texts=texts) for d in chunk]))
    for part in _chunks(sources.annotations):
        rows: dict[str, list[Row]] = {name: [] for name in TABLES if name != "documents"}
        for annotation in part:
            _add_rows(rows, annotation, sources)
        for name, table in rows.items():
            parts[name].append(_frame(name, table))
    return {name: pl.concat(frames, rechunk=True) for name, frames in parts.items()}


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[i : i + _CHUNK] for i in range(0, len(items), _CHUNK))


def _frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """A table with its fixed types: a column without values keeps its own."""
    columns = TABLES[name].columns
    return pl.DataFrame([pl.Series(c.name, [row[c.name] for row in rows], dtype=c.type) for c in columns])


def _document_row(document: Document, *, texts: bool) -> Row:
    return {
        "document_id": document.id,
        "title": document.title,
        "url": document.url,
        "date": document.date,
        "lang": document.lang,
        "text": document.text if texts else None,
        "text_sha256": document.text_sha256,
        "characters": len(document.text),
        "paragraphs": [{"start": p.start, "end": p.end, "kind": p.kind} for p in document.paragraphs],
        "meta": json.dumps(document.meta, ensure_ascii=False, sort_keys=True),
    }


def _add_rows(rows: dict[str, list[Row]], annotation: Annotation, sources: _Sources) -> None:
    """Append what `annotation` says to each table's rows."""
    text = sources.documents[annotation.document_id].text
    made_by = _made_by(annotation)
    known = sources.studio.get((annotation.layer, annotation.document_id, annotation.producer.name), {})
    changes = known.get("changes", {})
    rows["annotations"].append(
        made_by
        | {"attributions": len(annotation.attributions), "entities": len(annotation.entities)}
        | {name: known.get(name) for name in _FROM_STUDIO}
    )
    links = {e.id: sources.register.get((annotation.document_id, e.id)) for e in annotation.entities}
    names = {e.id: e.name for e in annotation.entities}
    for a in annotation.attributions:
        kind, was = changes.get(a.id, (None, None))
        row = _attribution_row(a, text, names, links)
        rows["attributions"].append(made_by | row | {"change": kind, "changed_from": was})
        rows["spans"] += [made_by | row for row in _span_rows(a, text)]
    for e in annotation.entities:
        rows["entities"].append(made_by | _entity_row(e, links[e.id]))
        rows["mentions"] += [made_by | row for row in _mention_rows(e, text)]


def _made_by(annotation: Annotation) -> Row:
    """The columns that every table but documents begins with."""
    producer = annotation.producer
    key = (annotation.text_sha256, annotation.document_id, annotation.layer, producer.kind, producer.name)
    return {
        "document_id": annotation.document_id,
        "text_sha256": annotation.text_sha256,
        "annotation_id": "n" + sha256("|".join(key).encode()).hexdigest()[:15],
        "layer": annotation.layer,
        "producer_kind": producer.kind,
        "producer_name": producer.name,
        "producer_version": producer.version,
        "producer_settings": producer.settings,
    }


def _attribution_row(
    a: Attribution, text: str, names: Mapping[str, str], links: Mapping[str, Linked | None]
) -> Row:
    row: Row = {
        "attribution_id": a.id,
        "quote_type": a.quote_type,
        "act": a.act,
        "attitude": a.attitude,
        "source_kind": a.source_kind,
        "content_pieces": len(a.content),
        "parent_id": a.parent,
        "score": a.score,
        "no_source_score": a.no_source_score,
    }
    for role, spans in (("source", a.source), ("cue", a.cue), ("content", a.content)):
        row[f"{role}_text"] = GAP.join(s.of(text) for s in spans) or None
        row[f"{role}_start"] = spans[0].start if spans else None
        row[f"{role}_end"] = spans[-1].end if spans else None
    for ids, who, key in ((a.speaker_ids, "speakers", "speaker"), (a.about_ids, "about", "about")):
        row[who] = [names[i] for i in ids]
        row[f"{key}_ids"] = list(ids)
        row[f"{key}_register_ids"] = [link[0] if (link := links[i]) else None for i in ids]
    return row


def _span_rows(a: Attribution, text: str) -> Iterator[Row]:
    for role, spans in (("source", a.source), ("cue", a.cue), ("content", a.content)):
        for piece, s in enumerate(spans, start=1):
            yield {
                "attribution_id": a.id,
                "role": role,
                "piece": piece,
                "start": s.start,
                "end": s.end,
                "text": s.of(text),
            }


def _entity_row(e: Entity, link: Linked | None) -> Row:
    return {
        "entity_id": e.id,
        "name": e.name,
        "kind": e.kind,
        "aliases": list(e.aliases),
        "role": e.role.text if e.role else None,
        "role_start": e.role.start if e.role else None,
        "role_end": e.role.end if e.role else None,
        "stands_for": e.stands_for,
        "wikidata": e.wikidata,
        "register_id": link[0] if link else None,
        "register_name": link[1] if link else None,
        "mentions": len(e.mentions),
    }


def _mention_rows(e: Entity, text: str) -> Iterator[Row]:
    for m in e.mentions:
        yield {
            "entity_id": e.id,
            "entity_name": e.name,
            "form": m.form,
            "start": m.start,
            "end": m.end,
            "text": m.span.of(text),
            "score": m.score,
        }


def _write(
    out: Path, frames: Mapping[str, pl.DataFrame], report: ExportReport, sources: _Sources, *, texts: bool
) -> None:
    """Write everything beside its place and only then put it there, the manifest last."""
    part = out / ".part"
    # What a killed run left behind.
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        for name, frame in frames.items():
            frame.write_parquet(part / f"{name}.parquet", compression="zstd")
        manifest = _manifest(part, report, sources, texts=texts)
        (part / "README.md").write_text(_readme(manifest), encoding="utf-8")
        (part / "dataset.json").write_text(_json(manifest), encoding="utf-8")
        files = [*(f"{name}.parquet" for name in frames), "README.md", "dataset.json"]
        for name in files:
            _to_disk(part / name)
        for name in files:
            (part / name).replace(out / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _to_disk(path: Path) -> None:
    """Have the system write a file's content out before the file takes the place of an older one."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _manifest(part: Path, report: ExportReport, sources: _Sources, *, texts: bool) -> Row:
    """What the export is made of: no time and no path, so that the same input gives the same bytes."""
    producers = Counter((a.layer, *_producer(a)) for a in sources.annotations)
    return {
        "format": SCHEMA_VERSION,
        "made_with": {"claim-annotator": _version()},
        "rights": RIGHTS,
        "texts": texts,
        "documents": len(sources.documents),
        "layers": dict(report.layers),
        "producers": [
            {
                "layer": layer,
                "kind": kind,
                "name": name,
                "version": version,
                "settings": settings,
                "stories": n,
            }
            for (layer, kind, name, version, settings), n in sorted(producers.items())
        ],
        "left_out": {"stale": report.stale, "unknown": report.unknown},
        "tables": {
            name: {"rows": rows, "sha256": sha256((part / f"{name}.parquet").read_bytes()).hexdigest()}
            for name, rows in report.rows.items()
        },
    }


def _producer(annotation: Annotation) -> tuple[str, str, str, str]:
    p = annotation.producer
    return (p.kind, p.name, p.version, p.settings)


def _version() -> str | None:
    """The version of the package; None where it runs without having been installed."""
    try:
        return metadata.version("claim-annotator")
    except metadata.PackageNotFoundError:
        return None


def _json(value: Row) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _readme(manifest: Row) -> str:
    """What a stranger needs who has only this folder."""
    layers = ", ".join(f"{n} {layer}" for layer, n in manifest["layers"].items())
    rows = "\n".join(f"| {name}.parquet | {table['rows']} |" for name, table in manifest["tables"].items())
    example = "select speakers, act, content_text from 'attributions.parquet' where layer = 'machine'"
    return f"""# Who says what: quotations and reported claims

{manifest["documents"]} stories; annotations of them by layer: {layers}. {RIGHTS}

`machine` is what a model found, `human` what a person submitted, `gold` what was adjudicated. Every layer is
in every table: choose one before counting. Producers, versions and check sums stand in `dataset.json`.

| file | rows |
|---|---|
{rows}

{OFFSETS}

    import polars; polars.read_parquet("attributions.parquet")
    import pandas; pandas.read_parquet("attributions.parquet")
    duckdb -c "{example}"
    import annotator; annotator.load(".").attributions     # the best layer of each story

{dictionary()}"""


def _read(folder: Path, name: str) -> pl.DataFrame:
    """One table; raises BadArgument if it is not there or not as it should be."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise BadArgument(
            f"{folder} is no export: there is no {path.name} in it; `annotator export` makes one"
        )
    try:
        frame = pl.read_parquet(path, glob=False)
    except PolarsError as error:
        raise BadArgument(f"{path} cannot be read as parquet: {str(error).splitlines()[0]}") from None
    for column, type_ in TABLES[name].schema.items():
        found = frame.schema.get(column)
        if found is None:
            raise BadArgument(f"{path}: there is no column {column!r}; export again with this version")
        if found != type_:
            raise BadArgument(
                f"{path}: column {column!r} is {found}, not {type_}; export again with this version"
            )
    return frame


def _chosen(annotations: pl.DataFrame, layer: Choice) -> pl.Series:
    """The ids of the annotations that `layer` stands for."""
    if layer != "best":
        return annotations.filter(pl.col("layer") == layer)["annotation_id"]
    rank = pl.col("layer").replace_strict(
        {name: i for i, name in enumerate(get_args(Layer))}, return_dtype=pl.Int64
    )
    best = annotations.with_row_index("line").sort(
        rank, pl.col("submitted_at"), pl.col("line"), nulls_last=False
    )
    return best.group_by("document_id", maintain_order=True).last()["annotation_id"]
