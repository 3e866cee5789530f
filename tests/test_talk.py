"""How talk reports talk, on parses written by hand."""

import pytest
from handmade import parsed

from annotator.talk import find_talk


def found(sentence):
    analysis = parsed(sentence)
    return [
        (c.source.of(analysis.text), c.cue.of(analysis.text), *(s.of(analysis.text) for s in c.content))
        for c in find_talk(analysis)
    ]


@pytest.mark.parametrize(
    ("sentence", "talk"),
    [
        (
            (
                "I|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|7|punct no|J|7|det more|J|7|amod "
                "boats|N|2|parataxis .|.|2|punct"
            ),
            [],
        ),
        (
            (
                "I|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|6|punct we|R|6|nsubj sail|V|2|parataxis "
                "now|B|6|advmod .|.|2|punct"
            ),
            [("I", "was like", "we sail now")],
        ),
        (
            (
                "My|R|2|nmod:poss sister|N|3|nsubj is|X|0|root|be|VBZ all|D|5|advmod like|B|3|discourse "
                "“|.|8|punct You|R|8|nsubj lost|V|3|ccomp it|R|8|obj ”|.|8|punct .|.|3|punct"
            ),
            [("My sister", "is all like", "“You lost it”")],
        ),
        (
            (
                "So|B|3|advmod he|R|3|nsubj goes|V|0|root|go|VBZ ,|.|7|punct “|.|7|punct Never|B|7|advmod "
                "mind|V|3|ccomp ”|.|7|punct .|.|3|punct"
            ),
            [("he", "goes", "“Never mind”")],
        ),
        # To be like somebody, to go somewhere: nothing is said.
        (
            "She|R|5|nsubj was|X|5|cop like|I|5|case a|D|5|det mother|N|0|root .|.|5|punct",
            [],
        ),
        (
            "He|R|2|nsubj goes|V|0|root|go|VBZ ,|.|5|punct and|C|5|cc stays|V|2|conj .|.|2|punct",
            [],
        ),
        (
            (
                "It|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|6|punct we|R|6|nsubj sail|V|2|parataxis "
                ".|.|2|punct"
            ),
            [],
        ),
    ],
)
def test_who_is_like_and_who_goes(sentence, talk):
    assert found(sentence) == talk


def test_talk_inside_a_quotation_is_the_speakers_own():
    (claim,) = find_talk(
        parsed(
            "I|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|6|punct we|R|6|nsubj sail|V|2|parataxis .|.|2|punct"
        )
    )
    assert not claim.apart
