"""One story in the terminal: its text in colour, then who says what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from annotator.errors import BadArgument, BadDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from annotator.model import Annotation, Attribution, Document, Span

# Later ones are painted over earlier ones: a cue inside another's content must be seen.
STYLES = {"content": "cyan", "source": "green", "cue": "bold yellow"}
FILES = {"gold": "gold.jsonl", "human": "human.jsonl", "machine": "annotations.jsonl"}


def stored(folder: Path, story: str | None, *, layer: str) -> tuple[Document, Annotation]:
    """A story of a folder with one annotation of it, the first story where none is named.

    `layer` is that of the annotation, or "best": gold before human before machine. Raises `BadArgument` where
    there is none.
    """
    from annotator.store import check, read_annotations, read_documents

    documents = read_documents(folder / "documents.jsonl")
    document = next((d for d in documents if story in (None, d.id)), None)
    if document is None:
        raise BadArgument(f"{folder} holds no story {story or ''}")
    for path in (folder / name for kind, name in FILES.items() if layer in (kind, "best")):
        found = [a for a in (read_annotations(path) if path.exists() else ()) if a.document_id == document.id]
        if found and found[-1].text_sha256 == document.text_sha256:
            check(found[-1], document)
            return document, found[-1]
    raise BadArgument(f"{folder} holds no annotation of {document.id} in the layer {layer}")


def made(path: Path, story: str | None) -> tuple[Document, Annotation]:
    """A story of a file, annotated now; raises `BadArgument` where there is none, `BadDocument`."""
    from annotator.pipeline import Annotator
    from annotator.reader import read

    for document in read([path]):
        if isinstance(document, BadDocument):
            if story is None:
                raise document
        elif story in (None, document.id):
            outcome = next(Annotator().annotate([document]))
            if isinstance(outcome, BadDocument):
                raise outcome
            return document, outcome
    raise BadArgument(f"{path} holds no story {story}")


def told(document: Document, annotation: Annotation) -> Iterator[Text]:
    """The text with its spans in colour, an empty line, and a line for each attribution."""
    yield _painted(document, annotation)
    yield Text()
    for attribution in annotation.attributions:
        yield _line(document, annotation, attribution)


def _painted(document: Document, annotation: Annotation) -> Text:
    text = Text(_safe(document.text))
    for role, style in STYLES.items():
        for span in (span for a in annotation.attributions for span in getattr(a, role)):
            text.stylize(style, span.start, span.end)
    return text


def _line(document: Document, annotation: Annotation, attribution: Attribution) -> Text:
    """Who (and who that is), how, what, and what kind of report it is."""
    names = {entity.id: entity.name for entity in annotation.entities}
    who = _words(document, attribution.source)
    speakers = ", ".join(names[i] for i in attribution.speaker_ids if names[i] != who)
    score = "" if attribution.score is None else f" {attribution.score:.2f}"
    parts = (
        (who or "(no source)", STYLES["source"]),
        (f"= {_safe(speakers)}" if speakers else "", ""),
        (_words(document, attribution.cue), STYLES["cue"]),
        (_words(document, attribution.content), STYLES["content"]),
        (f"{attribution.quote_type} {attribution.attitude} {attribution.act}{score}", "dim"),
    )
    return Text("  ").join(Text(text, style) for text, style in parts if text)


def _words(document: Document, spans: Sequence[Span]) -> str:
    return _safe(" … ".join(" ".join(span.of(document.text).split()) for span in spans))


def _safe(text: str) -> str:
    """The text without what would steer the terminal, one character for one, so that offsets still hold."""
    return "".join(c if c in "\n\t" or c.isprintable() else " " for c in text)
