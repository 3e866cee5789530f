"""Where a content ends, on parses written by hand: up to its predicate, without when it was said."""

from __future__ import annotations

import pytest
from handmade import parsed

from annotator.analysis import tokens_in
from annotator.claims import find_claims
from annotator.contents import (
    before_own_words,
    before_verdict,
    own_clause,
    pronoun_alone,
    says_something,
    until_mark,
    up_to_predicate,
    without_answer,
    without_next_clause,
)
from annotator.model import Span
from annotator.objects import with_antecedents


def span(analysis, words):
    start = analysis.text.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "marked", "whole"),
    [
        (
            (
                "Ode|P|2|nsubj asked|V|0|root|ask|VBD if|S|7|mark they|R|7|nsubj were|X|7|cop like|I|7|case "
                "family|N|2|ccomp .|.|2|punct"
            ),
            "if they were",
            "if they were like family",
        ),
        (
            (
                "Ode|P|2|nsubj asked|V|0|root|ask|VBD whether|S|5|mark we|R|5|nsubj sold|V|2|ccomp old|J|7|amod "
                "boats|N|5|obj .|.|2|punct"
            ),
            "whether we sold",
            "whether we sold old boats",
        ),
        (
            (
                "Ode|P|2|nsubj said|V|0|root|say|VBD it|R|5|nsubj:pass was|X|5|aux:pass run|V|2|ccomp by|I|7|case "
                "fools|N|5|obl:agent .|.|2|punct"
            ),
            "it was run",
            "it was run by fools",
        ),
        (
            # When somebody said something need not be what he said.
            (
                "Ode|P|2|nsubj said|V|0|root|say|VBD it|R|4|nsubj sank|V|2|ccomp on|I|6|case Monday|P|4|obl "
                ".|.|2|punct"
            ),
            "it sank",
            "it sank",
        ),
        (
            # The verb that a clause before it hangs on is its cue.
            "Fares|N|2|nsubj rose|V|4|ccomp Ode|P|4|nsubj said|V|0|root|say|VBD .|.|4|punct",
            "Fares rose",
            "Fares rose",
        ),
    ],
)
def test_a_content_does_not_stop_before_its_predicate(sentence, marked, whole):
    analysis = parsed(sentence)
    spoken = [span(analysis, "Ode"), span(analysis, "asked" if "asked" in analysis.text else "said")]
    assert [c.of(analysis.text) for c in up_to_predicate(analysis, (span(analysis, marked),), spoken)] == [
        whole
    ]


@pytest.mark.parametrize(
    ("clause", "marked", "whole"),
    [
        (
            (
                "fees|N|4|nsubj rose|V|2|ccomp and|C|7|cc halls|N|7|nsubj closed|V|4|conj ,|.|10|punct "
                "which|R|10|nsubj hurt|V|4|advcl"
            ),
            "fees rose",
            "fees rose and halls closed",
        ),
        (
            "it|R|4|nsubj sank|V|2|ccomp off|I|6|case Lesk|P|4|obl near|I|8|case Orv|P|6|nmod",
            "it sank",
            "it sank off Lesk near Orv",
        ),
        # What names a noun again belongs to it, whatever else a comma parts.
        (
            "the|D|4|det dean|N|2|obj ,|.|7|punct a|D|7|det singer|N|4|appos ,|.|9|punct today|N|2|obl",
            "the dean",
            "the dean, a singer",
        ),
        # A comma that the content has already is its end.
        (
            "the|D|4|det dean|N|2|obj ,|.|7|punct a|D|7|det singer|N|4|appos",
            "the dean,",
            "the dean,",
        ),
        # A hyphen inside a word ends nothing.
        (
            (
                "the|D|4|det school|N|2|obj that|R|10|obj her|R|9|nmod:poss six|M|9|compound ‐|.|9|punct "
                "footer|N|10|nsubj liked|V|4|acl:relcl"
            ),
            "the school",
            "the school that her six‐footer liked",
        ),
        # A conjunction alone joins nothing.
        (
            "him|R|2|iobj not|T|6|advmod to|T|6|mark dive|V|2|xcomp and|C|9|cc would|X|9|aux leave|V|2|conj",
            "not to dive and",
            "not to dive",
        ),
        # The next verb of the same speaker begins no part of it.
        (
            "it|R|4|nsubj leaks|V|2|ccomp|leak|VBZ and|C|6|cc blamed|V|4|conj|blame|VBD rain|N|6|obj",
            "it leaks",
            "it leaks",
        ),
    ],
)
def test_a_content_goes_on_until_a_mark(clause, marked, whole):
    analysis = parsed(f"Ode|P|2|nsubj told|V|0|root|tell|VBD {clause} .|.|2|punct")
    spoken = [span(analysis, "Ode"), span(analysis, "told")]
    found = until_mark(analysis, spoken[1], (span(analysis, marked),), spoken)
    assert [c.of(analysis.text) for c in found] == [whole]


@pytest.mark.parametrize(
    ("rest", "marked", "kept"),
    [
        ("within|I|5|case hours|N|2|obl", "it within hours", "it"),
        ("as|I|6|case a|D|6|det joke|N|2|obl", "it as a joke", "it as a joke"),
    ],
)
def test_when_something_was_denied_is_not_what_was(rest, marked, kept):
    analysis = parsed(f"Ode|P|2|nsubj denied|V|0|root|deny|VBD it|R|2|obj {rest} .|.|2|punct")
    found = pronoun_alone(analysis, span(analysis, "denied"), (span(analysis, marked),))
    assert [c.of(analysis.text) for c in found] == [kept]


def test_what_somebody_is_asked_is_a_report_however_its_clause_hangs():
    analysis = parsed(
        "He|R|3|nsubj:pass was|X|3|aux:pass asked|V|0|root|ask|VBN when|B|8|advmod the|D|6|det bank|N|8|nsubj "
        "would|X|8|aux open|V|3|advcl .|.|3|punct"
    )
    (claim,) = find_claims(analysis)
    assert [c.of(analysis.text) for c in claim.content] == ["when the bank would open"]
    assert claim.source is None


@pytest.mark.parametrize("relation", ["nsubj", "acl"])
def test_a_noun_s_own_that_opens_its_claim_wherever_the_parse_hangs_it(relation):
    up = 8 if relation == "nsubj" else 1
    analysis = parsed(
        f"Suspicions|N|8|nsubj|suspicion|NNS that|S|7|mark he|R|7|nsubj was|X|7|cop no|D|7|det real|J|7|amod "
        f"clerk|N|{up}|{relation} linger|V|0|root .|.|8|punct"
    )
    (claim,) = find_claims(analysis)
    assert claim.cue is not None
    assert claim.cue.of(analysis.text) == "Suspicions"
    assert [c.of(analysis.text) for c in claim.content] == ["that he was no real clerk"]
    assert len(tokens_in(analysis, claim.content[0])) == 6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("to comment", False),
        ("for comment", False),
        ("to several requests for comment", False),
        ("to comment further", False),
        ("to comment on the raid", True),
        ("for calm", True),
    ],
)
def test_requests_for_comment_say_nothing(words, told):
    analysis = parsed(
        " ".join(f"{w}|{'I' if w in ('to', 'for', 'on') else 'N'}|0|dep" for w in words.split())
    )
    assert says_something(analysis, Span(0, len(words))) is told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [("“|.|2|punct Both|D|0|root ?|.|2|punct ”|.|2|punct", True), ("both|D|0|root", False)],
)
def test_a_word_that_is_a_sentence_in_marks_says_something(sentence, told):
    analysis = parsed(sentence)
    assert says_something(analysis, Span(0, len(analysis.text))) is told


def test_what_others_say_of_a_claim_is_no_part_of_it():
    analysis = parsed(
        "Ode|P|2|nsubj claims|V|0|root|claim|VBZ that|S|5|mark it|R|5|nsubj leaks|V|2|ccomp|leak ,|.|8|punct "
        "an|D|8|det allegation|N|5|appos that|R|11|obj|that|WDT|PronType=Rel Lund|P|11|nsubj called|V|8|acl:relcl|call "
        "false|J|11|xcomp .|.|2|punct"
    )
    piece = span(analysis, "that it leaks, an allegation that Lund called false")
    found = before_verdict(analysis, span(analysis, "claims"), (piece,))
    assert [c.of(analysis.text) for c in found] == ["that it leaks"]
    verdict = next(c for c in find_claims(analysis) if c.rule == "called")
    assert [c.of(analysis.text) for c in verdict.content] == ["an allegation", "false"]


def test_a_quotation_before_a_question_is_not_asked():
    analysis = parsed(
        "“|.|2|punct Fish|N|0|root .|.|2|punct ”|.|2|punct",
        "Asked|V|7|advcl|ask|VBN whether|S|4|mark he|R|4|nsubj lied|V|1|ccomp ,|.|1|punct Ode|P|7|nsubj "
        "shrugged|V|0|root .|.|7|punct",
    )
    pieces = (span(analysis, "“Fish.”"), span(analysis, "whether he lied"))
    found = without_answer(analysis, span(analysis, "Asked"), pieces)
    assert [c.of(analysis.text) for c in found] == ["whether he lied"]


OBJECTED = (
    "Some|R|2|nsubj object|V|8|advcl|object|VBP that|S|5|mark it|R|5|nsubj leaks|V|2|ccomp ,|.|2|punct I|R|8|nsubj "
    "say|V|0|root|say|VBP {told}that|S|{n}|mark by|I|{m}|case law|N|{n}|obl it|R|{n}|nsubj holds|V|8|ccomp .|.|8|punct"
)


@pytest.mark.parametrize("told", ["", "to|I|10|case them|R|8|obl "])
@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        (("that it leaks", "it holds"), ["that by law it holds"]),
        (("it holds",), ["that by law it holds"]),
        (("that it leaks", "that by law it holds"), ["that by law it holds"]),
        # Nothing of its own clause is marked: there is nothing to begin with.
        (("that it leaks",), ["that it leaks"]),
    ],
)
def test_a_cue_with_its_own_clause_takes_no_other(told, marked, kept):
    n = 13 + 2 * bool(told)
    analysis = parsed(OBJECTED.format(told=told, n=n, m=n - 2))
    content = tuple(span(analysis, m) for m in marked)
    found = own_clause(analysis, span(analysis, "say"), content)
    assert [c.of(analysis.text) for c in found] == kept


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        (("nine fled", "donors for help"), ["nine fled"]),
        # Its whole clause may be what is said.
        (("nine fled", "it asked donors for help"), ["nine fled", "it asked donors for help"]),
    ],
)
def test_what_another_verb_tells_is_not_said(marked, kept):
    analysis = parsed(
        "Ode|P|2|nsubj says|V|0|root|say|VBZ nine|M|4|nsubj fled|V|2|ccomp|flee|VBD ;|.|7|punct it|R|7|nsubj "
        "asked|V|2|conj|ask|VBD donors|N|7|obj for|I|10|case help|N|7|obl .|.|2|punct"
    )
    content = tuple(span(analysis, m) for m in marked)
    found = without_next_clause(analysis, span(analysis, "says"), content)
    assert [c.of(analysis.text) for c in found] == kept


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        (("which", "will hold"), ["The old gate", "will hold"]),
        (("will hold",), ["will hold"]),
        # More than the pronoun is marked.
        (("which Ode says",), ["which Ode says"]),
    ],
)
def test_a_relative_pronoun_takes_in_what_it_stands_for(marked, whole):
    analysis = parsed(
        "The|D|3|det old|J|3|amod gate|N|10|nsubj ,|.|8|punct which|R|8|nsubj Ode|P|7|nsubj says|V|8|parataxis|say "
        "will|X|9|aux hold|V|3|acl:relcl stands|V|0|root .|.|10|punct".replace("|8|", "|9|")
    )
    found = with_antecedents(analysis, None, tuple(span(analysis, m) for m in marked))
    assert [c.of(analysis.text) for c in found] == whole


@pytest.mark.parametrize(
    ("verb", "lemma", "kept"), [("knows", "know", "it fell"), ("said", "say", "it fell: “Hide.”")]
)
def test_what_follows_a_colon_is_told_by_a_verb_of_speech_alone(verb, lemma, kept):
    analysis = parsed(
        f"Ode|P|2|nsubj {verb}|V|0|root|{lemma}|VBD it|R|4|nsubj fell|V|2|ccomp :|.|7|punct “|.|7|punct "
        "Hide|V|2|parataxis .|.|7|punct ”|.|7|punct"
    )
    found = before_own_words(analysis, span(analysis, verb), (span(analysis, "it fell: “Hide.”"),))
    assert [c.of(analysis.text) for c in found] == [kept]
