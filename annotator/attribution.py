"""Joins quotations, rules and the learned spans into attributions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotator.model import Attribution, QuoteType, Span
from annotator.quotes import Quote

_WORD = re.compile(r"\w+")


def quote_type(
    text: str, content: Sequence[Span], quotes: Sequence[Quote], *, cue: Sequence[Span] = ()
) -> QuoteType:
    """`direct` when every word of `content` stands in quotation marks, `mixed` when some do, else `indirect`.

    Marks that hold the cue too belong to whoever speaks around the report: “The mayor told me to wait,” said Ode.
    """
    around = [q.span for q in quotes if not any(q.span.overlaps(c) for c in cue)]
    words = [m.span() for s in content for m in _WORD.finditer(text, s.start, s.end)]
    inside = [any(q.start <= start and end <= q.end for q in around) for start, end in words]
    if not any(inside):
        return "indirect"
    return "direct" if all(inside) else "mixed"


def assign_parents(attributions: Iterable[Attribution]) -> tuple[Attribution, ...]:
    """Each attribution with the id of the smallest other one in whose content its cue stands.

    Where there is no cue, its first content must stand there, smaller than the content around it.
    """
    given = tuple(attributions)
    return tuple(replace(a, parent=_parent(a, given)) for a in given)


def _parent(child: Attribution, others: Sequence[Attribution]) -> str | None:
    inner = child.cue or child.content[:1]
    size = sum(map(len, child.content))
    around = [
        (sum(map(len, o.content)), o.id)
        for o in others
        if o.id != child.id
        and all(any(i in piece for piece in o.content) for i in inner)
        and sum(map(len, o.content)) > size
    ]
    return min(around)[1] if around else None
