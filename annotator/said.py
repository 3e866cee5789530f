"""What the text itself says that a name is: “Orvane, the news agency,”, “insurer Orvane”, “Orvane, the spa town,”."""

from __future__ import annotations

from bisect import bisect_left
from itertools import takewhile
from typing import TYPE_CHECKING

from annotator.names import given_names, surnames, word_class
from annotator.nouns import is_persons, nouns
from annotator.roles import person_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotator.analysis import Analysis, Token
    from annotator.mentions import Candidate
    from annotator.model import EntityKind

# So likely the model's label is hardly ever wrong.
SURE = 0.7
# What somebody does and no firm: “Ode will step down, the company said.”
_PERSONAL = frozenset(
    {"die", "join", "leave", "quit", "replace", "resign", "retire", "serve", "step", "succeed"}
)
# What a firm alone does, and what it does to these: “it” of “it would cut taxes” is a land, of “it would rain” nothing.
_OF_FIRMS = frozenset({"acquire", "buy", "hire", "merge", "recall", "sell"})
_DONE_BY_FIRMS = frozenset(
    {"close", "cut", "halt", "invest", "launch", "open", "publish", "raise", "shut", "suspend"}
)
_GOODS = frozenset({
    "branch", "dividend", "factory", "fare", "flight", "forecast", "job", "plant", "position", "price", "production",
    "route", "share", "shop", "staff", "store", "target", "workforce",
})  # fmt: skip
_PAPERS = frozenset({"daily", "weekly"})
# The words of an apposition between its first and its noun: “the *Orvian ruling* party”.
_IN_PHRASES = ("ADJ", "NOUN", "PROPN", "PART", "NUM")


def said_to_be(analysis: Analysis, candidate: Candidate) -> EntityKind | None:
    """What a name is beyond doubt: “Orvane, *the ruling party*,”, “Orvane, *the spa town*,”, “Orvane, *which* said”.

    Not where a given name or a title makes somebody of it, whatever the parse hangs there.
    """
    tokens, last = analysis.tokens, bisect_left(analysis.starts, candidate.end)
    given = any(w in given_names() for w in candidate.words)
    if given or candidate.title or candidate.age is not None:
        return None
    alone = len(candidate.words) == 1
    itself = alone and (_says_of_itself(analysis, candidate.head) or _is_it(analysis, candidate))
    if itself or _follows_trade(analysis, candidate):
        return "organization"
    if [t.text for t in tokens[last : last + 1]] != [","] or last + 1 == len(tokens):
        return None
    if tokens[last + 1].text.lower() == "which":
        subject = tokens[candidate.head].deprel in ("nsubj", "nsubj:pass", "appos")
        borne = alone and candidate.words[0] in surnames()
        return "organization" if subject and candidate.kind == "person" and not borne else None
    phrase = list(takewhile(lambda t: t.upos in _IN_PHRASES, tokens[last + 2 : last + 8]))
    if not phrase or tokens[last + 1].upos not in ("DET", "PRON") or phrase[-1].upos != "NOUN":
        return None
    word = phrase[-1].lemma.lower()
    noun = nouns().get(word) if word not in word_class("dealer", "ally") else None
    # “The state-chartered agency” is no state.
    goes_on = analysis.text.startswith("-", phrase[-1].end)
    return noun.kind if noun is not None and noun.kind in ("organization", "place") and not goes_on else None


def _says_of_itself(analysis: Analysis, head: int) -> bool:
    """Whether a firm is named in what it says, and called one behind it: “Orvane will close, *the carmaker* said”."""
    tokens, clause = analysis.tokens, analysis.tokens[head].head
    if clause < 0 or tokens[head].deprel != "nsubj" or tokens[clause].deprel not in ("ccomp", "parataxis"):
        return False
    if tokens[clause].lemma.lower() in _PERSONAL:
        return False
    said = (k for k in analysis.children[tokens[clause].head] if k > clause and tokens[k].deprel == "nsubj")
    return any(
        is_firms(tokens[k].lemma.lower())
        and any(tokens[c].text.lower() == "the" for c in analysis.children[k])
        for k in said
    )


def _is_it(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a lone name that nobody bears is “it” in what it says: “Orvane said *it would close* two plants”.

    Or has what a firm has: “Orvane said *its plant* would close”.
    """
    tokens, verb = analysis.tokens, analysis.tokens[candidate.head].head
    if verb < 0 or tokens[candidate.head].deprel != "nsubj":
        return False
    clauses = (k for k in analysis.children[verb] if tokens[k].deprel == "ccomp" and k > verb)
    unknown = candidate.words[0] not in surnames()
    return any(
        (_is_a_firms(analysis, k) and any(tokens[c].text.lower() == "it" for c in analysis.children[k]))
        or (unknown and _has_goods(analysis, k))
        for k in clauses
    )


def _has_goods(analysis: Analysis, verb: int) -> bool:
    """Whether the subject of a verb is what a firm has: “*its plant* would close”."""
    tokens = analysis.tokens
    subjects = (k for k in analysis.children[verb] if tokens[k].deprel in ("nsubj", "nsubj:pass"))
    return any(
        tokens[k].lemma.lower() in _GOODS
        and any(tokens[c].text.lower() == "its" for c in analysis.children[k])
        for k in subjects
    )


def _is_a_firms(analysis: Analysis, verb: int) -> bool:
    """Whether only a firm does what a verb tells: “sell”, “close two plants”."""
    lemma = analysis.tokens[verb].lemma.lower()
    goods = any(analysis.tokens[c].lemma.lower() in _GOODS for c in analysis.children[verb])
    return lemma in _OF_FIRMS or (lemma in _DONE_BY_FIRMS and goods)


def _follows_trade(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether a name stands right behind what a firm is, however that is tagged: “*Retailer* Orvane said”."""
    first = bisect_left(analysis.starts, candidate.start)
    before = analysis.tokens[first - 1] if first else None
    known = len(candidate.words) == 1 and candidate.words[0] in surnames()
    tight = before is not None and before.end + 1 == candidate.start
    # “Tarn-based Orvane”
    based = (
        first > 1 and before is not None and before.text == "based" and analysis.tokens[first - 2].text == "-"
    )
    return before is not None and tight and not known and (based or is_firms(before.text.lower()))


def firm_by_its_noun(
    names: Sequence[Candidate], kinds: Mapping[tuple[str, ...], EntityKind], analysis: Analysis
) -> list[tuple[str, ...]]:
    """The lone name with which a story begins that later tells of “the bank”, names no body and tells of no he or she.

    “Bancora cut its dividend. … *The bank* said”: nobody comes in so by his surname, if it is one.
    """
    tokens, first = analysis.tokens, min(names, key=lambda c: c.start, default=None)
    if (
        first is None
        or kinds[first.words] != "person"
        or len(first.words) > 1
        or "organization" in kinds.values()
    ):
        return []
    known = first.words[0] in surnames() or first.words[0] in given_names()
    if known or first.title or first.role is not None or first.age is not None:
        return []
    somebody = any(t.text.lower() in ("he", "her", "him", "his", "she") for t in tokens)
    if somebody or not tokens[first.head].deprel.startswith("nsubj"):
        return []
    firms = (
        i
        for i, t in enumerate(tokens)
        if t.start > first.end and t.xpos == "NN" and is_firms(t.lemma.lower())
    )
    speaks = (i for i in firms if tokens[i].deprel == "nsubj")
    told = any(tokens[k].text.lower() == "the" for i in speaks for k in analysis.children[i])
    return [first.words] if told else []


def is_firms(word: str) -> bool:
    """Whether a noun is what a story calls a firm: “the company”, “the carmaker”, “the insurer”."""
    return word in word_class("dealer", "enterprise") or word.endswith("maker")


def _is_of_an_office(analysis: Analysis, i: int) -> bool:
    """Whether a body is that of somebody's office: “leader of the *council* Ana Ode”."""
    token = analysis.tokens[i]
    return (
        token.deprel == "nmod" and token.head >= 0 and is_persons(analysis.tokens[token.head].lemma.lower())
    )


def is_told_a_body(analysis: Analysis, candidate: Candidate) -> bool:
    """Whether the text says what body has a name: “Orvane, the news *agency*,”, “his *lender*, Orvane,”.

    A lender may be somebody too, whose given name tells or the model's certainty; so may a rival, but not its rival,
    as a body has.
    """
    tokens, head = analysis.tokens, candidate.head
    beside = [k for k in analysis.children[head] if tokens[k].deprel == "appos" and _says_what(tokens[k])]
    above = tokens[head].head
    told_of = tokens[head].deprel == "appos" and tokens[above].upos == "NOUN"
    if told_of and not person_between(analysis, above, head):
        beside.append(above)
    before = bisect_left(analysis.starts, candidate.start) - 1
    tight = before >= 0 and tokens[before].end + 1 == candidate.start
    if tight and _says_what(tokens[before]) and not _is_of_an_office(analysis, before):
        # “The daily Orver Post”, “Danish insurer Orvane”.
        beside.append(before)
    told = [tokens[k].lemma.lower() for k in beside]
    if any(_is_persons(w) for w in told):
        # “Karl Ode, secretary of the union,”: whatever else stands there, he is somebody.
        return False
    its = any(tokens[j].text.lower() == "its" for k in beside for j in analysis.children[k])
    sure = candidate.kind == "person" and len(candidate.words) > 1 and candidate.score >= SURE
    given = sure or any(w in given_names() for w in candidate.words)
    # “The publisher, Ana Ode,” is somebody.
    bodies = (
        nouns().get(w)
        for w in told
        if w not in word_class("ally") and not (given and w in word_class("dealer"))
    )
    body = any(noun is not None and noun.kind == "organization" for noun in bodies)
    like = word_class("dealer") | (word_class("ally") if its else frozenset())
    return body or (not given and any(w in like for w in told))


def _says_what(token: Token) -> bool:
    """Whether a word beside a name may say what bears it: a noun, or “the daily”, which is none by its tag."""
    return token.upos == "NOUN" or token.text.lower() in _PAPERS


def _is_persons(word: str) -> bool:
    """Whether a noun says what somebody is, and never what a body is."""
    return is_persons(word) and word not in word_class("ally", "dealer")
