"""What a score is worth: how often people agree with an attribution of which the engine is that sure.

The engine multiplies probabilities of spans and links, and its rules bring their own; neither is the chance that the
whole attribution is right. A logistic curve turns the one into the other (Platt 1999), one for each type of quote,
since marks leave less to doubt, and moved where cue or source is missing, little is said or nothing asserted. Its
weights are data (`data/calibration.tsv`), fitted by `training/evaluate.py --calibrate` on PolNeAR's dev file.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources
from math import exp, log, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.model import Attitude, QuoteType, Span

# A score of one would be worth certainty whatever the weights say.
_SUREST = 0.999
# So many characters hold four words: a report of fewer is more often none.
_SHORT = 25


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """The curve's weights by what they weigh."""
    with (resources.files("annotator") / "data/calibration.tsv").open(encoding="utf8") as lines:
        return {r["what"]: float(r["weight"]) for r in csv.DictReader(lines, delimiter="\t")}


def traits(
    quote_type: QuoteType,
    *,
    attitude: Attitude,
    source: Sequence[Span],
    cue: Sequence[Span],
    content: Sequence[Span],
) -> tuple[str, ...]:
    """What moves the curve for one attribution, by the names of its weights.

    What is wanted or believed people mark less alike than what is said.
    """
    lacks = {"no cue": not cue, "no source": not source, "short": sum(map(len, content)) < _SHORT}
    held = (attitude,) if attitude in ("belief", "eventuality") else ()
    return ("always", quote_type, *held, *(name for name, holds in lacks.items() if holds))


def calibrated(score: float, of: tuple[str, ...]) -> float:
    """The engine's own score as a probability of being right, given the attribution's traits; the surer, the higher."""
    return round(1 / (1 + exp(-(_slope(of) * surety(score) + _moved(of)))), 4)


def surety(score: float) -> float:
    """How far a score is from doubt: nothing at 0, one more each time the doubt falls to a third of what it was."""
    return -log1p(-min(max(score, 0.0), _SUREST))


def uncalibrated(probability: float, of: tuple[str, ...]) -> float:
    """The engine's own score again, so that a new curve can be fitted to shipped annotations."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    sure = (log(p / (1 - p)) - _moved(of)) / _slope(of)
    return min(max(1 - exp(-sure), 0.0), _SUREST)


def _slope(of: tuple[str, ...]) -> float:
    return sum(weights().get(f"sure {trait}", 0.0) for trait in of)


def _moved(of: tuple[str, ...]) -> float:
    return sum(weights().get(trait, 0.0) for trait in of)
