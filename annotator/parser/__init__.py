"""Documents → analyses, by a Stanza pipeline with our processors in it; the only package that imports Stanza.

`bundled` models ship with the package; `stanza` takes Stanza's official English models for syntax and names
(`annotator models download`), with only the attribution processor from us.
"""

from __future__ import annotations

import hashlib
import logging
import re
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

from annotator.analysis import Analysis, Learned, Mention, NameKind, Sentence, Token
from annotator.errors import BadArgument, BadDocument, ModelMissing
from annotator.model import READABLE, Producer, Span

from annotator.parser.lean import stanza, utils  # isort: skip - the first of all that import Stanza
from annotator.parser import official
from annotator.parser.processors import JOINT, MODELS, attribute, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stanza.models.common.doc import Document as StanzaDocument

    from annotator.model import Document

__all__ = ["JOINT", "MODELS", "Parser", "analysis_of", "attribute", "conllu", "official", "spread"]

_DATELINE = re.compile(
    r"(?=.{3,70}?\s(?:--?|[–—―])\s)[A-Z][A-Z.'’/ -]+[A-Z](?:, [A-Z][\w. ]+?(?:\d{1,2})?)*(?: \([A-Z][\w /]+\))?"
    r"\s(?:--?|[–—―])\s+(?![a-z])"
)
# Contractions are the tokenizer's here, Stanza's `mwt` is not needed.
PROCESSORS = "tokenize,pos,lemma,depparse,ner,attribution"
KINDS: dict[str, NameKind] = {
    "PER": "person",
    "ORG": "organization",
    "LOC": "place",
    # The labels of Stanza's official English models (OntoNotes).
    "PERSON": "person",
    "GPE": "place",
    "FAC": "place",
}

# Who has an office soon.
_TO_BE = frozenset({"designate", "elect"})

# Parts that begin where annotations end: a change in them changes no annotation.
LATER = frozenset(
    {
        "cli",
        "labelstudio",
        "studio.py",
        "dataset.py",
        "tables.py",
        "metrics.py",
        "batch.py",
        "register.py",
        "curation.py",
        "decisions.py",
        "known.py",
        "linkage.py",
        "affairs.py",
        "described.py",
        "onenames.py",
        "owned.py",
        "entries.py",
        "bodies.py",
        "spellings.py",
        "agreement.py",
        "audits.py",
        "backups.py",
        "changes.py",
        "lint.py",
        "page.py",
        "__main__.py",
    }
)


class Parser:
    """A loaded pipeline: `parse` gives an `Analysis` a document, with learned attributions in it.

    Raises BadArgument for unknown models or threads, ModelMissing where weights are not there.
    """

    def __init__(self, *, models: str = "bundled", threads: int = 1) -> None:
        if models not in {"bundled", "stanza"}:
            raise BadArgument(f"models are 'bundled' or 'stanza', not {models!r}")
        if threads < 1:
            raise BadArgument(f"threads must be 1 or more, not {threads}")
        torch.set_num_threads(threads)
        self.models = models
        self._pipeline = official.pipeline() if models == "stanza" else _bundled()

    @property
    def producer(self) -> Producer:
        """Who signs the annotations: the package's name and version, the weights' and settings' hash."""
        return Producer("model", "claim-annotator", _version(), f"{self.models}-{_made_of()}")

    def parse(self, documents: Sequence[Document]) -> list[Analysis | BadDocument]:
        """Parse documents together; one that breaks a stage comes back as its BadDocument, in its place."""
        found = self._each(documents, move=False)
        return [a if isinstance(a, BadDocument) else a[0] for a in found]

    def parse_with_trees(
        self, documents: Sequence[Document]
    ) -> list[tuple[Analysis, StanzaDocument] | BadDocument]:
        """The same with Stanza's own document beside each analysis, its offsets into the document's text."""
        return self._each(documents, move=True)

    def _each(
        self, documents: Sequence[Document], *, move: bool
    ) -> list[tuple[Analysis, StanzaDocument] | BadDocument]:
        try:
            return list(self._parse(documents, move=move))
        except Exception:
            if len(documents) > 1:
                logging.getLogger(__name__).debug(
                    "a batch failed; parsing its documents one by one", exc_info=True
                )
                return [self._each([d], move=move)[0] for d in documents]
            logging.getLogger(__name__).debug("a document failed", exc_info=True)
            return [BadDocument("the parser failed on this text", where=documents[0].id, stage="parse")]

    def _parse(
        self, documents: Sequence[Document], *, move: bool
    ) -> list[tuple[Analysis, StanzaDocument] | BadDocument]:
        apart = [spread(d) for d in documents]
        full = [i for i, (text, _) in enumerate(apart) if text.strip()]
        parsed: dict[int, Any] = {}
        if full:
            docs = self._pipeline.bulk_process([apart[i][0] for i in full])
            if self.models == "stanza":
                attribute(docs)
            parsed = dict(zip(full, docs, strict=True))
        out: list[tuple[Analysis, StanzaDocument] | BadDocument] = []
        for i, document in enumerate(documents):
            doc = parsed.get(i) or stanza.Document([], text="")
            out.append((analysis_of(document, doc, apart[i][1]), doc))
            if move:
                _move_words(doc, _Moves(apart[i][1]))
        return out


@lru_cache(maxsize=1)
def _bundled() -> stanza.Pipeline:
    if not (MODELS / "resources.json").is_file():
        raise ModelMissing(
            f"no models at {MODELS}: reinstall the package, or build them as training/README.md says"
        )
    with _nothing_to_learn():
        return stanza.Pipeline(
            "en",
            dir=str(MODELS),
            processors=PROCESSORS,
            package="default",
            download_method=None,
            use_gpu=False,
            logging_level="ERROR",
        )


@contextmanager
def _nothing_to_learn() -> Iterator[None]:
    """Stanza makes an optimizer for every network that it loads; torch then imports its compiler, for seconds."""
    real = utils.get_optimizer
    utils.get_optimizer = lambda *_, **__: None
    try:
        yield
    finally:
        utils.get_optimizer = real


@lru_cache(maxsize=1)
def _version() -> str:
    try:
        return version("claim-annotator")
    except PackageNotFoundError:
        return "0"


@lru_cache(maxsize=1)
def _made_of() -> str:
    """A hash of everything that an annotation depends on: weights, rules and lexica.

    A run takes over what the same models and rules found before, and Label Studio gets new predictions from others.
    """
    package = MODELS.parent.parent
    found = [p for p in package.rglob("*") if p.suffix in {".py", ".tsv", ".pt", ".safetensors"}]
    digest = hashlib.sha256()
    for path in sorted(p for p in found if p.relative_to(package).parts[0] not in LATER):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:10]


def spread(document: Document) -> tuple[str, list[tuple[int, int]]]:
    r"""The readable paragraphs with a blank line between them, and where each begins: (there, in the document).

    Stanza's tokenizer ends a sentence at a blank line and nowhere else for sure; stories often part paragraphs by one
    newline ("…the vote\nThe mayor said"), and furniture must not be parsed at all.
    """
    parts, places, at = [], [], 0
    for paragraph in document.paragraphs:
        if paragraph.kind not in READABLE:
            continue
        for start, end in _without_dateline(document.text, paragraph.start, paragraph.end):
            places.append((at, start))
            parts.append(document.text[start:end].replace("\n", " "))
            at += len(parts[-1]) + 2
    return "\n\n".join(parts), places


def _without_dateline(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A paragraph's range, where and when it was written apart: “ORV, May 4 (Ode News) - ” is no part of a sentence."""
    found = _DATELINE.match(text, start, end)
    return [(start, end)] if found is None else [(start, found.end()), (found.end(), end)]


class _Moves:
    """From offsets into the spread text to offsets into the document's."""

    def __init__(self, places: list[tuple[int, int]]) -> None:
        self._there = [a for a, _ in places]
        self._delta = [b - a for a, b in places]
        # The paragraph of the last range: the next one mostly stands there too.
        self._now = (0, 0, 0)

    def __call__(self, start: int, end: int) -> Span:
        return Span(*self.ends(start, end))

    def ends(self, start: int, end: int) -> tuple[int, int]:
        """Where a range begins and ends in the document's text."""
        first, last, delta = self._now
        if first <= start and end <= last:
            return start + delta, end + delta
        k, j = bisect_right(self._there, start) - 1, bisect_right(self._there, end - 1) - 1
        ends = self._there[k + 1] if k + 1 < len(self._there) else end
        self._now = (self._there[k], ends, self._delta[k])
        return start + self._delta[k], end + self._delta[j]


def analysis_of(document: Document, doc: StanzaDocument, places: list[tuple[int, int]]) -> Analysis:
    """Our view of a parsed Stanza document, its offsets moved to the document's text."""
    move = _Moves(places)
    tokens: list[Token] = []
    sentences: list[Sentence] = []
    for sentence in doc.sentences:
        first = len(tokens)
        tokens += _with_apposition([_token(word, first, move) for word in sentence.words], first)
        sentences.append(Sentence(first, len(tokens), tokens[first].start, tokens[-1].end))
    return Analysis(
        text=document.text,
        tokens=tuple(tokens),
        sentences=tuple(sentences),
        mentions=tuple(_mentions(doc, move)),
        learned=tuple(_moved(a, move) for a in getattr(doc, "attributions", ())),
        document_id=document.id,
        referring=getattr(doc, "referring", None),
    )


def _with_apposition(tokens: list[Token], first: int) -> list[Token]:
    """A sentence's words, a name that is parsed as a verb's second subject hung on the first one, hyphens mended.

    “His wife, Ana Ode, said”, “Counsel for the board, Ana Ode, asked”, “Sister Ana said”: no verb has two subjects.
    """
    subjects = [i for i, t in enumerate(tokens) if t.deprel == "nsubj"]
    out = list(tokens)
    for i, j in pairwise(subjects):
        noun, name = tokens[i], tokens[j]
        if noun.head != name.head or name.upos != "PROPN":
            continue
        phrase = range(first + i, first + j - 1)
        parted = tokens[j - 1].text == "," and all(tokens[k - first].head in phrase for k in phrase[1:])
        if noun.upos == "NOUN" and parted:
            # “The mayor, Lia Ode, and *the clerk*, Karl Lund, said”
            joined = tokens[j - 2].deprel == "conj" and tokens[j - 2].upos == "NOUN"
            out[j] = replace(name, head=first + (j - 2 if joined else i), deprel="appos")
        elif noun.upos == "PROPN" and j - i == 1:
            out[j] = replace(name, head=first + i, deprel="flat")
        elif noun.upos == "PROPN" and all(
            t.upos == "PROPN" and t.head == first + j for t in tokens[i + 1 : j]
        ):
            # “*Det* Supt Ana Ode said.”
            out[i] = replace(noun, head=first + j, deprel="nmod:desc")
    return _with_hyphens(out, first)


def _with_hyphens(tokens: list[Token], first: int) -> list[Token]:
    """A sentence's words, the first of two nouns that a hyphen makes one hung on the other: “the *front*-runner”.

    The other way round where the second only says when: “the *president*-elect”.
    """
    out = list(tokens)
    for k in [k for k, t in enumerate(tokens[1:-1], 1) if t.text == "-"]:
        one, other = out[k - 1], out[k + 1]
        tight = one.end == tokens[k].start and tokens[k].end == other.start
        if tight and one.upos == "NOUN" and other.text.lower() in _TO_BE:
            below = {first + k + 1: first + k - 1}
            out = [replace(t, head=below.get(t.head, t.head)) for t in out]
            place = other if one.head == first + k + 1 else one
            out[k - 1] = replace(one, head=place.head, deprel=place.deprel)
            out[k] = replace(out[k], head=first + k + 1)
            out[k + 1] = replace(other, head=first + k - 1, deprel="amod")
        elif (
            tight
            and one.upos == other.upos == "NOUN"
            and (one.head, one.deprel) == (other.head, other.deprel)
        ):
            out[k - 1] = replace(one, head=first + k + 1, deprel="compound")
    return out


def _token(word: Any, first: int, move: _Moves) -> Token:  # noqa: ANN401 - Stanza's words have no types
    start, end = move.ends(*place_of(word))
    return Token(
        start,
        end,
        word.text,
        word.lemma or word.text.lower(),
        word.upos or "X",
        first + word.head - 1 if word.head else -1,
        word.deprel or "dep",
        word.xpos or "",
        word.feats or "",
    )


def _move_words(doc: StanzaDocument, move: _Moves) -> None:
    """Move the offsets of a document's words in place."""
    for sentence in doc.sentences:
        for token in sentence.tokens:
            _move_part(token, token.start_char, token.end_char, move)
            for word in token.words:
                if word.start_char is not None:
                    _move_part(word, word.start_char, word.end_char, move)


def _move_part(part: Any, start: int, end: int, move: _Moves) -> None:  # noqa: ANN401 - Stanza's have no types
    span = move(start, end)
    part._start_char, part._end_char = span.start, span.end  # noqa: SLF001 - it has no setter


def _mentions(doc: StanzaDocument, move: _Moves) -> Iterator[Mention]:
    scores = getattr(doc, "name_scores", {})
    for found in doc.ents if doc.sentences else ():
        if found.type in KINDS:
            span = move(found.start_char, found.end_char)
            yield Mention(span.start, span.end, KINDS[found.type], scores.get(found.start_char, 1.0))


def _moved(learned: Learned, move: _Moves) -> Learned:
    def moved(span: Span | None) -> Span | None:
        return move(span.start, span.end) if span else None

    content = tuple(move(s.start, s.end) for s in learned.content)
    return replace(learned, content=content, cue=moved(learned.cue), source=moved(learned.source))


def conllu(doc: StanzaDocument) -> str:
    """A parsed Stanza document in CoNLL-U, with `start_char` and `end_char` into the document's text."""
    for number, sentence in enumerate(doc.sentences, start=1):
        sentence.sent_id = str(number)  # Stanza counts on through all documents of a batch
    return format(doc, "C") if doc.sentences else ""
