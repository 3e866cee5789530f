"""What a person did to each attribution that the machine had shown, by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.model import Attribution, Span

__all__ = ["KINDS", "Change", "changes", "removed"]

Kind = Literal["borders", "source", "cue", "speaker", "act", "attitude", "added", "removed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Change:
    """One attribution as submitted, the id of the one it was made from, and in what it differs.

    borders: a span ends elsewhere but still meets the old one; source, cue: it was put in, taken out or put on
    other words; speaker, act, attitude: another value; added: it was made from none. Nothing: it was accepted.
    """

    attribution_id: str
    was: str | None
    kinds: tuple[Kind, ...] = ()


def changes(before: Iterable[Attribution], after: Sequence[Attribution]) -> tuple[Change, ...]:
    """One change for each of `after`; each of `before` is met by its id, else by a content that it overlaps.

    Where several overlap, the one that shares the most characters is taken.
    """
    shown = {a.id: a for a in before}
    gone = {a.id: a for a in shown.values() if a.id not in {b.id for b in after}}
    old: dict[str, Attribution | None] = {a.id: shown.get(a.id) for a in after}
    met = sorted(
        ((_shared(a, b), a.id, b.id) for a in after if a.id not in shown for b in gone.values()),
        key=lambda row: -row[0],
    )
    for size, new_id, was in met:
        if size and old[new_id] is None and was in gone:
            old[new_id] = gone.pop(was)
    return tuple(_change(a, old[a.id]) for a in after)


def removed(before: Iterable[Attribution], found: Iterable[Change]) -> tuple[str, ...]:
    """The ids of those of `before` from which nothing was made, sorted."""
    return tuple(sorted({a.id for a in before} - {c.was for c in found}))


def _change(new: Attribution, old: Attribution | None) -> Change:
    if old is None:
        return Change(new.id, None, ("added",))
    kinds: set[Kind] = set()
    if new.content != old.content:
        kinds.add("borders")
    if new.source != old.source:
        kinds.add("borders" if _meet(new.source, old.source) else "source")
    if new.cue != old.cue:
        kinds.add("borders" if _meet(new.cue, old.cue) else "cue")
    if set(new.speaker_ids) != set(old.speaker_ids):
        kinds.add("speaker")
    if new.act != old.act:
        kinds.add("act")
    if new.attitude != old.attitude:
        kinds.add("attitude")
    return Change(new.id, old.id, tuple(k for k in KINDS if k in kinds))


def _shared(a: Attribution, b: Attribution) -> int:
    """How many characters the contents share."""
    return sum(x.shared(b.content) for x in a.content)


def _meet(one: Iterable[Span], other: Sequence[Span]) -> bool:
    return any(x.overlaps(y) for x in one for y in other)
