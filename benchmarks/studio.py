"""What push and pull take for 1,000 stories of 30 spans on a running Label Studio, beside the server's own floor.

    ANNOTATOR_STUDIO_TOKEN=... python benchmarks/studio.py http://127.0.0.1:8080 [STORIES]

The floor of a push is `import_tasks` and `import_predictions` of the same payload and nothing else. Projects
are made for it and deleted afterwards. Prints JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import httpx

from annotator.labelstudio import label_config, pull, push, to_task
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
    from collections.abc import Callable

REPORTS = 10  # of a source, a cue and a content: 30 spans a story
BATCH = 100
SETTLED = 6.5  # seconds after which a pull believes the server's times


def story(number: int) -> tuple[Document, Annotation]:
    text, spans, mentions = "", [], []
    for n in range(REPORTS):
        found = []
        for words in (f"Engineer Tove Brask{n}", "said", f"that gate {n} of dam {number} will hold"):
            found.append(Span(len(text), len(text) + len(words)))
            text += words + " "
        text += "and went on with the work of the day, as she does in most weeks of the year.\n\n"
        spans.append(found)
        mentions.append(EntityMention(found[0].start + 9, found[0].end, "name"))
    document = Document(f"story-{number:05d}", text, paragraphs=(Paragraph(0, len(text)),))
    people = [
        Entity(entity_id(document.text_sha256, (m,)), m.span.of(text), "person", (m,)) for m in mentions
    ]
    made = []
    for (source, cue, content), who in zip(spans, people, strict=True):
        roles = {"source": (source,), "cue": (cue,), "content": (content,)}
        made.append(
            Attribution(
                attribution_id(document.text_sha256, **roles),
                **roles,
                source_kind="person",
                speaker_ids=(who.id,),
                score=0.5,
            )
        )
    producer = Producer("model", "bench", "1")
    return document, Annotation(
        document.id, document.text_sha256, "machine", producer, tuple(made), tuple(people)
    )


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return round(time.perf_counter() - start, 2)


def floor(url: str, token: str, stories: list[tuple[Document, Annotation]], title: str) -> float:
    """The server's own time for the payload, sent as the client sends it, with nothing looked up."""
    tasks = [to_task(*pair) for pair in stories]
    with connected(url, token) as api:
        project = api.projects.create(title=title, label_config=label_config()).id
        start = time.perf_counter()
        for at in range(0, len(tasks), BATCH):
            batch = tasks[at : at + BATCH]
            answer = api.projects.import_tasks(
                id=project, request=[{"data": t["data"]} for t in batch], return_task_ids=True
            )
            rows = [{"task": i, **t["predictions"][0]} for i, t in zip(answer.task_ids, batch, strict=True)]
            api.projects.import_predictions(id=project, request=rows)
        taken = time.perf_counter() - start
        api.projects.delete(project)
    return round(taken, 2)


def submit(url: str, token: str, tasks: list, count: int) -> None:
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as http:
        for task in tasks[:count]:
            prediction = task.predictions[0]
            body = {"result": prediction.result, "parent_prediction": prediction.id, "lead_time": 9.0}
            http.post(f"{url}/api/tasks/{task.id}/annotations/", json=body).raise_for_status()


def main() -> None:
    url, token = sys.argv[1], os.environ["ANNOTATOR_STUDIO_TOKEN"]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    stories = [story(n) for n in range(count)]
    told: dict[str, object] = {"stories": count, "spans": count * REPORTS * 3}
    floors, pushes = [], []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_lines(folder / "documents.jsonl", [document_to_json(d) for d, _ in stories])
        write_lines(folder / "annotations.jsonl", [annotation_to_json(a) for _, a in stories])
        for round_ in range(3):
            floors.append(floor(url, token, stories, f"bench floor {round_}"))
            reach = {"project": f"bench push {round_}", "url": url, "token": token}
            pushes.append(seconds(lambda reach=reach: push(folder, **reach)))
        told |= {"floor_s": floors, "push_s": pushes, "ratio": round(median(pushes) / median(floors), 2)}
        told["push_again_s"] = seconds(lambda: push(folder, **reach))
        with connected(url, token) as api:
            number = int(find_project(api, reach["project"]).id)
            there = list(tasks_where(api, number, whole=True))
            submit(url, token, there, count * 3 // 10)
            time.sleep(SETTLED)
            told["pull_full_s"] = seconds(lambda: pull(folder, **reach))
            told["pull_nothing_new_s"] = seconds(lambda: pull(folder, **reach))
            submit(url, token, there[count * 3 // 10 :], 10)
            told["pull_ten_new_s"] = seconds(lambda: pull(folder, **reach))
            for round_ in range(3):
                api.projects.delete(int(find_project(api, f"bench push {round_}").id))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
