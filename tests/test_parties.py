"""About whom a report is, and names that the model cut short or missed, on parses written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from handmade import document, learned, parsed

from annotator.about import Reports, considered
from annotator.attribution import attribute
from annotator.coreference import link
from annotator.drafts import proposed
from annotator.entities import resolve, said_by, story_of
from annotator.fullnames import full_names
from annotator.model import Act, Attribution, Entity, Span, attribution_id
from annotator.voices import hear

if TYPE_CHECKING:
    from annotator.analysis import Analysis

NAMES = {"Orvia": "place", "Belmar": "place", "Ode": "person", "Brandt": "person"}


def told(
    analysis: Analysis, source: str, cue: str, content: str, act: Act = "statement", *, quoted: bool = False
) -> Attribution:
    def span(words: str) -> tuple[Span, ...]:
        start = analysis.text.index(words)
        return (Span(start, start + len(words)),)

    spans = {"source": span(source) if source else (), "cue": span(cue), "content": span(content)}
    return Attribution(
        attribution_id("", **spans),
        quote_type="direct" if quoted else "indirect",
        act=act,
        source_kind="person",
        **spans,
    )


def of(analysis: Analysis, *attributions: Attribution) -> tuple[list[set[str]], list[set[str]], list[Entity]]:
    """The names of the speakers and of those spoken about, by attribution, and the entities."""
    made, entities = resolve(document(analysis.text), analysis, attributions)
    names = {e.id: e.name for e in entities}
    speakers = [{names[i] for i in a.speaker_ids} for a in made]
    return speakers, [{names[i] for i in a.about_ids} for a in made], list(entities)


def tied(analysis: Analysis, tie: str, *attributions: Attribution) -> set[str]:
    """The names of those who stand so to the last attribution, whether or not it is taken to be about them."""
    page = document(analysis.text)
    story = story_of(page, analysis, attributions)
    hear(story, link(story))
    found = considered(Reports(story, said_by(page, story)), attributions[-1]).values()
    firsts = [c.cluster.mentions[0][0].span for c in found if tie in c.ties]
    return {s.of(analysis.text) for s in firsts}


@pytest.mark.parametrize(
    ("sentence", "cue", "content", "act", "about"),
    [
        (("Ode|P|2|nsubj urged|V|0|root|urge Orvia|P|2|obj and|C|5|cc Belmar|P|3|conj to|T|7|mark wait|V|2|xcomp "
          ".|.|2|punct"), "urged", "to wait", "demand", {"Orvia", "Belmar"}),
        (("Asked|V|9|advcl|ask|VBD whether|S|4|mark it|R|4|nsubj leaked|V|1|ccomp ,|.|1|punct the|D|7|det "
          "clerk|N|9|nsubj Ode|P|7|appos shrugged|V|0|root .|.|9|punct"),
         "Asked", "whether it leaked", "question", {"Ode"}),
        (("Critics|N|2|nsubj said|V|0|root|say Brandt|P|4|nsubj lied|V|2|ccomp .|.|2|punct"),
         "said", "Brandt lied", "accusation", {"Brandt"}),
        (("Ode|P|2|nsubj rejected|V|0|root|reject farmers|N|5|nmod:poss|farmer|NNS|Number=Plur ’|T|3|case "
          "claims|N|2|obj|claim .|.|2|punct"), "rejected", "farmers’ claims", "denial", {"farmers"}),
        (("Ode|P|2|nsubj dismissed|V|0|root|dismiss criticism|N|2|obj from|T|5|case farmers|N|3|nmod|farmer|NNS|"
          "Number=Plur .|.|2|punct"), "dismissed", "criticism from farmers", "denial", {"farmers"}),
        (("Ode|P|2|nsubj rejected|V|0|root|reject farmers|N|5|nmod:poss|farmer|NNS|Number=Plur ’|T|3|case "
          "fields|N|2|obj|field .|.|2|punct"), "rejected", "farmers’ fields", "denial", set()),
        (("Ode|P|2|nsubj told|V|0|root|tell reporters|N|2|obj|reporter|NNS|Number=Plur to|T|5|mark leave|V|2|xcomp "
          ".|.|2|punct"), "told", "to leave", "demand", set()),
        (("Ode|P|2|nsubj accused|V|0|root|accuse the|D|4|det clerk|N|6|nsubj of|S|6|mark lying|V|2|ccomp .|.|2|punct"),
         "accused", "of lying", "accusation", {"the clerk"}),
        (("Ode|P|2|nsubj called|V|0|root|call on|I|5|case the|D|5|det city|N|2|obl to|T|7|mark step|V|2|xcomp "
          "in|B|7|advmod "
          ".|.|2|punct"), "called on", "to step in", "demand", {"the city"}),
    ],
)  # fmt: skip
def test_the_party_of_a_cue_is_spoken_about(sentence, cue, content, act, about):
    analysis = parsed(sentence, names=NAMES)
    source = "" if cue == "Asked" else analysis.text.split()[0]
    assert of(analysis, told(analysis, source, cue, content, act))[1] == [about]


def test_both_sides_are_the_two_spoken_of():
    analysis = parsed(
        "Orvia|P|2|nsubj shelled|V|0|root Belmar|P|2|obj .|.|2|punct",
        "Ode|P|2|nsubj urged|V|0|root|urge both|D|4|det sides|N|2|obj|side|NNS|Number=Plur "
        "to|T|6|mark wait|V|2|xcomp .|.|2|punct",
        names=NAMES,
    )
    assert tied(analysis, "party", told(analysis, "Ode", "urged", "to wait", "demand")) == {"Orvia", "Belmar"}


@pytest.mark.parametrize(
    ("source", "sentence", "speakers"),
    [
        ("His lawyer, Piet Ode,",
         ("His|R|2|nmod:poss lawyer|N|7|nsubj ,|.|4|punct Piet|P|2|appos Ode|P|4|flat ,|.|4|punct said|V|0|root|say "
          "fares|N|9|nsubj rose|V|7|ccomp .|.|7|punct"), {"Piet Ode"}),
        ("Ode, the clerk, and deputy Ana Brandt",
         ("Ode|P|10|nsubj ,|.|4|punct the|D|4|det clerk|N|1|appos ,|.|8|punct and|C|8|cc deputy|N|8|nmod:desc "
          "Ana|P|4|appos Brandt|P|8|flat said|V|0|root|say fares|N|12|nsubj rose|V|10|ccomp .|.|10|punct"),
         {"Ode", "Ana Brandt"}),
        ("Ode, a deputy and no friend",
         ("Ode|P|9|nsubj ,|.|4|punct a|D|4|det deputy|N|1|appos and|C|7|cc no|D|7|det friend|N|1|conj ,|.|7|punct "
          "said|V|0|root|say fares|N|11|nsubj rose|V|9|ccomp .|.|9|punct"), {"Ode"}),
        ("The chairman, Judge Eero Lund,",
         ("The|D|2|det chairman|N|8|nsubj ,|.|4|punct Judge|P|2|appos Eero|P|4|flat Lund|P|4|flat ,|.|4|punct "
          "said|V|0|root|say fares|N|10|nsubj rose|V|8|ccomp .|.|8|punct"), {"Eero Lund"}),
        ("Q (Radio Nine)",
         ("Q|P|0|root (|.|4|punct Radio|P|1|appos Nine|P|3|flat )|.|3|punct said|V|1|parataxis|say fares|N|8|nsubj "
          "rose|V|6|ccomp .|.|1|punct"), {"Radio Nine"}),
    ],
)  # fmt: skip
def test_who_stands_behind_a_source_of_several_words(source, sentence, speakers):
    names = {"Ode": "person", "Ana Brandt": "person", "Eero Lund": "person", "Radio Nine": "organization"}
    if "Piet" in sentence:
        names = {}
    analysis = parsed(sentence, names=names)
    assert of(analysis, told(analysis, source, "said", "fares rose"))[0] == [speakers]


@pytest.mark.parametrize(
    ("sentence", "names", "wanted"),
    [
        (("The|D|2|det Federation|P|8|nsubj of|I|4|case Dock|P|2|nmod and|C|7|cc Ferry|P|7|compound "
          "Workers|P|2|appos struck|V|0|root"),
         {"Federation of Dock and": "organization"}, ["Federation of Dock and Ferry Workers"]),
        ("Port|P|2|compound Merrin|P|3|nsubj won|V|0|root", {"Merrin": "person"}, ["Port Merrin"]),
        ("Orvia|P|2|nsubj sent|V|0|root Orvian|P|4|compound troops|N|2|obj",
         {"Orvia": "place", "Orvian": "organization"}, ["Orvia"]),
        (("The|D|4|det Dock|P|4|compound Workers|P|4|compound Union|P|8|nsubj (|.|6|punct DWU|P|4|appos )|.|6|punct "
         "struck|V|0|root and|C|11|cc the|D|11|det DWU|P|12|nsubj won|V|8|conj"),
         {"Dock Workers Union": "organization"}, ["Dock Workers Union", "DWU", "DWU"]),
        ("Ana|P|4|nsubj Crewe|P|1|flat Lund|P|1|flat left|V|0|root ;|.|7|punct Lund|P|7|nsubj smiled|V|4|parataxis",
         {"Ana Crewe Lund": "person"}, ["Ana Crewe Lund", "Lund"]),
    ],
)  # fmt: skip
def test_names_are_made_whole_and_found_again(sentence, names, wanted):
    analysis = parsed(sentence, names=names)
    if "Lund" in names.get("Ana Crewe Lund", "") or "Ana Crewe Lund" in names:
        assert len(analysis.mentions) == 1
    found = [
        analysis.text[analysis.tokens[r.start].start : analysis.tokens[r.stop - 1].end]
        for r, _, _ in full_names(analysis)
    ]
    assert found == wanted


def test_two_ages_are_two_people():
    analysis = parsed(
        "Ode|P|4|nsubj ,|.|3|punct 52|M|1|appos fell|V|0|root .|.|4|punct",
        "The|D|2|det 34-year-old|N|3|nsubj said|V|0|root|say fares|N|5|nsubj rose|V|3|ccomp .|.|3|punct",
        names=NAMES,
    )
    assert of(analysis, told(analysis, "The 34-year-old", "said", "fares rose"))[0] == [{"The 34-year-old"}]


def test_of_two_with_one_surname_a_title_goes_with_the_given_name():
    analysis = parsed(
        "Anna|P|3|nsubj Brandt|P|1|flat met|V|0|root Karl|P|3|obj Brandt|P|4|flat .|.|3|punct",
        "Mr|P|2|nmod:desc Brandt|P|3|nsubj said|V|0|root|say fares|N|5|nsubj rose|V|3|ccomp .|.|3|punct",
        names={"Anna Brandt": "person", "Karl Brandt": "person", "Brandt": "person"},
    )
    assert of(analysis, told(analysis, "Mr Brandt", "said", "fares rose"))[0] == [{"Karl Brandt"}]


def test_a_firm_is_no_union():
    analysis = parsed(
        "Norvik|P|2|nsubj met|V|0|root the|D|5|det Dock|P|5|compound Union|P|2|obj .|.|2|punct",
        "The|D|2|det firm|N|3|nsubj said|V|0|root|say fares|N|5|nsubj rose|V|3|ccomp .|.|3|punct",
        names={"Norvik": "organization", "Dock Union": "organization"},
    )
    assert of(analysis, told(analysis, "The firm", "said", "fares rose"))[0] == [{"Norvik"}]


@pytest.mark.parametrize(
    ("sentence", "learned_content", "wanted"),
    [
        (("Ode|P|2|nsubj accused|V|0|root|accuse|VBD the|D|4|det union|N|2|obj of|S|6|mark "
          "lying|V|2|advcl .|.|2|punct"),
         "the union of lying", "of lying"),
        (("Ode|P|2|nsubj promised|V|0|root|promise|VBD members|N|2|obj|member a|D|5|det raise|N|2|obj .|.|2|punct"),
         "members a raise", "a raise"),
        (("Ode|P|2|nsubj promised|V|0|root|promise|VBD a|D|4|det raise|N|2|obj .|.|2|punct"),
         "a raise", "a raise"),
        (("Ode|P|2|nsubj called|V|0|root|call|VBD it|R|2|obj a|D|5|det joke|N|2|obj .|.|2|punct"),
         "it a joke", "it a joke"),
        (("Ode|P|2|nsubj told|V|0|root|tell|VBD aides|N|2|obj|aide never|B|6|advmod to|T|6|mark leave|V|2|xcomp"),
         "aides never to leave", "never to leave"),
        (("Ode|P|2|nsubj urged|V|0|root|urge|VBD aides|N|2|obj|aide to|T|5|mark pay|V|2|xcomp for|I|7|case "
          "fish|N|5|obl .|.|2|punct"), "aides to pay for fish", "aides to pay for fish"),
        (("Ode|P|2|nsubj warned|V|0|root|warn|VBD aides|N|2|obj|aide about|I|6|case the|D|6|det risk|N|2|obl "
          "of|I|8|case fire|N|6|nmod .|.|2|punct"), "aides about the risk of fire", "aides about the risk of fire"),
    ],
)  # fmt: skip
def test_a_content_begins_after_the_party(sentence, learned_content, wanted):
    analysis = parsed(sentence, names=NAMES)
    cue = analysis.tokens[1].text
    analysis = replace(analysis, learned=(learned(analysis.text, learned_content, cue, "Ode"),))
    (draft,) = proposed(analysis, ())
    assert [c.of(analysis.text) for c in draft.content] == [wanted]


@pytest.mark.parametrize(
    ("answer", "content", "about"),
    [
        ("Brandt|P|2|nsubj dismissed|V|0|root|dismiss the|D|4|det charge|N|2|obj .|.|2|punct", "the charge", {"Ode"}),
        ("Brandt|P|2|nsubj dismissed|V|0|root|dismiss any|D|4|det charge|N|2|obj .|.|2|punct", "any charge", set()),
        (("Brandt|P|2|nsubj dismissed|V|0|root|dismiss the|D|4|det charge|N|2|obj that|S|7|mark he|R|7|nsubj "
          "lied|V|4|ccomp .|.|2|punct"), "the charge that he lied", set()),
        ("Brandt|P|2|nsubj dismissed|V|0|root|dismiss the|D|4|det offer|N|2|obj .|.|2|punct", "the offer", {"Belmar"}),
        ("Brandt|P|2|nsubj dismissed|V|0|root|dismiss the|D|4|det goal|N|2|obj .|.|2|punct", "the goal", set()),
    ],
)  # fmt: skip
def test_a_denial_answers_whoever_made_the_claim(answer, content, about):
    analysis = parsed(
        "Ode|P|2|nsubj alleged|V|0|root|allege fraud|N|2|obj .|.|2|punct",
        "Belmar|P|2|nsubj offered|V|0|root|offer help|N|2|obj .|.|2|punct",
        answer,
        names=NAMES,
    )
    found = tied(
        analysis,
        "claimant",
        told(analysis, "Ode", "alleged", "fraud", "accusation"),
        told(analysis, "Belmar", "offered", "help", "promise"),
        told(analysis, "Brandt", "dismissed", content, "denial"),
    )
    assert found == about


@pytest.mark.parametrize(
    ("sentence", "names", "wanted"),
    [
        (("The|D|5|det Orv|P|5|compound Canal|P|5|compound flood|N|5|compound inquiry|N|6|nsubj met|V|0|root "
          ".|.|6|punct"), {"Orv": "organization", "Canal": "place"}, ["Orv Canal"]),
        (("The|D|4|det Orv|P|3|compound Hall|P|4|compound inquiry|N|5|nsubj met|V|0|root .|.|5|punct"),
         {"Orv": "person", "Hall": "place"}, ["Orv", "Hall"]),
        (("the|D|3|det Free|P|3|amod Union|P|7|nsubj of|I|6|case the|D|6|det Coast|P|3|nmod won|V|0|root .|.|7|punct"),
         {"Free Union": "organization", "Coast": "organization"}, ["Free Union of the Coast"]),
        (("the|D|2|det Belmars|P|5|nsubj of|I|4|case Orvia|P|2|nmod won|V|0|root .|.|5|punct"),
         {"Belmars": "organization", "Orvia": "place"}, ["Belmars", "Orvia"]),
    ],
)  # fmt: skip
def test_two_halves_of_a_body_or_place_are_one_name(sentence, names, wanted):
    analysis = parsed(sentence, names=names)
    found = [[analysis.tokens[i].text for i in whole] for whole, _, _ in full_names(analysis)]
    assert [" ".join(words) for words in found] == wanted


@pytest.mark.parametrize(
    ("later", "names", "about"),
    [
        ("the|D|2|det canal|N|3|nsubj|canal|NN silted|V|0|root|silt", {"Orv Canal": "place"}, {"Orv Canal"}),
        ("a|D|2|det canal|N|3|nsubj|canal|NN silted|V|0|root|silt", {"Orv Canal": "place"}, set()),
        ("the|D|2|det bridge|N|3|nsubj|bridge|NN silted|V|0|root|silt", {"Orv Canal": "place"}, set()),
        ("the|D|2|det water|N|3|nsubj|water|NN silted|V|0|root|silt", {"Orv Water": "organization"}, set()),
    ],
)
def test_a_place_is_taken_up_by_the_last_word_of_its_name(later, names, about):
    analysis = parsed(
        f"Ode|P|2|nsubj left|V|0|root Orv|P|4|compound {next(iter(names)).split()[1]}|P|2|obj .|.|2|punct",
        later.replace("|3|", "|5|")
        .replace("|2|det", "|4|det")
        .replace("|0|root", "|2|ccomp")
        .join(["Brandt|P|2|nsubj says|V|0|root|say ", " .|.|2|punct"]),
        names={**NAMES, **names},
    )
    content = analysis.text[analysis.text.index("says ") + 5 : -1]
    assert of(analysis, told(analysis, "Brandt", "says", content))[1] == [about]


@pytest.mark.parametrize(("later", "same"), [("diplomat", True), ("envoy", True), ("baker", False)])
def test_a_role_is_taken_up_by_one_much_like_it(later, same):
    analysis = parsed(
        "The|D|2|det envoy|N|7|nsubj ,|.|4|punct Lia|P|2|appos Ode|P|4|flat ,|.|4|punct left|V|0|root .|.|7|punct",
        f"Then|B|4|advmod the|D|3|det {later}|N|4|nsubj said|V|0|root it|R|6|nsubj fell|V|4|ccomp .|.|4|punct",
        names={"Lia Ode": "person"},
    )
    speakers, _, _ = of(analysis, told(analysis, f"the {later}", "said", "it fell"))
    assert speakers == [{"Lia Ode"} if same else {f"the {later}"}]


@pytest.mark.parametrize(
    ("tail", "role"),
    [
        ("has|X|10|aux left|V|0|root .|.|10|punct", "judge in the case"),
        ("and|C|10|cc|and left|V|0|root .|.|10|punct", None),
    ],
)
def test_a_role_stands_between_commas_whatever_the_parse(tail, role):
    analysis = parsed(
        "Ode|P|10|nsubj ,|.|4|punct the|D|4|det judge|N|10|nsubj in|I|7|case the|D|7|det case|N|4|nmod ,|.|4|punct "
        + tail,
        names=NAMES,
    )
    _, _, entities = of(analysis, told(analysis, "Ode", "left", "case"))
    (ode,) = (e for e in entities if e.name == "Ode")
    assert (analysis.text[ode.role.start : ode.role.end] if ode.role else None) == role


def test_whose_son_somebody_is_tells_no_role_of_him():
    analysis = parsed(
        "Ode|P|7|nsubj ,|.|5|punct whose|D|4|nmod:poss son|N|5|nsubj died|V|1|acl:relcl ,|.|5|punct left|V|0|root "
        ".|.|7|punct",
        names=NAMES,
    )
    _, _, entities = of(analysis, told(analysis, "Ode", "left", "son"))
    assert [e.role for e in entities if e.name == "Ode"] == [None]


@pytest.mark.parametrize(
    ("sentence", "cue", "content", "wanted"),
    [
        (("Ode|P|2|nsubj told|V|0|root|tell her|R|2|iobj to|T|5|mark wait|V|2|xcomp .|.|2|punct"),
         "told her", "to wait", ("told", "to wait")),
        (("Ode|P|2|nsubj put|V|0|root it|R|2|obj :|.|5|punct wait|V|2|ccomp .|.|2|punct"),
         "put it", "wait", ("put it", "wait")),
        (("Ode|P|2|nsubj asked|V|0|root|ask about|I|4|case money|N|2|obl .|.|2|punct"),
         "asked about", "money", ("asked about", "money")),
        (("Ode|P|2|nsubj warned|V|0|root|warn of|I|4|case floods|N|2|obl .|.|2|punct"),
         "warned of", "floods", ("warned", "of floods")),
        (("Ode|P|2|nsubj hinted|V|0|root|hint at|I|5|case a|D|5|det deal|N|2|obl .|.|2|punct"),
         "hinted at", "a deal", ("hinted at", "a deal")),
    ],
)  # fmt: skip
def test_what_belongs_to_the_cue(sentence, cue, content, wanted):
    analysis = parsed(sentence, names=NAMES)
    analysis = replace(analysis, learned=(learned(analysis.text, content, cue, "Ode"),))
    (draft,) = proposed(analysis, ())
    assert (draft.cue.of(analysis.text), draft.content[0].of(analysis.text)) == wanted


@pytest.mark.parametrize(
    ("sentence", "source", "cue", "kept"),
    [
        (("According|V|4|advcl|according to|I|1|fixed the|D|4|det data|N|6|obl fares|N|6|nsubj rose|V|0|root "
          ".|.|6|punct"), "the data", "According to", True),
        (("The|D|2|det data|N|3|nsubj|datum show|V|0|root|show fares|N|5|nsubj rose|V|3|ccomp .|.|3|punct"),
         "The data", "show", False),
        (("A|D|2|det number|N|5|nsubj of|I|4|case members|N|2|nmod|member claim|V|0|root|claim fares|N|7|nsubj "
          "rose|V|5|ccomp .|.|5|punct"), "A number of members", "claim", True),
        (("A|D|2|det number|N|5|nsubj of|I|4|case events|N|2|nmod|event suggest|V|0|root|suggest fares|N|7|nsubj "
          "rose|V|5|ccomp .|.|5|punct"), "A number of events", "suggest", False),
    ],
)  # fmt: skip
def test_who_can_be_the_origin_of_a_report(sentence, source, cue, kept):
    analysis = parsed(sentence)
    analysis = replace(analysis, learned=(learned(analysis.text, "fares rose", cue, source),))
    assert bool(proposed(analysis, ())) is kept


@pytest.mark.parametrize(
    ("headline", "who"),
    [
        ("Canal|N|2|compound judge|N|3|nsubj resigns|V|0|root", {"Ode"}),
        ("Water|N|2|compound firm|N|3|nsubj resigns|V|0|root", {"Orv Water"}),
        ("Baker|N|2|nsubj resigns|V|0|root", {"Baker"}),
    ],
)
def test_a_headline_means_whom_the_story_names(headline, who):
    analysis = parsed(
        headline,
        "¶",
        "The|D|2|det judge|N|6|nsubj ,|.|4|punct Ode|P|2|appos ,|.|4|punct saw|V|0|root Orv|P|8|compound Water|P|6|obj",
        names={"Ode": "person", "Orv Water": "organization"},
    )
    source = analysis.text[: analysis.text.index(" resigns")]
    assert of(analysis, told(analysis, source, "resigns", "saw"))[0] == [who]


@pytest.mark.parametrize(
    ("firm", "about"),
    [
        (
            "his|R|4|nmod:poss firm|N|8|nsubj ,|.|7|punct Orv|P|7|compound Steel|P|4|appos ,|.|4|punct",
            {"Orv Steel"},
        ),
        (
            "his|R|4|nmod:poss firm|N|8|nsubj ,|.|7|punct which|R|7|nsubj grew|V|4|acl:relcl ,|.|4|punct",
            {"his firm"},
        ),
    ],
)
def test_his_firm_is_the_one_named_beside_it_and_no_other(firm, about):
    analysis = parsed(
        "Norvik|P|2|nsubj closed|V|0|root .|.|2|punct",
        f"Ode|P|2|nsubj says|V|0|root|say {firm} lied|V|2|ccomp .|.|2|punct".replace("|8|nsubj", "|9|nsubj"),
        names={"Norvik": "organization", "Ode": "person", "Orv Steel": "organization"},
    )
    content = analysis.text[analysis.text.index("his") : -1]
    assert of(analysis, told(analysis, "Ode", "says", content))[1] == [about]


def test_a_title_before_a_name_is_its_role_even_with_two_subjects():
    analysis = parsed(
        "Judge|P|4|nsubj Ada|P|4|nsubj Ode|P|2|flat ruled|V|0|root it|R|6|nsubj fell|V|4|ccomp .|.|4|punct",
        names={"Ada Ode": "person"},
    )
    _, _, (ode,) = of(analysis, told(analysis, "Judge Ada Ode", "ruled", "it fell"))
    assert (ode.name, ode.role.text) == ("Ada Ode", "Judge")


@pytest.mark.parametrize(
    ("noun", "about"), [("strike|N|2|obj|strike", set()), ("clerk|N|2|obj|clerk", {"the clerk"})]
)
def test_which_is_a_party_where_it_is_somebody(noun, about):
    analysis = parsed(
        f"Ode|P|2|nsubj saw|V|0|root|see the|D|4|det {noun} which|R|7|obj Brandt|P|7|nsubj blames|V|4|acl:relcl|blame "
        "Orvia|P|7|obj for|I|8|case",
        names=NAMES,
    )
    found = of(analysis, told(analysis, "Brandt", "blames", "for", "accusation"))
    assert found[1] == [{"Orvia"} | about]


def test_a_body_that_takes_somebody_in_admits_nothing():
    sentence = (
        "Orvia|P|2|nsubj admits|V|0|root|admit|VBZ members|N|2|obj|member :|.|5|punct Belmar|P|2|ccomp and|C|7|cc "
        "Lowick|P|5|conj .|.|2|punct"
    )
    analysis = parsed(sentence, names={**NAMES, "Lowick": "place"})
    assert attribute(document(analysis.text), analysis) == ()


@pytest.mark.parametrize(("verb", "kept"), [("back", False), ("fund", True)])
def test_to_back_somebody_is_a_deed(verb, kept):
    analysis = parsed(f"Allies|N|2|nsubj {verb}|V|0|root|{verb} the|D|4|det bank|N|2|obj .|.|2|punct")
    analysis = replace(analysis, learned=(learned(analysis.text, "the bank", verb, "Allies"),))
    assert bool(proposed(analysis, ())) is kept
