"""Spans read off the parse: who is the origin, which words are the cue, which pieces a clause has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.analysis import Analysis, head_of, span_of, subtree, tokens_in
from annotator.cues import Cue, among, cue_at, words
from annotator.model import Span
from annotator.nouns import is_many, nouns, persons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.model import SourceKind


_EDGE = frozenset(",;:-–—.") | {"--", "---"}
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")
_AGED = re.compile(r"\b\d{1,3}[- ]year[- ]old(s?)\b")
# Who writes in a forum or posts: “u/tidewatch”, “@anaode”, “quay_cat”.
_HANDLE = re.compile(r"(?:u/|@)\w+|[a-z0-9]+(?:_[a-z0-9]+)+", re.IGNORECASE)
_PERSONAL = frozenset(
    ["he", "she", "i", "you", "who", "him", "her", "me", "one", "himself", "herself", "another", "somebody", "someone",
     "nobody", "anybody", "anyone", "whoever"]
)  # fmt: skip
_PLURAL = frozenset(
    ["none", "they", "we", "them", "us", "those", "these", "some", "many", "most", "others", "both", "neither", "all",
     "everybody", "everyone"]
)  # fmt: skip
_ORDINALS = frozenset(
    {"first", "second", "third", "fourth", "fifth", "sixth", "other", "former", "latter", "elder", "younger"}
)
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer", "csubj"})
_ENDS = frozenset(".?!:;…”\"“'’‘(—–-")
_RELATIVES = frozenset({"who", "which", "that", "whom"})
_MINDS = ("person", "organization", "group")
# A verb that leaves its subject to the one above it: "went on, warning that", "came back and said", "wants to say".
_SHARES = frozenset({"conj", "xcomp", "advcl", "parataxis"})


def base(deprel: str) -> str:
    """The relation without its subtype."""
    return deprel.partition(":")[0]


def child(analysis: Analysis, index: int, *relations: str) -> int | None:
    """The first dependent with one of the relations (subtypes written out), or None."""
    return next((c for c in analysis.children[index] if analysis.tokens[c].deprel in relations), None)


def markers(analysis: Analysis, index: int) -> set[str]:
    """The lemmas of the words that introduce a phrase or clause: "that", "to", "of", "according"."""
    return {
        analysis.tokens[c].lemma.lower()
        for c in analysis.children[index]
        if base(analysis.tokens[c].deprel) in ("mark", "case")
    }


def pieces(analysis: Analysis, indices: Iterable[int]) -> tuple[Span, ...]:
    """The tokens as spans, one a run; what separates runs must hold a word, and edge punctuation is left out."""
    wanted = sorted(set(indices))
    runs: list[list[int]] = []
    for i in wanted:
        gap = range(runs[-1][-1] + 1, i) if runs else range(0)
        if runs and all(analysis.tokens[j].upos == "PUNCT" for j in gap):
            runs[-1].append(i)
        else:
            runs.append([i])
    trimmed = (_trim(analysis, run) for run in runs)
    return tuple(span_of(analysis, run) for run in trimmed if run)


def _trim(analysis: Analysis, run: list[int]) -> list[int]:
    tokens = analysis.tokens
    while run and tokens[run[0]].text in _EDGE:
        run = run[1:]
    while run and tokens[run[-1]].text in _EDGE and tokens[run[-1]].upos == "PUNCT":
        run = run[:-1]
    while run and tokens[run[-1]].text in _CLOSING and not any(tokens[i].text in _OPENING for i in run):
        run = run[:-1]
    while run and tokens[run[0]].text in _OPENING and not any(tokens[i].text in _CLOSING for i in run):
        run = run[1:]
    return run if any(tokens[i].upos not in ("PUNCT", "CCONJ") for i in run) else []


def phrase(analysis: Analysis, index: int, *, without: Sequence[str] = ()) -> list[int]:
    """A word and all below it, leaving out the dependents with a relation in `without` (subtypes written out)."""
    out = [index]
    for c in analysis.children[index]:
        if analysis.tokens[c].deprel not in without:
            out.extend(subtree(analysis, c))
    return sorted(out)


def noun_phrase(analysis: Analysis, index: int) -> Span:
    """A noun with all that belongs to it, but not its preposition, and not the comma after an apposition."""
    leave = ("case", "mark", "cc", "parataxis") if analysis.tokens[index].deprel != "nmod:poss" else ("cc",)
    inside = phrase(analysis, index, without=leave)
    # One piece: what a loose parse hung on from afar is not followed.
    near = [
        i
        for i in inside
        if all(j in inside or analysis.tokens[j].upos == "PUNCT" for j in _between(i, index))
    ]
    found = pieces(analysis, near)
    return found[0] if found else span_of(analysis, [index])


def _between(a: int, b: int) -> range:
    return range(min(a, b) + 1, max(a, b))


def subject(analysis: Analysis, index: int) -> int | None:
    """The noun or pronoun that a verb has as its subject, its own or the one it shares; not a passive's."""
    told = _told_before(analysis, index)
    if told is not None:
        return told
    tokens, seen, verb = analysis.tokens, 0, index
    while index >= 0 and seen < 4:
        own = _nearest_subject(analysis, index)
        if own is not None and seen == 1 and hangs_too_low(analysis, verb):
            index, seen = tokens[index].head, seen + 1
            continue
        if own is not None:
            return own if tokens[own].deprel != "nsubj:pass" or seen else None
        if tokens[index].deprel == "acl" and tokens[index].xpos == "VBG":
            return tokens[index].head
        if base(tokens[index].deprel) not in _SHARES:
            return None
        above = tokens[index].head
        blamed = _blamed(analysis, index)
        if blamed is not None:
            return blamed
        if tokens[index].deprel == "xcomp":
            asked = child(analysis, above, "obj", "iobj")
            if asked is not None and tokens[above].lemma != "promise":
                return asked
        index, seen = above, seen + 1
    return None


def _told_before(analysis: Analysis, participle: int) -> int | None:
    """Who says what a participle goes on from: “The pass is shut, *the ministry* said, asking drivers to wait”."""
    tokens = analysis.tokens
    if participle < 3 or tokens[participle].xpos != "VBG" or tokens[participle - 1].text != ",":
        return None
    verb = participle - 2
    row = cue_at(analysis, verb) if tokens[verb].xpos in ("VBD", "VBZ", "VBP") else None
    return child(analysis, verb, "nsubj") if row is not None and row.speech else None


def hangs_too_low(analysis: Analysis, verb: int) -> bool:
    """Whether a coordinated verb that the parse hangs on a reported clause goes with the report's own verb.

    Something speaks against the clause: its tense, as in “She admits that the dam leaked and blames the rain”, its
    voice, or its subject, no name, person or body, as in “She said the ferry was late and denied a strike”.
    """
    clause = analysis.tokens[verb].head
    report = analysis.tokens[clause].head if clause >= 0 else -1
    if report < 0 or (analysis.tokens[verb].deprel, analysis.tokens[clause].deprel) != ("conj", "ccomp"):
        return False
    if not clause < verb or not analysis.tokens[report].xpos.startswith("VB"):
        return False
    wanted = tense(analysis, report)
    return tense(analysis, verb) == wanted and (
        tense(analysis, clause) != wanted or _had_been(analysis, clause, verb) or _is_mute(analysis, clause)
    )


def _had_been(analysis: Analysis, clause: int, verb: int) -> bool:
    """Whether a clause tells what had been done to somebody and a verb joined to it what somebody tells.

    “Ode denied that anybody *had been* paid but *admitted* that he tried”: a verb that shared “had” would share
    “been” as well.
    """
    tokens = analysis.tokens
    below = [tokens[k] for k in analysis.children[clause]]
    had = any(t.deprel == "aux" and t.text.lower() == "had" for t in below)
    done = any(t.deprel == "aux:pass" for t in below)
    return had and done and tokens[verb].xpos == "VBD" and child(analysis, verb, "ccomp") is not None


def tense(analysis: Analysis, verb: int) -> str:
    """The tag that carries a clause's tense: its first auxiliary's, else its verb's.

    A participle without auxiliary that has an object is a past tense: “and denied a strike”, not “and approved”.
    """
    helpers = (c for c in analysis.children[verb] if analysis.tokens[c].deprel in ("aux", "aux:pass", "cop"))
    carrier = min(helpers, default=verb)
    past = carrier == verb and child(analysis, verb, "obj", "ccomp", "xcomp") is not None
    tag = analysis.tokens[carrier].xpos
    return "VBD" if tag == "VBN" and past else tag


def _is_mute(analysis: Analysis, clause: int) -> bool:
    own = _nearest_subject(analysis, clause)
    return own is not None and analysis.tokens[own].upos == "NOUN" and not has_a_mind(analysis, own)


def _nearest_subject(analysis: Analysis, index: int) -> int | None:
    """The verb's own subject; where the parse gives two, as in “which Ovia blames”, the one that is not relative."""
    own = [c for c in analysis.children[index] if analysis.tokens[c].deprel in _SUBJECTS]
    return next((c for c in own if "PronType=Rel" not in analysis.tokens[c].feats), own[0] if own else None)


def agent(analysis: Analysis, index: int) -> int | None:
    """The noun after "by" of a passive, if it can have said something; not whoever all of it is “according to”."""
    own = child(analysis, index, "obl:agent")
    if own is not None and "by" in markers(analysis, own):
        return own
    by = (
        c
        for c in analysis.children[index]
        if base(analysis.tokens[c].deprel) == "obl" and c > index and markers(analysis, c) == {"by"}
    )
    return next(
        (c for c in by if analysis.tokens[c].upos in ("PROPN", "NOUN", "PRON") and speaks(analysis, c)), None
    )


def cue_group(analysis: Analysis, index: int, cue: Cue) -> Span:
    """The verb with the auxiliaries, negation and adverbs right before it and the words of its phrase after it."""
    tokens = analysis.tokens
    first = index
    while first > 0 and tokens[first - 1].head in (index, first) and _leads(analysis, first - 1, index):
        first -= 1
    last = index
    rest = cue.phrase[1:]
    for i in range(index + 1, min(index + 8, len(tokens))):
        if rest and tokens[i].lemma.lower() == rest[0]:
            last, rest = i, rest[1:]
    if child(analysis, index, "compound:prt") == last + 1:
        last += 1
    return span_of(analysis, range(first, last + 1 if last - index <= 3 else index + 1))


def _leads(analysis: Analysis, index: int, verb: int) -> bool:
    token = analysis.tokens[index]
    if token.head != verb:
        return False
    return base(token.deprel) in ("aux", "cop") or (
        token.deprel == "advmod" and token.lemma.lower() not in _CONNECTORS
    )


_CONNECTORS = frozenset(
    {"when", "where", "why", "how", "however", "meanwhile", "moreover", "then", "so", "instead"}
)


def speaks(analysis: Analysis, index: int) -> bool:
    """Whether a noun or pronoun can be the origin of a report: a mind, a body or a document, no mere fact.

    "Recent figures show that" has no speaker; "the report says that" has one.
    """
    token = analysis.tokens[index]
    if token.upos == "PRON":
        return token.lemma.lower() not in ("it", "this", "that", "what", "which", "there") or _body_before(
            analysis, index
        )
    if _is_named(analysis, index):
        return True
    return not among(token, "abstract")


def _blamed(analysis: Analysis, verb: int) -> int | None:
    """Who is praised or punished for what he says: “fined *the clerk* for refusing to sign”."""
    token = analysis.tokens[verb]
    introduced = any(
        analysis.tokens[k].lemma.lower() == "for" and analysis.tokens[k].deprel == "mark"
        for k in analysis.children[verb]
    )
    if token.deprel != "advcl" or token.xpos != "VBG" or not introduced:
        return None
    whom = child(analysis, token.head, "obj")
    if whom is None:
        return None
    pronoun = analysis.tokens[whom].upos == "PRON" and speaks(analysis, whom)
    return whom if pronoun or has_a_mind(analysis, whom) else None


def testifies(analysis: Analysis, verb: int, who: int) -> bool:
    """Whether a verb's subject is an origin of what it tells: it speaks, or only things that speak may take the verb.

    Anything shows, suggests or signals something: “the early sales suggest a record” has no mind behind it, “the
    mayor suggests a break” and “the report shows losses” have.
    """
    if not among(analysis.tokens[verb], "showing") or analysis.tokens[who].upos == "PRON":
        return speaks(analysis, who)
    token = analysis.tokens[who]
    return has_a_mind(analysis, who) or (among(token, "document") and not among(token, "record"))


def has_a_mind(analysis: Analysis, index: int) -> bool:
    """Whether a word names somebody or a body: by its form, or by what the tables know."""
    token = analysis.tokens[index]
    lemma = token.lemma.lower().removeprefix("ex-")
    known = nouns().get(lemma) or persons().get(lemma)
    return (
        _is_named(analysis, index)
        or (known is not None and known.kind in _MINDS)
        or any(among(token, kind) for kind in _MINDS)
    )


def may_be_told(analysis: Analysis, index: int) -> bool:
    """Whether a word is for somebody or a body, or is a pronoun: not “praised *the money* for schools”."""
    token = analysis.tokens[index]
    return (token.upos in ("PRON", "DET") and token.deprel != "det") or has_a_mind(analysis, index)


def _is_named(analysis: Analysis, index: int) -> bool:
    """Whether a noun is a name; a capital inside a sentence makes one of the commonest: the Times, the Sun."""
    token = analysis.tokens[index]
    before = analysis.tokens[index - 1] if index else None
    inside = before is not None and not (
        before.text[-1] in _ENDS or "\n" in analysis.text[before.end : token.start]
    )
    capital = token.text[:1].isupper() and inside and token.upos == "NOUN"
    return token.upos == "PROPN" or capital or any(m.start <= token.start < m.end for m in analysis.mentions)


def _body_before(analysis: Analysis, index: int) -> bool:
    """Whether "it" or "which" can stand for a body, a place or a document that the text has just named."""
    token = analysis.tokens[index]
    if token.lemma.lower() not in ("it", "which", "that"):
        return False
    bodies = words("organization") | words("document")
    for i in reversed(range(max(0, index - 40), index)):
        other = analysis.tokens[i]
        if other.upos == "PROPN" or other.lemma.lower() in bodies:
            return True
    return False


def whole_cue(analysis: Analysis, cue: Span) -> Span:
    """A cue of auxiliaries and adverbs drawn on to its verb: “has” to “has said”, “strongly” to “strongly denies”."""
    inside = tokens_in(analysis, cue)
    if not inside or any(analysis.tokens[i].upos not in ("AUX", "ADV", "PART") for i in inside):
        return cue
    last = inside[-1]
    verb = analysis.tokens[last].head
    known = among(analysis.tokens[last], "hearsay")
    if not known and last < verb <= last + 2 and analysis.tokens[verb].upos == "VERB":
        return Span(cue.start, analysis.tokens[verb].end)
    return cue


def source_kind(analysis: Analysis, source: Span | None) -> SourceKind:
    """What kind of origin a source span names, by its head: a name's kind, a pronoun, or a noun of the lexicon."""
    if source is None:
        return "unspecified"
    inside = tokens_in(analysis, source)
    head = head_of(analysis, inside)
    if head is None:
        return "unspecified"
    token = analysis.tokens[head]
    name = next((m for m in analysis.mentions if m.start <= token.start < m.end), None)
    if name is not None:
        return name.kind
    lemma = token.lemma.lower()
    if token.upos == "PRON" or lemma in _PLURAL:
        return _kind_of_pronoun(analysis, head)
    if aged := _AGED.search(source.of(analysis.text)):
        return "group" if aged[1] else "person"
    if token.upos == "NUM":
        return "person" if lemma in ("one", "1") else "group"
    if _titled(analysis, inside, head):
        return "person"
    counted = any(analysis.tokens[k].deprel == "nummod" for k in analysis.children[head])
    if counted and token.xpos == "NNS" and lemma not in words("document"):
        return "group"
    if lemma in _ORDINALS and token.text.lower() == lemma and child(analysis, head, "nmod") is None:
        # “The fourth asked for tea”, “the other laughed”: of people spoken of before.
        return "person"
    if _HANDLE.fullmatch(token.text):
        return "person"
    return _kind_of_noun(lemma, plural=is_many(token))


def _titled(analysis: Analysis, inside: range, head: int) -> bool:
    """A role with a person's name in apposition or run on: "the clerk, Ana Brandt," "spokesman Ode"."""
    return among(analysis.tokens[head], "person") and any(
        m.kind == "person" and any(m.start <= analysis.tokens[i].start < m.end for i in inside)
        for m in analysis.mentions
    )


def _kind_of_pronoun(analysis: Analysis, index: int) -> SourceKind:
    token = analysis.tokens[index]
    lemma = token.lemma.lower()
    if "PronType=Rel" in token.feats and lemma != "what":
        clause = token.head
        above = analysis.tokens[clause].head if clause >= 0 else -1
        if above >= 0 and analysis.tokens[clause].deprel.startswith("acl"):
            return source_kind(analysis, analysis.tokens[above].span)
    if lemma in _PERSONAL:
        return "person"
    return "group" if lemma in _PLURAL else "organization"


def _kind_of_noun(lemma: str, *, plural: bool) -> SourceKind:
    if lemma in words("document") or (plural and lemma in words("papers")):
        return "document"
    if lemma in words("organization"):
        return "organization"
    known = nouns().get(lemma) or persons().get(lemma)
    if known is not None and known.kind == "document":
        return "document"
    if plural:
        return "group"
    if known is not None and known.kind != "group":
        return known.kind
    if lemma in words("person") or lemma.endswith(("man", "woman", "ist", "ian", "er", "or", "ant")):
        return "person"
    return "group" if lemma in words("group") else "organization"
