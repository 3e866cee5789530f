"""Learns who takes the next turn: weights of what speaks for a speaker, from LitBank's quotations that nobody is named beside.

    python training/voices.py --litbank FILE [--write]

Of the 80 texts that are not held out (litbank.py), in five parts by text, each measured with weights of the
other four. A log-linear choice among the candidates of each turn, the earlier turns given (Berger and others 1996);
right is every entity with a mention that overlaps one of the gold speaker's.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from litbank import printed, read

from annotator.attribution import attribute
from annotator.coreference import link, person_of
from annotator.entities import story_of
from annotator.model import Span
from annotator.voices import candidates, dialogue_of, features, narrated, voices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.analysis import Analysis
    from annotator.coreference import Cluster, Story
    from annotator.model import Document

OUT = Path(__file__).parent.parent / "annotator/data/voices.tsv"
HEAD = """# What each observation is worth for somebody's having said a turn of a dialogue beside which nobody is named, in log-odds.
# Learned by training/voices.py from the speakers in LitBank (D. Bamman and others, CC BY 4.0); voices.py tells what they mean.
observation\tweight
"""
PARTS, STEPS, RATE, SMOOTH, SEEN = 5, 400, 0.1, 0.02, 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One turn: the observations of each candidate, and which of them are right."""

    seen: list[list[str]]
    right: list[bool]


def story_for(document: Document, analysis: Analysis, quotations: Sequence[Span]) -> Story:
    """A story as it is when its turns are heard."""
    story = story_of(document, analysis, attribute(document, analysis, quotations=quotations))
    firsts = link(story)
    narrated(story, [c for c in firsts if story.quotation(c.start) is None or person_of(c) != "1"])
    return story


def is_speaker(cluster: Cluster, gold: Iterable[Span]) -> bool:
    return any(c.span.overlaps(g) for g in gold for c, _ in cluster.mentions)


def gold_of(line: dict) -> dict[Span, list[Span]]:
    """For each quotation the mentions of its speaker."""
    mentions: dict[str, list[Span]] = defaultdict(list)
    for m in line["mentions"]:
        mentions[m["entity"]].append(Span(m["start"], m["end"]))
    return {Span(q["start"], q["end"]): mentions[q["speaker"]] for q in line["quotes"]}


def choices(story: Story, gold: dict[Span, list[Span]]) -> list[Choice]:
    """The turns of one story without a source, each after the right speakers of those before."""
    dialogue = dialogue_of(story)
    said: list[Cluster | None] = []
    out = []
    for i, turn in enumerate(dialogue.turns):
        found = candidates(dialogue, i, said)
        own = next((v for q, v in gold.items() if q.overlaps(Span(turn.start, turn.end))), [])
        right = [is_speaker(c, own) for c in found]
        if turn.known is None and any(right) and not all(right):
            out.append(Choice([features(dialogue, i, c, said) for c in found], right))
        said.append(turn.known or next((c for c, r in zip(found, right, strict=True) if r), None))
    return out


def learned(given: Sequence[Choice]) -> dict[str, float]:
    """The weights under which the right candidates are likeliest, all alike drawn towards nought."""
    counts: dict[str, int] = defaultdict(int)
    for choice in given:
        for name in {n for row in choice.seen for n in row}:
            counts[name] += 1
    names = sorted(n for n, k in counts.items() if k >= SEEN)
    place = {n: k for k, n in enumerate(names)}
    rows = []
    for choice in given:
        matrix = np.zeros((len(choice.seen), len(names)))
        for k, row in enumerate(choice.seen):
            for name in row:
                if name in place:
                    matrix[k, place[name]] += 1
        rows.append((matrix, np.array(choice.right)))
    w, mean, square = (np.zeros(len(names)) for _ in range(3))
    for step in range(1, STEPS + 1):
        slope = SMOOTH * len(rows) * w / 10
        for matrix, right in rows:
            values = matrix @ w
            p = np.exp(values - values.max())
            p /= p.sum()
            q = np.where(right, p, 0) / p[right].sum()
            slope += matrix.T @ (p - q)
        slope /= len(rows)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        w -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return {n: round(float(x), 2) for n, x in zip(names, w, strict=True)}


def right_of(story: Story, gold: dict[Span, list[Span]], weights: dict[str, float]) -> tuple[int, int]:
    """Of the turns without a source how many are given to the right speaker, and how many there are."""
    found = voices(story, weights)
    open_turns = [t for t in dialogue_of(story).turns if t.known is None]
    own = {t.attribution.id: [v for q, v in gold.items() if q.overlaps(Span(t.start, t.end))] for t in open_turns}
    hits = [k for k, v in own.items() if k in found and v and is_speaker(found[k][0], v[0])]
    return len(hits), sum(map(bool, own.values()))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--litbank", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="write annotator/data/voices.tsv")
    o = options.parse_args()
    lines = [printed(x) for x in read(o.litbank, "train")]
    from annotator.parser import Parser  # noqa: PLC0415 - beside its only use
    from annotator.reader import prepare  # noqa: PLC0415 - beside its only use

    documents = [prepare(x["id"], x["text"]) for x in lines]
    report(lines, list(zip(documents, Parser().parse(documents), strict=True)), write=o.write)


def report(lines: list[dict], parses: list[tuple[Document, Analysis]], *, write: bool) -> None:
    golds = [gold_of(x) for x in lines]
    stories = [story_for(d, a, list(g)) for (d, a), g in zip(parses, golds, strict=True)]
    seen = [choices(s, g) for s, g in zip(stories, golds, strict=True)]
    right = n = 0
    for part in range(PARTS):
        weights = learned([c for k, own in enumerate(seen) if k % PARTS != part for c in own])
        for k in range(part, len(stories), PARTS):
            hits, all_ = right_of(stories[k], golds[k], weights)
            right, n = right + hits, n + all_
    print(f"turns without a source, in five parts: {right} of {n}, {100 * right / n:.1f} %")
    weights = learned([c for own in seen for c in own])
    print(f"{sum(map(len, seen))} turns learned from, {len(weights)} weights")
    if write:
        rows = "".join(f"{name}\t{w:.2f}\n" for name, w in sorted(weights.items()))
        OUT.write_text(HEAD + rows, encoding="utf8")


if __name__ == "__main__":
    main()
