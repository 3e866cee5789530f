"""Attributions in the making: what the learned model marked, made whole and coherent by the syntax of each cue.

The model is trusted for plain reports. It links pieces to the wrong cue, misses introducers and antecedents, and takes
deeds for reports. What rules propose of their own is joined with it later (`joins`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annotator.analysis import head_of, subtree, tokens_in
from annotator.cues import VERBS, among, cue_at, cue_in, frame_of, is_passive
from annotator.model import Span
from annotator.phrases import (
    agent,
    child,
    cue_group,
    hangs_too_low,
    noun_phrase,
    speaks,
    subject,
    testifies,
    whole_cue,
)
from annotator.quotes import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis, Token
    from annotator.claims import Claim
    from annotator.cues import Cue
    from annotator.quotes import Quote

_WORD = re.compile(r"\w")
# The model drops this many words inside a content at most.
_HOLE = 3
# Verbs of two objects, the first of which is told, asked or promised the second.
_GIVING = frozenset({"promise", "offer", "tell", "ask", "guarantee", "grant", "pledge"})
# Relations by which a word leads on to a noun after it, which is so many words away at most.
_OPENING = '“"«„'
_LEADS_ON = ("det", "amod", "compound", "nummod", "nmod:desc", "cc")
_PHRASE = 4
# A quotation farther from its cue than this is another one's.
_NEAR = 400


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


def proposed(analysis: Analysis, quotes: Sequence[Quote]) -> list[Draft]:
    """The model's attributions, whole and coherent, without those that report nothing."""
    drafts = [_coherent(analysis, d, quotes) for d in _learned(analysis)]
    return [d for d in drafts if d.content and is_report(analysis, d)]


def _learned(analysis: Analysis) -> list[Draft]:
    drafts = []
    for one in analysis.learned:
        cue = one.cue if one.cue is not None and _WORD.search(one.cue.of(analysis.text)) else None
        if one.content:
            drafts.append(
                Draft(one.content, cue, one.source, one.score, one.no_source_score, origin="learned")
            )
    return drafts


def one_speaker_each(text: str, drafts: Sequence[Draft], quotes: Sequence[Quote]) -> list[Draft]:
    """The drafts with each quotation of several paragraphs left to whoever speaks beside a part of it.

    Mara called it a joke. [paragraph] “We heard it twice. [paragraph] “I ran,” said Ode: both parts are Ode's.
    """
    out = list(drafts)
    for group in (g for g in joined(text, quotes) if len(g) > 1):
        parts = [q.span for q in group]
        claiming = [d for d in out if any(c.overlaps(p) for c in d.content for p in parts)]
        beside = [d for d in claiming if any(_share_a_paragraph(text, s, p) for s in d.spoken for p in parts)]
        if beside:
            out = [d if d in beside or d not in claiming else _without(d, parts) for d in out]
    return [d for d in out if d.content]


def _share_a_paragraph(text: str, one: Span, other: Span) -> bool:
    first, second = sorted((one, other))
    return "\n" not in text[first.end : second.start]


def _without(draft: Draft, taken: Sequence[Span]) -> Draft:
    return replace(draft, content=tuple(c for c in draft.content if not any(c.overlaps(t) for t in taken)))


def drafted(claim: Claim) -> Draft:
    """A claim of a rule as a draft of its own."""
    no_source = 0.9 if claim.source is None else 0.05
    return Draft(claim.content, claim.cue, claim.source, claim.score, no_source, origin=claim.rule)


def _coherent(analysis: Analysis, draft: Draft, quotes: Sequence[Quote]) -> Draft:
    """The draft with a cue of whole words, and without pieces that cannot be its content.

    A link of the model that leaps over sentences is right for quotations only, and then not far.
    """
    cue = _without_hearer(analysis, whole_cue(analysis, draft.cue)) if draft.cue is not None else None
    content = tuple(c for c in draft.content if says_something(analysis, c))
    anchor = cue or draft.source
    if anchor is not None:
        content = tuple(c for c in content if _belongs(analysis, c, anchor, quotes))
    source = _whole_source(analysis, draft.source, draft) if draft.source is not None else None
    if source is not None and _is_claim_noun(analysis, source):
        source = None
    if cue is not None and content and _ends_before(analysis, cue, content):
        cue = None
    if cue is not None and source is not None and _spoken_inside(cue, source, quotes):
        source = None
    content = _up_to_other_sentences(analysis, content, [s for s in (cue, source) if s is not None])
    content = _without_answer(analysis, cue, content)
    content = _filled(analysis, content, [s for s in (cue, source) if s is not None])
    content = _before_next_cue(analysis, cue, content)
    content = _after_party(analysis, cue, content)
    whole = _introduced(analysis, replace(draft, cue=cue, content=content, source=source))
    return _sourced(analysis, _announced(analysis, whole))


def _whole_source(analysis: Analysis, source: Span, draft: Draft) -> Span:
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
    after = Span(end + 2, end + 3)
    name = next((m for m in analysis.mentions if m.start == after.start and m.kind == "person"), None)
    if name is not None and draft.cue is not None and 0 <= draft.cue.start - name.end <= len(", "):
        beside = analysis.text[end : end + 2] == ", " and analysis.text[name.end : name.end + 1] == ","
        end = name.end if beside else end
    whole = Span(source.start, end)
    taken = [s for s in (draft.cue, *draft.content) if s is not None]
    return source if any(whole.overlaps(t) and not source.overlaps(t) for t in taken) else whole


def _spoken_inside(cue: Span, source: Span, quotes: Sequence[Quote]) -> bool:
    """Whether a cue is what somebody says and not what says it: Ode: “*I know* who did it”."""
    around = [q.span for q in quotes if q.closed and cue in q.span]
    return bool(around) and not any(source.overlaps(q) for q in around)


def _up_to_other_sentences(
    analysis: Analysis, content: tuple[Span, ...], spoken: Sequence[Span]
) -> tuple[Span, ...]:
    """The pieces that no sentence of the writer's parts from their cue: “Profits,” said Ode. He smiled. “For now.”."""
    if not spoken or len(content) < 2:
        return content
    anchor = spoken[0]
    kept = [c for c in content if not _told_between(analysis, anchor, c, (*content, *spoken))]
    return tuple(kept) or content


def _without_answer(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """A question without the answer: “Asked *whether she would stay*, Ode shrugged. “No.”"."""
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    first = content[0] if content else None
    if head is None or first is None or not among(analysis.tokens[head], "asking"):
        return content
    if frame_of(analysis, (first,)) != "wh" or first.of(analysis.text)[0] in _OPENING:
        return content
    here = analysis.sentence_of[head]
    return tuple(
        c
        for c in content
        if c.of(analysis.text)[0] not in _OPENING
        or analysis.sentence_of[tokens_in(analysis, c).start] == here
    )


def _told_between(analysis: Analysis, anchor: Span, piece: Span, known: Sequence[Span]) -> bool:
    """Whether a whole sentence that is no part of a report stands between its cue and a piece of its content."""
    first, last = sorted((anchor, piece))
    start = bisect_left(analysis.sentences, first.end, key=lambda s: s.start)
    for sentence in analysis.sentences[start:]:
        if sentence.end > last.start:
            return False
        if not any(k.overlaps(Span(sentence.start, sentence.end)) for k in known):
            return True
    return False


def _without_hearer(analysis: Analysis, cue: Span) -> Span:
    """The cue without the pronoun of whoever hears it: “told *her*”; “put it” is one verb."""
    inside = tokens_in(analysis, cue)
    if len(inside) < 2:
        return cue
    last, verb = analysis.tokens[inside[-1]], analysis.tokens[inside[-2]]
    hears = last.upos == "PRON" and last.deprel in ("obj", "iobj") and last.text.lower() != "it"
    return Span(cue.start, verb.end) if hears and verb.upos == "VERB" and last.head == inside[-2] else cue


def _after_party(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without the party that it begins with: “accused the union *of lying*”, “promised Ode *a raise*”."""
    found = cue_in(analysis, cue) if cue is not None and content and cue.end <= content[0].start else None
    if found is None or found[1].kind not in VERBS:
        return content
    verb, row = found
    inside = tokens_in(analysis, content[0])
    parties = [
        c for c in analysis.children[verb] if c in inside and analysis.tokens[c].deprel in ("obj", "iobj")
    ]
    first = next(iter(parties), None)
    if first is None or min(subtree(analysis, first)) > inside.start:
        return content
    start = _own_word(analysis, row, verb, first, inside)
    if start is None and len(parties) == 2 and row.phrase[0] in _GIVING:
        start = min(subtree(analysis, parties[1]))
    return content if start is None else (Span(analysis.tokens[start].start, content[0].end), *content[1:])


def _own_word(analysis: Analysis, row: Cue, verb: int, party: int, inside: range) -> int | None:
    """The word after a party with which a content begins: "of" or "for" as the verb asks, what one is told "to"."""
    tokens, near = analysis.tokens, {verb, *subtree(analysis, party)}
    for i in range(party + 1, inside.stop):
        word, part = tokens[i].text.lower(), tokens[i].upos
        if word == "to" and part == "PART":
            negated = tokens[i - 1].text.lower() in ("not", "never")
            return i - negated if row.phrase == ("tell",) else None
        belongs = tokens[tokens[i].head].head in near
        if word in ("of", "for") and word in row.frames and part in ("ADP", "SCONJ") and belongs:
            return i
    return None


def _is_spoken_to(analysis: Analysis, verb: int, source: Span) -> bool:
    """Whether a source is who a passive is done to: “*the crew* was told to wait”, “asked why, *Ode* shrugged”."""
    if analysis.tokens[verb].upos != "VERB" or not is_passive(analysis, verb):
        return False
    patients = [child(analysis, verb, "nsubj:pass")]
    if analysis.tokens[verb].deprel == "advcl":
        patients.append(child(analysis, analysis.tokens[verb].head, "nsubj"))
    return any(p is not None and source.start <= analysis.tokens[p].start < source.end for p in patients)


def _before_next_cue(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content up to the next verb of the same speaker: “said *fares rose* and denied that jobs would go”."""
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if cue is None or head is None or analysis.tokens[head].upos != "VERB":
        return content
    starts = [_with_its_conjunction(analysis, i) for i in _next_verbs(analysis, head)]
    ends = [analysis.tokens[i].start for i in starts]
    out = []
    for piece in content:
        end = next((e for e in ends if piece.start < e < piece.end and cue.end <= piece.start), piece.end)
        kept = analysis.text[piece.start : end].rstrip(" ,;\n")
        out.append(Span(piece.start, piece.start + len(kept)))
    return tuple(out)


def _next_verbs(analysis: Analysis, verb: int) -> list[int]:
    """Cues that share a cue's subject, those too that the parse hangs on the content by mistake."""
    clauses = [c for c in analysis.children[verb] if analysis.tokens[c].deprel == "ccomp" and c > verb]
    near = [i for i in analysis.children[verb] if i > verb]
    far = [i for c in clauses for i in analysis.children[c] if hangs_too_low(analysis, i)]
    joined = (i for i in (*near, *far) if analysis.tokens[i].deprel == "conj" and cue_at(analysis, i))
    return [i for i in joined if child(analysis, i, "nsubj") is None]


def _with_its_conjunction(analysis: Analysis, verb: int) -> int:
    """The first token of a coordinated verb: its conjunction, or the first of its auxiliaries and adverbs."""
    own = (c for c in analysis.children[verb] if analysis.tokens[c].deprel in ("cc", "aux", "advmod"))
    return min((c for c in own if c < verb), default=verb)


def _announced(analysis: Analysis, draft: Draft) -> Draft:
    """The draft with the cue right before it where the model saw neither cue nor source.

    “Odden's mayor continued:” may end a paragraph, and what she said fill the next without a mark.
    """
    if draft.cue is not None or draft.source is not None or not draft.content:
        return draft
    end = len(analysis.text[: draft.content[0].start].rstrip())
    sentence = next((s for s in analysis.sentences if s.start < end <= s.end), None)
    if sentence is None:
        return draft
    colon = analysis.text[end - 1] == ":"
    before = tokens_in(analysis, Span(sentence.start, end))
    for i in reversed(before if colon else before[-1:]):
        found = cue_at(analysis, i)
        if found is not None and found.kind in VERBS and not is_passive(analysis, i):
            told = found.speech or not colon
            return replace(draft, cue=cue_group(analysis, i, found)) if told else draft
    return draft


def _sourced(analysis: Analysis, draft: Draft) -> Draft:
    """The draft with its cue's own subject or possessor where the model saw no source: “*the board* long resisted”.

    The model marks sources word by word and misses some; a verb in the active has somebody who does it.
    """
    if draft.cue is None or not draft.content:
        return draft
    head = head_of(analysis, tokens_in(analysis, draft.cue))
    if draft.source is not None:
        if head is None:
            return draft
        nearer = _own_subject(analysis, head, draft)
        if nearer is not None:
            return replace(draft, source=nearer)
        if not _is_spoken_to(analysis, head, draft.source):
            return draft
        doer = agent(analysis, head)
        if doer is not None and speaks(analysis, doer):
            return replace(draft, source=noun_phrase(analysis, doer))
        return replace(draft, source=None, no_source=max(draft.no_source, 0.7))
    who = None
    if head is not None and analysis.tokens[head].upos == "VERB" and not is_passive(analysis, head):
        who = subject(analysis, head)
    elif head is not None and analysis.tokens[head].upos == "NOUN":
        who = child(analysis, head, "nmod:poss")
    if who is None or not speaks(analysis, who):
        return draft
    source = noun_phrase(analysis, who)
    if any(source.overlaps(s) for s in (draft.cue, *draft.content)):
        return draft
    return replace(draft, source=source, no_source=min(draft.no_source, 0.3))


def _own_subject(analysis: Analysis, verb: int, draft: Draft) -> Span | None:
    """The subject of a cue whose source the model took from another sentence: “They objected. *Ode* tweeted”."""
    if (
        draft.source is None
        or draft.cue is None
        or analysis.tokens[verb].upos != "VERB"
        or is_passive(analysis, verb)
    ):
        return None
    first, second = sorted((draft.source, draft.cue))
    beyond_colon = ":" in analysis.text[first.end : second.start]
    if not beyond_colon and not any(first.end <= s.start <= second.start for s in analysis.sentences):
        return None
    who = child(analysis, verb, "nsubj")
    if who is None or not speaks(analysis, who) or "PronType=Rel" in analysis.tokens[who].feats:
        return None
    source = noun_phrase(analysis, who)
    return None if any(source.overlaps(s) for s in (draft.cue, *draft.content)) else source


def _ends_before(analysis: Analysis, cue: Span, content: Sequence[Span]) -> bool:
    """Whether the cue's sentence is over before a quotation begins: He smiled. “For now.” and no more."""
    if analysis.text[content[0].start] not in _OPENING or content[0].start < cue.end:
        return False
    return analysis.text[cue.end : content[0].start].strip() == "." and cue_in(analysis, cue) is None


def _filled(analysis: Analysis, content: tuple[Span, ...], spoken: Sequence[Span]) -> tuple[Span, ...]:
    """The content with holes of a few words closed, where neither cue nor source nor a sentence's end makes them."""
    out = list(content[:1])
    for piece in content[1:]:
        gap = Span(out[-1].end, piece.start) if out[-1].end < piece.start else None
        hole = tokens_in(analysis, gap) if gap is not None else range(0)
        across = gap is not None and any(gap.start < s.start <= gap.end for s in analysis.sentences)
        barred = across or len(hole) > _HOLE or any(_is_noun_cue(analysis, i) for i in hole)
        if gap is None or barred or any(s.overlaps(gap) for s in spoken):
            out.append(piece)
        else:
            out[-1] = Span(out[-1].start, piece.end)
    return tuple(out)


def _is_noun_cue(analysis: Analysis, index: int) -> bool:
    row = cue_at(analysis, index)
    return row is not None and row.kind == "noun"


def says_something(analysis: Analysis, piece: Span) -> bool:
    """Whether a piece has a word with a meaning of its own; "the" has none, nor what was declined “to comment”.

    Nor has a possessor without what he possesses: “went against *his*”.
    """
    if piece.of(analysis.text).strip(" .,").lower() in ("to comment", "comment"):
        return False
    inside = [analysis.tokens[i] for i in tokens_in(analysis, piece)]
    if inside and inside[-1].xpos in ("PRP$", "POS") and piece.end == inside[-1].end:
        return False
    return any(t.upos not in ("DET", "PUNCT", "ADP", "AUX", "CCONJ", "PART", "SCONJ") for t in inside)


def _is_claim_noun(analysis: Analysis, source: Span) -> bool:
    """Whether the source is itself a claim: “the claims include suspicions of fraud”."""
    head = head_of(analysis, tokens_in(analysis, source))
    return (
        head is not None
        and among(analysis.tokens[head], "claim")
        and not among(analysis.tokens[head], "document")
    )


def _introduced(analysis: Analysis, draft: Draft) -> Draft:
    """The preposition that introduces the content taken from the cue: “warned of” + “floods”."""
    if draft.cue is None or not draft.content:
        return draft
    inside = tokens_in(analysis, draft.cue)
    if len(inside) < 2:
        return draft
    last, found = analysis.tokens[inside[-1]], cue_in(analysis, draft.cue)
    word = last.text.lower()
    if found is None or word not in found[1].frames or found[1].phrase[-1] == word or inside[-1] == found[0]:
        return draft
    if word == "about":
        # It tells the matter of a report and introduces no clause: with the cue, as people mark it.
        return draft
    first, *rest = draft.content
    if analysis.text[last.end : first.start].strip() or first.start < last.end:
        return draft
    cue = Span(draft.cue.start, analysis.tokens[inside[-2]].end)
    return replace(draft, cue=cue, content=(Span(last.start, first.end), *rest))


def _belongs(analysis: Analysis, piece: Span, anchor: Span, quotes: Sequence[Quote]) -> bool:
    first, second = sorted((piece, anchor))
    between = analysis.text[first.end : second.start]
    quoted = [q.span for q in quotes if q.depth == 0 and q.span.overlaps(piece)]
    if quoted and "\n\n" in between:
        # In another paragraph a quotation is this speaker's only if it has the paragraph to itself.
        alone = all(_fills_its_paragraph(analysis.text, q) for q in quoted)
        return alone and between.count("\n\n") == 1 and len(between) < _NEAR
    if quoted:
        return len(between) < _NEAR
    return not any(first.start < s.start <= second.start for s in analysis.sentences)


def _fills_its_paragraph(text: str, quote: Span) -> bool:
    before, after = text[: quote.start].rstrip(" "), text[quote.end :].lstrip(" ")
    return (not before or before.endswith("\n")) and (not after or after.startswith("\n"))


def is_report(analysis: Analysis, draft: Draft) -> bool:
    """Whether somebody is reported, and not a deed or a mere fact: "recent figures show", "the firm vetoed"."""
    if draft.cue is None:
        return True
    head = head_of(analysis, tokens_in(analysis, draft.cue))
    if (
        head is None
        or analysis.tokens[head].deprel == "case"
        or analysis.tokens[head].text.lower() == "according"
    ):
        return True
    if draft.source is not None and _is_abstract(analysis, draft.source, head):
        return False
    if draft.source is None and analysis.tokens[head].upos == "VERB":
        who = subject(analysis, head)
        if who is not None and _is_abstract(analysis, analysis.tokens[who].span, head):
            return False
    token = analysis.tokens[head]
    is_deed = token.upos == "VERB" and (among(token, "act") or _takes_in(analysis, token, draft))
    return not is_deed or frame_of(analysis, draft.content) in ("that", "wh", "direct", "to")


def _takes_in(analysis: Analysis, verb: Token, draft: Draft) -> bool:
    """Whether a body takes somebody in: “the league admits two towns”; a fact would be admitted otherwise."""
    head = head_of(analysis, tokens_in(analysis, draft.content[0]))
    if head is None or not among(verb, "receive") or frame_of(analysis, draft.content) != "np":
        return False
    token = analysis.tokens[head]
    named = any(m.start <= token.start < m.end for m in analysis.mentions)
    return named or token.upos == "PROPN" or any(among(token, k) for k in ("group", "person", "organization"))


def _is_abstract(analysis: Analysis, source: Span, verb: int) -> bool:
    head = head_of(analysis, tokens_in(analysis, source))
    if head is None or analysis.tokens[head].upos != "NOUN":
        return False
    return not testifies(analysis, verb, _counted(analysis, head))


def _counted(analysis: Analysis, head: int) -> int:
    """What a noun of quantity counts: “a number of *members* echo her”."""
    if analysis.tokens[head].lemma not in ("number", "share", "group", "range", "series"):
        return head
    return next((c for c in analysis.children[head] if analysis.tokens[c].deprel == "nmod"), head)
