"""Whom a third-person pronoun means, on parses written by hand."""

from __future__ import annotations

from math import isclose

from handmade import document, parsed

from annotator.antecedents import options, weighed, weights
from annotator.coreference import link
from annotator.entities import story_of

ODE_MET_BRANDT = "Anna|P|3|nsubj Ode|P|1|flat met|V|0|root Karl|P|3|obj Brandt|P|4|flat .|.|3|punct"
PEOPLE = {"Anna Ode": "person", "Karl Brandt": "person"}


def names_of(analysis):
    """For each pronoun its candidates by name, and the one that it was linked to."""
    story = story_of(document(analysis.text), analysis, ())
    link(story)
    pronouns = [c for c in story.found.by_head.values() if c.form == "pronoun"]
    called = {
        n: " ".join(c.names[0]) for n, c in ((c.number, c) for c in story.cluster_of.values()) if c.names
    }
    return {
        c.words[0]: called.get(story.cluster_of[c.head].number) if c.head in story.cluster_of else None
        for c in pronouns
    }


def test_he_and_she_go_with_the_given_names():
    left = "{}|R|2|nsubj left|V|0|root .|.|2|punct"
    assert names_of(parsed(ODE_MET_BRANDT, left.format("She"), names=PEOPLE)) == {"she": "anna ode"}
    assert names_of(parsed(ODE_MET_BRANDT, left.format("He"), names=PEOPLE)) == {"he": "karl brandt"}


def test_a_verb_keeps_its_subject_and_object_apart():
    analysis = parsed("Brandt|P|2|nsubj praised|V|0|root him|R|2|obj .|.|2|punct", names={"Brandt": "person"})
    assert names_of(analysis) == {"him": None}


def test_nobody_is_always_an_option_and_the_shares_sum_to_one():
    analysis = parsed(ODE_MET_BRANDT, "She|R|2|nsubj left|V|0|root .|.|2|punct", names=PEOPLE)
    story = story_of(document(analysis.text), analysis, ())
    link(story)
    she = next(c for c in story.found.by_head.values() if c.words == ("she",))
    given = options(story, she)
    assert given[0].cluster is None
    assert len(given) == 3
    assert isclose(sum(weighed(given, weights())), 1)


def test_rain_is_nobody():
    analysis = parsed(
        "The|D|2|det Council|P|3|nsubj met|V|0|root .|.|3|punct",
        "It|R|2|expl rained|V|0|root .|.|2|punct",
        names={"Council": "organization"},
    )
    assert names_of(analysis) == {"it": None}
