"""Attribution spans and their links, decoded from the encoder's vectors.

Each word gets one of seven labels (outside; begin or inside of source, cue, content), read off as the best legal
sequence (Viterbi), and a second one for the reports that stand inside the content of others. Then each content chooses
its cue, each cue its source, and a content without cue its source, by biaffine scores (Dozat and Manning 2017) over the
ends of the spans and their distance; each may choose none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import nn

from annotator.encoder import HIDDEN, distance_buckets, empty_embedding, filled, one_more, part
from annotator.sequences import best_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

ROLES = ("source", "cue", "content")
LABELS = ("O", *(f"{b}-{r}" for r in ROLES for b in "BI"))
LINK = 128
BUCKETS = 17
CONTENT_CUE, CUE_SOURCE, CONTENT_SOURCE = range(3)
# For each linker, in that order, the role of its children and that of its candidates.
PAIRED = (("content", "cue"), ("cue", "source"), ("content", "source"))
INSIDE = np.array([label[0] == "I" for label in LABELS], dtype=np.float32)
# The chance from which a cue or source that nobody chose takes a child over; tuned on PolNeAR's dev file.
TAKEN_OVER = 0.15

# What it costs to begin a span, in units of log-probability: words are labelled one by one, and a label that wavers
# for a word would break a span in two. Tuned on PolNeAR's dev file.
BEGINNING = 0.25
# What it costs to leave a word outside: a model trained word by word leaves too many. Tuned there too.
OUTSIDE = 0.3


@dataclass(frozen=True, slots=True)
class Piece:
    """A labelled run of words `first` up to `last`, and how sure the model is of its labels."""

    role: str
    first: int
    last: int
    score: float


@dataclass(frozen=True, slots=True)
class Tied:
    """An attribution in words: ranges of the document's words, and probabilities.

    `inner` says that it was seen as a report inside the content of another one.
    """

    content: tuple[Piece, ...]
    cue: Piece | None
    source: Piece | None
    score: float
    no_source_score: float
    inner: bool = False


class Linker(nn.Module):
    """Scores from each child span to each candidate span and, in column 0, to none."""

    def __init__(self) -> None:
        super().__init__()
        self.child = nn.Sequential(nn.Linear(2 * HIDDEN, LINK), nn.ReLU(), nn.Dropout(0.25))
        self.candidate = nn.Sequential(nn.Linear(2 * HIDDEN, LINK), nn.ReLU(), nn.Dropout(0.25))
        self.pair = nn.Parameter(torch.zeros(LINK + 1, LINK + 1))
        self.none = nn.Parameter(torch.zeros(LINK))
        self.distance, self.rank = empty_embedding(BUCKETS, 1), empty_embedding(BUCKETS, 1)

    def forward(
        self,
        vectors: torch.Tensor,
        children: Sequence[tuple[int, int]],
        candidates: Sequence[tuple[int, int]],
    ) -> torch.Tensor:
        """(words, 384) and ranges of words → (children, 1 + candidates)."""
        scores = self.asking(_ends(vectors, children)) @ self.answering(_ends(vectors, candidates)).T
        near, rank = (torch.from_numpy(distance_buckets(x)) for x in _distances(children, candidates))
        bias = (self.distance(near) + self.rank(rank)).squeeze(-1)
        return scores + torch.cat([bias.new_zeros(len(children), 1), bias], 1)

    def asking(self, ends: torch.Tensor) -> torch.Tensor:
        """What children ask of a candidate, (children, 129), of the vectors of their ends, (children, 768)."""
        return one_more(self.child(ends)) @ self.pair

    def answering(self, ends: torch.Tensor) -> torch.Tensor:
        """What none and candidates answer, (1 + candidates, 129), of the vectors of their ends, (candidates, 768)."""
        return one_more(torch.cat([self.none[None], self.candidate(ends)]))


def _ends(vectors: torch.Tensor, spans: Sequence[tuple[int, int]]) -> torch.Tensor:
    """The vectors of the first and the last word of each range side by side."""
    places = torch.tensor([(a, b - 1) for a, b in spans], dtype=torch.long)
    return vectors.index_select(0, places.view(-1)).view(-1, 2 * HIDDEN)


def _distances(
    children: Sequence[tuple[int, int]], candidates: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How far each candidate is from each child, (children, candidates) twice, negative where it stands before it.

    First the words from one to the other, then the candidates from one to the other, the farther counted.
    """
    (first, last), (begins, ends) = np.array(children).T[:, :, None], np.array(candidates).T[:, None]
    words = np.where(begins >= last, begins - last + 1, ends - first - 1)
    order = np.sort(begins[0])
    after = np.searchsorted(order, begins, "left") - np.searchsorted(order, first, "right")
    before = np.searchsorted(order, first, "left") - np.searchsorted(order, begins, "right")
    ranks = np.where(begins >= first, 1 + np.maximum(after, 0), -1 - np.maximum(before, 0))
    return words, ranks


class AttributionHeads(nn.Module):
    """The labels' layers and the three linkers (content → cue, cue → source, content without cue → source).

    `inner` gives the labels of reports that stand inside the content of others.
    """

    def __init__(self) -> None:
        super().__init__()
        self.labels, self.inner = nn.Linear(HIDDEN, len(LABELS)), nn.Linear(HIDDEN, len(LABELS))
        self.links = nn.ModuleList([Linker() for _ in range(3)])


@lru_cache(maxsize=4)
def load_heads(folder: Path) -> AttributionHeads:
    """The bundled heads, once a folder and process."""
    return filled(AttributionHeads, part(folder, "attribution"))


def pieces_of(path: Sequence[int], scores: NDArray[np.float32]) -> list[Piece]:
    """The labelled runs of a path; a run's score is the geometric mean of its labels' probabilities."""
    out: list[Piece] = []
    chosen = scores[np.arange(len(path)), path].tolist()
    first, role = 0, ""
    for i, number in enumerate([*path, 0]):
        label = LABELS[number]
        if role and not (label[0] == "I" and label[2:] == role):
            out.append(Piece(role, first, i, exp(sum(chosen[first:i]) / (i - first))))
            role = ""
        if label[0] == "B":
            first, role = i, label[2:]
    return out


class Pairing:
    """What the linkers score of the pieces of one document: each piece is looked at once for all its pairs."""

    def __init__(self, heads: AttributionHeads, vectors: torch.Tensor, found: Sequence[Piece]) -> None:
        by_role = {r: list(dict.fromkeys(p for p in found if p.role == r)) for r in ROLES}
        self._rows = {p: k for pieces in by_role.values() for k, p in enumerate(pieces)}
        self._linkers = [cast("Linker", x) for x in heads.links]
        ends = {r: _ends(vectors, [(p.first, p.last) for p in pieces]) for r, pieces in by_role.items()}
        self._sides = [
            (x.asking(ends[child]).numpy(), x.answering(ends[candidate]).numpy())
            for x, (child, candidate) in zip(self._linkers, PAIRED, strict=True)
        ]

    def chances(
        self, which: int, children: Sequence[Piece], candidates: Sequence[Piece]
    ) -> NDArray[np.float32]:
        """Probabilities (children, 1 + candidates), the first column that of none."""
        if not children or not candidates:
            return np.ones((len(children), 1), dtype=np.float32)
        (asking, answering), linker = self._sides[which], self._linkers[which]
        columns = [0, *(1 + self._rows[c] for c in candidates)]
        scores: NDArray[np.float32] = asking[[self._rows[c] for c in children]] @ answering[columns].T
        ranges = ([(p.first, p.last) for p in each] for each in (children, candidates))
        for table, far in zip((linker.distance, linker.rank), _distances(*ranges), strict=True):
            scores[:, 1:] += table.weight.numpy()[distance_buckets(far), 0]
        weights = np.exp(scores - scores.max(1, keepdims=True))
        chances: NDArray[np.float32] = weights / weights.sum(1, keepdims=True)
        return chances


def tag(
    heads: AttributionHeads, vectors: torch.Tensor, cuts: Sequence[range], paragraph_starts: Sequence[bool]
) -> list[Tied]:
    """The attributions of one document: `vectors` (words, 384), `cuts` its windows; links stay inside a window.

    No piece runs over a paragraph's end: of 60,000 in PolNeAR's training part one does.
    """
    if not len(vectors):
        return []
    breaks: NDArray[np.float32] = 1e4 * np.outer(np.asarray(paragraph_starts, dtype=np.float32), INSIDE)
    outer, inner = (_labelled(layer, vectors, breaks) for layer in (heads.labels, heads.inner))
    pairing = Pairing(heads, vectors, [*outer, *inner])
    return [
        *_tied_up(pairing, outer, cuts),
        *(replace(t, inner=True) for t in _tied_up(pairing, inner, cuts)),
    ]


def _labelled(labels: nn.Linear, vectors: torch.Tensor, breaks: NDArray[np.float32]) -> list[Piece]:
    scores: NDArray[np.float32] = labels(vectors).log_softmax(-1).numpy()
    scores -= breaks
    return pieces_of(best_path(scores, beginning=BEGINNING, outside=OUTSIDE), scores)


def _tied_up(pairing: Pairing, found: Sequence[Piece], cuts: Sequence[range]) -> list[Tied]:
    out: list[Tied] = []
    for window in cuts:
        here = [p for p in found if window.start <= p.first < window.stop]
        if any(p.role == "content" for p in here):
            out += _tie(pairing, here)
    return out


def _tie(pairing: Pairing, found: Sequence[Piece]) -> list[Tied]:
    sources, cues, contents = ([p for p in found if p.role == r] for r in ROLES)
    to_cue = pairing.chances(CONTENT_CUE, contents, cues)
    to_source = pairing.chances(CUE_SOURCE, cues, sources)
    cue_of, source_of = _assigned(to_cue), _assigned(to_source)
    out: list[Tied] = []
    for k, cue in enumerate(cues):
        mine = [c for c in range(len(contents)) if cue_of[c] == k + 1]
        if mine:
            sure = min(float(to_cue[c, k + 1]) for c in mine)
            out.append(
                _tied([contents[c] for c in mine], cue, sure, *_source(sources, source_of[k], to_source[k]))
            )
    alone = [c for c in range(len(contents)) if not cue_of[c]]
    to_source = pairing.chances(CONTENT_SOURCE, [contents[c] for c in alone], sources)
    for row, c in enumerate(alone):
        chosen = int(to_source[row].argmax())
        out.append(_tied([contents[c]], None, float(to_cue[c, 0]), *_source(sources, chosen, to_source[row])))
    return out


def _source(
    sources: Sequence[Piece], chosen: int, chances: NDArray[np.float32]
) -> tuple[Piece | None, tuple[float, float]]:
    """The chosen source, with the probabilities of that choice and of none."""
    return (sources[chosen - 1] if chosen else None), (float(chances[chosen]), float(chances[0]))


def _tied(
    content: list[Piece], cue: Piece | None, linked: float, source: Piece | None, chances: tuple[float, float]
) -> Tied:
    parts = [*(c.score for c in content), *([cue.score] if cue else []), *([source.score] if source else [])]
    return Tied(tuple(content), cue, source, min(parts) * linked * chances[0], chances[1])


def _assigned(chances: NDArray[np.float32]) -> list[int]:
    """For each child its candidate, 0 for none: the likeliest, but a candidate that nobody chose takes a child over.

    A cue reports something and a source says something, or they would not have been marked: one left alone gets the
    child that likes it best, if that has none or leaves no other candidate alone, and the chance is not too small.
    """
    chosen: list[int] = chances.argmax(1).tolist()
    alone = [j for j in range(1, chances.shape[1]) if j not in chosen]
    for j in sorted(alone, key=lambda j: -chances[:, j].max(initial=0)):
        free = [i for i, k in enumerate(chosen) if not k or chosen.count(k) > 1]
        best = max(free, key=lambda i: float(chances[i, j]), default=None)
        if best is not None and chances[best, j] >= TAKEN_OVER:
            chosen[best] = j
    return chosen
