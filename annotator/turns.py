"""Reports without a cue: “Mayor: no new taxes”, “No new taxes - mayor”, Brandt — “No deal.”, lone quotations."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, Sentence, head_of, tokens_in
from annotator.borders import trim
from annotator.claims import Claim
from annotator.cues import words
from annotator.model import READABLE, Document, Paragraph, Span
from annotator.nouns import nouns
from annotator.phrases import base, noun_phrase, speaks, subject
from annotator.quotes import Quote, joined
from annotator.roles import noun_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

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
_QUOTED = re.compile(r"\s*(?P<quote>[“‘\"'][^“”\"\n]{8,}?[”’\"'])\s*(?::.*)?\s*$", re.DOTALL)
_LINE = re.compile(r"[“\"][A-Z][A-Z.'’ -]+:")
_SENTENCE = 4
_HANDLE = re.compile(r"(?<!\w)@\w{2,}")
_POSTED = re.compile(r"(?:--?|–|—|―)\s*(?P<who>[A-Z][^@\n]{1,50}\(@\w{2,}\))(?:[ ,·]+[\w ,:.]{1,25})?")
_POSTS = re.compile(r"(?P<who>[A-Z][^@\n(]{1,50}(?:@\w{2,}|\(@\w{2,}\)))(?:\s*[·•|]\s*[\w ,:.]{1,25})?")
_WE = re.compile(r"\b(?:we|I|my|our)\b|\b(?:We|My|Our)\b")
_TITLED = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Judge|Counsel)\b\.?")
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
    if len(turns) < _EXCHANGE or len(set(names)) in (1, len(names)):
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
    m = _QUOTED.match(paragraph.span.of(analysis.text))
    if m is None:
        return
    quote = Span(paragraph.start + m.start("quote"), paragraph.start + m.end("quote"))
    inside = [analysis.tokens[i] for i in tokens_in(analysis, quote)]
    finite = any(t.upos in ("VERB", "AUX") and t.xpos not in ("VBG", "VBN", "VB") for t in inside)
    if finite and sum(t.upos != "PUNCT" for t in inside) >= _SENTENCE:
        yield Claim((quote,), None, None, "headline", 0.4)


def _signed(analysis: Analysis, paragraph: Paragraph, quotes: Sequence[Quote]) -> Iterator[Claim]:
    """A quotation with a name and a colon or dash before it, or a dash and a name after it, filling a paragraph."""
    text = analysis.text
    for group in joined(text, quotes):
        inside = [q.span for q in group if q.span in paragraph.span]
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
        if who is not None and (_names_a_speaker(analysis, who) or (lead and _TURN.fullmatch(who.of(text)))):
            yield Claim(tuple(q.span for q in group), None, who, "signature", 0.7)


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


def floating(
    analysis: Analysis,
    left: Sequence[tuple[Span, ...]],
    blocks: Sequence[Span],
    *,
    alone: Collection[Span] = (),
    every: bool = False,
) -> tuple[Claim, ...]:
    """Of the quotations that nobody was given those that are sentences: the sentence beside is about the speaker.

    He smiled. “For now.” gives “For now.” to "He"; there is no cue. Scare quotes and titles are no sentences. Of
    `alone` and of those that fill their paragraphs those too beside which nobody is spoken of, without a source; with
    `every` whatever they look like.
    """
    out = []
    for spans in left:
        fills = _fills(analysis.text, spans, blocks)
        taken = spans[0] in alone or fills
        whole = _is_sentence(analysis.text, spans, blocks)
        opens = _opens(analysis.text, spans, blocks)
        if every or whole or opens or (spans[0] in alone and spans[0] in blocks):
            source = _spoken_of_before(analysis, spans[0], blocks) if not opens or whole else None
            source = source or (_spoken_of_after(analysis, spans[-1], blocks) if opens else None)
            lone = fills and spans[0] not in alone
            source = source or (_last_spoken_of(analysis, spans[0], blocks) if lone else None)
            if source is not None or taken or every:
                out.append(Claim(spans, None, source, "floating", 0.5 if source else 0.3))
    return tuple(out)


def _is_sentence(text: str, spans: Sequence[Span], blocks: Sequence[Span]) -> bool:
    """Whether a quotation stands as a sentence of its own, between other sentences or alone in its paragraph."""
    block = next((b for b in blocks if spans[0] in b), None)
    if block is None:
        return False
    before = text[block.start : spans[0].start].rstrip()
    ends = _ends(text, spans) and (len(_bare(text, spans).split()) >= 2 or before.endswith("."))
    return ends and (not before or before[-1] in '.!?:"”’') and spans[0].of(text)[1:2].isupper()


def _bare(text: str, spans: Sequence[Span]) -> str:
    return spans[-1].of(text).rstrip("\"'”’»")


def _ends(text: str, spans: Sequence[Span]) -> bool:
    return _bare(text, spans).endswith((".", "!", "?", "…"))


def _opens(text: str, spans: Sequence[Span], blocks: Sequence[Span]) -> bool:
    """Whether a quotation, be it one word, begins its paragraph and another sentence follows: “Sold.” Ode laughs.

    A question may be somebody else's: “Sold?” She nodded.
    """
    block = next((b for b in blocks if spans[-1] in b), None)
    if (
        block is None
        or not _ends(text, spans)
        or _bare(text, spans).endswith("?")
        or not spans[0].of(text)[1:2].isupper()
    ):
        return False
    after = text[spans[-1].end : block.end].lstrip()
    return not text[block.start : spans[-1].start].strip() and after[:1].isupper()


def _fills(text: str, spans: Sequence[Span], blocks: Sequence[Span]) -> bool:
    """Whether a quotation is all of its paragraphs and more than a heading in single marks, and no transcript."""
    around = [b for s in (spans[0], spans[-1]) for b in blocks if s in b]
    if (
        not around
        or _LINE.match(spans[0].of(text))
        or spans[0].of(text)[0] not in '“"'
        or len(_bare(text, spans).split()) < _SENTENCE
    ):
        return False
    return (
        not text[around[0].start : spans[0].start].strip()
        and not text[spans[-1].end : around[-1].end].strip()
    )


def _spoken_of_before(analysis: Analysis, quote: Span, blocks: Sequence[Span]) -> Span | None:
    """The subject of the sentence before the quotation, if it is a person's name or pronoun, in the same paragraph.

    Where a colon leads up to the quotation that sentence is its own: “Ode waved the charge away: “In this town?””.
    """
    block = next((b for b in blocks if quote in b), quote)
    leads = analysis.text[: quote.start].rstrip().endswith(":")
    for sentence in reversed(analysis.sentences):
        here = leads and sentence.start < quote.start < sentence.end
        if (sentence.end > quote.start and not here) or sentence.start < block.start:
            continue
        return _person_of(analysis, sentence, Span(sentence.start, quote.start))
    return None


def _spoken_of_after(analysis: Analysis, quote: Span, blocks: Sequence[Span]) -> Span | None:
    """The person who is the subject of the sentence after the quotation in its paragraph: “Sold.” Ode laughs."""
    block = next((b for b in blocks if quote in b), quote)
    for sentence in analysis.sentences:
        if sentence.end > quote.end and sentence.start < block.end:
            return _person_of(analysis, sentence, Span(quote.end, sentence.end))
    return None


def _last_spoken_of(analysis: Analysis, quote: Span, blocks: Sequence[Span]) -> Span | None:
    """The person of whom the last sentence of the paragraph before speaks, for a quotation that has its own.

    The subject, else the last that any verb has, else who it was: “It was Ana Ode who built it.”
    """
    before = [b for b in blocks if b.end <= quote.start]
    last = [
        s for s in analysis.sentences if before and before[-1].start <= s.start and s.end <= before[-1].end
    ]
    if not last:
        return None
    inside = range(last[-1].first, last[-1].last)
    subjects = [i for i in inside if base(analysis.tokens[i].deprel) == "nsubj" and _is_person(analysis, i)]
    roots = [analysis.tokens[i].start for i in inside if analysis.tokens[i].head == -1]
    was = [
        m.span for m in analysis.mentions if m.kind == "person" and any(m.start <= r < m.end for r in roots)
    ]
    who = _person_of(analysis, last[-1], Span(last[-1].start, last[-1].end))
    return who or next(iter((*(noun_phrase(analysis, i) for i in reversed(subjects)), *was)), None)


def _person_of(analysis: Analysis, sentence: Sentence, within: Span) -> Span | None:
    """The subject of a sentence where it is a person's name or pronoun."""
    for i in range(sentence.first, sentence.last):
        if analysis.tokens[i].head == -1:
            who = subject(analysis, i)
            near = who is not None and within.start <= analysis.tokens[who].start < within.end
            return (
                noun_phrase(analysis, who) if who is not None and near and _is_person(analysis, who) else None
            )
    return None


def _is_person(analysis: Analysis, index: int) -> bool:
    """Whether a noun or pronoun is a person; a bare name that the model made nothing of is, if it has no other kind."""
    token = analysis.tokens[index]
    named = [m for m in analysis.mentions if m.start <= token.start < m.end]
    if not named and token.upos == "PROPN":
        named = [m for m in analysis.mentions if token.text in m.span.of(analysis.text).split()]
        return all(m.kind == "person" for m in named) and token.text.istitle()
    if named:
        return any(m.kind == "person" for m in named)
    lemma = token.lemma.lower().removeprefix("ex-")
    noun = nouns().get(lemma) if token.upos in ("NOUN", "PROPN") else None
    return speaks(analysis, index) and (
        lemma in words("person") or (noun is not None and noun.kind == "person")
    )
