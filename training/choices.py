"""A log-linear choice among options that carry signs, learned by gradient (Berger and others 1996)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

STEPS, RATE, SEEN = 300, 0.1, 4


@dataclass(frozen=True, slots=True)
class Choice:
    """The signs of each option, and which options are right."""

    signs: list[Sequence[str]]
    right: list[bool]


def learned(given: Sequence[Choice], *, smooth: float) -> dict[str, float]:
    """The weights under which the right options are likeliest, all drawn towards nought by `smooth` for each choice."""
    seen = Counter(name for c in given for name in {n for row in c.signs for n in row})
    names = sorted(n for n, k in seen.items() if k >= SEEN)
    place = {n: k for k, n in enumerate(names)}
    # All options of all choices below one another: `rows` and `columns` say which option carries which sign.
    flat = [(row, of) for of, c in enumerate(given) for row in c.signs]
    pairs = [(k, place[n]) for k, (row, _) in enumerate(flat) for n in row if n in place]
    rows, columns = (np.array(x) for x in zip(*pairs, strict=True))
    choice = np.array([of for _, of in flat])
    right = np.array([r for c in given for r in c.right])
    w, mean, square = (np.zeros(len(names)) for _ in range(3))
    for step in range(1, STEPS + 1):
        values = np.bincount(rows, w[columns], len(flat))
        p = _shares(values, choice, np.ones_like(right))
        slope = np.bincount(columns, (p - _shares(values, choice, right))[rows], len(names))
        slope = slope / len(given) + smooth * w
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        w -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return {n: round(float(x), 2) for n, x in zip(names, w, strict=True)}


def _shares(values: np.ndarray, choice: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Each option's probability among those of its choice that are kept."""
    highest = np.full(choice.max() + 1, -np.inf)
    np.maximum.at(highest, choice, values)
    weight = np.where(kept, np.exp(values - highest[choice]), 0.0)
    return weight / np.maximum(np.bincount(choice, weight), 1e-300)[choice]


def hits(given: Sequence[Choice], weights: dict[str, float]) -> int:
    """Of how many choices the heaviest option is a right one."""
    out = 0
    for c in given:
        values = [sum(weights.get(n, 0.0) for n in row) for row in c.signs]
        out += c.right[values.index(max(values))]
    return out


def table(head: str, weights: dict[str, float]) -> str:
    """The file of learned weights: its head, and a line for each sign that weighs something."""
    return head + "".join(f"{n}\t{w:.2f}\n" for n, w in sorted(weights.items()) if w)
