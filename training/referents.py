"""Every pronoun and nominal of a text with gold coreference, with whom it may mean and whom the gold says it does."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from choices import Choice
from litbank import printed, read

from annotator import anaphora, antecedents, epithets
from annotator.antecedents import options
from annotator.attribution import attribute
from annotator.coreference import link
from annotator.entities import story_of
from annotator.model import Span
from annotator.store import read_annotations

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from annotator.analysis import Analysis
    from annotator.antecedents import Option
    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate
    from annotator.model import Annotation, Document

# Who is who in stories of PolNeAR's training part, by offsets alone: the mentions that the product keeps.
NEWS = Path(__file__).parent / "whoiswho.jsonl"
PRACTICE = Path(__file__).parent.parent / "tests/gold/practice"
# Rules that pick somebody before it is weighed whom a noun means that the story has not said of anybody.
BEFORE_EPITHETS = frozenset({"years", "noun", "age"})
SOMEBODY = frozenset({"person", "organization", "place", "PER", "ORG", "GPE", "LOC", "FAC"})


@dataclass(frozen=True, slots=True)
class Referent:
    """A mention by its form and head token, and its options: signs, heads of mentions, whether one is right."""

    form: str
    head: int
    signs: tuple[tuple[str, ...], ...]
    heads: tuple[tuple[int, ...], ...]
    right: tuple[bool, ...]

    def choice(self) -> Choice:
        """The same by signs alone."""
        return Choice(list(self.signs), list(self.right))


class Gold:
    """The gold entity of a place, by the gold mention that ends there and begins nearest.

    `whole` tells whether all mentions are marked, so that what is not is nobody.
    """

    def __init__(self, mentions: Sequence[dict], *, whole: bool = True) -> None:
        self.whole = whole
        self._by_end: dict[int, list[dict]] = {}
        self._first: dict[str, int] = {}
        for m in mentions:
            self._by_end.setdefault(m["end"], []).append(m)
            self._first[m["entity"]] = min(m["start"], self._first.get(m["entity"], m["start"]))

    def of(self, candidate: Candidate) -> str | None:
        """The entity of a mention."""
        found = self._mention(candidate)
        return found["entity"] if found else None

    def is_somebody(self, candidate: Candidate) -> bool:
        """Whether a mention is of a person, a body or a place."""
        found = self._mention(candidate)
        return found is not None and found["etype"] in SOMEBODY

    def is_unmarked(self, candidate: Candidate) -> bool:
        """Whether nobody has said of whom a mention is, who may be somebody."""
        return not self.whole and self.of(candidate) is None

    def is_first(self, candidate: Candidate) -> bool:
        """Whether nothing before a mention is of its entity."""
        entity = self.of(candidate)
        return entity is None or self._first[entity] >= candidate.start

    def _mention(self, candidate: Candidate) -> dict | None:
        ending = self._by_end.get(candidate.end, [])
        return min(ending, key=lambda m: abs(m["start"] - candidate.start), default=None)

    def mostly(self, cluster: Cluster) -> str | None:
        """The entity of most of a cluster's mentions."""
        found = Counter(e for c, _ in cluster.mentions if (e := self.of(c)) is not None)
        return found.most_common(1)[0][0] if found else None

    def right(self, candidate: Candidate, given: Sequence[Option]) -> tuple[Cluster | None, list[bool]]:
        """The option that a mention means, and which are right: "nobody", the first, where no other is."""
        meant = self.of(candidate)
        right = [
            meant is not None and o.cluster is not None and self.mostly(o.cluster) == meant for o in given
        ]
        fitting = next((o.cluster for o, r in zip(given, right, strict=True) if r), None)
        right[0] = fitting is None
        return fitting, right


def referents(document: Document, analysis: Analysis, line: dict) -> tuple[list[Referent], list[Choice]]:
    """The pronouns and nominals of one text, linked as the gold has them; and what `epithets` chooses among."""
    quotations = [Span(q["start"], q["end"]) for q in line.get("quotes", ())]
    story = story_of(document, analysis, attribute(document, analysis, quotations=quotations))
    gold = Gold(line["mentions"], whole=not line.get("partly", False))
    out, nouns = list[Referent](), list[Choice]()

    def keep(form: str, candidate: Candidate, given: list[Option], right: list[bool]) -> None:
        parts = tuple(o.signs for o in given), tuple(o.heads for o in given), tuple(right)
        out.append(Referent(form, candidate.head, *parts))

    def choose(story: Story, candidate: Candidate) -> tuple[Cluster, float] | None:
        if gold.is_unmarked(candidate):
            return antecedents.likeliest(story, candidate)
        given = options(story, candidate)
        fitting, right = gold.right(candidate, given)
        # Whom the product's own linking has lost is no proof that the pronoun means nobody.
        told = fitting is not None or not gold.is_somebody(candidate)
        if len(given) > 1 and told and not (quotations and candidate.gender == "n"):
            keep("pronoun", candidate, given, right)
        return None if fitting is None else (fitting, 0.9)

    def choose_noun(
        story: Story, candidate: Candidate, others: Collection[int], picked: anaphora.Pick | None
    ) -> tuple[Cluster, float] | None:
        if gold.is_unmarked(candidate):
            return anaphora.likeliest(story, candidate, others, picked)
        given = anaphora.options(story, candidate, others, picked)
        fitting, right = gold.right(candidate, given)
        if gold.of(candidate) is None:
            # Nobody marked it: that it is one with others whom nobody marked is no fault.
            right = [o.cluster is None or gold.mostly(o.cluster) is None for o in given]
        if len(given) > 1 and not all(right) and (fitting is not None or gold.is_first(candidate)):
            keep("nominal", candidate, given, right)
        if picked is None or picked.rule not in BEFORE_EPITHETS:
            _keep_epithet(story, candidate, others, gold, nouns)
        return None if fitting is None else (fitting, 0.9)

    link(story, choose=choose, choose_noun=choose_noun)
    return out, nouns


def _keep_epithet(
    story: Story, candidate: Candidate, others: Collection[int], gold: Gold, nouns: list[Choice]
) -> None:
    """What there is to choose for a definite noun for one person whom the story has not called so."""
    alone = candidate.kind == "person" and not candidate.plural and candidate.owner is None
    if not (alone and candidate.definite) or epithets.class_of(candidate) in epithets.LATEST:
        return
    given = epithets.options(story, candidate, others)
    if len(given) > 1:
        nouns.append(Choice([o.signs for o in given], gold.right(candidate, given)[1]))


def corpora(data: Path) -> dict[str, list[dict]]:
    """The texts with gold coreference: GUM's training part, of LitBank the texts not held out, our practice stories."""
    gum = (data / "attribution/gum.train.jsonl").read_text(encoding="utf8").splitlines()
    fiction = [printed(x) for x in read(data / "coref/litbank.jsonl", "train")]
    return {"litbank": fiction, "gum": list(map(json.loads, gum)), "practice": practised()}


def news(data: Path, *, held: bool = False) -> list[dict]:
    """Stories of PolNeAR's training part with who is who in them (`NEWS`), those `held` out or the others."""
    stories = (data / "attribution/polnear.train.jsonl").read_text(encoding="utf8").splitlines()
    texts = {x["id"]: x["text"] for x in map(json.loads, stories)}
    marked = map(json.loads, NEWS.read_text(encoding="utf8").splitlines())
    return [
        {
            "id": x["id"],
            "text": texts[x["id"]],
            "mentions": [
                {"start": start, "end": end, "entity": who, "etype": x["kinds"][str(who)]}
                for start, end, who in x["mentions"]
            ],
            "partly": True,
        }
        for x in marked
        if x.get("held", False) == held
    ]


def practised() -> list[dict]:
    """The practice stories of our own gold, which nothing is measured on, as lines of a corpus."""
    texts = {p.stem: p.read_text(encoding="utf8") for p in sorted((PRACTICE / "stories").glob("*.txt"))}
    golds = read_annotations(PRACTICE / "gold.jsonl")
    return [{"id": g.document_id, "text": texts[g.document_id], "mentions": mentions_of(g)} for g in golds]


def mentions_of(gold: Annotation) -> list[dict]:
    """The mentions of a gold story's entities as a corpus has them."""
    return [
        {"start": m.start, "end": m.end, "entity": e.id, "etype": e.kind}
        for e in gold.entities
        for m in e.mentions
    ]
