"""Scores as chances of being right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.calibration import calibrated, knots, uncalibrated

SURE = st.floats(0, 1)


@given(SURE, SURE)
def test_the_surer_the_likelier(one, other):
    low, high = sorted((one, other))
    assert 0 <= calibrated(low) <= calibrated(high) <= 1


@given(SURE)
def test_the_curve_can_be_turned_round(score):
    # Four digits are kept, and where the curve is flat they tell less.
    assert calibrated(uncalibrated(calibrated(score))) == pytest.approx(calibrated(score), abs=2e-4)


def test_the_curve_rises_from_no_chance_to_certainty():
    scores, right = knots()
    assert list(scores) == sorted(set(scores))
    assert list(right) == sorted(set(right))
    assert (scores[0], scores[-1]) == (0, 1)
    assert 0 <= right[0] < right[-1] <= 1
