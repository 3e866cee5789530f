"""Any number of stories into one folder: workers, shards, resume, rejects.

What is finished goes line by line into `DIR/.work`; the files that people read are replaced whole at the end.
So a run that was killed, or had no disk left, leaves the folder as it was; the same command again goes on.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from hashlib import sha256
from multiprocessing import connection, get_context, parent_process
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from annotator.errors import AnnotatorError, BadAnnotation, BadArgument, BadDocument
from annotator.model import Document, Producer
from annotator.pipeline import Annotator, chunks
from annotator.reader import MAX_CHARS, read
from annotator.store import (
    annotation_from_json,
    annotation_to_json,
    document_to_json,
    locked,
    read_lines,
    reject_to_json,
    update_lines,
    write_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from annotator.pipeline import Result

# Bytes; file systems allow 255, and a suffix and a temporary one come to it.
LONGEST_NAME = 200
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: `stories` have an annotation now, `reused` of them had the same before."""

    out: Path
    stories: int = 0
    reused: int = 0
    rejected: int = 0
    attributions: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """An annotation in a file: a hash of what made it, how many attributions, where its line begins."""

    key: str
    attributions: int
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker hands back for a story: the line of its annotation or rejection, and its CoNLL-U."""

    document_id: str
    annotation: Mapping[str, Any] | None = None
    reject: Mapping[str, Any] | None = None
    conllu: str | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """What annotates: in this process or in workers, in order either way."""

    producer: Producer
    outcomes: Callable[[Iterable[list[Document]]], Iterator[list[Outcome]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A story of this run: its number in the input, a hash as in `Finished`, where its line begins."""

    number: int
    key: str
    offset: int


@dataclass(slots=True)
class Run:
    """One run's state: work files, what they and the folder hold, and the stories read so far, by id."""

    out: Path
    producer: Producer
    conllu: bool
    documents: BinaryIO
    annotations: BinaryIO
    before: Mapping[str, Finished]
    work: dict[str, Finished]
    summary: Summary
    places: dict[str, Place] = field(default_factory=dict)
    rejects: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)


def run(
    inputs: Sequence[str | Path],
    out: Path | str,
    *,
    workers: int = 1,
    models: str = "bundled",
    nested: bool = True,
    max_chars: int = MAX_CHARS,
    any_language: bool = False,
    conllu: bool = False,
    shard: tuple[int, int] = (1, 1),
    progress: Callable[[Summary], None] | None = None,
) -> Summary:
    """Annotate files, folders and globs into `out`, in input order; stories that are there are updated by id.

    A story that cannot be used goes to `out/rejects.jsonl`, which tells of the last run. `shard=(i, n)` takes
    the i-th of n parts of the stories, by their ids. More workers than one are processes: a program that
    calls this keeps its own start under `if __name__ == "__main__":`. `models` and `nested` are those of
    `pipeline.Annotator`. `progress` is told the count so far.
    Raises `BadArgument`, `ModelMissing`, `Busy`; `AnnotatorError` where the disk is full or a worker died.
    """
    out = Path(out)
    _check_arguments(inputs, out, workers=workers, shard=shard)
    stories = read(inputs, max_chars=max_chars, any_language=any_language)
    with ExitStack() as stack:
        stack.enter_context(_one_line_errors(out))
        stack.enter_context(locked(out))
        engine = stack.enter_context(_engine(workers, _Wanted(models, nested), conllu=conllu))
        state = stack.enter_context(_opened(out, engine.producer, conllu=conllu))
        for outcomes in engine.outcomes(chunks(_unfinished(state, _of_shard(stories, *shard)))):
            for outcome in outcomes:
                _keep(state, outcome)
            if progress:
                progress(state.summary)
        _publish(state)
        shutil.rmtree(out / ".work")
    return state.summary


def _check_arguments(
    inputs: Sequence[str | Path], out: Path, *, workers: int, shard: tuple[int, int]
) -> None:
    if workers < 1:
        raise BadArgument(f"workers must be 1 or more, not {workers}")
    if not 1 <= shard[0] <= shard[1]:
        raise BadArgument(f"shard {shard[0]}/{shard[1]}: give i/n with i from 1 to n")
    if out.exists() and not out.is_dir():
        raise BadArgument(f"{out} is a file: the output is a folder")
    for folder in (Path(i) for i in inputs if Path(i).is_dir()):
        if out.resolve().is_relative_to(folder.resolve()):
            raise BadArgument(
                f"the output {out} lies inside the input {folder}, which would be read again next time"
            )


def _of_shard(stories: Iterable[Document | BadDocument], i: int, n: int) -> Iterator[Document | BadDocument]:
    """By id, so that one story twice in the input meets itself in one shard."""
    for story in stories:
        name = story.id if isinstance(story, Document) else story.where
        if int.from_bytes(sha256(name.encode("utf8", "replace")).digest()[:8]) % n == i - 1:
            yield story


@contextmanager
def _one_line_errors(out: Path) -> Iterator[None]:
    """A full disk and a dead worker as errors that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise AnnotatorError(
            f"{out}: no space left on the disk; what stood there is whole, what was finished is kept in "
            f"{out / '.work'}: make room and give the same command again"
        ) from error
    except BrokenProcessPool as error:
        raise AnnotatorError(
            f"{out}: a worker was killed, perhaps for want of memory; what was finished is kept: "
            "give the same command again, with fewer workers"
        ) from error


# What the folder and the work files hold already


@contextmanager
def _opened(out: Path, producer: Producer, *, conllu: bool) -> Iterator[Run]:
    work = out / ".work"
    work.mkdir(exist_ok=True)
    with (
        (work / "documents.jsonl").open("w+b") as documents,
        (work / "annotations.jsonl").open("a+b") as annotations,
    ):
        yield Run(
            out=out,
            producer=producer,
            conllu=conllu,
            documents=documents,
            annotations=annotations,
            before=_published(out),
            work=_in_work(annotations),
            summary=Summary(out),
        )


def _published(out: Path) -> dict[str, Finished]:
    """The annotations of the folder by document id."""
    if not ((out / "documents.jsonl").exists() and (out / "annotations.jsonl").exists()):
        return {}
    paragraphs = {
        line["id"]: _paragraphs_key(line) for line in read_lines(out / "documents.jsonl", "documents")
    }
    return {
        line["document_id"]: Finished(
            key=_key(line["text_sha256"], paragraphs.get(line["document_id"], ""), line["producer"]),
            attributions=len(line["attributions"]),
        )
        for line in read_lines(out / "annotations.jsonl", "annotations")
    }


def _in_work(handle: BinaryIO) -> dict[str, Finished]:
    """What a run that did not end had finished; half a line, on which it was killed, is cut off."""
    found: dict[str, Finished] = {}
    handle.seek(0)
    end = 0
    for raw in handle:
        try:
            line = json.loads(raw) if raw.endswith(b"\n") else None
        except ValueError:
            line = None
        if line is None:
            break
        annotation = line["annotation"]
        found[annotation["document_id"]] = Finished(line["key"], len(annotation["attributions"]), end)
        end += len(raw)
    handle.truncate(end)
    return found


def _paragraphs_key(line: Mapping[str, Any]) -> str:
    return sha256(json.dumps(line["paragraphs"]).encode()).hexdigest()


def _key(text_sha256: str, paragraphs_key: str, producer: Mapping[str, Any]) -> str:
    """Equal for two annotations of the same text with the same paragraphs by the same producer."""
    return sha256(json.dumps([text_sha256, paragraphs_key, *producer.values()]).encode()).hexdigest()[:32]


# From story to work file


def _unfinished(state: Run, stories: Iterable[Document | BadDocument]) -> Iterator[Document]:
    """The documents that are still to be annotated; on the way every story's fate so far is noted."""
    producer = {k: getattr(state.producer, k) for k in ("kind", "name", "version", "settings")}
    for number, story in enumerate(stories):
        if isinstance(story, BadDocument):
            _reject(state, number, reject_to_json(story))
        elif story.id not in state.places:  # the reader lets an id pass twice only with the same text
            line = document_to_json(story)
            key = _key(line["text_sha256"], _paragraphs_key(line), producer)
            state.places[story.id] = Place(number, key, _append(state.documents, line))
            done = _finished(state, story.id, key)
            if done is None:
                yield story
            else:
                _count(state, stories=1, reused=1, attributions=done.attributions)


def _finished(state: Run, document_id: str, key: str) -> Finished | None:
    """The annotation that the story has already, in the folder or from a run that did not end."""
    if state.conllu and not _conllu_path(state.out, document_id).exists():
        return None
    both = (state.work.get(document_id), state.before.get(document_id))
    return next((done for done in both if done and done.key == key), None)


def _keep(state: Run, outcome: Outcome) -> None:
    """Write a worker's result where a later run finds it."""
    place = state.places[outcome.document_id]
    if outcome.annotation is None:
        del state.places[outcome.document_id]
        _reject(state, place.number, outcome.reject or {})
        return
    if outcome.conllu is not None:
        _write_conllu(_conllu_path(state.out, outcome.document_id), outcome.conllu)
    count = len(outcome.annotation["attributions"])
    offset = _append(state.annotations, {"key": place.key, "annotation": outcome.annotation})
    state.work[outcome.document_id] = Finished(place.key, count, offset)
    _count(state, stories=1, attributions=count)


def _reject(state: Run, number: int, line: Mapping[str, Any]) -> None:
    state.rejects.append((number, line))
    _count(state, rejected=1)


def _count(state: Run, **more: int) -> None:
    state.summary = replace(state.summary, **{k: getattr(state.summary, k) + n for k, n in more.items()})


def _append(handle: BinaryIO, line: Mapping[str, Any]) -> int:
    """Write one line at the end, at once, and give the place where it begins."""
    offset = handle.seek(0, os.SEEK_END)
    handle.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    handle.flush()
    return offset


def _line_at(handle: BinaryIO, offset: int) -> dict[str, Any]:
    handle.seek(offset)
    return cast("dict[str, Any]", json.loads(handle.readline()))


def _publish(state: Run) -> None:
    """Bring the folder's files up to date, each whole; stopped between two, the next run does the rest."""
    places = state.places.items()
    update_lines(
        state.out / "documents.jsonl",
        (_line_at(state.documents, place.offset) for _, place in places),
        key="id",
    )
    fresh = [done for i, place in places if (done := state.work.get(i)) and done.key == place.key]
    update_lines(
        state.out / "annotations.jsonl",
        (_line_at(state.annotations, done.offset)["annotation"] for done in fresh),
    )
    write_lines(state.out / "rejects.jsonl", (line for _, line in sorted(state.rejects, key=itemgetter(0))))


def _conllu_path(out: Path, document_id: str) -> Path:
    """`out/parse/ID.conllu`; an id's slashes make folders, and none leads out of `parse`."""
    parts = [_file_name(part) for part in document_id.split("/")]
    return out.joinpath("parse", *parts[:-1], parts[-1] + ".conllu")


def _file_name(part: str) -> str:
    name = part.replace("\0", "_")
    if len(name.encode()) > LONGEST_NAME:
        return f"{name[:40]}-{sha256(name.encode()).hexdigest()[:16]}"
    return name if name.strip(".") else f"_{name}"


def _write_conllu(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf8")
    part.replace(path)


# The work itself, in this process or in others


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How a process sets up its annotator."""

    models: str
    nested: bool


@contextmanager
def _engine(workers: int, wanted: _Wanted, *, conllu: bool) -> Iterator[Engine]:
    if workers == 1:
        work = partial(_annotate, wanted, conllu=conllu)
        yield Engine(_annotator(wanted).producer, lambda chunks: map(work, chunks))
        return
    # A forked copy of a process that has used torch can hang: workers start afresh.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin_worker)
    try:
        producer = pool.submit(_producer, wanted).result()
        yield Engine(
            producer, lambda chunks: _through(pool, chunks, wanted, conllu=conllu, ahead=2 * workers)
        )
    finally:
        pool.shutdown(cancel_futures=True)


def _through(
    pool: ProcessPoolExecutor, chunks: Iterable[list[Document]], wanted: _Wanted, *, conllu: bool, ahead: int
) -> Iterator[list[Outcome]]:
    """Results in order, with no more than `ahead` chunks under way, so that memory stays flat."""
    waiting: deque[Future[list[Outcome]]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(_annotate, wanted, chunk, conllu=conllu))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and die with it: an orphan would hold the models' memory for good."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def _die_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


@cache
def _annotator(wanted: _Wanted) -> Annotator:
    """The models, loaded once a process, on one thread: more processes with more threads each are slower."""
    return Annotator(models=wanted.models, nested=wanted.nested, threads=1)


def _producer(wanted: _Wanted) -> Producer:
    return _annotator(wanted).producer


def _annotate(wanted: _Wanted, documents: list[Document], *, conllu: bool) -> list[Outcome]:
    return [_outcome(result) for result in _annotator(wanted).results(documents, conllu=conllu)]


def _outcome(result: Result) -> Outcome:
    name, outcome = result.document.id, result.outcome
    if isinstance(outcome, BadDocument):
        return Outcome(name, reject=reject_to_json(outcome))
    line = annotation_to_json(outcome)
    try:
        annotation_from_json(line, document=result.document)
    except BadAnnotation as error:
        return Outcome(name, reject=reject_to_json(BadDocument(str(error), where=name, stage="store")))
    return Outcome(name, annotation=line, conllu=result.conllu)
