"""What a push and a pull withstand on a real Label Studio: nothing lost, nothing doubled, the same again finishes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import httpx
import pytest
from stories import call, first_result, save, story, submit, tasks

from annotator import studio
from annotator.errors import LabelStudioError
from annotator.labelstudio import client, label_config, pull, push
from annotator.labelstudio.client import connected
from annotator.store import read_annotations

pytestmark = pytest.mark.studio

STORIES = 250


def whole(server, title: str, count: int) -> None:
    """Every story is there once, with one prediction."""
    found = tasks(server, title)
    assert sorted(t.data["doc_id"] for t in found) == [f"story-{n:03d}" for n in range(count)]
    assert {len(t.predictions) for t in found} == {1}


def one_line(error: pytest.ExceptionInfo[BaseException], server) -> None:
    shown = str(error.getrepr(style="native")) + str(error.value)
    assert server.token.get_secret_value() not in shown
    assert "sessionid" not in shown
    assert "\n" not in str(error.value)


def test_a_server_that_is_killed_in_the_middle_of_a_push(server, tmp_path) -> None:
    folder = save(tmp_path / "out", [story(n) for n in range(STORIES)])
    reach = {"project": "killed server", "url": server.url, "token": server.token}

    def kill(*_: int) -> None:
        threading.Timer(0.3, os.kill, (server.server.pid, signal.SIGKILL)).start()

    with pytest.raises(LabelStudioError, match=r"run the same command again|cannot be reached") as error:
        push(folder, progress=kill, **reach)
    one_line(error, server)
    studio.start(server.settings)
    report = push(folder, **reach)
    assert report.new_tasks <= STORIES - 100
    whole(server, "killed server", STORIES)


def test_a_database_that_somebody_else_holds(server, tmp_path, monkeypatch) -> None:
    """Longer than our patience: told in a line; a moment: waited for."""
    folder = save(tmp_path / "out", [story(n) for n in range(20)])
    reach = {"project": "locked database", "url": server.url, "token": server.token}
    save(tmp_path / "first", [story(n) for n in range(5)])
    push(tmp_path / "first", **reach)
    holder = sqlite3.connect(server.server.data_dir / "label_studio.sqlite3", check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with monkeypatch.context() as patch:
            patch.setattr(client, "TIMEOUT", 6.0)
            with pytest.raises(LabelStudioError) as error:
                push(folder, **reach)
    finally:
        holder.rollback()
    one_line(error, server)
    time.sleep(20)  # what the server still held in its hands, it may have stored by now
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(2, holder.rollback).start()
    push(folder, **reach)
    holder.close()
    whole(server, "locked database", 20)


def test_a_task_that_is_deleted_by_hand(studio_server, tmp_path, monkeypatch) -> None:
    """Before a push, and while it is on its way: in both cases the story is there in the end."""
    title = "task deleted by hand"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(3)])
    push(folder, **reach)
    call(studio_server, "DELETE", f"/api/tasks/{tasks(studio_server, title)[1].id}/")
    save(folder, [story(n) for n in range(5)])
    plain = httpx.Client.send
    gone: list[int] = []

    def deleting(self, request, **options):
        if request.url.path.endswith("/import/predictions") and not gone:
            gone.append(max(t.id for t in tasks(studio_server, title)))
            call(studio_server, "DELETE", f"/api/tasks/{gone[0]}/")
        return plain(self, request, **options)

    with monkeypatch.context() as patch:
        patch.setattr(httpx.Client, "send", deleting)
        with pytest.raises(LabelStudioError, match="answered 400") as error:
            push(folder, **reach)
    one_line(error, studio_server)
    push(folder, **reach)
    whole(studio_server, title, 5)


def test_two_projects_of_one_name_and_one_that_is_not_ours(studio_server, tmp_path) -> None:
    folder = save(tmp_path / "out", [story(0)])
    reach = {"url": studio_server.url, "token": studio_server.token}
    with connected(studio_server.url, studio_server.token) as api:
        for _ in range(2):
            api.projects.create(title="same name", label_config=label_config())
        api.projects.create(title="not ours", label_config="<View></View>")
    for action in (push, pull):
        with pytest.raises(LabelStudioError, match="2 projects are called 'same name': rename all but one"):
            action(folder, project="same name", **reach)
    with pytest.raises(LabelStudioError, match="label set-up"):
        push(folder, project="not ours", **reach)
    assert tasks(studio_server, "not ours") == []


def test_a_disk_that_is_full(studio_server, tmp_path) -> None:
    """No file may grow beyond a limit: what was there stays whole, and with room the same command finishes."""
    title = "disk full"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(12)])
    push(folder, **reach)
    first, *rest = tasks(studio_server, title)
    submit(studio_server, first.id, first_result(first)[1])
    pull(folder, **reach)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}
    for task in rest:
        submit(studio_server, task.id, first_result(task)[1])
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "from annotator.cli import call\n"
        "sys.exit(call(['pull', sys.argv[1], '--project', sys.argv[2]]))"
    )
    environment = {
        **os.environ,
        "ANNOTATOR_STUDIO_URL": studio_server.url,
        "ANNOTATOR_STUDIO_TOKEN": studio_server.token.get_secret_value(),
    }
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), title],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "File too large" in done.stderr
    assert studio_server.token.get_secret_value() not in done.stderr + done.stdout
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}
    assert {name: after[name] for name in before} == before
    assert set(after) == set(before), "no half of a file is left"
    assert pull(folder, **reach).annotations == 12
    assert len(list(read_annotations(folder / "human.jsonl"))) == 12


# The SDK's own way to renew a token speaks pydantic's older dialect.
@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")
def test_a_token_of_the_newer_kind_that_is_no_longer_good(studio_server, tmp_path) -> None:
    folder = save(tmp_path / "out", [story(0)])
    headers = {"Authorization": f"Token {studio_server.token.get_secret_value()}"}
    call(
        studio_server,
        "POST",
        "/api/jwt/settings",
        {"api_tokens_enabled": True, "legacy_api_tokens_enabled": True},
    )
    answer = httpx.post(f"{studio_server.url}/api/token/", headers=headers, timeout=60)
    token = answer.json().get("token") if answer.status_code in {200, 201} else None
    assert token, f"{answer.status_code}: {answer.text[:200]}"
    good = push(folder, project="newer token", url=studio_server.url, token=token)
    assert good.new_tasks == 1
    head, body, signature = token.split(".")
    bad = f"{head}.{body}.{signature[::-1]}"
    with pytest.raises(LabelStudioError, match="refuses the token") as error:
        pull(folder, project="newer token", url=studio_server.url, token=bad)
    assert bad not in str(error.getrepr(style="native"))
    assert json.dumps(bad) not in str(error.value)
