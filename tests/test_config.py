"""The annotator's page as its set-up says it: keys, colours, rules, what is grey. On screen: test_browser.py."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from stories import story

from annotator.labelstudio import from_result, label_config, to_task
from annotator.labelstudio.config import choices, former_config, instructions
from annotator.labelstudio.tasks import to_prediction
from annotator.model import ACTS, ATTITUDES, Document, Paragraph, Span

ROOT = ET.fromstring(label_config())  # noqa: S314 - our own file
# What Label Studio 1.23's own page does with keys (its settings list them under Hotkeys).
TAKEN = {
    "ctrl+enter", "ctrl+space", "ctrl+z", "ctrl+shift+z", "ctrl+backspace", "ctrl+h", "ctrl+d", "alt+r", "alt+h",
    "alt+l", "alt+m", "alt+.", "enter", "u", "escape", "backspace", "shift+up", "shift+down", "shift+left",
    "shift+right",
}  # fmt: skip
BROWSER = {f"ctrl+{key}" for key in "0123456789abcdefghijklmnopqrstuvwxyz"}


def test_no_two_keys_of_the_set_up_are_the_same_nor_one_of_label_studios_or_the_browsers() -> None:
    keys = [tag.attrib["hotkey"] for tag in ROOT.iter() if "hotkey" in tag.attrib]
    assert len(keys) == len(set(keys)) == sum(len(values) for values in choices().values())
    assert not set(keys) & (TAKEN | BROWSER)


def test_every_label_and_value_has_a_key_and_the_commonest_lie_on_the_home_hand() -> None:
    keys = {tag.attrib["value"]: tag.attrib["hotkey"] for tag in ROOT.iter() if "hotkey" in tag.attrib}
    assert [keys[label] for label in choices()["span"]] == ["1", "2", "3"]
    assert all(keys[value] in set("qwertasdfgzxcvyh") for value in (*ACTS, *ATTITUDES))


# How people who lack a kind of cone see: Machado, Oliveira and Fernandes 2009, full severity.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deutan": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "tritan": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])


def seen(colour: str, sight: str, opacity: float = 0.3) -> np.ndarray:
    """CIE L*a*b* of a label's colour as the page paints it behind words, on white."""
    full = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    painted = opacity * full + 1 - opacity
    linear = np.where(painted <= 0.04045, painted / 12.92, ((painted + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / np.array([0.9505, 1, 1.0891])
    fx, fy, fz = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_are_told_apart_by_everybody(sight: str) -> None:
    """A difference of 2 is just seen side by side; 10 is plain across a page."""
    colours = {t.attrib["value"]: t.attrib["background"] for t in ROOT.iter("Label")}
    assert len(colours) == 4
    for one, other in combinations(colours.values(), 2):
        assert np.linalg.norm(seen(one, sight) - seen(other, sight)) > 10, (one, other)


def test_the_rules_beside_the_text_are_short_and_show_good_and_bad() -> None:
    _, rules = (ET.fromstring(f"<div>{m.text}</div>") for m in ROOT.iter("Markdown"))  # noqa: S314
    told = " ".join(rules.itertext())
    assert len(told.split()) < 170
    assert told.count("✓") == told.count("✗") == len(choices()["span"])
    assert {e.text for e in rules.iter("b")} >= set(choices()["span"])


def test_the_instructions_explain_every_label_and_value() -> None:
    told = instructions()
    shown = {e.text for e in ET.fromstring(f"<div>{told}</div>").iter("b")}  # noqa: S314
    assert shown >= {*choices()["span"], *ACTS, *ATTITUDES}
    assert not re.search(r"<script|<style|href=", told)


def test_what_an_earlier_version_made_is_known_and_what_a_person_changed_is_not() -> None:
    former = (Path(__file__).parent / "data" / "former_label_config.xml").read_text(encoding="utf8")
    assert former_config(former)
    assert former_config(former.replace("\n", "\n  "))
    assert not former_config(former.replace('hotkey="q"', 'hotkey="p"'))
    assert not any(former_config(other) for other in (label_config(), "", "<View>", "<View/>"))


def grey(kinds: list[str], part: Span | None = None) -> list[str]:
    lines = [f"Line {n} 🌊" for n in range(len(kinds))]
    text, paragraphs = "\r\n".join(lines), []
    for line, kind in zip(lines, kinds, strict=True):
        at = text.index(line)
        paragraphs.append(Paragraph(at, at + len(line), kind))
    document = Document("grey", text, paragraphs=tuple(paragraphs))
    annotation = replace(story(0)[1], document_id="grey", attributions=(), entities=())
    result = to_prediction(document, annotation, known=frozenset(), part=part)["result"]
    shown = text if part is None else part.of(text)
    assert all((r["from_name"], r["readonly"]) == ("page", True) for r in result)
    return [shown[r["value"]["start"] : r["value"]["end"]] for r in result]


def test_what_nothing_is_looked_for_in_is_grey_and_neighbours_are_one() -> None:
    assert grey(["headline", "body", "body"]) == []
    assert grey(["caption", "body", "teaser", "repeat", "body", "boilerplate"]) == [
        "Line 0 🌊", "Line 2 🌊\r\nLine 3 🌊", "Line 5 🌊"
    ]  # fmt: skip
    assert grey(["caption", "body", "teaser"], Span(10, 28)) == ["Line 2 🌊"]


def test_grey_is_nothing_that_a_person_said() -> None:
    document, annotation = story(0)
    document = replace(document, paragraphs=(Paragraph(0, 5, "boilerplate"), *document.paragraphs))
    result = to_task(document, annotation)["predictions"][0]["result"]
    assert [r.get("from_name") for r in result].count("page") == 1
    attributions, _ = from_result(document, result, annotation)
    assert [a.id for a in attributions] == [a.id for a in annotation.attributions]
