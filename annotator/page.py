"""The audit as one HTML page that needs nothing else: tables, and plots as SVG drawn here.

Colours are those of Okabe and Ito (2008), which people who see red and green alike can tell apart; each plot also
has its figures in a title (a tooltip, and what a screen reader says) or in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["html"]

Line = Mapping[str, Any]

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
_WIDTH, _LEFT, _ROW = 820, 230, 26
_UPPER_BOUND = (
    '<p class="note">The machine’s present version against what each person submitted, who saw a machine’s '
    "version first: an upper bound of what a person without it would agree with.</p>"
)
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem } caption { text-align: left; font-weight: 600 }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #ddd; text-align: right; font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left } svg { max-width: 100%; height: auto }
svg text { font: 13px system-ui, sans-serif; fill: #1a1a1a } .note { color: #555 }
"""


def html(audit: Line) -> str:
    """The page for what `Audit.as_dict` gives, as a whole document in UTF-8 without links to elsewhere."""
    parts = [
        _counts(audit),
        *_people(audit["annotators"]),
        *_times(audit["work"]),
        "<h2>Agreement between people</h2>",
        *_agreement(audit["pairs"]),
        _alphas(audit["alpha"]),
        "<h2>The machine against people</h2>",
        _UPPER_BOUND,
        *_agreement(audit["machine"]),
        "<h2>Every piece of work</h2>",
        _work(audit["work"]),
    ]
    if audit["old_text"]:
        named = ", ".join(map(str, audit["old_text"]))
        parts.append(f"<p>Left out, since the folder holds another text or none: {escape(named)}</p>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Audit</title>'
        f"<style>{_STYLE}</style></head><body><h1>Audit</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _counts(audit: Line) -> str:
    return (
        f"<p>{audit['stories']} stories, {audit['unseen']} not yet submitted by anybody, "
        f"{audit['double']} submitted by two or more.</p>"
    )


def _people(annotators: Mapping[str, Line]) -> Iterable[str]:
    kinds = list(next(iter(annotators.values()))["changes"]) if annotators else []
    head = ["Annotator", "submitted", "skipped", "drafts", "reports", "accepted"]
    rows = []
    for name, a in annotators.items():
        hours = None if a["seconds"] is None else round(a["seconds"] / 3600, 2)
        counts = [a[key] for key in ("submitted", "skipped", "drafts", "attributions", "accepted")]
        rows.append([name, *counts, hours, a["median_seconds"], a["findings"]])
    yield "<h2>Who did what</h2>"
    yield _table([*head, "hours", "seconds a story (median)", "to look at"], rows)
    yield "<p>What was changed from the machine’s version, by kind:</p>"
    yield _table(["Annotator", *kinds], [[name, *a["changes"].values()] for name, a in annotators.items()])
    yield _stacks({name: a["changes"] for name, a in annotators.items()}, kinds)


def _stacks(counts: Mapping[str, Mapping[str, int]], kinds: Sequence[str]) -> str:
    """A bar for each annotator, a part of it for each kind."""
    most = max((sum(c.values()) for c in counts.values()), default=0)
    if not most:
        return '<p class="note">Nothing was changed.</p>'
    scale = (_WIDTH - _LEFT - 60) / most
    drawn = []
    for row, (name, by_kind) in enumerate(counts.items()):
        y, x = 30 + row * _ROW, float(_LEFT)
        drawn.append(_text(_LEFT - 10, y + 15, name, anchor="end"))
        for colour, kind in zip(_COLOURS, kinds, strict=False):
            width = by_kind[kind] * scale
            drawn.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_ROW - 6}" fill="{colour}">'
                f"<title>{escape(name)}: {escape(kind)} {by_kind[kind]}</title></rect>"
            )
            x += width
        drawn.append(_text(x + 6, y + 15, str(sum(by_kind.values()))))
    for place, (colour, kind) in enumerate(zip(_COLOURS, kinds, strict=False)):
        drawn.append(f'<rect x="{place * 100}" y="2" width="12" height="12" fill="{colour}"/>')
        drawn.append(_text(place * 100 + 17, 13, kind))
    return _svg(drawn, 30 + len(counts) * _ROW, "Changes by annotator and kind")


def _times(work: Sequence[Line]) -> Iterable[str]:
    """A dot for each story a person submitted, at the time it took."""
    timed = [w for w in work if w["seconds"] is not None and w["state"] == "submitted"]
    if not timed:
        return
    names = sorted({w["annotator"] for w in timed})
    most = max(w["seconds"] for w in timed) or 1.0
    drawn = [_text(_LEFT - 10, 30 + row * _ROW, name, anchor="end") for row, name in enumerate(names)]
    for w in timed:
        x = _LEFT + w["seconds"] / most * (_WIDTH - _LEFT - 20)
        y = 26 + names.index(w["annotator"]) * _ROW
        told = f"{w['document_id']}: {w['seconds']:.0f} s, {w['attributions']} reports"
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{_COLOURS[0]}" fill-opacity=".5">'
            f"<title>{escape(told)}</title></circle>"
        )
    bottom = 30 + len(names) * _ROW
    drawn += _axis([(0, "0 s"), (0.5, f"{most / 2:.0f} s"), (1, f"{most:.0f} s")], bottom)
    yield "<h2>Time a story took</h2>"
    yield '<p class="note">As Label Studio counts it: the time that the page was open on a story.</p>'
    yield _svg(drawn, bottom + 24, "Seconds by annotator and story")


def _agreement(comparisons: Sequence[Line]) -> Iterable[str]:
    if not comparisons:
        yield '<p class="note">There are no stories to compare.</p>'
    for c in comparisons:
        told = f"{c['one']} and {c['other']}, {c['stories']} stories"
        yield f"<h3>{escape(told)}</h3>"
        yield _forest({f"F1 {k}": v for k, v in c["f1"].items()} | _named(c["alpha"]))


def _alphas(alpha: Mapping[str, Line]) -> str:
    if not any(f["n"] for f in alpha.values()):
        return ""
    return f"<h3>Krippendorff’s alpha over all who did the same stories</h3>{_forest(_named(alpha))}"


def _named(alpha: Mapping[str, Line]) -> dict[str, Line]:
    return {f"alpha {name}": figure for name, figure in alpha.items()}


def _forest(figures: Mapping[str, Line]) -> str:
    """A dot for each figure with a line for its 95 % interval, from 0 to 1; less than 0 is drawn at 0."""
    drawn = []
    inner = _WIDTH - _LEFT - 190

    def place(x: float) -> float:
        return _LEFT + max(0.0, min(1.0, x)) * inner

    shown = {name: f for name, f in figures.items() if f["value"] is not None}
    bottom = 14 + len(shown) * 22
    for share in (0, 0.5, 1):
        x = place(share)
        drawn.append(_text(x, bottom + 12, f"{share:g}", anchor="middle"))
        drawn.append(f'<line x1="{x}" x2="{x}" y1="0" y2="{bottom - 4}" stroke="#ccc"/>')
    for row, (name, f) in enumerate(shown.items()):
        y = 14 + row * 22
        colour = _COLOURS[5] if name.startswith("alpha") else _COLOURS[0]
        drawn.append(_text(_LEFT - 10, y + 4, name, anchor="end"))
        interval = "" if f["low"] is None else f" [{f['low']:.2f}, {f['high']:.2f}]"
        if interval:
            drawn.append(
                f'<line x1="{place(f["low"]):.1f}" x2="{place(f["high"]):.1f}" y1="{y}" y2="{y}" '
                f'stroke="{colour}" stroke-width="3" stroke-opacity=".4"/>'
            )
        drawn.append(f'<circle cx="{place(f["value"]):.1f}" cy="{y}" r="5" fill="{colour}"/>')
        drawn.append(_text(_WIDTH - 175, y + 4, f"{f['value']:.2f}{interval} n {f['n']}"))
    return _svg(drawn, bottom + 18, "Agreement with 95 % intervals")


def _work(work: Sequence[Line]) -> str:
    rows = []
    for w in sorted(work, key=lambda w: (w["annotator"], w["document_id"])):
        told = ", ".join(f"{kind} {n}" for kind, n in w["changes"].items() if n)
        seconds = None if w["seconds"] is None else round(w["seconds"])
        rows.append(
            [
                *(w[key] for key in ("document_id", "annotator", "state", "attributions", "accepted")),
                told,
                seconds,
                *(w[key] for key in ("findings", "updated_at", "touched_by")),
            ]
        )
    head = [
        "Story",
        "annotator",
        "state",
        "reports",
        "accepted",
        "changed",
        "s",
        "to look at",
        "last",
        "changed by",
    ]
    return _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    def cells(tag: str, values: Iterable[object]) -> str:
        return "".join(f"<{tag}>{escape('' if v is None else str(v))}</{tag}>" for v in values)

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def _axis(marks: Iterable[tuple[float, str]], y: float) -> list[str]:
    inner = _WIDTH - _LEFT - 20
    return [_text(_LEFT + share * inner, y + 12, told, anchor="middle") for share, told in marks]


def _text(x: float, y: float, told: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(told)}</text>'


def _svg(drawn: Iterable[str], height: float, label: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" height="{height:.0f}" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )
