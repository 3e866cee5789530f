"""What the teacher knows of each training window, for the small network to imitate.

It knows all tasks: from its vectors its heads tell attributions, tags, trees, names and sentences, also on texts that
nobody marked by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.encoder import HIDDEN, padded
from annotator.parser.heads import TAGS, SyntaxHeads, sentence_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from network import Network
    from varied import Others
    from windows import Item

    from annotator.encoder import Vectors

ZERO = torch.zeros(())
VECTORS = ("last", "mixed")


@dataclass(frozen=True, slots=True)
class Seen:
    """The teacher's view of one window: its vectors of words (words, 384), and sentences as ranges of words."""

    last: torch.Tensor
    mixed: torch.Tensor
    sentences: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Lessons:
    """The teacher with its views, by the id of the window, and the words that fresh windows are made with.

    `keeper` is the network gone on from, if any: what it knows of syntax and names stays as it is, and the teacher
    tells only of attributions (Li and Hoiem 2016).
    """

    seen: dict[int, Seen] = field(default_factory=dict)
    teacher: Network | None = None
    others: Others | None = None
    keeper: Network | None = None


def lenses() -> nn.ModuleDict:
    """What the teacher's vectors should be told from: the network's own, each through a linear layer."""
    return nn.ModuleDict({kind: nn.Linear(HIDDEN, HIDDEN) for kind in VECTORS})


def vector_distance(lens: nn.ModuleDict, vectors: Vectors, seen: Sequence[Seen]) -> torch.Tensor:
    """The share of the teacher's vectors that the network's do not tell, as FitNets hint (Romero and others 2015).

    A label is two bits a word; a vector says much more of why.
    """
    total = ZERO
    for kind in VECTORS:
        ours, theirs = paired(vectors, seen, kind)
        total = total + F.mse_loss(lens[kind](ours), theirs) / theirs.var(0).mean()
    return total / len(VECTORS)


def paired(vectors: Vectors, seen: Sequence[Seen], kind: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The network's and the teacher's vectors of a batch's words, (words, 384) each."""
    ours = getattr(vectors, kind)
    return ours[inside([len(s.last) for s in seen], ours.size(1))], torch.cat(
        [getattr(s, kind) for s in seen]
    ).float()


@torch.no_grad()
def focus(lens: nn.ModuleDict, shown: Sequence[tuple[Vectors, list[Seen]]]) -> None:
    """Set the lenses to the best ones for some batches, by least squares: random ones would first lead astray."""
    for kind in VECTORS:
        ours, theirs = (torch.cat(part) for part in zip(*(paired(v, s, kind) for v, s in shown), strict=True))
        best = torch.linalg.lstsq(F.pad(ours, (0, 1), value=1.0), theirs).solution
        lens[kind].weight.copy_(best[:-1].T)
        lens[kind].bias.copy_(best[-1])


def inside(lengths: Sequence[int], longest: int) -> torch.Tensor:
    """(rows, longest): true where a row of so many words has one."""
    return torch.arange(longest)[None] < torch.tensor(lengths)[:, None]


def sentence_rows(
    heads: SyntaxHeads, vectors: torch.Tensor, found: Sequence[tuple[int, int, int]]
) -> torch.Tensor:
    """Sentences (window, first, last) of (windows, words, 384) as `SyntaxHeads.rows` gives them, in one look-up."""
    longest = max(b - a for _, a, b in found)
    at = padded([[0, *range(1 + k * vectors.size(1) + a, 1 + k * vectors.size(1) + b)] for k, a, b in found])
    flat = torch.cat([heads.root[None], vectors.flatten(0, 1)])
    return flat[at.flatten()].view(len(found), longest + 1, HIDDEN)


def distance(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """How far scores are from a teacher's log-probabilities (Hinton and others 2015), averaged over rows."""
    return F.kl_div(scores.log_softmax(-1), wanted.float(), reduction="batchmean", log_target=True)


def label_distance(net: Network, last: torch.Tensor, teacher: Network, seen: Sequence[Seen]) -> torch.Tensor:
    """How far the labels of a batch, of vectors (windows, words, 384), are from the teacher's, inner ones too."""
    ours = last[inside([len(s.last) for s in seen], last.size(1))]
    mine, other = net.attribution, teacher.attribution
    with torch.no_grad():
        theirs = torch.cat([s.last for s in seen]).float()
        wanted = [layer(theirs).log_softmax(-1) for layer in (other.labels, other.inner)]
    return distance(mine.labels(ours), wanted[0]) + distance(mine.inner(ours), wanted[1])


def syntax_distance(
    heads: SyntaxHeads, teacher: SyntaxHeads, mixed: torch.Tensor, seen: Sequence[Seen]
) -> torch.Tensor:
    """How far tags, names, sentence starts and trees of a batch are from what the teacher's heads say."""
    ours = mixed[inside([len(s.mixed) for s in seen], mixed.size(1))]
    with torch.no_grad():
        theirs = torch.cat([s.mixed for s in seen]).float()
    layers = [(heads.tags[k], teacher.tags[k]) for k in TAGS]
    layers += [(heads.names, teacher.names), (heads.starts, teacher.starts)]
    total = ZERO
    for mine, other in layers:
        with torch.no_grad():
            wanted = other(theirs).log_softmax(-1)
        total = total + distance(mine(ours), wanted)
    return total + _tree_distance(heads, teacher, mixed, seen)


def _tree_distance(
    heads: SyntaxHeads, teacher: SyntaxHeads, mixed: torch.Tensor, seen: Sequence[Seen]
) -> torch.Tensor:
    found = [(k, a, b) for k, s in enumerate(seen) for a, b in s.sentences]
    if not found:
        return ZERO
    lengths = torch.tensor([b - a for _, a, b in found])
    ours = sentence_rows(heads, mixed, found)
    real = inside((lengths + 1).tolist(), ours.size(1))
    real[:, 0] = False
    with torch.no_grad():
        theirs = teacher.rows([seen[k].mixed[a:b].float() for k, a, b in found])
        arcs = teacher.arcs(theirs, lengths).log_softmax(-1)
        chosen = arcs.argmax(-1).unsqueeze(-1).expand(-1, -1, HIDDEN)
        named = teacher.relations(theirs.gather(1, chosen)[real], theirs[real]).log_softmax(-1)
    away = distance(heads.arcs(ours, lengths)[real], arcs[real])
    return away + distance(heads.relations(ours.gather(1, chosen)[real], ours[real]), named)


def sentences_of(teacher: SyntaxHeads, mixed: torch.Tensor, item: Item) -> list[tuple[int, int]]:
    """The window's sentences: the treebank's, else where the teacher begins them; of 100 words at most."""
    if item.sentences:
        return item.sentences
    begins = sentence_starts(teacher, mixed, item.words, [k == 0 for k in range(len(item.words))])
    at = [k for k, begin in enumerate(begins) if begin]
    return [(a, b) for a, b in zip(at, [*at[1:], len(begins)], strict=True) if b - a <= 100]
