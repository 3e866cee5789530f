"""What verbs of speech tell with a noun, and what they do not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import document, learned, parsed

from annotator.attribution import attribute


def found(sentence, content, cue, source=""):
    """Whether what the model marked is kept as a report."""
    analysis = parsed(sentence, names={"Orvane": "organization"})
    marked = replace(analysis, learned=(learned(analysis.text, content, cue, source),))
    return [a.cue[0].of(analysis.text) for a in attribute(document(analysis.text), marked) if a.cue] == [cue]


_TOLD = "Ode|P|2|nsubj told|V|0|root|tell|VBD {} .|.|2|punct"
_POSTED = "Ode|P|2|nsubj posted|V|0|root|post|VBD a|D|4|det {}|N|2|obj .|.|2|punct"
_BLAMES = "Ode|P|2|nsubj blames|V|0|root|blame|VBZ the|D|4|det frost|N|2|obj {}.|.|2|punct"
_ASKED = "Ode|P|2|nsubj asked|V|0|root|ask|VBD not|T|5|advmod to|T|5|mark {} .|.|2|punct"
_SHOWS = (
    "The|D|2|det {}|N|3|nsubj shows|V|0|root|show|VBZ that|S|6|mark it|R|6|nsubj fell|V|3|ccomp .|.|3|punct"
)


@pytest.mark.parametrize(
    ("sentence", "content", "cue", "source", "kept"),
    [
        (_TOLD.format("a|D|5|det shorter|J|5|amod story|N|2|obj"), "a shorter story", "told", "Ode", False),
        (_TOLD.format("the|D|4|det truth|N|2|obj"), "the truth", "told", "Ode", True),
        (_POSTED.format("picture"), "a picture", "posted", "Ode", False),
        (_POSTED.format("warning"), "a warning", "posted", "Ode", True),
        (_BLAMES.format(""), "the frost", "blames", "Ode", False),
        (_BLAMES.format("for|I|6|case rot|N|2|obl "), "the frost for rot", "blames", "Ode", True),
        (_ASKED.format("be|X|6|aux:pass named|V|2|xcomp|name|VBN"), "to be named", "asked not", "Ode", False),
        (_ASKED.format("be|X|6|aux:pass moved|V|2|xcomp|move|VBN"), "to be moved", "asked not", "Ode", True),
        (_SHOWS.format("log"), "that it fell", "shows", "The log", False),
        (_SHOWS.format("report"), "that it fell", "shows", "The report", True),
    ],
)
def test_verbs_of_speech_that_tell_nothing(sentence, content, cue, source, kept):
    assert found(sentence, content, cue, source) == kept


@pytest.mark.parametrize(("name", "kept"), [("Orvane|P|4|xcomp", False), ("mad|J|4|xcomp", True)])
def test_what_something_is_called_is_nobodys_claim(name, kept):
    sentence = f"The|D|2|det bell|N|4|nsubj:pass is|X|4|aux:pass called|V|0|root|call|VBN {name} .|.|4|punct"
    assert found(sentence, name.split("|")[0], "is called") == kept
