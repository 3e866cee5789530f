"""What stands behind a content and is the writer's: when and how a thing was refused, what went on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.analysis import head_of, subtree, tokens_in
from annotator.borders import MARKS, WHERE, is_title
from annotator.cues import cue_at, frame_of
from annotator.model import Span
from annotator.phrases import base, child

if TYPE_CHECKING:
    from annotator.analysis import Analysis

# What may be refused or judged, and what tells when or how that was done.
_JUDGING = frozenset({"denial", "criticism", "praise"})
_PLAINLY = frozenset({"add", "joke", "recall", "say", "tweet", "write"})
# Words by which a writer goes on, and how many words a content has at least that begins with one.
_CONNECTIVES, _SHORTEST = frozenset({"But", "And", "Still", "However", "Yet"}), 3
_BESIDES = frozenset({"within", "after", "before", "during", "since", "without", "while", "hours"})


def without_circumstance(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """A thing judged or refused without when and how it was: “rejected *the idea* within the hour”."""
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    row = cue_at(analysis, head) if head is not None else None
    if (
        head is None
        or row is None
        or row.act not in _JUDGING
        or len(content) != 1
        or content[0].start < analysis.tokens[head].end
    ):
        return content
    piece = content[0]
    inside = tokens_in(analysis, piece)
    what = head_of(analysis, inside)
    if frame_of(analysis, content) != "np" or what is None or analysis.tokens[what].head != head:
        return content
    loose = (
        min(subtree(analysis, k))
        for k in analysis.children[head]
        if k in inside and k > what and base(analysis.tokens[k].deprel) in ("obl", "advcl")
        if any(analysis.tokens[c].lemma.lower() in _BESIDES for c in analysis.children[k])
    )
    first = min(loose, default=None)
    if first is None or first <= what or any(q in piece.of(analysis.text) for q in '“"'):
        return content
    return (Span(piece.start, analysis.tokens[first - 1].end),)


def after_connective(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without the writer's word that joins it to what was told: “But *the plan may fail*, aides said”.

    Where the cue comes first, or marks stand around it, the word is the speaker's.
    """
    if cue is None or not content or cue.start < content[0].end:
        return content
    inside = tokens_in(analysis, content[0])
    first = inside[0] if inside else 0
    begins = analysis.sentences[analysis.sentence_of[first]].first == first
    if len(inside) < _SHORTEST or not begins or analysis.tokens[first].text not in _CONNECTIVES:
        return content
    parted = analysis.tokens[first + 1].text == ","
    if analysis.tokens[first].text == "However" and not parted:
        # “However good the plan is, it may fail.”
        return content
    after = first + 1 + parted
    return (Span(analysis.tokens[after].start, content[0].end), *content[1:])


def without_culprit(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """What somebody or something is blamed for without that: “blamed *the delay* on its bank”."""
    verb = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if verb is None or analysis.tokens[verb].lemma.lower() != "blame" or len(content) != 1:
        return content
    tokens, below = analysis.tokens, analysis.children[verb]
    what = next((k for k in below if tokens[k].deprel == "obj" and tokens[k].upos != "PRON"), None)
    after = [k for k in below if what is not None and k > what and base(tokens[k].deprel) == "obl"]
    after += [k for k in analysis.children[what] if k > what] if what is not None else []
    on = next((k for k in after if any(tokens[c].text == "on" for c in analysis.children[k])), None)
    if what is None or on is None or content[0].end <= tokens[what].start:
        return content
    first = min(i for i in subtree(analysis, what) if i not in subtree(analysis, on))
    end = next(c for c in analysis.children[on] if tokens[c].text == "on")
    return (Span(tokens[first].start, tokens[end - 1].end),) if first < end else content


def without_deed(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """What a participle tells without what was done beside it: “reversed *the order*, saying the board had erred”."""
    verb = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    tokens = analysis.tokens
    if cue is None or verb is None or (tokens[verb].xpos, tokens[verb].deprel) != ("VBG", "advcl"):
        return content
    deed = tokens[verb].head
    if deed > verb or not any(c.start >= cue.end for c in content):
        return content
    heads = {c: head_of(analysis, tokens_in(analysis, c)) for c in content if c.end <= cue.start}
    done = {c for c, k in heads.items() if k is not None and k > deed == tokens[k].head}
    quoted = {c for c in done if analysis.text.startswith(MARKS, c.start)}
    return tuple(c for c in content if c not in done - quoted)


def without_occasion(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """What is quoted without what was done meanwhile: “*Fining the firm*, Judge Ode said: “It knew.””."""
    verb = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    after = [c for c in content if cue is not None and c.start >= cue.end]
    if verb is None or cue is None or not any(analysis.text.startswith(MARKS, c.start) for c in after):
        return content
    tokens, first = analysis.tokens, analysis.sentences[analysis.sentence_of[verb]].first
    begun = tokens[first].xpos == "VBG" and tokens[first].deprel == "advcl" and tokens[first].head == verb
    if not begun:
        return content
    own = {i for i in subtree(analysis, first) if i < verb}
    return tuple(c for c in content if c.end > cue.start or not own.issuperset(tokens_in(analysis, c)))


def up_to_main_verb(
    analysis: Analysis, cue: Span | None, marked: tuple[Span, ...], grown: tuple[Span, ...]
) -> tuple[Span, ...]:
    """What a noun tells as the model marked it, where it would grow over the verb of which the noun is the subject.

    “Suspicions *that the pump was old* have been passed on”, however “was old have” is parsed; “the alleged *sale of
    arms* is denied”.
    """
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    told = head is not None and (
        analysis.tokens[head].upos in ("NOUN", "ADJ") or analysis.tokens[head].deprel == "amod"
    )
    if not told or not marked or not grown:
        return grown
    after = tokens_in(analysis, marked[-1]).stop
    longer = marked[-1].start == grown[-1].start and marked[-1].end < grown[-1].end
    finite = after < len(analysis.tokens) and analysis.tokens[after].xpos in ("VBD", "VBZ", "VBP", "MD")
    return (*grown[:-1], marked[-1]) if longer and finite else grown


def without_matter(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """A quotation without what it is said of, or where: “A farce,” he said of *the vote* on *“Harbour Sunday.”*."""
    if cue is None or not any(analysis.text.startswith(MARKS, piece.start) for piece in content):
        return content
    said = [i for i in tokens_in(analysis, cue) if analysis.tokens[i].lemma.lower() in _PLAINLY]
    return tuple(p for p in content if not said or not _is_matter(analysis, said[0], p))


def _is_matter(analysis: Analysis, verb: int, piece: Span) -> bool:
    tokens, inside = analysis.tokens, tokens_in(analysis, piece)
    head = head_of(analysis, inside)
    if head is None or head < verb or analysis.sentence_of[head] != analysis.sentence_of[verb]:
        return False
    before = {tokens[k].text.lower() for k in analysis.children[head] if k < head}
    hung = base(tokens[head].deprel) in ("obl", "nmod", "advcl", "acl")
    if any(mark in piece.of(analysis.text) for mark in MARKS):
        return hung and bool(before & WHERE) and is_title(piece.of(analysis.text))
    return hung and bool(before & {"of", "about"})


def before_the_scene(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """What a headline reports without what went on meanwhile: “Ode denies *theft* as crowds gather”."""
    if cue is None or len(content) != 1 or content[0].start < cue.end:
        return content
    inside = tokens_in(analysis, content[0])
    sentence = analysis.sentences[analysis.sentence_of[inside[0]]]
    if analysis.tokens[sentence.last - 1].upos == "PUNCT" or content[0].end > sentence.end:
        return content
    tokens = analysis.tokens
    scene = (
        i
        for i in inside[1:]
        if tokens[i].text == "as" and tokens[i].deprel == "mark" and tokens[tokens[i].head].deprel == "advcl"
        if child(analysis, tokens[i].head, "nsubj", "nsubj:pass") is not None
    )
    first = next(scene, None)
    return content if first is None else (Span(content[0].start, tokens[first - 1].end),)
