"""Corpus texts as printed, and weights learned from choices."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[1] / "training"


@pytest.fixture
def printed(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    return import_module("litbank").printed


def line(text: str, quotes: list[str], mentions: list[str]) -> dict:
    def spans(words: list[str]) -> list[dict]:
        return [{"start": text.index(w), "end": text.index(w) + len(w)} for w in words]

    return {"text": text, "quotes": spans(quotes), "mentions": spans(mentions)}


def words_of(made: dict, key: str) -> list[str]:
    return [made["text"][x["start"] : x["end"]] for x in made[key]]


def test_marks_and_contractions_are_set_close(printed):
    made = printed(line('" It \'s late , " said Ode .', ['" It \'s late , "'], ["Ode"]))
    assert made["text"] == "“It's late,” said Ode."
    assert words_of(made, "quotes") == ["“It's late,”"]
    assert words_of(made, "mentions") == ["Ode"]


def test_a_paragraph_begins_only_between_two_quotations(printed):
    text = '" Sold ? "\n" Sold . "\nOde left .\n" To whom ? "'
    made = printed(line(text, ['" Sold ? "', '" Sold . "', '" To whom ? "'], ["Ode"]))
    assert made["text"] == "“Sold?”\n\n“Sold.” Ode left. “To whom?”"
    assert words_of(made, "quotes") == ["“Sold?”", "“Sold.”", "“To whom?”"]
    assert words_of(made, "mentions") == ["Ode"]


def test_a_sign_of_the_right_ones_gets_weight(monkeypatch):
    pytest.importorskip("numpy")
    monkeypatch.syspath_prepend(str(TRAINING))
    choices = import_module("choices")
    given = [choices.Choice([["near", "old"], ["far", "old"]], [True, False])] * 8
    given += [choices.Choice([["far", "old"], ["near", "old"]], [False, True])] * 8
    weights = choices.learned(given, smooth=0.001)
    assert weights["near"] > 1 > -1 > weights["far"]
    assert abs(weights["old"]) < 0.01
    assert choices.hits(given, weights) == 16
    assert choices.hits(given, {"far": 1.0}) == 0
