"""What looks forgotten or breaks the guidelines, and what only seems so."""

from __future__ import annotations

import pytest

from annotator.lint import lint
from annotator.model import Annotation, Attribution, Document, Producer, Span, attribution_id


def annotated(text: str, *reports: dict) -> tuple[Document, Annotation]:
    """An annotation made of words of `text`; a role may be one string or several."""
    document, made = Document("d", text), []
    for report in reports:
        spans = {
            role: tuple(
                Span(text.index(w), text.index(w) + len(w))
                for w in ([words] if isinstance(words, str) else words)
            )
            for role, words in report.items()
            if role in {"source", "cue", "content"}
        }
        spans = {"source": (), "cue": (), **spans}
        rest = {key: value for key, value in report.items() if key not in spans}
        made.append(Attribution(attribution_id(document.text_sha256, **spans), **spans, **rest))
    return document, Annotation("d", document.text_sha256, "human", Producer("person", "p"), tuple(made))


def rules(text: str, *reports: dict) -> list[tuple[str, str]]:
    return [(f.rule, f.span.of(text)) for f in lint(*annotated(text, *reports))]


@pytest.mark.parametrize(
    ("text", "cue", "content"),
    [
        ("Tove Brask has said that the dam holds.", "has said", "that the dam holds"),
        ("Brandt told reporters that the count was wrong.", "told", "that the count was wrong"),
        ("The pier may close, according to Lund Freight.", "according to", "The pier may close"),
        ("The dam holds. Nobody slept.", (), "The dam holds"),
    ],
)
def test_an_active_cue_asks_who(text: str, cue: str, content: str) -> None:
    assert rules(text, {"cue": cue, "content": content}) == [("content_without_source", content)]


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("The firm was widely expected to fail.", {"cue": "was widely expected", "content": "to fail"}),
        ("The clerk is being accused of theft.", {"cue": "is being accused", "content": "of theft"}),
        ("The mayor has been told to leave.", {"cue": "has been told", "content": "to leave"}),
        ("The safe was reportedly empty.", {"cue": "reportedly", "content": "The safe was", "act": "evidential"}),
        ("Allegedly the safe was empty.", {"cue": "Allegedly", "content": "the safe was empty"}),
        ("Accusations that the safe was empty spread.", {"cue": "Accusations", "content": "that the safe was empty"}),
        ("The claim that the dam leaks is old.", {"cue": "claim", "content": "that the dam leaks"}),
        ("Asked whether it leaks, Ode left.", {"cue": "Asked", "content": "whether it leaks", "act": "question"}),
        ("He spoke. “It leaks.”", {"content": "“It leaks.”", "quote_type": "direct", "speaker_ids": ("e",)}),
    ],
)  # fmt: skip
def test_where_nobody_need_be_named(text: str, report: dict) -> None:
    assert rules(text, report) == []


@pytest.mark.parametrize(
    ("text", "report", "found"),
    [
        ("Brandt: no deal before noon", {"source": "Brandt", "content": "no deal before noon"}, []),
        ("No deal before noon — Brandt", {"source": "Brandt", "content": "No deal before noon"}, []),
        ("Brandt “No deal.”", {"source": "Brandt", "content": "“No deal.”", "quote_type": "direct"}, []),
        ("Brandt the dam leaks", {"source": "Brandt", "content": "the dam leaks"}, ["the dam leaks"]),
    ],
)
def test_an_indirect_report_needs_a_cue_or_a_colon(text: str, report: dict, found: list[str]) -> None:
    told = rules(text, report | {"speaker_ids": ("e",)})
    assert told == [("content_without_cue", words) for words in found]


def test_two_sources_two_cues_and_nobody() -> None:
    text = "Brandt and later Ode said and wrote that the dam leaks."
    report = {"source": ["Brandt", "Ode"], "cue": ["said", "wrote"], "content": "that the dam leaks"}
    assert rules(text, report) == [
        ("empty_speaker", "Brandt"),
        ("two_sources", "Ode"),
        ("two_cues", "wrote"),
    ]


NESTED = "Brandt said Ode had promised a raise soon."


@pytest.mark.parametrize(
    ("inner", "outer", "found"),
    [
        ("a raise", "Ode had promised a raise", []),
        ("a raise soon", "Ode had promised a raise", ["a raise"]),
    ],
)
def test_contents_may_stand_in_each_other_but_not_cross(inner: str, outer: str, found: list[str]) -> None:
    told = rules(
        NESTED,
        {"source": "Brandt", "cue": "said", "content": outer, "speaker_ids": ("e",)},
        {"source": "Ode", "cue": "had promised", "content": inner, "speaker_ids": ("f",)},
    )
    assert told == [("crossing", words) for words in found]


def test_a_source_in_its_own_content() -> None:
    report = {"source": "Ode", "cue": "said", "content": "Ode had promised a raise", "speaker_ids": ("e",)}
    assert rules(NESTED, report) == [("crossing", "Ode")]


def test_a_line_says_what_and_where_and_is_one_line() -> None:
    text = "Brandt said the dam\n\nleaks " + "very " * 20 + "much"
    content = text[text.index("the dam") :]
    (found,) = lint(*annotated(text, {"cue": "said", "content": content, "speaker_ids": ()}))
    assert found.told.startswith("Content “the dam leaks very")
    assert "\n" not in found.told
    assert len(found.told) < 80
