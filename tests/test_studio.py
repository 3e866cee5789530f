"""A real Label Studio: started, stopped, pushed to, pulled from, and everything that can go wrong on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr
from stories import NEWER, call, first_result, lines, save, story, submit, tasks

from annotator import studio
from annotator.errors import BadArgument, Busy, LabelStudioError
from annotator.labelstudio import client, label_config, pull, push
from annotator.labelstudio.client import connected, find_project
from annotator.labelstudio.config import same_config
from annotator.model import (
    Producer,
    Span,
)
from annotator.store import locked, read_annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.studio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(tmp_path / "out", [story(n) for n in range(3)])


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A project of the test's own on the server that all share."""
    return re.sub(r"\W+", " ", request.node.name)[-50:].strip()


# --- the server -----------------------------------------------------------------------------------------------


def test_what_the_first_start_leaves_is_for_this_user_alone(studio_server) -> None:
    folder = studio_server.server.data_dir
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("credentials.json", "server.json", "server.log"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    secrets = json.loads((folder / "credentials.json").read_text())
    assert len(secrets["token"]) == 40
    assert len(secrets["password"]) >= 20


def test_secrets_are_on_no_command_line_and_in_no_log(studio_server) -> None:
    secrets = json.loads((studio_server.server.data_dir / "credentials.json").read_text())
    line = Path(f"/proc/{studio_server.server.pid}/cmdline").read_bytes()
    log = (studio_server.server.data_dir / "server.log").read_bytes()
    for secret in (secrets["token"], secrets["password"]):
        assert secret.encode() not in line + log
        assert secret not in repr(studio_server.server) + repr(studio_server.settings)


def test_it_listens_on_this_machine_only(studio_server) -> None:
    hexadecimal = f":{studio_server.server.port:04X} "
    rows = Path("/proc/net/tcp").read_text().splitlines()
    listening = {row.split()[1] for row in rows if hexadecimal in row and row.split()[3] == "0A"}
    assert listening == {f"0100007F:{studio_server.server.port:04X}"}


def test_a_second_start_finds_the_first(studio_server) -> None:
    again = studio.start(studio_server.settings)
    assert again.reused
    assert replace(again, reused=False) == studio_server.server


def test_another_port_for_a_running_server_is_refused(studio_server) -> None:
    with pytest.raises(LabelStudioError, match=f"runs on port {studio_server.server.port}"):
        studio.start(studio_server.settings.model_copy(update={"studio_port": 1}))


def test_it_outlives_its_parent_and_stops_when_told(stopped) -> None:
    settings = stopped
    program = (
        "from annotator import studio\n"
        "from annotator.settings import Settings\n"
        "print(studio.start(Settings()).pid)"
    )
    environment = {
        **os.environ,
        "ANNOTATOR_STUDIO_DIR": str(settings.studio_dir),
        "ANNOTATOR_STUDIO_PORT": str(settings.studio_port),
        "ANNOTATOR_STUDIO_EXECUTABLE": settings.studio_executable,
        "ANNOTATOR_STUDIO_USER": settings.studio_user,
    }
    started = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    running = studio.status(settings)
    assert running is not None
    assert running.pid == int(started.stdout)
    assert studio.stop(settings)
    assert studio.status(settings) is None
    assert not studio._taken(settings.studio_port)
    assert not studio.stop(settings), "there is nothing left to stop"


def test_a_process_that_got_the_number_later_is_left_alone(tmp_path, settings_of) -> None:
    settings = settings_of(tmp_path, "label-studio")
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (tmp_path / "server.json").write_text(json.dumps({"pid": other.pid, "port": 1, "born": "0"}))
        assert studio.status(settings) is None
        assert not studio.stop(settings)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@contextmanager
def listening() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize(("closes_after_s", "taken"), [(0.5, False), (30, True)])
def test_a_port_is_waited_for_while_a_killed_server_lets_it_go(closes_after_s, taken) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        closing = threading.Timer(closes_after_s, listener.close)
        closing.start()
        try:
            assert studio._await_free(port, patience_s=1.5) is not taken
        finally:
            closing.cancel()


def test_a_port_that_is_taken_is_told_and_nothing_is_started(
    tmp_path, studio_executable, settings_of
) -> None:
    with listening() as port:
        settings = settings_of(tmp_path, studio_executable, port)
        with pytest.raises(LabelStudioError, match=f"port {port} is in use"):
            studio.start(settings)
    assert not (tmp_path / "credentials.json").exists()


def test_two_starts_at_once_are_one_too_many(tmp_path, studio_executable, settings_of) -> None:
    with locked(tmp_path), pytest.raises(Busy):
        studio.start(settings_of(tmp_path, studio_executable))


def test_a_server_that_ends_at_once_is_told(tmp_path, settings_of) -> None:
    with pytest.raises(LabelStudioError, match=r"ended while it started: see .*server\.log"):
        studio.start(settings_of(tmp_path, "/bin/false"))
    assert studio.status(settings_of(tmp_path, "/bin/false")) is None


def test_a_server_that_is_not_installed_says_how(tmp_path, settings_of) -> None:
    with pytest.raises(LabelStudioError, match=r"pip install label-studio=="):
        studio.start(settings_of(tmp_path, str(tmp_path / "bin" / "label-studio")))


@pytest.mark.parametrize(
    "change", [{"studio_host": "192.0.2.7"}, {"studio_url": "https://labels.example.org"}]
)  # fmt: skip
def test_only_this_machine_is_started(tmp_path, change: dict[str, str], settings_of) -> None:
    with pytest.raises(BadArgument):
        studio.start(settings_of(tmp_path, "label-studio").model_copy(update=change))


def test_a_token_is_found_only_where_it_belongs(studio_server) -> None:
    settings = studio_server.settings
    elsewhere = settings.model_copy(update={"studio_url": "https://labels.example.org"})
    with pytest.raises(LabelStudioError, match="ANNOTATOR_STUDIO_TOKEN"):
        studio.access(elsewhere)
    given = elsewhere.model_copy(update={"studio_token": SecretStr("x")})
    assert studio.access(given) == ("https://labels.example.org", SecretStr("x"))
    with pytest.raises(LabelStudioError, match="no server was started"):
        studio.access(settings.model_copy(update={"studio_dir": settings.studio_dir / "nowhere"}))


# --- push -----------------------------------------------------------------------------------------------------


def test_a_push_is_seen_and_a_second_does_nothing(studio_server, folder, title) -> None:
    steps: list[tuple[int, int]] = []
    report = push(
        folder,
        project=title,
        url=studio_server.url,
        token=studio_server.token,
        progress=lambda *step: steps.append(step),
    )
    assert (report.stories, report.attributions, report.new_tasks, report.new_predictions) == (3, 3, 3, 3)
    assert steps[-1] == (3, 3)
    before = tasks(studio_server, title)
    assert [t.data["doc_id"] for t in before] == ["story-000", "story-001", "story-002"]
    assert before[0].data["text"] == story(0)[0].text
    with connected(studio_server.url, studio_server.token) as api:
        project = find_project(api, title)
        assert project.model_version == report.model_version == "annotator-0.1.0-9f9f5111"
        assert len(api.views.list(project=project.id)) == 1

    again = push(folder, project=title, url=studio_server.url, token=studio_server.token)
    assert (again.new_tasks, again.new_predictions) == (0, 0)
    after = tasks(studio_server, title)
    assert [(t.id, [p.id for p in t.predictions]) for t in after] == [
        (t.id, [p.id for p in t.predictions]) for t in before
    ]


def test_a_new_model_version_goes_beside_the_old(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    task = tasks(studio_server, title)[0]
    _, result = first_result(task)
    submit(studio_server, task.id, result)
    save(folder, [(d, replace(a, producer=NEWER)) for d, a in (story(n) for n in range(3))])
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions) == (0, 3)
    after = tasks(studio_server, title)
    assert [{p.model_version for p in t.predictions} for t in after] == [
        {"annotator-0.1.0-9f9f5111", "annotator-0.1.1-9f9f5111"}
    ] * 3
    assert [len(t.annotations) for t in after] == [1, 0, 0], "what was submitted stays"
    with connected(studio_server.url, studio_server.token) as api:
        assert find_project(api, title).model_version == "annotator-0.1.1-9f9f5111"


def test_a_version_is_not_taken_for_one_that_begins_with_it(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    pairs = [story(n) for n in range(3)]
    save(folder, [(d, replace(a, producer=Producer("model", "annotator", "10"))) for d, a in pairs])
    push(folder, **reach)
    save(folder, [(d, replace(a, producer=Producer("model", "annotator", "1"))) for d, a in pairs])
    assert push(folder, **reach).new_predictions == 3


def test_a_changed_text_is_a_task_of_its_own(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    old = next(t for t in tasks(studio_server, title) if t.data["doc_id"] == "story-001")
    submit(studio_server, old.id, first_result(old)[1])
    save(folder, [story(0), story(1, "the dam has burst"), story(2)])
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions, report.changed_text) == (1, 1, ("story-001",))
    assert old.id in {t.id for t in tasks(studio_server, title)}
    pulled = pull(folder, **reach)
    assert (pulled.annotations, pulled.old_text) == (0, ("story-001",))


def test_killed_in_the_middle_and_repeated_nothing_is_twice(
    studio_server, folder, title, monkeypatch
) -> None:
    """The connection breaks after the server has stored the tasks; the predictions never leave."""
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    plain = httpx.Client.send
    broken: list[str] = []

    def breaking(self, request, **options):
        path = request.url.path
        if path.endswith("/import/predictions"):
            raise httpx.ReadError("cable pulled", request=request)
        answer = plain(self, request, **options)
        if path.endswith("/import") and not broken:
            broken.append(path)
            raise httpx.ReadTimeout("too slow", request=request)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(httpx.Client, "send", breaking)
        with pytest.raises(LabelStudioError, match="broke the connection"):
            push(folder, **reach)
    assert broken
    assert [len(t.predictions) for t in tasks(studio_server, title)] == [0, 0, 0]
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions) == (0, 3)
    assert [len(t.predictions) for t in tasks(studio_server, title)] == [1, 1, 1]


def test_a_push_process_that_is_killed_can_be_repeated(server, tmp_path) -> None:
    """SIGKILL of the pushing process while stories are on their way, then the same command again."""
    many = save(tmp_path / "many", [story(n) for n in range(250)])
    program = (
        "import sys; from annotator.labelstudio import push\n"
        "push(sys.argv[1], project='killed', url=sys.argv[2], token=sys.stdin.read(),\n"
        "     progress=lambda *step: print(*step, flush=True))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(many), server.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        child.stdin.write(server.token.get_secret_value())
        child.stdin.close()
        assert child.stdout.readline().strip() == "100 250"
        time.sleep(0.3)  # into the second hundred
        child.send_signal(signal.SIGKILL)
    report = push(many, project="killed", url=server.url, token=server.token)
    assert report.new_tasks <= 150
    found = tasks(server, "killed")
    assert len(found) == len({t.data["doc_id"] for t in found}) == 250
    assert {len(t.predictions) for t in found} == {1}


def test_two_pushes_at_once_are_one_too_many(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    inside, leave = threading.Event(), threading.Event()

    def wait(*_: int) -> None:
        inside.set()
        leave.wait(60)

    first = threading.Thread(target=push, args=(folder,), kwargs={**reach, "progress": wait})
    first.start()
    try:
        assert inside.wait(60)
        with pytest.raises(Busy):
            push(folder, **reach)
        other = title[:-1] + "2"
        assert push(folder, **{**reach, "project": other}).new_tasks == 3, "another project is free"
    finally:
        leave.set()
        first.join()
    assert len(tasks(studio_server, title)) == 3


def test_a_set_up_that_somebody_changed_is_not_pushed_to(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    with connected(studio_server.url, studio_server.token) as api:
        project = find_project(api, title)
        changed = label_config().replace('<Choice value="praise"', '<Choice value="flattery"')
        api.projects.update(project.id, label_config=changed)
    save(folder, [story(n) for n in range(4)])
    with pytest.raises(LabelStudioError, match="label set-up"):
        push(folder, **reach)
    assert len(tasks(studio_server, title)) == 3


def test_a_set_up_of_an_earlier_version_is_renewed_and_the_work_stays(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    first, *_ = tasks(studio_server, title)
    submit(studio_server, first.id, [r for r in first_result(first)[1] if r.get("from_name") != "page"])
    former = (Path(__file__).parent / "data" / "former_label_config.xml").read_text(encoding="utf8")
    with connected(studio_server.url, studio_server.token) as api:
        number = int(find_project(api, title).id)
        api.projects.update(number, label_config=former)
        assert push(folder, **reach).new_tasks == 0
        assert same_config(find_project(api, title).label_config, label_config())
        api.projects.update(number, label_config=former.replace('hotkey="q"', 'hotkey="p"'))
    with pytest.raises(LabelStudioError, match="label set-up"):
        push(folder, **reach)
    assert pull(folder, **reach).annotations == 1


def test_nothing_is_sent_if_one_story_does_not_hold_together(studio_server, folder, title) -> None:
    document, annotation = story(1)
    beyond = replace(annotation.attributions[0], content=(Span(0, len(document.text) + 9),))
    save(folder, [story(0), (document, replace(annotation, attributions=(beyond,)))])
    with pytest.raises(Exception, match="story-001"):
        push(folder, project=title, url=studio_server.url, token=studio_server.token)
    assert tasks(studio_server, title) == []


@pytest.mark.parametrize("project", ["ab", "x" * 51])
def test_a_title_that_the_server_would_refuse(project: str, folder) -> None:
    with pytest.raises(BadArgument, match="3 to 50"):
        push(folder, project=project, url="http://127.0.0.1:9", token="x" * 40)


# --- who is at the other end ----------------------------------------------------------------------------------


def no_secret(error: pytest.ExceptionInfo[BaseException], secret: str) -> None:
    shown = str(error.getrepr(style="native")) + repr(error.value) + str(error.value)
    assert secret not in shown
    assert "sessionid" not in shown
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("action", [push, pull])
def test_a_wrong_token_is_refused_and_not_shown(action: Callable, studio_server, folder, caplog) -> None:
    caplog.set_level("DEBUG")
    wrong = "feed" * 10
    with pytest.raises(LabelStudioError, match="refuses the token") as error:
        action(folder, project="any project", url=studio_server.url, token=SecretStr(wrong))
    no_secret(error, wrong)
    assert wrong not in caplog.text


def test_the_right_token_is_in_no_log(studio_server, folder, title, caplog, capfd) -> None:
    caplog.set_level("DEBUG")
    push(folder, project=title, url=studio_server.url, token=studio_server.token)
    pull(folder, project=title, url=studio_server.url, token=studio_server.token)
    secret = studio_server.token.get_secret_value()
    assert secret not in caplog.text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("action", [push, pull])
def test_a_server_that_is_down(action: Callable, folder, free_port) -> None:
    with pytest.raises(LabelStudioError, match="cannot be reached") as error:
        action(folder, project="any project", url=f"http://127.0.0.1:{free_port}", token="feed" * 10)
    no_secret(error, "feed" * 10)


def test_a_server_that_is_no_label_studio(folder) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>welcome</html>")

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(LabelStudioError):
            push(folder, project="any project", url=f"http://127.0.0.1:{other.server_port}", token="x")
        other.shutdown()


def test_a_version_that_nobody_tried_is_refused(studio_server, folder, title, monkeypatch) -> None:
    monkeypatch.setattr(client, "KNOWN_VERSIONS", ("0.9.",))
    with pytest.raises(LabelStudioError, match=r"Label Studio 1\.\d+\.\d+ .* not known to work: use 0\.9\.x"):
        push(folder, project=title, url=studio_server.url, token=studio_server.token)
    monkeypatch.undo()
    assert tasks(studio_server, title) == []


def test_a_project_that_is_not_there(studio_server, folder) -> None:
    with pytest.raises(LabelStudioError, match="there is no project 'nobody made this'"):
        pull(folder, project="nobody made this", url=studio_server.url, token=studio_server.token)
    assert not (folder / "human.jsonl").exists()


# --- pull -----------------------------------------------------------------------------------------------------


def test_what_people_submitted_comes_back_with_where_it_came_from(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    accepted, corrected, skipped = tasks(studio_server, title)
    prediction, result = first_result(accepted)
    submit(studio_server, accepted.id, result, parent_prediction=prediction)
    prediction, result = first_result(corrected)
    for item in result:
        if item.get("from_name") == "act":
            item["value"]["choices"] = ["promise"]
    text = corrected.data["text"]
    start = text.index("dam")
    value = {"start": start, "end": start + 3, "text": "dam", "labels": ["Content"]}
    result.append({"id": "drawn", "type": "labels", "from_name": "span", "to_name": "text", "value": value})
    number = submit(studio_server, corrected.id, result, parent_prediction=prediction)
    submit(studio_server, skipped.id, first_result(skipped)[1], was_cancelled=True)

    report = pull(folder, **reach)
    assert (report.annotations, report.new, report.updated, report.deleted) == (2, 2, 0, 0)
    assert report.skipped == 1
    same, changed = read_annotations(folder / "human.jsonl")
    machine = story(0)[1]
    assert same.layer == "human"
    assert same.producer.kind == "person"
    assert re.fullmatch(r"annotator-[0-9a-f]{10}", same.producer.name)
    assert same.attributions == (replace(machine.attributions[0], score=None),)
    assert same.entities == machine.entities
    assert [(a.act, [s.of(text) for s in a.content]) for a in changed.attributions] == [
        ("promise", ["the dam will hold"]),
        ("statement", ["dam"]),
    ]
    kept, moved = lines(folder / "studio.jsonl")
    assert [c["kind"] for c in kept["changes"]] == ["kept"]
    assert [c["kind"] for c in moved["changes"]] == ["values", "added"]
    assert moved["annotation_id"] == number
    assert moved["task_id"] == corrected.id
    assert moved["model_version"] == "annotator-0.1.0-9f9f5111"
    assert moved["lead_time"] == 12.5
    assert moved["producer"] == moved["updated_by"] == changed.producer.name
    assert "example.org" not in (folder / "studio.jsonl").read_text() + (folder / "human.jsonl").read_text()


def test_a_second_pull_changes_nothing_and_the_last_word_counts(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    task, other, _ = tasks(studio_server, title)
    _, result = first_result(task)
    number = submit(studio_server, task.id, result)
    gone = submit(studio_server, other.id, first_result(other)[1])
    pull(folder, **reach)
    before = (folder / "human.jsonl").read_bytes(), (folder / "studio.jsonl").read_bytes()
    again = pull(folder, **reach)
    assert (again.annotations, again.new, again.updated, again.deleted) == (2, 0, 0, 0)
    assert before == ((folder / "human.jsonl").read_bytes(), (folder / "studio.jsonl").read_bytes())

    relabelled = [r for r in result if r.get("from_name") != "act"]
    call(studio_server, "PATCH", f"/api/annotations/{number}/", {"result": relabelled[:1]})
    call(studio_server, "DELETE", f"/api/annotations/{gone}/")
    third = pull(folder, **reach)
    assert (third.annotations, third.new, third.updated, third.deleted) == (1, 0, 1, 1)
    (human,) = read_annotations(folder / "human.jsonl")
    assert human.document_id == "story-000"
    assert [a.source for a in human.attributions] == [()]
    assert [line["document_id"] for line in lines(folder / "studio.jsonl")] == ["story-000"]


def test_two_submissions_of_one_person_count_once(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    task = tasks(studio_server, title)[0]
    _, result = first_result(task)
    submit(studio_server, task.id, result)
    submit(studio_server, task.id, result[:1])
    assert pull(folder, **reach).annotations == 1
    (human,) = read_annotations(folder / "human.jsonl")
    assert [a.cue for a in human.attributions] == [()], "the later one stands"


def test_people_and_projects_do_not_overwrite_each_other(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    task = tasks(studio_server, title)[0]
    submit(studio_server, task.id, first_result(task)[1])
    other = {**reach, "project": "B" + title[1:]}
    push(folder, **other)
    second = tasks(studio_server, other["project"])[1]
    submit(studio_server, second.id, first_result(second)[1])
    pull(folder, **reach)
    pull(folder, **other)
    assert [a.document_id for a in read_annotations(folder / "human.jsonl")] == ["story-000", "story-001"]
    assert pull(folder, **reach).deleted == 0
    assert len(lines(folder / "human.jsonl")) == len(lines(folder / "studio.jsonl")) == 2


def test_a_pull_into_a_folder_that_somebody_writes_to(studio_server, folder) -> None:
    with locked(folder), pytest.raises(Busy):
        pull(folder, project="any project", url=studio_server.url, token=studio_server.token)


def test_stories_that_the_folder_does_not_hold_are_told(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    for task in tasks(studio_server, title):
        submit(studio_server, task.id, first_result(task)[1])
    save(folder, [story(0)])
    report = pull(folder, **reach)
    assert (report.annotations, report.unknown) == (1, ("story-001", "story-002"))


def test_skipped_and_begun_work_is_told_with_who_and_when(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    done, left, begun = tasks(studio_server, title)
    submit(studio_server, done.id, first_result(done)[1])
    number = submit(studio_server, left.id, first_result(left)[1], was_cancelled=True)
    body = {"result": first_result(begun)[1], "lead_time": 3.5, "annotation_id": None}
    call(studio_server, "POST", f"/api/tasks/{begun.id}/drafts", body)

    report = pull(folder, **reach)
    assert (report.annotations, report.skipped, report.drafts) == (1, 1, 1)
    skipped, draft = lines(folder / "unfinished.jsonl")
    (human,) = read_annotations(folder / "human.jsonl")
    assert (skipped["document_id"], skipped["state"], skipped["annotation_id"]) == (
        "story-001",
        "skipped",
        number,
    )
    assert (draft["document_id"], draft["state"], draft["annotation_id"]) == ("story-002", "draft", None)
    assert {skipped["producer"], draft["producer"]} == {human.producer.name}
    assert (skipped["lead_time"], draft["lead_time"]) == (12.5, 3.5)
    assert skipped["created_at"] <= skipped["updated_at"] <= draft["updated_at"]
    assert "example.org" not in (folder / "unfinished.jsonl").read_text()

    call(studio_server, "DELETE", f"/api/annotations/{number}/")
    pull(folder, **reach)
    assert [line["state"] for line in lines(folder / "unfinished.jsonl")] == ["draft"]


def test_what_looks_wrong_is_written_down_with_a_link_to_it(studio_server, folder, title) -> None:
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    good, bad, _ = tasks(studio_server, title)
    submit(studio_server, good.id, first_result(good)[1])
    # The arrow to the Source is gone: the Source hangs in the air, the Content has nobody who says it.
    (source,) = [r["id"] for r in first_result(bad)[1] if r.get("value", {}).get("labels") == ["Source"]]
    kept = [r for r in first_result(bad)[1] if not (r["type"] == "relation" and r["to_id"] == source)]
    number = submit(studio_server, bad.id, kept)

    report = pull(folder, **reach)
    found = lines(folder / "lint.jsonl")
    assert [(line["rule"], line["words"]) for line in found] == [
        ("source_without_content", "Engineer Tove Brask"),
        ("content_without_source", "the dam will hold"),
    ]
    assert {(line["document_id"], line["annotation_id"]) for line in found} == {("story-001", number)}
    assert report.notes == tuple(f"story-001: {line['told']}" for line in found)
    page = httpx.get(found[0]["url"], follow_redirects=True)
    assert page.status_code == 200
    assert found[0]["url"].endswith(f"/projects/{bad.project}/data?task={bad.id}")

    call(studio_server, "PATCH", f"/api/annotations/{number}/", {"result": first_result(bad)[1]})
    assert pull(folder, **reach).notes == ()
    assert lines(folder / "lint.jsonl") == []
