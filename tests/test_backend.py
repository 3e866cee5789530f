"""The ML backend: what it says to whom, and a real Label Studio that asks it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from annotator import studio
from annotator.errors import BadArgument, Busy, LabelStudioError
from annotator.labelstudio import label_config, push, serve, to_task
from annotator.labelstudio.backend import USER, Backend, listening
from annotator.labelstudio.client import connected, find_project
from annotator.labelstudio.live import TITLE
from annotator.labelstudio.tasks import to_data
from annotator.model import Producer
from annotator.pipeline import Annotator
from annotator.reader import prepare
from annotator.store import annotation_to_json, document_to_json, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.models

SECRET = SecretStr("not-to-be-told-to-anybody")
STORY = (
    "🚢 Quay news\n\nEngineer Tove Brask said that pier {n} would hold.\n\n"
    "“Nobody asked us,” said Lena Harbst, who chairs the harbour board."
)


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator()


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def address(annotator, told) -> Iterator[str]:
    with listening(Backend(annotator, told=told.append), secret=SECRET, host="127.0.0.1", port=0) as at:
        yield at


def ask(address: str, path: str, body: object = None, *, secret: str | None = SECRET.get_secret_value()):
    """What Label Studio sends: the secret as basic authentication."""
    auth = None if secret is None else (USER, secret)
    method = "GET" if body is None else "POST"
    return httpx.request(method, address + path, json=body, auth=auth, timeout=60)


def task(text: str, number: int = 1, **data: object) -> dict:
    return {"id": number, "project": 1, "data": {"text": text, "title": "", "speakers": [], **data}}


def predicted(address: str, *tasks: dict) -> list:
    answer = ask(address, "/predict", {"tasks": list(tasks), "label_config": label_config()})
    assert answer.status_code == 200
    return answer.json()["results"]


# --- the protocol ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET.get_secret_value() + "x", "é\udce9"])
@pytest.mark.parametrize("path", ["/health", "/versions", "/setup", "/predict", "/webhook", "/elsewhere"])
def test_without_the_secret_nothing_is_answered(address, path, secret) -> None:
    if secret == "é\udce9":
        answer = httpx.get(address + path, headers={"Authorization": b"Basic \xe9\xff"})
    else:
        answer = ask(
            address, path, None if path in {"/health", "/versions"} else {"tasks": []}, secret=secret
        )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert set(answer.json()) == {"error"}


def test_with_it_each_address_answers(address, annotator) -> None:
    version = to_task(*annotator.annotate_text("Nothing."))["predictions"][0]["model_version"]
    assert ask(address, "/health").json()["status"] == "UP"
    assert ask(address, "/versions").json() == {"versions": [version]}
    assert ask(address, "/setup", {"schema": label_config()}).json() == {"model_version": version}
    assert ask(address, "/webhook", {"action": "TASKS_CREATED"}).status_code == 200
    assert ask(address, "/elsewhere").status_code == 404


def test_another_label_set_up_is_refused(address) -> None:
    other = "<View><Text name='text' value='$text'/></View>"
    assert ask(address, "/setup", {"schema": other}).status_code == 400
    assert ask(address, "/predict", {"tasks": [task("A.")], "label_config": other}).status_code == 400


@pytest.mark.parametrize(
    ("content", "length", "status"),
    [
        (b"{", "1", 400),
        (b"[1]", "3", 400),
        (b'{"tasks": 3}', "12", 400),
        (b"", f"{10**12}", 413),
        (b"", "-1", 413),
    ],
)
def test_what_is_no_request_is_refused(address, content, length, status) -> None:
    given = base64.b64encode(f"{USER}:{SECRET.get_secret_value()}".encode()).decode()
    caller = HTTPConnection(address.removeprefix("http://"), timeout=30)
    caller.request("POST", "/predict", content, {"Authorization": f"Basic {given}", "Content-Length": length})
    assert caller.getresponse().status == status
    caller.close()
    assert ask(address, "/health").status_code == 200


def test_a_prediction_is_what_push_would_have_sent(address, annotator) -> None:
    document, annotation = annotator.annotate_text(STORY.format(n=1), id="quay")
    sent = json.loads(json.dumps(to_task(document, annotation)))
    assert len(sent["predictions"][0]["result"]) > 8
    asked = {"id": 5, "project": 1, "data": sent["data"]}
    assert predicted(address, asked) == [sent["predictions"]]


def test_offsets_count_in_the_text_of_the_task_whatever_is_in_it(address) -> None:
    text = "\ufeff👩‍👩‍👧 Quay\r\n\r\nTove Brask said that the pie\u0301r would hold.\r\n\r\nשלום"
    (prediction,) = predicted(address, task(text))[0]
    spans = [r["value"] for r in prediction["result"] if r["type"] == "labels"]
    assert spans
    assert all(text[s["start"] : s["end"]] == s["text"] for s in spans)
    assert {s["text"] for s in spans} >= {"said", "that the pie\u0301r would hold"}


@pytest.mark.parametrize(
    ("offered", "control", "kind"), [(True, "speaker", "choices"), (False, "speaker_name", "text")]
)
def test_names_that_the_task_does_not_offer_are_typed(address, offered, control, kind) -> None:
    speakers = [{"value": "Lena Harbst"}] if offered else []
    (prediction,) = predicted(address, task(STORY.format(n=1), speakers=speakers))[0]
    told = [r["value"][kind] for r in prediction["result"] if r.get("from_name") == control]
    assert ["Lena Harbst"] in told


def test_a_task_that_cannot_be_annotated_does_not_hold_up_the_others(address, told) -> None:
    bad = [task(""), {"id": 7, "data": None}, {"id": 8, "data": {"text": 5}}]
    odd = [task(STORY.format(n=1), number=9, speakers=speakers) for speakers in (5, ["Lena"], [{}])]
    results = predicted(address, bad[0], *odd, *bad[1:])
    assert [len(r) for r in results] == [0, 1, 1, 1, 0, 0]
    assert sum("no annotation" in line for line in told) >= 3


def test_it_says_that_it_is_well_while_it_works(address) -> None:
    long = "\n\n".join(STORY.format(n=n) for n in range(60))
    busy = threading.Thread(target=predicted, args=(address, task(long)))
    busy.start()
    times = []
    while busy.is_alive():
        began = time.monotonic()
        assert ask(address, "/health").status_code == 200
        times.append(time.monotonic() - began)
    busy.join()
    assert times
    assert max(times) < 5


def test_the_token_that_setup_brings_is_kept_nowhere(annotator, capfd) -> None:
    backend = Backend(annotator)
    with listening(backend, secret=SECRET, host="127.0.0.1", port=0) as at:
        token = "0123456789abcdef" * 2
        assert ask(at, "/setup", {"schema": label_config(), "access_token": token}).status_code == 200
    assert token not in repr(vars(backend))
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_said(annotator, address) -> None:
    port = int(address.rpartition(":")[2])
    with (
        pytest.raises(BadArgument, match=f"127.0.0.1:{port}"),
        listening(Backend(annotator), secret=SECRET, host="127.0.0.1", port=port),
    ):
        pass


# --- with a real server ---------------------------------------------------------------------------------------


def call(server, method: str, path: str, body: object = None):
    headers = {"Authorization": f"Token {server.token.get_secret_value()}"}
    answer = httpx.request(method, server.url + path, json=body, headers=headers, timeout=120)
    answer.raise_for_status()
    return answer.json() if answer.content else {}


def number_of(server, title: str) -> int:
    with connected(server.url, server.token) as api:
        return int(find_project(api, title).id)


def shown(server, title: str) -> str:
    return call(server, "GET", f"/api/projects/{number_of(server, title)}")["model_version"] or ""


def bare(server, title: str, annotator: Annotator, n: int) -> int:
    """A new task without a prediction, as somebody imports it by hand."""
    document = prepare(f"bare-{n}", STORY.format(n=n))
    made = {
        "project": number_of(server, title),
        "data": to_data(document, next(annotator.annotate([document]))),
    }
    return call(server, "POST", "/api/tasks", made)["id"]


def opened(server, number: int) -> list[dict]:
    """What the page asks for when a story is opened from the list."""
    return call(server, "GET", f"/api/tasks/{number}")["predictions"]


def wait_for(holds: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.2)


@contextmanager
def live(server, title: str, **options: object) -> Iterator[list[str]]:
    """`annotator studio backend` in a thread; gives the lines that it tells."""
    lines: list[str] = []
    stop = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            serve(project=title, url=server.url, token=server.token, stop=stop, told=lines.append, **options)
        except BaseException as error:  # noqa: BLE001 - raised again where the test sees it
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_for(lambda: failed or any("is connected" in line for line in lines))
        if failed:
            raise failed[0]
        yield lines
    finally:
        stop.set()
        thread.join()


def save(folder: Path, annotator: Annotator, numbers: range, producer: Producer | None = None) -> Path:
    documents = [prepare(f"quay-{n}", STORY.format(n=n)) for n in numbers]
    made = list(annotator.annotate(documents))
    if producer is not None:
        made = [replace(a, producer=producer) for a in made]
    write_lines(folder / "documents.jsonl", [document_to_json(d) for d in documents])
    write_lines(folder / "annotations.jsonl", [annotation_to_json(a) for a in made])
    return folder


@pytest.mark.studio
def test_a_story_is_annotated_when_it_is_opened_and_the_version_stays(
    server, annotator, tmp_path, free_port
) -> None:
    title = "Live"
    reach = {"project": title, "url": server.url, "token": server.token}
    version = push(save(tmp_path, annotator, range(2)), **reach).model_version
    assert shown(server, title) == version
    first, second, third, fourth = (bare(server, title, annotator, n) for n in range(10, 14))
    assert opened(server, first) == [], "nobody is there yet"

    with live(server, title, port=free_port, every=1.0, patience=10_000.0, secret=SECRET) as lines:
        assert shown(server, title) == version
        project = number_of(server, title)
        (entry,) = call(server, "GET", f"/api/ml?project={project}")
        assert (entry["title"], entry["state"]) == (TITLE, "CO")
        assert SECRET.get_secret_value() not in json.dumps(entry)
        assert call(server, "GET", f"/api/webhooks/?project={project}") == []

        (prediction,) = opened(server, first)
        assert prediction["model_version"] == version
        document, annotation = annotator.annotate_text(STORY.format(n=10), id="bare-10")
        expected = to_task(document, annotation)["predictions"][0]
        assert prediction["result"] == json.loads(json.dumps(expected["result"]))
        assert prediction["score"] == pytest.approx(expected["score"])
        assert [p["id"] for p in opened(server, first)] == [prediction["id"]], "once is enough"

        chosen = {"selectedItems": {"all": False, "included": [second]}}
        call(server, "POST", f"/api/dm/actions?id=retrieve_tasks_predictions&project={project}", chosen)
        assert len(opened(server, second)) == 1

        # Four who open the same story at once: each sees it annotated, and it is so once.
        fifth = bare(server, title, annotator, 15)
        with ThreadPoolExecutor(4) as people:
            seen = list(people.map(lambda _: opened(server, fifth), range(4)))
        assert [len(predictions) for predictions in seen] == [1] * 4
        assert len(opened(server, fifth)) == 1

        # Somebody else who asks, and somebody else who wants to serve.
        assert ask(entry["url"], "/predict", {"tasks": []}, secret="wrong").status_code == 401
        with pytest.raises(Busy, match="is served from"), live(server, title, port=0):
            pass
        assert shown(server, title) == version

        # The server goes and comes back; the backend waits for it.
        assert studio.stop(server.settings)
        wait_for(lambda: any("cannot be reached" in line for line in lines))
        studio.start(server.settings)
        (prediction,) = opened(server, third)
        assert prediction["model_version"] == version
        assert shown(server, title) == version
        assert not any(SECRET.get_secret_value() in line for line in lines)

    # Down: the story opens, and the stream still shows what was pushed.
    assert opened(server, fourth) == []
    upcoming = call(server, "POST", f"/api/dm/actions?id=next_task&project={project}")
    assert [p["model_version"] for p in upcoming["predictions"]] == [version]
    assert shown(server, title) == version

    # Up again, with another secret: what waited is annotated without being opened.
    with live(server, title, port=free_port, every=0.5, patience=1.0) as lines:
        wait_for(lambda: any("annotated 1 of 1" in line for line in lines))
        (prediction,) = opened(server, fourth)
        assert prediction["model_version"] == version
    assert shown(server, title) == version
    log = (server.settings.studio_dir / "server.log").read_text()
    assert SECRET.get_secret_value() not in log


@pytest.mark.studio
def test_a_project_of_another_version_is_left_alone_unless_told(
    studio_server, annotator, tmp_path, free_port
) -> None:
    server, title = studio_server, "Of another version"
    older = Producer("model", "annotator", "0.0.1", "0123456789abcdef")
    reach = {"project": title, "url": server.url, "token": server.token}
    before = push(save(tmp_path, annotator, range(2), older), **reach).model_version
    options = {"port": free_port, "every": 0.5, "patience": 0.0}
    with pytest.raises(LabelStudioError, match=f"shows the version {before}"), live(server, title, **options):
        pass
    assert shown(server, title) == before
    assert call(server, "GET", f"/api/ml?project={number_of(server, title)}") == []

    ours = Backend(annotator).version
    with live(server, title, switch=True, **options) as lines:
        assert shown(server, title) == ours
        wait_for(lambda: any("annotated 1 of 1" in line for line in lines))
    tasks = call(server, "GET", f"/api/tasks?project={number_of(server, title)}&fields=all")["tasks"]
    assert [sorted(p["model_version"] for p in t["predictions"]) for t in tasks] == [
        sorted((before, ours))
    ] * 2


@pytest.mark.studio
def test_a_project_without_a_version_gets_ours_with_the_first_prediction(
    studio_server, annotator, free_port
) -> None:
    server, title = studio_server, "Without a version"
    made = {"title": title, "label_config": label_config(), "show_collab_predictions": True}
    call(server, "POST", "/api/projects", made)
    with live(server, title, port=free_port, every=0.5, patience=0.0):
        assert shown(server, title) == ""
        number = bare(server, title, annotator, 20)
        ours = Backend(annotator).version
        wait_for(lambda: shown(server, title) == ours)
        assert [p["model_version"] for p in opened(server, number)] == [ours]


@pytest.mark.studio
def test_a_project_that_is_not_there_or_is_served_by_others_is_said(
    studio_server, annotator, free_port
) -> None:
    with pytest.raises(LabelStudioError, match="no project 'Nowhere'"), live(studio_server, "Nowhere"):
        pass
    server, title = studio_server, "Served by others"
    made = call(server, "POST", "/api/projects", {"title": title, "label_config": label_config()})
    with listening(Backend(annotator), secret=SECRET, host="127.0.0.1", port=0) as at:
        other = {
            "project": made["id"],
            "url": at,
            "title": "Another",
            "auth_method": "BASIC_AUTH",
            "basic_auth_user": USER,
            "basic_auth_pass": SECRET.get_secret_value(),
        }
        # The server stores the connection and then refuses the webhook of a local address: hence no check.
        headers = {"Authorization": f"Token {server.token.get_secret_value()}"}
        httpx.post(f"{server.url}/api/ml", json=other, headers=headers, timeout=60)
        assert len(call(server, "GET", f"/api/ml?project={made['id']}")) == 1
        with (
            pytest.raises(LabelStudioError, match=r"another ML backend|shows the version"),
            live(server, title, port=free_port),
        ):
            pass


@pytest.mark.studio
def test_the_command_serves_until_it_is_told_to_stop(studio_server, annotator, tmp_path, free_port) -> None:
    server, title = studio_server, "By command"
    push(save(tmp_path, annotator, range(1)), project=title, url=server.url, token=server.token)
    environment = {
        **os.environ,
        "ANNOTATOR_STUDIO_URL": server.url,
        "ANNOTATOR_STUDIO_TOKEN": server.token.get_secret_value(),
        "ANNOTATOR_BACKEND_SECRET": SECRET.get_secret_value(),
    }
    command = [
        sys.executable,
        "-m",
        "annotator",
        "studio",
        "backend",
        "--project",
        title,
        "--at",
        str(free_port),
    ]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        first = running.stdout.readline()
        try:
            assert f"connected to http://127.0.0.1:{free_port}" in first
            line = Path(f"/proc/{running.pid}/cmdline").read_bytes()
            assert SECRET.get_secret_value().encode() not in line
            number = bare(server, title, annotator, 30)
            assert len(opened(server, number)) == 1
            assert ask(f"http://127.0.0.1:{free_port}", "/health").status_code == 200
        finally:
            running.terminate()
        rest = running.stdout.read()
    assert running.returncode == 0, first + rest
    assert SECRET.get_secret_value() not in first + rest
