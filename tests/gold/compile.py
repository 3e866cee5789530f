"""Gold sources (`*.gold`, see README.md beside this file) → `tests/gold/gold.jsonl` and `traps.json`.

`python tests/gold/compile.py` writes both; `--check` only compares. Every line of a gold source is sought in the
canonical text of its story, so a story that changes under its gold is an error and never a shifted span.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from annotator import reader, store
from annotator.errors import BadAnnotation
from annotator.model import (
    ACTS,
    ATTITUDES,
    ENTITY_KINDS,
    PARAGRAPH_KINDS,
    READABLE,
    Act,
    Annotation,
    Attitude,
    Attribution,
    Document,
    Entity,
    EntityKind,
    EntityMention,
    MentionForm,
    ParagraphKind,
    Producer,
    QuoteType,
    Role,
    SourceKind,
    Span,
    attribution_id,
    entity_id,
)

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent.parent / "annotator" / "data" / "samples"
# The folder with the text of the stories that are only gold, none of the samples: it is made from the source.
STORIES = "stories"
PRODUCER = Producer(kind="person", name="gold")

# How the report is worded; what can be counted from the spans (direct, nested, no source …) is not written by hand.
WORDINGS = frozenset(
    {"verb", "nominal", "passive", "prep", "evidential", "headline", "colon", "dash", "bare", "relative"}
    | {"forphrase", "tweet", "mismatched", "unclosed"}
)
CUELESS = frozenset({"headline", "colon", "dash", "bare"})
TRAPS = {
    "scare": "scare quotes or a nickname: nobody is quoted",
    "title": "the title of a work",
    "abstract": "an abstract subject: no mind behind it",
    "deed": "an event or an emotion: nothing is reported",
    "declined": "declined to comment: no content",
    "alleged-person": "'alleged' before a person",
}
FORMS: dict[str, MentionForm] = {"=": "name", "~": "nominal", "^": "pronoun"}
CURLY, STRAIGHT = frozenset("“”‘’"), frozenset("\"'")


@dataclass(frozen=True, slots=True)
class Mark:
    """One `{tag tag|words}` of a gold line: where the words stand, counted in the line and later in the text."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a gold source without its marks."""

    number: int
    text: str
    marks: tuple[Mark, ...]
    kind: ParagraphKind
    optional: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A line of the section `entities`."""

    kind: EntityKind
    name: str
    stands_for: str | None


@dataclass(frozen=True, slots=True)
class Valued:
    """A line of the section `attributions`."""

    act: Act
    attitude: Attitude
    wordings: frozenset[str]
    by: tuple[str, ...]
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A gold source as written."""

    id: str
    lines: tuple[Line, ...]
    entities: dict[str, Named]
    attributions: dict[int, Valued]


@dataclass(frozen=True, slots=True)
class Trap:
    """Words in which nothing may be annotated, and why."""

    start: int
    end: int
    text: str
    why: str


@dataclass(slots=True)
class Story:
    """A gold source laid over its story's text."""

    document: Document
    spans: dict[str, list[Span]] = field(default_factory=dict)
    traps: list[Trap] = field(default_factory=list)
    paragraphs: list[tuple[Span, ParagraphKind]] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A story's gold annotation, entities' ids by key, traps, paragraphs, and the forms that each attribution shows."""

    annotation: Annotation
    keys: dict[str, str]
    traps: tuple[Trap, ...]
    paragraphs: tuple[tuple[Span, ParagraphKind], ...]
    forms: dict[str, frozenset[str]]
    unmatched: tuple[str, ...]


def read_source(path: Path) -> Source:
    """The gold source at `path`; raises BadAnnotation where it is badly written."""
    sections = re.split(r"^=== (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = dict(zip(sections[1::2], sections[2::2], strict=True))
    if list(named) != ["text", "entities", "attributions"]:
        raise BadAnnotation(f"{path.name}: sections are {list(named)}")
    lines = tuple(
        read_line(raw, number, path.name)
        for number, raw in enumerate(named["text"].split("\n"), start=2)
        if raw.strip()
    )
    entities = dict(read_entity(raw, path.name) for raw in named["entities"].splitlines())
    attributions = dict(read_values(raw, path.name) for raw in named["attributions"].splitlines())
    return Source(path.stem, lines, entities, attributions)


def read_line(raw: str, number: int, where: str) -> Line:
    """A paragraph with `@kind ` taken off its front and every `{…|…}` taken out of it."""
    kind, optional = "body", False
    if front := re.match(r"@(\w+)(\??) ", raw):
        kind, optional, raw = front[1], bool(front[2]), raw[front.end() :]
    if kind not in PARAGRAPH_KINDS:
        raise BadAnnotation(f"{where}:{number}: no paragraph is a {kind!r}")
    text, marks, open_marks, at = "", [], [], 0
    while at < len(raw):
        if raw[at] == "{":
            bar = raw.index("|", at)
            open_marks.append((raw[at + 1 : bar].split(), len(text)))
            at = bar
        elif raw[at] == "}":
            if not open_marks:
                raise BadAnnotation(f"{where}:{number}: a brace too many after {text[-30:]!r}")
            tags, start = open_marks.pop()
            marks += [Mark(tag, start, len(text)) for tag in tags]
        else:
            text += raw[at]
        at += 1
    if open_marks:
        raise BadAnnotation(f"{where}:{number}: {open_marks[-1][0]} is never closed")
    return Line(number, text, tuple(marks), kind, optional)


def read_entity(raw: str, where: str) -> tuple[str, Named]:
    """`key | kind | name [| what a place stands for]`."""
    key, kind, name, *rest = (part.strip() for part in raw.split("|"))
    if kind not in ENTITY_KINDS:
        raise BadAnnotation(f"{where}: {key} is a {kind!r}")
    return key, Named(kind, name, rest[0] if rest else None)


def read_values(raw: str, where: str) -> tuple[int, Valued]:
    """`number | act attitude | wordings | by=a,b | to=c`."""
    number, values, wordings, *rest = (part.strip() for part in raw.split("|"))
    act, attitude = values.split()
    if act not in ACTS or attitude not in ATTITUDES or not WORDINGS.issuperset(wordings.split()):
        raise BadAnnotation(f"{where}: attribution {raw!r}")
    options = dict(part.split("=") for part in rest if part)
    if not options.keys() <= {"by", "to"}:
        raise BadAnnotation(f"{where}: attribution {raw!r}")
    by, to = (tuple(options[key].split(",")) if key in options else () for key in ("by", "to"))
    return int(number), Valued(act, attitude, frozenset(wordings.split()), by, to)


@cache
def read_story(id_: str, folder: Path = HERE) -> Document:
    """The sample or gold story with that id, as the product reads it."""
    folders = [f for f in (SAMPLES, folder / STORIES) if f.is_dir()]
    (path,) = (p for f in folders for p in f.iterdir() if p.stem == id_ and p.suffix in {".txt", ".html"})
    (document,) = reader.read([path])
    if not isinstance(document, Document):
        raise document
    return document


def lay(source: Source, document: Document) -> Story:
    """Every mark of `source` as a span of the text; raises BadAnnotation where a line is not in it, in order."""
    story, text, at = Story(document), document.text, 0
    for index, line in enumerate(source.lines):
        start = text.find(line.text, at)
        if line.optional and (start < 0 or start > next_certain(source.lines[index + 1 :], text, at)):
            continue
        if start < 0:
            raise BadAnnotation(
                f"{source.id}: line {line.number} is not in the text after {at}: {line.text!r}"
            )
        if between := text[at:start].strip():
            story.unmatched.append(between)
        at = start + len(line.text)
        story.paragraphs.append((Span(start, at), line.kind))
        if line.kind not in READABLE:
            story.traps.append(Trap(start, at, line.text, line.kind))
        for mark in line.marks:
            place(mark, start, story, source.id)
    if rest := text[at:].strip():
        story.unmatched.append(rest)
    return story


def next_certain(lines: tuple[Line, ...], text: str, at: int) -> int:
    """Where the next line that must be there begins."""
    return next((text.find(line.text, at) for line in lines if not line.optional), len(text))


def place(mark: Mark, start: int, story: Story, where: str) -> None:
    """Put one mark into `story`: a trap, or a span under its tag."""
    span = Span(start + mark.start, start + mark.end)
    words = span.of(story.document.text)
    if words != words.strip() or not words:
        raise BadAnnotation(f"{where}: {mark.tag} holds {words!r}")
    if not re.fullmatch(r"\d+[sct]|[=~^#][a-z]+|![a-z-]+", mark.tag):
        raise BadAnnotation(f"{where}: no such tag: {mark.tag!r}")
    if mark.tag.startswith("!"):
        story.traps.append(Trap(span.start, span.end, words, TRAPS[mark.tag[1:]]))
    else:
        story.spans.setdefault(mark.tag, []).append(span)


def joined(spans: list[Span], text: str) -> tuple[Span, ...]:
    """`spans` in text order, those with only white space between them made one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and not text[out[-1].end : span.start].strip():
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return tuple(out)


def quoted(piece: str) -> tuple[list[bool], list[tuple[str, str]]]:
    """For each character whether it stands in quotation marks, and each pair of marks ("" for a missing one)."""
    inside, flags, pairs = "", [], []
    for at, char in enumerate(piece):
        before, after = piece[at - 1 : at] if at else " ", piece[at + 1 : at + 2] or " "
        single_ok = not (before.isalnum() and after.isalnum())
        # A quotation within single marks may hold another in double ones.
        is_mark = (char in '“”"' and inside not in {*"‘'"}) or (
            char in "‘'’" and single_ok and (inside in {"", *"‘'"})
        )
        if char in "'’" and not inside and (before.isalnum() or not after.isalnum()):
            is_mark = False
        flags.append(bool(inside) or is_mark)
        if not is_mark:
            continue
        if not inside:
            inside = char
        elif char == "“" or (char == '"' and piece[:at].endswith("\n")):
            continue  # the mark that a quotation repeats at the head of its next paragraph
        else:
            pairs.append((inside, char))
            inside = ""
    if inside:
        pairs.append((inside, ""))
    return flags, pairs


def quote_type(pieces: tuple[Span, ...], text: str) -> QuoteType:
    """Direct where all words of the content stand in marks, mixed where some do, else indirect."""
    inside = [
        flag
        for span in pieces
        for flag, char in zip(quoted(span.of(text))[0], span.of(text), strict=True)
        if char.isalnum()
    ]
    return "direct" if all(inside) else "mixed" if any(inside) else "indirect"


def mark_faults(pieces: tuple[Span, ...], text: str) -> frozenset[str]:
    """Whether a pair of marks is mismatched (“…") or never closed."""
    pairs = [pair for span in pieces for pair in quoted(span.of(text))[1]]
    faults = {"unclosed"} if any(not closing for _, closing in pairs) else set()
    if any((first in CURLY) != (last in CURLY) for first, last in pairs if last):
        faults.add("mismatched")
    return frozenset(faults)


def compile_story(source: Source, document: Document) -> Compiled:
    """The gold annotation of one story; raises BadAnnotation where the source does not hold together."""
    story = lay(source, document)
    check_tags(source, story)
    entities = {key: make_entity(key, named, story) for key, named in source.entities.items()}
    drafts = {number: make_attribution(number, source, story, entities) for number in source.attributions}
    attributions = tuple(with_parent(draft, tuple(drafts.values())) for draft in drafts.values())
    if len({a.id for a in attributions}) < len(attributions) or len({e.id for e in entities.values()}) < len(
        entities
    ):
        raise BadAnnotation(f"{source.id}: two of the same id")
    check_traps(source.id, story, attributions)
    forms = {
        attribution.id: values.wordings | shown(attribution, document.text, tuple(entities.values()))
        for attribution, values in zip(attributions, source.attributions.values(), strict=True)
    }
    in_order = sorted(attributions, key=lambda a: min(a.spans))
    by_mention = sorted(entities.values(), key=lambda e: e.mentions[0].span)
    annotation = Annotation(
        document.id, document.text_sha256, "gold", PRODUCER, tuple(in_order), tuple(by_mention)
    )
    keys = {key: entity.id for key, entity in entities.items()}
    return Compiled(
        annotation, keys, tuple(story.traps), tuple(story.paragraphs), forms, tuple(story.unmatched)
    )


def check_tags(source: Source, story: Story) -> None:
    """Every tag in the text has its line below, and every line its tag."""
    numbers = {int(tag[:-1]) for tag in story.spans if tag[0].isdigit()}
    keys = {tag[1:] for tag in story.spans if tag[0] in FORMS}
    roles = {tag[1:] for tag in story.spans if tag[0] == "#"}
    for what, used, listed in (
        ("attributions", numbers, set(source.attributions)),
        ("entities", keys | roles, set(source.entities)),
    ):
        if used != listed:
            raise BadAnnotation(f"{source.id}: {what} used or listed only: {sorted(map(str, used ^ listed))}")


def make_entity(key: str, named: Named, story: Story) -> Entity:
    """The entity `key` with its mentions in text order."""
    text = story.document.text
    mentions = tuple(
        sorted(
            (
                EntityMention(s.start, s.end, form)
                for sign, form in FORMS.items()
                for s in story.spans.get(sign + key, [])
            ),
            key=lambda m: m.span,
        )
    )
    names = list(dict.fromkeys(m.span.of(text) for m in mentions if m.form == "name"))
    if names and bare(named.name) not in map(bare, names):
        raise BadAnnotation(f"{story.document.id}: {key} is called {names}, not {named.name!r}")
    roles = story.spans.get("#" + key, [])
    role = Role(roles[0].of(text), roles[0].start, roles[0].end) if roles else None
    aliases = tuple(name for name in names if bare(name) != bare(named.name))
    id_ = entity_id(story.document.text_sha256, mentions)
    return Entity(id_, named.name, named.kind, mentions, aliases, role, named.stands_for)


def bare(name: str) -> str:
    """A name without its article and capitals: "The Fair Committee" and "the Fair Committee" are one."""
    return name.casefold().removeprefix("the ")


def make_attribution(number: int, source: Source, story: Story, entities: dict[str, Entity]) -> Attribution:
    """Attribution `number` without its parent."""
    text, values = story.document.text, source.attributions[number]
    origin, cue, content = (joined(story.spans.get(f"{number}{role}", []), text) for role in "sct")
    where = f"{source.id}: attribution {number}"
    check_parts(where, values, origin, cue, content)
    if mark_faults(content, text) != values.wordings & {"mismatched", "unclosed"}:
        raise BadAnnotation(f"{where}: the marks say {set(mark_faults(content, text))}")
    speakers = [entities[key] for key in values.by]
    for speaker in speakers:
        if not any(m.span in origin[0] for m in speaker.mentions):
            raise BadAnnotation(f"{where}: {speaker.name} is not in {origin[0].of(text)!r}")
    kind: SourceKind = speakers[0].kind if speakers else "unspecified"
    return Attribution(
        attribution_id(story.document.text_sha256, source=origin, cue=cue, content=content),
        content,
        origin,
        cue,
        quote_type(content, text),
        values.attitude,
        values.act,
        kind,
        tuple(s.id for s in speakers),
        about(content, speakers, [entities[key] for key in values.to], entities),
    )


def check_parts(
    where: str, values: Valued, origin: tuple[Span, ...], cue: tuple[Span, ...], content: tuple[Span, ...]
) -> None:
    """A content there must be; at most one cue and one source, and a source if somebody speaks."""
    if not content or len(cue) > 1 or len(origin) > 1:
        raise BadAnnotation(f"{where}: {len(origin)} sources, {len(cue)} cues, {len(content)} contents")
    if bool(origin) != bool(values.by):
        raise BadAnnotation(f"{where}: source and speakers do not agree")
    if not cue and not values.wordings & CUELESS:
        raise BadAnnotation(f"{where}: no cue")
    parts = sorted(origin + cue + content)
    if any(first.overlaps(second) for first, second in pairwise(parts)):
        raise BadAnnotation(f"{where}: its spans overlap")


def about(
    content: tuple[Span, ...], speakers: list[Entity], targets: list[Entity], entities: dict[str, Entity]
) -> tuple[str, ...]:
    """The targets and whoever the content names or describes; the speaker only where he names himself."""
    found = {target.id: None for target in targets}
    for entity in entities.values():
        own = ("name",) if entity in speakers else ("name", "nominal")
        if any(m.form in own and m.span in piece for m in entity.mentions for piece in content):
            found[entity.id] = None
    return tuple(found)


def with_parent(child: Attribution, every: tuple[Attribution, ...]) -> Attribution:
    """`child` with the innermost attribution in whose content its cue (without one, its content) stands."""
    at = (child.cue or child.content)[0]
    around = [
        (sum(map(len, other.content)), other.id)
        for other in every
        if other is not child and any(at in piece and at != piece for piece in other.content)
    ]
    if not around:
        return child
    return replace(child, parent=min(around)[1])


def check_traps(where: str, story: Story, attributions: tuple[Attribution, ...]) -> None:
    """No attribution reaches into a trap."""
    for trap in story.traps:
        for attribution in attributions:
            if any(span.overlaps(Span(trap.start, trap.end)) for span in attribution.spans):
                raise BadAnnotation(f"{where}: {attribution.id} reaches into the trap {trap.text!r}")


def shown(attribution: Attribution, text: str, entities: tuple[Entity, ...]) -> frozenset[str]:
    """The forms that can be counted from the spans."""
    pronouns = {m.span for e in entities for m in e.mentions if m.form == "pronoun"}
    tests = {
        attribution.quote_type: True,
        "nested": attribution.parent is not None,
        "no_source": not attribution.source,
        "no_cue": not attribution.cue,
        "discontinuous": len(attribution.content) > 1,
        "multi_paragraph": any("\n\n" in span.of(text) for span in attribution.content),
        "several_speakers": len(attribution.speaker_ids) > 1,
        "pronoun_source": bool(pronouns & set(attribution.source)),
    }
    return frozenset(form for form, holds in tests.items() if holds)


def story_text(source: Source) -> str:
    """The text of a story that is no sample, a blank line between its paragraphs."""
    return "\n\n".join(line.text for line in source.lines) + "\n"


def write_stories(sources: list[Source], folder: Path) -> None:
    """Write the text of each story that is no sample."""
    (folder / STORIES).mkdir(exist_ok=True)
    samples = {p.stem for p in SAMPLES.iterdir()}
    for source in sources:
        if source.id not in samples:
            (folder / STORIES / f"{source.id}.txt").write_text(story_text(source), encoding="utf-8")


def read_sources(folder: Path = HERE) -> list[Source]:
    """Every gold source of the folder, in the order of the ids."""
    return [read_source(path) for path in sorted(folder.glob("*.gold"))]


def compile_all(names: list[str] | None = None, folder: Path = HERE) -> list[Compiled]:
    """Every gold source of a folder, or those named, in the order of the ids."""
    sources = [source for source in read_sources(folder) if not names or source.id in names]
    return [compile_story(source, read_story(source.id, folder)) for source in sources]


def gold_text(stories: list[Compiled]) -> str:
    """What gold.jsonl holds."""
    dicts = (store.annotation_to_json(story.annotation) for story in stories)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in dicts)


def traps_text(stories: list[Compiled]) -> str:
    """What traps.json holds: by story, each span in which nothing may be annotated, and why."""
    traps = {
        story.annotation.document_id: [asdict(trap) for trap in sorted(story.traps, key=lambda t: t.start)]
        for story in stories
    }
    return json.dumps(traps, ensure_ascii=False, indent=1) + "\n"


def across_text(stories: list[Compiled], folder: Path) -> str:
    """What across.json holds: by story and entity who it is, the same word in every story where they are one."""
    lines = (folder / "across.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ids = {story.annotation.document_id: story.keys for story in stories}
    out: dict[str, dict[str, str]] = {}
    for story, key, who in (line.split("\t") for line in lines):
        out.setdefault(story, {})[ids[story][key]] = who
    return json.dumps(out, ensure_ascii=False, indent=1) + "\n"


def counts(stories: list[Compiled]) -> Counter[str]:
    """How many attributions show each form."""
    return Counter(form for story in stories for forms in story.forms.values() for form in forms)


def main(arguments: list[str]) -> int:
    """Write or check the two files and say what is in them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    options.add_argument(
        "names", nargs="*", help="try these alone: write their stories, print what is in them"
    )
    options.add_argument("--folder", type=Path, default=HERE, help="where the sources lie, if not here")
    asked = options.parse_args(arguments)
    check, folder = asked.check or bool(asked.names), asked.folder
    if not asked.check:
        sources = read_sources(folder)
        write_stories([source for source in sources if not asked.names or source.id in asked.names], folder)
    stories = compile_all(asked.names, folder)
    linked = not asked.names and (folder / "across.tsv").exists()
    stale = []
    for path, text in (
        (folder / "gold.jsonl", gold_text(stories)),
        (folder / "traps.json", traps_text(stories)),
        *([(folder / "across.json", across_text(stories, folder))] if linked else []),
    ):
        if asked.check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(path.name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    for story in stories:
        made, traps = story.annotation, len(story.traps)
        found = f"{len(made.attributions)} attributions, {len(made.entities)} entities, {traps} traps"
        sys.stdout.write(f"{made.document_id}: {found}\n")
    for form, number in sorted(counts(stories).items(), key=lambda item: (-item[1], item[0])):
        sys.stdout.write(f"{number:4} {form}\n")
    if stale:
        sys.stderr.write(f"not as compiled: {', '.join(stale)}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
