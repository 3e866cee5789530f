"""How well annotations agree with a gold standard: spans, attributions and their values, entities, confidence.

A span is compared without its edge punctuation: for “a plan”, the gold may hold the marks and the prediction not.
Words are runs of letters and digits. Every figure is a share from 0 to 1.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from annotator.errors import BadAnnotation
from annotator.model import QUOTE_TYPES, Span, sha256_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from annotator.model import Annotation, Attribution

__all__ = ["ATTRIBUTES", "PRF", "ROLES", "Role", "Scores", "Share", "b_cubed", "score", "trimmed"]

Role = Literal["source", "cue", "content"]
ROLES: tuple[Role, ...] = get_args(Role)
ATTRIBUTES = ("quote_type", "act", "attitude", "source_kind", "parent")

_WORD = re.compile(r"\w+(?:['’]\w+)*")
# Signs that belong to an amount and so to the span that begins or ends with them: "$4bn", "12 %".
_KEPT = frozenset("$€£%")
# An attribution is found if its content shares at least half of the words that either has.
_FOUND = 0.5
_BINS = 10
_WHOLE = ("found", "no_source", "triple", "entities", "shared_mentions", "about")
_M = TypeVar("_M", bound="Hashable")


@dataclass(frozen=True, slots=True)
class PRF:
    """Precision, recall and F1, from counts."""

    right: float = 0
    predicted: int = 0
    gold: int = 0
    # Only B-cubed needs another numerator for recall.
    recalled: float | None = None

    @property
    def p(self) -> float:
        """The share of what was predicted that is right."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def r(self) -> float:
        """The share of the gold that was predicted."""
        recalled = self.right if self.recalled is None else self.recalled
        return recalled / self.gold if self.gold else 0.0

    @property
    def f(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.p * self.r / (self.p + self.r) if self.p + self.r else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `n`."""

    right: int = 0
    n: int = 0

    @property
    def value(self) -> float:
        """The share, 0 of nothing."""
        return self.right / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one comparison.

    exact, overlap, token: fragments by role: both ends equal; at least a character shared, one to one; words.
    found: attributions whose content has a Jaccard index over words of at least one half; by_quote_type its recall,
    nested that of attributions inside the content of others.
    source_right: of those found that have a source, the predicted one shares a word with it.
    no_source: among those found, "the text names no origin". triple: source, cue and content equal in all words.
    attributes: values equal among those found (parents: where either has one). confidence: each prediction's
    `score`, and whether it was found with the right source.
    entities: B-cubed over mentions (Bagga and Baldwin 1998), a mention that the other side lacks counting as wrong;
    shared_mentions: the same over the mentions that both sides have.
    speakers, about: of those found, all speakers right, and the entities that the claim is about; an entity is the
    gold's with which it shares most mentions. metonyms: of those found whose speaker is a place that stands for
    others, the shares where it is one in the prediction too.
    """

    documents: int
    exact: Mapping[Role, PRF]
    overlap: Mapping[Role, PRF]
    token: Mapping[Role, PRF]
    found: PRF
    by_quote_type: Mapping[str, Share]
    nested: Share
    source_right: Share
    no_source: PRF
    triple: PRF
    attributes: Mapping[str, Share]
    entities: PRF
    shared_mentions: PRF
    speakers: Share
    about: PRF
    metonyms: Share
    confidence: tuple[tuple[float, bool], ...] = ()

    @property
    def bins(self) -> tuple[tuple[int, float, float], ...]:
        """Ten bins of equally many predictions, the least sure first: their number, mean score and share right."""
        ordered, n = sorted(self.confidence), len(self.confidence)
        bins = [b for i, j in pairwise(range(_BINS + 1)) if (b := ordered[i * n // _BINS : j * n // _BINS])]
        return tuple(
            (len(b), sum(x for x, _ in b) / len(b), sum(right for _, right in b) / len(b)) for b in bins
        )

    @property
    def ece(self) -> float | None:
        """The expected calibration error of `score` over those bins (Naeini and others 2015); None without scores."""
        counted = len(self.confidence)
        return sum(n * abs(sure - right) for n, sure, right in self.bins) / counted if counted else None

    def as_dict(self) -> dict[str, float]:
        """Every figure under a dotted name ("exact.content.f"), to be stored and compared."""
        named = {
            f"{kind}.{role}": getattr(self, kind)[role]
            for kind in ("exact", "overlap", "token")
            for role in ROLES
        }
        named |= {name: getattr(self, name) for name in _WHOLE}
        figures = {f"{name}.{x}": getattr(prf, x) for name, prf in named.items() for x in ("p", "r", "f")}
        recalls = {**self.by_quote_type, "nested": self.nested}
        figures |= {f"found.{kind}.r": share.value for kind, share in recalls.items()}
        figures |= {name: getattr(self, name).value for name in ("source_right", "speakers", "metonyms")}
        figures |= {name: share.value for name, share in self.attributes.items()}
        return figures if self.ece is None else figures | {"ece": self.ece}


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text, to turn spans into sets of them."""

    starts: list[int]
    ends: list[int]

    def of(self, spans: Iterable[Span]) -> frozenset[int]:
        """The words that share a character with one of the spans."""
        return frozenset(
            i for s in spans for i in range(bisect_right(self.ends, s.start), bisect_left(self.starts, s.end))
        )


@dataclass(frozen=True, slots=True)
class _Worded:
    """An attribution as sets of words."""

    source: frozenset[int]
    cue: frozenset[int]
    content: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A gold and a predicted attribution that were matched, and what they share."""

    gold: int
    guess: int
    found: bool
    source_right: bool


@dataclass(slots=True)
class _Tally:
    """Counts over all documents so far: by name what is right, gold and predicted."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    confidence: list[tuple[float, bool]] = field(default_factory=list)
    cubes: dict[str, list[PRF]] = field(default_factory=dict)

    def add(self, name: str, *, right: int = 0, gold: int = 0, predicted: int = 0) -> None:
        """Count into `name`."""
        self.counts[name, "right"] += right
        self.counts[name, "gold"] += gold
        self.counts[name, "predicted"] += predicted

    def prf(self, name: str) -> PRF:
        """The counts of `name` as precision and recall."""
        return PRF(self.counts[name, "right"], self.counts[name, "predicted"], self.counts[name, "gold"])

    def share(self, name: str) -> Share:
        """The counts of `name` as a share of the gold."""
        return Share(self.counts[name, "right"], self.counts[name, "gold"])


def score(gold: Iterable[tuple[str, Annotation]], predicted: Iterable[Annotation]) -> Scores:
    """Compare predictions with gold annotations, each given with its text; they meet by document id.

    A story without a prediction counts as one with nothing in it, a prediction without gold not at all.
    Raises BadAnnotation if two predictions have one document id or one was made of another text.
    """
    by_id: dict[str, Annotation] = {}
    for annotation in predicted:
        if annotation.document_id in by_id:
            raise BadAnnotation(f"{annotation.document_id}: predicted twice")
        by_id[annotation.document_id] = annotation
    tally = _Tally()
    for text, right in gold:
        guess = by_id.get(right.document_id)
        for annotation in filter(None, (right, guess)):
            if annotation.text_sha256 != sha256_of(text):
                raise BadAnnotation(
                    f"{right.document_id}: the {annotation.layer} annotation is of another text"
                )
        _add(tally, text, right, guess)
    return _scores(tally)


def trimmed(text: str, span: Span) -> Span | None:
    """The span without punctuation and white space at its edges; None if nothing else is in it."""
    start, end = span.start, span.end
    while start < end and not _counts(text[start]):
        start += 1
    while start < end and not _counts(text[end - 1]):
        end -= 1
    return Span(start, end) if start < end else None


def _counts(char: str) -> bool:
    return char.isalnum() or char in _KEPT


def _add(tally: _Tally, text: str, gold: Annotation, predicted: Annotation | None) -> None:
    """Count one document."""
    guesses = predicted.attributions if predicted else ()
    found = [m.span() for m in _WORD.finditer(text)]
    words = _Words([s for s, _ in found], [e for _, e in found])
    gold_words = [_worded(words, a) for a in gold.attributions]
    guess_words = [_worded(words, a) for a in guesses]
    tally.add("documents", gold=1)
    for role in ROLES:
        _add_fragments(
            tally, role, _fragments(text, gold.attributions, role), _fragments(text, guesses, role)
        )
        _add_tokens(tally, role, gold_words, guess_words)
    pairs = _matched(gold_words, guess_words)
    _add_attributions(tally, gold.attributions, gold_words, guess_words, pairs)
    _add_values(tally, gold.attributions, guesses, pairs)
    right = {pair.guess for pair in pairs if pair.found and pair.source_right}
    tally.confidence += [(a.score, i in right) for i, a in enumerate(guesses) if a.score is not None]
    _add_clusters(tally, _clusters(text, gold), _clusters(text, predicted) if predicted else {})
    if predicted:
        _add_people(tally, gold, predicted, [pair for pair in pairs if pair.found])


def _worded(words: _Words, a: Attribution) -> _Worded:
    return _Worded(words.of(a.source), words.of(a.cue), words.of(a.content))


def _fragments(text: str, attributions: Sequence[Attribution], role: Role) -> set[Span]:
    """The trimmed pieces of a role; a source that two attributions share counts once."""
    pieces = (trimmed(text, span) for a in attributions for span in getattr(a, role))
    return {piece for piece in pieces if piece is not None}


def _add_fragments(tally: _Tally, role: Role, gold: set[Span], guesses: set[Span]) -> None:
    tally.add(f"exact.{role}", right=len(gold & guesses), gold=len(gold), predicted=len(guesses))
    shared = (
        (min(a.end, b.end) - max(a.start, b.start), a, b) for a in gold for b in guesses if a.overlaps(b)
    )
    met: set[tuple[str, Span]] = set()
    pairs = 0
    # The most characters first; each fragment meets one other.
    for _, a, b in sorted(shared, reverse=True):
        if ("gold", a) not in met and ("guess", b) not in met:
            met |= {("gold", a), ("guess", b)}
            pairs += 1
    tally.add(f"overlap.{role}", right=pairs, gold=len(gold), predicted=len(guesses))


def _add_tokens(tally: _Tally, role: Role, gold: Sequence[_Worded], guesses: Sequence[_Worded]) -> None:
    a = frozenset[int]().union(*(getattr(w, role) for w in gold))
    b = frozenset[int]().union(*(getattr(w, role) for w in guesses))
    tally.add(f"token.{role}", right=len(a & b), gold=len(a), predicted=len(b))


def _matched(gold: Sequence[_Worded], guesses: Sequence[_Worded]) -> list[_Pair]:
    """Attributions one to one, those whose contents agree most first, then those whose cues meet."""
    candidates = (
        (len(a.content & b.content) / len(a.content | b.content), bool(a.cue & b.cue), i, j)
        for i, a in enumerate(gold)
        for j, b in enumerate(guesses)
        if a.content & b.content
    )
    pairs: dict[int, _Pair] = {}
    taken: set[int] = set()
    for jaccard, _, i, j in sorted(candidates, reverse=True):
        if i not in pairs and j not in taken:
            a, b = gold[i].source, guesses[j].source
            pairs[i] = _Pair(i, j, found=jaccard >= _FOUND, source_right=bool(a & b) if a else not b)
            taken.add(j)
    return list(pairs.values())


def _add_attributions(
    tally: _Tally,
    gold: Sequence[Attribution],
    gold_words: Sequence[_Worded],
    guess_words: Sequence[_Worded],
    pairs: Sequence[_Pair],
) -> None:
    equal = sum(gold_words[pair.gold] == guess_words[pair.guess] for pair in pairs)
    found = [pair for pair in pairs if pair.found]
    tally.add("triple", right=equal, gold=len(gold), predicted=len(guess_words))
    tally.add("found", right=len(found), gold=len(gold), predicted=len(guess_words))
    for a in gold:
        tally.add(f"found.{a.quote_type}", gold=1)
        tally.add("found.nested", gold=int(a.parent is not None))
    for pair in found:
        tally.add(f"found.{gold[pair.gold].quote_type}", right=1)
        tally.add("found.nested", right=int(gold[pair.gold].parent is not None))
        guessed_none = not guess_words[pair.guess].source
        if gold_words[pair.gold].source:
            tally.add("source_right", right=pair.source_right, gold=1)
            tally.add("no_source", predicted=guessed_none)
        else:
            tally.add("no_source", right=guessed_none, gold=1, predicted=guessed_none)


def _add_values(
    tally: _Tally, gold: Sequence[Attribution], guesses: Sequence[Attribution], pairs: Sequence[_Pair]
) -> None:
    """Compare the values of found attributions; a parent is right if it was matched with the gold's parent."""
    partner = {gold[pair.gold].id: guesses[pair.guess].id for pair in pairs}
    for pair in pairs:
        a, b = gold[pair.gold], guesses[pair.guess]
        if not pair.found:
            continue
        for name in ("quote_type", "act", "attitude", "source_kind"):
            tally.add(name, right=getattr(a, name) == getattr(b, name), gold=1)
        if a.parent or b.parent:
            same = a.parent is not None and partner.get(a.parent) == b.parent
            tally.add("parent", right=same, gold=1)


def _clusters(text: str, annotation: Annotation) -> dict[Span, frozenset[Span]]:
    """Each trimmed mention with all mentions of its entity; a mention of two entities is of the first."""
    out: dict[Span, frozenset[Span]] = {}
    for entity in annotation.entities:
        mentions = (trimmed(text, m.span) for m in entity.mentions)
        own = frozenset(m for m in mentions if m is not None and m not in out)
        out |= dict.fromkeys(own, own)
    return out


def b_cubed(gold: Mapping[_M, frozenset[_M]], guesses: Mapping[_M, frozenset[_M]]) -> PRF:
    """B-cubed (Bagga and Baldwin 1998) of clusters, each given as its members with all members of their cluster.

    A member that the other side lacks counts as wrong there.
    """
    shared = {m: len(gold[m] & guesses[m]) for m in gold.keys() & guesses.keys()}
    precise = sum(n / len(guesses[m]) for m, n in shared.items())
    return PRF(precise, len(guesses), len(gold), sum(n / len(gold[m]) for m, n in shared.items()))


def _add_clusters(
    tally: _Tally, gold: Mapping[Span, frozenset[Span]], guesses: Mapping[Span, frozenset[Span]]
) -> None:
    both = gold.keys() & guesses.keys()
    within = [{m: side[m] & both for m in both} for side in (gold, guesses)]
    tally.cubes.setdefault("entities", []).append(b_cubed(gold, guesses))
    tally.cubes.setdefault("shared_mentions", []).append(b_cubed(*within))


def _summed(parts: Iterable[PRF]) -> PRF:
    parts = list(parts)
    recalled = sum(p.recalled or 0 for p in parts)
    return PRF(
        sum(p.right for p in parts), sum(p.predicted for p in parts), sum(p.gold for p in parts), recalled
    )


def _add_people(tally: _Tally, gold: Annotation, predicted: Annotation, found: Sequence[_Pair]) -> None:
    same = _same_entities(gold, predicted)
    places = {e.id for e in gold.entities if e.kind == "place" and e.stands_for}
    standing = {e.id for e in predicted.entities if e.kind == "place" and e.stands_for}
    for pair in found:
        a, b = gold.attributions[pair.gold], predicted.attributions[pair.guess]
        heard = {same.get(i, i) for i in b.speaker_ids}
        named = {same.get(i, i) for i in b.about_ids}
        if a.speaker_ids:
            tally.add("speakers", right=heard == set(a.speaker_ids), gold=1)
        right = len(named & set(a.about_ids))
        tally.add("about", right=right, gold=len(set(a.about_ids)), predicted=len(named))
        if places.intersection(a.speaker_ids):
            meant = {same.get(i) for i in standing.intersection(b.speaker_ids)}
            tally.add("metonyms", right=places.intersection(a.speaker_ids) <= meant, gold=1)


def _same_entities(gold: Annotation, predicted: Annotation) -> dict[str, str]:
    """For each predicted entity the gold's with which it shares most mentions of one form, if any."""
    out = {}
    for guess in predicted.entities:
        shared = Counter(
            {
                right.id: sum(
                    # A name may stand inside another's: the same range tells more than one that meets it.
                    (m.form == n.form and m.span.overlaps(n.span)) * (5 if m.span == n.span else 1)
                    for m in guess.mentions
                    for n in right.mentions
                )
                for right in gold.entities
            }
        )
        ((best, count),) = shared.most_common(1) or [("", 0)]
        if count:
            out[guess.id] = best
    return out


def _scores(tally: _Tally) -> Scores:
    return Scores(
        documents=tally.share("documents").n,
        exact={role: tally.prf(f"exact.{role}") for role in ROLES},
        overlap={role: tally.prf(f"overlap.{role}") for role in ROLES},
        token={role: tally.prf(f"token.{role}") for role in ROLES},
        found=tally.prf("found"),
        by_quote_type={kind: tally.share(f"found.{kind}") for kind in QUOTE_TYPES},
        nested=tally.share("found.nested"),
        source_right=tally.share("source_right"),
        no_source=tally.prf("no_source"),
        triple=tally.prf("triple"),
        attributes={name: tally.share(name) for name in ATTRIBUTES},
        entities=_summed(tally.cubes.get("entities", ())),
        shared_mentions=_summed(tally.cubes.get("shared_mentions", ())),
        speakers=tally.share("speakers"),
        about=tally.prf("about"),
        metonyms=tally.share("metonyms"),
        confidence=tuple(tally.confidence),
    )
