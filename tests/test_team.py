"""Stories shared out to groups, and decisions between people's versions; two of the tests on a real Label Studio."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotator
from annotator.audits import audit
from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio import adjudicate, pull, pull_decisions, push, share
from annotator.labelstudio.adjudication import _doubly, _names, _next_name, agreed
from annotator.labelstudio.client import connected, find_project, tasks_where
from annotator.labelstudio.sharing import assign
from annotator.model import (
    Annotation,
    Attribution,
    Document,
    Entity,
    EntityMention,
    Paragraph,
    Producer,
    Span,
    attribution_id,
    entity_id,
)
from annotator.store import annotation_to_json, document_to_json, read_annotations, write_lines

if TYPE_CHECKING:
    from pathlib import Path

VERSION = Producer("model", "annotator", "0.1.0", "0123456789abcdef")


def story(number: int) -> tuple[Document, Annotation]:
    text = f"Bulletin {number}. Warden Ilse Tamm said the lock is shut."
    document = Document(f"lock-{number:02d}", text, paragraphs=(Paragraph(0, len(text)),))

    def at(part: str) -> Span:
        return Span(text.index(part), text.index(part) + len(part))

    name = at("Ilse Tamm")
    mentions = (EntityMention(name.start, name.end, "name"),)
    ilse = Entity(entity_id(document.text_sha256, mentions), "Ilse Tamm", "person", mentions)
    spans = {"source": (at("Warden Ilse Tamm"),), "cue": (at("said"),), "content": (at("the lock is shut"),)}
    made = Attribution(
        attribution_id(document.text_sha256, **spans),
        **spans,
        source_kind="person",
        speaker_ids=(ilse.id,),
        score=0.8,
    )
    return document, Annotation(document.id, document.text_sha256, "machine", VERSION, (made,), (ilse,))


def person(machine: Annotation, name: str, **values: str) -> Annotation:
    attributions = tuple(replace(a, score=None, **values) for a in machine.attributions)
    return replace(machine, layer="human", producer=Producer("person", name), attributions=attributions)


def saved(folder: Path, numbers: range, human: list[Annotation] | None = None) -> Path:
    stories = [story(n) for n in numbers]
    write_lines(folder / "documents.jsonl", [document_to_json(d) for d, _ in stories])
    write_lines(folder / "annotations.jsonl", [annotation_to_json(a) for _, a in stories])
    if human:
        write_lines(folder / "human.jsonl", [annotation_to_json(a) for a in human])
    return folder


IDS = st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=30)


@given(IDS, IDS, st.integers(2, 5), st.sampled_from([0, 10, 50, 100]))
def test_what_is_added_never_moves_what_is_assigned(ids, more, groups, shared) -> None:
    first = assign(ids, groups=groups, shared=shared)
    both = assign([*more, *ids], groups=groups, shared=shared)
    assert {i: both[i] for i in ids} == first
    later = assign([*ids, *more], groups=groups + 1, shared=100 - shared, known=first)
    assert {i: later[i] for i in ids} == first
    everybody = tuple(range(1, groups + 1))
    assert all(those == everybody or (len(those) == 1 and those[0] in everybody) for those in both.values())


def test_about_a_tenth_goes_to_all_and_the_rest_evenly() -> None:
    assigned = assign([f"desk/{n}" for n in range(5000)], groups=2, shared=10)
    counts = {those: list(assigned.values()).count(those) for those in [(1, 2), (1,), (2,)]}
    assert 400 < counts[1, 2] < 600
    assert abs(counts[1,] - counts[2,]) < 300
    assert sum(counts.values()) == 5000


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"groups": 1}, "2 groups"),
        ({"groups": 2, "shared": 101}, "percentage"),
        ({"groups": 2, "project": "x" * 47}, "50 characters"),
    ],
)
def test_bad_arguments_of_share(tmp_path, options, told) -> None:
    with pytest.raises(BadArgument, match=told):
        share(tmp_path, **{"project": "desk", "url": "http://127.0.0.1:1", "token": "t", **options})


def test_fewer_groups_than_before_are_refused(tmp_path) -> None:
    folder = saved(tmp_path, range(3))
    line = {"schema": 1, "project": "desk", "document_id": "lock-00", "groups": [3]}
    write_lines(folder / "sharing.jsonl", [line])
    with pytest.raises(BadArgument, match="more groups"):
        share(folder, project="desk", groups=2, url="http://127.0.0.1:1", token="t")


def test_the_most_disputed_come_first_and_the_agreed_are_counted(tmp_path) -> None:
    machines = [story(n)[1] for n in range(4)]
    human = [person(m, "annotator-aaaa000000") for m in machines]
    human += [
        person(machines[0], "annotator-bbbb000000"),
        person(machines[1], "annotator-bbbb000000", act="denial"),
        replace(person(machines[2], "annotator-bbbb000000"), attributions=()),
    ]
    disputed, same = _doubly(saved(tmp_path, range(4), human))
    assert [(d.document.id, round(d.agreement, 3)) for d in disputed] == [("lock-02", 0), ("lock-01", 0.833)]
    assert same == 1, "lock-00; only one person did lock-03"


def test_agreement_is_symmetric_and_of_nothing_whole() -> None:
    machine = story(0)[1]
    other = person(machine, "annotator-x", act="denial")
    assert agreed(machine, other) == agreed(other, machine) == pytest.approx(5 / 6)
    empty = replace(machine, attributions=())
    assert (agreed(empty, empty), agreed(empty, machine)) == (1, 0)


def test_people_whose_short_names_are_the_same_are_told_apart() -> None:
    machine = story(0)[1]
    people = [person(machine, f"annotator-{x}") for x in ("3f2a000001", "3f2a000002", "9c00000000")]
    assert list(_names(people).values()) == ["person 3f2a000001", "person 3f2a000002", "person 9c00"]


def test_a_changed_version_gets_the_next_number() -> None:
    a, b, c = ([{"id": x}] for x in "abc")
    assert _next_name("p", a, {}) == "p"
    assert _next_name("p", a, {"p": a}) is None
    assert _next_name("p", b, {"p": a}) == "p, 2"
    assert _next_name("p", b, {"p": a, "p, 2": b}) is None
    assert _next_name("p", c, {"p": a, "p, 2": b}) == "p, 3"


# --- with a server --------------------------------------------------------------------------------------------


def call(server, method: str, path: str, body: object = None) -> dict:
    headers = {"Authorization": f"Token {server.token.get_secret_value()}"}
    answer = httpx.request(method, server.url + path, json=body, headers=headers, timeout=120)
    answer.raise_for_status()
    return answer.json() if answer.content else {}


def somebody(server, name: str) -> int:
    """Another user of the server."""
    body = {"email": f"{name}@example.org", "username": name, "first_name": name, "last_name": "x"}
    return call(server, "POST", "/api/users/", body)["id"]


def tasks(server, project: str) -> dict:
    with connected(server.url, server.token) as api:
        number = int(find_project(api, project).id)
        return {t.data["doc_id"]: t for t in tasks_where(api, number, whole=True)}


def submit(server, task, who: int | None, act: str | None = None, version: str | None = None) -> int:
    prediction = next(p for p in task.predictions if version in {None, p.model_version})
    result = json.loads(json.dumps(prediction.result))
    for item in result:
        if act and item.get("from_name") == "act":
            item["value"]["choices"] = [act]
    body = {"result": result, "lead_time": 3.5, "parent_prediction": prediction.id}
    if who is not None:
        body["completed_by"] = who
    return call(server, "POST", f"/api/tasks/{task.id}/annotations/", body)["id"]


@pytest.mark.studio
def test_two_groups_work_apart_and_the_audit_compares_them(studio_server, tmp_path) -> None:
    reach = {"url": studio_server.url, "token": studio_server.token}
    folder = saved(tmp_path, range(6))
    report = share(folder, project="Locks", groups=2, shared=50, **reach)
    first, second = tasks(studio_server, "Locks / 1"), tasks(studio_server, "Locks / 2")
    both = first.keys() & second.keys()
    assert first.keys() | second.keys() == {f"lock-{n:02d}" for n in range(6)}
    assert (report.stories, report.shared, report.new) == (6, len(both), 6)
    assert 0 < len(both) < 6

    saved(folder, range(8))
    kept = (folder / "sharing.jsonl").read_text()
    again = share(folder, project="Locks", groups=2, **reach)
    assert again.new == 2
    assert sum(p.new_tasks for p in again.pushes) in {2, 3, 4}
    assert set(kept.splitlines()) < set((folder / "sharing.jsonl").read_text().splitlines())

    ann, ben = somebody(studio_server, "ann"), somebody(studio_server, "ben")
    for task in first.values():
        submit(studio_server, task, ann)
    for task in second.values():
        submit(studio_server, task, ben, act="denial")
    pull(folder, project="Locks / 1", **reach)
    pull(folder, project="Locks / 2", **reach)
    versions = [a.document_id for a in read_annotations(folder / "human.jsonl")]
    assert sorted(versions) == sorted([*first, *second])
    made = audit(folder, resamples=10)
    (pair,) = made.pairs
    assert made.double == pair.stories == len(both)
    assert pair.f1["exact.content"].value == 1
    assert pair.alpha["act"].value < 0


@pytest.mark.studio
def test_what_the_leader_decides_is_the_gold_of_the_export(studio_server, tmp_path) -> None:
    reach = {"url": studio_server.url, "token": studio_server.token}
    machines = [story(n)[1] for n in range(3)]
    human = [person(m, "annotator-aaaa000000") for m in machines]
    human += [person(m, "annotator-bbbb000000", act="denial") for m in machines[1:]]
    human.append(person(machines[0], "annotator-bbbb000000"))
    folder = saved(tmp_path, range(3), human)
    push(folder, project="Ordinary", **reach)
    with pytest.raises(LabelStudioError, match="not made by"):
        adjudicate(folder, project="Ordinary", **reach)
    report = adjudicate(folder, project="Decide", **reach)
    assert (report.disputed, report.agreed, report.new_tasks, report.new_versions) == (2, 1, 2, 6)
    again = adjudicate(folder, project="Decide", **reach)
    assert (again.new_tasks, again.new_versions) == (0, 0)
    found = tasks(studio_server, "Decide")
    assert {p.model_version for p in found["lock-01"].predictions} == {
        "person aaaa",
        "person bbbb",
        "annotator-0.1.0-9f9f5111",
    }
    assert {round(p.score, 4) for p in found["lock-01"].predictions} == {0.8333}
    human[3] = person(machines[1], "annotator-bbbb000000", act="promise")
    saved(folder, range(3), human)
    assert adjudicate(folder, project="Decide", **reach).new_versions == 1

    number = submit(studio_server, found["lock-01"], None, version="person bbbb")
    got = pull_decisions(folder, project="Decide", **reach)
    assert (got.decisions, got.new, got.updated, got.deleted) == (1, 1, 0, 0)
    assert pull_decisions(folder, project="Decide", **reach).new == 0
    (line,) = [json.loads(x) for x in (folder / "adjudication.jsonl").read_text().splitlines()]
    assert line["began_from"] == "person bbbb"
    assert line["annotation_id"] == number
    assert set(line["versions"]) == {
        "person aaaa",
        "person bbbb",
        "person bbbb, 2",
        "annotator-0.1.0-9f9f5111",
    }
    annotator.export(folder, folder / "parquet")
    data = annotator.load(folder / "parquet")
    best = data.attributions.filter(data.attributions["document_id"] == "lock-01")
    assert best["layer"].to_list() == ["gold"]
    assert best["act"].to_list() == ["denial"]
    assert {len(t.annotations) for t in tasks(studio_server, "Ordinary").values()} == {0}

    call(studio_server, "DELETE", f"/api/annotations/{number}/")
    assert pull_decisions(folder, project="Decide", **reach).deleted == 1
    assert (folder / "gold.jsonl").read_text() == (folder / "adjudication.jsonl").read_text() == ""
