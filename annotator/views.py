"""Reports without a verb or a noun that tells them: “according to Ode”, “for the mayor”, “reportedly”, “the alleged”.

Each function looks at one word of Universal Dependencies and gives what it makes a report: content, cue, source, the
name of the rule and how often it is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.analysis import head_of, span_of, subtree
from annotator.cues import among
from annotator.phrases import base, child, has_a_mind, markers, noun_phrase, phrase, pieces, speaks
from annotator.roles import noun_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.analysis import Analysis, Sentence
    from annotator.cues import Cue
    from annotator.model import Span

    View = tuple[tuple[Span, ...], Span | None, Span | None, str, float]

_CLAUSE_ENDS = frozenset({";", ":", "—", "–", "--", "“", '"', "``"})
_BEFORE_CLAUSES = _CLAUSE_ENDS | {"and", "but"}
# A phrase that opens a sentence has its comma so many words on at most.
_LEAD = 8
_NOMINAL = frozenset({"nmod", "obl", "amod", "compound", "obj", "nsubj", "advmod", "xcomp", "appos", "iobj"})
_STOPS = frozenset({".", "!", "?"})
# The words of a figure of speech, and of a phrase up to its noun, are so many at most.
_FIGURE = 5
_LENGTHS = frozenset({"hour", "day", "week", "month", "year", "decade", "generation", "century"})
# What stands by somebody's own word: “by her own *account*”.
_OWN = frozenset({"account", "admission", "estimate", "estimation", "reckoning", "telling"})
# What somebody has in whose view things stand.
_HELD = frozenset({"view", "opinion", "judgment", "judgement", "estimation"})
# What is feared or threatens may come from somebody: “fears of an attack from rebels”.
_TAKEN = frozenset({"damage", "damages", "extortion", "payment", "robbery", "theft"})
_FROM_ELSEWHERE = frozenset({"fear", "threat", "hope", "doubt", "suspicion"})


def preposition(analysis: Analysis, index: int, cue: Cue) -> Iterator[View]:
    """“According to Ode, the dam will hold”: the clause without the phrase, from whoever the phrase names."""
    if cue.phrase == ("for",):
        yield from _view(analysis, index)
        return
    tokens = analysis.tokens
    last = index + len(cue.phrase) - 1
    follows = _after_comma(analysis, index, last) if len(cue.phrase) > 2 else range(0)
    if follows:
        who = span_of(analysis, range(last + 1, follows.start - 1))
        yield pieces(analysis, follows), span_of(analysis, range(index, last + 1)), who, "preposition", 0.6
        return
    if len(cue.phrase) > 2:
        # "In the words of Ode": the name hangs on "words", and that on the clause.
        hinge = last - 1
        noun = next(
            (c for c in analysis.children[hinge] if c > last and base(tokens[c].deprel) == "nmod"), -1
        )
    else:
        hinge = noun = tokens[index].head
    if noun <= last or tokens[index].deprel not in ("case", "mark") or not speaks(analysis, noun):
        if cue.phrase == ("according", "to"):
            yield from _at_the_end(analysis, index, last)
        return
    host = tokens[hinge].head
    while (
        host >= 0 and base(tokens[host].deprel) in _NOMINAL and child(analysis, host, "cop", "nsubj") is None
    ):
        host = tokens[host].head
    if host < 0 or (len(cue.phrase) == 1 and tokens[noun].upos != "PROPN"):
        return
    content = pieces(analysis, _assertion(analysis, host, set(subtree(analysis, hinge))))
    yield content, span_of(analysis, range(index, last + 1)), noun_phrase(analysis, noun), "preposition", 0.6


def _at_the_end(analysis: Analysis, index: int, last: int) -> Iterator[View]:
    """““I ran,” Ode replied, *according to* a transcript.”: the sentence before, however its last phrase is parsed."""
    tokens, sentence = analysis.tokens, analysis.sentences[analysis.sentence_of[index]]
    who = range(last + 1, sentence.last - (tokens[sentence.last - 1].text in _STOPS))
    head = head_of(analysis, who)
    told = range(sentence.first, index - 1)
    if head is None or not told or tokens[index - 1].text != "," or not speaks(analysis, head):
        return
    if any(tokens[i].text == "," or tokens[i].upos == "VERB" for i in who):
        return
    phrase_of_it = span_of(analysis, range(index, last + 1))
    yield pieces(analysis, told), phrase_of_it, span_of(analysis, who), "preposition", 0.6


def _view(analysis: Analysis, index: int) -> Iterator[View]:
    """“For the mayor, it is “a quarrel of fools””: whose view it is opens the sentence, and his words are quoted."""
    tokens = analysis.tokens
    sentence = analysis.sentences[analysis.sentence_of[index]]
    noun = tokens[index].head
    if index > sentence.first or noun < index or not speaks(analysis, noun):
        return
    if not (tokens[noun].upos in ("ADJ", "PRON") or has_a_mind(analysis, noun) or noun_of(analysis, noun)):
        # “For example, the “expert” was right.”
        return
    commas = [i for i in range(index + 2, sentence.last) if tokens[i].text == ","]
    if not commas or commas[0] > index + _LEAD:
        return
    after = tokens[commas[0] + 1 : commas[0] + 2]
    named = any(after and m.start == after[0].start and m.kind == "person" for m in analysis.mentions)
    aside = bool(after) and (named or "PronType=Rel" in after[0].feats or after[0].deprel == "appos")
    comma = commas[1] if aside and len(commas) > 1 else commas[0]
    rest = _rest(analysis, sentence, comma + 1)
    quoted = any(tokens[i].text in _CLAUSE_ENDS - {";", ":", "—", "–", "--"} for i in rest[1:])
    if quoted and any(tokens[i].deprel.startswith("nsubj") for i in rest):
        who = span_of(analysis, range(index + 1, comma))
        yield pieces(analysis, rest), tokens[index].span, who, "preposition", 0.6


def held(analysis: Analysis, index: int) -> Iterator[View]:
    """“In her view, the dam is a ruin”, “by her own account”: the clause without the phrase, from whoever has it."""
    noun = analysis.tokens[index]
    owner = child(analysis, index, "nmod:poss")
    marks = {analysis.tokens[k].lemma.lower() for k in analysis.children[index]}
    own = subtree(analysis, index)
    accounted = "by" in marks and noun.lemma.lower() in _OWN and _stands_apart(analysis, own[0])
    had = accounted or ("in" in marks and noun.lemma.lower() in _HELD)
    if not had or noun.deprel != "obl" or owner is None:
        return
    clause = _assertion(analysis, noun.head, set(own))
    if own[0] and analysis.tokens[own[0] - 1].text.lower() in _BEFORE_CLAUSES:
        # “He maintains that cost decided it, and in his view the board knew”.
        clause = [i for i in clause if i > index]
    yield pieces(analysis, clause), noun.span, noun_phrase(analysis, owner), "preposition", 0.6


def _stands_apart(analysis: Analysis, first: int) -> bool:
    """Whether a phrase opens its sentence or follows a comma: “moved by her account” has what moved somebody."""
    opens = analysis.sentences[analysis.sentence_of[first]].first == first
    return opens or "," in (analysis.tokens[first - 1].text, analysis.tokens[first].text)


def lasts(analysis: Analysis, c: int, preposition: str, cue: Cue) -> bool:
    """Whether a phrase tells how long somebody said a thing: “has argued *for years* that”, not “asked *for a day*”."""
    token = analysis.tokens[c]
    if preposition != "for" or token.lemma.lower() not in _LENGTHS:
        return False
    counted = child(analysis, c, "nummod", "det") is not None
    return cue.act not in ("demand", "question") or (token.xpos == "NNS" and not counted)


def giver(analysis: Analysis, c: int, cue: Cue) -> int | None:
    """Who makes a claim behind what it is of: “accusations of bias from *rivals*”.

    Not “calls for help from *rivals*”, who shall give it.
    """
    if "for" in markers(analysis, c) and among(analysis.tokens[c], "given"):
        return None
    what = analysis.tokens[c]
    taken = among(what, "harm") or what.lemma.lower() in _TAKEN
    if cue.phrase[0] in _FROM_ELSEWHERE or taken:
        return None
    last = subtree(analysis, c)[-1]
    near = (k for k in subtree(analysis, c) if base(analysis.tokens[k].deprel) == "nmod" and k > c)
    givers = (k for k in near if "from" in markers(analysis, k) and subtree(analysis, k)[-1] == last)
    places = [m for m in analysis.mentions if m.kind == "place"]
    minds = (k for k in givers if has_a_mind(analysis, k))
    return next((k for k in minds if not any(analysis.tokens[k].span.overlaps(m.span) for m in places)), None)


def _after_comma(analysis: Analysis, first: int, last: int) -> range:
    """What follows a phrase that opens a clause, to the sentence's end: “In the words of Ode, *the dam is old*”."""
    tokens = analysis.tokens
    sentence = next(s for s in analysis.sentences if s.first <= first < s.last)
    if first > sentence.first and tokens[first - 1].text not in _CLAUSE_ENDS:
        return range(0)
    comma = next((i for i in range(last + 2, min(last + 12, sentence.last)) if tokens[i].text == ","), None)
    if comma is None:
        return range(0)
    return _rest(analysis, sentence, comma + 1)


def _rest(analysis: Analysis, sentence: Sentence, first: int) -> range:
    """A sentence's tokens from one on, without the stop at its end."""
    stop = analysis.tokens[sentence.last - 1].text in _STOPS
    return range(first, sentence.last - stop)


def _assertion(analysis: Analysis, head: int, aside: set[int]) -> list[int]:
    """A clause without what joins it to others, without what stands aside, and without coordinated clauses."""
    tokens = analysis.tokens
    drop = set(aside)
    for c in analysis.children[head]:
        relation = base(tokens[c].deprel)
        own_subject = child(analysis, c, "nsubj", "nsubj:pass") is not None
        if relation in ("cc", "mark", "parataxis") or (relation == "conj" and own_subject):
            drop |= set(subtree(analysis, c))
    return [i for i in subtree(analysis, head) if i not in drop]


def adverb(analysis: Analysis, index: int) -> Iterator[View]:
    """“Reportedly killing three miners”: the clause that the adverb makes hearsay; the text gives no source."""
    token = analysis.tokens[index]
    if token.head < 0 or token.deprel != "advmod":
        return
    head = analysis.tokens[token.head]
    clause = head.upos in ("VERB", "AUX") or child(analysis, token.head, "cop", "nsubj") is not None
    if not clause or base(head.deprel) == "amod":
        return
    content = pieces(analysis, _assertion(analysis, token.head, {index}))
    yield content, span_of(analysis, [index]), None, "adverb", 0.5


def adjective(analysis: Analysis, index: int) -> Iterator[View]:
    """“The alleged theft of the keys”: the deed, not an alleged person."""
    noun = analysis.tokens[index].head
    if noun <= index or not among(analysis.tokens[noun], "deed"):
        return
    inside = phrase(
        analysis, noun, without=("case", "acl:relcl", "appos", "parataxis", "conj", "cc", "punct")
    )
    content = pieces(analysis, [i for i in inside if i > index])
    yield content[:1], span_of(analysis, [index]), None, "adjective", 0.5


def waved_away(analysis: Analysis, index: int, cue: Cue) -> tuple[tuple[tuple[Span, ...], str, float], ...]:
    """What somebody denies in a figure of speech: “played down *reports of a rift*”, “hit back at *claims*”."""
    tokens = analysis.tokens
    if cue.act != "denial" or len(cue.phrase) == 1:
        return ()
    last = next(
        (i for i in range(index + 1, index + _FIGURE) if tokens[i].lemma.lower() == cue.phrase[-1]), index
    )
    said = (c for c in range(last + 1, min(last + _FIGURE, len(tokens))) if among(tokens[c], "claim"))
    noun = next((c for c in said if base(tokens[c].deprel) in ("obj", "obl", "nmod")), None)
    inside = [k for k in subtree(analysis, noun) if k > last] if noun is not None else []
    return ((pieces(analysis, inside), "waved", 0.6),) if inside else ()


def impression(analysis: Analysis, index: int) -> Iterator[View]:
    """“It struck her that the gate was open”: the clause, from whoever has the thought."""
    tokens, below = analysis.tokens, analysis.children[index]
    it = any(tokens[k].text.lower() == "it" for k in below if k < index)
    clause = child(analysis, index, "ccomp", "csubj")
    if not it or clause is None or clause < index or "that" not in markers(analysis, clause):
        return
    whom = next(
        (k for k in below if index < k < clause and base(tokens[k].deprel) in ("iobj", "obj", "obl")), None
    )
    if whom is None or not (tokens[whom].upos == "PRON" or has_a_mind(analysis, whom)):
        return
    content = pieces(analysis, subtree(analysis, clause))
    yield content, tokens[index].span, noun_phrase(analysis, whom), "impression", 0.5
