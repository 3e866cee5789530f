"""The teacher: MPNet under the same heads, trained by the same steps as the small encoder.

    python training/teacher.py --mpnet FOLDER --data FOLDER --names names.jsonl --work FOLDER

FOLDER of MPNet is all-mpnet-base-v2 (Apache-2.0) with its model.safetensors. The teacher is never shipped: its last
checkpoint (work folder, joint.pt) is what `training/joint.py --teacher` learns from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import joint
import torch
from network import Network
from safetensors.torch import load_file
from torch import nn
from windows import MASK, prepare

from annotator.encoder import (
    CLS,
    HIDDEN,
    SEP,
    SHAPES,
    VOCABULARY,
    Inputs,
    Vectors,
    empty_embedding,
    padded,
)
from annotator.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 768
POSITIONS, RELATION, PAD = 512, 128, 0
# The lowest layers learn little here and cost a third less where they stay as they are.
LAYERS, FROZEN = 12, 2
BUCKETS, FARTHEST = 32, 128
# MPNet's word pieces are BERT's, four numbers on, with three special ones of its own.
SHIFT = 4
SPECIAL = {PAD: 1, CLS: 0, SEP: 2, MASK: 30526}


class Teacher(nn.Module):
    """Windows of words → `Vectors` of the small encoder's width, from 12 layers of width 768 (Song and others 2020)."""

    new = frozenset({"to_last", "to_mixed", "mix", "shapes", "quoted"})
    decay = 0.93

    def __init__(self) -> None:
        super().__init__()
        self.words = empty_embedding(VOCABULARY + SHIFT + 1, WIDTH)
        self.places = empty_embedding(POSITIONS + 2, WIDTH)
        self.near = empty_embedding(BUCKETS, 12)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.layers = nn.ModuleList(
            [Layer(WIDTH, 4 * WIDTH, heads=12, each=64, eps=1e-5) for _ in range(LAYERS)]
        )
        self.shapes, self.quoted = empty_embedding(SHAPES, WIDTH), empty_embedding(3, WIDTH)
        self.mix = nn.Parameter(torch.zeros(LAYERS - FROZEN))
        self.to_last, self.to_mixed = nn.Linear(WIDTH, HIDDEN), nn.Linear(WIDTH, HIDDEN)
        for kept in (self.words, self.places, self.near, self.norm, *self.layers[:FROZEN]):
            kept.requires_grad_(requires_grad=False)
        numbers = torch.arange(VOCABULARY) + SHIFT
        for ours, theirs in SPECIAL.items():
            numbers[ours] = theirs
        self.register_buffer("numbers", numbers, persistent=False)

    def whole_words(self) -> torch.Tensor:
        """Its table of words, a row a piece of the shared vocabulary: what is near in it is near in meaning."""
        return self.words.weight[self.numbers]

    def forward(self, batch: Sequence[Inputs]) -> Vectors:
        """Encode windows together, as the small encoder does."""
        ids, first, shapes, quoted = spelled(batch)
        n = ids.size(1)
        near = self.near(buckets(n)).permute(2, 0, 1)[None]
        mask = near.masked_fill((ids == PAD)[:, None, None, :], -1e4)
        x = self.norm(self.words(self.numbers[ids]) + self.places.weight[2 : 2 + n])
        for layer in self.layers[:FROZEN]:
            x = layer(x, mask)
        x = x + self.shapes(shapes) + self.quoted(quoted)
        at = first.unsqueeze(-1).expand(-1, -1, WIDTH)
        mixed = torch.zeros(())
        for weight, layer in zip(self.mix.softmax(0), self.layers[FROZEN:], strict=True):
            x = layer(x, mask)
            mixed = mixed + weight * x.gather(1, at)
        return Vectors(self.to_last(x.gather(1, at)), self.to_mixed(mixed))


def spelled(batch: Sequence[Inputs]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Windows a position a piece, cut at 512: pieces, each word's first position, case and quotation flags."""
    rows = [_spelled(w) for w in batch]
    ids, first, shapes, quoted = (padded(part) for part in zip(*rows, strict=True))
    return ids, first, shapes, quoted


def _spelled(window: Inputs) -> tuple[list[int], list[int], list[int], list[int]]:
    ids: list[int] = []
    first, shapes, quoted = [], [], []
    room = POSITIONS - len(window.pieces)
    for pieces, shape, flag in zip(window.pieces, window.shapes, window.quoted, strict=True):
        part = pieces[: 1 + max(0, room)]
        room -= len(part) - 1
        first.append(len(ids))
        ids += part
        shapes += [shape] * len(part)
        quoted += [flag] * len(part)
    return ids, first[1:-1], shapes, quoted


def buckets(length: int) -> torch.Tensor:
    """(length, length): the number of each distance, exact when near, logarithmic when far (Raffel and others 2020)."""
    distance = torch.arange(length)[:, None] - torch.arange(length)[None]
    half = BUCKETS // 2
    exact = half // 2
    size = distance.abs()
    far = exact + (
        (size.clamp(min=1) / exact).log() / torch.tensor(FARTHEST / exact).log() * (half - exact)
    ).long().clamp(max=half - exact - 1)
    return torch.where(distance < 0, half, 0) + torch.where(size < exact, size, far)


def pretrained(folder: Path) -> dict[str, torch.Tensor]:
    """MPNet's tensors under our names."""
    raw = load_file(folder / "model.safetensors")
    e = {
        "words.weight": raw["embeddings.word_embeddings.weight"],
        "places.weight": raw["embeddings.position_embeddings.weight"],
        "near.weight": raw["encoder.relative_attention_bias.weight"],
        "norm.weight": raw["embeddings.LayerNorm.weight"],
        "norm.bias": raw["embeddings.LayerNorm.bias"],
    }
    ours = {
        "attention.attn.o": "out",
        "attention.LayerNorm": "attention_norm",
        "intermediate.dense": "up",
        "output.dense": "down",
        "output.LayerNorm": "output_norm",
    }
    for i in range(LAYERS):
        name = f"encoder.layer.{i}."
        for kind in ("weight", "bias"):
            for theirs, our in ours.items():
                e[f"layers.{i}.{our}.{kind}"] = raw[f"{name}{theirs}.{kind}"]
            e[f"layers.{i}.qkv.{kind}"] = torch.cat([raw[f"{name}attention.attn.{x}.{kind}"] for x in "qkv"])
    return e


def main() -> None:
    parser = joint.options(__doc__)
    parser.add_argument("--mpnet", type=Path, required=True)
    parser.set_defaults(
        rate=7e-5, head_rate=1e-3, syntax_epochs=1, copies_epochs=0, attribution_epochs=2, batch=8
    )
    # It ships nothing, so that all of it is its own.
    parser.set_defaults(share=1.0)
    o = parser.parse_args()
    corpora = prepare(o)
    corpora = joint.with_names(corpora, joint.keeper_of(o, corpora))
    teacher = Teacher()
    teacher.load_state_dict(pretrained(o.mpnet), strict=False)
    net = Network(corpora.values, teacher, relation=RELATION)
    joint.go_on(net, o.weights)
    joint.train(net, corpora, o, joint.Lessons())
    (o.work / joint.RECIPE).write_text(json.dumps(joint.stage(o, "teacher"), indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
