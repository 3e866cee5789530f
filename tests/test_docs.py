"""What the README says can be done, can be done."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from annotator import model
from annotator.cli import app, call, entities_app, models_app, studio_app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf8")
GROUPS = {"entities": entities_app, "studio": studio_app, "models": models_app}
STORY = "The harbour board said that the ferry would not sail.\n\n“Nobody told us,” said Lena Harbst, who chairs it.\n"


def names(typer_app) -> list[str]:
    return [command.name or command.callback.__name__ for command in typer_app.registered_commands]


COMMANDS = names(app) + [f"{group} {name}" for group, sub in GROUPS.items() for name in names(sub)]
SHOWN = sorted(set(re.findall(r"`(annotator [^`]+)`", README)))
MAKE = set(re.findall(r"\bmake (\w+)", README))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert f"annotator {command}" in README or f"`{command}`" in README


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_of_the_readme_is_there_with_its_options(capsys, line):
    words = shlex.split(line)[1:]
    command = words[:2] if words[0] in GROUPS else words[:1]
    assert call([*command, "--help"]) == 0
    told = capsys.readouterr().out
    assert all(option in told for option in words if option.startswith("--"))


def test_every_target_of_the_readme_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test", "stop"} <= MAKE <= targets


def test_every_value_is_explained():
    values = {
        *model.ACTS,
        *model.ATTITUDES,
        *model.QUOTE_TYPES,
        *model.SOURCE_KINDS,
        "machine",
        "human",
        "gold",
    }
    assert [value for value in values if f"`{value}`" not in README] == []


def test_files_that_the_readme_names_are_there():
    named = ["LICENSE", "schemas/dataset.md", "training/README.md", "notebooks"]
    named += ["annotator/data/models/LICENSE-WEIGHTS.md"]
    assert [name for name in named if Path(name).name not in README] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_pictures_of_the_readme_are_there_and_small():
    named = {ROOT / name for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)}
    assert named == set((ROOT / "notebooks" / "screens").glob("*.png"))
    sizes = [path.stat().st_size for path in named]
    assert max(sizes) <= 150_000
    assert sum(sizes) <= 600_000


def test_ci_calls_exactly_make_test():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().rstrip().endswith("\nmake test")


@pytest.mark.models
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "ferry.txt").write_text(STORY, encoding="utf8")
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own examples
    told = capsys.readouterr().out
    assert "statement direct" in told
    assert "content_text" in told
