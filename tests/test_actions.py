"""How many actions lie between two pages: counted as a hand would do it, and done by one in a real Chromium."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stories import long_story, story

from annotator.model import (
    Annotation,
    Attribution,
    Document,
    Entity,
    EntityMention,
    Span,
    attribution_id,
    entity_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def actions() -> Iterator[ModuleType]:
    """benchmarks/actions.py, which the hand imports by this name."""
    folder = str(Path(__file__).parents[1] / "benchmarks")
    sys.path.insert(0, folder)
    yield importlib.import_module("actions")
    sys.path.remove(folder)


def gold(annotation: Annotation, *attributions: Attribution) -> Annotation:
    return replace(annotation, layer="gold", attributions=attributions or annotation.attributions)


def moved(document: Document, a: Attribution, **changed: object) -> Attribution:
    """The attribution with other spans or values, and the id that goes with them."""
    made = replace(a, **changed)
    spans = {"source": made.source, "cue": made.cue, "content": made.content}
    return replace(made, id=attribution_id(document.text_sha256, **spans))


DOCUMENT, MACHINE = story(7)
(RIGHT,) = MACHINE.attributions
SHORTER = Span(RIGHT.content[0].start, RIGHT.content[0].end - 5)
SUBMIT = 1
CLICK = KEY = DRAG = CHOICE = 1


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ({}, SUBMIT),
        ({"act": "denial"}, CLICK + KEY + SUBMIT),
        ({"act": "denial", "attitude": "belief"}, CLICK + 2 * KEY + SUBMIT),
        ({"content": (SHORTER,)}, CLICK + DRAG + SUBMIT),
        ({"speaker_ids": ()}, CLICK + CLICK + CHOICE + KEY + SUBMIT),
        ({"source": (), "speaker_ids": ()}, CLICK + KEY + SUBMIT),
        ({"cue": ()}, CLICK + KEY + SUBMIT),
    ],
)
def test_a_change_costs_what_a_hand_does(actions: ModuleType, changed: dict, count: int) -> None:
    wanted = gold(MACHINE, moved(DOCUMENT, RIGHT, **changed))
    assert actions.cost(actions.work(DOCUMENT, MACHINE, wanted).from_machine) == count


def test_from_an_empty_page_everything_is_drawn_tied_and_named(actions: ModuleType) -> None:
    spans, ties, speaker = 3 * (KEY + DRAG), 2 * (CLICK + KEY + CLICK), CLICK + CLICK + CHOICE
    made = actions.work(DOCUMENT, MACHINE, gold(MACHINE))
    assert actions.cost(made.from_empty) == spans + ties + speaker + SUBMIT
    # What the list lacks is typed, letter by letter.
    nobody = replace(MACHINE, attributions=(), entities=())
    typed = actions.work(DOCUMENT, nobody, gold(MACHINE))
    assert actions.cost(typed.from_empty) == spans + ties + CLICK + CLICK + len("Tove Brask") + KEY + SUBMIT
    assert typed.from_machine == typed.from_empty


def test_an_arrow_that_leads_elsewhere_is_taken_away_and_drawn(actions: ModuleType) -> None:
    """Two reports whose cues were tied crosswise."""
    document, machine = long_story(2)
    one, two = machine.attributions
    crossed = (moved(document, one, cue=two.cue), moved(document, two, cue=one.cue))
    made = actions.work(document, replace(machine, attributions=crossed), gold(machine)).from_machine
    kinds = [a.kind for a in made]
    assert (kinds.count("untie"), kinds.count("tab")) == (2, 1)
    assert actions.cost(made) == 2 * (CLICK + KEY + CLICK) + 1 + 2 + SUBMIT


def test_every_way_ends_in_the_gold(actions: ModuleType) -> None:
    """Of a long story: each report in turn missing, too much, or with neighbours' spans."""
    document, machine = long_story(6, tied=2)
    every = machine.attributions
    for n, a in enumerate(every):
        other = every[n - 1]
        for version in (
            (*every[:n], *every[n + 1 :]),
            (*every[:n], moved(document, a, source=other.source), *every[n + 1 :]),
            (*every[:n], moved(document, a, cue=(), act="warning"), *every[n + 1 :]),
        ):
            shown = replace(machine, attributions=version)
            actions.work(document, shown, gold(machine))  # raises if it does not
            actions.work(document, machine, gold(machine, *version))


TEXT = "Mira Oduya warned that the pier may close. The board denied it, and Lund Freight said the fog would lift."


def at(words: str) -> tuple[Span]:
    start = TEXT.index(words)
    return (Span(start, start + len(words)),)


def report(source: str, cue: str, content: str, who: Entity, **values: object) -> Attribution:
    spans = {"source": at(source), "cue": at(cue), "content": at(content)}
    sha = Document("pier", TEXT).text_sha256
    return Attribution(
        attribution_id(sha, **spans), **spans, speaker_ids=(who.id,), source_kind="person", **values
    )


def entity(name: str) -> Entity:
    mentions = (EntityMention(at(name)[0].start, at(name)[0].end, "name"),)
    return Entity(entity_id(Document("pier", TEXT).text_sha256, mentions), name, "person", mentions)


@pytest.mark.browser
@pytest.mark.studio
@pytest.mark.parametrize("empty", [False, True], ids=["machine", "empty"])
def test_a_real_hand_needs_as_many(
    actions: ModuleType, page: Page, studio_server, tmp_path: Path, *, empty: bool
) -> None:
    """A value, an end, a span too much, a report that is missing and an unknown name, done and counted in Chromium."""
    document, (mira, lund, board) = (
        Document("pier", TEXT),
        map(entity, ("Mira Oduya", "Lund Freight", "The board")),
    )
    right = (
        report("Mira Oduya", "warned", "that the pier may close", mira, act="warning"),
        report("The board", "denied", "it", board, act="denial"),
        report("Lund Freight", "said", "the fog would lift", lund),
    )
    wrong = (
        report("Mira Oduya", "warned", "the pier may close", mira),
        report("Lund Freight", "said", "the fog would lift", mira),
    )
    machine = Annotation("pier", document.text_sha256, "machine", MACHINE.producer, wrong, (mira, lund))
    wanted = Annotation("pier", document.text_sha256, "gold", MACHINE.producer, right, (mira, lund, board))
    work = actions.work(document, machine, wanted)
    hands = importlib.import_module("hands")
    done = hands.perform(page, work, studio_server.url, studio_server.token, tmp_path, empty=empty)
    planned = actions.cost(work.from_empty if empty else work.from_machine)
    # The open list may hide the next word: then it is closed first.
    assert planned <= done <= planned + 3
