"""The label set-up: what an annotator sees, and whether a project on a server still has it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree as ET

__all__ = ["choices", "former_config", "instructions", "label_config", "same_config", "schemas"]

# The set-ups of earlier versions of this package, by a hash of what is compared. Whatever else a project has is some
# person's choice.
_FORMER = frozenset({"17965806c2e8121b", "c38a19f1f3ba8d4a", "ea438d44c02058e6"})


@cache
def label_config() -> str:
    """The label set-up as Label Studio's XML, as it stands in `annotator/data/label_config.xml`."""
    return files("annotator").joinpath("data/label_config.xml").read_bytes().decode()


def instructions() -> str:
    """What annotators read under "Instructions", as HTML: the guidelines at length, with the keys."""
    return files("annotator").joinpath("data/instructions.html").read_bytes().decode()


def schemas() -> dict[str, str]:
    """What `schemas/` holds of this module, by file name."""
    return {"label_config.xml": label_config()}


@cache
def choices() -> dict[str, tuple[str, ...]]:
    """The values that each control offers, in their order; the list of speakers belongs to the task."""
    root = ET.fromstring(label_config())  # noqa: S314 - our own file
    controls = [tag for tag in root.iter() if tag.tag in {"Labels", "Choices"} and "value" not in tag.attrib]
    return {tag.attrib["name"]: tuple(c.attrib["value"] for c in tag) for tag in controls}


def same_config(one: str, other: str) -> bool:
    """Whether two set-ups differ in nothing but white space and the order of XML attributes."""
    try:
        return _canonical(one) == _canonical(other)
    except ET.ParseError:
        return False


def former_config(config: str) -> bool:
    """Whether an earlier version of this package made this set-up, and nobody has changed it since."""
    try:
        return hashlib.sha256(_canonical(config).encode()).hexdigest()[:16] in _FORMER
    except ET.ParseError:
        return False


def _canonical(config: str) -> str:
    return ET.canonicalize(" ".join(config.split()), strip_text=True)
