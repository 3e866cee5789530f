"""What scores are worth: a logistic curve from the engine's own score to the chance of being right."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from annotator.calibration import surety, traits, uncalibrated, weights
from annotator.metrics import score

if TYPE_CHECKING:
    from annotator.model import Annotation

TABLE = Path(__file__).parents[1] / "annotator/data/calibration.tsv"
# Of "sure direct" the surety of direct quotations is weighed, of any other name its trait.
WEIGHED = tuple(weights())
SURE = "sure "


Seen = tuple[np.ndarray, np.ndarray]
Gold = list[tuple[str, "Annotation"]]


def seen(gold: Gold, found: list[Annotation]) -> Seen:
    """What the curve sees of each attribution, a row each, and whether it is right."""
    by_id, rows, right = {a.document_id: a for a in found}, [], []
    for pair in gold:
        made = by_id[pair[1].document_id]
        for a, (value, good) in zip(made.attributions, score([pair], [made]).confidence, strict=True):
            of = traits(a.quote_type, attitude=a.attitude, source=a.source, cue=a.cue, content=a.content)
            sure = surety(uncalibrated(value, of))
            rows.append(
                [(w.removeprefix(SURE) in of) * (sure if w.startswith(SURE) else 1.0) for w in WEIGHED]
            )
            right.append(good)
    return np.array(rows).reshape(-1, len(WEIGHED)), np.array(right, dtype=float)


def fit(of: Seen) -> np.ndarray:
    """Weights of a logistic regression with a little ridge, by Newton's method."""
    x, y = of
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = chances(x, w)
        slope = x.T @ (x * (p * (1 - p))[:, None]) + np.eye(len(w))
        w = w + np.linalg.solve(slope, x.T @ (y - p) - w)
    return w


def chances(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x @ w))


def error_across(stories: list[Seen], *, draws: int = 20) -> float:
    """The expected calibration error of a curve fitted on half of the stories and measured on the others.

    The worse way round of each drawn pair of halves, their mean: with a thousand attributions a half, a single draw's
    error lies anywhere within two hundredths of it.
    """
    order, chance, errors = list(range(len(stories))), random.Random(1), []
    for _ in range(draws):
        chance.shuffle(order)
        halves = [_together([stories[i] for i in order[k::2]]) for k in (0, 1)]
        errors.append(max(_error(*halves), _error(*reversed(halves))))
    return sum(errors) / draws


def _together(stories: list[Seen]) -> Seen:
    return np.concatenate([x for x, _ in stories]), np.concatenate([y for _, y in stories])


def _error(fitted: Seen, measured: Seen) -> float:
    x, y = measured
    pairs = zip(chances(x, fit(fitted)).tolist(), (y > 0).tolist(), strict=True)
    return replace(score([], []), confidence=tuple(pairs)).ece or 0.0


def write(of: Seen) -> None:
    """Ship the curve of all that was seen."""
    rows = [f"{what}\t{weight:.3f}" for what, weight in zip(WEIGHED, fit(of), strict=True)]
    TABLE.write_text("\n".join(["what\tweight", *rows, ""]), encoding="utf8")
