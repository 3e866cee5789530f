"""Which act a report is, where the entry of its cue and the learned model may say different things."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handmade import parsed

from annotator.acts import ENTRY, weighed
from annotator.model import ACTS, Span


@pytest.fixture
def story():
    return parsed("Ode|P|2|nsubj said|V|0|root|say|VBD Brandt|P|4|nsubj lied|V|2|ccomp|lie|VBD .|.|2|punct")


def seen(act: str, by: float) -> np.ndarray:
    """Log-probabilities of the acts, one of them by so much likelier than a statement."""
    scores = np.full((5, len(ACTS)), -9.0, dtype=np.float32)
    scores[:, ACTS.index("statement")] = -by
    scores[:, ACTS.index(act)] = 0.0
    return scores


@pytest.mark.parametrize(("by", "act"), [(ENTRY + 0.5, "accusation"), (ENTRY - 0.5, "statement")])
def test_the_model_overrules_the_entry_of_a_cue_where_it_is_sure(story, by, act):
    told = replace(story, acts=seen("accusation", by))
    assert weighed(told, "statement", Span(4, 8), (Span(9, 20),)) == act


def test_a_report_without_a_cue_goes_by_its_content(story):
    scores = seen("warning", 0.0)
    scores[2:4] = seen("denial", 9.0)[2:4]
    assert weighed(replace(story, acts=scores), "statement", None, (Span(9, 20),)) == "denial"


def test_where_no_model_has_looked_the_entry_stands(story):
    assert weighed(story, "promise", Span(4, 8), (Span(9, 20),)) == "promise"
    nothing = replace(story, acts=seen("denial", 9.0))
    assert weighed(nothing, "promise", Span(8, 9), (Span(9, 20),)) == "promise"
