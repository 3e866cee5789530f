"""Stories as rows: JSON lines, CSV and parquet, read a row at a time.

What is wrong with a row comes as a BadDocument in its place; what is wrong with the whole file is raised as one.
"""

from __future__ import annotations

import codecs
import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from annotator.errors import BadDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from io import TextIOWrapper
    from pathlib import Path

__all__ = [
    "FIELDS",
    "Found",
    "Story",
    "columns_of_csv",
    "columns_of_parquet",
    "encoding_of",
    "no_text",
    "rows_of_csv",
    "rows_of_jsonl",
    "rows_of_parquet",
    "shown",
]

# What a row says of its story under these names has a place of its own; the rest is kept beside it.
FIELDS = ("id", "text", "title", "url", "date", "lang", "meta")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PARQUET_ROWS = 1024
# A character may take six bytes of JSON, or twelve outside the basic plane.
_JSON_BYTES = 12


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it was found: its fields, the id that it has if they hold none, and its file or line."""

    name: str
    fields: Mapping[str, Any]
    where: str


Found: TypeAlias = Story | BadDocument


def shown(path: Path) -> str:
    """The path as it can be written down, whatever bytes its name has."""
    return str(path).encode(errors="backslashreplace").decode()


def encoding_of(start: bytes) -> str:
    """The encoding that the first bytes of a file declare by a byte order mark, otherwise UTF-8."""
    return next((name for mark, name in _BOMS if start.startswith(mark)), "utf-8")


def no_text(columns: Sequence[str]) -> str:
    """The reason for which a table with these columns holds no stories."""
    return f'no column "text" among: {", ".join(columns) or "none"}'


def rows_of_jsonl(path: Path, name: str, max_chars: int) -> Iterator[Found]:
    """The objects of a file of JSON lines; a line far beyond `max_chars` is passed over without being held."""
    longest = _JSON_BYTES * max_chars + 100_000
    number = 0
    with path.open("rb") as handle:
        while raw := handle.readline(longest + 1):
            number += 1
            where = f"{shown(path)}:{number}"
            if len(raw) > longest:
                while raw and not raw.endswith(b"\n"):
                    raw = handle.readline(longest)
                yield BadDocument("a line too long for the limit of --max-chars", where=where)
            elif raw.strip():
                yield _line(raw, f"{name}-{number}", where)


def _line(raw: bytes, name: str, where: str) -> Found:
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadDocument("not UTF-8", where=where)
    except (ValueError, RecursionError):
        return BadDocument("not a whole line of JSON", where=where)
    if not isinstance(fields, dict):
        return BadDocument("not a JSON object", where=where)
    return Story(name, fields, where)


def rows_of_csv(path: Path, name: str, max_chars: int) -> Iterator[Found]:
    """The rows of a table between commas, semicolons or tabs; raises BadDocument if it has no texts."""
    columns = columns_of_csv(path)
    if "text" not in columns:
        raise BadDocument(no_text(columns))
    for number, (line, row) in enumerate(_csv_rows(path, 4 * max_chars), start=1):
        where = f"{shown(path)}:{line}"
        if isinstance(row, csv.Error):
            yield BadDocument(f"no row of a table: {row}", where=where)
        elif len(row) > len(columns):
            yield BadDocument(f"{len(row)} fields under {len(columns)} columns", where=where)
        else:
            yield Story(f"{name}-{number}", dict(zip(columns, row, strict=False)), where)


def _csv_rows(path: Path, longest: int) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """The first line and the fields of each row below the header that is not blank, or what is wrong with it."""
    # The module knows one limit for all tables of a process, and its own is below a long story.
    csv.field_size_limit(max(csv.field_size_limit(), longest))
    with _opened(path) as handle:
        rows = csv.reader(handle, delimiter=_delimiter(handle))
        next(rows)
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, error
            else:
                if row:
                    yield line, row


def _opened(path: Path) -> TextIOWrapper:
    """A table as text; bytes that are not UTF-8 become half characters, so that only their row is rejected."""
    with path.open("rb") as handle:
        start = handle.read(4)
    return path.open(encoding=encoding_of(start), errors="surrogateescape", newline="")


def _delimiter(handle: TextIOWrapper) -> str:
    """What stands between the columns of the first line: a comma, a semicolon or a tab."""
    header = handle.readline()
    handle.seek(0)
    return max(",;\t", key=header.count)


def columns_of_csv(path: Path) -> list[str]:
    """The names in the first line, ours in small letters."""
    with _opened(path) as handle:
        row = next(csv.reader(handle, delimiter=_delimiter(handle)), [])
    names = [column.strip() for column in row]
    return [name.lower() if name.lower() in FIELDS else name for name in names]


def rows_of_parquet(path: Path, name: str, max_chars: int) -> Iterator[Found]:
    """The rows of a parquet file, some at a time; raises BadDocument if it is none or has no texts."""
    del max_chars  # a row's text is measured when it is there
    import polars as pl  # noqa: PLC0415 - a third of a second

    columns = columns_of_parquet(path)
    if "text" not in columns:
        raise BadDocument(no_text(columns))
    table = pl.scan_parquet(path, glob=False)
    number = 0
    try:
        while rows := table.slice(number, _PARQUET_ROWS).collect().rows(named=True):
            for row in rows:
                number += 1
                yield Story(f"{name}-{number}", row, f"{shown(path)}:{number}")
    except pl.exceptions.PolarsError as error:
        raise BadDocument(f"broken parquet: {_first_line(error)}") from None


def columns_of_parquet(path: Path) -> list[str]:
    """The names of the columns; raises BadDocument if it is no parquet file."""
    import polars as pl  # noqa: PLC0415 - as above

    try:
        return pl.scan_parquet(path, glob=False).collect_schema().names()
    except pl.exceptions.PolarsError as error:
        raise BadDocument(f"no parquet: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unknown"])[0]
