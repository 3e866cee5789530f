"""Block quotations: a paragraph without marks that the one before announces, as web pages set letters and posts.

Ode wrote on Monday: [paragraph] We will not be moved. The mill stays open.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from annotator.analysis import sentence_to, tokens_in
from annotator.claims import Claim
from annotator.cues import VERBS, cue_at, is_passive
from annotator.model import Span
from annotator.phrases import child, cue_group, noun_phrase, subject, testifies

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.cues import Cue
    from annotator.model import Document

# What begins no block quotation: a mark, whose quotation is found by it, a point of a list, somebody's turn to speak.
_NO_BLOCK = re.compile(r"[“\"‘'«„•*·–—-]|\(?\w{1,2}[.)]|(?:[A-Z][\w.’'-]* ?){1,4}:|\[|http")
# What a verb may have beside a block: “wrote *this*:”, “issued *the following*”.
_FORWARD = frozenset({"following", "message", "statement", "this", "these", "word"})
_PARTS = frozenset({"root", "conj", "parataxis", "advcl", "ccomp"})


def find_announced(document: Document, analysis: Analysis) -> tuple[Claim, ...]:
    """The paragraphs that the one before announces by a verb of speech and a colon, in text order."""
    found = []
    for before, block in pairwise(p for p in document.paragraphs if p.kind == "body"):
        told = document.text[before.start : before.end].rstrip()
        if not told.endswith(":") or _NO_BLOCK.match(document.text, block.start):
            continue
        span = Span(block.start, block.start + len(document.text[block.start : block.end].rstrip()))
        verb = _verb(analysis, before.start + len(told))
        if verb is not None and span.end > span.start:
            found.append(_claim(analysis, *verb, span))
    return tuple(found)


def _verb(analysis: Analysis, end: int) -> tuple[int, Cue] | None:
    """The verb of speech, the last of its sentence, that a colon ends: “Ode, laughing, *added* on Monday:”."""
    sentence = sentence_to(analysis, end)
    inside = tokens_in(analysis, Span(sentence.start, end)) if sentence is not None else range(0)
    for i in reversed(inside):
        token, row = analysis.tokens[i], cue_at(analysis, i)
        if token.upos != "VERB" or token.deprel not in _PARTS:
            continue
        if row is None or row.kind not in VERBS or "direct" not in row.frames or is_passive(analysis, i):
            return None
        said = child(analysis, i, "obj")
        other = said is not None and analysis.tokens[said].lemma.lower() not in _FORWARD
        return None if other or child(analysis, i, "ccomp") is not None else (i, row)
    return None


def _claim(analysis: Analysis, verb: int, row: Cue, block: Span) -> Claim:
    who = subject(analysis, verb)
    told = who is not None and testifies(analysis, verb, who)
    source = noun_phrase(analysis, who) if who is not None and told else None
    return Claim((block,), cue_group(analysis, verb, row), source, "announced", 0.7)
