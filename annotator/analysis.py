"""Our read-only view of a parse: words, sentences, names, and what the learned model marked.

`parser` makes it from Stanza's document; rules and tests read it, and a test can write one by hand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import exp, log
from typing import TYPE_CHECKING, Literal

from annotator.model import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

# What is less likely than this beside something else is not told apart from what is impossible.
_LEAST = 1e-30

# How somebody is spoken of in a content, the best first; "none" is for those who stand beside it.
HOW = ("name", "nominal", "pronoun", "none")

NameKind = Literal["person", "organization", "place"]


@dataclass(frozen=True, slots=True)
class Token:
    """A syntactic word: `head` is an index into the analysis' tokens, -1 for a sentence's root.

    The words of a multi-word token ("don't") have their own ranges where the text shows them, else share one.
    """

    start: int
    end: int
    text: str
    lemma: str
    upos: str
    head: int
    deprel: str
    xpos: str = ""
    feats: str = ""

    @property
    def span(self) -> Span:
        """The word's range."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens `first` up to, not including, `last`."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that the model found."""

    start: int
    end: int
    kind: NameKind
    score: float = 1.0

    @property
    def span(self) -> Span:
        """The name's range."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Learned:
    """An attribution as the learned model marked and linked it, before any rule has seen it.

    `inner` says that it was seen as a report inside the content of another one.
    """

    content: tuple[Span, ...]
    cue: Span | None = None
    source: Span | None = None
    score: float = 1.0
    no_source_score: float = 0.0
    inner: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Referring:
    """What each token asks of those whom it may refer to and answers to others, (tokens, width), from `referring`.

    `nobody` tells by the form of a mention, a number a token, what speaks for its meaning nobody so far; `spoken` and
    `reporting` by how somebody is spoken of what speaks, in the token for him and in the one that reports, for a
    report's being about him.
    """

    asking: NDArray[np.float32]
    answering: NDArray[np.float32]
    nobody: Mapping[str, NDArray[np.float32]]
    spoken: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    reporting: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def likes(self, token: int, others: Sequence[Sequence[int]]) -> list[float]:
        """What speaks for a token's meaning each of some entities, given as tokens that stand for it, in log-odds.

        Each of the tokens counts (Lee and others 2017).
        """
        flat = [k for heads in others for k in heads]
        scores: list[float] = self.answering.take(flat, axis=0).dot(self.asking[token]).tolist()
        highest = max(scores, default=0.0)
        each = iter([exp(s - highest) for s in scores])
        return [highest + log(max(sum(islice(each, len(heads))), _LEAST)) for heads in others]


@dataclass(frozen=True)
class Analysis:
    """A parsed document: tokens and sentences in text order, names, learned attributions.

    `referring` is None where no encoder has seen the text.
    """

    text: str
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...] = ()
    learned: tuple[Learned, ...] = ()
    document_id: str = ""
    referring: Referring | None = None

    @cached_property
    def starts(self) -> list[int]:
        """Each token's start, for searching."""
        return [t.start for t in self.tokens]

    @cached_property
    def ends(self) -> list[int]:
        """Each token's end, for searching."""
        return [t.end for t in self.tokens]

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Each sentence's start, for searching."""
        return [s.start for s in self.sentences]

    @cached_property
    def capitals(self) -> list[int]:
        """The tokens that begin with a capital letter: few words may begin a name."""
        return [i for i, t in enumerate(self.tokens) if t.text[:1].isupper()]

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For each token the indices of its dependents, in text order."""
        out: list[list[int]] = [[] for _ in self.tokens]
        for i, token in enumerate(self.tokens):
            if token.head >= 0:
                out[token.head].append(i)
        return tuple(map(tuple, out))

    @cached_property
    def sentence_of(self) -> tuple[int, ...]:
        """For each token the index of its sentence."""
        return tuple(k for k, s in enumerate(self.sentences) for _ in range(s.first, s.last))


def tokens_in(analysis: Analysis, span: Span) -> range:
    """The indices of the tokens that share a character with `span`."""
    return range(bisect_right(analysis.ends, span.start), bisect_left(analysis.starts, span.end))


def token_at(analysis: Analysis, start: int) -> int | None:
    """The index of the token that begins at a position, if one does."""
    i = bisect_left(analysis.starts, start)
    return i if i < len(analysis.starts) and analysis.starts[i] == start else None


def sentence_to(analysis: Analysis, end: int) -> Sentence | None:
    """The sentence that holds the character before a position."""
    k = bisect_left(analysis.sentence_starts, end) - 1
    return analysis.sentences[k] if k >= 0 and end <= analysis.sentences[k].end else None


def top_of(analysis: Analysis, index: int, relation: str) -> int:
    """The first word of a chain of one relation: of a list its first, of a name the word that its others hang on.

    A wrong parse may lead round in a circle: it ends there.
    """
    tokens = analysis.tokens
    for _ in tokens:
        if tokens[index].deprel != relation or tokens[index].head < 0:
            break
        index = tokens[index].head
    return index


def subtree(analysis: Analysis, index: int) -> list[int]:
    """The token and everything below it, in text order."""
    out, todo = [], [index]
    while todo:
        i = todo.pop()
        out.append(i)
        todo.extend(analysis.children[i])
    return sorted(out)


def head_of(analysis: Analysis, indices: range) -> int | None:
    """The token of the range whose own head lies outside it (the first such), or None for an empty range."""
    tokens = analysis.tokens
    for i in indices:
        if tokens[i].head not in indices:
            return i
    return None


def span_of(analysis: Analysis, indices: list[int] | range) -> Span:
    """From the first token's start to the last one's end."""
    return Span(analysis.tokens[min(indices)].start, analysis.tokens[max(indices)].end)
