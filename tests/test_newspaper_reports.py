"""Reports as newspapers write them, text to attributions by the shipped models: who says it, what, and of whom."""

import pytest


@pytest.fixture
def reports(annotated):
    return annotated


def last(found, cue):
    return next(r for r in reversed(found) if r["cue"].startswith(cue))


@pytest.mark.parametrize(
    ("text", "who"),
    [
        # Who decides between others is none of them; a company is no union.
        (
            "Defence lawyer Karl Ode said his client was ill. The judge said the case would go on.",
            "The judge",
        ),
        ("Winger Sam Lund limped off. The referee said he had seen no foul.", "The referee"),
        ("Orva Motors shut its plant in May. The union said 300 people would go.", "The union"),
        ("Defence lawyer Karl Ode was late. The lawyer said his train had stopped.", "Karl Ode"),
        # Whom his own words name he is not, nor who stands in the phrase that leads up to him.
        ("Singer Ana Ode thanked Tom Lund.\n\n“Tom taught me to sing,” the 52-year-old said.", "Ana Ode"),
        (
            "Clerk Ana Ode gave evidence. Questioned by Karl Lund, for the state, the 44-year-old said no.",
            "Ana Ode",
        ),
        # Who held an office before does not hold it.
        ("The abbot was glad. Former abbot Tom Lund called it a shame. The abbot said so too.", "The abbot"),
        ("Former abbot Tom Lund left. The former abbot said it was a shame.", "Tom Lund"),
        ("Dame Olga Lund led the inquiry. Dame Olga said the files were gone.", "Olga Lund"),
        ("Three guards left. One of them said he had slept. “I was tired,” he said.", "One of them"),
        ("Shares in Orva Stores fell. The retailer said it had hoped for more.", "Orva Stores"),
    ],
)
def test_whom_a_nominal_means_and_whom_it_cannot_mean(reports, text, who):
    assert last(reports(text), "said")["who"] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("The mayor, Ana Ode, and the bishop, Tom Lund, said it should go on.", ["Ana Ode", "Tom Lund"]),
        (
            "Ana Ode and Tom Lund met in Rome. The two leaders said talks would go on.",
            ["Ana Ode", "Tom Lund"],
        ),
        ("Ana Ode and Tom Lund found it. The pair said they would share it.", ["Ana Ode", "Tom Lund"]),
        ("Two climbers were found. The pair said they had lost the map.", ["Two climbers"]),
    ],
)
def test_two_who_speak_are_two(reports, text, who):
    assert reports(text)[-1]["who"] == who


@pytest.mark.parametrize(
    ("text", "cue", "about"),
    [
        # A denied claim is another's, whoever “his” might mean besides.
        ("Tom Lund said Karl Ode had robbed him. Ode denied his allegations.", "denied", "Tom Lund"),
        ("Orva Oil said the Brede Bank had lied. The bank rejected its accusations.", "rejected", "Orva Oil"),
        ("Lisbon hit out at Madrid for closing the road.", "hit out", "Madrid"),
    ],
)
def test_whose_claim_is_denied_and_who_is_attacked(reports, text, cue, about):
    assert about in last(reports(text), cue)["about"]


def test_a_pronoun_that_takes_up_nothing_is_nobody_that_a_report_is_about(reports):
    found = reports("Riga and Oslo say the ships cut the cable. The Kremlin denies their charges.")
    assert "their" not in last(found, "denies")["about"]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("The girl, who doctors say may never walk, is nine.", "The girl … may never walk"),
        ("Karl Ode, who prosecutors say planned the theft, has fled.", "Karl Ode … planned the theft"),
        ("The deal, which the union says is dead, was signed in May.", "The deal … is dead"),
        ("He left on the day that doctors say he fell.", "he fell"),
    ],
)
def test_whom_a_relative_clause_tells_of_is_part_of_what_is_said(reports, text, content):
    assert content in {r["content"] for r in reports(text)}


@pytest.mark.parametrize(
    ("text", "cue", "source"),
    [
        # Who hears a case says nothing; what raises fears has none.
        ("The court heard that Lund had sold the boat in May.", "heard", ""),
        ("Cook stole 40 hams from hotel, court told\n\nA cook stole hams, a court was told.", "told", ""),
        ("The leak has spread, raising fears that the wall could burst.", "fears", ""),
        ("Lund told the court that he had sold the boat.", "told", "Lund"),
        # Who bids somebody may be told last.
        ("The cooks were told to leave the hall by a woman in red.", "were told", "a woman in red"),
        ("The cooks were told to leave the hall by Friday.", "were told", ""),
        ("Others waved signs saying “Save our pool”.", "saying", "signs"),
    ],
)
def test_who_is_the_source_and_who_only_hears(reports, text, cue, source):
    assert last(reports(text), cue)["source"] == source


def test_a_storm_before_a_colon_says_nothing(reports):
    found = reports("Storm Ulla: two lost at sea near Orv\n\nTwo men were lost at sea on Monday.")
    assert not [r for r in found if "Storm" in r["source"]]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Ana Lund pleaded guilty to theft.", "admission"),
        ("Ana Lund, 40, pleaded not guilty to three counts of theft.", "denial"),
        ("Ana Lund pleaded with the judge to spare him.", "demand"),
        ("Ana Lund insisted that her side has the votes to win.", "statement"),
        ("Ana Lund insisted that the rules have to change.", "demand"),
        ("The bank is rumoured to be for sale.", "evidential"),
    ],
)
def test_what_is_done_with_a_plea_and_a_need(reports, text, act):
    assert [r["act"] for r in reports(text)] == [act]


@pytest.mark.parametrize(
    ("text", "cue", "source", "content"),
    [
        # The writer's word before what is told is not the speaker's.
        ("But the bill could still fail, aides said.", "said", "aides", "the bill could still fail"),
        ("However, the talks will go on, officials said.", "said", "officials", "the talks will go on"),
        ("“But I love it,” she said.", "said", "she", "“But I love it,”"),
        # Headlines tell in the present what somebody does.
        (
            "Police criticised for response to riot\n\nA riot broke out in May.",
            "criticised",
            "",
            "for response to riot",
        ),
        ("Drivers warned of icy roads\n\nSnow fell on Monday.", "warned", "", "of icy roads"),
        ("Ministers warn of icy roads\n\nSnow fell on Monday.", "warn", "Ministers", "of icy roads"),
        # What somebody or something is blamed for, and who is.
        ("The club blamed the delay on its bank.", "blamed", "The club", "the delay"),
        ("She sued the clinic, which she accuses of hiding tests.", "accuses", "she", "of hiding tests"),
        # What somebody seems to say is one report.
        (
            "A leaked memo appeared to suggest that tests were faked.",
            "appeared",
            "A leaked memo",
            "that tests were faked",
        ),
        (
            "“Give me the key,” Mills allegedly told the clerk.",
            "allegedly told",
            "Mills",
            "“Give me the key,”",
        ),
        # Where it was said is not who says it.
        ("“Absolutely dreadful,” wrote one fan on X.", "wrote", "one fan", "“Absolutely dreadful,”"),
    ],
)
def test_who_says_what_and_no_more(reports, text, cue, source, content):
    found = last(reports(text), cue)
    assert (found["source"], found["content"]) == (source, content)


@pytest.mark.parametrize(
    ("text", "cue", "about"),
    [
        ("The president praised the soldiers who held the bridge.", "praised", "the soldiers"),
        ("Rosa Diaz blamed the county for the flood.", "blamed", "the county"),
        ("Ministers accused of lying\n\nA report came out in May.", "accused", "Ministers"),
        ("Ilse Brandt called on the minister, Jan Holub, to act.", "called on", "Jan Holub"),
    ],
)
def test_whom_praise_and_blame_are_for(reports, text, cue, about):
    assert about in last(reports(text), cue)["about"]


@pytest.mark.parametrize(
    ("text", "cue", "act"),
    [
        ("A spokesman described the allegations as “completely false”.", "described", "denial"),
        ("Senator Ruiz described the ruling as a disgrace.", "described", "criticism"),
        ("The coach described her performance as “sensational”.", "described", "praise"),
        ("Senator Ruiz described the night as long.", "described", "statement"),
        ("The new president promised to fight poverty.", "promised", "promise"),
        ("Critics questioned the timing of the vote.", "questioned", "criticism"),
        ("Reporters pressed the governor on whether he would sign.", "pressed", "question"),
        ("The union pressed the governor to sign.", "pressed", "demand"),
        ("The mayor hit back at claims that she had lied.", "hit back", "denial"),
        ("The official explanation is that the pilot fell asleep.", "explanation", "statement"),
    ],
)
def test_what_is_done_with_it(reports, text, cue, act):
    assert last(reports(text), cue)["act"] == act


def test_who_hits_back_at_claims_does_not_make_them(reports):
    found = last(reports("The mayor hit back at claims that she had misused money."), "claims")
    assert (found["source"], found["who"]) == ("", [])


def test_who_is_whoever_is_named_before_it_and_no_thing_in_what_he_says(reports):
    found = reports("“It was a shambles,” said Lena Holt, who accused the airline of lying.")
    assert last(found, "accused")["who"] == ["Lena Holt"]


@pytest.mark.parametrize(
    ("text", "cue", "act"),
    [
        ("The coach described the levy as “a tax on being late”.", "described", "criticism"),
        ("He does not accept that the plan has failed.", "does not accept", "denial"),
        ("The bank accepted that the letters had been lost.", "accepted", "admission"),
        ("The inquiry has invited the minister to give evidence.", "has invited", "demand"),
        ("The club turned down an offer of two million euros.", "turned down", "denial"),
        ("Critics derided the inquiry as a stunt.", "derided", "criticism"),
    ],
)
def test_what_is_done_with_a_verb_that_judges_or_answers(reports, text, cue, act):
    assert last(reports(text), cue)["act"] == act


@pytest.mark.parametrize(
    "text",
    [
        "There is nothing to suggest that the pump failed.",
        "There was no evidence to show that he had lied.",
        "The mayor declined to elaborate.",
        "She declined to be interviewed.",
        "The ministry declined to give details.",
    ],
)
def test_nobody_says_anything(reports, text):
    assert reports(text) == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("She said the deal was dead, without giving details.", "the deal was dead"),
        ("He claimed the vote was rigged, without offering any evidence.", "the vote was rigged"),
        ("She said he left without saying goodbye.", "he left without saying goodbye"),
        (
            "The suit says he was sacked without giving any reasons.",
            "he was sacked without giving any reasons",
        ),
        ("The court reversed that decision, saying the board had erred.", "the board had erred"),
    ],
)
def test_what_was_left_out_or_done_beside_it_is_not_said(reports, text, content):
    assert [r["content"] for r in reports(text)][:1] == [content]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("I am happy to concede that the pump was old.", "am happy to concede"),
        ("We are delighted to confirm that Ada Quill has joined the firm.", "are delighted to confirm"),
    ],
)
def test_a_clause_has_the_verb_that_it_hangs_on(reports, text, cue):
    assert [r["cue"] for r in reports(text)] == [cue]


@pytest.mark.parametrize(
    ("text", "source", "cue"),
    [
        ("She made me promise that I would never sail alone.", "me", "promise"),
        ("She let him believe that the vote was fair.", "him", "believe"),
        ("They were surprised that the vault was empty.", "They", "were surprised"),
        ("Villagers were outraged that the mill had closed.", "Villagers", "were outraged"),
        ("It struck her that nobody had locked the gate.", "her", "struck"),
        ("It occurred to Marek that the tide had turned.", "Marek", "occurred"),
        ("He's like, where's the anchor?", "He", "'s like"),
        ("I go, does your mother know?", "I", "go"),
    ],
)
def test_whoever_is_made_to_say_it_or_has_the_thought_or_acts_it_out(reports, text, source, cue):
    assert [(r["source"], r["cue"]) for r in reports(text)] == [(source, cue)]


@pytest.mark.parametrize(
    "text",
    [
        "People go, where the work is.",
        "There you go, is that fine?",
        "Where did the money go, who took it?",
        "It strikes a tree each year.",
        "It struck the driver so hard that he passed out.",
    ],
)
def test_what_only_looks_like_it_is_no_report(reports, text):
    assert reports(text) == []


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        # Two ways that it was, and what somebody hopes or feels, are told with it; another report is not.
        (
            "A review by the ferry board found that the crew either ignored or misread half of the charts.",
            "A review by the ferry board",
            "found",
            "that the crew either ignored or misread half of the charts",
        ),
        (
            "The skipper said she was unhurt but felt ashamed of the noise.",
            "The skipper",
            "said",
            "she was unhurt but felt ashamed of the noise",
        ),
        (
            "A ministry aide confirmed a meeting, but no offer.",
            "A ministry aide",
            "confirmed",
            "a meeting, but no offer",
        ),
        (
            "She wrote that no key was lost, and that the locks had been changed twice; and begged him to wait.",
            "She",
            "wrote",
            "that no key was lost, and that the locks had been changed twice",
        ),
        # What something is dismissed as goes with it.
        (
            'The mayor brushed aside rumours of a sale as "gossip for the bored."',
            "The mayor",
            "brushed aside",
            'rumours of a sale as "gossip for the bored."',
        ),
        # Who is called upon is told nothing.
        (
            "The 58-year-old called for Irma Quist, the harbour master, to resign.",
            "The 58-year-old",
            "called for",
            "Irma Quist, the harbour master, to resign",
        ),
        # What papers and recordings say, and what bodies threaten, are reports where the model is sure of them.
        (
            "A lawsuit filed in Oslo alleges that the yard knew of the crack.",
            "A lawsuit filed in Oslo",
            "alleges",
            "that the yard knew of the crack",
        ),
        (
            "According to the club's accounts, it lost £3m last year.",
            "the club's accounts",
            "According to",
            "it lost £3m last year",
        ),
        # Whoever is heard or quoted says it.
        (
            "On the tape a woman can be heard saying “Leave the boat, Tomas,” and a door shuts.",
            "a woman",
            "can be heard saying",
            "“Leave the boat, Tomas,”",
        ),
        # Whoever only is told something begins no content.
        (
            "Rhona Pell KC, for the owners, told Mr Justice Edmund Farrow that the pump had been sold.",
            "Rhona Pell KC, for the owners,",
            "told",
            "that the pump had been sold",
        ),
        # Behind its commas a union still comes before what it wants.
        (
            "The union, known as the R.S.W., demands a rise of 9 percent over two years and an end to night work.",
            "The union, known as the R.S.W.,",
            "demands",
            "a rise of 9 percent over two years and an end to night work",
        ),
        (
            "The alleged theft of nine paintings is before a court in Lyon.",
            "",
            "alleged",
            "theft of nine paintings",
        ),
        (
            "The world number nine, Mila Dorn, said her knee was fine.",
            "The world number nine, Mila Dorn,",
            "said",
            "her knee was fine",
        ),
    ],
)
def test_what_is_told_is_told_whole(reports, text, source, cue, content):
    found = [r for r in reports(text) if r["cue"] == cue]
    assert [(r["source"], r["content"]) for r in found] == [(source, content)]


def test_a_quotation_goes_to_the_cue_beside_it(reports):
    text = "“It was the valve,” said the stoker, an old hand who advised the fleet. “It was never cleaned.”"
    told = next(r for r in reports(text) if r["cue"] == "said")
    assert told["content"] == "“It was the valve,” … “It was never cleaned.”"
