import hashlib
import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from annotator.dataset import Dataset, export, load, schemas
from annotator.errors import BadAnnotation, BadArgument, Busy
from annotator.store import (
    annotation_to_json,
    document_to_json,
    locked,
    read_annotations,
    read_documents,
    write_lines,
)
from annotator.tables import TABLES

DESK = Path(__file__).parent / "data" / "desk"


@pytest.fixture
def desk(tmp_path):
    """Five stories: corrected by two people, adjudicated, emptied by a person, machine only, and unread."""
    return Path(shutil.copytree(DESK, tmp_path / "desk"))


@pytest.fixture
def out(desk, tmp_path):
    export(desk, tmp_path / "parquet")
    return tmp_path / "parquet"


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def lines_of(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def rewrite(path, change):
    write_lines(path, [change(line) for line in lines_of(path)])


def test_every_layer_is_written_and_what_does_not_fit_is_counted(desk, tmp_path):
    report = export(desk, tmp_path / "out")
    assert report.layers == {"machine": 4, "human": 4, "gold": 1}
    assert (report.stale, report.unknown) == (1, 1)
    assert report.rows["documents"] == 5
    lines = [line for name in ("annotations", "human", "gold") for line in lines_of(desk / f"{name}.jsonl")]
    fitting = [line for line in lines if line["document_id"] not in {"town/unread", "town/gone"}]
    assert report.rows["attributions"] == sum(len(line["attributions"]) for line in fitting)
    assert report.rows["mentions"] == sum(len(e["mentions"]) for line in fitting for e in line["entities"])
    assert report.rows == {
        name: pl.read_parquet(tmp_path / "out" / f"{name}.parquet").height for name in TABLES
    }


def test_the_same_folder_gives_the_same_bytes_and_a_second_export_adds_nothing(desk, tmp_path, out):
    first = files(out)
    export(desk, out)
    export(desk, tmp_path / "other")
    assert files(out) == first == files(tmp_path / "other")
    assert sorted(first) == sorted([*(f"{name}.parquet" for name in TABLES), "README.md", "dataset.json"])


def test_the_manifest_names_producers_and_the_hash_of_every_table(out):
    manifest = json.loads((out / "dataset.json").read_text(encoding="utf-8"))

    for name, table in manifest["tables"].items():
        assert table["sha256"] == hashlib.sha256((out / f"{name}.parquet").read_bytes()).hexdigest()
    assert {"layer": "machine", "kind": "model", "name": "annotator", "version": "0.1.0"}.items() <= next(
        p for p in manifest["producers"] if p["kind"] == "model"
    ).items()
    assert "owners" in manifest["rights"]


def test_texts_stand_beside_offsets(out):
    data = load(out, layer="all")
    texts = dict(data.documents.select("document_id", "text").iter_rows())
    for table in (data.spans, data.mentions):
        for row in table.iter_rows(named=True):
            assert texts[row["document_id"]][row["start"] : row["end"]] == row["text"]
    theft = data.attributions.filter(pl.col("content_text").str.contains("theft")).row(0, named=True)
    assert theft["content_text"] == "“The fees,” … “are theft.”"
    assert (theft["source_text"], theft["cue_text"]) == ("Ilse Maro, head of the dockers' union,", "said")
    assert (theft["speakers"], theft["content_pieces"]) == (["Ilse Maro"], 2)


def test_no_source_is_null_and_a_parent_is_a_row_of_the_same_annotation(out):
    data = load(out, layer="all")
    hearsay = data.attributions.filter(pl.col("act") == "evidential")
    assert hearsay["source_text"].null_count() == hearsay["source_start"].null_count() == hearsay.height > 0
    nested = data.attributions.filter(pl.col("parent_id").is_not_null())
    parents = data.attributions.select("annotation_id", parent_id="attribution_id")
    assert nested.join(parents, on=["annotation_id", "parent_id"], how="semi").height == nested.height > 0


def test_linked_entities_carry_their_register_id_in_every_layer(out):
    data = load(out, layer="all")
    krell = data.entities.filter(pl.col("name") == "Tomas Krell")
    assert krell["register_id"].unique().to_list() == ["r0001"]
    assert krell["document_id"].n_unique() == 2
    warning = data.attributions.filter(pl.col("act") == "warning").row(0, named=True)
    assert warning["speakers"] == ["Tomas Krell", "Rana Sool"]
    assert warning["speaker_register_ids"] == ["r0001", None]


def test_a_persons_row_tells_how_it_came_about(out):
    late = load(out, layer="human").annotations.filter(pl.col("studio_annotation") == 9).row(0, named=True)
    assert late["producer_name"] == "reader-2"
    assert (late["studio_project"], late["studio_task"], late["lead_time"]) == ("desk", 41, 61.25)
    assert late["submitted_at"] == "2026-03-05T10:00:00.500Z"
    assert late["parent_model_version"] == "annotator-0.1.0-9f2c11aa04d7"
    machine = load(out, layer="machine").annotations
    assert machine.select("studio_task", "submitted_at", "lead_time").null_count().row(0) == (4, 4, 4)


def test_a_changed_span_stands_beside_the_machines(out):
    data = load(out, layer="all")
    warnings = data.attributions.filter(
        (pl.col("act") == "warning") & (pl.col("document_id") == "coast/harbour")
    )
    words = dict(warnings.select("producer_name", "content_text").iter_rows())
    assert words["reader-2"] == "that ships would go elsewhere"
    assert words["annotator"] == words["reader-1"] != words["reader-2"]
    ids = dict(warnings.select("producer_name", "attribution_id").iter_rows())
    assert ids["annotator"] == ids["reader-1"] != ids["reader-2"]


def test_what_a_person_did_to_each_attribution_is_told(out):
    data = load(out, layer="human")
    done = data.attributions.filter(
        pl.col("producer_name") == "reader-2", pl.col("document_id") == "coast/harbour"
    )
    assert dict(done.select("act", "change").iter_rows()) == {
        "accusation": "kept",
        "warning": "spans",
        "denial": "kept",
        "evidential": "kept",
    }
    assert done.filter(pl.col("content_text").str.contains("theft"))["change"].to_list() == ["values"]
    machine = load(out, layer="machine").attributions
    assert machine["change"].null_count() == machine.height
    moved = done.filter(pl.col("change") == "spans")["changed_from"].to_list()
    assert machine.filter(pl.col("attribution_id").is_in(moved))["act"].to_list() == ["warning"]
    hearsay = machine.filter(pl.col("act") == "evidential")["attribution_id"].to_list()
    first = data.annotations.filter(pl.col("studio_annotation") == 7)
    assert first["removed_ids"].to_list() == [hearsay]


def test_a_strange_line_in_studio_jsonl_is_named(desk, tmp_path):
    with (desk / "studio.jsonl").open("a", encoding="utf-8") as handle:
        handle.write('{"document_id": "town/clinic"}\n')
    with pytest.raises(BadAnnotation, match=r"studio\.jsonl:4.*annotator pull"):
        export(desk, tmp_path / "out")


def test_load_takes_gold_before_human_before_machine_and_of_people_the_last_to_submit(out):
    data = load(out)
    chosen = {
        row["document_id"]: (row["layer"], row["producer_name"])
        for row in data.annotations.iter_rows(named=True)
    }
    assert chosen == {
        "coast/harbour": ("human", "reader-2"),
        "town/clinic": ("gold", "lead"),
        "town/weather": ("human", "reader-2"),
        "coast/ferry": ("machine", "annotator"),
    }
    assert data.documents.height == 5
    assert "town/weather" not in data.attributions["document_id"], "a person found nothing there"


def test_where_no_time_is_known_the_last_line_counts(desk, tmp_path):
    (desk / "studio.jsonl").unlink()
    lines = lines_of(desk / "human.jsonl")
    for order, expected in ((lines, "reader-2"), (lines[::-1], "reader-1")):
        write_lines(desk / "human.jsonl", order)
        export(desk, tmp_path / "out")
        best = load(tmp_path / "out").annotations.filter(pl.col("document_id") == "coast/harbour")
        assert best["producer_name"].to_list() == [expected]


def test_of_one_persons_two_lines_the_later_counts(desk, tmp_path):
    before = export(desk, tmp_path / "out")
    first, *_ = lines = lines_of(desk / "human.jsonl")
    write_lines(desk / "human.jsonl", [*lines, first | {"attributions": []}])
    after = export(desk, tmp_path / "out")
    assert after.layers == before.layers
    assert after.rows["attributions"] == before.rows["attributions"] - len(first["attributions"])


@pytest.mark.parametrize(("layer", "annotations"), [("machine", 4), ("human", 4), ("gold", 1), ("all", 9)])
def test_load_takes_a_whole_layer(out, layer, annotations):
    data = load(out, layer=layer)
    assert data.annotations.height == annotations
    made = data.annotations["annotation_id"].implode()
    for table in (data.attributions, data.spans, data.entities, data.mentions):
        assert table["annotation_id"].is_in(made).all()
    assert data.attributions.height == data.annotations["attributions"].sum() > 0


def test_keys_are_unique_and_every_row_finds_its_own(out):
    data = load(out, layer="all")
    for table, key in (
        (data.documents, ["document_id"]),
        (data.annotations, ["annotation_id"]),
        (data.attributions, ["annotation_id", "attribution_id"]),
        (data.spans, ["annotation_id", "attribution_id", "role", "piece"]),
        (data.entities, ["annotation_id", "entity_id"]),
    ):
        assert not table.select(key).is_duplicated().any()
    for table, other, key in (
        (data.spans, data.attributions, ["annotation_id", "attribution_id"]),
        (data.mentions, data.entities, ["annotation_id", "entity_id"]),
        (data.annotations, data.documents, ["document_id"]),
    ):
        assert table.join(other, on=key, how="anti").is_empty()


def test_empty_tables_keep_their_types(desk, tmp_path):
    for name in ("annotations", "human", "gold", "register", "studio"):
        (desk / f"{name}.jsonl").unlink()
    report = export(desk, tmp_path / "out")
    assert report.rows["attributions"] == 0
    data = load(tmp_path / "out")
    for name, table in TABLES.items():
        assert getattr(data, name).schema == table.schema
        types = {c["name"]: c["type"] for c in duck(tmp_path / "out", f"describe {name}")}
        assert types["document_id"] == "VARCHAR"
        assert '"NULL"' not in types.values()
    assert repr(data) == "Dataset(5 documents, 0 attributions; annotations: none)"


def duck(folder, query):
    with duckdb.connect() as connection:
        for name in TABLES:
            connection.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
        result = connection.execute(query)
        columns = [
            c[0].replace("column_name", "name").replace("column_type", "type") for c in result.description
        ]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def test_duckdb_reads_it_and_counts_offsets_alike(out):
    wrong = duck(
        out,
        "select s.text from spans s join documents d using (document_id) "
        'where substring(d.text, s.start + 1, s."end" - s.start) <> s.text',
    )
    assert wrong == []
    who = duck(
        out,
        "select speaker, count(*) n from "
        "(select unnest(speakers) speaker from attributions where layer = 'machine') "
        "group by all order by n desc, speaker limit 2",
    )
    assert who == [{"speaker": "Tomas Krell", "n": 3}, {"speaker": "Ana Volt", "n": 2}]
    kinds = duck(out, "select distinct b.kind from (select unnest(paragraphs) b from documents) order by 1")
    assert [row["kind"] for row in kinds] == ["body", "caption", "headline"]


def test_pandas_reads_it(out):
    frame = pd.read_parquet(out / "attributions.parquet", engine="pyarrow")
    assert list(frame.columns) == list(TABLES["attributions"].schema)
    warning = frame[(frame.act == "warning") & (frame.layer == "machine")].iloc[0]
    assert list(warning.speakers) == ["Tomas Krell", "Rana Sool"]
    assert frame[frame.layer == "machine"].score.between(0, 1).all()
    assert frame[frame.layer == "human"].score.isna().all()
    for name in TABLES:
        ours = pl.read_parquet(out / f"{name}.parquet")
        assert len(pd.read_parquet(out / f"{name}.parquet", engine="pyarrow")) == ours.height


def test_polars_reads_the_types_of_the_dictionary(out):
    for name, table in TABLES.items():
        assert pl.read_parquet(out / f"{name}.parquet").schema == table.schema


def test_without_texts_the_marked_pieces_stay(desk, tmp_path, out):
    export(desk, tmp_path / "thin", texts=False)
    thin, full = load(tmp_path / "thin"), load(out)
    assert thin.documents["text"].null_count() == 5
    assert thin.documents["characters"].equals(full.documents["characters"])
    assert_frame_equal(thin.attributions, full.attributions)
    secret = b"The market opened late"
    assert not any(secret in content for content in files(tmp_path / "thin").values())


def test_other_files_in_the_folder_are_left_alone(desk, out):
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / ".part").mkdir()
    (out / ".part" / "documents.parquet").write_bytes(b"half a table of a run that was killed")
    export(desk, out)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (out / ".part").exists()


def test_a_failed_export_leaves_the_old_one_whole(desk, out):
    before = files(out)
    rewrite(desk / "human.jsonl", lambda line: line | {"attributions": "none"})
    with pytest.raises(BadAnnotation, match=r"human\.jsonl:1.*attributions"):
        export(desk, out)
    assert files(out) == before


def test_a_span_beyond_the_text_stops_the_export(desk, tmp_path):
    def beyond(line):
        line["attributions"][0]["content"] = [[0, 100_000]]
        return line

    rewrite(desk / "gold.jsonl", beyond)
    with pytest.raises(BadAnnotation, match=r"gold\.jsonl.*beyond the text"):
        export(desk, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_not_exported(desk, tmp_path):
    ready = (
        "import sys; from annotator.store import locked\n"
        "with locked(sys.argv[1]): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", ready, desk], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy, match="in use"):
            export(desk, tmp_path / "out")
        other.communicate("\n")
    with locked(desk):
        pass


@pytest.mark.parametrize("name", ["missing", "desk"])
def test_load_refuses_what_is_no_export(desk, tmp_path, name):
    with pytest.raises(BadArgument, match="is no export"):
        load(tmp_path / name)


def test_load_names_the_table_and_column_that_are_wrong(out):
    spans = pl.read_parquet(out / "spans.parquet")
    spans.drop("role").write_parquet(out / "spans.parquet")
    with pytest.raises(BadArgument, match=r"spans\.parquet: there is no column 'role'"):
        load(out)
    spans.with_columns(pl.col("start").cast(pl.String)).write_parquet(out / "spans.parquet")
    with pytest.raises(BadArgument, match="column 'start' is String, not Int64"):
        load(out)
    (out / "spans.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(BadArgument, match="cannot be read as parquet"):
        load(out)


def test_load_refuses_an_unknown_layer(out):
    with pytest.raises(BadArgument, match="layer is one of best, machine, human, gold, all"):
        load(out, layer="bronze")


def test_a_column_that_somebody_added_is_kept(out):
    frame = pl.read_parquet(out / "documents.parquet")
    frame.with_columns(topic=pl.lit("harbour")).write_parquet(out / "documents.parquet")
    assert load(out).documents["topic"].to_list() == ["harbour"] * 5


def test_export_refuses_a_folder_without_stories_and_a_place_that_is_a_file(desk, tmp_path):
    with pytest.raises(BadArgument, match=r"no documents\.jsonl"):
        export(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadArgument, match="cannot be written"):
        export(desk, tmp_path / "file")


def test_loading_needs_neither_torch_nor_stanza_nor_the_sdk(out):
    code = (
        "import sys; from annotator.dataset import load; print(load(sys.argv[1])); "
        "heavy = {'torch', 'stanza', 'label_studio_sdk', 'trafilatura', 'pandas', 'pyarrow'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, out], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "Dataset(5 documents, 14 attributions; annotations: 1 machine, 2 human, 1 gold)",
        "[]",
    ]


def test_a_thousand_stories_take_seconds(desk, tmp_path):
    documents = {d.id: d for d in read_documents(desk / "documents.jsonl")}
    annotations = list(read_annotations(desk / "annotations.jsonl"))
    copies = [(a, f"{n}/{a.document_id}") for n in range(250) for a in annotations]
    big = tmp_path / "big"
    write_lines(
        big / "documents.jsonl",
        (document_to_json(replace(documents[a.document_id], id=i)) for a, i in copies),
    )
    write_lines(big / "annotations.jsonl", (annotation_to_json(replace(a, document_id=i)) for a, i in copies))
    started = time.process_time()
    report = export(big, tmp_path / "out")
    data = load(tmp_path / "out")
    assert time.process_time() - started < 10
    assert report.rows["documents"] == 1000
    assert (
        data.attributions.height
        == report.rows["attributions"]
        == 250 * sum(len(a.attributions) for a in annotations)
    )


def test_the_dictionary_tells_every_column():
    made = schemas()
    for name, table in TABLES.items():
        assert f"## {name}.parquet" in made["dataset.md"]
        described = json.loads(made["dataset.json"])["tables"][name]["columns"]
        assert [c["name"] for c in described] == list(table.schema)
        assert all(c["meaning"] and c["type"] for c in described)


def test_a_dataset_is_frozen(out):
    data = load(out)
    assert isinstance(data, Dataset)
    with pytest.raises(AttributeError):
        data.spans = data.mentions


def test_the_readme_of_an_export_explains_it_to_a_stranger(out):
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert "5 stories" in readme
    assert "4 machine, 4 human, 1 gold" in readme
    assert all(f"| {c.name} |" in readme for table in TABLES.values() for c in table.columns)
