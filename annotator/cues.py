"""The lexicon of cues: which words report, what they take as content, and what kind of report they make.

`data/cues.en.tsv` has one row a cue with an example sentence; `data/words.en.tsv` the word classes that decide
between readings (a claim called *baseless* is denied, a plan called *a joke* criticised). The values follow the
annotation guidelines: attitude after PDTB and PARC (Prasad and others 2006; Pareti 2015), act after our own table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, cast

from annotator.analysis import head_of, tokens_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.analysis import Analysis, Token
    from annotator.model import Act, Attitude, Span

CueKind = Literal[
    "speech",
    "belief",
    "knowledge",
    "intention",
    "state",
    "noun",
    "preposition",
    "adverb",
    "adjective",
    "impression",
]
VERBS: frozenset[CueKind] = frozenset({"speech", "belief", "knowledge", "intention"})

NEGATIONS = frozenset({"not", "never", "n't", "n’t", "no", "neither", "nor", "hardly"})
_WH = frozenset(["whether", "if", "why", "how", "what", "when", "where", "who", "whom", "which", "whose"])
_PREPOSITIONS = frozenset(
    ["of", "for", "against", "about", "on", "over", "from", "as", "with", "at", "into", "in"]
)
_ENDINGS = (
    ("ied", "y"),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("es", ""),
    ("s", ""),
)
_ASKS = frozenset({"ask", "inquire", "enquire"})
# Relations below a verb by which it is passive, and by which it is none.
_PASSIVE = frozenset({"aux:pass", "nsubj:pass", "obl:agent"})
_HELPERS = frozenset({"aux", "nsubj", "obj"})
# What no cue is.
_NAMING = frozenset({"PRON", "PROPN"})
_MUST = frozenset({"must", "should", "ought", "have to"})
_TO_COME = frozenset({"will", "would", "shall", "should", "'ll", "’ll"})
# Nouns for a wrong laid to somebody.
_CLAIMS = frozenset({"accusation", "allegation", "charge", "claim", "complaint"})
# What takes up a claim made before: who calls *it* a lie denies it.
_IT = frozenset({"it", "that", "this"})
# What may stand before a command, and commands that are none.
_BEFORE_ORDERS = frozenset({"please", "just", "and", "so", "but", "now"})
_NO_ORDERS = frozenset(
    {"thank", "say", "see", "look", "let", "suppose", "imagine", "guess", "trust", "bless"}
)
# Acts that a negation takes back: who "did not deny" it has denied nothing.
_UNDONE_BY_NOT: frozenset[Act] = frozenset(
    {"accusation", "denial", "warning", "promise", "demand", "criticism", "praise", "admission", "question"}
)
# A line has so many spaces at most before its first word.
_EDGE = 8
_LINE_BEGINS, _LINE_ENDS = re.compile(r"(?:\A|\n)[ \t]*\Z"), re.compile(r"[ \t]*(?:\n|\Z)")
# Verbs of which somebody else is told what he does or is to do: “is expected to”, “were told to”.
_DONE_TO = frozenset(
    {"advise", "allege", "ask", "believe", "encourage", "expect", "fear", "instruct", "invite", "order", "predict",
     "report", "rumor", "rumour", "say", "suspect", "tell", "think", "tip", "urge", "warn"}
)  # fmt: skip

# Whom a headline has judged, and for what: “Police *criticised for* delays”, “Drivers *warned of* ice”.
_JUDGED = frozenset(
    {"blame", "commend", "condemn", "criticise", "criticize", "denounce", "hail", "mock", "praise", "rebuke",
     "ridicule", "slam", "warn"}
)  # fmt: skip
_JUDGED_FOR = frozenset({"about", "after", "as", "for", "in", "of", "over"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of the lexicon: `phrase` in lemmas, `frames` the forms its content takes.

    Frames: that (a clause), wh, to (infinitive), np (a noun phrase), ing, direct (a quotation), pred (an object and
    what it is called), clause (the clause it modifies), deed (the noun it modifies), or a preposition.
    """

    phrase: tuple[str, ...]
    kind: CueKind
    frames: frozenset[str]
    act: Act
    attitude: Attitude
    speech: bool
    example: str


@cache
def lexicon() -> dict[str, tuple[Cue, ...]]:
    """All cues by their first lemma, longer phrases first."""
    out: dict[str, list[Cue]] = {}
    for phrase, kind, frames, act, attitude, speech, example in _rows("cues.en.tsv"):
        lemmas = tuple(phrase.split())
        cue = Cue(
            phrase=lemmas,
            kind=cast("CueKind", kind),
            frames=frozenset(frames.split(",")),
            act=cast("Act", act),
            attitude=cast("Attitude", attitude),
            speech=speech == "1",
            example=example,
        )
        out.setdefault(lemmas[0], []).append(cue)
    return {k: tuple(sorted(v, key=lambda c: -len(c.phrase))) for k, v in out.items()}


@cache
def words(name: str) -> frozenset[str]:
    """The lemmas of a word class, such as abstract, document, organization, group, person, claim or false."""
    return _classes()[name]


@cache
def _classes() -> dict[str, frozenset[str]]:
    return {name: frozenset(listed.split()) for name, listed, _ in _rows("words.en.tsv")}


def _rows(name: str) -> list[list[str]]:
    text = (files("annotator") / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


def cue_at(analysis: Analysis, index: int) -> Cue | None:
    """The lexicon's longest cue whose first word is this token, its part of speech agreeing."""
    token = analysis.tokens[index]
    found = _beginning(token.lemma, token.text) if token.upos not in _NAMING else ()
    if not found:
        return None
    # "The alleged theft" has no verb, whatever the tagger says.
    beside = token.deprel == "amod" and token.text.lower().endswith("ed")
    for cue in sorted(found, key=lambda c: c.kind != "adjective") if beside else found:
        if _fits(cue.kind, token) and _rest_is_there(analysis, index, cue.phrase[1:]):
            return cue
    return None


@lru_cache(maxsize=20_000)
def _beginning(lemma: str, word: str) -> tuple[Cue, ...]:
    """The cues whose first word this may be."""
    return tuple(c for b in bases(lemma, word) for c in lexicon().get(b, ()))


@lru_cache(maxsize=20_000)
def bases(lemma: str, word: str) -> tuple[str, ...]:
    """What the lexicon may know a word by: its lemma, itself, and itself without an ending.

    A small lemmatizer leaves rare words as they are: “indicted”, “vetoed”.
    """
    low = word.lower()
    out = [lemma.lower(), low]
    for ending, instead in _ENDINGS:
        if low.endswith(ending) and len(low) > len(ending) + 2:
            stem = low.removesuffix(ending)
            out.append(stem + instead)
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                out.append(stem[:-1])
    return tuple(dict.fromkeys(out))


def among(token: Token, name: str) -> bool:
    """Whether a word belongs to a word class."""
    return not words(name).isdisjoint(bases(token.lemma, token.text))


def _fits(kind: CueKind, token: Token) -> bool:
    if kind in VERBS:
        return token.upos == "VERB"
    if kind == "state":
        return token.upos in ("ADJ", "VERB") and token.deprel != "amod"
    if kind == "noun":
        return token.upos == "NOUN"
    if kind == "adjective":
        return token.upos in ("ADJ", "VERB") and token.deprel == "amod"
    if kind == "adverb":
        return token.upos == "ADV"
    return token.upos not in ("NOUN", "PRON", "PROPN")


def _rest_is_there(analysis: Analysis, index: int, rest: Sequence[str]) -> bool:
    """Whether the phrase goes on right here ("according to") or hangs on its verb ("hold the board responsible")."""
    if not rest:
        return True
    following = analysis.tokens[index + 1 : index + 1 + len(rest)]
    if len(following) == len(rest) and all(
        r in (t.lemma.lower(), t.text.lower()) for r, t in zip(rest, following, strict=True)
    ):
        return True
    below = {analysis.tokens[c].lemma.lower() for c in analysis.children[index] if c > index}
    return len(rest) == 1 and rest[0] in below and rest[0] not in _PREPOSITIONS | {"to", "upon"}


def cue_in(analysis: Analysis, span: Span) -> tuple[int, Cue] | None:
    """The token of a cue span that carries the report, and its row: its head if the lexicon has it, else the first."""
    inside = tokens_in(analysis, span)
    head = head_of(analysis, inside)
    order = [*([head] if head is not None else []), *inside]
    for index in order:
        cue = cue_at(analysis, index)
        if cue is not None:
            return index, cue
    return None


def is_negated(analysis: Analysis, index: int) -> bool:
    """Whether a negation before it hangs on the token; in “swore *never* to fly” the oath stands."""
    return any(analysis.tokens[c].lemma.lower() in NEGATIONS for c in analysis.children[index] if c < index)


def is_passive(analysis: Analysis, index: int) -> bool:
    """Whether the verb is passive, with "be" or as a bare participle ("a man accused of theft", "stands accused")."""
    token, below = analysis.tokens[index], analysis.children[index]
    relations = {analysis.tokens[c].deprel for c in below}
    if not relations.isdisjoint(_PASSIVE):
        return True
    bases_below = {r.split(":")[0] for r in relations}
    if token.deprel == "conj" and token.xpos == "VBN" and "aux" not in bases_below:
        # "Has written and said": the second shares the first one's voice.
        return is_passive(analysis, token.head)
    helped = not bases_below.isdisjoint(_HELPERS)
    # A clause before its main one that has no subject has no past tense either: “*Asked* why, Lund shrugged.”
    leads = token.xpos == "VBD" and token.deprel == "advcl" and index < token.head
    return ((token.xpos == "VBN" or leads) and not helped) or is_headline_passive(analysis, index)


def is_headline_passive(analysis: Analysis, index: int) -> bool:
    """Whether a verb is the participle that a headline leaves of a passive: “Storm *expected* to hit Orv”.

    Headlines tell in the present what somebody does: “Lund urges Ode to quit”, “Lund *urged* to quit”. A headline is a
    line of one sentence that ends in a word.
    """
    token = analysis.tokens[index]
    lemma = token.lemma.lower()
    if lemma not in _DONE_TO | _JUDGED or token.xpos not in ("VBD", "VBN"):
        return False
    below = [analysis.tokens[c] for c in analysis.children[index]]
    named = any(t.deprel == "nsubj" and t.upos != "PRON" and t.end <= token.start for t in below)
    held = any(t.deprel in ("aux", "obj", "iobj") for t in below)
    after = analysis.tokens[index + 1].text if index + 1 < len(analysis.tokens) else ""
    # “Court *told of* farmer's last call”
    of = (lemma == "tell" and after == "of") or (lemma in _JUDGED and after in _JUDGED_FOR)
    bidden = any(t.deprel == "xcomp" or (after == "to" and t.deprel == "ccomp") for t in below)
    # “Driver was asleep, court *told*”
    last = lemma == "tell" and analysis.text[token.end : token.end + 1] in ("", "\n")
    if held or not named or not (of or bidden or last):
        return False
    sentence = analysis.sentences[analysis.sentence_of[index]]
    begins = _LINE_BEGINS.search(analysis.text, max(0, sentence.start - _EDGE), sentence.start)
    alone = begins is not None and _LINE_ENDS.match(analysis.text, sentence.end) is not None
    return alone and analysis.tokens[sentence.last - 1].text[-1].isalnum()


def has_agent(analysis: Analysis, index: int) -> bool:
    """Whether a passive says by whom: “told by Ode”, not “told at noon, according to Ode”."""
    tokens = analysis.tokens
    agents = (c for c in analysis.children[index] if tokens[c].deprel == "obl:agent")
    return any(tokens[k].lemma.lower() == "by" for c in agents for k in analysis.children[c])


def frame_of(analysis: Analysis, content: Sequence[Span]) -> str:
    """The form of a content, as the lexicon names it, by how its first piece begins."""
    inside = tokens_in(analysis, content[0])
    if not inside:
        return "np"
    tokens = [analysis.tokens[i] for i in inside]
    first = next((t for t in tokens if t.upos != "PUNCT"), tokens[0])
    if tokens[0].upos == "PUNCT" and tokens[0].text.strip() in ('"', "“", "''", "``", "‘", "«", "„", "'"):
        return "direct"
    if first.text.lower() in ("not", "never") and len(tokens) > 1:
        # “was told not to leave” is told *to* do something.
        first = tokens[tokens.index(first) + 1] if tokens[-1] is not first else first
    lemma = first.lemma.lower()
    following = tokens[tokens.index(first) + 1 :][:3]
    if lemma == "to" and any(t.upos in ("VERB", "AUX") for t in following):
        return "to"
    if lemma == "that" and first.upos == "SCONJ":
        return "that"
    if lemma in _WH:
        return "wh"
    if first.upos in ("ADP", "SCONJ") and lemma in _PREPOSITIONS:
        return lemma
    return _frame_of_head(analysis, inside)


def _frame_of_head(analysis: Analysis, inside: range) -> str:
    head = head_of(analysis, inside)
    if head is None:
        return "np"
    token = analysis.tokens[head]
    if token.xpos == "VBG" and not any(
        analysis.tokens[c].deprel.startswith("aux") for c in analysis.children[head]
    ):
        return "ing"
    finite = any(
        analysis.tokens[c].deprel.split(":")[0] in ("nsubj", "csubj", "cop") for c in analysis.children[head]
    )
    return "that" if finite else "np"


_CLOSE = "\"”'’"


def values(analysis: Analysis, cue: Span | None, content: Sequence[Span]) -> tuple[Act, Attitude]:
    """The act and the attitude of a report, from its cue and from what the cue does with its content."""
    found = cue_in(analysis, cue) if cue is not None else None
    frame = frame_of(analysis, content)
    last = content[-1].of(analysis.text).rstrip()
    quoted = last[-1:] in _CLOSE
    # “Who paid?” said Ode.
    # In a transcript nothing is quoted: “Ode: Who paid?”
    asks = (quoted or cue is None) and last.rstrip(_CLOSE).endswith("?")
    orders = quoted and not asks and _is_order(analysis, content[0])
    if found is None:
        plain: Act = "question" if asks else "demand" if orders else "statement"
        return plain, "eventuality" if frame == "to" else "assertion"
    index, row = found
    told = [analysis.tokens[i].lemma.lower() for piece in content for i in tokens_in(analysis, piece)]
    # “She has to go”, but not “she has the votes to go”
    obliged = any(pair == ("have", "to") for pair in pairwise(told))
    lemmas = frozenset(told) | ({"have to"} if obliged else set())
    attitude = _attitude(row, frame)
    if row.kind in VERBS and is_passive(analysis, index) and not has_agent(analysis, index):
        hearsay = (
            row.act in ("statement", "opinion") and row.kind != "intention" and frame in ("to", "that", "np")
        )
        if hearsay and "pred" not in row.frames and row.phrase != ("tell",):
            return "evidential", _hearsay_attitude(row, frame)
    act = _act(row, frame, lemmas, quoted=quoted)
    if row.kind == "noun" and row.phrase == ("report",) and _nobodys(analysis, index):
        return "evidential", attitude
    if asks and act in ("statement", "demand"):
        return "question", "assertion" if act == "demand" else attitude
    if orders and act == "statement":
        return "demand", attitude
    if row.kind in VERBS and act in _UNDONE_BY_NOT and is_negated(analysis, index):
        act = "denial" if row.phrase == ("accept",) else "statement"
    return act, attitude


def _is_order(analysis: Analysis, quotation: Span) -> bool:
    """Whether a quotation begins with a command: “Bring me the keys,” said Ode; not “Thank you,” which asks nothing."""
    words = (i for i in tokens_in(analysis, quotation) if analysis.tokens[i].text[0].isalnum())
    first = next((i for i in words if analysis.tokens[i].lemma.lower() not in _BEFORE_ORDERS), None)
    if first is None:
        return False
    token = analysis.tokens[first]
    below = {analysis.tokens[c].deprel.split(":")[0] for c in analysis.children[first]}
    finite = token.xpos == "VB" and token.upos == "VERB" and not below & {"nsubj", "aux", "mark", "csubj"}
    return finite and token.lemma.lower() not in _NO_ORDERS


def _nobodys(analysis: Analysis, index: int) -> bool:
    """Whether a noun in the plural is nobody's: “reports that the dam broke”, but not “the union's reports”."""
    own = (analysis.tokens[c].deprel for c in analysis.children[index])
    return "Number=Plur" in analysis.tokens[index].feats and "nmod:poss" not in own


def _hearsay_attitude(row: Cue, frame: str) -> Attitude:
    """“Is said to have left”: the infinitive is the hearsay's own, no act that anybody wants."""
    if row.attitude == "eventuality" and frame == "to":
        return "eventuality"
    return row.attitude


def _attitude(row: Cue, frame: str) -> Attitude:
    # “Is alleged to have left”, “pleaded guilty to lying”: that is told, and nothing is wanted.
    if row.phrase in (("claim",), ("allege",), ("rumour",), ("rumor",)) or row.phrase[-1] == "guilty":
        return "assertion"
    if frame == "to" and row.kind != "adverb" and row.act != "admission":
        return row.attitude if row.kind in ("belief", "knowledge") else "eventuality"
    if row.phrase[0] in _ASKS and frame == "for":
        return "eventuality"
    if row.phrase == ("insist",) and frame == "on":
        return "eventuality"
    if row.phrase == ("press",) and frame == "wh":
        return "assertion"
    return row.attitude


def _act(row: Cue, frame: str, lemmas: frozenset[str], *, quoted: bool) -> Act:
    """The most specific act: the cue's own unless its content decides otherwise."""
    if "pred" in row.frames or frame == "as" or (row.phrase == ("describe",) and "as" in lemmas):
        return _judgement(row, lemmas, quoted=quoted)
    if row.phrase == ("question",) and frame == "np":
        # “Critics questioned the timing”: that is a doubt.
        return "criticism"
    if row.phrase == ("press",) and "whether" in lemmas:
        return "question"
    if frame in ("to", "for") and row.phrase[0] in _ASKS:
        return "demand"
    if frame == "to" and row.act == "statement" and row.kind == "speech":
        return "demand" if row.phrase != ("claim",) else "statement"
    if row.phrase == ("insist",) and (frame == "on" or lemmas & _MUST):
        return "demand"
    if (
        row.act == "promise"
        and lemmas & words("harm")
        and row.phrase[0] in ("vow", "promise", "pledge", "swear")
    ):
        return "warning"
    if row.phrase == ("swear",) and frame == "that" and not lemmas & _TO_COME:
        return "statement"
    if row.phrase == ("want",) and frame != "to":
        return "demand"
    if row.phrase == ("accept",) and frame == "np":
        # “Accepted the blame”, “accepted every proposal”, “accepted the prize”.
        return (
            "admission" if lemmas & words("fault") else "promise" if lemmas & words("asked") else "statement"
        )
    if row.phrase == ("agree",) and frame in ("that", "direct"):
        return "opinion"
    if row.phrase == ("suspect",) and frame == "of":
        return "accusation"
    if row.kind == "noun" and row.phrase[0] in _CLAIMS and frame == "of" and lemmas & words("deed"):
        return "accusation"
    return row.act


def _judgement(row: Cue, lemmas: Iterable[str], *, quoted: bool) -> Act:
    """What it is to call something a name: "the claims baseless" denies, "the plan a joke" judges against it.

    Who puts the name into somebody's mouth by quoting it seldom means praise: he called the vote “a pantomime”.
    """
    found = frozenset(lemmas)
    told = found & (words("claim") | _IT)
    if (told and found & words("false")) or (found & _CLAIMS and quoted):
        return "denial"
    if row.act not in ("opinion", "statement"):
        return row.act
    if found & (words("negative") | words("false")):
        return "criticism"
    if found & words("positive"):
        return "praise"
    counted = any(w.isdecimal() for w in found)
    # “Described it as “about 90 years old””
    return "criticism" if row.phrase in (("call",), ("describe",)) and quoted and not counted else row.act
