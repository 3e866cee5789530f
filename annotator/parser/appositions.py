"""Names right after what they are: a tree that gives noun and name the same place is mended to an apposition.

Each word finds its head for itself, so in “Norse carmaker Orvane told its rival” the carmaker and Orvane may both
become who told. A verb has one subject and one object; two that stand side by side are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.parser.heads import Tree

_ONE = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl:agent"})


def with_appositions(tree: Tree, tags: Sequence[str]) -> Tree:
    """The tree of words with these universal tags; a name next to a noun of the same place hangs on it as `appos`."""
    heads, relations = list(tree.heads), list(tree.relations)
    for i, (tag, relation) in enumerate(zip(tags, relations, strict=True)):
        if tag != "NOUN" or relation not in _ONE:
            continue
        name = _name_after(tree, tags, i)
        if name is not None and tree.heads[name] == tree.heads[i] and tree.relations[name] == relation:
            heads[name], relations[name] = i + 1, "appos"
    return type(tree)(heads, relations)


def _name_after(tree: Tree, tags: Sequence[str], i: int) -> int | None:
    """The head of the proper nouns right after word `i`, if they have one."""
    end = i + 1
    while end < len(tags) and tags[end] == "PROPN":
        end += 1
    inside = range(i + 1, end)
    tops = [k for k in inside if not i + 1 < tree.heads[k] <= end]
    return tops[0] if len(tops) == 1 else None
