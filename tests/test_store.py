"""Lines of JSON and the files that hold them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import store
from annotator.errors import BadAnnotation, BadArgument, BadDocument, Busy
from annotator.model import (
    ACTS,
    ATTITUDES,
    ENTITY_KINDS,
    PARAGRAPH_KINDS,
    QUOTE_TYPES,
    SOURCE_KINDS,
    Annotation,
    Attribution,
    Document,
    Entity,
    EntityMention,
    Paragraph,
    Producer,
    Role,
    Span,
)

TEXT = "Mayor Ilse Varga said the bridge is safe 🌉. “It is,” she said."
MODEL = Producer("model", "annotator", "0.1", "abc123")


def example() -> tuple[Document, Annotation]:
    document = Document("town/bridge", TEXT, title="Bridge", paragraphs=(Paragraph(0, len(TEXT)),))
    first = Attribution(
        "a1", (Span(22, 42),), (Span(0, 16),), (Span(17, 21),), speaker_ids=("e1",), score=0.9
    )
    second = Attribution("a2", (Span(45, 53),), (Span(54, 57),), (Span(58, 62),), "direct", parent="a1")
    entity = Entity(
        "e1",
        "Ilse Varga",
        "person",
        (EntityMention(6, 16, "name", 1.0), EntityMention(54, 57, "pronoun", 0.7)),
        aliases=("Varga",),
        role=Role("Mayor", 0, 5),
    )
    annotation = Annotation(document.id, document.text_sha256, "machine", MODEL, (first, second), (entity,))
    return document, annotation


# Every code point that UTF-8 can carry, with what breaks naive offsets more often than chance would have it.
TEXTS = st.lists(
    st.sampled_from(
        ["👩‍👩‍👧‍👦", "e\u0301", "שלום", "مرحبا", "\u2028", "\u0085", '"', "\\", "🇫🇷", "\u00a0", "\n"]
    )
    | st.text(st.characters(exclude_categories=["Cs"])),
    min_size=1,
).map("".join)
OPTIONAL = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
SCORES = st.none() | st.floats(0, 1)


@st.composite
def spans(draw, length: int, *, least: int = 0) -> tuple[Span, ...]:
    most = min(length + 1, 6)
    cuts = sorted(draw(st.sets(st.integers(0, length), min_size=min(2 * least, most), max_size=most)))
    return tuple(Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def documents(draw) -> Document:
    text = draw(TEXTS.filter(bool))
    kinds = st.sampled_from(PARAGRAPH_KINDS)
    paragraphs = tuple(Paragraph(s.start, s.end, draw(kinds)) for s in draw(spans(len(text))))
    meta = draw(
        st.dictionaries(st.text(max_size=3), st.integers() | OPTIONAL | st.lists(OPTIONAL), max_size=2)
    )
    names = [draw(OPTIONAL) for _ in range(4)]
    return Document(draw(st.text("abc/é🙂", min_size=1)), text, *names, meta=meta, paragraphs=paragraphs)


@st.composite
def annotated(draw) -> tuple[Document, Annotation]:
    document = draw(documents())
    length = len(document.text)
    entities = tuple(
        Entity(
            f"e{i}",
            draw(st.text("ab é")),
            draw(st.sampled_from(ENTITY_KINDS)),
            tuple(EntityMention(s.start, s.end, "name", draw(SCORES)) for s in draw(spans(length, least=1))),
            wikidata=draw(OPTIONAL),
        )
        for i in range(draw(st.integers(0, 2)))
    )
    ids = st.lists(st.sampled_from([e.id for e in entities]), unique=True) if entities else st.just([])
    attributions = tuple(
        Attribution(
            f"a{i}",
            draw(spans(length, least=1)),
            draw(spans(length)),
            draw(spans(length)),
            draw(st.sampled_from(QUOTE_TYPES)),
            draw(st.sampled_from(ATTITUDES)),
            draw(st.sampled_from(ACTS)),
            draw(st.sampled_from(SOURCE_KINDS)),
            tuple(draw(ids)),
            tuple(draw(ids)),
            draw(st.none() | st.sampled_from([f"a{j}" for j in range(i)])) if i else None,
            draw(SCORES),
            draw(SCORES),
        )
        for i in range(draw(st.integers(0, 3)))
    )
    return document, Annotation(document.id, document.text_sha256, "machine", MODEL, attributions, entities)


@settings(deadline=None)  # the machine may be busy
@given(annotated())
def test_what_is_written_comes_back_the_same(tmp_path_factory, pair):
    document, annotation = pair
    folder = tmp_path_factory.mktemp("round")
    store.write_lines(folder / "documents.jsonl", [store.document_to_json(document)])
    store.write_lines(folder / "annotations.jsonl", [store.annotation_to_json(annotation)])
    assert list(store.read_documents(folder / "documents.jsonl")) == [document]
    by_id = {document.id: document}
    assert list(store.read_annotations(folder / "annotations.jsonl", documents=by_id)) == [annotation]


@settings(deadline=None)
@given(annotated())
def test_a_dictionary_and_its_bytes_say_the_same(pair):
    document, annotation = pair
    line = store.annotation_to_json(annotation)
    assert store.annotation_from_json(line, document=document) == annotation
    assert store.annotation_from_json(json.dumps(line).encode()) == annotation


VALIDATORS = {k: jsonschema.Draft202012Validator(store.schema(k)) for k in ("documents", "annotations")}


@settings(deadline=None, max_examples=15)  # a slow validator
@given(annotated())
def test_a_foreign_validator_accepts_what_we_write(pair):
    document, annotation = pair
    jsonschema.validate(store.document_to_json(document), store.schema("documents"))
    jsonschema.validate(
        json.loads(json.dumps(store.annotation_to_json(annotation))), store.schema("annotations")
    )


def test_a_foreign_validator_refuses_an_unknown_version():
    line = store.document_to_json(example()[0]) | {"schema": 2}
    with pytest.raises(jsonschema.ValidationError, match="1 was expected"):
        jsonschema.validate(line, store.schema("documents"))


def test_keys_stand_in_the_order_of_the_contract():
    document, annotation = example()
    assert list(store.document_to_json(document)) == (
        ["schema", "id", "text", "text_sha256", "title", "url", "date", "lang", "meta", "paragraphs"]
    )
    line = store.annotation_to_json(annotation)
    assert list(line) == (
        ["schema", "document_id", "text_sha256", "layer", "producer", "attributions", "entities"]
    )
    assert list(line["producer"]) == ["kind", "name", "version", "settings"]
    assert " ".join(line["attributions"][0]) == (
        "id source cue content quote_type attitude act source_kind speaker_ids about_ids parent score "
        "no_source_score"
    )
    assert list(line["entities"][0]) == (
        ["id", "name", "kind", "aliases", "role", "stands_for", "wikidata", "mentions"]
    )


def test_lines_are_compact_and_in_plain_letters(tmp_path):
    document, _ = example()
    store.write_lines(tmp_path / "d.jsonl", [store.document_to_json(document)])
    raw = (tmp_path / "d.jsonl").read_text(encoding="utf-8")
    assert "🌉" in raw
    assert raw.startswith('{"schema":1,"id":"town/bridge","text":"Mayor')
    assert raw.endswith("}\n")


def broken(path: str, value: object) -> dict:
    line = store.annotation_to_json(example()[1])
    target = line
    *parents, last = path.split(".")
    for part in parents:
        target = target[int(part) if part.isdigit() else part]
    target[int(last) if last.isdigit() else last] = value
    return line


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("schema", 2, "schema version 2 is not known"),
        ("schema", None, "schema version None is not known"),
        ("document_id", "", "document_id"),
        ("text_sha256", "f00", "text_sha256"),
        ("layer", "silver", "layer"),
        ("producer.kind", "robot", "producer.kind"),
        ("attributions.0.act", "shouting", "attributions.0.act"),
        ("attributions.0.score", "0.9", "attributions.0.score"),
        ("attributions.0.score", 1.5, "attributions.0.score"),
        ("attributions.0.score", float("nan"), "attributions.0.score"),
        ("attributions.0.content", [], "attributions.0.content"),
        ("attributions.0.content", [[1, 2, 3]], "attributions.0.content.0"),
        ("attributions.0.content", [[True, 2]], "attributions.0.content.0.0"),
        ("attributions.0.content", [[-1, 2]], "attributions.0.content.0.0"),
        ("attributions.0.content", [[5, 5]], "attribution a1: content: [5, 5) is no range"),
        ("attributions.0.content", [[9, 12], [3, 6]], "attribution a1: content: [3, 6) does not come after"),
        ("attributions.0.cue", [[0, 10_000]], "attribution a1: cue: [0, 10000) reaches beyond the text"),
        ("attributions.0.speaker_ids", ["e9"], "attribution a1: there is no entity e9"),
        ("attributions.0.about_ids", ["e9"], "attribution a1: there is no entity e9"),
        ("attributions.0.parent", "a9", "attribution a1: there is no attribution a9"),
        ("attributions.0.parent", "a1", "its own parent's parent"),
        ("attributions.0.parent", "a2", "its own parent's parent"),
        ("attributions.1.id", "a1", "attribution a1 is there twice"),
        ("entities.0.mentions.0.end", 10_000, "entity e1: mention: [6, 10000) reaches beyond the text"),
        ("entities.0.role", {"text": "Mayor", "start": 4, "end": 4}, "entity e1: role"),
        ("entities.0.colour", "red", "entities.0.colour"),
    ],
)
def test_a_bad_annotation_is_refused_in_one_line_that_names_document_and_part(path, value, told):
    with pytest.raises(BadAnnotation) as caught:
        store.annotation_from_json(broken(path, value), document=example()[0], where="x.jsonl:3")
    message = str(caught.value)
    assert message.startswith("x.jsonl:3: ")
    assert told in message
    assert "\n" not in message
    if path != "document_id":
        assert "town/bridge" in message


def test_a_missing_field_is_refused():
    line = store.annotation_to_json(example()[1])
    del line["attributions"][1]["cue"]
    with pytest.raises(BadAnnotation, match=r"town/bridge: attributions\.1\.cue: Field required"):
        store.annotation_from_json(line)


def test_an_annotation_of_another_text_is_refused():
    document, annotation = example()
    with pytest.raises(BadAnnotation, match="text is not the one"):
        store.check(annotation, replace(document, text=document.text + " "))
    with pytest.raises(BadAnnotation, match="not made for document other"):
        store.check(annotation, replace(document, id="other"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 7}, "schema version 7"),
        ({"text": "Changed."}, "not the one that text_sha256"),
        ({"paragraphs": [{"start": 0, "end": 999, "kind": "body"}]}, "beyond the text"),
        ({"paragraphs": [{"start": 0, "end": 9, "kind": "poem"}]}, "paragraphs.0.kind"),
        ({"meta": None}, "meta"),
        ({"author": "me"}, "author"),
        (
            {"paragraphs": [{"start": 0, "end": 9, "kind": "body"}, {"start": 5, "end": 9, "kind": "body"}]},
            "does not come after",
        ),
    ],
)
def test_a_bad_document_is_refused(change, told):
    line = store.document_to_json(example()[0]) | change
    with pytest.raises(BadDocument, match="town/bridge") as caught:
        store.document_from_json(line, where="d.jsonl:1")
    assert told in str(caught.value)
    assert (caught.value.where, caught.value.stage) == ("d.jsonl:1", "store")


@pytest.mark.parametrize("half", [b'{"schema":1,"id":"x', b"\xff\xfe", b"[]", b"7"])
def test_half_a_line_is_told_with_file_and_line(tmp_path, half):
    path = tmp_path / "annotations.jsonl"
    store.write_lines(path, [store.annotation_to_json(example()[1])])
    path.write_bytes(path.read_bytes() + b"\n" + half)
    lines = store.read_annotations(path)
    next(lines)
    with pytest.raises(BadAnnotation, match=r"annotations\.jsonl:3: "):
        next(lines)


def test_a_file_that_is_not_there_is_a_bad_argument(tmp_path):
    with pytest.raises(BadArgument, match=r"gone\.jsonl cannot be read"):
        next(store.read_documents(tmp_path / "gone.jsonl"))


def test_line_separators_inside_a_text_do_not_split_the_line(tmp_path):
    document = Document("u", "one\u2028two\u0085three\x0bfour\x1c")
    store.write_lines(tmp_path / "d.jsonl", [store.document_to_json(document)])
    assert [d.text for d in store.read_documents(tmp_path / "d.jsonl")] == [document.text]


def test_a_failure_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "x.jsonl"
    store.write_lines(path, [{"id": "old"}])

    def lines():
        yield {"id": "new"}
        raise OSError(28, "No space left on device")

    for write in (store.write_lines, lambda p, new: store.update_lines(p, new, key="id")):
        with pytest.raises(OSError, match="No space"):
            write(path, lines())
        assert path.read_text() == '{"id":"old"}\n'
        assert [p.name for p in tmp_path.iterdir()] == ["x.jsonl"]


def test_what_json_cannot_say_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        store.write_lines(tmp_path / "x.jsonl", [{"score": float("nan")}])
    assert not list(tmp_path.iterdir())


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers()), unique_by=lambda x: x[0]),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers())),
)
def test_an_update_replaces_in_place_and_appends_the_rest(tmp_path_factory, old, new):
    path = tmp_path_factory.mktemp("update") / "x.jsonl"
    store.write_lines(path, [{"id": k, "n": n} for k, n in old])
    count = store.update_lines(path, ({"id": k, "n": n} for k, n in new), key="id")
    expected = dict(old) | dict(new)  # a dictionary keeps the first place and the last value
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["id"], line["n"]) for line in lines] == list(expected.items())
    assert count == len(expected)


def test_an_update_starts_a_file_and_takes_a_function_as_key(tmp_path):
    path = tmp_path / "new" / "human.jsonl"

    def key(line):
        return f"{line['document_id']} {line['who']}"

    store.update_lines(
        path, [{"document_id": "d", "who": "anna"}, {"document_id": "d", "who": "ben"}], key=key
    )
    store.update_lines(path, [{"document_id": "d", "who": "anna", "n": 2}], key=key)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [{"document_id": "d", "who": "anna", "n": 2}, {"document_id": "d", "who": "ben"}]


HOLD = """
import sys
from annotator import store
with store.locked(sys.argv[1]):
    print("in", flush=True)
    input()
"""


def test_the_second_writer_is_told_who_holds_the_folder(tmp_path):
    folder = tmp_path / "out"
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "in\n"
        told = rf"out is in use by process {other.pid} on \S+ since 20"
        with pytest.raises(Busy, match=told), store.locked(folder):
            pytest.fail("the folder was not locked")
        other.kill()
    with store.locked(folder):  # a killed holder holds nothing
        assert f"process {os.getpid()} " in (folder / ".lock").read_text()
    assert (folder / ".lock").read_text() == ""


def test_a_lock_is_given_back_after_a_failure(tmp_path):
    def fail_inside():
        with store.locked(tmp_path):
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail_inside()
    with store.locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_a_bad_argument(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadArgument, match="cannot be written to"), store.locked(tmp_path / "file" / "out"):
        pytest.fail("made a folder inside a file")


def test_rejects_and_register_lines_are_checked(tmp_path):
    path = tmp_path / "rejects.jsonl"
    bad = BadDocument("empty", where="a.txt")
    store.write_lines(path, [store.reject_to_json(bad)])
    assert list(store.read_lines(path, "rejects")) == (
        [{"schema": 1, "where": "a.txt", "stage": "read", "reason": "empty"}]
    )
    with pytest.raises(BadAnnotation, match=r"rejects\.jsonl:1: "):
        list(store.read_lines(path, "register"))


MEASURE = """
import sys, tracemalloc
from annotator import store
lines = store.read_annotations(sys.argv[1])
next(lines)
tracemalloc.start()
print(1 + sum(1 for _ in lines), tracemalloc.get_traced_memory()[1])
"""


def test_reading_stays_in_constant_memory(tmp_path):
    line = store.annotation_to_json(example()[1])
    path = tmp_path / "annotations.jsonl"
    store.write_lines(path, (line | {"document_id": f"d{i}"} for i in range(3000)))
    command = [sys.executable, "-c", MEASURE, str(path)]
    measured = subprocess.run(command, capture_output=True, text=True, check=True)
    count, peak = map(int, measured.stdout.split())
    assert count == 3000
    assert peak < path.stat().st_size / 5  # buffers, not lines


def test_loading_imports_nothing_heavy():
    heavy = ["torch", "stanza", "label_studio_sdk", "trafilatura", "py3langid", "polars", "pandas", "ray"]
    code = f"import sys, annotator.store; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
