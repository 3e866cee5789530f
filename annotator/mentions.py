"""Where a story may speak of somebody: names with their titles and roles, nominals and pronouns, from the parse.

`collect` gives them in text order and unlinked; `entities` decides which belong together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache

from annotator.analysis import Analysis, subtree, tokens_in
from annotator.fullnames import full_names, own_role
from annotator.model import READABLE, Document, EntityKind, MentionForm, Role, SourceKind, Span
from annotator.names import fold, is_title, read_table, title_words, titles, word_class, words_of
from annotator.nouns import ONE_BODY, is_many, nouns
from annotator.roles import (
    SAME,
    age_told,
    content_words,
    is_honour,
    is_role,
    noun_of,
    opens_with_trade,
    phrase_of,
    plain,
    role_of,
    told_before,
    trimmed,
    with_honours,
)
from annotator.shops import OWN, as_shop, shops_of

# What a phrase for somebody is headed by.
_HEADS = frozenset({"ADJ", "NOUN", "NUM", "PROPN"})
# What a body is to one like it, beside what `namewords.tsv` calls allies.
_LIKES = frozenset({"counterpart"})
# Of these several are one body too: “the armed forces”.
_SERVICES = frozenset({"force", "service"})
# What ends a name and is there without it: Orv Water, and the water.
_STUFF = frozenset(
    {"water", "air", "fire", "power", "energy", "oil", "gas", "steel", "food", "health", "news", "sea"}
)
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X", "SYM"})
_NO_PHRASE = frozenset({"compound", "amod", "flat", "nmod:desc", "goeswith", "fixed"})
# “I live here, man” speaks of no man.
_FILLERS = frozenset({"man", "boy", "friend", "people", "folk", "guy"})
# How a parse hangs a relative clause up where it does not know it for one.
_LOOSE = frozenset({"advcl", "parataxis", "dep"})
_AGE_AFTER = re.compile(r",\s(\d{1,3})(?=,|\.|\s)")


@dataclass(frozen=True, slots=True)
class Pronoun:
    """What the form of a pronoun shows."""

    person: str
    number: str
    gender: str
    type: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may speak of an entity; `head` is a token, `words` a name's or a nominal's folded words.

    `gender` is "m", "f", "n" or "" as far as the words themselves tell; `modifiers` are a nominal's words
    beside its noun; `owner` is the token of its possessor.
    """

    start: int
    end: int
    head: int
    form: MentionForm
    kind: EntityKind | None = None
    words: tuple[str, ...] = ()
    gender: str = ""
    plural: bool = False
    definite: bool = False
    modifiers: frozenset[str] = frozenset()
    owner: int | None = None
    role: Role | None = None
    role_words: frozenset[str] = frozenset()
    title: str = ""
    age: int | None = None
    score: float = 1.0
    span: Span = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for a dozen times a mention: made once.
        object.__setattr__(self, "span", Span(self.start, self.end))


@dataclass(slots=True)
class Found:
    """All candidates of a story: by the token that heads them, and every token that a name covers."""

    by_head: dict[int, Candidate] = field(default_factory=dict)
    name_at: dict[int, Candidate] = field(default_factory=dict)

    def add(self, candidate: Candidate, tokens: range | list[int]) -> Candidate:
        """Keep a candidate, and for a name the tokens that it covers."""
        self.by_head[candidate.head] = candidate
        if candidate.form == "name":
            for i in tokens:
                self.name_at[i] = candidate
        return candidate

    def at(self, token: int) -> Candidate | None:
        """The candidate headed by, or for a name covering, a token."""
        return self.by_head.get(token) or self.name_at.get(token)


@cache
def pronouns() -> dict[str, Pronoun]:
    """Pronouns by form."""
    rows = read_table("pronouns.tsv")
    return {r["pronoun"]: Pronoun(r["person"], r["number"], r["gender"] or "", r["type"]) for r in rows}


def collect(document: Document, analysis: Analysis) -> Found:
    """Names, nominals and personal pronouns of the paragraphs in which somebody can be reported."""
    found, shops = Found(), shops_of(analysis)
    readable = _readable(document, analysis)
    for tokens, kind, score in full_names(analysis):
        if readable[tokens[0]] and not _tells_a_nation(analysis, tokens):
            whole, what = as_shop(analysis, tokens, kind, shops)
            name = name_candidate(analysis, whole, what, score, shops=shops)
            if name is not None:
                found.add(name, with_honours(analysis, whole) if name.kind == "person" else whole)
    named, called = set(found.name_at), _last_words(found)
    told = {
        i
        for c in found.by_head.values()
        if c.role
        for i in tokens_in(analysis, Span(c.role.start, c.role.end))
    }
    for i, token in enumerate(analysis.tokens):
        if not readable[i] or i in named:
            continue
        if token.upos in ("PRON", "DET"):
            form = pronouns().get(token.text.lower())
            if form and form.type == "personal" and form.person != "2":
                found.add(pronoun_candidate(analysis, i), [i])
        elif (
            token.upos in _HEADS
            and (i not in told or _is_of_another(analysis, i))
            and _is_phrase_head(analysis, i)
        ):
            noun = _kind_named(analysis, i, called)
            if noun is not None and not _tells_of_name(analysis, i, named):
                found.add(nominal_candidate(analysis, i, kind=noun), [i])
    return found


def _tells_a_nation(analysis: Analysis, tokens: range) -> bool:
    """Whether a word taken for a name says where somebody is from: "the 24-year-old *Finn*", "the *Swede*"."""
    noun = noun_of(analysis, tokens[0]) if len(tokens) == 1 else None
    if noun is None or noun.field != "nation":
        return False
    below = (analysis.tokens[k] for k in analysis.children[tokens[0]] if k < tokens[0])
    return any(t.deprel in ("det", "amod", "nummod") for t in below)


def _last_words(found: Found) -> dict[str, EntityKind | None]:
    """What names of places and bodies end in, by which they are taken up: the Orv Canal is "the canal" later.

    The Friends of Orv Library are not “the library”.
    """
    names = (
        c for c in found.by_head.values() if c.form == "name" and len(c.words) > 1 and "of" not in c.words
    )
    kept = (c for c in names if c.kind in ("place", "organization") and c.words[-1] not in _STUFF)
    return {c.words[-1]: c.kind for c in kept}


def _kind_named(analysis: Analysis, i: int, called: dict[str, EntityKind | None]) -> EntityKind | None:
    """The kind of somebody or something that a common noun can name here, if it can."""
    noun, token = noun_of(analysis, i), analysis.tokens[i]
    if noun is not None:
        return noun.kind if noun.kind in ("person", "group", "organization", "document") else None
    if not called or token.upos != "NOUN" or token.xpos != "NN":
        return None
    below = (analysis.tokens[k].text.lower() for k in analysis.children[i])
    return called.get(fold(token.text)) if any(t in ("the", "this") for t in below) else None


def name_candidate(
    analysis: Analysis,
    tokens: range,
    kind: EntityKind,
    score: float = 1.0,
    *,
    shops: frozenset[str] = frozenset(),
) -> Candidate | None:
    """The name over `tokens` with what stands around it: title, role, age; None where no letter is left.

    A possessive ending is no part of it but in those of `shops`.
    """
    first, last = tokens.start, tokens.stop - 1
    while last > first and _is_behind_name(analysis, last, kind):
        if analysis.tokens[last].text in OWN and analysis.tokens[last - 1].text in shops:
            break
        last -= 1
    while first < last and (analysis.tokens[first].upos == "DET" or analysis.tokens[first].text in "\"“'‘("):
        first += 1
    title = ""
    while kind == "person" and first < last and _title_word(analysis, first):
        title = f"{title} {fold(analysis.tokens[first].text).strip('.')}".strip()
        first += 1
    first += kind == "person" and first < last and not title and opens_with_trade(analysis, first)
    start, end = _with_brackets(analysis.text, analysis.tokens[first].start, analysis.tokens[last].end)
    words = words_of(analysis.text[start:end])
    if not words:
        return None
    inside = range(first, last + 1)
    head = next((i for i in inside if analysis.tokens[i].head not in inside), last)
    before = _words_before(analysis, first, tokens)
    title = (
        " ".join(fold(analysis.tokens[i].text).strip(".") for i in before if _title_word(analysis, i))
        or title
    )
    role = own_role(analysis, role_of(analysis, tokens, head, before, kind), analysis.tokens[tokens[0]].start)
    ranks = title_words(title)
    role_words = frozenset(content_words(analysis, role)) | ranks & nouns().keys() if role else ranks
    role_words |= frozenset(told_before(analysis, head)) if kind == "person" else frozenset()
    gender = next((titles()[w] for w in title.split() if titles().get(w)), "") if kind == "person" else ""
    gender = gender or _gender_of(role_words)
    age = _AGE_AFTER.match(analysis.text, end) if kind == "person" else None
    return Candidate(
        start=start, end=end, head=head, form="name", kind=kind, words=words, title=title, role=role,
        role_words=role_words, gender=gender if kind == "person" else "", score=score,
        age=int(age[1]) if age else None,
    )  # fmt: skip


def _is_behind_name(analysis: Analysis, i: int, kind: EntityKind) -> bool:
    """Whether a token goes with a name and is no part of it: a mark, a possessive ending, a person's “KC”."""
    token = analysis.tokens[i]
    honour = kind == "person" and is_honour(token)
    return token.upos in ("PART", "PUNCT") or token.text in OWN or honour


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """A name's range with the brackets that an editor set within it: “Joni [Ode]”, “[Joni] Ode”."""
    opened, closed = text[start:end].count("["), text[start:end].count("]")
    if opened > closed and text[end : end + 1] == "]":
        return start, end + 1
    return start - (closed > opened and text[max(0, start - 1) : start] == "["), end


def _gender_of(role_words: frozenset[str]) -> str:
    """The gender that all words of a role agree on: "the girl's mother" tells one, "mother and son of Ode" none."""
    told = {nouns()[w].gender for w in role_words if w in nouns()} - {""}
    return told.pop() if len(told) == 1 else ""


def pronoun_candidate(analysis: Analysis, i: int) -> Candidate:
    """The pronoun at a token with the number and gender that its form shows."""
    token = analysis.tokens[i]
    form = pronouns().get(token.text.lower(), Pronoun("3", "any", "", "other"))
    gender = form.gender
    return Candidate(
        token.start, token.end, i, "pronoun", words=(token.text.lower(),), gender=gender,
        plural=form.number == "plur", kind="person" if gender in ("m", "f") or form.person == "1" else None,
    )  # fmt: skip


def nominal_candidate(
    analysis: Analysis, i: int, *, span: Span | None = None, kind: SourceKind = "unspecified"
) -> Candidate:
    """The noun phrase headed by a token; `span` where its extent is known, `kind` where the noun tells none."""
    token = analysis.tokens[i]
    noun = noun_of(analysis, i)
    plural = is_many(token)
    years = age_told(analysis, i)
    lemma = (
        _hyphened(analysis, i) + plain(token.lemma or token.text) if years is None else f"{years}-year-old"
    )
    found: EntityKind | None = noun.kind if noun else kind if kind != "unspecified" else None
    below = analysis.children[i]
    counted = any(analysis.tokens[k].deprel == "nummod" for k in below)
    many = found == "organization" and token.lemma.lower() not in ONE_BODY | _SERVICES
    if plural and (found == "person" or many or (counted and found == "place")):
        found = "group"
    owner = next((k for k in below if analysis.tokens[k].deprel == "nmod:poss"), None)
    if (
        owner is not None
        and analysis.tokens[owner].text.lower() == "its"
        and lemma in word_class("ally") | _LIKES
    ):
        # “Its Irish counterpart” is a body too.
        found = "group" if plural else "organization"
    dets = {analysis.tokens[k].text.lower() for k in below if analysis.tokens[k].deprel.startswith("det")}
    start_end = span or phrase_of(analysis, i, after=True)
    return Candidate(
        start_end.start, start_end.end, i, "nominal", kind=found, words=(lemma,), gender=noun.gender if noun else "",
        plural=plural or found == "group", owner=owner,
        definite=owner is not None or bool(dets & {"the", "this", "that", "these", "those"}),
        modifiers=frozenset(_modifiers(analysis, i) if years is None else ()), age=years,
    )  # fmt: skip


def _hyphened(analysis: Analysis, i: int) -> str:
    """What a hyphen joins to a noun: “secretary-” of “secretary-general”, who is no general."""
    before = analysis.tokens[max(0, i - 2) : i]
    joined = len(before) == 2 and before[1].text == "-" and before[0].end == before[1].start
    return f"{fold(before[0].text)}-" if joined and before[1].end == analysis.tokens[i].start else ""


def heads_in(analysis: Analysis, spans: tuple[Span, ...]) -> list[int]:
    """The tokens that head the joined parts of a source: of "Brandt and Ode" both names."""
    for span in spans:
        inside = tokens_in(analysis, span)
        tops = [
            i for i in inside if analysis.tokens[i].head not in inside and analysis.tokens[i].upos in _NOMINAL
        ]
        if tops:
            return _joined(analysis, tops[0], inside)
    return []


def part_span(analysis: Analysis, head: int, spans: tuple[Span, ...]) -> Span:
    """The words of a source that belong to one of its joined parts, punctuation at the edges left out."""
    inside = next(r for s in spans if head in (r := tokens_in(analysis, s)))
    others = [i for i in analysis.children[head] if analysis.tokens[i].deprel in ("conj", "cc")]
    leave = {k for o in others for k in subtree(analysis, o)} | {
        i for i in analysis.children[head] if analysis.tokens[i].deprel == "punct" and others
    }
    words = [i for i in subtree(analysis, head) if i in inside and i not in leave] or [head]
    return trimmed(analysis.text, Span(analysis.tokens[words[0]].start, analysis.tokens[words[-1]].end))


def antecedent_of_relative(analysis: Analysis, i: int) -> int | None:
    """The noun that "who", "which" or "that" stands for: the head of the relative clause it is in.

    Where the parse hangs the clause elsewhere it is the noun right before it: "reported by *the Post*, which said".
    """
    above = i
    while above >= 0:
        token = analysis.tokens[above]
        if token.deprel == "acl:relcl":
            before = _is_who_behind(analysis, i, token.head) if token.head >= 0 else None
            noun = token.head if before is None else before
            return _whose_place(analysis, i, noun) if noun >= 0 else None
        if token.deprel in _LOOSE and i < above:
            beside = _noun_before(analysis, i)
            if beside is not None:
                return _whose_place(analysis, i, beside)
        above = token.head
    return None


def _is_who_behind(analysis: Analysis, i: int, noun: int) -> int | None:
    """Who stands before “who” where the parse gives it to a thing: “a mess,” said *Ode*, who; said a *cook* who."""
    tokens = analysis.tokens
    if (
        tokens[i].text.lower() != "who"
        or not i
        or tokens[noun].upos != "NOUN"
        or noun_of(analysis, noun) is not None
    ):
        return None
    if tokens[i - 1].text == "," and i > 1 and tokens[i - 2].upos == "PROPN":
        return i - 2
    return i - 1 if tokens[i - 1].upos == "NOUN" and is_role(analysis, i - 1) else None


def _whose_place(analysis: Analysis, i: int, noun: int) -> int:
    """The noun that a relative word is about, of somebody named with his place the former: “Ana Ode of Orva, *who*”."""
    token = analysis.tokens[noun]
    if token.deprel != "nmod" or analysis.tokens[i].text.lower() not in ("who", "whom"):
        return noun
    of = any(analysis.tokens[k].text.lower() in ("of", "from", "in") for k in analysis.children[noun])
    people = [m for m in analysis.mentions if m.kind == "person"]
    one, other = (
        any(m.start <= t.start < m.end for m in people) for t in (analysis.tokens[token.head], token)
    )
    return token.head if of and one and not other else noun


def _noun_before(analysis: Analysis, i: int) -> int | None:
    """The noun that ends right before a word and its comma and preposition."""
    last = i - 1
    if analysis.tokens[max(0, last - 1)].text == ")":
        # “The Orv Water Board (OWB), which”.
        last = (
            next((k for k in range(last - 1, max(last - 6, 0), -1) if analysis.tokens[k].text == "("), i) - 1
        )
    for k in range(last, max(last - 3, -1), -1):
        token = analysis.tokens[k]
        if token.upos in ("NOUN", "PROPN"):
            while (
                token.deprel in ("compound", "flat")
                and analysis.tokens[token.head].end <= analysis.tokens[i].start
            ):
                k, token = token.head, analysis.tokens[token.head]  # noqa: PLW2901 - up to the name's head
            return k
        if token.text != "," and token.upos != "ADP":
            return None
    return None


def _readable(document: Document, analysis: Analysis) -> list[bool]:
    """For each token whether its paragraph is one in which somebody can be reported."""
    if not document.paragraphs:
        return [True] * len(analysis.tokens)
    out = [False] * len(analysis.tokens)
    for paragraph in document.paragraphs:
        if paragraph.kind in READABLE:
            first, last = (bisect_left(analysis.starts, at) for at in (paragraph.start, paragraph.end))
            out[first:last] = [True] * (last - first)
    return out


def _title_word(analysis: Analysis, i: int) -> bool:
    token = analysis.tokens[i]
    return token.text[:1].isupper() and is_title(token.text)


def _words_before(analysis: Analysis, first: int, name: range) -> list[int]:
    """The words right before a name that belong to its phrase: "presidential spokesman" before "Jon Hale"."""
    tokens, out = analysis.tokens, list[int]()
    i = first - 1
    while i >= 0 and tokens[i].upos in ("NOUN", "PROPN", "ADJ", "PUNCT") and len(out) < 8:
        if tokens[i].upos == "PUNCT" and tokens[i].text not in ("-", "–"):
            break
        if tokens[i].end < tokens[i + 1].start - 1 or _ends_before_title(analysis, i):
            break
        out.insert(0, i)
        i -= 1
    above = {tokens[k].head for k in name}
    places = {(tokens[k].head, tokens[k].deprel) for k in name}
    ours = set(out) | set(name)
    # "Judge Ode ruled" may have two subjects in the parse.
    while out and not (
        tokens[out[0]].head in ours
        or out[0] in above
        or (tokens[out[0]].head, tokens[out[0]].deprel) in places
        or (_title_word(analysis, out[0]) and any(tokens[k].head == out[0] for k in out))
    ):
        ours.discard(out.pop(0))
    return out


def _ends_before_title(analysis: Analysis, i: int) -> bool:
    """Whether a plural ends before a capital title: “the *refugees* President Ode let in”; not “sports minister”."""
    token = analysis.tokens[i]
    whole = any(analysis.tokens[k].deprel == "det" for k in analysis.children[i])
    return whole and token.xpos == "NNS" and token.text.islower() and _title_word(analysis, i + 1)


def _modifiers(analysis: Analysis, i: int) -> list[str]:
    out = []
    for k in analysis.children[i]:
        relation = analysis.tokens[k].deprel
        if relation in ("amod", "compound", "nmod:poss", "nmod", "nmod:desc"):
            kept = [j for j in subtree(analysis, k) if analysis.tokens[j].upos in ("NOUN", "PROPN", "ADJ")]
            out += [fold(analysis.tokens[j].lemma or analysis.tokens[j].text) for j in kept]
    return out


def _is_phrase_head(analysis: Analysis, i: int) -> bool:
    token = analysis.tokens[i]
    filler = token.deprel in ("vocative", "discourse") and token.lemma.lower() in _FILLERS
    return token.deprel not in _NO_PHRASE and not filler


def _is_of_another(analysis: Analysis, i: int) -> bool:
    """Whether a noun in a role is somebody else: “*the league*'s secretary, Ana Ode,”, “the widow of *the clerk*”."""
    return analysis.tokens[i].deprel in ("nmod:poss", "nmod")


def _tells_of_name(analysis: Analysis, i: int, named: set[int]) -> bool:
    """Whether a noun is said of a name beside it, as its apposition, title or predicate."""
    token = analysis.tokens[i]
    if token.deprel == "appos" and token.head in named:
        return True
    if any(analysis.tokens[k].deprel == "cop" for k in analysis.children[i]):
        return True
    return any(k in named and analysis.tokens[k].deprel in SAME for k in analysis.children[i])


def _joined(analysis: Analysis, top: int, inside: range) -> list[int]:
    out = [top]
    own = [k for k in analysis.children[top] if k in inside and analysis.tokens[k].deprel == "flat"]
    for i in sorted(i for k in (top, *own) for i in analysis.children[k]):
        if i in inside and analysis.tokens[i].deprel == "conj" and analysis.tokens[i].upos in _NOMINAL:
            out += _joined(analysis, i, inside)
    return out
