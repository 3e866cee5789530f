"""Who says a report, as far as the words reach: a source made whole, and what is no source at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.analysis import head_of, subtree, tokens_in
from annotator.contents import unbroken
from annotator.cues import among
from annotator.model import Span
from annotator.phrases import child, has_a_mind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis
    from annotator.quotes import Quote
    from annotator.reported import Draft

# Where something is written or said, behind whoever does.
_MEDIUM = re.compile(
    r" (?:on (?:X|Twitter|Facebook|Instagram|Telegram|TikTok|Truth Social|Weibo|LinkedIn|Reddit|social media)"
    r"|in an? (?:[\w-]+ )?(?:e-?mail|filing|interview|letter|message|note|post|speech|statement|tweet|video)\b[^,]*"
    r"|at an? (?:news|press) conference[^,]*|outside (?:the |his |her |their )?[\w-]+(?: \w+)?)$"
)
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_SEASONS = r"(?:spring|summer|autumn|fall|winter)"
# When somebody says it, before the verb: “the coach *on Sunday* said”.
_WHEN = re.compile(
    rf",? (?:(?:(?:early|late|earlier) )?(?:on )?{_DAYS}(?: (?:morning|afternoon|evening|night|last week))?"
    r"(?: (?:in|at) (?:the )?[\w-]+(?: [A-Z][\w-]+)?)?"
    rf"|on (?:\d\d? )?{_MONTHS}(?: \d\d?)?(?:,? (?:19|20)\d\d)?"
    rf"|in (?:early |late |mid-)?(?:{_MONTHS}|(?:the )?{_SEASONS})(?: (?:of )?(?:19|20)\d\d)?"
    r"|in (?:early |late )?(?:19|20)\d\d"
    rf"|(?:(?:earlier|late|early) )?(?:last|this) (?:week|month|year|night|morning|afternoon|evening|{_DAYS}|{_SEASONS}"
    rf"|{_MONTHS})|yesterday|today|tonight|tomorrow"
    r"|(?:a (?:few|couple of)|a|\w+) (?:days?|weeks?|months?|years?) (?:ago|later|earlier))$"
)
# Papers that are called after their day, and what is left where the model took a part of a time for the source.
_PAPER = re.compile(
    r"\b(?:Express|Herald|Independent|Mail|Mirror|Post|Scotland|Star|Sun|Telegraph|Times|Wales) on Sunday$"
)
_LEFT_OVER = re.compile(r" (?:on|late|early|,? ?for (?:its|his|her|their) part)$")
# Relations by which a word leads on to a noun after it, which is so many words away at most.
_LEADS_ON = ("det", "amod", "compound", "nummod", "nmod:desc", "nmod:poss", "cc")
_PHRASE = 4


def whole_source(analysis: Analysis, source: Span, draft: Draft) -> Span:
    """The source up to the noun that its last word belongs to, and to a name that the noun stands for.

    "The *agency*", "Sister *Mara*", "Ode and *Brandt*"; "Counsel for the board, *Mara Ode*, asked".
    """
    inside = tokens_in(analysis, source)
    end = source.end
    if inside and analysis.tokens[inside[-1]].deprel in _LEADS_ON:
        last, tokens = inside[-1], analysis.tokens
        above = tokens[last].head
        if last < above <= last + _PHRASE:
            while above + 1 < len(tokens) and tokens[above + 1].deprel == "flat":
                above += 1
            end = tokens[above].end
    end = max(unbroken(analysis, Span(source.start, end)).end, _end_of_clause(analysis, inside, end))
    end = max(end, _end_of_reason(analysis, inside, draft.cue))
    after = Span(end + 2, end + 3)
    name = next((m for m in analysis.mentions if m.start == after.start and m.kind == "person"), None)
    if name is not None and draft.cue is not None and 0 <= draft.cue.start - name.end <= len(", "):
        beside = analysis.text[end : end + 2] == ", " and analysis.text[name.end : name.end + 1] == ","
        end = name.end if beside else end
    whole = _without_medium(analysis.text, Span(source.start, end))
    whole = _without_time(analysis, whole, draft.cue)
    taken = [s for s in (draft.cue, *draft.content) if s is not None]
    return source if any(whole.overlaps(t) and not source.overlaps(t) for t in taken) else whole


def _end_of_reason(analysis: Analysis, inside: range, cue: Span | None) -> int:
    """The end of a clause of whose first word a source ends in: “a clerk who asked not to be named *because* she …”."""
    mark = analysis.tokens[inside[-1]] if inside else None
    if mark is None or cue is None or mark.deprel != "mark" or mark.upos != "SCONJ":
        return 0
    end = analysis.tokens[
        max(i for i in subtree(analysis, mark.head) if analysis.tokens[i].upos != "PUNCT")
    ].end
    return end if end <= cue.start else 0


def _without_medium(text: str, source: Span) -> Span:
    """The source without where he says it: “one fan *on X*”, “a resident *in a post*”, “Ode *outside the court*”."""
    found = _MEDIUM.search(text, source.start, source.end)
    return Span(source.start, found.start()) if found is not None and found.start() > source.start else source


def _without_time(analysis: Analysis, source: Span, cue: Span | None) -> Span:
    """The source without when he says it: “the coach *on Sunday* said”.

    “A guard who left *on Sunday*” and “the Mail *on Sunday*” are whole, and what the time tells apart: “the class of
    *2015*”. What is left of a time, “the union *on*”, is no part of it either.
    """
    if cue is None or source.end > cue.start:
        return source
    loose = _LEFT_OVER.search(analysis.text, source.start, source.end)
    if loose is not None and loose.start() > source.start:
        return Span(source.start, loose.start())
    found = _WHEN.search(analysis.text, source.start, source.end)
    if found is None or found.start() <= source.start or _PAPER.search(source.of(analysis.text)):
        return source
    named, when = (tokens_in(analysis, Span(*ends)) for ends in ((source.start, found.start()), found.span()))
    who, time = head_of(analysis, named), head_of(analysis, when)
    if who is None or time is None or not _tells_time(analysis, time, who, cue):
        return source
    plain = all(
        analysis.tokens[i].upos not in ("VERB", "AUX") and analysis.tokens[i].head not in when for i in named
    )
    return Span(source.start, found.start()) if plain and has_a_mind(analysis, who) else source


def _tells_time(analysis: Analysis, time: int, who: int, cue: Span) -> bool:
    """Whether a day hangs on somebody or on what he does, and is no part of a name."""
    token = analysis.tokens[time]
    verb = token.head >= 0 and cue.start <= analysis.tokens[token.head].start < cue.end
    return (token.head == who or verb) and token.deprel not in ("flat", "compound")


def _end_of_clause(analysis: Analysis, inside: range, end: int) -> int:
    """The end of a relative clause in the midst of which a source ends: “a farmer *who says* he voted for Ode”."""
    tokens = analysis.tokens
    if len(inside) < 2 or tokens[inside[-1]].upos not in ("VERB", "AUX", "PRON"):
        return end
    verb = inside[-1] if tokens[inside[-1]].upos != "PRON" else tokens[inside[-1]].head
    who = next((k for k in analysis.children[verb] if k in inside and tokens[k].text.lower() == "who"), None)
    last = max(subtree(analysis, verb)) if who is not None else -1
    ended = last >= 0 and tokens[last].upos == "PUNCT"
    return max(end, tokens[last - ended].end) if last >= 0 else end


def spoken_inside(cue: Span, source: Span, quotes: Sequence[Quote]) -> bool:
    """Whether a cue is what somebody says and not what says it: Ode: “*I know* who did it”."""
    around = [q.span for q in quotes if q.closed and q.start <= cue.start and cue.end <= q.end]
    return bool(around) and not any(source.overlaps(q) for q in around)


def overheard(analysis: Analysis, verb: int) -> int | None:
    """Who is caught in the act of saying: “*Ode* can be heard yelling that he is hurt”."""
    speaking = child(analysis, verb, "xcomp")
    caught = among(analysis.tokens[verb], "catching") and speaking is not None
    return (
        child(analysis, verb, "nsubj:pass")
        if caught and analysis.tokens[speaking or 0].xpos == "VBG"
        else None
    )


def is_claim_noun(analysis: Analysis, source: Span) -> bool:
    """Whether the source is itself a claim: “the claims include suspicions of fraud”."""
    head = head_of(analysis, tokens_in(analysis, source))
    if head is None or analysis.tokens[head].text.lower() == "accounts":
        # “According to the company's *accounts*”: its books.
        return False
    return among(analysis.tokens[head], "claim") and not among(analysis.tokens[head], "document")


def without_article(analysis: Analysis, source: Span, cue: Span | None) -> Span:
    """A body that stands before its claim without the claim's own article: “a *government* request to wait”."""
    inside = tokens_in(analysis, source)
    claim = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if claim is None or len(inside) < len(("a", "body")) or inside.stop != claim:
        return source
    first = analysis.tokens[inside[0]]
    body, noun = analysis.tokens[inside[1]].upos, analysis.tokens[claim].upos
    own = first.upos == "DET" and first.head == claim and body == noun == "NOUN"
    return Span(analysis.tokens[inside[1]].start, source.end) if own else source
