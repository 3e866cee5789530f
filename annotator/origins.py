"""Whose a report is where the words beside its cue mislead: whoever only receives it, whom a paper cites.

“*Fresh* claims” are nobody's, “the mayor faced *calls* to go” are not hers, “said Ode *of the vote*” tells of the vote.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.analysis import head_of, tokens_in
from annotator.borders import subtract, trim
from annotator.cues import among, cue_at, frame_of, is_passive
from annotator.lands import land_told
from annotator.model import Span
from annotator.names import PEOPLES
from annotator.objects import cites, said_before
from annotator.phrases import child, cue_group, has_a_mind, markers, noun_phrase, subject
from annotator.roles import noun_of

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.reported import Draft

_AS_SAYING = re.compile(r"(?P<between>[^.;:“”\"\n]{0,80}?) as (?P<cue>saying|having said)\b")
_WORDED = re.compile(r"\w")
# Whoever does this with a claim has not made it; whatever does that has no mind.
_RECEIVES = frozenset({
    "attract", "draw", "earn", "face", "garner", "get", "hear", "receive", "resist", "suffer", "win", "withstand",
})  # fmt: skip
_CAUSES = frozenset({"attract", "bring", "draw", "provoke", "prompt", "spark", "trigger"})
# What somebody has by himself.
_THOUGHTS = frozenset({"conclusion", "feeling", "impression", "idea", "sense"})
# Words of parties, churches and offices, which tell whose a claim is.
_PARTISAN = frozenset({
    "catholic", "christian", "communist", "conservative", "democratic", "diplomatic", "federal", "islamist", "islamic",
    "jewish", "judicial", "labour", "liberal", "medical", "military", "muslim", "nationalist", "official", "orthodox",
    "parliamentary", "presidential", "royal", "separatist", "socialist", "unionist",
})  # fmt: skip
# What somebody speaks of behind his name, beside people.
_TOPICS = frozenset({
    "attack", "blaze", "crash", "deal", "decision", "defeat", "draw", "fire", "game", "goal", "loss", "match", "move",
    "plan", "result", "ruling", "verdict", "victory", "vote", "win",
})  # fmt: skip


def is_told_of_claim(analysis: Analysis, source: Span, cue: Span) -> bool:
    """Whether what stands for a source only says how a claim is: “*fresh* allegations”; not “*Orvian* allegations”."""
    inside, claim = tokens_in(analysis, source), head_of(analysis, tokens_in(analysis, cue))
    if claim is None or analysis.tokens[claim].upos != "NOUN":
        return False
    return all(_tells_how(analysis, i) and analysis.tokens[i].head == claim for i in inside)


def _tells_how(analysis: Analysis, i: int) -> bool:
    token = analysis.tokens[i]
    word = token.text.lower()
    if token.deprel == "det":
        return True
    own = land_told(word) is not None or word in _PARTISAN or word.endswith(PEOPLES)
    inside = i > analysis.sentences[analysis.sentence_of[i]].first and token.text[:1].isupper()
    return token.deprel == "amod" and token.upos in ("ADJ", "VERB") and not own and not inside


def received(analysis: Analysis, draft: Draft) -> Draft:
    """The draft of a claim that somebody only receives, from nobody: “the mayor faced *calls* to go”.

    Nor is what gives rise to a claim its source: “the collapse brought *calls* for a vote”.
    """
    claim, verb = _claim(analysis, draft.cue), -1
    if claim is not None:
        verb = analysis.tokens[claim].head
    if claim is None or verb < 0 or draft.cue is None or draft.source is None or verb >= claim:
        return draft
    if analysis.tokens[claim].deprel != "obj" or is_passive(analysis, verb):
        return draft
    lemma, who = analysis.tokens[verb].lemma.lower(), subject(analysis, verb)
    if who is None or not draft.source.overlaps(analysis.tokens[who].span):
        return draft
    noun = analysis.tokens[claim].lemma.lower()
    thought = noun in _THOUGHTS or child(analysis, verb, "compound:prt") is not None
    mind = has_a_mind(analysis, who) or among(analysis.tokens[who], "document")
    if thought or not (lemma in _RECEIVES or (lemma in _CAUSES and not mind)):
        return draft
    cue = Span(max(draft.cue.start, analysis.tokens[claim].start), draft.cue.end)
    near = [k for k in (*analysis.children[claim], *analysis.children[verb]) if k > claim]
    giver = next((k for k in near if "from" in markers(analysis, k) and has_a_mind(analysis, k)), None)
    source = noun_phrase(analysis, giver) if giver is not None else None
    if source is not None and any(source.overlaps(c) for c in draft.content):
        source = None
    return replace(draft, cue=cue, source=source, no_source=0.2 if source else max(draft.no_source, 0.8))


def _claim(analysis: Analysis, cue: Span | None) -> int | None:
    """The noun of a claim in a cue, by itself or behind a verb."""
    found = ((i, cue_at(analysis, i)) for i in tokens_in(analysis, cue)) if cue is not None else ()
    return next((i for i, row in found if row is not None and row.kind == "noun"), None)


def cited(analysis: Analysis, draft: Draft) -> Draft:
    """The draft of what a paper said with that verb for its cue: “the Post *said*, citing clerks, that it broke”."""
    verb = head_of(analysis, tokens_in(analysis, draft.cue)) if draft.cue is not None else None
    if verb is None or not cites(analysis, verb) or frame_of(analysis, draft.content) != "that":
        return draft
    found = said_before(analysis, verb)
    return draft if found is None else replace(draft, cue=cue_group(analysis, *found))


def without_topic(analysis: Analysis, source: Span, cue: Span | None) -> Span:
    """The source behind its verb without what it speaks of: “said *Ode* of the vote”; not “said Ode of the union”."""
    inside = tokens_in(analysis, source)
    of = next((i for i in inside[1:] if analysis.tokens[i].text == "of"), None)
    if cue is None or of is None or not 0 < source.start - cue.end + 1 <= len("  "):
        return source
    tokens = analysis.tokens
    what = tokens[of].head
    noun = noun_of(analysis, what) if what > of else None
    told_of = (noun is not None and noun.kind == "person") or (what > of and tokens[what].lemma in _TOPICS)
    near = [t.start for t in tokens[of + 1 : of + 4]]
    named = any(m.start <= start < m.end for m in analysis.mentions for start in near)
    people = [m for m in analysis.mentions if m.kind == "person"]
    bearer = any(m.start <= tokens[of - 1].start < m.end for m in people)
    if not bearer or named or not (told_of or what < of):
        return source
    return Span(source.start, tokens[of - 1].end)


def as_saying(analysis: Analysis, draft: Draft) -> Draft:
    """The draft from whoever is quoted: “the agency quoted *Ana Ode* as *saying*”, “*Ode was quoted as saying*”."""
    verb = head_of(analysis, tokens_in(analysis, draft.cue)) if draft.cue is not None else None
    if verb is None or draft.cue is None or analysis.tokens[verb].lemma.lower() not in ("quote", "cite"):
        return draft
    sentence, start = analysis.sentences[analysis.sentence_of[verb]], analysis.tokens[verb].end
    found = _AS_SAYING.match(analysis.text, start, sentence.end)
    source = _quoted(analysis, verb, found) if found is not None else None
    if found is None or source is None:
        return draft
    cue = Span(found.start("cue"), found.end("cue"))
    if not found["between"]:
        cue = Span(draft.cue.start, cue.end)
    content = subtract(draft.content, [source, Span(draft.cue.start, found.end())])
    content = tuple(c for c in content if _WORDED.search(c.of(analysis.text)))
    return replace(draft, cue=cue, source=source, content=content) if content else draft


def _quoted(analysis: Analysis, verb: int, found: re.Match[str]) -> Span | None:
    """Whom a verb quotes: a passive's subject, else who stands between it and “as saying”."""
    patient = child(analysis, verb, "nsubj:pass")
    if patient is not None:
        return noun_phrase(analysis, patient)
    between = Span(*found.span("between"))
    inside = tokens_in(analysis, between)
    if not inside or is_passive(analysis, verb) or analysis.tokens[inside[0]].upos == "ADP":
        return None
    whom = next(
        (i for i in analysis.children[verb] if i in inside and analysis.tokens[i].deprel == "obj"), None
    )
    return noun_phrase(analysis, whom) if whom is not None else trim(analysis.text, between)
