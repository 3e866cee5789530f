"""The network that is trained, an encoder with every head, and what the gold says of a batch of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from distil import ZERO, lenses, sentence_rows
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it
from windows import IGNORED

from annotator.encoder import HIDDEN, Inputs, Vectors, padded
from annotator.parser.heads import RELATION, TAGS, SyntaxHeads
from annotator.tagger import CONTENT_CUE, CONTENT_SOURCE, CUE_SOURCE, AttributionHeads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from windows import Item

# On a processor without it bfloat16 is many times slower than float32.
HALF: bool = torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - torch has no public name for it


class Network(nn.Module):
    """An encoder and every head, as one thing to train."""

    def __init__(self, values: dict[str, list[str]], encoder: nn.Module, *, relation: int = RELATION) -> None:
        super().__init__()
        self.encoder, self.attribution = encoder, AttributionHeads()
        self.syntax = SyntaxHeads(values, relation=relation)
        self.drop, self.lens = nn.Dropout(0.2), lenses()
        for weight in (
            self.syntax.arc.weight,
            self.syntax.relation.weight,
            *(x.pair for x in self.attribution.links),
        ):
            nn.init.normal_(weight, std=0.01)

    def read(self, batch: Sequence[Inputs]) -> Vectors:
        """The encoder's vectors, its products in bfloat16 where the machine has them: four times as fast there."""
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            found = self.encoder(batch)
        return Vectors(found.last.float(), found.mixed.float())


def tag_loss(logits: torch.Tensor, rows: list[list[int]]) -> torch.Tensor:
    target = padded(rows, IGNORED).flatten()
    if bool((target == IGNORED).all()):
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), target, ignore_index=IGNORED)


def syntax_loss(net: Network, vectors: Vectors, batch: list[Item]) -> torch.Tensor:
    """Gold sentences, tags, names and trees."""
    mixed = net.drop(vectors.mixed)
    heads = net.syntax
    loss = tag_loss(heads.names(mixed), [i.names for i in batch])
    # One word in twenty begins a sentence, and everything stands on where.
    loss = loss + 2.0 * tag_loss(heads.starts(mixed), [i.starts for i in batch])
    for kind, weight in zip(TAGS, (1.0, 0.5, 1.0), strict=True):
        loss = loss + weight * tag_loss(heads.tags[kind](mixed), [i.tags[kind] for i in batch])
    found = [(k, a, b) for k, i in enumerate(batch) for a, b in i.sentences]
    if not found:
        return loss
    rows = sentence_rows(heads, mixed, found)
    arcs = heads.arcs(rows, torch.tensor([b - a for _, a, b in found]))
    gold = padded([[IGNORED, *batch[k].heads[a:b]] for k, a, b in found], IGNORED)
    gold = F.pad(gold, (0, rows.size(1) - gold.size(1)), value=IGNORED)
    relations = padded([[IGNORED, *batch[k].tags["deprel"][a:b]] for k, a, b in found], IGNORED)
    ok = gold >= 0
    head = rows.gather(1, gold.clamp(min=0).unsqueeze(-1).expand(-1, -1, HIDDEN))[ok]
    named = F.cross_entropy(
        heads.relations(head, rows[ok]), relations[ok[:, : relations.size(1)]], ignore_index=IGNORED
    )
    return loss + F.cross_entropy(arcs.flatten(0, 1), gold.flatten(), ignore_index=IGNORED) + named


def links_of(net: Network, vectors: torch.Tensor, item: Item) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Scores and gold of each content's cue or none, each cue's nearest source or none, a cue-less content's source."""
    by_role = {
        r: [(k, i, j) for k, role, i, j in item.pieces if role == r] for r in ("source", "cue", "content")
    }
    spans = {r: sorted({(i, j) for _, i, j in v}) for r, v in by_role.items()}
    of = {r: {} for r in spans}
    for role, found in by_role.items():
        for k, i, j in reversed(found):
            of[role][k] = (i, j)
    plan = [
        (CONTENT_CUE, by_role["content"], "cue"),
        (CUE_SOURCE, by_role["cue"], "source"),
        (CONTENT_SOURCE, [x for x in by_role["content"] if x[0] not in of["cue"]], "source"),
    ]
    out = []
    for which, children, role in plan:
        if not children or not spans[role]:
            continue
        target = [spans[role].index(of[role][k]) + 1 if k in of[role] else 0 for k, _, _ in children]
        scores = net.attribution.links[which](vectors, [(i, j) for _, i, j in children], spans[role])
        out.append((scores, torch.tensor(target)))
    return out


def attribution_loss(net: Network, vectors: Vectors, batch: list[Item]) -> torch.Tensor:
    """Gold labels, names and links."""
    last = net.drop(vectors.last)
    heads = net.attribution
    links = [x for k, item in enumerate(batch) for x in links_of(net, last[k], item)]
    gold = torch.stack([*(F.cross_entropy(scores, target) for scores, target in links), ZERO])
    loss = tag_loss(heads.labels(last), [i.labels for i in batch]) + 0.4 * gold.sum() / len(batch)
    loss = loss + tag_loss(heads.inner(last), [i.inner for i in batch])
    return loss + 0.3 * tag_loss(net.syntax.names(net.drop(vectors.mixed)), [i.names for i in batch])
