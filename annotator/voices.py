"""Who speaks in quotations beside which nobody is named: turns of a dialogue, and "I", "we" and "you" inside them.

“Sold?” asked Ode. “Sold,” said Brandt. “To whom?” gives “To whom?” to Ode: she is the other one of two who take turns.
Whoever could have said it is weighed by what a reader sees: who spoke before and before that, who acts in the words
around, who is called by name inside (`data/voices.tsv`, learned by training/voices.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING

from annotator.analysis import tokens_in
from annotator.clusters import Cluster, Story, genders_agree, is_turn, join, move, new_cluster, person_of
from annotator.model import Span
from annotator.names import sign_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from annotator.mentions import Candidate
    from annotator.model import Attribution

# A speaker was spoken of in so many sentences before the turn, or spoke in so many turns; a longer gap tells more.
NEAR, RECENT, SHORT, TAKEN = 12, 6, 25, 2
# So many chains of guesses are followed side by side, and a guess below this is none.
BEAM, SURE, SURER = 8, 0.4, 0.6
# “I” of a sign in a town or of a site is whoever wrote it.
_NO_I = frozenset({"place", "organization", "document"})
_MARKS = "\"“”'‘’«»"
_OPEN = "open"
_FORMER = re.compile(r"(?:the |a |an )?(?:former|ex|then|retired)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A quotation from its first piece to its last, and its speaker where its source tells one.

    `pronoun` is a source that may mean another one than its own sentences say: "he" of those who take turns.
    """

    attribution: Attribution
    start: int
    end: int
    known: Cluster | None
    pronoun: Candidate | None = None


@dataclass(frozen=True)
class Dialogue:
    """The turns of a story with what is told between them."""

    story: Story
    turns: tuple[Turn, ...]
    told: tuple[int, ...] = field(default=())

    @cached_property
    def places(self) -> list[int]:
        """Where the mentions of the narration begin, in text order."""
        return [self.story.found.by_head[h].start for h in self.told]


def hear(story: Story, firsts: Sequence[Candidate]) -> None:
    """Give turns without a source their speakers, and every first and second person its entity."""
    around = {c.head: _around(story, c) for c in firsts if person_of(c) == "1"}
    inside = [c for c in firsts if around.get(c.head)]
    narrated(story, [c for c in firsts if not around.get(c.head)])
    for attribution, (cluster, score) in voices(story, weights()).items():
        pronoun = _open_pronoun(story, attribution)
        if pronoun is None:
            story.voices[attribution] = cluster, score
        elif score >= SURER:
            move(story, pronoun, cluster, score)
    ours: dict[int, Cluster] = {}
    for candidate in sorted(inside, key=lambda c: (len(around[c.head]), c.start)):
        _in_a_quotation(story, candidate, around[candidate.head], ours)


def voices(story: Story, known: Mapping[str, float]) -> dict[str, tuple[Cluster, float]]:
    """By attribution the likeliest speaker of each turn without a source, with its probability."""
    dialogue = dialogue_of(story)
    if all(t.known is not None for t in dialogue.turns):
        return {}
    chosen = _decoded(dialogue, known)
    return {
        t.attribution.id: (cluster, score)
        for t, (cluster, score) in zip(dialogue.turns, chosen, strict=True)
        if t.known is None and cluster is not None and score >= SURE
    }


def dialogue_of(story: Story) -> Dialogue:
    """The outermost quotations of a story as turns, in text order, and the mentions that stand outside of them."""
    text = story.analysis.text
    turns = []
    for a in story.attributions:
        if a.quote_type == "direct" and a.parent is None and text[a.content[0].start] in _MARKS:
            heads = story.sources[a.id]
            known = story.cluster_at(heads[0]) if heads else None
            turns.append(Turn(a, a.content[0].start, a.content[-1].end, known))
    turns.sort(key=lambda t: (t.start, t.end))
    if _take_turns(text, turns):
        pronouns = [_open_pronoun(story, t.attribution.id) for t in turns]
        turns = [replace(t, known=None, pronoun=p) if p else t for t, p in zip(turns, pronouns, strict=True)]
    told = sorted(h for h in story.cluster_of if story.quotation(story.found.by_head[h].start) is None)
    return Dialogue(story, tuple(turns), tuple(told))


def _take_turns(text: str, turns: Sequence[Turn]) -> bool:
    """Whether turns follow one another with no word between, twice and one in ten."""
    bare = sum(not text[a.end : b.start].strip() for a, b in pairwise(turns))
    return bare >= TAKEN and bare * 10 >= len(turns)


def _open_pronoun(story: Story, attribution: str) -> Candidate | None:
    """The "he" or "she" that is an attribution's only source."""
    heads = story.sources[attribution]
    candidate = story.found.by_head.get(heads[0]) if len(heads) == 1 else None
    third = candidate is not None and candidate.form == "pronoun" and candidate.gender in ("m", "f")
    return candidate if third and candidate is not None and candidate.head in story.cluster_of else None


def candidates(dialogue: Dialogue, i: int, said: Sequence[Cluster | None]) -> list[Cluster]:
    """Who could have said turn `i`: those spoken of nearby, those who spoke before it or are known to speak after."""
    story, turn = dialogue.story, dialogue.turns[i]
    out: dict[int, Cluster] = {}
    for head in _told_near(dialogue, i):
        out.setdefault(story.cluster_of[head].number, story.cluster_of[head])
    later = [t.known for t in dialogue.turns[i + 1 : i + 4]]
    for cluster in (*said[max(0, i - RECENT) : i], *later):
        if cluster is not None:
            out.setdefault(cluster.number, cluster)
    called = {c.number for c, _ in _called(story, Span(turn.start, turn.end))}
    able = [c for c in out.values() if _can_speak(c) and c.number not in called]
    if turn.pronoun is None:
        return able
    meant = story.cluster_of[turn.pronoun.head]
    out.setdefault(meant.number, meant)
    return [c for c in out.values() if c is meant or (c in able and _may_be_he(turn.pronoun, c))]


def _may_be_he(pronoun: Candidate, cluster: Cluster) -> bool:
    one = cluster.kind == "person" and not cluster.plural and not cluster.narrates
    return one and genders_agree(pronoun, cluster) and cluster.leaning in ("", pronoun.gender)


def _can_speak(cluster: Cluster) -> bool:
    return cluster.kind in ("person", "group", None) or (
        cluster.kind == "organization" and bool(cluster.names)
    )


def _told_near(dialogue: Dialogue, i: int) -> list[int]:
    """The heads of the narration's mentions from some sentences before a turn up to the next turn."""
    turn, following = dialogue.turns[i], dialogue.turns[i + 1 : i + 2]
    end = following[0].start if following else len(dialogue.story.analysis.text)
    first = dialogue.story.sentence_at(turn.start) - NEAR
    start = dialogue.story.analysis.sentences[max(0, first)].start
    last = min(end, turn.end + 300)
    return list(dialogue.told[bisect_left(dialogue.places, start) : bisect_left(dialogue.places, last)])


def _called(story: Story, span: Span) -> Iterator[tuple[Cluster, bool]]:
    """Who is named inside a quotation, and whether he is called so: “Come, Ode, sit down”."""
    tokens = story.analysis.tokens
    for i in tokens_in(story.analysis, span):
        candidate = story.found.by_head.get(i)
        if candidate is None or candidate.form == "pronoun" or i not in story.cluster_of:
            continue
        cut_off = _is_cut_off(story.analysis.text, candidate.span)
        if tokens[i].deprel == "vocative" or cut_off:
            yield story.cluster_of[i], True


def _is_cut_off(text: str, span: Span) -> bool:
    """Whether commas or marks part a name from the words on both of its sides."""
    before, after = text[: span.start].rstrip()[-1:], text[span.end : span.end + 1]
    return before in {",", "“", '"', "‘", "!", "?", "."} and after in {",", "!", "?", ".", "”", '"', "’"}


def features(dialogue: Dialogue, i: int, cluster: Cluster, said: Sequence[Cluster | None]) -> list[str]:
    """What speaks for or against one speaker of turn `i`, given the speakers before it."""
    return [
        *_by_order(dialogue, i, cluster, said),
        *_by_narration(dialogue, i, cluster),
        *_by_address(dialogue, i, cluster),
        *_by_fame(i, cluster, said),
        *_by_pronoun(dialogue, i, cluster),
    ]


def gap_before(dialogue: Dialogue, i: int) -> str:
    """What stands between a turn and the one before it: nothing, the report of that one, a few words, or more."""
    if i == 0:
        return _OPEN
    before, turn = dialogue.turns[i - 1], dialogue.turns[i]
    between = dialogue.story.analysis.text[before.end : turn.start]
    if not between.strip():
        return "none"
    count = len(between.split())
    own = before.attribution.source + before.attribution.cue
    if count <= SHORT and own and all(before.end <= s.start < turn.start for s in own):
        return "report" if count <= 8 else "wide"
    return "few" if count <= SHORT else "many" if count <= 6 * SHORT else _OPEN


def _by_order(dialogue: Dialogue, i: int, cluster: Cluster, said: Sequence[Cluster | None]) -> Iterator[str]:
    gap = gap_before(dialogue, i)
    if i >= 1 and said[i - 1] is cluster:
        yield f"last {gap}"
    if i >= 2 and said[i - 2] is cluster and said[i - 1] is not cluster:
        yield "last but one"
        yield f"last but one {gap} {gap_before(dialogue, i - 1)}"
        if i >= 4 and said[i - 4] is cluster and said[i - 3] is said[i - 1]:
            yield "takes turns"
    if i + 1 < len(dialogue.turns):
        after = gap_before(dialogue, i + 1)
        if dialogue.turns[i + 1].known is cluster:
            yield f"next {after}"
        if i + 2 < len(dialogue.turns) and dialogue.turns[i + 2].known is cluster:
            yield f"next but one {after} {gap_before(dialogue, i + 2)}"


def _by_narration(dialogue: Dialogue, i: int, cluster: Cluster) -> Iterator[str]:
    """Who acts in the words right before and right after a turn."""
    story, turn = dialogue.story, dialogue.turns[i]
    near = [h for h in _told_near(dialogue, i) if turn.pronoun is None or h != turn.pronoun.head]
    start = dialogue.turns[i - 1].end if i else 0
    reported = set(story.sources[dialogue.turns[i - 1].attribution.id]) if i else set()
    before = [h for h in near if start <= story.found.by_head[h].start < turn.start and h not in reported]
    after = [h for h in near if story.found.by_head[h].start >= turn.end]
    yield from _acting(story, cluster, list(reversed(before)), "before")
    yield from _acting(story, cluster, after, "after")
    here = story.sentence_at(turn.start)
    own = [here - story.sentence(h) for h in near if story.cluster_of[h] is cluster and h not in after]
    if own:
        yield f"sentences back {min(4, int(log(1 + max(0, min(own))) * 2))}"
    elif not any(story.cluster_of[h] is cluster for h in after):
        yield "not spoken of"


def _acting(story: Story, cluster: Cluster, heads: Sequence[int], side: str) -> Iterator[str]:
    if not heads:
        return
    tokens = story.analysis.tokens
    nearest = story.sentence(heads[0])
    if any(story.cluster_of[h] is cluster for h in heads):
        yield f"told {side}"
    here = [h for h in heads if story.sentence(h) == nearest]
    subjects = [h for h in here if tokens[h].deprel.startswith("nsubj")]
    first = min(subjects, default=None)
    if first is not None and story.cluster_of[first] is cluster:
        yield f"acts {side}"
    elif any(story.cluster_of[h] is cluster for h in subjects):
        yield f"also acts {side}"
    elif any(story.cluster_of[h] is cluster for h in here):
        yield f"is there {side}"


def _by_address(dialogue: Dialogue, i: int, cluster: Cluster) -> Iterator[str]:
    """Who is called by name in the turns around: he who is called in one often speaks in the next."""
    story, turns = dialogue.story, dialogue.turns
    for k, name in ((i - 1, "called before"), (i + 1, "called after")):
        if 0 <= k < len(turns):
            span = Span(turns[k].start, turns[k].end)
            if any(c is cluster for c, _ in _called(story, span)):
                yield f"{name} {gap_before(dialogue, max(i, k))}"
    own = Span(turns[i].start, turns[i].end)
    if any(story.cluster_of.get(h) is cluster for h in tokens_in(story.analysis, own)):
        yield "named inside"


def _by_fame(i: int, cluster: Cluster, said: Sequence[Cluster | None]) -> Iterator[str]:
    lately = sum(s is cluster for s in said[max(0, i - 10) : i])
    yield f"spoke {min(lately, 3)}"
    yield f"mentions {min(4, int(log(1 + len(cluster.mentions))))}"
    if cluster.narrates:
        yield "narrator"
    if cluster.plural or cluster.kind == "group":
        yield "many people"
    if cluster.kind == "organization":
        yield "body"
    if cluster.names:
        yield "has a name"


def _by_pronoun(dialogue: Dialogue, i: int, cluster: Cluster) -> Iterator[str]:
    """Whom "he" or "she" means by its own sentences, and how surely."""
    pronoun = dialogue.turns[i].pronoun
    if pronoun is None:
        return
    if dialogue.story.cluster_of[pronoun.head] is cluster:
        score = next((s for c, s in cluster.mentions if c is pronoun), 0.0)
        yield f"meant {int(score * 5)}"
    yield "shows its gender" if cluster.gender else "gender open"


def weights() -> dict[str, float]:
    """What each sign is worth, in log-odds."""
    return sign_weights("voices.tsv")


def _decoded(dialogue: Dialogue, known: Mapping[str, float]) -> list[tuple[Cluster | None, float]]:
    """The likeliest speakers of all turns together, each with its probability given those before."""
    beams: list[tuple[float, list[Cluster | None], list[float]]] = [(0.0, [], [])]
    for i, turn in enumerate(dialogue.turns):
        if turn.known is not None:
            beams = [(value, [*said, turn.known], [*odds, 1.0]) for value, said, odds in beams]
            continue
        grown = [
            (value + log(p), [*said, cluster], [*odds, p])
            for value, said, odds in beams
            for cluster, p in _weighed(dialogue, i, said, known)
        ]
        beams = sorted(grown, key=lambda b: -b[0])[:BEAM]
    _, said, odds = beams[0]
    return list(zip(said, odds, strict=True))


def _weighed(
    dialogue: Dialogue, i: int, said: Sequence[Cluster | None], known: Mapping[str, float]
) -> list[tuple[Cluster | None, float]]:
    found = candidates(dialogue, i, said)
    if not found:
        return [(None, 1.0)]
    values = [sum(known.get(f, 0.0) for f in features(dialogue, i, c, said)) for c in found]
    highest = max(values)
    shares = [exp(v - highest) for v in values]
    total = sum(shares)
    return [(c, max(s / total, 1e-9)) for c, s in zip(found, shares, strict=True)]


def narrated(story: Story, firsts: Iterable[Candidate]) -> None:
    """Give "I" and "we" outside of quotations to the writer, and "you" to the reader."""
    narrators: dict[tuple[str, bool], Cluster] = {}
    for candidate in sorted(firsts, key=lambda c: c.start):
        key = (person_of(candidate), candidate.plural)
        if key in narrators:
            join(story, candidate, narrators[key], 0.6)
        else:
            narrators[key] = new_cluster(story, candidate, 0.5, "group" if candidate.plural else "person")
            narrators[key].narrates = key == ("1", False)


def _in_a_quotation(
    story: Story, candidate: Candidate, around: Sequence[Attribution], ours: dict[int, Cluster]
) -> None:
    """Give "I" in a quotation to its speaker, and "we" that says something to those for whom he speaks.

    `around` are the quotations that it stands in, the innermost first; `ours` has those others by the speaker's number.
    """
    if candidate.plural and candidate.head not in story.wanted:
        return
    speaker = next((s for a in around if (s := _speaker(story, a, candidate))), None)
    if speaker is None or (not candidate.plural and speaker.kind in _NO_I):
        if candidate.head in story.wanted:
            new_cluster(story, candidate, 0.3)
    elif not candidate.plural or speaker.plural or speaker.kind != "person":
        join(story, candidate, speaker, 0.9)
    elif (own := ours.get(speaker.number) or _body_of(story, speaker)) is not None:
        join(story, candidate, ours.setdefault(speaker.number, own), 0.6)
    else:
        ours[speaker.number] = new_cluster(story, candidate, 0.4, "group")


def _body_of(story: Story, speaker: Cluster) -> Cluster | None:
    """The body that somebody speaks for, where the story says so: “Ode, the *union*'s chair, said: “We want …””."""
    for mention, _ in speaker.mentions:
        role = mention.role
        told = [Span(role.start, role.end)] if role is not None else []
        told += [mention.span] if mention.form == "nominal" else []
        for span in told:
            if _FORMER.match(story.analysis.text, span.start):
                continue
            near = (story.cluster_at(i) for i in tokens_in(story.analysis, span))
            body = next((c for c in near if c is not None and c.kind == "organization"), None)
            if body is not None:
                return body
    return None


def _speaker(story: Story, attribution: Attribution, candidate: Candidate) -> Cluster | None:
    heads = [h for h in story.sources[attribution.id] if h != candidate.head]
    if heads:
        return story.cluster_at(heads[0])
    return story.voices[attribution.id][0] if attribution.id in story.voices else None


def _around(story: Story, candidate: Candidate) -> list[Attribution]:
    """Quotations and turns of a transcript whose content holds a candidate, the innermost first."""
    text, span = story.analysis.text, candidate.span
    spoken = (a for a in story.attributions if a.quote_type != "indirect" or is_turn(text, a))
    inside = [a for a in spoken if any(span in s for s in a.content)]
    return sorted(inside, key=lambda a: (sum(map(len, a.content)), a.id))
