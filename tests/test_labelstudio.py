"""Annotations as Label Studio's regions and back, without a server."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.attribution import assign_parents, quote_type
from annotator.errors import BadAnnotation
from annotator.labelstudio import check_result, from_result, label_config, model_version, to_task
from annotator.labelstudio.client import _one_line, quiet
from annotator.labelstudio.config import choices, instructions, same_config
from annotator.labelstudio.pull import pseudonym
from annotator.labelstudio.rebuild import leftovers
from annotator.labelstudio.sending import batches
from annotator.labelstudio.tasks import to_prediction
from annotator.lint import lint
from annotator.model import (
    ACTS,
    ATTITUDES,
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
from annotator.quotes import find_quotes

TEXT = (
    "“The ferry,” said Mira Oduya, the harbour master, “will sail.” She warned that the pier may close. "
    "According to Lund Freight, the fog was forecast."
)
DOCUMENT = Document(
    "ferry", TEXT, title="Ferry to sail", date="2026-03-04", paragraphs=(Paragraph(0, len(TEXT)),)
)
PRODUCER = Producer("model", "annotator", "0.1.0", "0123456789abcdef")


def at(words: str, after: int = 0) -> Span:
    start = TEXT.index(words, after)
    return Span(start, start + len(words))


def attribution(
    *, source: str | None, cue: str | None, content: tuple[str, ...], after: int = 0, **values: object
) -> Attribution:
    spans = {
        "source": (at(source, after),) if source else (),
        "cue": (at(cue, after),) if cue else (),
        "content": tuple(at(piece, after) for piece in content),
    }
    return Attribution(id=attribution_id(DOCUMENT.text_sha256, **spans), **spans, **values)


def entity(name: str, kind: str, *mentions: EntityMention) -> Entity:
    return Entity(entity_id(DOCUMENT.text_sha256, mentions), name, kind, mentions)


def mention(words: str, form: str = "name") -> EntityMention:
    span = at(words)
    return EntityMention(span.start, span.end, form)


MIRA = entity("Mira Oduya", "person", mention("Mira Oduya"), mention("She", "pronoun"))
LUND = entity("Lund Freight", "organization", mention("Lund Freight"))
SAIL = attribution(
    source="Mira Oduya, the harbour master,",
    cue="said",
    content=("“The ferry,”", "“will sail.”"),
    quote_type="direct",
    source_kind="person",
    speaker_ids=(MIRA.id,),
    score=0.9,
)
CLOSE = attribution(
    source="She",
    cue="warned",
    content=("that the pier may close",),
    act="warning",
    source_kind="person",
    speaker_ids=(MIRA.id,),
    score=0.7,
)
FOG = attribution(
    source="Lund Freight",
    cue="According to",
    content=("the fog was forecast",),
    source_kind="organization",
    speaker_ids=(LUND.id,),
    score=0.5,
)
MACHINE = Annotation("ferry", DOCUMENT.text_sha256, "machine", PRODUCER, (SAIL, CLOSE, FOG), (MIRA, LUND))


def result_of(annotation: Annotation = MACHINE, document: Document = DOCUMENT) -> list[dict]:
    return json.loads(json.dumps(to_task(document, annotation)["predictions"][0]["result"]))


def regions(result: list[dict], label: str) -> list[dict]:
    return [r for r in result if r["type"] == "labels" and r["value"]["labels"] == [label]]


def region_at(result: list[dict], words: str) -> dict:
    return next(r for r in result if r["type"] == "labels" and r["value"]["start"] == TEXT.index(words))


def drawn(words: str, label: str, number: str, after: int = 0) -> dict:
    """A region as a person's mouse leaves it: no score, another text than the story's."""
    span = at(words, after)
    value = {"start": span.start, "end": span.end, "text": "as\\nshown", "labels": [label]}
    return {
        "id": number, "type": "labels", "from_name": "span", "to_name": "text", "value": value, "origin": "manual"
    }  # fmt: skip


def arrow(tail: str, head: str) -> dict:
    return {"type": "relation", "from_id": tail, "to_id": head, "direction": "right"}


def test_the_set_up_offers_the_values_of_the_model_in_their_order() -> None:
    asked = {"span": ("Source", "Cue", "Content"), "act": ACTS, "attitude": ATTITUDES}
    assert choices() == {**asked, "page": ("Left out",)}


def test_label_studios_own_check_accepts_the_set_up() -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface")
    interface.LabelInterface(label_config()).validate()


def test_the_instructions_are_whole_and_name_every_kind_of_span() -> None:
    told = instructions()
    assert all(f"<b>{label}</b>" in told for label in choices()["span"])
    ET.fromstring(f"<div>{told}</div>")  # noqa: S314 - our own file


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (label_config().replace("\n", "\n   "), True),
        (label_config().replace('value="Cue"', 'value="Signal"'), False),
        (label_config().replace('hotkey="q"', 'hotkey="p"'), False),
        ("<View>", False),
        ("", False),
    ],
)
def test_a_changed_set_up_is_noticed(other: str, same: bool) -> None:
    assert same_config(label_config(), other) is same


def test_a_task_holds_what_the_page_shows_and_what_we_find_it_by() -> None:
    task = to_task(DOCUMENT, MACHINE)
    assert task["data"] == {
        "text": TEXT,
        "title": "Ferry to sail",
        "source_line": "2026-03-04",
        "speakers": [{"value": "Mira Oduya"}, {"value": "Lund Freight"}],
        "doc_id": "ferry",
        "text_sha256": DOCUMENT.text_sha256,
    }
    prediction = task["predictions"][0]
    assert prediction["model_version"] == "annotator-0.1.0-9f9f5111"
    assert prediction["score"] == pytest.approx(0.7)
    check_result(TEXT, prediction["result"], known=frozenset({"Mira Oduya", "Lund Freight"}))


def test_a_story_without_attributions_has_no_score() -> None:
    assert to_task(DOCUMENT, replace(MACHINE, attributions=()))["predictions"][0]["score"] is None


def test_values_stand_on_the_cue_or_on_the_first_content() -> None:
    bare = attribution(source="She", cue=None, content=("the fog", "was forecast"), act="denial")
    result = result_of(replace(MACHINE, attributions=(CLOSE, bare)))
    acts = {r["id"]: r["value"]["choices"] for r in result if r.get("from_name") == "act"}
    first = region_at(result, "the fog")
    assert acts == {region_at(result, "warned")["id"]: ["warning"], first["id"]: ["denial"]}


def test_regions_have_the_same_ids_every_time() -> None:
    assert result_of() == result_of()
    ids = [r["id"] for r in result_of() if r["type"] == "labels"]
    assert len(ids) == len(set(ids))


def test_two_reports_of_one_source_share_its_region() -> None:
    other = attribution(
        source="She", cue="may", content=("close",), speaker_ids=(MIRA.id,), source_kind="person"
    )
    result = result_of(replace(MACHINE, attributions=(CLOSE, other)))
    (shared,) = regions(result, "Source")
    assert sum(r["type"] == "relation" and r["to_id"] == shared["id"] for r in result) == 2


def test_two_entities_of_one_name_can_be_told_apart() -> None:
    twin = entity("Mira Oduya", "person", mention("the harbour master", "nominal"))
    annotation = replace(
        MACHINE, attributions=(replace(SAIL, speaker_ids=(twin.id,)),), entities=(MIRA, twin)
    )
    assert to_task(DOCUMENT, annotation)["data"]["speakers"] == [
        {"value": "Mira Oduya"},
        {"value": "Mira Oduya (2)"},
    ]
    ((back,), _) = from_result(DOCUMENT, result_of(annotation), annotation)
    assert back.speaker_ids == (twin.id,)


def without_scores(attributions: tuple[Attribution, ...]) -> list[Attribution]:
    bare = [replace(a, score=None, no_source_score=None) for a in attributions]
    return sorted(bare, key=lambda a: (min(a.spans), a.content, a.id))


def test_nothing_is_lost_there_and_back() -> None:
    attributions, entities = from_result(DOCUMENT, result_of(), MACHINE)
    assert list(attributions) == without_scores(MACHINE.attributions)
    assert entities == MACHINE.entities


# Letters of several code points, of four bytes, from right to left, and joined families of them.
WORDS = st.sampled_from(
    [
        "ferry",
        "“fog",
        "pier”",
        "said",
        "🚢",
        "👩\u200d👩\u200d👧",
        "🇳🇱",
        "étude",
        "שלום",
        "مرحبا",
        "नमस्ते",
        "𝒳",
        "a\u200db",
        "—",
        "x",
    ]
)
GAPS = st.sampled_from([" ", "\n", "\n\n", "  ", "\t", "\u00a0", "\u2028"])


@st.composite
def stories(draw: st.DrawFn) -> tuple[Document, Annotation]:
    words = draw(st.lists(WORDS, min_size=4, max_size=14))
    text, places = "", []
    for word in words:
        places.append(Span(len(text), len(text) + len(word)))
        text += word + draw(GAPS)
    document = Document("d", text, paragraphs=(Paragraph(0, len(text)),))

    def spans(at_least: int, at_most: int) -> tuple[Span, ...]:
        edges = st.lists(st.integers(0, len(words)), min_size=2 * at_least, max_size=2 * at_most, unique=True)
        cuts = sorted(draw(edges))
        return tuple(
            Span(places[left].start, places[right - 1].end)
            for left, right in zip(cuts[::2], cuts[1::2], strict=False)
        )

    entities = {}
    for _ in range(draw(st.integers(0, 3))):
        mentions = tuple(EntityMention(s.start, s.end, "name") for s in spans(1, 2))
        name = draw(st.sampled_from(["Ode", "Ode", "Brandt; Lund", "Ode (2)", "  Ana\nLee "]))
        made = Entity(entity_id(document.text_sha256, mentions), name, "person", mentions)
        entities[made.id] = made
    people = st.lists(st.sampled_from(sorted(entities)), unique=True, max_size=2) if entities else st.just([])
    attributions = {}
    quotes = find_quotes(text, document.paragraphs)
    for _ in range(draw(st.integers(0, 4))):
        source, cue, content = spans(0, 2), spans(0, 1), spans(1, 3)
        made = Attribution(
            attribution_id(document.text_sha256, source=source, cue=cue, content=content),
            content,
            source,
            cue,
            quote_type=quote_type(text, content, quotes, cue=cue),
            act=draw(st.sampled_from(ACTS)),
            attitude=draw(st.sampled_from(ATTITUDES)),
            source_kind="person" if source else "unspecified",
            speaker_ids=tuple(draw(people)),
            about_ids=tuple(draw(people)),
            score=draw(st.none() | st.floats(0, 1)),
        )
        attributions[made.id] = made
    return document, Annotation(
        "d",
        document.text_sha256,
        "machine",
        PRODUCER,
        assign_parents(attributions.values()),
        tuple(entities.values()),
    )


@given(stories())
def test_any_annotation_comes_back_as_it_went(story: tuple[Document, Annotation]) -> None:
    document, annotation = story
    task = to_task(document, annotation)
    known = frozenset(s["value"] for s in task["data"]["speakers"])
    result = result_of(annotation, document)
    check_result(document.text, result, known=known)
    attributions, entities = from_result(document, result, annotation)
    assert list(attributions) == without_scores(annotation.attributions)
    assert entities == annotation.entities


@given(stories())
def test_spans_and_values_come_back_without_the_machines_annotation(
    story: tuple[Document, Annotation],
) -> None:
    document, annotation = story
    attributions, _ = from_result(document, result_of(annotation, document))
    assert [(a.id, a.act, a.attitude, a.parent) for a in attributions] == [
        (a.id, a.act, a.attitude, a.parent) for a in without_scores(annotation.attributions)
    ]


def test_what_a_person_drew_is_rebuilt_from_the_storys_text() -> None:
    result = [
        drawn("“The ferry,”", "Content", "b"),
        drawn("“will sail.” ", "Content", "a"),  # with the white space after it
        drawn("said", "Cue", "c"),
        drawn("Mira Oduya", "Source", "s"),
        arrow("c", "a"),  # the wrong way round
        arrow("s", "b"),  # this one too
        arrow("a", "b"),
    ]
    ((made,), entities) = from_result(DOCUMENT, result, MACHINE)
    assert [s.of(TEXT) for s in made.spans] == ["Mira Oduya", "said", "“The ferry,”", "“will sail.”"]
    assert (made.act, made.attitude, made.quote_type) == ("statement", "assertion", "direct")
    assert made.speaker_ids == (MIRA.id,), "nobody was chosen, and the source names one person"
    assert made.source_kind == "person"
    assert entities == MACHINE.entities


@pytest.mark.parametrize(
    ("label", "drawn", "meant"),
    [
        ("Cue", "”said", "said"),
        ("Cue", "said “", "said"),
        ("Source", " “Ode", "Ode"),
        ("Source", 'Ana "Tug" Ode', 'Ana "Tug" Ode'),
        ("Source", "the sailors’", "the sailors’"),
        ("Content", "“Stay,", "“Stay,"),
    ],
)
def test_a_quotation_mark_too_much_is_left_out(label: str, drawn: str, meant: str) -> None:
    text = f"xx {drawn} yy it holds"

    def marked(number: str, words: str, label: str) -> dict:
        value = {"start": text.index(words), "end": text.index(words) + len(words), "labels": [label]}
        return {"id": number, "type": "labels", "from_name": "span", "to_name": "text", "value": value}

    document = Document("marks", text)
    result = [marked("a", drawn, label), marked("b", "it holds", "Content"), arrow("b", "a")]
    attributions, _ = from_result(document, result)
    assert meant in {s.of(text) for a in attributions for s in a.spans}


def test_a_chosen_speaker_keeps_his_id_and_a_typed_one_is_new() -> None:
    result = result_of()
    she = region_at(result, "She")["id"]
    for item in result:
        if item.get("id") == she and item["type"] == "choices":
            item["value"]["choices"] = ["Lund Freight"]
    attributions, entities = from_result(DOCUMENT, result, MACHINE)
    close = next(a for a in attributions if a.id == CLOSE.id)
    assert close.speaker_ids == (LUND.id,)
    assert close.source_kind == "organization"
    spoken_of = {e.id: [m.span.of(TEXT) for m in e.mentions] for e in entities}
    assert spoken_of == {MIRA.id: ["Mira Oduya"], LUND.id: ["She", "Lund Freight"]}

    result.append(
        {"id": she, "type": "textarea", "from_name": "speaker_name", "value": {"text": ["Ida Holm"]}}
    )
    attributions, entities = from_result(DOCUMENT, result, MACHINE)
    close = next(a for a in attributions if a.id == CLOSE.id)
    (new,) = [e for e in entities if e.id in close.speaker_ids]
    assert (new.name, new.kind, new.mentions) == ("Ida Holm", "person", (mention("She", "pronoun"),))


def test_several_typed_speakers_are_several_entities() -> None:
    result = [
        drawn("the fog was forecast", "Content", "t"),
        drawn("Lund Freight", "Source", "s"),
        arrow("t", "s"),
        {
            "id": "s",
            "type": "textarea",
            "from_name": "speaker_name",
            "value": {"text": ["Ida Holm; Bo Rask"]},
        },
    ]
    ((made,), entities) = from_result(DOCUMENT, result, None)
    assert [e.name for e in entities] == ["Ida Holm", "Bo Rask"]
    assert made.speaker_ids == tuple(e.id for e in entities)
    assert len(set(made.speaker_ids)) == 2


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("She", "person"),
        ("they", "group"),
        ("It", "organization"),
        ("the ministry", "organization"),
        ("two officials of the ministry", "group"),
        ("A spokesman for the port", "person"),
        ("the court, which sat late,", "organization"),
        ("the report", "document"),
        ("Tove Brask", "person"),
    ],
)
def test_a_source_that_only_its_words_tell_about(source: str, kind: str) -> None:
    text = f"The pier may close, {source} said."
    document = Document("d", text, paragraphs=(Paragraph(0, len(text)),))
    start = text.index(source)
    value = {"start": start, "end": start + len(source), "labels": ["Source"]}
    result = [
        {"id": "t", "type": "labels", "value": {"start": 0, "end": 18, "labels": ["Content"]}},
        {"id": "s", "type": "labels", "value": value},
        arrow("t", "s"),
    ]
    ((made,), entities) = from_result(document, result)
    assert (made.source_kind, made.speaker_ids, entities) == (kind, (), ())


def test_taking_the_speaker_away_leaves_none() -> None:
    result = [r for r in result_of() if r.get("from_name") != "speaker"]
    attributions, _ = from_result(DOCUMENT, result, MACHINE)
    assert {a.speaker_ids for a in attributions} == {()}


def test_speakers_that_the_list_lacks_are_filled_in_as_typed() -> None:
    prediction = to_prediction(DOCUMENT, MACHINE, known=frozenset({"Lund Freight"}))
    check_result(TEXT, prediction["result"], known=frozenset({"Lund Freight"}))
    attributions, entities = from_result(DOCUMENT, prediction["result"], MACHINE)
    assert list(attributions) == without_scores(MACHINE.attributions)
    assert entities == MACHINE.entities


def test_pieces_that_overlap_become_one() -> None:
    result = [drawn("the pier may", "Content", "a"), drawn("may close", "Content", "b"), arrow("a", "b")]
    ((made,), _) = from_result(DOCUMENT, result)
    assert [s.of(TEXT) for s in made.content] == ["the pier may close"]


def test_what_means_nothing_is_left_out_and_told() -> None:
    result = [
        drawn("She", "Source", "s"),
        drawn("warned", "Cue", "c"),
        arrow("s", "c"),
        arrow("s", "gone"),
        {"id": "w", "type": "labels", "value": {"start": 3, "end": 4, "labels": ["Content"]}},  # a space
        {"id": "x", "type": "labels", "value": {"start": 9, "end": 2, "labels": ["Content"]}},
        {"id": "y", "type": "labels", "value": {"start": 0, "end": 5, "labels": ["Claim"]}},
    ]
    result[4]["value"]["start"], result[4]["value"]["end"] = TEXT.index(" "), TEXT.index(" ") + 1
    assert from_result(DOCUMENT, result)[0] == ()
    assert [(f.rule, f.told) for f in leftovers(TEXT, result)] == [
        ("source_without_content", "Source “She” belongs to no Content"),
        ("cue_without_content", "Cue “warned” belongs to no Content"),
        ("no_act", "Cue “warned” was given no act: statement was taken"),
    ]


def test_two_cues_on_one_content_are_told() -> None:
    result = [
        drawn("the fog", "Content", "t"),
        drawn("said", "Cue", "c"),
        drawn("warned", "Cue", "d"),
        arrow("t", "c"),
        arrow("t", "d"),
    ]
    attributions, entities = from_result(DOCUMENT, result)
    found = lint(DOCUMENT, replace(MACHINE, attributions=attributions, entities=entities))
    assert [f.told for f in found if f.rule == "two_cues"] == [
        "Content “the fog” has 2 Cues: “said … warned”"
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r[0]["value"].update(end=len(TEXT) + 1), "no range"),
        (lambda r: r[0]["value"].update(start=r[0]["value"]["end"]), "no range"),
        (lambda r: r[0]["value"].update(labels=["Claim"]), "no value 'Claim'"),
        (lambda r: r[1].update(id=r[0]["id"]), "twice"),
        (lambda r: r[-1].update(to_id="nowhere"), "not there"),
        (lambda r: r.append(dict(r[-1])), "two relations"),
    ],
)
def test_a_result_that_would_break_the_page_is_refused(change, told: str) -> None:
    result = result_of()
    change(result)
    with pytest.raises(BadAnnotation, match=told):
        check_result(TEXT, result, known=frozenset({"Mira Oduya", "Lund Freight"}))


@pytest.mark.parametrize(
    ("producer", "version"),
    [
        (Producer("model", "annotator", "0.1.0", "0123456789abcdef"), "annotator-0.1.0-9f9f5111"),
        (Producer("model", "annotator", "0.1.0", "bundled-0a1b2c"), "annotator-0.1.0-f7334bde"),
        (Producer("model", "annotator"), "annotator"),
    ],
)
def test_a_model_version_names_model_version_and_settings(producer: Producer, version: str) -> None:
    assert model_version(producer) == version


def test_a_pseudonym_is_stable_and_says_nothing() -> None:
    assert pseudonym("server", 7) == pseudonym("server", {"id": 7, "email": "ida@example.org"})
    assert len({pseudonym("server", 7), pseudonym("server", 8), pseudonym("other", 7)}) == 3
    assert pseudonym("server", None) == "annotator-unknown"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"detail": "Invalid token.", "status_code": 401}, "Invalid token."),
        ("<html>\n<h1>Not\nfound</h1></html>", "Not found"),
        ({"id": 3}, '{"id": 3}'),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_what_the_server_answers_becomes_one_line(body: object, line: str) -> None:
    assert _one_line(body) == line


def test_no_request_is_longer_than_the_server_takes() -> None:
    """A body over the limit is answered with an error of the server that tells nothing."""
    few = [(Document(f"d{n}", "x" * 900_000), MACHINE) for n in range(5)]
    assert [len(batch) for batch in batches(few)] == [2, 2, 1]
    many = [(Document(f"d{n}", "x"), MACHINE) for n in range(250)]
    assert [len(batch) for batch in batches(many)] == [100, 100, 50]
    assert [len(batch) for batch in batches([(Document("d", "x" * 3_000_000), MACHINE)])] == [1]


def test_connections_that_overlap_share_a_silence_and_give_the_level_back() -> None:
    logger = logging.getLogger("annotator.some.library")
    logger.setLevel(logging.DEBUG)
    first, second = quiet(logger.name), quiet(logger.name)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert logger.level == logging.WARNING
    second.__exit__(None, None, None)
    assert logger.level == logging.DEBUG
