"""The command line: what each command prints, and every row of bad input with its exit code."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator.cli import call
from annotator.store import locked

STORY = """The harbour board of Ostmark said on Monday that the ferry would not sail before noon.

“Nobody told us that the crew had left,” said Lena Harbst, who chairs the board. “We learned it at the quay.”
"""
DANISH = """Havnebestyrelsen sagde mandag, at færgen ikke ville sejle før middag, og at ingen havde fået besked om det.

Formanden mener, at besætningen gik fra borde, uden at nogen blev spurgt, og at det må få følger for rederiet.
"""
COMMANDS = [
    ("annotate",),
    ("link",),
    ("push",),
    ("pull",),
    ("audit",),
    ("export",),
    ("schemas",),
    ("show",),
    ("run",),
    ("studio", "start"),
    ("studio", "stop"),
    ("studio", "status"),
    ("studio", "backend"),
    ("studio", "invite"),
    ("studio", "accounts"),
    ("studio", "add"),
    ("studio", "backup"),
    ("studio", "restore"),
    ("models", "list"),
    ("models", "download"),
]


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / "ferry.txt").write_text(STORY, encoding="utf8")
    return folder


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A place without `.env` or server, and a port on which nobody listens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANNOTATOR_STUDIO_DIR", str(tmp_path / "studio"))
    monkeypatch.setenv("ANNOTATOR_STUDIO_PORT", "9")
    monkeypatch.delenv("ANNOTATOR_STUDIO_URL", raising=False)
    monkeypatch.setenv("ANNOTATOR_STUDIO_TOKEN", "0123456789")


@pytest.fixture(scope="module")
def annotated(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("annotated")
    (folder / "ferry.txt").write_text(STORY, encoding="utf8")
    assert call(["annotate", str(folder / "ferry.txt"), "--out", str(folder / "out")]) == 0
    return folder / "out"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


def one_line(capsys) -> str:
    """What stands on standard error: one line that names the program."""
    told = capsys.readouterr().err
    assert re.fullmatch(r"annotator: [^\n]+\n", told), told
    return told


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(capsys, command):
    assert call([*command, "--help"]) == 0
    told = capsys.readouterr().out
    assert re.search(rf"^ +Example: annotator {' '.join(command)}", told, re.MULTILINE)


def test_no_command_lists_the_commands(capsys):
    assert call([]) == 0
    told = capsys.readouterr().out
    assert all(re.search(rf"^  {command[0]} ", told, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["annotate", "{in}", "--out", "{out}", "--fast"], "--fast"),
        (["annotate", "{in}"], "--out"),
        (["annotate", "{in}", "--out", "{out}", "--workers", "many"], "--workers"),
        (["annotate", "{in}", "--out", "{out}", "--models", "homemade"], "--models"),
        (["annotate", "{in}", "--out", "{out}", "--shard", "3"], "give I/N"),
        (["annotate", "{in}", "--out", "{out}", "--shard", "9/4"], "shard 9/4"),
        (["annotate", "{in}", "--out", "{out}", "--workers", "0"], "workers must be 1 or more"),
        (["annotate", "{in}/nowhere.txt", "--out", "{out}"], "nowhere.txt"),
        (["annotate", "{in}/*.html", "--out", "{out}"], "*.html"),
        (["annotate", "{empty}", "--out", "{out}"], "empty"),
        (["annotate", "{in}", "--out", "{in}/out"], "lies inside the input"),
        (["export", "{empty}"], "empty"),
        (["link", "{empty}"], "empty"),
        (["show", "{empty}"], "documents.jsonl"),
        (["push", "{empty}", "--project", "stories"], "documents.jsonl"),
        (["studio", "restore", "{empty}/nothing.tar.gz"], "nothing.tar.gz"),
        (["studio", "add", "a@example.org", "--password-file", "-", "--generate", "x"], "contradict"),
        (["rewrite"], "rewrite"),
        (["studio"], "command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("elsewhere")
def test_a_bad_argument_does_nothing_and_exits_with_2(
    stories, tmp_path, monkeypatch, capsys, arguments, told
):
    (tmp_path / "empty").mkdir()
    places = {"in": stories, "out": tmp_path / "out", "empty": tmp_path / "empty"}
    assert call([a.format(**places) for a in arguments]) == 2
    assert told.lower() in one_line(capsys).lower()
    assert not (tmp_path / "out").exists()
    assert not (stories / "out").exists()


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\n \t\n",
    "picture.txt": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
    "bytes.txt": "The café said it would close.".encode("latin-1") + b" \xff\xfe\x81",
    "half.jsonl": b'{"id": "h", "text": "The mayor said th',
    "long.txt": STORY.encode() * 40,
    "danish.txt": DANISH.encode(),
}


@pytest.mark.models
@pytest.mark.parametrize("name", BAD)
def test_a_bad_story_is_rejected_and_the_run_goes_on(stories, tmp_path, capsys, name):
    (stories / name).write_bytes(BAD[name])
    assert call(["annotate", str(stories), "--out", str(tmp_path / "out"), "--max-chars", "5000"]) == 0
    assert re.search(
        r": 1 stories, \d+ attributions; 1 rejected, see .*rejects\.jsonl\n", capsys.readouterr().out
    )
    (reject,) = lines(tmp_path / "out" / "rejects.jsonl")
    assert name in reject["where"]
    assert reject["reason"]
    assert reject["stage"] == "read"


@pytest.mark.models
def test_an_id_twice_with_another_text_is_rejected(tmp_path, capsys):
    path = tmp_path / "in.jsonl"
    rows = [
        {"id": "a", "text": STORY},
        {"id": "a", "text": STORY},
        {"id": "a", "text": STORY + "More followed."},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert call(["annotate", str(path), "--out", str(tmp_path / "out")]) == 0
    assert "1 rejected" in capsys.readouterr().out
    (document,) = lines(tmp_path / "out" / "documents.jsonl")
    assert "More followed" not in document["text"]


@pytest.mark.models
@pytest.mark.parametrize("name", ["empty.txt", "danish.txt"])
def test_exit_code_1_if_every_story_was_rejected(tmp_path, capsys, name):
    (tmp_path / name).write_bytes(BAD[name])
    assert call(["annotate", str(tmp_path / name), "--out", str(tmp_path / "out")]) == 1
    assert "0 stories, 0 attributions; 1 rejected" in capsys.readouterr().out


@pytest.mark.models
def test_any_language_takes_what_is_not_english(tmp_path):
    (tmp_path / "danish.txt").write_text(DANISH, encoding="utf8")
    assert (
        call(["annotate", str(tmp_path / "danish.txt"), "--out", str(tmp_path / "out"), "--any-language"])
        == 0
    )
    assert len((tmp_path / "out" / "annotations.jsonl").read_text().splitlines()) == 1


@pytest.mark.models
def test_a_folder_in_use_exits_with_4(stories, tmp_path, capsys):
    with locked(tmp_path / "out"):
        assert call(["annotate", str(stories), "--out", str(tmp_path / "out")]) == 4
    assert "is in use by process" in one_line(capsys)


@pytest.mark.models
def test_ctrl_c_exits_with_130_and_the_same_command_finishes(tmp_path, capsys):
    stories = tmp_path / "many"
    stories.mkdir()
    for number in range(8):
        (stories / f"{number}.txt").write_text(STORY.replace("noon", f"{number}") * 80, encoding="utf8")
    arguments = ["annotate", str(stories), "--out", str(tmp_path / "out")]
    child = subprocess.Popen(
        [sys.executable, "-m", "annotator", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    work = tmp_path / "out" / ".work" / "annotations.jsonl"
    deadline = time.monotonic() + 90
    while not (work.exists() and work.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert (child.returncode, told) == (130, "annotator: stopped\n")
    assert call(arguments) == 0
    assert re.search(r": 8 stories, .* as before", capsys.readouterr().out)


def test_nobody_reads_on(annotated):
    script = f"{sys.executable} -m annotator show {annotated} | true"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("elsewhere")
def test_settings_that_are_none_exit_with_2(monkeypatch, capsys):
    monkeypatch.setenv("ANNOTATOR_STUDIO_PORT", "eighty")
    assert call(["studio", "status"]) == 2
    assert "ANNOTATOR_STUDIO_PORT" in one_line(capsys)


@pytest.mark.models
@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("command", ["push", "pull"])
def test_label_studio_down_exits_with_3(annotated, capsys, command):
    assert call([command, str(annotated), "--project", "stories"]) == 3
    assert "cannot be reached at http://127.0.0.1:9" in one_line(capsys)


@pytest.mark.models
@pytest.mark.usefixtures("elsewhere")
def test_no_token_exits_with_3(annotated, monkeypatch, capsys):
    monkeypatch.delenv("ANNOTATOR_STUDIO_TOKEN")
    assert call(["push", str(annotated), "--project", "stories"]) == 3
    assert "annotator studio start" in one_line(capsys)


@pytest.mark.usefixtures("elsewhere")
def test_no_server_program_exits_with_3(monkeypatch, capsys):
    monkeypatch.setenv("ANNOTATOR_STUDIO_EXECUTABLE", "nowhere/label-studio")
    assert call(["studio", "start"]) == 3
    assert "nowhere/label-studio" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.usefixtures("elsewhere")
def test_a_server_that_does_not_run(capsys):
    assert call(["studio", "status"]) == 1
    assert call(["studio", "stop"]) == 0
    assert capsys.readouterr().out == "not running\nwas not running\n"


@pytest.mark.models
@pytest.mark.studio
def test_a_wrong_token_and_a_wrong_project_exit_with_3(
    annotated, studio_server, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANNOTATOR_STUDIO_URL", studio_server.url)
    monkeypatch.setenv("ANNOTATOR_STUDIO_TOKEN", "f" * 40)
    assert call(["push", str(annotated), "--project", "stories"]) == 3
    assert "token" in one_line(capsys)
    monkeypatch.setenv("ANNOTATOR_STUDIO_TOKEN", studio_server.token.get_secret_value())
    assert call(["pull", str(annotated), "--project", "no such project"]) == 3
    assert "no such project" in one_line(capsys)


@pytest.mark.models
@pytest.mark.studio
def test_the_whole_loop_twice(stories, server, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANNOTATOR_STUDIO_DIR", str(server.settings.studio_dir))
    monkeypatch.delenv("ANNOTATOR_STUDIO_PORT", raising=False)
    assert call(["run", str(stories)]) == 0
    told = capsys.readouterr().out
    assert f"{server.url}/projects/" in told
    assert server.server.user in told
    assert str(server.server.credentials) in told
    assert "out/stories/parquet" in told
    before = {p.name: p.read_bytes() for p in (tmp_path / "out" / "stories" / "parquet").glob("*.parquet")}
    loads = re.search(r"^Load it +(.*)$", told, re.MULTILINE).group(1)
    start, _, expression = loads.partition("; ")
    scope: dict = {}
    exec(start, scope)  # noqa: S102 - the line that we print ourselves
    assert "Lena Harbst" in eval(expression, scope)["source_text"].str.join(" ").item()  # noqa: S307 - the same

    assert call(["run", str(stories)]) == 0
    again = capsys.readouterr().out
    assert "1 as before" in again
    assert {
        p.name: p.read_bytes() for p in (tmp_path / "out" / "stories" / "parquet").glob("*.parquet")
    } == before
    assert call(["push", "out/stories", "--project", "stories"]) == 0
    assert "(0 stories and 0 pre-annotations are new)" in capsys.readouterr().out
    assert call(["pull", "out/stories", "--project", "stories"]) == 0
    assert "0 annotations by people" in capsys.readouterr().out
    assert call(["studio", "status"]) == 0
    assert server.url in capsys.readouterr().out


@pytest.mark.models
def test_show_a_story_of_a_folder_and_of_a_file(annotated, stories, capsys):
    assert call(["show", str(annotated), "ferry"]) == 0
    stored = capsys.readouterr().out
    assert STORY.strip() in stored
    assert re.search(r"Lena Harbst.*said.*Nobody told us.*direct assertion statement 0\.\d\d", stored)
    assert call(["show", str(stories / "ferry.txt")]) == 0
    assert capsys.readouterr().out == stored


@pytest.mark.models
@pytest.mark.parametrize("arguments", [["nothing-of-that-name"], ["ferry", "--layer", "gold"]])
def test_show_what_is_not_there(annotated, capsys, arguments):
    assert call(["show", str(annotated), *arguments]) == 2
    one_line(capsys)


@pytest.mark.models
def test_link_and_export(annotated, tmp_path, capsys):
    assert call(["link", str(annotated)]) == 0
    assert "register.jsonl" in capsys.readouterr().out
    assert call(["export", str(annotated), "--out", str(tmp_path / "tables")]) == 0
    assert re.search(r"1 documents, .*\d+ attributions", capsys.readouterr().out)
    assert {p.stem for p in (tmp_path / "tables").glob("*.parquet")} >= {"documents", "attributions", "spans"}


def test_schemas_are_those_that_are_committed(tmp_path):
    assert call(["schemas", "--out", str(tmp_path)]) == 0
    committed = Path(__file__).parent.parent / "schemas"
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
        p.name: p.read_text() for p in committed.iterdir()
    }


@pytest.mark.models
def test_models_list_shows_the_cards(capsys):
    assert call(["models", "list"]) == 0
    assert "licen" in capsys.readouterr().out.lower()
