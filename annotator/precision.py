"""Products of 8-bit integers in place of float32 where the machine is quicker with them, and attention.

Processors differ: with instructions for it (VNNI) such products are four to seven times as fast, without them now and
then slower. So it is tried out when the models are loaded, which takes a few milliseconds.
"""

from __future__ import annotations

import os
import time

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.errors import BadArgument

SETTING = "ANNOTATOR_PRECISION"
CHOICES = ("auto", "float32", "int8")


class Narrow(nn.Module):
    """A linear layer whose products are of 8-bit integers, with a scale for each word and each output.

    One scale for all words would be set by the few that stand out (Dettmers and others 2022).
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        weight = layer.weight.detach()
        self._scale = weight.abs().amax(1).clamp(min=1e-8) / 127
        whole = (weight / self._scale[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(whole, None)
        self._zeros = torch.zeros(len(weight), dtype=torch.int64)
        self._bias = layer.bias.detach()
        # Without instructions of their own for it, sums of two products of full range do not fit 16 bits.
        self._most = 127 if torch.cpu._is_vnni_supported() else 63  # noqa: SLF001 - torch has no public name

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(…, inputs) → (…, outputs)."""
        # As few passes over what is in the cache as can be: they cost as much as the product itself.
        highest, lowest = x.amax(-1, keepdim=True), x.amin(-1, keepdim=True)
        steps = torch.maximum(highest, lowest.neg_()).clamp_(min=1e-8).div_(self._most)
        whole = x.div(steps).add_(128.5).to(torch.uint8)
        scales = (self._packed, self._scale, self._zeros, None, 1.0, 0, torch.float32)
        out: torch.Tensor = torch.ops.onednn.qlinear_pointwise(whole, 1.0, 128, *scales, "none", [], "none")
        return torch.addcmul(self._bias, out, steps, out=out)


def attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """(windows, heads, positions, width) each → the same, in float32; `mask` says or adds where to look.

    In bfloat16 it is a twentieth faster, and what a window looks like hangs on what it is batched with.
    """
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def quickest(layer: nn.Linear, *, rows: int) -> str:
    """`float32` or `int8`: which is quicker for a layer of so many rows here, or what `ANNOTATOR_PRECISION` says.

    Raises BadArgument where that is none of `auto`, `float32` and `int8`.
    """
    wanted = os.environ.get(SETTING, "auto")
    if wanted not in CHOICES:
        raise BadArgument(f"{SETTING} is {', '.join(CHOICES[:-1])} or {CHOICES[-1]}, not {wanted!r}")
    if wanted != "auto":
        return wanted
    # Neither name is public: a torch without them gets float32.
    if not hasattr(torch.ops.onednn, "qlinear_pointwise") or not hasattr(torch.cpu, "_is_vnni_supported"):
        return "float32"
    sample = torch.randn(rows, layer.in_features)
    return "int8" if _seconds(Narrow(layer), sample) < _seconds(layer, sample) else "float32"


def _seconds(layer: nn.Module, sample: torch.Tensor, *, times: int = 5) -> float:
    """The least time of a few calls, after one that does not count."""
    layer(sample)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        layer(sample)
        took.append(time.perf_counter() - began)
    return min(took)
