"""How well clusters of mentions agree with gold ones: MUC, B-cubed, CEAF, and the mean F1 of CoNLL.

A cluster is a set of mentions, a side a list of clusters that share none. Nothing is done about mentions that only one
side has but what each measure's own definition does (Pradhan and others 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.optimize import linear_sum_assignment

from annotator.metrics import PRF, b_cubed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    Clusters = Sequence[frozenset[Hashable]]


@dataclass(frozen=True, slots=True)
class Coreference:
    """The measures of one or several texts, each from counts that are summed over the texts."""

    muc: PRF
    b_cubed: PRF
    ceaf_m: PRF
    ceaf_e: PRF

    @property
    def conll(self) -> float:
        """The mean F1 of MUC, B-cubed and CEAFe (Pradhan and others 2012)."""
        return (self.muc.f + self.b_cubed.f + self.ceaf_e.f) / 3

    def __add__(self, other: Coreference) -> Coreference:
        """The measures of the texts of both."""
        return Coreference(
            _sum(self.muc, other.muc),
            _sum(self.b_cubed, other.b_cubed),
            _sum(self.ceaf_m, other.ceaf_m),
            _sum(self.ceaf_e, other.ceaf_e),
        )


def coreference(gold: Clusters, guesses: Clusters) -> Coreference:
    """All measures of one text."""
    return Coreference(
        muc(gold, guesses),
        b_cubed(_by_member(gold), _by_member(guesses)),
        ceaf(gold, guesses, lambda a, b: len(a & b)),
        ceaf(gold, guesses, lambda a, b: 2 * len(a & b) / (len(a) + len(b))),
    )


def muc(gold: Clusters, guesses: Clusters) -> PRF:
    """The links that join mentions (Vilain and others 1995): a cluster of n has n - 1 of them."""
    return PRF(
        _links_kept(guesses, gold),
        sum(len(c) - 1 for c in guesses),
        sum(len(c) - 1 for c in gold),
        _links_kept(gold, guesses),
    )


def ceaf(
    gold: Clusters, guesses: Clusters, likeness: Callable[[frozenset[Hashable], frozenset[Hashable]], float]
) -> PRF:
    """The best one-to-one alignment of clusters (Luo 2005); φ3 counts what two share, φ4 is their Dice share."""
    if not gold or not guesses:
        return PRF(0, _own(guesses, likeness), _own(gold, likeness))
    table = [[likeness(a, b) for b in guesses] for a in gold]
    rows, columns = linear_sum_assignment(table, maximize=True)
    best = sum(table[i][j] for i, j in zip(rows, columns, strict=True))
    return PRF(best, _own(guesses, likeness), _own(gold, likeness))


def _own(clusters: Clusters, likeness: Callable[[frozenset[Hashable], frozenset[Hashable]], float]) -> float:
    return sum(likeness(c, c) for c in clusters)


def _links_kept(clusters: Clusters, others: Clusters) -> int:
    """How many links of the clusters are left when the others part them; a mention that none has stands alone."""
    home = {m: k for k, c in enumerate(others) for m in c}
    return sum(len(c) - len({home.get(m, ("alone", m)) for m in c}) for c in clusters)


def _by_member(clusters: Clusters) -> dict[Hashable, frozenset[Hashable]]:
    return {m: c for c in clusters for m in c}


def _sum(a: PRF, b: PRF) -> PRF:
    recalled = None
    if a.recalled is not None and b.recalled is not None:
        recalled = a.recalled + b.recalled
    return PRF(a.right + b.right, a.predicted + b.predicted, a.gold + b.gold, recalled)
