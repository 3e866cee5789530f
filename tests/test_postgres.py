"""Label Studio over a real PostgreSQL: the same loop as over SQLite, and its safety copies."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from stories import first_result, save, story, submit, tasks

from annotator import postgres as database
from annotator import studio
from annotator.backups import DUMP, backup, restore
from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio import pull, push
from annotator.store import read_annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annotator.settings import Settings


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://ann:pw@db.example.org:5433/desk", ("db.example.org", 5433, "desk", "ann", "pw")),
        ("postgres://ann@localhost/desk", ("localhost", 5432, "desk", "ann", "")),
        ("postgresql://a%40b:p%2Fw%3A%25@[::1]/my%20desk", ("::1", 5432, "my desk", "a@b", "p/w:%")),
    ],
)
def test_an_address_is_taken_apart(url: str, found: tuple) -> None:
    where = database.database(SecretStr(url))
    got = (where.host, where.port, where.name, where.user, where.password.get_secret_value())
    assert got == found


@pytest.mark.parametrize(
    "url",
    ["", "desk", "sqlite:///x", "mysql://a:hush@h/d", "postgresql://h/d", "postgresql://a:hush@h", "postgresql://a:hush@h:x/d"],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_not_shown(url: str, tmp_path: Path, settings_of: Callable) -> None:
    settings = settings_of(tmp_path, "label-studio", studio_database=SecretStr(url))
    for action in (studio.start, backup):
        with pytest.raises(BadArgument, match="ANNOTATOR_STUDIO_DATABASE is not of the form") as error:
            action(settings)
        assert "hush" not in str(error.getrepr(style="native"))
    assert "hush" not in repr(settings)


def test_a_database_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, settings_of: Callable, free_port: int, postgres: SecretStr
) -> None:
    url = f"postgresql://desk:hush@127.0.0.1:{free_port}/desk"
    settings = settings_of(tmp_path, "label-studio", studio_database=SecretStr(url))
    (tmp_path / "credentials.json").write_text("{}")
    with pytest.raises(LabelStudioError, match=f"PostgreSQL at 127.0.0.1:{free_port}") as error:
        backup(settings, tmp_path.parent / "b.tar.gz")
    assert "\n" not in str(error.value)
    assert "hush" not in str(error.getrepr(style="native"))
    wrong = database.database(SecretStr(postgres.get_secret_value().replace("%C3%A9", "")))
    with pytest.raises(LabelStudioError, match="password authentication failed") as error:
        database.is_empty(wrong)
    assert wrong.password.get_secret_value() not in str(error.getrepr(style="native"))


@pytest.fixture
def desk(
    tmp_path: Path, studio_executable: str, settings_of: Callable, postgres: SecretStr
) -> Iterator[Settings]:
    settings = settings_of(tmp_path / "studio", studio_executable, studio_database=postgres)
    try:
        yield settings
    finally:
        studio.stop(settings)


@pytest.mark.studio
def test_the_whole_loop_and_its_loss_and_return(
    desk: Settings, tmp_path: Path, postgres: SecretStr, running: Callable
) -> None:
    where = database.database(postgres)
    password = where.password.get_secret_value()
    assert database.is_empty(where)
    server = running(desk)
    assert not (desk.studio_dir / "label_studio.sqlite3").exists()
    assert not database.is_empty(where)
    assert password.encode() not in Path(f"/proc/{server.server.pid}/cmdline").read_bytes()

    reach = {"project": "Over PostgreSQL", "url": server.url, "token": server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(20)])
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions) == (20, 20)
    again = push(folder, **reach)
    assert (again.new_tasks, again.new_predictions) == (0, 0)
    first, second, *_ = tasks(server, reach["project"])
    assert first.data["text"] == story(0)[0].text
    submit(server, first.id, first_result(first)[1])
    assert pull(folder, **reach).annotations == 1
    submit(server, second.id, first_result(second)[1])
    pulled = pull(folder, **reach)
    assert (pulled.annotations, pulled.new) == (2, 1)
    people = {a.document_id: a for a in read_annotations(folder / "human.jsonl")}
    for n in (0, 1):
        machine = story(n)[1]
        assert [a.id for a in people[machine.document_id].attributions] == [
            a.id for a in machine.attributions
        ]

    made = backup(desk, tmp_path / "kept.tar.gz")
    assert (made.rows["tasks"], made.rows["annotations"]) == (20, 2)
    with tarfile.open(made.file) as archive:
        assert f"data/{DUMP}" in archive.getnames()
    with pytest.raises(LabelStudioError, match="runs: annotator studio stop"):
        restore(desk, made.file, force=True)
    submit(server, tasks(server, reach["project"])[2].id, first_result(first)[1])
    studio.stop(desk)
    with pytest.raises(BadArgument, match="--force"):
        restore(desk, made.file)
    # Everything is lost but the database, which holds one annotation more than the copy.
    shutil.rmtree(desk.studio_dir)
    with pytest.raises(BadArgument, match="the database holds a server's data"):
        restore(desk, made.file)
    back = restore(desk, made.file, force=True)
    assert back.rows == made.rows
    assert [p.name for p in back.aside.iterdir()] == [DUMP]
    assert not (desk.studio_dir / DUMP).exists()
    server = running(desk)
    assert sum(len(t.annotations) for t in tasks(server, reach["project"])) == 2
    assert pull(folder, **{**reach, "url": server.url, "token": server.token}).annotations == 2
    log = (desk.studio_dir / "server.log").read_text()
    assert password not in log


@pytest.mark.studio
def test_a_copy_of_the_other_kind_is_refused(
    tmp_path: Path, settings_of: Callable, postgres: SecretStr, studio_base: Path
) -> None:
    """A copy of an SQLite for a server over PostgreSQL: nothing is touched."""
    copied = tmp_path / "base"
    shutil.copytree(studio_base, copied)
    made = backup(settings_of(copied, "label-studio"), tmp_path / "b.tar.gz")
    other = settings_of(tmp_path / "other", "label-studio", studio_database=postgres)
    with pytest.raises(BadArgument, match=r"is of a server with an SQLite: unset ANNOTATOR_STUDIO_DATABASE"):
        restore(other, made.file, force=True)
    assert [p.name for p in other.studio_dir.iterdir()] == [".lock"]
