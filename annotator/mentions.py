"""Where a story may speak of somebody: names with their titles and roles, nominals and pronouns, from the parse.

`collect` gives them in text order and unlinked; `entities` decides which belong together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache

from annotator.analysis import Analysis, subtree, tokens_in
from annotator.fullnames import full_names
from annotator.model import READABLE, Document, EntityKind, MentionForm, Role, SourceKind, Span
from annotator.names import fold, read_table, titles, words_of
from annotator.nouns import Noun, nouns

# Under a name's head, the relations that lead to other words of the same person: "spokesman Jon Hale".
_SAME = ("flat", "appos", "nmod:desc")
# Relations of words that stand before the noun in its phrase and belong to it.
_BEFORE = (
    "det",
    "amod",
    "compound",
    "nummod",
    "nmod:poss",
    "nmod:desc",
    "flat",
    "case",
    "punct",
    "advmod",
    "det:predet",
)
# And of those after it: "the clerk of the court", "a person familiar with the deal".
_AFTER = ("nmod", "nmod:unmarked", "flat", "compound", "amod")
# What ends a name and is there without it: Orv Water, and the water.
_STUFF = frozenset(
    {"water", "air", "fire", "power", "energy", "oil", "gas", "steel", "food", "health", "news", "sea"}
)
# An apposition has so many words at most.
_APPOSITION = 16
_NOUNS = ("NOUN", "PROPN")
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X", "SYM"})
_YEARS_OLD = re.compile(r"(?<![\w-])(\d{1,3})-year-olds?$")
_AGE_AFTER = re.compile(r",\s(\d{1,3})(?=,|\.|\s)")
_EDGE = " \t\n,;:.–—-()[]\"“”'‘’"


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

    @property
    def span(self) -> Span:
        """The mention's range."""
        return Span(self.start, self.end)


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
    found = Found()
    readable = _readable(document, analysis)
    for tokens, kind, score in full_names(analysis):
        if readable[tokens[0]] and not _tells_a_nation(analysis, tokens):
            name = name_candidate(analysis, tokens, kind, score)
            if name is not None:
                found.add(name, tokens)
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
        elif i not in told and _is_phrase_head(analysis, i):
            what = _kind_named(analysis, i, called)
            if what is not None and not _tells_of_name(analysis, i, named):
                found.add(nominal_candidate(analysis, i, kind=what), [i])
    return found


def _tells_a_nation(analysis: Analysis, tokens: range) -> bool:
    """Whether a word taken for a name says where somebody is from: "the 24-year-old *Finn*", "the *Swede*"."""
    noun = noun_of(analysis, tokens[0]) if len(tokens) == 1 else None
    if noun is None or noun.field != "nation":
        return False
    below = (analysis.tokens[k] for k in analysis.children[tokens[0]] if k < tokens[0])
    return any(t.deprel in ("det", "amod", "nummod") for t in below)


def _last_words(found: Found) -> dict[str, EntityKind | None]:
    """What names of places and bodies end in, by which they are taken up: the Orv Canal is "the canal" later."""
    names = (c for c in found.by_head.values() if c.form == "name" and len(c.words) > 1)
    kept = (c for c in names if c.kind in ("place", "organization") and c.words[-1] not in _STUFF)
    return {c.words[-1]: c.kind for c in kept}


def _kind_named(analysis: Analysis, i: int, called: dict[str, EntityKind | None]) -> EntityKind | None:
    """The kind of somebody or something that a common noun can name here, if it can."""
    noun, token = noun_of(analysis, i), analysis.tokens[i]
    if noun is not None:
        return noun.kind if noun.kind in ("person", "group", "organization") else None
    below = (analysis.tokens[k].text.lower() for k in analysis.children[i])
    taken_up = token.upos == "NOUN" and token.xpos == "NN" and any(t in ("the", "this") for t in below)
    return called.get(fold(token.text)) if taken_up else None


def name_candidate(
    analysis: Analysis, tokens: range, kind: EntityKind, score: float = 1.0
) -> Candidate | None:
    """The name over `tokens` with what stands around it: title, role, age; None where no letter is left."""
    first, last = tokens.start, tokens.stop - 1
    while last > first and (
        analysis.tokens[last].upos in ("PART", "PUNCT") or analysis.tokens[last].text in ("'s", "’s")
    ):
        last -= 1
    while first < last and (analysis.tokens[first].upos == "DET" or analysis.tokens[first].text in "\"“'‘("):
        first += 1
    title = ""
    while kind == "person" and first < last and _title_word(analysis, first):
        title = f"{title} {fold(analysis.tokens[first].text).strip('.')}".strip()
        first += 1
    start, end = analysis.tokens[first].start, analysis.tokens[last].end
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
    role = _role(analysis, tokens, head, before, kind)
    role_words = frozenset(_content_words(analysis, role)) if role else frozenset(title.split())
    gender = next((titles()[w] for w in title.split() if titles().get(w)), "") if kind == "person" else ""
    gender = gender or next((nouns()[w].gender for w in role_words if w in nouns() and nouns()[w].gender), "")
    age = _AGE_AFTER.match(analysis.text, end) if kind == "person" else None
    return Candidate(
        start=start, end=end, head=head, form="name", kind=kind, words=words, title=title, role=role,
        role_words=role_words, gender=gender if kind == "person" else "", score=score,
        age=int(age[1]) if age else None,
    )  # fmt: skip


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
    plural = token.xpos in ("NNS", "NNPS") or "Number=Plur" in token.feats
    years = _age_told(analysis, i)
    lemma = _plain(token.lemma or token.text) if years is None else f"{years}-year-old"
    found: EntityKind | None = noun.kind if noun else kind if kind != "unspecified" else None
    if plural and found == "person":
        found = "group"
    below = analysis.children[i]
    owner = next((k for k in below if analysis.tokens[k].deprel == "nmod:poss"), None)
    dets = {analysis.tokens[k].text.lower() for k in below if analysis.tokens[k].deprel.startswith("det")}
    start_end = span or _phrase(analysis, i, after=True)
    return Candidate(
        start_end.start, start_end.end, i, "nominal", kind=found, words=(lemma,), gender=noun.gender if noun else "",
        plural=plural or found == "group", owner=owner,
        definite=owner is not None or bool(dets & {"the", "this", "that", "these", "those"}),
        modifiers=frozenset(_modifiers(analysis, i) if years is None else ()), age=years,
    )  # fmt: skip


def _age_told(analysis: Analysis, i: int) -> int | None:
    """The age in "the 34-year-old", in one token or in five."""
    token = analysis.tokens[i]
    if not token.text.endswith(("old", "olds")):
        return None
    found = _YEARS_OLD.search(analysis.text[max(0, token.end - 16) : token.end])
    return int(found[1]) if found else None


def noun_of(analysis: Analysis, i: int) -> Noun | None:
    """What the table of nouns tells of a token, and of forms such as "34-year-old"."""
    token = analysis.tokens[i]
    if _age_told(analysis, i) is not None:
        return Noun("person", "", "")
    if token.upos not in ("NOUN", "PROPN", "ADJ"):
        return None
    if token.upos == "ADJ":
        return None
    # "People", "officials" and "police" have their own rows; other plurals are found by their lemma.
    return nouns().get(_plain(token.text)) or nouns().get(_plain(token.lemma))


def _plain(word: str) -> str:
    """A noun as the tables have it: an "ex-clerk" is a clerk."""
    return fold(word).removeprefix("ex-")


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


def trimmed(text: str, span: Span) -> Span:
    """A span without punctuation at its edges; unchanged if nothing would be left."""
    start, end = span.start, span.end
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return Span(start, end) if start < end else span


def antecedent_of_relative(analysis: Analysis, i: int) -> int | None:
    """The noun that "who", "which" or "that" stands for: the head of the relative clause it is in."""
    while i >= 0:
        if analysis.tokens[i].deprel == "acl:relcl":
            head = analysis.tokens[i].head
            return head if head >= 0 else None
        i = analysis.tokens[i].head
    return None


def _readable(document: Document, analysis: Analysis) -> list[bool]:
    """For each token whether its paragraph is one in which somebody can be reported."""
    if not document.paragraphs:
        return [True] * len(analysis.tokens)
    starts = [p.start for p in document.paragraphs]
    kinds = [p.kind in READABLE for p in document.paragraphs]
    ends = [p.end for p in document.paragraphs]
    out = []
    for token in analysis.tokens:
        k = bisect_right(starts, token.start) - 1
        out.append(k >= 0 and kinds[k] and token.start < ends[k])
    return out


def _title_word(analysis: Analysis, i: int) -> bool:
    token = analysis.tokens[i]
    return token.text[:1].isupper() and fold(token.text).strip(".") in titles()


def _words_before(analysis: Analysis, first: int, name: range) -> list[int]:
    """The words right before a name that belong to its phrase: "presidential spokesman" before "Jon Hale"."""
    tokens, out = analysis.tokens, list[int]()
    i = first - 1
    while i >= 0 and tokens[i].upos in ("NOUN", "PROPN", "ADJ", "PUNCT") and len(out) < 8:
        if tokens[i].upos == "PUNCT" and tokens[i].text not in ("-", "–"):
            break
        if tokens[i].end < tokens[i + 1].start - 1:
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
    ):
        ours.discard(out.pop(0))
    return out


def _role(analysis: Analysis, name: range, head: int, before: list[int], kind: EntityKind) -> Role | None:
    """What the text says that a person is: the words before the name, or an apposition after it.

    "presidential spokesman Jon Hale"; "Ana Brandt, the union's chief negotiator,"; not "Mr Hale".
    """
    if kind != "person":
        return None
    known = [i for i in before if _is_role(analysis, i)]
    if known:
        return _role_over(analysis, Span(analysis.tokens[before[0]].start, analysis.tokens[known[-1]].end))
    above = analysis.tokens[head].head
    tops = [*name, above] if above >= 0 and analysis.tokens[head].deprel in _SAME else list(name)
    for top in tops:
        for i in analysis.children[top]:
            if _is_said_of(analysis, i, name) and _is_role(analysis, i):
                return _role_over(analysis, _phrase(analysis, i, after=True))
    if (
        above >= 0
        and above not in name
        and analysis.tokens[head].deprel in _SAME
        and _is_role(analysis, above)
    ):
        start = _phrase(analysis, above).start
        return _role_over(
            analysis,
            Span(start, max(start + 1, min(analysis.tokens[name.start].start, _phrase(analysis, above).end))),
        )
    return _between_commas(analysis, name)


def _between_commas(analysis: Analysis, name: range) -> Role | None:
    """A role between commas after a name, whatever the parse makes of it: "Ana Brandt, the judge in the case, has".

    Not where a list goes on: "Ana Brandt, the judge, and the clerk".
    """
    tokens, first = analysis.tokens, name.stop + 1
    here = tokens[name.stop : first + 1]
    if len(here) < 2 or here[0].text != "," or here[1].upos not in ("DET", "PRON"):
        return None
    reach = range(first, min(first + _APPOSITION, len(tokens) - 1))
    end = next((i for i in reach if tokens[i].text in ",.!?;:"), None)
    if end is None or tokens[end].text != "," or tokens[end + 1].upos == "CCONJ":
        return None
    nouns_here = (
        i for i in range(first, end) if tokens[i].upos in _NOUNS and tokens[i + 1].upos not in _NOUNS
    )
    noun = next(nouns_here, None)
    if noun is None or not _is_role(analysis, noun):
        return None
    told = any(tokens[i].upos in ("VERB", "AUX") and tokens[i].deprel != "amod" for i in range(first, noun))
    return None if told else _role_over(analysis, Span(tokens[first].start, tokens[end - 1].end))


def _is_said_of(analysis: Analysis, i: int, name: range) -> bool:
    """Whether a noun follows a name as its apposition, by the parse or by a comma: "Ana Brandt, the judge,"."""
    relation = analysis.tokens[i].deprel
    if i in name or (relation == "nmod:desc" and i < name.stop):
        return False
    after = analysis.tokens[name.stop].text if name.stop < len(analysis.tokens) else ""
    return relation == "appos" or (relation == "nmod:desc" and after == ",")


def _is_role(analysis: Analysis, i: int) -> bool:
    noun = noun_of(analysis, i)
    return noun is not None and noun.kind == "person"


def _role_over(analysis: Analysis, span: Span) -> Role | None:
    text = analysis.text
    span = trimmed(text, span)
    article = re.match(r"(?:the|a|an)\s+", text[span.start : span.end], re.IGNORECASE)
    start = span.start + (article.end() if article else 0)
    return Role(text[start : span.end], start, span.end) if start < span.end else None


def _content_words(analysis: Analysis, role: Role) -> list[str]:
    inside = tokens_in(analysis, Span(role.start, role.end))
    kept = [analysis.tokens[i] for i in inside if analysis.tokens[i].upos in ("NOUN", "PROPN", "ADJ")]
    return [fold(t.lemma or t.text) for t in kept]


def _phrase(analysis: Analysis, i: int, *, after: bool = False) -> Span:
    """A noun with the words before it; with `after` also what follows, up to a relative clause or an apposition."""
    below = analysis.children[i]
    keep = [
        k
        for k in below
        if k < i and analysis.tokens[k].deprel in _BEFORE and analysis.tokens[k].deprel != "case"
    ]
    if after:
        keep += [k for k in below if k > i and analysis.tokens[k].deprel in _AFTER]
    words = {i}.union(*(subtree(analysis, k) for k in keep)) if keep else {i}
    # "the head of the union, which left", "an aide to Ode, the mayor": the comma's words tell of the phrase.
    told = (k for k in words if k > i and analysis.tokens[k].deprel in ("acl:relcl", "appos"))
    words -= {x for k in told for x in subtree(analysis, k)}
    first = min(k for k in words if all(x in words for x in range(k, i + 1)))
    last = max(k for k in words if all(x in words for x in range(i, k + 1)))
    return trimmed(analysis.text, Span(analysis.tokens[first].start, analysis.tokens[last].end))


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
    if token.upos not in ("NOUN", "PROPN", "ADJ", "NUM"):
        return False
    return token.deprel not in ("compound", "amod", "flat", "nmod:desc", "goeswith", "fixed")


def _tells_of_name(analysis: Analysis, i: int, named: set[int]) -> bool:
    """Whether a noun is said of a name beside it, as its apposition, title or predicate."""
    token = analysis.tokens[i]
    if token.deprel == "appos" and token.head in named:
        return True
    if any(analysis.tokens[k].deprel == "cop" for k in analysis.children[i]):
        return True
    return any(k in named and analysis.tokens[k].deprel in _SAME for k in analysis.children[i])


def _joined(analysis: Analysis, top: int, inside: range) -> list[int]:
    out = [top]
    own = [k for k in analysis.children[top] if k in inside and analysis.tokens[k].deprel == "flat"]
    for i in sorted(i for k in (top, *own) for i in analysis.children[k]):
        if i in inside and analysis.tokens[i].deprel == "conj" and analysis.tokens[i].upos in _NOMINAL:
            out += _joined(analysis, i, inside)
    return out
