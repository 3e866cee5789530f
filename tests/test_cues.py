"""The cue lexicon, and the act and attitude that a cue and its content give."""

import re

import pytest
from handmade import parsed

from annotator.cues import cue_at, cue_in, frame_of, is_passive, lexicon, values, words
from annotator.model import ACTS, ATTITUDES, Span

ROWS = [cue for rows in lexicon().values() for cue in rows]
FRAMES = {
    "that", "wh", "to", "np", "obj", "ing", "direct", "pred", "as", "clause", "deed",
    "of", "for", "against", "about", "on", "over", "with", "in", "at", "from",
}  # fmt: skip
IRREGULAR = {"make": "made", "go": "went", "put": "put", "hold": "hold", "tell": "told", "write": "wrote"} | {
    "swear": "swore", "undertake": "undertook", "feel": "feels", "think": "thinks", "know": "knew", "find": "found",
    "forbid": "forbade", "understand": "understood", "forget": "forgot", "see": "sees", "cry": "cried",
    "worry": "worr", "plead": "plead", "deny": "den", "imply": "impli", "certify": "certif", "testify": "testif",
    "rely": "relie", "reply": "repli", "specify": "specif", "notify": "notif", "query": "quer", "decry": "decr",
    "say": "sa",
}  # fmt: skip


@pytest.mark.parametrize("cue", ROWS, ids=lambda c: " ".join(c.phrase))
def test_every_row_holds_together_and_its_example_uses_it(cue):
    assert cue.act in ACTS
    assert cue.attitude in ATTITUDES
    assert cue.frames <= FRAMES
    first = cue.phrase[0]
    stem = IRREGULAR.get(first, first.removesuffix("e"))
    assert re.search(rf"\b{stem}", cue.example, re.IGNORECASE), cue.example
    assert all(word in cue.example.lower() for word in cue.phrase[1:])


def test_no_phrase_stands_twice_for_one_kind():
    seen = [(cue.phrase, cue.kind == "noun") for cue in ROWS]
    assert len(seen) == len(set(seen))


def test_word_classes_do_not_contradict_each_other():
    assert not words("negative") & words("positive")
    assert not words("abstract") & (
        words("document") | words("organization") | words("person") | words("group")
    )


def judged(sentence, cue, content):
    analysis = parsed(sentence)

    def span(part):
        start = analysis.text.index(part)
        return Span(start, start + len(part))

    return values(analysis, span(cue) if cue else None, [span(content)])


SAID = "Ode|P|2|nsubj {cue}|V|0|root|{lemma}|VBD that|S|5|mark fares|N|5|nsubj rose|V|2|ccomp|rise|VBD .|.|2|punct"


@pytest.mark.parametrize(
    ("cue", "lemma", "act", "attitude"),
    [
        ("said", "say", "statement", "assertion"),
        ("warned", "warn", "warning", "assertion"),
        ("denied", "deny", "denial", "assertion"),
        ("admitted", "admit", "admission", "assertion"),
        ("promised", "promise", "promise", "assertion"),
        ("thought", "think", "opinion", "belief"),
        ("knew", "know", "statement", "fact"),
        ("hoped", "hope", "opinion", "eventuality"),
        ("agreed", "agree", "opinion", "assertion"),
        ("alleged", "allege", "accusation", "assertion"),
    ],
)
def test_a_cue_brings_its_values(cue, lemma, act, attitude):
    assert judged(SAID.format(cue=cue, lemma=lemma), cue, "that fares rose") == (act, attitude)


TO = "Ode|P|2|nsubj {cue}|V|0|root|{lemma}|VBD Brandt|P|2|obj to|T|5|mark leave|V|2|xcomp .|.|2|punct"


@pytest.mark.parametrize(
    ("cue", "lemma", "act", "attitude"),
    [
        ("told", "tell", "demand", "eventuality"),
        ("asked", "ask", "demand", "eventuality"),
        ("urged", "urge", "demand", "eventuality"),
        ("warned", "warn", "warning", "eventuality"),
        ("expected", "expect", "opinion", "belief"),
    ],
)
def test_an_infinitive_is_wanted(cue, lemma, act, attitude):
    assert judged(TO.format(cue=cue, lemma=lemma), cue, "to leave") == (act, attitude)


@pytest.mark.parametrize(
    ("sentence", "cue", "content", "act", "attitude"),
    [
        (
            "Ode|P|2|nsubj asked|V|0|root|ask whether|S|5|mark fares|N|5|nsubj rose|V|2|ccomp|rise",
            "asked", "whether fares rose", "question", "assertion",
        ),
        (
            "Ode|P|2|nsubj threatened|V|0|root|threaten to|T|4|mark leave|V|2|xcomp",
            "threatened", "to leave", "warning", "eventuality",
        ),
        (
            "Ode|P|2|nsubj vowed|V|0|root|vow retaliation|N|2|obj",
            "vowed", "retaliation", "warning", "assertion",
        ),
        (
            "Ode|P|2|nsubj vowed|V|0|root|vow to|T|4|mark help|V|2|xcomp",
            "vowed", "to help", "promise", "eventuality",
        ),
        (
            "Ode|P|2|nsubj insisted|V|0|root|insist the|D|4|det mayor|N|6|nsubj must|X|6|aux go|V|2|ccomp",
            "insisted", "the mayor must go", "demand", "assertion",
        ),
        (
            "Ode|P|2|nsubj refused|V|0|root|refuse to|T|4|mark sail|V|2|xcomp",
            "refused", "to sail", "denial", "eventuality",
        ),
        (
            "Ode|P|2|nsubj called|V|0|root|call the|D|4|det claims|N|2|obj|claim baseless|J|2|xcomp",
            "called", "the claims baseless", "denial", "assertion",
        ),
        (
            "Ode|P|2|nsubj called|V|0|root|call it|R|2|obj a|D|5|det joke|N|2|xcomp",
            "called", "it a joke", "criticism", "assertion",
        ),
        (
            "Ode|P|2|nsubj called|V|0|root|call it|R|2|obj a|D|5|det triumph|N|2|xcomp",
            "called", "it a triumph", "praise", "assertion",
        ),
        (
            "Ode|P|2|nsubj called|V|0|root|call it|R|2|obj a|D|5|det bridge|N|2|xcomp",
            "called", "it a bridge", "opinion", "assertion",
        ),
        (
            "Ode|P|2|nsubj called|V|0|root|call the|D|4|det charge|N|2|obj “|.|6|punct theatre|N|2|xcomp ”|.|7|punct",
            "called", "the charge “theatre”", "denial", "assertion",
        ),
        (
            "Ode|P|2|nsubj called|V|0|root|call the|D|4|det roof|N|2|obj “|.|6|punct theatre|N|2|xcomp ”|.|7|punct",
            "called", "the roof “theatre”", "criticism", "assertion",
        ),
        (
            "Ode|P|2|nsubj pressed|V|0|root|press “|.|4|punct Why|B|2|ccomp ?|.|4|punct ”|.|4|punct",
            "pressed", "“Why?”", "question", "assertion",
        ),
        (
            "claims|N|0|root|claim of|I|3|case fraud|N|1|nmod grew|V|1|acl",
            "claims", "of fraud", "accusation", "assertion",
        ),
        (
            "claims|N|0|root|claim of|I|3|case success|N|1|nmod grew|V|1|acl",
            "claims", "of success", "statement", "assertion",
        ),
    ],
)  # fmt: skip
def test_the_content_decides_the_act(sentence, cue, content, act, attitude):
    assert judged(sentence, cue, content) == (act, attitude)


@pytest.mark.parametrize(
    ("sentence", "cue", "content", "act", "attitude"),
    [
        (
            "It|R|3|nsubj:pass was|X|3|aux:pass expected|V|0|root|expect|VBN to|T|5|mark fail|V|3|xcomp",
            "was expected", "to fail", "evidential", "belief",
        ),
        (
            "He|R|3|nsubj:pass is|X|3|aux:pass said|V|0|root|say|VBN to|T|6|mark have|X|6|aux left|V|3|xcomp|leave",
            "is said", "to have left", "evidential", "assertion",
        ),
        (
            "Ode|P|3|nsubj:pass is|X|3|aux:pass accused|V|0|root|accuse|VBN of|I|5|case fraud|N|3|obl",
            "is accused", "of fraud", "accusation", "assertion",
        ),
        (
            "Ode|P|3|nsubj:pass was|X|3|aux:pass told|V|0|root|tell|VBN to|T|5|mark go|V|3|xcomp",
            "was told", "to go", "demand", "eventuality",
        ),
    ],
)  # fmt: skip
def test_a_passive_without_agent_is_hearsay_unless_it_accuses_or_commands(
    sentence, cue, content, act, attitude
):
    assert judged(sentence, cue, content) == (act, attitude)


@pytest.mark.parametrize(("cue", "lemma"), [("deny", "deny"), ("promise", "promise"), ("admit", "admit")])
def test_what_was_not_done_is_no_act(cue, lemma):
    sentence = (
        f"Ode|P|4|nsubj did|X|4|aux not|T|4|advmod {cue}|V|0|root|{lemma} that|S|7|mark fares|N|7|nsubj "
        "rose|V|4|ccomp|rise"
    )
    assert judged(sentence, f"did not {cue}", "that fares rose") == ("statement", "assertion")


def test_without_a_known_cue_it_is_a_statement():
    assert judged("Ode|P|0|root :|.|3|punct no|D|4|det deal|N|1|parataxis", "", "no deal") == (
        "statement",
        "assertion",
    )


def test_phrases_are_found_whole():
    analysis = parsed("Unions|N|2|nsubj called|V|0|root|call on|I|5|case the|D|5|det mayor|N|2|obl")
    assert cue_at(analysis, 1).phrase == ("call", "on")
    analysis = parsed("Unions|N|2|nsubj hold|V|0|root the|D|4|det board|N|2|obj responsible|J|2|xcomp")
    assert cue_at(analysis, 1).phrase == ("hold", "responsible")


def test_a_part_of_speech_that_does_not_fit_is_no_cue():
    analysis = parsed("The|D|2|det claim|N|3|nsubj failed|V|0|root|fail")
    assert cue_at(analysis, 1).kind == "noun"
    assert cue_at(parsed("A|D|2|det say|N|0|root"), 1) is None


def test_the_head_of_a_cue_span_carries_it():
    analysis = parsed("Ode|P|3|nsubj has|X|3|aux warned|V|0|root|warn|VBN of|I|5|case floods|N|3|obl")
    index, cue = cue_in(analysis, Span(4, 14))
    assert (index, cue.phrase) == (2, ("warn",))


@pytest.mark.parametrize(
    ("sentence", "frame"),
    [
        ("that|S|3|mark fares|N|3|nsubj rose|V|0|root|rise", "that"),
        ("fares|N|2|nsubj rose|V|0|root|rise", "that"),
        ("why|B|3|advmod fares|N|3|nsubj rose|V|0|root|rise", "wh"),
        ("to|T|2|mark leave|V|0|root", "to"),
        ("not|T|3|advmod to|T|3|mark leave|V|0|root", "to"),
        ("not|T|2|advmod leaving|V|0|root|leave|VBG", "ing"),
        ("of|I|2|case fraud|N|0|root", "of"),
        ("hiding|V|0|root|hide|VBG debts|N|1|obj", "ing"),
        ("a|D|2|det raise|N|0|root", "np"),
        ("“|.|2|punct Never|B|0|root ”|.|2|punct", "direct"),
    ],
)
def test_the_form_of_a_content(sentence, frame):
    analysis = parsed(sentence)
    assert frame_of(analysis, [Span(0, len(analysis.text))]) == frame


@pytest.mark.parametrize(
    ("quoted", "act"),
    [
        ("Bring|V|5|ccomp|bring|VB me|R|2|iobj keys|N|2|obj", "demand"),
        ("Please|B|3|discourse|please leave|V|5|ccomp|leave|VB", "demand"),
        ("Thank|V|4|ccomp|thank|VB you|R|2|obj", "statement"),
        ("We|R|3|nsubj leave|V|5|ccomp|leave|VBP", "statement"),
        ("Keys|N|3|nsubj help|V|5|ccomp|help|VB", "statement"),
    ],
)
def test_a_quotation_that_begins_with_a_command_is_a_demand(quoted, act):
    words = quoted.split()
    last = len(words) + 3
    rows = [re.sub(r"(?<=\|)\d+(?=\|ccomp)", str(last), w) for w in words]
    analysis = parsed(
        f"“|.|2|punct {' '.join(rows)} ”|.|{last}|punct said|V|0|root|say|VBD Ode|P|{last}|nsubj"
    )
    text = analysis.text
    end = text.index("”") + 1
    cue = Span(text.index("said"), text.index("said") + 4)
    assert values(analysis, cue, (Span(0, end),))[0] == act


@pytest.mark.parametrize(
    ("parse", "verb", "passive"),
    [
        # Who is asked at the front of a sentence asks nothing, whatever the tagger makes of the form.
        ("Asked|V|3|advcl|ask|VBD why|B|1|advmod nodded|V|0|root Lund|P|3|nsubj", 0, True),
        ("Pressed|V|4|advcl|press|VBN hard|B|1|advmod Lund|P|4|nsubj nodded|V|0|root", 0, True),
        ("Lund|P|2|nsubj asked|V|0|root|ask|VBD why|B|2|advmod", 1, False),
        ("When|B|3|mark Lund|P|3|nsubj asked|V|5|advcl|ask|VBD Ode|P|5|nsubj nodded|V|0|root", 2, False),
        ("Ode|P|2|nsubj nodded|V|0|root ,|.|4|punct asked|V|2|advcl|ask|VBD why|B|4|advmod", 3, False),
    ],
)
def test_a_leading_clause_without_a_subject_is_passive(parse, verb, passive):
    assert is_passive(parsed(parse), verb) is passive
