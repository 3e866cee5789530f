"""People's choices about who is who: they hold in every link, by id and evidence, and conflicts are told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_register import entity, folder_of, rows, story

from annotator.cli import call
from annotator.curation import list_entities, merge_entities, rename_entity, split_entity
from annotator.decisions import read_decisions
from annotator.errors import BadAnnotation, BadArgument, Conflict
from annotator.register import link


def stories():
    return [
        story("ferry", entity("Lena Harbst", id="e1"), entity("Oslo", "place", id="e9")),
        story("harbour", entity("Lena Harbst", id="e2")),
        story("tram", entity("Lena Harbst", id="e3")),
        story("vote", entity("Magdalena Quist-Harbst", id="e4")),
        story("wind", entity("Jonah Ode", id="e5")),
    ]


@pytest.fixture
def folder(tmp_path):
    linked = folder_of(tmp_path / "f", *stories())
    link(linked)
    return linked


def id_of(folder, story_id):
    return next(r["id"] for r in rows(folder) for m in r["members"] if m["document_id"] == story_id)


def groups(folder):
    return sorted([m["document_id"] for m in r["members"]] for r in rows(folder) if r["kind"] == "person")


def everything(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != ".lock"}


def test_merged_ones_are_one_under_the_first_id_whatever_comes(folder):
    first, second = id_of(folder, "vote"), id_of(folder, "ferry")
    merge_entities(folder, [first, second])
    assert groups(folder) == [["ferry", "harbour", "tram", "vote"], ["wind"]]
    assert id_of(folder, "ferry") == first
    (folder / "register.jsonl").unlink()
    folder_of(folder, *reversed(stories()), story("zoo", entity("Lena Harbst", id="e6")))
    link(folder)
    assert groups(folder) == [["ferry", "harbour", "tram", "vote", "zoo"], ["wind"]]
    assert id_of(folder, "zoo") == first


def test_what_is_split_off_stays_off_and_the_rest_keeps_the_id(folder):
    before = id_of(folder, "ferry")
    split_entity(folder, before, ["tram"])
    assert groups(folder) == [["ferry", "harbour"], ["tram"], ["vote"], ["wind"]]
    after = id_of(folder, "tram")
    assert id_of(folder, "ferry") == before != after
    (folder / "register.jsonl").unlink()
    link(folder)
    assert (id_of(folder, "ferry"), id_of(folder, "tram")) == (before, after)


def test_later_stories_follow_a_name_that_only_the_split_ones_have(tmp_path):
    told = [
        story("a", entity("Lena Harbst", id="e1")),
        story("b", entity("Lena Harbst", id="e2")),
        story("c", entity("Lena Harbst", aliases=["Leni Harbst"], id="e3")),
    ]
    folder = folder_of(tmp_path / "f", *told)
    link(folder)
    split_entity(folder, id_of(folder, "a"), ["c"])
    later = [story("d", entity("Leni Harbst", id="e4")), story("e", entity("Lena Harbst", id="e5"))]
    folder_of(folder, *told, *later)
    link(folder)
    assert groups(folder) == [["a", "b", "e"], ["c", "d"]]


def test_a_name_given_by_a_person_holds_and_a_later_one_replaces_it(folder):
    row = id_of(folder, "ferry")
    rename_entity(folder, row, "Lena Harbst (mayor)")
    rename_entity(folder, row, "Mayor  Harbst")
    link(folder)
    found = next(r for r in rows(folder) if r["id"] == row)
    assert found["name"] == "Mayor Harbst"
    assert "Lena Harbst" in found["aliases"]
    assert [d.name for d in read_decisions(folder / "decisions.jsonl")] == ["Mayor Harbst"]


def test_a_choice_finds_its_entities_by_name_when_members_and_ids_are_gone(folder):
    merge_entities(folder, [id_of(folder, "vote"), id_of(folder, "ferry")])
    (folder / "register.jsonl").unlink()
    renewed = [
        story("other", entity("Lena Harbst", id="x1")),
        story("another", entity("Magdalena Quist-Harbst", id="x2")),
    ]
    folder_of(folder, *renewed)
    link(folder)
    assert groups(folder) == [["another", "other"]]


def test_a_choice_without_its_entities_waits_and_is_not_lost(folder):
    merge_entities(folder, [id_of(folder, "vote"), id_of(folder, "ferry")])
    kept = (folder / "decisions.jsonl").read_bytes()
    folder_of(folder, story("wind", entity("Jonah Ode", id="e5")))
    report = link(folder)
    assert report.decisions == 1
    assert len(report.waiting) == 1
    assert "Harbst" in report.waiting[0]
    assert (folder / "decisions.jsonl").read_bytes() == kept
    folder_of(folder, *stories())
    assert link(folder).waiting == ()
    assert ["ferry", "harbour", "tram", "vote"] in groups(folder)


def test_a_merge_against_a_split_is_told_and_changes_nothing(folder):
    split_entity(folder, id_of(folder, "ferry"), ["tram"])
    before = everything(folder)
    with pytest.raises(Conflict, match=r"merge .* speaks against .*split") as told:
        merge_entities(folder, [id_of(folder, "ferry"), id_of(folder, "tram")])
    assert "\n" not in str(told.value)
    assert told.value.exit_code == 5
    assert everything(folder) == before


def test_a_merge_by_a_third_one_against_a_split_is_told(folder):
    split_entity(folder, id_of(folder, "ferry"), ["tram"])
    merge_entities(folder, [id_of(folder, "vote"), id_of(folder, "tram")])
    with pytest.raises(Conflict):
        merge_entities(folder, [id_of(folder, "vote"), id_of(folder, "ferry")])


def test_a_split_of_what_was_merged_is_told(folder):
    merge_entities(folder, [id_of(folder, "vote"), id_of(folder, "wind")])
    with pytest.raises(Conflict, match="merge"):
        split_entity(folder, id_of(folder, "vote"), ["wind"])


def test_two_names_for_one_that_two_people_wrote_are_a_conflict(folder, capsys):
    row = id_of(folder, "ferry")
    path = folder / "decisions.jsonl"
    rename_entity(folder, row, "Mayor Harbst")
    mine = path.read_text()
    path.write_text(mine + mine.replace("Mayor Harbst", "Lena of Harbst"))
    before = (folder / "register.jsonl").read_bytes()
    assert call(["link", str(folder)]) == 5
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "Mayor Harbst" in told
    assert "Lena of Harbst" in told
    assert (folder / "register.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("choose", "told"),
    [
        (lambda f: merge_entities(f, [id_of(f, "ferry")]), "two or more"),
        (lambda f: merge_entities(f, [id_of(f, "ferry")] * 2), "two or more"),
        (lambda f: merge_entities(f, [id_of(f, "ferry"), "r0"]), "no r0"),
        (lambda f: merge_entities(f, [r.id for r in list_entities(f, name="o")]), "cannot be one"),
        (lambda f: split_entity(f, id_of(f, "harbour"), ["wind"]), "not in the story wind"),
        (lambda f: split_entity(f, id_of(f, "harbour"), ["ferry", "harbour", "tram"]), "not all"),
        (lambda f: split_entity(f, id_of(f, "harbour"), []), "not none"),
        (lambda f: rename_entity(f, id_of(f, "ferry"), " "), "not empty"),
        (lambda f: rename_entity(f, "r0", "Lena"), "no r0"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_changes_nothing(folder, choose, told):
    before = everything(folder)
    with pytest.raises(BadArgument, match=told):
        choose(folder)
    assert everything(folder) == before


def test_choices_need_a_register(tmp_path):
    with pytest.raises(BadArgument, match=r"annotations\.jsonl"):
        list_entities(tmp_path)
    with pytest.raises(BadArgument, match="annotator link"):
        list_entities(folder_of(tmp_path / "f", *stories()))


def test_a_bad_line_among_the_choices_is_told_with_its_place(folder):
    (folder / "decisions.jsonl").write_text('{"schema":1,"choice":"forget","name":null,"of":[]}\n')
    with pytest.raises(BadAnnotation, match=r"decisions\.jsonl:1"):
        link(folder)


@settings(deadline=None, max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_choices_file_is_sorted_and_its_order_is_nothing(tmp_path_factory, shuffle):
    folder = folder_of(tmp_path_factory.mktemp("f"), *stories())
    link(folder)
    steps = [
        lambda: merge_entities(folder, [id_of(folder, "vote"), id_of(folder, "wind")]),
        lambda: split_entity(folder, id_of(folder, "ferry"), ["tram"]),
        lambda: rename_entity(folder, id_of(folder, "harbour"), "Mayor Harbst"),
    ]
    shuffle.shuffle(steps)
    for step in steps:
        step()
    path, register = folder / "decisions.jsonl", (folder / "register.jsonl").read_bytes()
    lines = path.read_text().splitlines()
    names = [json.loads(x)["of"][0]["name"] for x in lines]
    assert names == sorted(names)
    assert len(lines) == 3
    shuffle.shuffle(lines)
    path.write_text("".join(x + "\n" for x in lines))
    link(folder)
    assert (folder / "register.jsonl").read_bytes() == register


@settings(deadline=None, max_examples=10)
@given(st.permutations(range(5)), st.integers(1, 4))
def test_choices_hold_in_whatever_order_stories_come_later(tmp_path_factory, order, cut):
    folder = folder_of(tmp_path_factory.mktemp("f"), *stories())
    link(folder)
    kept = id_of(folder, "vote")
    split_entity(folder, id_of(folder, "ferry"), ["tram"])
    merge_entities(folder, [kept, id_of(folder, "tram")])
    ids = {m["document_id"]: r["id"] for r in rows(folder) for m in r["members"] if r["kind"] == "person"}
    (folder / "register.jsonl").unlink()
    (folder / "annotations.jsonl").unlink()
    folder_of(folder, *(stories()[k] for k in order[:cut]))
    link(folder)
    folder_of(folder, *(stories()[k] for k in order))
    report = link(folder)
    assert report.waiting == ()
    assert groups(folder) == [["ferry", "harbour"], ["tram", "vote"], ["wind"]]
    assert id_of(folder, "tram") == ids["tram"] == kept


def test_the_commands_do_what_python_does(folder, capsys):
    vote, ferry = id_of(folder, "vote"), id_of(folder, "ferry")
    assert call(["entities", "list", str(folder), "--name", "harbst", "--kind", "person", "--why"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"{ferry} person 3 Lena Harbst"
    assert "    ferry#e1" in told
    assert not any("Oslo" in line for line in told)
    assert call(["entities", "merge", str(folder), vote, ferry]) == 0
    assert call(["entities", "rename", str(folder), vote, "Mayor Harbst"]) == 0
    assert call(["entities", "split", str(folder), vote, "wind"]) == 2
    assert "wind" in capsys.readouterr().err
    assert [r.name for r in list_entities(folder, name="harbst")] == ["Mayor Harbst"]
    assert call(["entities", "split", str(folder), vote, "tram"]) == 0
    assert groups(folder) == [["ferry", "harbour", "vote"], ["tram"], ["wind"]]
