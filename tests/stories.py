"""Stories for a real Label Studio, and what its page and its API do with their tasks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx

from annotator.labelstudio.client import connected, find_project, tasks_where
from annotator.model import (
    Annotation,
    Attribution,
    Document,
    Entity,
    EntityMention,
    Paragraph,
    Producer,
    Span,
    attribution_id,
    entity_id,
)
from annotator.store import annotation_to_json, document_to_json, write_lines

if TYPE_CHECKING:
    from pathlib import Path

VERSION = Producer("model", "annotator", "0.1.0", "0123456789abcdef")
NEWER = Producer("model", "annotator", "0.1.1", "0123456789abcdef")


def story(number: int, words: str = "the dam will hold") -> tuple[Document, Annotation]:
    """A story with one report by one person, behind letters that could be miscounted: emoji, combined, CRLF."""
    text = f"🚢 Nº {number} · שלום · Zoe\u0308\r\n\r\nEngineer Tove Brask said {words}."
    document = Document(
        f"story-{number:03d}", text, title=f"Story {number}", paragraphs=(Paragraph(0, len(text)),)
    )

    def at(part: str) -> Span:
        start = text.index(part)
        return Span(start, start + len(part))

    name = at("Tove Brask")
    mentions = (EntityMention(name.start, name.end, "name"),)
    tove = Entity(entity_id(document.text_sha256, mentions), "Tove Brask", "person", mentions)
    source, cue, content = (at("Engineer Tove Brask"),), (at("said"),), (at(words),)
    attribution = Attribution(
        attribution_id(document.text_sha256, source=source, cue=cue, content=content),
        content,
        source,
        cue,
        source_kind="person",
        speaker_ids=(tove.id,),
        score=round(1 - number / 1000, 3),
    )
    return document, Annotation(
        document.id, document.text_sha256, "machine", VERSION, (attribution,), (tove,)
    )


def save(folder: Path, stories: list[tuple[Document, Annotation]]) -> Path:
    write_lines(folder / "documents.jsonl", [document_to_json(d) for d, _ in stories])
    write_lines(folder / "annotations.jsonl", [annotation_to_json(a) for _, a in stories])
    return folder


def tasks(server, project: str) -> list:
    with connected(server.url, server.token) as api:
        found = find_project(api, project)
        return [] if found is None else list(tasks_where(api, int(found.id), whole=True))


def submit(server, task_id: int, result: list[dict], **more: object) -> int:
    """What the annotator's page sends on Submit."""
    body = {"result": result, "was_cancelled": False, "lead_time": 12.5, **more}
    return call(server, "POST", f"/api/tasks/{task_id}/annotations/", body)["id"]


def call(server, method: str, path: str, body: object = None) -> dict:
    headers = {"Authorization": f"Token {server.token.get_secret_value()}"}
    answer = httpx.request(method, server.url + path, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.json() if answer.content else {}


def first_result(task) -> tuple[int, list[dict]]:
    prediction = task.predictions[0]
    return prediction.id, json.loads(json.dumps(prediction.result))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def long_story(reports: int, *, tied: int | None = None) -> tuple[Document, Annotation]:
    """A story with a report of three spans in each paragraph; that of paragraph `tied` goes on in the next."""
    text, paragraphs, attributions, mentions = "", [], [], []
    shapes: list[tuple[Span, Span, list[Span]]] = []
    for n in range(reports):
        start = len(text)
        text += "🌊 " if n % 7 == 0 else ""
        parts = [Span(start, start)] * 3
        for k, words in enumerate(("Engineer Tove Brask", "said", f"that gate {n} will hold")):
            parts[k] = Span(len(text), len(text) + len(words))
            text += words + (" " if k < 2 else ".")
        mentions.append(EntityMention(parts[0].start + len("Engineer "), parts[0].end, "name"))
        paragraphs.append(Paragraph(start, len(text)))
        text += "\n\n" if n % 5 else "\r\n\r\n"
        shapes.append((parts[0], parts[1], [parts[2]]))
        if n == tied:
            words = "and that the other gates will"
            shapes[-1][2].append(Span(len(text), len(text) + len(words)))
            paragraphs.append(Paragraph(len(text), len(text) + len(words) + 1))
            text += words + ".\n\n"
    document = Document("long-story", text, title="All gates", paragraphs=tuple(paragraphs))
    tove = Entity(entity_id(document.text_sha256, tuple(mentions)), "Tove Brask", "person", tuple(mentions))
    for source, cue, content in shapes:
        spans = {"source": (source,), "cue": (cue,), "content": tuple(content)}
        made = attribution_id(document.text_sha256, **spans)
        attributions.append(
            Attribution(made, **spans, source_kind="person", speaker_ids=(tove.id,), score=0.5)
        )
    return document, Annotation(
        document.id, document.text_sha256, "machine", VERSION, tuple(attributions), (tove,)
    )
