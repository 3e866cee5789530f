"""Whose a body is by the land in its name: “Kenyan Supreme Court” and “Supreme Court of Kenya” are Kenya's."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from annotator.names import OFFICES, PEOPLES, land_of, place_words, places, read_table, surnames, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Form = tuple[str, ...]
# Of these every land has one, with what tells them apart: “Ministry of Defence”.
_OF_EVERY_LAND = frozenset({
    "army", "assembly", "council", "court", "department", "embassy", "government", "ministry", "navy", "parliament",
    "police", "senate",
})  # fmt: skip
# “Orva Police Department” is the Orva police.
_POLICE = frozenset({("police", "department"), ("police", "force"), ("police", "service")})
# An adjective begins with so many letters of its land, and with all but so many.
_BEGINS, _LEFT_OUT, _ENDING = 4, 3, 5


def without_land(words: Form, lands: frozenset[Form] = frozenset()) -> tuple[Form, Form | None]:
    """The words of a body that every land has without the land's, and the land; of other bodies all of them, and None.

    A land is given as the registers' contexts have it: ("", "Kenya"). `lands` are places that stories name, by their
    words: with them “Orvian” tells of Orvia.
    """
    for k in range(len(words)):
        for n in (3, 2, 1):
            told, rest = words[k : k + n], (*words[:k], *words[k + n :])
            if len(told) < n or not rest or not _OF_EVERY_LAND & set(rest):
                continue
            land = _land(told, lands)
            if land is not None:
                # “The Orvian Ministry of Defence” as “Defence Ministry”.
                turned = len(rest) > 1 and rest[0] in OFFICES
                rest = (*rest[1:], rest[0]) if turned else rest
                return ("police",) if rest in _POLICE else rest, ("", land)
    return words, None


@lru_cache(maxsize=4096)
def land_told(word: str) -> str | None:
    """The land that one word tells of, by its name or its people's: Kenya by “kenya” and “kenyan”; None of others."""
    return _land((word,), frozenset())


def _land(told: Form, lands: frozenset[Form]) -> str | None:
    if told in places():
        return land_of(places()[told].stands_for)
    if told in _adjectives():
        return _adjectives()[told]
    if told in lands:
        return " ".join(told)
    word = told[0]
    if len(told) > 1 or not word.endswith(PEOPLES):
        return None
    others = () if word in surnames() else _by_beginning(lands).get(word[:_BEGINS], ())
    return _known(word) or _begun(word, others)


@lru_cache(maxsize=4096)
def _known(adjective: str) -> str | None:
    """The land that an adjective tells of among those of the table of places."""
    land = _begun(adjective, (w[0] for w in places() if len(w) == 1))
    return land_of(places()[(land,)].stands_for) if land else None


def _begun(adjective: str, lands: Iterable[str]) -> str | None:
    """The land of which an adjective has most letters at its beginning: “Nigerian” is Nigeria's, not Niger's."""
    shared = ((_shared(adjective, land), -len(land), land) for land in lands)
    fits = [s for s in shared if s[0] >= max(_BEGINS, -s[1] - _LEFT_OUT) and len(adjective) - s[0] <= _ENDING]
    return max(fits)[2] if fits else None


@lru_cache(maxsize=4)
def _by_beginning(lands: frozenset[Form]) -> dict[str, list[str]]:
    """The lands of one word by their first letters, so that no adjective is held against all of them."""
    out: dict[str, list[str]] = {}
    for name in sorted(w[0] for w in lands if len(w) == 1):
        out.setdefault(name[:_BEGINS], []).append(name)
    return out


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@cache
def _adjectives() -> dict[Form, str]:
    """The land of each adjective that does not begin as its land does."""
    rows = ((row, places().get(place_words(row["land"]))) for row in read_table("peoples.tsv"))
    return {
        words_of(adjective): land_of(place.stands_for) if place else row["land"]
        for row, place in rows
        for adjective in row["adjectives"].split()
    }
