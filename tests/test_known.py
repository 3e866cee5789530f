"""People known beforehand: their file is checked, they are matched first, and they stay with the folder."""

from __future__ import annotations

import json

import pytest
from test_register import entity, folder_of, rows, story

from annotator.cli import call
from annotator.errors import BadArgument
from annotator.known import KnownPerson, read_known
from annotator.register import link

TABLE = 'name,aliases,wikidata\nLena Harbst,"Mayor Lena; Magdalena Quist",Q4242\nLena Harbstein,,\n'


def stories():
    return [
        story("a", entity("Magdalena Quist", id="e1")),
        story("b", entity("Lena Harbst", id="e2"), entity("Oslo", "place")),
        story("c", entity("Lena Harbstein", id="e3")),
        story("d", entity("Jonah Ode", id="e4")),
    ]


def written(tmp_path, text, name="known.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf8")
    return path


def people(folder):
    return {
        r["name"]: ([m["document_id"] for m in r["members"]], r["wikidata"])
        for r in rows(folder)
        if r["kind"] == "person"
    }


def test_a_table_and_lines_give_the_same_people(tmp_path):
    lines = [
        {"name": "Lena Harbstein"},
        {"name": "Lena Harbst", "aliases": ["Magdalena Quist", "Mayor Lena"], "wikidata": "Q4242"},
    ]
    path = written(tmp_path, "".join(json.dumps(x) + "\n" for x in lines), "known.jsonl")
    assert read_known(path) == read_known(written(tmp_path, TABLE))
    assert read_known(path)[0] == KnownPerson("Lena Harbst", ("Magdalena Quist", "Mayor Lena"), "Q4242")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("person\nLena\n", "no column `name`"),
        ("name,age\nLena,3\n", "unknown column age"),
        ("name,wikidata\nLena,4242\n", r"known\.csv:2: 4242 is no Wikidata id"),
        ("name,aliases\n,Leni\n", r"known\.csv:2: no name"),
        ("name,wikidata\nLena,Q1\nLeni,Q1\n", r"known\.csv:3: Leni stands in .*known\.csv:2 already"),
        ("name,aliases\nLena,Leni,Lene\n", r"known\.csv:2: more cells"),
        ("name\nLen\0a\n\x80", "."),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(tmp_path, capsys, text, told):
    folder = folder_of(tmp_path / "f", *stories())
    path = tmp_path / "known.csv"
    path.write_bytes(text.encode("latin-1"))
    if told != ".":
        with pytest.raises(BadArgument, match=told):
            read_known(path)
    assert call(["link", str(folder), "--known", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (folder / "register.jsonl").exists()
    assert not (folder / "known.jsonl").exists()


def test_a_missing_file_is_a_bad_argument(tmp_path):
    with pytest.raises(BadArgument, match="cannot be read"):
        read_known(tmp_path / "none.csv")
    with pytest.raises(BadArgument, match="cannot be read"):
        read_known(tmp_path / "none.jsonl")


def test_known_people_join_what_names_alone_do_not(tmp_path):
    folder = folder_of(tmp_path / "f", *stories())
    link(folder)
    assert people(folder)["Magdalena Quist"] == (["a"], None)
    link(folder, known=written(tmp_path, TABLE))
    found = people(folder)
    assert found["Lena Harbst"] == (["a", "b"], "Q4242")
    assert found["Lena Harbstein"] == (["c"], None)
    assert "known: Lena Harbst" in next(r for r in rows(folder) if r["name"] == "Lena Harbst")["evidence"]


def test_the_folder_keeps_them_and_nobody_is_in_the_register_who_is_in_no_story(tmp_path):
    folder = folder_of(tmp_path / "f", *stories())
    link(folder, known=written(tmp_path, TABLE + "Nobody Atall,,Q77\n"))
    before = (folder / "register.jsonl").read_bytes()
    link(folder)
    assert (folder / "register.jsonl").read_bytes() == before
    assert "Nobody Atall" not in people(folder)


@pytest.mark.parametrize("turned", [False, True])
def test_two_known_people_are_never_one(tmp_path, turned):
    # Alone, the stories' spellings would be taken for one person's.
    names = ["Sergey Volkonin", "Sergei Volkonin"]
    folder = folder_of(tmp_path / "f", *(story(n, entity(n)) for n in names))
    link(folder)
    assert len(people(folder)) == 1
    known = names[::-1] if turned else names
    link(folder, known=written(tmp_path, "name\n" + "".join(f"{n}\n" for n in known)))
    assert people(folder) == {n: ([n], None) for n in names}


def test_a_name_of_one_word_is_known_only_as_the_file_has_it(tmp_path):
    told = [story("a", entity("Zubrino")), story("b", entity("João Zubrino Ode")), story("c", entity("Lula"))]
    folder = folder_of(tmp_path / "f", *told)
    link(folder, known=written(tmp_path, "name,aliases\nZubrino,João Zubrino Ode\n"))
    assert people(folder)["Zubrino"][0] == ["a", "b"]


def test_a_namesake_with_another_role_is_not_the_known_one(tmp_path):
    told = [
        story("a", entity("Lena Harbst", role="Finance Minister")),
        story("b", entity("Lena Harbst", role="goalkeeper")),
    ]
    folder = folder_of(tmp_path / "f", *told)
    link(folder, known=written(tmp_path, TABLE))
    assert [len(r["members"]) for r in rows(folder)] == [1, 1]
    assert sum("known: Lena Harbst" in r["evidence"] for r in rows(folder)) == 1
