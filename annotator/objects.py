"""What a verb reports where no clause hangs on it: its object, what it calls somebody, what it is thrown into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.analysis import head_of, subtree, tokens_in, top_of
from annotator.cues import cue_at, frame_of, has_agent, is_passive
from annotator.names import DAYS
from annotator.phrases import base, child, has_a_mind, markers, noun_phrase, phrase, pieces, subject
from annotator.roles import noun_of, phrase_of

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.cues import Cue
    from annotator.model import Span

# Acts that have a party, and how what they are about begins behind it.
_AIMED = frozenset({"accusation", "criticism", "demand", "praise", "warning"})
_AIMED_AT = frozenset({"about", "for", "of", "on", "over"})
_RELATIVES = frozenset({"which", "that", "who", "whom"})
# What hangs on a noun and is no part of its phrase, where it is said of somebody too: “he is *a man* who lies”.
_OUTSIDE = ("appos", "aux", "case", "cc", "cop", "expl", "mark", "nsubj", "parataxis", "punct")
# What is no story of anybody's, and what is put up without a word.
_A_STORY = re.compile(r"an? (?:[\w-]+ ){0,2}(?:story|tale)")
_PICTURES = frozenset({"clip", "footage", "image", "photo", "photograph", "picture", "selfie", "video"})
# What one does with a letter that somebody else wrote.
_READ = frozenset(
    {"answer", "acknowledge", "get", "ignore", "open", "read", "receive", "reply", "respond", "return"}
)
# What one shows to others, and how.
_SIGNS = frozenset({"badge", "banner", "flag", "placard", "poster", "sheet", "shirt", "sign", "t-shirt"})
_SHOWS = frozenset(
    {"bear", "brandish", "carry", "display", "hang", "hold", "raise", "unfurl", "wave", "wear"}
)
# On these something is blamed on somebody: “on social media”, “on all sides”.
_NO_CULPRITS = frozenset({"media", "page", "radio", "side", "television"})
_CITES = frozenset({"cite", "quote"})
# What a paper has its story from, beside people and documents.
_INFORMS = frozenset(
    {"data", "forecast", "source", "people", "person", "record", "witness", "analysis", "research"}
)
# What one does to something, and never alone.
_DONE_TO = frozenset({
    "abolish", "appoint", "ban", "block", "build", "buy", "cancel", "change", "close", "cut", "destroy",
    "fund", "introduce", "keep", "lift", "open", "pass", "pay", "publish", "reject", "release", "remove",
    "repeal", "replace", "restore", "scrap", "sell", "shut", "sign", "stop", "support", "use", "veto",
})  # fmt: skip
# What may introduce what a verb or a noun reports.
PREPOSITIONS = ("of", "against", "about", "for", "on", "over", "with", "in", "from", "at")


def with_blamed(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content with what is blamed on somebody by nobody: “*the raid* was blamed *on a gang*”."""
    verb = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if verb is None or analysis.tokens[verb].lemma.lower() != "blame" or not is_passive(analysis, verb):
        return content
    patient = child(analysis, verb, "nsubj:pass", "nsubj")
    if len(content) != 1 or frame_of(analysis, content) != "on" or patient is None:
        return content
    culprit = head_of(analysis, tokens_in(analysis, content[0]))
    lemma = analysis.tokens[culprit].lemma.lower() if culprit is not None else ""
    when = culprit is None or analysis.tokens[culprit].text in DAYS or lemma in _NO_CULPRITS
    if when or "PronType=Rel" in analysis.tokens[patient].feats:
        return content
    return (*pieces(analysis, tokens_in(analysis, noun_phrase(analysis, patient))), *content)


def bare_object(analysis: Analysis, index: int, cue: Cue) -> list[int]:
    """“Denies involvement”, “called for a new vote”: a noun phrase that says what is denied or wanted."""
    if "obj" not in cue.frames:
        return []
    for c in analysis.children[index]:
        token = analysis.tokens[c]
        by_phrase = len(cue.phrase) == 2 and index + 1 in analysis.children[c]
        if c < index or token.upos == "PRON" or not (token.deprel == "obj" or by_phrase):
            continue
        own = [i for i in subtree(analysis, c) if not (by_phrase and i == index + 1)]
        return own + (_when_and_where(analysis, index, c) if cue.kind == "intention" else [])
    return []


def _when_and_where(analysis: Analysis, verb: int, what: int) -> list[int]:
    """What follows a thing that is wanted: “wants *a vote before May*”; what is feared was feared before May."""
    after = (
        k
        for k in analysis.children[verb]
        if k > what and base(analysis.tokens[k].deprel) in ("obl", "advmod", "compound", "xcomp")
    )
    return [i for k in after for i in subtree(analysis, k)]


def called(analysis: Analysis, index: int, cue: Cue, *, passive: bool) -> tuple[Span, ...]:
    """“Critics call it a joke”, “described the night as a shame”: who or what is called, and what."""
    if "pred" in cue.frames:
        name = child(analysis, index, "xcomp")
    elif "as" in cue.frames:
        name = next((c for c in analysis.children[index] if c > index and "as" in markers(analysis, c)), None)
    else:
        return ()
    if name is None or "to" in markers(analysis, name):
        return ()
    what = child(analysis, index, "obj")
    # “A step that Ode called “mad””: what he called so is the step.
    what = None if _is_relative(analysis, what) else what
    if passive:
        # "A hymn called The Tide" has a name, and nobody who calls it that.
        titled = analysis.tokens[index].deprel == "acl" and "pred" in cue.frames
        patient = child(analysis, index, "nsubj:pass")
        whole = patient is not None and "as" in cue.frames and not _is_relative(analysis, patient)
        told = (
            [*phrase(analysis, patient), *subtree(analysis, name)]
            if whole and patient
            else subtree(analysis, name)
        )
        return () if titled and not has_agent(analysis, index) else pieces(analysis, told)
    if what is None:
        return _relative_object(analysis, index, name)
    return pieces(analysis, [*phrase(analysis, what), *subtree(analysis, name)]) if what < name else ()


def estimated(analysis: Analysis, index: int, cue: Cue) -> tuple[Span, ...]:
    """“Put the damage at nine million”: what is put at a figure, and the figure."""
    what = child(analysis, index, "obj")
    if cue.phrase != ("put",) or what is None or what < index:
        return ()
    below = (*analysis.children[index], *analysis.children[what])
    at = next((c for c in below if c > what and "at" in markers(analysis, c)), None)
    if at is None or not any(analysis.tokens[i].upos in ("NUM", "SYM") for i in subtree(analysis, at)):
        return ()
    return pieces(analysis, [*phrase(analysis, what), *subtree(analysis, at)])


def _relative_object(analysis: Analysis, index: int, name: int) -> tuple[Span, ...]:
    """“A plan that critics call a joke”: the antecedent and what it is called."""
    token = analysis.tokens[index]
    if not token.deprel.startswith("acl"):
        return ()
    return pieces(analysis, [*_without_clause(analysis, token.head, index), *subtree(analysis, name)])


def antecedent(analysis: Analysis, index: int, cue: Cue) -> tuple[Span, ...]:
    """“A leak that engineers blame the contractor for”: the noun, when the preposition at the clause's end is bare.

    Likewise "a charge that the firm denies", where the verb has no object of its own.
    """
    token = analysis.tokens[index]
    if token.deprel != "acl:relcl":
        return ()
    below = subtree(analysis, index)
    # The parse may hang a last “for” elsewhere.
    after = [i for i in (*below, max(below) + 1) if index < i < len(analysis.tokens)]
    wanted = cue.frames & set(PREPOSITIONS)
    bare = [i for i in after if analysis.tokens[i].lemma.lower() in wanted and _strands(analysis, i)]
    relative = child(analysis, index, "obj")
    takes = relative is not None and relative < index and analysis.tokens[relative].upos == "PRON"
    gap = relative is None and not any(_is_told(analysis, c, cue) for c in analysis.children[index])
    denied = (
        cue.act == "denial" and "obj" in cue.frames and not is_passive(analysis, index) and (takes or gap)
    )
    who = subject(analysis, index)
    if not bare and not (denied and who is not None and not _is_relative(analysis, who)):
        return ()
    return pieces(analysis, _without_clause(analysis, token.head, index))


def _is_aimed(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> bool:
    """Whether a relative word is whom something is held against: “Ode, *whom* she accuses of lying”."""
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    row = cue_at(analysis, head) if head is not None else None
    after = [c for c in content if cue is not None and c.start >= cue.end]
    opens = after[0].of(analysis.text).split()[0].lower() if after else ""
    return row is not None and row.act in _AIMED and opens in _AIMED_AT


def with_antecedents(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content with the noun that a lone relative pronoun stands for: “*the gate*, which Ode says *will hold*”."""
    out: list[Span] = []
    if _is_aimed(analysis, cue, content):
        return tuple(c for c in content if c.of(analysis.text).lower() not in _RELATIVES) or content
    for piece in content:
        inside = tokens_in(analysis, piece)
        alone = (
            inside[0] if len(inside) == 1 and analysis.tokens[inside[0]].text.lower() in _RELATIVES else None
        )
        clause = _relative_clause(analysis, alone) if alone is not None else None
        noun = analysis.tokens[clause].head if clause is not None else -1
        named = (
            pieces(analysis, _without_clause(analysis, noun, clause))
            if clause is not None and noun >= 0
            else ()
        )
        out += named or (piece,)
    return tuple(sorted(set(out)))


def with_bearer(
    analysis: Analysis, cue: Span | None, source: Span | None, content: tuple[Span, ...]
) -> tuple[Span, ...]:
    """The content with whom or what a relative clause tells of: “*the boy*, who doctors say *may never walk*”.

    “The day that Ode said he left” is no part of what she said, which has all that it needs.
    """
    if cue is None or source is None or source.end > cue.start or cue.start - source.end > 1:
        return content
    tokens, relative = analysis.tokens, tokens_in(analysis, source).start - 1
    told = [c for c in content if c.start >= cue.end]
    if relative < 1 or not told:
        return content
    opens = tokens[tokens_in(analysis, told[0]).start]
    lacks = opens.upos in ("AUX", "VERB") or _lacks_its_object(analysis, tokens_in(analysis, told[0]))
    if tokens[relative].text.lower() not in _RELATIVES:
        return _with_gap(analysis, relative, cue, content) if lacks else content
    if tokens[relative].text.lower() == "that" and not lacks:
        return content
    clause = head_of(analysis, tokens_in(analysis, cue))
    if _is_aimed(analysis, cue, content):
        return content
    bearer = _before_comma(analysis, relative)
    if clause is None or tokens[bearer].upos not in ("NOUN", "PROPN"):
        return content
    named = pieces(analysis, _without_clause(analysis, bearer, clause))
    rest = tuple(c for c in content if c != tokens[relative].span)
    taken = any(c.overlaps(n) for c in rest for n in named)
    return content if taken else tuple(sorted({*named, *rest}))


def _lacks_its_object(analysis: Analysis, inside: range) -> bool:
    """Whether an infinitive is of what stands before its clause: “a bill the mayor threatened *to veto*”."""
    verb = head_of(analysis, inside)
    if verb is None or analysis.tokens[inside[0]].text.lower() != "to" or verb != inside[-1]:
        return False
    return analysis.tokens[verb].upos == "VERB" and analysis.tokens[verb].lemma.lower() in _DONE_TO


def _with_gap(analysis: Analysis, before: int, cue: Span, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content with its subject right before its source: “*a bag* they say *was stolen*”.

    So is “what”: “*what* he said *was one*”.
    """
    tokens, verb = analysis.tokens, head_of(analysis, tokens_in(analysis, cue))
    if verb is None or any(c.start < cue.start for c in content):
        return content
    if tokens[before].text.lower() == "what":
        return (tokens[before].span, *content)
    noun = tokens[verb].head
    if (
        tokens[verb].deprel != "acl:relcl"
        or not 0 <= noun <= before
        or tokens[noun].upos not in ("NOUN", "PROPN")
    ):
        return content
    bearer = pieces(analysis, _without_clause(analysis, noun, verb))
    return (*bearer, *content) if bearer and bearer[-1].end == tokens[before].end else content


def _before_comma(analysis: Analysis, relative: int) -> int:
    """The head of the name or noun that stands right before a relative pronoun and its comma."""
    noun = relative - (2 if analysis.tokens[relative - 1].text == "," else 1)
    return top_of(analysis, noun, "flat")


def _relative_clause(analysis: Analysis, index: int) -> int | None:
    """The relative clause that a pronoun belongs to."""
    while index >= 0:
        if analysis.tokens[index].deprel == "acl:relcl":
            return index
        index = analysis.tokens[index].head
    return None


def _is_told(analysis: Analysis, index: int, cue: Cue) -> bool:
    """Whether a dependent of a verb is what it reports, and not when or where it does."""
    relation = base(analysis.tokens[index].deprel)
    return relation in ("ccomp", "xcomp") or (
        relation == "obl" and bool(markers(analysis, index) & cue.frames)
    )


def _is_relative(analysis: Analysis, index: int | None) -> bool:
    return index is not None and "PronType=Rel" in analysis.tokens[index].feats


def _strands(analysis: Analysis, index: int) -> bool:
    """Whether a preposition has nothing of its own after it; “of lying” and “of it” have."""
    following = analysis.tokens[index + 1] if index + 1 < len(analysis.tokens) else None
    if following is None or following.upos in ("PUNCT", "CCONJ"):
        return True
    return analysis.tokens[index].head < index and following.upos in ("ADV", "AUX", "VERB", "ADP", "SCONJ")


def _without_clause(analysis: Analysis, noun: int, clause: int) -> list[int]:
    """A noun phrase up to its relative clause, without its preposition, in one run."""
    below = set(subtree(analysis, clause))
    inside = set(phrase(analysis, noun, without=_OUTSIDE)) - below
    first = noun
    while first - 1 in inside:
        first -= 1
    last = noun
    while last + 1 in inside and last + 1 < clause:
        last += 1
    return list(range(first, last + 1))


def host_clause(analysis: Analysis, index: int) -> tuple[Span, ...]:
    """“The ferry, police said, was late”: the clause into which the report is thrown, in pieces."""
    token = analysis.tokens[index]
    thrown_in = token.deprel == "parataxis" and child(analysis, index, "obj") is None
    if not (thrown_in or _puts_it(analysis, index)) or subject(analysis, index) is None:
        return ()
    bare = analysis.tokens[token.head].upos == "PROPN" and child(analysis, token.head, "cop") is None
    if child(analysis, index, "nsubj") is None or bare:
        return ()
    inside = set(subtree(analysis, token.head)) - set(subtree(analysis, index))
    return pieces(analysis, inside)


def _puts_it(analysis: Analysis, index: int) -> bool:
    """Whether somebody is told to have found the words: “The plan is, *as one clerk put it*, dead”."""
    token, what = analysis.tokens[index], child(analysis, index, "obj")
    it = what is not None and analysis.tokens[what].text.lower() == "it"
    return (
        it and token.lemma.lower() == "put" and token.deprel == "advcl" and "as" in markers(analysis, index)
    )


# Who makes somebody do something, and who is made to.
_CAUSES, _CAUSED = frozenset({"help", "let", "make"}), ("obj", "iobj", "nsubj")


def bidden_by(
    analysis: Analysis, verb: int, content: tuple[Span, ...]
) -> tuple[Span, tuple[Span, ...]] | None:
    """Who bids it, and what: “were told *to open the gates* by *a man in uniform*”; “by Friday” is nobody."""
    tokens, inside = analysis.tokens, tokens_in(analysis, content[-1])
    opens = tokens[inside[0]].text.lower() in ("to", "not")
    if not opens or not is_passive(analysis, verb) or has_agent(analysis, verb):
        return None
    by = next((i for i in reversed(inside) if tokens[i].text.lower() == "by"), None)
    who = tokens[by].head if by is not None and tokens[by].deprel == "case" else -1
    if by is None or who < by or not _minds(analysis, who) or max(subtree(analysis, who)) < inside[-1]:
        return None
    kept = pieces(analysis, range(inside.start, by))
    own = tokens[tokens[who].head].xpos == "VBN"
    return None if own or not kept else (noun_phrase(analysis, who), (*content[:-1], *kept))


def made_to(analysis: Analysis, verb: int) -> Span | None:
    """Whom somebody makes say or think something: “she made *me* promise that”, “they let *us* believe that”."""
    tokens, above = analysis.tokens, analysis.tokens[verb].head
    bare = tokens[verb].xpos in ("VB", "VBP") and tokens[verb].deprel in ("xcomp", "ccomp")
    if not bare or above < 0 or above > verb or tokens[above].lemma.lower() not in _CAUSES:
        return None
    if any(tokens[k].deprel in ("mark", "aux") for k in analysis.children[verb]):
        return None
    near = (*analysis.children[above], *analysis.children[verb])
    whom = next((k for k in near if above < k < verb and tokens[k].deprel in _CAUSED), None)
    if whom is None or not (tokens[whom].upos == "PRON" or _minds(analysis, whom)):
        return None
    return noun_phrase(analysis, whom)


def _minds(analysis: Analysis, who: int) -> bool:
    """Whether a word names somebody, or is a noun for people or a body."""
    noun = noun_of(analysis, who)
    named = any(m.start <= analysis.tokens[who].start < m.end for m in analysis.mentions)
    return named or (noun is not None and noun.kind in ("person", "organization", "group"))


def writing(analysis: Analysis, verb: int) -> Span | None:
    """The writing that a participle tells of, and not its reader: “she ignored *a message* asking why”.

    Nor who shows it: “they carried *placards* saying so”.
    """
    token = analysis.tokens[verb]
    if token.xpos != "VBG" or token.deprel not in ("acl", "advcl") or verb == 0:
        return None
    at = token.head if token.deprel == "acl" else verb - 1
    above = analysis.tokens[analysis.tokens[at].head].lemma.lower() if analysis.tokens[at].head >= 0 else ""
    noun = noun_of(analysis, at)
    shown = analysis.tokens[at].lemma.lower() in _SIGNS and above in _SHOWS
    written = above in _READ and noun is not None and noun.kind == "document"
    return phrase_of(analysis, at) if analysis.tokens[at].upos == "NOUN" and (shown or written) else None


def is_informant(analysis: Analysis, verb: int, content: tuple[Span, ...]) -> bool:
    """Whether a paper only tells whom it has its story from: “…, the Post reported, citing *two clerks*”."""
    if not cites(analysis, verb) or len(content) != 1 or said_before(analysis, verb) is None:
        return False
    what = head_of(analysis, tokens_in(analysis, content[0]))
    if what is None or analysis.tokens[what].head != verb:
        return False
    noun = noun_of(analysis, what)
    known = noun is not None and noun.kind in ("person", "group", "organization", "document")
    return known or has_a_mind(analysis, what) or analysis.tokens[what].lemma.lower() in _INFORMS


def said_before(analysis: Analysis, participle: int) -> tuple[int, Cue] | None:
    """The verb of speech that a participle goes with, which is the last verb before it and its comma."""
    first = analysis.sentences[analysis.sentence_of[participle]].first
    verbs = (i for i in range(participle - 1, first - 1, -1) if analysis.tokens[i].upos == "VERB")
    verb = next(verbs, None)
    row = cue_at(analysis, verb) if verb is not None else None
    return (verb, row) if verb is not None and row is not None and row.speech else None


def cites(analysis: Analysis, verb: int) -> bool:
    """Whether a participle tells whom somebody quotes or cites."""
    token = analysis.tokens[verb]
    return token.xpos == "VBG" and token.lemma.lower() in _CITES and token.head >= 0


def is_no_report(analysis: Analysis, verb: int, said: Span, *, nobodys: bool) -> bool:
    """Whether a verb of speech tells nothing with its noun: “told a shorter *story*”, “posted a *picture* of eggs”.

    Nor does “blames *the frost*”, for nothing, and “is called *Ledger*”, by nobody.
    """
    inside = tokens_in(analysis, said)
    match analysis.tokens[verb].lemma.lower():
        case "tell":
            return _A_STORY.fullmatch(said.of(analysis.text)) is not None
        case "post" | "share":
            head = head_of(analysis, inside)
            return head is not None and analysis.tokens[head].lemma.lower() in _PICTURES
        case "blame":
            rest = range(verb, analysis.sentences[analysis.sentence_of[verb]].last)
            return inside.start > verb and not any(analysis.tokens[i].lemma in ("for", "on") for i in rest)
        case "call":
            return nobodys and all(analysis.tokens[i].upos == "PROPN" for i in inside)
        case _:
            return False
