"""Where paragraphs begin and end, and which of them are the furniture of a page."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.furniture import paragraphs, patterns, split
from annotator.model import PARAGRAPH_KINDS, READABLE

PATTERNS = patterns()
NAMES = [f"{p.kind}: {p.example[:40]}" for p in PATTERNS]

STORY = """\
The Harbour Board said on Monday that it would close the north gate, and that the ferries would go on.

Union officials accused the Board of hiding the cost of the closure from the council and from the crews.

“We learned of it from the radio,” said Kofi Brandt, who leads the union. “Nobody asked us anything at all.”
"""

MORE = """\
Passengers waited for hours at the other quay, where a single clerk sold tickets by hand until the evening.

The council had been told of the plan in March, according to a letter that the paper has seen, and kept silent.

“It was not ours to publish,” said Ilse Varga, who chairs the Board, when she was asked about it on the radio.
"""


def kinds(text: str, title: str | None = None) -> list[tuple[str, str]]:
    return [(p.kind, p.span.of(text)) for p in paragraphs(text, title=title)]


def kinds_below(*lines: str) -> list[str]:
    """What `lines` are below a story."""
    return [kind for kind, _ in kinds("\n\n".join([STORY.rstrip(), *lines]))][3:]


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_a_pattern_catches_its_example_and_not_its_near_miss(pattern):
    assert len(pattern.example) <= pattern.longest
    assert pattern.regex.search(pattern.example)
    assert not pattern.needs or any(word in pattern.example.lower() for word in pattern.needs)
    assert not pattern.regex.search(pattern.near_miss)
    assert pattern.kind in PARAGRAPH_KINDS
    assert pattern.place in {"any", "opens", "box", "end", "foot", "head", "names"}


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_an_example_below_a_story_is_furniture_and_a_near_miss_in_it_is_not(pattern):
    opening = ["Related Links"] if pattern.place == "foot" else []
    if pattern.place in {"head", "names"}:
        assert kinds(f"North gate closes\n{pattern.example}\n{STORY}")[1][0] not in READABLE
    else:
        assert kinds_below(*opening, pattern.example)[-1] not in READABLE
    within = kinds(f"{STORY}\n{pattern.near_miss}\n\n{MORE}")
    assert within[3][0] in READABLE


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_no_pattern_takes_long_over_a_hostile_line(pattern):
    start = process_time()
    for piece in (
        "Share on ",
        "Ana Ode, ",
        "a/",
        "A.",
        "https://",
        "Monday, ",
        "... ",
        "© ",
        "12:30 ",
        "Twitter ",
    ):
        pattern.regex.search((piece * pattern.longest)[: pattern.longest] + "\x00")
    assert process_time() - start < 1


def test_a_line_is_a_paragraph_without_the_white_space_around_it():
    text = "\n  One here.  \n\n\n\tTwo there.\nThree. \n"
    assert [s.of(text) for s in split(text)] == ["One here.", "Two there.", "Three."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Board will meet the\nunion's lawyers on Friday.", 1),
        ("The Board will meet lawyers of the\nHarbour Union on Friday.", 1),
        ("The firm is accused of\nhiding its losses.\nIt denies that.", 2),
        ("The Board met.\nthe union did not.", 2),
        ("Ferry crews walk out\nThe Board was told late.", 2),
        ("Three demands:\nhigher pay", 2),
        ("Police name two men\nal-Masri and his brother were held.", 2),
        ("Sales rise again\niBoat sold 3,000 boats.", 2),
        ("The Board will meet the\n\nunion's lawyers on Friday.", 2),
    ],
)
def test_a_line_that_breaks_off_goes_on_in_the_next(text, expected):
    assert len(split(text)) == expected


WRAPPED = """\
VARNA (HBN) - Ferry crews walked out on Monday after the Harbour Board
said that it would cut two night boats, and the union accused it of
breaking a promise made in March. Passengers waited for hours.

The Board denied that. "Nothing was promised," said Ilse Varga, its
chairwoman, who added that talks would go on. She did not say when the
Board would meet again.
"""


def test_wrapped_lines_are_joined_up_to_the_blank_line():
    assert [s.of(WRAPPED)[:12] for s in split(WRAPPED)] == ["VARNA (HBN) ", "The Board de"]


def test_wrapped_lines_without_blank_lines_are_joined_up_to_the_short_one():
    text = WRAPPED.replace("\n\n", "\n")
    assert [s.of(text)[:12] for s in split(text)] == ["VARNA (HBN) ", "The Board de"]


def test_short_lines_in_a_row_are_not_taken_for_wrapped_ones():
    text = "Winners\nVarga won in the north.\nBrandt won the south by far.\nOde lost.\nTurnout fell.\n"
    assert len(split(text)) == 5


@given(st.text(st.sampled_from("aB. \n\r\t\f\u2028\u00a0'“”,-é🌉\u0301א"), max_size=200))
@settings(deadline=None)
def test_paragraphs_are_in_order_apart_and_hold_everything(text):
    found = paragraphs(text)
    covered = set()
    last = 0
    for p in found:
        assert last <= p.start < p.end <= len(text)
        assert p.span.of(text) == p.span.of(text).strip()
        covered |= set(range(p.start, p.end))
        last = p.end
    assert all(i in covered or char.isspace() for i, char in enumerate(text))


@given(st.lists(st.sampled_from([p.example for p in PATTERNS] + STORY.split("\n\n")), max_size=12))
@settings(deadline=None)
def test_paragraphs_stay_apart_among_any_furniture(blocks):
    text = "\n\n".join(blocks)
    found = paragraphs(text)
    assert [p.span.of(text) for p in found] == [s.of(text) for s in split(text)]


@pytest.mark.parametrize(
    "headline",
    [
        "Ferry crews walk out in Varna",
        "Mayor: no new taxes",
        "Will the north gate ever open?",
        "‘No deal,’ says union",
    ],
)
def test_the_first_line_without_a_stop_is_the_headline(headline):
    assert kinds(f"{headline}\n\n{STORY}")[0] == ("headline", headline)


@pytest.mark.parametrize(
    "heading", ["- The north gate -", "— Cuts at night —", "- Silence-", "A long dispute", "4 Discussion"]
)
def test_a_line_above_paragraphs_is_a_heading(heading):
    assert (kinds(f"{STORY}\n{heading}\n\n{MORE}")[3]) == ("headline", heading)


def test_a_known_title_is_a_headline_though_it_ends_in_a_stop():
    assert kinds(f"The gate is shut.\n\n{STORY}", title="The gate is shut")[0][0] == "headline"


def test_a_lead_in_to_a_list_and_a_short_sentence_are_body():
    found = kinds(f"{STORY}\nThe union asks for three things:\n\nHigher pay.\n\nShe smiled.\n")
    assert [kind for kind, _ in found[3:]] == ["body"] * 3


@pytest.mark.parametrize(
    "line",
    [
        "By Ana Ode",
        "BY ANA ODE AND KOFI BRANDT",
        "Varna (HBN) May 4, 2016",
        "Published: 4 May 2016 09:30",
        "May 4, 2016",
        "Ana Ode, political correspondent",
    ],
)
def test_a_byline_alone_is_one(line):
    assert kinds(f"Ferry crews walk out\n\n{line}\n\n{STORY}")[1] == ("byline", line)


def test_a_dateline_that_begins_a_paragraph_is_body():
    text = f"Ferry crews walk out\nVarna (HBN) May 4, 2016 - {STORY}"
    assert [kind for kind, _ in kinds(text)] == ["headline", "body", "body", "body"]


CAPTIONS = [
    "Crews wait at the north gate of the port in Varna, May 2, 2016. /HBN Photo.",
    "Ilse Varga speaks to reporters in Varna on Monday. (Photo by Jo Reed/Harbour News)",
    "FILE - In this March 3, 2015 photo, crews wait at the gate in Varna.",
    "File photo: the north gate at low tide.",
    "A ferry leaves Varna on Monday. AP Photo/Jo Reed",
    "Ilse Varga at the opening of the bridge in March. Jo Reed/Harbour News",
    "Photograph: Jo Reed/Harbour News",
    "The lamp over the quay. Photo: Jörg Reed",
    "Jo Reed via Getty Images",
]


@pytest.mark.parametrize("caption", CAPTIONS)
def test_a_caption_is_known_by_its_credit(caption):
    before, after = STORY.split("\n\n", 1)
    assert kinds(f"{before}\n\n{caption}\n\n{after}")[1] == ("caption", caption)


@pytest.mark.parametrize("caption", CAPTIONS[:2])
def test_a_caption_printed_twice_is_a_caption_and_a_repeat(caption):
    assert [kind for kind, _ in kinds(f"{STORY}\n{caption}\n{caption}\n")][3:] == ["caption", "repeat"]


@pytest.mark.parametrize(
    "sentence",
    [
        "She showed the court a photo.",
        "The pictures were taken by Jo Reed, the union said.",
        "The file was closed, according to Reuters.",
        "He told AFP that the gate was shut (the north one).",
        "By Monday the Board had said nothing, crews complained.",
        "Related charges were dropped, the court said.",
        "Share prices of the ferry firm fell by a tenth.",
        "Sign-ups for the union doubled, Brandt said.",
        "Cookies were handed to the pickets, said Varga.",
        "Copyright was theirs, the authors said.",
        "Follow the money, she told the council.",
        "No comment was made by the Board.",
        "“We need your help,” Brandt told the crews.",
        "Subscribers will pay for it, the Board said.",
        "Read the contract, she told him.",
        "Advertising fell by a third, the paper said.",
        "The paywall will go, the editor promised.",
    ],
)
def test_the_words_of_furniture_in_a_story_are_story(sentence):
    assert kinds(f"{STORY}\n{sentence}\n\n{MORE}")[3] == ("body", sentence)


def test_a_paragraph_printed_again_is_a_repeat_and_the_first_stands():
    found = [kind for kind, _ in kinds(f"{STORY}\n{STORY}")]
    assert found == ["body"] * 3 + ["repeat"] * 3


def test_a_paragraph_is_a_repeat_in_spite_of_marks_and_letter_case():
    again = STORY.split("\n\n", maxsplit=1)[0].upper().replace(",", " -")
    text = f"{STORY}\n{again}\n"
    assert kinds(text)[3][0] == "repeat"


def test_nearly_the_same_paragraph_is_a_repeat_unless_its_figures_differ():
    told = (
        "In the north the Board won 412 votes, a union list took every other one and three ballots were void, "
        "officials told reporters at the town hall on Monday night."
    )
    assert [k for k, _ in kinds(f"{told}\n{told.replace('officials', 'clerks')}")] == ["body", "repeat"]
    assert [k for k, _ in kinds(f"{told}\n{told.replace('412', '398')}")] == ["body", "body"]


def test_short_answers_may_be_said_twice():
    text = f"{STORY}\n“No,” she said.\n\n“Never?”\n\n“No,” she said.\n"
    assert [kind for kind, _ in kinds(text)] == ["body"] * 6


def test_of_a_quotation_pulled_out_the_paragraph_that_has_it_whole_stands():
    pulled = "“We learned of it from the radio. Nobody asked us anything at all”"
    whole = "“We learned of it from the radio. Nobody asked us anything at all,” said Kofi Brandt, who leads the union."
    for order in ((pulled, whole), (whole, pulled)):
        text = "\n\n".join(["The gate was shut on Monday.", *order, "The Board met."])
        assert {t: k for k, t in kinds(text)}.items() >= {pulled: "repeat", whole: "body"}.items()


def test_the_headline_printed_again_at_the_end_is_a_repeat():
    headline = "Ferry crews walk out in Varna"
    end = f"{headline} {headline} Reviewed by Nobody on 12:01:00 Rating: 3"
    assert kinds(f"{headline}\n\n{STORY}\n{end}\n")[-1] == ("repeat", end)


def test_the_titles_below_a_word_like_related_are_teasers_and_the_story_goes_on():
    box = "Related:\n\nBridge closed for a week\n\nBoard names new chairman"
    text = f"{STORY}\n{box}\n\nThe council will vote in June, officials said."
    assert [kind for kind, _ in kinds(text)] == ["body"] * 3 + ["teaser"] * 3 + ["body"]


@pytest.mark.parametrize(
    "line",
    [
        "Read also: Bridge closed for a week",
        "Read more",
        "Read the full story here",
        "RELATED: Board sued",
        "Next week: Our writer says she has found a quiet beach",
        "More in travel: A ferryman says farewell",
    ],
)
def test_a_pointer_to_another_story_is_a_teaser(line):
    text = f"{STORY}\n{line}\n\n{MORE}"
    assert kinds(text)[3] == ("teaser", line)


TEASER = [
    "Bridge closed for a week",
    "Lisbon (HBN) May 3, 2016",
    (
        "Engineers said on Tuesday that the bridge had moved by a hand's breadth and blamed the river for it. "
        "Drivers were told to take the tunnel, which is not ... read more"
    ),
]


def test_another_storys_headline_dateline_and_beginning_are_teasers():
    assert kinds_below(*TEASER) == ["teaser"] * 3
    assert kinds_below("Related Links", *TEASER) == ["teaser"] * 4


def test_two_stories_on_one_page_are_both_stories():
    second = f"Russets and rye: a history\nLisbon (HBN) May 3, 2016 - {MORE}"
    assert [kind for kind, _ in kinds(f"{STORY}\n{second}")] == ["body"] * 3 + ["headline"] + ["body"] * 3


FOOT = [
    ("Further reading", "teaser"),
    ("The sea and its ports at", "teaser"),
    ("Thank you for reading;", "advertising"),
    ("We need your help. Printing a paper about harbours has never been so dear.", "advertising"),
    ("Other papers hide behind a wall and ask for names and passwords.", "advertising"),
    ("If it was of use to you, please consider becoming a friend and supporter of the paper.", "advertising"),
    ("Friend of the paper", "advertising"),
    ("€3 billed monthly", "advertising"),
    ("Bridge closed for a week", "teaser"),
    ("Lisbon (HBN) May 3, 2016", "teaser"),
    (TEASER[2], "teaser"),
    ("via Harbour Wire", "boilerplate"),
    ("No comments:", "boilerplate"),
    ("What a story, said my neighbour.", "boilerplate"),
    ("Harbour Notes. Powered by Presswerk.", "boilerplate"),
]


def test_below_the_story_nothing_is_story():
    lines, expected = zip(*FOOT, strict=True)
    assert kinds_below(*lines) == list(expected)


def test_links_within_a_story_do_not_end_it():
    text = f"{STORY}\nRelated Stories\n\nBridge closed for a week\n\n{MORE}"
    assert [kind for kind, _ in kinds(text)][5:] == ["body"] * 3


def test_share_lines_above_the_story_do_not_end_it():
    text = f"Ferry crews walk out\n\nBy Ana Ode\n\nShare on Facebook | Tweet\n\n3 comments\n\n{STORY}"
    assert [k for k, _ in kinds(text)] == ["headline", "byline", "boilerplate", "boilerplate"] + ["body"] * 3


def test_titles_at_the_very_end_head_nothing():
    assert kinds_below("Bridge closed for a week", "Board names new chairman") == ["teaser", "teaser"]


def test_a_bio_counts_at_the_end_and_not_in_the_story():
    bio = "Kofi Brandt is a columnist at the Harbour Weekly."
    text = f"{bio}\n\n{STORY}\n{MORE}\n{STORY.replace('Monday', 'Sunday')}\n{bio}x"
    found = kinds(text)
    assert found[0][0] == "body"
    assert found[-1][0] == "boilerplate"


@pytest.mark.parametrize(
    "line", ["</div>", "* * *", "___", ".card { width: 100% }", "border-top: 1px solid;"]
)
def test_rubbish_of_the_page_is_boilerplate(line):
    assert kinds(f"{STORY}\n{line}\n\n{MORE}")[3] == ("boilerplate", line)


def test_every_kind_is_given():
    given_kinds = {p.kind for p in PATTERNS} | {"body", "headline", "repeat"}
    assert given_kinds == set(PARAGRAPH_KINDS)


def test_parts_of_patterns_are_put_in():
    assert not [p for p in PATTERNS if re.search(r"<[A-Z]+>", p.regex.pattern)]


@pytest.mark.parametrize(
    "line",
    [
        "By our staff in Varna and Port Salang",
        "From correspondents in Varna",
        "Our Correspondent",
        "By a Staff Reporter",
        "Ana Ode, Regional Correspondent, in Port Salang",
        "By Ana Ode, Harbour News staff writer",
        "Ana Ode, health and environment editor",
        "Words and pictures by Ana Ode",
        "Interview: Ana Ode",
        "Live blog by Ana Ode and Kofi Brandt",
        "Ana Ode at the North Gate",
        "Ana de la Ode, Varna, 9 March",
        "Ana Ode | Varna",
        "Ana Ode-Brandt",
        "Ana Ode, Kofi Brandt and Ilse van Varga",
    ],
)
def test_who_wrote_a_story_is_told_below_its_headline(line):
    assert [kind for kind, _ in kinds(f"North gate closes\n\n{line}\n\n{STORY}")][:2] == [
        "headline",
        "byline",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "From the correspondent’s window: a port in winter",
        "Ode in Varna: no talks",
        "Reporter who named the guard is freed",
        "Ana Ode, mother of the guard",
        "The crews left with nothing",
    ],
)
def test_a_second_headline_tells_of_nobody_who_wrote(line):
    assert [kind for kind, _ in kinds(f"North gate closes\n{line}\n{STORY}")][:2] == ["headline", "headline"]


@pytest.mark.parametrize(
    "headline",
    ["From refugee to Olympic team", "Gunmen Kill Radio Host, Newspaper Editor", "Review: The North Gate"],
)
def test_the_first_line_is_a_headline_whoever_it_names(headline):
    assert kinds(f"{headline}\n\n{STORY}")[0][0] == "headline"


@pytest.mark.parametrize("first", ["World", "North Gate Closes After Storm"])
@pytest.mark.parametrize(
    "line",
    ["Ferry Crews Walk Out", "Board Closes Gate, Union Protests", "Crews Protest in Varna", "The North Gate"],
)
def test_a_headline_in_capitals_is_no_row_of_names(first, line):
    assert [kind for kind, _ in kinds(f"{first}\n\n{line}\n\n{STORY}")][:2] == ["headline", "headline"]


def test_a_name_in_the_foot_belongs_to_it():
    text = f"North gate closes\n\n{STORY}\n{MORE}\nAbout the author\n\nAna Ode\n\nAna Ode writes."
    assert [kind for kind, _ in kinds(text)][-2:] == ["boilerplate", "boilerplate"]


def test_a_name_below_the_headline_is_told_though_the_page_repeats_other_lines():
    text = f"North gate closes\n\nShare\n\nKofi Brandt\n\n{STORY}\n{MORE}\nShare\n\nKofi Brandt"
    assert kinds(text)[2][0] == "byline"


@pytest.mark.parametrize(("line", "kind"), [("Related Links", "teaser"), ("Getty Images", "caption")])
def test_a_line_known_for_something_else_is_no_row_of_names(line, kind):
    assert [k for k, _ in kinds(f"North gate closes\n\n{line}\n\n{STORY}")][:2] == ["headline", kind]


def test_names_that_come_again_are_those_of_a_talk():
    talk = "The gate, act one\n\nAna Ode\nWho shut it?\n\nKofi Brandt\nI did, last night.\n\nAna Ode\nWhy did you?\n"
    assert "byline" not in {kind for kind, _ in kinds(talk)}
