"""Words and sentences of a parse, found by their places."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import parsed

from annotator.analysis import sentence_to, top_of

LIST = "Ana|P|4|nsubj and|C|3|cc Karl|P|1|conj left|V|0|root .|.|4|punct"


def test_a_chain_ends_at_its_first():
    assert top_of(parsed(LIST), 2, "conj") == 0


@pytest.mark.parametrize("heads", [(-1, 1), (1, 0)])
def test_a_chain_that_a_wrong_parse_leads_round_ends(heads):
    analysis = parsed("Ana|P|0|conj Karl|P|1|conj")
    tokens = tuple(replace(t, head=head) for t, head in zip(analysis.tokens, heads, strict=True))
    assert top_of(replace(analysis, tokens=tokens), 1, "conj") in (0, 1)


@pytest.mark.parametrize(("end", "number"), [(0, None), (1, 0), (18, 0), (19, None), (20, 1), (37, 1)])
def test_a_sentence_holds_what_stands_before_a_position(end, number):
    analysis = parsed(LIST, LIST)
    assert sentence_to(analysis, end) == (None if number is None else analysis.sentences[number])
