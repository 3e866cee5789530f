"""The measures of coreference, against the examples worked out in the papers that define or compare them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[1] / "training"


@pytest.fixture
def coreference(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    return import_module("coreference_scores").coreference


def clusters(*words: str) -> list[frozenset[str]]:
    return [frozenset(word) for word in words]


def test_the_example_of_the_reference_scorer(coreference):
    """Pradhan and others 2014: seven gold mentions, eight in the response, two of which the gold does not have."""
    made = coreference(clusters("abc", "defg"), clusters("ab", "cd", "fghi"))
    found = {
        name: tuple(round(x, 2) for x in (m.r, m.p, m.f))
        for name, m in (("muc", made.muc), ("b3", made.b_cubed), ("m", made.ceaf_m), ("e", made.ceaf_e))
    }
    assert found["muc"] == (0.40, 0.40, 0.40)
    assert found["b3"][:2] == (0.42, 0.50)
    assert found["m"] == (0.57, 0.50, 0.53)
    assert found["e"] == (0.65, 0.43, 0.52)
    assert made.conll == pytest.approx((0.40 + 0.4545 + 0.52) / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("response", "muc", "b3", "ceaf_m", "ceaf_e"),
    [
        (("12345", "6789ABC"), 0.947, 0.865, 0.833, 0.733),
        (("1234589ABC", "67"), 0.947, 0.737, 0.583, 0.667),
        (("123456789ABC",), 0.900, 0.545, 0.417, 0.294),
        (tuple("123456789ABC"), 0.0, 0.400, 0.250, 0.178),
    ],
)
def test_the_example_of_ceaf(coreference, response, muc, b3, ceaf_m, ceaf_e):
    """Luo 2005, table 1: one truth, four responses of which the better by intuition should score higher."""
    made = coreference(clusters("12345", "67", "89ABC"), clusters(*response))
    assert made.muc.f == pytest.approx(muc, abs=6e-4)
    assert made.b_cubed.f == pytest.approx(b3, abs=6e-4)
    assert made.ceaf_m.f == pytest.approx(ceaf_m, abs=6e-4)
    assert made.ceaf_e.f == pytest.approx(ceaf_e, abs=6e-4)


def test_texts_are_summed_and_not_averaged(coreference):
    """A text with one wrong pair weighs less than one with ten right pairs."""
    right = coreference(clusters("abcdefghijk"), clusters("abcdefghijk"))
    wrong = coreference(clusters("xy"), clusters("x", "y"))
    both = right + wrong
    assert (both.muc.r, both.muc.p) == (pytest.approx(10 / 11), 1.0)
    assert both.b_cubed.r == pytest.approx((11 + 1) / 13)


def test_nothing_predicted_scores_nothing(coreference):
    made = coreference(clusters("abc"), [])
    assert (made.muc.f, made.b_cubed.f, made.ceaf_e.f, made.conll) == (0, 0, 0, 0)
