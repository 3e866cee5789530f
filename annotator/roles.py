"""What the text says that somebody is: the nouns for people and bodies around a name, and how far a phrase goes."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

from annotator.analysis import Analysis, Token, subtree, tokens_in
from annotator.model import EntityKind, Role, Span
from annotator.names import (
    PEOPLES,
    POSSESSIVES,
    fold,
    given_names,
    is_title,
    surnames,
    whole_titles,
    word_class,
)
from annotator.nouns import Noun, deeds, is_many, is_persons, nouns, persons

# Under a name's head, the relations that lead to other words of the same person: "spokesman Jon Hale".
SAME = ("flat", "appos", "nmod:desc")
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
# An apposition has so many words at most.
_APPOSITION = 16
_NOUNS = ("NOUN", "PROPN")
_TELLING = (*_NOUNS, "ADJ")
_YEARS_OLD = re.compile(r"(?<![\w-])(\d{1,3})-year-olds?$")
# Papers that no newsagent has, and what is done with those.
_PAPERS = frozenset(
    {"board", "briefing", "cabinet", "conference", "consultation", "discussion", "green", "internal", "planning",
     "policy", "position", "research", "scientific", "strategy", "white", "working"}
)  # fmt: skip
_WRITTEN = frozenset(
    {"circulate", "draft", "draw", "file", "leak", "lodge", "obtain", "post", "prepare", "present", "publish", "put",
     "release", "see", "submit", "write"}
)  # fmt: skip
_NATIVES = (*PEOPLES, "i")
# A name before which a role stands has so many words at most.
_NAMES = 4
# What tells how many there are of those who are named after it.
_AMOUNTS = frozenset(
    {"band", "bunch", "group", "half", "handful", "host", "lot", "majority", "none", "number", "trio"}
)
# Nouns that are one thing or another by the words beside them.
_TOLD_BESIDE = _AMOUNTS | {"guard", "paper", "staff", "third"}
# What ends a clause within its sentence.
_ENDS = frozenset({",", ";", ".", "–", "—"})
_DASHES = frozenset({"-", "–", "—"})
_EDGE = " \t\n,;:.–—-()[]\"“”'‘’"


def role_of(analysis: Analysis, name: range, head: int, before: list[int], kind: EntityKind) -> Role | None:
    """What the text says that a person is: the words before the name, or an apposition after it.

    "presidential spokesman Jon Hale"; "Gov. Hale"; "Ana Brandt, the union's chief negotiator,"; not "Mr Hale".
    """
    if kind != "person":
        return None
    known = [i for i in before if is_role(analysis, i) or _is_short_office(analysis, i)]
    told = _before_title(analysis, name, head, before)
    if told is not None:
        return told
    if known:
        first = _owner_before(analysis, before[0], known[-1])
        return _role_over(analysis, Span(analysis.tokens[first].start, analysis.tokens[known[-1]].end))
    office = next((i for i in analysis.children[head] if i < name.start and _is_office(analysis, i)), None)
    if office is not None:
        return _role_over(analysis, phrase_of(analysis, office, after=True))
    above = analysis.tokens[head].head
    tops = [*name, above] if above >= 0 and analysis.tokens[head].deprel in SAME else list(name)
    for top in tops:
        for i in analysis.children[top]:
            if _is_said_of(analysis, i, name) and is_role(analysis, i):
                return _role_over(analysis, _with_second(analysis, i))
    if above not in name and analysis.tokens[head].deprel in SAME:
        noun = _told_of(analysis, above, name)
        if noun is not None:
            span = _with_second(analysis, noun)
            end = min(analysis.tokens[name.start].start, span.end)
            return _role_over(analysis, Span(span.start, max(span.start + 1, end)))
    return _between_commas(analysis, name) or _shared(analysis, name, head) or _done(analysis, head)


def _before_title(analysis: Analysis, name: range, head: int, before: list[int]) -> Role | None:
    """What stands in apposition before a name with its title: “*the council leader*, Cllr Ana Ode,”."""
    tokens, first = analysis.tokens, before[0] if before else name.start
    if tokens[head].deprel not in SAME or first < 1 or tokens[first - 1].text != ",":
        return None
    if not before or not all(is_title(tokens[i].text) for i in before):
        return None
    noun = _told_of(analysis, tokens[head].head, name)
    if noun is None or noun >= first:
        return None
    span = _with_second(analysis, noun)
    return _role_over(analysis, Span(span.start, max(span.start + 1, min(tokens[first - 1].start, span.end))))


def _owner_before(analysis: Analysis, first: int, noun: int) -> int:
    """The first word of a role with whose it is, right before it: “*the players' union* chief Ana Ode”."""
    for k in range(first - 1, max(-1, first - _NAMES), -1):
        if analysis.tokens[k].text in POSSESSIVES:
            owners = [c for i in range(first, noun + 1) for c in analysis.children[i] if c < k]
            if owners:
                return min(subtree(analysis, owners[0]))
        if analysis.tokens[k].upos not in ("PART", "NOUN", "PROPN", "ADJ", "DET"):
            break
    return first


def _told_of(analysis: Analysis, above: int, name: range) -> int | None:
    """The noun that a name stands in apposition to, or that of what it is of: “the *president* of the guild, Ana Ode,”.

    Somebody else between them is whom the name tells of: “the president of the clerks, Ana Ode,” may be their name.
    """
    tokens = analysis.tokens
    if above < 0 or is_role(analysis, above):
        return above if above >= 0 else None
    first = name.start
    while first > 0 and is_title(tokens[first - 1].text):
        first -= 1
    parted = first > 0 and tokens[first - 1].text == ","
    while parted and above >= 0 and tokens[above].deprel == "nmod" and tokens[above].head < above:
        above = tokens[above].head
        if above >= 0 and is_role(analysis, above):
            return above
    return None


def _with_second(analysis: Analysis, noun: int) -> Span:
    """The phrase of a role with a second one that is joined to it: “*founder and chief executive of the guild*”."""
    tokens, span = analysis.tokens, phrase_of(analysis, noun, after=True)
    last = next(reversed(tokens_in(analysis, span)), noun)
    inside = range(noun, last + 1)
    for k in (c for i in inside for c in analysis.children[i]):
        # “His brother and *his* agent” are two.
        own = any(tokens[c].deprel in ("det", "nmod:poss") for c in analysis.children[k])
        # A second name is somebody's, “and Chief Executive Officer” is not.
        alike = tokens[k].upos == "NOUN" or tokens[noun].upos == tokens[k].upos
        joined = tokens[k].deprel == "conj" and alike and k > last and not own
        if joined and is_role(analysis, k) and "," not in analysis.text[span.end : tokens[k].start]:
            end = max(span.end, phrase_of(analysis, k, after=True).end)
            of = (c for c in analysis.children[noun] if c > k and tokens[c].deprel == "nmod")
            reach = next(
                (r for c in of if (r := sorted(subtree(analysis, c))) and _follows(analysis, r[0], end)), []
            )
            return Span(span.start, max([end, *(tokens[i].end for i in _until_mark(analysis, reach))]))
    return span


def _follows(analysis: Analysis, token: int, end: int) -> bool:
    return (
        not analysis.text[end : analysis.tokens[token].start].strip() and analysis.tokens[token].start >= end
    )


def _until_mark(analysis: Analysis, inside: list[int]) -> list[int]:
    """The words of a phrase up to its first mark: of “of the fund, which left” the first three."""
    return list(takewhile(lambda i: analysis.tokens[i].text not in _ENDS, inside))


def _done(analysis: Analysis, head: int) -> Role | None:
    """A role that a relative clause tells by what its bearer does for a living: “Ana Ode, *who chairs the guild*,”."""
    tokens = analysis.tokens
    for verb in analysis.children[head]:
        if tokens[verb].deprel != "acl:relcl" or _deed(analysis, verb) is None:
            continue
        inside = sorted(subtree(analysis, verb))
        who = next((k for k in inside if tokens[k].text.lower() == "who"), verb)
        end = next((k for k in inside if k > verb and tokens[k].text in _ENDS), inside[-1] + 1)
        if who < verb and end - who <= _APPOSITION:
            return _role_over(analysis, Span(tokens[who].start, tokens[end - 1].end))
    return None


def _deed(analysis: Analysis, verb: int) -> str | None:
    """What somebody is who does what a verb tells, "" where no one word says so; None of what is done once."""
    tokens, below = analysis.tokens, analysis.children[verb]
    if tokens[verb].upos != "VERB":
        return None
    if tokens[verb].lemma == "use" and (to := next((k for k in below if tokens[k].deprel == "xcomp"), None)):
        # “Who *used to run* the bank”.
        verb, below = to, analysis.children[to]
    lemma = tokens[verb].lemma.lower()
    if any(tokens[k].deprel == "obj" for k in below):
        return deeds().get(lemma)
    follows = tokens[verb + 1].text.lower() if verb + 1 < len(tokens) else ""
    return deeds().get(f"{lemma} {follows}")


def _shared(analysis: Analysis, name: range, head: int) -> Role | None:
    """A role that stands before a list of names for all of them: “*Ministers* Ode and Hale”, “*Sens.* Ode and Hale”.

    Who has one of his own keeps that: “ministers Ode and Hale and clerk Brandt”.
    """
    tokens, first = analysis.tokens, analysis.tokens[head].head
    if tokens[head].deprel != "conj" or first < 0 or first >= name.start:
        return None
    start = analysis.sentences[analysis.sentence_of[first]].first
    k = first - 1
    while k > max(start - 1, first - _NAMES) and not _is_of_several(analysis, k):
        if tokens[k].upos != "PROPN":
            return None
        k -= 1
    if k < start or not _is_of_several(analysis, k) or first not in (tokens[k].head, *analysis.children[k]):
        return None
    begin = k
    while (
        begin > start
        and tokens[begin - 1].upos in ("ADJ", "NOUN", "PROPN")
        and tokens[begin - 1].head in (k, first)
    ):
        begin -= 1
    begin = _owner_before(analysis, begin, k)
    return _role_over(analysis, Span(tokens[begin].start, tokens[k].end))


def _is_of_several(analysis: Analysis, i: int) -> bool:
    """Whether a word is an office of several: “ministers”, “Sens.”."""
    many = "Plur" in analysis.tokens[i].feats and is_role(analysis, i)
    return many or (_is_short_office(analysis, i) and analysis.tokens[i].text.strip(".").endswith("s"))


def _is_short_office(analysis: Analysis, i: int) -> bool:
    """Whether a word is an office or rank cut short: “*Gov.* Hale”, “*Det Supt* Ode”; not “Dr. Hale”."""
    text = analysis.tokens[i].text
    goes_on = analysis.text.startswith("-", analysis.tokens[i].end)
    known = whole_titles().get(fold(text).strip("."), "doctor") != "doctor"
    return known and text[:1].isupper() and not goes_on


def _is_office(analysis: Analysis, i: int) -> bool:
    """Whether a noun before a name is told with what it is of: “*Secretary* of State Jon Hale”."""
    return analysis.tokens[i].deprel == "nmod:desc" and is_role(analysis, i)


def told_before(analysis: Analysis, head: int) -> list[str]:
    """What a noun says of the name after it: “elder” and “sister” in “the elder sister, Ana Ode, a nurse,”."""
    above = analysis.tokens[head].head
    if analysis.tokens[head].deprel != "appos" or above < 0 or above > head or not is_role(analysis, above):
        return []
    span = phrase_of(analysis, above)
    return content_words(analysis, Role(span.of(analysis.text), span.start, span.end))


def _between_commas(analysis: Analysis, name: range) -> Role | None:
    """A role between commas after a name, whatever the parse makes of it: "Ana Brandt, the judge in the case, has".

    Not where a list goes on: "Ana Brandt, the judge, and the clerk".
    """
    tokens, first = analysis.tokens, name.stop + 1
    here = tokens[name.stop : first + 1]
    if len(here) < 2 or here[0].text != "," or here[1].upos not in ("DET", "PRON"):
        return None
    if "PronType=Rel" in here[1].feats or here[1].text.lower() == "whose":
        return None
    reach = range(first, min(first + _APPOSITION, len(tokens) - 1))
    end = next((i for i in reach if tokens[i].text in ",.!?;:"), None)
    if end is None or tokens[end].text != "," or tokens[end + 1].upos == "CCONJ":
        return None
    nouns_here = (
        i for i in range(first, end) if tokens[i].upos in _NOUNS and tokens[i + 1].upos not in _NOUNS
    )
    noun = next(nouns_here, None)
    if noun is None or not is_role(analysis, noun):
        return None
    told = any(tokens[i].upos in ("VERB", "AUX") and tokens[i].deprel != "amod" for i in range(first, noun))
    return None if told else _role_over(analysis, Span(tokens[first].start, tokens[end - 1].end))


def _is_said_of(analysis: Analysis, i: int, name: range) -> bool:
    """Whether a noun follows a name as its apposition, by the parse or by a comma: "Ana Brandt, the judge,"."""
    relation = analysis.tokens[i].deprel
    if i in name or (relation == "nmod:desc" and i < name.stop):
        return False
    between = (k for n in name for k in analysis.children[n] if name.stop <= k < i)
    if any(analysis.tokens[k].deprel == "conj" for k in between) and "Plur" not in analysis.tokens[i].feats:
        # "Ode and Lund, his sister," tells of Lund only.
        return False
    after = analysis.tokens[name.stop].text if name.stop < len(analysis.tokens) else ""
    return relation == "appos" or (relation == "nmod:desc" and after == ",")


def is_role(analysis: Analysis, i: int) -> bool:
    """Whether a token is a noun for a person."""
    noun = noun_of(analysis, i)
    return noun is not None and noun.kind == "person"


def _role_over(analysis: Analysis, span: Span) -> Role | None:
    text = analysis.text
    whole = text[max(span.start, span.end - 1) : span.end] == "."
    span = trimmed(text, span)
    # “Gov.” keeps its point.
    span = Span(span.start, span.end + whole)
    article = re.match(r"(?:the|an?|whose)\s+", text[span.start : span.end], re.IGNORECASE)
    start = span.start + (article.end() if article else 0)
    return Role(text[start : span.end], start, span.end) if start < span.end else None


def content_words(analysis: Analysis, role: Role) -> list[str]:
    """The folded words that a role says of its bearer."""
    inside = tokens_in(analysis, Span(role.start, role.end))
    # An aide to the mayor, or the mayor's brother, is no mayor.
    others = {
        i
        for i in inside
        if analysis.tokens[i].deprel in ("nmod", "nmod:poss")
        and analysis.tokens[i].head in inside
        and is_role(analysis, i)
    }
    tokens = analysis.tokens
    kept = [
        fold(tokens[i].lemma or tokens[i].text)
        for i in inside
        if tokens[i].upos in _TELLING and i not in others
    ]
    return [*kept, *(noun for i in inside if tokens[i].upos == "VERB" and (noun := _deed(analysis, i)))]


def noun_of(analysis: Analysis, i: int) -> Noun | None:
    """What the table of nouns tells of a token, and of forms such as "34-year-old"."""
    token = analysis.tokens[i]
    if age_told(analysis, i) is not None:
        return Noun("person", "", "")
    if token.upos not in ("NOUN", "PROPN", "ADJ"):
        return None
    if token.upos != "NOUN" and _is_of_a_land(analysis, i):
        return Noun("person", "", "nation")
    if token.upos == "ADJ":
        return None
    if apart := _by_its_words(analysis, i):
        return apart
    # "People", "officials" and "police" have their own rows; other plurals are found by their lemma.
    forms = (plain(token.text), plain(token.lemma))
    known = nouns().get(forms[0]) or nouns().get(forms[1])
    # Many a surname is one of the rarer ones.
    rarer = persons() if known is None and token.upos == "NOUN" else {}
    return known or rarer.get(forms[0]) or rarer.get(forms[1])


def _by_its_words(analysis: Analysis, i: int) -> Noun | None:
    """What a noun is by the words beside it: “a *planning* paper” and “a paper *seen* by us” are none that is sold."""
    token = analysis.tokens[i]
    if token.lemma.lower() not in _TOLD_BESIDE and token.text.lower() not in _TOLD_BESIDE:
        return None
    below = [analysis.tokens[k] for k in analysis.children[i]]
    if token.lemma.lower() == "staff" and any(t.text.lower() == "general" for t in below):
        return Noun("organization", "", "army")
    if token.text.lower() == "guard" and any(t.text.lower() in ("coast", "national") for t in below):
        return Noun("organization", "", "army")
    if token.text.lower() == "third" and not any(t.deprel == "nmod" for t in below):
        # “A *third* denied it”, after two others; “a third of them did”.
        return Noun("person", "", "")
    if token.lemma.lower() in _AMOUNTS and _is_of_many(analysis, i):
        return Noun("group", "", "")
    if token.lemma.lower() != "paper":
        return None
    told = any(t.deprel.startswith("acl") and t.lemma.lower() in _WRITTEN for t in below)
    named = any(t.deprel in ("compound", "amod") and t.text.lower() in _PAPERS for t in below)
    named = named or any(t.lemma.lower() == "page" for t in below) or _is_by_somebody(analysis, i)
    if not (told or named) and any(t.text.lower() == "the" for t in below):
        # “The paper” takes up the last one, or a study.
        before = (k for k in range(i - 1, -1, -1) if analysis.tokens[k].lemma.lower() in ("paper", "study"))
        last = next(before, None)
        if last is not None and analysis.tokens[last].lemma.lower() == "study":
            return Noun("document", "", "")
        return _by_its_words(analysis, last) if last is not None else None
    return Noun("document", "", "") if told or named else None


def person_between(analysis: Analysis, first: int, last: int) -> bool:
    """Whether somebody is told of between two tokens: “the campaign of her *rival*, Mara Ode”."""
    between = (i for i in range(first + 1, last) if analysis.tokens[i].upos == "NOUN")
    return any(noun.kind == "person" for i in between if (noun := noun_of(analysis, i)) is not None)


def _is_of_many(analysis: Analysis, i: int) -> bool:
    """Whether a noun only tells how many there are: “a *group* of elderly women”, “a *lot* of firms”."""
    tokens = analysis.tokens
    of = (
        k
        for k in analysis.children[i]
        if k > i and tokens[k].deprel == "nmod" and any(tokens[c].text == "of" for c in analysis.children[k])
    )
    return any(tokens[k].upos == "NOUN" and is_many(tokens[k]) for k in of)


def _is_by_somebody(analysis: Analysis, i: int) -> bool:
    """Whether a noun's author follows it: “the paper, *by four authors*”."""
    tokens = analysis.tokens
    written = (k for k in analysis.children[i] if k > i and tokens[k].deprel.startswith("nmod"))
    return any(tokens[c].text.lower() == "by" for k in written for c in analysis.children[k])


def _is_of_a_land(analysis: Analysis, i: int) -> bool:
    """Whether an article makes somebody of where he is from: "the *Senegalese*"; not "the Senegalese striker"."""
    token = analysis.tokens[i]
    alone = token.deprel not in ("amod", "compound", "flat", "nmod:desc") and token.text[:1].isupper()
    told = alone and token.text.lower() in persons() and token.text.endswith(_NATIVES)
    return told and any(analysis.tokens[k].text.lower() == "the" for k in analysis.children[i])


def age_told(analysis: Analysis, i: int) -> int | None:
    """The age in "the 34-year-old", in one token or in five."""
    token = analysis.tokens[i]
    if not token.text.endswith(("old", "olds")):
        return None
    found = _YEARS_OLD.search(analysis.text[max(0, token.end - 16) : token.end])
    return int(found[1]) if found else None


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """A noun as the tables have it: an "ex-clerk" is a clerk, a "mum-of-two" a mum."""
    return fold(word).removeprefix("ex-").partition("-of-")[0]


def phrase_of(analysis: Analysis, i: int, *, after: bool = False) -> Span:
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
    first = last = i
    while first - 1 in words and not _is_dash(analysis, first - 1):
        first -= 1
    while last + 1 in words:
        last += 1
    return trimmed(analysis.text, Span(analysis.tokens[first].start, analysis.tokens[last].end))


def _is_dash(analysis: Analysis, i: int) -> bool:
    """Whether a token is a dash with a space before it, behind which a headline's source stands: “… - *sources*”."""
    token = analysis.tokens[i]
    return token.text in _DASHES and analysis.text[max(0, token.start - 1) : token.start] == " "


def trimmed(text: str, span: Span) -> Span:
    """A span without punctuation at its edges; unchanged if nothing would be left."""
    start, end = span.start, span.end
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return Span(start, end) if start < end else span


def with_honours(analysis: Analysis, tokens: range) -> range:
    """The tokens of a name and of the letters behind it, which are nobody else: “Ana Ode *MP* said”."""
    end = tokens.stop
    while end < len(analysis.tokens) and is_honour(analysis.tokens[end]):
        end += 1
    return range(tokens.start, end)


def is_honour(token: Token) -> bool:
    """Whether a token is letters behind somebody's name: “Ana Ode *MP*”."""
    return token.text.isupper() and fold(token.text) in word_class("honour")


def opens_with_trade(analysis: Analysis, i: int) -> bool:
    """Whether a sentence begins with what somebody is, and not with his name: “*Sprinter* Ode was banned”."""
    word = fold(analysis.tokens[i].text)
    opens = analysis.sentences[analysis.sentence_of[i]].first == i
    trade = word in nouns() and bool(nouns()[word].field) and is_persons(word)
    return opens and trade and word not in given_names() and word not in surnames()
