"""What lies in `schemas/` is what the code gives; `annotator schemas` writes it anew."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from annotator import dataset, labelstudio, lines, lint, store

FOLDER = Path(__file__).parent.parent / "schemas"

# Every function that gives generated files as {name: content}. One row a module.
GENERATORS = [
    store.schemas,
    dataset.schemas,
    labelstudio.schemas,
]
GENERATED = [(name, generate) for generate in GENERATORS for name in generate()]


@pytest.mark.parametrize(("name", "generate"), GENERATED, ids=[name for name, _ in GENERATED])
def test_the_file_is_what_the_code_gives(name, generate):
    assert (FOLDER / name).read_text(encoding="utf-8") == generate()[name], "run `annotator schemas`"


def test_every_file_is_generated():
    assert {p.name for p in FOLDER.iterdir()} == {name for name, _ in GENERATED}


@pytest.mark.parametrize("kind", lines.KINDS)
def test_a_schema_is_one_and_lets_no_unknown_field_in(kind):
    jsonschema.Draft202012Validator.check_schema(store.schema(kind))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": 1, "something": "else"}, store.schema(kind))


def test_the_schema_knows_the_rules_of_lint():
    assert set(store.schema("lint")["properties"]["rule"]["enum"]) == set(lint.RULES)
