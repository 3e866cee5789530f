"""Learns whom pronouns mean: weights of the signs in annotator/antecedents.py, from GUM's and LitBank's mentions.

    python training/antecedents.py --data DATA [--write]

GUM's training part, and of LitBank the 80 texts that are not held out (litbank.py); of LitBank no "it", since it leaves
things out. The product links each story, but every pronoun goes where the gold has it. Measured in five parts by text.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from choices import Choice, hits, learned, table
from litbank import parsed, printed, read

from annotator.antecedents import options
from annotator.attribution import attribute
from annotator.coreference import link
from annotator.entities import story_of
from annotator.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.analysis import Analysis
    from annotator.clusters import Cluster, Story
    from annotator.mentions import Candidate
    from annotator.model import Document

OUT = Path(__file__).parent.parent / "annotator/data/antecedents.tsv"
HEAD = """# What each sign is worth for a third-person pronoun's meaning somebody, in log-odds (antecedents.py).
# Learned by training/antecedents.py from GUM (CC BY-SA 4.0) and LitBank (D. Bamman and others, CC BY 4.0);
# four weights were set by hand there.
sign\tweight
"""
# Set by hand for news: of LitBank the paragraphs are lost, and in fiction the gender of nearly everybody is shown.
FIXED = {"he paragraph before": -0.4, "he gender open": 0.4, "he after a pronoun": 0.3, "he nobody": -1.2}
PARTS, SMOOTH = 5, 0.00005
SOMEBODY = frozenset({"person", "organization", "place", "PER", "ORG", "GPE", "LOC", "FAC"})


class Gold:
    """The gold entity of a place, by the gold mention that ends there and begins nearest."""

    def __init__(self, mentions: Sequence[dict]) -> None:
        self._by_end: dict[int, list[dict]] = {}
        for m in mentions:
            self._by_end.setdefault(m["end"], []).append(m)

    def of(self, candidate: Candidate) -> str | None:
        """The entity of a mention."""
        found = self._mention(candidate)
        return found["entity"] if found else None

    def is_somebody(self, candidate: Candidate) -> bool:
        """Whether a mention is of a person, a body or a place."""
        found = self._mention(candidate)
        return found is not None and found["etype"] in SOMEBODY

    def _mention(self, candidate: Candidate) -> dict | None:
        ending = self._by_end.get(candidate.end, [])
        return min(ending, key=lambda m: abs(m["start"] - candidate.start), default=None)

    def mostly(self, cluster: Cluster) -> str | None:
        """The entity of most of a cluster's mentions."""
        found = Counter(e for c, _ in cluster.mentions if (e := self.of(c)) is not None)
        return found.most_common(1)[0][0] if found else None


def choices(document: Document, analysis: Analysis, line: dict) -> list[Choice]:
    """What there was to choose for each pronoun of one story."""
    quotations = [Span(q["start"], q["end"]) for q in line.get("quotes", ())]
    story = story_of(document, analysis, attribute(document, analysis, quotations=quotations))
    gold, out = Gold(line["mentions"]), list[Choice]()

    def choose(story: Story, candidate: Candidate) -> tuple[Cluster, float] | None:
        given = options(story, candidate)
        meant = gold.of(candidate)
        right = [
            meant is not None and o.cluster is not None and gold.mostly(o.cluster) == meant for o in given
        ]
        fitting = next((o.cluster for o, r in zip(given, right, strict=True) if r), None)
        right[0] = fitting is None
        # Whom the product's own linking has lost is no proof that the pronoun means nobody.
        told = fitting is not None or not gold.is_somebody(candidate)
        if len(given) > 1 and told and not (quotations and candidate.gender == "n"):
            out.append(Choice([o.signs for o in given], right))
        return None if fitting is None else (fitting, 0.9)

    link(story, choose=choose)
    return out


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="write annotator/data/antecedents.tsv")
    o = options.parse_args()
    gum = (o.data / "attribution/gum.train.jsonl").read_text(encoding="utf8").splitlines()
    lines = [printed(x) for x in read(o.data / "coref/litbank.jsonl", "train")] + list(map(json.loads, gum))
    report(lines, parsed(lines), write=o.write)


def report(lines: list[dict], parses: list[tuple[Document, Analysis]], *, write: bool) -> None:
    seen = [choices(d, a, x) for (d, a), x in zip(parses, lines, strict=True)]
    right = Counter[str]()
    for part in range(PARTS):
        weights = learned([c for k, own in enumerate(seen) if k % PARTS != part for c in own], smooth=SMOOTH)
        for c in (c for own in seen[part::PARTS] for c in own):
            kind = c.signs[0][0].split()[0]
            right[kind] += hits([c], weights)
            right[f"{kind} all"] += 1
    for kind in ("he", "they", "it"):
        print(f"{kind}: {right[kind]} of {right[f'{kind} all']}, {right[kind] / right[f'{kind} all']:.3f}")
    weights = learned([c for own in seen for c in own], smooth=SMOOTH) | FIXED
    if write:
        OUT.write_text(table(HEAD, weights), encoding="utf8")


if __name__ == "__main__":
    main()
