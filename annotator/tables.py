"""The tables of an export: what a row is, what each column holds, and the data dictionary made from that.

Here alone the columns stand; the files' schema, the README of every export and `schemas/` follow from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from annotator.model import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GAP", "OFFSETS", "TABLES", "Column", "Table", "dictionary", "schemas"]

# Pieces of a content that the cue interrupts, in one cell.
GAP = " … "
OFFSETS = (
    "Offsets are half-open ranges of Unicode code points into the story's text, counted from 0: "
    "`text[start:end]` in Python, `substring(text, start + 1, end - start)` in DuckDB, "
    "`substr(text, start + 1, end)` in R."
)
_TEXT = pl.String()
_TEXTS = pl.List(pl.String)
_COUNT = pl.Int64()
_NUMBER = pl.Float64()
_BLOCKS = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "kind": pl.String}))
_WORDS = {
    _TEXT: "text",
    _TEXTS: "list of text",
    _COUNT: "integer",
    _NUMBER: "number",
    _BLOCKS: "list of {start, end, kind}",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type and what a value means."""

    name: str
    type: pl.DataType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row is, and its columns in order."""

    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """Names and types as polars has them."""
        return pl.Schema({c.name: c.type for c in self.columns})


# Who says it, on every row that somebody says.
_MADE_BY = (
    Column("document_id", _TEXT, "story; key into documents"),
    Column("text_sha256", _TEXT, "SHA-256 of the text that the offsets count in"),
    Column("annotation_id", _TEXT, "one producer's work on one story; key into annotations"),
    Column("layer", _TEXT, "machine, human (as submitted) or gold (adjudicated)"),
    Column("producer_kind", _TEXT, "model or person"),
    Column("producer_name", _TEXT, "name of the model, pseudonym of the person"),
    Column("producer_version", _TEXT, "version of the model; empty for a person"),
    Column(
        "producer_settings", _TEXT, "hash of everything that decides a model's output; empty for a person"
    ),
)

TABLES: Mapping[str, Table] = {
    "documents": Table(
        "a story",
        (
            Column("document_id", _TEXT, "id of the story"),
            Column("title", _TEXT, "as the input gave it; may be null"),
            Column("url", _TEXT, "as the input gave it; may be null"),
            Column("date", _TEXT, "as the input gave it; may be null"),
            Column("lang", _TEXT, "language code; may be null"),
            Column("text", _TEXT, "the whole text; null where the export was made without texts"),
            Column("text_sha256", _TEXT, "SHA-256 of the UTF-8 text, hexadecimal"),
            Column("characters", _COUNT, "length of the text in Unicode code points"),
            Column(
                "paragraphs", _BLOCKS, "blocks of the text and what they are for (body, headline, caption, …)"
            ),
            Column("meta", _TEXT, "what else the input said of the story, as JSON"),
        ),
    ),
    "annotations": Table(
        "one producer's work on one story, also where it found nothing",
        (
            *_MADE_BY,
            Column("attributions", _COUNT, "number of rows in attributions"),
            Column("entities", _COUNT, "number of rows in entities"),
            Column("studio_project", _TEXT, "Label Studio's project; null unless it was pulled from there"),
            Column("studio_task", _COUNT, "Label Studio's task; null as above"),
            Column("studio_annotation", _COUNT, "Label Studio's annotation; null as above"),
            Column("submitted_at", _TEXT, "when the person last submitted, ISO 8601 in UTC; null as above"),
            Column("lead_time", _NUMBER, "seconds that the person had the story open; null as above"),
            Column(
                "parent_model_version",
                _TEXT,
                "version that it began from, the model's or a person's; null if none",
            ),
            Column(
                "removed_ids", _TEXTS, "pre-annotated attributions that the person took out; null as above"
            ),
            Column("decided_between", _TEXTS, "of gold, the versions that were put up; null if not known"),
        ),
    ),
    "attributions": Table(
        "somebody (or nobody named) presented as the origin of words, a claim, a belief or an intention",
        (
            *_MADE_BY,
            Column("attribution_id", _TEXT, "the same for the same text and spans, whoever made it"),
            Column("source_text", _TEXT, "the words that name the origin; null if the text names none"),
            Column("cue_text", _TEXT, "the words that signal the report; null if there are none"),
            Column("content_text", _TEXT, f"what is reported; pieces joined by “{GAP}”"),
            Column("speakers", _TEXTS, "names of the entities that say it"),
            Column("about", _TEXTS, "names of the entities it speaks of or to"),
            Column(
                "quote_type", _TEXT, "direct, mixed or indirect: all, part or none of it in quotation marks"
            ),
            Column("act", _TEXT, "statement, accusation, denial, warning, promise, demand, question, …"),
            Column("attitude", _TEXT, "assertion, belief, fact or eventuality"),
            Column("source_kind", _TEXT, "person, organization, place, group, document or unspecified"),
            Column("source_start", _COUNT, "first code point of the source; null if there is none"),
            Column("source_end", _COUNT, "one past its last code point"),
            Column("cue_start", _COUNT, "first code point of the cue; null if there is none"),
            Column("cue_end", _COUNT, "one past its last code point"),
            Column("content_start", _COUNT, "first code point of the content's first piece"),
            Column("content_end", _COUNT, "one past the last code point of its last piece"),
            Column("content_pieces", _COUNT, "number of pieces; their ranges stand in spans"),
            Column("speaker_ids", _TEXTS, "keys into entities, in the order of speakers"),
            Column("about_ids", _TEXTS, "keys into entities, in the order of about"),
            Column("speaker_register_ids", _TEXTS, "the speakers across stories; null where not linked"),
            Column("about_register_ids", _TEXTS, "those spoken of across stories; null where not linked"),
            Column("parent_id", _TEXT, "attribution in whose content this one's cue stands; null if none"),
            Column("score", _NUMBER, "the model's probability that it is right; null from a person"),
            Column(
                "no_source_score",
                _NUMBER,
                "its probability that the text names no origin; null from a person",
            ),
            Column(
                "change", _TEXT, "what the person did to it: kept, values, spans or added; null from a model"
            ),
            Column(
                "changed_from", _TEXT, "the pre-annotated attribution it was made of; null if there is none"
            ),
        ),
    ),
    "spans": Table(
        "one contiguous piece of a source, cue or content",
        (
            *_MADE_BY,
            Column("attribution_id", _TEXT, "key into attributions, with annotation_id"),
            Column("role", _TEXT, "source, cue or content"),
            Column("piece", _COUNT, "1, 2, … in text order within the role"),
            Column("start", _COUNT, "first Unicode code point in the text, from 0"),
            Column("end", _COUNT, "one past its last code point"),
            Column("text", _TEXT, "the characters between them"),
        ),
    ),
    "entities": Table(
        "a person, body, place, group or document of one story",
        (
            *_MADE_BY,
            Column("entity_id", _TEXT, "id within the story"),
            Column("name", _TEXT, "the fullest name the story gives"),
            Column("kind", _TEXT, "person, organization, place, group or document"),
            Column("aliases", _TEXTS, "other names in the story"),
            Column("role", _TEXT, "what the story says it is; null if it does not say"),
            Column("role_start", _COUNT, "first code point of that; null as above"),
            Column("role_end", _COUNT, "one past its last code point; null as above"),
            Column(
                "stands_for", _TEXT, "what a place name stands for (a government, a team); null if nothing"
            ),
            Column("wikidata", _TEXT, "Wikidata id; null if unknown"),
            Column("register_id", _TEXT, "the same entity across stories; null where stories are not linked"),
            Column("register_name", _TEXT, "its name there; null as above"),
            Column("mentions", _COUNT, "number of rows in mentions"),
        ),
    ),
    "mentions": Table(
        "one place where an entity is spoken of",
        (
            *_MADE_BY,
            Column("entity_id", _TEXT, "key into entities, with annotation_id"),
            Column("entity_name", _TEXT, "its name there"),
            Column("form", _TEXT, "name, nominal or pronoun"),
            Column("start", _COUNT, "first Unicode code point in the text, from 0"),
            Column("end", _COUNT, "one past its last code point"),
            Column("text", _TEXT, "the characters between them"),
            Column("score", _NUMBER, "the model's probability; null where it gives none"),
        ),
    ),
}


def dictionary() -> str:
    """Every table and column, in Markdown."""
    lines = []
    for name, table in TABLES.items():
        lines += [
            f"## {name}.parquet",
            "",
            f"A row is {table.row}.",
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| {c.name} | {_WORDS[c.type]} | {c.meaning} |" for c in table.columns]
        lines.append("")
    return "\n".join(lines)


def schemas() -> dict[str, str]:
    """The data dictionary as the content of the files of these names."""
    machine = {
        name: {
            "row": table.row,
            "columns": [
                {"name": c.name, "type": _WORDS[c.type], "polars": str(c.type), "meaning": c.meaning}
                for c in table.columns
            ],
        }
        for name, table in TABLES.items()
    }
    title = f"# The tables of an export\n\nOne parquet file each. {OFFSETS}\n\n"
    return {
        "dataset.md": title + dictionary(),
        "dataset.json": json.dumps(
            {"format": SCHEMA_VERSION, "tables": machine}, indent=2, ensure_ascii=False
        )
        + "\n",
    }
