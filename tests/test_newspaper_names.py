"""Names as newspapers set them, text to entities by the shipped models: offices, initials, bodies in letters."""

import pytest


@pytest.fixture(scope="module")
def annotate(shipped):
    return lambda text: shipped.annotate_text(text)[1].entities


def named(entities):
    """What each entity with a name is called in the text, by the name that it goes by."""
    return {e.name: {*e.aliases, e.name} for e in entities if any(m.form == "name" for m in e.mentions)}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Sen. Paula Orden said on Monday that the bridge would close.", "Sen."),
        ("Gov. Paula Orden of Ohio said that the bridge would close.", "Gov."),
        ("Secretary of State Paula Orden said talks would go on.", "Secretary of State"),
        (
            "“It is late,” said Paula Orden, co-founder of the Open Rivers Fund.",
            "co-founder of the Open Rivers Fund",
        ),
        (
            "The dam held. Paula Orden, president of the Tenants' Union, agreed that rents were too high.",
            "president of the Tenants' Union",
        ),
        ("The Republican front-runner, Paula Orden, said the vote was fair.", "Republican front-runner"),
        ("She and Paula Orden, a Tarn-era Justice official, said it was late.", "Tarn-era Justice official"),
        ("If the refugees President Orden wants to bring are a risk, said Al Tarn, we lose.", "President"),
        ("Dr. Paula Orden said that the bridge would close.", None),
    ],
)
def test_the_office_beside_a_name_is_the_role_whole(annotate, text, role):
    found = next(e for e in annotate(text) if "Orden" in e.name)
    assert (found.role.text if found.role else None) == role


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Sens. Ana Ode and Tom Lund said the bill would pass.", ["Sens.", "Sens."]),
        ("Ministers Ana Ode and Tom Lund said the bill would pass.", ["Ministers", "Ministers"]),
        ("Former senators Ana Ode and Tom Lund warned of a flood.", ["Former senators", "Former senators"]),
        ("Senator Ana Ode and Tom Lund said the bill would pass.", ["Senator", None]),
        ("Drs. Ana Ode and Tom Lund said the bill would pass.", [None, None]),
        ("The band's singers Ana Ode and Tom Lund said they would go.", ["band's singers", "band's singers"]),
    ],
)
def test_an_office_before_several_names_is_that_of_each(annotate, text, roles):
    found = {e.name: e.role.text if e.role else None for e in annotate(text)}
    assert [found["Ana Ode"], found["Tom Lund"]] == roles


def test_the_holder_of_an_office_stands_for_no_office(annotate):
    found = annotate("Praise came from Secretary of State Paula Orden. Orden said talks would go on.")
    assert [e.name for e in found if e.kind == "person"] == ["Paula Orden"]


def test_who_comes_with_his_place_is_not_the_place(annotate):
    found = annotate("Senator Al Brand of Vermont, who said it would fail, left early.")
    assert [e.name for e in found if any(m.form == "pronoun" for m in e.mentions)] == ["Al Brand"]


def test_initials_within_make_a_persons_name(annotate):
    found = named(
        annotate("The force that is Donald J. Marsh is strong, said Ann Bell. Donald Marsh said he knew.")
    )
    assert found["Donald J. Marsh"] == {"Donald J. Marsh", "Donald Marsh"}


def test_what_an_editor_filled_in_is_a_part_of_the_name(annotate):
    text = "“I had Joni [Erlund] and Carla [Moore Gatt] here,” said Al Bell. Joni Erlund said she was there."
    found = annotate(text)
    assert {"Joni Erlund", "Carla Moore Gatt"} <= named(found).keys()
    joni = next(e for e in found if e.name == "Joni Erlund")
    assert {text[m.start : m.end] for m in joni.mentions if m.form == "name"} == {
        "Joni [Erlund]",
        "Joni Erlund",
    }


@pytest.mark.parametrize(
    ("text", "one"),
    [
        (
            "The NY Daily Herald said he lied. The New York Daily Herald said he knew. The Daily Herald says he hid.",
            {"NY Daily Herald", "New York Daily Herald", "Daily Herald"},
        ),
        (
            "The fight against the Northern Front, also known as NFL or NFS, goes on. The NFS said it would fight.",
            {"Northern Front", "NFL", "NFS"},
        ),
        ("The GOP said it would wait. The Republican Party said it was late.", {"GOP", "Republican Party"}),
        (
            "The Department of Justice said it would sue. The Justice Department said it was late.",
            {"Department of Justice", "Justice Department"},
        ),
    ],
)
def test_a_body_is_one_under_its_other_names(annotate, text, one):
    assert one in named(annotate(text)).values()


@pytest.mark.parametrize(
    "text",
    [
        "The Associated Press called Tarnland for Ode at midnight. Tarnland said it was late.",
        "Hamas called Israel a liar. Israel said it would wait.",
    ],
)
def test_who_calls_another_is_not_the_other(annotate, text):
    assert len(named(annotate(text))) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He told the DNC [Democratic National Committee] to wait. The DNC said it would.", "DNC"),
        ("“I like Trump [Donald Trump],” said Al Bell. Donald Trump said he knew.", "Donald Trump"),
    ],
)
def test_a_gloss_in_brackets_is_no_half_of_the_name(annotate, text, name):
    assert not any(f"{name} " in n or f" {name}" in n for e in annotate(text) for n in (e.name, *e.aliases))


def test_a_husband_is_not_his_wife(annotate):
    text = "Donald Farrow said he would win in Ohio. Mrs. Farrow smiled and said she was proud."
    assert len([e for e in annotate(text) if "Farrow" in e.name]) == 2


def test_the_bare_surname_stays_with_whoever_it_was_used_for(annotate):
    text = (
        "Hilda Farrow came on Monday. Farrow said she would win. Farrow told voters that it was late.\n\n"
        "Bill Farrow stayed at home. Bill Farrow told miners he was sorry. Bill Farrow said he was tired.\n\n"
        "Farrow said she would be back."
    )
    found = next(e for e in annotate(text) if e.name == "Hilda Farrow")
    assert text.rindex("Farrow said") in {m.start for m in found.mentions}


def test_who_works_under_somebody_is_the_body(annotate):
    text = "The Farrow Foundation under Ada Tarn, who said it was late, closed. Ada Tarn said she was sorry."
    assert next(e for e in annotate(text) if e.name == "Ada Tarn").kind == "person"


@pytest.mark.parametrize("body", ["Senate", "Congress"])
def test_what_happens_in_a_chamber_makes_no_place_of_it(annotate, body):
    found = annotate(
        f"Votes in the {body} were few. The {body} said it would wait. Nobody flew to the {body}."
    )
    assert {e.kind for e in found if e.name == body} == {"organization"}


def test_a_surname_that_is_a_given_name_too_tells_no_gender(annotate):
    text = "Hillary Clinton met Bernie Tarn on Monday. Clinton said she would stay. Tarn said he would not."
    pronouns = {
        e.name: {text[m.start : m.end] for m in e.mentions if m.form == "pronoun"} for e in annotate(text)
    }
    assert pronouns["Hillary Clinton"] == {"she"}
    assert pronouns["Bernie Tarn"] == {"he"}


def test_a_lone_title_with_a_surname_is_the_only_one_who_bears_it(annotate):
    text = "Tashfeen Malik joined a group in May. Ms. Malik told police that she knew. Police said Ms. Malik lied."
    assert sum("Malik" in e.name for e in annotate(text)) == 1
    kin = "Karl Brandt said he was out. His wife left. Mrs. Brandt said she was in. Mrs. Brandt said so."
    assert sum("Brandt" in e.name for e in annotate(kin)) == 2


def test_whoever_is_known_as_somebody_is_he(annotate):
    text = "“There was no order,” said the base chief known as Rob. Rob said he was there."
    assert [e.name for e in annotate(text) if e.kind == "person"] == ["Rob"]


def test_a_body_goes_by_whose_it_is_rather_than_by_his(annotate):
    text = "Ben Farrow lost. His campaign said it would wait. The Farrow campaign said it was sorry."
    assert "The Farrow campaign" in {e.name for e in annotate(text)}


@pytest.mark.parametrize("many", ["None of the major candidates", "Half of the candidates"])
def test_how_many_of_them_are_a_group(annotate, many):
    found = annotate(f"{many} said they would go.")
    assert {e.kind for e in found if e.name == many} == {"group"}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Brede's mayor spoke to the Brede Herald. Brede had waited long, she said.", "Brede", "place"),
        ("Judge Madison scolded the Madison Herald. Madison said it had lied.", "Madison", "person"),
        (
            "Norvik Motors said it would close. Norvik lost money, the Norvik Herald wrote. Norvik denied it.",
            "Norvik Motors",
            "organization",
        ),
    ],
)
def test_a_town_is_not_short_for_its_paper(annotate, text, name, kind):
    found = {e.name: e for e in annotate(text)}
    assert found[name].kind == kind
    assert kind != "organization" or len(found[name].mentions) > 2


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The owner, Castle Freight, said that it was sorry.", "Castle Freight", "organization"),
        ("Ode said that the shops in Railway Street would close.", "Railway Street", "place"),
    ],
)
def test_a_firm_whose_name_begins_as_a_place_s_is_none(annotate, text, name, kind):
    assert {e.name: e.kind for e in annotate(text)}[name] == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“The market knew,” Davitt’s Orla Lund wrote in a note.", "Orla Lund"),
        ("Ode told to quit by party\n\nIt rained in Orv all day on Monday, and nobody went out.", "Ode"),
    ],
)
def test_who_speaks_and_who_is_told_are_both_there(annotate, text, name):
    assert name in {e.name for e in annotate(text)}


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("The deputy mayor, Ana Lund, called it a shame. The mayor disagreed and said it was fine.", True),
        ("The mayor, Ana Lund, called it a shame. The mayor disagreed with Ode and said it was fine.", False),
        ("The shadow chancellor, Ana Lund, said taxes would rise. The chancellor said nothing more.", True),
    ],
)
def test_whoever_is_below_an_office_does_not_hold_it(annotate, text, apart):
    lund = next(e for e in annotate(text) if e.name == "Ana Lund")
    assert (len(lund.mentions) == 1) is apart
