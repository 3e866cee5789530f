"""Which act a report is: what the cue's entry says, weighed with what the learned model sees in the cue's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotator.analysis import tokens_in
from annotator.model import ACTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis
    from annotator.model import Act, Span

# What the entry of a cue is worth beside the model's log-probabilities; tuned on the open gold stories.
ENTRY = 2.0


def weighed(analysis: Analysis, entry: Act, cue: Span | None, content: Sequence[Span]) -> Act:
    """The likeliest act of a report whose cue's entry says `entry`; that one where no model has looked.

    “Ode said the mayor had lied” accuses and “Ode said it rained” does not: the words around tell.
    """
    if analysis.acts is None:
        return entry
    inside = [i for span in ([cue] if cue else content) for i in tokens_in(analysis, span)]
    if not inside:
        return entry
    scores = analysis.acts[inside].mean(0)
    scores[ACTS.index(entry)] += ENTRY
    return ACTS[int(np.argmax(scores))]
