"""Whether two names are spellings of one body: the same words under another legal form, order, or transliteration.

Bodies share most of their words with others of their trade, so nothing is weighed here: every word must have its like,
and a word that only one name has must be one that says nothing ("Mesbah Energy", "Mesbah Energy Company").
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from annotator.names import likeness, places, skeleton, word_class
from annotator.spellings import PRIOR, Aligned, Form, align

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Keys shared by more names than this tell nothing.
BLOCK = 60
# How like words must be, short ones more; what all differences may come to; and how rare the shared words must be in
# all where words are left over or spelt otherwise.
ALIKE, SHORT, LOST, RARE = 0.88, 0.97, 0.15, 1.2


def same_bodies(forms: Iterable[Form]) -> dict[Form, Form]:
    """For each name's words the words of the first name that is the same body's.

    The same whatever the order of the names.
    """
    known = sorted(set(forms))
    rarity = _rarities(known)
    home = {form: form for form in known}
    pairs = [(s, a, b) for a, b in _candidates(known) if (s := agreement(a, b, rarity)) is not None]
    groups: dict[Form, list[Form]] = {form: [form] for form in known}
    good = {(a, b) for _, a, b in pairs}
    for _, a, b in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        one, two = groups[home[a]], groups[home[b]]
        # As with people, no chain leads from one to another: half of all pairs agree.
        crossed = [(min(x, y), max(x, y)) in good for x in one[:8] for y in two[:8]]
        if one is not two and 2 * sum(crossed) >= len(crossed):
            merged = sorted([*one, *two])
            groups[merged[0]] = merged
            home.update(dict.fromkeys(merged, merged[0]))
    return home


def agreement(a: Form, b: Form, rarity: Callable[[str], float]) -> float | None:
    """How rare the words are that two bodies' names share; None where they are not one body's."""
    found = align(a, b)
    if found.lone_short or not _says_nothing(found):
        return None
    pairs = [(found.short[i], found.long[j]) for i, j in sorted(found.pairs.items())]
    if not all(_one_word(x, y) for x, y in pairs) or sum(1 - likeness(x, y) for x, y in pairs) > LOST:
        return None
    told = sum(max(rarity(skeleton(x)), 0.0) for x, _ in pairs)
    return told if told >= RARE or found.short == found.long else None


def _one_word(x: str, y: str) -> bool:
    """The same consonants by their sound, but for a plural; "Niger" is not "Nigeria", "Austria" not "Australia"."""
    if x == y:
        return True
    if ((x,) in places() or (y,) in places()) and places().get((x,)) != places().get((y,)):
        return False
    enough = ALIKE if min(len(x), len(y)) > 4 else SHORT
    return likeness(x, y) >= enough and skeleton(x.removesuffix("s")) == skeleton(y.removesuffix("s"))


def _says_nothing(found: Aligned) -> bool:
    return {found.long[j] for j in found.lone_long} <= word_class("trade") | word_class("legal")


def _rarities(forms: list[Form]) -> Callable[[str], float]:
    bearers = Counter(bone for form in forms for bone in {skeleton(w) for w in form})
    bearers.update({skeleton(w): 50 for w in word_class("trade") | word_class("office")})
    total = math.log(len(forms) + PRIOR)
    return lambda bone: 1 - math.log(bearers[bone] + 1) / total


def _candidates(forms: list[Form]) -> set[tuple[Form, Form]]:
    blocks: dict[Form, list[Form]] = defaultdict(list)
    for form in forms:
        bones = sorted({skeleton(w) for w in form} | {skeleton(x + y) for x, y in pairwise(form)})[:12]
        # A word alone is a key too: "Aluminat", "Aluminat Production Company".
        for key in {*combinations(bones, 2), *((b,) for b in bones)}:
            blocks[key].append(form)
    return {pair for block in blocks.values() if len(block) <= BLOCK for pair in combinations(block, 2)}
