"""Stanza's official English models: fetched where there is a network, used by `--models stanza`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import stanza
from stanza.resources.common import DEFAULT_MODEL_DIR

from annotator.errors import ModelMissing

PROCESSORS = "tokenize,mwt,pos,lemma,depparse,ner"


def folder() -> Path:
    """Where Stanza keeps its models: `STANZA_RESOURCES_DIR`, or its folder in the user's home."""
    return Path(DEFAULT_MODEL_DIR)


def installed(where: Path | None = None) -> bool:
    """Whether the English models have been fetched."""
    where = where or folder()
    return (where / "resources.json").is_file() and any((where / "en" / "depparse").glob("*.pt"))


def download(where: Path | None = None, *, url: str | None = None) -> Path:
    """Fetch the English models and return their folder; raises ModelMissing where the network does not give them.

    `url` is where Stanza's list of resources stands, if not at its makers'.
    """
    where = where or folder()
    place = {"resources_url": url} if url else {}
    try:
        stanza.download("en", model_dir=str(where), processors=PROCESSORS, verbose=False, **place)
    except Exception as error:
        # requests, urllib3 and huggingface_hub each raise their own for "no network".
        raise ModelMissing(
            f"Stanza's models could not be fetched ({type(error).__name__}): there must be a network that reaches them"
        ) from error
    if not installed(where):
        raise ModelMissing(f"Stanza's models could not be fetched: nothing arrived in {where}")
    return where


def pipeline(processors: str = PROCESSORS, where: Path | None = None) -> Any:  # noqa: ANN401 - Stanza has no types
    """A Stanza pipeline over the fetched models; raises ModelMissing where they have not been fetched."""
    where = where or folder()
    if not installed(where):
        raise ModelMissing(
            f"Stanza's models are not in {where}: fetch them first with `annotator models download`"
        )
    return stanza.Pipeline(
        "en",
        dir=str(where),
        processors=processors,
        download_method=None,
        use_gpu=False,
        logging_level="ERROR",
    )
