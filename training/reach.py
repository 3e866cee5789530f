"""How far the inputs of the encoder's products reach, so that 8-bit integers can stand for them (`precision`).

    python training/reach.py --model annotator/data/models/joint

Reads a part of `training/stories` in float32 and writes the farthest that each input came into the model's weights.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

import torch
from corpus import plain_texts
from safetensors.torch import load_file, save_file
from windows import STORIES

from annotator.encoder import Words, encode, load_encoder, load_pieces, windows
from annotator.parser.heads import load_heads

# Every so many texts: 120,000 words.
EVERY = 8
PRODUCTS = ("qkv", "out", "up", "down")


def reaches(model: Path, texts: list[Words]) -> dict[str, torch.Tensor]:
    """The farthest from zero that each input came, (inputs,): reach.LAYER.PRODUCT, reach.mixed and reach.relation."""
    os.environ["ANNOTATOR_PRECISION"] = "float32"
    encoder, heads = load_encoder(model), load_heads(model)
    found: dict[str, torch.Tensor] = {}

    def keep(name: str, x: torch.Tensor) -> None:
        # An activation (GELU) is hardly below zero.
        most = (x if name.endswith("down") else x.abs()).flatten(0, -2).amax(0)
        found[name] = torch.maximum(found[name], most) if name in found else most

    for k, layer in enumerate(encoder.layers):
        for product in PRODUCTS:
            watch = partial(lambda name, _, given: keep(name, given[0]), f"reach.{k}.{product}")
            getattr(layer, product).register_forward_pre_hook(watch)
    with torch.inference_mode():
        for vectors in encode(encoder, load_pieces(model), texts, [windows(t) for t in texts]):
            keep("reach.mixed", vectors.mixed)
            keep("reach.relation", heads.relation_head(vectors.mixed))
    return {k: v.half() for k, v in found.items()}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--model", type=Path, required=True)
    o = options.parse_args()
    texts = [t.words for t in plain_texts(STORIES)[::EVERY]]
    found = reaches(o.model, texts)
    print(f"{sum(len(t.words) for t in texts)} words read")
    file = o.model / "joint.safetensors"
    save_file(load_file(file) | found, file)


if __name__ == "__main__":
    main()
