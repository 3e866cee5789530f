"""Reports by their form alone, whatever the verb: “I'm like, no way”, “she goes, “Wait””, “Not here,” Ode breathed.

Linguists call the first quotatives (Blyth, Recktenwald and Wang 1990): what follows is acted out as it was said. And
after a comma inside the marks any verb tells how the words came out.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from annotator.analysis import span_of, subtree
from annotator.claims import Claim
from annotator.cues import among, cue_at, is_headline_passive
from annotator.model import Span
from annotator.phrases import child, cue_group, noun_phrase, pieces, speaks
from annotator.quotes import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotator.analysis import Analysis, Sentence, Token
    from annotator.quotes import Quote

_OPENING = frozenset({"“", '"', "``", "‘", "'"})
_STOPS = frozenset({".", "!", "?"})
# So many words a verb at a sentence's end has behind it, its subject has, and what is said has at least.
_AFTER_VERB, _SOURCE, _CLAUSE = 7, 16, 3
# What a quotation that is a sentence stands after.
_BEFORE = frozenset({"", "\n", ".", "!", "?", ":", "”", '"', "’"})
# So many words stand between a quotation and the verb that tells of it, and between that and its subject.
_NEAR = 16
# And so many where it is said: “he shouted *over the fence*, “Run””.
_WHERE = 6
_STARTS = frozenset({"nsubj", "expl", "vocative"})
_QUOTATIVES = frozenset({"be", "go"})


def find_talk(analysis: Analysis) -> tuple[Claim, ...]:
    """The claims of quotatives, from the cue to the end of its sentence, in text order."""
    verbs = (i for i, token in enumerate(analysis.tokens) if token.lemma.lower() in _QUOTATIVES)
    return tuple(c for i in verbs for c in _at(analysis, i))


def _at(analysis: Analysis, index: int) -> Iterator[Claim]:
    words = _quotative(analysis, index)
    if not words:
        return
    sentence = analysis.sentences[analysis.sentence_of[index]]
    who = _speaker(analysis, words.start, sentence.first)
    end = _closing(analysis, words.stop, sentence.last) or _before_stops(analysis, words.stop, sentence.last)
    content = pieces(analysis, range(words.stop, end))
    if who is not None and content:
        yield Claim(
            content, span_of(analysis, words), noun_phrase(analysis, who), "talk", score=0.5, apart=False
        )


def _closing(analysis: Analysis, first: int, last: int) -> int:
    """The token after the mark that closes what a token opens: “she's all “no” and leaves”; 0 if it opens nothing."""
    if first >= last or analysis.tokens[first].text != "“":
        return 0
    return next((i + 1 for i in range(first, last) if analysis.tokens[i].text == "”"), 0)


def _before_stops(analysis: Analysis, first: int, last: int) -> int:
    """Where a range of tokens ends without the full stops, question and exclamation marks at its end."""
    while last > first and analysis.tokens[last - 1].text in _STOPS:
        last -= 1
    return last


def _quotative(analysis: Analysis, index: int) -> range:
    """The tokens of a quotative whose verb this is: “'m like”, “was all “”, “goes”; none if it is something else."""
    tokens = analysis.tokens
    verb = tokens[index]
    last = len(tokens) - 1
    if verb.lemma.lower() == "be" and index < last:
        like = index + 2 if tokens[index + 1].text.lower() in ("all", "just") else index + 1
        if like < last and tokens[like].text.lower() == "like" and _acts_out(tokens[like + 1 : like + 3]):
            return range(index, like + 1)
        if like == index + 2 and tokens[index + 1].text.lower() == "all" and _opens(tokens[like]):
            return range(index, like)
    if verb.lemma.lower() == "go" and verb.upos == "VERB" and index < last:
        following = tokens[index + 1 : index + 3]
        cries = len(following) > 1 and following[0].text == "," and _cries(following[1])
        if _opens(following[0]) or (cries and not _is_way(analysis, index, following[1])):
            return range(index, index + 1)
    return range(0)


def _is_way(analysis: Analysis, verb: int, following: Token) -> bool:
    """Whether somebody goes somewhere, and asks nothing: “People *go, where* the work is”, “*there* you go”."""
    last = analysis.tokens[analysis.sentences[analysis.sentence_of[verb]].last - 1]
    before = {t.text.lower() for t in analysis.tokens[max(0, verb - 2) : verb]}
    asks = following.xpos in ("WP", "WRB") or following.upos == "AUX"
    helped = any(analysis.tokens[k].deprel == "aux" for k in analysis.children[verb])
    return asks and (last.text != "?" or "there" in before or helped)


def _acts_out(following: tuple[Token, ...]) -> bool:
    """Whether what follows “like” is somebody's words: after a comma or a mark, a cry, or a clause with its subject."""
    first, second = following[0], following[-1]
    return _opens(first) or _cries(first) or (first.text == "," and _cries(second))


def _cries(token: Token) -> bool:
    personal = token.upos == "PRON" and token.deprel in _STARTS
    # “She's like, *where* is he”, “I go, *does* he know”
    asks = token.xpos in ("WP", "WRB") or token.upos == "AUX"
    return _opens(token) or token.upos == "INTJ" or personal or asks


def _opens(token: Token) -> bool:
    return token.text in _OPENING


def _speaker(analysis: Analysis, verb: int, first: int) -> int | None:
    """The subject of a quotative: its own in the parse, or the noun or pronoun right before it."""
    own = child(analysis, verb, "nsubj")
    near = next(
        (
            i
            for i in range(verb - 1, first - 1, -1)
            if analysis.tokens[i].upos not in ("AUX", "ADV", "PART", "VERB")
        ),
        None,
    )
    who = own if own is not None and own < verb else near
    if who is None or who > verb or analysis.tokens[who].upos not in ("PRON", "PROPN", "NOUN"):
        return None
    return who if analysis.tokens[who].deprel.startswith("nsubj") and speaks(analysis, who) else None


def find_beside(analysis: Analysis, quotes: Sequence[Quote]) -> tuple[Claim, ...]:
    """The quotations after which a sentence goes on, with the verb and the subject right behind them, in text order.

    They end in a comma, or a small letter follows: “Both?” asked Ode.
    """
    text = analysis.text
    groups = ([q.span for q in g] for g in joined(text, quotes) if g[-1].closed)
    # A title in marks has something before it: “As the boss of “The Shed,” Ode”.
    alone = (
        g for g in groups if _goes_on(text, g[-1].end) and text[: g[0].start].rstrip(" ")[-1:] in _BEFORE
    )
    return _claims(analysis, ((tuple(g), _told_after(analysis, g[-1].end)) for g in alone), "beside")


def _claims(
    analysis: Analysis, found: Iterable[tuple[tuple[Span, ...], tuple[int, int] | None]], rule: str
) -> tuple[Claim, ...]:
    """The quotations for which a verb and its subject were found."""
    return tuple(
        Claim(spans, _cue_of(analysis, told[0]), noun_phrase(analysis, told[1]), rule, score=0.5)
        for spans, told in found
        if told is not None
    )


def _cue_of(analysis: Analysis, verb: int) -> Span:
    has = _perfect(analysis, verb)
    return Span(analysis.tokens[verb if has is None else has].start, analysis.tokens[verb].end)


def _goes_on(text: str, end: int) -> bool:
    """Whether a sentence goes on behind a quotation that ends here: after a comma in it, or with a small letter."""
    return text[end - 2] == "," or (text[end - 2] in "?!" and text[end : end + 2].lstrip(" ")[:1].islower())


def _told_after(analysis: Analysis, end: int) -> tuple[int, int] | None:
    """The finite verb that comes first after a quotation in its sentence, and its subject beside it."""
    first = bisect_left(analysis.starts, end)
    if first >= len(analysis.tokens):
        return None
    last = analysis.sentences[analysis.sentence_of[first]].last
    near = range(first, min(first + _NEAR, last))
    verb = next(
        (i for i in near if _is_finite(analysis.tokens[i]) or _perfect(analysis, i) is not None), None
    )
    who = child(analysis, verb, "nsubj") if verb is not None else None
    if verb == first and who is None:
        # Right behind a quotation the verb has its subject after it, whatever the parse makes of that.
        who = child(analysis, first, "obj")
    if verb is None or who is None or who < first or who > verb + _NEAR or not speaks(analysis, who):
        return None
    between = analysis.tokens[min(verb, who) + 1 : max(verb, who)]
    plain = all(t.upos not in ("PUNCT", "CCONJ", "SCONJ") for t in between) or who < verb
    return (verb, who) if first in (verb, *subtree(analysis, who)) and plain else None


def _perfect(analysis: Analysis, verb: int) -> int | None:
    """The "had" of "had written", in front of its verb."""
    below = (k for k in analysis.children[verb] if k < verb and analysis.tokens[k].deprel == "aux")
    has = next((k for k in below if analysis.tokens[k].lemma.lower() == "have"), None)
    return has if analysis.tokens[verb].xpos == "VBN" else None


def _is_finite(token: Token) -> bool:
    return token.upos == "VERB" and token.xpos in ("VBD", "VBZ", "VBP")


def find_inner(analysis: Analysis, quotes: Sequence[Quote]) -> tuple[Claim, ...]:
    """The quotations inside others with who says them right before them: “He shouted, ‘Run’, and ran,” said Ode."""
    inner = (q for q in quotes if q.depth and q.opened and q.closed)
    return _claims(analysis, (((q.span,), _telling_before(analysis, q.start)) for q in inner), "inner")


def _telling_before(analysis: Analysis, start: int) -> tuple[int, int] | None:
    """The finite verb of speech before a quotation, where it was said between them at most, and its subject."""
    last = bisect_left(analysis.starts, start) - 1
    parted = last > 0 and analysis.tokens[last].text in (",", ":")
    verb = next(
        (i for i in range(last, max(last - _WHERE * parted, 0) - 1, -1) if _is_finite(analysis.tokens[i])), 0
    )
    cue = cue_at(analysis, verb) if verb else None
    if cue is None or not cue.speech or "direct" not in cue.frames:
        return None
    who = child(analysis, verb, "nsubj")
    return (verb, who) if who is not None and who < verb and speaks(analysis, who) else None


def find_tails(analysis: Analysis) -> tuple[Claim, ...]:
    """The sentences that end in who says them, whatever the parse makes of it: “Lisbon agreed, two diplomats said”."""
    found = (_tail(analysis, s) for s in analysis.sentences)
    return tuple(c for c in found if c is not None)


def _tail(analysis: Analysis, sentence: Sentence) -> Claim | None:
    tokens, end = analysis.tokens, _before_stops(analysis, sentence.first, sentence.last)
    verbs = range(end - 1, max(sentence.first, end - _AFTER_VERB), -1)
    verb = next((i for i in verbs if _is_finite(tokens[i]) or tokens[i].text == "told"), None)
    if verb is None or any(t.upos == "PUNCT" for t in tokens[verb:end]):
        return None
    before = range(verb - 1, max(sentence.first + _CLAUSE - 1, verb - _SOURCE), -1)
    comma = next((i for i in before if tokens[i].text == ","), None)
    if comma is None or not any(_is_finite(t) or t.upos == "AUX" for t in tokens[sentence.first : comma]):
        return None
    told = _telling(analysis, comma + 1, verb)
    return None if told is None else Claim(pieces(analysis, range(sentence.first, comma)), *told, "tail", 0.5)


def _telling(analysis: Analysis, first: int, verb: int) -> tuple[Span, Span | None] | None:
    """The cue and the source in the words from a comma to the verb at a sentence's end; None if nobody says it there.

    Who only hears it is no source: “…, a jury was told”, “…, court hears”.
    """
    tokens = analysis.tokens
    last = verb
    while last > first and tokens[last - 1].upos in ("AUX", "ADV"):
        last -= 1
    cue = cue_at(analysis, verb)
    if not _names_somebody(analysis, range(first, last)):
        return None
    if is_headline_passive(analysis, verb):
        return span_of(analysis, [verb]), None
    if tokens[verb].xpos == "VBN" and last < verb:
        return (span_of(analysis, range(last, verb + 1)), None) if tokens[verb].text == "told" else None
    if tokens[verb].lemma == "hear" and among(tokens[last - 1], "hearer"):
        return span_of(analysis, range(last, verb + 1)), None
    if cue is None or not cue.speech or "direct" not in cue.frames or not _is_finite(tokens[verb]):
        return None
    return cue_group(analysis, verb, cue), span_of(analysis, range(first, last))


def _names_somebody(analysis: Analysis, inside: range) -> bool:
    """Whether the words from a comma to a verb are a phrase for somebody, with a relative clause of its own or none."""
    tokens = analysis.tokens
    if not inside or tokens[inside[0]].upos not in ("DET", "NUM", "PROPN", "NOUN", "ADJ", "PRON"):
        return False
    opening = ("who", "which", "whose", "that")
    relative = next((i for i in inside if tokens[i].text.lower() in opening), inside.stop)
    phrase = range(inside.start, relative)
    if relative < inside.stop and all(
        tokens[i].upos not in ("VERB", "AUX") for i in inside[relative - inside.start :]
    ):
        # “They sang “Low Tide”, *a song that a pupil* wrote”
        return False
    heads = [
        i for i in phrase if tokens[i].upos in ("NOUN", "PROPN", "PRON") and tokens[i].head not in phrase
    ]
    plain = all(tokens[i].upos not in ("VERB", "AUX", "CCONJ", "SCONJ") for i in phrase)
    return bool(heads) and plain and speaks(analysis, heads[0])
