"""Runs over many stories: the same files whatever happens on the way."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator import batch, pipeline
from annotator.errors import AnnotatorError, BadArgument, Busy
from annotator.store import locked, read_annotations, read_documents

FILES = ("documents.jsonl", "annotations.jsonl", "rejects.jsonl")
PARAGRAPHS = (
    "The harbour board of Ostmark said on {day} that the ferry would not sail before noon.",
    "“Nobody told us that the crew had left,” said Lena Harbst, who chairs the board. “We learned it at the quay.”",
    "The crew's union accused the company of hiding a letter about wages. The company denied it.",
    "According to Paul Imre, a spokesman for the line, talks will go on until the end of the month.",
    "Critics doubt that a new ship will come, and the mayor warned that the island could run out of fuel.",
)


def story(number: int, paragraphs: int = 5) -> str:
    """A story of about 90 words for each five paragraphs, no two alike."""
    lines = [PARAGRAPHS[i % 5].format(day=f"{number} May") + f" ({number}-{i})" for i in range(paragraphs)]
    return "\n\n".join(lines) + "\n"


def write_stories(folder: Path, count: int, paragraphs: int = 5) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"story-{number:03}.txt").write_text(story(number, paragraphs), encoding="utf8")
    return folder


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in FILES}


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "annotator", "annotate", *map(str, arguments)]


LONG = 18


@pytest.fixture(scope="module")
def long_run(tmp_path_factory):
    """Stories that fill six chunks, and what an undisturbed run makes of them: fewer are done before a kill."""
    folder = tmp_path_factory.mktemp("long")
    stories = write_stories(folder / "stories", LONG, paragraphs=75)
    batch.run([stories], folder / "out")
    return stories, contents(folder / "out")


@pytest.mark.models
def test_one_line_a_story_in_input_order(tmp_path):
    stories = write_stories(tmp_path / "in", 3)
    told = []
    summary = batch.run([stories / "story-002.txt", stories], tmp_path / "out", progress=told.append)
    documents = list(read_documents(tmp_path / "out" / "documents.jsonl"))
    annotations = list(
        read_annotations(tmp_path / "out" / "annotations.jsonl", documents={d.id: d for d in documents})
    )
    assert [d.id for d in documents] == ["story-002", "story-000", "story-001"]
    assert [a.document_id for a in annotations] == [d.id for d in documents]
    assert summary == told[-1]
    assert summary.stories == 3
    assert summary.attributions == sum(len(a.attributions) for a in annotations) >= 6
    assert lines(tmp_path / "out" / "rejects.jsonl") == []
    assert not (tmp_path / "out" / ".work").exists()


@pytest.mark.models
def test_the_same_run_again_annotates_nothing_and_changes_nothing(tmp_path, monkeypatch):
    stories = write_stories(tmp_path / "in", 3)
    first = batch.run([stories], tmp_path / "out")
    before = contents(tmp_path / "out")

    def not_again(*_, **__):
        raise AssertionError("a story was annotated again")

    monkeypatch.setattr(pipeline.Annotator, "results", not_again)
    second = batch.run([stories], tmp_path / "out")
    assert contents(tmp_path / "out") == before
    assert (second.stories, second.reused, second.attributions) == (3, 3, first.attributions)


@pytest.mark.models
def test_a_folder_is_updated_by_id(tmp_path):
    stories = write_stories(tmp_path / "in", 3)
    batch.run([stories], tmp_path / "out")
    before = lines(tmp_path / "out" / "annotations.jsonl")
    (stories / "story-001.txt").write_text(story(77), encoding="utf8")
    (stories / "story-new.txt").write_text(story(78), encoding="utf8")
    summary = batch.run([stories / "story-new.txt", stories / "story-001.txt"], tmp_path / "out")
    after = lines(tmp_path / "out" / "annotations.jsonl")
    assert [a["document_id"] for a in after] == ["story-000", "story-001", "story-002", "story-new"]
    assert [d["id"] for d in lines(tmp_path / "out" / "documents.jsonl")] == [a["document_id"] for a in after]
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1]["text_sha256"] != before[1]["text_sha256"]
    assert (summary.stories, summary.reused) == (2, 0)


@pytest.mark.models
def test_a_title_alone_updates_the_document_and_annotates_nothing(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a", "text": story(1), "title": "Old"}) + "\n")
    batch.run([source], tmp_path / "out")
    source.write_text(json.dumps({"id": "a", "text": story(1), "title": "New"}) + "\n")
    assert batch.run([source], tmp_path / "out").reused == 1
    assert [d["title"] for d in lines(tmp_path / "out" / "documents.jsonl")] == ["New"]


@pytest.mark.models
def test_another_producer_annotates_anew(tmp_path):
    stories = write_stories(tmp_path / "in", 1)
    batch.run([stories], tmp_path / "out")
    path = tmp_path / "out" / "annotations.jsonl"
    (old,) = lines(path)
    path.write_text(json.dumps(old | {"producer": old["producer"] | {"settings": "older"}}) + "\n")
    assert batch.run([stories], tmp_path / "out").reused == 0
    assert lines(path) == [old]


@pytest.mark.models
def test_a_story_that_breaks_a_stage_is_rejected_with_the_stage(tmp_path, monkeypatch):
    stories = write_stories(tmp_path / "in", 3)
    honest = pipeline.resolve

    def breaks_on_one(document, analysis, attributions):
        if document.id == "story-001":
            raise IndexError("no such mention")
        return honest(document, analysis, attributions)

    monkeypatch.setattr(pipeline, "resolve", breaks_on_one)
    summary = batch.run([stories], tmp_path / "out")
    assert (summary.stories, summary.rejected) == (2, 1)
    assert [a["document_id"] for a in lines(tmp_path / "out" / "annotations.jsonl")] == [
        "story-000",
        "story-002",
    ]
    (reject,) = lines(tmp_path / "out" / "rejects.jsonl")
    assert (reject["where"], reject["stage"]) == ("story-001", "entities")
    assert "no such mention" in reject["reason"]


@pytest.mark.models
def test_a_story_that_became_bad_keeps_what_it_had(tmp_path, monkeypatch):
    stories = write_stories(tmp_path / "in", 2)
    batch.run([stories], tmp_path / "out")
    before = contents(tmp_path / "out")
    (stories / "story-001.txt").write_text(story(5), encoding="utf8")

    def breaks(*_):
        raise IndexError

    monkeypatch.setattr(pipeline, "resolve", breaks)
    summary = batch.run([stories], tmp_path / "out")
    after = contents(tmp_path / "out")
    assert (summary.stories, summary.reused, summary.rejected) == (1, 1, 1)
    assert after["annotations.jsonl"] == before["annotations.jsonl"]
    assert after["documents.jsonl"] == before["documents.jsonl"]


@pytest.mark.models
def test_two_workers_write_what_one_writes(long_run, tmp_path):
    stories, expected = long_run
    batch.run([stories], tmp_path / "out", workers=2)
    assert contents(tmp_path / "out") == expected


@pytest.mark.models
def test_a_killed_run_is_finished_by_the_same_command(long_run, tmp_path):
    stories, expected = long_run
    out = tmp_path / "out"
    child = subprocess.Popen(command(stories, "--out", out), stdout=subprocess.DEVNULL)
    work = out / ".work" / "annotations.jsonl"
    wait_until(lambda: work.exists() and work.stat().st_size > 0, child)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (out / "annotations.jsonl").exists()
    # As if it had been killed in the middle of a line.
    with work.open("a") as handle:
        handle.write('{"key": "half of a li')
    summary = batch.run([stories], out)
    assert contents(out) == expected
    assert summary.stories == LONG
    assert 0 < summary.reused < LONG


@pytest.mark.models
def test_workers_die_with_a_killed_parent(long_run, tmp_path):
    stories, _ = long_run
    child = subprocess.Popen(
        command(stories, "--out", tmp_path / "out", "--workers", "2"), start_new_session=True
    )
    work = tmp_path / "out" / ".work" / "annotations.jsonl"
    try:
        wait_until(lambda: work.exists() and work.stat().st_size > 0, child)
        child.send_signal(signal.SIGKILL)
        child.wait()
        # Signal 0 reaches nobody once the whole session has ended.
        wait_until(lambda: not session_lives(child.pid))
    finally:
        if session_lives(child.pid):
            os.killpg(child.pid, signal.SIGKILL)


def session_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(happens, child: subprocess.Popen | None = None, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline
        assert child is None or child.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)


@pytest.mark.models
def test_a_full_disk_leaves_what_was_there(tmp_path):
    stories = write_stories(tmp_path / "in", 2)
    out = tmp_path / "out"
    batch.run([stories], out)
    before = contents(out)
    more = write_stories(tmp_path / "more", 12, paragraphs=10)
    done = subprocess.run(
        command(stories, more / "*.txt", "--out", out),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000)),
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"annotator: {out}: no space left on the disk")
    assert done.stderr.count("\n") == 1
    assert contents(out) == before
    summary = batch.run([more], out)
    assert summary.stories == 12
    assert len(lines(out / "annotations.jsonl")) == 12


@pytest.mark.models
def test_a_second_run_on_a_folder_stops_at_once(tmp_path):
    stories = write_stories(tmp_path / "in", 1)
    with locked(tmp_path / "out"), pytest.raises(Busy, match=str(os.getpid())):
        batch.run([stories], tmp_path / "out")


@pytest.mark.models
def test_a_dead_worker_is_told_and_costs_nothing_that_was_finished(tmp_path):
    stories = write_stories(tmp_path / "in", 4, paragraphs=75)
    script = tmp_path / "script.py"
    # The worker loads this very file: there the annotator dies on one story, as for want of memory.
    script.write_text(
        "import os\n"
        "from annotator import batch, pipeline\n"
        "honest = pipeline.attribute\n"
        "def dies(document, *given, **more):\n"
        "    return os._exit(9) if document.id == 'story-003' else honest(document, *given, **more)\n"
        "pipeline.attribute = dies\n"
        "if __name__ == '__main__':\n"
        f"    batch.run([{str(stories)!r}], {str(tmp_path / 'out')!r}, workers=2)\n"
    )
    path = os.pathsep.join([str(Path(batch.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert "AnnotatorError" in done.stderr
    assert "a worker was killed" in done.stderr
    assert batch.run([stories], tmp_path / "out").stories == 4


@pytest.mark.models
def test_shards_are_parts_of_the_whole(tmp_path):
    stories = write_stories(tmp_path / "in", 8)
    found = []
    for i in (1, 2, 3):
        batch.run([stories], tmp_path / str(i), shard=(i, 3))
        found.append([d["id"] for d in lines(tmp_path / str(i) / "documents.jsonl")])
    assert sorted(name for part in found for name in part) == [f"story-{n:03}" for n in range(8)]
    assert sum(bool(part) for part in found) > 1


@pytest.mark.models
def test_the_parse_as_conllu(tmp_path):
    source = tmp_path / "in.jsonl"
    names = ["plain", "a/b", "../../../outside", "x" * 300]
    source.write_text("".join(json.dumps({"id": n, "text": story(i)}) + "\n" for i, n in enumerate(names)))
    batch.run([source], tmp_path / "out")
    assert not (tmp_path / "out" / "parse").exists()
    # Annotated already, but there is no parse yet.
    summary = batch.run([source], tmp_path / "out", conllu=True)
    assert summary.reused == 0
    parses = sorted((tmp_path / "out" / "parse").rglob("*.conllu"))
    assert len(parses) == 4
    assert tmp_path / "out" / "parse" / "a" / "b.conllu" in parses
    assert not list(tmp_path.parent.rglob("outside.conllu")) or all(
        p.is_relative_to(tmp_path / "out" / "parse") for p in tmp_path.parent.rglob("outside.conllu")
    )
    text = next(d["text"] for d in lines(tmp_path / "out" / "documents.jsonl") if d["id"] == "plain")
    rows = [r.split("\t") for r in (tmp_path / "out" / "parse" / "plain.conllu").read_text().splitlines()]
    words = [r for r in rows if len(r) == 10 and r[0].isdigit() and "start_char" in r[9]]
    assert len(words) > 60
    for row in words:
        misc = dict(part.split("=", 1) for part in row[9].split("|") if "=" in part)
        assert text[int(misc["start_char"]) : int(misc["end_char"])] == row[1]
    assert batch.run([source], tmp_path / "out", conllu=True).reused == 4


def test_a_half_line_of_a_killed_run_is_cut_off(tmp_path):
    whole = json.dumps({"key": "k", "annotation": {"document_id": "d", "attributions": [1, 2]}}) + "\n"
    path = tmp_path / "annotations.jsonl"
    path.write_text(whole + whole[:20])
    with path.open("a+b") as handle:
        assert batch._in_work(handle) == {"d": batch.Finished("k", 2, 0)}
    assert path.read_text() == whole


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"workers": 0}, "workers must be 1 or more"),
        ({"shard": (0, 4)}, "shard 0/4"),
        ({"shard": (5, 4)}, "shard 5/4"),
    ],
)
def test_bad_arguments_are_told_before_anything_is_made(tmp_path, options, told):
    stories = write_stories(tmp_path / "in", 1)
    with pytest.raises(BadArgument, match=told):
        batch.run([stories], tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_an_output_inside_the_input_is_refused(tmp_path):
    stories = write_stories(tmp_path / "in", 1)
    with pytest.raises(BadArgument, match="lies inside the input"):
        batch.run([stories], stories / "out")
    assert not (stories / "out").exists()


def test_an_output_that_is_a_file_is_refused(tmp_path):
    stories = write_stories(tmp_path / "in", 1)
    (tmp_path / "out").write_text("mine")
    with pytest.raises(BadArgument, match="is a file"):
        batch.run([stories], tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_errors_of_the_disk_that_are_not_for_want_of_space_stay_what_they_are(tmp_path):
    with pytest.raises(PermissionError), batch._one_line_errors(tmp_path):
        raise PermissionError(13, "Permission denied")
    with pytest.raises(AnnotatorError, match="no space left"), batch._one_line_errors(tmp_path):
        raise OSError(28, "No space left on device")


@pytest.mark.models
def test_reports_inside_reports_can_be_left_out(tmp_path):
    source, out = tmp_path / "story.txt", tmp_path / "out"
    source.write_text("The union said that the ministry had promised to pay. “It is late,” Ana Brandt said.")
    batch.run([source], out)
    (whole,) = lines(out / "annotations.jsonl")
    assert batch.run([source], out, nested=False).reused == 0
    (outer,) = lines(out / "annotations.jsonl")
    assert any(a["parent"] for a in whole["attributions"])
    assert outer["attributions"] == [a for a in whole["attributions"] if not a["parent"]]
    assert outer["producer"] != whole["producer"]
    assert batch.run([source], out, nested=False).reused == 1
