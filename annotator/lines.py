"""What one line of each JSONL file may hold: checked on the way in, and given as JSON Schema.

The typed dictionaries are the one place where the fields of a line stand, in the order of writing.
"""

from __future__ import annotations

import json
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NotRequired,  # pydantic wants these below Python 3.12
    get_args,
)

from pydantic import ConfigDict, Field, NonNegativeInt, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from annotator.model import (
    SCHEMA_VERSION,
    Act,
    Attitude,
    EntityKind,
    Layer,
    MentionForm,
    ParagraphKind,
    ProducerKind,
    QuoteType,
    SourceKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "AttributionJson", "EntityJson", "Kind", "checked", "schema", "schemas"]

Kind = Literal[
    "documents",
    "annotations",
    "register",
    "decisions",
    "known",
    "rejects",
    "unfinished",
    "lint",
    "sharing",
    "adjudication",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_CLOSED = ConfigDict(extra="forbid", strict=True)
_Version = Annotated[Literal[1], Field(description="version of this format")]
_Id = Annotated[str, Field(min_length=1)]
_Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the UTF-8 text, hexadecimal")]
_Range = Annotated[
    list[NonNegativeInt],
    Field(min_length=2, max_length=2, description="[start, end): half-open, in Unicode code points"),
]
_Score = Annotated[float, Field(ge=0, le=1)] | None


@with_config(_CLOSED)
class _ParagraphJson(TypedDict):
    start: NonNegativeInt
    end: NonNegativeInt
    kind: ParagraphKind


@with_config(_CLOSED)
class _DocumentJson(TypedDict):
    """One story as it was read; the text never changes afterwards."""

    schema: _Version
    id: _Id
    text: Annotated[str, Field(description="canonical text: every offset counts its Unicode code points")]
    text_sha256: _Sha
    title: str | None
    url: str | None
    date: str | None
    lang: str | None
    meta: Annotated[dict[str, Any], Field(description="whatever else the input said of the story")]
    paragraphs: Annotated[list[_ParagraphJson], Field(description="in text order, without overlap")]


@with_config(_CLOSED)
class _ProducerJson(TypedDict):
    kind: ProducerKind
    name: Annotated[_Id, Field(description="of a person: the pseudonym")]
    version: str
    settings: Annotated[
        str,
        Field(
            description="hash of everything that decides a model's output; of gold between whose versions "
            "was decided"
        ),
    ]


@with_config(_CLOSED)
class AttributionJson(TypedDict):
    """Who says what by which words."""

    id: _Id
    source: Annotated[list[_Range], Field(description="who; empty where the text names nobody")]
    cue: Annotated[list[_Range], Field(description="the words that signal the report; may be empty")]
    content: Annotated[list[_Range], Field(min_length=1, description="what is reported, perhaps in pieces")]
    quote_type: QuoteType
    attitude: Attitude
    act: Act
    source_kind: SourceKind
    speaker_ids: Annotated[list[_Id], Field(description="ids of entities: who says it")]
    about_ids: Annotated[list[_Id], Field(description="ids of entities: about whom or to whom")]
    parent: Annotated[str | None, Field(description="id of the attribution in whose content the cue stands")]
    score: Annotated[_Score, Field(description="probability that it is right; null from a person")]
    no_source_score: Annotated[_Score, Field(description="probability that the text names nobody")]


@with_config(_CLOSED)
class _MentionJson(TypedDict):
    start: NonNegativeInt
    end: NonNegativeInt
    form: MentionForm
    score: _Score


@with_config(_CLOSED)
class _RoleJson(TypedDict):
    text: str
    start: NonNegativeInt
    end: NonNegativeInt


@with_config(_CLOSED)
class EntityJson(TypedDict):
    """A person, body, place, group or document of one story."""

    id: _Id
    name: str
    kind: EntityKind
    aliases: list[str]
    role: Annotated[_RoleJson | None, Field(description="what the text says it is, and where")]
    stands_for: Annotated[str | None, Field(description="of a place named for its government or team")]
    wikidata: str | None
    mentions: list[_MentionJson]


@with_config(_CLOSED)
class _AnnotationJson(TypedDict):
    """What one producer says about one story."""

    schema: _Version
    document_id: _Id
    text_sha256: _Sha
    layer: Layer
    producer: _ProducerJson
    attributions: list[AttributionJson]
    entities: list[EntityJson]


@with_config(_CLOSED)
class _MemberJson(TypedDict):
    document_id: _Id
    entity_id: _Id


@with_config(_CLOSED)
class _RegisterJson(TypedDict):
    """One person, body, place or group and the entities of all stories that are it."""

    schema: _Version
    id: _Id
    name: str
    kind: EntityKind
    aliases: list[str]
    members: Annotated[list[_MemberJson], Field(min_length=1)]
    evidence: Annotated[list[str], Field(description="why the members were joined, one reason a line")]
    wikidata: Annotated[NotRequired[str | None], Field(description="as the file of known people gives it")]


@with_config(_CLOSED)
class _ChosenJson(TypedDict):
    id: Annotated[_Id, Field(description="its id in the register when the choice was made")]
    name: str
    kind: EntityKind
    names: Annotated[list[str], Field(description="names that tell it, should its members be gone")]
    members: Annotated[list[_MemberJson], Field(description="some members; of what a split takes out all")]


@with_config(_CLOSED)
class _DecisionJson(TypedDict):
    """One choice of a person about who is who."""

    schema: _Version
    choice: Literal["merge", "rename", "split"]
    name: Annotated[str | None, Field(description="the new name")]
    of: Annotated[
        list[_ChosenJson],
        Field(
            min_length=1,
            description="merged ones, the one whose id stays first; what stays, what is split off",
        ),
    ]


@with_config(_CLOSED)
class _KnownJson(TypedDict):
    """One person known beforehand."""

    schema: NotRequired[_Version]
    name: _Id
    aliases: NotRequired[list[str]]
    wikidata: NotRequired[str | None]


@with_config(_CLOSED)
class _RejectJson(TypedDict):
    """One story that could not be used, and why."""

    schema: _Version
    where: Annotated[str, Field(description="file, or file and line")]
    stage: Annotated[str, Field(description="the step at which it failed")]
    reason: str


@with_config(_CLOSED)
class _SharingJson(TypedDict):
    """Which groups of annotators have one story."""

    schema: _Version
    project: Annotated[str, Field(description="what the titles of the groups' projects begin with")]
    document_id: _Id
    groups: Annotated[
        list[int], Field(min_length=1, description="counted from 1: one group, or all there were")
    ]


@with_config(_CLOSED)
class _DecidedPartJson(TypedDict):
    """A part of a long story, decided in a task of its own."""

    start: NonNegativeInt
    end: NonNegativeInt
    producer: _Id
    task_id: int
    annotation_id: int
    began_from: str | None


@with_config(_CLOSED)
class _AdjudicationJson(TypedDict):
    """Where one line of gold.jsonl comes from."""

    schema: _Version
    document_id: _Id
    producer: Annotated[str, Field(description="who decided: a pseudonym, or several joined with +")]
    text_sha256: _Sha
    annotation_id: int
    versions: Annotated[list[str], Field(description="whose versions were shown: people's and the machine's")]
    parent_prediction: Annotated[int | None, Field(description="Label Studio's number of the one begun from")]
    began_from: Annotated[str | None, Field(description="which of `versions` that was, if any")]
    created_at: str
    decided_at: Annotated[str, Field(description="ISO 8601, of the last submission")]
    updated_by: Annotated[str, Field(description="who changed it last, a pseudonym")]
    lead_time: Annotated[float | None, Field(description="seconds, as Label Studio counts them")]
    server: Annotated[str, Field(description="a hash that tells servers apart")]
    project_id: int
    project: str
    task_id: int
    parts: NotRequired[
        Annotated[list[_DecidedPartJson], Field(description="of a long story that was decided in parts")]
    ]


_Pseudonym = Annotated[_Id, Field(description="pseudonym of a person, or several joined with +")]
_Time = Annotated[str | None, Field(description="ISO 8601, by the server's clock")]


class _PlaceJson(TypedDict):
    """Where in Label Studio a line comes from."""

    server: Annotated[_Id, Field(description="hash that tells one server from another")]
    project_id: int
    project: str
    task_id: int


@with_config(_CLOSED)
class _UnfinishedJson(_PlaceJson):
    """Work on one story that somebody began and that is in no annotation."""

    schema: _Version
    document_id: Annotated[str, Field(description="empty where the task is none of ours")]
    producer: _Pseudonym
    state: Annotated[
        Literal["skipped", "part", "draft"],
        Field(description="part: submitted, while other parts of the story are not"),
    ]
    annotation_id: Annotated[int | None, Field(description="null for a draft of new work")]
    created_at: _Time
    updated_at: _Time
    lead_time: Annotated[float | None, Field(description="seconds at work")]


@with_config(_CLOSED)
class _LintJson(_PlaceJson):
    """One thing to look at again in what somebody submitted."""

    schema: _Version
    document_id: _Id
    producer: _Pseudonym
    annotation_id: int
    url: Annotated[str, Field(description="address of the task, or of the part that it is in")]
    rule: Literal[
        "content_without_source",
        "content_without_cue",
        "cue_without_content",
        "source_without_content",
        "two_sources",
        "two_cues",
        "crossing",
        "empty_speaker",
        "no_act",
    ]
    start: NonNegativeInt
    end: NonNegativeInt
    words: Annotated[str, Field(description="the text from start to end")]
    told: Annotated[str, Field(description="what is the matter, in a line")]


_LINES: dict[Kind, Any] = {
    "documents": _DocumentJson,
    "annotations": _AnnotationJson,
    "register": _RegisterJson,
    "decisions": _DecisionJson,
    "known": _KnownJson,
    "rejects": _RejectJson,
    "unfinished": _UnfinishedJson,
    "lint": _LintJson,
    "sharing": _SharingJson,
    "adjudication": _AdjudicationJson,
}


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of `kind`.jsonl; human.jsonl and gold.jsonl hold annotations."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_adapter(kind).json_schema(),
        "title": f"one line of {kind}.jsonl",
    }


def schemas() -> dict[str, str]:
    """Every schema as the content of the file of that name."""
    return {
        f"{kind}.schema.json": json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n" for kind in KINDS
    }


@cache
def _adapter(kind: Kind) -> TypeAdapter[Any]:
    return TypeAdapter(_LINES[kind])


def checked(kind: Kind, value: Mapping[str, Any] | bytes) -> Any:  # noqa: ANN401 - one of the dictionaries above
    """The line if it is one; raises ValueError with one line that says which field and why not."""
    adapter = _adapter(kind)
    try:
        return adapter.validate_json(value) if isinstance(value, bytes) else adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise ValueError("not a whole line of JSON") from None
        if first["loc"] == ("schema",) and first["type"] == "literal_error":
            found = first["input"]
            raise ValueError(f"schema version {found!r} is not known, only {SCHEMA_VERSION}") from None
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{field}: {first['msg']}" if field else first["msg"]) from None
