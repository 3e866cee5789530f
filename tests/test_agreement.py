"""Agreement of people: figures that were worked out by hand, against other people's code, and intervals."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
import pytest

from annotator import agreement as module
from annotator.agreement import agreement, aligned, alpha_of, alphas
from annotator.errors import ModelMissing
from annotator.metrics import score
from annotator.model import ACTS, Annotation, Attribution, Producer, Span, sha256_of

WORDS = [f"word{i:02d}" for i in range(40)]
TEXT = " ".join(WORDS)


def report(start: int, end: int, act: str = "statement", **more: object) -> Attribution:
    """A report of the words from `start` to `end`; a word is six characters and a space."""
    return Attribution(f"a{start}-{end}", (Span(start * 7, end * 7 - 1),), act=act, **more)


def by(name: str, *reports: Attribution, text: str = TEXT) -> Annotation:
    return Annotation("d", sha256_of(text), "human", Producer("person", name), reports)


def drawn(seed: int, people: int = 3) -> list[tuple[str, tuple[Annotation, ...]]]:
    """Twelve stories in which each person misses some reports and gives some another act."""
    rng = random.Random(seed)  # noqa: S311 - made-up people
    stories = []
    for _ in range(12):
        made = []
        acts = [rng.choice(ACTS[:4]) for _ in range(8)]
        for name in "xyz"[:people]:
            own = [a if rng.random() < 0.7 else rng.choice(ACTS[:4]) for a in acts]
            kept = [report(i * 5, i * 5 + 4, a) for i, a in enumerate(own) if rng.random() < 0.85]
            made.append(by(name, *kept))
        stories.append((TEXT, tuple(made)))
    return stories


def test_alpha_is_that_of_the_books_example() -> None:
    """Krippendorff's two observers with binary data, ten units, worked in "Computing Krippendorff's Alpha" (2011)."""
    one, other = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    kinds = ("statement", "denial")
    story = tuple(
        by(name, *(report(i * 3, i * 3 + 2, kinds[v]) for i, v in enumerate(values)))
        for name, values in (("x", one), ("y", other))
    )
    found = alphas([(TEXT, story)])["act"]
    assert found.value == pytest.approx(0.095, abs=0.0005)
    assert (found.low, found.high, found.n) == (None, None, 10), "one story has no interval"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("people", [2, 3])
def test_the_sums_that_are_drawn_give_the_librarys_alpha(seed: int, people: int) -> None:
    stories = drawn(seed, people)
    units = [[[a.act for a in unit if a] for unit in aligned(t, made)] for t, made in stories]
    values = sorted({v for story in units for unit in story for v in unit})
    summed = np.sum([module._coincidences(story, values) for story in units], axis=0)
    assert alphas(stories)["act"].value == pytest.approx(float(alpha_of(summed)))


def test_those_who_always_agree_and_those_who_do_by_chance() -> None:
    stories = drawn(1, 2)
    same = [(text, (made[0], replace(made[0], producer=made[1].producer))) for text, made in stories]
    assert {f.value for f in alphas(same).values()} == {1.0}
    assert alphas(same)["act"].low == 1.0, "all acts are in play, so there is an interval"
    rng = random.Random(0)  # noqa: S311 - made-up people
    chance = [
        (t, tuple(by(n, *(report(i * 3, i * 3 + 2, rng.choice(ACTS[:2])) for i in range(13))) for n in "xy"))
        for t, _ in stories * 3
    ]
    found = alphas(chance)["act"]
    assert found.low < 0 < found.high
    assert abs(found.value) < 0.15


def test_f1_of_all_stories_is_that_of_the_metrics_and_lies_in_its_interval() -> None:
    stories = [
        (t, replace(one, document_id=f"d{i}"), replace(two, document_id=f"d{i}"))
        for i, (t, (one, two)) in enumerate(drawn(2, 2))
    ]
    found = agreement(stories)
    scores = score([(t, one) for t, one, _ in stories], [two for _, _, two in stories])
    assert found["exact.content"].value == pytest.approx(scores.exact["content"].f)
    assert found["found"].value == pytest.approx(scores.found.f)
    assert found["exact.content"].low < found["exact.content"].value < found["exact.content"].high
    assert found["exact.source"].value is None, "nobody marked a source"
    turned = agreement([(t, two, one) for t, one, two in stories])
    assert turned == found, "who comes first does not matter"


def test_an_interval_is_the_same_again_and_narrower_with_more_stories() -> None:
    few, many = drawn(3, 2)[:4], [s for seed in range(20) for s in drawn(seed, 2)]

    def width(stories: list) -> float:
        f = alphas(stories)["act"]
        return f.high - f.low

    assert alphas(few) == alphas(few)
    assert width(many) < width(few)


def test_reports_of_about_the_same_words_are_one_unit() -> None:
    made = [
        by("x", report(0, 10), report(20, 24)),
        by("y", report(1, 10), report(30, 34)),
        by("z", report(21, 24), report(0, 9), report(36, 38)),
    ]
    found = [tuple(a.id if a else None for a in unit) for unit in aligned(TEXT, made)]
    assert found == [("a0-10", "a1-10", "a0-9"), ("a20-24", None, "a21-24")]


def test_nothing_to_compare_is_no_figure() -> None:
    assert agreement([]) == {}
    assert all(f.value is None and f.n == 0 for f in alphas([]).values())
    one_empty = alphas([(TEXT, (by("x", report(0, 3)), by("y")))])
    assert all(f.value is None for f in one_empty.values())


def test_as_json_is_json() -> None:
    told = module.as_json(alphas(drawn(0)))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["quote_type"] == {"value": 1.0, "low": None, "high": None, "n": told["act"]["n"]}


def test_without_the_extra_one_line_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(ModelMissing, match=r"claim-annotator\[audit\]"):
        agreement([])
