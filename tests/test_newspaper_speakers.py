"""Who is somebody else and who is the same in news, text to speakers by the shipped models."""

import pytest


@pytest.fixture(scope="module")
def parties(shipped):
    def found(text):
        """The names of those who speak and of those of whom it is, of each attribution."""
        _, annotation = shipped.annotate_text(text)
        names = {e.id: e.name for e in annotation.entities}
        return [
            ([names[i] for i in a.speaker_ids], {names[i] for i in a.about_ids})
            for a in annotation.attributions
        ]

    return found


@pytest.fixture(scope="module")
def speakers(parties):
    return lambda text: [who for who, _ in parties(text)]


@pytest.fixture(scope="module")
def about(parties):
    return lambda text: [whom for _, whom in parties(text)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (
            "Kenyan President Amina Odo said it was over. The Peruvian president said it was not.",
            "The Peruvian president",
        ),
        (
            "Trade Minister Eva Lund said it was fair. The defence minister said it was dear.",
            "The defence minister",
        ),
        ("Mayor Ann Quill said it was done. The deputy mayor said it was not.", "The deputy mayor"),
        ("Editor Tom Marsh said it was true. A former editor said it was a lie.", "A former editor"),
        ("Ruth Ode, Lund's lawyer, said he was ill. Marek's lawyer said he was well.", "Marek's lawyer"),
        ("Lawyer Tom Marsh said no. The other lawyer said it was late.", "The other lawyer"),
        ("Witness Amy Marsh said it was red. A second witness said it was blue.", "A second witness"),
        (
            "Prime Minister Eva Lund said the vote was near. The opposition leader said it was late.",
            "The opposition leader",
        ),
        # The same are taken up by what they are.
        (
            "President Amina Odo of Kenya said it was over. The Kenyan president said it was late.",
            "Amina Odo",
        ),
        ("Trade Minister Eva Lund said it was fair. The minister said it was late.", "Eva Lund"),
        ("Ann Quill, the deputy mayor, said it was done. The deputy mayor said it was late.", "Ann Quill"),
        ("Defence Minister Eva Lund came. The defense minister said it was late.", "Eva Lund"),
    ],
)
def test_a_word_tells_that_somebody_is_another(speakers, text, who):
    assert speakers(text)[-1] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Mia Lund will retire in May, she said.", "Mia Lund"),
        ("Orvane Foods will cut 400 jobs, it said.", "Orvane Foods"),
        ("The ministry has recalled its envoy after the raid on the embassy, it said.", "The ministry"),
        ("Police have held two men over the theft, they said.", "Police"),
        ("Karl Ode never met the builder, he told the court.", "Karl Ode"),
        ("Lufthansa will buy ten jets, the German airline said.", "Lufthansa"),
        # Who spoke or was told of before may be meant.
        (
            "Sheriff Ed Marsh said it was luck. Tom Lund was cleaning his gun when it went off, he said.",
            "Ed Marsh",
        ),
        ("The army said it had fired first. The rebels had broken the truce, it said.", "The army"),
        ("Tarn Energy lied about its debts, the bank said.", "the bank"),
        (
            "Lufthansa lost money in May. Boeing was late with 12 jets, the German airline said.",
            "the German airline",
        ),
    ],
)
def test_who_stands_behind_what_he_says_is_whom_it_tells_of(speakers, text, who):
    assert speakers(text)[-1] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("A nurse said the ward was full. Karen Ode said it was empty.", "A nurse"),
        ("A council spokesman said the wall was sound. Amir Lund said he was angry.", "A council spokesman"),
        ("One driver said the road was icy. Another, Tess Lund, said she had skidded.", "One driver"),
        (
            "A baker who did not want to be named said it was dark. Jane Ode, 45, said she felt safe.",
            "A baker",
        ),
        (
            "A nurse who stole drugs said she was sorry. Carla Ode, 41, told the court she had been ill.",
            "Carla Ode",
        ),
        ("A builder who fell from a roof said he was lucky.\n\nCraig Ode, 29, broke both legs.", "Craig Ode"),
    ],
)
def test_who_is_named_next_may_be_another_speaker(speakers, text, who):
    assert speakers(text)[0] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("The governor of Texas said it was late. Governor Bill Ode told a crowd it was not.", "Bill Ode"),
        (
            "France's foreign minister said it was late. Foreign Minister Luc Ode told them it was not.",
            "Luc Ode",
        ),
        (
            "The governor of Texas said it was late. Ohio Governor Nan Ode said it was not.",
            "The governor of Texas",
        ),
    ],
)
def test_an_office_comes_before_its_holder(speakers, text, who):
    assert speakers(text)[0] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (
            "The U.S. Federal Harbour Authority said it was safe. The FHA said it would look.",
            "U.S. Federal Harbour Authority",
        ),
        ("Lim told Radio Pacific that it was safe. The council said it was not.", "The council"),
        (
            "The Border Agency said it was ready. Its director told Reuters so. The agency said it would hire.",
            "Border Agency",
        ),
        ("Gail Ode, 52, was robbed by Kyle Lund, 17. The teenager said he was sorry.", "Kyle Lund"),
        ("Alan Ode, 28, hit Bert Lund, 82. The pensioner told the court he was afraid.", "Bert Lund"),
        ("The Health Secretary, Paul Ode, told them that it was safe.", "Paul Ode"),
        ("The Home Secretary said it was safe.", "The Home Secretary"),
        ("Leader of the council Martin Ode said money was short.", "Martin Ode"),
        ("Chipmaker Halvex said it would close a plant.", "Halvex"),
        ("The judge told Orvane to pay 4 million. The company said it would appeal.", "Orvane"),
        ("Times Bank raised its rates. The bank said it was fair.", "Times Bank"),
        ("Spokesman for Ana Ode said she was well.", "Spokesman for Ana Ode"),
    ],
)
def test_who_is_meant_by_what_he_is(speakers, text, who):
    assert speakers(text)[-1] == [who]


def test_a_storm_is_nobody(about):
    assert about("Officials said Storm Bella had cut power.") == [set()]
    assert about("Karl Lund lost his house to a storm. Ana Ode said Karl Lund was well.") == [{"Karl Lund"}]


def test_on_whom_something_is_blamed_is_whom_it_is_about(about):
    assert about("Lisbon blamed the attack on Iran.") == [{"Iran"}]
    assert about("The mayor blamed the flood on the rain.") == [set()]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (
            "President Luc Ode met Chancellor Greta Lund. The two leaders said it was fair.",
            ["Luc Ode", "Greta Lund"],
        ),
        ("Orvane Foods will merge with Tarn Motors. The companies said so.", ["Orvane Foods", "Tarn Motors"]),
        (
            "Orvane Foods is buying Tarn Motors. Both companies said it was fair.",
            ["Orvane Foods", "Tarn Motors"],
        ),
        ("Tom Ode and Mark Lund were held. The pair denied that they had run.", ["Tom Ode", "Mark Lund"]),
        ("Orvane Foods is growing. The companies said it was late.", ["The companies"]),
        (
            "Ana Ode and Karl Lund left. Both the council and the police said they had been warned.",
            ["the council", "the police"],
        ),
    ],
)
def test_two_who_are_taken_up_are_who_they_are(speakers, text, who):
    assert speakers(text)[-1] == who


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Orvane to buy Halkema - sources\n\nOrvane is close to a deal for Halkema.", "sources"),
        ("Navy to buy six boats - minister\n\nThe navy will buy six boats.", "minister"),
    ],
)
def test_a_headline_ends_in_who_says_it(speakers, text, who):
    assert speakers(text)[0] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("One surgeon, who gave only his first name, Pavel, said it was late. Pavel said so.", "Pavel"),
        ("A driver, who gave only one name, Tesfaye, said it was late. Tesfaye said so.", "Tesfaye"),
        ("A guard, who identified himself as Karim, said it was late. Karim said so.", "Karim"),
        ("The governor of Westmarch vetoed it.\n\nGov. Marlene Ode said it was too dear.", "Marlene Ode"),
        (
            "Arjun Pell led the firm. The AP said it was late. Pell told the AP that he was sorry.",
            "Arjun Pell",
        ),
        ("Hassan Ode, the envoy, came. King Hassan said it was late. “Go,” King Hassan said.", "Hassan"),
        (
            "Orv United lost. The Orv United Supporters' Trust came. The trust said so.",
            "Orv United Supporters' Trust",
        ),
        ("Sgt. Colley said he was calm. Lund had told him it was a gift, he said.", "Colley"),
        ("Dr Ana Dunn said she was tired. The girl had asked for tea, she said.", "Ana Dunn"),
    ],
)
def test_who_goes_by_what_name(speakers, text, who):
    assert speakers(text)[-1] == [who]
