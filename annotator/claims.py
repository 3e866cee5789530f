"""Proposes attributions from the parse and the cue lexicon: the reports that stand in no quotation marks.

Each rule looks at one word of Universal Dependencies (version 2) and gives the claims that it carries. The learned
model is trusted for plain reports; the rules are for what it is weak on, and for texts where it saw nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING

from annotator import views
from annotator.analysis import Analysis, span_of, subtree, tokens_in
from annotator.cues import VERBS, Cue, among, cue_at, has_agent, is_passive
from annotator.model import Span
from annotator.objects import (
    PREPOSITIONS,
    antecedent,
    bare_object,
    called,
    estimated,
    host_clause,
    with_blamed,
)
from annotator.phrases import (
    agent,
    base,
    child,
    cue_group,
    has_a_mind,
    markers,
    noun_phrase,
    pieces,
    speaks,
    subject,
    testifies,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.analysis import Token

_NOBODY_ELSE = frozenset(
    {"i", "we", "you", "nobody", "anybody", "one", "somebody", "people", "that", "this", "it"}
)
_NEED_AN_OWNER = frozenset({"call", "demand", "charge", "plea", "promise", "pledge", "vow"})
# What somebody has who does something in or with it.
_HELD = frozenset({"belief", "conviction", "expectation", "fear", "hope", "intention", "knowledge"})
_QUESTIONS = frozenset({"when", "where", "why", "how", "whether", "if"})
_ASKED = frozenset({"what", "who", "whom", "whatever", "which"})
# Verbs that tell something only of a figure: “put the damage at nine million”.
_ESTIMATING = frozenset({("put",)})
_ASKING = frozenset({"call", "ask", "tell", "urge", "order", "warn"})
_GOVERNED = frozenset({"obl", "advcl", "nmod", "obj", "xcomp", "ccomp"})


@dataclass(frozen=True, slots=True)
class Claim:
    """A proposed attribution: `rule` names what found it, `score` how often that rule is right.

    `apart` says that it is a report of its own even inside another one's content: somebody else speaks. “I think
    fares rose,” said Ode, is one report; Ode said the union had warned of a strike is two.
    """

    content: tuple[Span, ...]
    cue: Span | None
    source: Span | None
    rule: str
    score: float
    apart: bool = True


def find_claims(analysis: Analysis) -> tuple[Claim, ...]:
    """Every claim that a rule proposes, in text order of cues; contents are never empty."""
    cues = ((i, cue_at(analysis, i)) for i in range(len(analysis.tokens)))
    found = [c for i, cue in cues if cue is not None for c in _at(analysis, i, cue) if c.content]
    sound = [c for c in found if c.cue is None or not any(c.cue in piece for piece in c.content)]
    return tuple(sorted(sound, key=lambda c: (c.cue or c.content[0], c.content)))


def _at(analysis: Analysis, index: int, cue: Cue) -> Iterator[Claim]:
    if cue.kind in VERBS:
        yield from _verb(analysis, index, cue)
    elif cue.kind == "state":
        yield from _state(analysis, index, cue)
    elif cue.kind == "noun":
        yield from _noun(analysis, index, cue)
    elif cue.kind == "preposition":
        yield from starmap(Claim, views.preposition(analysis, index, cue))
    elif cue.kind == "adverb":
        yield from starmap(Claim, views.adverb(analysis, index))
    elif cue.kind == "impression":
        yield from starmap(Claim, views.impression(analysis, index))
    else:
        yield from starmap(Claim, views.adjective(analysis, index))


# Verbs


def _verb(analysis: Analysis, index: int, cue: Cue) -> Iterator[Claim]:
    """A verb's contents: a clause, an infinitive, a phrase with its preposition, or what somebody is called."""
    passive = is_passive(analysis, index)
    bare = passive and cue.phrase == ("ask",) and child(analysis, index, "aux:pass") is None
    if bare and not _asked(analysis, index):
        # “Asked about the delay, Ode shrugged”: nothing is reported.
        return
    source = _verb_source(analysis, index, passive=passive)
    if source is None and not passive and not _reminds(analysis, index, cue):
        # "Ask the clerk about it", "thank you for the fish": nobody is reported.
        return
    if (source is not None and not testifies(analysis, index, source)) or _only_refuses_speech(
        analysis, index
    ):
        return
    waved = () if passive else views.waved_away(analysis, index, cue)
    for content, rule, score in (*_contents(analysis, index, cue, passive=passive), *waved):
        span = noun_phrase(analysis, source) if source is not None else None
        if span is not None and any(span.overlaps(c) for c in content):
            continue
        group = _chained_cue(analysis, index, cue)
        yield Claim(content, group, span, rule, score, apart=_is_apart(analysis, source, cue))


def _reminds(analysis: Analysis, index: int, cue: Cue) -> bool:
    """Whether a command tells what it bids one know: “*Note* that the pump leaked”; whose view that is stays open."""
    token = analysis.tokens[index]
    clause = child(analysis, index, "ccomp")
    bare = token.xpos == "VB" and child(analysis, index, "nsubj", "aux", "mark", "csubj") is None
    knows = cue.kind == "knowledge" or cue.phrase == ("note",)
    return bare and knows and clause is not None and clause > index and "that" in markers(analysis, clause)


def _is_apart(analysis: Analysis, source: int | None, cue: Cue) -> bool:
    """Whether a verb tells of somebody else's words: a cue of speech, and no "I", "we", "you" or "nobody".

    So does a belief or wish of somebody named: sources say Lisbon fears a raid.
    """
    if not cue.speech:
        named = source is not None and analysis.tokens[source].upos == "PROPN"
        return named and cue.kind in ("belief", "intention")
    return source is None or (
        analysis.tokens[source].lemma.lower() not in _NOBODY_ELSE
        and "PronType=Rel" not in analysis.tokens[source].feats
    )


def _verb_source(analysis: Analysis, index: int, *, passive: bool) -> int | None:
    if passive:
        return agent(analysis, index)
    return subject(analysis, index)


def _chained_cue(analysis: Analysis, index: int, cue: Cue) -> Span:
    """The cue with the refusal it hangs on: “refused to comment”, “declined to say” are one cue."""
    group = cue_group(analysis, index, cue)
    above = analysis.tokens[index].head
    if analysis.tokens[index].deprel == "xcomp" and above < index and _refuses(analysis, above):
        return Span(cue_group(analysis, above, cue).start, group.end)
    return group


def _refuses(analysis: Analysis, index: int) -> bool:
    return among(analysis.tokens[index], "refusing")


def _only_refuses_speech(analysis: Analysis, index: int) -> bool:
    """Whether the verb only refuses another report: “refused to comment on the raid” is one claim, of commenting."""
    inner = child(analysis, index, "xcomp")
    if not _refuses(analysis, index) or inner is None:
        return False
    row = cue_at(analysis, inner)
    return row is not None and row.kind in VERBS and row.speech


Content = tuple[tuple[Span, ...], str, float]


def _contents(analysis: Analysis, index: int, cue: Cue, *, passive: bool) -> Iterator[Content]:
    stranded = antecedent(analysis, index, cue)
    if stranded:
        yield stranded, "relative", 0.6
        return
    named = called(analysis, index, cue, passive=passive) or estimated(analysis, index, cue)
    if named:
        yield named, "called", 0.6
        return
    if cue.phrase in _ESTIMATING:
        return
    question = _asked(analysis, index) if cue.phrase == ("ask",) else range(0)
    if question:
        yield pieces(analysis, question), "clause", 0.55
        return
    found = [_clause(analysis, index, c, cue) for c in _dependents(analysis, index, cue)]
    # “Was told of the plan” has its content; who “told of his youth” goes on to tell it.
    tells = cue.phrase == ("tell",) and not passive
    held = [f for f in found if f is not None and not (tells and f[1] == "of")]
    if held:
        content, rule, score = _joined(analysis, index, held)
        hearsay = passive and rule == "infinitive" and not has_agent(analysis, index)
        whole = _to_the_end(analysis, content) if hearsay else content
        yield with_blamed(analysis, analysis.tokens[index].span, whole), rule, score
        return
    host = host_clause(analysis, index) if "direct" in cue.frames else ()
    if host:
        yield host, "parenthesis", 0.5
        return
    bare = bare_object(analysis, index, cue)
    if bare and not passive:
        yield pieces(analysis, bare), "object", 0.5


def _joined(analysis: Analysis, index: int, held: list[tuple[set[int], str, float]]) -> Content:
    """What the verb's dependents hold as one content: a run before the verb and a run after it.

    A clause has no holes but those that source and cue make, which are cut out later; a parse often has.
    """
    rule, score = held[0][1:]
    together = held if rule == "clause" else held[:1]
    inside = set().union(*(indices for indices, _, _ in together))
    before = [i for i in inside if i < index]
    # Of a clause before its verb nothing stands behind the next one: “…, Ode reported, *citing* two clerks”.
    next_verb = min(
        (c for c in analysis.children[index] if c > index and analysis.tokens[c].upos == "VERB"), default=None
    )
    ends = next_verb if before and next_verb is not None and next_verb not in inside else len(analysis.tokens)
    after = [i for i in inside if index < i < ends]
    runs = [pieces(analysis, range(min(run), max(run) + 1)) for run in (before, after) if run]
    return tuple(s for run in runs for s in run), rule, score


def _to_the_end(analysis: Analysis, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """An infinitive up to the next clause or mark: “the roof is said to rest *on oaks felled at sea*” is hearsay."""
    last = tokens_in(analysis, content[-1])[-1]
    sentence = analysis.sentences[analysis.sentence_of[last]]
    end = last + 1
    while end < sentence.last and not _parts(analysis.tokens[end]):
        end += 1
    return (*content[:-1], Span(content[-1].start, analysis.tokens[end - 1].end))


def _parts(token: Token) -> bool:
    """Whether a word begins another clause, or a mark does."""
    return token.upos in ("PUNCT", "CCONJ", "SCONJ") or token.text.lower() in (
        "when",
        "while",
        "after",
        "as",
        "because",
    )


def _dependents(analysis: Analysis, index: int, cue: Cue) -> tuple[int, ...]:
    """The verb's dependents, and those of its phrase's second word: “hold it *responsible* for the flood”."""
    out = analysis.children[index]
    for c in out:
        if len(cue.phrase) == 2 and analysis.tokens[c].lemma.lower() == cue.phrase[1] and c > index:
            out += analysis.children[c]
    return out


def _clause(analysis: Analysis, index: int, c: int, cue: Cue) -> tuple[set[int], str, float] | None:
    """What one dependent of a reporting verb holds of its content, or None."""
    token, marks = analysis.tokens[c], markers(analysis, c)
    relation = base(token.deprel)
    given = (p for p in PREPOSITIONS if p in marks and p in cue.frames and p not in cue.phrase)
    wanted = next((p for p in given if not views.lasts(analysis, c, p, cue)), None)
    # The parser wavers over a gerund: “accused of lying” comes as advcl, xcomp or ccomp.
    if wanted is not None and relation in _GOVERNED and token.deprel != "obl:agent" and c > index:
        opens = next(k for k in analysis.children[c] if analysis.tokens[k].lemma.lower() == wanted)
        return {i for i in _below(analysis, index, c) if i >= opens}, wanted, 0.6
    asked = relation == "advcl" and c > index and cue.phrase == ("ask",) and _begins_a_question(analysis, c)
    if (relation == "ccomp" and cue.frames & {"that", "wh", "direct", "ing"}) or asked:
        return _below(analysis, index, c), "clause", 0.55
    asks = "wh" in cue.frames and c > index
    if asks and (_is_free_relative(analysis, c) or _asks_by_itself(analysis, c)):
        return _below(analysis, index, c), "clause", 0.5
    if relation in ("xcomp", "advcl") and "to" in marks and "to" in cue.frames and c > index:
        purpose = relation == "advcl" and cue.phrase[0] not in _ASKING
        return None if purpose else (_wanted(analysis, index, c, cue), "infinitive", 0.5)
    if relation == "xcomp" and "ing" in cue.frames and token.xpos == "VBG":
        return _below(analysis, index, c), "ing", 0.5
    return None


def _is_free_relative(analysis: Analysis, c: int) -> bool:
    """Whether an object is a question by itself: “knew *what he had seen*”, “asked *who paid*”."""
    token = analysis.tokens[c]
    asks = token.upos == "PRON" and token.text.lower() in _ASKED
    return asks and token.deprel == "obj" and child(analysis, c, "acl:relcl") is not None


def _asked(analysis: Analysis, index: int) -> range:
    """The question right after an "asked" that opens a sentence, up to its comma: “Asked *when it broke*, Ode nodded”.

    The parse may hang its verb on the sentence's.
    """
    tokens = analysis.tokens
    sentence = analysis.sentences[analysis.sentence_of[index]]
    opens = index == sentence.first and tokens[index].text == "Asked" and index + 1 < sentence.last
    if not opens or tokens[index + 1].text.lower() not in _QUESTIONS | _ASKED:
        return range(0)
    comma = next((i for i in range(index + 2, sentence.last) if tokens[i].text == ","), index + 1)
    return range(index + 1, comma)


def _asks_by_itself(analysis: Analysis, c: int) -> bool:
    """Whether a phrase is all of a question that is left: “did not say *by whom*”, “would not say *why*”."""
    token = analysis.tokens[c]
    asks = token.text.lower() in _ASKED | _QUESTIONS | {"whose"} and base(token.deprel) in (
        "obl",
        "obj",
        "advmod",
    )
    return asks and not any(analysis.tokens[k].deprel.startswith("acl") for k in analysis.children[c])


def _begins_a_question(analysis: Analysis, c: int) -> bool:
    """Whether a clause opens with a word that asks: “asked *when* the road reopens”."""
    return analysis.tokens[min(subtree(analysis, c))].text.lower() in _QUESTIONS


def _below(analysis: Analysis, index: int, c: int) -> set[int]:
    """A dependent with all below it, but for a report of its own that "with" throws in.

    “The firm said fares rose, with the union warning jobs would go”: the warning is the union's.
    """
    inside = set(subtree(analysis, c)) - {index}
    for i in sorted(inside):
        row = cue_at(analysis, i)
        if (
            row is not None
            and row.speech
            and "with" in markers(analysis, i)
            and child(analysis, i, "nsubj") is not None
        ):
            inside -= {j for j in inside if j >= min(subtree(analysis, i))}
    return inside


def _wanted(analysis: Analysis, index: int, c: int, cue: Cue) -> set[int]:
    """An infinitive, with its doer where that is nobody spoken to: “expects *the crew to sail*”, “told them *to*”.

    Whom one calls for is not spoken to either: “called for *Ana Ode, the mayor, to resign*”.
    """
    doer = child(analysis, index, "obj") if cue.kind in ("belief", "intention") else None
    if cue.phrase[-1:] == ("for",):
        near = (k for k in analysis.children[index] if index < k < c)
        doer = next((k for k in near if base(analysis.tokens[k].deprel) in ("obj", "obl")), None)
    return _below(analysis, index, c) | (set(subtree(analysis, doer)) if doer is not None else set())


def _state(analysis: Analysis, index: int, cue: Cue) -> Iterator[Claim]:
    """“Ode is sure that the dam will hold”: what somebody is sure, aware or afraid of, in a clause."""
    who = child(analysis, index, "nsubj", "nsubj:pass")
    clause = child(analysis, index, "ccomp")
    if who is None or clause is None or clause < index or not speaks(analysis, who):
        return
    content = pieces(analysis, range(min(subtree(analysis, clause)), max(subtree(analysis, clause)) + 1))
    named = analysis.tokens[who].upos == "PROPN"
    yield Claim(
        content, cue_group(analysis, index, cue), noun_phrase(analysis, who), "clause", 0.5, apart=named
    )


# Nouns


def _noun(analysis: Analysis, index: int, cue: Cue) -> Iterator[Claim]:
    """“Accusations that the board lied”, “the mayor's claim”, “calls for a new vote”."""
    for c in (*analysis.children[index], *_hung_elsewhere(analysis, index)):
        token = analysis.tokens[c]
        elsewhere = token.head != index
        opens = analysis.tokens[index + 1].text.lower() if elsewhere else ""
        if c < index or not (opens in cue.frames if elsewhere else _introduces(analysis, c, cue)):
            continue
        content = pieces(analysis, subtree(analysis, c))
        finite = base(token.deprel) in ("acl", "ccomp", "advcl") or opens == "that"
        source = _noun_source(analysis, index, c)
        giver = views.giver(analysis, c, cue) if source is None and not finite else None
        if giver is not None:
            source = noun_phrase(analysis, giver)
            content = pieces(analysis, [i for i in subtree(analysis, c) if i < min(subtree(analysis, giver))])
        if not finite and not _is_claim(analysis, index, source):
            continue
        yield Claim(content, span_of(analysis, [index]), source, "noun", 0.6 if finite else 0.5)
        return
    yield from starmap(Claim, views.held(analysis, index))
    told = _told_by_copula(analysis, index) if "that" in cue.frames else ()
    if told:
        yield Claim(told, span_of(analysis, [index]), _noun_source(analysis, index, index), "noun", 0.5)


def _told_by_copula(analysis: Analysis, index: int) -> tuple[Span, ...]:
    """“The board's position is *that the dam is sound*”: the clause that a copula puts beside a noun and its phrase."""
    tokens = analysis.tokens
    if not tokens[index].deprel.startswith("nsubj"):
        return ()
    at = max(subtree(analysis, index)) + 1
    after = tokens[at : at + 2]
    if [t.lemma.lower() for t in after] != ["be", "that"] or after[1].deprel != "mark":
        return ()
    return pieces(analysis, [i for i in subtree(analysis, after[1].head) if i > at])


def _hung_elsewhere(analysis: Analysis, index: int) -> tuple[int, ...]:
    """What a noun's own "that" or preposition opens, made a subject by the parse: “Rumours *that Ode lied* grew”."""
    tokens, mark = analysis.tokens, index + 1
    if mark >= len(tokens) or tokens[index].deprel != "nsubj" or tokens[mark].deprel not in ("mark", "case"):
        return ()
    opened = tokens[mark].head
    alone = base(tokens[opened].deprel) in ("nsubj", "csubj") and tokens[opened].head > opened
    own = tokens[mark].text.lower() == "that" or (
        tokens[mark].text.lower() in PREPOSITIONS and tokens[opened].head == tokens[index].head
    )
    return (opened,) if opened > mark and alone and own else ()


def _introduces(analysis: Analysis, c: int, cue: Cue) -> bool:
    token, marks = analysis.tokens[c], markers(analysis, c)
    relation = base(token.deprel)
    if token.deprel == "acl:relcl" and not _is_whole(analysis, c):
        return False
    if relation in ("acl", "ccomp", "advcl", "xcomp"):
        first = min(subtree(analysis, c))
        return bool(marks & cue.frames) or ("wh" in cue.frames and "whether" in marks and first > 0)
    return relation in ("nmod", "obl") and bool(marks & cue.frames & set(PREPOSITIONS))


def _is_whole(analysis: Analysis, clause: int) -> bool:
    """Whether what is parsed as a relative clause lacks nothing: “claims *that Ode lied*”, not “that Ode made”.

    Nor “a demand *that Ode refused*”, “a report *that Ode paid for*”.
    """
    below = [analysis.tokens[k] for k in analysis.children[clause]]
    cue = cue_at(analysis, clause)
    if (cue is not None and antecedent(analysis, clause, cue)) or any(
        t.upos == "ADP" and base(t.deprel) == "obl" for t in below
    ):
        return False
    return any(t.deprel == "mark" for t in below) and any(t.deprel.startswith("nsubj") for t in below)


def _is_claim(analysis: Analysis, index: int, source: Span | None) -> bool:
    """“Calls for calm”, “a demand for bread”: several, or somebody's; not a call for nine o'clock, not in charge of."""
    token = analysis.tokens[index]
    plural = "Number=Plur" in token.feats or token.xpos == "NNS"
    before = analysis.tokens[index - 1].lemma.lower() if index else ""
    return plural or source is not None or (token.lemma not in _NEED_AN_OWNER and before != "in")


def _owner_before(analysis: Analysis, index: int) -> Span | None:
    """Whoever has a possessive ending right before a noun, wherever the parse hangs him: “*Ode's* earlier claim”."""
    i = index - 1
    while i > 0 and analysis.tokens[i].upos == "ADJ":
        i -= 1
    if i < 1 or analysis.tokens[i].xpos != "POS" or analysis.tokens[i].head < 0:
        return None
    return Span(noun_phrase(analysis, analysis.tokens[i].head).start, analysis.tokens[i].end)


def _body_before(analysis: Analysis, index: int) -> Span | None:
    """The body whose name a noun is compounded with: “a *Harbour Board* warning that”."""
    end = analysis.tokens[index].start
    named = (m for m in analysis.mentions if m.kind == "organization" and m.end <= end <= m.end + 1)
    return next((m.span for m in named), None)


def _noun_source(analysis: Analysis, index: int, content: int) -> Span | None:
    """Whose noun it is: a possessive, "by" or "from" somebody, or the subject of a verb that hands it on or has it."""
    owner = child(analysis, index, "nmod:poss")
    if owner is not None:
        return noun_phrase(analysis, owner)
    before = _owner_before(analysis, index) or _body_before(analysis, index)
    if before is not None:
        return before
    for c in analysis.children[index]:
        if (
            c != content
            and base(analysis.tokens[c].deprel) == "nmod"
            and markers(analysis, c) & {"by", "from"}
        ):
            return noun_phrase(analysis, c) if speaks(analysis, c) else None
    token = analysis.tokens[index]
    if token.deprel == "obj" and among(analysis.tokens[token.head], "light"):
        who = subject(analysis, token.head)
        given = among(token, "felt") or analysis.tokens[token.head].lemma.lower() == "bring"
        if who is not None and given and not has_a_mind(analysis, who):
            # “The leak raised fears that it would burst”, “the speech brought calls for a vote”: nobody is told whose.
            return None
        return noun_phrase(analysis, who) if who is not None and speaks(analysis, who) else None
    if token.deprel == "obl" and token.lemma.lower() in _HELD and markers(analysis, index) & {"with", "in"}:
        # “They went north in the hope of work”: it is theirs.
        who = subject(analysis, token.head)
        return noun_phrase(analysis, who) if who is not None and speaks(analysis, who) else None
    return None
