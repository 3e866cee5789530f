"""Products of 8-bit integers in place of float32, and attention in bfloat16, where the machine is quicker with them.

Processors differ: with instructions for them (VNNI, AMX) such products are four to seven times as fast, without them
now and then slower. So it is tried out when the models are loaded, which takes some milliseconds.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.errors import BadArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETTING = "ANNOTATOR_PRECISION"
CHOICES = ("auto", "float32", "int8")
# How far the steps of a layer's inputs follow what each of them reached: wholly would leave the weights' steps coarse
# (Xiao and others 2023 take a half).
EVENED = 0.75
# Room for texts that reach farther than those that were measured.
ROOM = 1.1
# The bits of bfloat16 as a whole number: so many steps double it. A score of nought is set down as 2 to the -40th:
# scores from -60 to 102 fit, farther ones count as these; those of texts reach 75, and the highest of a place is
# hardly below nought.
_DOUBLED, _NOUGHT, _TOP = 128, (127 - 40) * 128, (108 + 40) * 128


@cache
def highest() -> int:
    """The highest whole number of an input: without VNNI sums of two products of full range do not fit 16 bits."""
    return 255 if torch.cpu._is_vnni_supported() else 127  # noqa: SLF001 - torch has no public name


def middle() -> int:
    """The whole number that stands for an input of zero."""
    return (highest() + 1) // 2


@dataclass(frozen=True, slots=True)
class Output:
    """What a product gives: numbers of `dtype`, whole ones in steps of `step` from `zero` on, after `then`."""

    dtype: torch.dtype = torch.float32
    step: float = 1.0
    zero: int = 0
    then: str = "none"


PLAIN = Output()


class Product:
    """The product of whole numbers with a layer's weights, these with a scale for each output."""

    def __init__(
        self,
        weight: torch.Tensor,
        bias: torch.Tensor,
        *,
        zero: int | None = None,
        output: Output = PLAIN,
    ) -> None:
        scale = weight.abs().amax(1).clamp(min=1e-8) / 127
        packed = torch.ops.onednn.qlinear_prepack((weight / scale[:, None]).round().to(torch.int8), None)
        zeros = torch.zeros(len(weight), dtype=torch.int64)
        self._inputs = (1.0, middle() if zero is None else zero, packed, scale, zeros, bias)
        self._output = (output.step, output.zero, output.dtype, output.then)

    def __call__(self, whole: torch.Tensor) -> torch.Tensor:
        """(…, inputs) of whole numbers from 0 to 255 → (…, outputs)."""
        product = torch.ops.onednn.qlinear_pointwise
        out: torch.Tensor = product(whole, *self._inputs, *self._output, [], "none")
        return out


class Narrow:
    """A linear layer whose products are of 8-bit integers, each input of it with a step of its own.

    The steps are set once, by how far the inputs `reach` on many texts: looking for the highest of each word, and a
    scale for each, took as long as the products. Few inputs reach far, and always the same ones: evened out they need
    no scale for each word (SmoothQuant, Xiao and others 2023).
    """

    def __init__(self, layer: nn.Linear, reach: torch.Tensor, *, output: Output = PLAIN) -> None:
        steps = steps_of(reach)
        self._shares, self._halfway = 1 / steps, torch.tensor(middle() + 0.5)
        self.product = Product(layer.weight.detach() * steps, layer.bias.detach(), output=output)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """(…, inputs) → (…, outputs)."""
        return self.product(self.whole(x))

    def whole(self, x: torch.Tensor) -> torch.Tensor:
        """The inputs as whole numbers of their steps, as the product takes them."""
        return _whole(torch.addcmul(self._halfway, x, self._shares))


def linear(weight: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
    """A layer of given weights, which are not trained."""
    with torch.device("meta"):
        layer = nn.Linear(weight.size(1), weight.size(0))
    layer.load_state_dict({"weight": weight.contiguous(), "bias": bias}, assign=True)
    return layer.requires_grad_(requires_grad=False)


def side_by_side(layers: Sequence[nn.Linear]) -> nn.Linear:
    """Layers of the same inputs as one, which is read and not trained."""
    return linear(torch.cat([x.weight for x in layers]), torch.cat([x.bias for x in layers]))


def steps_of(reach: torch.Tensor) -> torch.Tensor:
    """What one step of each input is worth, for inputs that reach so far."""
    evened = (reach / reach.mean()).clamp(min=1e-3) ** EVENED
    return evened * ((reach / evened).max() * ROOM / (highest() - middle()))


def whole_of(x: torch.Tensor) -> torch.Tensor:
    """Steps from zero as whole numbers."""
    # A tensor of float32 makes all of it float32 in the same pass.
    return _whole(x + torch.full((1,), middle() + 0.5))


def _whole(x: torch.Tensor) -> torch.Tensor:
    # By way of 16 bits torch does many at a time: three times as fast as straight to 8.
    return x.clamp_(0, highest()).to(torch.int16).to(torch.uint8)


def attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    mask: torch.Tensor | None = None,
    *,
    scale: float | None = None,
) -> torch.Tensor:
    """(windows, heads, positions, width) each → the same; `mask` is true where to look, or added to the scores.

    `scale` is for the scores, by default one over the root of the width. What a window looks like must not hang on what
    it is batched with. In bfloat16 that holds for windows of one length only.
    """
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)


def attention_by_products(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    mask: torch.Tensor | None = None,
    *,
    scale: float | None = None,
) -> torch.Tensor:
    """The same of bfloat16 step by step, `mask` true where to look.

    Torch's own attention gains nothing by bfloat16 where there are no matrix instructions, and its softmax takes most
    of the time. A number's bits are nearly its logarithm: a score counted in steps of the last bit and set down as the
    bits of a number is its exponential, 3 % off at most either way (Schraudolph 1999), five times as fast.
    """
    windows, heads, positions, width = q.shape
    q, k, v = (x.reshape(-1, positions, width) for x in (q, k, v))
    alpha = (width**-0.5 if scale is None else scale) * _DOUBLED / math.log(2)
    none = torch.zeros(1, dtype=q.dtype).expand(len(q), 1, positions)
    scores = torch.baddbmm(none, q, k.transpose(1, 2), alpha=alpha)
    bits = scores.to(torch.int16).clamp_(-_NOUGHT, _TOP).add_(_NOUGHT)
    if mask is not None:
        # Without its bits a number is nought: ten times as fast as to fill in noughts.
        kept = mask.to(torch.int16).neg_().expand(windows, heads, 1, positions)
        bits.bitwise_and_(kept.reshape(-1, 1, positions))
    shares = bits.view(torch.bfloat16)
    total = shares.sum(-1, keepdim=True).clamp_min_(torch.finfo(torch.bfloat16).tiny)
    return torch.bmm(shares, v).div_(total).view(windows, heads, positions, width)


@cache
def quick_halves() -> Callable[..., torch.Tensor] | None:
    """The attention that is quicker in bfloat16 on this processor than in float32, None where none is."""
    if getattr(torch.cpu, "_is_amx_tile_supported", bool)():
        sample = torch.randn(3, 1, 12, 192, 32)
        quicker = _seconds(partial(attention, *sample.bfloat16())) < _seconds(partial(attention, *sample))
        return attention if quicker else None
    # A fourth quicker at most: a measurement would now choose the one and now the other.
    return attention_by_products if getattr(torch.cpu, "_is_avx512_bf16_supported", bool)() else None


def quickest(wide: Callable[[], object], thin: Callable[[], Callable[[], object]] | None) -> str:
    """`float32` or `int8`: which of two runs is quicker here, or what `ANNOTATOR_PRECISION` says.

    `thin` makes the one of 8-bit integers, None where the weights do not allow it; not every torch can. Raises
    BadArgument where the setting is none of `auto`, `float32` and `int8`, or asks for what the weights do not allow.
    """
    wanted = os.environ.get(SETTING, "auto")
    if wanted not in CHOICES:
        raise BadArgument(f"{SETTING} is {', '.join(CHOICES[:-1])} or {CHOICES[-1]}, not {wanted!r}")
    if wanted == "int8" and thin is None:
        raise BadArgument(
            f"{SETTING} is int8, but nobody measured how far these weights reach (training/reach.py)"
        )
    if wanted != "auto":
        return wanted
    # Neither name is public: a torch without them gets float32.
    known = hasattr(torch.ops.onednn, "qlinear_pointwise") and hasattr(torch.cpu, "_is_vnni_supported")
    return "int8" if thin is not None and known and _seconds(thin()) < _seconds(wide) else "float32"


def _seconds(run: Callable[[], object], *, times: int = 5) -> float:
    """The least time of a few calls, after one that does not count."""
    run()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return min(took)
