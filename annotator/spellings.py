"""Whether two full names are spellings of one: how their parts line up, and a learned weight for what that shows.

The weights stand in `data/nameweights.tsv`; `training/evaluate_names.py` learns them from the aliases in the
sanctions list of the US Treasury (public domain). No name of that list is in them.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from annotator.names import (
    given_names,
    likeness,
    nicknames,
    of_two_sexes,
    onset,
    parts,
    read_table,
    skeleton,
    sound,
    surnames,
    word_class,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Form = tuple[str, ...]

# How like two words must be to be one name part at all; what they lack to be the same is weighed, not cut off.
FLOOR, SAME = 0.8, 0.97
# "Petrovich", "Petrovna", "Petrovych": the father's name, which brothers share and newspapers leave out.
_PATRONYMIC = re.compile(
    r"(?:[oeay]vi(?:ch|c|tch|tsch)|[oeay]vna|[oea]vych|ichna|[iy]vna|ogl[iyu]|qizi|kizi)$"
)
_ARTICLES = ("al", "el")
# A part of fewer letters tells nothing; two family names that are so like each other may be one misprinted.
_WORD, _MISPRINT = 3, 0.7
# Two spellings of the same consonants are one name from here on: "Mohamed", "Muhammad"; not "Burton", "Bratton".
_HEARD = 0.95
# Keys shared by more names than this tell nothing; with both bounds the comparisons grow with the names.
PAIR_BLOCK, WORD_BLOCK = 300, 25
# Names are counted as if this many others had been read, so that a small folder does not find every name common;
# a name that very many people bear is counted as if so many had been met.
PRIOR, COMMON = 5000, 50


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two names' parts, the shorter name's first, and which part of the one is which of the other."""

    short: Form
    long: Form
    pairs: dict[int, int]

    @property
    def lone_short(self) -> list[int]:
        """Places of the shorter name's parts that have no like."""
        return [i for i in range(len(self.short)) if i not in self.pairs]

    @property
    def lone_long(self) -> list[int]:
        """Places of the longer name's parts that have no like."""
        taken = set(self.pairs.values())
        return [j for j in range(len(self.long)) if j not in taken]


@cache
def weights() -> dict[str, float]:
    """What each observation of `observed` is worth, in log-odds; the threshold is part of "bias"."""
    return {row["observation"]: float(row["weight"]) for row in read_table("nameweights.tsv")}


def evidence(a: Form, b: Form, rarity: Callable[[str], float]) -> float:
    """How far two full names speak for one person, in log-odds; at or above 0 they do.

    `rarity` gives for a part's skeleton 0 (everybody has it) to 1. Names that share two rare words are one
    person's though a third word stands in one only; "Jo Smith" and "Jo Ann Smith Lee" need more.
    """
    seen = observed(a, b, rarity)
    if seen is None:
        return -10.0
    known = weights()
    return sum(known.get(name, 0.0) * value for name, value in seen.items())


def observed(a: Form, b: Form, rarity: Callable[[str], float]) -> dict[str, float] | None:
    """What can be seen of two names side by side; None where they share too little to be weighed.

    Two whole parts must be alike, or one that is two words by itself ("Abdul Basir").
    """
    found = align(parts(a), parts(b))
    short, long = found.short, found.long
    whole = [
        (short[i], long[j], i, j) for i, j in found.pairs.items() if min(len(short[i]), len(long[j])) > 1
    ]
    if len(whole) < 2 and not (whole and all(w.startswith("abd") and len(w) > 5 for w in whole[0][:2])):
        return None
    if _brothers(found, whole) or any(are_two(x, y) for x, y, _, _ in whole) or _is_anybody(whole):
        return None
    if _have_other_middles(found):
        return None
    seen = {"bias": 1.0, "initials": float(len(found.pairs) - len(whole))}
    seen |= _shared(whole, rarity)
    seen |= _ends(found, whole, seen["same"], rarity)
    seen |= _missing(found, rarity)
    return seen


def _brothers(found: Aligned, whole: Sequence[tuple[str, str, int, int]]) -> bool:
    """Whether a patronymic is one of no more than two shared parts and the family names differ."""
    ends = len(found.short) - 1 in found.lone_short and len(found.long) - 1 in found.lone_long
    return ends and len(whole) == 2 and any(i > 0 and _PATRONYMIC.search(x) for x, _, i, _ in whole)


def _have_other_middles(found: Aligned) -> bool:
    """Whether two names of three parts differ in the middle one: “John A. Ode” and “John B. Ode”."""
    if (
        not len(found.short) == len(found.long) == len("abc")
        or found.lone_short != [1]
        or found.lone_long != [1]
    ):
        return False
    one, other = found.short[1], found.long[1]
    if min(len(one), len(other)) == 1:
        return one[0] != other[0]
    return one in given_names() and other in given_names() and not _bones(one) & _bones(other)


def are_two(x: str, y: str) -> bool:
    """Whether two like parts are known as two names: "Burton" and "Bolton", "Roger" and "Robert", "Maria" and "Marta".

    Transliterations vary, names that our own letters are the first to write do not: misprints aside, they differ.
    """
    if x == y or min(len(x), len(y)) < _WORD or y in nicknames().get(x, ()):
        return False
    if of_two_sexes(x, y):
        # “Robert”, “Roberta”
        return True
    # "Meena" is short for "Meenakshi".
    if x.startswith(y) or y.startswith(x):
        return False
    bones = bool(_bones(x) & _bones(y))
    if x in given_names() and y in given_names() and not bones:
        return True
    one, other = sorted((x, y), key=lambda w: w not in surnames())
    known = one in surnames() and (other in surnames() or other in given_names())
    if not known or Levenshtein.normalized_similarity(x, y) >= _MISPRINT:
        return False
    return not bones or part_likeness(x, y) < _HEARD


def _bones(word: str) -> set[str]:
    """The consonants of a word, as its sounds are written elsewhere too: "Halyna", "Galina"; "Sergej", "Sergey"."""
    plain = word.replace("kh", "h").lstrip("jy") or word
    spellings = (plain, plain.replace("h", "g"), plain.replace("j", "y"))
    return {skeleton(s) for s in spellings if s}


def _is_anybody(whole: Sequence[tuple[str, str, int, int]]) -> bool:
    """Whether all that two names share is a given name, and one has a family name that is known as another's.

    "David Peterson" is not David Petraeus.
    """
    if len(whole) > 2:
        return False
    given = any(x == y and x in given_names() for x, y, _, _ in whole)
    last = max(whole, key=lambda p: p[2] + p[3])
    known = last[0] in surnames() or last[1] in surnames()
    return given and known and skeleton(last[0]) != skeleton(last[1])


def _shared(whole: Sequence[tuple[str, str, int, int]], rarity: Callable[[str], float]) -> dict[str, float]:
    """Parts that both names have: how rare the same ones are, and how far the like ones differ."""
    same: list[tuple[str, str, float, float]] = []
    like: list[tuple[str, str, float, float]] = []
    for x, y, _, _ in whole:
        value = part_likeness(x, y)
        weight = max(rarity(skeleton(x)), 0.0)
        (same if value >= SAME else like).append((x, y, value, weight))
    return {
        "same": (told := sum(w for *_, w in same)),
        "same_beyond": max(0.0, told - 1.7),
        "like": sum(w for *_, w in like),
        "like_parts": float(len(like)),
        "heard_otherwise": sum(1 - v for _, _, v, _ in like),
        "spelt_otherwise": sum(1 - Levenshtein.normalized_similarity(x, y) for x, y, _, _ in like),
        "least_like": max((1 - v for _, _, v, _ in like), default=0.0),
        "other_consonants": float(sum(skeleton(x) != skeleton(y) for x, y, _, _ in like)),
        "other_onset": float(sum(onset(x) != onset(y) for x, y, _, _ in like)),
        "short_parts": float(sum(min(len(x), len(y)) <= 4 for x, y, _, _ in like)),
        "many": float(len(whole) >= 4),
        "patronymic": float(sum(i > 0 and _PATRONYMIC.search(x) is not None for x, _, i, _ in whole)),
    }


def _ends(
    found: Aligned, whole: Sequence[tuple[str, str, int, int]], same: float, rarity: Callable[[str], float]
) -> dict[str, float]:
    """First and last parts, in which brothers and sisters, parents and children differ."""
    last_short, last_long = len(found.short) - 1, len(found.long) - 1
    lone_short, lone_long = found.lone_short, found.lone_long
    places = [found.pairs[i] for i in sorted(found.pairs)]
    child = lone_long[:1] == [0] and not lone_short and places == list(range(1, last_long + 1))
    first = sum(1 - part_likeness(x, y) for x, y, i, j in whole if i == 0 or j == 0)
    clash = float(0 in lone_short and 0 in lone_long)
    return {
        "first_otherwise": first,
        "first_otherwise_same": first * same,
        "last_otherwise": sum(
            1 - part_likeness(x, y) for x, y, i, j in whole if last_short == i or last_long == j
        ),
        "first_missing": float(0 in lone_short or 0 in lone_long),
        "last_missing": float(last_short in lone_short) + float(last_long in lone_long),
        "other_first": clash,
        "other_first_same": clash * same,
        "other_last": float(last_short in lone_short and last_long in lone_long),
        # "Omar Hasan Talib" may be a son of "Hasan Talib"; "Mohammad Hasan Talib" is likelier himself.
        "child": float(child),
        "child_rare": child * max(rarity(skeleton(found.long[0])), 0.0),
        "child_same": child * same,
        "both_ends": float(found.pairs.get(0) == 0 and found.pairs.get(last_short) == last_long),
        "other_order": float(any(x > y for x, y in pairwise(places))),
    }


def _missing(found: Aligned, rarity: Callable[[str], float]) -> dict[str, float]:
    """Parts that only one of the names has."""
    short = [found.short[i] for i in found.lone_short]
    long = [found.long[j] for j in found.lone_long]
    fathers = [found.long[j] for j in found.lone_long if j > 0]
    return {
        "short_alone": float(len(short)),
        "short_alone_rare": sum(max(rarity(skeleton(w)), 0.0) for w in short),
        "long_alone": float(len(long)),
        "long_alone_rare": sum(max(rarity(skeleton(w)), 0.0) for w in long),
        "patronymic_alone": float(sum(bool(_PATRONYMIC.search(w)) for w in fathers)),
        "kunya": float(any(n[:1] and n[0].startswith("abu") for n in (found.short, found.long))),
    }


def align(a: Form, b: Form) -> Aligned:
    """The parts of two names that are alike, the likest first, each taken once.

    Two words of the one that are one word of the other ("Gholam Reza", "Gholamreza") are joined before.
    """
    a, b = _joined(a, b), _joined(b, a)
    short, long = sorted((a, b), key=lambda w: (len(w), w))
    ranked = sorted(
        (-part_likeness(x, y), abs(i / len(short) - j / len(long)), i, j)
        for i, x in enumerate(short)
        for j, y in enumerate(long)
    )
    pairs: dict[int, int] = {}
    for minus, _, i, j in ranked:
        enough = 0.7 if min(len(short[i]), len(long[j])) == 1 else FLOOR
        if -minus >= enough and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return Aligned(short, long, pairs)


@lru_cache(maxsize=262144)
def part_likeness(x: str, y: str) -> float:
    """`likeness`, a little more for the same consonants, an article written as one with its name set aside."""
    value = likeness(x, y)
    if value >= SAME or min(len(x), len(y)) == 1:
        return value
    # "Gamal" may be "Jamal" and "Kassem" "Gassem", but "Jamal" and "Kamal" are two names.
    if {sound(x)[0], sound(y)[0]} == {"j", "k"}:
        return value - 0.15
    bones = skeleton(x)
    if len(bones) > 1 and bones == skeleton(y):
        value = min(value + 0.04, 0.96)
    for one, other in ((x, y), (y, x)):
        if one.startswith(_ARTICLES) and len(one) > 5 and not other.startswith(_ARTICLES):
            value = max(value, likeness(one[2:], other) - 0.03)
    return value


def _joined(words: Form, others: Form) -> Form:
    out = list(words)
    k = 0
    while k < len(out) - 1:
        two = out[k] + out[k + 1]
        longest = max(len(out[k]), len(out[k + 1]))
        if len(two) > 4 and any(
            abs(len(w) - len(two)) <= 3 and len(w) > longest + 1 and likeness(two, w) >= 0.92 for w in others
        ):
            out[k : k + 2] = [two]
        k += 1
    return tuple(out)


def alike(forms: Iterable[Form]) -> tuple[list[tuple[float, Form, Form]], int]:
    """Pairs of full names that speak for one person, the strongest first, and how many pairs were compared.

    Names are compared only where they meet under a key, so that the work grows with their number and not with its
    square. The same whatever the order of the names.
    """
    known = set(forms)
    rarity = rarities(known)
    seen = candidates(known)
    scored = ((evidence(a, b, rarity), a, b) for a, b in seen)
    return sorted((x for x in scored if x[0] >= 0), key=lambda x: (-x[0], x[1], x[2])), len(seen)


def rarities(forms: Iterable[Form]) -> Callable[[str], float]:
    """For a part's skeleton how rare it is among the names, 0 (everybody has it) to 1."""
    known = set(forms)
    bearers: Counter[str] = Counter({skeleton(w): COMMON for w in word_class("common")})
    for form in known:
        bearers.update({skeleton(w) for w in parts(form)})
    total = math.log(len(known) + PRIOR)
    return lambda bones: 1 - math.log(bearers[bones] + 1) / total


def candidates(forms: Iterable[Form]) -> set[tuple[Form, Form]]:
    """Pairs of names that share a key which few names have."""
    blocks: dict[Form, list[Form]] = defaultdict(list)
    for form in sorted(set(forms)):
        for key in _keys(form):
            blocks[key].append(form)
    seen: set[tuple[Form, Form]] = set()
    for key, block in blocks.items():
        if len(block) <= (PAIR_BLOCK if len(key) == 2 else WORD_BLOCK):
            seen.update(combinations(block, 2))
    return seen


def _keys(form: Form) -> set[Form]:
    """The keys under which a full name meets others: each two of its parts, and each part alone if it is rare.

    A part that is heard otherwise elsewhere still meets by another one and the first sound of its own, two parts
    that are written as one elsewhere meet it as one.
    """
    words = parts(form)
    bones = {skeleton(w) for w in words}
    if len(words) <= 4:
        bones |= {skeleton(x + y) for x, y in pairwise(words)}
    both: set[Form] = set(combinations(sorted(bones), 2))
    alone = {("", bone, "") for bone in bones}
    halves = {("", a, b[:1]) for a in bones for b in bones if a != b}
    return both | alone | halves
