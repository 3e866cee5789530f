"""The best legal sequence of labels, held against every sequence there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.parser.heads import NAMES, names_path
from annotator.sequences import best_path

ROWS = st.lists(st.floats(-9, 0), min_size=7, max_size=7)
COSTS = st.floats(0, 2)


def cost(before: int, label: int, beginning: float, outside: float) -> float:
    if not label:
        return outside
    if label % 2:
        return beginning
    return 0.0 if before in (label - 1, label) else 1e4


@given(st.lists(ROWS, max_size=25), COSTS, COSTS)
def test_no_path_goes_from_outside_to_the_inside_of_a_span(rows, beginning, outside):
    path = best_path(np.array(rows, dtype=np.float32).reshape(-1, 7), beginning=beginning, outside=outside)
    assert len(path) == len(rows)
    for before, after in zip([0, *path], path, strict=False):
        assert cost(before, after, beginning, outside) < 100


@given(st.lists(ROWS, min_size=1, max_size=4), COSTS, COSTS)
def test_the_best_path_costs_no_more_than_any_other(rows, beginning, outside):
    scores = np.array(rows, dtype=np.float32)

    def worth(path: tuple[int, ...]) -> float:
        steps = sum(cost(a, b, beginning, outside) for a, b in zip((0, *path), path, strict=False))
        return float(-steps + sum(scores[i, label] for i, label in enumerate(path)))

    best = max(map(worth, itertools.product(range(7), repeat=len(rows))))
    assert worth(tuple(best_path(scores, beginning=beginning, outside=outside))) == pytest.approx(
        best, abs=1e-3
    )


def named(*words: dict[str, float]) -> list[str]:
    """The labels for words given by the chances of some labels; the rest is shared among the others."""
    rows = [[word.get(n, (1 - sum(word.values())) / (7 - len(word))) for n in NAMES] for word in words]
    return [NAMES[k] for k in names_path(np.log(np.array(rows, dtype=np.float32)))]


def test_a_name_is_of_one_kind_though_its_words_by_themselves_would_be_of_two():
    place, body = {"B-LOC": 0.5, "B-ORG": 0.4}, {"I-ORG": 0.9, "I-LOC": 0.05}
    assert named({"O": 0.999}, place, body, {"O": 0.999}) == ["O", "B-ORG", "I-ORG", "O"]


def test_a_word_that_goes_on_with_nothing_begins_or_is_no_name():
    lone = {"I-PER": 0.5, "B-PER": 0.1, "O": 0.3}
    assert named({"O": 0.999}, lone, {"O": 0.999}) == ["O", "O", "O"]
    assert named({"O": 0.999}, {"I-PER": 0.5, "B-PER": 0.4}, {"O": 0.999}) == ["O", "B-PER", "O"]


def test_two_runs_of_names_do_not_touch_across_the_words_between_that_nobody_doubts():
    sure = {"O": 0.999}
    assert named({"B-PER": 0.9}, sure, {"I-PER": 0.6, "B-PER": 0.3}) == ["B-PER", "O", "B-PER"]


def test_no_words_have_no_labels():
    assert names_path(np.zeros((0, 7), dtype=np.float32)) == []
