"""Reports without a cue: “Mayor: no new taxes”, “No new taxes - mayor”, Brandt — “No deal.”."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, head_of, tokens_in
from annotator.borders import trim
from annotator.claims import Claim
from annotator.cues import words
from annotator.model import READABLE, Document, Paragraph, Span
from annotator.phrases import noun_phrase
from annotator.quotes import Quote, joined
from annotator.reported import is_event
from annotator.roles import noun_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLON = re.compile(r"(?P<who>[^:.!?\n]{2,60}):\s+(?P<what>\S.*)", re.DOTALL)
_DASH_AFTER = re.compile(r"(?P<what>.+\S)\s+(?:-{1,2}|–|—|―)\s*(?P<who>[^-–—―.!?:]{2,45})\s*", re.DOTALL)
_DASH_BEFORE = re.compile(r"(?P<who>[^.!?:–—―\"“”]{2,60}?)\s*(?:--|–|—|―|-(?=\s))\s*$")
# A transcript's speakers: THORNE, Q, A (Radio Nine), or a handle of one capitalised word.
_TURN = re.compile(
    r"[QA](?: \([^()]+\))?|[A-Z][A-Z.'’ -]+|(?!Photo|Video|Picture|Image|Note|Correction)[A-Z]\w{2,20}"
)
# Who speaks in a line of a transcript; and so many such lines make one.
_SPEAKER = re.compile(r"(?P<who>[^:.!?\n\d“”\"]{1,40}?\.?):\s+(?P<what>[^\s\"“”'‘’«„].*\w.*)", re.DOTALL)
_EXCHANGE = 3
_LETTER = re.compile(r"[^\W\d_]")
_QUOTED = re.compile(r"\s*(?P<quote>[“‘\"'][^“”\"\n]{8,}?[”’\"'])\s*(?::.*)?\s*$", re.DOTALL)
_SENTENCE = 4
_HANDLE = re.compile(r"(?<!\w)@\w{2,}")
_POSTED = re.compile(r"(?:--?|–|—|―)\s*(?P<who>[A-Z][^@\n]{1,50}\(@\w{2,}\))(?:[ ,·]+[\w ,:.]{1,25})?")
_POSTS = re.compile(r"(?P<who>[A-Z][^@\n(]{1,50}(?:@\w{2,}|\(@\w{2,}\)))(?:\s*[·•|]\s*[\w ,:.]{1,25})?")
_WE = re.compile(r"\b(?:we|I|my|our)\b|\b(?:We|My|Our)\b")
_TITLED = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Judge|Counsel)\b\.?")
# What may stand before the noun for whoever speaks.
_LEADING = frozenset({"ADJ", "DET", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT"})
_NAMING = frozenset({"PROPN", "NOUN", "ADJ", "DET", "ADP", "PART", "NUM", "PUNCT", "CCONJ", "PRON"})


def find_turns(document: Document, analysis: Analysis, quotes: Sequence[Quote]) -> tuple[Claim, ...]:
    """The claims that a colon or a dash beside a name marks, in headlines, and in the body where marks follow."""
    out: list[Claim] = []
    for paragraph in document.paragraphs:
        if paragraph.kind == "headline":
            # A pull quote has no stop at its end, as a headline has none.
            out.extend(tuple(_headline(analysis, paragraph)) or _signed(analysis, paragraph, quotes))
        elif paragraph.kind == "body":
            out.extend(_signed(analysis, paragraph, quotes))
    return (*out, *_transcript(document, analysis), *_embedded(document, analysis))


def _embedded(document: Document, analysis: Analysis) -> Iterator[Claim]:
    """Posts that a page shows as they were: above or below the words a line with who posts and the handle.

    “Dig on! ¶ — Ana Ode (@anaode) May 4”, “Ana Ode @anaode · 2h ¶ Dig on!”
    """
    read = [p for p in document.paragraphs if p.kind in READABLE]
    for above, below in pairwise(read):
        for line, post, pattern in ((below, above, _POSTED), (above, below, _POSTS)):
            m = pattern.fullmatch(line.span.of(analysis.text).strip())
            if m is None or _HANDLE.search(post.span.of(analysis.text)):
                continue
            who = line.start + m.start("who")
            whole = trim(analysis.text, post.span)
            if whole is not None:
                yield Claim((whole,), None, Span(who, line.start + m.end("who")), "signature", 0.7)


def _transcript(document: Document, analysis: Analysis) -> Iterator[Claim]:
    """The lines of an exchange that is printed without quotation marks: “Ms Ode: Where was it?”, “Q: Why?”.

    A lone “Note: bring a coat” is none: there have to be three such lines, and somebody who speaks twice.
    """
    lines = [
        (m, p)
        for p in document.paragraphs
        if p.kind == "body" and (m := _SPEAKER.fullmatch(p.span.of(analysis.text).rstrip())) is not None
    ]
    speaking = [
        (m, trim(analysis.text, Span(p.start + m.start("who"), p.start + m.end("who"))), p) for m, p in lines
    ]
    turns = [(m, who, p) for m, who, p in speaking if who is not None and _takes_turns(analysis, who)]
    names = [who.of(analysis.text) for _, who, _ in turns]
    told = [m for m, _, _ in turns if _LETTER.search(m["what"])]
    # “Ode: 1,769 ¶ Lund: 1,501 ¶ Ode: 46”: a count.
    if len(turns) < _EXCHANGE or len(set(names)) in (1, len(names)) or 2 * len(told) < len(turns):
        return
    for m, who, p in turns:
        whole = trim(analysis.text, Span(p.start + m.start("what"), p.start + m.end("what")))
        if whole is not None:
            end = whole.end + analysis.text[whole.end : p.end].startswith(("?", "!", "…"))
            yield Claim((Span(whole.start, end),), None, who, "turn", 0.7)


def _takes_turns(analysis: Analysis, who: Span) -> bool:
    words = who.of(analysis.text)
    return bool(_TURN.fullmatch(words) or _TITLED.match(words)) or _names_a_speaker(analysis, who)


def _headline(analysis: Analysis, paragraph: Paragraph) -> Iterator[Claim]:
    text = paragraph.span.of(analysis.text)
    for pattern, rule in ((_COLON, "colon"), (_DASH_AFTER, "dash")):
        m = pattern.fullmatch(text.strip())
        if m is None:
            continue
        at = paragraph.start + len(text) - len(text.lstrip())
        who = trim(analysis.text, Span(at + m.start("who"), at + m.end("who")))
        what = trim(analysis.text, Span(at + m.start("what"), at + m.end("what")))
        if (
            who
            and what
            and not is_event(analysis.text, who)
            and (
                _names_a_speaker(analysis, who, place=_speaks_as_we(what.of(analysis.text)))
                or _is_paper(analysis, who)
            )
        ):
            yield Claim((what,), None, who, rule, 0.6)
            return
    yield from _said_by_nobody(analysis, paragraph)


def _speaks_as_we(words: str) -> bool:
    """Whether somebody speaks of himself: “Orv: *we* have won”."""
    return _WE.search(words) is not None


def _is_paper(analysis: Analysis, who: Span) -> bool:
    """Whether a document of some kind stands before a colon: “Leaked memo”; “Opinion” alone heads a column."""
    inside = tokens_in(analysis, who)
    written = bool(inside) and analysis.tokens[inside[-1]].lemma.lower() in words("document")
    naming = (analysis.tokens[i].upos in _NAMING or analysis.tokens[i].xpos == "VBN" for i in inside)
    return written and len(inside) > 1 and all(naming)


def _said_by_nobody(analysis: Analysis, paragraph: Paragraph) -> Iterator[Claim]:
    """A headline that is a sentence in marks, or opens with one and a colon: “‘It will hold’: a year on the dam”."""
    text = paragraph.span.of(analysis.text)
    # “The Night Bus, episode nine: “I sold it to a dentist””: a heading before the colon.
    m = _QUOTED.match(text) or _QUOTED.match(text, text.find(": ") + 1)
    if m is None:
        return
    quote = Span(paragraph.start + m.start("quote"), paragraph.start + m.end("quote"))
    inside = [analysis.tokens[i] for i in tokens_in(analysis, quote)]
    finite = any(t.upos in ("VERB", "AUX") and t.xpos not in ("VBG", "VBN", "VB") for t in inside)
    long = sum(t.upos != "PUNCT" for t in inside)
    who = _behind_colon(analysis, Span(quote.end, paragraph.end))
    if (finite and long >= _SENTENCE) or (
        who is not None and long > 2 and not quote.of(analysis.text)[1:].istitle()
    ):
        yield Claim((quote,), None, who, "headline", 0.6 if who else 0.4)


def _behind_colon(analysis: Analysis, rest: Span) -> Span | None:
    """Who speaks above a story on him: “‘I saw it’: *the clerk* who stayed”, “‘Nobody rang’: *Ode* on the flood”."""
    inside = tokens_in(analysis, rest)
    if not inside or analysis.tokens[inside[0]].text != ":":
        return None
    for i in inside[1:]:
        token = analysis.tokens[i]
        after = analysis.tokens[i + 1].text if i + 1 < inside.stop else ""
        if token.upos not in _LEADING:
            return None
        named = next((m for m in analysis.mentions if m.end == token.end and m.kind != "place"), None)
        noun = noun_of(analysis, i) if token.upos == "NOUN" else None
        if (named is None and noun is None) or after in ("'s", "’s", "-"):
            continue
        begin = analysis.tokens[inside[1]].start
        told = noun_phrase(analysis, i) if after in ("of", "who", "whose") else None
        return Span(begin, token.end if told is None or told.end > rest.end else told.end)
    return None


def _signed(analysis: Analysis, paragraph: Paragraph, quotes: Sequence[Quote]) -> Iterator[Claim]:
    """A quotation with a name and a colon or dash before it, or a dash and a name after it, filling a paragraph."""
    text = analysis.text
    for group in joined(text, quotes):
        inside = [q.span for q in group if paragraph.start <= q.start and q.end <= paragraph.end]
        if not inside or inside[0] != group[0].span:
            continue
        before = text[paragraph.start : inside[0].start]
        after = text[inside[-1].end : paragraph.end]
        # “Winds will rise. Ana Ode, head of the office: “Stay in.””
        lead = re.search(
            r"(?:^|[.!?”\"’]\s)\s*(?P<who>[^:.!?\n]{1,60}):\s*$", before
        ) or _DASH_BEFORE.fullmatch(before)
        tail = re.fullmatch(r"\s*(?:--?|–|—|―)\s*(?P<who>[^!?\n]{2,80}?)\.?\s*", after)
        m, base = (lead, paragraph.start) if lead else (tail, inside[-1].end)
        if m is None:
            continue
        who = trim(text, Span(base + m.start("who"), base + m.end("who")))
        if who is not None and "," in who.of(text) and not _names_a_speaker(analysis, who):
            # “A reader of the Post, in a letter, June”.
            who = Span(who.start, who.start + who.of(text).index(","))
        bare = lead is not None and not after.strip() and who is not None and _is_proper(analysis, who)
        if who is not None and (
            _names_a_speaker(analysis, who) or bare or (lead and _TURN.fullmatch(who.of(text)))
        ):
            yield Claim(tuple(q.span for q in group), None, who, "signature", 0.7)


def _is_proper(analysis: Analysis, who: Span) -> bool:
    """Whether a few words are a name that the model did not see, and no dateline: “Orlo Capital - “Too late.””."""
    inside = tokens_in(analysis, who)
    placed = any(m.kind == "place" and m.span.overlaps(who) for m in analysis.mentions)
    proper = all(analysis.tokens[i].upos == "PROPN" for i in inside) and not who.of(analysis.text).isupper()
    return 1 < len(inside) < _SENTENCE + 1 and proper and not placed


def _names_a_speaker(analysis: Analysis, span: Span, *, place: bool = False) -> bool:
    """Whether a few words name a person, a body or a role and are no sentence: "Harbour union", "Brandt (clerk)".

    With `place` a place too, or a name that the model did not see: it may have made nothing of somebody's surname.
    """
    inside = tokens_in(analysis, span)
    if not 1 <= len(inside) <= 10 or any(analysis.tokens[i].upos not in _NAMING for i in inside):
        return False
    named = any(m.span.overlaps(span) and (place or m.kind != "place") for m in analysis.mentions)
    named = named or (place and all(analysis.tokens[i].upos == "PROPN" for i in inside))
    head = head_of(analysis, inside)
    lemmas = {
        analysis.tokens[i].lemma.lower() for i in inside if analysis.tokens[i].upos in ("NOUN", "PROPN")
    }
    if lemmas & words("furniture"):
        return False
    roles = words("person") | words("organization") | words("group")
    last = analysis.tokens[head if head is not None else inside[-1]].lemma.lower().removeprefix("ex-")
    whole = any(m.start <= span.start and span.end <= m.end for m in analysis.mentions)
    noun = noun_of(analysis, inside[-1]) if head in (None, inside[-1]) else None
    known = noun is not None and noun.kind in ("person", "group", "organization")
    return named or whole or last in roles or known
