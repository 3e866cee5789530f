"""Quotations, rules and learned spans joined, on texts and parses made by hand."""

import re
from dataclasses import replace

import pytest
from handmade import document, learned, parsed
from hypothesis import given
from hypothesis import strategies as st

from annotator.analysis import Analysis, Learned, Mention, Sentence, Token
from annotator.attribution import assign_parents, attribute, quote_type
from annotator.claims import Claim
from annotator.joins import with_claims
from annotator.model import READABLE, Attribution, Document, Paragraph, Span
from annotator.phrases import source_kind
from annotator.quotes import find_quotes
from annotator.reported import Draft
from annotator.turns import find_turns


def plain(text):
    """An analysis with words and no syntax, for what only marks and learned spans decide."""
    tokens, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        tokens.append(Token(start, at, word, word.lower(), "X", -1, "root"))
    bounds, first = [], 0
    for k, t in enumerate(tokens):
        if t.text.rstrip('"”').endswith((".", "!", "?")) or k == len(tokens) - 1:
            bounds.append(Sentence(first, k + 1, tokens[first].start, t.end))
            first = k + 1
    return Analysis(text, tuple(tokens), tuple(bounds))


def reports(text, *marked, kinds=None, analysis=None):
    story = document(text, kinds)
    found = attribute(story, replace(analysis or plain(text), learned=tuple(marked)))
    return [
        (
            a.source[0].of(text) if a.source else None,
            a.cue[0].of(text) if a.cue else None,
            *(s.of(text) for s in a.content),
        )
        for a in found
    ]


def parse_reports(*sentences, **options):
    analysis = parsed(*sentences, **options)
    return reports(analysis.text, analysis=analysis)


@pytest.mark.parametrize(
    ("text", "content", "found"),
    [
        ("“We go,” said Ode.", "We go,", "“We go,”"),
        ('"We go on,” said Ode.', "We go on", '"We go on,”'),
        ("It was “a farce” and “a joke of a", "“a farce” and “a joke", "“a farce” and “a joke of a"),
    ],
)
def test_a_content_takes_its_quotation_whole(text, content, found):
    cue = "said" if "said" in text else "was"
    (report,) = reports(text, learned(text, content, cue))
    assert report[2] == found


def test_a_final_stop_outside_the_marks_is_left_out_and_one_inside_stays():
    text = "Ode said that fares rose. Brandt said: “Fares fell.”"
    marked = (
        learned(text, "that fares rose.", "said", "Ode"),
        Learned((Span(text.index("“"), len(text)),), Span(33, 37), Span(26, 32)),
    )
    assert [r[2] for r in reports(text, *marked)] == ["that fares rose", "“Fares fell.”"]


def test_a_quotation_of_several_paragraphs_is_whoever_speaks_beside_its_end():
    text = "Mara Voss called the charge “a fairy tale”.\n\n“We heard it twice.\n\n“Then I ran,” said Ode, a cook."
    wrong = learned(text, ("“a fairy tale”", "“We heard it twice."), "called", "Mara Voss")
    found = reports(text, wrong, learned(text, "“Then I ran,”", "said", "Ode"))
    assert found == [
        ("Mara Voss", "called", "“a fairy tale”"),
        ("Ode", "said", "“We heard it twice.", "“Then I ran,”"),
    ]


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Somebody|R|3|nsubj", [("They", "begged", "for time"), ("Somebody", None, "“Ask her.”")]),
        # “Her answer was short:” is she herself.
        ("It|R|3|nsubj", [("They", "begged", "for time", "“Ask her.”")]),
    ],
)
def test_a_colon_leads_up_to_the_words_of_whoever_stands_before_it(subject, found):
    analysis = parsed(
        "They|R|2|nsubj begged|V|0|root|beg|VBD for|I|4|case time|N|2|obl .|.|2|punct",
        f"{subject} had|X|3|aux begun|V|0|root|begin|VBN :|.|6|punct “|.|6|punct Ask|V|3|parataxis|ask|VB "
        "her|R|6|obj .|.|6|punct ”|.|6|punct",
    )
    marked = learned(analysis.text, ("for time", "“Ask her.”"), "begged")
    assert reports(analysis.text, marked, analysis=analysis) == found


def test_an_answer_in_its_own_paragraph_is_not_the_askers():
    text = "“Who pays?” a reporter asked.\n\n“Nobody does, as far as I can see.”"
    marked = Learned((Span(0, 11), Span(31, len(text))), Span(23, 28), Span(12, 22), 0.9)
    assert reports(text, marked) == [
        ("a reporter", "asked", "“Who pays?”"),
        (None, None, "“Nobody does, as far as I can see.”"),
    ]


def test_a_quotation_of_several_paragraphs_belongs_to_its_report_whole():
    text = "“We go.\n\n“We come back,” said Ode."
    marked = learned(text, "“We come back,”", "said", "Ode")
    assert reports(text, marked) == [("Ode", "said", "“We go.", "“We come back,”")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“We go,” said Ode. “Now.”", ("Ode", "said", "“We go,”", "“Now.”")),
        ("“We,” said Ode, “go.”", ("Ode", "said", "“We,”", "“go.”")),
        # What is no sentence is somebody's name or a title, unless it goes on what was said.
        ("“We go,” said Ode. “The Comet”, as he is called, left.", ("Ode", "said", "“We go,”")),
        ("“We go,” said Ode. “The Shed,” a play, opens.", ("Ode", "said", "“We go,”")),
        (
            "“We go,” said Ode. “We go now. It is late” for him.",
            ("Ode", "said", "“We go,”", "“We go now. It is late”"),
        ),
    ],
)
def test_a_quotation_that_follows_its_report_at_once_belongs_to_it(text, found):
    first = text[: text.index("”") + 1]
    assert reports(text, learned(text, first, "said", "Ode")) == [found]


def test_a_quotation_after_another_sentence_is_a_report_of_its_own_without_cue():
    found = parse_reports(
        (
            "“|.|3|punct Costs|N|3|nsubj rise|V|6|ccomp ,|.|3|punct ”|.|3|punct said|V|0|root|say|VBD "
            "Ode|P|6|nsubj .|.|6|punct"
        ),
        "He|R|2|nsubj smiled|V|0|root|smile .|.|2|punct",
        "“|.|3|punct For|I|3|case now|B|0|root .|.|3|punct ”|.|3|punct",
        names={"Ode": "person"},
    )
    assert ("He", None, "“For now.”") in found


def test_a_scare_quote_is_no_report():
    found = parse_reports(
        "He|R|2|nsubj smiled|V|0|root|smile .|.|2|punct",
        "The|D|4|det “|.|4|punct night|N|4|compound market|N|6|nsubj ”|.|4|punct closed|V|0|root|close .|.|6|punct",
    )
    assert found == []


def test_page_furniture_yields_nothing():
    text = "Ode said that fares rose.\n\nOde said that fares rose."
    both = [learned(text, "that fares rose", "said", "Ode")]
    both.append(Learned((Span(36, 51),), Span(31, 35), Span(27, 30)))
    for kind in ("caption", "teaser", "repeat", "advertising", "boilerplate", "byline"):
        assert len(reports(text, *both, kinds={1: kind})) == 1
    assert len(reports(text, *both)) == 2


def test_a_link_over_sentences_is_cut_unless_it_leads_to_a_quotation():
    text = "Ode said that fares rose. Rain fell on the port."
    marked = learned(text, ("that fares rose", "on the port"), "said", "Ode")
    assert reports(text, marked) == [("Ode", "said", "that fares rose")]
    text = "Ode said that fares rose. “Rain fell on the port.”"
    marked = learned(text, ("that fares rose", "“Rain fell on the port.”"), "said", "Ode")
    assert reports(text, marked) == [("Ode", "said", "that fares rose", "“Rain fell on the port.”")]


@pytest.mark.parametrize(
    ("sentence", "marked", "found"),
    [
        (
            "The|D|2|det crew|N|4|nsubj strongly|B|4|advmod denies|V|0|root|deny|VBZ involvement|N|4|obj .|.|4|punct",
            ("involvement", "strongly", "The crew"),
            ("The crew", "strongly denies", "involvement"),
        ),
        (
            "Ovia|P|3|nsubj has|X|3|aux warned|V|0|root|warn|VBN of|I|5|case floods|N|3|obl .|.|3|punct",
            ("floods", "has warned of", "Ovia"),
            ("Ovia", "has warned", "of floods"),
        ),
        (
            "Ovia|P|2|nsubj faces|V|0|root|face|VBZ calls|N|2|obj for|I|5|case change|N|3|nmod .|.|2|punct",
            ("change", "calls for", ""),
            (None, "calls", "for change"),
        ),
        (
            (
                "Ovia|P|2|nsubj warns|V|0|root|warn|VBZ Teland|P|2|obj against|S|5|mark "
                "allowing|V|2|advcl|allow|VBG strikes|N|5|obj"
            ),
            ("Teland against allowing strikes", "warns", "Ovia"),
            ("Ovia", "warns", "against allowing strikes"),
        ),
        (
            "Ode|P|2|nsubj expects|V|0|root|expect|VBZ the|D|4|det crew|N|2|obj to|T|6|mark sail|V|2|xcomp",
            ("the crew to sail", "expects", "Ode"),
            ("Ode", "expects", "the crew to sail"),
        ),
        (
            "Ovia|P|3|nsubj:pass is|X|3|aux:pass accused|V|0|root|accuse|VBN of|S|5|mark lying|V|3|advcl|lie|VBG",
            ("lying", "is accused", ""),
            (None, "is accused", "of lying"),
        ),
    ],
)
def test_rules_mend_what_the_model_marks_badly(sentence, marked, found):
    analysis = parsed(sentence)
    content, cue, source = marked
    assert reports(analysis.text, learned(analysis.text, content, cue, source), analysis=analysis) == [found]


def test_who_is_expected_to_is_no_part_of_the_content_in_the_passive():
    analysis = parsed(
        "The|D|2|det firm|N|4|nsubj:pass was|X|4|aux:pass expected|V|0|root|expect|VBN to|T|6|mark fail|V|4|xcomp"
    )
    marked = learned(analysis.text, ("The firm", "to fail"), "was expected")
    assert reports(analysis.text, marked, analysis=analysis) == [(None, "was expected", "to fail")]


def test_the_source_of_another_sentence_gives_way_to_the_one_in_this():
    analysis = parsed(
        "She|R|2|nsubj left|V|0|root|leave .|.|2|punct",
        "Ode|P|2|nsubj denied|V|0|root|deny fraud|N|2|obj .|.|2|punct",
    )
    marked = learned(analysis.text, "fraud", "denied", "She")
    assert reports(analysis.text, marked, analysis=analysis) == [("Ode", "denied", "fraud")]


def test_a_refusal_to_speak_is_the_cue():
    analysis = parsed(
        "Ode|P|2|nsubj declined|V|0|root|decline to|T|4|mark comment|V|2|xcomp on|I|7|case the|D|7|det raid|N|4|obl"
    )
    marked = learned(analysis.text, "to comment on the raid", "declined", "Ode")
    assert reports(analysis.text, marked, analysis=analysis) == [
        ("Ode", "declined to comment", "on the raid")
    ]


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("“No,” he wrote. Rain fell.", ("Ode", "said", "that fares rose")),
        ("“Fares fall again.”", ("Ode", "said", "that fares rose", "“Fares fall again.”")),
    ],
)
def test_a_quotation_of_the_next_paragraph_is_the_same_speakers_only_if_it_stands_alone(second, found):
    text = "Ode said that fares rose.\n\n" + second
    quote = second[: second.index("”") + 1]
    assert reports(text, learned(text, ("that fares rose", quote), "said", "Ode"))[0] == found


def test_a_clause_that_lost_its_first_words_gets_them_back():
    analysis = parsed(
        "Ovia|P|2|nsubj said|V|0|root|say|VBD its|R|4|nmod:poss|its|PRP$ board|N|5|nsubj found|V|2|ccomp|find|VBD "
        "no|D|7|det fault|N|5|obj .|.|2|punct"
    )
    marked = learned(analysis.text, "no fault", "said", "Ovia")
    assert reports(analysis.text, marked, analysis=analysis)[0] == (
        "Ovia",
        "said",
        "its board found no fault",
    )


def test_a_possessor_alone_is_no_content():
    analysis = parsed(
        "Ode|P|2|nsubj mocked|V|0|root|mock|VBD his|R|4|nmod:poss|his|PRP$ rivals|N|2|obj|rival"
    )
    assert reports(analysis.text, learned(analysis.text, "his", "mocked", "Ode"), analysis=analysis) == []


def test_a_loose_piece_goes_to_the_cue_that_it_belongs_to():
    analysis = parsed(
        "Ode|P|2|nsubj showed|V|0|root|show his|R|4|nmod:poss wish|N|2|obj|wish to|T|6|mark stay|V|4|acl "
        "amid|I|8|case accusations|N|2|obl|accusation|NNS that|S|11|mark he|R|11|nsubj lied|V|8|acl|lie "
        ".|.|2|punct"
    )
    marked = learned(analysis.text, ("to stay", "that he lied"), "showed", "Ode")
    assert reports(analysis.text, marked, analysis=analysis) == [
        ("Ode", "showed", "to stay"),
        (None, "accusations", "that he lied"),
    ]


@pytest.mark.parametrize(
    ("sentence", "marked"),
    [
        (
            (
                (
                    (
                        "Recent|J|2|amod figures|N|3|nsubj|figure|NNS show|V|0|root that|S|6|mark "
                        "fares|N|6|nsubj rose|V|3|ccomp|rise"
                    )
                )
            ),
            ("that fares rose", "show", "Recent figures"),
        ),
        ("Ovia|P|2|nsubj vetoed|V|0|root|vetoed a|D|4|det draft|N|2|obj", ("a draft", "vetoed", "Ovia")),
        (
            "The|D|2|det league|N|3|nsubj admits|V|0|root|admit two|M|5|nummod towns|N|3|obj|town",
            ("two towns", "admits", "The league"),
        ),
        ("Ovia|P|2|nsubj phoned|V|0|root|phone Ode|P|2|obj", ("Ode", "phoned", "Ovia")),
        ("Ode|P|2|nsubj told|V|0|root|tell the|D|4|det crew|N|2|obj", ("the", "told", "Ode")),
        ("Ode|P|2|nsubj declined|V|0|root|decline to|T|4|mark comment|N|2|xcomp", ("to comment", "declined", "Ode")),
    ],
)  # fmt: skip
def test_deeds_facts_and_crumbs_are_dropped(sentence, marked):
    analysis = parsed(sentence)
    assert reports(analysis.text, learned(analysis.text, *marked), analysis=analysis) == []


@pytest.mark.parametrize(
    ("sentence", "marked", "kept"),
    [
        ("The|D|2|det plan|N|3|nsubj says|V|0|root|say it|R|5|nsubj fell|V|3|ccomp",
         ("it fell", "says", "The plan"), True),
        ("The|D|2|det league|N|3|nsubj admits|V|0|root|admit two|M|5|nummod towns|N|3|obj|town",
         ("two towns", "admits", "The league"), True),
        ("The|D|2|det court|N|3|nsubj upheld|V|0|root|uphold|VBD the|D|5|det map|N|3|obj",
         ("the map", "upheld", "The court"), False),
    ],
)  # fmt: skip
def test_where_the_model_is_sure_it_knows_better_what_is_a_deed(sentence, marked, kept):
    analysis = parsed(sentence)
    found = reports(analysis.text, learned(analysis.text, *marked, score=0.9), analysis=analysis)
    assert bool(found) == kept


@pytest.mark.parametrize(("cue", "pieces"), [("advised", 2), ("yelled", 1)])
def test_a_piece_stays_with_the_cue_that_is_nearer(cue, pieces):
    analysis = plain("“It broke.” yelled Kai. said Ode who advised us. “It never worked.”")

    def of(words):
        start = analysis.text.index(words)
        return Span(start, start + len(words))

    quotes = (of("“It broke.”"), of("“It never worked.”"))
    draft = Draft(quotes, of("said"), of("Ode"), 0.9, 0.1, "learned")
    claim = Claim(quotes[:1], of(cue), None, "beside", 0.5)
    assert len(with_claims(analysis, [draft], [claim])[0].content) == pieces


@pytest.mark.parametrize(
    ("sentence", "marked", "found"),
    [
        (
            "The|D|2|det report|N|3|nsubj shows|V|0|root|show fares|N|5|nsubj rose|V|3|ccomp|rise",
            ("fares rose", "shows", "The report"),
            [("The report", "shows", "fares rose")],
        ),
        (
            "The|D|2|det Times|N|3|nsubj|time|NNS wrote|V|0|root|write fares|N|5|nsubj rose|V|3|ccomp|rise",
            ("fares rose", "wrote", "The Times"),
            [("The Times", "wrote", "fares rose")],
        ),
    ],
)
def test_documents_and_papers_stay(sentence, marked, found):
    analysis = parsed(sentence)
    assert reports(analysis.text, learned(analysis.text, *marked), analysis=analysis) == found


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Mayor|N|4|dep :|.|4|punct no|D|4|det taxes|N|0|root", "headline", [("Mayor", None, "no taxes")]),
        (
            "No|D|2|det taxes|N|0|root -|.|2|punct mayor|N|2|parataxis",
            "headline",
            [("mayor", None, "No taxes")],
        ),
        ("Mayor|N|4|dep :|.|4|punct no|D|4|det taxes|N|0|root", "body", []),
        ("Photo|N|3|dep :|.|3|punct Harbour|N|0|root", "headline", []),
        ("Towns|N|0|root and|C|3|cc sea|N|1|conj :|.|6|punct a|D|6|det history|N|1|appos", "headline", []),
        (
            (
                "Brandt|P|0|root (|.|4|punct the|D|4|det clerk|N|1|appos )|.|4|punct —|.|9|punct "
                "“|.|9|punct No|D|9|det deal|N|1|parataxis .|.|9|punct ”|.|9|punct"
            ),
            "body",
            [("Brandt (the clerk)", None, "“No deal.”")],
        ),
        (
            "“|.|3|punct No|D|3|det deal|N|0|root .|.|3|punct ”|.|3|punct ―|.|7|punct Brandt|P|3|parataxis .|.|3|punct",
            "body",
            [("Brandt", None, "“No deal.”")],
        ),
    ],
)
def test_names_beside_colons_and_dashes(text, kind, found):
    analysis = parsed(text, names={"Brandt": "person"})
    assert reports(analysis.text, kinds={0: kind}, analysis=analysis) == found


def test_a_signed_line_is_not_whose_line_is_before():
    text = "“We are late again.” ― Ana Ode\n“Nobody told us a thing.” ― Bo Lund"
    people = [Mention(text.index(name), text.index(name) + 7, "person") for name in ("Ana Ode", "Bo Lund")]
    named = tuple(replace(t, upos="PROPN") for t in plain(text).tokens)
    analysis = replace(plain(text), tokens=named, mentions=tuple(people))
    wrong = learned(text, "“Nobody told us a thing.”", "", "Ana Ode")
    assert ("Bo Lund", None, "“Nobody told us a thing.”") in reports(text, wrong, analysis=analysis)


@pytest.mark.parametrize(
    ("sentence", "content", "cue", "source"),
    [
        (
            "The|D|2|det board|N|4|nsubj long|B|4|advmod resisted|V|0|root|resist|VBD a|D|6|det toll|N|4|obj",
            "a toll",
            "long resisted",
            "The board",
        ),
        (
            (
                "Ode|P|2|nsubj went|V|0|root|go|VBD over|I|7|case the|D|5|det clerk|N|7|nmod:poss 's|T|5|case "
                "insistence|N|2|obl on|I|9|case rest|N|7|nmod"
            ),
            "on rest",
            "insistence",
            "the clerk's",
        ),
        (
            "A|D|2|det toll|N|4|nsubj:pass was|X|4|aux:pass resisted|V|0|root|resist|VBN for|I|6|case years|N|4|obl",
            "for years",
            "was resisted",
            None,
        ),
    ],
)
def test_a_source_that_the_model_missed_is_the_subject_or_the_possessor(sentence, content, cue, source):
    analysis = parsed(sentence)
    ((found, *_),) = reports(analysis.text, learned(analysis.text, content, cue), analysis=analysis)
    assert found == source


@pytest.mark.parametrize(
    ("sentence", "content", "cue", "found"),
    [
        (
            (
                "She|R|2|nsubj admits|V|0|root|admit|VBZ that|S|6|mark the|D|5|det dam|N|6|nsubj "
                "leaked|V|2|ccomp|leak|VBD and|C|8|cc blames|V|6|conj|blame|VBZ the|D|10|det rain|N|8|obj"
            ),
            "that the dam leaked and blames the rain",
            "admits",
            "that the dam leaked",
        ),
        (
            (
                "She|R|2|nsubj said|V|0|root|say|VBD the|D|4|det ferry|N|6|nsubj was|X|6|cop|be|VBD late|J|2|ccomp "
                "and|C|8|cc denied|V|6|conj|deny|VBD a|D|10|det strike|N|8|obj"
            ),
            "the ferry was late and denied a strike",
            "said",
            "the ferry was late",
        ),
        (
            (
                "She|R|2|nsubj said|V|0|root|say|VBD the|D|4|det plan|N|6|nsubj:pass was|X|6|aux:pass|be|VBD "
                "drafted|V|2|ccomp|draft|VBN and|C|8|cc confirmed|V|6|conj|confirm|VBN"
            ),
            "the plan was drafted and confirmed",
            "said",
            "the plan was drafted and confirmed",
        ),
        (
            (
                "She|R|2|nsubj denied|V|0|root|deny|VBD they|R|6|nsubj:pass had|X|6|aux|have|VBD "
                "been|X|6|aux:pass|be|VBN paid|V|2|ccomp|pay|VBN but|C|8|cc admitted|V|6|conj|admit|VBD "
                "that|S|11|mark he|R|11|nsubj tried|V|8|ccomp|try|VBD"
            ),
            "they had been paid but admitted that he tried",
            "denied",
            "they had been paid",
        ),
        (
            (
                "She|R|2|nsubj said|V|0|root|say|VBD they|R|5|nsubj had|X|5|aux|have|VBD met|V|2|ccomp|meet|VBN "
                "and|C|7|cc admitted|V|5|conj|admit|VBD that|S|10|mark he|R|10|nsubj tried|V|7|ccomp|try|VBD"
            ),
            "they had met and admitted that he tried",
            "said",
            "they had met and admitted that he tried",
        ),
        (
            (
                "She|R|2|nsubj said|V|0|root|say|VBD fares|N|4|nsubj fell|V|2|ccomp|fall|VBD ,|.|6|punct "
                "denied|V|2|conj|deny|VBD any|D|8|det loss|N|6|obj"
            ),
            "fares fell, denied any loss",
            "said",
            "fares fell",
        ),
        (
            (
                "She|R|2|nsubj said|V|0|root|say|VBD they|R|4|nsubj met|V|2|ccomp|meet|VBD and|C|6|cc "
                "denied|V|4|conj|deny|VBD any|D|8|det loss|N|6|obj"
            ),
            "they met and denied any loss",
            "said",
            "they met and denied any loss",
        ),
    ],
)
def test_a_content_ends_before_the_next_cue_of_the_same_speaker(sentence, content, cue, found):
    analysis = parsed(sentence)
    made = reports(analysis.text, learned(analysis.text, content, cue, "She"), analysis=analysis)
    assert ("She", cue, found) in made


@pytest.mark.parametrize(
    ("subject", "reported"), [("report|N", True), ("mayor|N", True), ("slope|N", False), ("sales|N", False)]
)
def test_what_shows_something_is_an_origin_only_where_it_can_speak(subject, reported):
    analysis = parsed(f"The|D|2|det {subject}|3|nsubj shows|V|0|root|show|VBZ a|D|5|det loss|N|3|obj")
    source = analysis.text.split(" shows")[0]
    made = reports(analysis.text, learned(analysis.text, "a loss", "shows", source), analysis=analysis)
    assert bool(made) is reported


@pytest.mark.parametrize("who", ["The|D|2|det crew|N|4|nsubj:pass", "Old|J|2|amod Ode|P|4|nsubj:pass"])
def test_whom_a_passive_tells_something_is_no_source(who):
    analysis = parsed(f"{who} was|X|4|aux:pass told|V|0|root|tell|VBN to|T|6|mark wait|V|4|xcomp|wait|VB")
    source = analysis.text.split(" was")[0]
    made = reports(analysis.text, learned(analysis.text, "to wait", "was told", source), analysis=analysis)
    assert made == [(None, "was told", "to wait")]


@pytest.mark.parametrize(
    "who",
    ["THORNE|P|0|root", "Q|N|0|root", "A|N|0|root (|.|3|punct Radio|P|1|appos Nine|P|3|flat )|.|3|punct"],
)
def test_a_transcript_names_its_speakers_before_a_colon(who):
    count = len(who.split())
    words = (
        f"{who} :|.|1|punct “|.|1|punct They|R|{count + 4}|nsubj left|V|1|parataxis .|.|1|punct ”|.|1|punct"
    )
    analysis = parsed(words)
    assert reports(analysis.text, analysis=analysis) == [(analysis.text.split(":")[0], None, "“They left.”")]


HEARD = "Ode|P|2|nsubj {verb}|V|0|root|{verb}|VBD the|D|4|det crew|N|2|obj|crew|NN {rest}"


@pytest.mark.parametrize(
    ("verb", "rest", "content"),
    [
        ("warned", "not|T|7|advmod|not|RB to|T|7|mark|to|TO sail|V|2|xcomp|sail|VB", "not to sail"),
        ("asked", "if|S|7|mark|if|IN it|R|7|nsubj|it|PRP fell|V|2|ccomp|fall|VBD", "if it fell"),
        ("promised", "that|S|7|mark|that|IN it|R|7|nsubj|it|PRP fell|V|2|ccomp|fall|VBD", "that it fell"),
    ],
)
def test_whoever_is_warned_asked_or_promised_is_no_part_of_it(verb, rest, content):
    words = HEARD.format(verb=verb, rest=rest).replace(f"root|{verb}", f"root|{verb.removesuffix('ed')}")
    analysis = parsed(words.replace("|promis|", "|promise|"), names={"Ode": "person"})
    marked = learned(analysis.text, f"the crew {content}", verb, "Ode")
    assert reports(analysis.text, marked, analysis=analysis) == [("Ode", verb, content)]


def test_who_is_wanted_to_do_something_stays():
    rest = "to|T|6|mark|to|TO sail|V|2|xcomp|sail|VB"
    analysis = parsed(HEARD.format(verb="wanted", rest=rest).replace("root|wanted", "root|want"))
    marked = learned(analysis.text, "the crew to sail", "wanted", "Ode")
    assert reports(analysis.text, marked, analysis=analysis) == [("Ode", "wanted", "the crew to sail")]


def test_of_a_passive_only_what_follows_is_said():
    analysis = parsed(
        "The|D|2|det boat|N|4|nsubj:pass|boat|NN was|X|4|aux:pass|be|VBD reported|V|0|root|report|VBN "
        "to|T|7|mark|to|TO be|X|7|cop|be|VB stuck|J|4|xcomp"
    )
    marked = learned(analysis.text, ("The boat", "to be stuck"), "was reported")
    assert reports(analysis.text, marked, analysis=analysis) == [(None, "was reported", "to be stuck")]


TURN = "Ms|P|2|nmod:desc {who}|P|0|root :|.|2|punct {what}|B|2|parataxis .|.|2|punct"


def transcript(*turns):
    lines = [x for who, what in turns for x in ("¶", TURN.format(who=who, what=what))]
    return parse_reports(*lines[1:], names={"Ode": "person", "Lund": "person", "Berg": "person"})


def test_an_exchange_without_marks_is_each_speaker_s_own():
    found = transcript(("Ode", "Where"), ("Lund", "Here"), ("Ode", "Why"))
    assert found == [("Ms Ode", None, "Where"), ("Ms Lund", None, "Here"), ("Ms Ode", None, "Why")]


@pytest.mark.parametrize(
    "turns",
    [
        [("Ode", "Where"), ("Lund", "Here")],
        [("Ode", "Where"), ("Lund", "Here"), ("Berg", "There")],
        [("Ode", "Where"), ("Ode", "Here"), ("Ode", "There")],
        [("Ode", "1,769"), ("Lund", "1,501"), ("Ode", "46")],
    ],
)
def test_a_list_with_colons_is_no_exchange(turns):
    assert transcript(*turns) == []


def test_whoever_is_named_before_a_colon_says_all_of_it_and_asks_nothing_himself():
    analysis = parsed(
        "Ex-clerk|N|4|dep|ex-clerk|NN :|.|4|punct mayor|N|4|nsubj|mayor|NN asked|V|0|root|ask|VBD for|I|6|case "
        "cash|N|4|obl|cash|NN",
    )
    wrong = learned(analysis.text, "for cash", "asked", "Ex-clerk")
    found = reports(analysis.text, wrong, kinds={0: "headline"}, analysis=analysis)
    assert found == [("Ex-clerk", None, "mayor asked for cash"), ("mayor", "asked", "for cash")]


def test_what_a_quotation_s_own_words_report_is_not_said_by_who_speaks_around_it():
    analysis = parsed(
        "Ode|P|0|root -|.|1|punct “|.|5|punct I|R|5|nsubj|I|PRP know|V|1|parataxis|know|VBP who|R|7|nsubj|who|WP "
        "fell|V|5|ccomp|fall|VBD .|.|5|punct ”|.|5|punct",
        names={"Ode": "person"},
    )
    wrong = learned(analysis.text, "who fell", "know", "Ode")
    found = reports(analysis.text, wrong, analysis=analysis)
    assert ("Ode", None, "“I know who fell.”") in found
    assert all(source != "Ode" for source, cue, *_ in found if cue)


NOW = "“|.|3|punct For|I|3|case now|B|0|root .|.|3|punct ”|.|3|punct"


def test_a_sentence_between_parts_a_quotation_from_a_report():
    analysis = parsed(
        "The|D|2|det judge|N|3|nsubj|judge|NN expects|V|0|root|expect|VBZ to|T|5|mark rule|V|3|xcomp|rule|VB",
        "The|D|2|det mayor|N|3|nsubj|mayor|NN left|V|0|root|leave|VBD .|.|3|punct",
        NOW,
    )
    wrong = learned(analysis.text, ("to rule", "“For now.”"), "expects", "The judge")
    found = reports(analysis.text, wrong, analysis=analysis)
    assert found == [("The judge", "expects", "to rule"), ("The mayor", None, "“For now.”")]


@pytest.mark.parametrize("asked", [("Asked", "ask"), ("Wondered", "wonder")])
def test_an_answer_is_no_part_of_its_question(asked):
    word, lemma = asked
    analysis = parsed(
        f"{word}|V|6|advcl|{lemma}|VBN whether|S|4|mark she|R|4|nsubj|she|PRP stayed|V|1|ccomp|stay|VBD "
        "Ode|P|6|nsubj shrugged|V|0|root|shrug|VBD .|.|6|punct",
        NOW,
        names={"Ode": "person"},
    )
    wrong = learned(analysis.text, ("whether she stayed", "“For now.”"), word)
    contents = [r[2:] for r in reports(analysis.text, wrong, analysis=analysis)]
    assert contents == [("whether she stayed",), ("“For now.”",)]


@pytest.mark.parametrize("who", ["fireman", "ex-nurse"])
def test_a_lone_word_after_a_sentence_is_what_its_subject_says(who):
    word = "“|.|2|punct Fish|N|0|root .|.|2|punct ”|.|2|punct"
    found = parse_reports(f"The|D|2|det {who}|N|3|nsubj|{who}|NN smiled|V|0|root|smile|VBD .|.|3|punct", word)
    assert found == [(f"The {who}", None, "“Fish.”")]


@pytest.mark.parametrize(
    ("sentence", "marked", "whole"),
    [
        (
            "The|D|2|det agency|N|3|nsubj|agency|NN said|V|0|root|say|VBD it|R|5|nsubj|it|PRP fell|V|3|ccomp|fall|VBD",
            "The",
            "The agency",
        ),
        (
            "Ode|P|4|nsubj and|C|3|cc Lund|P|1|conj said|V|0|root|say|VBD it|R|6|nsubj|it|PRP fell|V|4|ccomp|fall|VBD",
            "Ode and",
            "Ode and Lund",
        ),
        (
            (
                "Counsel|N|7|nsubj|counsel|NN for|I|3|case Orv|P|1|nmod ,|.|5|punct Lund|P|7|dep ,|.|5|punct "
                "said|V|0|root|say|VBD it|R|9|nsubj|it|PRP fell|V|7|ccomp|fall|VBD"
            ),
            "Counsel for Orv",
            "Counsel for Orv, Lund,",
        ),
        (
            (
                "A|D|2|det clerk|N|6|nsubj|clerk|NN who|R|4|nsubj fled|V|2|acl:relcl Lesk|P|4|obj "
                "said|V|0|root|say|VBD it|R|8|nsubj|it|PRP fell|V|6|ccomp|fall|VBD"
            ),
            "A clerk who",
            "A clerk who fled Lesk",
        ),
    ],
)
def test_a_source_goes_on_to_what_its_last_word_leads_to(sentence, marked, whole):
    analysis = parsed(sentence, names={"Ode": "person", "Lund": "person"})
    found = reports(analysis.text, learned(analysis.text, "it fell", "said", marked), analysis=analysis)
    assert found == [(whole, "said", "it fell")]


def test_in_the_words_of_somebody_what_follows_is_said():
    analysis = parsed(
        "In|I|3|case the|D|3|det words|N|0|root of|I|6|case one|M|6|nummod clerk|N|3|nmod ,|.|3|punct "
        "it|R|10|nsubj was|X|10|cop cold|J|3|parataxis .|.|3|punct"
    )
    assert reports(analysis.text, analysis=analysis) == [("one clerk", "In the words of", "it was cold")]


@pytest.mark.parametrize("mark", [":", "."])
def test_a_report_that_ends_in_a_colon_announces_the_next_paragraph(mark):
    analysis = parsed(
        f"The|D|2|det mayor|N|3|nsubj continued|V|0|root|continue|VBD {mark}|.|3|punct",
        "¶",
        "Fares|N|4|nsubj are|X|4|cop too|B|4|advmod high|J|0|root .|.|4|punct",
    )
    found = reports(analysis.text, learned(analysis.text, "Fares are too high"), analysis=analysis)
    announced = ("The mayor", "continued") if mark == ":" else (None, None)
    assert found == [(*announced, "Fares are too high")]


def test_a_report_inside_a_report_has_its_parent():
    analysis = parsed(
        "The|D|2|det union|N|3|nsubj said|V|0|root|say|VBD the|D|5|det firm|N|7|nsubj had|X|7|aux "
        "promised|V|3|ccomp|promise|VBN a|D|10|det big|J|10|amod raise|N|7|obj .|.|3|punct"
    )
    outer, inner = attribute(document(analysis.text), analysis)
    assert (outer.parent, inner.parent) == (None, outer.id)
    assert inner.content[0].of(analysis.text) == "a big raise"


@pytest.mark.parametrize(
    ("text", "content", "expected"),
    [
        ("“We go,” said Ode.", ["“We go,”"], "direct"),
        ("Ode said they were “ready”.", ["they were “ready”"], "mixed"),
        ("Ode said they were ready.", ["they were ready"], "indirect"),
        ("“We,” said Ode, “go.”", ["“We,”", "“go.”"], "direct"),
    ],
)
def test_the_quote_type_follows_from_the_marks(text, content, expected):
    quotes = find_quotes(text, [Paragraph(0, len(text))])
    spans = [Span(text.index(c), text.index(c) + len(c)) for c in content]
    assert quote_type(text, spans, quotes) == expected


def test_marks_around_cue_and_content_are_somebody_elses():
    text = "“The mayor told me to wait,” said Ode."
    quotes = find_quotes(text, [Paragraph(0, len(text))])
    assert quote_type(text, [Span(19, 26)], quotes, cue=[Span(11, 15)]) == "indirect"


def test_parents_are_the_smallest_around():
    whole = Attribution("a", (Span(0, 100),), cue=(Span(101, 105),))
    middle = Attribution("b", (Span(20, 90),), cue=(Span(10, 15),))
    inner = Attribution("c", (Span(50, 80),), cue=(Span(40, 45),))
    without_cue = Attribution("d", (Span(60, 70),))
    parents = {a.id: a.parent for a in assign_parents([whole, middle, inner, without_cue])}
    assert parents == {"a": None, "b": "a", "c": "b", "d": "c"}


@pytest.mark.parametrize(
    ("sentence", "source", "kind"),
    [
        ("Ode|P|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp", "Ode", "person"),
        ("She|R|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp", "She", "person"),
        ("They|R|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp", "They", "group"),
        ("Ministry|N|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp", "Ministry", "organization"),
        (
            "Officials|N|2|nsubj|official|NNS said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp",
            "Officials",
            "group",
        ),
        ("Report|N|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp", "Report", "document"),
        ("Ovia|P|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp", "Ovia", "place"),
        (
            (
                "Three|M|5|nsubj of|I|4|case the|D|4|det nine|M|1|nmod said|V|0|root|say|VBD it|R|7|nsubj|it|PRP "
                "fell|V|5|ccomp|fall|VBD"
            ),
            "Three of the nine",
            "group",
        ),
        (
            (
                "One|M|5|nsubj of|I|4|case the|D|4|det nine|M|1|nmod said|V|0|root|say|VBD it|R|7|nsubj|it|PRP "
                "fell|V|5|ccomp|fall|VBD"
            ),
            "One of the nine",
            "person",
        ),
    ],
)
def test_what_kind_of_source_it_is(sentence, source, kind):
    analysis = parsed(sentence, names={"Ode": "person", "Ovia": "place"})
    (report,) = attribute(document(analysis.text), analysis)
    assert report.source[0].of(analysis.text) == source
    assert report.source_kind == kind


def test_without_a_source_the_kind_is_unspecified_and_the_score_says_so():
    analysis = parsed("Fares|N|3|nsubj reportedly|B|3|advmod rose|V|0|root|rise again|B|3|advmod")
    (report,) = attribute(document(analysis.text), analysis)
    assert (report.source, report.source_kind, report.act) == ((), "unspecified", "evidential")
    assert report.no_source_score > 0.5


def test_a_document_without_paragraphs_is_read_as_one():
    analysis = parsed("Ode|P|2|nsubj said|V|0|root|say fares|N|4|nsubj rose|V|2|ccomp")
    assert len(attribute(Document("story", analysis.text), analysis)) == 1


TEXT = (
    "Ode said “fares rose.” He left.\n\nBrandt: “No.\n\n“Never,” she said. Rain fell. “Now.” U.S. ships came."
)


def spans():
    ends = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 30))
    return ends.map(lambda p: Span(p[0], min(p[0] + p[1], len(TEXT))))


MARKED = st.builds(
    Learned,
    st.lists(spans(), min_size=1, max_size=3).map(tuple),
    st.none() | spans(),
    st.none() | spans(),
    st.floats(0, 1),
    st.floats(0, 1),
)


@given(
    st.lists(MARKED, max_size=5),
    st.lists(st.sampled_from(["body", "headline", "caption", "teaser"]), min_size=3),
)
def test_whatever_the_model_marks_comes_out_clean(marked, kinds):
    story = document(TEXT, dict(enumerate(kinds)))
    found = attribute(story, replace(plain(TEXT), learned=tuple(marked)))
    allowed = [p.span for p in story.paragraphs if p.kind in READABLE]
    assert len({a.id for a in found}) == len(found)
    for a in found:
        assert a.content
        assert 0 <= a.score <= 1
        assert 0 <= a.no_source_score <= 1
        assert a.parent is None or a.parent in {o.id for o in found}
        for span in a.spans:
            assert span.of(TEXT) == span.of(TEXT).strip()
            assert span.of(TEXT)
            assert any(span in p for p in allowed)
        for x in a.content:
            assert not any(x.overlaps(s) for s in a.source + a.cue)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("34-year-old", "person"),
        ("34 year old", "person"),
        ("80-year-olds", "group"),
        ("bureau", "organization"),
    ],
)
def test_an_age_stands_for_a_person(words, kind):
    *before, last = words.split()
    beside = " ".join(f"{word}|J|{len(before) + 2}|amod" for word in before)
    at = len(before) + 3
    analysis = parsed(
        f"The|D|{at - 1}|det {beside} {last}|N|{at}|nsubj left|V|0|root|leave|VBD .|.|{at}|punct"
    )
    source = Span(0, analysis.text.index(" left"))
    assert source_kind(analysis, source) == kind


@pytest.mark.parametrize(
    ("word", "lemma", "tag", "kind"),
    [
        ("minutes", "minute", "NNS", "document"),
        ("minute", "minute", "NN", "organization"),
        ("mum", "mum", "NN", "person"),
        ("coastguard", "coastguard", "NN", "organization"),
        ("statutes", "statute", "NNS", "document"),
        ("other", "other", "JJ", "person"),
        ("others", "other", "NNS", "group"),
        # A tag that is wrong makes no group of one, and a word in forums is somebody.
        ("insurer", "insurer", "NNS", "organization"),
        ("insurers", "insurer", "NNS", "group"),
        ("police", "police", "NNS", "organization"),
        ("quay_cat", "quay_cat", "NN", "person"),
        ("reply", "reply", "NN", "document"),
    ],
)
def test_a_noun_tells_what_kind_of_source_it_is(word, lemma, tag, kind):
    number = "Number=Plur" if tag == "NNS" else ""
    analysis = parsed(
        f"The|D|2|det {word}|N|3|nsubj|{lemma}|{tag}|{number} said|V|0|root|say|VBD so|B|3|advmod .|.|3|punct"
    )
    assert source_kind(analysis, Span(0, analysis.text.index(" said"))) == kind


@pytest.mark.parametrize("word", ["Everybody", "Neither", "Both"])
def test_several_who_are_not_named_are_a_group(word):
    for part in "RD":
        analysis = parsed(f"{word}|{part}|2|nsubj said|V|0|root|say|VBD so|B|2|advmod .|.|2|punct")
        assert source_kind(analysis, Span(0, len(word))) == "group"


@pytest.mark.parametrize(
    ("end", "source"), [("", "rival"), (" .|.|2|punct", "Ode")], ids=["a headline", "a sentence"]
)
def test_a_headline_ends_in_who_says_it(end, source):
    analysis = parsed(
        f"Ode|P|2|nsubj hid|V|0|root it|R|2|obj ,|.|5|punct says|V|2|conj|say|VBZ rival|N|5|obj{end}"
    )
    found = reports(analysis.text, learned(analysis.text, "hid it", "says", "Ode"), analysis=analysis)
    assert [f[0] for f in found] == [source]
    assert source == "Ode" or found == [("rival", "says", "Ode hid it")]


def test_what_stands_before_her_sentence_is_not_what_she_says():
    analysis = parsed(
        "“|.|3|punct Where|B|3|advmod was|V|0|root|be it|R|3|nsubj ?|.|3|punct ”|.|3|punct",
        "She|R|2|nsubj nodded|V|0|root|nod|VBD .|.|2|punct",
        "“|.|2|punct Here|B|0|root .|.|2|punct ”|.|2|punct",
    )
    text = analysis.text
    marked = learned(text, ("“Where was it?”", "“Here.”"), "nodded", "She")
    found = reports(text, marked, analysis=analysis)
    assert [(who, *content) for who, _, *content in found if who == "She"] == [("She", "“Here.”")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("‘It will hold till spring’: a year on the dam", [(None, None, "‘It will hold till spring’")]),
        ("“It will hold till spring”", [(None, None, "“It will hold till spring”")]),
        ("The Dam, part two: “It will hold till spring”", [(None, None, "“It will hold till spring”")]),
        ("‘The Cold Chamber’: a cabaret in Lund", []),
    ],
)
def test_a_headline_that_is_a_sentence_in_marks_is_said_by_nobody(text, found):
    marks = {"‘", "’", "“", "”", ":"}
    verbs = {"will": "V|2|root|will|MD", "hold": "V|0|dep|hold|VB"}
    words = re.findall(r"\w+|[^\w\s]", text)
    rows = [f"{w}|{'.' if w in marks else 'N'}|0|dep" if w not in verbs else f"{w}|{verbs[w]}" for w in words]
    analysis = replace(parsed(" ".join(rows)), text=text)
    tokens, at = [], 0
    for token in analysis.tokens:
        at = text.index(token.text, at)
        tokens.append(replace(token, start=at, end=at + len(token.text), head=-1))
        at += len(token.text)
    analysis = replace(analysis, tokens=tuple(tokens), sentences=(Sentence(0, len(tokens), 0, len(text)),))
    assert reports(text, kinds={0: "headline"}, analysis=analysis) == found


TOLD = (
    "I|R|3|nsubj wonder|V|0|root|wonder why|B|5|advmod you|R|5|nsubj came|V|2|ccomp|come to|T|7|mark "
    "tell|V|5|advcl|tell me|R|7|iobj that|S|11|mark ships|N|11|nsubj sank|V|7|ccomp|sink .|.|2|punct"
)


def test_what_the_model_saw_by_no_word_takes_the_cue_of_its_own_clause():
    analysis = parsed(TOLD.replace("I|R|3", "I|R|2"))
    marked = learned(analysis.text, "that ships sank")
    assert reports(analysis.text, marked, analysis=analysis) == [
        ("I", "wonder", "why you came to tell me that ships sank"),
        ("you", "tell", "that ships sank"),
    ]


@pytest.mark.parametrize(
    ("sentence", "content", "cue", "source"),
    [
        (
            "Ode|P|2|nsubj asked|V|0|root|ask|VBD not|T|5|advmod to|T|5|mark named|V|2|xcomp .|.|2|punct",
            "not to be named",
            "asked",
            "Ode",
        ),
        (
            (
                "Asked|V|5|advcl|ask|VBN about|I|3|case fares|N|1|obl ,|.|1|punct nodded|V|0|root|nod|VBD "
                "Ode|P|5|nsubj .|.|5|punct"
            ),
            "fares",
            "Asked about",
            "",
        ),
        (
            (
                "Ode|P|3|nsubj:pass is|X|3|aux:pass known|V|0|root|know|VBN as|I|7|case “|.|7|punct the|D|7|det "
                "Finn|P|3|obl ”|.|7|punct .|.|3|punct"
            ),
            "“the Finn”",
            "known",
            "",
        ),
        (
            "They|R|2|nsubj laughed|V|0|root|laugh|VBD about|I|5|case the|D|5|det tea|N|2|obl .|.|2|punct",
            "the tea",
            "laughed about",
            "They",
        ),
    ],
)
def test_some_verbs_of_speech_report_nothing(sentence, content, cue, source):
    analysis = parsed(
        sentence.replace("named|V|2|xcomp", "be|X|6|aux:pass named|V|2|xcomp").replace(
            "not|T|5|advmod to|T|5|mark", "not|T|6|advmod to|T|6|mark"
        )
    )
    assert reports(analysis.text, learned(analysis.text, content, cue, source), analysis=analysis) == []


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Orlo|P|4|nsubj :|.|4|punct we|R|4|nsubj won|V|0|root", "Orlo"),
        (
            "Leaked|V|2|amod|leak|VBN memo|N|6|nsubj :|.|6|punct pumps|N|6|nsubj have|X|6|aux failed|V|0|root",
            "Leaked memo",
        ),
        # A heading of a column is no document that speaks.
        ("Opinion|N|4|nsubj :|.|4|punct pumps|N|4|nsubj failed|V|0|root", None),
        ("Orlo|P|4|nsubj :|.|4|punct they|R|4|nsubj won|V|0|root", None),
    ],
)
def test_who_stands_before_a_headlines_colon(sentence, source):
    analysis = parsed(sentence)
    story = document(analysis.text, {0: "headline"})
    found = [c.source.of(analysis.text) for c in find_turns(story, analysis, ()) if c.source]
    assert found == ([source] if source else [])


def test_a_colon_leads_from_whoever_acts_to_what_he_says():
    found = parse_reports(
        "Ode|P|2|nsubj waved|V|0|root|wave|VBD it|R|2|obj away|B|2|advmod :|.|8|punct “|.|8|punct In|I|8|case "
        "town|N|2|parataxis ?|.|8|punct ”|.|8|punct",
        names={"Ode": "person"},
    )
    assert found == [("Ode", None, "“In town?”")]


def test_what_somebody_was_asked_about_is_a_report_where_it_is_told():
    analysis = parsed(
        "We|R|4|nsubj:pass were|X|4|aux:pass never|B|4|advmod asked|V|0|root|ask|VBN about|I|6|case fares|N|4|obl "
        ".|.|4|punct"
    )
    marked = learned(analysis.text, "about fares", "were never asked")
    assert reports(analysis.text, marked, analysis=analysis) == [(None, "were never asked", "about fares")]


@pytest.mark.parametrize(
    ("after", "kept"), [("“The Shed”, a film, opens.", False), ("“The shed burned.”", True)]
)
def test_a_title_in_another_sentence_is_nobodys_answer(after, kept):
    text = f"Ode spoke. {after}"
    quotation = after[: after.index("”") + 1]
    found = reports(text, learned(text, quotation, "spoke", "Ode"))
    assert ((("Ode", "spoke", quotation) in found) or (("Ode", None, quotation) in found)) == kept


@pytest.mark.parametrize(
    ("text", "marked", "whole"),
    [
        ("Ode pledged help “within hours” to them.", "help", "help “within hours”"),
        # A comma parts them, or somebody speaks in between.
        ("Ode pledged help, “within hours” of it.", "help", "help"),
    ],
)
def test_a_content_goes_on_with_the_quotation_right_behind_it(text, marked, whole):
    assert reports(text, learned(text, marked, "pledged", "Ode")) == [("Ode", "pledged", whole)]


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Survivor|N|5|nsubj :|.|5|punct guide|N|5|nsubj had|X|5|aux left|V|0|root", "Survivor"),
        # No name and nobody: a caption in a headline's place.
        ("Champions|N|0|root at|I|3|case last|J|1|nmod :|.|5|punct stewards|N|1|appos", None),
    ],
)
def test_a_headlines_speaker_may_be_any_noun_for_somebody(sentence, source):
    analysis = parsed(sentence)
    found = [
        c.source.of(analysis.text)
        for c in find_turns(document(analysis.text, {0: "headline"}), analysis, ())
        if c.source
    ]
    assert found == ([source] if source else [])


def paragraphs(*sentences, names=None):
    """What is found where each sentence stands in a paragraph of its own."""
    return parse_reports(*[x for s in sentences for x in ("¶", s)][1:], names=names)


LONE = (
    "“|.|3|punct We|R|3|nsubj dug|V|0|root|dig|VBD all|D|5|det night|N|3|obl:unmarked .|.|3|punct ”|.|3|punct"
)


@pytest.mark.parametrize(
    ("before", "source"),
    [
        ("Ode|P|2|nsubj smiles|V|0|root .|.|2|punct", "Ode"),
        ("It|R|4|nsubj was|V|4|cop Mara|P|4|compound Ode|P|0|root .|.|4|punct", "Mara Ode"),
        ("The|D|2|det night|N|4|nsubj was|V|4|cop cold|J|0|root .|.|4|punct", None),
    ],
    ids=["the subject", "who it was", "nobody"],
)
def test_a_quotation_that_fills_its_paragraph_is_a_report(before, source):
    found = paragraphs(before, LONE, names={"Mara Ode": "person"})
    assert found == [(source, None, "“We dug all night.”")]


def test_a_heading_in_single_marks_is_no_report():
    single = LONE.replace("“", "‘").replace("”", "’")
    assert paragraphs("Ode|P|2|nsubj smiles|V|0|root .|.|2|punct", single) == []


@pytest.mark.parametrize(("mark", "found"), [(".", [("Ode", None, "“Nothing.”")]), ("?", [])])
def test_who_acts_after_a_quotation_has_said_it_but_not_asked_it(mark, found):
    answer = f"“|.|2|punct Nothing|R|0|root {mark}|.|2|punct ”|.|2|punct"
    beat = "Ode|P|2|nsubj laughs|V|0|root .|.|2|punct"
    assert parse_reports(answer, beat, names={"Ode": "person"}) == found


def test_a_line_of_a_transcript_is_whole_where_the_model_saw_its_beginning():
    lines = [
        TURN.format(who=who, what=what) for who, what in (("Ode", "Gone"), ("Lund", "Here"), ("Ode", "Why"))
    ]
    lines[0] += " ¶"
    analysis = parsed(
        lines[0][:-2],
        "We|R|2|nsubj dug|V|0|root .|.|2|punct",
        *[x for line in lines[1:] for x in ("¶", line)],
        names={"Ode": "person", "Lund": "person"},
    )
    found = reports(analysis.text, learned(analysis.text, "Gone.", None, "Ms Ode"), analysis=analysis)
    assert found[0] == ("Ms Ode", None, "Gone. We dug")


@pytest.mark.parametrize(("who", "found"), [("inspectorate", True), ("embargo", False)])
def test_a_body_of_the_table_of_nouns_confirms_and_a_thing_does_not(who, found):
    analysis = parsed(
        f"The|D|2|det {who}|N|3|nsubj confirmed|V|0|root|confirm|VBD "
        "that|S|6|mark he|R|6|nsubj lied|V|3|ccomp .|.|3|punct"
    )
    marked = learned(analysis.text, "that he lied", "confirmed", f"The {who}")
    assert bool(reports(analysis.text, marked, analysis=analysis)) is found


@pytest.mark.parametrize(
    ("verb", "whom", "source"),
    [
        ("fined|V|0|root|fine|VBD", "clerk|N|3|obj", "the clerk"),
        ("drew|V|0|root|draw|VBD", "anger|N|3|obj", "The mayor"),
    ],
)
def test_who_is_fined_for_refusing_has_refused(verb, whom, source):
    analysis = parsed(
        f"The|D|2|det mayor|N|3|nsubj {verb} the|D|5|det {whom} for|S|7|mark refusing|V|3|advcl|refuse|VBG "
        "to|T|9|mark sign|V|7|xcomp|sign|VB .|.|3|punct"
    )
    assert (source, "refusing", "to sign") in reports(analysis.text, analysis=analysis)


@pytest.mark.parametrize(("whom", "found"), [("us", False), ("him", True)])
def test_what_writer_and_reader_suppose_nobody_says(whom, found):
    analysis = parsed(
        f"Let|V|0|root|let|VB {whom}|R|1|obj say|V|1|xcomp|say|VB "
        "that|S|6|mark it|R|6|nsubj rains|V|3|ccomp .|.|1|punct"
    )
    assert (
        bool(reports(analysis.text, learned(analysis.text, "that it rains", "say"), analysis=analysis))
        is found
    )


@pytest.mark.parametrize(
    ("opening", "verb", "found"),
    [
        ("and|C|2|cc believe|V|0|root|believe|VBP me|R|2|obj", "believe", False),
        ("Trust|V|0|root|trust|VB me|R|1|obj ,|.|1|punct", "Trust", False),
        ("They|R|2|nsubj believe|V|0|root|believe|VBP", "believe", True),
        ("You|R|3|nsubj can|X|3|aux bet|V|0|root|bet|VB", "bet", False),
        ("She|R|3|nsubj can|X|3|aux bet|V|0|root|bet|VB", "bet", True),
    ],
)
def test_what_a_writer_tells_his_readers_to_believe_is_no_report(opening, verb, found):
    root = opening.split().index(next(w for w in opening.split() if "|0|root" in w)) + 1
    n = len(opening.split())
    analysis = parsed(f"{opening} it|R|{n + 2}|nsubj fell|V|{root}|ccomp .|.|{root}|punct")
    made = reports(analysis.text, learned(analysis.text, "it fell", verb), analysis=analysis)
    assert bool(made) is found


@pytest.mark.parametrize(("what", "found"), [("that|R", False), ("much|J", True)])
def test_having_said_that_a_writer_goes_on(what, found):
    analysis = parsed(
        f"Having|X|2|aux|have|VBG said|V|6|advcl|say|VBN {what}|2|obj ,|.|2|punct Ode|P|6|nsubj left|V|0|root "
        ".|.|6|punct"
    )
    said = learned(analysis.text, what.split("|")[0], "Having said", "Ode")
    assert bool(reports(analysis.text, said, analysis=analysis)) is found


@pytest.mark.parametrize(
    ("who", "found"),
    [("storm|N", False), ("law|N", False), ("union|N", True), ("minister|N", True), ("letter|N", True)],
)
def test_a_thing_that_threatens_says_nothing(who, found):
    analysis = parsed(
        f"The|D|2|det {who}|3|nsubj threatened|V|0|root|threaten|VBD to|T|5|mark sink|V|3|xcomp|sink|VB "
        "it|R|5|obj .|.|3|punct"
    )
    source = f"The {who.split('|')[0]}"
    marked = learned(analysis.text, "to sink it", "threatened", source)
    assert bool(reports(analysis.text, marked, analysis=analysis)) is found


@pytest.mark.parametrize(
    ("verb", "lemma", "deed", "source"),
    [
        ("seemed", "seem", "sleep", None),
        ("wished", "wish", "sleep", "Ode"),
        # What somebody seems to say is his.
        ("seemed", "seem", "agree", "Ode"),
    ],
)
def test_whoever_seems_to_do_something_does_not_say_so(verb, lemma, deed, source):
    analysis = parsed(
        f"Ode|P|2|nsubj {verb}|V|0|root|{lemma}|VBD to|T|4|mark {deed}|V|2|xcomp|{deed}|VB .|.|2|punct",
        names={"Ode": "person"},
    )
    for who in ("Ode", None):
        marked = learned(analysis.text, f"to {deed}", verb, who)
        made = reports(analysis.text, marked, analysis=analysis)
        assert [r for r in made if r[1] == verb] == [(source, verb, f"to {deed}")]


def test_whoever_a_cue_is_done_to_is_not_its_source():
    analysis = parsed(
        "Minister|N|2|nsubj quits|V|0|root|quit|VBZ ,|.|4|punct blames|V|2|conj|blame|VBZ union|N|4|obj "
        "for|I|7|case delays|N|4|obl"
    )
    marked = learned(analysis.text, "for delays", "blames", "union")
    assert reports(analysis.text, marked, analysis=analysis) == [("Minister", "blames", "for delays")]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("mill|N|7|nsubj can|X|7|aux wait|V|4|ccomp|wait|VB", ("Ode", "says", "mill can wait")),
        ("rival|N|4|nsubj", ("rival", "says", "Ode praises crew")),
    ],
)
def test_a_headline_ends_in_its_speaker_or_goes_on_with_what_is_said(after, found):
    analysis = parsed(
        f"Ode|P|2|nsubj praises|V|0|root|praise|VBZ crew|N|2|obj ,|.|5|punct says|V|2|conj|say|VBZ {after}",
        names={"Ode": "person"},
    )
    content = found[2] if found[0] == "Ode" else "Ode praises crew"
    marked = learned(analysis.text, content, "says", found[0])
    assert found in reports(analysis.text, marked, kinds={0: "headline"}, analysis=analysis)


@pytest.mark.parametrize(
    ("who", "verb", "stop", "source"),
    [
        ("Storm|N", "expected|V|0|root|expect", "", None),
        ("Lund|P", "urged|V|0|root|urge", "", None),
        ("Lund|P", "urged|V|0|root|urge", ".|.|2|punct", "Lund"),
        ("They|R", "expected|V|0|root|expect", "", "They"),
        ("Lund|P", "vowed|V|0|root|vow", "", "Lund"),
        # Other lines without a full stop, and sentences that end in the stop of an abbreviation.
        ("Lund|P", "asked|V|0|root|ask", ":|.|2|punct", "Lund"),
        ("Lund|P", "asked|V|0|root|ask", "p.m.|N|4|obl", "Lund"),
    ],
)
def test_a_headline_s_past_participle_is_a_passive(who, verb, stop, source):
    analysis = parsed(
        f"{who}|2|nsubj {verb}|VBD to|T|4|mark sail|V|2|xcomp|sail|VB {stop}", names={"Lund": "person"}
    )
    cue = verb.split("|")[0]
    marked = learned(analysis.text, "to sail", cue, who.split("|")[0])
    told = "to sail p.m." if "p.m." in stop else "to sail"
    assert reports(analysis.text, marked, analysis=analysis) == [(source, cue, told)]


@pytest.mark.parametrize(
    ("words", "content", "cue", "expected"),
    [
        (
            (
                "Ode|P|3|nsubj:pass was|X|3|aux:pass quoted|V|0|root|quote|VBN by|I|6|case the|D|6|det "
                "Herald|P|3|obl:agent as|S|8|mark saying|V|3|advcl|say|VBG it|R|10|nsubj fell|V|8|ccomp .|.|3|punct"
            ),
            "as saying it fell",
            "was quoted",
            ("Ode", "saying", "it fell"),
        ),
        (
            (
                "Ode|P|3|nsubj:pass was|X|3|aux:pass quoted|V|0|root|quote|VBN as|S|5|mark saying|V|3|advcl|say|VBG "
                "it|R|7|nsubj fell|V|5|ccomp .|.|3|punct"
            ),
            ("Ode", "as saying it fell"),
            "was quoted",
            ("Ode", "was quoted as saying", "it fell"),
        ),
        (
            (
                "Herald|P|2|nsubj quoted|V|0|root|quote|VBD Ode|P|2|obj as|S|5|mark saying|V|2|advcl|say|VBG "
                "it|R|7|nsubj fell|V|5|ccomp .|.|2|punct"
            ),
            "Ode as saying it fell",
            "quoted",
            ("Ode", "saying", "it fell"),
        ),
        (
            "Herald|P|2|nsubj quoted|V|0|root|quote|VBD the|D|4|det report|N|2|obj .|.|2|punct",
            "the report",
            "quoted",
            ("Herald", "quoted", "the report"),
        ),
    ],
)
def test_whoever_is_quoted_says_so(words, content, cue, expected):
    analysis = parsed(words, names={"Ode": "person"})
    marked = learned(analysis.text, content, cue, "Herald" if words.startswith("Herald") else None)
    assert reports(analysis.text, marked, analysis=analysis) == [expected]


@pytest.mark.parametrize(
    ("content", "source", "found"),
    [("who paid", None, False), ("It is unclear who paid", None, True), ("who paid", "Ode", True)],
)
def test_part_of_a_sentence_that_nobody_says_is_no_report(content, source, found):
    analysis = parsed(
        "It|R|3|nsubj is|X|3|cop unclear|J|0|root who|R|5|nsubj paid|V|3|csubj Ode|P|3|parataxis .|.|3|punct",
        names={"Ode": "person"},
    )
    marked = learned(analysis.text, content, None, source)
    assert bool(reports(analysis.text, marked, analysis=analysis)) is found


@pytest.mark.parametrize(
    ("after", "left"),
    [
        ("but|C|10|cc he|R|10|nsubj would|X|10|aux not|T|10|advmod comment|V|5|conj", "that it fell"),
        ("but|C|7|cc refused|V|5|conj to|T|9|mark pay|V|7|xcomp", "that it fell but refused to pay"),
    ],
)
def test_what_somebody_then_would_not_say_is_no_part_of_it(after, left):
    analysis = parsed(
        f"Ode|P|2|nsubj said|V|0|root|say|VBD that|S|5|mark it|R|5|nsubj fell|V|2|ccomp {after}"
    )
    marked = learned(analysis.text, analysis.text.removeprefix("Ode said "), "said", "Ode")
    assert ("Ode", "said", left) in reports(analysis.text, marked, analysis=analysis)


@pytest.mark.parametrize(
    ("kicker", "content"),
    [
        ("Storm|N|0|root live|J|1|amod :|.|1|punct", "‘Go home’"),
        ("Ode|P|0|root ran|V|1|dep", "Ode ran ‘Go home’"),
    ],
)
def test_a_headlines_subject_is_no_part_of_what_is_said(kicker, content):
    n = len(kicker.split())
    analysis = parsed(
        f"{kicker} ‘|.|{n + 2}|punct Go|V|{n + 6}|ccomp|go|VB home|B|{n + 2}|advmod ’|.|{n + 2}|punct "
        f",|.|{n + 6}|punct says|V|1|parataxis|say|VBZ minister|N|{n + 6}|nsubj"
    )
    marked = learned(analysis.text, analysis.text.split(",")[0].strip(), "says", "minister")
    assert ("minister", "says", content) in reports(
        analysis.text, marked, kinds={0: "headline"}, analysis=analysis
    )


@pytest.mark.parametrize(("verb", "source"), [("ignored", "a letter"), ("wrote", "Ode")])
def test_a_letter_that_somebody_ignored_asks_and_not_he(verb, source):
    lemma = {"ignored": "ignore", "wrote": "write"}[verb]
    analysis = parsed(
        f"Ode|P|2|nsubj {verb}|V|0|root|{lemma}|VBD a|D|4|det letter|N|2|obj asking|V|4|acl|ask|VBG why|B|7|advmod "
        "it|R|8|nsubj fell|V|5|ccomp .|.|2|punct",
        names={"Ode": "person"},
    )
    marked = learned(analysis.text, "why it fell", "asking", "Ode")
    assert (source, "asking", "why it fell") in reports(analysis.text, marked, analysis=analysis)


@pytest.mark.parametrize(
    ("deed", "found"),
    [("blushing|V|2|advcl|blush|VBG", False), ("lied|V|2|ccomp|lie|VBD", True)],
)
def test_how_a_deed_looked_to_the_writer_is_no_report(deed, found):
    word = deed.split("|")[0]
    analysis = parsed(
        f"Ode|P|2|nsubj left|V|0|root|leave|VBD ,|.|2|punct apparently|B|5|advmod|apparently|RB {deed} .|.|2|punct"
    )
    marked = learned(analysis.text, word, "apparently")
    assert (
        any(cue == "apparently" for _, cue, *_ in reports(analysis.text, marked, analysis=analysis)) is found
    )


@pytest.mark.parametrize(("source", "expected"), [("Ode", None), ("Lund", "Lund")])
def test_hearsay_is_not_of_whom_it_tells(source, expected):
    analysis = parsed(
        "Ode|P|3|nsubj reportedly|B|3|advmod|reportedly|RB left|V|0|root|leave|VBD ,|.|3|punct Lund|P|3|parataxis "
        ".|.|3|punct",
        names={"Ode": "person", "Lund": "person"},
    )
    marked = learned(analysis.text, "left", "reportedly", source)
    made = [r for r in reports(analysis.text, marked, analysis=analysis) if r[1] == "reportedly"]
    assert [r[0] for r in made] == [expected]
    assert expected or {"Ode", "left"} <= set(made[0][2:])


POST = "We|R|2|nsubj dig|V|0|root on|I|2|compound:prt !|.|2|punct"


@pytest.mark.parametrize(
    ("order", "source"),
    [("below", "Ana Ode (@anaode)"), ("above", "Ana Ode @anaode")],
)
def test_a_post_is_whose_handle_stands_beside_it(order, source):
    below = "—|.|2|punct Ana|P|0|root Ode|P|2|flat (@anaode)|P|2|appos May|P|2|nmod 4|M|5|nummod"
    above = "Ana|P|0|root Ode|P|1|flat @anaode|P|1|appos ·|.|1|punct 2h|M|1|nummod"
    lines = (POST, below) if order == "below" else (above, POST)
    found = paragraphs("It|R|2|nsubj rained|V|0|root .|.|2|punct", *lines, names={"Ana Ode": "person"})
    assert found == [(source, None, "We dig on!")]


def test_who_is_heard_saying_it_is_the_source():
    analysis = parsed(
        "Ode|P|4|nsubj:pass can|X|4|aux be|X|4|aux:pass heard|V|0|root|hear|VBN saying|V|4|xcomp|say|VBG "
        "that|S|8|mark he|R|8|nsubj fell|V|5|ccomp .|.|4|punct",
        names={"Ode": "person"},
    )
    marked = learned(analysis.text, "that he fell", "can be heard saying")
    assert reports(analysis.text, marked, analysis=analysis) == [
        ("Ode", "can be heard saying", "that he fell")
    ]


def test_whose_claim_it_is_stands_before_it_wherever_the_parse_hangs_him():
    analysis = parsed(
        "It|R|2|nsubj met|V|0|root Ode|P|9|nsubj 's|T|3|case|'s|POS earlier|J|6|amod claim|N|2|obj|claim|NN "
        "that|S|9|mark he|R|9|nsubj fell|V|6|acl .|.|2|punct",
        names={"Ode": "person"},
    )
    assert ("Ode's", "claim", "that he fell") in reports(analysis.text, analysis=analysis)


@pytest.mark.parametrize(("kind", "source"), [("organization", "Harbour Board"), ("place", None)])
def test_a_claim_is_the_body_s_whose_name_stands_before_it(kind, source):
    analysis = parsed(
        "It|R|2|nsubj met|V|0|root a|D|6|det Harbour|P|5|compound Board|P|6|compound warning|N|2|obj|warning|NN "
        "that|S|9|mark it|R|9|nsubj fell|V|6|acl .|.|2|punct",
        names={"Harbour Board": kind},
    )
    assert (source, "warning", "that it fell") in reports(analysis.text, analysis=analysis)


INNER = "Ode said that Brandt, the harbour master, feared a flood by May."


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        ({"content": "a flood by May", "cue": "feared", "source": "Brandt"}, True),
        # The model must be a little sure, and see by what it is reported.
        ({"content": "a flood by May", "cue": "feared", "source": "Brandt", "score": 0.01}, False),
        ({"content": "a flood by May", "source": "Brandt"}, False),
        # What the report around it says already, and what lies across it, is none.
        ({"content": "that Brandt, the harbour master", "cue": "said", "source": "Ode"}, False),
        ({"content": "said that Brandt", "cue": "feared"}, False),
    ],
)
def test_the_model_sees_reports_inside_the_content_of_others(marked, kept):
    around = learned(INNER, "that Brandt, the harbour master, feared a flood by May", "said", "Ode")
    found = reports(INNER, around, learned(INNER, inner=True, **marked))
    assert (("Brandt", "feared", "a flood by May") in found) == kept
    assert ("Ode", "said", "that Brandt, the harbour master, feared a flood by May") in found


@pytest.mark.parametrize(
    "verb", ["told|V|9|ccomp|tell|VBD", "think|V|9|ccomp|think|VBP", "hope|V|9|ccomp|hope|VBP"]
)
def test_what_a_speaker_says_of_his_own_mind_is_a_report_inside_his(verb):
    analysis = parsed(
        f"“|.|9|punct I|R|3|nsubj {verb} them|R|3|obj fares|N|6|nsubj rose|V|3|ccomp|rise|VBD ,|.|9|punct ”|.|9|punct "
        "said|V|0|root|say|VBD Ode|P|9|nsubj .|.|9|punct"
    )
    word, text = verb.split("|")[0], analysis.text
    around = learned(text, f"“I {word} them fares rose,”", "said", "Ode")
    found = reports(text, around, learned(text, "fares rose", word, "I", inner=True), analysis=analysis)
    assert ("I", word, "fares rose") in found


def test_who_is_cited_for_all_of_it_says_nothing_inside_it():
    analysis = parsed(
        "Drivers|N|3|nsubj:pass were|X|3|aux:pass told|V|0|root|tell|VBN to|T|5|mark wait|V|3|xcomp ,|.|3|punct "
        "according|V|9|case to|I|7|fixed stewards|N|3|obl:agent .|.|3|punct"
    )
    text = analysis.text
    around = learned(text, "Drivers were told to wait", "according to", "stewards")
    found = reports(text, around, learned(text, "to wait", "were told", inner=True), analysis=analysis)
    assert (None, "were told", "to wait") in found
    assert ("stewards", "according to", "Drivers were told to wait") in found


@pytest.mark.parametrize(("who", "mind"), [("winter", False), ("aftermath", False), ("clerk", True)])
def test_a_season_sees_nothing_and_a_clerk_does(who, mind):
    analysis = parsed(
        f"The|D|2|det {who}|N|3|nsubj saw|V|0|root|see|VBD a|D|6|det rare|J|6|amod calm|N|3|obj .|.|3|punct"
    )
    marked = learned(analysis.text, "a rare calm", "saw", f"The {who}")
    assert bool(reports(analysis.text, marked, analysis=analysis)) == mind


@pytest.mark.parametrize(
    ("verb", "source"),
    [
        # Whoever is in such a state holds what he is sure of; whoever is told something does not say it.
        ("convinced|V|0|root|convince|VBN", "drivers"),
        ("worried|J|0|root|worried|JJ", "drivers"),
        ("told|V|0|root|tell|VBN", None),
    ],
)
def test_who_is_convinced_holds_it_whether_the_model_sees_him_or_not(verb, source):
    root = 8
    subject = "nsubj" if "|J|" in verb else "nsubj:pass"
    helper = "cop" if "|J|" in verb else "aux:pass"
    analysis = parsed(
        f"The|D|2|det fares|N|4|nsubj will|X|4|aux rise|V|{root}|ccomp ,|.|{root}|punct drivers|N|{root}|{subject} "
        f"are|X|{root}|{helper} {verb} .|.|{root}|punct"
    )
    text, word = analysis.text, verb.split("|")[0]
    for marked in (None, "drivers"):
        draft = learned(text, "The fares will rise", f"are {word}", marked)
        assert (source, f"are {word}", "The fares will rise") in reports(text, draft, analysis=analysis)
