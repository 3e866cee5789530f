"""What the small network hears of a story in other words, and the stories that nobody marked."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path

import pytest
import torch

from annotator.encoder import Words, quotation_flags
from annotator.parser.heads import NAMES

TRAINING = Path(__file__).parents[1] / "training"
B_PER, I_PER = NAMES.index("B-PER"), NAMES.index("I-PER")
SPELLED = [
    "[PAD]",
    "the",
    "mayor",
    "dean",
    "boss",
    "mayors",
    "walked",
    "strolled",
    "walking",
    "of",
    "##s",
    "12",
]
KINDS = {
    "mayor": "NN",
    "dean": "NN",
    "boss": "NN",
    "mayors": "NNS",
    "walked": "VBD",
    "strolled": "VBD",
    "of": "IN",
}


def pieces(words):
    return [[len(word)] for word in words]


@pytest.fixture
def varied(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    return import_module("varied")


@pytest.fixture
def item(varied):
    words = ["“", "Ada", "Ode", "walked", "the", "dog", "”", ",", "Ode", "said"]
    flags = quotation_flags(Words(words, [True] + [False] * 9, [True] + [False] * 9))
    inputs = varied.inputs_of(pieces, words, flags)
    names = [0, B_PER, I_PER, 0, 0, 0, 0, 0, B_PER, 0]
    windows = import_module("windows")
    return windows.Item(inputs, words, names, [], list(range(10)), [], [(0, "cue", 9, 10)], [], [], {})


def near(varied):
    # Rows of a table of words: like ones point the same way.
    ways = {"mayor": 0, "dean": 0, "boss": 0, "mayors": 0, "walked": 1, "strolled": 1, "walking": 1}
    table = torch.eye(4)[[ways.get(w, 3) for w in SPELLED]] + 0.01 * torch.arange(len(SPELLED))[:, None]
    return varied.near_words(table, SPELLED, KINDS)


def test_near_words_are_of_one_kind(varied):
    found = near(varied)
    assert set(found["mayor"]) == {"dean", "boss"}
    assert found["walked"] == ["strolled"]
    assert not {"the", "of", "12", "##s", "mayors"} & set(found)


def test_another_wording_keeps_labels_names_and_marks(varied, item):
    others = varied.Others(
        {"walked": ["strolled"], "dog": ["cat"], "said": ["told"]},
        {"B-PER": ["Piet", "Mara"], "I-PER": ["Brandt"]},
        pieces,
    )
    seen = set()
    for seed in range(60):
        random.seed(seed)
        new = varied.varied(item, others)
        assert (new.labels, new.names, new.pieces) == (item.labels, item.names, item.pieces)
        assert [len(p) for p in (new.inputs.pieces, new.inputs.quoted)] == [12, 12]
        assert new.inputs.quoted == item.inputs.quoted
        assert [w for w, k in zip(new.words, item.words, strict=True) if k in "“”,the"] == [
            "“",
            "the",
            "”",
            ",",
        ]
        # Whoever is called Ode at first is called the same at the end, unless as another part of a name.
        assert new.words[1] in {"Ada", "Piet", "Mara"}
        assert new.words[2] in {"Ode", "Brandt"}
        seen.update(new.words)
    assert {"strolled", "cat", "told", "walked", "Ode", "Brandt"} <= seen


def test_the_names_that_stand_in_for_others_are_the_corpus_own(varied, item):
    assert varied.name_words([item]) == {"B-PER": ["Ada", "Ode"], "I-PER": ["Ode"]}


def test_a_file_holds_one_text_or_many(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(TRAINING))
    corpus = import_module("corpus")
    (tmp_path / "one.txt").write_text("=== not a heading ===\nOde left.\n", encoding="utf8")
    (tmp_path / "two.txt").write_text("=== a/001\nOde left.\n\n=== a/002\nBrandt stayed.\n", encoding="utf8")
    found = {t.key: list(t.words.words) for t in corpus.plain_texts(tmp_path)}
    assert found.keys() == {"text/one", "text/a/001", "text/a/002"}
    assert found["text/a/002"] == ["Brandt", "stayed", "."]
    assert all(not t.pieces and not any(t.labels) for t in corpus.plain_texts(tmp_path))
