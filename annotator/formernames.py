"""Names that somebody bore before: "Nadia Ode, née Brandt", "Nadia Ode, who was Nadia Brandt until her wedding"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis
    from annotator.mentions import Candidate

# What stands between the name of today and the one before, and what follows the latter.
_RIGHT_AFTER = re.compile(r",? \(?(?:née|nee|born|formerly|previously)(?: known as| called)? ")
_WHO_WAS = re.compile(r",?(?: [^.;“”\"]{0,60})?\bwho was ")
_UNTIL = re.compile(r",? (?:until|before|till)\b")
_NAMED = re.compile(r"[^.;“”\"]{0,90}\b(?:her|his|their) (?:maiden|married|birth|former|old) name,? (?:of )?")


def former_names(analysis: Analysis, people: Sequence[Candidate]) -> dict[int, int]:
    """For the head of each name that somebody bore before the head of the name right before it, which is his too."""
    out = {}
    for now, before in pairwise(sorted(people, key=lambda c: c.start)):
        between = analysis.text[now.end : before.start]
        was = _WHO_WAS.fullmatch(between) and _UNTIL.match(analysis.text, before.end)
        if was or _RIGHT_AFTER.fullmatch(between) or _NAMED.fullmatch(between):
            out[before.head] = now.head
    return out
