"""Who a source is when somebody else is named beside it or speaks for it, on parses written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from entitymade import entities_of, parsed, said

from annotator.coreference import kinds_of
from annotator.fullnames import full_names
from annotator.mentions import collect
from annotator.model import Document
from annotator.phrases import source_kind
from annotator.roles import noun_of

REPLY = (
    "Its|R|2|nmod:poss reply|N|11|nsubj ,|.|4|punct signed|V|2|acl by|I|7|case the|D|7|det clerk|N|4|obl ,|.|9|punct "
    "Ode|P|7|appos ,|.|9|punct denied|V|0|root it|R|11|obj"
)
CAMPAIGN = (
    "The|D|2|det campaign|N|10|nsubj of|I|5|case her|R|5|nmod:poss rival|N|2|nmod ,|.|7|punct Mara|P|2|appos "
    "Ode|P|7|flat ,|.|7|punct denied|V|0|root it|R|10|obj"
)
CREDITOR = (
    "The|D|3|det largest|A|3|amod creditor|N|7|nsubj ,|.|5|punct Norvik|P|3|appos ,|.|5|punct denied|V|0|root "
    "it|R|7|obj"
)


@pytest.mark.parametrize(
    ("sentence", "names", "source", "kind"),
    [
        # A document that somebody signed, and a body with somebody's name at its end, are nobody.
        (REPLY, {"Ode": "person"}, "Its reply, signed by the clerk, Ode,", "document"),
        (CAMPAIGN, {"Mara Ode": "person"}, "The campaign of her rival, Mara Ode,", "organization"),
        # What a body may be as well bears a body's name.
        (CREDITOR, {"Norvik": "organization"}, "The largest creditor, Norvik,", "organization"),
    ],
)
def test_a_name_behind_a_source_is_its_own_only_where_it_can_be(sentence, names, source, kind):
    analysis = parsed(sentence, names=names)
    (who,), _, entities = entities_of(
        analysis,
        said(analysis, source, "denied", "it", source_kind="document" if "reply" in source else kind),
    )
    assert entities[who[0]].kind == kind
    assert (who[0] == "Norvik") == ("Norvik" in names)
    assert who not in (["Ode"], ["Mara Ode"])


@pytest.mark.parametrize("noun", ["summary", "readout", "autopsy", "decision"])
def test_what_is_written_speaks_as_a_document(noun):
    analysis = parsed(f"A|D|2|det {noun}|N|3|nsubj told|V|0|root why|R|3|obj")
    assert source_kind(analysis, analysis.tokens[1].span) == "document"


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("A|D|2|det group|N|5|nsubj of|I|4|case officials|N|2|nmod left|V|0|root", "group"),
        ("A|D|2|det lot|N|5|nsubj of|I|4|case critics|N|2|nmod left|V|0|root", "group"),
        # Nobody is counted: a group may be a firm.
        ("The|D|2|det group|N|3|nsubj left|V|0|root", "organization"),
    ],
)
def test_a_noun_that_only_counts_is_those_who_are_counted(phrase, kind):
    noun = noun_of(parsed(phrase), 1)
    assert noun is not None
    assert noun.kind == kind


@pytest.mark.parametrize(
    ("sentence", "found", "named", "kind"),
    [
        (
            "County|P|4|compound Prosecutor|P|4|compound Mary|P|4|compound Ode|P|5|nsubj left|V|0|root",
            "County Prosecutor Mary Ode", "Mary Ode", "person",
        ),
        ("Mrs|P|2|compound O.|P|3|nsubj left|V|0|root", "Mrs O.", "Mrs O.", "person"),
        # No given name behind the office: a body may be called after it.
        (
            "Governor|P|3|compound Port|P|3|compound Press|P|4|nsubj left|V|0|root",
            "Governor Port Press", "Governor Port Press", "organization",
        ),
    ],
)  # fmt: skip
def test_an_office_and_whoever_has_it_are_no_body(sentence, found, named, kind):
    analysis = parsed(sentence, names={found: "organization"})
    ((whole, what, _),) = full_names(analysis)
    text = analysis.text[analysis.tokens[whole.start].start : analysis.tokens[whole.stop - 1].end]
    assert (text, what) == (named, kind)


WE = (
    "“|.|3|punct We|R|3|nsubj want|V|9|ccomp peace|N|3|obj ,|.|3|punct ”|.|3|punct Ode|P|9|nsubj ,|.|9|punct "
    "said|V|0|root"
)
CHAIRS = (
    "Ode|P|8|nsubj ,|.|6|punct the|D|4|det union|N|6|nmod:poss 's|T|4|case chair|N|1|appos ,|.|6|punct "
    "spoke|V|0|root"
)


@pytest.mark.parametrize(
    ("before", "body"),
    [
        (CHAIRS, "the union"),
        # Who has left a body does not speak for it.
        (CHAIRS.replace("the|D|4|det union", "former|A|4|amod union"), None),
        ("Ode|P|2|nsubj spoke|V|0|root", None),
    ],
)
def test_we_is_the_body_that_somebody_speaks_for_and_else_a_group(before, body):
    analysis = parsed(before, WE, names={"Ode": "person"})
    outer = said(analysis, "Ode", "said", "“We want peace,”", nth=1, quote_type="mixed")
    inner = said(analysis, "We", "want", "peace", parent=outer.id)
    (speaker, ours), _, entities = entities_of(analysis, outer, inner)
    assert speaker == ["Ode"]
    assert ours == [body or "We"]
    assert entities[ours[0]].kind == ("organization" if body else "group")


def test_i_in_a_transcript_is_whoever_has_the_turn():
    analysis = parsed(
        "Ode|P|4|nsubj :|.|1|punct I|R|4|nsubj think|V|0|root it|R|6|nsubj fell|V|4|ccomp",
        names={"Ode": "person"},
    )
    turn = said(analysis, "Ode", "", "I think it fell")
    thought = said(analysis, "I", "think", "it fell", parent=turn.id)
    speakers, _, _ = entities_of(analysis, turn, thought)
    assert speakers == [["Ode"], ["Ode"]]


@pytest.mark.parametrize(("score", "kind"), [(0.9, "person"), (0.4, "organization")])
def test_an_operator_is_somebody_where_the_model_is_sure(score, kind):
    sentence = "Mika|P|0|root Lund|P|1|flat ,|.|5|punct an|D|5|det operator|N|1|appos"
    analysis = parsed(sentence, names={"Mika Lund": "person"})
    named = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    scored = [replace(c, score=score) for c in named]
    assert kinds_of(scored, analysis)["mika", "lund"] == kind


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        # Nobody is the biggest of a trade; a body is, whatever the model takes its name for.
        ("the|D|4|det land|N|7|nmod:poss 's|T|4|case biggest|A|7|amod grocer|N|1|appos", "organization"),
        ("the|D|4|det grocer|N|1|appos", "person"),
        # Who is a secretary is somebody, though a union stands there too.
        ("secretary|N|1|appos of|I|6|case unions|N|3|nmod ,|.|6|punct a|D|8|det union|N|1|appos", "person"),
    ],
)
def test_what_a_lone_name_is_by_what_is_told_of_it(told, kind):
    analysis = parsed(f"Norvik|P|0|root ,|.|1|punct {told}", names={"Norvik": "person"})
    named = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert kinds_of(named, analysis)[("norvik",)] == kind


@pytest.mark.parametrize(
    ("phrase", "found", "names"),
    [
        ("the|D|3|det Attorney|P|3|compound General|P|4|nsubj left|V|0|root", "Attorney General", []),
        # Its office is a body.
        (
            "Office|P|5|nsubj of|I|4|case Inspector|P|4|compound General|P|1|nmod left|V|0|root",
            "Office of Inspector General",
            ["Office of Inspector General"],
        ),
        ("We|R|2|nsubj left|V|0|root", "We", []),
        ("WHO|R|2|nsubj left|V|0|root", "WHO", ["WHO"]),
    ],
)
def test_an_office_and_a_pronoun_are_no_names(phrase, found, names):
    analysis = parsed(phrase, names={found: "organization"})
    spans = [
        (analysis.tokens[r.start].start, analysis.tokens[r.stop - 1].end) for r, _, _ in full_names(analysis)
    ]
    assert [analysis.text[a:b] for a, b in spans] == names


def test_papers_that_somebody_filed_are_a_document():
    analysis = parsed("papers|N|3|nsubj file|V|1|acl denied|V|0|root it|R|3|obj")
    (who,), _, entities = entities_of(
        analysis, said(analysis, "papers", "denied", "it", source_kind="document")
    )
    assert entities[who[0]].kind == "document"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("JUSTICE|P|2|compound SZE|P|3|nsubj denied|V|0|root it|R|3|obj", "JUSTICE SZE"),
        ("SZE|P|4|nsubj :|.|1|punct It|R|4|nsubj fell|V|0|root", "SZE"),
    ],
)
def test_a_title_or_a_turn_tells_of_somebody_whose_name_the_model_missed(line, source):
    analysis = parsed(line)
    cue, content = ("denied", "it") if "denied" in line else ("", "It fell")
    (who,), _, entities = entities_of(
        analysis, said(analysis, source, cue, content, source_kind="organization")
    )
    assert entities[who[0]].kind == "person"
