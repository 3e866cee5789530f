"""The shipped tokenizer, contractions and lemmas, through ordinary Stanza pipelines that need no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import stanza
import torch

import annotator

MODELS = Path(annotator.__file__).parent / "data" / "models"
WEIGHTS = sorted((MODELS / "en").glob("*/annotator.pt"))
OURS = {"tokenize": "annotator", "mwt": "annotator", "lemma": "annotator"}

pytestmark = pytest.mark.models


def pipeline(*processors, **settings):
    return stanza.Pipeline(
        "en",
        dir=str(MODELS),
        package=None,
        processors={name: OURS[name] for name in processors},
        download_method=None,
        use_gpu=False,
        logging_level="ERROR",
        **settings,
    )


@pytest.fixture(scope="module")
def split():
    return pipeline("tokenize", "mwt")


@pytest.fixture(scope="module")
def lemmatize():
    return pipeline("tokenize", "lemma", tokenize_pretokenized=True, lemma_pretagged=True)


def sentences(document):
    return [sentence.text for sentence in document.sentences]


SENTENCES = [
    ["“We will not sell the harbour,” said Mrs. Okoro.", "“Not now, not ever.”"],
    ['"Is it over?" she asked the clerk.', "Nobody answered."],
    ["“Nobody asked us.", "Nobody told us.”", "The ministry did not reply."],
    ["''The bridge was safe,'' Piotr Sato told reporters on Friday.", "It fell two days later."],
    ["Sen. Marta Vance met Dr. Hugh B. Ode at 4 p.m. on Jan. 5.", "They did not speak."],
    ["The U.S. envoy left Lowick on Monday.", "Her deputy, Col. Farrow, stayed."],
    ["The plan — a costly one — failed.", "The council wants another."],
    ["Brandt said the firm lost $4.5 million.", "He gave no reason."],
    ["She wrote: “We were wrong.”", "The board agreed."],
    ["Did Gov. Haddad know?", "He says he didn't."],
]


@pytest.mark.parametrize("expected", SENTENCES, ids=[s[0][:28] for s in SENTENCES])
def test_sentences_of_a_paragraph(split, expected):
    assert sentences(split(" ".join(expected))) == expected


PARAGRAPHS = [
    ["MAYOR QUITS AFTER AUDIT OF PORT", "The mayor of Lowick left office on Friday."],
    ["Harbour sale ‘a mistake,’ minister says", "“It was a mistake,” Ines Farrow said."],
    ["By Amina Delacroix", "TARROW BAY (NDW) — The vote was close."],
    ["Officials told the inquiry that", "the records were lost"],
]


@pytest.mark.parametrize("expected", PARAGRAPHS, ids=[p[0][:28] for p in PARAGRAPHS])
def test_a_blank_line_ends_a_sentence_with_or_without_a_stop(split, expected):
    assert sentences(split("\n\n".join(expected))) == expected


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
]


@pytest.mark.parametrize(("text", "expected"), TOKENS, ids=[text[:24] for text, _ in TOKENS])
def test_tokens(split, text, expected):
    assert " ".join(token.text for s in split(text).sentences for token in s.tokens) == expected


WORDS = [
    ("He didn't say they'd left.", "He did n't say they 'd left ."),
    ("He didn’t say they’d left.", "He did n’t say they ’d left ."),
    ("It's the mayor’s car, and we cannot move it.", "It 's the mayor ’s car , and we can not move it ."),
    ("I'M SURE THEY WON'T.", "I 'M SURE THEY WO N'T ."),
]


@pytest.mark.parametrize(("text", "expected"), WORDS, ids=[text[:24] for text, _ in WORDS])
def test_words_of_contractions(split, text, expected):
    assert " ".join(word.text for s in split(text).sentences for word in s.words) == expected


def test_offsets_count_the_text_as_given(split):
    text = "  “Don’t 🙂 go,”\u00a0she said.\n\nTHE END \n"
    tokens = [token for s in split(text).sentences for token in s.tokens]
    assert [text[token.start_char : token.end_char] for token in tokens] == [token.text for token in tokens]
    assert "".join(token.text for token in tokens) == "".join(text.split())


LEMMAS = [
    ("said", "VERB", "say"),
    ("Said", "VERB", "say"),
    ("SAID", "VERB", "say"),
    ("told", "VERB", "tell"),
    ("denied", "VERB", "deny"),
    ("accusing", "VERB", "accuse"),
    ("was", "AUX", "be"),
    ("n’t", "PART", "not"),
    ("children", "NOUN", "child"),
    ("ministries", "NOUN", "ministry"),
    ("worse", "ADJ", "bad"),
    ("Lowick", "PROPN", "Lowick"),
    # Not in the treebank: these go through the network.
    ("stonewalled", "VERB", "stonewall"),
    ("gerrymandering", "VERB", "gerrymander"),
    ("subcommittees", "NOUN", "subcommittee"),
    ("Whitlock-Sato", "PROPN", "Whitlock-Sato"),
]


@pytest.mark.parametrize(("word", "upos", "lemma"), LEMMAS, ids=[f"{w}-{u}" for w, u, _ in LEMMAS])
def test_lemmas(lemmatize, word, upos, lemma):
    document = stanza.Document([[{"id": 1, "text": word, "upos": upos}]])
    assert lemmatize(document).sentences[0].words[0].lemma == lemma


def test_the_folder_is_a_stanza_model_directory():
    english = json.loads((MODELS / "resources.json").read_text(encoding="utf8"))["en"]
    served = english["packages"]["default"]
    assert set(served.values()) == {"annotator"}
    assert set(served) >= {"tokenize", "mwt", "lemma", "pos", "depparse", "ner", "attribution"}
    assert [path.parent.name for path in WEIGHTS] == ["lemma", "mwt", "tokenize"]


def test_the_weights_are_small():
    assert sum(path.stat().st_size for path in WEIGHTS) <= 12_000_000


@pytest.mark.parametrize("path", WEIGHTS, ids=[path.parent.name for path in WEIGHTS])
def test_the_weights_keep_no_path_of_the_machine_that_trained(path):
    config = torch.load(path, weights_only=True)["config"]
    assert config["lang"] == "en"
    assert not [name for name, value in config.items() if isinstance(value, str) and "/" in value]
