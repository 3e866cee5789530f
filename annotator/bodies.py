"""Which bodies of many stories are one: by the words of their names, by acronyms, by short forms.

Bodies share most of their words with others of their trade, so nothing is weighed here: every word must have its like,
and a word that only one name has must be one that says nothing ("Mesbah Energy", "Mesbah Energy Company").
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from annotator.entries import SEEN, SEVERAL, Entry, Joined, Member, is_generic, rarer
from annotator.lands import without_land
from annotator.names import (
    OFFICES,
    body_words,
    called,
    known_bodies,
    land_of,
    letters_of,
    likeness,
    places,
    skeleton,
    word_class,
    words_of,
)
from annotator.spellings import PRIOR, Aligned, Form, align

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

# Keys shared by more names than this tell nothing.
BLOCK = 60
# How like words must be, short ones more; what all differences may come to; and how rare the shared words must be in
# all where words are left over or spelt otherwise.
ALIKE, SHORT, LOST, RARE = 0.88, 0.97, 0.15, 1.2
# A land that its own papers leave out or put before a body's name.
_HOME = (("u", "s"), ("us",), ("u", "k"), ("uk",))
# Of so many stories so large a share is of one land, where those that speak of others beside it are of it too.
_MANY, _MOST = 20, 0.7
# A short form has so many letters at least.
_TELLING = 4


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
        crossed = [(min(x, y), max(x, y)) in good for x in one[:SEEN] for y in two[:SEEN]]
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
    return {found.long[j] for j in found.lone_long} <= word_class("trade", "legal")


def _rarities(forms: list[Form]) -> Callable[[str], float]:
    bearers = Counter(bone for form in forms for bone in {skeleton(w) for w in form})
    bearers.update({skeleton(w): 50 for w in word_class("trade", "office")})
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


def join_bodies(
    entries: list[Entry],
    context: Mapping[str, set[Form]],
    homes: Mapping[str, Form],
    lands: frozenset[Form] = frozenset(),
) -> list[Joined]:
    """Organisations by the words of their names; acronyms and short forms by the one long name that has them.

    The name of one of the `lands` is short for none: "Orvania" is not the Orvania State Police. A name of common words
    only ("Foreign Ministry", "Supreme Court") is every country's: such join only where the stories speak of one
    government.
    """
    told = {e.member: without_land(_key(e), lands) for e in entries}
    keys = {m: key for m, (key, _) in told.items()}
    own = {m: land for m, (_, land) in told.items() if land is not None}
    telling = rarer(context)
    full: dict[Form, list[Entry]] = defaultdict(list)
    for entry in entries:
        full[keys[entry.member]].append(entry)
    longer = _acronyms(entries, keys)
    longer |= {k: long for k, long in _short_forms(full, context, lands).items() if k not in longer}
    same = same_bodies(key for key in full if not _is_anybodys(key))
    groups: dict[Form, list[Entry]] = defaultdict(list)
    for key in sorted(full):
        target = longer.get(key, key)
        groups[same.get(target, target)] += full[key]
    out = []
    for key in sorted(groups):
        joined = (
            _by_government(groups[key], context, homes, own, telling)
            if _is_anybodys(key)
            else [Joined(groups[key])]
        )
        for j in joined:
            others = sorted({n for e in j.entries for n in e.names if body_words(n) != key})
            j.evidence += [f"name: {n} for {' '.join(key)}" for n in others]
        out += joined
    return out


def _key(entry: Entry) -> Form:
    """The words of a body's longest name, "U.S." before a name that is no other land's left out."""
    words = body_words(max(entry.names, key=lambda n: (len(body_words(n)), n)))
    bare = next((words[len(land) :] for land in _HOME if words[: len(land)] == land), words)
    return bare if len(bare) > 1 and not _is_anybodys(bare) else words


def _is_anybodys(key: Form) -> bool:
    """Whether a name has common words only; "European Union" has, and is known for one body's, "Treasury" for none."""
    one = bool(called().get(key, OFFICES) - OFFICES) or key in known_bodies()
    return is_generic(" ".join(key)) and not one


def _short_forms(
    full: Mapping[Form, list[Entry]], context: Mapping[str, set[Form]], lands: Collection[Form]
) -> dict[Form, Form]:
    """The one long name that begins with a short one, or ends with its words, where their stories share somebody."""
    ends: dict[Form, set[Form]] = defaultdict(set)
    for key in full:
        for n in range(1, len(key)):
            ends[key[:n]].add(key)
            ends[key[-n:]].update({key} if n > 1 else ())
    out: dict[Form, Form] = {}
    for key in full:
        long = ends.get(key, set())
        if len(long) != 1 or _is_anybodys(key) or key in places() or key in lands or len(key[0]) < _TELLING:
            continue
        if any(len(words_of(n)) > len(key) for e in full[key] for n in e.names):
            # "Orvane Holding" is a whole name, and may own Orvane Motors.
            continue
        whole = next(iter(long))
        if any(_near(a, b, context) for a in full[key][:SEEN] for b in full[whole][:SEEN]):
            out[key] = whole
    return out


def _near(a: Entry, b: Entry, context: Mapping[str, set[Form]]) -> bool:
    own = {_key(a), _key(b), body_words(a.name), body_words(b.name)}
    return a.document_id != b.document_id and bool((context[a.document_id] & context[b.document_id]) - own)


def _acronyms(entries: list[Entry], keys: dict[Member, Form]) -> dict[Form, Form]:
    """The long name of each acronym that only one long name of the stories can have."""
    told: dict[Form, set[Form]] = defaultdict(set)
    initials: dict[str, set[Form]] = defaultdict(set)
    for entry in entries:
        key = keys[entry.member]
        for name in entry.names:
            letters = _letters(name)
            if letters and body_words(name) != key:
                told[letters].add(key)
            words = re.findall(r"\b[A-Z]", name)
            if len(words) > 1 and len(key) > 1:
                initials["".join(words).lower()].add(key)
                # The small words have letters in "MoT" and "DfT".
                initials["".join(w[0] for w in words_of(name) if w != "the")].add(key)
    out: dict[Form, Form] = {}
    for entry in entries:
        letters = _letters(entry.name)
        long = (told.get(letters) or initials.get(letters[0], set())) if letters else set()
        if len(long) == 1:
            out[keys[entry.member]] = next(iter(long))
    return out


def _letters(name: str) -> Form:
    """The letters of a name that is an acronym, with stops or without ("NHA", "N.H.A."); of others none."""
    letters = letters_of(name.removeprefix("the ").removeprefix("The "))
    return words_of(letters) if len(letters) > 1 else ()


def _by_government(
    entries: list[Entry],
    context: Mapping[str, set[Form]],
    homes: Mapping[str, Form],
    own: Mapping[Member, Form],
    telling: Mapping[str, set[Form]],
) -> list[Joined]:
    """Bodies that every land has, joined where their names or else the stories are of one land.

    A story that speaks of several lands is of the one of them that most of many others are of; one of none goes to
    those with which it has most others in common.
    """
    groups: dict[Form, Joined] = {}
    homeless: list[Entry] = []
    usual = _usual(homes.values())
    for entry in entries:
        told = [form[1] for form in context[entry.document_id] if form[:1] == ("",)]
        spoken_of = any(("", land_of(t)) == usual for t in told)
        home = own.get(entry.member) or homes.get(entry.document_id, usual if spoken_of else None)
        if home is None:
            homeless.append(entry)
        else:
            groups.setdefault(home, Joined([])).add(entry)
    out = list(groups.values())
    rows_of: dict[Form, list[int]] = defaultdict(list)
    for k, row in enumerate(out):
        for form in {f for e in row.entries[:SEEN] for f in context[e.document_id]}:
            rows_of[form].append(k)
    names = {body_words(n) for e in entries for n in e.names}
    for entry in homeless:
        others = context[entry.document_id] - names
        near = _nearest(others, rows_of, telling[entry.document_id])
        if near is None:
            near = len(out)
            out.append(Joined([]))
            for form in others:
                rows_of[form].append(near)
        out[near].add(entry)
    return out


def _usual(lands: Collection[Form]) -> Form | None:
    """The land that most of many stories are of, by far."""
    land, count = Counter(lands).most_common(1)[0] if lands else (None, 0)
    return land if count >= _MANY and count >= _MOST * len(lands) else None


def _nearest(own: set[Form], rows_of: Mapping[Form, Sequence[int]], telling: set[Form]) -> int | None:
    """The one row that has most in common with a story of no land, somebody whom few name or several whom many do."""
    if any(form[:1] == ("",) for form in own):
        return None
    met = Counter(k for form in own for k in rows_of.get(form, ())).most_common(2)
    if not met or (len(met) > 1 and met[0][1] == met[1][1]):
        return None
    rare = any(met[0][0] in rows_of.get(form, ()) for form in own & telling)
    return met[0][0] if met[0][1] >= SEVERAL or rare else None
