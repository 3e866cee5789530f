"""People whom a study knows beforehand, from a file: matched before the names of the stories among each other.

CSV with a first line of column names, or JSONL: `name`, `aliases` (in CSV separated by ";"), and if you like `wikidata`
(as "Q42"). A folder keeps the last file given as `known.jsonl`, so that each later link uses it too.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadAnnotation, BadArgument
from annotator.model import SCHEMA_VERSION
from annotator.names import fold
from annotator.store import read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "known.jsonl"
_COLUMNS = {"name", "aliases", "wikidata"}
_WIKIDATA = re.compile(r"Q[1-9]\d*")


@dataclass(frozen=True, slots=True, order=True)
class KnownPerson:
    """Somebody with all names under which stories may speak of them."""

    name: str
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None


def read_known(path: Path | str) -> tuple[KnownPerson, ...]:
    """The people of a CSV or JSONL file, sorted.

    Raises BadArgument, naming file and line, for a missing name, an unknown column, a wrong Wikidata id, or one
    person twice.
    """
    path = Path(path)
    read = _from_lines if path.suffix in (".jsonl", ".ndjson") else _from_table
    people = []
    places: dict[str, str] = {}
    for where, person in read(path):
        key = person.wikidata or f"{fold(person.name)}|{'|'.join(person.aliases)}"
        if key in places:
            raise BadArgument(f"{where}: {person.name} stands in {places[key]} already")
        places[key] = where
        people.append(person)
    return tuple(sorted(people, key=lambda p: (p.name, p.aliases, p.wikidata or "")))


def write_known(path: Path, people: Iterable[KnownPerson]) -> None:
    """Write people as `known.jsonl`, one a line."""
    write_lines(
        path,
        (
            {"schema": SCHEMA_VERSION, "name": p.name, "aliases": list(p.aliases), "wikidata": p.wikidata}
            for p in people
        ),
    )


def _from_lines(path: Path) -> Iterator[tuple[str, KnownPerson]]:
    try:
        for number, line in enumerate(read_lines(path, "known"), start=1):
            yield _person(f"{path}:{number}", line["name"], line.get("aliases", ()), line.get("wikidata"))
    except BadAnnotation as error:
        raise BadArgument(str(error)) from None


def _from_table(path: Path) -> Iterator[tuple[str, KnownPerson]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.DictReader(handle)
            _check_columns(path, rows.fieldnames)
            for row in rows:
                where = f"{path}:{rows.line_num}"
                if row.get(None) is not None:  # what csv calls the cells too many
                    raise BadArgument(f"{where}: more cells than columns; aliases are separated by ;")
                yield _person(where, row["name"], (row.get("aliases") or "").split(";"), row.get("wikidata"))
    except OSError as error:
        raise BadArgument(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadArgument(f"{path} is no CSV in UTF-8: {error}") from None


def _check_columns(path: Path, columns: Any) -> None:  # noqa: ANN401 - csv types it so
    found = set(columns or ())
    if "name" not in found:
        raise BadArgument(f"{path}: the first line names no column `name` (columns: name, aliases, wikidata)")
    if unknown := sorted(str(c) for c in found - _COLUMNS):
        raise BadArgument(f"{path}: unknown column {unknown[0]} (columns: name, aliases, wikidata)")


def _person(
    where: str, name: str | None, aliases: Iterable[str], wikidata: str | None
) -> tuple[str, KnownPerson]:
    name = (name or "").strip()
    wikidata = (wikidata or "").strip() or None
    if not name:
        raise BadArgument(f"{where}: no name")
    if wikidata is not None and not _WIKIDATA.fullmatch(wikidata):
        raise BadArgument(f"{where}: {wikidata} is no Wikidata id such as Q42")
    others = sorted({a.strip() for a in aliases} - {"", name})
    return where, KnownPerson(name, tuple(others), wikidata)
