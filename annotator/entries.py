"""An entity of one story as the register sees it, and entities taken for one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotator.mentions import pronouns
from annotator.names import fold, person_name, place_words, places, word_class, words_of
from annotator.nouns import nouns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.known import KnownPerson
    from annotator.model import Annotation, Entity, EntityKind, Layer
    from annotator.spellings import Form

Member = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity of one story as the register sees it."""

    document_id: str
    entity_id: str
    layer: Layer
    kind: EntityKind
    name: str
    names: tuple[str, ...]
    forms: tuple[Form, ...] = ()
    fields: frozenset[str] = frozenset()
    role_nouns: frozenset[str] = frozenset()
    role_names: frozenset[Form] = frozenset()
    stands_for: str | None = None
    wikidata: str | None = None

    @property
    def member(self) -> Member:
        """Story and entity."""
        return self.document_id, self.entity_id

    @property
    def is_known(self) -> bool:
        """Whether it comes from a file of known people and from no story."""
        return not self.document_id


@dataclass(slots=True)
class Joined:
    """Entries taken for one, and why."""

    entries: list[Entry]
    evidence: list[str] = field(default_factory=list)
    # Kept as entries come, so that a person of a thousand stories is not read through a thousand times.
    stories: set[tuple[str, Layer]] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        entries, self.entries = self.entries, []
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take an entry in."""
        self.entries.append(entry)
        self.stories.add((entry.document_id, entry.layer))
        self.fields |= entry.fields

    @property
    def kind(self) -> EntityKind:
        """Of all of them: a person is never joined with a place or a body."""
        return self.entries[0].kind

    @property
    def known(self) -> Entry | None:
        """The known person that these are, if any."""
        return next((e for e in self.entries if e.is_known), None)

    @property
    def members(self) -> list[Member]:
        """Stories and entities, sorted."""
        return sorted(e.member for e in self.entries if not e.is_known)

    @property
    def names(self) -> list[str]:
        """Every name that they have, sorted."""
        return sorted({n for e in self.entries for n in e.names})

    @property
    def name(self) -> str:
        """The known person's, else the commonest name of several words, the longer where two are as common."""
        if self.known is not None:
            return self.known.name
        count = Counter(e.name for e in self.entries)
        size = {n: sum(len(w) > 1 for w in words_of(n)) for n in count}
        return max(count, key=lambda n: (size[n] > 1, count[n], size[n], n))


def entry_of(annotation: Annotation, entity: Entity) -> Entry | None:
    """What the register needs of a story's entity; None for one that the story does not name."""
    if not any(m.form == "name" for m in entity.mentions):
        return None
    names = (entity.name, *entity.aliases)
    forms = _forms(names) if entity.kind == "person" else ()
    role = entity.role.text if entity.role else ""
    said = [fold(w) for w in re.findall(r"[\w-]+", role)]
    known = [w for w in said if w in nouns() and nouns()[w].kind == "person"]
    return Entry(
        annotation.document_id, entity.id, annotation.layer, entity.kind, entity.name, names, forms,
        frozenset(nouns()[w].field for w in known) - {"", "nation"}, frozenset(known),
        _role_names(role), entity.stands_for, entity.wikidata,
    )  # fmt: skip


def known_entry(number: int, person: KnownPerson) -> Entry:
    """What the register needs of a person whom a study knows beforehand."""
    names = (person.name, *person.aliases)
    return Entry(
        "", f"known{number}", "gold", "person", person.name, names, _forms(names), wikidata=person.wikidata
    )


def _forms(names: Iterable[str]) -> tuple[Form, ...]:
    """The full names in the order in which their words are spoken; initials before a surname make none."""
    full = (person_name(n).words for n in names)
    small = word_class("particle")
    return tuple(sorted({f for f in full if any(len(w) > 1 and w not in small for w in f[:-1])}))


def _role_names(role: str) -> frozenset[Form]:
    """The bodies and places of a role, countries under one spelling: of "mayor of Porto" Porto.

    Titles and adjectives of nationality ("Foreign Minister", "Portuguese") name nothing that could be compared.
    """
    runs = re.findall(r"(?:[A-Z][\w.’'-]*)(?:\s+[A-Z][\w.’'-]*)*", role)
    words = ((run, place_words(run.removesuffix("'s").removesuffix("’s"))) for run in runs)
    kept = (places()[w].key if w in places() else w for run, w in words if not is_generic(run))
    return frozenset(w for w in kept if w and not set(w) <= pronouns().keys())


def is_generic(name: str) -> bool:
    """Whether a body's name has only words that every country's have: "Foreign Ministry", "Supreme Court"."""
    offices, nations = word_class("office"), tuple(word_class("nation"))
    return all(w in nouns() or w in offices or w.endswith(nations) for w in words_of(name))
