"""The audit of a folder: who did what, how long it took, where people disagree, and how the machine compares.

A computation over the files that `annotate` and `pull` write; it asks no server and changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from annotator.agreement import Figure, agreement, alphas, as_json
from annotator.changes import KINDS, changes, removed
from annotator.errors import BadAnnotation, BadArgument
from annotator.model import SCHEMA_VERSION, Annotation, Document
from annotator.page import html
from annotator.store import read_annotations, read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Audit", "Comparison", "Work", "audit", "write"]

Line = dict[str, Any]
Key = tuple[str, str]
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Work:
    """What one annotator did on one story.

    `state` is submitted, skipped or draft. `attributions` are those submitted, `accepted` those of them left as
    shown; `changes` counts by kind (`annotator.changes.KINDS`), an attribution with two kinds under both.
    `seconds` is Label Studio's lead time, None where it told none; `findings` counts those of `lint.jsonl`.
    `touched_by` is the pseudonym of another person who changed it last. Times are ISO 8601.
    """

    document_id: str
    annotator: str
    state: str
    attributions: int = 0
    accepted: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)
    seconds: float | None = None
    findings: int = 0
    created_at: str | None = None
    updated_at: str | None = None
    touched_by: str | None = None
    model_version: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two annotators, or the machine and one, on the stories that both did: F1 figures and alphas by name."""

    one: str
    other: str
    stories: int
    f1: Mapping[str, Figure]
    alpha: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that is known of people's work on a folder.

    `alpha` is over all doubly annotated stories and annotators at once; `pairs` and `machine` compare two.
    `unseen` counts stories that nobody submitted; `old_text` names the stories
    of work on a text that the folder does not hold, or no longer.
    """

    stories: int
    unseen: int
    double: int
    work: tuple[Work, ...]
    alpha: Mapping[str, Figure]
    pairs: tuple[Comparison, ...]
    machine: tuple[Comparison, ...]
    old_text: tuple[str, ...] = ()

    @property
    def annotators(self) -> dict[str, Line]:
        """By pseudonym: stories by state, attributions, accepted, changes by kind, seconds in all and at the median."""
        names = sorted({w.annotator for w in self.work})
        return {name: _total([w for w in self.work if w.annotator == name]) for name in names}

    def as_dict(self) -> Line:
        """The audit as what `audit.json` holds."""
        return {
            "schema": SCHEMA_VERSION,
            "stories": self.stories,
            "unseen": self.unseen,
            "double": self.double,
            "annotators": self.annotators,
            "alpha": as_json(self.alpha),
            "pairs": [_compared(c) for c in self.pairs],
            "machine": [_compared(c) for c in self.machine],
            "old_text": list(self.old_text),
            "work": [asdict(w) for w in self.work],
        }


def audit(folder: Path | str, *, resamples: int = 1000, seed: int = 0) -> Audit:
    """The audit of a folder that `annotate` wrote and people's work was pulled into.

    What was changed is taken from `studio.jsonl`, which compared with the version that the person was shown;
    files of older pulls tell less, and are compared with the machine's present version. Raises BadArgument
    for a folder without stories or without people's work, BadAnnotation for a line that is not as it should
    be, ModelMissing without the extra `audit`.
    """
    if resamples < 1:
        raise BadArgument("resamples must be 1 or more")
    folder = Path(folder)
    documents = {d.id: d for d in read_documents(folder / "documents.jsonl")}
    machine = {a.document_id: a for a in _annotations(folder / "annotations.jsonl")}
    human = list(_annotations(folder / "human.jsonl"))
    unfinished = list(_lines(folder / "unfinished.jsonl"))
    if not human and not unfinished:
        raise BadArgument(f"{folder} holds no work of people: fetch it with annotator pull")
    usable = [a for a in human if _same_text(a, documents)]
    by_story: dict[str, list[Annotation]] = {}
    for a in sorted(usable, key=lambda a: a.producer.name):
        by_story.setdefault(a.document_id, []).append(a)
    double = {i: made for i, made in by_story.items() if len(made) >= _FEWEST}
    options = {"resamples": resamples, "seed": seed}
    return Audit(
        stories=len(documents),
        unseen=len(documents.keys() - by_story.keys()),
        double=len(double),
        work=tuple(_work(folder, usable, unfinished, machine)),
        alpha=alphas([(documents[i].text, tuple(made)) for i, made in double.items()], **options),
        pairs=tuple(_pairs(documents, double, options)),
        machine=tuple(_against(documents, machine, usable, options)),
        old_text=tuple(dict.fromkeys(a.document_id for a in human if not _same_text(a, documents))),
    )


def write(made: Audit, out: Path | str) -> tuple[Path, Path]:
    """Write `audit.json` and `audit.html` into a folder (made if it is not there) and return their paths.

    Raises BadArgument if it cannot be written to.
    """
    out = Path(out)
    found = made.as_dict()
    files = {
        out / "audit.json": json.dumps(found, ensure_ascii=False, indent=1) + "\n",
        out / "audit.html": html(found),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_text(content, encoding="utf8")
    except OSError as error:
        raise BadArgument(f"{out} cannot be written to: {error.strerror}") from None
    return out / "audit.json", out / "audit.html"


def _annotations(path: Path) -> Iterator[Annotation]:
    if path.exists():
        yield from read_annotations(path)


def _lines(path: Path) -> Iterator[Line]:
    """The lines of a file that `pull` writes; none where it is not there, as in a folder of an older version."""
    for number, raw in enumerate(path.read_bytes().splitlines() if path.exists() else (), start=1):
        try:
            line = json.loads(raw)
            _ = line["document_id"], line["producer"]
        except (ValueError, TypeError, KeyError) as error:
            raise BadAnnotation(
                f"{path}:{number}: not a line that `annotator pull` writes: {error!r}"
            ) from None
        yield line


def _same_text(a: Annotation, documents: Mapping[str, Document]) -> bool:
    document = documents.get(a.document_id)
    return document is not None and document.text_sha256 == a.text_sha256


def _work(
    folder: Path, human: list[Annotation], unfinished: list[Line], machine: Mapping[str, Annotation]
) -> Iterator[Work]:
    known = {_key(line): line for line in _lines(folder / "studio.jsonl")}
    findings = Counter(_key(line) for line in _lines(folder / "lint.jsonl"))
    for a in human:
        key = (a.document_id, a.producer.name)
        yield _submitted(a, known.get(key, {}), machine.get(a.document_id), findings[key])
    for line in unfinished:
        yield Work(
            line["document_id"],
            line["producer"],
            line.get("state", "draft"),
            seconds=line.get("lead_time"),
            created_at=line.get("created_at"),
            updated_at=line.get("updated_at"),
        )


def _key(line: Line) -> Key:
    return line["document_id"], line["producer"]


def _submitted(a: Annotation, known: Line, machine: Annotation | None, findings: int) -> Work:
    kinds, gone = _kinds(a, known, machine)
    counts = Counter(kind for row in kinds for kind in row)
    counts["removed"] = gone
    by = known.get("updated_by")
    return Work(
        a.document_id,
        a.producer.name,
        "submitted",
        attributions=len(a.attributions),
        accepted=sum(not row for row in kinds),
        changes={kind: counts[kind] for kind in KINDS},
        seconds=known.get("lead_time"),
        findings=findings,
        created_at=known.get("created_at"),
        updated_at=known.get("updated_at"),
        touched_by=by if by != a.producer.name else None,
        model_version=known.get("model_version"),
    )


def _kinds(a: Annotation, known: Line, machine: Annotation | None) -> tuple[list[list[str]], int]:
    """The kinds of change of each attribution, and how many of those shown were removed."""
    told = known.get("changes", [])
    if told and all("what" in change for change in told):
        return [list(change["what"]) for change in told], len(known["removed"])
    if known and not told and not a.attributions:
        return [], len(known.get("removed", []))
    before = machine.attributions if machine is not None and machine.text_sha256 == a.text_sha256 else ()
    found = changes(before, a.attributions)
    return [list(change.kinds) for change in found], len(removed(before, found))


def _pairs(
    documents: Mapping[str, Document], double: Mapping[str, list[Annotation]], options: Mapping[str, int]
) -> Iterator[Comparison]:
    shared: dict[Key, list[tuple[str, Annotation, Annotation]]] = {}
    for i, made in double.items():
        for one, other in combinations(made, 2):
            names = (one.producer.name, other.producer.name)
            shared.setdefault(names, []).append((documents[i].text, one, other))
    for (one_name, other_name), stories in sorted(shared.items()):
        yield _comparison(one_name, other_name, stories, options)


def _against(
    documents: Mapping[str, Document],
    machine: Mapping[str, Annotation],
    human: list[Annotation],
    options: Mapping[str, int],
) -> Iterator[Comparison]:
    """The machine's present version against each person, on the texts that both read."""
    shared: dict[str, list[tuple[str, Annotation, Annotation]]] = {}
    for a in human:
        theirs = machine.get(a.document_id)
        if theirs is not None and theirs.text_sha256 == a.text_sha256:
            shared.setdefault(a.producer.name, []).append((documents[a.document_id].text, a, theirs))
    for name, stories in sorted(shared.items()):
        yield _comparison("machine", name, stories, options)


def _comparison(
    one: str, other: str, stories: list[tuple[str, Annotation, Annotation]], options: Mapping[str, int]
) -> Comparison:
    both = [(text, (a, b)) for text, a, b in stories]
    return Comparison(one, other, len(stories), agreement(stories, **options), alphas(both, **options))


def _compared(c: Comparison) -> Line:
    return {
        "one": c.one,
        "other": c.other,
        "stories": c.stories,
        "f1": as_json(c.f1),
        "alpha": as_json(c.alpha),
    }


def _total(work: list[Work]) -> Line:
    states = Counter(w.state for w in work)
    times = sorted(w.seconds for w in work if w.seconds is not None and w.state == "submitted")
    return {
        "submitted": states["submitted"],
        "skipped": states["skipped"],
        "drafts": states["draft"],
        "attributions": sum(w.attributions for w in work),
        "accepted": sum(w.accepted for w in work),
        "changes": {kind: sum(w.changes.get(kind, 0) for w in work) for kind in KINDS},
        "findings": sum(w.findings for w in work),
        "seconds": round(sum(times), 1) if times else None,
        "median_seconds": round(median(times), 1) if times else None,
    }
