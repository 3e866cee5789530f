"""Annotation → Label Studio: a task with its pre-annotation, as dictionaries with ids that never change.

A Source region carries its speakers, a Cue region the act and the attitude (the first Content where there is
no cue). Relations run from the first Content to the Sources and the Cues, and from each Content to its next
piece, without labels: what one means follows from what it points at, and labels of arrows that start at one
word would hide each other.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from annotator.errors import BadAnnotation
from annotator.labelstudio.config import choices
from annotator.model import READABLE, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotator.model import Annotation, Attribution, Document, Entity, Producer

__all__ = ["check_result", "model_version", "speaker_names", "to_data", "to_prediction", "to_task"]

Region = dict[str, Any]


def to_task(document: Document, annotation: Annotation) -> dict[str, Any]:
    """The task for a story with one prediction: `{"data": {...}, "predictions": [{...}]}`."""
    data = to_data(document, annotation)
    known = frozenset(speaker["value"] for speaker in data["speakers"])
    return {"data": data, "predictions": [to_prediction(document, annotation, known=known)]}


def to_data(
    document: Document, annotation: Annotation, *, part: Span | None = None, told: str = ""
) -> dict[str, Any]:
    """What the task shows (text, title, origin, names to choose from) and the key by which we find it.

    Of a long story a task shows a `part`, told beside the title ("2 of 3"); names are those of all of it.
    """
    origin = (document.meta.get("source"), document.date, document.url)
    return {
        "text": document.text if part is None else part.of(document.text),
        "title": " ".join(word for word in (document.title, f"({told})" if told else "") if word),
        "source_line": " · ".join(str(part) for part in origin if part),
        "speakers": [{"value": name} for name in speaker_names(annotation.entities).values()],
        "doc_id": document.id,
        "text_sha256": document.text_sha256,
        **({} if part is None else {"part": told, "start": part.start, "end": part.end}),
    }


def to_prediction(
    document: Document, annotation: Annotation, *, known: frozenset[str], part: Span | None = None
) -> dict[str, Any]:
    """The pre-annotation; speakers that the task's list (`known`) lacks are filled in as typed names.

    With `part` that of the attributions in it, in offsets of its text.

    Its score is the mean of the attributions' scores, so that the stories of which the model is least sure
    come first; None where there is no attribution with a score.
    """
    names = speaker_names(annotation.entities)
    attributions = [a for a in annotation.attributions if part is None or min(a.spans) in part]
    scores = [a.score for a in attributions if a.score is not None]
    return {
        "model_version": model_version(annotation.producer),
        "score": round(sum(scores) / len(scores), 4) if scores else None,
        "result": _shifted(
            [*_result(document, attributions, names, known), *_left_out(document, part)],
            0 if part is None else part.start,
        ),
    }


def model_version(producer: Producer) -> str:
    """The producer as Label Studio's model version: name, version and a short hash of the settings."""
    settings = hashlib.sha256(producer.settings.encode()).hexdigest()[:8] if producer.settings else ""
    return "-".join(part for part in (producer.name, producer.version, settings) if part)


def speaker_names(entities: Iterable[Entity]) -> dict[str, str]:
    """What to call each entity in the list of speakers, by id, in the order of their first mentions.

    Two entities of one name are told apart by a number, so that a chosen name means one of them.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for entity in sorted(entities, key=lambda e: (min((m.start for m in e.mentions), default=0), e.id)):
        name = plain = " ".join(entity.name.split()) or entity.id
        number = 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        names[entity.id] = name
    return names


def check_result(text: str, result: Sequence[Mapping[str, Any]], *, known: frozenset[str]) -> None:
    """Raise BadAnnotation for what the server would take and the annotator's page would break on.

    Spans lie in the text, ids occur once, values are offered by the set-up, relations join regions that exist
    and no two of them the same pair.
    """
    allowed = {**choices(), "speaker": tuple(known)}
    spans: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for item in result:
        if item["type"] == "relation":
            pair = (item["from_id"], item["to_id"])
            _require(pair not in pairs, f"two relations join {pair[0]} and {pair[1]}")
            _require(
                spans.issuperset(pair), f"a relation joins {pair[0]} and {pair[1]}, and one is not there"
            )
            pairs.add(pair)
            continue
        value = item["value"]
        if item["type"] == "labels":
            start, end = value["start"], value["end"]
            _require(0 <= start < end <= len(text), f"[{start}, {end}) is no range of the text")
            _require(item["id"] not in spans, f"region {item['id']} is there twice")
            spans.add(item["id"])
        _require(
            item["id"] in spans, f"{item['from_name']} stands on region {item['id']}, which is not there"
        )
        for chosen in value.get("labels", []) + value.get("choices", []):
            _require(chosen in allowed[item["from_name"]], f"{item['from_name']} has no value {chosen!r}")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadAnnotation(otherwise)


def _result(
    document: Document, attributions: Iterable[Attribution], names: Mapping[str, str], known: frozenset[str]
) -> list[Region]:
    regions: dict[str, Region] = {}
    extras: dict[tuple[str, str], Region] = {}
    relations: dict[tuple[str, str], Region] = {}

    def region(span: Span, label: str, score: float | None, *key: str) -> Region:
        made = _region(document, span, label, score, key)
        kept = regions.setdefault(made["id"], made)
        if "score" in kept and score is not None:  # of a shared region: the least sure attribution
            kept["score"] = min(kept["score"], round(score, 4))
        return kept

    def extra(on: Region, made: Region) -> None:
        extras.setdefault((on["id"], made["from_name"]), made)

    def relate(tail: Region, head: Region) -> None:
        pair = (tail["id"], head["id"])
        relations.setdefault(pair, _relation(*pair))

    for a in attributions:
        speakers = [names[i] for i in a.speaker_ids]
        # A Content belongs to one attribution; a Source is shared if it means the same speakers, a Cue if it
        # has the same values: in "Ode said A and warned of B" both reports point at one region for "Ode".
        contents = [region(s, "Content", a.score, a.id) for s in a.content]
        sources = [region(s, "Source", a.score, *speakers) for s in a.source]
        cues = [region(s, "Cue", a.score, a.act, a.attitude) for s in a.cue]
        for on in cues or contents[:1]:
            extra(on, _choice(on, "act", [a.act]))
            extra(on, _choice(on, "attitude", [a.attitude]))
        for on in sources if speakers else []:
            extra(on, _speaker(on, speakers, known))
        for target in sources + cues:
            relate(contents[0], target)
        for left, right in pairwise(contents):
            relate(left, right)
    return [*regions.values(), *extras.values(), *relations.values()]


def _left_out(document: Document, part: Span | None) -> list[Region]:
    """Grey where nothing is looked for (a caption, "Read also"): neighbouring paragraphs as one, nobody's to move."""
    runs: list[Span] = []
    open_ = False
    for p in document.paragraphs:
        grey = p.kind not in READABLE and (part is None or Span(p.start, p.end) in part)
        if grey and open_:
            runs[-1] = Span(runs[-1].start, p.end)
        elif grey and p.start < p.end:
            runs.append(Span(p.start, p.end))
        open_ = grey and bool(runs)
    made = [_region(document, run, "Left out", None, ()) for run in runs]
    return [{**region, "from_name": "page", "readonly": True} for region in made]


def _shifted(result: list[Region], by: int) -> list[Region]:
    for item in result if by else ():
        for key in {"start", "end"} & item.get("value", {}).keys():
            item["value"][key] -= by
    return result


def _region(document: Document, span: Span, label: str, score: float | None, key: Sequence[str]) -> Region:
    identity = "\x1f".join([document.text_sha256, label, str(span.start), str(span.end), *key])
    made = {
        "id": hashlib.sha256(identity.encode()).hexdigest()[:10],
        "from_name": "span",
        "to_name": "text",
        "type": "labels",
        "origin": "prediction",
        "value": {"start": span.start, "end": span.end, "text": span.of(document.text), "labels": [label]},
    }
    return made if score is None else {**made, "score": round(score, 4)}


def _choice(on: Region, control: str, chosen: list[str]) -> Region:
    place = {key: on["value"][key] for key in ("start", "end", "text")}
    return {
        "id": on["id"],
        "from_name": control,
        "to_name": "text",
        "type": "choices",
        "origin": "prediction",
        "value": {**place, "choices": chosen},
    }


def _speaker(on: Region, speakers: list[str], known: frozenset[str]) -> Region:
    """The speakers as choices of the list, or typed where the list of an older push lacks one of them."""
    if known.issuperset(speakers):
        return _choice(on, "speaker", speakers)
    place = {key: on["value"][key] for key in ("start", "end")}
    return {
        "id": on["id"],
        "from_name": "speaker_name",
        "to_name": "text",
        "type": "textarea",
        "origin": "prediction",
        "value": {**place, "text": ["; ".join(speakers)]},
    }


def _relation(tail: str, head: str) -> Region:
    return {"type": "relation", "from_id": tail, "to_id": head, "direction": "right", "labels": []}
