"""What a writer adds behind a report and nobody said: where it was told, what he sets against it, what came next.

“Said the ruling was a victory *in a statement*”, “said he had the votes, *only to pull the bill*”.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.analysis import head_of, tokens_in
from annotator.borders import MARKS
from annotator.cues import among, cue_at, frame_of
from annotator.model import Span

if TYPE_CHECKING:
    from annotator.analysis import Analysis

_TOLD_IN = (
    r"(?:affidavit|blog post|briefing|column|court filing|e-?mail|filing|interview|letter|memo|message|news release"
    r"|op-ed|press release|speech|statement|text message|tweet|video)"
)
# Where something was said, to the end of what the model took for said.
_WHERE_TOLD = re.compile(
    rf" (?:in an? (?:[\w-]+ ){{0,2}}{_TOLD_IN}|(?:at|during) an? (?:news|press) conference"
    r"|on (?:X|Twitter|Facebook|Instagram|Telegram|Truth Social))\b[^.,;:“”\"]*$"
)
# What a writer sets beside a report, behind its comma.
_ASIDE = (
    r"(?:without (?:citing|detailing|disclosing|elaborating|explaining|giving|identifying|naming|offering|providing"
    r"|saying|specifying)\b"
    r"|speaking (?:after|at|before|by|during|from|in|on|through|to|via)\b|even as\b|only to\b"
    r"|in a (?:blow|boost|case|move|setback|speech|statement|warning)\b|citing\b)"
)
_BEHIND_COMMA = re.compile(rf", {_ASIDE}")
_BEGINS_ASIDE = re.compile(_ASIDE)
# What somebody does who has spoken.
_DONE = re.compile(
    r",? and (?:then )?(?:broke down|burst into|drove (?:away|off)|hung up|slammed|stormed (?:off|out)|turned away"
    r"|walked (?:away|off|out)|waved)\b"
)
# Of what a clause tells that may itself be done in a letter or a speech.
_IN_WORDS = frozenset({
    "appear", "attack", "describe", "disclose", "discuss", "find", "hear", "insult", "learn", "lie", "lied", "mention",
    "mock", "name", "outline", "publish", "quote", "read", "reveal", "see", "send", "show", "sign", "speak", "talk",
    "use", "write",
})  # fmt: skip
_CONCEDING = frozenset({"although", "though"})


def before_scene_of_telling(
    analysis: Analysis, cue: Span | None, content: tuple[Span, ...]
) -> tuple[Span, ...]:
    """The content without where it was said: “said the ruling was a victory *in a statement*”.

    What its own last verb can do in a letter or a speech is told with it: “says he lied in an interview”.
    """
    if not _is_plain(analysis, cue, content):
        return content
    *rest, last = content
    found = _WHERE_TOLD.search(analysis.text, last.start, last.end)
    before = tokens_in(analysis, Span(last.start, found.start())) if found is not None else range(0)
    verbs = [i for i in before if analysis.tokens[i].upos in ("VERB", "AUX")]
    if (
        found is None
        or not verbs
        or frame_of(analysis, content) in ("to", "wh")
        or _is_in_words(analysis, verbs[-1])
    ):
        return content
    return (*rest, Span(last.start, found.start()))


def _is_in_words(analysis: Analysis, verb: int) -> bool:
    token = analysis.tokens[verb]
    return token.upos == "VERB" and (token.lemma.lower() in _IN_WORDS or cue_at(analysis, verb) is not None)


def before_aside(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without what the writer sets beside it: “they fled, police said, *without naming them*”."""
    if not _is_plain(analysis, cue, content):
        return content
    *rest, last = content
    if rest and (_BEGINS_ASIDE.match(analysis.text, last.start) or _acts(analysis, last)):
        return tuple(rest)
    ends = [m.start() for p in (_BEHIND_COMMA, _DONE) if (m := p.search(analysis.text, last.start, last.end))]
    ends += [analysis.tokens[i - 1].start for i in _conceded(analysis, last)]
    end = min(ends, default=last.end)
    return (*rest, Span(last.start, end)) if end > last.start else content


def _acts(analysis: Analysis, piece: Span) -> bool:
    """Whether a piece behind its cue and a comma tells what its speaker does by it: “said, *asking them to wait*”."""
    inside = tokens_in(analysis, piece)
    if not inside or analysis.tokens[inside[0]].xpos != "VBG" or analysis.tokens[inside[0] - 1].text != ",":
        return False
    row = cue_at(analysis, inside[0])
    return row is not None and (
        row.speech or among(analysis.tokens[inside[0]], "feeling") or row.kind == "belief"
    )


def _conceded(analysis: Analysis, piece: Span) -> list[int]:
    """The words that open the writer's concession, of what is so now: “said it was lost, *although* it is here”."""
    tokens, inside = analysis.tokens, tokens_in(analysis, piece)
    said = head_of(analysis, inside)
    past = said is not None and (tokens[said].xpos == "VBD" or _has(analysis, said, "was", "were", "had"))
    return [
        i
        for i in inside[1:]
        if past
        and tokens[i].text.lower() in _CONCEDING
        and tokens[i - 1].text == ","
        and (
            tokens[tokens[i].head].xpos in ("VBZ", "VBP")
            or _has(analysis, tokens[i].head, "has", "have", "is", "are")
        )
    ]


def _has(analysis: Analysis, verb: int, *words: str) -> bool:
    below = (analysis.tokens[k] for k in analysis.children[verb] if k < verb)
    return any(t.upos == "AUX" and t.text.lower() in words for t in below)


def _is_plain(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> bool:
    """Whether the last of what is said stands behind its cue and in no marks."""
    if cue is None or not content or content[-1].start < cue.end:
        return False
    return not any(mark in content[-1].of(analysis.text) for mark in (*MARKS, "”", "’ "))
