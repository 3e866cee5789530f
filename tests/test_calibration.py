"""Scores as chances of being right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.calibration import calibrated, traits, uncalibrated, weights
from annotator.model import Span

SPANS = (Span(0, 60),)
KIND = st.sampled_from(["direct", "mixed", "indirect"])
TRAITS = st.builds(
    lambda kind, attitude, cue, source, length: traits(
        kind, attitude=attitude, cue=SPANS[:cue], source=SPANS[:source], content=(Span(0, length),)
    ),
    KIND,
    st.sampled_from(["assertion", "belief", "fact", "eventuality"]),
    st.integers(0, 1),
    st.integers(0, 1),
    st.integers(1, 60),
)
SURE = st.floats(0, 0.99)


@given(SURE, SURE, TRAITS)
def test_the_surer_the_likelier(one, other, of):
    low, high = sorted((one, other))
    assert 0 <= calibrated(low, of) <= calibrated(high, of) <= 1


@given(SURE, TRAITS)
def test_the_curve_can_be_turned_round(score, of):
    # Four digits are kept; where the curve is flat they tell less.
    assert uncalibrated(calibrated(score, of), of) == pytest.approx(score, abs=0.01)


def test_every_trait_has_a_weight_or_is_the_common_case():
    every = {
        *traits("direct", attitude="assertion", cue=(), source=(), content=(Span(0, 9),)),
        *traits("mixed", attitude="belief", cue=SPANS, source=SPANS, content=SPANS),
        *traits("mixed", attitude="eventuality", cue=SPANS, source=SPANS, content=SPANS),
    }
    slopes = {f"sure {kind}" for kind in ("direct", "mixed", "indirect")}
    assert set(weights()) == every | slopes
    assert all(weights()[slope] > 0 for slope in slopes)


def test_a_report_without_cue_and_source_is_less_sure_than_a_quotation_with_both():
    assert calibrated(
        0.8, traits("indirect", attitude="assertion", cue=(), source=(), content=SPANS)
    ) < calibrated(0.8, traits("direct", attitude="assertion", cue=SPANS, source=SPANS, content=SPANS))
