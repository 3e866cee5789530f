"""Words as the encoder sees them: windows, case, quotation flags, pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.encoder import Words, distance_buckets, inside_quotes, quotation_flags, shape_of, windows


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("harbour", 1),
        ("Harbour", 2),
        ("A", 2),
        ("UNION", 3),
        ("McLeod", 4),
        ("2031", 5),
        ("—", 6),
        ("“", 7),
        ("''", 7),
    ],
)
def test_the_case_of_a_word_is_told(word, shape):
    assert shape_of(word) == shape


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("“ Stop , ” she said", "2 2 2 2 1 1"),
        ('" Stop " and " go "', "2 2 2 1 2 2 2"),
        ("`` Stop '' he said", "2 2 2 1 1"),
        ("no marks at all", "1 1 1 1"),
        ("“ never closed here", "2 2 2 2"),
    ],
)
def test_words_inside_marks_are_flagged(words, flags):
    assert inside_quotes(words.split()) == [int(f) for f in flags.split()]


def test_an_open_mark_ends_with_its_paragraph():
    text = Words(["“", "Stop", "He", "left"], [True, False, True, False], [True, False, True, False])
    assert quotation_flags(text) == [2, 2, 1, 1]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=120), st.integers(2, 30))
def test_windows_cover_every_word_once_and_stay_small(borders, size):
    text = Words(["w"] * len(borders), [p for p, _ in borders], [p or s for p, s in borders])
    cuts = windows(text, size=size)
    assert [i for cut in cuts for i in cut] == list(range(len(borders)))
    assert all(0 < len(cut) <= size for cut in cuts)


def test_a_window_ends_with_a_paragraph_rather_than_a_sentence():
    paragraphs, sentences = [False] * 20, [False] * 20
    paragraphs[8] = sentences[8] = sentences[9] = True
    assert windows(Words(["w"] * 20, paragraphs, sentences), size=10)[0] == range(8)
    assert windows(Words(["w"] * 20, [False] * 20, sentences), size=10)[0] == range(9)


@given(st.integers(-5000, 5000))
def test_distances_fall_into_seventeen_buckets_by_sign(distance):
    bucket, mirrored = distance_buckets(np.array([distance, -distance]))
    assert 0 <= bucket <= 16
    assert (bucket > 8) == (distance > 0)
    assert bucket - 8 == -(mirrored - 8)
    assert abs(bucket - 8) == min(8, abs(int(distance)).bit_length())
