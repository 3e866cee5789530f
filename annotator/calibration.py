"""What a score is worth: how often people agree with an attribution of which the engine is that sure.

The engine multiplies probabilities of spans and links, and its rules bring their own; neither is the chance that the
whole attribution is right. `data/calibration.tsv` maps the one to the other, rising and piecewise linear, fitted by
`training/calibrate.py` on PolNeAR's dev file (isotonic regression: Zadrozny and Elkan 2002).
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

import numpy as np

Knots = tuple[tuple[float, ...], tuple[float, ...]]


@lru_cache(maxsize=1)
def knots() -> Knots:
    """The engine's scores, rising, and the share of attributions that is right at each."""
    with (resources.files("annotator") / "data/calibration.tsv").open(encoding="utf8") as lines:
        rows = [(float(r["score"]), float(r["right"])) for r in csv.DictReader(lines, delimiter="\t")]
    return tuple(x for x, _ in rows), tuple(y for _, y in rows)


def calibrated(score: float) -> float:
    """The engine's own score as a probability of being right, from 0 to 1; the surer, the higher."""
    return round(float(np.interp(score, *knots())), 4)


def uncalibrated(score: float) -> float:
    """The engine's own score again, so that a new fit can start from shipped annotations."""
    scores, right = knots()
    return float(np.interp(score, right, scores))
