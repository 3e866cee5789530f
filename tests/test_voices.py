"""Turns of a dialogue beside which nobody is named: who says them, on parses written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import document, parsed

from annotator.attribution import attribute
from annotator.dialogue import exchanged, is_dialogue, parted, unclaimed
from annotator.entities import resolve
from annotator.model import Attribution, Paragraph, Span, attribution_id
from annotator.quotes import find_quotes
from annotator.reported import Draft
from annotator.voices import weights

if TYPE_CHECKING:
    from annotator.analysis import Analysis

PEOPLE = {"Ode": "person", "Brandt": "person", "Lund": "person"}
ASKED = "“|.|2|punct Sold|V|5|ccomp ?|.|2|punct ”|.|2|punct asked|V|0|root Ode|P|5|nsubj .|.|5|punct"
SAID = "“|.|2|punct Sold|V|6|ccomp ,|.|2|punct ”|.|2|punct yesterday|N|6|obl said|V|0|root Brandt|P|6|nsubj .|.|6|punct"
WHOM = "“|.|3|punct To|I|3|case whom|R|0|root ?|.|3|punct ”|.|3|punct"
LATER = "“|.|3|punct To|I|3|case strangers|N|0|root .|.|3|punct ”|.|3|punct"


def quoted(analysis: Analysis, words: str, source: str = "") -> Attribution:
    """A quotation by its words with its marks, and the source right after it if there is one."""
    start = analysis.text.index(words)
    content = (Span(start, start + len(words)),)
    at = analysis.text.find(source, start + len(words)) if source else -1
    spans = {"source": (Span(at, at + len(source)),) if source else (), "cue": (), "content": content}
    return Attribution(attribution_id("", **spans), quote_type="direct", **spans)


def speakers(analysis: Analysis, *attributions: Attribution) -> list[list[str]]:
    made, entities = resolve(document(analysis.text), analysis, attributions)
    names = {e.id: e.name for e in entities}
    return [[names[i] for i in a.speaker_ids] for a in made]


def three_turns(analysis):
    """Ode asks, Brandt answers, and somebody asks again."""
    return [
        quoted(analysis, "“Sold?”", "Ode"),
        quoted(analysis, "“Sold,”", "Brandt"),
        quoted(analysis, "“To whom?”"),
    ]


def test_of_two_who_take_turns_the_other_one_goes_on():
    analysis = parsed(ASKED, "¶", SAID, "¶", WHOM, "¶", LATER, names=PEOPLE)
    turns = [
        *three_turns(analysis),
        quoted(analysis, "“To strangers.”"),
    ]
    assert speakers(analysis, *turns) == [["Ode"], ["Brandt"], ["Ode"], ["Brandt"]]


def test_who_acts_right_before_a_turn_in_its_paragraph_is_its_source():
    nodded = "Lund|P|2|nsubj nodded|V|0|root .|.|2|punct"
    analysis = parsed(ASKED, "¶", SAID, "¶", nodded, LATER, names=PEOPLE)
    made = attribute(document(analysis.text), analysis)
    (last,) = [a for a in made if "strangers" in a.content[-1].of(analysis.text)]
    assert [s.of(analysis.text) for s in last.source] == ["Lund"]


def test_who_is_called_by_name_does_not_say_it():
    called = "“|.|2|punct Come|V|0|root ,|.|4|punct Brandt|P|2|vocative .|.|2|punct ”|.|2|punct"
    analysis = parsed(SAID, "¶", ASKED, "¶", called, names=PEOPLE)
    turns = [
        quoted(analysis, "“Sold,”", "Brandt"),
        quoted(analysis, "“Sold?”", "Ode"),
        quoted(analysis, "“Come, Brandt.”"),
    ]
    assert speakers(analysis, *turns)[2] != ["Brandt"]


def test_where_nobody_is_spoken_of_nobody_speaks():
    analysis = parsed(WHOM)
    assert speakers(analysis, quoted(analysis, "“To whom?”")) == [[]]


def test_i_in_a_turn_is_whoever_says_it():
    mine = "“|.|2|punct I|R|3|nsubj sold|V|0|root it|R|3|obj .|.|3|punct ”|.|3|punct"
    analysis = parsed(ASKED, "¶", SAID, "¶", WHOM, "¶", mine, names=PEOPLE)
    turns = [
        *three_turns(analysis),
        quoted(analysis, "“I sold it.”"),
    ]
    _, entities = resolve(document(analysis.text), analysis, tuple(turns))
    brandt = next(e for e in entities if e.name == "Brandt")
    assert "I" in [m.span.of(analysis.text) for m in brandt.mentions]


def test_the_weights_are_there():
    assert weights()["last but one none none"] > 0 > weights()["not spoken of"]


def quotes_of(text: str):
    ends = [i for i in range(len(text)) if text.startswith("\n\n", i)] + [len(text)]
    starts = [0, *(e + 2 for e in ends[:-1])]
    return find_quotes(text, [Paragraph(s, e) for s, e in zip(starts, ends, strict=True)])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“Sold?”\n\n“Sold.”\n\n“To whom?” asked Ode.", True),
        ("“It was late,” said Ode.\n\n“Nobody told us,” said Brandt.\n\n“We waited.”", False),
        # One quotation over three paragraphs, its mark closed at the last only.
        ("“It was late.\n\n“Nobody told us.\n\n“We waited,” said Ode.", False),
    ],
)
def test_a_dialogue_is_known_by_its_turns(text, wanted):
    assert is_dialogue(text, quotes_of(text)) is wanted


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        (
            "“Who pays?” a reporter asked.\n\n“Nobody does, as far as I can see from here, and I have looked.”",
            [1],
        ),
        ("“It leaks,” said Ode.\n\n“We know.”\n\n“Mend it.”", [1, 2]),
        (
            "“It leaks,” said Ode.\n\n“It has leaked since the day on which it was opened by the mayor of Lund.”",
            [],
        ),
        ("“Who pays? We do,” said Ode.\n\n“It has always been so and it will be so when we are gone.”", []),
        ("“Who pays?” a reporter asked.\n\n“Nobody,” said Ode.", []),
        (
            "“Who pays?” a reporter asked.\n\nNobody knew.\n\n“It has always been so and it will be so for ever.”",
            [],
        ),
    ],
)
def test_a_turn_in_a_story_answers_a_question_or_is_brief(text, turns):
    quotes = quotes_of(text)
    assert exchanged(text, quotes) == [quotes[k] for k in turns]


def test_in_a_dialogue_no_report_reaches_the_next_paragraph():
    text = "“Sold?” asked Ode.\n\n“Sold.”"
    ode, asked = Span(14, 17), Span(8, 13)
    drafts = [
        Draft((Span(0, 7),), asked, ode, 0.9, 0.1, "learned"),
        Draft((Span(20, 27),), asked, ode, 0.9, 0.1, "learned"),
    ]
    kept, cut = parted(text, drafts, quotes_of(text))
    assert (kept.source, kept.cue) == (ode, asked)
    assert (cut.source, cut.cue) == (None, None)


def test_what_is_reported_inside_a_quotation_is_not_the_whole_of_it():
    text = "“The union says it lost,” he told them. “We know.”"
    inner = Draft((Span(16, 23),), Span(11, 15), Span(1, 10), 0.9, 0.1, "learned")
    quotes = quotes_of(text)
    assert unclaimed(text, [inner], quotes) == [(Span(0, 25),), (Span(40, 50),)]
    outer = Draft((Span(0, 25),), Span(29, 33), Span(26, 28), 0.9, 0.1, "learned")
    assert unclaimed(text, [inner, outer], quotes) == [(Span(40, 50),)]


def test_quotations_known_beforehand_are_all_reported():
    analysis = parsed(WHOM, "¶", "It|R|2|nsubj rained|V|0|root .|.|2|punct")
    text = analysis.text
    known = (Span(0, len("“To whom?”")),)
    made = attribute(document(text), analysis, quotations=known)
    assert [a.content for a in made] == [known]
    assert attribute(document(text), analysis) == ()


def test_a_turn_of_one_word_counts_where_it_has_its_paragraph():
    why = "“|.|2|punct Why|B|0|root ?|.|2|punct ”|.|2|punct"
    turns = parsed(ASKED, "¶", SAID, "¶", WHOM, "¶", LATER, "¶", why, names=PEOPLE)
    news = parsed(ASKED, "¶", "Lund|P|2|nsubj left|V|0|root .|.|2|punct", "¶", why, names=PEOPLE)
    assert "“Why?”" in [a.content[0].of(turns.text) for a in attribute(document(turns.text), turns)]
    assert "“Why?”" not in [a.content[0].of(news.text) for a in attribute(document(news.text), news)]
