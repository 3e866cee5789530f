"""Whom nominals and pronouns take up where an encoder has seen the text, on parses written by hand."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, log

import numpy as np
import pytest
from handmade import document, parsed
from hypothesis import given
from hypothesis import strategies as st

from annotator.analysis import Referring
from annotator.anaphora import Pick, class_of, likeliest, options, same_noun
from annotator.clusters import new_cluster
from annotator.coreference import link
from annotator.entities import story_of

# Two firms by name, then "the firm".
FIRMS = parsed(
    "Norvik|P|2|nsubj sued|V|0|root Orv|P|4|compound Steel|P|2|obj .|.|2|punct",
    "The|D|2|det firm|N|3|nsubj lost|V|0|root .|.|3|punct",
    names={"Norvik": "organization", "Orv Steel": "organization"},
)
FIRM = 6
ODE_MET_BRANDT = parsed(
    "Ana|P|3|nsubj Ode|P|1|flat met|V|0|root Ina|P|3|obj Brandt|P|4|flat .|.|3|punct",
    "She|R|2|nsubj left|V|0|root .|.|2|punct",
    names={"Ana Ode": "person", "Ina Brandt": "person"},
)
SHE, BRANDT = 6, 3


def seeing(analysis, token, liked, *, nobody=-9.0):
    """The analysis as an encoder sees it to which a token refers to `liked`, and to nobody else."""
    asking, answering = (np.zeros((len(analysis.tokens), 2), dtype=np.float32) for _ in range(2))
    asking[token] = 3
    answering[liked] = 3
    answering[[k for k in range(len(analysis.tokens)) if k != liked]] = -3
    away = np.full(len(analysis.tokens), nobody, dtype=np.float32)
    return replace(analysis, referring=Referring(asking, answering, {"pronoun": away, "nominal": away}))


def taken_up(analysis, token):
    """The first mention of the entity that a token was linked to, and None where it is the first itself."""
    story = story_of(document(analysis.text), analysis, ())
    link(story)
    cluster = story.cluster_of.get(token)
    first = min((m for m, _ in cluster.mentions), key=lambda m: m.start) if cluster else None
    return None if first is None or first.head == token else first.span.of(analysis.text)


@pytest.mark.parametrize(("token", "name"), [(0, "Norvik"), (3, "Orv Steel")])
def test_a_noun_takes_up_whom_the_encoder_sees(token, name):
    assert taken_up(seeing(FIRMS, FIRM, token), FIRM) == name


@pytest.mark.parametrize(("token", "name"), [(0, "Ana Ode"), (BRANDT, "Ina Brandt")])
def test_a_pronoun_takes_up_whom_the_encoder_sees(token, name):
    head = next(
        m for m in story_of(document(ODE_MET_BRANDT.text), ODE_MET_BRANDT, ()).found.by_head if m >= token
    )
    assert taken_up(seeing(ODE_MET_BRANDT, SHE, head), SHE) == name


def test_whom_the_encoder_sees_new_is_new():
    assert taken_up(seeing(FIRMS, FIRM, 0, nobody=40.0), FIRM) is None
    assert taken_up(seeing(ODE_MET_BRANDT, SHE, BRANDT, nobody=40.0), SHE) is None


def test_without_an_encoder_the_rules_pick_stands():
    story = story_of(document(FIRMS.text), FIRMS, ())
    link(story)
    firm, norvik = story.found.by_head[FIRM], story.cluster_of[0]
    assert likeliest(story, firm, (), Pick(norvik, 0.5, "body")) == (norvik, 0.5)
    assert likeliest(story, firm, (), None) is None


def test_who_is_that_old_is_whoever_the_rules_say():
    seen = seeing(FIRMS, FIRM, 3)
    story = story_of(document(seen.text), seen, ())
    link(story)
    firm, norvik = story.found.by_head[FIRM], story.cluster_of[0]
    assert likeliest(story, replace(firm, age=34), (), Pick(norvik, 0.9, "age")) == (norvik, 0.9)
    assert likeliest(story, firm, (), Pick(norvik, 0.9, "years")) == (norvik, 0.9)
    assert likeliest(story, firm, (), Pick(norvik, 0.9, "body"))[0] is story.cluster_of[3]


def test_whom_a_noun_cannot_mean_is_no_option():
    story = story_of(document(FIRMS.text), FIRMS, ())
    link(story)
    firm, norvik = story.found.by_head[FIRM], story.cluster_of[0]
    assert norvik not in [o.cluster for o in options(story, firm, {norvik.number}, None)]
    assert options(story, firm, (), None)[0].cluster is None


def test_the_rules_pick_nobody_whom_a_noun_cannot_mean():
    """In “The clerk blamed the judge” above a story on Ada Lund, a judge and a clerk, the judge is not the clerk."""
    analysis = parsed(
        "Clerk|N|2|nsubj blamed|V|0|root judge|N|2|obj .|.|2|punct",
        "¶",
        "Ada|P|8|nsubj Lund|P|1|flat ,|.|4|punct clerk|N|1|appos and|C|6|cc judge|N|4|conj ,|.|4|punct "
        "left|V|0|root .|.|8|punct",
        names={"Ada Lund": "person"},
    )
    story = story_of(document(analysis.text), analysis, ())
    link(story)
    assert story.cluster_of[0] is not story.cluster_of[2]


def test_mentions_of_a_pick_are_the_nearest_before_first():
    sentence = "Norvik|P|2|nsubj closed|V|0|root .|.|2|punct"
    analysis = parsed(
        *[sentence] * 3,
        "The|D|2|det group|N|3|nsubj lost|V|0|root .|.|3|punct",
        sentence,
        names={"Norvik": "organization"},
    )
    story = story_of(document(analysis.text), analysis, ())
    link(story)
    norvik = story.cluster_of[0]
    story.heads_of.clear()
    (_, found) = options(story, story.found.by_head[10], (), Pick(norvik, 0.7, "body"))
    assert [h for h in found.heads if analysis.tokens[h].text == "Norvik"] == [6, 3, 0, 13]


def test_a_pick_from_far_away_is_an_option():
    far = ["It|R|2|nsubj rained|V|0|root .|.|2|punct"] * 12
    analysis = parsed(
        "Norvik|P|2|nsubj closed|V|0|root .|.|2|punct",
        *far,
        "The|D|2|det group|N|3|nsubj lost|V|0|root .|.|3|punct",
        names={"Norvik": "organization"},
    )
    story = story_of(document(analysis.text), analysis, ())
    link(story)
    group, norvik = story.found.by_head[len(analysis.tokens) - 3], story.cluster_of[0]
    assert norvik not in [o.cluster for o in options(story, group, (), None)]
    found = {o.cluster.number: o for o in options(story, group, (), Pick(norvik, 0.7, "body")) if o.cluster}
    assert any(sign.endswith(" picked body") for sign in found[norvik.number].signs)


def test_a_foreign_minister_is_no_finance_minister():
    analysis = parsed(
        "The|D|3|det finance|N|3|compound minister|N|4|nsubj met|V|0|root the|D|7|det foreign|J|7|amod "
        "minister|N|4|obj .|.|4|punct"
    )
    story = story_of(document(analysis.text), analysis, ())
    finance, foreign = (story.found.by_head[k] for k in (2, 6))
    assert class_of(finance) == "trade"
    assert not same_noun(foreign, new_cluster(story, finance, 1.0))
    assert same_noun(replace(foreign, modifiers=frozenset()), story.cluster_of[2])


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_every_mention_of_somebody_speaks_for_him(scores):
    answering = np.array([[s] for s in scores], dtype=np.float32)
    referring = Referring(np.ones((len(scores), 1), dtype=np.float32), answering, {})
    one, all_of = referring.likes(0, [[0], range(len(scores))])
    assert isclose(one, scores[0], abs_tol=1e-5)
    assert max(scores) - 1e-5 <= all_of <= max(scores) + log(len(scores)) + 1e-5
