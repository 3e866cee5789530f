"""The audit of a folder: counted by hand on a small one, and on disk as JSON and as a page that stands alone."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from annotator.audits import audit, write
from annotator.cli import call
from annotator.errors import BadAnnotation, BadArgument
from annotator.store import annotation_to_json, read_annotations, write_lines

DESK = Path(__file__).parent / "data" / "desk"


@pytest.fixture
def desk(tmp_path) -> Path:
    """Five stories; one was submitted by two people, two by one, as an older version wrote it down."""
    return Path(shutil.copytree(DESK, tmp_path / "desk"))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_who_did_what_in_an_older_folder(desk) -> None:
    made = audit(desk)
    assert (made.stories, made.unseen, made.double) == (5, 2, 1)
    assert [(w.document_id, w.annotator, w.accepted, w.seconds) for w in made.work] == [
        ("coast/harbour", "reader-1", 4, 96.5),
        ("coast/harbour", "reader-2", 3, 61.25),
        ("town/clinic", "reader-1", 3, 40.0),
        ("town/weather", "reader-2", 0, None),
    ]
    changed = {kind: n for kind, n in made.annotators["reader-2"]["changes"].items() if n}
    assert changed == {"borders": 1, "act": 1, "removed": 1}
    assert made.annotators["reader-1"]["median_seconds"] == pytest.approx(68.2)
    (pair,) = made.pairs
    assert (pair.one, pair.other, pair.stories) == ("reader-1", "reader-2", 1)
    assert [(c.one, c.other) for c in made.machine] == [("machine", "reader-1"), ("machine", "reader-2")]


def test_what_pull_wrote_down_goes_before_a_comparison_with_a_newer_machine(desk) -> None:
    """The person accepted what was shown; the machine has thought better of it since."""
    provenance = lines(desk / "studio.jsonl")
    for line in provenance:
        for change in line["changes"]:
            change["what"] = ["speaker"] if line["producer"] == "reader-1" else []
    write_lines(desk / "studio.jsonl", provenance)
    newer = [replace(a, attributions=()) for a in read_annotations(desk / "annotations.jsonl")]
    write_lines(desk / "annotations.jsonl", [annotation_to_json(a) for a in newer])
    done = {(w.document_id, w.annotator): w for w in audit(desk, resamples=10).work}
    assert done["coast/harbour", "reader-1"].changes["speaker"] == 4
    assert done["coast/harbour", "reader-1"].accepted == 0
    assert done["coast/harbour", "reader-2"].accepted == 5
    assert done["coast/harbour", "reader-2"].changes["added"] == 0


def test_skipped_work_drafts_findings_and_other_peoples_hands(desk) -> None:
    common = {"producer": "reader-3", "lead_time": 4.5, "created_at": "2026-03-05T10:00:00Z"}
    unfinished = [
        {"document_id": "town/clinic", "state": "skipped", **common},
        {"document_id": "town/weather", "state": "draft", **common},
    ]
    write_lines(desk / "unfinished.jsonl", unfinished)
    finding = {"document_id": "coast/harbour", "producer": "reader-1", "rule": "two_cues"}
    write_lines(desk / "lint.jsonl", [finding, finding])
    provenance = lines(desk / "studio.jsonl")
    provenance[0]["updated_by"] = "reader-9"
    write_lines(desk / "studio.jsonl", provenance)
    made = audit(desk, resamples=10)
    third = made.annotators["reader-3"]
    assert (third["submitted"], third["skipped"], third["drafts"], third["seconds"]) == (0, 1, 1, None)
    assert made.annotators["reader-1"]["findings"] == 2
    hands = {(w.document_id, w.annotator): w.touched_by for w in made.work if w.touched_by}
    first = provenance[0]
    assert hands == {(first["document_id"], first["producer"]): "reader-9"}


def test_only_skipped_work_is_work(desk) -> None:
    (desk / "human.jsonl").unlink()
    skipped = {"document_id": "town/clinic", "state": "skipped", "producer": "reader-3"}
    write_lines(desk / "unfinished.jsonl", [skipped])
    made = audit(desk)
    assert (made.unseen, made.double, made.pairs, made.machine) == (5, 0, (), ())
    assert [w.state for w in made.work] == ["skipped"]


def test_a_folder_without_peoples_work(desk, tmp_path) -> None:
    (desk / "human.jsonl").unlink()
    with pytest.raises(BadArgument, match="annotator pull"):
        audit(desk)
    with pytest.raises(BadArgument, match=r"documents\.jsonl"):
        audit(tmp_path / "nowhere")
    with pytest.raises(BadArgument, match="resamples"):
        audit(desk, resamples=0)


@pytest.mark.parametrize("name", ["studio.jsonl", "unfinished.jsonl", "lint.jsonl"])
@pytest.mark.parametrize("line", ["{", "[]", "{}"])
def test_a_strange_line_is_named(desk, name: str, line: str) -> None:
    (desk / name).write_text(line + "\n", encoding="utf8")
    with pytest.raises(BadAnnotation, match=rf"{name}:1: not a line"):
        audit(desk)


class Page(HTMLParser):
    """Which tags were opened, what they link to, and the words between them."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.tags, self.links, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.links += [v for k, v in attrs if k in {"src", "href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:  # noqa: ARG002 - the parent names it
        self.tags.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.words.append(data)


def test_the_page_stands_alone_and_says_what_the_figures_are(desk, tmp_path) -> None:
    evil = '<script>alert("x")</script>'
    write_lines(
        desk / "unfinished.jsonl", [{"document_id": evil, "producer": "reader-3", "state": "skipped"}]
    )
    made = audit(desk, resamples=50)
    told, shown = write(made, tmp_path / "new" / "audit")
    assert json.loads(told.read_text(encoding="utf8")) == json.loads(json.dumps(made.as_dict()))
    source = shown.read_text(encoding="utf8")
    page = Page()
    page.feed(source)
    assert page.open == []
    assert page.links == []
    assert not re.search(r"https?:|url\(|@import", source)
    assert "script" not in page.tags
    assert evil in page.words
    assert page.tags.count("svg") == 6, "changes, times, one pair, alpha over all, the machine and two people"
    act = made.pairs[0].alpha["act"]
    assert f"{act.value:.2f} n {act.n}" in page.words


def test_a_folder_that_cannot_be_written_to(desk, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadArgument, match="cannot be written"):
        write(audit(desk, resamples=10), tmp_path / "file" / "audit")


def test_the_command_tells_and_writes_the_same(desk, capsys) -> None:
    assert call(["audit", str(desk), "--resamples", "50"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^ reader-2 +2 +0 +0 +5 +3 +61 +0", told, re.MULTILINE)
    assert re.search(r"^ reader-2 +1 +0 +0 +0 +1 +0 +0 +1", told, re.MULTILINE)
    assert re.search(r"^ alpha act +0\.70", told, re.MULTILINE)
    assert max(map(len, told.splitlines()[:20])) <= 100
    found = json.loads((desk / "audit" / "audit.json").read_text(encoding="utf8"))
    assert found["pairs"][0]["f1"]["exact.content"]["value"] == pytest.approx(0.6667)
    assert (desk / "audit" / "audit.html").exists()


def test_the_command_on_a_folder_without_work_is_one_line(desk, capsys) -> None:
    (desk / "human.jsonl").unlink()
    assert call(["audit", str(desk)]) == 2
    assert re.fullmatch(r"annotator: .*annotator pull\n", capsys.readouterr().err)
