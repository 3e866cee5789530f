"""An incremental pull on a real Label Studio: it brings what a full one would, and asks for little."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from stories import call, first_result, save, story, submit, tasks

from annotator.labelstudio import pull, push
from annotator.labelstudio.client import connected, find_project
from annotator.labelstudio.tabs import LINTED
from annotator.store import read_annotations, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.studio

FILES = ("human.jsonl", "studio.jsonl", "unfinished.jsonl", "lint.jsonl")
# Longer than a change may need to be seen; younger ones are asked for again.
SETTLED = 6.5


def state(folder: Path) -> Path:
    (found,) = folder.glob(".pulled-*.jsonl")
    return found


def contents(folder: Path) -> dict[str, str]:
    for kind in ("unfinished", "lint"):
        if (folder / f"{kind}.jsonl").exists():
            assert all(line["schema"] == 1 for line in read_lines(folder / f"{kind}.jsonl", kind))
    found = {name: (folder / name).read_text() for name in FILES if (folder / name).exists()}
    return {name: text for name, text in found.items() if text}


def test_whatever_people_do_it_brings_what_a_full_pull_would(studio_server, tmp_path) -> None:
    title = "incremental pull"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(8)])
    push(folder, **reach)
    ids = [t.id for t in tasks(studio_server, title)]
    results = [first_result(t)[1] for t in tasks(studio_server, title)]
    made: dict[str, int] = {}

    def draft() -> None:
        body = {"result": results[3], "lead_time": 2, "annotation_id": None}
        made["draft"] = call(studio_server, "POST", f"/api/tasks/{ids[3]}/drafts", body)["id"]

    def keep(name: str, number: int, **more: object) -> None:
        made[name] = submit(studio_server, ids[number], results[number], **more)

    def patch(name: str) -> None:
        call(studio_server, "PATCH", f"/api/annotations/{made[name]}/", {"result": results[0][:1]})

    steps: list[Callable[[], object]] = [
        lambda: keep("first", 0),
        lambda: keep("second", 1),
        lambda: keep("skipped", 2, was_cancelled=True),
        draft,
        lambda: call(studio_server, "PATCH", f"/api/drafts/{made['draft']}/", {"result": [], "lead_time": 9}),
        lambda: patch("first"),
        lambda: call(studio_server, "DELETE", f"/api/drafts/{made['draft']}/"),
        lambda: call(studio_server, "DELETE", f"/api/annotations/{made['second']}/"),
        lambda: call(studio_server, "DELETE", f"/api/tasks/{ids[2]}/"),
        lambda: (keep("third", 4), call(studio_server, "DELETE", f"/api/tasks/{ids[0]}/")),
    ]
    for number, step in enumerate(steps):
        step()
        full = tmp_path / f"full-{number}"
        shutil.copytree(folder, full, ignore=shutil.ignore_patterns(".*"))
        counts = pull(folder, **reach)
        expected = pull(full, **reach)
        assert contents(folder) == contents(full), f"step {number}"
        assert expected.fetched == len(tasks(studio_server, title))
        told = ("annotations", "new", "updated", "deleted", "skipped", "drafts", "notes")
        assert [getattr(counts, n) for n in told] == [getattr(expected, n) for n in told], f"step {number}"

    time.sleep(SETTLED)
    pull(folder, **reach)
    assert pull(folder, **reach).fetched == 0
    keep("fourth", 5)
    assert pull(folder, **reach).fetched == 1

    # Without its memory, with half of it, or with another project's, it asks for everything and is right.
    before = contents(folder)
    memory = state(folder).read_bytes()
    head, rest = memory.split(b"\n", 1)
    foreign = json.dumps({**json.loads(head), "project_id": 0}).encode() + b"\n" + rest
    for damaged in (b"", memory[: len(memory) // 2], b"[]\n1\n", b"\xff\xfe", foreign):
        state(folder).write_bytes(damaged)
        assert pull(folder, **reach).fetched == 6
        assert contents(folder) == before
    state(folder).unlink()
    assert pull(folder, **reach).fetched == 6
    assert contents(folder) == before
    assert "example.org" not in state(folder).read_text()
    # With an old one it catches up; without the other files it writes them anew.
    stale = state(folder).read_bytes()
    patch("fourth")
    pull(folder, **reach)
    now = contents(folder)
    state(folder).write_bytes(stale)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    pull(folder, **reach)
    assert contents(folder) == now


def test_what_is_submitted_during_a_pull_comes_with_the_next(studio_server, tmp_path, monkeypatch) -> None:
    title = "saved during a pull"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(4)])
    push(folder, **reach)
    before, during, after, _ = tasks(studio_server, title)
    submit(studio_server, before.id, first_result(before)[1])
    plain = httpx.Client.send
    pending = {"/export": during, "/api/users": after}

    def meanwhile(self, request, **options):
        """Somebody submits just before the download, and somebody just after it."""
        place = request.url.path.endswith("/export")
        task = pending.pop("/export", None) if place else None
        if task is not None:
            submit(studio_server, task.id, first_result(task)[1])
        answer = plain(self, request, **options)
        if task is not None:
            answer.read()
            late = pending.pop("/api/users")
            submit(studio_server, late.id, first_result(late)[1])
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(httpx.Client, "send", meanwhile)
        first = pull(folder, **reach)
    assert not pending
    assert first.annotations == 2, "what was there when it was downloaded"
    assert pull(folder, **reach).annotations == 3
    assert [a.document_id for a in read_annotations(folder / "human.jsonl")] == [
        "story-000",
        "story-001",
        "story-002",
    ]


def test_what_to_look_at_has_a_tab_that_follows_and_leaves_the_others(studio_server, tmp_path) -> None:
    title = "a tab to look at"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    folder = save(tmp_path / "out", [story(n) for n in range(3)])
    push(folder, **reach)
    one, two, _ = tasks(studio_server, title)
    numbers = {}

    def bad(task) -> list[dict]:
        """Its report without the arrow to who said it."""
        result = first_result(task)[1]
        sources = {r["id"] for r in result if r.get("value", {}).get("labels") == ["Source"]}
        return [r for r in result if r.get("to_id") not in sources]

    with connected(studio_server.url, studio_server.token) as api:
        project = find_project(api, title).id
        own = {
            "title": "Mine",
            "type": "list",
            "target": "tasks",
            "filters": {"conjunction": "and", "items": []},
        }
        api.views.create(project=project, data=own)

    def tabs() -> dict[str, dict]:
        found = call(studio_server, "GET", f"/api/dm/views?project={project}")
        return {view["data"]["title"]: view for view in found}

    def shown() -> set[int]:
        found = call(studio_server, "GET", f"/api/tasks?view={tabs()[LINTED]['id']}&project={project}")
        return {t["id"] for t in found["tasks"]}

    pull(folder, **reach)
    others = tabs()
    assert set(others) == {"Least sure first", "Mine"}, "nothing to look at, no tab"
    for task in (one, two):
        numbers[task.id] = submit(studio_server, task.id, bad(task))
    pull(folder, **reach)
    assert shown() == {one.id, two.id}
    first = tabs()[LINTED]
    pull(folder, **reach)
    assert tabs()[LINTED] == first

    # Somebody hides a column in it: that stays when what it shows changes.
    hidden = {"explore": ["tasks:id"], "labeling": []}
    changed = {**first["data"], "hiddenColumns": hidden}
    path = f"/api/dm/views/{first['id']}?project={project}"
    call(studio_server, "PATCH", path, {"data": changed, "project": project})
    call(studio_server, "PATCH", f"/api/annotations/{numbers[one.id]}/", {"result": first_result(one)[1]})
    pull(folder, **reach)
    assert shown() == {two.id}
    assert tabs()[LINTED]["id"] == first["id"]
    assert tabs()[LINTED]["data"]["hiddenColumns"] == hidden
    call(studio_server, "PATCH", f"/api/annotations/{numbers[two.id]}/", {"result": first_result(two)[1]})
    pull(folder, **reach)
    assert shown() == set()
    assert {name: tab for name, tab in tabs().items() if name != LINTED} == others

    # Deleted by hand it comes again once there is something to show.
    call(studio_server, "DELETE", path)
    pull(folder, **reach)
    assert LINTED not in tabs()
    call(studio_server, "PATCH", f"/api/annotations/{numbers[two.id]}/", {"result": bad(two)})
    pull(folder, **reach)
    assert shown() == {two.id}
