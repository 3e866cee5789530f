"""Long stories in parts: where they are divided, and that they come back whole."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import NEWER, call, first_result, lines, long_story, save, story, submit, tasks

from annotator.labelstudio import check_result, from_result, pull, push
from annotator.labelstudio.parts import cover, divided, fits, joined
from annotator.labelstudio.tasks import to_prediction
from annotator.model import Annotation, Document, Span
from annotator.store import read_annotations

TITLE = "parts of a long story"


def spans_in(document: Document, annotation: Annotation, part: Span) -> int:
    result = to_prediction(document, annotation, known=frozenset(), part=part)["result"]
    return sum(item["type"] == "labels" for item in result)


def test_a_story_of_three_hundred_spans_stays_one() -> None:
    document, annotation = long_story(100)
    assert divided(document, annotation) == (Span(0, len(document.text)),)


def test_a_longer_one_is_divided_where_a_paragraph_ends() -> None:
    document, annotation = long_story(230)
    parts = divided(document, annotation)
    assert [spans_in(document, annotation, part) for part in parts] == [300, 300, 90]
    assert {part.start for part in parts} <= {0, *(p.start for p in document.paragraphs)}


def test_what_goes_on_in_the_next_paragraph_stays_with_it() -> None:
    document, annotation = long_story(230, tied=98)
    parts = divided(document, annotation)
    held = annotation.attributions[98]
    assert [spans_in(document, annotation, part) for part in parts] == [298, 300, 93]
    assert sum(all(span in part for span in held.spans) for part in parts) == 1


def test_one_report_over_everything_cannot_be_divided() -> None:
    document, annotation = long_story(120)
    first, *rest = annotation.attributions
    over = replace(first, content=(first.content[0], rest[-1].content[0]))
    tied = replace(annotation, attributions=(over, *rest))
    assert divided(document, tied) == (Span(0, len(document.text)),)


def test_lines_serve_where_no_paragraph_is_known() -> None:
    document, annotation = long_story(150)
    parts = divided(replace(document, paragraphs=()), annotation)
    assert parts == divided(document, annotation)


@given(
    reports=st.integers(1, 12), tied=st.none() | st.integers(0, 11), at_most=st.integers(1, 20)
)  # fmt: skip
def test_parts_are_the_whole_story_and_every_attribution_is_in_one(
    reports: int, tied: int | None, at_most: int
) -> None:
    document, annotation = long_story(reports, tied=tied)
    parts = divided(document, annotation, at_most=at_most)
    assert "".join(part.of(document.text) for part in parts) == document.text
    assert fits(annotation, parts)
    known = frozenset({"Tove Brask"})
    made = []
    for part in parts:
        result = to_prediction(document, annotation, known=known, part=part)["result"]
        check_result(part.of(document.text), result, known=known)
        for item in result:
            if item["type"] == "labels":
                value = item["value"]
                assert part.of(document.text)[value["start"] : value["end"]] == value["text"]
        made.append((part, result))
    attributions, entities = from_result(document, joined(made), annotation)
    assert attributions == tuple(replace(a, score=None) for a in annotation.attributions)
    assert entities == annotation.entities


def test_regions_that_people_drew_stay_in_their_part() -> None:
    """Two pages may give out one id, and a region may hang over the end of the shown text."""
    one, two = Span(0, 10), Span(10, 30)
    region = {"id": "x", "type": "labels", "value": {"start": 4, "end": 99, "labels": ["Content"]}}
    arrow = {"type": "relation", "from_id": "x", "to_id": "y", "direction": "right"}
    left, right, tie = joined([(one, [region]), (two, [region, arrow])])
    assert (left["value"]["start"], left["value"]["end"]) == (4, 10)
    assert (right["value"]["start"], right["value"]["end"]) == (14, 30)
    assert left["id"] != right["id"] == tie["from_id"]


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ({(0, 9): 1}, [(0, 9)]),
        ({(0, 4): 1}, []),
        ({(4, 9): 1}, []),
        ({(0, 4): 1, (4, 9): 2}, [(0, 4), (4, 9)]),
        ({(0, 4): 1, (5, 9): 2}, []),
        ({(0, 9): 3, (0, 4): 1, (4, 9): 2}, [(0, 9)]),
        ({(0, 9): 1, (0, 4): 2, (4, 9): 0}, [(0, 4), (4, 9)]),
        ({(0, 3): 5, (3, 9): 0, (0, 4): 1, (4, 9): 2}, [(0, 3), (3, 9)]),
    ],
)
def test_which_tasks_make_a_story_whole(ranks: dict, expected: list) -> None:
    found = cover({Span(*pair): rank for pair, rank in ranks.items()}, 9)
    assert [(s.start, s.end) for s in found] == expected


@pytest.mark.studio
def test_a_long_story_comes_back_as_it_went(studio_server, tmp_path) -> None:
    pair = long_story(230, tied=98)
    folder = save(tmp_path / "out", [story(1), pair])
    reach = {"project": TITLE, "url": studio_server.url, "token": studio_server.token}
    report = push(folder, **reach)
    assert (report.stories, report.new_tasks, report.new_predictions) == (2, 4, 4)
    short, *parts = tasks(studio_server, TITLE)
    assert "part" not in short.data
    assert [t.data["title"] for t in parts] == [f"All gates ({n} of 3)" for n in (1, 2, 3)]
    again = push(folder, **reach)
    assert (again.new_tasks, again.new_predictions, again.twice, again.divided) == (0, 0, (), ())

    for part in parts[:2]:
        number, result = first_result(part)
        submit(studio_server, part.id, result, parent_prediction=number)
    waiting = pull(folder, **reach)
    assert (waiting.annotations, waiting.in_part) == (0, ("long-story",))
    assert [line["state"] for line in lines(folder / "unfinished.jsonl")] == ["part", "part"]

    number, result = first_result(parts[2])
    submit(studio_server, parts[2].id, result, parent_prediction=number)
    done = pull(folder, **reach)
    assert (done.annotations, done.in_part, done.notes) == (1, (), ())
    (human,) = read_annotations(folder / "human.jsonl", documents={pair[0].id: pair[0]})
    assert human.attributions == tuple(replace(a, score=None) for a in pair[1].attributions)
    assert human.entities == pair[1].entities
    (origin,) = lines(folder / "studio.jsonl")
    assert [p["task_id"] for p in origin["parts"]] == [t.id for t in parts]
    assert {c["kind"] for c in origin["changes"]} == {"kept"}
    assert (origin["lead_time"], origin["model_version"]) == (37.5, report.model_version)


@pytest.mark.studio
def test_a_finding_leads_to_its_part_and_a_new_version_keeps_the_parts(studio_server, tmp_path) -> None:
    document, annotation = long_story(150)
    folder = save(tmp_path / "out", [(document, annotation)])
    title = TITLE + ", again"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    one, two = tasks(studio_server, title)
    submit(studio_server, one.id, first_result(one)[1])
    # The arrow from the last content of the second part to its source is gone.
    result = first_result(two)[1]
    last = max((r for r in result if r["type"] == "labels"), key=lambda r: r["value"]["start"])
    sources = {r["id"] for r in result if r.get("value", {}).get("labels") == ["Source"]}
    cut = [r for r in result if not (r.get("from_id") == last["id"] and r["to_id"] in sources)]
    number = submit(studio_server, two.id, cut)
    pull(folder, **reach)
    found = lines(folder / "lint.jsonl")
    assert [line["rule"] for line in found] == ["source_without_content", "content_without_source"]
    assert {(line["task_id"], line["annotation_id"]) for line in found} == {(two.id, number)}
    assert [line["words"] for line in found] == ["Engineer Tove Brask", "that gate 149 will hold"]
    assert document.text[found[1]["start"] : found[1]["end"]] == "that gate 149 will hold"

    # A newer model finds less, and would divide the story elsewhere: what is there stays as it is.
    newer = replace(annotation, producer=NEWER, attributions=annotation.attributions[9:])
    save(folder, [(document, newer)])
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions, report.divided) == (0, 2, ())

    # A part deleted by hand is made again, and only that.
    call(studio_server, "DELETE", f"/api/tasks/{two.id}/")
    save(folder, [(document, annotation)])
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions, report.divided) == (1, 1, ())

    # One that ties paragraphs of both parts together needs others.
    tied = list(annotation.attributions)
    tied[99] = replace(tied[99], content=(tied[99].content[0], tied[100].content[0]))
    save(folder, [(document, replace(newer, attributions=tuple(tied)))])
    report = push(folder, **reach)
    assert (report.new_tasks, report.divided, report.changed_text) == (2, ("long-story",), ())
    assert one.id in {t.id for t in tasks(studio_server, title)}


@pytest.mark.studio
def test_two_people_finish_a_story_together(studio_server, tmp_path) -> None:
    pair = long_story(150)
    folder = save(tmp_path / "out", [pair])
    title = TITLE + ", two people"
    reach = {"project": title, "url": studio_server.url, "token": studio_server.token}
    push(folder, **reach)
    one, two = tasks(studio_server, title)
    submit(studio_server, one.id, first_result(one)[1])
    other = call(studio_server, "POST", "/api/users/", {"email": "second@example.org", "username": "second"})
    submit(studio_server, two.id, first_result(two)[1], completed_by=other["id"])
    assert pull(folder, **reach).annotations == 1
    (human,) = read_annotations(folder / "human.jsonl")
    (origin,) = lines(folder / "studio.jsonl")
    people = {part["producer"] for part in origin["parts"]}
    assert len(people) == 2
    assert human.producer.name == "+".join(sorted(people))
    assert json.dumps([a.id for a in human.attributions]) == json.dumps([a.id for a in pair[1].attributions])
