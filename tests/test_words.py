"""Tokens and their words, by rule."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.parser.words import abbreviations, split

TOKENS = [
    ("“We’re leaving,” he said.", "“ We’re leaving , ” he said ."),
    ("‘Leave,’ said the judge.", "‘ Leave , ’ said the judge ."),
    ("''Leave,'' said the judge.", "'' Leave , '' said the judge ."),
    ('The "plan" (if any) failed.', 'The " plan " ( if any ) failed .'),
    ("The plan—a costly one—failed.", "The plan — a costly one — failed ."),
    ("Mr.\u00a0Sato paid\u00a0$12,500 in cash.", "Mr. Sato paid $ 12,500 in cash ."),
    ("A well-known Lowick-based firm left.", "A well - known Lowick - based firm left ."),
    ("It cost 40% more, e.g. in the U.K. last year.", "It cost 40 % more , e.g. in the U.K. last year ."),
    ("Write to press@lowick.example today.", "Write to press@lowick.example today ."),
    # Full stops that belong to a word, and those that do not.
    (
        "Sen. J. R. Ode of Ode Corp. left at 5 p.m. on Sept. 9.",
        "Sen. J. R. Ode of Ode Corp. left at 5 p.m. on Sept. 9 .",
    ),
    ("See No. 4 on p. 9. No. That was all I.", "See No. 4 on p. 9 . No . That was all I ."),
    # Prefixes stay, other hyphens part.
    ("The anti-dam ex-mayor of a one-time co-op.", "The anti-dam ex-mayor of a one - time co-op ."),
    # Figures, dates, telephones, ordinals, decades.
    (
        "On 9/11 the 19th of the 1990s, 10:30, 3.5m, 555-0199.",
        "On 9/11 the 19th of the 1990s , 10:30 , 3.5m , 555-0199 .",
    ),
    ("Winter of ’98 and '71.", "Winter of ’98 and '71 ."),
    # Addresses, handles, marks of one kind together.
    ("See www.lowick.example/vote, @lindode #water!", "See www.lowick.example/vote , @lindode #water !"),
    ("What?! No... Wait -- stop.", "What ?! No ... Wait -- stop ."),
    ("AT&T and R&D at O'Brien's", "AT&T and R&D at O'Brien's"),
    # An apostrophe behind a plural is its possessive, or closes a quotation that is open.
    ("The bakers' ovens", "The bakers' ovens"),
    ("‘Ask the bakers’ he said", "‘ Ask the bakers ’ he said"),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS, ids=[text[:24] for text, _ in TOKENS])
def test_tokens(text, expected):
    assert " ".join(text[t.start : t.end] for t in split(text)) == expected


WORDS = [
    ("He didn't say they'd left.", "He did n't say they 'd left ."),
    ("He didn’t say they’d left.", "He did n’t say they ’d left ."),
    ("It's the mayor’s car, and we cannot move it.", "It 's the mayor ’s car , and we can not move it ."),
    ("I'M SURE THEY WON'T.", "I 'M SURE THEY WO N'T ."),
    ("The bakers' ovens, gonna cost", "The bakers ' ovens , gon na cost"),
    ("He dont know; o'clock", "He do nt know ; o'clock"),
]


@pytest.mark.parametrize(("text", "expected"), WORDS, ids=[text[:24] for text, _ in WORDS])
def test_words_of_contractions(text, expected):
    assert " ".join(word for t in split(text) for word in t.words) == expected


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
    | st.text(alphabet="aAs.'’‘“”\"-,5 I!", max_size=40)
)
def test_every_character_that_is_no_space_is_in_one_token(text):
    found = list(split(text))
    covered = [k for t in found for k in range(t.start, t.end)]
    assert covered == sorted(set(covered))
    assert all(text[k].isspace() for k in set(range(len(text))) - set(covered))
    assert all("".join(t.words) == text[t.start : t.end] and all(t.words) for t in found)


def test_every_kind_of_abbreviation_keeps_its_stop():
    assert len(abbreviations()) >= 100
    for word in abbreviations():
        assert [text for t in split(f"x {word} y") for text in t.words] == ["x", word, "y"]


def test_the_lexicon_s_sentences_show_its_words():
    text = resources.files("annotator").joinpath("data/abbreviations.tsv").read_text(encoding="utf8")
    for line in text.splitlines()[1:]:
        _, words, sentence = line.split("\t")
        shown = {sentence[t.start : t.end] for t in split(sentence)} & set(words.split())
        assert len(shown) >= 2, line
