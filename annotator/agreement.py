"""How far annotators agree on the same stories: spans, values, entities, each with a bootstrap interval.

Spans and entities are compared by F1, which is the same whichever of two people is taken for the gold; values by
Krippendorff's alpha (Krippendorff 2019, Content Analysis, chapter 12), which leaves out what chance would give.
Intervals come from drawing whole stories with replacement (percentile bootstrap): the reports of one story are
not independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from annotator.errors import ModelMissing
from annotator.metrics import PRF, ROLES, score, trimmed
from annotator.model import Annotation, Attribution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["VALUES", "Figure", "Story", "agreement", "aligned", "alpha_of", "alphas", "as_json"]

# The values that are compared between attributions of about the same content.
VALUES = ("act", "attitude", "source_kind", "quote_type", "speaker")
# Two attributions are about the same thing if they share at least half of the characters that either has.
_SAME = 0.5
_FEWEST = 2

Story = tuple[str, tuple[Annotation, ...]]
Unit = tuple[Attribution | None, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, its 95 % interval and of how many things it speaks.

    None where there is nothing to compare, or, for the interval, fewer than two stories.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


def agreement(
    stories: Sequence[tuple[str, Annotation, Annotation]], *, resamples: int = 1000, seed: int = 0
) -> dict[str, Figure]:
    """Span F1 exact and overlap by role, attributions found and entities (B-cubed) of two annotators.

    `stories` gives the text and what each of the two made of it; `n` counts the second one's spans, reports or
    mentions and the first one's. The same seed gives the same interval. Raises BadAnnotation where two are not
    of one text, ModelMissing where the extra `audit` is not installed.
    """
    _require_extra()
    counts: dict[str, list[PRF]] = {}
    for text, one, other in stories:
        for name, prf in _figures(text, one, other).items():
            counts.setdefault(name, []).append(prf)
    return {name: _f1(prfs, resamples=resamples, seed=seed) for name, prfs in counts.items()}


def alphas(stories: Sequence[Story], *, resamples: int = 1000, seed: int = 0) -> dict[str, Figure]:
    """Krippendorff's alpha (nominal) of each of VALUES over any number of annotators.

    `stories` gives each text with the annotations of all who did it. A unit is a report that at least two of
    them marked; `n` counts units. 1 is agreement, 0 what chance would give. A value that nobody varied has
    alpha 1. Raises ModelMissing where the extra `audit` is not installed.
    """
    _require_extra()
    units = [[_ratings(unit) for unit in aligned(text, made)] for text, made in stories]
    # A story in which the people share no report says nothing of values.
    units = [story for story in units if story]
    return {name: _alpha(name, units, resamples=resamples, seed=seed) for name in VALUES}


def aligned(text: str, annotations: Sequence[Annotation]) -> list[Unit]:
    """The reports that at least two of the annotations share, as one row each, None for who did not mark it.

    Each annotation's attributions meet the rows so far, those whose contents agree most first.
    """
    rows: list[list[Attribution | None]] = []
    for number, annotation in enumerate(annotations):
        scored = sorted(
            (
                (jaccard, i, j)
                for i, row in enumerate(rows)
                for j, a in enumerate(annotation.attributions)
                if (jaccard := max(_jaccard(text, a, b) for b in row if b is not None)) >= _SAME
            ),
            key=lambda found: (-found[0], found[1], found[2]),
        )
        for row in rows:
            row.append(None)
        free = dict(enumerate(annotation.attributions))
        for _, i, j in scored:
            if j in free and rows[i][number] is None:
                rows[i][number] = free.pop(j)
        rows += [[None] * number + [a] for a in free.values()]
    return [tuple(row) for row in rows if sum(a is not None for a in row) >= _FEWEST]


def _jaccard(text: str, a: Attribution, b: Attribution) -> float:
    one, other = (_characters(text, x) for x in (a, b))
    return len(one & other) / len(one | other) if one | other else 0.0


def _characters(text: str, a: Attribution) -> frozenset[int]:
    pieces = (trimmed(text, span) for span in a.content)
    return frozenset(i for piece in pieces if piece is not None for i in range(piece.start, piece.end))


def _figures(text: str, one: Annotation, other: Annotation) -> dict[str, PRF]:
    scores = score([(text, one)], [other])
    found = {f"{kind}.{role}": getattr(scores, kind)[role] for kind in ("exact", "overlap") for role in ROLES}
    return found | {"found": scores.found, "entities": scores.entities}


def _f1(prfs: Sequence[PRF], *, resamples: int, seed: int) -> Figure:
    """The F1 of all stories together, with its interval."""
    import numpy as np  # noqa: PLC0415 - of the extra `audit`, slow to import

    rows = np.array(
        [(p.right, p.right if p.recalled is None else p.recalled, p.predicted, p.gold) for p in prfs]
    )
    n = int(rows[:, 2:].sum())
    if not n:
        return Figure(None)

    def f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        precision, recall = _share(sums[..., 0], sums[..., 2]), _share(sums[..., 1], sums[..., 3])
        return 2 * _share(precision * recall, precision + recall)

    low, high = _interval(rows, f1, resamples=resamples, seed=seed)
    return Figure(float(f1(rows.sum(axis=0))), low, high, n)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415 - of the extra `audit`, slow to import

    shares: NDArray[np.float64] = np.divide(
        part, whole, out=np.zeros_like(part, dtype=float), where=whole != 0
    )
    return shares


def _ratings(unit: Unit) -> tuple[dict[str, str] | None, ...]:
    return tuple(
        None
        if a is None
        else {
            name: " ".join(sorted(a.speaker_ids)) or "nobody" if name == "speaker" else str(getattr(a, name))
            for name in VALUES
        }
        for a in unit
    )


def _alpha(
    name: str, stories: Sequence[Sequence[tuple[dict[str, str] | None, ...]]], *, resamples: int, seed: int
) -> Figure:
    import numpy as np  # noqa: PLC0415 - of the extra `audit`, slow to import

    units = [[[r[name] for r in unit if r is not None] for unit in story] for story in stories]
    flat = [unit for story in units for unit in story]
    values = sorted({value for unit in flat for value in unit})
    if not values:
        return Figure(None)
    if len(values) == 1:
        return Figure(1.0, n=len(flat))
    matrices = np.array([_coincidences(story, values) for story in units])
    low, high = _interval(matrices, alpha_of, resamples=resamples, seed=seed)
    return Figure(_nltk_alpha(flat), low, high, len(flat))


def _nltk_alpha(units: Sequence[Sequence[str]]) -> float:
    from nltk.metrics.agreement import AnnotationTask  # noqa: PLC0415 - of the extra `audit`, slow to import

    ratings = [(str(k), str(i), value) for i, unit in enumerate(units) for k, value in enumerate(unit)]
    return float(AnnotationTask(data=ratings).alpha())


def _coincidences(units: Sequence[Sequence[str]], values: Sequence[str]) -> NDArray[np.float64]:
    """How often two people gave two values to one unit, each unit counting as many times as it has ratings."""
    import numpy as np  # noqa: PLC0415 - of the extra `audit`, slow to import

    place = {value: i for i, value in enumerate(values)}
    matrix = np.zeros((len(values), len(values)))
    for unit in units:
        counts = np.bincount([place[value] for value in unit], minlength=len(values)).astype(float)
        matrix += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    return matrix


def alpha_of(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Alpha from coincidence matrices (the last two axes), which add up over stories; 1 where nothing varies.

    The value itself comes from NLTK. Its loops would take minutes for a thousand draws, these sums do not.
    """
    import numpy as np  # noqa: PLC0415 - of the extra `audit`, slow to import

    each = matrices.sum(axis=-1)
    n = each.sum(axis=-1)
    observed = n - np.trace(matrices, axis1=-2, axis2=-1)
    expected = n**2 - (each**2).sum(axis=-1)
    return 1 - _share((n - 1) * observed, expected)


def _interval(
    rows: NDArray[np.float64],
    figure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    resamples: int,
    seed: int,
) -> tuple[float | None, float | None]:
    """The middle 95 % of a figure of sums over stories (first axis) that are drawn with replacement."""
    import numpy as np  # noqa: PLC0415 - of the extra `audit`, slow to import
    from scipy.stats import bootstrap  # noqa: PLC0415 - of the extra `audit`, slow to import

    if len(rows) < _FEWEST:
        return None, None

    def drawn(index: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64]:
        return figure(rows[np.moveaxis(index, axis, -1)].sum(axis=index.ndim - 1))

    found: Any = bootstrap(
        (np.arange(len(rows)),),
        drawn,
        n_resamples=resamples,
        vectorized=True,
        method="percentile",
        batch=100,
        rng=np.random.default_rng(seed),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _require_extra() -> None:
    for package in ("numpy", "scipy", "nltk"):
        if find_spec(package) is None:
            raise ModelMissing(f"agreement needs {package}: pip install 'claim-annotator[audit]'")


def as_json(figures: Mapping[str, Figure]) -> dict[str, dict[str, float | int | None]]:
    """The figures as plain dictionaries, rounded to four places."""

    def rounded(x: float | None) -> float | None:
        return None if x is None else round(x, 4)

    return {
        name: {"value": rounded(f.value), "low": rounded(f.low), "high": rounded(f.high), "n": f.n}
        for name, f in figures.items()
    }
