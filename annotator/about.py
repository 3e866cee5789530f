"""Whom a report is about: who its content speaks of, and the party that it is aimed at (guidelines, section 4).

Who is named inside is; who else is meant hangs on how he is spoken of: "the rebels", whom a story takes up again, are,
and "two men in a van" are not; "she accused him" has a party, "he asked her" one too, though no name stands there.
What each sign is worth was learned (`data/about.tsv`, training/about.py).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

from annotator.analysis import HOW
from annotator.antecedents import UNKNOWN, role_in_sentence, size_of
from annotator.clusters import is_any, person_of, taken_up
from annotator.model import Span
from annotator.names import sign_weights
from annotator.parties import claimants, meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate
    from annotator.model import Attribution

# From which chance on somebody is among those: of some the best F1 in five parts (training/about.py).
LIKELY = 0.45
# Acts whose party is often all of the content: “praised the nurses”.
_JUDGING = frozenset({"criticism", "praise"})
# So many sentences before a report somebody may still be answered by it, and so many reports on answer it himself.
_BEFORE, _AFTER = 3, 2


@dataclass(slots=True)
class _Considered:
    """A cluster that a report may be about, its mentions inside the content, and what else ties it to the report.

    `how` is the best form of those mentions: name, nominal, pronoun, or none where there is no mention.
    """

    cluster: Cluster
    inside: list[Candidate] = field(default_factory=list)
    ties: set[str] = field(default_factory=set)
    how: str = "none"

    def add(self, mention: Candidate) -> None:
        """Put a mention inside the content to the others."""
        self.inside.append(mention)
        self.how = min(self.how, mention.form, key=HOW.index)


class Reports:
    """The reports of one story in their order, with who says each."""

    def __init__(self, story: Story, speakers: Mapping[str, Sequence[Cluster]]) -> None:
        self.story, self.speakers = story, speakers
        self.order = sorted(story.attributions, key=_place)
        self.rank = {a.id: k for k, a in enumerate(self.order)}
        self.sentences = [story.sentence_at(_place(a)) for a in self.order]
        starts = story.analysis.starts
        self.firsts = {a.id: min(bisect_left(starts, _place(a)), len(starts) - 1) for a in self.order}
        # A name before its noun begins after the noun's phrase does: "the Lisbon office".
        self.heads = sorted(story.cluster_of, key=lambda h: story.found.by_head[h].start)
        self.starts = [story.found.by_head[h].start for h in self.heads]

    def about(self, attribution: Attribution) -> list[Cluster]:
        """Whom a report is about, in the order in which the story brings them in."""
        found = considered(self, attribution)
        chosen = {n: c.cluster for n, c in found.items() if likely(self, attribution, c)}
        return [chosen[n] for n in sorted(chosen)]


def likely(reports: Reports, attribution: Attribution, given: _Considered) -> bool:
    """Whether a report is rather about somebody than not."""
    known = weights()
    value = sum([known.get(s, 0.0) for s in signs(reports, attribution, given)])
    return 1 / (1 + exp(-value - _seen(reports, attribution, given))) >= LIKELY


def _seen(reports: Reports, attribution: Attribution, given: _Considered) -> float:
    """What the encoder sees for a report's being about somebody; nought where it has not seen the text."""
    referring, how = reports.story.analysis.referring, given.how
    if referring is None or not referring.spoken:
        return 0.0
    mention, report = places(reports, attribution, given)
    return float(referring.spoken[how][mention] + referring.reporting[how][report])


def places(reports: Reports, attribution: Attribution, given: _Considered) -> tuple[int, int]:
    """The token that stands for somebody, in the content or else nearest to the report, and the report's own first."""
    report = reports.firsts[attribution.id]
    how = given.how
    inside = [m.head for m in given.inside if m.form == how]
    heads = inside[:1] or [m.head for m, _ in given.cluster.mentions]
    return min(heads, key=lambda head: abs(head - report)), report


def weights() -> dict[str, float]:
    """What each sign is worth, in log-odds."""
    return sign_weights("about.tsv")


def considered(reports: Reports, attribution: Attribution) -> dict[int, _Considered]:
    """Everybody whom a report may be about, by the number of the cluster; who says it only where he names himself."""
    story, out = reports.story, dict[int, _Considered]()

    def of(cluster: Cluster) -> _Considered:
        return out.setdefault(cluster.number, _Considered(cluster))

    for span in attribution.content:
        for mention in _inside(reports, span):
            of(story.cluster_of[mention.head]).add(mention)
    own = reports.speakers[attribution.id]
    for tie, clusters in _ties(reports, attribution, list(own)):
        for cluster in clusters:
            of(cluster).ties.add(tie)
    return {n: c for n, c in out.items() if _is_known(c) and (c.cluster not in own or c.how == "name")}


def _is_known(given: _Considered) -> bool:
    """Whether somebody is told of, or spoken of as one is: “it”, “which” and “they” that take up nobody are nobody."""
    if given.cluster.names or given.how in ("name", "nominal"):
        return True
    mentions = (m for m, _ in given.cluster.mentions)
    return any(m.form != "pronoun" or m.gender in ("m", "f") or person_of(m) != "3" for m in mentions)


def _inside(reports: Reports, span: Span) -> Iterator[Candidate]:
    story = reports.story
    first = bisect_left(reports.starts, span.start)
    for head in reports.heads[first : bisect_right(reports.starts, span.end)]:
        mention = story.found.by_head[head]
        if span.start <= mention.start and mention.end <= span.end:
            yield mention


def _ties(
    reports: Reports, attribution: Attribution, own: list[Cluster]
) -> Iterator[tuple[str, list[Cluster]]]:
    """How others stand to a report: its party, who spoke before and after it, who else is in its sentence."""
    story = reports.story
    for target in story.targets[attribution.id]:
        parties = meant(story, target, own)
        yield "party", parties
        if len(parties) > 1:
            # “Madrid urged both sides”: who they are is worked out, and told by nothing else.
            yield "both sides", parties
    if attribution.act in _JUDGING:
        inside = (m for span in attribution.content for m in _inside(reports, span))
        praised = [story.cluster_of[m.head] for m in inside if _is_of_cue(reports, attribution, m)]
        yield "party", [c for c in praised if c.kind != "document"]
    claimed, charged = claimants(story, attribution, own)
    yield "claimant", claimed
    if charged:
        yield "accuser", claimed
    k = reports.rank[attribution.id]
    before, said = _first(reports, range(k - 1, -1, -1), own)
    if said and reports.sentences[k] - reports.sentences[before] <= _BEFORE:
        yield "answered", said
        yield f"answered {reports.order[before].act}", said
    yield "next", _first(reports, range(k + 1, min(k + 1 + _AFTER, len(reports.order))), own)[1]
    yield "beside", list(_beside(reports, attribution))


def _first(reports: Reports, ranks: range, own: Sequence[Cluster]) -> tuple[int, list[Cluster]]:
    """The first of some reports that others say, by its rank, with who says it."""
    for rank in ranks:
        said = reports.speakers[reports.order[rank].id]
        if said and not any(c in own for c in said):
            return rank, list(said)
    return -1, []


def _beside(reports: Reports, attribution: Attribution) -> Iterator[Cluster]:
    """Who else is spoken of in the sentence of a report's cue."""
    if not attribution.cue:
        return
    story = reports.story
    sentence = story.analysis.sentences[story.sentence_at(attribution.cue[0].start)]
    taken = (*attribution.source, *attribution.content)
    for mention in _inside(reports, Span(sentence.start, sentence.end)):
        if not any(mention.span.overlaps(s) for s in taken):
            yield story.cluster_of[mention.head]


def signs(reports: Reports, attribution: Attribution, given: _Considered) -> Iterator[str]:
    """What speaks for a report's being about somebody, or against it."""
    act, cluster = attribution.act, given.cluster
    yield "all"
    how = given.how
    yield how
    yield f"{how} {cluster.kind or UNKNOWN}"
    yield f"{how} {'named' if cluster.names else 'nameless'} {size_of(cluster)}"
    if cluster in reports.speakers[attribution.id]:
        yield "speaker"
    for tie in sorted(given.ties):
        yield tie
        yield f"{how} {tie} {act}"
    if how == "pronoun":
        yield f"pronoun {act}"
    if cluster.plural:
        yield f"{how} many"
    if any(m.head in reports.story.wanted for m, _ in cluster.mentions):
        yield f"{how} wanted"
    for sign in dict.fromkeys(
        s for m in given.inside if m.form == how for s in _of_mention(reports, attribution, m)
    ):
        yield f"{how} {sign}"
    if how == "nominal" and taken_up(reports.story, cluster, attribution.content):
        yield "nominal taken up"


def _of_mention(reports: Reports, attribution: Attribution, mention: Candidate) -> Iterator[str]:
    story = reports.story
    token = story.analysis.tokens[mention.head]
    role = role_in_sentence(story, mention.head)
    yield role
    if mention.form == "pronoun":
        yield f"{role} {attribution.act}"
        yield f"{attribution.quote_type} {attribution.act}"
        if person_of(mention) == "1":
            yield "first person"
        return
    if token.deprel in ("compound", "amod"):
        yield f"modifies {mention.kind}"
    if mention.form == "nominal":
        yield "definite" if mention.definite else "indefinite"
        if not mention.definite:
            yield f"indefinite {mention.kind or UNKNOWN}"
        if is_any(story, mention.head):
            yield "any"
        if mention.owner is not None:
            yield "owned"
        if not story.analysis.children[mention.head]:
            yield "bare"


def _is_of_cue(reports: Reports, attribution: Attribution, mention: Candidate) -> bool:
    """Whether somebody is what is praised or blamed: “the mayor praised *the nurses* who stayed”."""
    token = reports.story.analysis.tokens[mention.head]
    if token.head < 0 or token.deprel not in ("obj", "nsubj:pass"):
        return False
    above = reports.story.analysis.tokens[token.head]
    return any(c.start <= above.start < c.end for c in attribution.cue)


def _place(attribution: Attribution) -> int:
    return (attribution.cue or attribution.content)[0].start
