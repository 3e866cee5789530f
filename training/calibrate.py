"""What scores are worth: a rising curve from the engine's own score to the share that is right."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from annotator.calibration import uncalibrated

if TYPE_CHECKING:
    from annotator.metrics import Scores

TABLE = Path(__file__).parents[1] / "annotator/data/calibration.tsv"
# Fewer attributions than this say little about a share.
LEAST = 60

Pair = tuple[float, bool]


def fit(found: list[Pair]) -> list[tuple[float, float]]:
    """Knots of a rising curve: groups of like score, joined where the surer one is less often right."""
    ordered = sorted(found)
    groups = [ordered[i:j] for i, j in pairwise([*range(0, len(ordered) - LEAST, LEAST), len(ordered)])]
    out: list[tuple[float, float, int]] = []
    for group in groups:
        x, y = (float(v) for v in np.mean([(s, float(right)) for s, right in group], axis=0))
        out.append((x, y, len(group)))
        while len(out) > 1 and out[-2][1] >= out[-1][1]:
            (a, b, n), (c, d, m) = out[-2:]
            out[-2:] = [((a * n + c * m) / (n + m), (b * n + d * m) / (n + m), n + m)]
    # The ends stand a little apart from their neighbours: a curve that nowhere stands still can be turned round.
    middle = [(x, y) for x, y, _ in out]
    return [(0.0, middle[0][1] * 0.5), *middle, (1.0, middle[-1][1] + 0.5 * (1 - middle[-1][1]))]


def error_across(halves: list[Scores]) -> float:
    """The expected calibration error of a curve fitted on one half and measured on the other, the worse way round."""
    errors = []
    for k in (0, 1):
        xs, ys = zip(*fit(raw(halves[k])), strict=True)
        seen = tuple((float(np.interp(s, xs, ys)), right) for s, right in raw(halves[1 - k]))
        errors.append(replace(halves[1 - k], confidence=seen).ece or 0.0)
    return max(errors)


def raw(found: Scores) -> list[Pair]:
    """Scores as the engine gave them, before the shipped curve."""
    return [(uncalibrated(s), right) for s, right in found.confidence]


def write(found: Scores) -> None:
    """Ship the curve of all that was found."""
    rows = [f"{x:.4f}\t{y:.4f}" for x, y in fit(raw(found))]
    TABLE.write_text("\n".join(["score\tright", *rows, ""]), encoding="utf8")
