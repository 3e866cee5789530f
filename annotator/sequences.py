"""The best legal sequence of labels: outside, or the beginning or the inside of a span of one kind (Viterbi)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def best_path(scores: NDArray[np.float32], *, beginning: float = 0.0, outside: float = 0.0) -> list[int]:
    """The best legal sequence of labels for (words, 7) log-probabilities.

    Column 0 is outside, then for each of three kinds its beginning and its inside; `beginning` and `outside` are what
    it costs to begin a span and to leave a word out, in units of log-probability. An inside label goes on with its own
    kind only, so few sums a word tell all: the best of all paths that end there, and the best that end inside each
    kind. The kinds are written out: lists of three take five times as long.
    """
    best, a, b, c = 0.0, -1e9, -1e9, -1e9
    begun: list[tuple[bool, bool, bool]] = []
    ends: list[int] = []
    weighed = (scores[:, 0] - outside, scores[:, 1::2] - beginning, scores[:, 2::2])
    out, starts, goes = (x.tolist() for x in weighed)
    for alone, (new_a, new_b, new_c), (more_a, more_b, more_c) in zip(out, starts, goes, strict=True):
        fresh = best + new_a, best + new_b, best + new_c
        longer = a + more_a, b + more_b, c + more_c
        begins = fresh[0] >= longer[0], fresh[1] >= longer[1], fresh[2] >= longer[2]
        begun.append(begins)
        a = fresh[0] if begins[0] else longer[0]
        b = fresh[1] if begins[1] else longer[1]
        c = fresh[2] if begins[2] else longer[2]
        best += alone
        end = -1
        if a >= best:
            best, end = a, 0
        if b > best:
            best, end = b, 1
        if c > best:
            best, end = c, 2
        ends.append(end)
    return _read_back(ends, begun)


def _read_back(ends: list[int], begun: list[tuple[bool, bool, bool]]) -> list[int]:
    path, kind = [0] * len(ends), -1
    for k in range(len(ends) - 1, -1, -1):
        # Behind a span's first word, and outside, the path came from wherever was best.
        if kind < 0 or begun[k + 1][kind]:
            kind = ends[k]
        if kind >= 0:
            path[k] = 2 * kind + (1 if begun[k][kind] else 2)
    return path
