"""Tokens, cookies and passwords: in nothing that a run shows, logs or leaves behind, and on no command line."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import polars as pl
import pytest
from pydantic import SecretStr
from stories import call, first_result, save, story, submit, tasks

from annotator.dataset import export
from annotator.errors import LabelStudioError
from annotator.labelstudio import accounts, add_account, invite, pull, push

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.studio

PASSWORD = "pond-lantern-47-quiet"


@pytest.fixture
def secrets(studio_server, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The server's token and passwords, and every cookie that it sets from now on, noted as it comes."""
    known = json.loads(studio_server.server.credentials.read_text())
    found = {known["token"], known["password"], PASSWORD}
    plain = httpx.Client.send

    def noting(self, request, **options):
        answer = plain(self, request, **options)
        found.update(value for value in answer.cookies.values() if len(value) > 8)
        return answer

    monkeypatch.setattr(httpx.Client, "send", noting)
    return found


def left_in(folder: Path) -> str:
    """Everything that stands in the files of a folder, tables unpacked."""
    shown = []
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            shown.append(json.dumps(pl.read_parquet(path).to_dicts(), default=str))
        elif path.is_file():
            shown.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(shown)


def raised(action: Callable[..., object], *arguments: object, **options: object) -> str:
    """An error as Python shows it, with all that led to it."""
    try:
        action(*arguments, **options)
    except LabelStudioError as error:
        return "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
    pytest.fail("nothing was raised")


def test_nothing_shows_them(studio_server, tmp_path, secrets, caplog, capfd, monkeypatch) -> None:
    caplog.set_level(logging.DEBUG)
    # Whatever ran before may have silenced it.
    caplog.set_level(logging.DEBUG, logger="httpx")
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", False)
    reach = {"project": "nothing shows", "url": studio_server.url, "token": studio_server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(3)])
    push(folder, **reach)
    first, *_ = tasks(studio_server, reach["project"])
    with caplog.at_level(logging.INFO, logger="httpcore"):  # the test's own request
        submit(studio_server, first.id, first_result(first)[1])
    pull(folder, **reach)
    export(folder, folder / "parquet")
    who = {"url": studio_server.url, "token": studio_server.token}
    add_account("dora@example.org", SecretStr(PASSWORD), **who)
    shown = [repr(accounts(**who)), repr(studio_server.settings), repr(studio_server.server)]
    invitation = invite(**who).rpartition("token=")[2]
    # What the server refuses, and what is none: the SDK's own errors hold cookies.
    shown.append(raised(pull, folder, **{**reach, "project": "not there"}))
    shown.append(raised(push, folder, **{**reach, "token": SecretStr("f" * 40)}))
    secrets.add("f" * 40)
    shown.append(raised(pull, folder, **{**reach, "url": f"{studio_server.url}/elsewhere"}))
    assert len(secrets) > 4, "the server has set cookies"
    assert any("httpx" in record.name for record in caplog.records), "there is a log to look at"
    printed = capfd.readouterr()
    assert invitation not in caplog.text + printed.out + printed.err
    shown += [caplog.text, printed.out, printed.err, left_in(folder)]
    shown.append((studio_server.server.data_dir / "server.log").read_text())
    assert [len(text) for text in shown for secret in secrets if secret in text] == []


def test_no_process_is_called_by_them(studio_server, tmp_path, secrets) -> None:
    """Every command line of the machine, looked at again and again while our commands run."""
    folder = save(tmp_path / "out", [story(n) for n in range(3)])
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    environment = {
        **os.environ,
        "ANNOTATOR_STUDIO_URL": studio_server.url,
        "ANNOTATOR_STUDIO_TOKEN": studio_server.token.get_secret_value(),
    }
    seen: set[bytes] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes())
                except OSError:
                    continue

    def told(*command: str) -> str:
        line = [sys.executable, "-m", "annotator", *command]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        shown = told("push", str(folder), "--project", "by command")
        shown += told("pull", str(folder), "--project", "by command")
        shown += told("studio", "add", "elsa@example.org", "--password-file", str(file))
    finally:
        ended.set()
        watcher.join()
    assert any(b"elsa@example.org" in line for line in seen), "they were looked at while they ran"
    for secret in secrets:
        assert not [line for line in seen if secret.encode() in line]
        assert secret not in shown
    assert call(studio_server, "GET", "/api/current-user/whoami")


def test_a_test_that_would_show_one_is_caught(request: pytest.FixtureRequest, studio_server) -> None:
    """The watch over every test's output, in conftest.py."""
    conftest = next(p for p in request.config.pluginmanager.get_plugins() if hasattr(p, "leaks"))
    known = json.loads(studio_server.server.credentials.read_text())
    assert conftest.leaks(f"E  assert '{known['token']}' == 'x'") == ["token"]
    assert conftest.leaks(f"{known['password']} {known['token']}") == ["password", "token"]
    assert conftest.leaks("E  assert 1 == 2") == []
