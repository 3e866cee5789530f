"""Names beside what they are: a tree that gives noun and name the same place is mended to one phrase.

Each word finds its head for itself, so in “Norse carmaker Orvane told its rival” the carmaker and Orvane may both
become who told. A verb has one subject and one object; two that stand side by side are one. So are “the guide, Ana
Ode,” wherever they stand, for a list goes on with “and”, and “Minister of Trade Ana Ode”. What follows the noun of an
apposition is that noun's: “Ana Ode, founder *of the fund*,”.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.parser.heads import Tree

_ONE = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl:agent"})
_PARTED = _ONE | {"obl", "nmod"}
_DEFINITE = frozenset({"det", "nmod:poss"})
# What stands before a phrase, whatever its head is.
_OUTER = frozenset({"case", "cc", "mark", "det", "punct"})


def with_appositions(tree: Tree, tags: Sequence[str]) -> Tree:
    """The tree of words with these universal tags; a name next to a noun of the same place hangs on it as `appos`."""
    heads, relations = list(tree.heads), list(tree.relations)
    for i, (tag, relation) in enumerate(zip(tags, relations, strict=True)):
        if tag != "NOUN" or relation not in _PARTED:
            continue
        near = _name_after(tree, tags, i + 1) if relation in _ONE else None
        name = near if near is not None else _parted_name(tree, tags, i)
        if name is not None and tree.heads[name] == tree.heads[i] and tree.relations[name] == relation:
            heads[name], relations[name] = i + 1, "appos"
    mended = type(tree)(heads, relations)
    below = _children(mended)
    for i, tag in enumerate(tags):
        found = mended
        if tag == "PROPN" and mended.relations[i] in _PARTED:
            found = _with_office(mended, tags, below, i)
        elif tag == "NOUN" and mended.relations[i] in ("appos", "conj"):
            found = _of_last(mended, tags, below, i)
            found = _of_the_first(found, tags, below, i) if found is mended else found
            found = _named_last(found, tags, below, i) if found is mended else found
        if found is not mended:
            mended, below = found, _children(found)
        if mended.relations[i] == "appos" and tag in ("NOUN", "PROPN"):
            found = _with_own(mended, tags, below, i)
            if found is not mended:
                mended, below = found, _children(found)
    return mended


def _children(tree: Tree) -> dict[int, list[int]]:
    """The words that each word heads, counted from nought; the root is under -1."""
    below: dict[int, list[int]] = {}
    for k, head in enumerate(tree.heads):
        below.setdefault(head - 1, []).append(k)
    return below


def _with_office(tree: Tree, tags: Sequence[str], below: dict[int, list[int]], name: int) -> Tree:
    """The tree with an office and what it is of hung on the name right behind it: “*Minister of Trade* Ana Ode”."""
    head, relation = tree.heads[name], tree.relations[name]
    siblings = (k for k in below[head - 1] if k < name - 2 and tree.relations[k] == relation)
    # “The city of Orva” is no office: before a name these are written as names are.
    office = max((k for k in siblings if tags[k] == "PROPN"), default=None)
    if office is None or any(k < name for k in below.get(name, ())):
        return tree
    of = [k for k in below.get(office, ()) if k > office]
    if len(of) != 1 or tree.relations[of[0]] != "nmod" or _reach(tree, below, office)[1] != name - 1:
        return tree
    outer = [k for k in below[office] if k < office and tree.relations[k] in _OUTER]
    mended = _hung(tree, office, name, "nmod:desc")
    for k in outer:
        mended = _hung(mended, k, name, tree.relations[k])
    return mended


def _of_last(tree: Tree, tags: Sequence[str], below: dict[int, list[int]], noun: int) -> Tree:
    """The tree with what is said of a list's last name hung on it: “Ode, Lund and Karl Brandt, *a banker*,”.

    “The two ministers” may be said of both.
    """
    first, last = _reach(tree, below, noun, marks=False)
    ends = first > 1 and tags[last + 1 : last + 2] == ["PUNCT"] and tags[first - 1] == "PUNCT"
    told = tags[first] == "DET" and tree.heads[first] == noun + 1
    counted = any(tree.relations[k] == "nummod" for k in below.get(noun, ()))
    if counted or not (ends and told and tags[first - 2] == "PROPN"):
        return tree
    name = first - 2
    while tree.relations[name] in ("flat", "compound") and tags[tree.heads[name] - 1] == "PROPN":
        name = tree.heads[name] - 1
    joined = any(k < name and tree.relations[k] == "cc" for k in below.get(name, ()))
    if tree.relations[name] != "conj" or not joined:
        return tree
    if tree.heads[noun] not in (tree.heads[name], name + 1):
        return tree
    return _hung(tree, noun, name, "appos")


def _of_the_first(tree: Tree, tags: Sequence[str], below: dict[int, list[int]], noun: int) -> Tree:
    """The tree with the second of two appositions hung on the first: “Ana Ode, founder and *head* of the fund,”.

    A mark before “and” ends the first: “Ana Ode, a nurse, and the head of the fund”.
    """
    name = tree.heads[noun] - 1
    first = _reach(tree, below, noun)[0]
    if tree.relations[noun] != "conj" or tags[name] != "PROPN" or tags[first] != "CCONJ":
        return tree
    said = (k for k in below[name] if name < k < first and tree.relations[k] == "appos" and tags[k] == "NOUN")
    one = max(said, default=None)
    return tree if one is None or "PUNCT" in tags[one:first] else _hung(tree, noun, one, "conj")


def _named_last(tree: Tree, tags: Sequence[str], below: dict[int, list[int]], noun: int) -> Tree:
    """The tree with the name of a list's last one hung on it: “Ode and *the mayor*, Lia Lund,”, which ends the list."""
    last = any(tree.relations[k] == "cc" for k in below.get(noun, ()) if k < noun)
    if tree.relations[noun] != "conj" or not last or tags[noun + 1 : noun + 2] != ["PUNCT"]:
        return tree
    name = _name_after(tree, tags, noun + 2)
    if name is None or tree.heads[name] != tree.heads[noun] or tree.relations[name] not in ("conj", "appos"):
        return tree
    return _hung(tree, name, noun, "appos")


def _with_own(tree: Tree, tags: Sequence[str], below: dict[int, list[int]], noun: int) -> Tree:
    """The tree with what is said right behind an apposition hung on it: “Ana Ode, founder *of the fund*,”."""
    after = _reach(tree, below, noun, marks=False)[1] + 1
    name = tree.heads[noun] - 1
    if name > noun or tags[after : after + 1] == ["PUNCT"]:
        return tree
    later = (k for k in below.get(name, ()) if k >= after and tree.relations[k] == "nmod")
    own = next((k for k in later if _reach(tree, below, k)[0] == after), None)
    return tree if own is None else _hung(tree, own, noun, "nmod")


def _hung(tree: Tree, word: int, head: int, relation: str) -> Tree:
    """The tree with a word hung elsewhere."""
    heads, relations = list(tree.heads), list(tree.relations)
    heads[word], relations[word] = head + 1, relation
    return type(tree)(heads, relations)


def _reach(tree: Tree, below: dict[int, list[int]], top: int, *, marks: bool = True) -> tuple[int, int]:
    """The first and the last word of those that a word heads; without `marks` its own punctuation is left out."""
    inside, left = [], [top]
    while left:
        k = left.pop()
        inside.append(k)
        left += [c for c in below.get(k, ()) if marks or k != top or tree.relations[c] != "punct"]
    return min(inside), max(inside)


def _parted_name(tree: Tree, tags: Sequence[str], i: int) -> int | None:
    """The head of the proper nouns between a mark behind a definite noun and the next mark: “the guide, *Ana Ode*,”."""
    definite = any(tree.heads[k] == i + 1 and tree.relations[k] in _DEFINITE for k in range(i))
    if not definite or tags[i + 1 : i + 2] != ["PUNCT"]:
        return None
    end = _end_of_name(tags, i + 2)
    goes_on = tags[end : end + 1] != ["PUNCT"] or tags[end + 1 : end + 2] == ["CCONJ"]
    return None if goes_on else _name_after(tree, tags, i + 2)


def _name_after(tree: Tree, tags: Sequence[str], first: int) -> int | None:
    """The head of the proper nouns from a word on, if they have one."""
    inside = range(first, _end_of_name(tags, first))
    tops = [k for k in inside if tree.heads[k] - 1 not in inside]
    return tops[0] if len(tops) == 1 else None


def _end_of_name(tags: Sequence[str], first: int) -> int:
    while first < len(tags) and tags[first] == "PROPN":
        first += 1
    return first
