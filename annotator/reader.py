"""Files of stories to Documents: canonical text once, paragraphs marked, what cannot be used told and left out.

Text, HTML (its story found by trafilatura), JSON lines, CSV and parquet; single files, folders and globs.
"""

from __future__ import annotations

import codecs
import json
import logging
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import BadArgument, BadDocument
from annotator.furniture import paragraphs
from annotator.model import Document, Paragraph
from annotator.rows import (
    FIELDS,
    Found,
    Story,
    columns_of_csv,
    columns_of_parquet,
    encoding_of,
    no_text,
    rows_of_csv,
    rows_of_jsonl,
    rows_of_parquet,
    shown,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["MAX_CHARS", "prepare", "read"]

MAX_CHARS = 1_000_000

# What `documents.jsonl` says of a text and reading finds out anew.
_DERIVED_FIELDS = ("schema", "text_sha256", "paragraphs")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w:-]{2,30})", re.IGNORECASE)
# Pages that declare one of these mean Windows' code page: so browsers read them (WHATWG, Encoding, 4.2).
_LATIN = frozenset({"iso8859-1", "ascii", "cp1252"})
_ENGLISH = frozenset({"en", "eng", "english"})
# So many characters of a text tell its language.
_LANGUAGE_SAMPLE = 3000
# Natural logarithm: so much less likely has English to be than another language. A line of foreign names
# ("Ilse Varga, Kofi Asante") does not reach it, a foreign sentence does.
_LANGUAGE_MARGIN = 40.0
# A fifth to a quarter of English running words; other languages have a few of them (Dutch "of" and "is", some 6 %).
_COMMONEST = re.compile(
    r"the|of|and|to|that|is|was|for|with|said|by|at|from|has|have|had|it|are|which|who|not|were|but|their|they"
)
_CLEARLY_ENGLISH, _WORDS_TO_TELL = 0.18, 60
# A page is mostly markup.
_HTML_BYTES = 20
# Only a date that the page gives as its own; a guess from a copyright line would be invented.
_DATES = {"extensive_search": False, "original_date": True}
# Elements of trafilatura's tree that stand inside a paragraph.
_INLINE = frozenset({"hi", "ref", "del"})


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, the id that its place gives it, and whether the user named it himself."""

    path: Path
    name: str
    named: bool


def read(
    inputs: Sequence[str | Path], *, max_chars: int = MAX_CHARS, any_language: bool = False
) -> Iterator[Document | BadDocument]:
    """Every story of files, folders and globs, in the order given, folders sorted by path.

    What cannot be used comes as a BadDocument value with the reason and the file or line; a story that comes
    twice with the same id and text comes once. A text file's id is its path below the given folder without
    suffix, a row's its field `id` or the file's id and the row's number.

    Raises BadArgument, before anything is read, for a path that is not there and if no file is found.
    """
    if max_chars < 1:
        raise BadArgument(f"--max-chars has to be at least 1, not {max_chars}")
    files = [file for given in inputs for file in _files(str(given))]
    if not files:
        raise BadArgument(f"no story in {', '.join(map(str, inputs)) or 'no input'}: {_known()}")
    for file in files:
        if file.named:
            _check_columns(file)
    return _documents(files, max_chars=max_chars, any_language=any_language)


def prepare(
    id: str,  # noqa: A002 - the field's name
    text: str,
    *,
    title: str | None = None,
    url: str | None = None,
    date: str | None = None,
    lang: str | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Document:
    """The story of a text in memory: canonical text, its paragraphs marked.

    Where no title is given, the headline that the text begins with is it.

    Raises BadDocument if the text is empty or has half a surrogate pair in it.
    """
    text = _canonical(text)
    if not text.strip():
        raise BadDocument("empty", where=id)
    fields = dict(meta or {})
    _check_unicode([id, text, title, url, date, lang, fields], where=id)
    marked = paragraphs(text, title=title)
    if title is None:
        title = _first_headline(text, marked)
    return Document(id, text, title, url, date, lang, fields, marked)


def _known() -> str:
    return "stories are files that end in " + ", ".join(_READERS)


def _files(given: str) -> Iterator[_File]:
    """The files that one argument means."""
    try:
        path = Path(given).expanduser()
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, RuntimeError) as error:
        raise BadArgument(f"{given}: {getattr(error, 'strerror', None) or error}") from None
    if given and is_folder:
        yield from _below(path, path)
    elif given and is_there:
        yield _File(path, path.stem, named=True)
    elif has_magic(given):
        yield from _matching(path)
    else:
        raise BadArgument(f'"{given}": there is no such file or folder')


def _below(folder: Path, base: Path) -> Iterator[_File]:
    """The files below `folder`, sorted by path; hidden ones and those of other kinds are passed over.

    A folder that may not be entered comes as a file, to be told among the rejects.
    """
    found: list[Path] = []
    closed: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(root, name) for name in names if not name.startswith(".")]
    found += [Path(error.filename) for error in closed]
    for path in sorted(found):
        if path.suffix.lower() in _READERS or path.is_dir():
            yield _placed(path, base)


def _matching(pattern: Path) -> Iterator[_File]:
    """The files that match and those below the folders that do; ids are below the part without wildcards."""
    first = next(i for i, part in enumerate(pattern.parts) if has_magic(part))
    base = Path(*pattern.parts[:first])
    # Path.glob would want the part without wildcards apart, and has no word for "here".
    matches = sorted(map(Path, glob(str(pattern), recursive=True)))  # noqa: PTH207
    if not matches:
        raise BadArgument(f'"{pattern}": nothing matches')
    seen: set[Path] = set()
    for match in matches:
        for file in _below(match, base) if match.is_dir() else [_placed(match, base)]:
            if file.path not in seen and file.path.suffix.lower() in _READERS:
                seen.add(file.path)
                yield file


def _placed(path: Path, base: Path) -> _File:
    """A file with the id that its path below `base` gives it."""
    return _File(path, path.relative_to(base).with_suffix("").as_posix(), named=False)


def _check_columns(file: _File) -> None:
    """Raise BadArgument for a table that the user named and that has no texts in it."""
    columns = {".csv": columns_of_csv, ".parquet": columns_of_parquet}
    find = columns.get(file.path.suffix.lower())
    if find is None:
        return
    try:
        found = find(file.path)
    except (BadDocument, OSError):
        return  # told among the rejects, when it is its turn
    if "text" not in found:
        raise BadArgument(f"{file.path}: {no_text(found)}")


def _documents(
    files: Iterable[_File], *, max_chars: int, any_language: bool
) -> Iterator[Document | BadDocument]:
    known: dict[str, str] = {}
    for file in files:
        for story in _stories(file, max_chars):
            if isinstance(story, BadDocument):
                yield story
                continue
            try:
                document = _document(story, max_chars=max_chars, any_language=any_language)
                first = document.id not in known
                _check_id(document, known)
            except BadDocument as bad:
                yield BadDocument(bad.reason, where=story.where)
            except RecursionError:
                yield BadDocument("fields within fields without end", where=story.where)
            else:
                if first:
                    yield document


def _stories(file: _File, max_chars: int) -> Iterator[Found]:
    """The stories of one file; what is wrong with the file as a whole comes as its last value."""
    where = shown(file.path)
    find = _READERS.get(file.path.suffix.lower())
    try:
        file.path.stat()
        if find is None or not file.path.is_file():
            yield BadDocument(f"no file that can be read: {_known()}", where=where)
        else:
            yield from find(file.path, file.name, max_chars)
    except BadDocument as bad:
        yield BadDocument(bad.reason, where=where)
    except OSError as error:
        yield BadDocument(f"cannot be read: {error.strerror}", where=where)


def _document(story: Story, *, max_chars: int, any_language: bool) -> Document:
    """The Document of a story found; raises BadDocument with the reason alone."""
    fields = {key: _plain(value) for key, value in story.fields.items()}
    text = fields.get("text")
    if not isinstance(text, str):
        raise BadDocument("no text" if text is None else "the text is not a string")
    text = _canonical(text)
    if len(text) > max_chars:
        raise BadDocument(f"{len(text):,} characters, more than the {max_chars:,} of --max-chars")
    title, url, date, lang = (_string(fields, key) for key in ("title", "url", "date", "lang"))
    name = _string(fields, "id") or story.name
    document = prepare(name, text, title=title, url=url, date=date, lang=lang, meta=_meta(fields))
    return document if any_language else replace(document, lang=_english(text, lang))


def _check_id(document: Document, known: dict[str, str]) -> None:
    """Raise BadDocument if another text had the id before."""
    sha = document.text_sha256
    if known.setdefault(document.id, sha) != sha:
        raise BadDocument(f'the id "{document.id}" was there before with another text')


def _string(fields: Mapping[str, Any], key: str) -> str | None:
    """A field that is text, or a number written as one; None where it is missing or blank."""
    value = fields.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        raise BadDocument(f"{key} is not a string")
    return value.strip()


def _meta(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Every field that has no place of its own, and what an earlier reading had put into `meta`."""
    given = fields.get("meta")
    rest = {key: value for key, value in fields.items() if key not in FIELDS + _DERIVED_FIELDS}
    if isinstance(given, dict):
        return given | rest
    return rest if given is None else {"meta": given} | rest


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a table may hold
    """The value as JSON can say it: times in ISO 8601, no number for what is none."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _canonical(text: str) -> str:
    """The text without byte order mark and NULs, with one kind of line end."""
    return text.replace("\0", "").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _check_unicode(values: Sequence[Any], *, where: str) -> None:
    """Raise BadDocument for half a surrogate pair, which no UTF-8 can carry, wherever it stands."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadDocument(
            "holds bytes that are not UTF-8, or half a character (a lone surrogate)", where=where
        ) from None


def _first_headline(text: str, marked: Sequence[Paragraph]) -> str | None:
    """The headline above the story, if the text begins with one."""
    first = next((p for p in marked if p.kind in {"headline", "body"}), None)
    return " ".join(first.span.of(text).split()) if first and first.kind == "headline" else None


def _english(text: str, declared: str | None) -> str | None:
    """The language to note of an English text, None if it is too short to tell; BadDocument for another."""
    if declared:
        if re.split(r"[-_ ]", declared.casefold())[0] not in _ENGLISH:
            raise BadDocument(f"in {declared}, not English; --any-language takes it all the same")
        return declared
    if _is_clearly_english(text[:_LANGUAGE_SAMPLE]):
        return "en"
    import py3langid  # noqa: PLC0415 - half a second

    scores = dict(py3langid.rank(text[:_LANGUAGE_SAMPLE]))
    english = scores.pop("en")
    other = max(scores, key=lambda code: scores[code])
    if scores[other] > english + _LANGUAGE_MARGIN:
        raise BadDocument(f"looks like {other}, not English; --any-language takes it all the same")
    return "en" if english > scores[other] else None


def _is_clearly_english(sample: str) -> bool:
    """Whether the language can be told without a model of a hundred others: most stories begin a run this way."""
    words = sample.casefold().split()
    known = sum(_COMMONEST.fullmatch(word) is not None for word in words)
    return len(words) >= _WORDS_TO_TELL and known > _CLEARLY_ENGLISH * len(words)


def _text(path: Path, name: str, max_chars: int) -> Iterator[Found]:
    text = _decoded(_bytes(path, 4 * max_chars + 4))
    yield Story(name, {"text": text}, shown(path))


def _bytes(path: Path, most: int) -> bytes:
    """The content of a file, or BadDocument without reading it if it is far too long."""
    size = path.stat().st_size
    if size > most:
        raise BadDocument(f"{size:,} bytes, too long for the limit of --max-chars")
    return path.read_bytes()


def _decoded(data: bytes) -> str:
    """The text of UTF-8, or of UTF-16 and UTF-32 with their marks; BadDocument for others and for binary."""
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        controls = len(_CONTROL.findall(data[:4096].decode("latin-1")))
        if controls > 0.02 * len(data[:4096]):
            raise BadDocument("binary, not text") from None
        raise BadDocument(f"not {encoding}: byte {error.start:,} cannot be decoded") from None
    if len(_CONTROL.findall(text[:4096])) > 0.1 * len(text[:4096]):
        raise BadDocument("binary, not text")
    return text


def _html(path: Path, name: str, max_chars: int) -> Iterator[Found]:
    """The story of a page: its headline and the paragraphs that trafilatura finds, which become our text."""
    import trafilatura  # noqa: PLC0415 - a second

    source = _page(_bytes(path, _HTML_BYTES * max_chars))
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    try:
        found = trafilatura.bare_extraction(
            source, with_metadata=True, include_comments=False, date_extraction_params=_DATES
        )
        blocks = _blocks(found.body) if found is not None and found.body is not None else []
    except Exception as error:  # noqa: BLE001 - a page may break somebody else's code in any way
        raise BadDocument(f"the page cannot be read: {error}") from None
    if found is None or not blocks:
        raise BadDocument("no story found in the page")
    if found.title and found.title.casefold() not in {block.casefold() for block in blocks[:3]}:
        blocks.insert(0, found.title)
    fields = {"text": "\n\n".join(blocks), "title": found.title, "url": found.url, "date": found.date}
    meta = {
        "author": found.author,
        "site": found.sitename,
        "extractor": f"trafilatura {trafilatura.__version__}",
    }
    known = {key: value for key, value in meta.items() if value}
    yield Story(name, fields | {"meta": known}, shown(path))


def _page(data: bytes) -> str:
    """The source of a page: UTF-8 or with a mark, otherwise what it declares itself to be."""
    try:
        return _decoded(data)
    except BadDocument:
        declared = _CHARSET.search(data[:4096])
        if declared is None:
            raise
    try:
        encoding = codecs.lookup(declared[1].decode()).name
        return data.decode("cp1252" if encoding in _LATIN else encoding)
    except (LookupError, ValueError):
        raise BadDocument(f"not {declared[1].decode()}, as the page says it is") from None


def _blocks(body: _Element) -> list[str]:
    """The text of each paragraph, heading, list item and cell below `body`, white space made single."""
    blocks: list[str] = []
    pieces: list[str] = []

    def close() -> None:
        block = " ".join("".join(pieces).split())
        pieces.clear()
        if block:
            blocks.append(block)

    def visit(element: _Element) -> None:
        pieces.append(element.text or "")
        for child in element:
            if child.tag in _INLINE:
                visit(child)
            else:
                close()
                visit(child)
                close()
            pieces.append(child.tail or "")

    visit(body)
    close()
    return blocks


_READERS: dict[str, Callable[[Path, str, int], Iterator[Found]]] = {
    ".txt": _text,
    ".html": _html,
    ".htm": _html,
    ".jsonl": rows_of_jsonl,
    ".csv": rows_of_csv,
    ".parquet": rows_of_parquet,
}
