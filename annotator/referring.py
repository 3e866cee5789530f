"""Whom a word may refer to, as far as the encoder sees: each word asks, and each word answers.

The linking of mentions (`antecedents`, `anaphora`) weighs what was written down as rules; this adds what only a reader
of the whole sentence knows: in "Ode fired Brandt because *she* had stolen" it is not Ode. Scores are products of two
vectors, as in biaffine parsing (Dozat and Manning 2017), and were learned by training/referring.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.analysis import HOW, Referring
from annotator.encoder import HIDDEN, filled, part
from annotator.precision import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from annotator.encoder import Vectors

WIDTH = 64
# Of 12,000 words that stood for somebody five were none of these.
NAMING = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ"})
# "Nobody so far" is another question for a pronoun than for a noun.
FORMS = ("pronoun", "nominal")


class ReferringHeads(nn.Module):
    """What each word asks of others, what it answers to them, and how likely it means nobody so far."""

    def __init__(self) -> None:
        super().__init__()
        self.asking, self.answering = nn.Linear(2 * HIDDEN, WIDTH), nn.Linear(2 * HIDDEN, WIDTH)
        self.nobody = nn.Linear(2 * HIDDEN, len(FORMS))


class AboutHeads(nn.Module):
    """What speaks for a report's being about somebody: in the word for him, and in the word that reports (`about`)."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken, self.reporting = nn.Linear(2 * HIDDEN, len(HOW)), nn.Linear(2 * HIDDEN, len(HOW))


@dataclass(frozen=True, slots=True)
class Heads:
    """Both kinds of heads; a kind is None where it was not trained yet (training/referring.py, training/about.py)."""

    referring: ReferringHeads | None
    about: AboutHeads | None


@lru_cache(maxsize=4)
def load_heads(folder: Path) -> Heads:
    """The bundled heads, once a folder and process."""
    own, about = part(folder, "referring"), part(folder, "about")
    return Heads(filled(ReferringHeads, own) if own else None, filled(AboutHeads, about) if about else None)


def refer(heads: Heads, vectors: Vectors, names: Sequence[bool]) -> Referring | None:
    """What one document's words ask and answer, None without the heads for it.

    Only the words of `names` are asked, those that may stand for somebody: zeros stand for what others would say.
    """
    if heads.referring is None:
        return None
    about, rows = heads.about, torch.tensor(names).nonzero().squeeze(-1)
    layer, sizes = _asked(heads.referring, about)
    found = _product(layer, *(v.index_select(0, rows) for v in (vectors.last, vectors.mixed)))
    scores = torch.zeros(len(names), found.size(1)).index_copy_(0, rows, found)
    asking, answering, nobody, *spoken = (x.contiguous().numpy() for x in torch.split(scores, sizes, -1))
    reporting: dict[str, NDArray[np.float32]] = {}
    if about is not None:
        reports = _product(about.reporting, vectors.last, vectors.mixed)
        reporting = dict(zip(HOW, reports.numpy().T, strict=True))
    return Referring(
        asking,
        answering,
        dict(zip(FORMS, nobody.T, strict=True)),
        dict(zip(HOW, spoken[0].T, strict=True)) if spoken else {},
        reporting,
    )


@lru_cache(maxsize=4)
def _asked(own: ReferringHeads, about: AboutHeads | None) -> tuple[nn.Linear, list[int]]:
    """What words that may stand for somebody are asked, as one layer, and how many outputs each question has."""
    asked = [own.asking, own.answering, own.nobody, *([] if about is None else [about.spoken])]
    return side_by_side(asked), [layer.out_features for layer in asked]


def _product(layer: nn.Linear, last: torch.Tensor, mixed: torch.Tensor) -> torch.Tensor:
    """What a layer over both vectors of words gives, without setting them side by side."""
    out = F.linear(last, layer.weight[:, :HIDDEN], layer.bias)
    return out.addmm_(mixed, layer.weight[:, HIDDEN:].T)
