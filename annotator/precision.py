"""Products of 8-bit integers, and attention in bfloat16, in place of float32 where the machine is quicker with them.

Processors differ: with instructions for it (VNNI) such products are four to seven times as fast, without them now and
then slower. So it is tried out when the models are loaded, which takes a few milliseconds.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    Attention = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor | None], torch.Tensor]

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
    """(windows, heads, positions, width) each → the same, in float32; `mask` says or adds where to look."""
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def short_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """What `attention` gives, with its products and weights in bfloat16; `mask` is true where to look.

    It changes the encoder's vectors by an eighth of a hundredth; 8-bit products change them twenty times as much.
    """
    asks, keys, values = q.bfloat16(), k.bfloat16(), v.bfloat16()
    return attention(asks, keys, values, mask).to(v.dtype)


def chosen_attention() -> Attention:
    """`short_attention` where the processor multiplies bfloat16 itself and the setting does not want float32.

    Not tried out as the products are: the two are so near in speed that two workers might choose differently.
    """
    asked = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    # Who holds torch to older instructions (ATEN_CPU_CAPABILITY) would get an error.
    wide = torch.backends.cpu.get_cpu_capability() == "AVX512"
    if os.environ.get(SETTING, "auto") == "float32" or asked is None or not (wide and asked()):
        return attention
    return short_attention


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
