"""Stanza, imported without what only its trainers ask for.

Stanza's dependency trainer, which every pipeline imports, tries to import `transformers`, and its progress bars try
`IPython`; both go on without. The one costs more than a second of every start, the other a tenth, and neither the
bundled models nor a parse of Stanza's own use them. In a notebook both may be there already, and then they are used.
`annotator.parser` imports this module before any other of Stanza.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without(name: str) -> Iterator[None]:
    """Inside, an import of the module fails as if it were not installed, unless it is there already."""
    if name in sys.modules:
        yield
        return
    # None is Python's own mark for a module that may not be imported (its reference, 5.3.1).
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.modules.pop(name, None)


with without("transformers"), without("IPython"):
    import stanza
    from stanza.models.common import utils

__all__ = ["stanza", "utils"]
