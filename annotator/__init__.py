"""Find every quotation and reported claim in news, say who said it, and turn people's corrections into data.

The names below are the package's own; each module is imported when its first name is asked for, so that
`annotator.load` needs neither torch nor Stanza nor Label Studio's client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.audits import Audit, audit
    from annotator.batch import Summary, run
    from annotator.curation import Registered, list_entities, merge_entities, rename_entity, split_entity
    from annotator.dataset import Dataset, ExportReport, export, load
    from annotator.errors import (
        AnnotatorError,
        BadAnnotation,
        BadArgument,
        BadDocument,
        Busy,
        Conflict,
        LabelStudioError,
        ModelMissing,
    )
    from annotator.labelstudio.adjudication import AdjudicateReport, adjudicate
    from annotator.labelstudio.pull import PullReport, pull
    from annotator.labelstudio.push import PushReport, push
    from annotator.labelstudio.sharing import ShareReport, share
    from annotator.labelstudio.verdicts import DecisionsReport, pull_decisions
    from annotator.model import (
        Annotation,
        Attribution,
        Document,
        Entity,
        EntityMention,
        Paragraph,
        Producer,
        Role,
        Span,
    )
    from annotator.pipeline import Annotator
    from annotator.reader import read
    from annotator.register import LinkReport, link
    from annotator.store import read_annotations, read_documents

__all__ = [
    "AdjudicateReport",
    "Annotation",
    "Annotator",
    "AnnotatorError",
    "Attribution",
    "Audit",
    "BadAnnotation",
    "BadArgument",
    "BadDocument",
    "Busy",
    "Conflict",
    "Dataset",
    "DecisionsReport",
    "Document",
    "Entity",
    "EntityMention",
    "ExportReport",
    "LabelStudioError",
    "LinkReport",
    "ModelMissing",
    "Paragraph",
    "Producer",
    "PullReport",
    "PushReport",
    "Registered",
    "Role",
    "ShareReport",
    "Span",
    "Summary",
    "adjudicate",
    "audit",
    "export",
    "link",
    "list_entities",
    "load",
    "merge_entities",
    "pull",
    "pull_decisions",
    "push",
    "read",
    "read_annotations",
    "read_documents",
    "rename_entity",
    "run",
    "share",
    "split_entity",
]

_HOMES = {
    "audits": ("Audit", "audit"),
    "batch": ("Summary", "run"),
    "curation": ("Registered", "list_entities", "merge_entities", "rename_entity", "split_entity"),
    "dataset": ("Dataset", "ExportReport", "export", "load"),
    "errors": (
        "AnnotatorError",
        "BadAnnotation",
        "BadArgument",
        "BadDocument",
        "Busy",
        "Conflict",
        "LabelStudioError",
        "ModelMissing",
    ),
    "labelstudio": (
        "AdjudicateReport",
        "DecisionsReport",
        "PullReport",
        "PushReport",
        "ShareReport",
        "adjudicate",
        "pull",
        "pull_decisions",
        "push",
        "share",
    ),
    "model": (
        "Annotation",
        "Attribution",
        "Document",
        "Entity",
        "EntityMention",
        "Paragraph",
        "Producer",
        "Role",
        "Span",
    ),
    "pipeline": ("Annotator",),
    "reader": ("read",),
    "register": ("LinkReport", "link"),
    "store": ("read_annotations", "read_documents"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds under that name
    if name not in _HOME_OF:
        raise AttributeError(f"module 'annotator' has no attribute {name!r}")
    value = getattr(import_module(f"annotator.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
