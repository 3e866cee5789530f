"""Lemmas by endings and tags, from the shipped table."""

from __future__ import annotations

import pytest

from annotator.parser.lemmas import lemma, load_table
from annotator.parser.processors import LEMMAS

KNOWN = [
    ("said", "VBD", "say"),
    ("Said", "VBD", "say"),
    ("SAID", "VBD", "say"),
    ("told", "VBN", "tell"),
    ("denied", "VBD", "deny"),
    ("accusing", "VBG", "accuse"),
    ("was", "VBD", "be"),
    ("n’t", "RB", "not"),
    ("children", "NNS", "child"),
    ("ministries", "NNS", "ministry"),
    ("worse", "JJR", "bad"),
    ("Lowick", "NNP", "Lowick"),
    # Words that the treebank does not have, verbs of the lexica first.
    ("blamed", "VBD", "blame"),
    ("conceded", "VBN", "concede"),
    ("slammed", "VBD", "slam"),
    ("shouting", "VBG", "shout"),
    ("chairs", "VBZ", "chair"),
    ("stonewalled", "VBD", "stonewall"),
    ("gerrymandering", "VBG", "gerrymander"),
    ("subcommittees", "NNS", "subcommittee"),
    ("rubbishes", "VBZ", "rubbish"),
    ("laughs", "VBZ", "laugh"),
    # “Were” is one word, however often it occurs.
    ("swore", "VBD", "swear"),
    ("Whitlock-Sato", "NNP", "Whitlock-Sato"),
]


@pytest.mark.parametrize(("word", "tag", "expected"), KNOWN, ids=[f"{w}-{t}" for w, t, _ in KNOWN])
def test_lemmas(word, tag, expected):
    assert lemma(load_table(LEMMAS), word, tag) == expected


def test_the_longest_ending_decides_and_a_whole_word_before_it():
    table = {
        ("VBD", "ed"): (2, ""),
        ("VBD", "ied"): (3, "y"),
        ("VBD", "^died"): (1, ""),
        ("VBD", ""): (0, ""),
    }
    assert [lemma(table, w, "VBD") for w in ("Walked", "tried", "died", "cut")] == [
        "walk",
        "try",
        "die",
        "cut",
    ]


def test_a_lemma_is_never_empty_and_an_unknown_tag_changes_nothing():
    assert lemma({("X", ""): (9, "")}, "ed", "X") == "ed"
    assert lemma({}, "Walks", "ZZ") == "walks"
