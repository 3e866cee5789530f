"""Who is one in stories of one affair, where names alone do not tell enough.

Stories that name several of the same people, bodies and places, none of them known everywhere, tell of one affair.
There a surname with another form of the first name is the same person's ("Torvik Ode", "Tamsil Ode"; "D. A. Erlov",
"Denis Yerlov"), "Orv" is short for "Orv Motors", and "the deputy defence minister" is the one who bears that office in
another story (`described`).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations
from math import fsum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from annotator.entries import SEEN, conflict
from annotator.names import (
    body_words,
    given_names,
    likeness,
    of_two_sexes,
    parts,
    person_name,
    skeleton,
    sound,
    surnames,
    word_class,
    words_of,
)
from annotator.nouns import nouns
from annotator.spellings import are_two

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from annotator.entries import Joined
    from annotator.spellings import Form

# A name as it is compared: a person's words, a body's telling words.
_Name = TypeVar("_Name")
# Stories that share so much are of one affair: one whom no other story names, or two whom four others do; and that for
# those who are not named at all.
_SHARED, _DESCRIBED = 1.0, 2.0
# Whom more stories than this name tells of no affair.
_EVERYWHERE = 100
# A key that more people share tells nothing.
BLOCK = 40
# Two spellings of a family name, of one in another place, of a first name, of two known ones are so like each other.
_FAMILY, _ELSEWHERE, _FIRST, _KNOWN = 0.88, 0.95, 0.85, 0.9
# What other forms of a first name are worth: one is short for the other, an initial, a like beginning.
_SHORT, _INITIAL, _BEGINNING = 0.8, 0.75, 0.6
# What bodies' names are worth that are the same but for legal forms, or of which one is short for the other.
_SAME, _CUT = 0.9, 0.8
# A pair so much less likely is no rival; below what is likely, two only do not speak against each other.
_CLEAR, _LIKELY, _POSSIBLE = 0.1, 0.7, 0.5
# A word that tells one body from others has so many letters.
_TELLING = 4
# First sounds that take each other's place: "Hrytsai", "Gritsay"; "Noh", "Roh", "Lho".
_FIRSTS = ("hg", "nrl")


class Pair(NamedTuple):
    """Two who may be one: how well they agree, how much else their stories share, their places in a list."""

    value: float
    shared: float
    one: int
    other: int


class Affairs:
    """Which stories tell of one affair: those that share others whom few stories name."""

    def __init__(self, joined: Iterable[Joined]) -> None:
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        self._stories: dict[int, list[str]] = {}
        self._rows: dict[str, list[Joined]] = defaultdict(list)
        self._number: dict[int, int] = {}
        for k, row in enumerate(joined):
            stories = sorted({story for story, _ in row.stories if story})
            self._number[id(row)] = k
            for story in stories:
                self._rows[story].append(row)
            if 1 < len(stories) <= _EVERYWHERE:
                self._stories[k] = stories
                for story in stories:
                    self._weights[story][k] = (len(stories) - 1) ** -0.5

    def shared(self, a: Joined, b: Joined) -> float:
        """How much two have in common: those two of their stories that share most others, the rarer the more."""
        own = {self._number[id(a)], self._number[id(b)]}
        both = ((x.document_id, y.document_id) for x in a.entries[:SEEN] for y in b.entries[:SEEN])
        return max(self._shared(one, other, own) for one, other in both)

    def around(self, story: str) -> list[Joined]:
        """Everybody and everything in the other stories of a story's affair, in the order of the rows."""
        near = {s for k in self._weights[story] for s in self._stories[k]} - {story}
        found = {
            self._number[id(row)]: row
            for other in near
            for row in self._rows[other]
            if self._shared(story, other, {self._number[id(row)]}) >= _DESCRIBED
        }
        return [found[k] for k in sorted(found)]

    def _shared(self, one: str, other: str, own: set[int]) -> float:
        near, far = self._weights[one], self._weights[other]
        # Summed exactly and rounded: the same in whatever order the rows come.
        return round(fsum(near[k] for k in near.keys() & far.keys() - own), 6)


def people_of_affairs(people: Sequence[Joined], affairs: Affairs) -> list[Joined]:
    """The people, those made one who have one surname and a form of one first name in one affair."""
    named = [_full_names(p) for p in people]
    keys = [{skeleton(_plain(w)) for f in names for w in f if len(w) > 1} for names in named]
    return _merged(people, _pairs(people, named, keys, _agreement, affairs))


def bodies_of_affairs(bodies: Sequence[Joined], affairs: Affairs, lands: Iterable[Form]) -> list[Joined]:
    """The bodies, those made one whose names differ by what says nothing, or by being cut short, in one affair.

    The name of one of the `lands` is short for none.
    """
    places = set(map(frozenset, lands))
    named = [[n for n in _bodies_names(body) if n[0] not in places] for body in bodies]
    keys = [{skeleton(w) for words, _ in names for w in words - _says_nothing()} for names in named]
    return _merged(bodies, _pairs(bodies, named, keys, _alike_bodies, affairs))


def _pairs(
    joined: Sequence[Joined],
    named: Sequence[Sequence[_Name]],
    keys: Sequence[set[str]],
    agreement: Callable[[_Name, _Name], float],
    affairs: Affairs,
) -> list[Pair]:
    """Who may be one, of those that share a key that few have, by the names that agree best; the likeliest first."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for k, own in enumerate(keys):
        for key in own:
            blocks[key].append(k)
    met = {p for block in blocks.values() if len(block) <= BLOCK for p in combinations(block, 2)}
    found = []
    for i, j in met:
        shared = affairs.shared(joined[i], joined[j])
        if shared < _SHARED:
            continue
        value = max((agreement(x, y) for x in named[i] for y in named[j]), default=0.0)
        if value and not _apart(joined[i], joined[j]):
            found.append(Pair(value, shared, i, j))
    return sorted(found, key=lambda p: (-p.value, -p.shared, p.one, p.other))


def _merged(joined: Sequence[Joined], pairs: Sequence[Pair]) -> list[Joined]:
    """All of them, likely pairs made one; who could be two others is neither."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for pair in pairs:
        near[pair.one][pair.other] = near[pair.other][pair.one] = pair.value
    home = list(range(len(joined)))
    groups = {k: [k] for k in home}
    for pair in pairs:
        a, b = home[pair.one], home[pair.other]
        if pair.value < _LIKELY or a == b or _apart(joined[a], joined[b]):
            continue
        likely = {
            home[r] for k in (*groups[a], *groups[b]) for r, v in near[k].items() if v >= pair.value - _CLEAR
        }
        if any(_is_rival(joined, near, groups, r, x) for r in likely - {a, b} for x in (a, b)):
            continue
        _join(joined[a], joined[b])
        for k in groups[b]:
            home[k] = a
        groups[a] += groups.pop(b)
    return [joined[k] for k in sorted(groups)]


def _is_rival(
    joined: Sequence[Joined],
    near: dict[int, dict[int, float]],
    groups: dict[int, list[int]],
    one: int,
    other: int,
) -> bool:
    """Whether two that are both like a third are not one themselves."""
    met = any(y in near[x] for x in groups[one] for y in groups[other])
    return not met or _apart(joined[one], joined[other])


def _join(one: Joined, other: Joined) -> None:
    one.evidence += [*other.evidence, f"in one affair: {other.name} as {one.name}"]
    for entry in other.entries:
        one.add(entry)


def _apart(a: Joined, b: Joined) -> bool:
    """Whether something speaks against two being one: a story that has both, their roles, two known people."""
    return any(conflict(e, a) for e in b.entries[:SEEN]) or (a.known is not None and b.known is not None)


def _plain(word: str) -> str:
    """A word with one first sound for all that take its place."""
    return next((sounds[-1] + word[1:] for sounds in _FIRSTS if word[0] in sounds), word)


def _swapped(word: str) -> str:
    """A word with the Russian letter for Ukrainian's H: "H. Ode" may be Grigory."""
    return "g" + word[1:] if word[0] == "h" else word


def _full_names(joined: Joined) -> list[Form]:
    """The full names of somebody, particles left out, and as one with what follows: "Van de Putte", "Vandeputte"."""
    found: set[Form] = set()
    for name in {n for e in joined.entries[:SEEN] for n in e.names}:
        words = person_name(name).words
        found |= {parts(words), *([glued] if (glued := _glued(words)) != words else [])}
    return sorted(f for f in found if len(f) > 1)


def _glued(words: Form) -> Form:
    out, before = [], ""
    for k, word in enumerate(words):
        if 0 < k < len(words) - 1 and word in word_class("particle"):
            before += word
        else:
            out.append(before + word)
            before = ""
    return tuple(out)


def _agreement(a: Form, b: Form) -> float:
    """How well two names agree as one person's in one affair, 0 to 1: a family name and the least like of the others.

    0 where one of them has no like.
    """
    short, long = sorted((a, b), key=lambda w: (len(w), w))
    best = 0.0
    for i, x in enumerate(short):
        for j, y in enumerate(long):
            last = (i == len(short) - 1) + (j == len(long) - 1)
            same = _alike(x, y) if last and min(len(x), len(y)) > 1 else 0.0
            # Family names that stand first in the one and last in the other are the same, not alike.
            if same < (_FAMILY if last > 1 else _ELSEWHERE) or _is_child(short, long, j):
                continue
            left, right = (*short[:i], *short[i + 1 :]), (*long[:j], *long[j + 1 :])
            least = min(max(_first_name(v, w) for w in right) for v in left)
            best = max(best, (same + least) / 2) if least else best
    return best


def _is_child(short: Form, long: Form, family: int) -> bool:
    """Whether a name has the other's first name in the middle: "Juma Ode" is the father of "Amina Juma Ode"."""
    return (
        len(short) < len(long)
        and family == len(long) - 1
        and _first_name(long[1], short[0]) > 0
        and not _first_name(long[0], short[0])
    )


def _first_name(x: str, y: str) -> float:
    """How well two words may be one first name, 0 where they may not."""
    if of_two_sexes(x, y) or are_two(x, y):
        return 0.0
    if min(len(x), len(y)) == 1:
        return _INITIAL if _swapped(x)[0] == _swapped(y)[0] else 0.0
    # "Maria" and "Marta" are two sisters, "Galina" and "Halyna" one of them.
    known = x in given_names() and y in given_names() and skeleton(_swapped(x)) != skeleton(_swapped(y))
    if (same := _alike(x, y)) >= (_KNOWN if known else _FIRST):
        return same
    if x.startswith(y) or y.startswith(x):
        return _SHORT
    return _BEGINNING if sound(x)[0] == sound(y)[0] and not known else 0.0


def _alike(x: str, y: str) -> float:
    """How like two words are, first sounds that take each other's place for one; 0 where they are known as two."""
    if are_two(x, y):
        return 0.0
    known = (x in surnames() and y in surnames()) or (x in given_names() and y in given_names())
    return likeness(x, y) if known else max(likeness(x, y), likeness(_plain(x), _plain(y)))


def _bodies_names(body: Joined) -> list[tuple[frozenset[str], bool]]:
    """The telling words of a body's names, with whether the name has others ("Orv Holding" has)."""
    names = sorted({n for e in body.entries[:SEEN] for n in e.names})
    return [(frozenset(words := body_words(n)), len(words) < len(words_of(n))) for n in names]


@cache
def _says_nothing() -> frozenset[str]:
    return frozenset().union(*map(word_class, ("trade", "legal", "office", "particle"))) | nouns().keys()


def _alike_bodies(a: tuple[frozenset[str], bool], b: tuple[frozenset[str], bool]) -> float:
    """How well two bodies' names agree in one affair, 0 to 1.

    "Orv" is short for "Orv Motors" or "Atelier Orv"; "Orv Group" is "Orv Holding", but may own "Orv Motors".
    """
    (one, more), (other, further) = a, b
    if not any(len(w) >= _TELLING for w in (one & other) - _says_nothing()):
        return 0.0
    if one == other:
        return _SAME
    if (one < other and not more) or (other < one and not further):
        return _CUT
    return _POSSIBLE if (one ^ other) <= _says_nothing() else 0.0
