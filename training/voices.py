"""Learns who takes the next turn: weights of the signs in annotator/voices.py, from LitBank's quotations.

    python training/voices.py --litbank FILE [--write]

Of the 80 texts that are not held out (litbank.py). The product links each story and hears it turn by turn, the earlier
turns given to their right speakers; right is an entity most of whose mentions are the gold speaker's. Measured in five
parts by text.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from choices import Choice, learned, table
from litbank import parsed, printed, read
from referents import Gold

from annotator.attribution import attribute
from annotator.clusters import person_of
from annotator.coreference import link
from annotator.entities import story_of
from annotator.model import Span
from annotator.voices import candidates, dialogue_of, features, narrated, voices

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.clusters import Cluster, Story
    from annotator.model import Document
    from annotator.voices import Turn

OUT = Path(__file__).parent.parent / "annotator/data/voices.tsv"
HEAD = """# What each sign is worth for somebody's having said a turn of a dialogue, in log-odds (voices.py).
# Learned by training/voices.py from the speakers in LitBank (D. Bamman and others, CC BY 4.0).
sign\tweight
"""
PARTS, SMOOTH = 5, 0.004


def story_for(document: Document, analysis: Analysis, line: dict) -> Story:
    """A story as it is when its turns are heard."""
    quotations = [Span(q["start"], q["end"]) for q in line["quotes"]]
    story = story_of(document, analysis, attribute(document, analysis, quotations=quotations))
    firsts = link(story)
    narrated(story, [c for c in firsts if story.quotation(c.start) is None or person_of(c) != "1"])
    return story


def speaker_of(line: dict, turn: Turn) -> str | None:
    span = Span(turn.start, turn.end)
    return next((q["speaker"] for q in line["quotes"] if span.overlaps(Span(q["start"], q["end"]))), None)


def choices(story: Story, line: dict, gold: Gold) -> list[Choice]:
    """The open turns of one story, each after the right speakers of those before."""
    dialogue = dialogue_of(story)
    said: list[Cluster | None] = []
    out = []
    for i, turn in enumerate(dialogue.turns):
        found = candidates(dialogue, i, said)
        meant = speaker_of(line, turn)
        right = [gold.mostly(c) == meant for c in found]
        if turn.known is None and any(right) and not all(right):
            out.append(Choice([features(dialogue, i, c, said) for c in found], right))
        said.append(turn.known or next((c for c, r in zip(found, right, strict=True) if r), None))
    return out


def right_of(story: Story, line: dict, gold: Gold, weights: dict[str, float]) -> tuple[int, int]:
    """Of the open turns how many are given to the right speaker, and how many there are."""
    found = voices(story, weights)
    turns = [t for t in dialogue_of(story).turns if t.known is None and speaker_of(line, t)]
    own = [(found.get(t.attribution.id), speaker_of(line, t)) for t in turns]
    return sum(f is not None and gold.mostly(f[0]) == meant for f, meant in own), len(own)


def report(lines: list[dict], parses: list[tuple[Document, Analysis]], *, write: bool) -> None:
    golds = [Gold(x["mentions"]) for x in lines]
    stories = [story_for(d, a, x) for (d, a), x in zip(parses, lines, strict=True)]
    seen = [choices(s, x, g) for s, x, g in zip(stories, lines, golds, strict=True)]
    right = n = 0
    for part in range(PARTS):
        weights = learned([c for k, own in enumerate(seen) if k % PARTS != part for c in own], smooth=SMOOTH)
        for k in range(part, len(stories), PARTS):
            hit, all_ = right_of(stories[k], lines[k], golds[k], weights)
            right, n = right + hit, n + all_
    print(f"turns without a source, in five parts: {right} of {n}, {100 * right / n:.1f} %")
    weights = learned([c for own in seen for c in own], smooth=SMOOTH)
    print(f"{sum(map(len, seen))} turns learned from, {len(weights)} weights")
    if write:
        OUT.write_text(table(HEAD, weights), encoding="utf8")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--litbank", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="write annotator/data/voices.tsv")
    o = options.parse_args()
    lines = [printed(x) for x in read(o.litbank, "train")]
    report(lines, parsed(lines), write=o.write)


if __name__ == "__main__":
    main()
