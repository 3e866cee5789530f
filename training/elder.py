"""The elder: all six layers of MiniLM over word pieces, from which the small network is cut and which it imitates.

    python training/elder.py --data FOLDER --names names.jsonl --work FOLDER [--teacher FOLDER]

It learns by the same steps as the others and is never shipped: its last checkpoint (work folder, joint.pt) is what
`training/joint.py --elder` begins from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import joint
import torch
from safetensors.torch import load_file
from torch import nn
from windows import minilm, prepare

from annotator.encoder import HEADS, HIDDEN, SHAPES, Inputs, Layer, Vectors, empty_embedding, padded

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYERS, INNER, POSITIONS, VOCABULARY = 6, 1536, 512, 30522
RELATION = 128
PAD = 0


class Elder(nn.Module):
    """Windows of words → `Vectors`, a position a word piece, read at each word's first."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = empty_embedding(VOCABULARY, HIDDEN), empty_embedding(POSITIONS, HIDDEN)
        self.shapes, self.quoted = empty_embedding(SHAPES, HIDDEN), empty_embedding(3, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList([Layer(HIDDEN, INNER, heads=HEADS) for _ in range(LAYERS)])
        self.mix = nn.Parameter(torch.zeros(LAYERS + 1))

    def forward(self, batch: Sequence[Inputs]) -> Vectors:
        """Encode windows together, as the small encoder does."""
        ids, first, shapes, quoted = spelled(batch)
        x = self.words(ids) + self.places.weight[: ids.size(1)]
        x = self.norm(x + self.shapes(shapes) + self.quoted(quoted))
        mask = (ids != PAD)[:, None, None, :]
        at = first.unsqueeze(-1).expand(-1, -1, HIDDEN)
        weights = self.mix.softmax(0)
        mixed = weights[0] * x.gather(1, at)
        for weight, layer in zip(weights[1:], self.layers, strict=True):
            x = layer(x, mask)
            mixed = mixed + weight * x.gather(1, at)
        return Vectors(x.gather(1, at), mixed)


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


def pretrained(folder: Path) -> dict[str, torch.Tensor]:
    """MiniLM's tensors under our names."""
    raw = load_file(folder / "model.safetensors")
    e = {
        "words.weight": raw["embeddings.word_embeddings.weight"],
        # Every window is of the first type: its vector goes into the positions.
        "places.weight": raw["embeddings.position_embeddings.weight"]
        + raw["embeddings.token_type_embeddings.weight"][0],
        "shapes.weight": torch.zeros(SHAPES, HIDDEN),
        "quoted.weight": torch.zeros(3, HIDDEN),
        "norm.weight": raw["embeddings.LayerNorm.weight"],
        "norm.bias": raw["embeddings.LayerNorm.bias"],
        "mix": torch.zeros(LAYERS + 1),
    }
    ours = {
        "attention.output.dense": "out",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "up",
        "output.dense": "down",
        "output.LayerNorm": "output_norm",
    }
    for i in range(LAYERS):
        for kind in ("weight", "bias"):
            name = f"encoder.layer.{i}."
            for theirs, our in ours.items():
                e[f"layers.{i}.{our}.{kind}"] = raw[f"{name}{theirs}.{kind}"]
            parts = [raw[f"{name}attention.self.{x}.{kind}"] for x in ("query", "key", "value")]
            e[f"layers.{i}.qkv.{kind}"] = torch.cat(parts)
    return e


def main() -> None:
    parser = joint.options(__doc__)
    parser.add_argument("--teacher", type=Path, help="the work folder of training/teacher.py")
    o = parser.parse_args()
    corpora = prepare(o)
    encoder = Elder()
    encoder.load_state_dict(pretrained(minilm()))
    net = joint.Network(corpora.values, encoder, relation=RELATION)
    joint.go_on(net, o.weights)
    joint.train(net, corpora, o, joint.Lessons(joint.taught_by(o.teacher, corpora) if o.teacher else {}))
    before = (o.weights.parent if o.weights else o.work) / joint.RECIPE
    (o.work / joint.RECIPE).write_text(
        json.dumps({"stages": joint.stages(o, before)}, indent=1), encoding="utf8"
    )


if __name__ == "__main__":
    main()
