"""Names that somebody bore before are his, in the words by which a text says so."""

from __future__ import annotations

import re

import pytest
from entitymade import entities_of, parsed, said

from annotator.analysis import Analysis, Sentence, Token
from annotator.formernames import former_names
from annotator.mentions import name_candidate


def read(text, *names):
    """An analysis of plain words and the names in it, in the order given."""
    tokens, at = [], 0
    for word in re.findall(r"\w+|[^\w\s]", text):
        start = text.index(word, at)
        at = start + len(word)
        tokens.append(Token(start, at, word, word.lower(), "PROPN", -1, "root"))
    analysis = Analysis(text, tuple(tokens), (Sentence(0, len(tokens), 0, at),))
    found = []
    for name in names:
        start = text.index(name)
        inside = [k for k, t in enumerate(tokens) if start <= t.start < start + len(name)]
        found.append(name_candidate(analysis, range(inside[0], inside[-1] + 1), "person"))
    return analysis, found


def pairs(text, *names):
    analysis, found = read(text, *names)
    by_head = {c.head: c.span.of(text) for c in found}
    return [(by_head[old], by_head[now]) for old, now in former_names(analysis, found).items()]


@pytest.mark.parametrize(
    "text",
    [
        "Nadia Ode, née Brandt, left.",
        "Nadia Ode (formerly Brandt) left.",
        "Nadia Ode, previously known as Brandt, left.",
        "Nadia Ode, the engineer who was Brandt until her wedding, left.",
        "Nadia Ode signed it with her maiden name, Brandt.",
    ],
)
def test_a_former_name_is_the_one_whose_name_stands_before_it(text):
    assert pairs(text, "Nadia Ode", "Brandt") == [("Brandt", "Nadia Ode")]


@pytest.mark.parametrize(
    "text",
    [
        "Nadia Ode met Brandt.",
        "Nadia Ode, who was Brandt and nobody else, left.",
        "Nadia Ode, who had asked who was late. Brandt left.",
        "Nadia Ode was born there. Brandt left.",
    ],
)
def test_others_are_not(text):
    assert pairs(text, "Nadia Ode", "Brandt") == []


def test_the_nearest_name_before_is_meant():
    text = "Karl Lund thanked Nadia Ode, née Brandt."
    assert pairs(text, "Karl Lund", "Nadia Ode", "Brandt") == [("Brandt", "Nadia Ode")]


def test_both_names_are_one_entity():
    analysis = parsed(
        "Nadia|P|7|nsubj Ode|P|1|flat ,|.|5|punct née|A|5|amod Brandt|P|1|appos ,|.|1|punct "
        "said|V|0|root it|R|9|nsubj broke|V|7|ccomp .|.|7|punct",
        names={"Nadia Ode": "person", "Brandt": "person"},
    )
    speakers, _, entities = entities_of(analysis, said(analysis, "Nadia Ode", "said", "it broke"))
    assert speakers == [["Nadia Ode"]]
    assert entities["Nadia Ode"].aliases == ("Brandt",)
