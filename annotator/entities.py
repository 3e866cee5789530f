"""Who speaks and about whom, within one story: entities, and attributions tied to them.

An entity is kept when it is a source, stands named in a content, or is the accused, warned, asked or denied party
of a cue (guidelines, section 4); which mentions are one entity is decided in `coreference`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, subtree, tokens_in
from annotator.clusters import Cluster, Story, named_in
from annotator.coreference import link
from annotator.cues import is_passive
from annotator.mentions import (
    Candidate,
    Found,
    antecedent_of_relative,
    collect,
    heads_in,
    name_candidate,
    nominal_candidate,
    noun_of,
    part_span,
    pronoun_candidate,
    pronouns,
)
from annotator.model import Attribution, Document, Entity, EntityKind, EntityMention, Span, entity_id
from annotator.names import place_words, places, titles, words_of
from annotator.voices import hear

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Acts whose cue has a party to it; "told reporters" has none, "told the minister to resign" (a demand) has.
_TARGETED = frozenset(
    {"accusation", "denial", "warning", "demand", "question", "criticism", "praise", "promise"}
)
_BLAMING = frozenset({"accusation", "criticism"})
_DISPUTED = frozenset({"denial", "criticism"})
# Nouns made from what people do, which no table can list: shippers, donors, settlers, trustees.
_DOERS = re.compile(r"\w{3,}(?:ers|ors|ees|ists|ants|men|women)", re.IGNORECASE)
# Nouns for a place that stand for who governs it.
_LANDS = frozenset({"city", "town", "country", "state", "nation", "region", "capital", "island"})
_AUDIENCE = frozenset(
    {"reporter", "journalist", "newspaper", "magazine", "television", "radio", "agency", "audience", "crowd", "viewer",
     "listener", "reader", "press", "media", "broadcaster", "daily", "weekly", "channel", "interviewer"}
)  # fmt: skip
_SIDES = frozenset({"side", "camp", "party", "capital", "government", "country"})
_DAYS = frozenset(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February", "March",
     "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)  # fmt: skip
_TARGET_CASES = frozenset(
    {"against", "to", "toward", "towards", "on", "upon", "at", "with", "of", "from", "for"}
)
# Words after which a name belongs to something else than the list of speakers.
_BINDS = frozenset(
    {"who", "whom", "whose", "which", "that", "of", "for", "between", "with", "to", "from", "at"}
)
_ACTING_CASES = frozenset({"by", "with", "against", "between"})


def resolve(
    document: Document, analysis: Analysis, attributions: tuple[Attribution, ...]
) -> tuple[tuple[Attribution, ...], tuple[Entity, ...]]:
    """The attributions with `speaker_ids`, `about_ids` and a `source_kind` by entity; the entities in text order."""
    story = story_of(document, analysis, attributions)
    hear(story, link(story))
    speakers = {a.id: _speakers(story, a) for a in attributions}
    about = {a.id: _about(story, a, speakers[a.id]) for a in attributions}
    kept = {c.number: c for group in (*speakers.values(), *about.values()) for c in group}
    made = {n: _entity(analysis, document.text_sha256, c) for n, c in kept.items()}
    done = tuple(_tied(a, speakers[a.id], about[a.id], made) for a in attributions)
    return done, tuple(sorted(made.values(), key=lambda e: (e.mentions[0].start, -e.mentions[0].end, e.id)))


def story_of(document: Document, analysis: Analysis, attributions: tuple[Attribution, ...]) -> Story:
    """The story as it is linked: its candidates, and the tokens of each attribution's sources and targets."""
    found = collect(document, analysis)
    sources = {a.id: _source_heads(analysis, found, a) for a in attributions}
    targets = {a.id: _target_heads(analysis, found, a) for a in attributions}
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
    heads = [_name_beside(analysis, found, h, attribution) for h in heads_in(analysis, attribution.source)]
    heads = [h for k, h in enumerate(heads) if not k or not _tells_more(analysis, found, heads[0], h)]
    for head in heads:
        _ensure(analysis, found, head, attribution, part_span(analysis, head, attribution.source))
    first = found.at(heads[0]) if heads else None
    also = _joined_names(analysis, found, attribution, first) if first else []
    return list(dict.fromkeys(c.head for h in (*heads, *also) if (c := found.at(h))))


def _name_beside(analysis: Analysis, found: Found, head: int, attribution: Attribution) -> int:
    """The name inside a source that says who its noun is: "the spokesman, Jon Hale" is Hale."""
    if head in found.name_at:
        return head
    inside = {i for s in attribution.source for i in tokens_in(analysis, s)}
    token = analysis.tokens[head]
    for bearer in dict.fromkeys(found.name_at[i].head for i in sorted(inside) if i in found.name_at):
        name = found.name_at[bearer]
        # "pollster Sam Ode": whatever the parse makes of the two, the words of his role are he.
        if name.role is not None and name.role.start <= token.start < name.role.end:
            return bearer
        if name.kind == "person" and bearer > head and _names_it(analysis, head, name):
            return bearer
        if token.text in ("Q", "A") and analysis.text[token.end : name.start].strip() == "(":
            return bearer
    return head


@cache
def _titles_and_articles() -> frozenset[str]:
    return frozenset(titles()) | {"the", "a", "an", "his", "her", "their"}


def _names_it(analysis: Analysis, head: int, name: Candidate) -> bool:
    """Whether a name is said of a noun before it: in apposition, a title between or none, or right after a role."""
    tokens, above = analysis.tokens, name.head
    for _ in range(3):
        if tokens[above].deprel not in ("flat", "appos", "nmod:desc"):
            break
        above = tokens[above].head
        if above == head:
            return True
    noun = noun_of(analysis, head)
    right_after = tokens[head].end < name.start <= tokens[head].end + 1
    return right_after and noun is not None and noun.kind == "person"


def _joined_names(analysis: Analysis, found: Found, attribution: Attribution, first: Candidate) -> list[int]:
    """Further people whom "and" joins to the first, however it is parsed: "Ode, the clerk, and deputy Ana Brandt"."""
    if first.kind != "person" or first.form != "name":
        return []
    inside = [i for s in attribution.source for i in tokens_in(analysis, s)]
    out = []
    for head in dict.fromkeys(found.name_at[i].head for i in inside if i in found.name_at):
        name = found.name_at[head]
        start = min(name.start, name.role.start if name.role and name.role.end <= name.start else name.start)
        before = [i for i in inside if first.end <= analysis.tokens[i].start < start]
        words = [analysis.tokens[i].text.lower() for i in before]
        while words and words[-1] in _titles_and_articles():
            words.pop()
        if name.kind == "person" and words and words[-1] == "and" and not _BINDS & set(words):
            out.append(head)
    return out


def _tells_more(analysis: Analysis, found: Found, first: int, other: int) -> bool:
    """Whether a joined noun is another role of the first: "Ana Brandt, a deputy and no friend of the mayor,"."""
    name, noun = found.name_at.get(first), noun_of(analysis, other)
    if name is None or name.kind != "person" or other in found.name_at or noun is None:
        return False
    alone = noun.kind == "person" and "Plur" not in analysis.tokens[other].feats
    return alone and "," in analysis.text[name.end : analysis.tokens[other].start]


def _ensure(analysis: Analysis, found: Found, head: int, attribution: Attribution, span: Span | None) -> None:
    if found.at(head) is not None:
        return
    token = analysis.tokens[head]
    form = pronouns().get(token.text.lower())
    if form is not None and token.upos != "NOUN":
        found.add(pronoun_candidate(analysis, head), [head])
        above = antecedent_of_relative(analysis, head) if form.type == "relative" else None
        if above is not None and found.at(above) is None:
            found.add(nominal_candidate(analysis, above), [above])
        return
    kind = attribution.source_kind if span is not None else "unspecified"
    if token.upos == "PROPN":
        inside = tokens_in(analysis, span) if span is not None else _flat(analysis, head)
        # What a comma parts from a name tells of it: "Orvia, whose farmers have grazed there".
        ends = (i for i in inside if i > head and analysis.tokens[i].text in {",", "(", "–", "—"})
        inside = range(inside.start, next(ends, inside.stop))
        # "The Post has learned": what has a name and speaks like a document is the body behind it.
        named: EntityKind = (
            "organization" if kind == "document" else "person" if kind == "unspecified" else kind
        )
        name = name_candidate(analysis, inside, named, 0.5)
        if name is not None and len(name.words) <= 6:
            found.add(replace(name, head=head), inside)
            return
    if kind == "unspecified" and token.lemma.lower() in _LANDS:
        kind = "place"
    found.add(nominal_candidate(analysis, head, span=span, kind=kind), [head])


def _flat(analysis: Analysis, head: int) -> range:
    """A proper noun with the capitalised words right after it that are flat under it."""
    last = head
    while last + 1 < len(analysis.tokens) and analysis.tokens[last + 1].deprel == "flat":
        last += 1
    return range(head, last + 1)


def _target_heads(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """The party of a cue: "accuses the firm of", "warned Lisbon", "is accused", "threats against the port"."""
    if not attribution.cue:
        return _blamed(analysis, found, attribution)
    cue = tokens_in(analysis, attribution.cue[0])
    wanted = attribution.act in _TARGETED
    taken = (*attribution.source, *attribution.content)
    parties = [
        child
        for i in cue
        for child in (*analysis.children[i], *_shared_subject(analysis, i), *_asked(analysis, i))
        if child not in cue
        and (analysis.tokens[child].deprel != "nsubj" or analysis.tokens[child].head != i)
        and not any(s.overlaps(analysis.tokens[child].span) for s in taken)
        # Who is said, told or expected to do something is spoken about whatever the cue.
        and (wanted or analysis.tokens[child].deprel == "nsubj:pass")
        and _is_party(analysis, found, child)
        and not _only_hears(analysis, i, child)
    ]
    heads = [h for p in parties for h in (p, *_joined_to(analysis, p, taken))]
    if attribution.act in _DISPUTED:
        heads += _owners(analysis, attribution, cue)
    if not heads:
        heads = _blamed(analysis, found, attribution)
    heads = [_named_by(analysis, found, h) for h in heads]
    for head in heads:
        _ensure(analysis, found, head, attribution, None)
    return [c.head for h in heads if (c := found.at(h))]


def _named_by(analysis: Analysis, found: Found, head: int) -> int:
    """The name in apposition to a party: "The builder, *Karl Ode*, was told to pay"."""
    if found.at(head) is not None:
        return head
    inside = (i for i in subtree(analysis, head) if i > head and i in found.name_at)
    names = dict.fromkeys(found.name_at[i].head for i in inside)
    return next((h for h in names if _names_it(analysis, head, found.name_at[h])), head)


def _only_hears(analysis: Analysis, cue: int, child: int) -> bool:
    """Whether somebody is told so that it be printed: "told *reporters*", "told the Post"."""
    token = analysis.tokens[child]
    return analysis.tokens[cue].lemma == "tell" and token.lemma.lower() in _AUDIENCE


def _joined_to(analysis: Analysis, party: int, taken: Sequence[Span]) -> list[int]:
    """The others of a party: "urged *Kharvania and the rebels* to wait"."""
    joined = (k for k in analysis.children[party] if analysis.tokens[k].deprel == "conj")
    return [k for k in joined if not any(s.overlaps(analysis.tokens[k].span) for s in taken)]


def _asked(analysis: Analysis, i: int) -> list[int]:
    """Who is asked in a clause without a subject: "Asked whether she would stay, *Ode* shrugged"."""
    tokens = analysis.tokens
    bare = not any(tokens[k].deprel.startswith(("nsubj", "aux")) for k in analysis.children[i])
    if tokens[i].deprel != "advcl" or not is_passive(analysis, i) or tokens[i].head < 0 or not bare:
        return []
    return [k for k in analysis.children[tokens[i].head] if tokens[k].deprel.startswith("nsubj")]


def _blamed(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """Who does what an accusation or a criticism tells where its cue names nobody: "said *the board* had known"."""
    if attribution.act not in _BLAMING:
        return []
    inside = tokens_in(analysis, attribution.content[0])
    top = next((i for i in inside if analysis.tokens[i].head not in inside), None)
    if top is None:
        return []
    doers = [k for k in analysis.children[top] if analysis.tokens[k].deprel == "nsubj" and k in inside]
    return [k for k in doers if _may_be_blamed(analysis, found, k)][:1]


def _may_be_blamed(analysis: Analysis, found: Found, head: int) -> bool:
    form = pronouns().get(analysis.tokens[head].text.lower())
    if form is not None:
        return form.type == "personal" and form.person == "3"
    candidate = found.at(head)
    return candidate is not None and candidate.kind in ("person", "group", "organization", "place")


def _owners(analysis: Analysis, attribution: Attribution, cue: range) -> list[int]:
    """Whose words a denial or criticism is of: hers in "dismissed her account as gossip"; not one's own."""
    inside = {i for s in attribution.content for i in tokens_in(analysis, s)}
    disputed = [
        k for i in cue for k in analysis.children[i] if k in inside and analysis.tokens[k].deprel == "obj"
    ]
    return [
        k
        for i in disputed
        for k in analysis.children[i]
        if analysis.tokens[k].deprel == "nmod:poss" and analysis.tokens[k].upos == "PRON"
    ]


def _shared_subject(analysis: Analysis, i: int) -> list[int]:
    """The subject that a joined passive leaves out: Lisbon in "Lisbon closed the port and is accused of lying"."""
    tokens, children = analysis.tokens, analysis.children
    passive = any(tokens[k].deprel == "aux:pass" for k in children[i])
    own = any(tokens[k].deprel.startswith("nsubj") for k in children[i])
    if tokens[i].deprel != "conj" or not passive or own:
        return []
    return [k for k in children[tokens[i].head] if tokens[k].deprel.startswith("nsubj")]


def _is_party(analysis: Analysis, found: Found, child: int) -> bool:
    token = analysis.tokens[child]
    if token.deprel in ("obl", "nmod"):
        cases = {analysis.tokens[k].text.lower() for k in analysis.children[child]}
        if not cases & _TARGET_CASES:
            return False
    elif token.deprel not in ("obj", "iobj", "nsubj:pass", "nsubj"):
        return False
    candidate = found.at(child)
    if candidate is None and token.upos == "NOUN":
        noun = noun_of(analysis, child)
        people = noun is not None and noun.kind in ("person", "group", "organization")
        return people or token.lemma.lower() in _LANDS | _SIDES or _DOERS.fullmatch(token.text) is not None
    if candidate is None or candidate.form == "name":
        named = candidate is not None or (token.upos == "PROPN" and token.text not in _DAYS)
        return named or (token.upos == "PRON" and token.text.lower() in pronouns())
    return candidate.form == "pronoun" or candidate.kind in ("person", "group", "organization")


def _speakers(story: Story, attribution: Attribution) -> list[Cluster]:
    out: list[Cluster] = []
    for cluster in (c for h in story.sources[attribution.id] for c in _one_or_two(story, h)):
        if cluster not in out:
            out.append(cluster)
            if cluster.kind == "place":
                _set_stands_for(story, cluster)
    if not out and attribution.id in story.voices:
        out.append(story.voices[attribution.id][0])
    return out


def _one_or_two(story: Story, head: int) -> list[Cluster]:
    """The entity of a source; of "they" without one the two who are joined before: "Ode and Brandt left. They said"."""
    own, tokens = story.cluster_of[head], story.analysis.tokens
    if tokens[head].text.lower() not in ("they", "both") or len(own.mentions) > 1:
        return [own]
    here = story.sentence(head)
    for earlier in reversed([h for h in story.history if h < head and here - story.sentence(h) <= 2]):
        above = tokens[earlier].head
        if tokens[earlier].deprel == "conj" and above >= 0 and story.cluster_at(above) is not None:
            two = [story.cluster_at(above), story.cluster_of[earlier]]
            if two[0] is not two[1] and all(
                c is not None and c.kind == "person" and not c.plural for c in two
            ):
                return [c for c in two if c is not None]
    return [own]


def _about(story: Story, attribution: Attribution, speakers: list[Cluster]) -> list[Cluster]:
    """Those named in the content and the targets of the cue; the speaker only where he names himself."""
    found = named_in(story, attribution.content)
    named = [c for h in found if (c := story.cluster_of[h]) not in speakers or h in story.found.name_at]
    targets = [c for h in story.targets[attribution.id] for c in _meant(story, h, speakers)]
    out = {c.number: c for c in named}
    out.update({c.number: c for c in targets if c not in speakers})
    for cluster in out.values():
        if cluster.kind == "place" and any(_acts(story.analysis, c) for c, _ in cluster.mentions):
            _set_stands_for(story, cluster)
    return [out[n] for n in sorted(out)]


def _meant(story: Story, target: int, speakers: list[Cluster]) -> list[Cluster]:
    """The entity of a target; of "both sides" the two places or bodies that were spoken of most so far."""
    own = [story.cluster_of[target]]
    tokens = story.analysis.tokens
    counted = {tokens[k].text.lower() for k in story.analysis.children[target]} & {"both", "two"}
    if not counted or tokens[target].lemma.lower() not in _SIDES:
        return own
    known: Counter[int] = Counter()
    clusters = {c.number: c for c in story.cluster_of.values() if c not in speakers and c.names}
    for number, cluster in clusters.items():
        if cluster.kind in ("organization", "place"):
            known[number] = sum(m.start < tokens[target].start for m, _ in cluster.mentions)
    best = [n for n, count in known.most_common(2) if count]
    return [clusters[n] for n in best] if len(best) == len(counted) + 1 else own


def _acts(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a place is spoken of as one that acts: "Lisbon warned", "Lisbon's doubts"; not "in Lisbon"."""
    token = analysis.tokens[candidate.head]
    if token.deprel.startswith("nsubj") or token.deprel in ("nmod:poss", "obl:agent", "obj", "iobj"):
        return True
    cases = {analysis.tokens[k].text.lower() for k in analysis.children[candidate.head]}
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
    first = bisect_left(analysis.tokens, candidate.start, key=lambda t: t.start) - 1
    if candidate.form != "name" or candidate.kind == "person" or first < 0:
        return candidate.span
    token = analysis.tokens[first]
    within = range(first + 1, bisect_left(analysis.tokens, candidate.end, key=lambda t: t.start))
    own = token.text.lower() == "the" and (token.head in within or token.head == candidate.head)
    return Span(token.start, candidate.end) if own else candidate.span


def _entity(analysis: Analysis, sha: str, cluster: Cluster) -> Entity:
    """The cluster as an entity of the story: its longest name, the other forms as aliases, its first role."""
    text = analysis.text
    by_span = {_with_article(analysis, c): (c, score) for c, score in cluster.mentions}
    mentions = tuple(
        EntityMention(s.start, s.end, c.form, score) for s, (c, score) in sorted(by_span.items())
    )
    names = [c.span.of(text) for _, (c, _) in sorted(by_span.items()) if c.form == "name"]
    name = _best(names, cluster) if names else _called(text, mentions)
    return Entity(
        id=entity_id(sha, mentions),
        name=name,
        kind=cluster.kind or "person",
        mentions=mentions,
        aliases=tuple(sorted(set(names) - {name})),
        role=next((c.role for _, (c, _) in sorted(by_span.items()) if c.role is not None), None),
        stands_for=cluster.stands_for,
    )


def _best(names: list[str], cluster: Cluster) -> str:
    """The longest name of a person or body, initials aside; the commonest of a place: its long forms are chance."""
    if cluster.kind == "place":
        return max(names, key=lambda n: (names.count(n), len(n), n))
    return max(names, key=lambda n: (sum(len(w) > 1 for w in words_of(n)), names.count(n), len(n), n))


def _called(text: str, mentions: Iterable[EntityMention]) -> str:
    """What an entity without a name is called: its first nominal, else its first pronoun."""
    first = min(mentions, key=lambda m: (m.form != "nominal", m.start))
    return first.span.of(text)
