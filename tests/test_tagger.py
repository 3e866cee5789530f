"""From labels and scores to spans and links."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from annotator.encoder import HIDDEN
from annotator.sequences import best_path
from annotator.tagger import (
    BEGINNING,
    LABELS,
    OUTSIDE,
    AttributionHeads,
    _assigned,
    _distances,
    pieces_of,
    tag,
)

NUMBER = {label: i for i, label in enumerate(LABELS)}


def scores_for(labels: str, sure: float = 0.9) -> np.ndarray:
    rows = []
    for label in labels.split():
        row = np.full(len(LABELS), (1 - sure) / (len(LABELS) - 1), dtype=np.float32)
        row[NUMBER[label]] = sure
        rows.append(np.log(row))
    return np.array(rows)


def weighed(scores: np.ndarray) -> list[int]:
    return best_path(scores, beginning=BEGINNING, outside=OUTSIDE)


def test_a_label_that_wavers_for_a_word_does_not_break_a_span():
    scores = scores_for("B-content I-content I-content I-content", sure=0.9)
    scores[2] = np.log(np.full(len(LABELS), 0.02))
    scores[2, NUMBER["O"]], scores[2, NUMBER["I-content"]] = np.log(0.5), np.log(0.38)
    assert [(p.first, p.last) for p in pieces_of(weighed(scores), scores)] == [(0, 4)]


def test_a_span_that_the_labels_are_sure_of_begins_whatever_it_costs():
    scores = scores_for("O B-cue O B-source O B-content O", sure=0.98)
    assert [p.role for p in pieces_of(weighed(scores), scores)] == ["cue", "source", "content"]
    assert 0 < BEGINNING < 3


def test_runs_of_labels_are_pieces_with_the_mean_of_their_probabilities():
    scores = scores_for("B-source I-source O B-cue B-content I-content")
    found = pieces_of(weighed(scores), scores)
    assert [(p.role, p.first, p.last) for p in found] == [("source", 0, 2), ("cue", 3, 4), ("content", 4, 6)]
    assert found[0].score == pytest.approx(0.9, abs=1e-4)


@pytest.mark.parametrize(
    ("chances", "chosen"),
    [
        ([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], [1, 2]),
        # Two contents choose the first cue; the second cue takes the one that likes it better.
        ([[0.0, 0.9, 0.1], [0.0, 0.6, 0.4]], [1, 2]),
        # It never takes away the only content of another cue.
        ([[0.0, 0.6, 0.4]], [1]),
        # A content that chose none is free, but a chance of nearly nothing is no reason.
        ([[0.6, 0.4]], [1]),
        ([[0.99, 0.01]], [0]),
    ],
)
def test_a_candidate_that_nobody_chose_takes_a_child_over(chances, chosen):
    assert _assigned(np.array(chances, dtype=np.float32)) == chosen


RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), min_size=1, max_size=8)


@given(RANGES, RANGES)
def test_distances_count_words_and_candidates_to_the_farther_one(children, candidates):
    children, candidates = ([(a, a + n) for a, n in ranges] for ranges in (children, candidates))
    words, ranks = _distances(children, candidates)
    for k, (first, last) in enumerate(children):
        for j, (begin, end) in enumerate(candidates):
            away = begin - last + 1 if begin >= last else end - first - 1
            low, high = sorted((first, begin))
            between = sum(low < c < high for c, _ in candidates)
            assert words[k, j] == away
            assert ranks[k, j] == (1 + between if begin >= first else -1 - between)


def plain_heads() -> AttributionHeads:
    """Heads that read a word's label and its inner label off two parts of its vector."""
    heads = AttributionHeads().eval().requires_grad_(requires_grad=False)
    for at, layer in ((0, heads.labels), (20, heads.inner)):
        layer.weight.zero_()
        layer.bias.zero_()
        for k in range(layer.out_features):
            layer.weight[k, at + k] = 9.0
    return heads


def vectors(outer: str, inner: str) -> torch.Tensor:
    rows = torch.zeros(len(outer.split()), HIDDEN)
    for k, (one, other) in enumerate(zip(outer.split(), inner.split(), strict=True)):
        rows[k, NUMBER[one]] = rows[k, 20 + NUMBER[other]] = 1.0
    return rows


@torch.inference_mode()
def test_a_report_inside_another_is_read_off_labels_of_its_own():
    # Ode said Brandt feared floods
    outer = "B-source B-cue B-content I-content I-content"
    found = tag(
        plain_heads(), vectors(outer, "O O B-source B-cue B-content"), [range(5)], [True, *[False] * 4]
    )
    assert [(t.inner, [(p.first, p.last) for p in t.content]) for t in found] == [
        (False, [(2, 5)]),
        (True, [(4, 5)]),
    ]
    alone = tag(plain_heads(), vectors(outer, "O O O O O"), [range(5)], [True, *[False] * 4])
    assert [t.inner for t in alone] == [False]
