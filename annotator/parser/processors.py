"""Our parts of an ordinary Stanza pipeline: variants of its processors, and the attribution processor.

The first of them to run encodes the whole batch of documents and leaves the vectors with each; the others read them.
Importing `annotator.parser` registers them, so that a plain `stanza.Pipeline` over the bundled folder finds them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from stanza.models.common.doc import (
    DEPREL,
    END_CHAR,
    FEATS,
    HEAD,
    ID,
    NER,
    START_CHAR,
    TEXT,
    UPOS,
    XPOS,
    Document,
)
from stanza.pipeline.ner_processor import NERProcessor
from stanza.pipeline.processor import (
    Processor,
    ProcessorVariant,
    register_processor,
    register_processor_variant,
)
from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS

from annotator import referring, tagger
from annotator.analysis import Learned
from annotator.encoder import Vectors, Words, encode, load_encoder, load_pieces, windows
from annotator.model import Span
from annotator.parser import heads
from annotator.parser.appositions import with_appositions
from annotator.parser.lemmas import lemma, load_table
from annotator.parser.words import Split, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stanza.models.common.doc import Document as StanzaDocument

MODELS = Path(__file__).parent.parent / "data" / "models"
JOINT = MODELS / "joint"
LEMMAS = MODELS / "en" / "lemmas.tsv"
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the first processor leaves with a document: its words and windows as the encoder saw them, and vectors."""

    words: Words
    spans: list[Span]
    cuts: list[range]
    vectors: Vectors


def encoded(docs: Sequence[StanzaDocument], folder: Path) -> list[Encoded]:
    """The vectors of every document, made at once for those that have none yet."""
    new = [d for d in docs if getattr(d, "encoded", None) is None]
    if new:
        for doc, found in zip(new, encode_all([_words(d) for d in new], folder), strict=True):
            doc.encoded = found
    return [d.encoded for d in docs]


def encode_all(listed: Sequence[tuple[Words, list[Span]]], folder: Path) -> list[Encoded]:
    """Words with their ranges, a document each, and what the encoder makes of them."""
    cuts = [windows(words) for words, _ in listed]
    vectors = encode(load_encoder(folder), load_pieces(folder), [w for w, _ in listed], cuts)
    return [Encoded(*each, c, v) for each, c, v in zip(listed, cuts, vectors, strict=True)]


def _words(doc: StanzaDocument) -> tuple[Words, list[Span]]:
    words, paragraphs, sentences, spans = [], [], [], []
    end = 0
    for sentence in doc.sentences:
        for k, word in enumerate(sentence.words):
            span = Span(*place_of(word))
            words.append(word.text)
            spans.append(span)
            sentences.append(k == 0)
            paragraphs.append(k == 0 and (end == 0 or _breaks_paragraph(doc, end, span)))
            end = span.end
    return Words(words, paragraphs, sentences), spans


def _breaks_paragraph(doc: StanzaDocument, end: int | None, span: Span) -> bool:
    """Whether a sentence begins a paragraph: a line ends before it, or nothing tells (words given without a text)."""
    return doc.text is None or end is None or "\n" in doc.text[end : span.start]


def place_of(word: Any) -> tuple[int, int]:  # noqa: ANN401 - Stanza's words have no types
    """A syntactic word's range, or its multi-word token's where the text does not show the word by itself."""
    start = word.start_char
    return (word.parent.start_char, word.parent.end_char) if start is None else (start, word.end_char)


def _folder(config: dict[str, Any]) -> Path:
    return Path(config.get("folder", JOINT))


@register_processor_variant("tokenize", "annotator")
class SplitVariant(ProcessorVariant):  # type: ignore[misc]
    """Tokens and their words by rule, sentences by the encoder; a blank line ends a paragraph."""

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        self.folder = _folder(config)
        self.given = bool(config.get("pretokenized"))

    def process(self, doc: StanzaDocument | str) -> StanzaDocument:
        """Split one text or document."""
        return self.bulk_process([Document([], text=doc) if isinstance(doc, str) else doc])[0]

    @torch.inference_mode()
    def bulk_process(self, docs: list[StanzaDocument]) -> list[StanzaDocument]:
        """New documents with sentences, tokens and words, the vectors left with them; with words given, the same."""
        if self.given:
            return docs
        model, tokens = heads.load_heads(self.folder), [_split(d.text) for d in docs]
        listed = [_listed(found) for found in tokens]
        out = []
        for doc, parts, found in zip(docs, tokens, encode_all(listed, self.folder), strict=True):
            begins = heads.sentence_starts(
                model, found.vectors.mixed, found.words.words, found.words.paragraph_starts
            )
            made = Document(_rows(parts, begins), text=doc.text)
            made.encoded = replace(found, words=replace(found.words, sentence_starts=begins))
            out.append(made)
        return out


def _split(text: str) -> list[tuple[bool, Split]]:
    """Each token with whether it begins a paragraph, offsets into `text`."""
    breaks = [m.span() for m in _BREAK.finditer(text)]
    begins, ends = [0, *(b for _, b in breaks)], [*(a for a, _ in breaks), len(text)]
    out: list[tuple[bool, Split]] = []
    for begin, end in zip(begins, ends, strict=True):
        found = [(False, token) for token in split(text, begin, end)]
        out += [(True, found[0][1]), *found[1:]] if found else []
    return out


def words_of(text: str) -> tuple[Words, list[Span]]:
    """A text's words as the encoder is to see them, with their ranges."""
    return _listed(_split(text))


def _listed(tokens: Sequence[tuple[bool, Split]]) -> tuple[Words, list[Span]]:
    """The words for the encoder; for its windows a sentence begins, roughly, behind a full stop."""
    words: list[str] = []
    spans, paragraphs, sentences, stopped = [], [], [], True
    for begins, token in tokens:
        at = token.start
        for k, word in enumerate(token.words):
            words.append(word)
            spans.append(Span(at, at + len(word)))
            paragraphs.append(begins and k == 0)
            sentences.append(paragraphs[-1] or (stopped and k == 0))
            at += len(word)
        stopped = token.words[-1][-1] in ".!?"
    return Words(words, paragraphs, sentences), spans


def _rows(tokens: Sequence[tuple[bool, Split]], begins: Sequence[bool]) -> list[list[dict[str, Any]]]:
    """Sentences of tokens as Stanza wants them: a contraction is a range of numbers with its words behind it."""
    out: list[list[dict[str, Any]]] = []
    count, number = 0, 0
    for _, token in tokens:
        if begins[count]:
            out.append([])
            number = 0
        first, last = number + 1, number + len(token.words)
        if last > first:
            place = {START_CHAR: token.start, END_CHAR: token.end}
            out[-1].append({ID: (first, last), TEXT: "".join(token.words), **place})
        at = token.start
        for k, word in enumerate(token.words, first):
            out[-1].append({ID: (k,), TEXT: word, START_CHAR: at, END_CHAR: at + len(word)})
            at += len(word)
        count, number = count + len(token.words), last
    return out


@register_processor_variant("lemma", "annotator")
class LemmaVariant(ProcessorVariant):  # type: ignore[misc]
    """Lemmas from the words' endings and tags."""

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        table = load_table(Path(config.get("table", LEMMAS)))
        # Few words make up most of a text.
        self.lemma = lru_cache(maxsize=100_000)(lambda word, tag: lemma(table, word, tag))

    def process(self, doc: StanzaDocument) -> StanzaDocument:
        """Set one document's lemmas."""
        for word in doc.iter_words():
            word.lemma = self.lemma(word.text, word.xpos or "")
        return doc


@register_processor_variant("pos", "annotator")
class TagVariant(ProcessorVariant):  # type: ignore[misc]
    """UPOS, XPOS and features."""

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        self.folder = _folder(config)

    def process(self, doc: StanzaDocument) -> StanzaDocument:
        """Tag one document in place."""
        return self.bulk_process([doc])[0]

    @torch.inference_mode()
    def bulk_process(self, docs: list[StanzaDocument]) -> list[StanzaDocument]:
        """Tag documents in place."""
        reading = heads.load_reading(self.folder)
        for doc, found in zip(docs, encoded(docs, self.folder), strict=True):
            if found.words.words:
                doc.set([UPOS, XPOS, FEATS], heads.tag_words(reading, found.vectors.mixed))
        return docs


@register_processor_variant("depparse", "annotator")
class ParseVariant(ProcessorVariant):  # type: ignore[misc]
    """Dependency trees."""

    OVERRIDE = True
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def __init__(self, config: dict[str, Any]) -> None:
        self.folder = _folder(config)

    def process(self, doc: StanzaDocument) -> StanzaDocument:
        """Parse one document in place."""
        return self.bulk_process([doc])[0]

    @torch.inference_mode()
    def bulk_process(self, docs: list[StanzaDocument]) -> list[StanzaDocument]:
        """Parse documents in place, sentences of like length of all documents together."""
        rows: list[torch.Tensor] = []
        for doc, found in zip(docs, encoded(docs, self.folder), strict=True):
            at = 0
            for sentence in doc.sentences:
                rows.append(found.vectors.mixed[at : at + len(sentence.words)])
                at += len(sentence.words)
        trees = iter(heads.parse(heads.load_reading(self.folder), rows))
        for doc in docs:
            for sentence in doc.sentences:
                tree = next(trees)
                if all(word.upos for word in sentence.words):
                    tree = with_appositions(tree, [word.upos for word in sentence.words])
                for word, head, relation in zip(sentence.words, tree.heads, tree.relations, strict=True):
                    setattr(word, HEAD, head)
                    setattr(word, DEPREL, relation)
                sentence.build_dependencies()
        return docs


@register_processor_variant("ner", "annotator")
class NameVariant(ProcessorVariant):  # type: ignore[misc]
    """Names of persons (PER), organisations (ORG) and places (LOC); `doc.name_scores` has their probabilities."""

    OVERRIDE = True
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def __init__(self, config: dict[str, Any]) -> None:
        self.folder = _folder(config)

    def process(self, doc: StanzaDocument) -> StanzaDocument:
        """Find one document's names; for several documents Stanza's own processor collects the entities."""
        self.bulk_process([doc])[0].build_ents()
        return doc

    @torch.inference_mode()
    def bulk_process(self, docs: list[StanzaDocument]) -> list[StanzaDocument]:
        """Find the names of documents."""
        model = heads.load_heads(self.folder)
        for doc, found in zip(docs, encoded(docs, self.folder), strict=True):
            path, scores = heads.name_labels(model, found.vectors.mixed)
            chances = np.exp(scores[np.arange(len(path)), path]).tolist()
            at, tags, doc.name_scores = 0, [], {}
            for sentence in doc.sentences:
                for token in sentence.tokens:
                    tags.append(heads.NAMES[path[at]])
                    doc.name_scores[token.start_char] = chances[at]
                    at += len(token.words)
            doc.set([NER], _bioes(tags, _breaks(doc)), to_token=True)
        return docs


class NameProcessor(NERProcessor):  # type: ignore[misc]
    """Stanza's own processor, which reads the settings of a loaded network even where a variant stands in for it."""

    def _set_up_final_config(self, config: dict[str, Any]) -> None:
        if not hasattr(self, "_variant"):
            super()._set_up_final_config(config)
            return
        self._config = config
        self.trainers: list[Any] = []
        self.model_paths = [str(config.get("folder", JOINT))]


NAME_TO_PROCESSOR_CLASS["ner"] = NameProcessor


def _breaks(doc: StanzaDocument) -> set[int]:
    """The tokens that begin a sentence: no name runs over it."""
    out, at = set(), 0
    for sentence in doc.sentences:
        out.add(at)
        at += len(sentence.tokens)
    return out


def _bioes(tags: list[str], breaks: set[int]) -> list[str]:
    """Labels that begin and go on, as Stanza wants them: with an end, and S for a single word."""
    out = []
    for i, tag in enumerate(tags):
        if tag == "O":
            out.append(tag)
            continue
        kind = tag[1:]
        begins = tag[0] == "B" or i in breaks or tags[i - 1][1:] != kind
        goes_on = i + 1 < len(tags) and tags[i + 1] == "I" + kind and i + 1 not in breaks
        out.append(
            {(True, True): "B", (True, False): "S", (False, True): "I", (False, False): "E"}[begins, goes_on]
            + kind
        )
    return out


@register_processor("attribution")
class AttributionProcessor(Processor):  # type: ignore[misc]
    """Learned attributions as `doc.attributions`: a tuple of `annotator.analysis.Learned`, offsets into `doc.text`."""

    PROVIDES_DEFAULT = frozenset({"attribution"})
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def _set_up_model(self, *args: object) -> None:
        """Nothing: the weights are loaded with the first document."""

    def process(self, doc: StanzaDocument) -> StanzaDocument:
        """Find one document's attributions."""
        return self.bulk_process([doc])[0]

    def bulk_process(self, docs: list[StanzaDocument]) -> list[StanzaDocument]:
        """Find the attributions of documents."""
        return attribute(docs, _folder(self.config))


@torch.inference_mode()
def attribute(docs: list[StanzaDocument], folder: Path = JOINT) -> list[StanzaDocument]:
    """Set `attributions` and `referring` on tokenised documents, whoever parsed them, and let their vectors go."""
    model, pointing = tagger.load_heads(folder), referring.load_heads(folder)
    for doc, found in zip(docs, encoded(docs, folder), strict=True):
        tied = tagger.tag(model, found.vectors.last, found.cuts, found.words.paragraph_starts)
        doc.attributions = tuple(_learned(t, found.spans) for t in tied)
        naming = [word.upos in referring.NAMING for word in doc.iter_words()]
        doc.referring = referring.refer(pointing, found.vectors, naming)
        doc.encoded = None
    return docs


def _learned(tied: tagger.Tied, spans: list[Span]) -> Learned:
    def range_of(piece: tagger.Piece) -> Span:
        return Span(spans[piece.first].start, spans[piece.last - 1].end)

    return Learned(
        content=tuple(range_of(c) for c in tied.content),
        cue=range_of(tied.cue) if tied.cue else None,
        source=range_of(tied.source) if tied.source else None,
        score=tied.score,
        no_source_score=tied.no_source_score,
        inner=tied.inner,
    )
