"""Who somebody is by whose he is, by a name beside his, and by what a story says of several people of one name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from entitymade import PEOPLE, entities_of, parsed, said

from annotator.analysis import span_of
from annotator.fullnames import full_names

_NORA = "Nora|P|3|nsubj Lund|P|1|flat left|V|0|root .|.|3|punct"
_KARL = "Karl|P|3|nsubj Lund|P|1|flat stayed|V|0|root .|.|3|punct"
_LUNDS = {"Nora Lund": "person", "Karl Lund": "person", "Ada Lund": "person", "Jon Hale": "person"}


_HUSBAND = (
    "Karl|P|8|nsubj Lund|P|1|flat ,|.|5|punct her|R|5|nmod:poss husband|N|1|appos ,|.|5|punct then|A|8|advmod "
    "slept|V|0|root .|.|8|punct"
)


@pytest.mark.parametrize(
    ("more", "joins"),
    [
        ("", True),
        ("Ada|P|3|nsubj Lund|P|1|flat slept|V|0|root .|.|3|punct", True),
        (_HUSBAND, False),
        ("They|R|3|nsubj are|X|3|cop unrelated|A|0|root .|.|3|punct", False),
    ],
)
def test_kin_without_a_name_is_whoever_else_bears_the_surname(more, joins):
    brother = "Her|R|2|nmod:poss brother|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    analysis = parsed(_NORA, _KARL, *[more] * bool(more), _NORA, brother, names=_LUNDS)
    speakers, _, _ = entities_of(analysis, said(analysis, "Her brother", "said", "it fell"))
    assert (speakers == [["Karl Lund"]]) == joins


def test_my_brother_is_the_brother_of_whoever_speaks():
    quoted = (
        "“|.|5|punct My|R|3|nmod:poss brother|N|4|nsubj fell|V|7|ccomp ,|.|4|punct ”|.|4|punct said|V|0|root "
        "Nora|P|7|nsubj Lund|P|8|flat .|.|7|punct"
    )
    again = "He|R|2|nsubj said|V|0|root it|R|4|nsubj hurt|V|2|ccomp .|.|2|punct"
    analysis = parsed(_KARL, quoted, again, names=_LUNDS)
    she = said(analysis, "Nora Lund", "said", "“My brother fell,”", quote_type="direct")
    _, _, entities = entities_of(analysis, she, said(analysis, "He", "said", "it hurt"))
    assert "My brother" in {m.span.of(analysis.text) for m in entities["Karl Lund"].mentions}


@pytest.mark.parametrize(
    ("lawyer", "whose"),
    [
        ("Her|R|2|nmod:poss lawyer|N|3|nsubj rose|V|0|root .|.|3|punct", "Nora Lund"),
        ("A|D|2|det lawyer|N|3|nsubj rose|V|0|root .|.|3|punct", None),
    ],
)
def test_the_client_is_whoever_has_the_lawyer(lawyer, whose):
    client = "The|D|2|det lawyer|N|3|nsubj said|V|0|root his|R|5|nmod:poss client|N|6|nsubj fell|V|3|ccomp .|.|3|punct"
    analysis = parsed(_NORA, lawyer, client, names=_LUNDS)
    _, _, entities = entities_of(analysis, said(analysis, "The lawyer", "said", "his client fell"))
    named = [
        e.name for e in entities.values() if "his client" in {m.span.of(analysis.text) for m in e.mentions}
    ]
    assert named == ([whose] if whose else named)
    assert (whose is None) == ("Nora Lund" not in named)


@pytest.mark.parametrize(
    ("between", "joins"),
    [
        (("It|R|2|nsubj rained|V|0|root .|.|2|punct",) * 5, True),
        (("Fell|P|2|nsubj Board|P|3|nsubj met|V|0|root .|.|3|punct",) * 5, True),
        (("Brim|P|3|nsubj Foods|P|1|flat paid|V|0|root .|.|3|punct",) * 5, False),
    ],
)
def test_the_company_is_the_firm_that_a_story_speaks_of_most(between, joins):
    firm = "Orv|P|3|nsubj Motors|P|1|flat grew|V|0|root .|.|3|punct"
    rest = "It|R|2|nsubj rained|V|0|root .|.|2|punct"
    company = "The|D|2|det company|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    bodies = {"Orv Motors": "organization", "Fell Board": "organization", "Brim Foods": "organization"}
    analysis = parsed(firm, firm, *between, *[rest] * 5, company, names=bodies)
    speakers, _, _ = entities_of(analysis, said(analysis, "The company", "said", "it fell"))
    assert (speakers == [["Orv Motors"]]) == joins


def test_the_agency_of_a_dateline_and_a_firm_of_another_land_are_not_the_company():
    line = "Orv|P|0|root (|.|3|punct Fell|P|1|appos )|.|3|punct"
    company = "{}company|N|{}|nsubj said|V|0|root it|R|{}|nsubj fell|V|{}|ccomp .|.|{}|punct"
    german = "The|D|3|det German|A|3|amod " + company.format("", 4, 6, 4, 4)
    for sentence, source in (
        ("The|D|2|det " + company.format("", 3, 5, 3, 3), "The company"),
        (german, "The German company"),
    ):
        other = () if "German" not in sentence else ("Brim|P|2|nsubj paid|V|0|root .|.|2|punct",)
        names = {"Orv": "place", "Fell": "organization", "Brim": "organization"}
        analysis = parsed(line, *other, sentence, names=names)
        speakers, _, _ = entities_of(analysis, said(analysis, source, "said", "it fell"))
        assert speakers == [[source]]


def test_the_governor_is_whoever_has_the_short_form_of_the_title():
    first = "Gov.|P|2|nmod:desc Ada|P|4|nsubj Lund|P|2|flat left|V|0|root .|.|4|punct"
    then = "The|D|2|det governor|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    analysis = parsed(first, then, names=_LUNDS)
    speakers, _, _ = entities_of(analysis, said(analysis, "The governor", "said", "it fell"))
    assert speakers == [["Ada Lund"]]


@pytest.mark.parametrize(
    ("name", "found", "whole"),
    [
        ("Oh|P|5|nsubj Soo|P|1|flat -|.|4|punct ah|P|1|flat left|V|0|root", "Oh Soo", "Oh Soo-ah"),
        (
            "An|D|5|det Oh|P|5|compound Soo|P|2|flat -|.|5|punct style|N|6|nsubj left|V|0|root",
            "Oh Soo",
            "Oh Soo",
        ),
        ("Jon|P|5|nsubj Hale|P|1|flat -|.|4|punct ah|P|1|flat left|V|0|root", "Jon Hale", "Jon Hale"),
        ("Karim|P|4|nsubj bin|P|1|flat Said|P|1|flat left|V|0|root", "Karim bin", "Karim bin Said"),
        ("Crown|P|3|compound Prince|P|3|compound Karim|P|4|nsubj left|V|0|root", "Karim", "Karim"),
    ],
)
def test_syllables_and_fathers_belong_to_a_name(name, found, whole):
    analysis = parsed(name, names={found: "person", "Crown": "organization"})
    names = [span_of(analysis, tokens).of(analysis.text) for tokens, _, _ in full_names(analysis)]
    assert names == [whole]


@pytest.mark.parametrize(
    ("beside", "joins"),
    [
        (",|.|1|punct “|.|5|punct Crane|P|1|appos ”|.|5|punct", True),
        (",|.|1|punct 33|#|1|nummod ,|.|1|punct “|.|7|punct Crane|P|1|appos ”|.|7|punct", True),
        ("and|C|5|cc “|.|5|punct Crane|P|1|conj ”|.|5|punct", False),
    ],
)
def test_a_name_in_marks_beside_another_is_the_same_person(beside, joins):
    n = len(beside.split()) + 3
    first = f"Jon|P|{n}|nsubj Hale|P|1|flat {beside} left|V|0|root .|.|{n}|punct"
    spoke = "Crane|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct"
    analysis = parsed(first, spoke, names=PEOPLE | {"Crane": "person"})
    speakers, _, _ = entities_of(analysis, said(analysis, "Crane", "said", "it fell", nth=1))
    assert (speakers == [["Jon Hale"]]) == joins


@pytest.mark.parametrize(("hint", "joins"), [("namesake", False), ("neighbour", True)])
def test_two_of_one_name_are_two_where_the_story_says_so(hint, joins):
    judge = "Judge|P|2|nmod:desc Ada|P|4|nsubj Lund|P|2|flat left|V|0|root .|.|4|punct"
    baker = (
        f"Her|R|2|nmod:poss {hint}|N|8|nsubj ,|.|2|punct Ada|P|2|appos Lund|P|4|flat the|D|7|det baker|N|4|appos "
        "said|V|0|root it|R|10|nsubj fell|V|8|ccomp .|.|8|punct"
    )
    analysis = parsed(judge, baker, names=_LUNDS)
    made = said(analysis, f"Her {hint}, Ada Lund the baker", "said", "it fell")
    _, _, entities = entities_of(analysis, made)
    assert (len([m for m in entities["Ada Lund"].mentions if m.form == "name"]) == 2) == joins


def test_a_surname_alone_is_whoever_the_paragraph_is_about():
    both = "Nora|P|3|nsubj Lund|P|1|flat left|V|0|root .|.|3|punct"
    karl = "Karl|P|3|nsubj Lund|P|1|flat stayed|V|0|root .|.|3|punct"
    spoke = "Lund|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct"
    analysis = parsed(both, both, karl, spoke, names=_LUNDS | {"Lund": "person"})
    at = analysis.text.index("Karl")
    parted = replace(analysis, text=analysis.text[: at - 1] + "\n" + analysis.text[at:])
    for story, who in ((analysis, "Nora Lund"), (parted, "Karl Lund")):
        made = said(story, "Lund", "said", "it fell", nth=3)
        assert entities_of(story, made)[0] == [[who]]


def test_a_title_with_a_middle_name_or_a_first_family_name_is_somebody_known():
    full = "Ana|P|4|nsubj Prado|P|1|flat Ruiz|P|1|flat left|V|0|root .|.|4|punct"
    kim = "Kim|P|3|nsubj Suna|P|1|flat stayed|V|0|root .|.|3|punct"
    spoke = "Mrs|P|3|nsubj {}|P|1|flat said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    names = {"Ana Prado Ruiz": "person", "Kim Suna": "person", "Prado": "person", "Kim": "person"}
    for word, who in (("Prado", "Ana Prado Ruiz"), ("Kim", "Kim Suna")):
        analysis = parsed(full, kim, spoke.format(word), names=names)
        assert entities_of(analysis, said(analysis, f"Mrs {word}", "said", "it fell"))[0] == [[who]]


@pytest.mark.parametrize(("held", "kind"), [("Confidence", "organization"), ("Rain", "place")])
def test_what_somebody_has_confidence_or_shares_in_is_no_place(held, kind):
    analysis = parsed(
        f"{held}|N|4|nsubj in|I|3|case Orvane|P|1|nmod fell|V|0|root .|.|4|punct",
        "Orvane|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={"Orvane": "organization"},
    )
    _, _, entities = entities_of(analysis, said(analysis, "Orvane", "said", "it fell", nth=1))
    assert entities["Orvane"].kind == kind


@pytest.mark.parametrize(
    ("age", "more", "joins"),
    [
        ("34", "", True),
        ("Orv", "", False),
        (
            "34",
            "Karl|P|6|nsubj Lund|P|1|flat ,|.|1|punct 40|#|1|appos ,|.|1|punct slept|V|0|root .|.|6|punct",
            False,
        ),
    ],
)
def test_a_first_sentence_on_somebody_is_on_who_comes_in_by_name_and_age(age, more, joins):
    lede = "A|D|2|det diver|N|4|nsubj was|X|4|aux hurt|V|0|root .|.|4|punct"
    aged = (
        f"Nora|P|6|nsubj Lund|P|1|flat ,|.|1|punct {age}|#|1|appos ,|.|1|punct said|V|0|root it|R|8|nsubj "
        "fell|V|6|ccomp .|.|6|punct"
    )
    analysis = parsed(lede, aged, *[more] * bool(more), names=_LUNDS)
    _, _, entities = entities_of(analysis, said(analysis, "Nora Lund", "said", "it fell"))
    assert ("A diver" in {m.span.of(analysis.text) for m in entities["Nora Lund"].mentions}) == joins


@pytest.mark.parametrize(
    ("named", "joins"), [("named", True), ("identified", True), ("called", True), ("beside", False)]
)
def test_who_is_named_right_after_a_noun_is_its_bearer(named, joins):
    analysis = parsed(
        f"A|D|2|det diver|N|6|nsubj {named}|V|2|acl Karl|P|3|xcomp Lund|P|4|flat said|V|0|root it|R|8|nsubj "
        "fell|V|6|ccomp .|.|6|punct",
        "Karl|P|3|nsubj Lund|P|1|flat left|V|0|root .|.|3|punct",
        names=_LUNDS,
    )
    source = "A diver" if joins else f"A diver {named} Karl Lund"
    speakers, _, _ = entities_of(analysis, said(analysis, source, "said", "it fell"))
    assert (speakers == [["Karl Lund"]]) == joins


@pytest.mark.parametrize(("letters", "joins"), [("HIO", True), ("HIA", False)])
def test_a_noun_is_the_body_whose_letters_it_has(letters, joins):
    analysis = parsed(
        "The|D|4|det Harbour|A|4|amod Information|A|4|amod Office|N|5|nsubj said|V|0|root it|R|7|nsubj "
        "fell|V|5|ccomp .|.|5|punct",
        f"{letters}|P|2|nsubj left|V|0|root .|.|2|punct",
        names={letters: "organization"},
    )
    speakers, _, _ = entities_of(
        analysis, said(analysis, "The Harbour Information Office", "said", "it fell")
    )
    assert (speakers == [[letters]]) == joins


_TWO = (
    "Nora|P|7|nsubj and|C|3|cc Karl|P|1|conj ,|.|1|punct his|R|6|nmod:poss sister|N|1|appos said|V|0|root "
    "it|R|9|nsubj fell|V|7|ccomp .|.|7|punct"
)
_ONE = (
    "Nora|P|5|nsubj ,|.|1|punct his|R|4|nmod:poss sister|N|1|appos said|V|0|root it|R|7|nsubj fell|V|5|ccomp "
    ".|.|5|punct"
)


@pytest.mark.parametrize(("sentence", "role"), [(_TWO, None), (_ONE, "his sister")])
def test_what_follows_two_names_is_told_of_the_second(sentence, role):
    analysis = parsed(sentence, names={"Nora": "person", "Karl": "person"})
    _, _, entities = entities_of(analysis, said(analysis, "Nora", "said", "it fell"))
    found = entities["Nora"].role
    assert (found.text if found else None) == role


@pytest.mark.parametrize(("firm", "kind"), [("Lund Motors", "organization"), (None, "person")])
def test_a_firm_goes_by_its_family_s_name(firm, kind):
    grew = "Lund|P|3|nsubj Motors|P|1|flat grew|V|0|root .|.|3|punct"
    paid = "Lund|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct"
    names = {"Nora Lund": "person", "Lund": "organization"} | ({firm: "organization"} if firm else {})
    analysis = parsed(_NORA, *[grew] * bool(firm), paid, names=names)
    made = said(analysis, "Lund", "said", "it fell", nth=2 if firm else 1)
    _, _, entities = entities_of(analysis, made)
    assert {e.kind for e in entities.values()} == {kind}


@pytest.mark.parametrize(
    ("sentence", "joins"),
    [
        (
            "Nora|P|2|nsubj met|V|0|root her|R|4|nmod:poss brother|N|2|obj Karl|P|6|obl there|A|2|advmod .|.|2|punct",
            True,
        ),
        (
            "Her|R|2|nmod:poss brother|N|6|nsubj ,|.|2|punct Karl|P|6|nsubj ,|.|6|punct left|V|0|root .|.|6|punct",
            True,
        ),
        ("Her|R|2|nmod:poss brother|N|5|nsubj ,|.|2|punct Karl|P|5|nsubj left|V|0|root .|.|5|punct", False),
        ("The|D|2|det brother|N|4|nsubj Karl|P|4|nsubj left|V|0|root .|.|4|punct", False),
    ],
)
def test_kin_go_by_the_name_right_after_them(sentence, joins):
    spoke = "Karl|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct"
    analysis = parsed(_NORA, sentence, spoke, names={"Nora Lund": "person", "Karl": "person"})
    _, _, entities = entities_of(analysis, said(analysis, "Karl", "said", "it fell", nth=1))
    found = {m.span.of(analysis.text).lower() for m in entities["Karl"].mentions}
    assert bool(found & {"her brother", "the brother"}) == joins


def test_the_father_of_a_junior_bears_his_name():
    senior = "Karl|P|3|nsubj Lund|P|1|flat left|V|0|root .|.|3|punct"
    junior = "Ivo|P|4|nsubj Lund|P|1|flat Jr|P|1|flat stayed|V|0|root .|.|4|punct"
    father = "His|R|2|nmod:poss father|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    analysis = parsed(senior, junior, father, names=_LUNDS | {"Ivo Lund Jr": "person"})
    assert entities_of(analysis, said(analysis, "His father", "said", "it fell"))[0] == [["Karl Lund"]]


@pytest.mark.parametrize(("opens", "joins"), [("(", True), ("and", False)])
def test_letters_in_brackets_are_the_body_before_them_in_whatever_language(opens, joins):
    closes = ")|.|5|punct " if opens == "(" else ""
    n = 5 if opens == "(" else 4
    first = (
        f"Harbour|P|2|compound Office|P|{n + 1}|nsubj {opens}|{'.' if opens == '(' else 'C'}|4|punct BIS|P|2|conj "
        f"{closes}left|V|0|root .|.|{n + 1}|punct"
    )
    spoke = "BIS|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct"
    analysis = parsed(first, spoke, names={"Harbour Office": "organization", "BIS": "organization"})
    speakers, _, _ = entities_of(analysis, said(analysis, "BIS", "said", "it fell", nth=1))
    assert (speakers == [["Harbour Office"]]) == joins


@pytest.mark.parametrize(
    ("noun", "joins"), [("rival", True), ("challenger", True), ("neighbour", False), ("rivals", False)]
)
def test_a_rival_is_whoever_else_the_story_speaks_of_most(noun, joins):
    met = "Nora|P|3|nsubj Lund|P|1|flat met|V|0|root Jon|P|3|obj Hale|P|4|flat .|.|3|punct"
    hale = "Jon|P|3|nsubj Hale|P|1|flat slept|V|0|root .|.|3|punct"
    ivo = "Ivo|P|3|nsubj Berg|P|1|flat left|V|0|root .|.|3|punct"
    spoke = f"Her|R|2|nmod:poss {noun}|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    analysis = parsed(met, hale, ivo, _NORA, spoke, names=_LUNDS | {"Ivo Berg": "person"})
    (speaker,) = entities_of(analysis, said(analysis, f"Her {noun}", "said", "it fell"))[0]
    assert (speaker == ["Jon Hale"]) is joins


def test_a_rival_of_something_is_nobody_known():
    firm = "Orv|P|3|nsubj Steel|P|1|flat closed|V|0|root .|.|3|punct"
    hale = "Jon|P|3|nsubj Hale|P|1|flat slept|V|0|root .|.|3|punct"
    spoke = (
        "Orv|P|4|nmod:poss Steel|P|1|flat 's|T|1|case rival|N|5|nsubj said|V|0|root it|R|7|nsubj "
        "fell|V|5|ccomp .|.|5|punct"
    )
    analysis = parsed(hale, firm, spoke, names={"Jon Hale": "person", "Orv Steel": "organization"})
    (speaker,) = entities_of(analysis, said(analysis, "Orv Steel's rival", "said", "it fell"))[0]
    assert speaker != ["Jon Hale"]


@pytest.mark.parametrize("more", ["", "They|R|3|nsubj are|X|3|cop unrelated|A|0|root .|.|3|punct"])
def test_a_namesake_bears_the_surname_and_need_be_no_kin(more):
    namesake = "Her|R|2|nmod:poss namesake|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct"
    analysis = parsed(_NORA, _KARL, *[more] * bool(more), _NORA, namesake, names=_LUNDS)
    assert entities_of(analysis, said(analysis, "Her namesake", "said", "it fell"))[0] == [["Karl Lund"]]
