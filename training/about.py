"""Learns whom a report is about: weights of the signs in annotator/about.py, from the practice stories of tests/gold.

    python training/about.py [--write]

The product reads each story; of every report that the gold has too, all whom it may be about are told apart by whether
the gold says so: by signs alone, then, their weights standing, by what the encoder's vectors tell beside them. Measured
in five parts by story, without the vectors and with them; the linking itself has learned from all of the stories
(referring.py), so take what is printed for a little too high. With --write the signs go into annotator/data/about.tsv,
the heads over the vectors into the model's weights.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from choices import Choice, learned, table
from litbank import parsed
from referents import PRACTICE, Gold, mentions_of
from referring import evened, learn, vectors_of, with_heads
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.about import LIKELY, Reports, considered, places, signs
from annotator.analysis import HOW
from annotator.attribution import attribute
from annotator.coreference import link
from annotator.entities import said_by, story_of
from annotator.referring import AboutHeads
from annotator.store import read_annotations
from annotator.voices import hear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotator.analysis import Analysis
    from annotator.model import Annotation, Attribution, Document

OUT = Path(__file__).parent.parent / "annotator/data/about.tsv"
HEAD = """# What each sign is worth for a report's being about somebody, in log-odds (about.py).
# Learned by training/about.py from our own practice stories.
sign\tweight
"""
PARTS, SMOOTH = 5, 0.0003
# A report is the gold's if their contents share half of the characters that either has.
SAME = 0.5
EPOCHS, BATCH, DROPPED, RATE, DECAY = 4, 256, 0.3, 1e-3, 0.05


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody whom a report may be about: the signs, how he is spoken of, and the gold's entity if it says that it is.

    `vectors` (2, 768) are those of the word for him and of the one that reports.
    """

    signs: tuple[str, ...]
    how: int
    right: str | None
    vectors: torch.Tensor


@dataclass(frozen=True, slots=True)
class Story:
    """The cases of each report of a story that the gold has too, and of how many entities the gold says these are."""

    reports: list[list[Case]]
    wanted: int


def story_cases(document: Document, analysis: Analysis, gold: Annotation) -> Story:
    """Everybody whom a story's reports may be about."""
    story = story_of(document, analysis, attribute(document, analysis))
    hear(story, link(story))
    reports = Reports(story, said_by(document, story))
    pairs = [(r, same) for r in story.attributions if (same := _partner(r, gold)) is not None]
    known, vectors = Gold(mentions_of(gold)), vectors_of(document)
    found = [list(_cases(reports, report, same, known, vectors)) for report, same in pairs]
    return Story(found, sum(len(same.about_ids) for _, same in pairs))


def _cases(
    reports: Reports, report: Attribution, same: Attribution, known: Gold, vectors: torch.Tensor
) -> Iterator[Case]:
    for c in considered(reports, report).values():
        entity, how = known.mostly(c.cluster), HOW.index(c.how)
        right = entity if entity in same.about_ids else None
        at = list(places(reports, report, c))
        yield Case(tuple(signs(reports, report, c)), how, right, vectors[at].clone())


def _partner(report: Attribution, gold: Annotation) -> Attribution | None:
    def shared(other: Attribution) -> float:
        one, two = ({i for s in a.content for i in range(s.start, s.end)} for a in (report, other))
        return len(one & two) / len(one | two)

    best = max(gold.attributions, key=shared, default=None)
    return best if best is not None and shared(best) >= SAME else None


def cases_of(stories: Iterable[Story]) -> list[Case]:
    return [c for s in stories for r in s.reports for c in r]


def by_signs(stories: Iterable[Story]) -> dict[str, float]:
    """What each sign is worth: each case is a choice between what its signs say and nothing."""
    found = [Choice([c.signs, ()], [c.right is not None, c.right is None]) for c in cases_of(stories)]
    return learned(found, smooth=SMOOTH)


class Told(nn.Module):
    """What vectors tell beside the signs, whose weights stand; vectors are evened out first."""

    def __init__(self, weights: dict[str, float], cases: Sequence[Case]) -> None:
        super().__init__()
        self.weights, self.heads, self.drop = weights, AboutHeads(), nn.Dropout(DROPPED)
        for layer in (self.heads.spoken, self.heads.reporting):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        every = torch.stack([c.vectors for c in cases]).flatten(0, 1)
        self.middle, self.spread = every.mean(0), every.std(0) + 1e-3

    def forward(self, cases: Sequence[Case]) -> torch.Tensor:
        """The log-odds of each case."""
        vectors = (torch.stack([c.vectors for c in cases]) - self.middle) / self.spread
        mention, report = self.drop(vectors).unbind(1)
        how = torch.tensor([c.how for c in cases])[:, None]
        seen = (self.heads.spoken(mention) + self.heads.reporting(report)).gather(1, how)[:, 0]
        return seen + torch.tensor([sum(self.weights.get(s, 0.0) for s in c.signs) for c in cases])


def trained(weights: dict[str, float], cases: list[Case]) -> Told:
    torch.manual_seed(1)
    net, turn, order = Told(weights, cases), random.Random(1), list(cases)
    optimizer = torch.optim.AdamW(net.heads.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * (len(cases) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 - k / (steps + 1))
    for _ in range(EPOCHS):
        turn.shuffle(order)
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            right = torch.tensor([float(c.right is not None) for c in some])
            loss = F.binary_cross_entropy_with_logits(net(some), right)
            learn(loss, optimizer, schedule)
    return net.eval()


@torch.no_grad()
def measured(stories: Sequence[Story]) -> Iterator[str]:
    """Precision, recall and F1 at some chances, each story read by weights learned from four fifths of the others."""
    found: Counter[tuple[str, float, str]] = Counter()
    for part in range(PARTS):
        others = [s for k, s in enumerate(stories) if k % PARTS != part]
        weights = by_signs(others)
        with torch.enable_grad():
            told = trained(weights, cases_of(others))
        alone = Told(weights, cases_of(others)).eval()
        for report in (r for s in stories[part::PARTS] for r in s.reports if r):
            for name, net in (("signs alone", alone), ("with the vectors", told)):
                _count(found, name, report, torch.sigmoid(net(report)).tolist())
    wanted = sum(s.wanted for s in stories)
    reached = sum(len({c.right for c in r if c.right is not None}) for s in stories for r in s.reports)
    yield f"{wanted} in the gold, {reached} of them considered"
    for name, least in dict.fromkeys((n, x) for n, x, _ in found):
        right, every = found[name, least, "right"], found[name, least, "all"]
        p, r = right / every, right / wanted
        yield f"{name}, from {least}: P {p:.3f}, R {r:.3f}, F {2 * p * r / (p + r):.3f}"


def _count(
    found: Counter[tuple[str, float, str]], name: str, report: list[Case], chances: list[float]
) -> None:
    for least in (0.4, LIKELY, 0.5):
        taken = [c for c, p in zip(report, chances, strict=True) if p >= least]
        right = {c.right for c in taken if c.right is not None}
        found[name, least, "right"] += len(right)
        found[name, least, "all"] += len(right) + sum(c.right is None for c in taken)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--write", action="store_true", help="learn from all stories, and write")
    o = options.parse_args()
    golds = list(read_annotations(PRACTICE / "gold.jsonl"))
    texts = [(PRACTICE / "stories" / f"{g.document_id}.txt").read_text(encoding="utf8") for g in golds]
    lines = [{"id": g.document_id, "text": t} for g, t in zip(golds, texts, strict=True)]
    stories = [story_cases(d, a, g) for (d, a), g in zip(parsed(lines), golds, strict=True)]
    for line in measured(stories):
        print(line)
    if o.write:
        weights = by_signs(stories)
        net = trained(weights, cases_of(stories))
        OUT.write_text(table(HEAD, weights), encoding="utf8")
        with_heads("about", evened(net.heads, net.middle, net.spread))


if __name__ == "__main__":
    main()
