"""What stands behind a content and is the writer's: when a thing was refused, what a headline has beside it."""

from __future__ import annotations

import pytest
from handmade import learned, parsed

from annotator.circumstances import before_the_scene, without_circumstance

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
