"""Entities of one story, on parses written by hand: `word|part of speech|head|relation`, heads counted from 1."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from entitymade import BRANDT, HALE, PARTS, PEOPLE, entities_of, parsed, said
from handmade import parsed as tagged
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.analysis import Analysis, Mention, Sentence, Token
from annotator.clusters import Cluster
from annotator.coreference import _one_person
from annotator.entities import resolve
from annotator.fullnames import full_names
from annotator.kinds import kinds_of
from annotator.mentions import Candidate, collect, name_candidate, nominal_candidate, pronouns
from annotator.model import Attribution, Document, Paragraph, Span
from annotator.names import places, read_table, titles, words_of
from annotator.nouns import nouns
from annotator.phrases import source_kind


@pytest.mark.parametrize(
    ("sentence", "source", "speaker"),
    [
        (
            "Brandt|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
            "Brandt",
            "Ana Brandt",
        ),
        (
            "Mr.|P|3|nsubj Hale|P|1|flat said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
            "Mr. Hale",
            "Jon Hale",
        ),
        (
            "Ana|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
            "Ana",
            "Ana Brandt",
        ),
    ],
)
def test_a_short_name_is_the_full_one_before_it(sentence, source, speaker):
    analysis = parsed(BRANDT, HALE, sentence, names={**PEOPLE, "Ana": "person"})
    nth = analysis.text.count(source) - 1
    speakers, _, entities = entities_of(analysis, said(analysis, source, "said", "it fell", nth=nth))
    assert speakers == [[speaker]]
    assert len(entities[speaker].mentions) == 2
    assert entities[speaker].aliases == (source.removeprefix("Mr. "),)


def test_a_surname_in_the_headline_finds_the_full_name_below():
    analysis = parsed("Brandt|P|2|nsubj says|V|0|root it|R|4|nsubj fell|V|2|ccomp", BRANDT, names=PEOPLE)
    speakers, _, _ = entities_of(analysis, said(analysis, "Brandt", "says", "it fell"))
    assert speakers == [["Ana Brandt"]]


def couple(title: str) -> Analysis:
    """Two people of one surname, and one of them speaking."""
    return parsed(
        "Mr|P|2|nmod:desc Ivo|P|4|nsubj Ode|P|2|flat met|V|0|root Mrs|P|6|nmod:desc "
        "Lena|P|4|obj Ode|P|6|flat .|.|4|punct",
        f"{title}|P|2|nmod:desc Ode|P|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
        names={"Ivo Ode": "person", "Lena Ode": "person", "Ode": "person"},
    )


@pytest.mark.parametrize(("title", "speaker"), [("Mr", "Ivo Ode"), ("Mrs", "Lena Ode")])
def test_two_people_of_one_surname_stay_apart_by_their_titles(title, speaker):
    analysis = couple(title)
    speakers, _, _ = entities_of(
        analysis, said(analysis, f"{title} Ode", "said", "it fell", nth=int(title == "XX"))
    )
    assert speakers == [[speaker]]


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        (
            (
                "presidential|A|2|amod spokesman|N|5|nsubj Jon|P|2|flat Hale|P|2|flat said|V|0|root "
                "it|R|7|nsubj fell|V|5|ccomp .|.|5|punct"
            ),
            "presidential spokesman",
        ),
        (
            (
                "Jon|P|9|nsubj Hale|P|1|flat ,|.|7|punct the|D|7|det union|N|7|nmod:poss 's|T|5|case "
                "negotiator|N|1|appos ,|.|7|punct said|V|0|root it|R|11|nsubj fell|V|9|ccomp .|.|9|punct"
            ),
            "union's negotiator",
        ),
        (
            (
                "the|D|2|det spokesman|N|6|nsubj ,|.|4|punct Jon|P|2|appos Hale|P|4|flat said|V|0|root "
                "it|R|8|nsubj fell|V|6|ccomp .|.|6|punct"
            ),
            "spokesman",
        ),
    ],
)
def test_a_role_stands_before_or_after_the_name(sentence, role):
    analysis = parsed(sentence, names=PEOPLE)
    source = analysis.text[: analysis.text.index(" said")]
    speakers, _, entities = entities_of(analysis, said(analysis, source, "said", "it fell"))
    assert speakers == [["Jon Hale"]]
    found = entities["Jon Hale"].role
    assert found is not None
    assert found.text == role == analysis.text[found.start : found.end]


def test_the_spokesman_is_the_one_whose_role_it_is():
    analysis = parsed(
        "presidential|A|2|amod spokesman|N|5|nsubj Jon|P|2|flat Hale|P|2|flat met|V|0|root "
        "Ana|P|5|obj Brandt|P|6|flat .|.|5|punct",
        "The|D|2|det spokesman|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
        names=PEOPLE,
    )
    speakers, _, entities = entities_of(analysis, said(analysis, "The spokesman", "said", "it fell"))
    assert speakers == [["Jon Hale"]]
    assert [m.form for m in entities["Jon Hale"].mentions] == ["name", "nominal"]


@pytest.mark.parametrize(("word", "known"), [("foreign", False), ("finance", True)])
def test_a_minister_of_another_thing_is_somebody_else(word, known):
    analysis = parsed(
        "finance|N|2|compound minister|N|5|nsubj Jon|P|2|flat Hale|P|2|flat left|V|0|root .|.|5|punct",
        f"The|D|3|det {word}|A|3|amod minister|N|4|nsubj said|V|0|root it|R|6|nsubj fell|V|4|ccomp .|.|4|punct",
        names=PEOPLE,
    )
    speakers, _, _ = entities_of(analysis, said(analysis, f"The {word} minister", "said", "it fell"))
    assert speakers == [["Jon Hale"]] if known else speakers == [[f"The {word} minister"]]


def test_an_age_tells_who_the_34_year_old_is():
    analysis = parsed(
        "Jon|P|6|nsubj Hale|P|1|flat ,|.|4|punct 34|#|1|nummod ,|.|4|punct left|V|0|root .|.|6|punct",
        BRANDT,
        "The|D|2|det 34-year-old|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
        names=PEOPLE,
    )
    speakers, _, _ = entities_of(analysis, said(analysis, "The 34-year-old", "said", "it fell"))
    assert speakers == [["Jon Hale"]]


def test_pronouns_follow_the_gender_that_titles_show():
    analysis = parsed(
        "Mr|P|2|nmod:desc Hale|P|3|nsubj met|V|0|root Ms|P|5|nmod:desc Brandt|P|3|obj .|.|3|punct",
        "She|R|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        "He|R|2|nsubj said|V|0|root it|R|4|nsubj rose|V|2|ccomp .|.|2|punct",
        names=PEOPLE,
    )
    first = said(analysis, "She", "said", "it fell")
    second = said(analysis, "He", "said", "it rose")
    assert entities_of(analysis, first, second)[0] == [["Brandt"], ["Hale"]]


def test_a_pronoun_is_nobody_whom_its_own_words_name():
    analysis = parsed(
        BRANDT,
        HALE,
        "She|R|2|nsubj said|V|0|root Hale|P|4|nsubj lied|V|2|ccomp .|.|2|punct",
        names=PEOPLE,
    )
    speakers, about, _ = entities_of(analysis, said(analysis, "She", "said", "Hale lied"))
    assert (speakers, about) == ([["Ana Brandt"]], [["Jon Hale"]])


def test_a_pronoun_that_nothing_fits_stays_by_itself():
    analysis = parsed(
        "Ms|P|2|nmod:desc Brandt|P|3|nsubj left|V|0|root .|.|3|punct",
        "He|R|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names=PEOPLE,
    )
    speakers, _, entities = entities_of(analysis, said(analysis, "He", "said", "it fell"))
    assert speakers == [["He"]]
    assert len(entities["He"].mentions) == 1
    assert entities["He"].mentions[0].score < 0.5


def test_who_is_the_noun_of_its_relative_clause():
    analysis = parsed(
        "Jon|P|6|nsubj Hale|P|1|flat ,|.|4|punct who|R|5|nsubj said|V|1|acl:relcl left|V|0|root "
        "it|R|8|nsubj fell|V|5|ccomp .|.|6|punct",
        names=PEOPLE,
    )
    speakers, _, entities = entities_of(analysis, said(analysis, "who", "said", "it fell"))
    assert speakers == [["Jon Hale"]]
    assert [m.form for m in entities["Jon Hale"].mentions] == ["name", "pronoun"]


def test_joined_sources_are_several_speakers():
    analysis = parsed(
        "Brandt|P|4|nsubj and|C|3|cc Ode|P|1|conj said|V|0|root it|R|6|nsubj fell|V|4|ccomp .|.|4|punct",
        names={"Brandt": "person", "Ode": "person"},
    )
    assert entities_of(analysis, said(analysis, "Brandt and Ode", "said", "it fell"))[0] == [
        ["Brandt", "Ode"]
    ]


def test_i_in_a_quotation_is_its_speaker_and_we_is_nobody_else():
    analysis = parsed(
        BRANDT,
        "“|.|3|punct I|R|3|nsubj think|V|8|ccomp we|R|5|nsubj won|V|3|ccomp ,|.|3|punct ”|.|3|punct "
        "said|V|0|root Brandt|P|8|nsubj .|.|8|punct",
        names=PEOPLE,
    )
    outer = said(analysis, "Brandt", "said", "“I think we won,”", nth=1, quote_type="direct")
    inner = said(analysis, "I", "think", "we won", quote_type="indirect")
    speakers, about, entities = entities_of(analysis, outer, inner)
    assert speakers == [["Ana Brandt"], ["Ana Brandt"]]
    assert about == [[], []]
    assert {m.span.of(analysis.text) for m in entities["Ana Brandt"].mentions} == {
        "Ana Brandt",
        "Brandt",
        "I",
    }


def test_his_lawyer_is_not_he():
    analysis = parsed(
        HALE,
        "His|R|2|nmod:poss lawyer|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
        names=PEOPLE,
    )
    assert entities_of(analysis, said(analysis, "His lawyer", "said", "it fell"))[0] == [["His lawyer"]]


@pytest.mark.parametrize("place", ["Moscow", "Lisbon", "the Kremlin", "Downing Street"])
def test_a_place_that_speaks_stands_for_somebody(place):
    head = place.split()[-1]
    before = "".join(f"{w}|D|2|det " if w == "the" else f"{w}|P|2|compound " for w in place.split()[:-1])
    n = len(place.split()) + 1
    analysis = parsed(
        f"{before}{head}|P|{n}|nsubj warned|V|0|root it|R|{n + 2}|nsubj fell|V|{n}|ccomp .|.|2|punct",
        names={place.removeprefix("the "): "organization"},
    )
    attribution = said(analysis, place, "warned", "it fell")
    done, entities = resolve(Document("d", analysis.text), analysis, (attribution,))
    assert done[0].source_kind == "place"
    assert [e.kind for e in entities] == ["place"]
    assert entities[0].stands_for


def test_a_place_where_something_happens_stands_for_nobody():
    analysis = parsed(
        "Hale|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp in|I|6|case Lisbon|P|4|obl .|.|2|punct",
        names={**PEOPLE, "Lisbon": "place"},
    )
    _, about, entities = entities_of(analysis, said(analysis, "Hale", "said", "it fell in Lisbon"))
    assert about == [["Lisbon"]]
    assert entities["Lisbon"].stands_for is None


@pytest.mark.parametrize("name", ["Orvane", "Kestmark"])
def test_a_place_that_no_table_has_stands_for_its_authorities(name):
    analysis = parsed(
        f"{name}|P|2|nsubj warned|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct", names={name: "place"}
    )
    _, _, entities = entities_of(analysis, said(analysis, name, "warned", "it fell"))
    assert entities[name].stands_for == f"authorities of {name}"


@pytest.mark.parametrize(
    ("what", "taken_for", "kind"),
    [
        ("navy", "person", "place"),
        ("coast", "person", "place"),
        ("brother", "person", "person"),
        ("minister", "organization", "place"),
        ("minister", "person", "person"),
        ("staff", "organization", "organization"),
    ],
)
def test_what_has_a_navy_or_ministers_is_a_place(what, taken_for, kind):
    analysis = parsed(
        f"Orvane|P|3|nmod:poss 's|I|1|case {what}|N|4|nsubj left|V|0|root .|.|4|punct",
        "Orvane|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={"Orvane": taken_for},
    )
    _, _, entities = entities_of(analysis, said(analysis, "Orvane", "said", "it fell", nth=1))
    assert entities["Orvane"].kind == kind


@pytest.mark.parametrize(
    ("name", "kind"), [("Lantern Street", "place"), ("Port Orv", "place"), ("Lantern Bank", "organization")]
)
def test_a_street_that_speaks_is_a_seat(name, kind):
    first, last = name.split()
    analysis = parsed(
        f"{first}|P|2|compound {last}|P|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
        names={name: "organization"},
    )
    _, _, entities = entities_of(analysis, said(analysis, name, "said", "it fell"))
    assert entities[name].kind == kind


def test_what_a_comma_parts_from_a_name_is_no_part_of_it():
    analysis = parsed(
        "Orvane|P|8|nsubj ,|.|1|punct whose|R|4|nmod:poss farmers|N|6|nsubj have|X|6|aux left|V|1|acl:relcl "
        ",|.|1|punct said|V|0|root it|R|10|nsubj fell|V|8|ccomp .|.|8|punct"
    )
    speakers, _, _ = entities_of(
        analysis, said(analysis, "Orvane, whose farmers have left,", "said", "it fell")
    )
    assert speakers == [["Orvane"]]


def _short_name(last, taken_for):
    analysis = parsed(
        "Fjell|P|2|compound Water|P|3|nsubj closed|V|0|root the|D|5|det pump|N|3|obj .|.|3|punct",
        "Fjell|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        last,
        names={"Fjell Water": "organization", "Fjell": taken_for},
    )
    report = said(analysis, "Fjell", "said", "it fell", nth=1)
    _, entities = resolve(Document("d", analysis.text), analysis, (report,))
    return [(e.kind, sum(m.form == "name" for m in e.mentions)) for e in entities]


def test_a_body_is_called_by_the_first_word_of_its_name():
    last = "Nobody|R|2|nsubj slept|V|0|root .|.|2|punct"
    assert _short_name(last, "place") == [("organization", 2)]
    assert _short_name(last, "person") == [("organization", 2)]


def test_a_place_that_a_body_is_called_after_stays_one():
    last = "Nobody|R|2|nsubj slept|V|0|root in|I|4|case Fjell|P|2|obl .|.|2|punct"
    assert _short_name(last, "place") == [("place", 2)]


def test_a_place_that_is_only_the_scene_is_no_entity():
    analysis = parsed(
        "In|I|2|case Lisbon|P|4|obl Hale|P|4|nsubj said|V|0|root it|R|6|nsubj fell|V|4|ccomp .|.|4|punct",
        names={**PEOPLE, "Lisbon": "place"},
    )
    assert set(entities_of(analysis, said(analysis, "Hale", "said", "it fell"))[2]) == {"Hale"}


@pytest.mark.parametrize(
    ("sentence", "cue", "content", "act", "party"),
    [
        (
            "Hale|P|2|nsubj accused|V|0|root Brandt|P|2|obj of|S|5|mark lying|V|2|advcl .|.|2|punct",
            "accused",
            "lying",
            "accusation",
            ["Brandt"],
        ),
        (
            "Hale|P|2|nsubj warned|V|0|root Ode|P|2|obj that|S|6|mark it|R|6|nsubj fell|V|2|ccomp .|.|2|punct",
            "warned",
            "it fell",
            "warning",
            ["Ode"],
        ),
        (
            "Hale|P|2|nsubj told|V|0|root reporters|N|2|iobj it|R|5|nsubj fell|V|2|ccomp .|.|2|punct",
            "told",
            "it fell",
            "statement",
            [],
        ),
        (
            "Hale|P|2|nsubj called|V|0|root on|I|4|case Brandt|P|2|obl to|T|6|mark resign|V|2|xcomp .|.|2|punct",
            "called",
            "resign",
            "demand",
            ["Brandt"],
        ),
        (
            "Hale|P|2|nsubj urged|V|0|root shippers|N|2|obj to|T|5|mark wait|V|2|xcomp .|.|2|punct",
            "urged",
            "wait",
            "demand",
            ["shippers"],
        ),
        (
            "Hale|P|2|nsubj demanded|V|0|root ledgers|N|2|obj to|T|5|mark wait|V|2|xcomp .|.|2|punct",
            "demanded",
            "ledgers to wait",
            "demand",
            [],
        ),
    ],
)
def test_the_party_of_a_cue_is_what_the_claim_is_about(sentence, cue, content, act, party):
    analysis = parsed(sentence, names={**PEOPLE, "Ode": "person"})
    _, about, _ = entities_of(analysis, said(analysis, "Hale", cue, content, act=act))
    assert about == [party]


def test_the_accused_of_a_passive_without_source():
    analysis = parsed(
        "Lisbon|P|3|nsubj:pass is|X|3|aux:pass accused|V|0|root of|S|5|mark lying|V|3|advcl .|.|3|punct",
        names={"Lisbon": "place"},
    )
    attribution = said(analysis, "", "is accused", "lying", act="accusation")
    speakers, about, entities = entities_of(analysis, attribution)
    assert (speakers, about) == ([[]], [["Lisbon"]])
    assert entities["Lisbon"].stands_for == "government of Portugal"


def test_who_is_said_to_have_done_something_is_spoken_about():
    analysis = parsed(
        "Hale|P|3|nsubj:pass is|X|3|aux:pass said|V|0|root to|T|5|mark resign|V|3|xcomp .|.|3|punct",
        names=PEOPLE,
    )
    speakers, about, _ = entities_of(analysis, said(analysis, "", "is said", "to resign", act="evidential"))
    assert (speakers, about) == ([[]], [["Hale"]])


def test_a_noun_in_a_claim_counts_where_the_story_takes_it_up():
    left = "The|D|2|det officials|N|3|nsubj left|V|0|root .|.|3|punct"
    heard = "Hale|P|2|nsubj said|V|0|root the|D|4|det officials|N|5|nsubj fell|V|2|ccomp .|.|2|punct"
    once, twice = parsed(heard, names=PEOPLE), parsed(left, heard, names=PEOPLE)
    about = [entities_of(a, said(a, "Hale", "said", "the officials fell"))[1] for a in (once, twice)]
    assert about == [[[]], [["The officials"]]]


def test_the_owner_of_disputed_words_is_spoken_about():
    analysis = parsed(
        "Mr|P|2|nmod:desc Hale|P|3|nsubj met|V|0|root Ms|P|5|nmod:desc Brandt|P|3|obj .|.|3|punct",
        "Hale|P|2|nsubj dismissed|V|0|root her|R|4|nmod:poss account|N|2|obj .|.|2|punct",
        names=PEOPLE,
    )
    attribution = said(analysis, "Hale", "dismissed", "her account", nth=1, act="denial")
    assert entities_of(analysis, attribution)[1] == [["Brandt"]]


def test_a_joined_passive_shares_its_subject():
    analysis = parsed(
        "Lisbon|P|2|nsubj closed|V|0|root ports|N|2|obj and|C|6|cc is|X|6|aux:pass accused|V|2|conj of|S|8|mark "
        "lying|V|6|advcl .|.|2|punct",
        names={"Lisbon": "place"},
    )
    _, about, _ = entities_of(analysis, said(analysis, "", "is accused", "lying", act="accusation"))
    assert about == [["Lisbon"]]


@pytest.mark.parametrize(
    ("sentence", "names", "whole"),
    [
        (
            "Salma|P|3|nsubj Rahbi|P|1|flat said|V|0|root it|R|5|nsubj fell|V|3|ccomp",
            {"Salma": "person"},
            "Salma Rahbi",
        ),
        (
            "Salma|P|3|nsubj Rahbi|P|1|flat said|V|0|root it|R|5|nsubj fell|V|3|ccomp",
            {"Salma": "person", "Rahbi": "person"},
            "Salma Rahbi",
        ),
        (
            "Harbour|P|2|compound Ministry|P|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp",
            {"Ministry": "organization"},
            "Harbour Ministry",
        ),
        (
            "Lisbon|P|2|compound Mayor|P|4|nsubj Rahbi|P|2|flat said|V|0|root it|R|6|nsubj fell|V|4|ccomp",
            {"Rahbi": "person", "Lisbon": "place"},
            "Rahbi",
        ),
    ],
)
def test_half_a_name_is_made_whole_by_the_parse(sentence, names, whole):
    analysis = parsed(sentence, names=names)
    source = analysis.text[: analysis.text.index(" said")]
    assert entities_of(analysis, said(analysis, source, "said", "it fell"))[0] == [[whole]]


def test_the_words_of_a_role_are_he_whatever_the_parse():
    analysis = parsed(
        "pollster|N|4|nsubj Jon|P|1|dep Hale|P|2|flat said|V|0|root it|R|6|nsubj fell|V|4|ccomp", names=PEOPLE
    )
    assert entities_of(analysis, said(analysis, "pollster Jon Hale", "said", "it fell"))[0] == [["Jon Hale"]]


def test_a_man_and_his_daughter():
    analysis = parsed(
        "Mr|P|2|nmod:desc Ode|P|3|nsubj met|V|0|root Hale|P|3|obj and|C|7|cc his|R|7|nmod:poss "
        "daughter|N|4|conj .|.|3|punct",
        "Hale|P|2|nsubj said|V|0|root Ode|P|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={**PEOPLE, "Ode": "person"},
    )
    _, _, entities = entities_of(analysis, said(analysis, "Hale", "said", "Ode fell", nth=1))
    assert [m.span.of(analysis.text) for m in entities["Hale"].mentions] == ["Hale", "his", "Hale"]


def test_a_place_goes_by_its_commonest_name():
    analysis = parsed(
        "U.S.|P|2|nsubj met|V|0|root United|P|4|compound States|P|2|obj .|.|2|punct",
        "U.S.|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={"U.S.": "place", "United States": "place"},
    )
    _, _, entities = entities_of(analysis, said(analysis, "U.S.", "said", "it fell", nth=1))
    assert list(entities) == ["U.S."]
    assert entities["U.S."].aliases == ("United States",)


def test_a_speaker_is_spoken_about_only_where_he_names_himself():
    analysis = parsed(
        "Hale|P|2|nsubj said|V|0|root Hale|P|4|nsubj won|V|2|ccomp .|.|2|punct",
        names=PEOPLE,
    )
    speakers, about, _ = entities_of(analysis, said(analysis, "Hale", "said", "Hale won"))
    assert speakers == about == [["Hale"]]


def test_an_acronym_and_a_short_name_follow_the_long_form():
    analysis = parsed(
        "Northern|P|3|compound Harbour|P|3|compound Authority|P|4|nsubj met|V|0|root .|.|4|punct",
        "NHA|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        "Harbour|P|2|compound Authority|P|3|nsubj said|V|0|root it|R|5|nsubj rose|V|3|ccomp .|.|3|punct",
        names={
            "Northern Harbour Authority": "organization",
            "NHA": "organization",
            "Harbour Authority": "organization",
        },
    )
    first = said(analysis, "NHA", "said", "it fell")
    second = said(analysis, "Harbour Authority", "said", "it rose", nth=1)
    speakers, _, entities = entities_of(analysis, first, second)
    assert speakers == [["Northern Harbour Authority"]] * 2
    assert entities["Northern Harbour Authority"].aliases == ("Harbour Authority", "NHA")


@pytest.mark.parametrize(
    ("noun", "kind"),
    [("report", "document"), ("officials", "group"), ("ministry", "organization"), ("spokesman", "person")],
)
def test_the_noun_tells_what_kind_of_source_it_is(noun, kind):
    analysis = parsed(f"The|D|2|det {noun}|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct")
    attribution = said(analysis, f"The {noun}", "said", "it fell")
    done, entities = resolve(Document("d", analysis.text), analysis, (attribution,))
    assert done[0].source_kind == entities[0].kind == kind


def test_they_are_the_officials_and_not_the_minister():
    analysis = parsed(
        "Officials|N|2|nsubj met|V|0|root Hale|P|2|obj .|.|2|punct".replace("Officials", "officials"),
        "They|R|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names=PEOPLE,
    )
    assert entities_of(analysis, said(analysis, "They", "said", "it fell"))[0] == [["officials"]]


def test_what_stands_in_a_caption_is_no_mention():
    analysis = parsed(
        BRANDT,
        "Brandt|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names=PEOPLE,
    )
    border = analysis.sentences[0].end
    paragraphs = (Paragraph(0, border, "caption"), Paragraph(border + 1, len(analysis.text)))
    attribution = said(analysis, "Brandt", "said", "it fell", nth=1)
    _, _, entities = entities_of(analysis, attribution, paragraphs=paragraphs)
    assert [m.start for m in entities["Brandt"].mentions] == [border + 1]


def test_nothing_in_nothing_out():
    analysis = parsed(BRANDT, names=PEOPLE)
    assert resolve(Document("d", analysis.text), analysis, ()) == ((), ())


CODES = st.sampled_from(sorted(PARTS))
RELATIONS = st.sampled_from(
    ["nsubj", "obj", "flat", "appos", "conj", "nmod:poss", "acl:relcl", "compound", "root", "obl"]
)
WORDS = st.sampled_from(
    ["Ana", "Brandt", "he", "they", "who", "I", "the", "union", "spokesman", "Lisbon", ",", "“", "officials"]
)


# The first example reads the tables from disk, which may be slow: no deadline.
@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, CODES, st.integers(0, 30), RELATIONS), min_size=2, max_size=25), st.data())
def test_whatever_the_parse_every_id_is_known_and_every_mention_lies_in_the_text(rows, data):
    size = len(rows)
    sentence = " ".join(f"{w}|{u}|{h % k if k else 0}|{r}" for k, (w, u, h, r) in enumerate(rows))
    kinds = data.draw(
        st.dictionaries(WORDS, st.sampled_from(["person", "organization", "place"]), max_size=4)
    )
    analysis = parsed(sentence, names={k: v for k, v in kinds.items() if k.isalpha()})
    cuts = sorted(data.draw(st.lists(st.integers(0, size), min_size=4, max_size=4)))

    def span(a: int, b: int) -> tuple[Span, ...]:
        return (Span(analysis.tokens[a].start, analysis.tokens[b - 1].end),) if a < b else ()

    content = span(cuts[2], cuts[3]) or span(0, size)
    act = data.draw(st.sampled_from(["statement", "accusation"]))
    attribution = Attribution("a1", content, span(cuts[0], cuts[1]), span(cuts[1], cuts[2]), act=act)
    document = Document("d", analysis.text)
    done, entities = resolve(document, analysis, (attribution,))
    ids = {e.id for e in entities}
    assert len(ids) == len(entities)
    assert {*done[0].speaker_ids, *done[0].about_ids} == ids
    for entity in entities:
        assert entity.name
        assert all(0 <= m.start < m.end <= len(analysis.text) for m in entity.mentions)
    assert (done, entities) == resolve(document, analysis, (attribution,))


def test_the_tables_hold_together():
    kinds = {"person", "organization", "place", "group", "document"}
    assert {n.kind for n in nouns().values()} <= kinds
    assert {n.gender for n in nouns().values()} | {*titles().values()} <= {"", "m", "f"}
    assert {p.person for p in pronouns().values()} == {"1", "2", "3"}
    rows = read_table("metonyms.tsv")
    assert all(row["stands_for"] and row["source"] for row in rows)
    spellings = [s for row in rows for s in (row["name"], *filter(None, row["variants"].split(";")))]
    assert len({s.lower() for s in spellings}) == len(spellings)
    assert len(places()) > 300


@pytest.mark.parametrize(
    ("sentence", "names", "wanted"),
    [
        ("N.|P|3|nmod I.|P|3|flat Halgrim|P|4|nsubj left|V|0|root .|.|4|punct", "Halgrim", "N. I. Halgrim"),
        ("Then|A|4|advmod K.|P|4|nsubj Orlo|P|2|flat left|V|0|root .|.|4|punct", "Orlo", "K. Orlo"),
        (
            "Karl|P|4|nsubj af|P|1|flat Oster|P|1|flat left|V|0|root .|.|4|punct",
            "Karl Oster",
            "Karl af Oster",
        ),
        (
            "Joost|P|4|nsubj ten|#|1|flat Brandt|P|1|flat left|V|0|root .|.|4|punct",
            "Joost Brandt",
            "Joost ten Brandt",
        ),
        ("Ada|P|3|nsubj d'Orlo|P|1|flat left|V|0|root .|.|3|punct", "Ada", "Ada d'Orlo"),
        (
            "Karl|P|5|nsubj von|P|1|flat der|P|1|flat Aue|P|1|flat left|V|0|root .|.|5|punct",
            "Karl",
            "Karl von der Aue",
        ),
        ("Karl|P|3|nsubj von|P|1|flat left|V|0|root .|.|3|punct", "Karl", "Karl"),
        ("Karl|P|3|nsubj Aue|P|3|dep left|V|0|root .|.|3|punct", "Karl Aue", "Karl Aue"),
    ],
)
def test_a_name_found_in_part_is_made_whole(sentence, names, wanted):
    analysis = parsed(sentence, names=dict.fromkeys(names.split(), "person"))
    assert [
        c.span.of(analysis.text) for c in collect(Document("d", analysis.text), analysis).by_head.values()
    ] == [wanted]


def test_a_letter_that_ends_a_sentence_is_no_initial():
    analysis = parsed(
        "They|R|2|nsubj chose|V|0|root plan|N|2|obj B|N|3|nmod .|.|2|punct",
        "Orlo|P|2|nsubj left|V|0|root .|.|2|punct",
        names={"Orlo": "person"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert [c.span.of(analysis.text) for c in names] == ["Orlo"]


@pytest.mark.parametrize(
    ("text", "found", "wanted"),
    [
        ("Ida Strand-Lind left.", ["Ida Strand"], "Ida Strand-Lind"),
        ("Strand-Lind left.", ["Strand"], "Strand-Lind"),
        ("Ida Strand-Lind-Moe left.", ["Ida Strand"], "Ida Strand-Lind-Moe"),
        ("The Oslo-based firm left.", ["Oslo"], "Oslo"),
        ("Strand -Lind left.", ["Strand"], "Strand"),
        ("Salma el-Rahbi left.", ["Salma", "Rahbi"], "Salma el-Rahbi"),
        ("Wadi-al-Zur left.", ["Wadi", "Zur"], "Wadi-al-Zur"),
        ("Ida -al-Zur left.", ["Ida"], "Ida"),
    ],
)
def test_a_hyphen_joins_what_begins_with_a_capital(text, found, wanted):
    words = [(m.start(), m.end(), m[0]) for m in re.finditer(r"\w+|[-.]", text)]
    tokens = tuple(Token(s, e, w, w.lower(), "PROPN", -1, "root", "", "") for s, e, w in words)
    mentions = tuple(Mention(text.index(n), text.index(n) + len(n), "person") for n in found)
    analysis = Analysis(text, tokens, (Sentence(0, len(tokens), 0, len(text)),), mentions)
    assert [
        analysis.text[tokens[r.start].start : tokens[r.stop - 1].end] for r, _, _ in full_names(analysis)
    ] == [wanted]


@pytest.mark.parametrize(
    ("sentence", "cue", "content", "wanted"),
    [
        ("The|D|3|det Harbour|P|3|compound Union|P|4|nsubj said|V|0|root prices|N|6|nsubj fell|V|4|ccomp .|.|4|punct",
         "said", "prices fell", "The Harbour Union"),
        (("Critics|N|2|nsubj said|V|0|root the|D|5|det Harbour|P|5|compound Union|P|6|nsubj "
         "lied|V|2|ccomp .|.|2|punct"),
         "said", "the Harbour Union lied", "the Harbour Union"),
        (("Critics|N|2|nsubj said|V|0|root the|D|6|det Harbour|P|5|compound "
         "Union|P|6|compound boat|N|7|nsubj sank|V|2|ccomp .|.|2|punct"),
         "said", "the Harbour Union boat sank", "Harbour Union"),
    ],
)  # fmt: skip
def test_the_article_of_a_bodys_name_is_in_its_mention_and_not_in_its_name(sentence, cue, content, wanted):
    analysis = parsed(sentence, names={"Harbour Union": "organization"})
    source = "Critics" if sentence.startswith("Critics") else wanted
    _, made = resolve(Document("d", analysis.text), analysis, (said(analysis, source, cue, content),))
    (union,) = [e for e in made if e.kind == "organization"]
    assert [m.span.of(analysis.text) for m in union.mentions] == [wanted]
    assert union.name == "Harbour Union"


def test_initials_before_a_surname_are_the_name_that_begins_so():
    assert _one_person(("n", "i", "halgrim"), ("nora", "halgrim"))
    assert _one_person(("nora", "halgrim"), ("n", "halgrim"))
    assert not _one_person(("n", "i", "halgrim"), ("ida", "halgrim"))
    assert not _one_person(("n", "i", "halgrim"), ("nora", "halgren", "oster"))


@pytest.mark.parametrize(
    ("sentence", "content", "wanted"),
    [
        ("The|D|2|det Council|P|3|nsubj denied|V|0|root its|R|5|nmod:poss seal|N|6|nsubj broke|V|3|ccomp .|.|3|punct",
         "its seal broke", {"The Council", "its"}),
        ("The|D|2|det Council|P|3|nsubj denied|V|0|root it|R|5|nsubj lied|V|3|ccomp .|.|3|punct",
         "it lied", {"The Council", "it"}),
        ("The|D|2|det Council|P|3|nsubj denied|V|0|root it|R|5|expl rained|V|3|ccomp .|.|3|punct",
         "it rained", {"The Council"}),
    ],
)  # fmt: skip
def test_it_and_its_beside_a_body_that_acts_are_that_body(sentence, content, wanted):
    analysis = parsed(sentence, names={"Council": "organization"})
    _, _, entities = entities_of(analysis, said(analysis, "The Council", "denied", content))
    assert {m.span.of(analysis.text) for m in entities["Council"].mentions} == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (("A|D|2|det clerk|N|6|nsubj of|I|5|case the|D|5|det court|N|2|nmod lied|V|0|root "
         ".|.|6|punct"), "A clerk of the court"),
        (("A|D|2|det clerk|N|6|nsubj familiar|A|2|amod with|I|5|case it|R|3|obl lied|V|0|root "
         ".|.|6|punct"), "A clerk familiar with it"),
        (("A|D|2|det clerk|N|6|nsubj who|R|4|nsubj left|V|2|acl:relcl ,|.|4|punct lied|V|0|root "
         ".|.|6|punct"), "A clerk"),
        (("A|D|2|det clerk|N|8|nsubj of|I|5|case the|D|5|det court|N|2|nmod that|R|7|nsubj "
         "sat|V|5|acl:relcl lied|V|0|root .|.|8|punct"),
         "A clerk of the court"),
    ],
)  # fmt: skip
def test_a_nominal_takes_what_follows_it_up_to_a_relative_clause(sentence, wanted):
    analysis = parsed(sentence)
    found = collect(Document("d", analysis.text), analysis).by_head[1]
    assert found.span.of(analysis.text) == wanted


def kinds_said(analysis):
    """The kind of the source before "said" and of its entity."""
    attribution = said(analysis, analysis.text[: analysis.text.index(" said")], "said", "it fell")
    attribution = replace(attribution, source_kind=source_kind(analysis, attribution.source[0]))
    done, entities = resolve(Document("d", analysis.text), analysis, (attribution,))
    return done[0].source_kind, entities[0].kind


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("The|D|2|det paper|N|{v}|nsubj", "organization"),
        ("A|D|3|det board|N|3|compound paper|N|{v}|nsubj", "document"),
        ("A|D|2|det paper|N|{v}|nsubj seen|V|2|acl|see by|I|5|case us|R|3|obl", "document"),
        ("The|D|3|det general|J|3|amod staff|N|{v}|nsubj", "organization"),
        ("The|D|2|det staff|N|{v}|nsubj", "group"),
        ("Nine|M|2|nummod banks|N|{v}|nsubj|bank|NNS", "group"),
        ("Nine|M|2|nummod letters|N|{v}|nsubj|letter|NNS", "document"),
        ("The|D|2|det fourth|J|{v}|nsubj", "person"),
        ("A|D|2|det voice|N|{v}|nsubj", "person"),
        ("A|D|2|det third|N|{v}|nsubj", "person"),
        ("A|D|2|det third|N|{v}|nsubj of|I|5|case voters|N|2|nmod", "group"),
        ("A|D|2|det timetable|N|{v}|nsubj", "document"),
        ("The|D|3|det coast|N|3|compound guard|N|{v}|nsubj", "organization"),
        ("A|D|3|det tall|J|3|amod guard|N|{v}|nsubj", "person"),
        ("Its|R|3|nmod:poss Irish|J|3|amod counterpart|N|{v}|nsubj", "organization"),
        ("Her|R|3|nmod:poss Irish|J|3|amod counterpart|N|{v}|nsubj", "person"),
    ],
)
def test_the_words_beside_a_noun_tell_what_it_is(phrase, kind):
    v = len(phrase.split()) + 1
    analysis = tagged(
        f"{phrase.format(v=v)} said|V|0|root|say|VBD it|R|{v + 2}|nsubj fell|V|{v}|ccomp .|.|{v}|punct"
    )
    assert kinds_said(analysis) == (kind, kind)


@pytest.mark.parametrize("written", ["board|N|5|compound paper|N|2|obj", "long|A|5|amod study|N|2|obj"])
def test_the_paper_is_the_one_last_spoken_of(written):
    analysis = parsed(
        f"Ode|P|2|nsubj wrote|V|0|root a|D|5|det {written} .|.|2|punct",
        "The|D|2|det paper|N|3|nsubj said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
    )
    attribution = said(analysis, "The paper", "said", "it fell")
    done, _ = resolve(Document("d", analysis.text), analysis, (attribution,))
    assert done[0].source_kind == "document"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Banque Orlande", {"Banque Orlande": "organization", "Orlande": "organization"}),
        ("Orlande Tageblatt", {"Orlande Tageblatt": "organization"}),
        ("Orlande Schwimmverband", {"Orlande Schwimmverband": "organization"}),
        ("Ana Orlande", {"Ana Orlande": "person", "Orlande": "person"}),
    ],
)
def test_a_name_may_be_a_bodys_by_a_word_of_another_language(name, kinds):
    first, last = name.split()
    analysis = parsed(
        f"{first}|P|3|nsubj {last}|P|1|flat left|V|0|root .|.|3|punct",
        "Orlande|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={name: "person", "Orlande": "person"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    found = kinds_of(names, analysis)
    assert {k: found[words_of(k)] for k in kinds} == kinds


def test_a_surname_keeps_the_particle_that_it_had_before():
    analysis = parsed(
        "Joost|P|4|nsubj ten|#|1|flat Brandt|P|1|flat left|V|0|root .|.|4|punct",
        "“|.|4|punct Ten|#|3|nummod times|N|4|obl gone|V|0|root ,|.|4|punct ”|.|4|punct ten|#|8|nummod "
        "Brandt|P|9|nsubj said|V|4|parataxis .|.|4|punct",
        "The|D|3|det ten|#|3|nummod Orlos|P|4|nsubj left|V|0|root .|.|4|punct",
        names={"Joost ten Brandt": "person", "Brandt": "person", "Orlos": "person"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert [c.span.of(analysis.text) for c in names] == ["Joost ten Brandt", "ten Brandt", "Orlos"]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("the|D|5|det news|N|5|compound agency|N|2|appos", "organization"),
        ("the|D|5|det Danish|A|5|amod manufacturer|N|2|appos", "organization"),
        ("the|D|5|det harbour|N|5|compound clerk|N|2|appos", "person"),
        # A contractor may be somebody.
        ("the|D|5|det harbour|N|5|compound contractor|N|2|appos", "person"),
    ],
)
def test_what_a_name_is_said_to_be_tells_its_kind(told, kind):
    analysis = parsed(
        f"So|A|6|advmod Orvane|P|6|nsubj ,|.|2|punct {told} ,|.|2|punct said|V|0|root it|R|9|nsubj fell|V|7|ccomp "
        ".|.|7|punct".replace("|V|7|", "|V|8|"),
        names={"Orvane": "person"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert kinds_of(names, analysis)[("orvane",)] == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Both|D|2|det unions|N|{v}|nsubj|union|NNS", "group"),
        ("The|D|2|det police|N|{v}|nsubj|police|NNS", "organization"),
        ("They|R|{v}|nsubj", "group"),
        ("Somebody|R|{v}|nsubj", "person"),
        ("Another|R|{v}|nsubj", "person"),
    ],
)
def test_several_bodies_are_a_group_and_the_police_one(words, kind):
    v = len(words.split()) + 1
    analysis = tagged(
        f"{words.format(v=v)} said|V|0|root|say|VBD it|R|{v + 2}|nsubj fell|V|{v}|ccomp .|.|{v}|punct"
    )
    assert kinds_said(analysis) == (kind, kind)


@pytest.mark.parametrize(("alone", "bearer"), [("Ana", "Karl Orlo"), ("Karl", "Ana Orlo")])
def test_who_goes_by_a_first_name_is_not_called_by_the_surname(alone, bearer):
    analysis = parsed(
        "Ana|P|4|nsubj Orlo|P|1|flat and|C|4|cc left|V|0|root .|.|4|punct",
        "Karl|P|3|nsubj Orlo|P|1|flat stayed|V|0|root .|.|3|punct",
        f"{alone}|P|2|nsubj slept|V|0|root .|.|2|punct",
        "Orlo|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={"Ana Orlo": "person", "Karl Orlo": "person", alone: "person", "Orlo": "person"},
    )
    attribution = said(analysis, "Orlo", "said", "it fell", nth=2)
    assert entities_of(analysis, attribution)[0] == [[bearer]]


@pytest.mark.parametrize(
    ("text", "words"),
    [("The secretary-general left.", ("secretary-general",)), ("The general left.", ("general",))],
)
def test_a_secretary_general_is_no_general(text, words):
    parts = [(m.start(), m.end(), m[0]) for m in re.finditer(r"\w+|[-.]", text)]
    last = len(parts) - 2
    noun = next(i for i, p in enumerate(parts) if p[2] == "general")
    tokens = tuple(
        Token(
            s,
            e,
            w,
            w.lower(),
            "NOUN",
            -1 if i == last else noun if i < noun else last,
            "nsubj" if i == noun else "dep",
        )
        for i, (s, e, w) in enumerate(parts)
    )
    analysis = Analysis(text, tokens, (Sentence(0, len(tokens), 0, len(text)),))
    assert nominal_candidate(analysis, noun).words == words


@pytest.mark.parametrize(
    ("before", "kind"),
    [("daily", "organization"), ("insurer", "organization"), ("clerk", "person")],
)
def test_the_noun_before_a_name_tells_its_kind(before, kind):
    analysis = parsed(
        f"The|D|2|det {before}|N|4|nsubj Orvane|P|2|appos said|V|0|root it|R|6|nsubj fell|V|4|ccomp .|.|4|punct",
        names={"Orvane": "person"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert kinds_of(names, analysis)[("orvane",)] == kind


@pytest.mark.parametrize(("whose", "kind"), [("its", "organization"), ("his", "person")])
def test_the_rival_of_a_body_is_a_body(whose, kind):
    analysis = parsed(
        f"Fjell|P|2|nsubj told|V|0|root {whose}|R|4|nmod:poss rival|N|2|obj Orvane|P|4|appos "
        "it|R|7|nsubj fell|V|2|ccomp .|.|2|punct",
        names={"Orvane": "person", "Fjell": "organization"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert kinds_of(names, analysis)[("orvane",)] == kind


@pytest.mark.parametrize(("whose", "kind"), [("chairman", "organization"), ("brother", "person")])
def test_what_has_a_chairman_is_a_body(whose, kind):
    analysis = parsed(
        f"Orvane|P|3|nmod:poss 's|T|1|case {whose}|N|4|nsubj left|V|0|root .|.|4|punct",
        names={"Orvane": "person"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert kinds_of(names, analysis)[("orvane",)] == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Karl J. Ode", "person"), ("Karl 4 Ode", "organization"), ("Karl J. Bank", "organization")],
)
def test_initials_within_a_name_are_a_persons(name, kind):
    first, middle, last = name.split()
    analysis = parsed(
        f"{first}|P|4|nsubj {middle}|P|1|flat {last}|P|1|flat left|V|0|root .|.|4|punct",
        names={name: "organization"},
    )
    names = [c for c in collect(Document("d", analysis.text), analysis).by_head.values() if c.form == "name"]
    assert set(kinds_of(names, analysis).values()) == {kind}


@pytest.mark.parametrize(
    ("names", "leaning"),
    [
        ((("Hilda Clinton", ""), ("Clinton", "")), "f"),
        ((("Malik", "ms"),), ""),
        ((("Malik", ""),), "m"),
        ((("Hilda Clinton", ""), ("Hilda", "")), "f"),
    ],
)
def test_a_surname_that_is_a_given_name_too_tells_no_gender(names, leaning):
    cluster, at = Cluster(0, "person"), 0
    for name, title in names:
        words = tuple(name.lower().split())
        cluster.add(Candidate(at, at + len(name), at, "name", kind="person", words=words, title=title), 1.0)
        at += 100
    assert cluster.leaning == leaning


@pytest.mark.parametrize(("article", "before"), [("the|D|2|det", []), ("", ["affairs"])])
def test_a_whole_plural_before_a_capital_title_is_no_part_of_it(article, before):
    name = 4 if article else 3
    words = f"affairs|N|{name}|compound|affair|NNS President|P|{name}|compound Ode|P|{name + 1}|nsubj"
    analysis = tagged(f"{article} {words} left|V|0|root .|.|{name + 1}|punct", names={"Ode": "person"})
    found = collect(Document("d", analysis.text), analysis)
    role = next(c.role for c in found.by_head.values() if c.form == "name")
    assert role is not None
    assert role.text.split()[:-1] == before


def test_a_bare_surname_is_whoever_the_story_is_about():
    analysis = parsed(
        "Karl|P|3|nsubj Orlo|P|1|flat left|V|0|root .|.|3|punct",
        "Then|A|4|advmod Karl|P|4|nsubj Orlo|P|2|flat slept|V|0|root .|.|4|punct",
        "Ana|P|3|nsubj Orlo|P|1|flat stayed|V|0|root .|.|3|punct",
        "Orlo|P|2|nsubj said|V|0|root it|R|4|nsubj fell|V|2|ccomp .|.|2|punct",
        names={"Ana Orlo": "person", "Karl Orlo": "person", "Orlo": "person"},
    )
    attribution = said(analysis, "Orlo", "said", "it fell", nth=3)
    assert entities_of(analysis, attribution)[0] == [["Karl Orlo"]]


@pytest.mark.parametrize(
    ("sentence", "gender"),
    [
        (
            "His|R|2|nmod:poss sister|N|0|root ,|.|4|punct Mika|P|2|appos ,|.|7|punct a|D|7|det nurse|N|4|appos",
            "f",
        ),
        # What the words disagree on is not known, in whatever order a set gives them.
        (
            "His|R|2|nmod:poss sister|N|0|root ,|.|4|punct Mika|P|2|appos ,|.|7|punct a|D|7|det father|N|4|appos",
            "",
        ),
    ],
)
def test_a_role_tells_a_gender_where_all_its_words_agree(sentence, gender):
    analysis = parsed(sentence, names={"Mika": "person"})
    named = name_candidate(analysis, range(3, 4), "person")
    assert named is not None
    assert named.gender == gender


def test_a_given_name_that_is_a_particle_elsewhere_begins_a_whole_name():
    analysis = parsed(
        "Benjamin|P|3|nsubj Brandt|P|1|flat met|V|0|root Ben|P|3|obj Carter|P|4|flat .|.|3|punct",
        "Ben|P|3|nsubj Carter|P|1|flat said|V|0|root it|R|5|nsubj fell|V|3|ccomp .|.|3|punct",
        names={"Benjamin Brandt": "person", "Ben Carter": "person"},
    )
    speakers, _, _ = entities_of(analysis, said(analysis, "Ben Carter", "said", "it fell", nth=1))
    assert speakers == [["Ben Carter"]]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("for Ports Fiona Orden", "Fiona Orden"),
        ("of Georgia Fiona Orden", "Fiona Orden"),
        ("Fiona Orden", "Fiona Orden"),
    ],
)
def test_what_an_office_is_of_is_no_part_of_a_name(name, left):
    words = name.split()
    before = "".join(f"{w}|P|{len(words)}|{'case' if w in ('for', 'of') else 'nmod'} " for w in words[:-2])
    analysis = parsed(
        f"Minister|P|{len(words) + 2}|nsubj {before}Fiona|P|1|nmod Orden|P|{len(words)}|flat left|V|0|root",
        names={name: "person"},
    )
    found = collect(Document("d", analysis.text), analysis)
    assert [c.span.of(analysis.text) for c in found.by_head.values() if c.form == "name"] == [left]
