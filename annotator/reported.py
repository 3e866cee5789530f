"""An attribution in the making, and whether it reports anybody.

“The board *vetoed* the plan” tells of a deed, “recent figures *show*” of a fact, “*believe me*, it will fall” speaks to
the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.analysis import head_of, tokens_in
from annotator.borders import MARKS
from annotator.cues import among, cue_at, frame_of, is_passive
from annotator.objects import is_informant, is_no_report
from annotator.phrases import child, has_a_mind, markers, subject, testifies

if TYPE_CHECKING:
    from annotator.analysis import Analysis, Token
    from annotator.model import Span

# What the model is so sure of it was taught by people: what a rule says against it comes from the parse.
SURE = 0.8
# How somebody asks to stay out of the story.
_UNNAMED = re.compile(
    r"(?:(?:not )?to be|to remain|to stay|for) (?:named|identified|quoted|anonymous|anonymity)"
    r"|not to (?:print|publish|use|give) (?:his|her|their) names?"
)
# What can threaten in somebody's words.
_WRITTEN = frozenset({
    "broadcast", "call", "e-mail", "email", "leaflet", "letter", "memo", "message", "note", "post", "statement", "text",
    "tweet", "ultimatum", "video", "voicemail",
})  # fmt: skip
# What is only done with these: “confirmed the nominee”, “recalled its envoy”.
_TAKES = {
    "confirm": frozenset({"appointment", "judge", "justice", "nomination", "nominee"}),
    "recall": frozenset(
        {"ambassador", "car", "envoy", "pickup", "product", "toy", "truck", "van", "vehicle"}
    ),
}
# What gives rise to something in others.
_RAISES = frozenset({"fuel", "heighten", "prompt", "raise", "renew", "spark", "stoke", "trigger"})
# What a headline tells of before its colon, and nobody who speaks: “Storm Ana: ferries stay in port”.
_EVENT = re.compile(r"(?:Cyclone|Hurricane|Operation|Storm|Typhoon) [A-Z]\w+:")
# What signs do, and who would have them.
_POINTS = frozenset({"imply", "indicate", "prove", "show", "suggest", "support"})
_SIGNS = frozenset({"evidence", "indication", "proof", "reason", "sign"})
_TELLING = frozenset(
    {
        "answer",
        "clue",
        "comment",
        "detail",
        "evidence",
        "explanation",
        "information",
        "proof",
        "reason",
        "timetable",
    }
)
_GIVES = frozenset({"cite", "give", "offer", "present", "provide", "show"})
_LOOKS = frozenset({"apparently", "evidently", "seemingly"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An attribution in the making: its spans, how sure we are, and who proposed it."""

    content: tuple[Span, ...]
    cue: Span | None
    source: Span | None
    score: float
    no_source: float
    origin: str

    @property
    def spoken(self) -> tuple[Span, ...]:
        """The cue and the source, those there are."""
        return tuple(s for s in (self.cue, self.source) if s is not None)


def is_spoken_to(analysis: Analysis, verb: int, source: Span) -> bool:
    """Whether a source is who a passive is done to: “*the crew* was told to wait”, “asked why, *Ode* shrugged”.

    Whoever hears a case says nothing either: “*the court* heard that he lied”; nor does what only makes others fear:
    “*the leak* raised fears that it would burst”.
    """
    if _only_hears(analysis, verb, source) or _only_raises(analysis, verb):
        return True
    if _is_caught(analysis, verb):
        return False
    held = (row := cue_at(analysis, verb)) is not None and row.kind == "state"
    # “*They* were incensed that it broke”
    held = held or among(analysis.tokens[verb], "feeling")
    if held or analysis.tokens[verb].upos != "VERB" or not is_passive(analysis, verb):
        return False
    patients = [child(analysis, verb, "nsubj:pass", "nsubj")]
    if analysis.tokens[verb].deprel == "acl":
        # “Lund believed to have left”, for a headline's whole sentence
        patients.append(analysis.tokens[verb].head)
    if analysis.tokens[verb].deprel == "advcl":
        patients.append(child(analysis, analysis.tokens[verb].head, "nsubj"))
    return any(p is not None and source.start <= analysis.tokens[p].start < source.end for p in patients)


def _only_hears(analysis: Analysis, verb: int, source: Span) -> bool:
    """Whether a source is a court or an inquiry to which somebody tells what is reported."""
    who = head_of(analysis, tokens_in(analysis, source))
    hears = analysis.tokens[verb].lemma.lower() == "hear"
    return hears and who is not None and among(analysis.tokens[who], "hearer")


def _is_caught(analysis: Analysis, verb: int) -> bool:
    """Whether others hear or quote what somebody says: “he *can be heard saying*”, “she *is quoted as* calling it”."""
    if not among(analysis.tokens[verb], "catching") or not is_passive(analysis, verb):
        return False
    below = [analysis.tokens[k] for k in analysis.children[verb] if k > verb]
    saying = any(t.xpos == "VBG" and t.deprel in ("xcomp", "advcl", "ccomp") for t in below)
    return saying or any(t.xpos == "VBG" for t in analysis.tokens[verb + 1 : verb + 3])


def _only_raises(analysis: Analysis, cue: int) -> bool:
    """Whether a cue is a feeling that something gives rise to, in nobody who is told: “*raising fears* of a flood”."""
    tokens = analysis.tokens
    raising = tokens[cue].head if tokens[cue].deprel == "obj" else cue
    if raising < 0 or tokens[raising].lemma.lower() not in _RAISES:
        return False
    who = subject(analysis, raising)
    if who is not None and has_a_mind(analysis, who):
        return False
    felt = [k for k in analysis.children[raising] if tokens[k].deprel == "obj" and among(tokens[k], "felt")]
    return any(child(analysis, k, "nmod:poss") is None for k in felt)


def is_event(text: str, who: Span) -> bool:
    """Whether what stands before a colon has a name and no voice: “Storm Ana: ferries stay in port”."""
    return _EVENT.match(text, who.start) is not None


def is_report(analysis: Analysis, draft: Draft) -> bool:
    """Whether somebody is reported, and not a deed or a mere fact: "recent figures show", "the firm vetoed".

    Where the model is sure, it knows better who has a mind and what is a deed.
    """
    if draft.cue is None:
        return draft.source is None or not is_event(analysis.text, draft.source)
    head = head_of(analysis, tokens_in(analysis, draft.cue))
    if (
        head is None
        or analysis.tokens[head].deprel == "case"
        or analysis.tokens[head].text.lower() == "according"
    ):
        return True
    if _tells_nothing(analysis, head, draft):
        return False
    if _is_ruled(analysis, head, draft):
        return False
    barred = (_has_no_mind, _is_in_danger, _is_deed)
    return draft.score >= SURE or not any(told(analysis, head, draft) for told in barred)


def _has_no_mind(analysis: Analysis, head: int, draft: Draft) -> bool:
    """Whether what a cue has for its source or its subject means nothing: “recent *figures* show”."""
    if draft.source is not None and _is_abstract(analysis, draft.source, head):
        return True
    beside = draft.source is None or _is_far(analysis, draft.source, head)
    who = subject(analysis, head) if analysis.tokens[head].upos == "VERB" and beside else None
    return who is not None and _is_abstract(analysis, analysis.tokens[who].span, head)


def _is_ruled(analysis: Analysis, head: int, draft: Draft) -> bool:
    """Whether a verb is a body's act and no words: “*upheld* the map”, “*confirmed* the nominee”, “*recalls* ten vans”.

    So is whom one telephones: “*called* Ode to concede”.
    """
    token, frame = analysis.tokens[head], frame_of(analysis, draft.content)
    lemma = token.lemma.lower()
    if token.upos != "VERB" or frame in ("that", "wh", "direct"):
        return False
    if lemma == "call":
        return _rings_up(analysis, head)
    if frame != "np":
        return among(token, "ruling")
    what = head_of(analysis, tokens_in(analysis, draft.content[0]))
    if what is None or lemma not in _TAKES:
        return among(token, "ruling")
    noun = analysis.tokens[what]
    counted = any(analysis.tokens[k].deprel == "nummod" for k in analysis.children[what])
    return noun.lemma.lower() in _TAKES[lemma] or (lemma == "recall" and counted)


def _rings_up(analysis: Analysis, verb: int) -> bool:
    """Whether somebody is called by telephone or to come, to do something: “called *Ode* to concede”."""
    tokens, below = analysis.tokens, analysis.children[verb]
    whom = next((k for k in below if tokens[k].deprel == "obj" and k > verb), None)
    purpose = (k for k in below if tokens[k].deprel in ("advcl", "xcomp") and k > verb)
    to = any("to" in markers(analysis, k) for k in purpose)
    person = whom is not None and (tokens[whom].upos in ("PROPN", "PRON") or has_a_mind(analysis, whom))
    plain = child(analysis, verb, "compound:prt") is None and tokens[verb + 1].upos != "ADP"
    return person and to and plain


def _is_deed(analysis: Analysis, head: int, draft: Draft) -> bool:
    """Whether a verb tells what was done and not what was said: “the firm *vetoed* the plan”."""
    token = analysis.tokens[head]
    is_deed = token.upos == "VERB" and (among(token, "act") or _takes_in(analysis, token, draft))
    return is_deed and frame_of(analysis, draft.content) not in ("that", "wh", "direct", "to")


def stands_alone(analysis: Analysis, piece: Span) -> bool:
    """Whether words that nobody says are a quotation or begin a sentence, as a post; not “it is unclear *who paid*”."""
    inside = tokens_in(analysis, piece)
    if not inside or any(mark in piece.of(analysis.text) for mark in MARKS):
        return bool(inside)
    first = analysis.sentences[analysis.sentence_of[inside.start]].first
    return all(analysis.tokens[i].upos == "PUNCT" for i in range(first, inside.start))


def _is_far(analysis: Analysis, source: Span, verb: int) -> bool:
    """Whether a source stands in another sentence than its verb: “The board left. *The success shows* that it can”."""
    sentence = analysis.sentences[analysis.sentence_of[verb]]
    return not sentence.start <= source.start < sentence.end


def _tells_nothing(analysis: Analysis, verb: int, draft: Draft) -> bool:
    """Whether a cue only names the matter, the listener's wish or what somebody goes by, or reports nobody's words.

    “*Asked about* the delay, Ode shrugged”; “officials who *asked* not to be named”; “*known as* “the Finn””; “they
    *laughed about* the tea”.
    """
    token, said = analysis.tokens[verb], draft.content[0].of(analysis.text)
    asides = (_is_aside, _is_let, _is_to_the_reader, _is_wanting, _is_open, _gives_nothing)
    if any(told(analysis, verb) for told in asides):
        return True
    if _goes_on(analysis, verb, draft) or _asks_who(analysis, draft):
        return True
    frame = frame_of(analysis, draft.content)
    if frame == "np" and is_no_report(analysis, verb, draft.content[0], nobodys=draft.source is None):
        return True
    if is_informant(analysis, verb, draft.content):
        return True
    if token.lemma.lower() == "ask":
        unnamed = _UNNAMED.match(said) is not None
        bare = is_passive(analysis, verb) and child(analysis, verb, "aux:pass") is None
        return unnamed or (draft.source is None and bare and frame in ("about", "np"))
    if token.lemma.lower() == "know":
        return is_passive(analysis, verb) and frame in ("as", "direct", "np")
    if token.lemma.lower() == "name":
        # “The papers named her “Iron Ada””: a name, and nobody's words, unlike “named her as the owner”.
        return frame in ("np", "direct") and not is_passive(analysis, verb) and " as " not in said
    # Who laughs something *off* says what he thinks of it.
    off = draft.cue is not None and draft.cue.of(analysis.text).endswith(" off")
    return token.lemma.lower() == "laugh" and not off and frame in ("np", "at", "about")


def _is_aside(analysis: Analysis, adverb: int) -> bool:
    """Whether an adverb is how a deed looked to the writer: “he said so, *apparently* without blushing”."""
    token = analysis.tokens[adverb]
    if token.text.lower() not in _LOOKS or token.head < 0:
        return False
    deed = analysis.tokens[token.head]
    return (
        deed.xpos == "VBG"
        and deed.deprel.split(":")[0] in ("advcl", "acl")
        and child(analysis, token.head, "aux") is None
    )


def _is_let(analysis: Analysis, verb: int) -> bool:
    """Whether writer and reader only suppose something: “*Let’s say* you think it will rain”."""
    above = analysis.tokens[verb].head
    if above < 0 or analysis.tokens[above].lemma.lower() != "let":
        return False
    if child(analysis, above, "nsubj") is not None:
        # “They let us believe that it held”
        return False
    whom = child(analysis, above, "obj", "iobj") or child(analysis, verb, "nsubj")
    return whom is not None and analysis.tokens[whom].text.lower().lstrip("'’") in ("s", "us")


def _is_to_the_reader(analysis: Analysis, verb: int) -> bool:
    """Whether a writer nudges his readers: “*believe me*, it will fall”, “you *can bet* she knows”."""
    token, below = analysis.tokens[verb], [analysis.tokens[k] for k in analysis.children[verb]]
    told = any(t.text.lower() == "me" and t.deprel in ("obj", "iobj") for t in below)
    if token.lemma.lower() in ("believe", "trust"):
        return (
            told
            and token.xpos in ("VB", "VBP")
            and not any(t.deprel.startswith(("nsubj", "aux")) for t in below)
        )
    nudged = token.lemma.lower() in ("bet", "guess", "imagine") and any(
        t.text.lower() == "you" for t in below
    )
    return nudged and any(t.text.lower() in ("can", "could", "may") for t in below)


def _is_wanting(analysis: Analysis, verb: int) -> bool:
    """Whether there is nothing that would show it: “*nothing to suggest* that he ran”, “*without giving* proof”."""
    tokens, token = analysis.tokens, analysis.tokens[verb]
    marks = {tokens[k].text.lower() for k in analysis.children[verb] if tokens[k].deprel in ("mark", "case")}
    if token.lemma.lower() in _GIVES and "without" in marks:
        return True
    if token.lemma.lower() not in _POINTS or "to" not in marks or token.head < 0:
        return False
    near = (token.head, *(k for k in analysis.children[token.head] if tokens[k].deprel in ("obj", "nsubj")))
    noun = next((k for k in near if _is_sign(analysis, k)), None)
    below = {tokens[k].text.lower() for k in analysis.children[noun]} if noun is not None else set()
    return noun is not None and (
        tokens[noun].text.lower() == "nothing" or bool(below & {"no", "little", "any"})
    )


def _is_open(analysis: Analysis, verb: int) -> bool:
    """Whether somebody only might have said something, or asks to stay unnamed: “lawyers who *could comment* on it”."""
    what = child(analysis, verb, "obj")
    if what is not None and analysis.tokens[what].lemma.lower() == "anonymity":
        return True
    token, below = analysis.tokens[verb], [analysis.tokens[k] for k in analysis.children[verb]]
    may = any(t.text.lower() in ("can", "could", "may", "might") for t in below)
    held = any(t.lemma.lower() in ("not", "n't") for t in below)
    return token.lemma.lower() in ("comment", "speak") and may and not held


def _gives_nothing(analysis: Analysis, verb: int) -> bool:
    """Whether somebody tells nothing: “*offered no explanation* for it”, unlike “gave no details of the raid”."""
    what = child(analysis, verb, "obj")
    if analysis.tokens[verb].lemma.lower() not in ("offer", "provide") or what is None:
        return False
    below = {analysis.tokens[k].text.lower() for k in analysis.children[what]}
    return bool(below & {"no", "few", "little"}) and analysis.tokens[what].lemma.lower() in _TELLING


def _asks_who(analysis: Analysis, draft: Draft) -> bool:
    """Whether a sentence asks who it is: “*Who* is to blame for the leak is not clear”."""
    inside = tokens_in(analysis, draft.source) if draft.source is not None else range(0)
    if len(inside) != 1 or analysis.tokens[inside[0]].text.lower() not in ("who", "what"):
        return False
    return (
        "PronType=Rel" not in analysis.tokens[inside[0]].feats
        and analysis.tokens[inside[0]].text[0].isupper()
    )


def _is_sign(analysis: Analysis, index: int) -> bool:
    token = analysis.tokens[index]
    return token.text.lower() == "nothing" or token.lemma.lower() in _SIGNS


def _goes_on(analysis: Analysis, verb: int, draft: Draft) -> bool:
    """Whether a writer turns to his next point: “*Having said that*, Ode may win”."""
    having = any(analysis.tokens[k].text.lower() == "having" for k in analysis.children[verb])
    said = draft.content[0].of(analysis.text).lower() in ("that", "this")
    return analysis.tokens[verb].lemma.lower() == "say" and having and said


def _is_in_danger(analysis: Analysis, verb: int, draft: Draft) -> bool:
    """Whether a thing may do harm, that can mean none: “the storm *threatens* to sink it”; a union or a letter does."""
    who = subject(analysis, verb)
    if (
        who is None
        or analysis.tokens[verb].lemma.lower() != "threaten"
        or analysis.tokens[who].upos != "NOUN"
    ):
        return False
    minds = has_a_mind(analysis, who) or analysis.tokens[who].lemma.lower() in _WRITTEN
    return not minds and frame_of(analysis, draft.content) in ("to", "np")


def _takes_in(analysis: Analysis, verb: Token, draft: Draft) -> bool:
    """Whether a body takes somebody in: “the league admits two towns”; a fact would be admitted otherwise."""
    head = head_of(analysis, tokens_in(analysis, draft.content[0]))
    if (
        head is None
        or draft.content[0].start < verb.start
        or not among(verb, "receive")
        or frame_of(analysis, draft.content) != "np"
    ):
        return False
    token = analysis.tokens[head]
    named = any(m.start <= token.start < m.end for m in analysis.mentions)
    return named or token.upos == "PROPN" or any(among(token, k) for k in ("group", "person", "organization"))


def _is_abstract(analysis: Analysis, source: Span, verb: int) -> bool:
    head = head_of(analysis, tokens_in(analysis, source))
    if head is None or analysis.tokens[head].upos != "NOUN":
        return False
    # "Her opposite number, Karl Ode," is somebody.
    named = any(m.kind == "person" and m.span in source for m in analysis.mentions)
    beside = any(analysis.tokens[k].deprel == "appos" for k in analysis.children[head])
    return not (named and beside) and not testifies(analysis, verb, _counted(analysis, head))


def _counted(analysis: Analysis, head: int) -> int:
    """What a noun of quantity counts: “a number of *members* echo her”."""
    if analysis.tokens[head].lemma not in ("number", "share", "group", "range", "series"):
        return head
    return next((c for c in analysis.children[head] if analysis.tokens[c].deprel == "nmod"), head)
