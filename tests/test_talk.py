"""How talk reports talk, on parses written by hand."""

import pytest
from handmade import document, parsed

from annotator.quotes import find_quotes
from annotator.talk import find_beside, find_inner, find_tails, find_talk


def told(analysis, claims):
    """Each claim by its words: source, cue, pieces of content."""
    text = analysis.text
    return [(c.source.of(text), c.cue.of(text), *(s.of(text) for s in c.content)) for c in claims]


def found(sentence):
    analysis = parsed(sentence)
    return told(analysis, find_talk(analysis))


@pytest.mark.parametrize(
    ("sentence", "talk"),
    [
        (
            (
                "I|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|7|punct no|J|7|det more|J|7|amod "
                "boats|N|2|parataxis .|.|2|punct"
            ),
            [],
        ),
        (
            (
                "I|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|6|punct we|R|6|nsubj sail|V|2|parataxis "
                "now|B|6|advmod .|.|2|punct"
            ),
            [("I", "was like", "we sail now")],
        ),
        (
            (
                "My|R|2|nmod:poss sister|N|3|nsubj is|X|0|root|be|VBZ all|D|5|advmod like|B|3|discourse "
                "“|.|8|punct You|R|8|nsubj lost|V|3|ccomp it|R|8|obj ”|.|8|punct .|.|3|punct"
            ),
            [("My sister", "is all like", "“You lost it”")],
        ),
        (
            (
                "So|B|3|advmod he|R|3|nsubj goes|V|0|root|go|VBZ ,|.|7|punct “|.|7|punct Never|B|7|advmod "
                "mind|V|3|ccomp ”|.|7|punct .|.|3|punct"
            ),
            [("he", "goes", "“Never mind”")],
        ),
        # To be like somebody, to go somewhere: nothing is said.
        (
            "She|R|5|nsubj was|X|5|cop like|I|5|case a|D|5|det mother|N|0|root .|.|5|punct",
            [],
        ),
        (
            (
                "She|R|6|nsubj was|X|6|cop|be all|D|6|advmod “|.|6|punct fire|V|6|amod me|R|0|root ”|.|6|punct "
                "and|C|9|cc left|V|6|conj .|.|6|punct"
            ),
            [("She", "was all", "“fire me”")],
        ),
        (
            "He|R|2|nsubj goes|V|0|root|go|VBZ ,|.|5|punct and|C|5|cc stays|V|2|conj .|.|2|punct",
            [],
        ),
        (
            (
                "It|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|6|punct we|R|6|nsubj sail|V|2|parataxis "
                ".|.|2|punct"
            ),
            [],
        ),
    ],
)
def test_who_is_like_and_who_goes(sentence, talk):
    assert found(sentence) == talk


def test_talk_inside_a_quotation_is_the_speakers_own():
    (claim,) = find_talk(
        parsed(
            "I|R|2|nsubj was|X|0|root|be|VBD like|B|2|discourse ,|.|6|punct we|R|6|nsubj sail|V|2|parataxis .|.|2|punct"
        )
    )
    assert not claim.apart


def beside(*sentences):
    analysis = parsed(*sentences)
    story = document(analysis.text)
    quotes = find_quotes(analysis.text, story.paragraphs)
    return told(analysis, find_beside(analysis, quotes))


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "“|.|2|punct Both|D|4|ccomp ?|.|2|punct ”|.|2|punct asked|V|0|root|ask|VBD Ode|P|5|nsubj .|.|5|punct",
            [("Ode", "asked", "“Both?”")],
        ),
        (
            (
                "“|.|2|punct Both|D|4|ccomp ?|.|2|punct ”|.|2|punct asked|V|0|root|ask|VBD the|D|7|det clerk|N|5|obj "
                ".|.|5|punct"
            ),
            [("the clerk", "asked", "“Both?”")],
        ),
        # Another sentence tells nothing of it.
        (
            "“|.|2|punct Both|D|0|root ?|.|2|punct ”|.|2|punct Asked|V|2|parataxis|ask|VBD Ode|P|5|nsubj .|.|5|punct",
            [],
        ),
        (
            (
                "“|.|3|punct We|R|3|nsubj listen|V|7|ccomp ,|.|3|punct ”|.|3|punct Ode|P|7|nsubj "
                "soothed|V|0|root|soothe|VBD .|.|7|punct"
            ),
            [("Ode", "soothed", "“We listen,”")],
        ),
        (
            (
                "“|.|3|punct We|R|3|nsubj listen|V|6|ccomp ,|.|3|punct ”|.|3|punct deadpanned|V|0|root|deadpan|VBD "
                "her|R|8|nmod:poss aide|N|6|nsubj .|.|6|punct"
            ),
            [("her aide", "deadpanned", "“We listen,”")],
        ),
        # A title in marks, and what is done next.
        (
            (
                "Of|I|4|case “|.|4|punct The|D|4|det Shed|P|8|obl ,|.|4|punct ”|.|4|punct Ode|P|8|nsubj "
                "tires|V|0|root|tire|VBZ .|.|8|punct"
            ),
            [],
        ),
        (
            (
                "“|.|3|punct We|R|3|nsubj listen|V|0|root .|.|3|punct ”|.|3|punct Ode|P|7|nsubj "
                "left|V|3|parataxis|leave|VBD .|.|7|punct"
            ),
            [],
        ),
    ],
)
def test_after_a_comma_any_verb_tells_how_it_was_said(sentence, found):
    assert beside(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            # “Two clerks who have read the draft said”, parsed as if the draft spoke.
            (
                "Orvia|P|3|nsubj has|X|3|aux agreed|V|0|root|agree|VBN ,|.|12|punct two|M|6|nummod clerks|N|3|nsubj "
                "who|R|9|nsubj have|X|9|aux read|V|6|acl:relcl the|D|11|det draft|N|9|nsubj said|V|3|advcl|say|VBD "
                "on|I|14|case Monday|P|12|obl .|.|3|punct"
            ),
            [("two clerks who have read the draft", "said", "Orvia has agreed")],
        ),
        # Who says something more is no end of the sentence before.
        (
            (
                "Orvia|P|3|nsubj has|X|3|aux agreed|V|0|root|agree|VBN ,|.|3|punct and|C|7|cc Ode|P|7|nsubj "
                "said|V|3|conj|say|VBD so|B|7|advmod .|.|3|punct"
            ),
            [],
        ),
        ("In|I|2|case May|P|5|obl ,|.|2|punct Ode|P|5|nsubj spoke|V|0|root|speak|VBD .|.|5|punct", []),
    ],
)
def test_a_sentence_may_end_in_who_says_it(sentence, found):
    analysis = parsed(sentence)
    assert told(analysis, find_tails(analysis)) == found


@pytest.mark.parametrize(
    ("sentence", "inner"),
    [
        (
            (
                "“|.|3|punct He|R|3|nsubj shouted|V|0|root|shout|VBD ‘|.|5|punct run|V|3|obj ’|.|5|punct ,|.|3|punct "
                "and|C|9|cc ran|V|3|conj ”|.|3|punct"
            ),
            [("He", "shouted", "‘run’")],
        ),
        (
            (
                "“|.|3|punct He|R|3|nsubj shouted|V|0|root|shout|VBD over|I|6|case the|D|6|det wall|N|3|obl "
                ",|.|3|punct ‘|.|9|punct run|V|3|ccomp ’|.|9|punct ”|.|3|punct"
            ),
            [("He", "shouted", "‘run’")],
        ),
        # A word in marks that nobody says, and one that is no verb of speech.
        (
            (
                "“|.|3|punct The|D|3|det ‘|.|4|punct run|N|6|nsubj ’|.|4|punct ended|V|0|root|end|VBD .|.|6|punct "
                "”|.|6|punct"
            ),
            [],
        ),
        (
            (
                "“|.|3|punct He|R|3|nsubj feared|V|0|root|fear|VBD ‘|.|5|punct rain|N|3|obj ’|.|5|punct .|.|3|punct "
                "”|.|3|punct"
            ),
            [],
        ),
    ],
)
def test_who_speaks_inside_a_quotation_speaks_right_before_his_words(sentence, inner):
    analysis = parsed(sentence)
    quotes = find_quotes(analysis.text, document(analysis.text).paragraphs)
    assert told(analysis, find_inner(analysis, quotes)) == inner


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        ("Ode|P|7|nsubj had|X|7|aux|have written|V|0|root|write|VBN .|.|7|punct", [("Ode", "had written")]),
        ("Ode|P|7|nsubj is|X|7|aux:pass|be gone|V|0|root|go|VBN .|.|7|punct", []),
    ],
)
def test_who_had_said_it_stands_behind_a_quotation_too(behind, found):
    analysis = parsed(
        "“|.|3|punct It|R|3|nsubj holds|V|7|ccomp ,|.|3|punct ”|.|3|punct " + behind.replace("7|", "8|")
    )
    quotes = find_quotes(analysis.text, document(analysis.text).paragraphs)
    claims = find_beside(analysis, quotes)
    assert [(c.source.of(analysis.text), c.cue.of(analysis.text)) for c in claims] == found
