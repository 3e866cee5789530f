"""The stages in their order: on a parse written by hand, and with the models."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator import pipeline
from annotator.analysis import Analysis, Sentence, Token
from annotator.errors import BadArgument, BadDocument
from annotator.model import Annotation, Document, Paragraph, Producer, Span
from annotator.store import check

PRODUCER = Producer("model", "by hand")
STORY = """Ferry to stop for the winter

The Ostmark line will not sail after October, its owner Lena Harbst said on Monday.

“We cannot fill the boat when the lights go out,” she told reporters. “Nobody can.”

The island's council accused the company of breaking its word. According to a letter seen by the council, the
line had promised to sail all year.
"""


def document(text: str = STORY, name: str = "ferry") -> Document:
    paragraphs, at = [], 0
    for part in text.split("\n\n"):
        paragraphs.append(Paragraph(at, at + len(part.rstrip())))
        at += len(part) + 2
    return Document(name, text, paragraphs=tuple(paragraphs))


def parsed_by_hand() -> tuple[Document, Analysis]:
    """“It rains,” Brandt said."""
    text = "“It rains,” Brandt said."
    words = [
        (0, 1, "“", "``", "PUNCT", 2, "punct"),
        (1, 3, "It", "it", "PRON", 2, "nsubj"),
        (4, 9, "rains", "rain", "VERB", 6, "ccomp"),
        (9, 10, ",", ",", "PUNCT", 2, "punct"),
        (10, 11, "”", "''", "PUNCT", 2, "punct"),
        (12, 18, "Brandt", "Brandt", "PROPN", 6, "nsubj"),
        (19, 23, "said", "say", "VERB", -1, "root"),
        (23, 24, ".", ".", "PUNCT", 6, "punct"),
    ]
    tokens = tuple(Token(*word) for word in words)
    story = Document("rain", text, paragraphs=(Paragraph(0, len(text)),))
    return story, Analysis(text, tokens, (Sentence(0, len(tokens), 0, len(text)),), document_id="rain")


def test_a_parse_becomes_an_annotation_that_holds_together():
    story, analysis = parsed_by_hand()
    annotation = pipeline.annotate_parse(story, analysis, producer=PRODUCER)
    check(annotation, story)
    assert (annotation.layer, annotation.producer) == ("machine", PRODUCER)
    (found,) = annotation.attributions
    assert [span.of(story.text) for span in found.source + found.cue + found.content] == [
        "Brandt",
        "said",
        "“It rains,”",
    ]
    assert found.quote_type == "direct"
    names = {entity.id: entity.name for entity in annotation.entities}
    assert [names[i] for i in found.speaker_ids] == ["Brandt"]


@pytest.mark.parametrize("name", ["attribute", "resolve"])
def test_a_stage_that_breaks_is_named(monkeypatch, name):
    def breaks(*_, **__):
        raise ZeroDivisionError("by a story")

    monkeypatch.setattr(pipeline, name, breaks)
    story, analysis = parsed_by_hand()
    with pytest.raises(BadDocument, match="rain: ZeroDivisionError: by a story") as caught:
        pipeline.annotate_parse(story, analysis, producer=PRODUCER)
    assert caught.value.stage == {"attribute": "attribution", "resolve": "entities"}[name]


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 50))
def test_chunks_keep_every_document_in_order(sizes, chars):
    documents = [Document(str(i), "x" * size) for i, size in enumerate(sizes)]
    chunks = list(pipeline.chunks(documents, chars=chars))
    assert [d for chunk in chunks for d in chunk] == documents
    assert all(chunk for chunk in chunks)
    assert all(sum(len(d.text) for d in chunk[:-1]) < chars for chunk in chunks)
    assert all(sum(len(d.text) for d in chunk) >= chars for chunk in chunks[1:-1])
    assert all(sum(len(d.text) for d in chunk[:-1]) <= chars // 10 for chunk in chunks[:1]), (
        "the first is short"
    )


@pytest.fixture(scope="module")
def annotator():
    return pipeline.Annotator()


@pytest.mark.models
def test_a_story_in_memory(annotator):
    story, annotation = annotator.annotate_text(STORY)
    check(annotation, story)
    assert annotation.producer == annotator.producer
    said = {
        (" ".join(s.of(story.text) for s in a.source), a.quote_type)
        for a in annotation.attributions
        if any("fill the boat" in s.of(story.text) for s in a.content)
    }
    assert said == {("she", "direct")}


@pytest.mark.models
def test_a_story_is_annotated_alike_alone_and_among_others(annotator):
    others = [
        document(f"Mayor Iris Vold said the bridge would open in {year}.", str(year))
        for year in range(2020, 2040)
    ]
    alone = next(annotator.annotate([document()]))
    among = list(annotator.annotate([*others, document()]))[-1]
    assert unscored(alone) == unscored(among)
    assert [a.score for a in alone.attributions] == pytest.approx(
        [a.score for a in among.attributions], abs=0.02
    )


def unscored(annotation: Annotation) -> Annotation:
    return replace(
        annotation,
        attributions=tuple(replace(a, score=None, no_source_score=None) for a in annotation.attributions),
        entities=tuple(
            replace(e, mentions=tuple(replace(m, score=None) for m in e.mentions))
            for e in annotation.entities
        ),
    )


@pytest.mark.models
def test_a_bad_story_among_good_ones(annotator, monkeypatch):
    honest = pipeline.attribute

    def breaks_on_one(story, analysis, **given):
        if story.id == "bad":
            raise KeyError("nobody")
        return honest(story, analysis, **given)

    monkeypatch.setattr(pipeline, "attribute", breaks_on_one)
    first, second, third = annotator.annotate([document(), document(name="bad"), document(name="last")])
    assert isinstance(second, BadDocument)
    assert (second.stage, second.where) == ("attribution", "bad")
    assert [a.attributions for a in (first, third)] != [(), ()]


@pytest.mark.models
def test_text_outside_of_the_paragraphs_that_are_read_yields_nothing(annotator):
    caption = "Minister Jan Oder says he will resign. Photo: Harbour News."
    text = f"{caption}\n\nThe harbour was quiet on Sunday."
    story = Document(
        "p", text, paragraphs=(Paragraph(0, len(caption), "caption"), Paragraph(len(caption) + 2, len(text)))
    )
    annotation = next(annotator.annotate([story]))
    assert not any(span.overlaps(Span(0, len(caption))) for a in annotation.attributions for span in a.spans)


@pytest.mark.models
def test_unknown_models_are_refused():
    with pytest.raises(BadArgument, match="homemade"):
        pipeline.Annotator(models="homemade")
