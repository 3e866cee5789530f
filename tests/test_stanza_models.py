"""The shipped models through ordinary Stanza pipelines that need no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import stanza

import annotator
import annotator.parser  # registers the variants

MODELS = Path(annotator.__file__).parent / "data" / "models"

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def split():
    return stanza.Pipeline(
        "en",
        dir=str(MODELS),
        package=None,
        processors={"tokenize": "annotator"},
        download_method=None,
        use_gpu=False,
        logging_level="ERROR",
    )


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


def test_offsets_count_the_text_as_given(split):
    text = "  “Don’t 🙂 go,”\u00a0she said.\n\nTHE END \n"
    tokens = [token for s in split(text).sentences for token in s.tokens]
    assert [text[token.start_char : token.end_char] for token in tokens] == [token.text for token in tokens]
    assert "".join(token.text for token in tokens) == "".join(text.split())


def test_a_contraction_is_one_token_of_two_words(split):
    (sentence,) = split("They can’t leave.").sentences
    token = sentence.tokens[1]
    assert (token.text, token.id) == ("can’t", (2, 3))
    assert [(w.text, w.start_char, w.end_char) for w in token.words] == [("ca", 5, 7), ("n’t", 7, 10)]


def test_several_documents_at_once_are_split_as_each_alone(split):
    texts = ["One. Two.\n\nThree", "“Four,” he said. Five."]
    together = split.bulk_process([stanza.Document([], text=t) for t in texts])
    assert [sentences(d) for d in together] == [sentences(split(t)) for t in texts]


def test_the_folder_is_a_stanza_model_directory():
    english = json.loads((MODELS / "resources.json").read_text(encoding="utf8"))["en"]
    served = english["packages"]["default"]
    assert set(served.values()) == {"annotator"}
    assert set(served) == {"tokenize", "lemma", "pos", "depparse", "ner", "attribution"}


def test_the_weights_are_small():
    files = [path for path in MODELS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 90_000_000
