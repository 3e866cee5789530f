"""The best legal sequence of labels: outside, or the beginning or the inside of a span of one kind (Viterbi)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def best_path(scores: NDArray[np.float32], *, beginning: float = 0.0, outside: float = 0.0) -> list[int]:
    """The best legal sequence of labels for (words, 1 + 2 × kinds) log-probabilities.

    Column 0 is outside, then for each kind its beginning and its inside; `beginning` and `outside` are what it costs
    to begin a span and to leave a word out, in units of log-probability. An inside label goes on with its own kind
    only, so few sums a word tell all: the best of all paths that end there, and the best that end inside each kind.
    """
    best, inside = 0.0, [-1e9] * (scores.shape[1] // 2)
    begun: list[list[bool]] = []
    ends: list[int] = []
    weighed = (scores[:, 0] - outside, scores[:, 1::2] - beginning, scores[:, 2::2])
    out, starts, goes = (x.tolist() for x in weighed)
    for alone, new, more in zip(out, starts, goes, strict=True):
        fresh = [best + x for x in new]
        longer = [x + y for x, y in zip(inside, more, strict=True)]
        begun.append([x >= y for x, y in zip(fresh, longer, strict=True)])
        inside = list(map(max, fresh, longer))
        best = max(best + alone, *inside)
        ends.append(inside.index(best) if best in inside else -1)
    return _read_back(ends, begun)


def _read_back(ends: list[int], begun: list[list[bool]]) -> list[int]:
    path, kind = [0] * len(ends), -1
    for k in range(len(ends) - 1, -1, -1):
        # Behind a span's first word, and outside, the path came from wherever was best.
        if kind < 0 or begun[k + 1][kind]:
            kind = ends[k]
        if kind >= 0:
            path[k] = 2 * kind + (1 if begun[k][kind] else 2)
    return path
