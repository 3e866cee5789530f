"""Everything that a real server holds, copied while it is written to, lost, and put back."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from annotator import studio
from annotator.backups import DATABASE, backup, restore
from annotator.cli import call
from annotator.errors import AnnotatorError, BadArgument, Busy, LabelStudioError
from annotator.labelstudio import label_config
from annotator.store import locked

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "🚢 Tove Brask said that the dam will hold. שלום"


def api(server, method: str, path: str, body: object = None):
    headers = {"Authorization": f"Token {server.token.get_secret_value()}"}
    answer = httpx.request(method, server.url + path, json=body, headers=headers, timeout=120)
    answer.raise_for_status()
    return answer.json() if answer.content else {}


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}


def repacked(path: Path, files: dict[str, bytes], *odd: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in odd:
            archive.addfile(member)
    return path


def listing(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name != ".lock"
    }


@pytest.mark.studio
def test_what_was_backed_up_while_people_worked_is_all_there_after_the_loss(server, tmp_path) -> None:
    settings = server.settings
    folder = settings.studio_dir
    project = api(server, "POST", "/api/projects", {"title": "Kept", "label_config": label_config()})["id"]

    def submitted(n: int) -> None:
        task = api(
            server, "POST", "/api/tasks", {"project": project, "data": {"text": TEXT, "speakers": [], "n": n}}
        )
        api(server, "POST", f"/api/tasks/{task['id']}/annotations/", {"result": [], "lead_time": n})

    for n in range(3):
        submitted(n)
    upload = folder / "media" / "upload" / "1" / "pier – ä.txt"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"\x00\xff" * 5000)

    # Somebody goes on working while it is copied.
    going, ended = threading.Event(), threading.Event()

    def work() -> None:
        n = 3
        while not ended.is_set():
            submitted(n)
            n += 1
            going.set()

    worker = threading.Thread(target=work)
    worker.start()
    going.wait(120)
    made = backup(settings, tmp_path / "monday.tar.gz")
    ended.set()
    worker.join()

    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert made.rows["projects"] == 1
    # At one moment: each task but perhaps the last has its annotation.
    assert 0 <= made.rows["tasks"] - made.rows["annotations"] <= 1
    assert made.rows["tasks"] >= 4
    names = set(members(made.file))
    assert {"manifest.json", f"data/{DATABASE}", "data/.env", "data/credentials.json"} <= names
    assert not names & {"data/server.json", "data/server.log", "data/.lock"}
    assert list(tmp_path.glob(".studio-*")) == []

    with pytest.raises(LabelStudioError, match="runs: annotator studio stop"):
        restore(settings, made.file, force=True)
    assert api(server, "GET", f"/api/projects/{project}")["title"] == "Kept"

    studio.stop(settings)
    shutil.rmtree(folder)
    back = restore(settings, made.file)
    assert (back.rows, back.aside) == (made.rows, None)
    assert stat.S_IMODE((folder / "credentials.json").stat().st_mode) == 0o600
    assert upload.read_bytes() == b"\x00\xff" * 5000

    studio.start(settings)  # the same token as before: `.env` and credentials are those of then
    found = api(server, "GET", f"/api/tasks?project={project}&fields=all&page_size=1000")["tasks"]
    assert len(found) == made.rows["tasks"]
    assert {t["data"]["text"] for t in found} == {TEXT}
    assert sum(len(t["annotations"]) for t in found) == made.rows["annotations"]
    submitted(99)


# --- without a server -----------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path, settings_of):
    """The data of a server that never ran: what matters here is what happens to them."""
    folder = tmp_path / "studio"
    (folder / "media").mkdir(parents=True)
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        for table in ("project", "task", "task_completion", "htx_user"):
            database.execute(f"CREATE TABLE {table} (id INTEGER)")
        database.executemany("INSERT INTO task VALUES (?)", [(n,) for n in range(500)])
        database.commit()
    (folder / ".env").write_text("SECRET_KEY=of-the-server\n")
    (folder / "media" / "a.txt").write_text("uploaded")
    return settings_of(folder, "label-studio")


def test_a_restore_keeps_what_was_there_aside_and_only_with_force(settings, tmp_path) -> None:
    made = backup(settings, tmp_path / "b.tar.gz")
    folder = settings.studio_dir
    (folder / "media" / "a.txt").write_text("changed since")
    before = listing(folder)
    with pytest.raises(BadArgument, match="--force"):
        restore(settings, made.file)
    assert listing(folder) == before
    done = restore(settings, made.file, force=True)
    assert (folder / "media" / "a.txt").read_text() == "uploaded"
    assert listing(done.aside) == before
    # What is aside is no part of the next backup.
    assert not any("before-restore" in name for name in members(backup(settings, tmp_path / "c.tar.gz").file))


def test_rows_that_only_stand_in_the_journal_are_in_the_copy(settings, tmp_path) -> None:
    with closing(sqlite3.connect(settings.studio_dir / DATABASE)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.execute("INSERT INTO task VALUES (500)")
        database.commit()
        assert (settings.studio_dir / f"{DATABASE}-wal").stat().st_size > 0
        made = backup(settings, tmp_path / "b.tar.gz")
        assert made.rows["tasks"] == 501
        database.execute("BEGIN IMMEDIATE")
        with pytest.raises(LabelStudioError, match="runs"):
            restore(settings, made.file, force=True)
    restore(settings, made.file, force=True)
    with closing(sqlite3.connect(settings.studio_dir / DATABASE)) as database:
        assert database.execute("SELECT count(*) FROM task").fetchone() == (501,)


def test_no_file_is_overwritten_and_none_lies_among_the_data(settings, tmp_path, monkeypatch) -> None:
    made = backup(settings, tmp_path / "b.tar.gz")
    content = made.file.read_bytes()
    with pytest.raises(BadArgument, match="exists"):
        backup(settings, made.file)
    assert made.file.read_bytes() == content
    with pytest.raises(BadArgument, match="own folder"):
        backup(settings, settings.studio_dir / "b.tar.gz")
    with pytest.raises(BadArgument, match="is no folder"):
        backup(settings, tmp_path / "nowhere" / "b.tar.gz")
    monkeypatch.chdir(tmp_path)
    assert backup(settings).file.parent == tmp_path


def test_there_has_to_be_something_to_back_up(tmp_path, settings_of) -> None:
    with pytest.raises(LabelStudioError, match="no Label Studio"):
        backup(settings_of(tmp_path / "none", "label-studio"), tmp_path / "b.tar.gz")
    assert not (tmp_path / "none").exists()


def test_neither_runs_while_somebody_starts_or_stops_the_server(settings, tmp_path) -> None:
    made = backup(settings, tmp_path / "b.tar.gz")
    with locked(settings.studio_dir):
        with pytest.raises(Busy):
            backup(settings, tmp_path / "c.tar.gz")
        with pytest.raises(Busy):
            restore(settings, made.file, force=True)
    assert not (tmp_path / "c.tar.gz").exists()


def cut(path: Path, files: dict[str, bytes]) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def changed(path: Path, files: dict[str, bytes]) -> None:
    repacked(path, files | {"data/media/a.txt": b"uploadeD"})


def missing(path: Path, files: dict[str, bytes]) -> None:
    repacked(path, {name: content for name, content in files.items() if name != "data/.env"})


def added(path: Path, files: dict[str, bytes]) -> None:
    repacked(path, files | {"data/more": b""})


def outside(path: Path, files: dict[str, bytes]) -> None:
    repacked(path, files | {"data/../../escaped": b"x"})


def absolute(path: Path, files: dict[str, bytes]) -> None:
    repacked(path, {f"{path.parent}/escaped": b"x"} | files)


def linked(path: Path, files: dict[str, bytes]) -> None:
    link = tarfile.TarInfo("data/link")
    link.type, link.linkname = tarfile.SYMTYPE, str(path.parent)
    repacked(path, files, link)


def no_manifest(path: Path, files: dict[str, bytes]) -> None:
    repacked(path, {name: content for name, content in files.items() if name != "manifest.json"})


def of_the_future(path: Path, files: dict[str, bytes]) -> None:
    told = json.dumps(json.loads(files["manifest.json"]) | {"schema": 99})
    repacked(path, files | {"manifest.json": told.encode()})


def something_else(path: Path, files: dict[str, bytes]) -> None:
    path.write_text("no archive")


@pytest.mark.parametrize(
    "harm",
    [cut, changed, missing, added, outside, absolute, linked, no_manifest, of_the_future, something_else],
    ids=lambda harm: harm.__name__,
)
def test_a_file_that_is_no_whole_backup_touches_nothing(settings, tmp_path, harm) -> None:
    # Random bytes, so that half of the archive is in the middle of a file.
    (settings.studio_dir / "media" / "big").write_bytes(os.urandom(200_000))
    made = backup(settings, tmp_path / "b.tar.gz")
    before = listing(settings.studio_dir)
    harm(made.file, members(made.file))
    with pytest.raises(BadArgument, match=r"b\.tar\.gz") as caught:
        restore(settings, made.file, force=True)
    assert "\n" not in str(caught.value)
    assert listing(settings.studio_dir) == before
    assert not (tmp_path / "escaped").exists()


def test_a_full_disk_leaves_no_half_backup(settings, tmp_path, monkeypatch) -> None:
    (settings.studio_dir / "media" / "big").write_bytes(os.urandom(3_000_000))
    import resource  # noqa: PLC0415 - not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises((OSError, AnnotatorError)):
            backup(settings, tmp_path / "b.tar.gz")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["studio"]
    assert backup(settings, tmp_path / "b.tar.gz").rows["tasks"] == 500


def test_the_commands_say_what_was_done(settings, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANNOTATOR_STUDIO_DIR", str(settings.studio_dir))
    assert call(["studio", "backup", "b.tar.gz"]) == 0
    assert "500 tasks" in capsys.readouterr().out
    assert call(["studio", "restore", "b.tar.gz"]) == 2
    assert call(["studio", "restore", "b.tar.gz", "--force"]) == 0
    told = capsys.readouterr()
    assert "--force replaces them" in told.err
    assert "before-restore-" in told.out
