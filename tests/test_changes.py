"""What a person changed, by kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotator.changes import changes, removed
from annotator.model import Attribution, Span

# The pier may close, said Mira Oduya; the fog, Lund Freight warned, would stay.
SHOWN = Attribution("a1", (Span(0, 18),), (Span(25, 35),), (Span(20, 24),), speaker_ids=("e1",))
OTHER = Attribution("a2", (Span(37, 44),), (Span(46, 58),), (Span(59, 65),), act="warning")


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({}, ()),
        ({"id": "b", "content": (Span(4, 18),)}, ("borders",)),
        ({"id": "b", "source": (Span(25, 30),)}, ("borders",)),
        ({"id": "b", "cue": (Span(20, 23),)}, ("borders",)),
        ({"id": "b", "source": ()}, ("source",)),
        ({"id": "b", "source": (Span(46, 58),)}, ("source",)),
        ({"id": "b", "cue": ()}, ("cue",)),
        ({"speaker_ids": ("e2",)}, ("speaker",)),
        ({"speaker_ids": ()}, ("speaker",)),
        ({"act": "denial"}, ("act",)),
        ({"attitude": "belief"}, ("attitude",)),
        (
            {"id": "b", "content": (Span(0, 17),), "source": (), "act": "denial", "speaker_ids": ()},
            ("borders", "source", "speaker", "act"),
        ),
    ],
)
def test_each_kind_is_told(change: dict, kinds: tuple[str, ...]) -> None:
    (found,) = changes([SHOWN], [replace(SHOWN, **change)])
    assert (found.was, found.kinds) == ("a1", kinds)


def test_added_and_removed() -> None:
    new = replace(OTHER, id="b", content=(Span(70, 80),))
    found = changes([SHOWN, OTHER], [SHOWN, new])
    assert [(c.was, c.kinds) for c in found] == [("a1", ()), (None, ("added",))]
    assert removed([SHOWN, OTHER], found) == ("a2",)


def test_the_one_that_shares_most_is_what_it_was_made_from() -> None:
    split = replace(SHOWN, id="b", content=(Span(0, 12),))
    rest = replace(SHOWN, id="c", content=(Span(13, 18),))
    found = changes([SHOWN], [rest, split])
    assert [c.was for c in found] == [None, "a1"]


def test_speakers_in_another_order_are_the_same() -> None:
    before = replace(SHOWN, speaker_ids=("e1", "e2"))
    (found,) = changes([before], [replace(SHOWN, speaker_ids=("e2", "e1"))])
    assert found.kinds == ()
