"""Label Studio → annotation: regions and relations back into attributions and entities.

A person may draw an arrow the wrong way round, leave white space in a span or forget a value; what was meant
is rebuilt, and the text of a span is always cut from the document, never taken from the region.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from annotator.attribution import assign_parents, quote_type
from annotator.labelstudio.config import choices
from annotator.labelstudio.tasks import speaker_names
from annotator.lint import Finding, Rule
from annotator.mentions import pronouns
from annotator.model import (
    Act,
    Annotation,
    Attitude,
    Attribution,
    Document,
    Entity,
    EntityKind,
    EntityMention,
    MentionForm,
    SourceKind,
    Span,
    attribution_id,
    entity_id,
)
from annotator.nouns import nouns
from annotator.quotes import find_quotes

__all__ = ["from_result", "leftovers"]

Result = Sequence[Mapping[str, Any]]

# Double ones only: a single one may be an apostrophe, "the sailors’".
_MARKS = '“”„"«»'
_WORD = re.compile(r"[\w’'-]+")
# What follows the noun that heads a phrase: "the inspectors, who", "a spokesman for the port".
_AFTER_HEAD = re.compile(r"[,(—–]|\s(?:of|for|from|in|at|on|with|to|near|who|which|that)\s")


@dataclass(slots=True)
class _Region:
    """A span that somebody left in the text, with the values set on it."""

    span: Span
    label: str
    values: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Group:
    """The regions of one attribution: Contents joined by "continues", what hangs on them, in text order."""

    contents: tuple[_Region, ...]
    sources: tuple[_Region, ...]
    cues: tuple[_Region, ...]


def from_result(
    document: Document, result: Result, machine: Annotation | None = None
) -> tuple[tuple[Attribution, ...], tuple[Entity, ...]]:
    """The attributions and entities that `result` (of an annotation or a prediction) means.

    `machine` is the annotation that was corrected: its entities are taken over and adapted, so that a chosen
    speaker keeps its id. Scores are None: a person made this. quote_type, source_kind, parent and about are
    derived, a value that was never set is the first of its list. In text order.
    """
    people = _People(document, machine)
    quotes = find_quotes(document.text, document.paragraphs)
    made: dict[str, Attribution] = {}
    for group in _groups(*_parse(document.text, result)):
        a = _attribution(document, group, people)
        a = replace(a, quote_type=quote_type(document.text, a.content, quotes, cue=a.cue))
        made.setdefault(a.id, a)
    ordered = sorted(made.values(), key=lambda a: (min(a.spans), a.content, a.id))
    entities = people.entities()
    finished = [_finish(document.text, a, entities, machine) for a in ordered]
    return tuple(assign_parents(tuple(finished))), entities


def leftovers(text: str, result: Result) -> list[Finding]:
    """What a person left that means nothing and so is in no attribution, and cues without an act."""
    regions, pairs = _parse(text, result)
    linked = {region for pair in pairs for region in pair}
    found: list[Finding] = []
    for i, r in regions.items():
        words = f"{r.label} “{_short(r.span.of(text))}”"
        if r.label != "Content" and i not in linked:
            rule: Rule = "cue_without_content" if r.label == "Cue" else "source_without_content"
            found.append(Finding(rule, r.span, f"{words} belongs to no Content"))
        if r.label == "Cue" and not r.values.get("act"):
            told = f"{words} was given no act: {choices()['act'][0]} was taken"
            found.append(Finding("no_act", r.span, told))
    return found


def _parse(text: str, result: Result) -> tuple[dict[str, _Region], list[tuple[str, str]]]:
    """Regions by id, and relations as pairs that start at a Content whichever way they were drawn."""
    regions: dict[str, _Region] = {}
    for item in result:
        if item.get("type") == "labels" and (region := _region(text, item)) is not None:
            regions[item["id"]] = region
    for item in result:
        if item.get("type") in {"choices", "textarea"} and item.get("id") in regions:
            value = item["value"]
            chosen = value.get("choices") or value.get("text") or []
            chosen = chosen if isinstance(chosen, list) else [chosen]
            regions[item["id"]].values[item["from_name"]] = [str(c) for c in chosen]
    pairs = []
    for item in result:
        if item.get("type") != "relation":
            continue
        tail, head = regions.get(item["from_id"]), regions.get(item["to_id"])
        if tail is None or head is None:
            continue
        if tail.label == "Content":
            pairs.append((item["from_id"], item["to_id"]))
        elif head.label == "Content":
            pairs.append((item["to_id"], item["from_id"]))
    return regions, pairs


def _region(text: str, item: Mapping[str, Any]) -> _Region | None:
    """The region as it was meant, or None if nothing is left or its label is not ours.

    White space at its edges goes; so does a lone quotation mark at the edge of a Source or Cue, which are marked by
    whole words: of “Stay,”said Ode the page takes the mark in with the cue.
    """
    value = item["value"]
    labels = value.get("labels") or [""]
    try:
        start, end = max(0, int(value["start"])), min(len(text), int(value["end"]))
    except (KeyError, TypeError, ValueError):
        return None
    start, end = _trimmed(text, start, end)
    by_hand = item.get("origin") != "prediction"
    if by_hand and labels[0] != "Content" and sum(c in _MARKS for c in text[start:end]) % 2:
        start, end = _trimmed(text, start, end, _MARKS)
    if start >= end or labels[0] not in choices()["span"]:
        return None
    return _Region(Span(start, end), labels[0])


def _trimmed(text: str, start: int, end: int, more: str = "") -> tuple[int, int]:
    """The range without white space, or one of `more`, at its edges."""
    while start < end and (text[start].isspace() or text[start] in more):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in more):
        end -= 1
    return start, end


def _groups(regions: Mapping[str, _Region], pairs: Iterable[tuple[str, str]]) -> list[_Group]:
    """One group for each set of Contents that "continues" relations join."""
    leader = {i: i for i, r in regions.items() if r.label == "Content"}

    def find(i: str) -> str:
        while leader[i] != i:
            i = leader[i]
        return i

    hanging: list[tuple[str, str]] = []
    for tail, head in pairs:
        if head in leader:
            leader[find(head)] = find(tail)
        else:
            hanging.append((tail, head))
    members: dict[str, dict[str, _Region]] = {}
    for i in leader:
        members.setdefault(find(i), {})[i] = regions[i]
    for tail, head in hanging:
        members[find(tail)][head] = regions[head]

    def having(group: Mapping[str, _Region], label: str) -> tuple[_Region, ...]:
        return tuple(sorted((r for r in group.values() if r.label == label), key=lambda r: r.span))

    return [_Group(having(g, "Content"), having(g, "Source"), having(g, "Cue")) for g in members.values()]


def _attribution(document: Document, group: _Group, people: _People) -> Attribution:
    source, cue, content = (_spans(regions) for regions in (group.sources, group.cues, group.contents))
    valued = group.cues + group.contents
    return Attribution(
        id=attribution_id(document.text_sha256, source=source, cue=cue, content=content),
        content=content,
        source=source,
        cue=cue,
        act=cast("Act", _first(valued, "act")),
        attitude=cast("Attitude", _first(valued, "attitude")),
        speaker_ids=tuple(dict.fromkeys(i for region in group.sources for i in people.behind(region))),
    )


def _spans(regions: Sequence[_Region]) -> tuple[Span, ...]:
    """The ranges in text order; pieces that overlap become one."""
    joined: list[Span] = []
    for span in sorted(r.span for r in regions):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def _first(regions: Iterable[_Region], control: str) -> str:
    allowed = choices()[control]
    chosen = (value for r in regions for value in r.values.get(control, []) if value in allowed)
    return next(chosen, allowed[0])


def _finish(
    text: str, made: Attribution, entities: Sequence[Entity], machine: Annotation | None
) -> Attribution:
    """Add source_kind and about: the machine's where the spans and speakers are its own, else derived."""
    theirs = machine.attributions if machine is not None else ()
    ids = {e.id for e in entities}
    same = next((a for a in theirs if a.id == made.id), None)
    if same is not None and not made.source:
        # Without a source there is no region to carry a speaker, so nobody was asked.
        made = replace(made, speaker_ids=tuple(i for i in same.speaker_ids if i in ids))
    if same is not None and same.speaker_ids == made.speaker_ids:
        about = tuple(i for i in same.about_ids if i in ids)
        return replace(made, source_kind=same.source_kind, about_ids=about)
    return replace(
        made, source_kind=_source_kind(text, made, entities, theirs), about_ids=_about(made, entities, theirs)
    )


def _source_kind(
    text: str, made: Attribution, entities: Sequence[Entity], theirs: Iterable[Attribution]
) -> SourceKind:
    if not made.source:
        return "unspecified"
    kinds: list[SourceKind] = [e.kind for i in made.speaker_ids for e in entities if e.id == i]
    kinds += [a.source_kind for a in theirs if a.source == made.source]
    return kinds[0] if kinds else _kind_of_words(made.source[0].of(text))


def _kind_of_words(source: str) -> SourceKind:
    """What a source of which only the words are known is: by its pronoun, or the noun that heads it.

    "she" is a person, "officials of the ministry" are a group, "the ministry's inspectors, who" too.
    """
    spoken = _WORD.findall(_AFTER_HEAD.split(source.lower(), maxsplit=1)[0])
    row = pronouns().get(spoken[0]) if len(spoken) == 1 else None
    if row is not None and row.number == "plur":
        return "group"
    if row is not None:
        return "organization" if row.gender == "n" else "person"
    kinds = [nouns()[word].kind for word in spoken if word in nouns()]
    plural = [nouns()[word[:-1]] for word in spoken[-1:] if word.endswith("s") and word[:-1] in nouns()]
    if plural:
        return "group" if plural[0].kind == "person" else plural[0].kind
    return kinds[-1] if kinds else "person"


def _about(made: Attribution, entities: Sequence[Entity], theirs: Iterable[Attribution]) -> tuple[str, ...]:
    """Who is named in the content, and the accused or asked party that the machine saw beside this cue."""
    named = [
        e.id for e in entities if any(m.form == "name" and _inside(m.span, made.content) for m in e.mentions)
    ]
    beside = [
        i
        for a in theirs
        if a.cue and a.cue == made.cue
        for e in entities
        for i in a.about_ids
        if e.id == i and not any(_inside(m.span, a.content) for m in e.mentions)
    ]
    return tuple(dict.fromkeys(named + beside))


def _inside(span: Span, pieces: Iterable[Span]) -> bool:
    return any(span in piece for piece in pieces)


class _People:
    """The entities of a story while a person's choices of speakers are read."""

    def __init__(self, document: Document, machine: Annotation | None) -> None:
        self._document = document
        self._entities = {e.id: e for e in (machine.entities if machine is not None else ())}
        self._by_name = {name: i for i, name in speaker_names(self._entities.values()).items()}
        # What the machine said of each source span: a choice that agrees changes nothing.
        self._before: dict[Span, set[tuple[str, ...]]] = {}
        self._kinds: dict[Span, EntityKind] = {}
        for a in machine.attributions if machine is not None else ():
            for span in a.source:
                self._before.setdefault(span, set()).add(a.speaker_ids)
                if a.source_kind != "unspecified":
                    self._kinds[span] = a.source_kind

    def entities(self) -> tuple[Entity, ...]:
        """All entities as adapted so far, those of the machine first."""
        return tuple(self._entities.values())

    def behind(self, source: _Region) -> tuple[str, ...]:
        """The ids of the speakers chosen or typed on a Source region; a typed name goes before the list."""
        typed = [" ".join(t.split()) for t in source.values.get("speaker_name", [])]
        names = [n for t in typed for n in self._split(t)] or source.values.get("speaker", [])
        before = self._before.get(source.span)
        if not names:
            # A new Source on which nobody was chosen: whoever the text is known to mention there.
            return self._mentioned(source.span) if before is None else ()
        ids = tuple(dict.fromkeys(self._known(name, source.span) for name in names))
        if before is None or ids not in before:
            self._adapt(source.span, ids)
        return ids

    def _split(self, typed: str) -> list[str]:
        parts = [typed] if typed in self._by_name else typed.split(";")
        return [part.strip() for part in parts if part.strip()]

    def _known(self, name: str, span: Span) -> str:
        """The entity of that name, made at `span` if there is none."""
        if name not in self._by_name:
            mentions = (self._mention(span),)
            kind = self._kinds.get(span, "person")
            made = Entity(entity_id(self._document.text_sha256, mentions), name, kind, mentions)
            number = 1
            while made.id in self._entities:  # "Brandt and Ode", both new: one span, two entities
                number += 1
                made = replace(made, id=f"{made.id.partition('.')[0]}.{number}")
            self._entities[made.id] = made
            self._by_name[name] = made.id
        return self._by_name[name]

    def _mentioned(self, span: Span) -> tuple[str, ...]:
        """The one entity mentioned within `span`; nobody where there are several."""
        found = [e.id for e in self._entities.values() if any(m.span in span for m in e.mentions)]
        return tuple(found) if len(found) == 1 else ()

    def _adapt(self, span: Span, ids: tuple[str, ...]) -> None:
        """Let the Source be a mention of the speakers chosen for it, and of nobody else."""
        for entity in list(self._entities.values()):
            mentions = tuple(m for m in entity.mentions if m.span != span or entity.id in ids)
            if entity.id in ids and not any(m.span in span for m in mentions):
                mentions = tuple(sorted((*mentions, self._mention(span)), key=lambda m: m.span))
            if mentions or not entity.mentions:
                self._entities[entity.id] = replace(entity, mentions=mentions)

    def _mention(self, span: Span) -> EntityMention:
        text = span.of(self._document.text)
        form: MentionForm = "pronoun" if text.lower() in pronouns() else "name" if _named(text) else "nominal"
        return EntityMention(span.start, span.end, form)


def _named(text: str) -> bool:
    """Whether a word after the first has a capital, or the only word: "Ana Brandt", "Ode"."""
    words = text.split()
    return any(w[0].isupper() for w in (words[1:] or words))


def _short(text: str, length: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
