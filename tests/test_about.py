"""Whom a report is about: who is considered, what speaks for each, and what the weights make of it."""

from __future__ import annotations

from typing import get_args

import pytest
from handmade import document, parsed
from test_parties import of, tied, told

from annotator.about import Reports, considered, signs, weights
from annotator.analysis import HOW
from annotator.coreference import link
from annotator.entities import said_by, story_of
from annotator.model import ACTS, EntityKind, QuoteType

NAMES = {"Ode": "person", "Brandt": "person", "Orvia": "place"}
HE_LIED = parsed(
    "Brandt|P|2|nsubj spoke|V|0|root .|.|2|punct",
    "Critics|N|2|nsubj said|V|0|root|say he|R|4|nsubj lied|V|2|ccomp .|.|2|punct",
    names=NAMES,
)


def of_last(analysis, *attributions):
    """What is known of everybody whom the last attribution may be about, by name, and the reports."""
    page = document(analysis.text)
    story = story_of(page, analysis, attributions)
    link(story)
    reports = Reports(story, said_by(page, story))
    found = considered(reports, attributions[-1]).values()
    return {c.cluster.mentions[0][0].span.of(analysis.text): c for c in found}, reports


def test_who_is_named_in_a_content_is_meant():
    analysis = parsed(
        "Ode|P|2|nsubj said|V|0|root|say Brandt|P|4|nsubj left|V|2|ccomp .|.|2|punct", names=NAMES
    )
    assert of(analysis, told(analysis, "Ode", "said", "Brandt left"))[1] == [{"Brandt"}]


def test_whom_a_pronoun_means_is_considered_as_one():
    report = told(HE_LIED, "Critics", "said", "he lied", "accusation")
    found, reports = of_last(HE_LIED, report)
    assert found["Brandt"].how == "pronoun"
    made = set(signs(reports, report, found["Brandt"]))
    assert {"all", "pronoun", "pronoun accusation", "pronoun subject", "pronoun subject accusation"} <= made
    assert "speaker" not in made


def test_an_accusation_tells_more_of_a_pronoun_than_a_statement():
    # A sign that is worth nothing is not in the table.
    worth = weights()
    assert worth.get("pronoun accusation", 0.0) > worth.get("pronoun statement", 0.0)


def test_a_speaker_is_meant_only_where_he_names_himself(monkeypatch):
    # Whatever else is about anybody here: the rule for speakers alone.
    monkeypatch.setattr("annotator.about.weights", lambda: {"all": 9.0})
    analysis = parsed(
        "Ode|P|2|nsubj said|V|0|root|say he|R|4|nsubj left|V|2|ccomp .|.|2|punct",
        "Brandt|P|2|nsubj insists|V|0|root|insist Brandt|P|4|nsubj stayed|V|2|ccomp .|.|2|punct",
        names=NAMES,
    )
    own = told(analysis, "Ode", "said", "he left")
    named = told(analysis, "Brandt", "insists", "Brandt stayed")
    about = of(analysis, own, named)[1]
    assert "Ode" not in about[0]
    assert "Brandt" in about[1]


def test_a_name_before_its_noun_is_found_wherever_a_content_begins():
    analysis = parsed(
        "The|D|3|det Orvia|P|3|compound government|N|4|nsubj met|V|0|root .|.|4|punct",
        "Ode|P|2|nsubj mocked|V|0|root|mock the|D|5|det Orvia|P|5|compound government|N|2|obj .|.|2|punct",
        names=NAMES,
    )
    # The first place of these words is the first sentence's, which will do.
    report = told(analysis, "Ode", "mocked", "Orvia government")
    found, _ = of_last(analysis, report)
    assert found["Orvia"].how == "name"


@pytest.mark.parametrize(("tie", "who"), [("answered", {"Brandt"}), ("answered accusation", {"Brandt"})])
def test_who_spoke_before_may_be_answered(tie, who):
    analysis = parsed(
        "Brandt|P|2|nsubj alleged|V|0|root|allege fraud|N|2|obj .|.|2|punct",
        "Ode|P|2|nsubj said|V|0|root|say nothing|R|4|nsubj leaked|V|2|ccomp .|.|2|punct",
        names=NAMES,
    )
    first = told(analysis, "Brandt", "alleged", "fraud", "accusation")
    assert tied(analysis, tie, first, told(analysis, "Ode", "said", "nothing leaked", "denial")) == who


def test_who_stands_beside_a_cue_is_considered():
    analysis = parsed(
        "Ode|P|2|nsubj told|V|0|root|tell Brandt|P|2|iobj it|R|5|nsubj leaked|V|2|ccomp .|.|2|punct",
        names=NAMES,
    )
    assert "Brandt" in tied(analysis, "beside", told(analysis, "Ode", "told", "it leaked"))


def test_the_weights_are_of_signs_that_there_are():
    ties = {"party", "both", "claimant", "accuser", "answered", "next", "beside"}
    first, second = ({s.split()[k] for s in weights() if len(s.split()) > k} for k in (0, 1))
    assert first <= {"all", *HOW, "speaker", *ties}
    kinds = {*get_args(EntityKind), "unknown", "named", "nameless"}
    told_of = {
        "many",
        "sides",
        "wanted",
        "taken",
        "definite",
        "indefinite",
        "any",
        "owned",
        "bare",
        "modifies",
        "first",
    }
    roles = {"subject", "object", "owner", "other"}
    assert second <= {*ties, *ACTS, *kinds, *told_of, *roles, *get_args(QuoteType)}
