"""Firms whose names end as a possessive does: “Molly's said rents had risen”; in “Molly's rents rose” she has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.cues import cue_at

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.model import EntityKind

OWN = frozenset({"'s", "’s"})
# What somebody has: “Orvane's *Ana Ode* said”.
_OWNED = frozenset({"ADJ", "NOUN", "NUM", "PROPN"})


def shops_of(analysis: Analysis) -> frozenset[str]:
    """The words that a possessive ending makes a firm's name: “*Molly's* said rents had risen”.

    What says so owns nothing; in “Lund's vote rose, *Ode's* fell” it is the votes that fell.
    """
    tokens = analysis.tokens
    named = (i for i in analysis.capitals if tokens[i].deprel == "nsubj" and _says(analysis, tokens[i].head))
    return frozenset(tokens[i].text for i in named if _owns_nothing(analysis, i))


def _owns_nothing(analysis: Analysis, name: int) -> bool:
    """Whether a possessive ending stands behind a name, and nothing that its bearer has behind that."""
    ending = analysis.tokens[name + 1 : name + 3]
    own = len(ending) > 1 and ending[0].text in OWN and (ending[0].xpos, ending[0].head) == ("POS", name)
    return own and ending[1].upos not in _OWNED


def _says(analysis: Analysis, verb: int) -> bool:
    row = cue_at(analysis, verb) if verb >= 0 else None
    return row is not None and row.speech


def as_shop(
    analysis: Analysis, name: range, kind: EntityKind, shops: frozenset[str]
) -> tuple[range, EntityKind]:
    """A name with its possessive ending where that is a part of it, as a firm's."""
    last = name.stop - 1
    last -= last > name.start and analysis.tokens[last].text in OWN
    ends = last + 1 < len(analysis.tokens) and analysis.tokens[last + 1].text in OWN
    own = ends and analysis.tokens[last].text in shops
    return (range(name.start, last + 2), "organization") if own else (name, kind)
