"""What belongs to a content: without whom it is told, up to its mark, and no answer with its question."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from annotator.analysis import head_of, subtree, tokens_in
from annotator.cues import VERBS, among, cue_at, cue_in, frame_of, is_passive
from annotator.model import Span
from annotator.phrases import child, hangs_too_low, has_a_mind, may_be_told, speaks, subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis
    from annotator.cues import Cue
    from annotator.quotes import Quote

# The model drops this many words inside a content at most.
_HOLE = 3
# Verbs of two objects, the first of which is told, asked or promised the second.
_GIVING = frozenset({"promise", "offer", "tell", "ask", "guarantee", "grant", "pledge"})
# And verbs whose one object is told, asked or warned what follows it.
_TELLING = frozenset(
    {"tell", "warn", "urge", "ask", "order", "advise", "remind", "beg", "implore", "instruct"}
)
# Words that need the word they hang on in their own clause, so many words on at most.
_LEANING = frozenset({"nsubj", "nsubj:pass", "aux", "aux:pass", "cop", "det", "amod", "case", "compound"})
_CLAUSE = 8
# What a sentence just said is called when somebody judges it.
_VERDICTS = frozenset({"step", "move", "remark", "charge", "view", "decision"})
# What a quotation that is a sentence ends in, and how far from its cue it is another one's.
_ENDED = re.compile(r"[.!?,…–—-]\W{0,3}$")
_NEAR = 400
# A quotation of a word or two that is a sentence: “Both?”.
_EXCLAIMED = re.compile(r"[“\"‘']\w[\w ’']*[?!.,][”\"’']")
_LEADING_UP = re.compile(r"(?<=\w|[’”\"]): [“\"]\w")
_COMMENT = re.compile(
    r"(?:(?:to |for )?(?:(?:an? |the |several |repeated )?requests? for )?comments?|to elaborate|to be interviewed"
    r"|to (?:give|offer|provide) (?:any |further |more )*(?:details?|comment)|to go into details?)"
    r"(?: further| publicly)?"
)
# Who is told of in a court, with where he lives or who he is: “Karl Ode, of Lesk Road, Orv, ”.
_DEFENDANT = re.compile(
    r" (?:(?:Mr|Mrs|Miss|Ms|Dr)\.? )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2},"
    r" (?:who|of|from|aged|\d\d?)\b[^.;:“”\"]*, ?"
)
_OPENING = '“"«„'
_BRACKETS = frozenset("()[]{}")
_HYPHENS = frozenset("-‐‑")
# What may stand between a verb and the “that” of its clause: who is told, and when.
_BEFORE_THAT = ("obj", "iobj", "obl", "advmod", "compound:prt")


def after_party(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without the party that it begins with: “accused the union *of lying*”, “promised Ode *a raise*”."""
    found = cue_in(analysis, cue) if cue is not None and content and cue.end <= content[0].start else None
    if found is None or found[1].kind not in VERBS:
        return content
    verb, row = found
    inside = tokens_in(analysis, content[0])
    parties = [
        c for c in analysis.children[verb] if c in inside and analysis.tokens[c].deprel in ("obj", "iobj")
    ]
    first = next(iter(parties), None)
    if first is None or min(subtree(analysis, first)) > inside.start:
        return content
    if analysis.tokens[first].xpos in ("WP", "WDT"):
        # “Asked *what they would do* if it broke”
        return content
    if len(parties) == 1 and not may_be_told(analysis, first):
        # “Promised *a refund* if it failed”, “praised *the money* for schools”
        return content
    start = _own_word(analysis, row, verb, first, inside)
    if start is None and len(parties) == 2 and row.phrase[0] in _GIVING:
        start = min(subtree(analysis, parties[1]))
    return content if start is None else (Span(analysis.tokens[start].start, content[0].end), *content[1:])


def _own_word(analysis: Analysis, row: Cue, verb: int, party: int, inside: range) -> int | None:
    """The word after a party with which a content begins: "of" or "for" as the verb asks, what one is told "to"."""
    tokens, near = analysis.tokens, {verb, *subtree(analysis, party)}
    after = _after_phrase(analysis, party, verb)
    for i in range(party + 1, inside.stop):
        word, part = tokens[i].text.lower(), tokens[i].upos
        if word == "to" and part == "PART":
            start = i - (tokens[i - 1].text.lower() in ("not", "never"))
            # “Told them what I was going *to* do” bids nobody do anything.
            return start if start == after and row.phrase in (("tell",), ("warn",)) else None
        if word in ("if", "whether", "that") and part == "SCONJ" and i == after:
            return i if row.phrase[0] in _TELLING | _GIVING else None
        belongs = tokens[tokens[i].head].head in near
        if word in ("of", "for") and word in row.frames and part in ("ADP", "SCONJ") and belongs:
            return i
    return None


def _after_phrase(analysis: Analysis, party: int, verb: int) -> int:
    """The token after a party's own words, as far as the parse leaves them to it."""
    own = [i for i in subtree(analysis, party) if analysis.tokens[i].deprel not in ("acl", "advcl", "mark")]
    end = party
    while end + 1 in own and analysis.tokens[end + 1].head != verb:
        end += 1
    return end + 1


def pronoun_alone(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without when and where it was said, if all that is denied is a pronoun: “denied *it* at once”."""
    found = cue_in(analysis, cue) if cue is not None else None
    head = found[0] if found is not None and found[1].act in ("denial", "admission") else None
    inside = tokens_in(analysis, content[0]) if content else range(0)
    first = analysis.tokens[inside[0]] if inside else None
    if head is None or first is None or (first.upos, first.deprel, first.head) != ("PRON", "obj", head):
        return content
    rest = [analysis.tokens[i] for i in inside[1:] if analysis.tokens[i].head not in inside]
    called = any(analysis.tokens[i].lemma == "as" or analysis.tokens[i].text in _OPENING for i in inside)
    if not called and all(t.head == head and t.deprel.split(":")[0] in ("obl", "advmod") for t in rest):
        return (first.span, *content[1:])
    return content


def after_patient(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without the subject of a passive before it: “*the firm* was expected to fail”, content “to fail”."""
    found = cue_in(analysis, cue) if cue is not None else None
    if found is None or cue is None or not is_passive(analysis, found[0]):
        return content
    after = tuple(c for c in content if c.start >= cue.end)
    follows = analysis.tokens[tokens_in(analysis, cue)[-1] + 1 :][:1]
    if not after and follows and (follows[0].text.lower(), follows[0].upos) == ("to", "PART"):
        # The model has only the patient of “the roof is said to rest on oaks”; a rule takes the rest.
        return ()
    return after if after and frame_of(analysis, after) in ("to", "of", "for", "with") else content


def without_next_clause(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without what another verb of the sentence tells: “says 9 fled; it has asked *donors for help*”.

    That verb is joined to the cue and has a subject of its own. Its whole clause may be what is said, “Fares fell, Ode
    said, and *jobs went*”, and what is quoted stays.
    """
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if head is None or len(content) < 2:
        return content
    others = [
        c
        for c in analysis.children[head]
        if c > head and analysis.tokens[c].deprel == "conj" and child(analysis, c, "nsubj") is not None
    ]
    below = {i for c in others for i in subtree(analysis, c)} - set(others)
    kept = tuple(
        c
        for c in content
        if c.of(analysis.text)[0] in _OPENING or not all(i in below for i in tokens_in(analysis, c))
    )
    return kept or content


def before_verdict(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without what others say of it: “claims that it leaks, *an allegation that Ode called false*”."""
    if cue is None:
        return content
    return tuple(_up_to_verdict(analysis, c) if cue.end <= c.start else c for c in content)


def _up_to_verdict(analysis: Analysis, piece: Span) -> Span:
    tokens = analysis.tokens
    for i in tokens_in(analysis, piece)[1:]:
        noun = tokens[i]
        if noun.upos != "NOUN" or not (among(noun, "claim") or noun.lemma.lower() in _VERDICTS):
            continue
        article = next((k for k in analysis.children[i] if tokens[k].text.lower() in ("a", "an")), i)
        told = (
            k
            for k in analysis.children[i]
            if tokens[k].deprel == "acl:relcl" and cue_at(analysis, k) is not None
        )
        others = any(child(analysis, k, "nsubj") is not None for k in told)
        if (
            others
            and article == i - 1
            and tokens[article - 1].text == ","
            and tokens[article - 1].start > piece.start
        ):
            return Span(piece.start, tokens[article - 2].end)
    return piece


def before_own_words(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content without the words that follow its colon, which its cue does not say: “He knows what to do: “Hide.””.

    Who rejects a charge and speaks on says something else.
    """
    found = cue_in(analysis, cue) if cue is not None else None
    if found is None or cue is None or "direct" in found[1].frames:
        return content
    out = []
    for piece in content:
        colon = _LEADING_UP.search(analysis.text, max(piece.start, cue.end), piece.end)
        out.append(piece if colon is None else Span(piece.start, colon.start()))
    return tuple(out)


def filled(analysis: Analysis, content: tuple[Span, ...], spoken: Sequence[Span]) -> tuple[Span, ...]:
    """The content with holes of a few words closed, where neither cue nor source nor a sentence's end makes them."""
    out = list(content[:1])
    for piece in content[1:]:
        gap = Span(out[-1].end, piece.start) if out[-1].end < piece.start else None
        hole = tokens_in(analysis, gap) if gap is not None else range(0)
        across = gap is not None and any(gap.start < s.start <= gap.end for s in analysis.sentences)
        barred = across or len(hole) > _HOLE or any(_is_noun_cue(analysis, i) for i in hole)
        if gap is None or barred or any(s.overlaps(gap) for s in spoken):
            out.append(piece)
        else:
            out[-1] = Span(out[-1].start, piece.end)
    return tuple(out)


def up_to_predicate(
    analysis: Analysis, content: tuple[Span, ...], spoken: Sequence[Span]
) -> tuple[Span, ...]:
    """The content with the word that its last ones lean on: “whether *they are* like family”, up to the noun.

    Subjects, auxiliaries and objects do not stand without their predicate, however unsure the model is of it.
    """
    out = []
    for k, piece in enumerate(content):
        end = _leaned_on(analysis, tokens_in(analysis, piece))
        longer = Span(piece.start, end) if end is not None and end > piece.end else piece
        taken = (*spoken, *content[k + 1 :])
        out.append(piece if any(longer.overlaps(t) for t in taken) else longer)
    return tuple(out)


def _leaned_on(analysis: Analysis, inside: range) -> int | None:
    """Where the predicate ends that the last words of a piece lean on, or the object of its last word."""
    tokens = analysis.tokens
    if not inside or inside.stop >= len(tokens) or tokens[inside.stop].upos in ("PUNCT", "CCONJ"):
        return None
    above = [tokens[i].head for i in inside if tokens[i].deprel in _LEANING and tokens[i].head >= inside.stop]
    below = [
        k
        for k in analysis.children[inside[-1]]
        if k >= inside.stop and tokens[k].deprel in ("obj", "xcomp", "ccomp", "obl:agent")
    ]
    last = max((*above, *(max(subtree(analysis, k)) for k in below)), default=-1)
    if last < 0 or last - inside.stop > _CLAUSE:
        return None
    end = next((i for i in range(inside.stop, last + 1) if tokens[i].upos == "PUNCT"), last + 1)
    return tokens[end - 1].end


def until_mark(
    analysis: Analysis, cue: Span | None, content: tuple[Span, ...], spoken: Sequence[Span]
) -> tuple[Span, ...]:
    """The content with what goes on in it without a mark: “that the fees rose *and the halls closed*, which ...”.

    Whatever hangs on a word of a content and follows it without a comma is told with it.
    """
    if cue is None or not content or content[-1].start < cue.end:
        return content
    *first, last = content
    longer = unbroken(analysis, last)
    if any(longer.overlaps(s) for s in spoken):
        return content
    inside = tokens_in(analysis, longer)
    # “She warned them *not to dive and* would not say why”: what joins the next clause is no part of this one.
    loose = len(inside) > 1 and analysis.tokens[inside[-1]].upos == "CCONJ"
    return (*first, Span(last.start, analysis.tokens[inside[-2]].end) if loose else longer)


def unbroken(analysis: Analysis, piece: Span) -> Span:
    """The piece with all that hangs on its words and follows them without a mark between."""
    tokens, inside = analysis.tokens, tokens_in(analysis, piece)
    stop = inside.stop
    if not inside or _is_mark(analysis, inside[-1]):
        return piece
    last = analysis.sentences[analysis.sentence_of[inside[-1]]].last
    while stop < last:
        # “I met the dean, *the head of the choir*”: only what names a noun again goes on behind a comma.
        top = stop + _is_mark(analysis, stop)
        if top == last:
            break
        opens = top
        while stop <= tokens[top].head < last:
            top = tokens[top].head
        behind = opens > stop and tokens[top].deprel != "appos"
        if behind or tokens[top].head not in range(inside.start, stop) or hangs_too_low(analysis, top):
            break
        below = range(opens, max(subtree(analysis, top)) + 1)
        stop = next((i for i in below if _is_mark(analysis, i)), below.stop)
    return Span(piece.start, max(piece.end, tokens[stop - 1].end))


def _is_mark(analysis: Analysis, index: int) -> bool:
    """Whether a token is a mark of punctuation or bracket, other than the hyphens of “a 14-year-old”."""
    token = analysis.tokens[index]
    within = token.text in _HYPHENS and analysis.text[token.end : token.end + 1].isalnum()
    return token.text in _BRACKETS or (token.upos == "PUNCT" and not within)


def _is_noun_cue(analysis: Analysis, index: int) -> bool:
    row = cue_at(analysis, index)
    return row is not None and row.kind == "noun"


def up_to_other_sentences(
    analysis: Analysis, content: tuple[Span, ...], spoken: Sequence[Span]
) -> tuple[Span, ...]:
    """The pieces that no sentence of the writer's parts from their cue: “Profits,” said Ode. He smiled. “For now.”."""
    if not spoken or len(content) < 2:
        return content
    anchor = spoken[0]
    kept = [c for c in content if not _told_between(analysis, anchor, c, (*content, *spoken))]
    return tuple(kept) or content


def _told_between(analysis: Analysis, anchor: Span, piece: Span, known: Sequence[Span]) -> bool:
    """Whether a whole sentence that is no part of a report stands between its cue and a piece of its content."""
    first, last = sorted((anchor, piece))
    start = bisect_left(analysis.sentences, first.end, key=lambda s: s.start)
    for sentence in analysis.sentences[start:]:
        if sentence.end > last.start:
            return False
        if not any(k.overlaps(Span(sentence.start, sentence.end)) for k in known):
            return True
    return False


def without_answer(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """A question without the answer: “Asked *whether she would stay*, Ode shrugged. “No.”"."""
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if head is None or not among(analysis.tokens[head], "asking"):
        return content
    asked = [
        c for c in content if frame_of(analysis, (c,)) == "wh" and c.of(analysis.text)[0] not in _OPENING
    ]
    if not asked or cue is None or asked[0].start < cue.end:
        return content
    here = analysis.sentence_of[head]
    return tuple(
        c
        for c in content
        if c.of(analysis.text)[0] not in _OPENING
        or analysis.sentence_of[tokens_in(analysis, c).start] == here
    )


def belongs(analysis: Analysis, piece: Span, anchor: Span, quotes: Sequence[Quote]) -> bool:
    """Whether a piece can be told by the cue or source `anchor`: beside it in its sentence, or a quotation near by."""
    first, second = sorted((piece, anchor))
    between = analysis.text[first.end : second.start]
    quoted = [q.span for q in quotes if q.depth == 0 and q.start < piece.end and piece.start < q.end]
    if quoted and "\n\n" in between:
        # In another paragraph a quotation is this speaker's only if it has the paragraph to itself.
        alone = all(_fills_its_paragraph(analysis.text, q) for q in quoted)
        return alone and between.count("\n\n") == 1 and len(between) < _NEAR
    starts = analysis.sentence_starts
    parted = bisect_right(starts, first.start) < bisect_right(starts, second.start)
    if quoted and parted and piece is second and _has_another_before(analysis, piece):
        return False
    if quoted and parted:
        # “He declined to comment. “The Shed”, a film about him, opens in May”: a title is no answer.
        ended = any(_ENDED.search(q.of(analysis.text)) for q in quoted)
        return len(between) < _NEAR and ended
    if quoted:
        return len(between) < _NEAR
    return not parted


def _has_another_before(analysis: Analysis, quote: Span) -> bool:
    """Whether a colon leads up to a quotation from somebody in its own sentence: *Ode had written: “Ask her”*."""
    if not analysis.text[: quote.start].rstrip().endswith(":"):
        return False
    k = bisect_left(analysis.starts, quote.start) - 1
    sentence = analysis.sentences[analysis.sentence_of[k]]
    root = head_of(analysis, range(sentence.first, k))
    who = subject(analysis, root) if root is not None else None
    return (
        who is not None
        and speaks(analysis, who)
        and (analysis.tokens[who].upos == "PRON" or has_a_mind(analysis, who))
    )


def _fills_its_paragraph(text: str, quote: Span) -> bool:
    before, after = text[: quote.start].rstrip(" "), text[quote.end :].lstrip(" ")
    return (not before or before.endswith("\n")) and (not after or after.startswith("\n"))


def says_something(analysis: Analysis, piece: Span) -> bool:
    """Whether a piece has a word with a meaning of its own; "the" has none, nor have requests “for comment”.

    Nor has a possessor without what he possesses: “went against *his*”; “that the coat is his” has it.
    """
    if _COMMENT.fullmatch(piece.of(analysis.text).strip(" .,").lower()):
        return False
    where = tokens_in(analysis, piece)
    inside = [analysis.tokens[i] for i in where]
    if inside and piece.end == inside[-1].end and _lacks_what_is_owned(analysis, where):
        return False
    if _EXCLAIMED.fullmatch(piece.of(analysis.text)):
        return True
    return any(t.upos not in ("DET", "PUNCT", "ADP", "AUX", "CCONJ", "PART", "SCONJ") for t in inside)


def _lacks_what_is_owned(analysis: Analysis, inside: range) -> bool:
    """Whether a piece ends in a possessor whose possession stands behind it, or is not much more than that."""
    last = analysis.tokens[inside[-1]]
    if last.xpos not in ("PRP$", "POS"):
        return False
    owner = last if last.xpos == "PRP$" else analysis.tokens[last.head]
    return len(inside) <= _HOLE or owner.head >= inside.stop


def own_clause(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content from the “that” right after its cue on: “While some object that it leaks, I say *that it holds*”.

    What stands before such a cue is another one's, unless it is quoted; what the model left out after “that” is in.
    """
    head = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    that = _that_after(analysis, head) if head is not None else None
    if cue is None or head is None or that is None or analysis.tokens[that].start < cue.end:
        return content
    clause = {i for i in subtree(analysis, analysis.tokens[that].head) if i >= that}
    own = [c for c in content if any(i in clause for i in tokens_in(analysis, c))]
    if not own:
        return content
    quoted = [c for c in content if c not in own and c.of(analysis.text)[0] in _OPENING]
    after = [c for c in content if c.start > own[0].start and c not in own]
    start = analysis.tokens[that].start
    first = Span(min(start, own[0].start), own[0].end) if own[0].start >= cue.end else own[0]
    return tuple(sorted({*quoted, first, *own[1:], *after}))


def _that_after(analysis: Analysis, verb: int) -> int | None:
    """The "that" that opens a verb's clause right after it, or after whoever is told."""
    tokens = analysis.tokens
    told = {
        i for k in analysis.children[verb] if tokens[k].deprel in _BEFORE_THAT for i in subtree(analysis, k)
    }
    clauses = (c for c in analysis.children[verb] if c > verb and tokens[c].deprel == "ccomp")
    marks = (k for c in clauses for k in analysis.children[c] if tokens[k].deprel == "mark" and k > verb)
    thats = (k for k in marks if tokens[k].text.lower() == "that")
    return next((k for k in thats if all(i in told for i in range(verb + 1, k))), None)


def with_defendant(analysis: Analysis, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    """The content with whom it is of, though it says where he lives: “was told *Karl Ode, of Lesk,* drove”."""
    verb = head_of(analysis, tokens_in(analysis, cue)) if cue is not None else None
    if cue is None or verb is None or len(content) != 1 or content[0].start <= cue.end:
        return content
    heard = analysis.tokens[verb].lemma.lower() in ("hear", "tell")
    first = analysis.tokens[tokens_in(analysis, content[0])[0]]
    opens = first.upos in ("SCONJ", "PART") or first.text.lower() in ("how", "what", "where", "why")
    told = heard and not opens and frame_of(analysis, content) != "direct"
    lost = _DEFENDANT.fullmatch(analysis.text, cue.end, content[0].start) if told else None
    return content if lost is None else (Span(cue.end + 1, content[0].end),)
