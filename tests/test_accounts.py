"""People on a real server: invited, listed under the pseudonym of their work, added without a password in sight."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from annotator.cli import call
from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio import accounts, add_account, invite, label_config, pull, push
from annotator.labelstudio.client import connected, find_project, tasks_where
from annotator.model import Annotation, Document, Paragraph, Producer
from annotator.store import annotation_to_json, document_to_json, read_annotations, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.studio
PASSWORD = "a-harbour-of-words-7"


@pytest.fixture
def reach(studio_server) -> dict:
    return {"url": studio_server.url, "token": studio_server.token}


@pytest.fixture
def here(studio_server, monkeypatch, tmp_path) -> None:
    """The command line finds the test's server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANNOTATOR_STUDIO_URL", studio_server.url)
    monkeypatch.setenv("ANNOTATOR_STUDIO_TOKEN", studio_server.token.get_secret_value())


@contextmanager
def logged_in(url: str, email: str, password: str) -> Iterator[httpx.Client]:
    """A person's browser; fails where the server does not let them in."""
    with httpx.Client(base_url=url, timeout=60) as browser:
        browser.get("/user/login/")
        form = {"email": email, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/user/login/", data=form, headers={"Referer": f"{url}/user/login/"})
        assert browser.get("/api/current-user/whoami").json()["email"] == email
        browser.headers.update({"X-CSRFToken": browser.cookies["csrftoken"], "Referer": f"{url}/"})
        yield browser


def test_the_invitation_lets_somebody_in_and_another_address_does_not(studio_server, reach) -> None:
    link = invite(**reach)
    assert link.startswith(f"{studio_server.url}/user/signup/?token=")
    assert httpx.get(link).status_code == 200
    forged = link[:-4] + ("aaaa" if not link.endswith("aaaa") else "bbbb")
    with httpx.Client(headers={"Referer": forged}) as browser:
        browser.get(forged)
        form = {"email": "nobody@example.org", "password": PASSWORD}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        assert browser.post(forged, data=form).status_code == 403


def test_who_was_added_can_log_in_and_is_listed_under_the_pseudonym_of_the_work(
    studio_server, reach, tmp_path
) -> None:
    before = accounts(**reach)
    made = add_account(" Ana.Brandt@Example.org ", SecretStr(PASSWORD), name="Ana Brandt", **reach)
    assert (made.email, made.name) == ("ana.brandt@example.org", "Ana Brandt")
    assert {a.email for a in accounts(**reach)} == {a.email for a in before} | {made.email}

    text = "Ana wrote a story."
    document = Document("ana", text, paragraphs=(Paragraph(0, len(text)),))
    empty = Annotation(
        "ana", document.text_sha256, "machine", Producer("model", "annotator", "0.1.0", "ab"), (), ()
    )
    write_lines(tmp_path / "documents.jsonl", [document_to_json(document)])
    write_lines(tmp_path / "annotations.jsonl", [annotation_to_json(empty)])
    push(tmp_path, project="By Ana", **reach)
    with connected(**reach) as api:
        (task,) = tasks_where(api, int(find_project(api, "By Ana").id))
    with logged_in(studio_server.url, made.email, PASSWORD) as browser:
        answer = browser.post(f"/api/tasks/{task.id}/annotations/", json={"result": [], "lead_time": 3.0})
        assert answer.status_code == 201
    pull(tmp_path, project="By Ana", **reach)
    (human,) = read_annotations(tmp_path / "human.jsonl")
    assert human.producer.name == made.pseudonym
    (listed,) = (a for a in accounts(**reach) if a.email == made.email)
    assert listed.pseudonym == made.pseudonym
    assert listed.last_active is not None


@pytest.mark.parametrize(
    ("email", "password", "why"),
    [
        ("lead@example.org", PASSWORD, "has an account already"),
        ("LEAD@example.org", PASSWORD, "has an account already"),
        ("ana", PASSWORD, "no e-mail address"),
        ("short@example.org", "1234567", "8 to 128"),
    ],
)
def test_what_cannot_be_added_is_said_and_nobody_is(reach, email, password, why) -> None:
    before = accounts(**reach)
    with pytest.raises(BadArgument, match=why):
        add_account(email, SecretStr(password), **reach)
    assert [a.email for a in accounts(**reach)] == [a.email for a in before]


def test_what_the_form_complains_of_is_passed_on(reach) -> None:
    with pytest.raises(LabelStudioError, match=r"(?i)valid email"):
        add_account("a..b@ex_ample.org", SecretStr(PASSWORD), **reach)


@pytest.mark.usefixtures("here")
def test_the_commands_say_it(studio_server, reach, capsys, tmp_path) -> None:
    assert call(["studio", "invite"]) == 0
    assert capsys.readouterr().out.strip() == invite(**reach)

    assert call(["studio", "add", "ida@example.org", "--name", "Ida Voss", "--generate", "ida.txt"]) == 0
    told = capsys.readouterr()
    password = (tmp_path / "ida.txt").read_text().strip()
    assert stat.S_IMODE((tmp_path / "ida.txt").stat().st_mode) == 0o600
    assert len(password) >= 12
    assert password not in told.out + told.err
    with logged_in(studio_server.url, "ida@example.org", password):
        pass

    assert call(["studio", "accounts"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    (ida,) = (a for a in accounts(**reach) if a.email == "ida@example.org")
    assert rows["ida@example.org"].endswith(ida.pseudonym)
    assert "Ida Voss" in rows["ida@example.org"]

    assert call(["studio", "add", "ida@example.org", "--generate", "again.txt"]) == 2
    assert not (tmp_path / "again.txt").exists()
    assert call(["studio", "add", "eve@example.org", "--generate", "ida.txt"]) == 2
    assert (tmp_path / "ida.txt").read_text().strip() == password
    told = capsys.readouterr()
    assert "has an account already" in told.err
    assert "exists" in told.err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_password_comes_from_a_file_or_standard_input_and_shows_nowhere(
    studio_server, tmp_path, way
) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n")
    email = f"{way}@example.org"
    given = "-" if way == "stdin" else "password"
    command = [sys.executable, "-m", "annotator", "studio", "add", email, "--password-file", given]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        seen = b""
        running.stdin.write(PASSWORD + "\n" if way == "stdin" else "")
        running.stdin.close()
        while running.poll() is None:
            place = Path(f"/proc/{running.pid}")
            with suppress(OSError):  # it may end between two looks
                seen += (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
            time.sleep(0.1)
        told = running.stdout.read()
    assert running.returncode == 0, told
    assert email.encode() in seen
    assert PASSWORD.encode() not in seen
    assert PASSWORD not in told
    with logged_in(studio_server.url, email, PASSWORD):
        pass
    assert PASSWORD not in (studio_server.server.data_dir / "server.log").read_text()


def test_a_new_person_may_do_everything_since_community_has_no_roles(studio_server, reach) -> None:
    made = add_account("lone@example.org", SecretStr(PASSWORD), **reach)
    headers = {"Authorization": f"Token {studio_server.token.get_secret_value()}"}
    body = {"title": "Of the lead", "label_config": label_config()}
    project = httpx.post(f"{studio_server.url}/api/projects", json=body, headers=headers, timeout=60).json()[
        "id"
    ]
    with logged_in(studio_server.url, made.email, PASSWORD) as browser:
        assert browser.delete(f"/api/projects/{project}").status_code == 204


def test_a_wrong_password_lets_nobody_in(studio_server, reach) -> None:
    add_account("mole@example.org", SecretStr(PASSWORD), **reach)
    with (
        pytest.raises(KeyError, match="email"),
        logged_in(studio_server.url, "mole@example.org", PASSWORD + "x"),
    ):
        pass


def test_the_lead_is_in_the_list(studio_server, reach) -> None:
    lead = json.loads(studio_server.server.credentials.read_text())["user"]
    assert lead in [a.email for a in accounts(**reach)]
