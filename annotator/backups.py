"""Safety copies of our own Label Studio: everything in one file, taken while people work, and put back.

The file is a `.tar.gz`: `data/` with the database (SQLite's, or what pg_dump wrote), the uploaded files, `.env`
(what sessions and tokens are signed with) and `credentials.json`, and `manifest.json` with sizes and SHA-256 of
each. Whoever has the file has the server: it is readable by this user alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from annotator import postgres, studio
from annotator.errors import BadArgument, Busy, LabelStudioError
from annotator.store import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.postgres import Database
    from annotator.settings import Settings

__all__ = ["Backup", "backup", "restore"]

DATABASE = "label_studio.sqlite3"
DUMP = "label_studio.pgdump"
MANIFEST = "manifest.json"
SCHEMA = 1
# What belongs to a running process, or is a copy of older data; the journals are in the copy of the database.
LEFT_OUT = frozenset(
    {
        DATABASE,
        f"{DATABASE}-wal",
        f"{DATABASE}-shm",
        f"{DATABASE}-journal",
        "server.json",
        "server.log",
        ".lock",
    }
)
ASIDE = "before-restore-"
STAGE = ".restoring"
CHUNK = 1 << 20
TABLES = {"projects": "project", "tasks": "task", "annotations": "task_completion", "people": "htx_user"}


@dataclass(frozen=True, slots=True)
class Backup:
    """What is in a backup: its file, when it was made, how many files, and rows by what they are.

    `aside` is where a restore put what was there before.
    """

    file: Path
    made: str
    files: int
    size: int
    rows: dict[str, int]
    aside: Path | None = None


def backup(settings: Settings, file: Path | str | None = None) -> Backup:
    """Copy everything that the server of `settings.studio_dir` holds into one file; the server may run.

    The database is copied at one moment, by SQLite or PostgreSQL itself; the uploaded files after it. Without
    `file`, it is `studio-<time>.tar.gz` here. Nothing is there until all is. Raises BadArgument if the file
    exists or would lie in the server's folder; LabelStudioError if there is no data, or a database that does not
    answer; Busy while the server starts or stops.
    """
    folder, where = settings.studio_dir.resolve(), _where(settings)
    made = datetime.now(UTC)
    path = Path(file) if file is not None else Path(f"studio-{made:%Y%m%d-%H%M%S}.tar.gz")
    path = path.absolute()
    if path.exists():
        raise BadArgument(f"{path} exists: give another name")
    if path.resolve().is_relative_to(folder):
        raise BadArgument(f"{path} lies in the server's own folder: give another place")
    if not path.parent.is_dir():
        raise BadArgument(f"{path.parent} is no folder")
    if not (folder / (DATABASE if where is None else "credentials.json")).exists():
        raise LabelStudioError(f"there is no Label Studio in {folder} to back up")
    with locked(folder), tempfile.TemporaryDirectory(prefix=".studio-", dir=path.parent) as scratch:
        data = Path(scratch) / "data"
        data.mkdir(mode=0o700)
        rows = _copied(folder, data, where)
        _copy_files(folder, data)
        files = {str(p.relative_to(data)): _fingerprint(p) for p in sorted(data.rglob("*")) if p.is_file()}
        told = {"schema": SCHEMA, "made": made.isoformat(timespec="seconds"), "server": studio.PACKAGE}
        manifest = {**told, "rows": rows, "files": files}
        (Path(scratch) / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf8")
        _pack(Path(scratch), path)
    return _described(path, manifest)


def restore(settings: Settings, file: Path | str, *, force: bool = False) -> Backup:
    """Put a backup's data into `settings.studio_dir`, for the next start to find.

    Everything is unpacked and compared with the manifest before anything is touched. What is there already is
    only replaced with `force`, and kept beside it in a folder `before-restore-<time>`. A PostgreSQL gets its
    content back in one step, and what it held is kept there as well.
    Raises BadArgument for a file that is no whole backup or one of the other kind of database, or data that are
    there without `force`; LabelStudioError while the server runs; Busy while it starts or stops.
    """
    folder, where, path = settings.studio_dir.resolve(), _where(settings), Path(file)
    if not path.is_file():
        raise BadArgument(f"{path} is not there")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder):
        if studio.status(settings) is not None or _in_use(folder / DATABASE, where):
            raise LabelStudioError(f"the server of {folder} runs: annotator studio stop, then restore")
        there = [
            p for p in folder.iterdir() if p.name not in {".lock", STAGE} and not p.name.startswith(ASIDE)
        ]
        filled = where is not None and not postgres.is_empty(where)
        if (there or filled) and not force:
            raise BadArgument(
                f"{folder if there else 'the database'} holds a server's data already: --force replaces them (and "
                "keeps them aside)"
            )
        with _staged(folder / STAGE) as stage:
            manifest = _unpack(path, stage)
            _check(path, manifest, stage, where)
            aside = _aside(folder) if there or filled else None
            if where is not None:
                _refill(where, stage / "data" / DUMP, aside if filled else None)
            if aside is not None:
                for entry in there:
                    entry.rename(aside / entry.name)
            for entry in sorted((stage / "data").iterdir(), key=lambda p: p.name == DATABASE):
                entry.rename(folder / entry.name)
    return _described(path, manifest, aside)


def _where(settings: Settings) -> Database | None:
    """The PostgreSQL that holds the server's data, if one does."""
    return None if settings.studio_database is None else postgres.database(settings.studio_database)


def _copied(folder: Path, data: Path, where: Database | None) -> dict[str, int]:
    """Copy the database and return how many rows its main tables have."""
    if where is None:
        return _copy_database(folder / DATABASE, data / DATABASE)
    postgres.dump(where, data / DUMP)
    return postgres.rows(where, TABLES)


def _refill(where: Database, dumped: Path, aside: Path | None) -> None:
    """Keep what the database holds in `aside`, then give it the content of `dumped`, which is gone afterwards."""
    try:
        if aside is not None:
            postgres.dump(where, aside / DUMP)
        postgres.refill(where, dumped)
    except BaseException:
        if aside is not None:
            shutil.rmtree(aside)
        raise
    dumped.unlink()


def _copy_database(source: Path, target: Path) -> dict[str, int]:
    """A whole copy of a database in use, as of one moment; returns how many rows the main tables have."""
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=60)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            return _looked_over(copy)
    except sqlite3.Error as error:
        raise LabelStudioError(f"{source} cannot be copied: {error}") from None


def _looked_over(database: sqlite3.Connection) -> dict[str, int]:
    """The rows of the main tables; raises sqlite3.DatabaseError if the database is damaged."""
    (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    count = "SELECT count(*) FROM "
    return {name: int(database.execute(count + table).fetchone()[0]) for name, table in TABLES.items()}


def _copy_files(folder: Path, data: Path) -> None:
    """Everything else but what belongs to the process; a file that goes while we copy is not there."""

    def left_out(where: str, names: list[str]) -> set[str]:
        top = Path(where) == folder
        odd = {n for n in names if not (Path(where) / n).is_dir() and not (Path(where) / n).is_file()}
        links = {n for n in names if (Path(where) / n).is_symlink()}
        ours = {n for n in names if n in LEFT_OUT or n == STAGE or n.startswith(ASIDE) or n.endswith(".part")}
        return odd | links | (ours if top else set())

    def copied(source: str, target: str) -> str:
        try:
            return str(shutil.copy2(source, target))
        except FileNotFoundError:
            return target

    shutil.copytree(folder, data, ignore=left_out, copy_function=copied, dirs_exist_ok=True)


def _fingerprint(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while piece := handle.read(CHUNK):
            digest.update(piece)
    return {"size": path.stat().st_size, "sha256": digest.hexdigest()}


def _pack(scratch: Path, path: Path) -> None:
    """Write the file under another name in the same folder, and give it its own once it is on the disk."""
    part = scratch / "whole.tar.gz"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w:gz", compresslevel=6) as archive:
            for name in (MANIFEST, "data"):
                archive.add(scratch / name, arcname=name, filter=_nobody)
        handle.flush()
        os.fsync(handle.fileno())
    part.rename(path)


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


@contextmanager
def _staged(stage: Path) -> Iterator[Path]:
    """An empty folder that is gone afterwards; one that a killed restore left is emptied first."""
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _unpack(path: Path, stage: Path) -> dict[str, Any]:
    """Write the archive's plain files below `stage` and return its manifest."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
                    raise BadArgument(f"{path} is no backup of ours: {member.name!r} is in it")
                target = stage / name
                if member.isdir():
                    target.mkdir(mode=0o700, parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source = archive.extractfile(member)
                with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
                    shutil.copyfileobj(source, handle, CHUNK)  # type: ignore[arg-type]
        manifest: dict[str, Any] = json.loads((stage / MANIFEST).read_bytes())
    except (tarfile.TarError, EOFError, zlib.error, ValueError, FileNotFoundError, FileExistsError) as error:
        raise BadArgument(f"{path} is no whole backup: {error}") from None
    return manifest


def _check(path: Path, manifest: dict[str, Any], stage: Path, where: Database | None) -> None:
    """Raise BadArgument unless the files are those of the manifest, byte for byte, and the database is whole."""
    if manifest.get("schema") != SCHEMA:
        raise BadArgument(f"{path} was made by another version: its format is {manifest.get('schema')}")
    data = stage / "data"
    found = {str(p.relative_to(data)): _fingerprint(p) for p in data.rglob("*") if p.is_file()}
    wrong = sorted(
        n for n in found.keys() | manifest["files"].keys() if found.get(n) != manifest["files"].get(n)
    )
    if wrong:
        raise BadArgument(f"{path} is damaged: {', '.join(wrong[:3])} is not as it was")
    if (DATABASE if where is None else DUMP) not in found:
        holds = "a PostgreSQL: set" if where is None else "an SQLite: unset"
        raise BadArgument(f"{path} is of a server with {holds} ANNOTATOR_STUDIO_DATABASE")
    if where is not None:
        return
    try:
        with closing(sqlite3.connect(data / DATABASE)) as database:
            _looked_over(database)
    except sqlite3.Error as error:
        raise BadArgument(f"{path} is damaged: {DATABASE}: {error}") from None


def _in_use(database: Path, where: Database | None) -> bool:
    """Whether somebody is in the middle of a change: a server that was started by other means than ours."""
    if where is not None:
        return postgres.others(where) > 0
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True, timeout=0)) as probe:
            probe.execute("BEGIN EXCLUSIVE")
            probe.rollback()
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False  # not a database any more: what a restore is for
    return False


def _aside(folder: Path) -> Path:
    """A new folder for what was there."""
    aside = folder / f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S}"
    try:
        aside.mkdir(mode=0o700)
    except FileExistsError:
        raise Busy(f"{aside} was made this second: try again") from None
    return aside


def _described(path: Path, manifest: dict[str, Any], aside: Path | None = None) -> Backup:
    return Backup(
        path, manifest["made"], len(manifest["files"]), path.stat().st_size, manifest["rows"], aside
    )
