"""The size of modules and functions, and names that say nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

import annotator

PACKAGE = Path(annotator.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
PROGRAMS = sorted((PACKAGE.parent / "training").glob("*.py"))
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "base"}


def lengths() -> dict[str, int]:
    return {
        f"{path.relative_to(PACKAGE)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize(
    "path",
    [*MODULES, *PROGRAMS],
    ids=lambda p: str(p.relative_to(PACKAGE.parent)),
)
def test_a_module_is_read_in_one_sitting(path):
    assert len(path.read_text(encoding="utf8").splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=[str(p.relative_to(PACKAGE)) for p in MODULES])
def test_a_module_says_what_it_is(path):
    assert path.stem not in DRAWERS
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf8")))


def test_most_functions_are_short():
    sizes = lengths()
    longest = sorted(sizes, key=lambda name: -sizes[name])[:10]
    assert median(sizes.values()) <= 12
    assert quantiles(sizes.values(), n=10)[-1] <= 40, longest
