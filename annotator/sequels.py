"""What follows a content and is not its own: what came of it, what he left out, what he or another says next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.analysis import head_of, tokens_in
from annotator.borders import MARKS
from annotator.cues import among, cue_at, is_passive
from annotator.model import Span
from annotator.phrases import child, hangs_too_low, speaks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.analysis import Analysis

_OPENING = '“"«„'
_DETAILS = (
    r"(?:any |further |more |other )*"
    r"(?:comments?|details?|evidence|examples?|explanations?|figures?|names?|proof|reasons?|specifics|timetable)"
)
_SILENT = re.compile(
    r",? but (?:(?:s?he|they|it) (?:would|did|could)(?: not|n[’']t) (?:be drawn|comment|say|discuss|elaborate|give|name"
    r"|identify|specify|offer|reveal|disclose|explain|go into)"
    r"|would(?: not|n[’']t) be drawn|(?:(?:s?he|they|it) )?(?:declined|refused) to (?:comment|discuss|elaborate|say))\b"
    r"|, without (?:elaborating|further (?:comment|explanation)"
    rf"|(?:citing|giving|going into|offering|presenting|providing|showing) {_DETAILS})\b"
    # Without a pronoun it may be somebody inside who would not, unless nothing follows that he would not.
    rf"|,? but (?:gave|offered|provided|released) no {_DETAILS}$"
    r"|,? but (?:would|did|could)(?: not|n[’']t) (?:comment|elaborate|name (?:him|her|them)"
    rf"|say (?:how|what|when|where|which|who|why)|(?:give|offer|provide) {_DETAILS})$"
)
_MAY = frozenset({"can", "could", "may", "might", "will", "would"})
# What somebody chooses to do and makes known.
_DECIDING = frozenset({"abdicate", "quit", "resign", "retire", "step", "withdraw"})
# What joins the next speaker's report to the last one's.
_MEANWHILE = frozenset({"while", "whereas"})
_DANGLING = re.compile(r",\s*(?:while|whereas|and|but)$")


def before_silence(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without what its source then would not say: “They knew her, he said, *but he would not discuss how*”.

    Nor did he say that he left something out: “he said it was over, *without giving details*”.

    What is quoted, and what stands before the cue, is his.
    """
    if cue is None or not content or content[-1].start < cue.end:
        return content
    *rest, last = content
    found = _SILENT.search(analysis.text, last.start, last.end)
    quoted = found is not None and any(mark in analysis.text[last.start : found.start()] for mark in _OPENING)
    if found is None or quoted:
        return content
    return (*rest, Span(last.start, found.start()))


def before_consequence(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without what came of its being told: “said the talks had failed, *dashing hopes of a truce*”.

    What the event itself did is told, and what may come of it: “said the bus left the road, *killing six*”.
    """
    clause = head_of(analysis, tokens_in(analysis, content[0])) if content else None
    if clause is None or _is_open(analysis, clause):
        return content
    first = tokens_in(analysis, content[-1]).start
    if len(content) > 1 and analysis.tokens[first - 1].text == "," and _stirs(analysis, first, clause):
        # “Exports fell, the bank said, *fuelling fears of a slump*.”
        return content[:-1]
    return _cut(
        analysis, cue, content, (i for i in _after_comma(analysis, content) if _stirs(analysis, i, clause))
    )


def _is_open(analysis: Analysis, clause: int) -> bool:
    """Whether a clause tells what may be or always is, whose consequences are told with it."""
    helpers = {analysis.tokens[k].text.lower() for k in analysis.children[clause] if k < clause}
    open_yet = bool(helpers & _MAY) or analysis.tokens[clause].xpos in ("VBZ", "VBP")
    return open_yet and analysis.tokens[clause].lemma.lower() not in _DECIDING


def before_next_speaker(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without what somebody else says meanwhile: “said one had died, *while medics spoke of four*”."""
    verb = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    who = child(analysis, verb, "nsubj") if verb is not None else None
    if who is not None and among(analysis.tokens[who], "document"):
        # “The survey said half were afraid, while men said they were not”: it tells of both.
        return content
    inside = _after_comma(analysis, content)
    kept = _cut(analysis, cue, content, (i for i in inside if _goes_over(analysis, i)))
    dangling = _DANGLING.search(kept[-1].of(analysis.text)) if kept else None
    if dangling is None:
        return kept
    return (*kept[:-1], Span(kept[-1].start, kept[-1].start + dangling.start()))


def _after_comma(analysis: Analysis, content: tuple[Span, ...]) -> Iterable[int]:
    """The tokens of a content's last piece that stand behind a comma."""
    inside = tokens_in(analysis, content[-1])[1:] if content else range(0)
    return (i for i in inside if analysis.tokens[i - 1].text == ",")


def _cut(
    analysis: Analysis, cue: Span | None, content: tuple[Span, ...], places: Iterable[int]
) -> tuple[Span, ...]:
    """The content up to the comma before the first of some places, if it stands behind its cue and is not quoted."""
    if cue is None or not content or content[-1].start < cue.end:
        return content
    *rest, last = content
    at = next(iter(places), None)
    if at is None or at < len(", ") or any(mark in analysis.text[last.start : last.end] for mark in MARKS):
        return content
    end = analysis.tokens[at - 2].end
    return (*rest, Span(last.start, end)) if end > last.start else content


def _stirs(analysis: Analysis, i: int, clause: int) -> bool:
    """Whether a participle tells how others took it: “raising fears”, not “raising the roof”.

    “Stunning the town” it is where somebody makes a choice known: “he would *resign*”.
    """
    token = analysis.tokens[i]
    if token.xpos != "VBG" or child(analysis, i, "nsubj", "aux", "case", "mark") is not None:
        return False
    if among(token, "stunning"):
        return analysis.tokens[clause].lemma.lower() in _DECIDING
    moved = child(analysis, i, "obj")
    return moved is not None and among(token, "stirring") and among(analysis.tokens[moved], "stir")


def _goes_over(analysis: Analysis, i: int) -> bool:
    """Whether a conjunction leads over to a report by another speaker."""
    verb = analysis.tokens[i].head
    if analysis.tokens[i].text.lower() not in _MEANWHILE or verb <= i:
        return False
    row, who = cue_at(analysis, verb), child(analysis, verb, "nsubj")
    if row is None or not row.speech or not (row.frames & {"that", "as", "pred"} or row.phrase == ("put",)):
        # “…, while Lisbon *offered* shorter ways”
        return False
    return who is not None and i < who < verb and speaks(analysis, who)


def before_next_cue(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
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
    joined = (i for i in (*near, *far) if analysis.tokens[i].deprel == "conj" and _tells(analysis, i, verb))
    free = (i for i in joined if child(analysis, i, "nsubj", "nsubj:pass") is None)
    return [i for i in free if not _goes_with_clause(analysis, verb, i)]


def _tells(analysis: Analysis, verb: int, before: int) -> bool:
    """Whether a joined verb is a report of its own, not a part of one: “said it either fell or *contradicted* them”.

    What somebody hopes or feels he can only have said: “said she was safe but *felt* tired”. Not where the writer goes
    over to what is so now: “said she was safe and *hopes* to return”.
    """
    found, conjunction = cue_at(analysis, verb), child(analysis, verb, "cc")
    either = conjunction is not None and analysis.tokens[conjunction].lemma.lower() in ("or", "nor")
    now = analysis.tokens[verb].xpos in ("VBZ", "VBP") and analysis.tokens[before].xpos == "VBD"
    spoken = found is not None and (found.speech or now)
    return spoken and analysis.tokens[verb].upos == "VERB" and not either


def _goes_with_clause(analysis: Analysis, verb: int, other: int) -> bool:
    """Whether a verb joined to a report is a part of what is reported: “said she had come and *had been told* no”.

    A passive is, and a past before the report's own; so is what has a “that” of its own.
    """
    if any(analysis.tokens[k].deprel == "mark" for k in analysis.children[other] if k < other):
        return True
    had = [_has_had(analysis, i) for i in (verb, other)]
    return is_passive(analysis, other) or had == [False, True]


def _has_had(analysis: Analysis, verb: int) -> bool:
    below = (analysis.tokens[k] for k in analysis.children[verb] if k < verb)
    return any(t.deprel == "aux" and t.text.lower() in ("had", "’d", "'d") for t in below)


def _with_its_conjunction(analysis: Analysis, verb: int) -> int:
    """The first token of a coordinated verb: its conjunction, or the first of its auxiliaries and adverbs."""
    below = [c for c in analysis.children[verb] if c < verb]
    joins = max((c for c in below if analysis.tokens[c].deprel == "cc"), default=verb)
    if joins < verb and not any(analysis.tokens[i].deprel == "mark" for i in range(joins, verb)):
        # “Said fares had risen *and on Monday denied* it”
        return joins
    # “That it fell and that it rose; and *begged* her”: only what stands right before it.
    first, own = verb, {c for c in below if analysis.tokens[c].deprel in ("cc", "aux", "advmod")}
    while first - 1 in own:
        first -= 1
    return first
