"""A transformer layer: in float32, as it is trained, and with products of 8-bit integers, where these are quick."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.precision import (
    ROOM,
    Narrow,
    Output,
    Product,
    attention,
    highest,
    linear,
    quick_halves,
    steps_of,
    whole_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Units of a feed-forward layer that reach so much farther than the others that they are reckoned by themselves.
FAR = 8
# The least that a unit's activation (GELU) gives.
LEAST = -0.17


class Layer(nn.Module):
    """A transformer layer: attention and a feed-forward part, each followed by a norm (Devlin and others 2019).

    Attention has `heads`, of `each` so many numbers; the feed-forward part `inner` units.
    """

    def __init__(self, width: int, inner: int, *, heads: int, each: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * heads * each)
        self.out = nn.Linear(heads * each, width)
        self.attention_norm = nn.LayerNorm(width, eps=eps)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.output_norm = nn.LayerNorm(width, eps=eps)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """(windows, positions, width) → the same; `mask` is true where attention may look, or added to its scores."""
        x = self.attention_norm(x + self.out(_seen(attention, self.qkv(x), mask, heads=self.heads)))
        normed: torch.Tensor = self.output_norm(x + self.down(F.gelu(self.up(x))))
        return normed


def _seen(
    look: Callable[..., torch.Tensor], qkv: torch.Tensor, mask: torch.Tensor | None, *, heads: int
) -> torch.Tensor:
    """What attention gives of queries, keys and values side by side: (windows, positions, 3 · n) → (…, n)."""
    b, n, wide = qkv.shape
    width = wide // 3
    q, k, v = qkv.view(b, n, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    return look(q, k, v, mask).transpose(1, 2).reshape(b, n, width)


class NarrowLayer(nn.Module):
    """A transformer layer whose products are of 8-bit integers, as `Narrow`.

    `reach` tells how far the inputs of `qkv`, `out`, `up` and `down` come.
    """

    def __init__(self, layer: Layer, reach: Mapping[str, torch.Tensor]) -> None:
        super().__init__()
        self._heads = layer.heads
        self._attention_norm, self._output_norm = layer.attention_norm, layer.output_norm
        # What attention gives is a mean of values: the values come in its steps.
        steps = steps_of(reach["out"])
        # The queries come scaled, as attention wants them.
        self._look = partial(quick_halves() or attention, scale=1.0)
        kind = Output(torch.bfloat16 if quick_halves() else torch.float32)
        scale = (len(steps) // layer.heads) ** -0.5
        self._qkv = Narrow(_divided(layer.qkv, steps, scale=scale), reach["qkv"], output=kind)
        self._out = Product(layer.out.weight.detach() * steps, layer.out.bias.detach())
        self._feed = _Feed(layer, reach)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """As `Layer`."""
        seen = _seen(self._look, self._qkv(x), mask, heads=self._heads)
        x = self._attention_norm(self._out(whole_of(seen)).add_(x))
        normed: torch.Tensor = self._output_norm(self._feed(x).add_(x))
        return normed


def _divided(qkv: nn.Linear, steps: torch.Tensor, *, scale: float) -> nn.Linear:
    """The layer for queries, keys and values, the queries scaled, the values in so many steps."""
    shares = torch.cat([torch.full_like(steps, scale), torch.ones_like(steps), 1 / steps])
    return linear(qkv.weight.detach() * shares[:, None], qkv.bias.detach() * shares)


class _Feed:
    """The feed-forward part of a layer: what stands between its two products never leaves whole numbers."""

    def __init__(self, layer: Layer, reach: Mapping[str, torch.Tensor]) -> None:
        far = reach["down"].argsort(descending=True)[:FAR]
        near = torch.ones_like(reach["down"])
        near[far] = 0
        up, bias, down = layer.up.weight.detach(), layer.up.bias.detach(), layer.down.weight.detach()
        self._far, self._back = (
            Product(up[far] * steps_of(reach["up"]), bias[far]),
            down[:, far].T.contiguous(),
        )
        step = (float((reach["down"] * near).max()) * ROOM - LEAST) / highest()
        zero = round(-LEAST / step)
        inner = Output(torch.uint8, step, zero, "gelu")
        self._up = Narrow(linear(up * near[:, None], bias * near), reach["up"], output=inner)
        self._down = Product(down * near * step, layer.down.bias.detach(), zero=zero)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """(…, width) → the same."""
        whole = self._up.whole(x)
        inner = self._up.product(whole)
        if highest() < torch.iinfo(torch.uint8).max:
            inner.clamp_(max=highest())
        out = self._down(inner)
        far = F.gelu(self._far(whole))
        out.view(-1, out.size(-1)).addmm_(far.view(-1, far.size(-1)), self._back)
        return out
