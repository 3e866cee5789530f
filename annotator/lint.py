"""What in an annotation breaks the guidelines or looks forgotten: each finding with its place and words.

A finding is a question to the annotator, not a verdict: rules that the guidelines leave open are not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, get_args

from annotator.model import Annotation, Attribution, Document, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["RULES", "Finding", "Rule", "lint"]

Rule = Literal[
    "content_without_source",
    "content_without_cue",
    "cue_without_content",
    "source_without_content",
    "two_sources",
    "two_cues",
    "crossing",
    "empty_speaker",
    "no_act",
]
RULES: tuple[Rule, ...] = get_args(Rule)

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_BE = frozenset(
    [
        "am",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "'s",
        "’s",
        "it's",
        "it’s",
        "get",
        "gets",
        "got",
    ]
)
# A name and a colon or dash say who speaks without a cue: "Brandt: no deal", "Brandt — no deal".
_ANNOUNCED = re.compile(r"^\W*[:—–-]")
_PARTICIPLE = re.compile(r"\w+(?:ed|en|wn|ught|id|ld|nt|ne|ssed)$")


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule, the span to look at, and one line that says what is the matter."""

    rule: Rule
    span: Span
    told: str


def lint(document: Document, annotation: Annotation) -> tuple[Finding, ...]:
    """What is suspicious in `annotation`, in text order.

    content_without_source: nobody says it, though the cue is a verb in the active; passives ("was accused"),
    hearsay ("reportedly"), nouns ("accusations") and a speaker known from elsewhere are as they should be.
    content_without_cue: an indirect report that neither cue nor colon or dash announces.
    two_sources, two_cues: the guidelines make either one span. empty_speaker: a source that is nobody.
    crossing: two spans overlap and neither holds the other, or a source or cue stands in its own content.
    """
    found = [f for a in annotation.attributions for f in _of_one(document.text, a)]
    found += _crossing(document.text, annotation.attributions)
    return tuple(sorted(dict.fromkeys(found), key=lambda f: (f.span, f.rule)))


def _of_one(text: str, a: Attribution) -> Iterator[Finding]:
    first, words = a.content[0], _quoted(text, a.content)
    if not a.source and not a.speaker_ids and _wants_source(text, a):
        yield Finding("content_without_source", first, f"Content {words} has no Source")
    if not a.cue and a.source and a.quote_type == "indirect" and not _announced(text, a):
        yield Finding("content_without_cue", first, f"Content {words} has a Source but no Cue")
    if len(a.source) > 1:
        told = f"Content {words} has {len(a.source)} Sources: {_quoted(text, a.source)}"
        yield Finding("two_sources", a.source[1], told)
    if len(a.cue) > 1:
        told = f"Content {words} has {len(a.cue)} Cues: {_quoted(text, a.cue)}"
        yield Finding("two_cues", a.cue[1], told)
    if a.source and not a.speaker_ids:
        yield Finding("empty_speaker", a.source[0], f"Source {_quoted(text, a.source)} has no speaker")


def _wants_source(text: str, a: Attribution) -> bool:
    """Whether a reader would ask who says it: no cue at all, or a cue that is an active verb.

    "The pier may close" marked alone, "has said that", "according to" want one; "is said to", "reportedly",
    "to claim that", "the warning that" do not.
    """
    if a.act == "evidential":
        return False
    words = [w.lower() for w in _WORD.findall(" ".join(s.of(text) for s in a.cue))]
    if not words or words == ["according", "to"]:
        return True
    if words[0] == "to" or words[-1].endswith(("ly", "ing")):
        return False
    if a.act == "question" and len(words) == 1:
        return False  # "Asked whether he would resign, Ode shrugged": nobody in particular asked
    # "is adding that" is active and was left above; "is being accused" is not.
    passive = any(
        w in _BE and any(_PARTICIPLE.match(x) for x in words[i + 1 :]) for i, w in enumerate(words[:-1])
    )
    return not passive and (len(words) > 1 or _is_verb(words[0]))


def _is_verb(word: str) -> bool:
    """Whether a lone word has the form of a verb in the past; "claim", "accusations" may be nouns."""
    return bool(_PARTICIPLE.match(word)) and not word.endswith(("ment", "ent"))


def _announced(text: str, a: Attribution) -> bool:
    """Whether a colon or dash stands between source and content."""
    source, content = a.source[-1], a.content[0]
    if source.end <= content.start:
        return _ANNOUNCED.match(text[source.end : content.start]) is not None
    return re.search(r"[:—–-]\W*$", text[a.content[-1].end : a.source[0].start]) is not None


def _crossing(text: str, attributions: Iterable[Attribution]) -> Iterator[Finding]:
    attributions = list(attributions)
    for a in attributions:
        for name, span in _named(a):
            if name != "Content" and any(span in piece for piece in a.content):
                yield Finding("crossing", span, f"{name} {_quoted(text, [span])} stands in its own Content")
    spans = sorted({pair for a in attributions for pair in _named(a)}, key=lambda pair: (pair[1], pair[0]))
    for (name, one), (other, two) in combinations(spans, 2):
        if one.overlaps(two) and one not in two and two not in one:
            told = f"{name} {_quoted(text, [one])} crosses {other} {_quoted(text, [two])}"
            yield Finding("crossing", Span(two.start, one.end), told)


def _named(a: Attribution) -> Iterator[tuple[str, Span]]:
    for name, spans in (("Source", a.source), ("Cue", a.cue), ("Content", a.content)):
        yield from ((name, span) for span in spans)


def _quoted(text: str, spans: Iterable[Span], length: int = 40) -> str:
    """The words on one line, the middle left out where they are many."""
    flat = " … ".join(" ".join(s.of(text).split()) for s in spans)
    return f"“{flat if len(flat) <= length else flat[: length - 1] + '…'}”"
