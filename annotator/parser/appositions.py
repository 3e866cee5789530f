"""Names right after what they are: a tree that gives noun and name the same place is mended to an apposition.

Each word finds its head for itself, so in “Norse carmaker Orvane told its rival” the carmaker and Orvane may both
become who told. A verb has one subject and one object; two that stand side by side are one. So are “the guide, Ana
Ode,” wherever they stand, for a list goes on with “and”.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.parser.heads import Tree

_ONE = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl:agent"})
_PARTED = _ONE | {"obl", "nmod"}
_DEFINITE = frozenset({"det", "nmod:poss"})


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
    return type(tree)(heads, relations)


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
