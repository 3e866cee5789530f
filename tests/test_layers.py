"""Who may import whom, and which modules are the doors to other people's packages."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
DOORS = {
    "stanza": {"parser"},
    "torch": {"parser", "encoder", "layers", "precision", "referring", "tagger"},
    "trafilatura": {"reader"},
    "label_studio_sdk": {"labelstudio"},
    "ray": {"batch"},
    "typer": {"cli"},
    "rich": {"cli"},
}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("annotator", include_external_packages=True, cache_dir=None)


def test_every_contract_is_kept(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    code = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize(("package", "doors"), DOORS.items(), ids=list(DOORS))
def test_a_package_comes_in_by_its_door_only(graph, package, doors):
    importers = graph.find_modules_that_directly_import(package) if package in graph.modules else set()
    assert {name.split(".")[1] for name in importers} <= doors


def test_the_doors_are_used(graph):
    # Were a name spelt wrong above, or the graph empty, the test before this one could not fail.
    assert {package for package in DOORS if package in graph.modules} >= set(DOORS) - {"ray"}


def test_every_module_has_its_place_in_the_layers(graph):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf8")
    assert [m for m in graph.find_children("annotator") if f"{m} " not in text and f'{m}"' not in text] == [
        "annotator.__main__"
    ]
