"""Attributions in the making: what the learned model marked, made whole and coherent by the syntax of each cue.

The model is trusted for plain reports. It links pieces to the wrong cue, misses introducers and antecedents, and takes
deeds for reports. What rules propose of their own is joined with it later (`joins`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.analysis import head_of, sentence_to, tokens_in
from annotator.borders import MARKS, subtract, trim
from annotator.circumstances import (
    after_connective,
    before_the_scene,
    up_to_main_verb,
    without_circumstance,
    without_culprit,
    without_deed,
    without_matter,
    without_occasion,
)
from annotator.contents import (
    after_party,
    after_patient,
    before_own_words,
    before_verdict,
    belongs,
    filled,
    own_clause,
    pronoun_alone,
    says_something,
    until_mark,
    up_to_other_sentences,
    up_to_predicate,
    with_defendant,
    without_answer,
    without_next_clause,
)
from annotator.cues import VERBS, among, cue_at, cue_in, is_passive
from annotator.model import Span
from annotator.objects import bidden_by, made_to, with_antecedents, with_bearer, with_blamed, writing
from annotator.origins import as_saying, cited, is_told_of_claim, received, without_topic
from annotator.phrases import (
    agent,
    child,
    cue_group,
    markers,
    noun_phrase,
    speaks,
    subject,
    whole_cue,
)
from annotator.quotes import joined
from annotator.reported import SURE, Draft, is_report, is_spoken_to
from annotator.scenes import before_aside, before_scene_of_telling
from annotator.sequels import before_consequence, before_next_cue, before_next_speaker, before_silence
from annotator.sources import is_claim_noun, overheard, spoken_inside, whole_source, without_article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis
    from annotator.claims import Claim
    from annotator.cues import Cue
    from annotator.quotes import Quote

_WORD = re.compile(r"\w")
_OPENING = '“"«„'
# What stands before the verb of a headline that ends in its speaker, and what the speaker's words are.
_BEFORE_SAYS = frozenset({",", "’", "'", "”", '"'})
_NAMING = frozenset({"DET", "ADJ", "NOUN", "PROPN"})
# What stands before a headline's quotation is its subject: “Storm live: ‘Stay at home’, says Ode”.
_KICKER = re.compile(r"[^:\n“”‘’\"]{2,40}:\s+(?=[“‘\"'])")
# “Appeared to”, and how far behind it the deed begins.
_SEEMS, _SEEMS_TO = frozenset({"appear", "seem"}), 4


def proposed(analysis: Analysis, quotes: Sequence[Quote], *, inner: bool = False) -> list[Draft]:
    """The model's attributions, whole and coherent, without those that report nothing.

    `inner` asks for those that stand inside the content of others.
    """
    drafts = [_coherent(analysis, d, quotes) for d in _learned(analysis, inner=inner)]
    return [d for d in drafts if d.content and is_report(analysis, d)]


def _learned(analysis: Analysis, *, inner: bool) -> list[Draft]:
    drafts = []
    for one in (x for x in analysis.learned if x.inner == inner):
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
        beside = [d for d in claiming if any(share_a_line(text, s, p) for s in d.spoken for p in parts)]
        if beside:
            out = [d if d in beside or d not in claiming else _without(d, parts) for d in out]
    return [d for d in out if d.content]


def share_a_line(text: str, one: Span, other: Span) -> bool:
    """Whether no line ends between two ranges of a text."""
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
    cue = _with_its_verb(analysis, cue, quotes) if cue is not None else None
    content = tuple(c for c in draft.content if says_something(analysis, c))
    anchor = cue or draft.source
    if anchor is not None:
        content = tuple(c for c in content if belongs(analysis, c, anchor, quotes))
    source = whole_source(analysis, draft.source, draft) if draft.source is not None else None
    source = without_article(analysis, source, cue) if source is not None else None
    source = without_topic(analysis, source, cue) if source is not None else None
    if source is not None and _is_no_source(analysis, source, cue):
        source = None
    after = tuple(c for c in content if cue is not None and c.start >= cue.end)
    # “Where?” His sister nodded. “There.”: what stands before her sentence is not hers.
    deed = cue is not None and any(analysis.tokens[i].upos == "VERB" for i in tokens_in(analysis, cue))
    if cue is not None and after and (deed or after == content) and _ends_before(analysis, cue, after):
        cue, content = None, after
    if cue is not None and source is not None and spoken_inside(cue, source, quotes):
        source = None
    spoken = [s for s in (cue, source) if s is not None]
    content = up_to_other_sentences(analysis, content, spoken)
    content = own_clause(analysis, cue, content)
    content = without_answer(analysis, cue, content)
    content = filled(analysis, content, spoken)
    marked, content = content, up_to_predicate(analysis, content, spoken)
    content = up_to_main_verb(analysis, cue, marked, until_mark(analysis, cue, content, spoken))
    content = without_circumstance(analysis, cue, without_matter(analysis, cue, content))
    content = before_the_scene(analysis, cue, content)
    content = before_next_cue(analysis, cue, content)
    content = before_scene_of_telling(analysis, cue, before_aside(analysis, cue, content))
    content = without_next_clause(analysis, cue, content)
    content = before_verdict(analysis, cue, content)
    content = before_silence(analysis, cue, before_own_words(analysis, cue, content))
    content = before_next_speaker(analysis, cue, before_consequence(analysis, cue, content))
    content = with_defendant(analysis, cue, after_party(analysis, cue, content))
    content = after_patient(analysis, cue, content)
    content = without_culprit(analysis, cue, after_connective(analysis, cue, content))
    content = with_blamed(
        analysis, cue, without_occasion(analysis, cue, without_deed(analysis, cue, content))
    )
    content = pronoun_alone(analysis, cue, content)
    content = with_bearer(analysis, cue, source, with_antecedents(analysis, cue, content))
    whole = _introduced(analysis, replace(draft, cue=cue, content=content, source=source))
    whole = _governed(analysis, whole)
    told = _announced(analysis, _headline(analysis, as_saying(analysis, cited(analysis, whole))))
    return received(analysis, _sourced(analysis, told))


def _is_no_source(analysis: Analysis, source: Span, cue: Span | None) -> bool:
    """Whether what the model took for a source is a claim, or says how one is."""
    told = cue is not None and is_told_of_claim(analysis, source, cue)
    return told or is_claim_noun(analysis, source)


def _governed(analysis: Analysis, draft: Draft) -> Draft:
    """The draft with the verb of its clause where the model saw no cue: “I *am glad to say* that it holds”."""
    if draft.cue is not None or draft.source is None or not draft.content:
        return draft
    tokens, clause = analysis.tokens, head_of(analysis, tokens_in(analysis, draft.content[0]))
    verb = tokens[clause].head if clause is not None and tokens[clause].deprel == "ccomp" else -1
    row = cue_at(analysis, verb) if verb >= 0 else None
    if row is None or row.kind not in VERBS:
        return draft
    if "direct" not in row.frames and analysis.text.startswith(MARKS, draft.content[0].start):
        # “His mother *wants* him to lose: “He used to come to lunch.””
        return draft
    if not draft.source.end < tokens[verb].start < draft.content[0].start:
        return draft
    cue, felt = cue_group(analysis, verb, row), tokens[verb].head
    glad = felt >= 0 and tokens[felt].upos == "ADJ" and child(analysis, felt, "cop") is not None
    if glad and "to" in markers(analysis, verb):
        first = min(k for k in analysis.children[felt] if tokens[k].deprel in ("aux", "cop"))
        cue = Span(tokens[first].start, cue.end)
    return draft if draft.source.overlaps(cue) else replace(draft, cue=cue)


def _headline(analysis: Analysis, draft: Draft) -> Draft:
    """The draft of a headline that ends in who says it: “Mill ‘hid the money’, says *rival* as lead shrinks”."""
    inside = tokens_in(analysis, draft.cue) if draft.cue is not None else range(0)
    if len(inside) != 1 or analysis.tokens[inside[0]].xpos not in ("VBZ", "VBP") or not inside[0]:
        return draft
    tokens, verb = analysis.tokens, inside[0]
    row = cue_at(analysis, verb)
    if row is not None and not {"that", "direct"} & set(row.frames):
        # “Minister quits, blames union”
        return draft
    if draft.score >= SURE and draft.source is not None and draft.source.end <= tokens[verb].start:
        # “The union, known as the U.M.W., demands a raise”
        return draft
    sentence = analysis.sentences[analysis.sentence_of[verb]]
    ended = tokens[sentence.last - 1].text in (".", "?", "!")
    if ended or verb <= sentence.first or tokens[verb - 1].text not in _BEFORE_SAYS:
        return draft
    last = verb + 1
    while last < sentence.last and tokens[last].upos in _NAMING:
        last += 1
    head = last - 1
    if head <= verb or tokens[head].upos not in ("NOUN", "PROPN") or not speaks(analysis, head):
        return draft
    if last < sentence.last and tokens[last].upos in ("AUX", "VERB"):
        # “Mayor praises crew, says mill can wait”
        return draft
    source = Span(tokens[verb + 1].start, tokens[head].end)
    first = tokens[sentence.first].start
    kicker = _KICKER.match(analysis.text, first, tokens[verb].start)
    before = trim(analysis.text, Span(kicker.end() if kicker else first, tokens[verb].start))
    return draft if before is None else replace(draft, content=(before,), source=source)


def _without_hearer(analysis: Analysis, cue: Span) -> Span:
    """The cue without the pronoun of whoever hears it: “told *her*”; “put it” is one verb."""
    inside = tokens_in(analysis, cue)
    if len(inside) < 2:
        return cue
    last, verb = analysis.tokens[inside[-1]], analysis.tokens[inside[-2]]
    hears = last.upos == "PRON" and last.deprel in ("obj", "iobj") and last.text.lower() != "it"
    return Span(cue.start, verb.end) if hears and verb.upos == "VERB" and last.head == inside[-2] else cue


def _with_its_verb(analysis: Analysis, cue: Span, quotes: Sequence[Quote]) -> Span:
    """The cue with the verb that says a quotation beside it: “Go,” Ode *allegedly told* Lund."""
    inside = tokens_in(analysis, cue)
    verb = (
        analysis.tokens[inside[0]].head
        if len(inside) == 1 and analysis.tokens[inside[0]].upos == "ADV"
        else -1
    )
    row = cue_at(analysis, verb) if verb == inside.stop else None
    sentence = analysis.sentences[analysis.sentence_of[inside[0]]] if inside else None
    spoken = sentence is not None and any(
        q.closed and sentence.start <= q.start and q.end <= cue.start for q in quotes
    )
    return Span(cue.start, analysis.tokens[verb].end) if row is not None and row.speech and spoken else cue


def _announced(analysis: Analysis, draft: Draft) -> Draft:
    """The draft with the cue right before it where the model saw neither cue nor source.

    “Odden's mayor continued:” may end a paragraph, and what she said fill the next without a mark.
    """
    if draft.cue is not None or draft.source is not None or not draft.content:
        return draft
    end = len(analysis.text[: draft.content[0].start].rstrip())
    sentence = sentence_to(analysis, end)
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
    if head is not None and analysis.tokens[head].lemma.lower() in _SEEMS:
        return _seeming(analysis, head, draft)
    row = cue_at(analysis, head) if head is not None else None
    if draft.source is not None and row is not None and _is_told_of(analysis, head or 0, draft.source, row):
        # “*Founder Ana Ode* reportedly plans”: others say so of her.
        apart = not any(draft.source.overlaps(c) for c in draft.content)
        content = tuple(sorted((draft.source, *draft.content))) if apart else draft.content
        return replace(draft, source=None, content=content, no_source=max(draft.no_source, 0.9))
    made = made_to(analysis, head) if head is not None else None
    if made is not None and (draft.source is None or not draft.source.overlaps(made)):
        return replace(draft, source=made, content=subtract(draft.content, [made]))
    if draft.source is not None:
        return _with_source(analysis, draft, draft.source, head)
    bidden = bidden_by(analysis, head, draft.content) if head is not None else None
    if bidden is not None:
        return _given_source(replace(draft, content=bidden[1]), bidden[0])
    who = None
    if head is not None and row is not None and row.kind == "state":
        # “The vote was fair, *he* is convinced”: whoever is in such a state holds it, and nobody does it to him.
        who = child(analysis, head, "nsubj", "nsubj:pass")
    elif head is not None and analysis.tokens[head].upos == "VERB" and not is_passive(analysis, head):
        who = subject(analysis, head)
    elif head is not None and among(analysis.tokens[head], "feeling"):
        # “They were surprised that it broke”: nobody does it to them.
        who = child(analysis, head, "nsubj:pass", "nsubj")
    elif head is not None and analysis.tokens[head].upos == "NOUN":
        who = child(analysis, head, "nmod:poss")
    elif head is not None:
        who = overheard(analysis, head)
    hears = who is not None and head is not None and is_spoken_to(analysis, head, analysis.tokens[who].span)
    if who is None or hears or not speaks(analysis, who):
        return draft
    return _given_source(draft, noun_phrase(analysis, who))


def _given_source(draft: Draft, source: Span) -> Draft:
    """The draft that had no source with one, unless that is taken."""
    return (
        draft
        if _is_taken(draft, source)
        else replace(draft, source=source, no_source=min(draft.no_source, 0.3))
    )


def _free(draft: Draft, source: Span | None) -> Span | None:
    """Another source than a draft's, where that is not taken."""
    same = source is None or draft.source is None or source.overlaps(draft.source)
    return None if same or source is None or _is_taken(draft, source) else source


def _is_taken(draft: Draft, source: Span) -> bool:
    """Whether words are in the cue or the content: whoever speaks stands beside them."""
    return any(source.overlaps(s) for s in (draft.cue, *draft.content) if s is not None)


def _with_source(analysis: Analysis, draft: Draft, source: Span, head: int | None) -> Draft:
    """The draft with a nearer or truer source than the one that the model saw, or none."""
    if head is None:
        return draft
    which = _which_says(analysis, head, source)
    if which is not None:
        own = tuple(c for c in draft.content if c.start > which.start)
        return replace(draft, source=which, content=own or draft.content)
    nearer = (
        _own_subject(analysis, head, draft)
        or _instead_of_object(analysis, head, draft)
        or _free(draft, writing(analysis, head))
    )
    if nearer is not None:
        return replace(draft, source=nearer)
    if not is_spoken_to(analysis, head, source):
        return draft
    doer = agent(analysis, head)
    if doer is not None and speaks(analysis, doer):
        return replace(draft, source=noun_phrase(analysis, doer))
    return replace(draft, source=None, no_source=max(draft.no_source, 0.7))


def _seeming(analysis: Analysis, verb: int, draft: Draft) -> Draft:
    """The draft of what only seems so to the writer, from nobody: “*the board* seems to lose”, “he appeared to nod”.

    What somebody seems to say is still his: “she appeared to blame the banks”.
    """
    who, deed = subject(analysis, verb), child(analysis, verb, "xcomp")
    if deed is not None and cue_at(analysis, deed) is not None:
        draft = _with_deed(analysis, deed, draft)
        if draft.source is not None or who is None or not speaks(analysis, who):
            return draft
        return _given_source(draft, noun_phrase(analysis, who))
    own = who is None or draft.source is None or analysis.tokens[who].span.overlaps(draft.source)
    return replace(draft, source=None, no_source=max(draft.no_source, 0.9)) if own else draft


def _with_deed(analysis: Analysis, deed: int, draft: Draft) -> Draft:
    """The draft with what somebody seems to do in its cue: “*appeared to admit* that it leaked”."""
    end = analysis.tokens[deed].end
    if draft.cue is None or not draft.cue.end <= analysis.tokens[deed].start <= draft.cue.end + _SEEMS_TO:
        return draft
    content = (trim(analysis.text, Span(max(c.start, end), c.end)) for c in draft.content if c.end > end)
    rest = tuple(c for c in content if c is not None)
    return replace(draft, cue=Span(draft.cue.start, end), content=rest) if rest else draft


def _which_says(analysis: Analysis, verb: int, source: Span) -> Span | None:
    """The paper that says something, where the model took who sent it: “he left a note *which* read: “Pay.””."""
    who = child(analysis, verb, "nsubj")
    if who is None or who != verb - 1 or analysis.tokens[who].text.lower() not in ("which", "that"):
        return None
    before = range(tokens_in(analysis, source).stop, who)
    written = any(among(analysis.tokens[i], "document") for i in before[-2:])
    return analysis.tokens[who].span if written and source.end <= analysis.tokens[who].start else None


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
    who = child(analysis, verb, "nsubj")
    if who is None or not speaks(analysis, who) or "PronType=Rel" in analysis.tokens[who].feats:
        return None
    beyond_colon = ":" in analysis.text[first.end : second.start]
    nearer = first.end <= analysis.tokens[who].start and first is draft.source and who < verb
    # “Lisbon, according to a diplomat, believes”: the diplomat says so, and Lisbon believes.
    nearer = nearer or analysis.text.endswith("according to ", 0, draft.source.start)
    beyond = any(first.end <= s.start <= second.start for s in analysis.sentences)
    if not beyond_colon and not beyond and not nearer:
        return None
    source = noun_phrase(analysis, who)
    # “The generals, *most of whom* backed her”: they are the source already.
    relative = any("PronType=Rel" in analysis.tokens[i].feats for i in tokens_in(analysis, source))
    if nearer and (relative or source.overlaps(draft.source)):
        return None
    return None if _is_taken(draft, source) else source


def _is_told_of(analysis: Analysis, adverb: int, source: Span, row: Cue) -> bool:
    """Whether a source is only the subject of what others say of him: “*Ode* reportedly plans to go”."""
    verb = analysis.tokens[adverb].head
    who = subject(analysis, verb) if row.kind == "adverb" and verb >= 0 else None
    return who is not None and analysis.tokens[who].span.overlaps(source)


def _instead_of_object(analysis: Analysis, verb: int, draft: Draft) -> Span | None:
    """The subject of a cue whose source is its own object: “*Minister* quits, blames *union* for delays”."""
    done_to = child(analysis, verb, "obj", "iobj")
    if draft.source is None or done_to is None or done_to < verb:
        return None
    if analysis.tokens[verb].upos != "VERB" or is_passive(analysis, verb):
        return None
    who = subject(analysis, verb)
    inside = tokens_in(analysis, draft.source)
    if who is None or who == done_to or head_of(analysis, inside) != done_to or not speaks(analysis, who):
        return None
    source = noun_phrase(analysis, who)
    return None if _is_taken(draft, source) else source


def _ends_before(analysis: Analysis, cue: Span, content: Sequence[Span]) -> bool:
    """Whether the cue's sentence is over before a quotation begins: He smiled. “For now.” and no more."""
    if analysis.text[content[0].start] not in _OPENING or content[0].start < cue.end:
        return False
    return analysis.text[cue.end : content[0].start].strip() == "." and cue_in(analysis, cue) is None


def _introduced(analysis: Analysis, draft: Draft) -> Draft:
    """The preposition that introduces the content taken from the cue: “warned of” + “floods”, “calls for” + “a vote”.

    Others than “of” and “for” people mark either way behind a verb, and the model as they do: “hinted at” + “a deal”.
    """
    if draft.cue is None or not draft.content:
        return draft
    inside = tokens_in(analysis, draft.cue)
    if len(inside) < 2:
        return draft
    last, found = analysis.tokens[inside[-1]], cue_in(analysis, draft.cue)
    word = last.text.lower()
    if word not in ("of", "for") and analysis.tokens[inside[-2]].upos != "NOUN":
        return draft
    if found is None or word not in found[1].frames or found[1].phrase[-1] == word or word == "about":
        # “About” tells the matter of a report and introduces no clause: with the cue, as people mark it.
        return draft
    first, *rest = draft.content
    if analysis.text[last.end : first.start].strip() or first.start < last.end:
        return draft
    cue = Span(draft.cue.start, analysis.tokens[inside[-2]].end)
    return replace(draft, cue=cue, content=(Span(last.start, first.end), *rest))
