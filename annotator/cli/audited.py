"""The audit in the terminal: who did what, and how far people and the machine agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from annotator.changes import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.agreement import Figure
    from annotator.audits import Audit, Comparison

F1 = ("exact.source", "exact.cue", "exact.content", "overlap.content", "found", "entities")
ALPHA = ("act", "attitude", "speaker")


def told(audit: Audit) -> Iterator[Table | str]:
    """The tables of an audit, each after the line that says what it shows."""
    yield f"{audit.stories} stories, {audit.unseen} not submitted, {audit.double} submitted by two or more"
    yield from _people(audit)
    yield "Agreement: F1 of spans, of reports found and of mentions' entities; alpha of values; 95 % intervals"
    yield _agreement([*audit.pairs, *audit.machine], audit.alpha if len(audit.pairs) > 1 else None)


def _people(audit: Audit) -> Iterator[Table]:
    """How much each did, then what each changed: one table of both would be too wide for a terminal."""
    done = _table("Annotator", ("submitted", "skipped", "drafts", "reports", "accepted", "median s", "lint"))
    changed = _table("Changed", KINDS)
    for name, a in audit.annotators.items():
        counts = [a[key] for key in ("submitted", "skipped", "drafts", "attributions", "accepted")]
        middle = "" if a["median_seconds"] is None else f"{a['median_seconds']:.0f}"
        done.add_row(Text(name), *map(str, counts), middle, str(a["findings"]))
        changed.add_row(Text(name), *map(str, a["changes"].values()))
    yield done
    yield changed


def _agreement(comparisons: Sequence[Comparison], alpha: Mapping[str, Figure] | None) -> Table:
    table = _table("Figure", [f"{c.one}\n{c.other}\nstories: {c.stories}" for c in comparisons])
    if alpha is not None:
        table.add_column("all", justify="right")
    for name in F1:
        extra = [] if alpha is None else [""]
        table.add_row(f"F1 {name}", *(_figure(c.f1.get(name)) for c in comparisons), *extra)
    for name in ALPHA:
        extra = [] if alpha is None else [_figure(alpha.get(name))]
        table.add_row(f"alpha {name}", *(_figure(c.alpha.get(name)) for c in comparisons), *extra)
    return table


def _figure(figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return "-"
    interval = "" if figure.low is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
    return f"{figure.value:.2f}{interval}"


def _table(first: str, heads: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for head in heads:
        table.add_column(Text(head), justify="right")
    return table
