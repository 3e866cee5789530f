"""Where the small network begins: what of the elder does most, by its weights and by what it does on real windows.

A neuron counts by its mean activation times the length of what it adds (Michel and others 2019 count heads alike); the
layer that turns its words' vectors least is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.encoder import INNER
from annotator.encoder import LAYERS as KEPT
from annotator.parser.heads import RELATION

if TYPE_CHECKING:
    from joint import Network
    from windows import Item

SAMPLE = 96


def slim(elder: Network, found: list[Item]) -> dict[str, torch.Tensor]:
    """The tensors of a small network cut from the elder, weighed on some of the windows."""
    elder.eval()
    active, turned, mixed = _watched(elder, found[:: max(1, len(found) // SAMPLE)])
    layers = sorted(sorted(range(len(turned)), key=lambda k: -turned[k])[:KEPT])
    state = {k: v for k, v in elder.state_dict().items() if not k.startswith("encoder.layers.")}
    state["encoder.mix"] = state["encoder.mix"][[0, *(k + 1 for k in layers)]]
    for new, old in enumerate(layers):
        mine = elder.encoder.layers[old]
        most = _most(active[old] * mine.down.weight.norm(dim=0), INNER)
        own = mine.state_dict()
        own |= {"up.weight": mine.up.weight[most], "up.bias": mine.up.bias[most]}
        own["down.weight"] = mine.down.weight[:, most]
        state |= {f"encoder.layers.{new}.{k}": v for k, v in own.items()}
    return {k: v.detach().clone() for k, v in (state | _relations(elder, mixed)).items()}


def _most(worth: torch.Tensor, count: int) -> torch.Tensor:
    return worth.topk(count).indices.sort().values


@torch.inference_mode()
def _watched(elder: Network, some: list[Item]) -> tuple[list[torch.Tensor], list[float], torch.Tensor]:
    """Mean activations of each layer's neurons, one minus the cosine it leaves, and mixed vectors of words."""
    layers = elder.encoder.layers
    active = [torch.zeros(layer.up.out_features) for layer in layers]
    turned = [0.0] * len(layers)

    def watch(k: int):  # noqa: ANN202
        def hook(layer, given, out) -> None:  # noqa: ANN001, ARG001
            turned[k] += float(1 - F.cosine_similarity(given[0], out, dim=-1).mean())

        return hook

    def count(k: int):  # noqa: ANN202
        def hook(up, given, out) -> None:  # noqa: ANN001, ARG001
            active[k] += F.gelu(out).abs().flatten(0, 1).mean(0)

        return hook

    hooks = [layer.register_forward_hook(watch(k)) for k, layer in enumerate(layers)]
    hooks += [layer.up.register_forward_hook(count(k)) for k, layer in enumerate(layers)]
    mixed = [elder.encoder([item.inputs]).mixed[0] for item in some]
    for hook in hooks:
        hook.remove()
    return active, turned, torch.cat(mixed)


@torch.inference_mode()
def _relations(elder: Network, mixed: torch.Tensor) -> dict[str, torch.Tensor]:
    """The biaffine of relations over fewer features: those that are active and weigh most on each side."""
    heads, out = elder.syntax, {}
    weight = heads.relation.weight
    for name, of_weight in (
        ("relation_head", weight.norm(dim=(0, 2))),
        ("relation_child", weight.norm(dim=(0, 1))),
    ):
        layer = getattr(heads, name)[0]
        most = _most(layer(mixed).relu().mean(0) * of_weight[:-1], RELATION)
        out |= {f"syntax.{name}.0.weight": layer.weight[most], f"syntax.{name}.0.bias": layer.bias[most]}
        axis = 1 if name == "relation_head" else 2
        weight = weight.index_select(axis, torch.cat([most, torch.tensor([weight.size(axis) - 1])]))
    return out | {"syntax.relation.weight": weight}
