"""The paragraphs of a text, and which of them are the story and which the furniture of its page.

What a line of furniture looks like is data: `data/furniture.tsv`, one pattern a row with an example that it
catches and a near miss that it must not. This module knows only what takes more than one line to see: broken and
wrapped lines, things printed twice, boxes of links, and where the story ends.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, cast

from annotator.model import READABLE, Paragraph, ParagraphKind, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Pattern", "mark", "paragraphs", "patterns", "split"]

# any: wherever it stands. opens: too, and after the story it opens the foot of the page. box: too, and the
# titles below it belong to it. end: only in the foot of the page or among the last paragraphs before it.
# foot: only in the foot. head: only between the first line and the first sentence. names: there, below a headline that
# is not itself all in capitals like a row of names.
Place = Literal["any", "opens", "box", "end", "foot", "head", "names"]

_LINE = re.compile(r"[^\n\r\f\v\u0085\u2028\u2029]+")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_FINAL = re.compile(r"[.!?…][\"'”’»)\]]*$")
_CLOSED = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
# A word after which no sentence ends: "said the head of the / Harbour Board on Monday".
_LEADS_ON = re.compile(
    r"(?:^|\s)(?:a|an|the|of|to|in|on|at|for|from|with|by|and|or|that|is|are|was|were|has|have|will|its|their)$"
)
# "al-Rashid said" and "iTunes sales" begin a line of their own, though in lower case.
_SMALL_NAME = re.compile(r"(?:al|el|as|an|ad|van|von|de|di|da|bin|ibn)[- ][A-Z]|[a-z]+[A-Z]")
_PART = re.compile(r"<([A-Z]+)>")
_WRAP_WIDTH = range(40, 121)
_LAST_PARAGRAPHS = 4
# Places above a story, where who wrote it is told, and below it; words that are small in a headline of capitals too.
_ABOVE, _BELOW = frozenset({"head", "names"}), frozenset({"end", "foot"})
_SMALL = frozenset({"with", "from", "over", "into", "than", "after", "amid", "that", "when"})
_TITLE_WORDS = 18
_TITLE_LENGTH = 140
# So much unmarked text after a related-links line shows that the story goes on below it.
_STORY_PARAGRAPHS = 2
_STORY_WORDS = 50
# With so many paragraphs alike, as in a table of results, one more tells nothing new.
_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row of `furniture.tsv`: paragraphs of up to `longest` characters in which `regex` is found.

    `needs` saves time: one of these, in small letters, has to occur (none: always tried).
    """

    kind: ParagraphKind
    place: Place
    longest: int
    needs: frozenset[str]
    regex: re.Pattern[str]
    example: str
    near_miss: str


def paragraphs(text: str, *, title: str | None = None) -> tuple[Paragraph, ...]:
    """The paragraphs of a canonical text with their kinds: in order, apart, and all that is not white space."""
    return mark(text, split(text), title=title)


def split(text: str) -> list[Span]:
    """The paragraphs' ranges, without white space around them.

    A line is a paragraph, unless the text is wrapped at some width (then a full line goes on in the next one)
    or a line breaks off in mid-sentence: "The board will meet the / union's lawyers on Friday."
    """
    lines = list(_lines(text))
    width = _wrap_width(text, lines)
    spans: list[Span] = []
    last: Span | None = None
    for line in lines:
        if last is not None and _goes_on(text, last, line, width):
            spans[-1] = Span(spans[-1].start, line.end)
        else:
            spans.append(line)
        last = line
    return spans


def mark(text: str, spans: Sequence[Span], *, title: str | None = None) -> tuple[Paragraph, ...]:
    """The paragraphs at `spans` with what each is for; `title` is a headline known from elsewhere."""
    blocks = [" ".join(span.of(text).split()) for span in spans]
    known = {block: _match(block) for block in set(blocks)}
    plain = [known[block] for block in blocks]
    authors = _authors(blocks, plain)
    found = [authors.get(i, pattern) for i, pattern in enumerate(plain)]
    foot = _foot(blocks, found)
    begins: dict[Place, int] = {"end": foot - _LAST_PARAGRAPHS, "foot": foot}
    kinds: list[ParagraphKind] = ["body"] * len(blocks)
    for i, pattern in enumerate(found):
        if pattern and i >= begins.get(pattern.place, 0):
            kinds[i] = pattern.kind
    _mark_headlines(blocks, kinds, title)
    _mark_teasers(blocks, kinds, found, foot)
    _mark_foot(blocks, kinds, found, foot)
    _mark_repeats(blocks, kinds, title)
    return tuple(Paragraph(s.start, s.end, kind) for s, kind in zip(spans, kinds, strict=True))


@cache
def patterns() -> tuple[Pattern, ...]:
    """The rows of `furniture.tsv`, in its order: the first that matches decides.

    A row of kind "part" names a piece of a pattern, which stands in others as `<NAME>`.
    """
    table = resources.files("annotator") / "data" / "furniture.tsv"
    parts: dict[str, str] = {}
    found = []
    with table.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            regex = _PART.sub(lambda name: parts[name[1]], row["pattern"])
            if row["kind"] == "part":
                parts[row["place"]] = regex
            else:
                found.append(_pattern(row, regex))
    return tuple(found)


def _pattern(row: dict[str, str], regex: str) -> Pattern:
    return Pattern(
        kind=cast("ParagraphKind", row["kind"]),
        place=cast("Place", row["place"]),
        longest=int(row["longest"]),
        needs=frozenset(filter(None, row["needs"].split("|"))),
        regex=re.compile(regex, re.IGNORECASE),
        example=row["example"],
        near_miss=row["near miss"],
    )


def _lines(text: str) -> Iterator[Span]:
    for match in _LINE.finditer(text):
        line = match.group()
        start = match.start() + len(line) - len(line.lstrip())
        end = match.start() + len(line.rstrip())
        if start < end:
            yield Span(start, end)


def _adjacent(text: str, left: Span, right: Span) -> bool:
    """Whether no blank line stands between two lines."""
    return (
        len(_LINE.split(text[left.end : right.start])) <= 2 and text.count("\n", left.end, right.start) == 1
    )


def _wrap_width(text: str, lines: Sequence[Span]) -> int | None:
    """The width at which a wire broke its lines, or None where a line is a paragraph.

    In wrapped text nearly every line that another follows is so long that the next one's first word would not
    have fitted.
    """
    pairs = [(left, right) for left, right in pairwise(lines) if _adjacent(text, left, right)]
    if len(pairs) < 3:
        return None
    lengths = sorted(len(left) for left, _ in pairs)
    width = lengths[-1]
    if width not in _WRAP_WIDTH:
        return None
    full = sum(_is_full(text, left, right, width) for left, right in pairs)
    return width if full >= 0.7 * len(pairs) else None


def _is_full(text: str, line: Span, following: Span, width: int) -> bool:
    first_word = following.of(text).split(maxsplit=1)[0]
    return len(line) + 1 + len(first_word) > width


def _goes_on(text: str, line: Span, following: Span, width: int | None) -> bool:
    """Whether the paragraph of `line` goes on in the line below it."""
    if not _adjacent(text, line, following):
        return False
    if width is not None and _is_full(text, line, following, width):
        return True
    above, below = line.of(text), following.of(text)
    if _CLOSED.search(above) and not above.endswith(","):
        return False
    if _LEADS_ON.search(above):
        return True
    return below[0].islower() and not _SMALL_NAME.match(below)


@cache
def _needed() -> frozenset[str]:
    return frozenset(word for pattern in patterns() for word in pattern.needs)


def _match(block: str, *, above: bool = False) -> Pattern | None:
    small = block.lower()
    length = len(block)
    there = {word for word in _needed() if word in small}
    for pattern in _rows(above=above):
        if length > pattern.longest or (pattern.needs and pattern.needs.isdisjoint(there)):
            continue
        if pattern.regex.search(block):
            return pattern
    return None


@cache
def _rows(*, above: bool) -> tuple[Pattern, ...]:
    """The patterns of lines between headline and story, or all others."""
    return tuple(p for p in patterns() if (p.place in _ABOVE) == above)


def _foot(blocks: Sequence[str], found: Sequence[Pattern | None]) -> int:
    """Where the foot of the page begins: the first line that opens one and after which no story goes on."""
    story = _last_story(blocks, found)
    for i in range(story, len(blocks)):
        pattern = found[i]
        if pattern and pattern.place == "opens" and story:
            return i
    return len(blocks)


def _authors(blocks: Sequence[str], found: Sequence[Pattern | None]) -> dict[int, Pattern]:
    """The lines that tell who wrote a story, between its headline and its first sentence, and are nothing else there.

    None where one of these lines comes again before the end, as the names of those who talk do in a transcript.
    """
    first = next((i for i, block in enumerate(blocks) if i and _FINAL.search(block)), 1)
    places = _ABOVE if _is_plain(blocks[0] if blocks else "") else {"head"}
    # "Related Links" might be a name; what marks the foot of a page marks nothing here.
    free = (i for i in range(1, first) if (p := found[i]) is None or p.place in _BELOW)
    matched = ((i, _match(blocks[i], above=True)) for i in free)
    told = {i: pattern for i, pattern in matched if pattern is not None and pattern.place in places}
    counted = Counter(blocks[: max(first, len(blocks) - _LAST_PARAGRAPHS)])
    return told if all(counted[blocks[i]] == 1 for i in told) else {}


def _is_plain(headline: str) -> bool:
    """Whether a headline has ordinary words in small letters: "North gate closes", not "North Gate Closes"."""
    return sum(w[0].islower() and len(w) > 3 and w not in _SMALL for w in headline.split()) > 1


def _last_story(blocks: Sequence[str], found: Sequence[Pattern | None]) -> int:
    """The index after the last run of unmarked sentences; 0 where there is no run.

    A teaser below a headline and a dateline of its own has to be longer to pass for a story.
    """
    last, run, words, needed = 0, 0, 0, _STORY_PARAGRAPHS
    for i, (block, pattern) in enumerate(zip(blocks, found, strict=True)):
        if pattern is None and _FINAL.search(block):
            if not run:
                teased = last and i > 1 and _is_dateline(found[i - 1]) and _is_title(blocks[i - 2])
                needed = 2 * _STORY_PARAGRAPHS if teased else _STORY_PARAGRAPHS
            run, words = run + 1, words + len(block.split())
            if (run >= needed and words >= _STORY_WORDS) or not last:
                last = i + 1
        else:
            run, words = 0, 0
    return last


def _is_dateline(pattern: Pattern | None) -> bool:
    return pattern is not None and pattern.kind == "byline"


def _is_title(block: str) -> bool:
    """Whether a paragraph has the form of a headline: short, no final stop, not the lead-in of a list."""
    if len(block) > _TITLE_LENGTH or len(block.split()) > _TITLE_WORDS or _CLOSED.search(block):
        return False
    return bool(block) and (block[0].isalnum() or block[0] in "'\"“‘«") and not block[0].islower()


def _is_section(block: str) -> bool:
    """Whether a line is a heading between dashes: "- The bridge affair -"."""
    return len(block) <= _TITLE_LENGTH and bool(re.fullmatch(r"[-–—=*]+\s?\w.*\w\S*\s?[-–—=*]+", block))


def _mark_headlines(blocks: Sequence[str], kinds: list[ParagraphKind], title: str | None) -> None:
    """The first line, if it is no sentence, and the short lines and dashed ones above paragraphs of the story."""
    ours = _words(title or "")
    first = next((i for i, kind in enumerate(kinds) if kind == "body"), None)
    for i, block in enumerate(blocks):
        if kinds[i] != "body":
            continue
        heads = i == first and _is_title(block.rstrip("?!"))
        if heads or _is_section(block) or _is_title(block) or (ours and _words(block) == ours):
            kinds[i] = "headline"


def _mark_teasers(
    blocks: Sequence[str], kinds: list[ParagraphKind], found: Sequence[Pattern | None], foot: int
) -> None:
    """Titles below "Related:", another story's headline above its dateline and beginning, titles over nothing."""
    in_box = False
    for i, pattern in enumerate(found):
        if pattern and pattern.place == "box":
            in_box = True
        elif kinds[i] != "headline" or _is_section(blocks[i]):
            in_box = False
        elif in_box:
            kinds[i] = "teaser"
    for i in range(1, foot - 2):
        if kinds[i : i + 2] == ["headline", "byline"] and kinds[i + 2] == "teaser":
            kinds[i : i + 2] = ["teaser", "teaser"]
    end = foot
    while end > 0 and (kinds[end - 1] not in READABLE or _is_title(blocks[end - 1])):
        end -= 1
    orphans = [i for i in range(max(end, 1), foot) if kinds[i] == "headline"]
    for i in orphans if len(orphans) > 1 else ():
        kinds[i] = "teaser"


def _mark_foot(
    blocks: Sequence[str], kinds: list[ParagraphKind], found: Sequence[Pattern | None], foot: int
) -> None:
    """Everything below the story: what no pattern knows is of the kind of the section it stands in."""
    section: ParagraphKind = "boilerplate"
    teased = False
    for i in range(foot, len(blocks)):
        pattern = found[i]
        if pattern and pattern.place in {"opens", "box"}:
            section, teased = pattern.kind, False
        elif i + 1 < len(blocks) and _is_title(blocks[i]) and _is_dateline(found[i + 1]):
            teased = True
            kinds[i] = kinds[i + 1] = "teaser"
        elif not pattern:
            kinds[i] = "teaser" if teased else section
        elif pattern.kind != "byline":
            teased = False


def _mark_repeats(blocks: Sequence[str], kinds: list[ParagraphKind], title: str | None) -> None:
    """What stands there a second time; of a pulled quotation, the paragraph that has it whole stands."""
    words = [_words(block) for block in blocks]
    first = next((i for i, kind in enumerate(kinds) if kind == "headline"), None)
    heading = _words(title or "") if first is None else words[first]
    seen: set[tuple[str, ...]] = set()
    near: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, own in enumerate(words):
        retold = i > (first or 0) and _repeats_title(own, heading, blocks[i])
        if own in seen or retold or _is_near(own, near, words):
            kinds[i] = "repeat"
            continue
        if len(own) > 4 or (own and own == heading):
            seen.add(own)
        if len(own) > 10:
            near[own[:3]].append(i)
            near[own[-3:]].append(i)
    _mark_pulled(words, kinds)


def _is_near(
    own: tuple[str, ...], near: dict[tuple[str, ...], list[int]], words: Sequence[tuple[str, ...]]
) -> bool:
    """Whether nine words of ten and all figures stand in one earlier paragraph of the same beginning or end."""
    if len(own) <= 10:
        return False
    mine = set(own)
    for i in (*near.get(own[:3], ())[-_CANDIDATES:], *near.get(own[-3:], ())[-_CANDIDATES:]):
        other = set(words[i])
        alike = len(mine & other) >= 0.9 * len(mine | other)
        if alike and not any(char.isdigit() for word in mine ^ other for char in word):
            return True
    return False


def _repeats_title(own: tuple[str, ...], heading: tuple[str, ...], block: str) -> bool:
    """Whether a line begins with the whole headline and is no sentence."""
    return len(heading) > 3 and own[: len(heading)] == heading and not _FINAL.search(block)


def _mark_pulled(words: Sequence[tuple[str, ...]], kinds: list[ParagraphKind]) -> None:
    """Mark a quotation that is printed large beside the paragraph it was taken from."""
    size = 8
    small = [i for i, own in enumerate(words) if i and len(own) >= size and kinds[i] in READABLE]
    wanted = {words[i][:size] for i in small}
    places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for k, whole in enumerate(words):
        for j in range(len(whole) - size + 1) if kinds[k] == "body" else ():
            begins = whole[j : j + size]
            if begins in wanted and len(places[begins]) < _CANDIDATES:
                places[begins].append((k, j))
    for i in small:
        own = words[i]
        for k, j in places[own[:size]]:
            if kinds[k] == "body" and len(words[k]) > len(own) and words[k][j : j + len(own)] == own:
                kinds[i] = "repeat"


def _words(block: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(block.casefold().replace("’", "'")))
