"""The order of the stages, written once: a story in, what is said in it and by whom out."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annotator.attribution import attribute
from annotator.entities import resolve
from annotator.errors import BadDocument, ModelMissing
from annotator.model import Annotation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotator.analysis import Analysis
    from annotator.model import Document, Producer, Span

# Characters that go through the encoder together: long enough to fill its batches, short enough that memory
# stays flat and that a stopped run loses little.
CHUNK_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Result:
    """One document's outcome, and its parse in CoNLL-U where that was asked for and there is one."""

    document: Document
    outcome: Annotation | BadDocument
    conllu: str | None = None


class Annotator:
    """Loads the models once and annotates any number of stories.

    Without `nested`, reports inside the content of others are left out, as most corpora leave them (PolNeAR does).
    Raises `ModelMissing` where the weights, or the packages of the `nlp` extra, are not there.
    """

    def __init__(self, *, models: str = "bundled", threads: int = 1, nested: bool = True) -> None:
        try:
            from annotator.parser import Parser, conllu  # noqa: PLC0415 - brings torch and Stanza
        except ModuleNotFoundError as error:
            raise ModelMissing(
                f"{error.name} is not installed: pip install 'claim-annotator[nlp]'"
            ) from error

        self._parser = Parser(models=models, threads=threads)
        self._conllu = conllu
        self._nested = nested

    @property
    def producer(self) -> Producer:
        """Who signs the annotations: the model's name, version and settings hash."""
        producer = self._parser.producer
        return producer if self._nested else replace(producer, settings=f"{producer.settings}-outer")

    def annotate(self, documents: Iterable[Document]) -> Iterator[Annotation | BadDocument]:
        """One annotation for each document, in order; one that a stage fails on gives a `BadDocument`."""
        for chunk in chunks(documents):
            yield from (result.outcome for result in self.results(chunk))

    def annotate_text(self, text: str, *, id: str = "text") -> tuple[Document, Annotation]:  # noqa: A002 - the field's name
        """The text as a document, and its annotation; raises `BadDocument` where it cannot be used."""
        from annotator.reader import prepare  # noqa: PLC0415 - brings what reads HTML

        document = prepare(id, text)
        outcome = next(self.annotate([document]))
        if isinstance(outcome, BadDocument):
            raise outcome
        return document, outcome

    def results(self, documents: list[Document], *, conllu: bool = False) -> list[Result]:
        """What became of each document of one chunk."""
        with _nothing_collected():
            parses = self._parses(documents, trees=conllu)
            return [self._result(d, parse) for d, parse in zip(documents, parses, strict=True)]

    def _parses(
        self, documents: list[Document], *, trees: bool
    ) -> Sequence[tuple[Analysis, object] | BadDocument]:
        if trees:
            return self._parser.parse_with_trees(documents)
        return [a if isinstance(a, BadDocument) else (a, None) for a in self._parser.parse(documents)]

    def _result(self, document: Document, parse: tuple[Analysis, object] | BadDocument) -> Result:
        if isinstance(parse, BadDocument):
            return Result(document, parse)
        analysis, tree = parse
        try:
            annotation = annotate_parse(document, analysis, producer=self.producer)
        except BadDocument as error:
            return Result(document, error)
        annotation = annotation if self._nested else without_nested(annotation)
        return Result(document, annotation, None if tree is None else self._conllu(tree))


def annotate_parse(
    document: Document, analysis: Analysis, *, producer: Producer, quotations: Sequence[Span] = ()
) -> Annotation:
    """What is said in a parsed document: the stages after the parse, in their order.

    `quotations` are known beforehand, as in a corpus that marks them: none else is looked for.
    """
    with stage("attribution", document):
        attributions = attribute(document, analysis, quotations=quotations)
    with stage("entities", document):
        attributions, entities = resolve(document, analysis, attributions)
    return Annotation(
        document_id=document.id,
        text_sha256=document.text_sha256,
        layer="machine",
        producer=producer,
        attributions=attributions,
        entities=entities,
    )


def without_nested(annotation: Annotation) -> Annotation:
    """The annotation without the reports that stand inside the content of others."""
    return replace(annotation, attributions=tuple(a for a in annotation.attributions if a.parent is None))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What a chunk makes lives until its end: looking it through for garbage took a tenth of the time."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


@contextmanager
def stage(name: str, document: Document) -> Iterator[None]:
    """Turns whatever goes wrong inside into a `BadDocument` that names the stage and the story."""
    try:
        yield
    except BadDocument:
        raise
    except Exception as error:
        raise BadDocument(f"{type(error).__name__}: {error}", where=document.id, stage=name) from error


def chunks(documents: Iterable[Document], *, chars: int = CHUNK_CHARS) -> Iterator[list[Document]]:
    """Documents in order, in lists of about `chars` characters; a longer one stands alone or last.

    The first list is short: somebody waits for what is in it.
    """
    chunk: list[Document] = []
    size, wanted = 0, chars // 10
    for document in documents:
        chunk.append(document)
        size += len(document.text)
        if size >= wanted:
            yield chunk
            chunk, size, wanted = [], 0, chars
    if chunk:
        yield chunk
