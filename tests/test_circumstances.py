"""What stands behind a content and is the writer's: when a thing was refused, what a headline has beside it."""

from __future__ import annotations

import pytest
from handmade import learned, parsed

from annotator.borders import following, without_lone_marks
from annotator.circumstances import before_the_scene, without_circumstance, without_matter
from annotator.model import Paragraph, Span
from annotator.quotes import find_quotes

_REJECTED = (
    "Ode|P|2|nsubj rejected|V|0|root|reject|VBD the|D|4|det plan|N|2|obj {}|I|7|case an|D|7|det {}|N|2|obl "
    ".|.|2|punct"
)


@pytest.mark.parametrize(
    ("case", "noun", "kept"),
    [
        ("within", "hour", "the plan"),
        ("without", "answer", "the plan"),
        ("as", "joke", "the plan as an joke"),
    ],
)
def test_when_and_how_a_thing_was_refused_is_no_part_of_it(case, noun, kept):
    analysis = parsed(_REJECTED.format(case, noun))
    marked = learned(analysis.text, f"the plan {case} an {noun}", "rejected", "Ode")
    (piece,) = without_circumstance(analysis, marked.cue, marked.content)
    assert piece.of(analysis.text) == kept


def test_when_something_is_to_be_stays_with_it():
    analysis = parsed(
        "Ode|P|2|nsubj promised|V|0|root|promise|VBD a|D|4|det plan|N|2|obj within|I|7|case an|D|7|det hour|N|2|obl"
    )
    marked = learned(analysis.text, "a plan within an hour", "promised", "Ode")
    assert without_circumstance(analysis, marked.cue, marked.content) == marked.content


_DENIES = "Ode|P|2|nsubj denies|V|0|root|deny|VBZ theft|N|2|obj as|S|6|mark {}|N|6|nsubj gather|V|2|advcl"


@pytest.mark.parametrize(("stop", "kept"), [("", "theft"), (" .|.|2|punct", "theft as crowds gather")])
def test_a_headline_reports_nothing_of_what_goes_on_meanwhile(stop, kept):
    analysis = parsed(_DENIES.format("crowds") + stop)
    marked = learned(analysis.text, "theft as crowds gather", "denies", "Ode")
    (piece,) = before_the_scene(analysis, marked.cue, marked.content)
    assert piece.of(analysis.text) == kept


@pytest.mark.parametrize(
    ("verb", "lemma", "kept"),
    [("said", "say", ["“A farce,”"]), ("spoke", "speak", ["“A farce,”", "the vote"])],
)
def test_what_a_quotation_is_said_of_is_no_part_of_it(verb, lemma, kept):
    analysis = parsed(
        f"“|.|3|punct A|D|3|det farce|N|7|ccomp ,|.|3|punct ”|.|3|punct Ode|P|7|nsubj {verb}|V|0|root|{lemma}|VBD "
        "of|I|10|case the|D|10|det vote|N|7|obl .|.|7|punct"
    )
    marked = learned(analysis.text, ("“A farce,”", "the vote"), verb, "Ode")
    left = without_matter(analysis, marked.cue, marked.content)
    assert [piece.of(analysis.text) for piece in left] == kept


@pytest.mark.parametrize(("title", "kept"), [("Harbour|P Sunday|P", 1), ("our|R Sunday|P", 2)])
def test_a_programme_named_in_marks_is_not_said(title, kept):
    first, second = title.split()
    analysis = parsed(
        "“|.|2|punct Go|V|5|ccomp|go|VB ,|.|2|punct ”|.|2|punct said|V|0|root|say|VBD Ode|P|5|nsubj on|I|10|case "
        f"“|.|10|punct {first}|10|compound {second}|5|obl ”|.|10|punct .|.|5|punct"
    )
    words = " ".join(w.split("|")[0] for w in title.split())
    marked = learned(analysis.text, ("“Go,”", f"“{words}”"), "said", "Ode")
    assert len(without_matter(analysis, marked.cue, marked.content)) == kept


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("“Go,” Ode said. “Go Now.”", ["“Go Now.”"]),
        ("“Go,” Ode said on “Harbour Sunday.”", []),
        ("“Go,” Ode said on “Mind the Boat.”", []),
        ("“Go,” Ode said on “60 Knots.”", []),
        ("“Go,” Ode said to “all of them.”", ["“all of them.”"]),
    ],
)
def test_a_quotation_goes_on_but_not_with_the_name_of_a_programme(text, more):
    quotes = find_quotes(text, (Paragraph(0, len(text)),))
    found = following(text, [Span(0, 5)], [Span(6, 9), Span(10, 14)], quotes)
    assert [piece.of(text) for piece in found] == more


@pytest.mark.parametrize(
    ("text", "start", "end", "left"),
    [
        ("‘I think he knew’, she said.", 9, 17, "he knew"),
        ("‘I think he knew’, she said.", 0, 17, "‘I think he knew’"),
        ("''I think he knew'', she said.", 10, 19, "he knew"),
        ("‘I think ‘he knew’ it’, she said.", 9, 18, "‘he knew’"),
        ("He blamed the drivers’ union.", 10, 22, "the drivers’"),
    ],
)
def test_a_report_inside_a_quotation_ends_before_its_mark(text, start, end, left):
    quotes = find_quotes(text, (Paragraph(0, len(text)),))
    (found,) = without_lone_marks(text, [Span(start, end)], quotes)
    assert found.of(text) == left


def test_the_second_part_of_a_quotation_keeps_its_mark():
    text = "‘It will fall, Ode said, and soon’."
    quotes = find_quotes(text, (Paragraph(0, len(text)),))
    content = [Span(0, 13), Span(25, 34)]
    assert [p.of(text) for p in without_lone_marks(text, content, quotes)] == ["‘It will fall", "and soon’"]
