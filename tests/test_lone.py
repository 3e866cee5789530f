"""Quotations without a cue: who stands behind a headline's colon, and what stands apart from every report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import document, learned, parsed

from annotator.attribution import attribute
from annotator.turns import find_turns


def reports(analysis, *marked):
    """Source, cue and first content of what is found, by their words."""
    text = analysis.text
    found = attribute(document(text), replace(analysis, learned=tuple(marked)))
    first = ([s[0].of(text) if s else None for s in (a.source, a.cue, a.content)] for a in found)
    return [tuple(spans) for spans in first]


_HELD = "‘|.|4|punct It|R|4|nsubj will|X|4|aux|will|MD hold|V|0|root|hold|VB now|B|4|advmod ’|.|4|punct :|.|4|punct "


@pytest.mark.parametrize(
    ("behind", "source"),
    [
        ("Ana|P|4|parataxis Ode|P|8|flat on|I|11|case her|R|11|nmod:poss dam|N|8|nmod", "Ana Ode"),
        ("clerk|N|4|parataxis home|B|8|advmod", "clerk"),
        ("clerk|N|10|nmod:poss 's|T|8|case lawyer|N|4|parataxis waits|V|10|dep", "clerk's lawyer"),
        ("the|D|9|det clerk|N|4|parataxis who|R|11|nsubj stayed|V|9|acl:relcl", "the clerk who stayed"),
        ("four|M|9|nummod dead|J|4|parataxis in|I|11|case Orv|P|9|obl", None),
        ("a|D|9|det year|N|4|parataxis on|I|12|case the|D|12|det dam|N|9|nmod", None),
        ("how|B|9|advmod clerks|N|10|nsubj live|V|4|parataxis", None),
    ],
)
def test_who_speaks_above_a_story_on_him_stands_behind_the_colon(behind, source):
    analysis = parsed(_HELD + behind, names={"Ana Ode": "person", "Orv": "place"})
    story = document(analysis.text, {0: "headline"})
    ((claim),) = find_turns(story, analysis, ())
    assert claim.content[0].of(analysis.text) == "‘It will hold now’"
    assert (claim.source.of(analysis.text) if claim.source else None) == source


_RANG = "A|D|2|det bell|N|3|nsubj rang|V|0|root|ring|VBD .|.|3|punct"
_DAWN = "“|.|5|punct Is|X|5|cop|be it|R|5|nsubj dawn|N|5|compound already|B|0|root ?|.|5|punct ”|.|5|punct"
_TITLE = "“|.|4|punct The|D|4|det Bells|P|4|compound Ring|P|0|root Out|P|4|flat .|.|4|punct ”|.|4|punct"


@pytest.mark.parametrize(("quoted", "found"), [(_DAWN, ["“Is it dawn already?”"]), (_TITLE, [])])
def test_what_stands_apart_is_said_by_somebody_though_nobody_is_spoken_of(quoted, found):
    made = reports(parsed(_RANG, quoted, _RANG))
    assert [content for _, _, content in made] == found


_SAT = (
    "“|.|2|punct Sit|V|0|root|sit|VB ,|.|2|punct ”|.|2|punct Ode|P|6|nsubj told|V|2|parataxis|tell|VBD her|R|6|obj "
    ".|.|2|punct"
)


@pytest.mark.parametrize(
    ("between", "who"),
    [
        (
            "The|D|3|det old|J|3|amod clerk|N|4|nsubj stood|V|0|root|stand|VBD up|B|4|advmod .|.|4|punct",
            "The old clerk",
        ),
        ("The|D|2|det headman|N|3|nsubj rose|V|0|root|rise|VBD up|B|3|advmod .|.|3|punct", "The headman"),
        (
            "The|D|2|det 40-year-old|N|3|nsubj rose|V|0|root|rise|VBD up|B|3|advmod .|.|3|punct",
            "The 40-year-old",
        ),
    ],
)
def test_a_sentence_that_ends_in_a_short_word_parts_quotations_too(between, who):
    whole = "“|.|3|punct Whose|R|3|nmod:poss chair|N|0|root ?|.|3|punct ”|.|3|punct"
    analysis = parsed(_SAT, between, whole, names={"Ode": "person"})
    marked = learned(analysis.text, ("“Sit,”", "“Whose chair?”"), "told", "Ode")
    assert reports(analysis, marked) == [("Ode", "told", "“Sit,”"), (who, None, "“Whose chair?”")]


@pytest.mark.parametrize(
    ("names", "after", "found"),
    [
        ({}, "", [("Orlo Capital", None, "“It fell.”")]),
        ({"Orlo": "place"}, "", []),
        ({}, "He|R|2|nsubj left|V|0|root|leave|VBD .|.|2|punct", []),
    ],
)
def test_a_name_that_the_model_missed_speaks_before_a_dash_in_a_line_of_its_own(names, after, found):
    line = (
        "Orlo|P|0|root Capital|P|1|flat –|.|6|punct “|.|6|punct It|R|6|nsubj fell|V|1|parataxis|fall|VBD .|.|6|punct "
        "”|.|6|punct"
    )
    made = reports(parsed(line, *[after] * bool(after), names=names))
    assert [m for m in made if m[0] == "Orlo Capital"] == found
