"""Words → vectors: the bundled transformer's one pass over windows of words.

Five layers of 1.4 million parameters, cut out of MiniLM-L6-H384 (Wang and others 2020) and taught by larger networks
(training/README.md), read each window once, one position a word: the mean of its pieces' vectors. Every head of
`tagger` and `parser` reads what this module returns. Beside the words it sees their letter case, which its uncased
vocabulary loses, and whether they stand inside quotation marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.allocator import keep_freed
from annotator.errors import ModelMissing
from annotator.layers import Layer, NarrowLayer
from annotator.precision import quickest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_Module = TypeVar("_Module", bound=nn.Module)
HIDDEN = 384
# The numbers of an attention head.
EACH = 32
POSITIONS = 512
VOCABULARY = 30522
CLS, SEP, UNKNOWN, PADDING = 101, 102, 100, -1
# A word of more pieces than this is a link or noise; its beginning tells enough.
MAX_PIECES = 8
# Attention takes twice as long for 190 positions as for 192: its blocks want whole vectors.
BLOCK = 16
# Words a window: long enough for a paragraph with the source of its quotations, short enough for a quick attention.
# With a position before and behind it is twelve blocks.
WINDOW = 190
SHAPES = 9
OPENING = frozenset({"“", "``", "„", "«"})
CLOSING = frozenset({"”", "''", "»"})
QUOTE_MARKS = OPENING | CLOSING | {'"', "‟"}


@dataclass(frozen=True, slots=True)
class Inputs:
    """One window for the encoder, a position a word with one before and one behind: pieces, case, quotation flags."""

    pieces: list[list[int]]
    shapes: list[int]
    quoted: list[int]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of words, (words, 384) or with a leading axis of windows: the last layer and a learned mix of all."""

    last: torch.Tensor
    mixed: torch.Tensor


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text with what windows need: where paragraphs and sentences begin."""

    words: Sequence[str]
    paragraph_starts: Sequence[bool]
    sentence_starts: Sequence[bool]


@lru_cache(maxsize=50_000)
def shape_of(word: str) -> int:
    """The letter case of a word as a number from 1 to 7 (0 is padding)."""
    if word in QUOTE_MARKS:
        return 7
    if not any(c.isalnum() for c in word):
        return 6
    if any(c.isdigit() for c in word):
        return 5
    if word.islower():
        return 1
    if len(word) > 1 and word.isupper():
        return 3
    return 2 if word[0].isupper() and (len(word) == 1 or word[1:].islower()) else 4


def inside_quotes(words: Iterable[str]) -> list[int]:
    """For each word of one paragraph 2 inside double quotation marks (the marks included), else 1."""
    out, inside = [], False
    for word in words:
        if word in OPENING or (word == '"' and not inside):
            inside = True
            out.append(2)
        elif word in CLOSING or word == '"':
            out.append(2)
            inside = False
        else:
            out.append(2 if inside else 1)
    return out


def quotation_flags(text: Words) -> list[int]:
    """The flags of `inside_quotes` for a whole text, a paragraph at a time."""
    out: list[int] = []
    starts = [i for i, s in enumerate(text.paragraph_starts) if s or i == 0]
    for a, b in zip(starts, [*starts[1:], len(text.words)], strict=True):
        out += inside_quotes(text.words[a:b])
    return out


def windows(text: Words, *, size: int = WINDOW) -> list[range]:
    """Cut a text into ranges of at most `size` words: at a paragraph, else a sentence, else anywhere."""
    out, i, n = [], 0, len(text.words)
    while i < n:
        j = min(n, i + size)
        if j < n:
            back = range(j, i + size // 2, -1)
            cut = next((k for k in back if text.paragraph_starts[k]), None)
            j = cut or next((k for k in back if text.sentence_starts[k]), j)
        out.append(range(i, j))
        i = j
    return out


class Pieces:
    """Words as lists of subword numbers, remembered a word at a time."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}

    def __call__(self, words: Sequence[str]) -> list[list[int]]:
        """The pieces of each word, at least one and at most `MAX_PIECES`."""
        new = list({w for w in words if w not in self._known})
        if len(self._known) > 200_000:
            # A run over a million stories meets new names for ever: forget rather than grow.
            self._known.clear()
            new = list(set(words))
        for word, found in zip(
            new, self._tokenizer.encode_batch_fast(new, add_special_tokens=False), strict=True
        ):
            self._known[word] = found.ids[:MAX_PIECES] or [UNKNOWN]
        return [self._known[w] for w in words]


def inputs_of(pieces: Pieces, words: Sequence[str], quoted: Sequence[int]) -> Inputs:
    """One window's words and quotation flags as the encoder wants them."""
    return Inputs([[CLS], *pieces(words), [SEP]], [0, *map(shape_of, words), 0], [0, *quoted, 0])


def padded(rows: Sequence[Sequence[int]], value: int = 0, *, block: int = 1) -> torch.Tensor:
    """Rows of numbers as one matrix of whole blocks, filled up with `value`."""
    longest = -(-max(map(len, rows)) // block) * block
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows])


def empty_embedding(rows: int, width: int) -> nn.Embedding:
    """A table of zeros, to be loaded or trained; torch's own random start imports its compiler, for seconds."""
    table: nn.Embedding = nn.Embedding.from_pretrained(torch.zeros(rows, width), freeze=False)  # type: ignore[no-untyped-call]
    return table


class Encoder(nn.Module):
    """Windows of words → `Vectors`; `sizes` are the attention heads and feed-forward units of each layer."""

    def __init__(self, sizes: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.words = empty_embedding(VOCABULARY, HIDDEN)
        self.places = empty_embedding(POSITIONS, HIDDEN)
        self.shapes = empty_embedding(SHAPES, HIDDEN)
        self.quoted = empty_embedding(3, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(
            [Layer(HIDDEN, units, heads=heads, each=EACH, eps=1e-12) for heads, units in sizes]
        )
        self.mix = nn.Parameter(torch.zeros(len(sizes) + 1))

    def forward(self, batch: Sequence[Inputs]) -> Vectors:
        """Encode windows together: vectors of (windows, most words, 384); a shorter window's rest is noise."""
        shapes = padded([w.shapes for w in batch], PADDING, block=BLOCK)
        quoted = padded([w.quoted for w in batch], block=BLOCK)
        x = self.embed(batch, shapes.size(1)) + self.places.weight[: shapes.size(1)]
        x = self.norm(x + self.shapes(shapes.clamp(min=0)) + self.quoted(quoted))
        mask = None if bool((shapes != PADDING).all()) else (shapes != PADDING)[:, None, None, :]
        weights = self.mix.softmax(0)
        mixed = weights[0] * x
        for weight, layer in zip(weights[1:], self.layers, strict=True):
            x = layer(x, mask)
            mixed = torch.addcmul(mixed, weight, x)
        last_word = max(len(w.pieces) for w in batch) - 1
        return Vectors(x[:, 1:last_word], mixed[:, 1:last_word])

    def embed(self, batch: Sequence[Inputs], positions: int) -> torch.Tensor:
        """The mean of each position's pieces, (windows, positions, 384); zeros where a window has ended."""
        bags = [piece for w in batch for piece in [*w.pieces, *[[]] * (positions - len(w.pieces))]]
        ids = torch.tensor([i for bag in bags for i in bag])
        offsets = torch.tensor([0, *accumulate(map(len, bags[:-1]))])
        means = F.embedding_bag(ids, self.words.weight, offsets, mode="mean")
        return means.view(len(batch), positions, HIDDEN)


def encode(
    encoder: Encoder,
    pieces: Pieces,
    texts: Sequence[Words],
    cuts: Sequence[Sequence[range]],
    *,
    positions: int = 1152,
) -> list[Vectors]:
    """The vectors of each text's words; `cuts` are its windows, those of one length in blocks batched across texts.

    Of one length, as attention wants it (`precision.attention`), so that with one thread what a window looks like does
    not hang on the others. Not too many at once: what a layer makes of 1,152 positions stays in the processor's cache.
    """
    todo: list[tuple[int, range, Inputs]] = []
    for k, (text, ranges) in enumerate(zip(texts, cuts, strict=True)):
        flags = quotation_flags(text)
        todo += [
            (k, w, inputs_of(pieces, text.words[w.start : w.stop], flags[w.start : w.stop])) for w in ranges
        ]
    out = [Vectors(torch.empty(len(t.words), HIDDEN), torch.empty(len(t.words), HIDDEN)) for t in texts]
    todo.sort(key=lambda item: len(item[2].pieces))
    for batch in _batches(todo, positions):
        vectors = encoder([w for _, _, w in batch])
        for row, (k, r, _) in enumerate(batch):
            out[k].last[r.start : r.stop] = vectors.last[row, : len(r)]
            out[k].mixed[r.start : r.stop] = vectors.mixed[row, : len(r)]
    return out


def _batches(
    todo: list[tuple[int, range, Inputs]], positions: int
) -> Iterable[list[tuple[int, range, Inputs]]]:
    batch: list[tuple[int, range, Inputs]] = []
    for item in todo:
        length = _blocks(item[2])
        if batch and (length != _blocks(batch[0][2]) or (len(batch) + 1) * length * BLOCK > positions):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _blocks(window: Inputs) -> int:
    return -(-len(window.pieces) // BLOCK)


@lru_cache(maxsize=4)
def weights(folder: Path) -> dict[str, torch.Tensor]:
    """The bundled tensors by name, as float32. Raises ModelMissing where the file is not there."""
    from safetensors.torch import load_file  # noqa: PLC0415 - only a parse needs it

    path = folder / "joint.safetensors"
    if not path.is_file():
        raise ModelMissing(
            f"no weights at {path}: reinstall the package, or build them as training/README.md says"
        )
    return {k: v.float() if v.is_floating_point() else v for k, v in load_file(path).items()}


def part(folder: Path, prefix: str) -> dict[str, torch.Tensor]:
    """The tensors whose names begin with `prefix` and a dot, without it."""
    return {k[len(prefix) + 1 :]: v for k, v in weights(folder).items() if k.startswith(prefix + ".")}


def filled(make: Callable[[], _Module], state: Mapping[str, torch.Tensor]) -> _Module:
    """A network of given weights, for reading alone."""
    # Weights that are read in a moment need no random ones before: a second of every start.
    with torch.device("meta"):
        network = make()
    network.load_state_dict(state, assign=True)
    return network.eval().requires_grad_(requires_grad=False)


@lru_cache(maxsize=4)
def load_pieces(folder: Path) -> Pieces:
    """The bundled word pieces."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - only a parse needs it

    return Pieces(Tokenizer.from_file(str(folder / "pieces.json")))


@lru_cache(maxsize=4)
def load_encoder(folder: Path) -> Encoder:
    """The bundled encoder, once a folder and process.

    Its products are of 8-bit integers where those are quicker on this machine (`precision.quickest`).
    """
    keep_freed()
    state = part(folder, "encoder")
    encoder = filled(partial(Encoder, sizes_of(state)), state)
    reaches = [_reach(folder, k) for k in range(len(encoder.layers))]
    if _is_narrow_quicker(cast("Layer", encoder.layers[0]), reaches[0] if all(reaches) else {}):
        both = zip(encoder.layers, reaches, strict=True)
        encoder.layers = nn.ModuleList([NarrowLayer(cast("Layer", layer), reach) for layer, reach in both])
    return encoder


def sizes_of(state: Mapping[str, torch.Tensor], prefix: str = "") -> list[tuple[int, int]]:
    """The attention heads and feed-forward units of each layer of an encoder's tensors."""
    layers = (f"{prefix}layers.{k}." for k in range(len(state[f"{prefix}mix"]) - 1))
    return [(state[f"{x}out.weight"].size(1) // EACH, len(state[f"{x}up.bias"])) for x in layers]


def _is_narrow_quicker(layer: Layer, reach: dict[str, torch.Tensor]) -> bool:
    sample = torch.randn(1, WINDOW + 2, HIDDEN)

    def thin() -> Callable[[], torch.Tensor]:
        return partial(NarrowLayer(layer, reach), sample, None)

    return quickest(partial(layer, sample, None), thin if reach else None) == "int8"


def _reach(folder: Path, layer: int) -> dict[str, torch.Tensor]:
    """How far each input of a layer's products reached (training/reach.py); empty where that was not measured."""
    return part(folder, f"reach.{layer}")


def is_narrow(encoder: Encoder) -> bool:
    """Whether an encoder's products are of 8-bit integers."""
    return isinstance(encoder.layers[0], NarrowLayer)


def one_more(x: torch.Tensor) -> torch.Tensor:
    """The vectors with a one at their end, so that a biaffine score has a bias for each side."""
    return torch.cat([x, torch.ones_like(x[..., :1])], -1)


def distance_buckets(distances: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed numbers of words as 17 buckets from 0 to 16, finer near 0: 0, 1, 2 and 3, 4 to 7, …."""
    sizes = np.minimum(8, np.frexp(np.abs(distances))[1])
    out: NDArray[np.int64] = 8 + np.sign(distances) * sizes
    return out
