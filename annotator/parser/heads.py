"""Heads for syntax and names, from the encoder's mixed vectors: sentences, tags, arcs with their labels, names.

Arcs and labels are biaffine (Dozat and Manning 2017); a sentence's heads are chosen greedily and, where that is no
tree with one root, as the best tree (Chu and Liu 1965; Edmonds 1967).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.encoder import (
    CLOSING,
    HIDDEN,
    OPENING,
    empty_embedding,
    filled,
    is_narrow,
    load_encoder,
    one_more,
    part,
)
from annotator.precision import Narrow, linear, side_by_side
from annotator.sequences import best_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TAGS = ("upos", "xpos", "feats")
NAMES = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
# The log-probability of no name from which on a word is taken for none unweighed.
SURELY_OUTSIDE = -0.02
ARC, RELATION = 256, 64
ROWS = 128
# What stands before a word, as far as it tells whether a sentence ended there.
ENDINGS = {".": 1, "?": 2, "!": 2, "...": 3, "…": 3, ":": 4, ";": 5, "-": 5, "--": 5, "–": 5, "—": 5}
ABBREVIATED, OPENED, ENDING_KINDS, WORD_KINDS = 6, 7, 8, 5
MARKS = ENDING_KINDS * 2 * WORD_KINDS
# Marks whose direction only the marks before them tell.
TWO_WAYS = frozenset({'"', "''"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A sentence's heads (1-based as in CoNLL-U, 0 for the root) and relations."""

    heads: list[int]
    relations: list[str]


class Biaffine(nn.Module):
    """Scores of pairs of vectors with a bias each."""

    def __init__(self, size: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, size + 1, size + 1))

    def all_pairs(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """(batch, n, size), (batch, m, size) → (batch, outputs, n, m)."""
        return torch.einsum("bnd,ode,bme->bonm", one_more(a), self.weight, one_more(b))

    def pairs(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """(n, size) twice → (n, outputs): row by row."""
        o, d, e = self.weight.shape
        weight = self.weight.permute(1, 0, 2).reshape(d, o * e)
        # A few rows at a time: what stands between the two products is fifty times a row, and should stay in the cache.
        parts = zip(torch.split(one_more(a), ROWS), torch.split(one_more(b), ROWS), strict=True)
        scores = [_by_rows((x @ weight).view(-1, o, e), y) for x, y in parts]
        return torch.cat(scores) if scores else a.new_zeros(0, o)


def _by_rows(weighed: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """(n, outputs, size) and (n, size) → (n, outputs)."""
    # A row times a matrix: a matrix times a column takes ten times as long.
    return torch.bmm(others.unsqueeze(1), weighed.transpose(1, 2)).squeeze(1)


def _mlp(size: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(HIDDEN, size), nn.ReLU(), nn.Dropout(0.25))


class SyntaxHeads(nn.Module):
    """All heads of one parse; `values` gives each tag's and relation's strings in the order of their numbers."""

    def __init__(self, values: Mapping[str, Sequence[str]], *, relation: int = RELATION) -> None:
        super().__init__()
        self.values = {k: list(v) for k, v in values.items()}
        self.tags = nn.ModuleDict({k: nn.Linear(HIDDEN, len(values[k])) for k in TAGS})
        self.names = nn.Linear(HIDDEN, len(NAMES))
        self.starts = nn.Linear(HIDDEN, 2)
        self.marks = empty_embedding(MARKS, 2)
        self.arc_head, self.arc_child = _mlp(ARC), _mlp(ARC)
        self.relation_head, self.relation_child = _mlp(relation), _mlp(relation)
        self.arc, self.relation = Biaffine(ARC, 1), Biaffine(relation, len(values["deprel"]))
        self.root = nn.Parameter(torch.zeros(HIDDEN))

    def arcs(self, rows: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Scores (sentences, child, head) for sentence vectors with the root first; `lengths` without the root."""
        inside = torch.arange(rows.size(1))[None] <= lengths[:, None]
        scores = self.arc.all_pairs(self.arc_head(rows), self.arc_child(rows))[:, 0]
        return scores.masked_fill(~inside[:, :, None], -1e4).transpose(1, 2)

    def relations(self, heads: torch.Tensor, children: torch.Tensor) -> torch.Tensor:
        """(n, 384) of heads and of children → (n, relations)."""
        return self.relation.pairs(self.relation_head(heads), self.relation_child(children))

    def rows(self, sentences: Sequence[torch.Tensor]) -> torch.Tensor:
        """Sentences of (words, 384) as one padded batch with the root's vector first."""
        longest = max(len(s) for s in sentences)
        out = sentences[0].new_zeros(len(sentences), longest + 1, HIDDEN)
        out[:, 0] = self.root
        for i, sentence in enumerate(sentences):
            out[i, 1 : len(sentence) + 1] = sentence
        return out


@lru_cache(maxsize=4)
def load_heads(folder: Path) -> SyntaxHeads:
    """The bundled heads, once a folder and process."""
    values = json.loads((folder / "values.json").read_text(encoding="utf8"))
    return filled(partial(SyntaxHeads, values), part(folder, "syntax"))


class Reading:
    """The heads for reading alone: layers that see the same vectors as one product.

    With `reach`, how far the vectors (`mixed`) and the heads of relations (`relation`) come, of 8-bit integers.
    """

    def __init__(self, heads: SyntaxHeads, *, reach: Mapping[str, torch.Tensor] | None = None) -> None:
        def made(layer: nn.Linear, seen: str) -> Callable[[torch.Tensor], torch.Tensor]:
            return Narrow(layer, reach[seen]) if reach else layer

        both = (heads.arc_head, heads.arc_child, heads.relation_head, heads.relation_child)
        ends = [cast("nn.Linear", e[0]) for e in both]
        self.heads = heads
        self.sizes = [e.out_features for e in ends]
        self.ends = made(side_by_side(ends), "mixed")
        self.tags = made(side_by_side([cast("nn.Linear", heads.tags[k]) for k in TAGS]), "mixed")
        arc = heads.arc.weight[0]
        self.weighed = linear(arc[:-1].T, arc[-1])
        outputs, size, _ = heads.relation.weight.shape
        self.relations = outputs
        # The one at the end of a vector stands for a bias.
        flat = heads.relation.weight.permute(0, 2, 1).reshape(outputs * size, size)
        self.relation = made(linear(flat[:, :-1], flat[:, -1].contiguous()), "relation")

    def sides(self, vectors: torch.Tensor) -> list[torch.Tensor]:
        """(words, 384) as heads and as children of arcs, then of relations."""
        return list(torch.split(F.relu(self.ends(vectors)), self.sizes, -1))

    def related(self, heads: torch.Tensor, children: torch.Tensor) -> torch.Tensor:
        """Heads and children of relations, (words, 64) twice, → (words, relations)."""
        # A few rows at a time: what stands between the two products is fifty times a row, and should stay in the cache.
        parts = zip(torch.split(heads, ROWS), torch.split(one_more(children), ROWS), strict=True)
        size = children.size(-1) + 1
        return torch.cat([_by_rows(self.relation(x).view(-1, self.relations, size), y) for x, y in parts])


@lru_cache(maxsize=4)
def load_reading(folder: Path) -> Reading:
    """The bundled heads as a parse uses them, once a folder and process; in the encoder's precision."""
    narrow = is_narrow(load_encoder(folder))
    return Reading(load_heads(folder), reach=part(folder, "reach") if narrow else None)


def tag_words(reading: Reading, vectors: torch.Tensor) -> list[tuple[str, str, str]]:
    """UPOS, XPOS and features of each word of (words, 384)."""
    values = reading.heads.values
    scores = torch.split(reading.tags(vectors), [len(values[k]) for k in TAGS], -1)
    best = [s.argmax(-1).tolist() for s in scores]
    return [(values["upos"][u], values["xpos"][x], values["feats"][f]) for u, x, f in zip(*best, strict=True)]


def sentence_starts(
    heads: SyntaxHeads, vectors: torch.Tensor, words: Sequence[str], paragraph_starts: Sequence[bool]
) -> list[bool]:
    """Whether a sentence begins with each of the words, their vectors (words, 384); one does wherever a paragraph does.

    The vectors tell what a clause is, the marks before a word what a writer does at its end: both are weighed.
    """
    scores = heads.starts(vectors) + heads.marks(torch.tensor(marks_before(words, paragraph_starts)))
    begins = scores.argmax(-1).bool().tolist()
    return [a or b for a, b in zip(begins, paragraph_starts, strict=True)]


def marks_before(words: Sequence[str], paragraph_starts: Sequence[bool]) -> list[int]:
    """For each word a number: what ends before it, whether a mark or bracket then closes, what it begins with."""
    out: list[int] = []
    ending, closed, inside = 0, False, False
    for word, new in zip(words, paragraph_starts, strict=True):
        if new:
            ending, closed, inside = 0, False, False
        out.append((2 * ending + closed) * WORD_KINDS + _beginning(word, inside=inside))
        if word in OPENING or (word in TWO_WAYS and not inside):
            ending, closed, inside = OPENED, False, True
        elif word in CLOSING or word in TWO_WAYS:
            closed, inside = True, False
        elif word in {")", "]", "’", "'"}:
            closed = True
        else:
            ending, closed = _ending(word), False
    return out


def _ending(word: str) -> int:
    abbreviated = word.endswith(".") and len(word) > 1 and word[0].isalpha()
    return ABBREVIATED if abbreviated else ENDINGS.get(word, 0)


def _beginning(word: str, *, inside: bool) -> int:
    if word in OPENING or (word in TWO_WAYS and not inside):
        return 2
    if word[0].isalpha():
        return int(word[0].isupper())
    return 3 if word[0].isdigit() else 4


def parse(reading: Reading, sentences: Sequence[torch.Tensor], *, positions: int = 2048) -> list[Tree]:
    """The tree of each sentence of (words, 384), those of like length together."""
    out: list[Tree | None] = [None] * len(sentences)
    batch: list[int] = []
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
    for k, i in enumerate(order):
        batch.append(i)
        last = k + 1 == len(order)
        if last or (len(batch) + 1) * (len(sentences[order[k + 1]]) + 1) > positions:
            for j, tree in zip(batch, _parse_batch(reading, [sentences[b] for b in batch]), strict=True):
                out[j] = tree
            batch = []
    return [t for t in out if t is not None]


def _parse_batch(reading: Reading, sentences: Sequence[torch.Tensor]) -> list[Tree]:
    heads, lengths = reading.heads, [len(s) for s in sentences]
    sides = reading.sides(torch.cat([heads.root[None], *sentences]))
    # Word 0 of each sentence is the root, whose vector stands first of all.
    starts = list(accumulate(lengths, initial=1))[:-1]
    order = np.arange(max(lengths) + 1)
    outside = torch.from_numpy(order[None] > np.array(lengths)[:, None])
    places = torch.from_numpy(np.where(order > 0, np.array(starts)[:, None] + order - 1, 0)).masked_fill_(
        outside, 0
    )
    weighed = reading.weighed(sides[0])
    scores = torch.bmm(one_more(sides[1])[places], weighed[places].transpose(1, 2))
    # Each word takes one head: what all its scores have in common, as a softmax takes off, tells nothing.
    likes = scores.masked_fill_(outside[:, None, :], -1e4).numpy()
    chosen = [best_heads(likes[i, : n + 1, : n + 1]) for i, n in enumerate(lengths)]
    above = torch.tensor([s + h - 1 if h else 0 for s, c in zip(starts, chosen, strict=True) for h in c])
    names = reading.related(sides[2][above], sides[3][1:])
    # "root" belongs to the root alone: elsewhere the next best relation stands.
    root = heads.values["deprel"].index("root")
    names[above > 0, root] = -1e4
    best = names.argmax(-1)
    best[above == 0] = root
    flat = iter(best.tolist())
    return [Tree(h, [heads.values["deprel"][next(flat)] for _ in h]) for h in chosen]


def best_heads(scores: NDArray[np.float32]) -> list[int]:
    """Heads of words 1… for (1 + words, 1 + words) scores of child and head: a tree with exactly one root."""
    likes: NDArray[np.float64] = scores.astype(np.float64)
    np.fill_diagonal(likes, -1e9)
    greedy = likes[1:].argmax(1)
    if (greedy == 0).sum() == 1 and not _cycle([0, *greedy.tolist()]):
        return [int(h) for h in greedy]
    # One root: the word that likes it best keeps it, and nobody else may have it.
    root = int((likes[1:, 0] - likes[1:, 1:].max(1, initial=-1e9)).argmax()) + 1
    fixed = likes.copy()
    fixed[:, 0] = -1e8
    fixed[root, :] = -1e9
    fixed[root, 0] = 0.0
    return _best_tree(fixed)[1:]


def _cycle(heads: Sequence[int]) -> list[int]:
    """The nodes of one cycle, or nothing."""
    walk = [0] * len(heads)
    for start in range(1, len(heads)):
        node = start
        while node and not walk[node]:
            walk[node] = start
            node = heads[node]
        if node and walk[node] == start:
            cycle = [node]
            while heads[cycle[-1]] != node:
                cycle.append(heads[cycle[-1]])
            return cycle
    return []


def _best_tree(scores: NDArray[np.float64]) -> list[int]:
    """The best tree below node 0, cycles contracted until none is left."""
    heads = [0, *scores[1:].argmax(1).tolist()]
    cycle = _cycle(heads)
    if not cycle:
        return heads
    rest = [n for n in range(len(heads)) if n not in cycle]
    gain = [scores[n, heads[n]] for n in cycle]
    small = np.full((len(rest) + 1, len(rest) + 1), -1e9)
    small[:-1, :-1] = scores[np.ix_(rest, rest)]
    into = scores[np.ix_(cycle, rest)] - np.array(gain)[:, None]
    out_of = scores[np.ix_(rest, cycle)]
    small[-1, :-1], small[:-1, -1] = into.max(0), out_of.max(1)
    small[0, :] = -1e9
    inner = _best_tree(small)
    for i, n in enumerate(rest[1:], 1):
        heads[n] = cycle[int(out_of[i].argmax())] if inner[i] == len(rest) else rest[inner[i]]
    broken = int(into[:, inner[-1]].argmax())
    heads[cycle[broken]] = rest[inner[-1]]
    return heads


def name_labels(heads: SyntaxHeads, vectors: torch.Tensor) -> tuple[list[int], NDArray[np.float32]]:
    """The best legal sequence of name labels of one document and their log-probabilities (words, 7)."""
    scores: NDArray[np.float32] = heads.names(vectors).log_softmax(-1).numpy()
    return names_path(scores), scores


def names_path(scores: NDArray[np.float32]) -> list[int]:
    """The best legal labels for (words, 7) log-probabilities.

    Only runs of words that may be in a name are weighed, with the one after each, where the run ends.
    """
    path = np.zeros(len(scores), dtype=np.int64)
    doubtful = scores[:, 0] < SURELY_OUTSIDE
    weighed = doubtful.copy()
    weighed[1:] |= doubtful[:-1]
    path[weighed] = best_path(scores[weighed])
    labels: list[int] = path.tolist()
    return labels
