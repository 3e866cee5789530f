"""Windows as other stories might have worded them, for a teacher to read afresh: data without end from few stories.

The small network learns its stories by heart long before it has learned all that its teacher knows. Every reading of
a window therefore changes some of its open-class words to near ones (after Jiao and others 2020), and its names.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.encoder import inputs_of
from annotator.parser.heads import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import torch
    from corpus import Text
    from windows import Item

    from annotator.encoder import Pieces

# How many of its words a reading changes: most readings a few, some a third.
RATES = (0.0, 0.08, 0.15, 0.25, 0.35)
NEAREST, LEAST = 12, 0.35
OPEN = frozenset(["NN", "NNS", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "JJ", "JJR", "JJS", "RB", "RBR"])
ENDINGS = ("ing", "ed", "ly", "s")


@dataclass(frozen=True, slots=True)
class Others:
    """For a lower-case word those near it, and for a kind of name the words of such names."""

    near: dict[str, list[str]]
    names: dict[str, list[str]]
    pieces: Pieces


def kinds_of(texts: Iterable[Text]) -> dict[str, str]:
    """The commonest fine tag of each lower-case word of a treebank."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for row in text.rows:
            counts[row[1].lower()][row[4]] += 1
    return {word: found.most_common(1)[0][0] for word, found in counts.items()}


def _ending(word: str) -> str:
    return next((e for e in ENDINGS if word.endswith(e)), "")


def near_words(table: torch.Tensor, spelled: Sequence[str], kinds: dict[str, str]) -> dict[str, list[str]]:
    """Each open-class word's nearest, of one tag, in a network's table of whole words, (words, width)."""
    kept = [k for k, w in enumerate(spelled) if w.isalpha() and len(w) > 2 and kinds.get(w, "NN") in OPEN]
    unit = F.normalize(table[kept].float(), dim=1)
    out: dict[str, list[str]] = {}
    for at in range(0, len(kept), 1000):
        scores, found = (unit[at : at + 1000] @ unit.T).topk(min(3 * NEAREST, len(kept)))
        for k, (row, others) in enumerate(zip(scores.tolist(), found.tolist(), strict=True), at):
            word = spelled[kept[k]]
            near = [spelled[kept[j]] for s, j in zip(row, others, strict=True) if j != k and s > LEAST]
            fits = [w for w in near if _fits(word, w, kinds)][:NEAREST]
            if fits:
                out[word] = fits
    return out


def _fits(word: str, other: str, kinds: dict[str, str]) -> bool:
    if word in kinds and other in kinds:
        return kinds[word] == kinds[other]
    return _ending(word) == _ending(other)


def name_words(found: Iterable[Item]) -> dict[str, list[str]]:
    """The words of every marked name by its label."""
    out: dict[str, set[str]] = defaultdict(set)
    for item in found:
        for word, label in zip(item.words, item.names, strict=True):
            if label > 0 and word[:1].isupper() and word.isalpha():
                out[NAMES[label]].add(word)
    return {label: sorted(words) for label, words in out.items()}


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word


def varied(item: Item, others: Others) -> Item:
    """A window with other words and names; its labels and pieces stay where they are."""
    rate, swap = random.choice(RATES), random.random() < 0.7
    named: dict[tuple[str, str], str] = {}
    words = []
    for word, label in zip(item.words, item.names, strict=True):
        pool = others.names.get(NAMES[label], []) if label > 0 and swap and word.isalpha() else []
        if pool and word[:1].isupper():
            new = named.setdefault((NAMES[label], word), random.choice(pool))
        elif label <= 0 and random.random() < rate:
            new = _cased(random.choice(others.near.get(word.lower(), [word])), word)
        else:
            new = word
        words.append(new)
    return replace(item, words=words, inputs=inputs_of(others.pieces, words, item.inputs.quoted[1:-1]))
