"""Claims read off parses written by hand, several sentences for each rule."""

import pytest
from handmade import parsed

from annotator.claims import find_claims


def claims(*sentences, **options):
    analysis = parsed(*sentences, **options)
    text = analysis.text
    return [
        (
            c.source.of(text) if c.source else None,
            c.cue.of(text) if c.cue else None,
            *(s.of(text) for s in c.content),
        )
        for c in find_claims(analysis)
    ]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Ode|P|2|nsubj said|V|0|root|say|VBD that|S|6|mark the|D|5|det ferry|N|6|nsubj "
                "sank|V|2|ccomp|sink .|.|2|punct"
            ),
            [("Ode", "said", "that the ferry sank")],
        ),
        (
            (
                "The|D|2|det ministry|N|5|nsubj has|X|5|aux never|B|5|advmod denied|V|0|root|deny|VBN "
                "that|S|8|mark it|R|8|nsubj paid|V|5|ccomp|pay .|.|5|punct"
            ),
            [("The ministry", "has never denied", "that it paid")],
        ),
        (
            (
                "Ode|P|3|nsubj has|X|3|aux argued|V|0|root|argue|VBN for|I|5|case years|N|3|obl|year "
                "that|S|8|mark pumps|N|8|nsubj leak|V|3|ccomp .|.|3|punct"
            ),
            [("Ode", "has argued", "that pumps leak")],
        ),
        (
            "Ode|P|2|nsubj argued|V|0|root|argue|VBD for|I|5|case a|D|5|det toll|N|2|obl .|.|2|punct",
            [("Ode", "argued", "for a toll")],
        ),
        (
            "Ode|P|2|nsubj asked|V|0|root|ask|VBD for|I|5|case a|D|5|det day|N|2|obl .|.|2|punct",
            [("Ode", "asked", "for a day")],
        ),
        (
            (
                "The|D|2|det journal|N|3|nsubj confirmed|V|0|root|confirm|VBD that|S|6|mark it|R|6|nsubj "
                "erred|V|3|ccomp|err|VBD .|.|3|punct"
            ),
            [("The journal", "confirmed", "that it erred")],
        ),
        (
            (
                "The|D|2|det weather|N|3|nsubj confirmed|V|0|root|confirm|VBD that|S|6|mark it|R|6|nsubj "
                "turned|V|3|ccomp|turn|VBD .|.|3|punct"
            ),
            [],
        ),
        (
            (
                "Brandt|P|2|nsubj asked|V|0|root|ask|VBD whether|S|6|mark the|D|5|det dam|N|6|nsubj "
                "held|V|2|ccomp|hold .|.|2|punct"
            ),
            [("Brandt", "asked", "whether the dam held")],
        ),
    ],
)
def test_a_clause_is_the_content_of_its_verb(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Ode|P|2|nsubj said|V|0|root|say|VBD fares|N|4|nsubj rose|V|2|ccomp|rise and|C|6|cc "
                "warned|V|2|conj|warn|VBD that|S|9|mark jobs|N|9|nsubj vanish|V|6|ccomp .|.|2|punct"
            ),
            [("Ode", "said", "fares rose"), ("Ode", "warned", "that jobs vanish")],
        ),
        (
            (
                "The|D|2|det union|N|3|nsubj struck|V|0|root|strike|VBD ,|.|5|punct "
                "saying|V|3|advcl|say|VBG pay|N|7|nsubj fell|V|5|ccomp|fall .|.|3|punct"
            ),
            [("The union", "saying", "pay fell")],
        ),
        (
            (
                "Ships|N|2|nsubj left|V|0|root|leave|VBD ,|.|7|punct with|S|7|mark the|D|6|det "
                "harbour|N|7|nsubj warning|V|2|advcl|warn|VBG storms|N|9|nsubj come|V|7|ccomp .|.|2|punct"
            ),
            [("the harbour", "warning", "storms come")],
        ),
    ],
)
def test_several_reports_share_a_source(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "The|D|2|det firm|N|4|nsubj:pass is|X|4|aux:pass accused|V|0|root|accuse|VBN of|S|6|mark "
                "hiding|V|4|advcl|hide|VBG debts|N|6|obj .|.|4|punct"
            ),
            [(None, "is accused", "of hiding debts")],
        ),
        (
            (
                "The|D|2|det firm|N|4|nsubj:pass is|X|4|aux:pass accused|V|0|root|accuse|VBN by|I|6|case "
                "unions|N|4|obl:agent|union|NNS of|S|8|mark hiding|V|4|advcl|hide|VBG debts|N|8|obj "
                ".|.|4|punct"
            ),
            [("unions", "is accused", "of hiding debts")],
        ),
        (
            "Ode|P|3|nsubj:pass was|X|3|aux:pass told|V|0|root|tell|VBN to|T|5|mark leave|V|3|xcomp .|.|3|punct",
            [(None, "was told", "to leave")],
        ),
        (
            (
                "The|D|2|det firm|N|5|nsubj:pass was|X|5|aux:pass widely|B|5|advmod "
                "expected|V|0|root|expect|VBN to|T|7|mark fail|V|5|xcomp .|.|5|punct"
            ),
            [(None, "was widely expected", "to fail")],
        ),
        (
            (
                "Two|M|2|nummod clerks|N|4|nsubj:pass|clerk|NNS are|X|4|aux:pass "
                "indicted|V|0|root|indict|VBN by|I|6|case Ovia|P|4|obl:agent for|S|8|mark "
                "forging|V|4|advcl|forge|VBG stamps|N|8|obj .|.|4|punct"
            ),
            [("Ovia", "are indicted", "for forging stamps")],
        ),
    ],
)
def test_a_passive_has_its_agent_as_source_or_none(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Ovia|P|2|nsubj blames|V|0|root|blame|VBZ the|D|4|det board|N|2|obj for|I|7|case "
                "the|D|7|det flood|N|2|obl .|.|2|punct"
            ),
            [("Ovia", "blames", "for the flood")],
        ),
        (
            (
                "Ovia|P|2|nsubj warns|V|0|root|warn|VBZ Teland|P|2|obj against|S|5|mark "
                "allowing|V|2|advcl|allow|VBG strikes|N|5|obj .|.|2|punct"
            ),
            [("Ovia", "warns", "against allowing strikes")],
        ),
        (
            "Ovia|P|3|nsubj has|X|3|aux warned|V|0|root|warn|VBN of|I|5|case floods|N|3|obl .|.|3|punct",
            [("Ovia", "has warned", "of floods")],
        ),
        (
            (
                "Ovia|P|2|nsubj left|V|0|root|leave|VBD ,|.|4|punct holding|V|2|advcl|hold|VBG "
                "it|R|4|obj responsible|J|4|xcomp for|I|9|case the|D|9|det flood|N|6|obl .|.|2|punct"
            ),
            [("Ovia", "holding it responsible", "for the flood")],
        ),
        (
            (
                "Ode|P|2|nsubj refused|V|0|root|refuse|VBD to|T|4|mark comment|V|2|xcomp on|I|7|case "
                "the|D|7|det raid|N|4|obl .|.|2|punct"
            ),
            [("Ode", "refused to comment", "on the raid")],
        ),
    ],
)
def test_a_preposition_brings_the_content_along(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "The|D|2|det mayor|N|3|nsubj told|V|0|root|tell|VBD Ode|P|3|iobj to|T|6|mark leave|V|3|xcomp .|.|3|punct",
            [("The mayor", "told", "to leave")],
        ),
        (
            (
                "Unions|N|2|nsubj|union|NNS called|V|0|root|call|VBD on|I|5|case the|D|5|det "
                "mayor|N|2|obl to|T|7|mark act|V|2|xcomp .|.|2|punct"
            ),
            [("Unions", "called on", "to act")],
        ),
        (
            "The|D|2|det crew|N|3|nsubj threatened|V|0|root|threaten|VBD to|T|5|mark strike|V|3|xcomp .|.|3|punct",
            [("The crew", "threatened", "to strike")],
        ),
        (
            (
                "The|D|2|det crew|N|4|nsubj had|X|4|aux threatened|V|0|root|threaten|VBN a|D|6|det "
                "strike|N|4|obj .|.|4|punct"
            ),
            [("The crew", "had threatened", "a strike")],
        ),
        (
            "The|D|2|det crew|N|4|nsubj strongly|B|4|advmod denies|V|0|root|deny|VBZ involvement|N|4|obj .|.|4|punct",
            [("The crew", "strongly denies", "involvement")],
        ),
    ],
)
def test_wishes_threats_and_denials(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Talks|N|2|nsubj failed|V|0|root|fail|VBD amid|I|4|case "
                "accusations|N|2|obl|accusation|NNS that|S|7|mark Ovia|P|7|nsubj lied|V|4|acl|lie "
                ".|.|2|punct"
            ),
            [(None, "accusations", "that Ovia lied")],
        ),
        (
            (
                "Talks|N|2|nsubj failed|V|0|root|fail|VBD amid|I|4|case "
                "accusations|N|2|obl|accusation|NNS that|S|7|mark Ovia|P|7|nsubj lied|V|4|acl:relcl|lie "
                ".|.|2|punct"
            ),
            [(None, "accusations", "that Ovia lied")],
        ),
        (
            (
                "Accusations|N|5|nsubj|accusation|NNS of|I|3|case fraud|N|1|nmod have|X|5|aux "
                "hurt|V|0|root|hurt|VBN Ovia|P|5|obj .|.|5|punct"
            ),
            [(None, "Accusations", "of fraud")],
        ),
        (
            (
                "The|D|2|det mayor|N|4|nmod:poss 's|T|2|case claim|N|8|nsubj that|S|7|mark "
                "fares|N|7|nsubj fell|V|4|acl|fall failed|V|0|root|fail|VBD .|.|8|punct"
            ),
            [("The mayor's", "claim", "that fares fell")],
        ),
        (
            (
                "The|D|2|det union|N|3|nsubj repeated|V|0|root|repeat|VBD its|R|5|nmod:poss "
                "threat|N|3|obj to|T|7|mark strike|V|5|acl .|.|3|punct"
            ),
            [("its", "threat", "to strike")],
        ),
        (
            "Ode|P|2|nsubj made|V|0|root|make|VBD a|D|4|det promise|N|2|obj to|T|6|mark resign|V|4|acl .|.|2|punct",
            [("Ode", "promise", "to resign")],
        ),
        (
            (
                "The|D|2|det mayor|N|3|nsubj ignored|V|0|root|ignore|VBD calls|N|3|obj|call|NNS "
                "for|I|7|case a|D|7|det vote|N|4|nmod .|.|3|punct"
            ),
            [(None, "calls", "for a vote")],
        ),
        (
            (
                "The|D|2|det board|N|4|nmod:poss 's|T|2|case position|N|9|nsubj:outer is|X|9|cop|be that|S|9|mark "
                "it|R|9|nsubj is|X|9|cop sound|J|0|root .|.|9|punct"
            ),
            [("The board's", "position", "that it is sound")],
        ),
        (
            (
                "There|R|2|expl were|V|0|root|be whispers|N|2|nsubj|whisper|NNS that|S|6|mark Ovia|P|6|nsubj "
                "lied|V|3|acl|lie .|.|2|punct"
            ),
            [(None, "whispers", "that Ovia lied")],
        ),
        (
            (
                "It|R|2|nsubj met|V|0|root a|D|4|det demand|N|2|obj that|S|7|mark Ode|P|7|nsubj "
                "refused|V|4|acl:relcl|refuse|VBD within|I|10|case an|D|10|det hour|N|7|obl .|.|2|punct"
            ),
            [("Ode", "refused", "a demand")],
        ),
    ],
)
def test_nouns_carry_claims(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    "sentence",
    [
        (
            "The|D|2|det accusations|N|3|nsubj|accusation|NNS poisoned|V|0|root|poison the|D|5|det "
            "talks|N|3|obj .|.|3|punct"
        ),
        "A|D|2|det clerk|N|0|root in|I|4|case charge|N|2|nmod of|I|6|case ships|N|4|nmod",
        (
            "The|D|2|det claims|N|6|nsubj|claim|NNS that|R|5|obj|that|WDT Ode|P|5|nsubj made|V|2|acl:relcl|make "
            "failed|V|0|root|fail .|.|6|punct"
        ),
        "Ode|P|2|nsubj took|V|0|root|take a|D|4|det call|N|2|obj for|I|6|case Brandt|P|4|nmod .|.|2|punct",
        (
            "It|R|2|nsubj hid|V|0|root a|D|4|det report|N|2|obj that|S|7|mark it|R|7|nsubj paid|V|4|acl:relcl|pay "
            "for|I|7|obl .|.|2|punct"
        ),
    ],
)
def test_nouns_without_a_claim_carry_none(sentence):
    assert claims(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "According|V|3|case|accord to|I|1|fixed Ode|P|7|obl ,|.|3|punct fares|N|7|nsubj "
                "will|X|7|aux rise|V|0|root .|.|7|punct"
            ),
            [("Ode", "According to", "fares will rise")],
        ),
        (
            (
                "The|D|2|det dam|N|10|nsubj ,|.|6|punct according|V|6|case|accord to|I|4|fixed "
                "Brandt|P|10|obl ,|.|6|punct will|X|10|aux not|T|10|advmod hold|V|0|root .|.|10|punct"
            ),
            [("Brandt", "according to", "The dam", "will not hold")],
        ),
        (
            (
                "In|I|3|case the|D|3|det words|N|9|obl|word of|I|5|case Ode|P|3|nmod ,|.|3|punct "
                "fares|N|9|nsubj will|X|9|aux rise|V|0|root .|.|9|punct"
            ),
            [("Ode", "In the words of", "fares will rise")],
        ),
    ],
)
def test_according_to_somebody(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Planes|N|2|nsubj bombed|V|0|root|bomb a|D|4|det port|N|2|obj ,|.|7|punct "
                "reportedly|B|7|advmod killing|V|2|advcl|kill|VBG miners|N|7|obj .|.|2|punct"
            ),
            [(None, "reportedly", "killing miners")],
        ),
        (
            "The|D|2|det clerk|N|4|nsubj allegedly|B|4|advmod took|V|0|root|take keys|N|4|obj .|.|4|punct",
            [(None, "allegedly", "The clerk", "took keys")],
        ),
        (
            (
                "Villagers|N|2|nsubj mourn|V|0|root an|D|6|det alleged|J|6|amod gas|N|6|compound "
                "attack|N|2|obj on|I|8|case miners|N|6|nmod .|.|2|punct"
            ),
            [(None, "alleged", "gas attack on miners")],
        ),
    ],
)
def test_hearsay_has_no_source(sentence, found):
    assert claims(sentence) == found


def test_an_alleged_person_is_no_claim():
    assert (
        claims("Police|N|2|nsubj hold|V|0|root the|D|5|det alleged|J|5|amod thief|N|2|obj .|.|2|punct") == []
    )


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "A|D|2|det leak|N|0|root that|R|5|obl|that|WDT|PronType=Rel "
                "engineers|N|5|nsubj|engineer|NNS blame|V|2|acl:relcl|blame|VBP the|D|7|det "
                "contractor|N|5|obj for|I|3|case .|.|2|punct"
            ),
            [("engineers", "blame", "A leak")],
        ),
        (
            (
                "A|D|2|det leak|N|0|root that|R|5|obj|that|WDT|PronType=Rel "
                "engineers|N|5|nsubj|engineer|NNS blame|V|2|acl:relcl|blame|VBP the|D|7|det "
                "contractor|N|5|obj for|I|2|case .|.|2|punct"
            ),
            [("engineers", "blame", "A leak")],
        ),
        (
            (
                "The|D|2|det fraud|N|8|nsubj which|R|5|obl|which|WDT|PronType=Rel Ovia|P|5|nsubj "
                "accuses|V|2|acl:relcl|accuse|VBZ Teland|P|5|obj of|I|3|case hurt|V|0|root|hurt|VBD "
                "banks|N|8|obj .|.|8|punct"
            ),
            [("Ovia", "accuses", "The fraud")],
        ),
        (
            (
                "A|D|2|det charge|N|0|root that|R|6|obj|that|WDT|PronType=Rel the|D|5|det firm|N|6|nsubj "
                "denies|V|2|acl:relcl|deny|VBZ .|.|2|punct"
            ),
            [("the firm", "denies", "A charge")],
        ),
        (
            (
                "Ode|P|0|root ,|.|4|punct who|R|4|nsubj|who|WP|PronType=Rel said|V|1|acl:relcl|say|VBD "
                "fares|N|6|nsubj rose|V|4|ccomp|rise"
            ),
            [("who", "said", "fares rose")],
        ),
    ],
)
def test_a_relative_clause_reports_its_antecedent_or_has_it_speak(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "Critics|N|2|nsubj|critic|NNS call|V|0|root|call|VBP it|R|2|obj a|D|5|det joke|N|2|xcomp .|.|2|punct",
            [("Critics", "call", "it a joke")],
        ),
        (
            (
                "Ode|P|2|nsubj described|V|0|root|describe|VBD the|D|4|det night|N|2|obj as|I|7|case "
                "a|D|7|det shame|N|2|obl .|.|2|punct"
            ),
            [("Ode", "described", "the night as a shame")],
        ),
        (
            (
                "The|D|2|det plan|N|4|nsubj:pass was|X|4|aux:pass called|V|0|root|call|VBN "
                "unsafe|J|4|xcomp by|I|7|case Ode|P|4|obl:agent .|.|4|punct"
            ),
            [("Ode", "was called", "unsafe")],
        ),
    ],
)
def test_what_somebody_calls_something(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize("label", ["advcl", "xcomp", "ccomp"])
def test_a_gerund_is_found_under_whatever_label_the_parser_gives_it(label):
    sentence = (
        "Lind|P|2|nsubj accused|V|0|root|accuse|VBD the|D|4|det council|N|6|obj of|S|6|mark "
        f"breaking|V|2|{label}|break|VBG vows|N|6|obj|vow .|.|2|punct"
    )
    assert claims(sentence) == [("Lind", "accused", "of breaking vows")]


@pytest.mark.parametrize(
    "sentence",
    [
        (
            "Asked|V|7|advcl|ask|VBN about|I|4|case the|D|4|det delay|N|1|obl ,|.|7|punct Ode|P|7|nsubj "
            "shrugged|V|0|root|shrug"
        ),
        "Ode|P|2|nsubj declined|V|0|root|decline|VBD to|T|4|mark comment|V|2|xcomp",
    ],
)
def test_without_an_answer_nothing_is_reported(sentence):
    assert claims(sentence) == []


def test_a_title_is_nobodys_claim():
    sentence = "A|D|2|det hymn|N|0|root called|V|2|acl|call|VBN|VerbForm=Part Tides|P|3|xcomp"
    assert claims(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        (
            "Recent|J|2|amod figures|N|3|nsubj|figure|NNS suggest|V|0|root fares|N|5|nsubj "
            "rose|V|3|ccomp|rise .|.|3|punct"
        ),
        "The|D|2|det move|N|3|nsubj signals|V|0|root|signal that|S|6|mark rates|N|6|nsubj fall|V|3|ccomp .|.|3|punct",
        (
            "Events|N|3|nsubj|event|NNS are|X|3|aux suggesting|V|0|root|suggest|VBG that|S|6|mark "
            "peace|N|6|nsubj ended|V|3|ccomp|end .|.|3|punct"
        ),
    ],
)
def test_facts_and_figures_do_not_speak(sentence):
    assert claims(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "The|D|2|det report|N|3|nsubj suggests|V|0|root|suggest|VBZ fares|N|5|nsubj "
                "rose|V|3|ccomp|rise .|.|3|punct"
            ),
            [("The report", "suggests", "fares rose")],
        ),
        (
            (
                "The|D|2|det court|N|3|nsubj ruled|V|0|root|rule|VBD that|S|7|mark the|D|6|det "
                "sale|N|7|nsubj stands|V|3|ccomp|stand .|.|3|punct"
            ),
            [("The court", "ruled", "that the sale stands")],
        ),
    ],
)
def test_documents_and_bodies_speak(sentence, found):
    assert claims(sentence) == found


def test_a_thrown_in_report_has_a_content_in_pieces():
    sentence = (
        "The|D|2|det ferry|N|8|nsubj ,|.|5|punct police|N|5|nsubj said|V|8|parataxis|say|VBD ,|.|5|punct "
        "was|X|8|cop late|J|0|root .|.|8|punct"
    )
    assert claims(sentence) == [("police", "said", "The ferry", "was late")]


def test_a_report_inside_a_report_is_found_too():
    sentence = (
        "The|D|2|det union|N|3|nsubj said|V|0|root|say|VBD the|D|5|det firm|N|7|nsubj had|X|7|aux "
        "promised|V|3|ccomp|promise|VBN a|D|9|det raise|N|7|obj .|.|3|punct"
    )
    assert claims(sentence) == [
        ("The union", "said", "the firm had promised a raise"),
        ("the firm", "had promised", "a raise"),
    ]


@pytest.mark.parametrize(("source", "apart"), [("Lisbon|P", True), ("he|R", False), ("clerks|N", False)])
def test_a_wish_of_somebody_named_is_a_report_of_its_own_inside_another(source, apart):
    analysis = parsed(
        f"Ode|P|2|nsubj said|V|0|root|say|VBD {source}|4|nsubj hopes|V|2|ccomp|hope|VBZ to|T|6|mark win|V|4|xcomp"
    )
    found = {c.cue.of(analysis.text): c.apart for c in find_claims(analysis) if c.cue}
    assert found["hopes"] is apart


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "For|I|3|case the|D|3|det mayor|N|8|nmod ,|.|3|punct it|R|8|nsubj is|X|8|cop a|D|8|det "
                '"|.|8|punct joke|N|0|root "|.|8|punct .|.|8|punct'
            ),
            ("the mayor", "For"),
        ),
        (
            (
                "For|I|3|case the|D|3|det mayor|N|7|nmod ,|.|3|punct it|R|7|nsubj is|X|7|cop late|J|0|root "
                ".|.|7|punct"
            ),
            None,
        ),
        (
            (
                'For|I|2|case example|N|8|nmod ,|.|2|punct the|D|8|det "|.|8|punct expert|N|8|nsubj "|.|6|punct '
                "left|V|0|root .|.|8|punct"
            ),
            None,
        ),
        (
            (
                'For|I|3|case the|D|3|det poor|J|8|obl ,|.|3|punct it|R|8|nsubj is|X|8|cop a|D|8|det "|.|8|punct '
                'joke|N|0|root "|.|9|punct'
            ).replace("|8|", "|9|"),
            ("the poor", "For"),
        ),
        ("For|I|0|root", None),
    ],
)
def test_whose_view_opens_a_sentence(sentence, found):
    made = [c for c in claims(sentence) if c[1] == "For"]
    assert [c[:2] for c in made] == ([found] if found else [])


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "In|I|3|case her|R|3|nmod:poss view|N|6|obl ,|.|3|punct fares|N|6|nsubj fell|V|0|root ,|.|9|punct "
                "and|C|9|cc left|V|6|conj .|.|6|punct"
            ),
            [("her", "view", "fares fell, and left")],
        ),
        # What the sentence told before is another report.
        (
            (
                "It|R|2|nsubj rained|V|9|advcl and|C|9|cc in|I|6|case her|R|6|nmod:poss opinion|N|9|obl ,|.|6|punct "
                "fares|N|9|nsubj fell|V|0|root .|.|9|punct"
            ),
            [("her", "opinion", "fares fell")],
        ),
        ("In|I|3|case the|D|3|det view|N|5|obl fares|N|5|nsubj fell|V|0|root .|.|5|punct", []),
        ("In|I|3|case her|R|3|nmod:poss house|N|5|obl fares|N|5|nsubj fell|V|0|root .|.|5|punct", []),
    ],
)
def test_in_whose_view_it_is_so(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Ode|P|2|nsubj knew|V|0|root|know|VBD what|R|2|obj he|R|6|nsubj had|X|6|aux seen|V|3|acl:relcl "
                ".|.|2|punct"
            ),
            [("Ode", "knew", "what he had seen")],
        ),
        (
            (
                "They|R|2|nsubj asked|V|0|root|ask|VBD who|R|2|obj paid|V|3|acl:relcl for|I|6|case it|R|4|obl "
                ".|.|2|punct"
            ),
            [("They", "asked", "who paid for it")],
        ),
        # Who is known, and not what.
        (
            (
                "Ode|P|2|nsubj knew|V|0|root|know|VBD the|D|4|det man|N|2|obj who|R|6|nsubj paid|V|4|acl:relcl "
                ".|.|2|punct"
            ),
            [],
        ),
    ],
)
def test_a_question_without_its_mark_is_a_content_whatever_it_hangs_on(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Ode|P|4|nsubj is|X|4|cop not|T|4|advmod sure|J|0|root that|S|7|mark it|R|7|nsubj holds|V|4|ccomp "
                ".|.|4|punct"
            ),
            [("Ode", "is not sure", "that it holds")],
        ),
        (
            (
                "The|D|2|det crew|N|4|nsubj was|X|4|cop unaware|J|0|root|unaware the|D|6|det pump|N|7|nsubj "
                "leaked|V|4|ccomp .|.|4|punct"
            ),
            [("The crew", "was unaware", "the pump leaked")],
        ),
        # Nobody is sure here, and nothing is what he is sure of there.
        (
            (
                "It|R|3|expl is|X|3|cop certain|J|0|root that|S|6|mark it|R|6|nsubj holds|V|3|ccomp .|.|3|punct"
            ),
            [],
        ),
        ("Ode|P|3|nsubj was|X|3|cop sure|J|0|root of|I|5|case it|R|3|obl .|.|3|punct", []),
    ],
)
def test_what_somebody_is_sure_or_aware_of(sentence, found):
    assert claims(sentence) == found


def test_a_report_thrown_into_a_sentence_about_a_name():
    sentence = (
        "It|R|4|nsubj is|X|4|cop Mara|P|4|compound Ode|P|0|root ,|.|7|punct he|R|7|nsubj thinks|V|4|parataxis|think "
        ".|.|4|punct"
    )
    assert claims(sentence) == [("he", "thinks", "It is Mara Ode")]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "Ode|P|2|nsubj put|V|0|root|put|VBD the|D|4|det damage|N|2|obj at|I|7|case nine|#|7|nummod "
                "million|N|2|obl .|.|2|punct"
            ).replace("|#|", "|M|"),
            [("Ode", "put", "the damage at nine million")],
        ),
        # A deed, and no figure.
        (
            (
                "Ode|P|2|nsubj put|V|0|root|put|VBD the|D|4|det kettle|N|2|obj at|I|7|case the|D|7|det door|N|2|obl "
                ".|.|2|punct"
            ),
            [],
        ),
        ("Ode|P|2|nsubj put|V|0|root|put|VBD it|R|2|obj off|I|2|compound:prt .|.|2|punct", []),
    ],
)
def test_who_puts_something_at_a_figure_reports_it(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "Note|V|0|root|note|VB that|S|4|mark it|R|4|nsubj leaked|V|1|ccomp .|.|1|punct",
            [(None, "Note", "that it leaked")],
        ),
        (
            "Please|B|2|advmod remember|V|0|root|remember|VB that|S|5|mark it|R|5|nsubj leaked|V|2|ccomp .|.|2|punct",
            [(None, "Please remember", "that it leaked")],
        ),
        # What is only asked for tells nothing.
        ("Say|V|0|root|say|VB that|S|4|mark it|R|4|nsubj leaked|V|1|ccomp .|.|1|punct", []),
        ("Note|V|0|root|note|VB the|D|3|det leak|N|1|obj .|.|1|punct", []),
    ],
)
def test_a_reminder_reports_what_it_reminds_of(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            # The parse hangs the question on the answer.
            (
                "Asked|V|6|advcl|ask|VBN when|B|4|advmod it|R|4|nsubj broke|V|6|advcl ,|.|1|punct "
                "nodded|V|0|root|nod|VBD Ode|P|6|nsubj .|.|6|punct"
            ),
            [(None, "Asked", "when it broke")],
        ),
        (
            (
                "Asked|V|5|advcl|ask|VBN about|I|3|case it|R|1|obl ,|.|1|punct nodded|V|0|root|nod|VBD Ode|P|5|nsubj "
                ".|.|5|punct"
            ),
            [],
        ),
    ],
)
def test_what_somebody_was_asked_before_he_answers(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            (
                "She|R|4|nsubj:pass was|X|4|aux:pass never|B|4|advmod told|V|0|root|tell|VBN of|I|7|case the|D|7|det "
                "plan|N|4|obl .|.|4|punct"
            ),
            [(None, "was never told", "of the plan")],
        ),
        ("She|R|2|nsubj told|V|0|root|tell|VBD of|I|5|case her|R|5|nmod:poss youth|N|2|obl .|.|2|punct", []),
    ],
)
def test_who_was_told_of_something_knows_it(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "She|R|4|nsubj did|X|4|aux not|T|4|advmod say|V|0|root by|I|6|case whom|R|4|obl .|.|4|punct",
            [("She", "did not say", "by whom")],
        ),
        (
            "She|R|4|nsubj would|X|4|aux not|T|4|advmod say|V|0|root why|B|4|advmod .|.|4|punct",
            [("She", "would not say", "why")],
        ),
        ("She|R|4|nsubj did|X|4|aux not|T|4|advmod say|V|0|root by|I|6|case it|R|4|obl .|.|4|punct", []),
    ],
)
def test_a_question_may_be_no_more_than_its_word(sentence, found):
    assert claims(sentence) == found


@pytest.mark.parametrize(
    ("verb", "lemma", "content"),
    [
        ("wants", "want", "a vote before May"),
        # What is feared was feared before May, and what is denied is of no date.
        ("fears", "fear", "a vote"),
        ("denies", "deny", "a vote"),
    ],
)
def test_what_is_wanted_has_its_time_with_it(verb, lemma, content):
    found = claims(
        f"Ode|P|2|nsubj {verb}|V|0|root|{lemma}|VBZ a|D|4|det vote|N|2|obj before|I|6|case May|P|2|obl .|.|2|punct"
    )
    assert found == [("Ode", verb, content)]
