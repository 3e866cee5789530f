"""The names that the package promises, and what asking for them loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import annotator

HEAVY = ("torch", "stanza", "label_studio_sdk", "trafilatura", "typer", "rich", "ray", "transformers")


def imported_for_types() -> set[str]:
    tree = ast.parse(Path(annotator.__file__).read_text(encoding="utf8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {name.name for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names}


def modules_after(code: str) -> set[str]:
    code += "\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("name", annotator.__all__)
def test_every_name_is_there(name):
    value = getattr(annotator, name)
    assert value.__name__ == name
    assert value.__module__.startswith("annotator.")
    assert value.__doc__


def test_the_three_lists_of_names_agree():
    assert annotator.__all__ == sorted(annotator.__all__)
    assert set(annotator.__all__) == set(annotator._HOME_OF) == imported_for_types()
    assert set(annotator.__all__) <= set(dir(annotator))


def test_another_name_is_not():
    with pytest.raises(AttributeError, match="annotate_everything"):
        _ = annotator.annotate_everything


def test_the_package_alone_loads_nothing_heavy():
    assert modules_after("import annotator").isdisjoint((*HEAVY, "polars", "pydantic"))


def test_loading_an_export_needs_neither_models_nor_label_studio():
    loaded = modules_after("import annotator; annotator.load; annotator.export")
    assert "polars" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_help_needs_no_models():
    assert modules_after("from annotator.cli import call; call(['annotate', '--help'])").isdisjoint(
        {"torch", "stanza", "label_studio_sdk", "polars"}
    )
