"""Who speaks and about whom, within one story: entities, and attributions tied to them.

An entity is kept when it is a source, or when a report is about it (guidelines, section 4; `about`); which mentions are
one entity is decided in `coreference`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

from annotator.about import Reports
from annotator.analysis import Analysis, tokens_in, top_of
from annotator.clusters import Cluster, Story
from annotator.coreference import link
from annotator.mentions import (
    Candidate,
    Found,
    collect,
    heads_in,
    part_span,
)
from annotator.model import Attribution, Document, Entity, EntityMention, Span, entity_id
from annotator.names import fold, place_words, places, titles, word_class, words_of
from annotator.pairs import meant_by
from annotator.parties import ensure, names_another, names_it, target_heads
from annotator.roles import noun_of
from annotator.said import is_firms
from annotator.voices import hear

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.analysis import Token
    from annotator.model import EntityKind

# Words after which a name belongs to something else than the list of speakers.
_BINDS = frozenset(
    {"who", "whom", "whose", "which", "that", "of", "for", "between", "with", "to", "from", "at"}
)
_BINDS_TWO = frozenset({"and", "or", "who", "whom", "whose"})
_OWNED = re.compile(r"(?:my|our|your|his|her|its|their|whose)\b", re.IGNORECASE)
# How far behind a first name the surname stands that it shares, at most.
_COUPLE = 40
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
_NO_BRACKETS = str.maketrans("", "", "[]")
# Two trades before one name, and words of several.
_TRADES = re.compile(
    r"(?:(?:the|his|her|its|their|an?) )?[A-Za-z][a-z-]+(?: [a-z][a-z-]+){0,2}"
    r" and (?!the )(?:[a-z][a-z-]+ ){1,3}(?=[A-Z])"
)
# “A colleague, *retired nurse* Ana Ode,” is one person.
_TRADE_BESIDE = re.compile(r"(?: of the [a-z-]+)?, (?:[a-z][a-z-]+ ){1,4}")
_KIN_OF = re.compile(r"(?P<who>(?:The|the|An?|an?)(?: [a-z-]+){1,3}) (?:for|of|to) (?:[a-z-]+ )+(?=[A-Z])")
_SEVERAL = re.compile(r"\b(?:both|our|their|them|they|we)\b", re.IGNORECASE)
_ACTING_CASES = frozenset({"by", "with", "against", "between"})


def resolve(
    document: Document, analysis: Analysis, attributions: tuple[Attribution, ...]
) -> tuple[tuple[Attribution, ...], tuple[Entity, ...]]:
    """The attributions with `speaker_ids`, `about_ids` and a `source_kind` by entity; the entities in text order."""
    story = story_of(document, analysis, attributions)
    hear(story, link(story))
    speakers = said_by(document, story)
    reports = Reports(story, speakers)
    about = {a.id: _about(reports, a) for a in attributions}
    kept = {c.number: c for group in (*speakers.values(), *about.values()) for c in group}
    sha = document.text_sha256
    made = {n: _entity(analysis, sha, c) for n, c in kept.items()}
    done = tuple(_tied(a, speakers[a.id], about[a.id], made) for a in attributions)
    return done, tuple(sorted(made.values(), key=lambda e: (e.mentions[0].start, -e.mentions[0].end, e.id)))


def said_by(document: Document, story: Story) -> dict[str, list[Cluster]]:
    """Who says each attribution of a linked story."""
    headlines = [p.span for p in document.paragraphs if p.kind == "headline"]
    for attribution in story.attributions:
        # Nobody speaks before the story begins: a quotation for a headline is no turn of anybody.
        if any(attribution.content[0] in headline for headline in headlines):
            story.voices.pop(attribution.id, None)
    return {a.id: _speakers(story, a) for a in story.attributions}


def story_of(document: Document, analysis: Analysis, attributions: tuple[Attribution, ...]) -> Story:
    """The story as it is linked: its candidates, and the tokens of each attribution's sources and targets."""
    found = collect(document, analysis)
    sources = {a.id: _source_heads(analysis, found, a) for a in attributions}
    targets = {a.id: target_heads(analysis, found, a) for a in attributions}
    return Story(analysis, attributions, found, sources, targets)


def _tied(
    attribution: Attribution, speakers: list[Cluster], about: list[Cluster], made: dict[int, Entity]
) -> Attribution:
    return replace(
        attribution,
        speaker_ids=tuple(made[c.number].id for c in speakers),
        about_ids=tuple(made[c.number].id for c in about),
        source_kind=made[speakers[0].number].kind if speakers else attribution.source_kind,
    )


def _source_heads(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """The tokens that stand for an attribution's sources, each with a candidate made if the search left it out."""
    of_two = _of_two_trades(analysis, found, attribution)
    if of_two is not None:
        return [of_two]
    kin = _kin_of(analysis, found, attribution)
    if kin is not None:
        ensure(analysis, found, kin, attribution, part_span(analysis, kin, attribution.source))
        return [kin] if found.at(kin) is not None else []
    heads = [_name_beside(analysis, found, h, attribution) for h in heads_in(analysis, attribution.source)]
    heads = [h for k, h in enumerate(heads) if not k or not _tells_more(analysis, found, heads[0], h)]
    for head in heads:
        ensure(analysis, found, head, attribution, part_span(analysis, head, attribution.source))
    first = found.at(heads[0]) if heads else None
    also = _joined_names(analysis, found, attribution, first) if first else []
    return list(dict.fromkeys(c.head for h in (*heads, *also) if (c := found.at(h))))


def _of_two_trades(analysis: Analysis, found: Found, attribution: Attribution) -> int | None:
    """Who has two trades before his name: “*the writer and broadcaster* Ana Ode” is one, unless “they” are told of."""
    span = attribution.source[0] if len(attribution.source) == 1 else None
    trades = _TRADES.match(analysis.text, span.start, span.end) if span is not None else None
    if (
        span is None
        or trades is None
        or any(_SEVERAL.search(c.of(analysis.text)) for c in attribution.content)
    ):
        return None
    named = (c for c in found.name_at.values() if c.start <= trades.end() < c.end == span.end)
    name = next((c for c in named if len(c.words) > 1), None)
    before = [noun_of(analysis, i) for i in tokens_in(analysis, Span(span.start, trades.end()))]
    persons = sum(noun is not None and noun.kind == "person" for noun in before)
    return name.head if name is not None and persons > 1 else None


def _kin_of(analysis: Analysis, found: Found, attribution: Attribution) -> int | None:
    """Whose kin or lawyer speaks, whatever the parse makes of it: “*the brother* of murdered student Ana Ode”."""
    span = attribution.source[0] if len(attribution.source) == 1 else None
    told = _KIN_OF.match(analysis.text, span.start, span.end) if span is not None else None
    if span is None or told is None:
        return None
    named = any(c.start <= told.end() < c.end == span.end for c in found.name_at.values())
    ends = (Span(span.start, told.end("who")), Span(span.start, told.end()))
    nouns = [tokens_in(analysis, s)[-1] for s in ends]
    told_of = [noun_of(analysis, i) for i in nouns]
    people = named and all(noun is not None and noun.kind == "person" for noun in told_of)
    return nouns[0] if people else None


def _name_beside(analysis: Analysis, found: Found, head: int, attribution: Attribution) -> int:
    """The name inside a source that says who its noun is: "the spokesman, Jon Hale" is Hale."""
    if head in found.name_at:
        return _whose(analysis, found, head, attribution)
    inside = {i for s in attribution.source for i in tokens_in(analysis, s)}
    token = analysis.tokens[head]
    for bearer in dict.fromkeys(found.name_at[i].head for i in sorted(inside) if i in found.name_at):
        name = found.name_at[bearer]
        # "pollster Sam Ode": whatever the parse makes of the two, the words of his role are he.
        if name.role is not None and name.role.start <= token.start < name.role.end:
            return bearer
        if name.kind == "person" and _TRADE_BESIDE.fullmatch(analysis.text, token.end, name.start):
            return bearer
        if name.kind in _bearers(token, name) and bearer > head and names_it(analysis, head, name):
            return bearer
        if _ends_with(analysis, attribution, head, name) or _holds(analysis, attribution, head, name):
            return bearer
        if token.text in ("Q", "A") and analysis.text[token.end : name.start].strip() == "(":
            return bearer
    return head


def _whose(analysis: Analysis, found: Found, head: int, attribution: Attribution) -> int:
    """Who is named as a body's, whatever the parse makes of the two: “Orv Research's *Ana Ode*” said so."""
    name = found.name_at[head]
    if analysis.text[name.end : name.end + 3] not in ("'s ", "’s "):
        return head
    bearer = next((c for c in found.by_head.values() if c.form == "name" and c.start == name.end + 3), None)
    if bearer is None or bearer.kind != "person":
        return head
    return bearer.head if any(bearer.span in s for s in attribution.source) else head


def _bearers(noun: Token, name: Candidate) -> tuple[EntityKind, ...]:
    """What may be named beside a noun: somebody, and a body beside what bodies are, “the creditor, Norvik,”.

    So is a firm right behind what it is: “Chipmaker *Norvik*”.
    """
    word = fold(noun.lemma)
    firm = is_firms(word) and name.start == noun.end + 1
    return ("person", "organization") if firm or word in word_class("ally") else ("person",)


def _ends_with(analysis: Analysis, attribution: Attribution, head: int, name: Candidate) -> bool:
    """Whether a source is a noun and, after one comma, its name: "One of the two, Mara Ode,"; no list is."""
    source = next((s for s in attribution.source if name.span in s), None)
    if source is None or name.kind != "person" or name.start < analysis.tokens[head].end:
        return False
    if names_another(analysis, head, name):
        return False
    rest = analysis.text[name.end : source.end].strip(" ,")
    before = (
        analysis.text[source.start : name.start].rstrip().removesuffix(_title_of(analysis, name)).rstrip()
    )
    words = {analysis.tokens[i].text.lower() for i in tokens_in(analysis, Span(source.start, name.start))}
    alone = "Plur" not in analysis.tokens[head].feats and not _BINDS_TWO & words
    ends = not rest or rest.isdigit() or rest.startswith(("who ", "whose "))
    return alone and ends and before.endswith(",") and before.count(",") == 1


def _holds(analysis: Analysis, attribution: Attribution, head: int, name: Candidate) -> bool:
    """Whether somebody is named right behind his office without a comma: “*Leader of the council* Ana Ode said”."""
    tokens = analysis.tokens
    noun, source = noun_of(analysis, head), next((s for s in attribution.source if name.span in s), None)
    if (
        source is None
        or noun is None
        or (noun.kind, name.kind) != ("person", "person")
        or name.end != source.end
    ):
        return False
    first = bisect_left(analysis.starts, name.start)
    body = noun_of(analysis, first - 1) if first > head + 2 else None
    whole = tokens[head].start == source.start and not any(
        tokens[k].deprel == "det" for k in analysis.children[head]
    )
    # “Mother of Ana Ode”, “the leader, Ana Ode”
    return whole and tokens[head + 1].text == "of" and body is not None and body.kind == "organization"


def _title_of(analysis: Analysis, name: Candidate) -> str:
    """The courtesies right before a name, as they stand: "Sir"."""
    before = analysis.text[: name.start].split()[-len(name.title.split()) :] if name.title else []
    return " ".join(before)


@cache
def _titles_and_articles() -> frozenset[str]:
    return frozenset(titles()) | {"the", "a", "an", "his", "her", "their"}


def _joined_names(analysis: Analysis, found: Found, attribution: Attribution, first: Candidate) -> list[int]:
    """Further people whom "and" joins to the first, however it is parsed: "Ode, the clerk, and deputy Ana Brandt"."""
    if first.kind != "person" or first.form != "name":
        return []
    inside = [i for s in attribution.source for i in tokens_in(analysis, s)]
    out = []
    for head in dict.fromkeys(found.name_at[i].head for i in inside if i in found.name_at):
        name = found.name_at[head]
        own = name.role is not None and first.end <= name.role.start and name.role.end <= name.start
        start = name.role.start if name.role is not None and own else name.start
        before = [i for i in inside if first.end <= analysis.tokens[i].start < start]
        if len(before) > 1 and analysis.tokens[before[-1]].text == "," and _is_persons(analysis, before[-2]):
            # “The mayor, Ana Ode, and *the clerk*, Sam Lund,”
            del before[-2:]
        words = [analysis.tokens[i].text.lower() for i in before]
        while words and words[-1] in _titles_and_articles():
            words.pop()
        if name.kind == "person" and words and words[-1] == "and" and not _BINDS & set(words):
            out.append(head)
    return out


def _is_persons(analysis: Analysis, i: int) -> bool:
    noun = noun_of(analysis, i)
    return noun is not None and noun.kind == "person"


def _tells_more(analysis: Analysis, found: Found, first: int, other: int) -> bool:
    """Whether a joined noun is another role of the first: "Ana Brandt, a deputy and no friend of the mayor,"."""
    name, noun = found.name_at.get(first), noun_of(analysis, other)
    if name is None or name.kind != "person" or other in found.name_at:
        return False
    if any(analysis.tokens[k].text.lower() == "no" for k in analysis.children[other]):
        return True
    if noun is None:
        return False
    below = (analysis.tokens[k].deprel.split(":")[0] for k in analysis.children[other])
    # "Her brother and agent, Karl Ode," is one; "her brother and her agent, Karl Ode," are two.
    one = other < first and noun.kind == "person" and not {"det", "nmod"} & set(below)
    if one and analysis.tokens[other].end < name.start:
        return True
    alone = noun.kind == "person" and "Plur" not in analysis.tokens[other].feats
    return alone and "," in analysis.text[name.end : analysis.tokens[other].start]


def _speakers(story: Story, attribution: Attribution) -> list[Cluster]:
    out: list[Cluster] = []
    for cluster in (c for h in story.sources[attribution.id] for c in meant_by(story, h)):
        if cluster not in out:
            out.append(cluster)
            if cluster.kind == "place":
                _set_stands_for(story, cluster)
    if not out and attribution.id in story.voices:
        out.append(story.voices[attribution.id][0])
    return out


def _about(reports: Reports, attribution: Attribution) -> list[Cluster]:
    """Whom an attribution is about; a place that acts stands for who governs it."""
    found = reports.about(attribution)
    for cluster in found:
        if cluster.kind == "place" and any(_acts(reports.story.analysis, c) for c, _ in cluster.mentions):
            _set_stands_for(reports.story, cluster)
    return found


def _acts(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a place is spoken of as one that acts: "Lisbon warned", "Lisbon's doubts"; not "in Lisbon"."""
    head = top_of(analysis, candidate.head, "conj")
    token = analysis.tokens[head]
    if token.deprel.startswith("nsubj") or token.deprel in ("nmod:poss", "obl:agent", "obj", "iobj"):
        return True
    cases = {analysis.tokens[k].text.lower() for k in analysis.children[head]}
    return token.deprel in ("obl", "nmod") and bool(cases & _ACTING_CASES)


def _set_stands_for(story: Story, cluster: Cluster) -> None:
    spellings = (place_words(c.span.of(story.analysis.text)) for c, _ in cluster.mentions if c.form == "name")
    place = next((places()[words] for words in spellings if words in places()), None)
    if place is None:
        name = _best(
            [c.span.of(story.analysis.text) for c, _ in cluster.mentions if c.form == "name"] or [""], cluster
        )
        cluster.stands_for = f"authorities of {name}" if name else None
        return
    cluster.stands_for = place.stands_for


def _with_article(analysis: Analysis, candidate: Candidate) -> Span:
    """A name's range with the article that is its own: "the Harbour Union"; not that of "the Lisbon office"."""
    if candidate.form != "name" or candidate.kind == "person":
        return candidate.span
    first = bisect_left(analysis.starts, candidate.start) - 1
    if first < 0:
        return candidate.span
    token = analysis.tokens[first]
    within = range(first + 1, bisect_left(analysis.starts, candidate.end))
    own = token.text.lower() == "the" and (token.head in within or token.head == candidate.head)
    return Span(token.start, candidate.end) if own else candidate.span


def _entity(analysis: Analysis, sha: str, cluster: Cluster) -> Entity:
    """The cluster as an entity of the story: its longest name, the other forms as aliases, its first role."""
    text = analysis.text
    by_span = {_with_article(analysis, c): (c, score) for c, score in cluster.mentions}
    found = sorted(by_span.items(), key=itemgetter(0))
    mentions = tuple(EntityMention(s.start, s.end, c.form, score) for s, (c, score) in found)
    spans = (_with_surname(text, c) for _, (c, _) in found if c.form == "name")
    # What an editor filled in is a part of the name.
    names = [name.translate(_NO_BRACKETS) for name in spans]
    name = _best(names, cluster) if names else _called(text, mentions)
    return Entity(
        id=entity_id(sha, mentions),
        name=name,
        kind=cluster.kind or _kind_by_form(cluster),
        mentions=mentions,
        aliases=tuple(sorted(set(names) - {name})),
        role=next((c.role for _, (c, _) in found if c.role is not None), None),
        stands_for=cluster.stands_for,
    )


def _with_surname(text: str, name: Candidate) -> str:
    """A name as it stands, with the surname that another behind it lends: “*Tom* and Alice Ode” → Tom Ode."""
    said = name.span.of(text)
    if name.kind != "person" or len(name.words) == 1 or len(words_of(said)) > 1:
        return said
    after = _WORDS.findall(text[name.end : name.end + _COUPLE]) if text.startswith(" and ", name.end) else ()
    lent = next((w for w in after if fold(w) == name.words[-1]), None)
    return said if lent is None else f"{said} {lent}"


def _kind_by_form(cluster: Cluster) -> EntityKind:
    """What somebody is of whom no more is known than how he is called: "they" are a group, "it" is a body."""
    if cluster.plural:
        return "group"
    return "organization" if cluster.mentions[0][0].gender == "n" else "person"


def _best(names: list[str], cluster: Cluster) -> str:
    """The longest name of a person or body, initials aside; the commonest of a place: its long forms are chance."""
    if cluster.kind == "place":
        return max(names, key=lambda n: (names.count(n), len(n), n))
    return max(names, key=lambda n: (sum(len(w) > 1 for w in words_of(n)), names.count(n), len(n), n))


def _called(text: str, mentions: Iterable[EntityMention]) -> str:
    """What an entity without a name is called: its first nominal, whose it is told by name or not; else a pronoun."""
    first = min(
        mentions, key=lambda m: (m.form != "nominal", _OWNED.match(text, m.start) is not None, m.start)
    )
    return first.span.of(text)
