"""Whom a report is aimed at: the accused, warned, asked or denied party of a cue (guidelines, section 4).

A denial is aimed at whoever made the claim, even where its sentence does not say who: “Ode called the charge a joke”.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, subtree, tokens_in
from annotator.clusters import is_turn
from annotator.cues import among, is_headline_passive, is_passive
from annotator.mentions import (
    Candidate,
    Found,
    antecedent_of_relative,
    name_candidate,
    nominal_candidate,
    pronoun_candidate,
    pronouns,
)
from annotator.model import Span
from annotator.names import DAYS, is_title
from annotator.phrases import subject
from annotator.roles import noun_of, person_between, trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.clusters import Cluster, Story
    from annotator.model import Attribution, EntityKind

# Acts whose cue has a party to it; "told reporters" has none, "told the minister to resign" (a demand) has.
_TARGETED = frozenset(
    {"accusation", "denial", "warning", "demand", "question", "criticism", "praise", "promise"}
)
_BLAMING = frozenset({"accusation", "criticism"})
_DISPUTED = frozenset({"denial", "criticism"})
# Nouns made from what people do, which no table can list: shippers, donors, settlers, trustees.
_DOERS = re.compile(r"\w{3,}(?:ers|ors|ees|ists|ants|men|women)", re.IGNORECASE)
# Nouns for a place that stand for who governs it.
_LANDS = frozenset({
    "borough", "capital", "city", "country", "county", "district", "island", "municipality", "nation", "province",
    "region", "state", "town", "village",
})  # fmt: skip
_PEOPLE = ("person", "group", "organization", "place")
# A party has so many words at most.
_PARTY = 8
_AUDIENCE = frozenset(
    {"reporter", "journalist", "newspaper", "magazine", "television", "radio", "agency", "audience", "crowd", "viewer",
     "listener", "reader", "press", "media", "broadcaster", "daily", "weekly", "channel", "interviewer"}
)  # fmt: skip
_SIDES = frozenset({"side", "camp", "party", "capital", "government", "country"})
_TARGET_CASES = frozenset(
    {"against", "to", "toward", "towards", "on", "upon", "at", "with", "of", "from", "for"}
)
# What is done with a claim by whoever it is aimed at.
_FACES = frozenset({"attract", "brave", "draw", "earn", "face", "receive", "suffer", "weather", "win"})
_CHARGES = frozenset({"accusation", "allegation", "charge", "complaint", "criticism"})
# So many sentences after a claim somebody may still answer it.
_ANSWERED_WITHIN = 3


def ensure(analysis: Analysis, found: Found, head: int, attribution: Attribution, span: Span | None) -> None:
    """Make a candidate of a token that stands for a source (over `span`) or a party, if the search left it out."""
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
        if _is_titled(analysis, inside) or is_turn(analysis.text, attribution):
            named = "person"
        name = name_candidate(analysis, inside, named, 0.5)
        if name is not None and len(name.words) <= 6:
            found.add(replace(name, head=head), [*inside, head])
            return
    if kind == "unspecified" and token.lemma.lower() in _LANDS:
        kind = "place"
    found.add(
        nominal_candidate(analysis, head, span=_without_relative(analysis, head, span), kind=kind), [head]
    )


def _is_titled(analysis: Analysis, inside: range) -> bool:
    """Whether a name begins with a title: “JUSTICE ODE”, “Mrs O.”."""
    return len(inside) > 1 and is_title(analysis.tokens[inside[0]].text)


def _without_relative(analysis: Analysis, head: int, span: Span | None) -> Span | None:
    """A source's words up to its relative clause: “a clerk who was in the room” is mentioned as “a clerk”."""
    clauses = [k for k in analysis.children[head] if analysis.tokens[k].deprel == "acl:relcl" and k > head]
    if span is None or not clauses:
        return span
    first = min(min(subtree(analysis, k)) for k in clauses)
    return trimmed(analysis.text, Span(span.start, analysis.tokens[first].start)) if first > head else span


def _flat(analysis: Analysis, head: int) -> range:
    """A proper noun with the capitalised words right after it that are flat under it."""
    tokens, last = analysis.tokens, head
    while last + 1 < len(tokens) and (tokens[last + 1].deprel, tokens[last + 1].head) == ("flat", head):
        last += 1
    return range(head, last + 1)


def target_heads(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """The party of a cue: "accuses the firm of", "warned Lisbon", "is accused", "threats against the port"."""
    heads = _of_cue(analysis, found, attribution) if attribution.cue else []
    heads += [h for h in _culprits(analysis, found, attribution) if h not in heads]
    if not heads:
        heads = _blamed(analysis, found, attribution)
    heads = [_named_by(analysis, found, h) for h in heads]
    for head in heads:
        ensure(analysis, found, head, attribution, None)
    return [c.head for h in heads if (c := found.at(h))]


def _of_cue(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    cue = tokens_in(analysis, attribution.cue[0])
    wanted = attribution.act in _TARGETED
    taken = (*attribution.source, *attribution.content)
    parties = [
        child
        for i in cue
        for child in (
            *analysis.children[i],
            *_shared_subject(analysis, i),
            *_asked(analysis, i),
            *_told_of(analysis, i),
            *_facing(analysis, i),
        )
        if (child not in cue or (analysis.tokens[child].deprel == "obj" and child in found.name_at))
        # Who is said, told or expected to do something is spoken about whatever the cue.
        and (
            _is_done_to(analysis, i, child)
            or _is_aimed_at(analysis, found, attribution, i, child)
            or (wanted and (analysis.tokens[child].deprel, analysis.tokens[child].head) != ("nsubj", i))
        )
        and not any(s.overlaps(analysis.tokens[child].span) for s in taken)
        and _is_party(analysis, found, child)
        and not _only_hears(analysis, i, child)
    ]
    if wanted and not parties:
        parties = _between(analysis, found, attribution)
    heads = [h for p in parties for h in (p, *_joined_to(analysis, p, taken))]
    return heads + (_owners(analysis, found, attribution, cue) if attribution.act in _DISPUTED else [])


def _culprits(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """On whom something is blamed, wherever the parse hangs him: “blamed the raid on *Lisbon*”."""
    tokens, cue = analysis.tokens, attribution.cue[0] if attribution.cue else None
    blaming = [i for i in tokens_in(analysis, cue) if tokens[i].lemma.lower() == "blame"] if cue else []
    what = [k for i in blaming for k in analysis.children[i] if tokens[k].deprel == "obj"]
    below = (k for i in (*blaming, *what) for k in analysis.children[i])
    on = [k for k in below if any(tokens[c].text.lower() == "on" for c in analysis.children[k])]
    taken = (*attribution.source, *attribution.content)
    free = [k for k in on if not any(s.overlaps(tokens[k].span) for s in taken)]
    return [k for k in free if _is_party(analysis, found, k)]


def _is_done_to(analysis: Analysis, verb: int, child: int) -> bool:
    """Whether a word is a passive's subject, the participle of a headline's too: “*Ode* told to go”."""
    relation = analysis.tokens[child].deprel
    return relation == "nsubj:pass" or (relation == "nsubj" and is_headline_passive(analysis, verb))


def _between(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """Who stands between a cue and its content, whatever the parse hangs him on: “accused *the governor* of lying”."""
    gap = Span(attribution.cue[-1].end, attribution.content[0].start) if attribution.cue else Span(0, 0)
    inside = tokens_in(analysis, gap) if gap.start < gap.end else range(0)
    if not 0 < len(inside) <= _PARTY or any(analysis.tokens[i].upos in ("VERB", "PUNCT") for i in inside):
        return []
    head = next((i for i in inside if analysis.tokens[i].head not in inside), None)
    if head is None or analysis.tokens[head].upos not in ("NOUN", "PROPN", "PRON"):
        return []
    candidate = found.at(head)
    hears = analysis.tokens[head].lemma.lower() in _AUDIENCE
    people = (
        candidate is not None and not hears and (candidate.form == "pronoun" or candidate.kind in _PEOPLE)
    )
    return [head] if people else []


def _named_by(analysis: Analysis, found: Found, head: int) -> int:
    """The name in apposition to a party: "The builder, *Karl Ode*, was told to pay"."""
    if found.at(head) is not None:
        return head
    start = analysis.tokens[head].start
    # “Urged state *Attorney* General Ana Ode to sue”: a word of a role is whoever has it.
    bearers = (c for c in found.name_at.values() if c.role is not None and c.role.start <= start < c.role.end)
    bearer = next(bearers, None)
    if bearer is not None:
        return bearer.head
    inside = (i for i in subtree(analysis, head) if i > head and i in found.name_at)
    names = dict.fromkeys(found.name_at[i].head for i in inside)
    return next((h for h in names if names_it(analysis, head, found.name_at[h])), head)


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


def _told_of(analysis: Analysis, i: int) -> list[int]:
    """Whom a participle behind his name tells of: “*Lund*, criticised for it, left”."""
    token = analysis.tokens[i]
    own = any(analysis.tokens[k].deprel.startswith(("nsubj", "aux")) for k in analysis.children[i])
    behind = token.deprel == "acl" and token.xpos == "VBN" and not own and 0 <= token.head < i
    return [token.head] if behind else []


def _facing(analysis: Analysis, i: int) -> list[int]:
    """At whom a claim is aimed that he only receives: “*Ode* faces calls to resign”, “the plan drew criticism”."""
    token = analysis.tokens[i]
    verb = token.head if token.upos == "NOUN" and token.deprel == "obj" else -1
    if verb < 0 or analysis.tokens[verb].lemma.lower() not in _FACES:
        return []
    who = subject(analysis, verb)
    return [who] if who is not None else []


def _is_aimed_at(analysis: Analysis, found: Found, attribution: Attribution, verb: int, child: int) -> bool:
    """Whether a name is whom a verb is done to for or of what follows: “ripped *Ode* for the delay”.

    So is whom somebody apologises to.
    """
    token = analysis.tokens[child]
    if analysis.tokens[verb].lemma.lower() in ("apologise", "apologize"):
        return any(analysis.tokens[k].text.lower() == "to" for k in analysis.children[child])
    inside = tokens_in(analysis, attribution.content[0])
    leads = bool(inside) and analysis.tokens[inside[0]].text.lower() in ("for", "of", "over", "with")
    return token.deprel == "obj" and leads and child in found.name_at


def _blamed(analysis: Analysis, found: Found, attribution: Attribution) -> list[int]:
    """Who does what an accusation or a criticism tells where its cue names nobody: "said *the board* had known"."""
    if attribution.act not in _BLAMING | {"demand"}:
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


def _owners(analysis: Analysis, found: Found, attribution: Attribution, cue: range) -> list[int]:
    """Whose words a denial or criticism is of: hers in "dismissed her account as gossip"; not one's own."""
    inside = {i for s in attribution.content for i in tokens_in(analysis, s)}
    disputed = [
        k for i in cue for k in analysis.children[i] if k in inside and analysis.tokens[k].deprel == "obj"
    ]
    return [k for i in disputed for k in analysis.children[i] if _is_owner(analysis, found, i, k)]


def _is_owner(analysis: Analysis, found: Found, noun: int, owner: int) -> bool:
    """Whether a word tells whose a disputed thing is: "*her* act", "*residents'* claims", "a charge by *farmers*"."""
    token = analysis.tokens[owner]
    if token.deprel == "nmod:poss" and token.upos == "PRON":
        return True
    cases = {analysis.tokens[k].text.lower() for k in analysis.children[owner]}
    told = token.deprel == "nmod:poss" or (token.deprel == "nmod" and bool(cases & {"by", "from"}))
    return told and among(analysis.tokens[noun], "answered") and _is_somebody(analysis, found, owner)


def _shared_subject(analysis: Analysis, i: int) -> list[int]:
    """The subject that a joined passive leaves out: Lisbon in "Lisbon closed the port and is accused of lying"."""
    tokens, children = analysis.tokens, analysis.children
    passive = any(tokens[k].deprel == "aux:pass" for k in children[i])
    own = any(tokens[k].deprel.startswith("nsubj") for k in children[i])
    if tokens[i].deprel != "conj" or not passive or own:
        return []
    return [k for k in children[tokens[i].head] if tokens[k].deprel.startswith("nsubj")]


def _stands_for_a_thing(analysis: Analysis, child: int) -> bool:
    """Whether a relative pronoun is of no one: “an attack *which* they blame the rebels for”."""
    form = pronouns().get(analysis.tokens[child].text.lower())
    above = antecedent_of_relative(analysis, child) if form is not None and form.type == "relative" else None
    if above is None or analysis.tokens[above].upos != "NOUN":
        return False
    noun = noun_of(analysis, above)
    return noun is None or noun.kind == "document"


def _is_party(analysis: Analysis, found: Found, child: int) -> bool:
    token = analysis.tokens[child]
    if token.deprel in ("obl", "nmod"):
        cases = {analysis.tokens[k].text.lower() for k in analysis.children[child]}
        # “Called *on* Ode to go”, where the parse makes it a part of the verb.
        beside = analysis.children[token.head] if token.head >= 0 else ()
        parts = (analysis.tokens[k] for k in beside if analysis.tokens[k].deprel == "compound:prt")
        if not (cases | {t.text.lower() for t in parts}) & _TARGET_CASES:
            return False
    elif token.deprel not in ("obj", "iobj", "nsubj:pass", "nsubj"):
        return False
    if _stands_for_a_thing(analysis, child):
        return False
    return _is_somebody(analysis, found, child)


def _is_somebody(analysis: Analysis, found: Found, word: int) -> bool:
    """Whether a word is of somebody: a name or pronoun, or a noun for people or a body."""
    token, candidate = analysis.tokens[word], found.at(word)
    if candidate is None and token.upos == "NOUN":
        noun = noun_of(analysis, word)
        people = noun is not None and noun.kind in ("person", "group", "organization")
        return people or token.lemma.lower() in _LANDS | _SIDES or _DOERS.fullmatch(token.text) is not None
    if candidate is None or candidate.form == "name":
        named = candidate is not None or (token.upos == "PROPN" and token.text not in DAYS)
        return named or (token.upos == "PRON" and token.text.lower() in pronouns())
    return candidate.form == "pronoun" or candidate.kind in ("person", "group", "organization")


def meant(story: Story, target: int, speakers: list[Cluster]) -> list[Cluster]:
    """The entity of a target; of "both sides" the two places or bodies that were spoken of most so far."""
    own = [story.cluster_of[target]]
    tokens = story.analysis.tokens
    counted = {tokens[k].text.lower() for k in story.analysis.children[target]} & {"both", "two"}
    if not counted or tokens[target].lemma.lower() not in _SIDES:
        return own
    known: Counter[int] = Counter()
    clusters = {c.number: c for c in story.clusters() if c not in speakers and c.names}
    for number, cluster in clusters.items():
        if cluster.kind in ("organization", "place"):
            known[number] = sum(m.start < tokens[target].start for m, _ in cluster.mentions)
    best = [n for n, count in known.most_common(2) if count]
    return [clusters[n] for n in best] if len(best) == len(counted) + 1 else own


def names_it(analysis: Analysis, head: int, name: Candidate) -> bool:
    """Whether a name is said of a noun before it: in apposition, a title between or none, or right after a role."""
    tokens, above = analysis.tokens, name.head
    if names_another(analysis, head, name):
        return False
    for _ in range(3):
        if tokens[above].deprel not in ("flat", "appos", "nmod:desc"):
            break
        above = tokens[above].head
        if above == head:
            return True
    noun = noun_of(analysis, head)
    right_after = tokens[head].end < name.start <= tokens[head].end + 1
    return right_after and noun is not None and noun.kind == "person"


def names_another(analysis: Analysis, head: int, name: Candidate) -> bool:
    """Whether somebody named after a noun cannot be what it means: a document, or a body with a person in between.

    “The reply, signed by the clerk, Karl Ode,” and “the campaign of her rival, Mara Ode,” are nobody.
    """
    tokens, noun = analysis.tokens, noun_of(analysis, head)
    if name.kind != "person":
        return False
    if among(tokens[head], "document") or (noun is not None and noun.kind == "document"):
        return True
    body = among(tokens[head], "organization") or (noun is not None and noun.kind == "organization")
    return body and person_between(analysis, head, name.head)


def claimants(
    story: Story, attribution: Attribution, speakers: Sequence[Cluster]
) -> tuple[list[Cluster], bool]:
    """Who made the claim that a denial or criticism answers, and whether a charge is answered that he laid.

    It is the last before it who reported, and another than it.

    "The navy accused the rebels of mining the bay. Ode dismissed the charge": Ode answers the navy. So does she in "a
    charge that Ode dismissed". A charge was laid by an accusation, whoever said something since.
    """
    noun = _answered(story, attribution) if attribution.act in _DISPUTED else None
    if noun is None:
        return [], False
    at = attribution.content[0].start
    here = story.sentence_at(at)
    near = [
        a
        for a in story.attributions
        if _place(a) < at and here - story.sentence_at(_place(a)) <= _ANSWERED_WITHIN
    ]
    near.sort(key=_place, reverse=True)
    laid = [a for a in near if a.act in _BLAMING] if noun in _CHARGES else []
    for other in (*laid, *near):
        said = [c for h in story.sources[other.id] if (c := story.cluster_at(h)) is not None]
        if other is not attribution and said and not any(c in speakers for c in said):
            return said, other in laid
    return [], False


def _answered(story: Story, attribution: Attribution) -> str | None:
    """The noun for a claim made before, where the sentence does not say whose: "called the *charge* a joke".

    Nor does “their charges”, where nobody else is spoken of as they.
    """
    tokens = story.analysis.tokens
    inside = tokens_in(story.analysis, attribution.content[0])
    if inside and tokens[inside[0]].text.lower() in ("it", "that", "this", "which"):
        first = tokens[inside[0]]
        denied = attribution.act == "denial" and first.upos in ("PRON", "DET") and first.deprel == "obj"
        if denied or len(inside) == 1:
            return "claim" if denied else None
    for i in inside[:4]:
        if tokens[i].upos == "NOUN" and among(tokens[i], "answered"):
            below = story.analysis.children[i]
            words = {tokens[k].text.lower() for k in below}
            known = bool(words & {"the", "this", "that", "such", "a", "an"}) or _is_nobodys(story, below)
            return tokens[i].lemma.lower() if known and not _is_told(story, i) else None
    return None


def _is_told(story: Story, noun: int) -> bool:
    """Whether a sentence says whose a claim is, or what it says: “the charge *that he lied*”."""
    tokens = story.analysis.tokens
    told = []
    for k in story.analysis.children[noun]:
        if tokens[k].deprel not in ("nmod:poss", "nmod", "acl", "ccomp"):
            continue
        marks = [tokens[c] for c in story.analysis.children[k] if tokens[c].deprel in ("case", "mark")]
        linked = any(t.text.lower() != "as" for t in marks)
        if linked or tokens[k].deprel == "nmod:poss" or tokens[k].xpos in ("VBN", "VBG"):
            told.append(k)
    return bool(told) and not _is_nobodys(story, told)


def _is_nobodys(story: Story, below: Sequence[int]) -> bool:
    """Whether a possessive pronoun takes up nobody whom the story names or tells of."""
    own = [story.cluster_at(k) for k in below if story.analysis.tokens[k].deprel == "nmod:poss"]
    return bool(own) and all(c is not None and all(m.form == "pronoun" for m, _ in c.mentions) for c in own)


def _place(attribution: Attribution) -> int:
    return (attribution.cue or attribution.content)[0].start
