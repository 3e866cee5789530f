"""The shipped network made narrower: the attention heads and feed-forward units that tell least are taken out.

    python training/narrower.py --data FOLDER --work FOLDER --weights FILE --heads 36 --units 3840 --out FILE

A head counts by how far labels, tags and trees of some windows move without it (Michel and others 2019), a unit by how
much of what its layer adds hangs on it. What they give in the mean stays, in the bias. `joint.py --weights` goes on
from what this writes; what `--keeper` is told may be the wider network.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import joint
import torch
from distil import Seen, label_distance, syntax_distance
from safetensors.torch import save_file
from windows import Corpora, Item, prepare

from annotator.encoder import EACH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from network import Network
    from torch import nn

# Windows of each kind that are looked at, those of so many words at least.
WINDOWS, WORDS, BATCH = 16, 60, 8
# Products are quickest over whole vectors: 3,840 units in groups of so many took 4 % less of the encoder's time.
TOGETHER = 64
# What tags and trees count beside labels: every word has several.
SYNTAX = 0.3


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of each input of a product and its variance, over words."""

    mean: torch.Tensor
    variance: torch.Tensor


@dataclass(frozen=True, slots=True)
class Looked:
    """Batches of windows, what the whole network sees in them, and the inputs of each layer's `out` and `down`."""

    batches: list[list[Item]]
    seen: list[list[Seen]]
    out: list[Spread]
    down: list[Spread]


def some(corpora: Corpora) -> list[list[Item]]:
    """Batches of windows of news, of our own stories and of the treebank."""
    kinds = (corpora.attribution, corpora.practice, corpora.syntax)
    long = [[i for i in kind if len(i.words) >= WORDS] for kind in kinds]
    picked = (random.sample(kind, min(WINDOWS, len(kind))) for kind in long)
    found = sorted((i for kind in picked for i in kind), key=lambda i: len(i.words))
    return [found[k : k + BATCH] for k in range(0, len(found), BATCH)]


def look(net: Network, batches: list[list[Item]]) -> Looked:
    """Read windows with the whole network."""
    given: dict[tuple[str, int], list[torch.Tensor]] = {}
    handles, lengths = [], list[int]()

    def keep(rows: list[torch.Tensor], _: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        # What stands behind a window's end is noise.
        rows.extend(row[:n].float() for row, n in zip(inputs[0], lengths, strict=True))

    for k, layer in enumerate(net.encoder.layers):
        for name in ("out", "down"):
            rows = given[name, k] = []
            handles.append(getattr(layer, name).register_forward_pre_hook(partial(keep, rows)))
    seen = []
    for batch in batches:
        lengths[:] = [len(item.inputs.pieces) for item in batch]
        seen.append(joint.read_now(net, batch))
    for handle in handles:
        handle.remove()
    spreads = {key: Spread(torch.cat(rows).mean(0), torch.cat(rows).var(0)) for key, rows in given.items()}
    layers = range(len(net.encoder.layers))
    return Looked(batches, seen, *([spreads[name, k] for k in layers] for name in ("out", "down")))


@torch.no_grad()
def silence(product: nn.Linear, mean: torch.Tensor, gone: Sequence[int]) -> None:
    """Let a product do without some of its inputs, as if these were always what they are in the mean."""
    at = torch.tensor(gone, dtype=torch.long)
    product.bias += product.weight[:, at] @ mean[at]
    product.weight[:, at] = 0


def of_heads(heads: Sequence[int]) -> list[int]:
    """The numbers of what some heads give."""
    return [h * EACH + i for h in heads for i in range(EACH)]


@torch.no_grad()
def moved(net: Network, looked: Looked) -> float:
    """How far labels, tags and trees of the windows are from what they were."""
    total = 0.0
    for batch, before in zip(looked.batches, looked.seen, strict=True):
        vectors = net.read([i.inputs for i in batch])
        total += float(label_distance(net, vectors.last, net, before))
        total += SYNTAX * float(syntax_distance(net.syntax, net.syntax, vectors.mixed, before))
    return total / len(looked.batches)


def worth_of_heads(net: Network, looked: Looked) -> dict[tuple[int, int], float]:
    """How far everything moves without each (layer, head)."""
    found = {}
    for k, layer in enumerate(net.encoder.layers):
        before = {name: tensor.clone() for name, tensor in layer.out.state_dict().items()}
        for head in range(layer.heads):
            silence(layer.out, looked.out[k].mean, of_heads([head]))
            found[k, head] = moved(net, looked)
            layer.out.load_state_dict(before)
    return found


def worth_of_units(net: Network, looked: Looked) -> dict[tuple[int, int], float]:
    """How much of the variance of what its layer adds hangs on each (layer, unit)."""
    found = {}
    for k, layer in enumerate(net.encoder.layers):
        added = looked.down[k].variance * layer.down.weight.detach().square().sum(0)
        found |= {(k, unit): value for unit, value in enumerate(added.tolist())}
    return found


def best(worth: dict[tuple[int, int], float], count: int, *, together: int = 1) -> list[list[int]]:
    """The so many of most worth, a list a layer, of each layer whole groups of so many; every layer keeps one."""
    groups, layers = [], sorted({k for k, _ in worth})
    if count // together < len(layers):
        raise ValueError(f"{count} in groups of {together} leave some of {len(layers)} layers without any")
    for k in layers:
        own = sorted((i for at, i in worth if at == k), key=lambda i: -worth[k, i])
        whole = [own[at : at + together] for at in range(0, len(own), together)]
        groups += [(at == 0, sum(worth[k, i] for i in group), k, group) for at, group in enumerate(whole)]
    kept = sorted(groups, key=lambda g: g[:2], reverse=True)[: count // together]
    return [sorted(i for _, _, at, group in kept if at == k for i in group) for k in layers]


def narrowed(
    net: Network, looked: Looked, heads: list[list[int]], units: list[list[int]]
) -> dict[str, torch.Tensor]:
    """The network's tensors with some heads and units of each layer alone; the others are silenced in it."""
    found = dict(net.state_dict())
    for k, layer in enumerate(net.encoder.layers):
        numbers, width = of_heads(heads[k]), layer.out.in_features
        silence(layer.out, looked.out[k].mean, sorted(set(range(width)) - set(numbers)))
        silence(layer.down, looked.down[k].mean, sorted(set(range(layer.down.in_features)) - set(units[k])))
        asked = [part * width + i for part in range(3) for i in numbers]
        for name, rows in (("qkv", asked), ("up", units[k])):
            for kind in ("weight", "bias"):
                found[f"encoder.layers.{k}.{name}.{kind}"] = getattr(getattr(layer, name), kind)[rows]
        found[f"encoder.layers.{k}.out.weight"] = layer.out.weight[:, numbers]
        found[f"encoder.layers.{k}.down.weight"] = layer.down.weight[:, units[k]]
    return found


def main() -> None:
    parser = joint.options(__doc__)
    parser.add_argument("--heads", type=int, required=True, help="that stay, of all layers together")
    parser.add_argument("--units", type=int, required=True, help="that stay, of all layers together")
    parser.add_argument("--out", type=Path, required=True)
    o = parser.parse_args()
    if o.weights is None:
        parser.error("--weights: which network is to be made narrower?")
    corpora = prepare(o)
    random.seed(o.seed)
    net = joint.small(corpora, joint.tensors_of(o.weights)).eval().requires_grad_(requires_grad=False)
    looked = look(net, some(corpora))
    heads = best(worth_of_heads(net, looked), o.heads)
    units = best(worth_of_units(net, looked), o.units, together=TOGETHER)
    found = narrowed(net, looked, heads, units)
    sizes = [(len(h), len(u)) for h, u in zip(heads, units, strict=True)]
    print(f"heads and units of each layer {sizes}; labels, tags and trees moved by {moved(net, looked):.4f}")
    save_file({k: v.contiguous() for k, v in found.items() if not k.startswith("lens.")}, o.out)
    told = {"network": "narrower", "seed": o.seed, "heads": o.heads, "units": o.units, "layers": sizes}
    o.out.with_suffix(".json").write_text(json.dumps(told), encoding="utf8")


if __name__ == "__main__":
    main()
