"""How talk reports talk: “and I'm like, no way”, “she goes, “Wait””. Verbs of no meaning of their own, by their form.

Linguists call them quotatives (Blyth, Recktenwald and Wang 1990): what follows is acted out as it was said or thought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.analysis import span_of
from annotator.claims import Claim
from annotator.phrases import child, noun_phrase, pieces, speaks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.analysis import Analysis, Token

_OPENING = frozenset({"“", '"', "``", "‘", "'"})
_STOPS = frozenset({".", "!", "?"})
# What somebody who is only like something would be followed by is no clause of its own.
_STARTS = frozenset({"nsubj", "expl", "vocative"})


def find_talk(analysis: Analysis) -> tuple[Claim, ...]:
    """The claims of quotatives, from the cue to the end of its sentence, in text order."""
    return tuple(c for i in range(len(analysis.tokens)) for c in _at(analysis, i))


def _at(analysis: Analysis, index: int) -> Iterator[Claim]:
    words = _quotative(analysis, index)
    if not words:
        return
    sentence = analysis.sentences[analysis.sentence_of[index]]
    who = _speaker(analysis, words.start, sentence.first)
    end = sentence.last
    while end > words.stop and analysis.tokens[end - 1].text in _STOPS:
        end -= 1
    content = pieces(analysis, range(words.stop, end))
    if who is not None and content:
        yield Claim(
            content, span_of(analysis, words), noun_phrase(analysis, who), "talk", score=0.5, apart=False
        )


def _quotative(analysis: Analysis, index: int) -> range:
    """The tokens of a quotative whose verb this is: “'m like”, “was all like”, “goes”; none if it is something else."""
    tokens = analysis.tokens
    verb = tokens[index]
    last = len(tokens) - 1
    if verb.lemma.lower() == "be" and index < last:
        like = index + 2 if tokens[index + 1].text.lower() in ("all", "just") else index + 1
        if like < last and tokens[like].text.lower() == "like" and _acts_out(tokens[like + 1 : like + 3]):
            return range(index, like + 1)
    if verb.lemma.lower() == "go" and verb.upos == "VERB" and index < last:
        following = tokens[index + 1 : index + 3]
        if _opens(following[0]) or (len(following) > 1 and following[0].text == "," and _cries(following[1])):
            return range(index, index + 1)
    return range(0)


def _acts_out(following: tuple[Token, ...]) -> bool:
    """Whether what follows “like” is somebody's words: after a comma or a mark, a cry, or a clause with its subject."""
    first, second = following[0], following[-1]
    return _opens(first) or _cries(first) or (first.text == "," and _cries(second))


def _cries(token: Token) -> bool:
    personal = token.upos == "PRON" and token.deprel in _STARTS
    return _opens(token) or token.upos == "INTJ" or personal


def _opens(token: Token) -> bool:
    return token.text in _OPENING


def _speaker(analysis: Analysis, verb: int, first: int) -> int | None:
    """The subject of a quotative: its own in the parse, or the noun or pronoun right before it."""
    own = child(analysis, verb, "nsubj")
    near = next(
        (
            i
            for i in range(verb - 1, first - 1, -1)
            if analysis.tokens[i].upos not in ("AUX", "ADV", "PART", "VERB")
        ),
        None,
    )
    who = own if own is not None else near
    if who is None or who > verb or analysis.tokens[who].upos not in ("PRON", "PROPN", "NOUN"):
        return None
    return who if analysis.tokens[who].deprel.startswith("nsubj") and speaks(analysis, who) else None
