"""A person at the page, in a real Chromium: what is shown, what is changed, and what arrives beside the model's."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import httpx
import polars as pl
import pytest

from annotator.dataset import export, load
from annotator.labelstudio import label_config, pull, push, serve
from annotator.labelstudio.config import choices
from annotator.model import (
    ACTS,
    ATTITUDES,
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
from annotator.store import annotation_to_json, document_to_json, read_annotations, write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.studio]

# Letters before the reports that take several code points or bytes, and spans that a page could miscount.
SAIL = "“will sail 🌊 to Cafe\u0301 שלום.”"
TEXT = (
    "🚢 Harbour news · שלום 👩‍👩‍👧 · Zoe\u0308 <i>&amp;\r\n\r\n“The ferry,” said Mira Oduya, the harbour master, "
    f"{SAIL} She warned that the pier may close.\n\nAccording to Lund Freight, the fog was forecast."
)

# Where words of the story stand on the screen: the left edge of the first, the right edge of the last.
PLACE = """
words => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const start = node.data.indexOf(words);
    if (start < 0 || !node.parentElement.closest('[class*=richtext__container]')) continue;
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + words.length);
    const box = range.getBoundingClientRect();
    return { left: box.left, right: box.right, middle: (box.top + box.bottom) / 2 };
  }
}
"""


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def attribution(source: str, cue: str, *content: str, **values: object) -> Attribution:
    spans = {"source": (at(source),), "cue": (at(cue),), "content": tuple(at(piece) for piece in content)}
    sha = Document("any", TEXT).text_sha256
    return Attribution(id=attribution_id(sha, **spans), **spans, source_kind="person", score=0.8, **values)


def words(attribution: Attribution) -> list[str]:
    return [s.of(TEXT) for s in attribution.spans]


def story(name: str) -> tuple[Document, Annotation]:
    document = Document(
        name, TEXT, title="Ferry <img src=x onerror=alert(1)> to sail", paragraphs=(Paragraph(0, len(TEXT)),)
    )
    sha = document.text_sha256
    named = [
        (EntityMention(s.start, s.end, form),)
        for s, form in ((at("Mira Oduya"), "name"), (at("Lund Freight"), "name"))
    ]
    mira = Entity(entity_id(sha, named[0]), "Mira Oduya", "person", named[0])
    lund = Entity(entity_id(sha, named[1]), "Lund Freight", "organization", named[1])
    by_mira = {"speaker_ids": (mira.id,)}
    attributions = (
        attribution(
            "Mira Oduya, the harbour master,",
            "said",
            "“The ferry,”",
            SAIL,
            quote_type="direct",
            **by_mira,
        ),
        attribution("She", "warned", "that the pier may close", act="warning", **by_mira),
        attribution("Lund Freight", "According to", "the fog was forecast", speaker_ids=(lund.id,)),
    )
    producer = Producer("model", "annotator", "0.1.0", "0123456789abcdef")
    return document, Annotation(name, sha, "machine", producer, attributions, (mira, lund))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stories = [story("accepted"), story("corrected")]
    write_lines(tmp_path / "documents.jsonl", [document_to_json(d) for d, _ in stories])
    write_lines(tmp_path / "annotations.jsonl", [annotation_to_json(a) for _, a in stories])
    return tmp_path


def open_story(page: Page, address: str, number: int) -> None:
    page.goto(f"{address}?task={number}")
    page.wait_for_function("window.Htx?.annotationStore?.selected?.regions.length === 10")
    page.locator(".htx-highlight").first.wait_for()


def submit(page: Page) -> None:
    with page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as answer:
        page.keyboard.press("Control+Enter")
    assert answer.value.status == 201


def click(page: Page, words: str) -> None:
    """Select the region in which these words stand."""
    point(page, words)
    page.wait_for_function("Htx.annotationStore.selected.selectedRegions.length === 1")


def point(page: Page, words: str) -> None:
    place = page.evaluate(PLACE, words)
    page.mouse.click((place["left"] + place["right"]) / 2, place["middle"])


def draw(page: Page, words: str) -> None:
    """Mark words with the mouse, from the first letter to the last."""
    place = page.evaluate(PLACE, words)
    page.mouse.move(place["left"] + 1, place["middle"])
    page.mouse.down()
    page.mouse.move(place["right"], place["middle"], steps=8)
    page.mouse.up()


def drag(page: Page, handle: str, words: str, side: str) -> None:
    """Take a handle of the selected region to the edge of `words`."""
    box = page.locator(f"area.{handle}").bounding_box()
    place = page.evaluate(PLACE, words)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(place[side] - 30, place["middle"], steps=5)
    page.mouse.move(place[side] + 1, place["middle"], steps=5)
    page.mouse.up()


def stands_beside(folder: Path, machine: Annotation) -> None:
    """What the person changed is in the exported tables, beside what the model had said."""
    export(folder, folder / "parquet")
    both = load(folder / "parquet", layer="all").attributions.filter(pl.col("document_id") == "corrected")
    said = {(row["layer"], row["content_text"]): row["act"] for row in both.iter_rows(named=True)}
    assert said["human", "the pier may close"] == "promise"
    assert said["machine", machine.attributions[1].content[0].of(TEXT)] == machine.attributions[1].act
    best = load(folder / "parquet").attributions.filter(pl.col("document_id") == "corrected")
    assert set(best["layer"]) == {"human"}


def test_a_person_corrects_a_story_and_it_comes_back_beside_the_models(studio_server, page, folder) -> None:
    reach = {"project": "In the browser", "url": studio_server.url, "token": studio_server.token}
    report = push(folder, **reach)
    assert (report.new_tasks, report.new_predictions) == (2, 2)
    tasks = page.request.get(f"{studio_server.url}/api/tasks?project={report.url.split('/')[-2]}").json()
    numbers = {task["data"]["doc_id"]: task["id"] for task in tasks["tasks"]}

    # Accepted as it is: every span is highlighted where it stands, every relation is drawn.
    open_story(page, report.url, numbers["accepted"])
    shown = {page.locator(".htx-highlight").nth(i).inner_text() for i in range(10)}
    machine = story("accepted")[1]
    assert shown == {s.of(TEXT) for a in machine.attributions for s in a.spans}
    assert page.evaluate("Htx.annotationStore.selected.relationStore.relations.length") == 7
    submit(page)

    # Corrected: a span made shorter by its handle, another act by its key, another speaker from the list,
    # a span drawn by hand and tied to its cue.
    open_story(page, report.url, numbers["corrected"])
    click(page, "pier may")
    drag(page, "__resize_left", "the pier may close", "left")
    click(page, "warned")
    page.keyboard.press("t")
    click(page, "She")
    page.locator(".attr-speaker button").first.click()
    for name in ("Mira Oduya", "Lund Freight"):  # off, on
        page.locator(f"[data-slot=command-item][data-value='{name}']").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    draw(page, "Harbour news")
    page.wait_for_function("Htx.annotationStore.selected.regions.length === 11")
    click(page, "Harbour news")
    page.keyboard.press("Alt+r")
    point(page, "According to")
    page.wait_for_function("Htx.annotationStore.selected.relationStore.relations.length === 8")
    submit(page)

    pulled = pull(folder, **reach)
    # What was drawn has a cue and no source: that is kept, and told.
    assert (pulled.annotations, pulled.new) == (2, 2)
    assert pulled.notes == ("corrected: Content “Harbour news” has no Source",)
    accepted, corrected = read_annotations(folder / "human.jsonl")
    assert [a.id for a in accepted.attributions] == [a.id for a in machine.attributions]
    assert [a.content for a in accepted.attributions] == [a.content for a in machine.attributions]
    assert accepted.entities == machine.entities
    news, sail, close, fog = corrected.attributions
    assert words(news) == ["According to", "Harbour news"], (
        "drawn by hand, behind letters of many code points"
    )
    assert (news.act, news.attitude, news.speaker_ids) == ("statement", "assertion", ())
    assert words(close) == ["She", "warned", "the pier may close"], "made shorter"
    assert (close.act, close.speaker_ids, close.source_kind) == (
        "promise",
        (machine.entities[1].id,),
        "organization",
    )
    assert [sail.id, fog.id] == [machine.attributions[0].id, machine.attributions[2].id]
    assert machine.attributions[1].id not in {a.id for a in corrected.attributions}
    same, changed = (json.loads(line) for line in (folder / "studio.jsonl").read_text().splitlines())
    assert [c["kind"] for c in same["changes"]] == ["kept"] * 3
    assert [c["kind"] for c in changed["changes"]] == ["added", "kept", "spans", "kept"]
    assert changed["model_version"] == report.model_version
    assert changed["lead_time"] > 0
    stands_beside(folder, machine)


def test_what_looks_like_a_script_is_shown_and_never_runs(studio_server, page, tmp_path, monkeypatch) -> None:
    """In the project's title, the story's title and text, and the names to pick a speaker from."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    evil = "<img src=x onerror=alert(2)>"
    monkeypatch.setattr(sys.modules[__name__], "TEXT", f"{TEXT}\n\n{evil}<script>alert(3)</script>")
    document, annotation = story("evil")
    mira = replace(annotation.entities[0], name=f"Mira {evil}")
    annotation = replace(annotation, entities=(mira, *annotation.entities[1:]))
    write_lines(tmp_path / "documents.jsonl", [document_to_json(document)])
    write_lines(tmp_path / "annotations.jsonl", [annotation_to_json(annotation)])
    title = f"Evil {evil}"
    report = push(tmp_path, project=title, url=studio_server.url, token=studio_server.token)
    page.goto(f"{studio_server.url}/projects")
    page.get_by_text(title).first.wait_for()
    page.goto(f"{report.url}?labeling=1")
    page.wait_for_function("window.Htx?.annotationStore?.selected?.regions.length === 10")
    click(page, "Mira Oduya")
    page.get_by_text(f"Mira {evil}").first.wait_for()
    page.get_by_text("<script>alert(3)</script>").first.wait_for()
    assert asked == []


def value_of(page: Page, words: str, control: str) -> list[str]:
    """What is set on the region of these words, as it would be sent."""
    sent = page.evaluate("Htx.annotationStore.selected.serializeAnnotation()")
    numbers = {
        r["id"] for r in sent if r["type"] == "labels" and TEXT[r["value"]["start"] :].startswith(words)
    }
    return [r["value"]["choices"][0] for r in sent if r.get("from_name") == control and r["id"] in numbers]


def test_the_page_at_the_width_of_a_small_screen(studio_server, page, tmp_path) -> None:
    """Rules beside the text, the bar in its place, grey that stays, a key for every value, one for "all is right"."""
    document, annotation = story("small")
    paragraphs = (Paragraph(0, TEXT.index("\r"), "boilerplate"), Paragraph(TEXT.index("“"), len(TEXT)))
    write_lines(tmp_path / "documents.jsonl", [document_to_json(replace(document, paragraphs=paragraphs))])
    write_lines(tmp_path / "annotations.jsonl", [annotation_to_json(annotation)])
    reach = {"project": "Small screen", "url": studio_server.url, "token": studio_server.token}
    report = push(tmp_path, **reach)
    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto(f"{report.url}?labeling=1")
    page.wait_for_function("window.Htx?.annotationStore?.selected?.regions.length === 11")
    page.locator(".htx-highlight").first.wait_for()

    boxes = {name: page.locator(f".attr-{name}").bounding_box() for name in ("text", "rules", "bar", "keys")}
    assert boxes["text"]["width"] >= 600
    assert boxes["rules"]["x"] >= boxes["text"]["x"] + boxes["text"]["width"]
    assert boxes["rules"]["x"] + boxes["rules"]["width"] <= 1280
    assert "Ctrl+Enter" in page.locator(".attr-keys").inner_text()

    # The values take the place of the keys; nothing moves.
    click(page, "warned")
    assert not page.locator(".attr-keys").is_visible()
    assert page.locator(".attr-bar").bounding_box() == boxes["bar"]
    for control, values in (("act", ACTS), ("attitude", ATTITUDES)):
        pairs = list(zip(keys_of(control), values, strict=True))
        for key, value in [*pairs[1:], pairs[0]]:  # the key of the value that is set takes it away
            page.keyboard.press(key)
            assert value_of(page, "warned", control) == [value], f"{key} sets {value}"
    assert page.evaluate("Htx.annotationStore.selected.regions.length") == 11
    for key, label in zip(keys_of("span"), choices()["span"], strict=True):
        page.keyboard.press("Escape")
        page.keyboard.press(key)
        chosen = "Htx.annotationStore.selected.names.get('span').selectedValues()"
        assert page.evaluate(chosen) == [label]
        page.keyboard.press(key)
    page.keyboard.press("Escape")

    # Grey belongs to nobody: it can be read, and not be deleted.
    click(page, "Harbour news")
    page.keyboard.press("Backspace")
    assert page.evaluate("Htx.annotationStore.selected.regions.length") == 11
    page.keyboard.press("Escape")
    page.mouse.move(400, 500)
    page.mouse.wheel(0, 3000)
    assert page.locator(".attr-bar").bounding_box()["y"] >= 0, "the bar stays while the text goes by"
    page.mouse.wheel(0, -3000)
    click(page, "warned")
    page.keyboard.press(dict(zip(ACTS, keys_of("act"), strict=True))["warning"])
    submit(page)
    pull(tmp_path, **reach)
    (human,) = read_annotations(tmp_path / "human.jsonl")
    assert [(a.id, a.act) for a in human.attributions] == [(a.id, a.act) for a in annotation.attributions]


def keys_of(control: str) -> list[str]:
    root = ET.fromstring(label_config())  # noqa: S314 - our own file
    return [tag.attrib["hotkey"] for c in root.iter() if c.attrib.get("name") == control for tag in c]


@pytest.mark.models
def test_a_story_without_an_annotation_gets_one_when_it_is_opened(studio_server, page, free_port) -> None:
    server = studio_server
    headers = {"Authorization": f"Token {server.token.get_secret_value()}"}

    def made(path: str, body: dict) -> int:
        answer = httpx.post(server.url + path, json=body, headers=headers, timeout=120)
        answer.raise_for_status()
        return answer.json()["id"]

    project = made("/api/projects", {"title": "Opened", "label_config": label_config()})
    bare = {"text": TEXT, "title": "", "source_line": "", "speakers": [], "doc_id": "bare", "text_sha256": ""}
    number = made("/api/tasks", {"project": project, "data": bare})
    lines: list[str] = []
    stop = threading.Event()
    reach = {"project": "Opened", "url": server.url, "token": server.token}
    options = {"port": free_port, "patience": 10_000.0, "stop": stop, "told": lines.append}
    thread = threading.Thread(target=serve, kwargs={**reach, **options})
    thread.start()
    try:
        while thread.is_alive() and not any("is connected" in line for line in lines):
            thread.join(0.2)
        assert thread.is_alive()
        page.goto(f"{server.url}/projects/{project}/data?task={number}")
        page.wait_for_function("window.Htx?.annotationStore?.selected?.regions.length > 2")
        drawn = page.locator(".htx-highlight").first
        # On a busy machine the editor was once seen to hold the regions and draw none: opened again it draws them.
        for _ in range(60):
            if drawn.is_visible():
                break
            page.wait_for_timeout(500)
        else:
            page.reload()
        drawn.wait_for()
        spans = page.evaluate(
            "Htx.annotationStore.selected.serializeAnnotation().filter(r => r.type === 'labels').map(r => r.value)"
        )
        assert {"said", SAIL} <= {TEXT[s["start"] : s["end"]] for s in spans}
        assert all(TEXT[s["start"] : s["end"]] == s["text"] for s in spans)
    finally:
        stop.set()
        thread.join()
