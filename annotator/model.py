"""What the product speaks about: documents, attributions, entities and who produced them.

Standard library only. Every offset is a half-open range of Unicode code points into `Document.text`.
The words are those of PARC 3 and PolNeAR: an attribution ties a source and a cue to a content.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA_VERSION = 1

ParagraphKind = Literal[
    "body", "headline", "byline", "caption", "teaser", "advertising", "boilerplate", "repeat"
]
QuoteType = Literal["direct", "mixed", "indirect"]
Attitude = Literal["assertion", "belief", "fact", "eventuality"]
Act = Literal[
    "statement",
    "accusation",
    "denial",
    "warning",
    "promise",
    "demand",
    "question",
    "opinion",
    "criticism",
    "praise",
    "admission",
    "evidential",
]
SourceKind = Literal["person", "organization", "place", "group", "document", "unspecified"]
EntityKind = Literal["person", "organization", "place", "group", "document"]
MentionForm = Literal["name", "nominal", "pronoun"]
Layer = Literal["machine", "human", "gold"]
ProducerKind = Literal["model", "person"]

ACTS: tuple[Act, ...] = get_args(Act)
ATTITUDES: tuple[Attitude, ...] = get_args(Attitude)
QUOTE_TYPES: tuple[QuoteType, ...] = get_args(QuoteType)
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
ENTITY_KINDS: tuple[EntityKind, ...] = get_args(EntityKind)
PARAGRAPH_KINDS: tuple[ParagraphKind, ...] = get_args(ParagraphKind)

# Paragraphs in which somebody can be reported; the other kinds are page furniture or printed twice.
READABLE: frozenset[ParagraphKind] = frozenset({"body", "headline"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, `start < end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def shared(self, others: Iterable[Span]) -> int:
        """How many code points the range shares with others, each counted by itself."""
        return sum(max(0, min(self.end, o.end) - max(self.start, o.start)) for o in others)

    def of(self, text: str) -> str:
        """The characters of `text` in this range."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of a document and what it is for."""

    start: int
    end: int
    kind: ParagraphKind = "body"

    @property
    def span(self) -> Span:
        """The block's range."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Document:
    """A story as read: `text` is canonical and never changes afterwards."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    date: str | None = None
    lang: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def text_sha256(self) -> str:
        """The hexadecimal SHA-256 of the UTF-8 text, by which annotations know their text."""
        return sha256_of(self.text)


@dataclass(frozen=True, slots=True)
class Attribution:
    """A source and a cue tied to a content; `source` and `cue` may be empty, `content` may be in pieces.

    `score` is the probability that the attribution is right, `no_source_score` that the text gives no source;
    both are None where a person made it.
    """

    id: str
    content: tuple[Span, ...]
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    quote_type: QuoteType = "indirect"
    attitude: Attitude = "assertion"
    act: Act = "statement"
    source_kind: SourceKind = "unspecified"
    speaker_ids: tuple[str, ...] = ()
    about_ids: tuple[str, ...] = ()
    parent: str | None = None
    score: float | None = None
    no_source_score: float | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """All pieces, source first, then cue, then content."""
        return self.source + self.cue + self.content


@dataclass(frozen=True, slots=True)
class EntityMention:
    """One place where an entity is spoken of."""

    start: int
    end: int
    form: MentionForm
    score: float | None = None

    @property
    def span(self) -> Span:
        """The mention's range."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Role:
    """What the text says somebody is ("presidential spokesman"), and where."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, body, place, group or document of one story with every mention of it, in text order."""

    id: str
    name: str
    kind: EntityKind
    mentions: tuple[EntityMention, ...]
    aliases: tuple[str, ...] = ()
    role: Role | None = None
    stands_for: str | None = None
    wikidata: str | None = None


@dataclass(frozen=True, slots=True)
class Producer:
    """Who made an annotation: a model by name, version and settings hash, or a person by pseudonym.

    Of one who decided between versions, `settings` names these.
    """

    kind: ProducerKind
    name: str
    version: str = ""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one producer says about one text."""

    document_id: str
    text_sha256: str
    layer: Layer
    producer: Producer
    attributions: tuple[Attribution, ...] = ()
    entities: tuple[Entity, ...] = ()


def sha256_of(text: str) -> str:
    """The hexadecimal SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def attribution_id(
    text_sha256: str, *, source: tuple[Span, ...], cue: tuple[Span, ...], content: tuple[Span, ...]
) -> str:
    """The id of an attribution: the same for the same text and spans, whoever made it."""
    roles = "|".join(
        role + ",".join(f"{s.start}-{s.end}" for s in sorted(spans))
        for role, spans in (("s", source), ("c", cue), ("t", content))
    )
    return "a" + hashlib.sha256(f"{text_sha256}|{roles}".encode()).hexdigest()[:15]


def entity_id(text_sha256: str, mentions: tuple[EntityMention, ...]) -> str:
    """The id of a story's entity: by its first mention, so that a pronoun more or less does not change it."""
    first = min(mentions, key=lambda m: (m.start, -m.end))
    return "e" + hashlib.sha256(f"{text_sha256}|{first.start}-{first.end}".encode()).hexdigest()[:15]
