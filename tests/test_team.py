"""Stories shared out to groups, and decisions between people's versions; those with a server on a real Label Studio."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import lines, long_story, save
from stories import tasks as part_tasks

import annotator
from annotator import cli
from annotator.audits import audit
from annotator.errors import BadArgument, LabelStudioError
from annotator.labelstudio import adjudicate, pull, pull_decisions, push, serve, share
from annotator.labelstudio.adjudication import _next_name, agreed, disputed, names_of
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
    found, same = disputed(saved(tmp_path, range(4), human))
    assert [(d.document.id, round(d.agreement, 3)) for d in found] == [("lock-02", 0), ("lock-01", 0.833)]
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
    assert list(names_of(people).values()) == ["person 3f2a000001", "person 3f2a000002", "person 9c00"]


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
    with pytest.raises(LabelStudioError, match="people annotate in project 'Ordinary': it was not made by"):
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
    assert (line["began_from"], line["annotation_id"]) == ("annotator-bbbb000000", number)
    between = ["annotator-aaaa000000", "annotator-bbbb000000", "annotator-0.1.0-9f9f5111"]
    assert line["versions"] == [*between, "annotator-bbbb000000, 2"]
    (gold,) = read_annotations(folder / "gold.jsonl")
    assert (gold.producer.name, gold.producer.settings) == (line["producer"], "; ".join(line["versions"]))
    annotator.export(folder, folder / "parquet")
    data = annotator.load(folder / "parquet")
    best = data.attributions.filter(data.attributions["document_id"] == "lock-01")
    assert best["layer"].to_list() == ["gold"]
    assert best["act"].to_list() == ["denial"]
    (row,) = data.annotations.filter(data.annotations["layer"] == "gold").to_dicts()
    assert (row["producer_name"], row["decided_between"]) == (line["producer"], line["versions"])
    assert (row["studio_project"], row["studio_annotation"]) == ("Decide", number)
    assert (row["parent_model_version"], row["lead_time"]) == ("annotator-bbbb000000", 3.5)
    assert row["submitted_at"].startswith(line["decided_at"][:19])
    assert {len(t.annotations) for t in tasks(studio_server, "Ordinary").values()} == {0}

    call(studio_server, "DELETE", f"/api/annotations/{number}/")
    assert pull_decisions(folder, project="Decide", **reach).deleted == 1
    assert (folder / "gold.jsonl").read_text() == (folder / "adjudication.jsonl").read_text() == ""


@pytest.mark.studio
def test_what_is_for_one_kind_of_project_is_refused_for_the_other(studio_server, tmp_path) -> None:
    reach = {"url": studio_server.url, "token": studio_server.token}
    machine = story(0)[1]
    human = [person(machine, "annotator-aaaa000000"), person(machine, "annotator-bbbb000000", act="denial")]
    folder = saved(tmp_path, range(1), human)
    push(folder, project="Only people", **reach)
    adjudicate(folder, project="Only versions", **reach)
    # Somebody adds a word of his own to what the project says of itself.
    with connected(studio_server.url, studio_server.token) as api:
        made = find_project(api, "Only versions")
        api.projects.update(made.id, description=f"Week 3. {made.description}")
    before = {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
    shown = {name: str(tasks(studio_server, name)) for name in ("Only people", "Only versions")}
    for action in (push, pull, serve):
        options = {"project": "Only versions", **reach}
        with pytest.raises(
            LabelStudioError, match="'Only versions' is for deciding between versions"
        ) as error:
            action(**options) if action is serve else action(folder, **options)
        assert "\n" not in str(error.value)
    for action in (adjudicate, pull_decisions):
        with pytest.raises(LabelStudioError, match="people annotate in project 'Only people'"):
            action(folder, project="Only people", **reach)
    with pytest.raises(LabelStudioError, match="there is no project 'Nobody made it': annotator adjudicate"):
        pull_decisions(folder, project="Nobody made it", **reach)
    assert {path.name: path.read_bytes() for path in folder.glob("*.jsonl")} == before
    assert {name: str(tasks(studio_server, name)) for name in shown} == shown
    assert adjudicate(folder, project="Only versions", **reach).new_versions == 0


@pytest.mark.studio
def test_a_long_story_is_decided_in_parts(studio_server, tmp_path) -> None:
    reach = {"project": "Long dispute", "url": studio_server.url, "token": studio_server.token}
    document, machine = long_story(150)
    one = person(machine, "annotator-aaaa000000")
    first, *rest = one.attributions
    other = replace(
        person(machine, "annotator-bbbb000000"), attributions=(replace(first, act="denial"), *rest)
    )
    folder = save(tmp_path / "out", [(document, machine)])
    write_lines(folder / "human.jsonl", [annotation_to_json(a) for a in (one, other)])
    report = adjudicate(folder, **reach)
    assert (report.disputed, report.new_tasks, report.new_versions) == (1, 2, 6)
    parts = part_tasks(studio_server, "Long dispute")
    assert [t.data["part"] for t in parts] == ["1 of 2", "2 of 2"]
    assert [{p.model_version for p in t.predictions} for t in parts] == [
        {"person aaaa", "person bbbb", "annotator-0.1.0-9f9f5111"}
    ] * 2
    assert adjudicate(folder, **reach).new_versions == 0

    submit(studio_server, parts[0], None, version="person bbbb")
    waiting = pull_decisions(folder, **reach)
    assert (waiting.decisions, waiting.in_part) == (0, ("long-story",))
    assert list(read_annotations(folder / "gold.jsonl")) == []
    submit(studio_server, parts[1], None, version="person aaaa")
    assert pull_decisions(folder, **reach).new == 1
    (gold,) = read_annotations(folder / "gold.jsonl", documents={document.id: document})
    assert gold.attributions == other.attributions
    assert gold.producer.settings.split("; ") == [
        "annotator-aaaa000000",
        "annotator-bbbb000000",
        "annotator-0.1.0-9f9f5111",
    ]
    (line,) = lines(folder / "adjudication.jsonl")
    assert [p["began_from"] for p in line["parts"]] == ["annotator-bbbb000000", "annotator-aaaa000000"]
    assert (line["began_from"], line["lead_time"]) == (None, 7.0)
    assert [p["end"] for p in line["parts"]] == [line["parts"][1]["start"], len(document.text)]

    # A third person ties paragraphs of both parts together: other parts, in which all versions have room.
    border = next(
        i for i, a in enumerate(machine.attributions) if a.content[0].start > line["parts"][1]["start"]
    )
    tied = list(machine.attributions)
    spans = {
        "source": tied[border - 1].source,
        "cue": tied[border - 1].cue,
        "content": (tied[border - 1].content[0], tied[border].content[0]),
    }
    tied[border - 1 : border + 1] = [
        replace(tied[border - 1], **spans, id=attribution_id(document.text_sha256, **spans))
    ]
    third = replace(person(machine, "annotator-cccc000000"), attributions=tuple(tied))
    write_lines(folder / "human.jsonl", [annotation_to_json(a) for a in (one, other, third)])
    report = adjudicate(folder, **reach)
    assert report.divided == ("long-story",)
    assert report.new_versions >= 4
    assert {t.id for t in parts} < {t.id for t in part_tasks(studio_server, "Long dispute")}
    assert adjudicate(folder, **reach).new_versions == 0
    assert pull_decisions(folder, **reach).decisions == 1, "what was decided stays until it is decided anew"


@pytest.mark.parametrize("command", [["share", "--groups", "2"], ["adjudicate"]])
def test_the_commands_say_that_no_server_answers(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANNOTATOR_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ANNOTATOR_STUDIO_TOKEN", "0123456789")
    machine = story(0)[1]
    both = [person(machine, "annotator-aaaa000000"), person(machine, "annotator-bbbb000000", act="denial")]
    folder = saved(tmp_path, range(1), both)
    code = cli.call([command[0], str(folder), "--project", "desk", *command[1:]])
    told = capsys.readouterr().err
    assert code in {2, 3}
    assert "Traceback" not in told
    assert told.count("\n") == 1
