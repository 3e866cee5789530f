"""Where the small network begins: a part of MiniLM.

A neuron of a feed-forward layer counts by the lengths of what it reads and of what it adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file

from annotator.encoder import HIDDEN, SHAPES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The layers that are kept; of the six the fifth turned the vectors of real windows least.
KEPT = (0, 1, 2, 3, 5)
# Narrow feed-forward layers: they cost the most, and a network cut this way loses less than one with fewer layers.
INNER = 1024
OURS = {
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "output_norm",
}


def slim(folder: Path) -> dict[str, torch.Tensor]:
    """Tensors for `Encoder`, cut out of the MiniLM in a folder."""
    raw = load_file(folder / "model.safetensors")
    found = {
        "words.weight": raw["embeddings.word_embeddings.weight"],
        # Every window is of the first type: its vector goes into the positions.
        "places.weight": raw["embeddings.position_embeddings.weight"]
        + raw["embeddings.token_type_embeddings.weight"][0],
        "shapes.weight": torch.zeros(SHAPES, HIDDEN),
        "quoted.weight": torch.zeros(3, HIDDEN),
        "norm.weight": raw["embeddings.LayerNorm.weight"],
        "norm.bias": raw["embeddings.LayerNorm.bias"],
        "mix": torch.zeros(len(KEPT) + 1),
    }
    for new, old in enumerate(KEPT):
        found |= {f"layers.{new}.{k}": v for k, v in _layer(raw, f"encoder.layer.{old}.").items()}
    return found


def _layer(raw: Mapping[str, torch.Tensor], name: str) -> dict[str, torch.Tensor]:
    out = {}
    for kind in ("weight", "bias"):
        out |= {f"{our}.{kind}": raw[f"{name}{theirs}.{kind}"] for theirs, our in OURS.items()}
        parts = [raw[f"{name}attention.self.{x}.{kind}"] for x in ("query", "key", "value")]
        out[f"qkv.{kind}"] = torch.cat(parts)
    worth = out["up.weight"].norm(dim=1) * out["down.weight"].norm(dim=0)
    most = worth.topk(INNER).indices.sort().values
    return out | {
        "up.weight": out["up.weight"][most],
        "up.bias": out["up.bias"][most],
        "down.weight": out["down.weight"][:, most],
    }
