"""What a training reads of our own gold stories."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from annotator.tagger import LABELS

TRAINING = Path(__file__).parents[1] / "training"
TEXT = "Ode warned that Brandt had denied a leak of the old oil tank.\n"


@pytest.fixture
def corpus(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    return import_module("corpus")


def spans(words: str) -> list[list[int]]:
    return [[TEXT.index(words), TEXT.index(words) + len(words)]]


def marked(key: str, source: str, cue: str, content: str, parent: str | None) -> dict:
    pieces = {"source": spans(source), "cue": spans(cue), "content": spans(content)}
    return pieces | {"id": key, "parent": parent}


@pytest.fixture
def folder(tmp_path):
    whole = "that Brandt had denied a leak of the old oil tank"
    gold = {
        "document_id": "tank",
        "attributions": [
            marked("b", "Brandt", "had denied", "a leak of the old oil tank", "a"),
            marked("a", "Ode", "warned", whole, None),
        ],
        "entities": [
            {"kind": "person", "mentions": [{"start": 16, "end": 22, "form": "name"}]},
            {"kind": "document", "mentions": [{"start": 0, "end": 3, "form": "name"}]},
        ],
    }
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories/tank.txt").write_text(TEXT, encoding="utf8")
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf8")
    return tmp_path


def test_reports_inside_reports_have_labels_of_their_own(corpus, folder):
    ((text, names),) = corpus.practice_texts(folder)
    outer, inner = ([LABELS[k] for k in row] for row in (text.labels, text.inner))
    assert outer[:4] == ["B-source", "B-cue", "B-content", "I-content"]
    assert set(outer[4:-1]) == {"I-content"}
    assert inner[:7] == ["O", "O", "O", "B-source", "B-cue", "I-cue", "B-content"]
    assert (outer[-1], inner[-1]) == ("O", "O")
    assert len(text.words.words) == len(outer) == len(inner)
    assert names == [(3, 4, "PER")]
