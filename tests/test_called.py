"""What people and bodies are called besides their names, on parses written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import parsed

from annotator.entities import resolve
from annotator.kinds import kinds_of
from annotator.mentions import collect
from annotator.model import Attribution, Document, Span, attribution_id

SAID = "said|V|0|root|say|VBD it|R|{n}|nsubj|it|PRP fell|V|{v}|ccomp|fall|VBD .|.|{v}|punct"


def who_says(*sentences, source, names):
    """The names and aliases of the speakers of the last sentence, which says that "it fell"."""
    analysis = parsed(*sentences, names=names)
    start, at = analysis.text.rindex(source), analysis.text.rindex("said")
    spans = {
        "source": (Span(start, start + len(source)),),
        "cue": (Span(at, at + 4),),
        "content": (Span(analysis.text.rindex("it fell"), len(analysis.text) - 1),),
    }
    report = Attribution(attribution_id("t", **spans), **spans)
    (done,), entities = resolve(Document("d", analysis.text), analysis, (report,))
    named = {e.id: (e.name, *e.aliases) for e in entities}
    return [named[i] for i in done.speaker_ids]


def last(words):
    """A last sentence: what stands before "said it fell", its head being the last word."""
    n = len(words.split())
    return f"{words} {SAID.format(n=n + 3, v=n + 1)}"


ILKA = "Ilka|P|3|nsubj Ode|P|1|flat left|V|0|root|leave|VBD .|.|3|punct"
PERSON = {"Ilka Ode": "person"}


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("The|D|3|det 24-year-old|J|3|amod Finn|P|4|nsubj", "The 24-year-old Finn"),
        ("The|D|2|det Uruguayan|P|3|nsubj", "The Uruguayan"),
        ("The|D|3|det former|J|3|amod skater|N|4|nsubj|skater|NN", "The former skater"),
        ("The|D|3|det two-term|J|3|amod Republican|N|4|nsubj|republican|NN", "The two-term Republican"),
    ],
)
def test_what_tells_something_new_is_of_whoever_was_named_last(words, source):
    names = PERSON | {"Finn": "person", "Uruguayan": "person"}
    assert who_says(ILKA, last(words), source=source, names=names) == [("Ilka Ode",)]


def test_a_driver_is_brought_in_and_is_nobody_named():
    words = "The|D|2|det driver|N|3|nsubj|driver|NN"
    assert who_says(ILKA, last(words), source="The driver", names=PERSON) == [("The driver",)]


def test_the_man_is_whoever_was_brought_in_last_without_a_name():
    met = "Ode|P|2|nsubj met|V|0|root|meet|VBD a|D|4|det chemist|N|2|obj|chemist|NN .|.|2|punct"
    words = "The|D|2|det man|N|3|nsubj|man|NN"
    found = who_says(ILKA, met, last(words), source="The man", names=PERSON | {"Ode": "person"})
    assert found == [("a chemist",)]


@pytest.mark.parametrize("says", ["known|V|1|acl|know|VBN as|I|7|case", "nicknamed|V|1|acl|nickname|VBN"])
def test_a_nickname_is_whose_the_text_says(says):
    n = 5 + len(says.split())
    first = (
        f"Ilka|P|{n + 1}|nsubj Ode|P|1|flat ,|.|1|punct {says.replace('|7|case', f'|{n - 1}|case')} "
        f"Pip|P|4|obl ,|.|1|punct left|V|0|root|leave|VBD .|.|{n + 1}|punct"
    )
    found = who_says(first, last("Pip|P|2|nsubj"), source="Pip", names=PERSON | {"Pip": "person"})
    assert found == [("Ilka Ode", "Pip")]


def test_another_lone_name_is_nobody_s_nickname():
    found = who_says(ILKA, last("Pip|P|2|nsubj"), source="Pip", names=PERSON | {"Pip": "person"})
    assert found == [("Pip",)]


BODY = "Orv|P|3|compound Rowing|P|3|compound {last}|P|4|nsubj met|V|0|root|meet|VBD .|.|4|punct"


@pytest.mark.parametrize(
    ("ends", "noun"),
    [("Association", "federation"), ("Guild", "union"), ("Herald", "paper"), ("Inspectorate", "regulator")],
)
def test_a_body_is_taken_up_by_a_noun_like_one_in_its_name(ends, noun):
    names = {f"Orv Rowing {ends}": "organization"}
    words = f"The|D|2|det {noun}|N|3|nsubj|{noun}|NN"
    found = who_says(BODY.format(last=ends), last(words), source=f"The {noun}", names=names)
    assert found == [(f"Orv Rowing {ends}",)]


def test_a_noun_that_two_bodies_may_be_called_by_is_neither():
    names = {"Orv Rowing Association": "organization", "Orv Rowing League": "organization"}
    two = [BODY.format(last=x) for x in ("Association", "League")]
    words = "The|D|2|det federation|N|3|nsubj|federation|NN"
    assert who_says(*two, last(words), source="The federation", names=names) == [("The federation",)]


@pytest.mark.parametrize(
    ("longer", "joined"), [("Harbour Authority Council", False), ("Harbour Authority of Orv", True)]
)
def test_a_whole_name_is_not_short_for_that_of_another_body(longer, joined):
    a, b, *rest = longer.split()
    tail = f"{rest[0]}|P|1|flat" if len(rest) == 1 else "of|I|4|case Orv|P|2|nmod"
    n = len(longer.split()) + 1
    first = f"{a}|P|{n}|nsubj {b}|P|1|flat {tail} met|V|0|root|meet|VBD .|.|{n}|punct"
    words = "Harbour|P|3|nsubj Authority|P|1|flat"
    names = {longer: "organization", "Harbour Authority": "organization"}
    ((name, *_),) = who_says(first, last(words), source="Harbour Authority", names=names)
    assert (name == longer) == joined


def kinds(sentence, names):
    analysis = parsed(sentence, names=names)
    found = collect(Document("d", analysis.text), analysis)
    return kinds_of([c for c in found.by_head.values() if c.form == "name"], analysis)


def test_a_name_with_its_letters_after_it_is_a_body_s():
    sentence = (
        "Halden|P|3|compound Vogt|P|3|compound Works|P|7|nsubj (|.|5|punct HVW|P|3|appos )|.|5|punct rose|V|0|root "
        ".|.|7|punct"
    )
    found = kinds(sentence, {"Halden Vogt Works": "person", "HVW": "organization"})
    assert set(found.values()) == {"organization"}


@pytest.mark.parametrize(("name", "kind"), [("Orv Rovers", "organization"), ("Orv Lund", "person")])
def test_a_club_is_known_by_the_end_of_its_name(name, kind):
    a, b = name.split()
    sentence = f"{a}|P|3|nsubj {b}|P|1|flat lost|V|0|root .|.|3|punct"
    analysis = parsed(sentence, names={name: "person"})
    found = collect(Document("d", analysis.text), analysis)
    (candidate,) = (c for c in found.by_head.values() if c.form == "name")
    weak = replace(candidate, score=0.6)
    assert kinds_of([weak], analysis)[candidate.words] == kind


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        (
            "Its|R|2|nmod:poss spokeswoman|N|6|nsubj|spokeswoman|NN ,|.|4|punct Mara|P|6|nsubj Lund|P|4|flat",
            "Mara Lund",
        ),
        (
            "Its|R|2|nmod:poss chairman|N|7|nsubj|chairman|NN ,|.|4|punct Sir|P|5|nmod:desc Karl|P|7|dep Lund|P|5|flat",
            "Karl Lund",
        ),
        ("One|M|7|nsubj of|I|4|case the|D|4|det two|M|1|nmod ,|.|6|punct Mara|P|1|list", "Mara"),
    ],
)
def test_a_noun_and_after_a_comma_its_name_are_one_speaker(source, speaker):
    words = " ".join(w.split("|")[0] for w in source.split()).replace(" ,", ",")
    found = who_says(
        ILKA,
        last(source),
        source=words,
        names=PERSON | dict.fromkeys(("Mara Lund", "Mara", "Karl Lund"), "person"),
    )
    assert found == [(speaker,)]


BROTHER = (
    "Karl|P|9|nsubj Ode|P|1|flat ,|.|7|punct the|D|5|det mayor|N|7|nmod:poss|mayor|NN 's|T|5|case "
    "brother|N|1|appos|brother|NN ,|.|7|punct paid|V|0|root|pay|VBD .|.|9|punct"
)
MAYOR = "Ilka|P|4|nsubj Ode|P|1|flat was|X|4|cop mayor|N|0|root|mayor|NN .|.|4|punct"


def test_her_brother_is_whom_the_text_calls_the_mayor_s_brother():
    mayor = "The|D|2|det mayor|N|3|nsubj|mayor|NN left|V|0|root|leave|VBD .|.|3|punct"
    words = "Her|R|2|nmod:poss|her|PRP$ brother|N|3|nsubj|brother|NN"
    role = (
        "Mayor|N|2|nmod:desc|mayor|NN Ilka|P|4|nsubj Ode|P|2|flat left|V|0|root|leave|VBD her|R|6|nmod:poss|her|PRP$ "
        "house|N|4|obj|house|NN .|.|4|punct"
    )
    names = PERSON | {"Karl Ode": "person"}
    found = who_says(role, mayor, last(words), BROTHER, source="Her brother", names=names)
    assert found == [("Karl Ode",)]


@pytest.mark.parametrize(("years", "speaker"), [("younger", "Karl Ode"), ("elder", "Ilka Ode")])
def test_the_younger_of_one_surname_is_the_one_told_as_a_son(years, speaker):
    son = (
        "Karl|P|8|nsubj Ode|P|1|flat ,|.|6|punct her|R|6|nmod:poss|her|PRP$ only|J|6|amod "
        "son|N|1|appos|son|NN ,|.|6|punct paid|V|0|root|pay|VBD .|.|8|punct"
    )
    words = f"The|D|3|det {years}|J|3|amod Ode|P|4|nsubj"
    names = PERSON | {"Karl Ode": "person", "Ode": "person"}
    ((name, *_),) = who_says(ILKA, son, last(words), source=f"The {years} Ode", names=names)
    assert name == speaker


def test_who_trails_him_does_not_trail_himself():
    first = (
        "Sam|P|9|nsubj Lund|P|1|flat ,|.|5|punct who|R|5|nsubj|who|WP|PronType=Rel trails|V|1|acl:relcl|trail|VBZ "
        "him|R|5|obj|he|PRP ,|.|5|punct has|X|9|aux left|V|0|root|leave|VBN .|.|9|punct"
    )
    head = "Jon|P|3|nsubj Hale|P|1|flat leads|V|0|root|lead|VBZ .|.|3|punct"
    analysis = parsed(
        head,
        first,
        last("Hale|P|2|nsubj"),
        names={"Jon Hale": "person", "Sam Lund": "person", "Hale": "person"},
    )
    at, fell = analysis.text.rindex("said"), analysis.text.rindex("it fell")
    spans = {
        "source": (Span(at - 5, at - 1),),
        "cue": (Span(at, at + 4),),
        "content": (Span(fell, fell + 7),),
    }
    _, entities = resolve(
        Document("d", analysis.text), analysis, (Attribution(attribution_id("t", **spans), **spans),)
    )
    (hale,) = (e for e in entities if e.name == "Jon Hale")
    assert "him" in [analysis.text[m.start : m.end] for m in hale.mentions]


def mentions(sentences, source, cue, content, names):
    """The words of every mention by the name of its entity."""
    analysis = parsed(*sentences, names=names)
    at = analysis.text.index(source)

    def span(words):
        begin = analysis.text.index(words)
        return (Span(begin, begin + len(words)),)

    spans = {"source": (Span(at, at + len(source)),), "cue": span(cue), "content": span(content)}
    report = Attribution(attribution_id("t", **spans), **spans)
    _, entities = resolve(Document("d", analysis.text), analysis, (report,))
    return {e.name: [analysis.text[m.start : m.end] for m in e.mentions] for e in entities}


def test_the_boy_whom_somebody_speaks_of_is_not_himself():
    liked = (
        "“|.|3|punct I|R|3|nsubj|I|PRP like|V|8|ccomp|like|VBP the|D|5|det boy|N|3|obj|boy|NN ,|.|3|punct ”|.|3|punct "
        "said|V|0|root|say|VBD Ode|P|8|nsubj .|.|8|punct"
    )
    names = PERSON | {"Ode": "person"}
    found = mentions((ILKA, liked), "Ode", "said", "“I like the boy,”", names)
    assert "the boy" not in found["Ilka Ode"]


@pytest.mark.parametrize(
    "agent",
    [
        "Sam|P|8|nsubj Lund|P|1|flat ,|.|5|punct his|R|5|nmod:poss|his|PRP$ agent|N|1|appos|agent|NN ,|.|1|punct",
        "His|R|2|nmod:poss|his|PRP$ agent|N|8|nsubj|agent|NN ,|.|4|punct Sam|P|2|appos Lund|P|4|flat ,|.|4|punct",
    ],
)
def test_nobody_is_his_own_agent(agent):
    told = f"{agent} then|B|8|advmod said|V|0|root|say|VBD it|R|10|nsubj|it|PRP fell|V|8|ccomp|fall|VBD .|.|8|punct"
    jon = "Jon|P|3|nsubj Hale|P|1|flat left|V|0|root|leave|VBD .|.|3|punct"
    found = mentions((jon, told), "Sam Lund", "said", "it fell", {"Jon Hale": "person", "Sam Lund": "person"})
    assert not {"his", "His"} & set(found["Sam Lund"])


def test_a_club_is_called_by_any_word_of_its_name():
    sentence = "Sporting|P|3|nsubj Orv|P|1|flat beat|V|0|root Orv|P|3|obj .|.|3|punct"
    analysis = parsed(sentence, names={"Sporting Orv": "organization", "Orv": "person"})
    whole = tuple(m for m in analysis.mentions if m.kind == "organization" or m.start > len("Sporting Orv"))
    found = collect(Document("d", analysis.text), replace(analysis, mentions=whole))
    names = [c for c in found.by_head.values() if c.form == "name"]
    assert set(kinds_of(names, analysis).values()) == {"organization"}


def test_an_ampersand_makes_a_firm():
    sentence = "Orv|P|4|nsubj &|C|3|cc Lund|P|1|conj left|V|0|root .|.|4|punct"
    analysis = parsed(sentence, names={"Orv & Lund": "person"})
    found = collect(Document("d", analysis.text), analysis)
    assert set(kinds_of(list(found.by_head.values()), analysis).values()) == {"organization"}


def test_a_deputy_and_no_friend_of_anybody_is_one_speaker():
    words = (
        "Mara|P|13|nsubj Lund|P|1|flat ,|.|5|punct a|D|5|det deputy|N|1|appos|deputy|NN and|C|8|cc no|D|8|det "
        "relation|N|5|conj|relation|NN of|I|11|case the|D|11|det mayor|N|8|nmod|mayor|NN ,|.|5|punct"
    )
    source = "Mara Lund, a deputy and no relation of the mayor,"
    assert who_says(last(words), source=source, names={"Mara Lund": "person"}) == [("Mara Lund",)]


@pytest.mark.parametrize(("other", "joined"), [("Harbour|P|3|nsubj", True), ("Jon|P|3|nsubj", False)])
def test_a_port_is_called_by_its_last_word_where_nobody_bears_it(other, joined):
    port = "Port|P|3|nsubj Orv|P|1|flat burned|V|0|root|burn|VBD .|.|3|punct"
    bearer = f"{other} Orv|P|1|flat left|V|0|root|leave|VBD .|.|3|punct"
    analysis = parsed(port, bearer, names={"Port Orv": "place", "Jon Orv": "person"})
    text = analysis.text + " Orv"
    analysis = parsed(
        port, bearer, "Orv|P|0|root", names={"Port Orv": "place", "Jon Orv": "person", "Orv": "person"}
    )
    assert analysis.text == text
    whole = tuple(m for m in analysis.mentions if m.end - m.start > 3 or m.start == len(text) - 3)
    found = collect(Document("d", text), replace(analysis, mentions=whole))
    names = [c for c in found.by_head.values() if c.form == "name"]
    assert (kinds_of(names, analysis)["orv",] == "place") == joined


@pytest.mark.parametrize(("first", "kind"), [("Lucien", "person"), ("Marcel", "organization")])
def test_whose_first_name_the_story_has_is_no_body(first, kind):
    whole = "Lucien|P|3|nsubj Ode|P|1|flat left|V|0|root .|.|3|punct"
    alone = f"It|R|3|nsubj is|X|3|cop {first}|P|0|root .|.|3|punct"
    assert kinds(f"{whole}", {"Lucien Ode": "person"}) == {("lucien", "ode"): "person"}
    analysis = parsed(whole, alone, names={"Lucien Ode": "person", first: "organization"})
    found = collect(Document("d", analysis.text), analysis)
    names = [c for c in found.by_head.values() if c.form == "name"]
    assert kinds_of(names, analysis)[(first.lower(),)] == kind


@pytest.mark.parametrize(("name", "kind"), [("Orvane", "organization"), ("Anna", "person")])
def test_a_publisher_is_a_firm_unless_it_has_a_first_name(name, kind):
    sentence = (
        f"The|D|2|det publisher|N|6|nsubj ,|.|4|punct {name}|P|2|appos ,|.|4|punct left|V|0|root .|.|6|punct"
    )
    assert kinds(sentence, {name: "person"}) == {(name.lower(),): kind}


def test_what_follows_the_daily_is_a_paper():
    sentence = "The|D|4|det daily|J|4|amod Orva|P|4|compound Post|P|5|nsubj left|V|0|root .|.|5|punct"
    assert set(kinds(sentence, {"Orva Post": "person"}).values()) == {"organization"}


def test_what_is_called_a_weekly_is_a_paper():
    sentence = "Orva|P|6|nsubj ,|.|1|punct a|D|4|det weekly|J|1|appos ,|.|1|punct left|V|0|root .|.|6|punct"
    assert kinds(sentence, {"Orva": "person"}) == {("orva",): "organization"}


@pytest.mark.parametrize(("several", "kind"), [("Odes", "group"), ("Hales", "organization")])
def test_a_family_goes_by_the_plural_of_its_name(several, kind):
    one = "Ana|P|3|nsubj Ode|P|1|flat left|V|0|root .|.|3|punct"
    analysis = parsed(
        one, f"The|D|2|det {several}|P|3|nsubj stayed|V|0|root .|.|3|punct",
        names={"Ana Ode": "person", several: "organization"},
    )  # fmt: skip
    found = collect(Document("d", analysis.text), analysis)
    names = [c for c in found.by_head.values() if c.form == "name"]
    assert kinds_of(names, analysis)[(several.lower(),)] == kind
