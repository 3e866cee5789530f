"""Learns whom pronouns and nouns mean: weights of the signs in annotator/antecedents.py and annotator/epithets.py.

    python training/antecedents.py --data DATA [--write]

GUM's training part, of LitBank the 80 texts that are not held out (litbank.py; no "it", since it leaves things out),
and the practice stories of tests/gold. The product links each story, but every pronoun and noun goes where the gold has
it. Measured in five parts by text.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from choices import Choice, hits, learned, table
from litbank import parsed, printed, read

from annotator import epithets
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

ROOT = Path(__file__).parent.parent
PRACTICE = ROOT / "tests/gold/practice"
OUT, NOUNS = ROOT / "annotator/data/antecedents.tsv", ROOT / "annotator/data/epithets.tsv"
HEAD = """# What each sign is worth for a third-person pronoun's meaning somebody, in log-odds (antecedents.py).
# Learned by training/antecedents.py from GUM (CC BY-SA 4.0), LitBank (D. Bamman and others, CC BY 4.0) and our own
# practice stories; four weights were set by hand there.
sign\tweight
"""
NOUNS_HEAD = """# What each sign is worth for a definite noun whose story has not yet said it of anybody (epithets.py).
# Learned by training/antecedents.py from GUM (CC BY-SA 4.0), LitBank (D. Bamman and others, CC BY 4.0) and our own
# practice stories.
sign\tweight
"""
# Set by hand for news: of LitBank the paragraphs are lost, and in fiction the gender of nearly everybody is shown.
FIXED = {"he paragraph before": -0.4, "he gender open": 0.4, "he after a pronoun": 0.3, "he nobody": -1.2}
PARTS, SMOOTH, OWN = 5, 0.00005, 3
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


def choices(document: Document, analysis: Analysis, line: dict) -> tuple[list[Choice], list[Choice]]:
    """What there was to choose for each pronoun of one story, and for each noun that it has not said of anybody."""
    quotations = [Span(q["start"], q["end"]) for q in line.get("quotes", ())]
    story = story_of(document, analysis, attribute(document, analysis, quotations=quotations))
    gold, pronouns, nouns = Gold(line["mentions"]), list[Choice](), list[Choice]()

    def right_of(given: list[Option], candidate: Candidate) -> tuple[Cluster | None, list[bool]]:
        meant = gold.of(candidate)
        right = [
            meant is not None and o.cluster is not None and gold.mostly(o.cluster) == meant for o in given
        ]
        fitting = next((o.cluster for o, r in zip(given, right, strict=True) if r), None)
        right[0] = fitting is None
        return fitting, right

    def choose(story: Story, candidate: Candidate) -> tuple[Cluster, float] | None:
        given = options(story, candidate)
        fitting, right = right_of(given, candidate)
        # Whom the product's own linking has lost is no proof that the pronoun means nobody.
        told = fitting is not None or not gold.is_somebody(candidate)
        if len(given) > 1 and told and not (quotations and candidate.gender == "n"):
            pronouns.append(Choice([o.signs for o in given], right))
        return None if fitting is None else (fitting, 0.9)

    def choose_noun(
        story: Story, candidate: Candidate, others: Collection[int]
    ) -> tuple[Cluster, float] | None:
        given = epithets.options(story, candidate, others)
        fitting, right = right_of(given, candidate)
        if len(given) > 1 and epithets.class_of(candidate) not in epithets.LATEST:
            nouns.append(Choice([o.signs for o in given], right))
        return None if fitting is None else (fitting, 0.9)

    link(story, choose=choose, choose_noun=choose_noun)
    return pronouns, nouns


def practised() -> list[dict]:
    """The practice stories of our own gold, which nothing is measured on, as lines of a corpus."""
    texts = {p.stem: p.read_text(encoding="utf8") for p in sorted((PRACTICE / "stories").glob("*.txt"))}
    golds = read_annotations(PRACTICE / "gold.jsonl")
    return [{"id": g.document_id, "text": texts[g.document_id], "mentions": _mentions(g)} for g in golds]


def _mentions(gold: Annotation) -> list[dict]:
    return [
        {"start": m.start, "end": m.end, "entity": e.id, "etype": e.kind}
        for e in gold.entities
        for m in e.mentions
    ]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="write annotator/data/antecedents.tsv")
    o = options.parse_args()
    gum = (o.data / "attribution/gum.train.jsonl").read_text(encoding="utf8").splitlines()
    read_aloud = [printed(x) for x in read(o.data / "coref/litbank.jsonl", "train")]
    lines = read_aloud + list(map(json.loads, gum)) + practised()
    seen = [choices(d, a, x) for (d, a), x in zip(parsed(lines), lines, strict=True)]
    # Our own stories are news, of which the others hold none, and fewer: each counts as three.
    times = [1] * (len(read_aloud) + len(gum)) + [OWN] * (len(lines) - len(read_aloud) - len(gum))
    for which, (out, head) in enumerate(((OUT, HEAD), (NOUNS, NOUNS_HEAD))):
        given = [story[which] for story in seen]
        report(given, times)
        fixed = {} if which else FIXED
        weights = learned([c for k, own in enumerate(given) for c in own * times[k]], smooth=SMOOTH) | fixed
        if o.write:
            out.write_text(table(head, weights), encoding="utf8")


def report(given: list[list[Choice]], times: list[int]) -> None:
    """Print how many choices are right, by the first word of their signs, for our own stories apart."""
    right = Counter[str]()
    for part in range(PARTS):
        known = [c for k, own in enumerate(given) if k % PARTS != part for c in own * times[k]]
        weights = learned(known, smooth=SMOOTH)
        for k in range(part, len(given), PARTS):
            for c in given[k]:
                kind = f"{c.signs[0][0].split()[0]}{', own stories' if times[k] > 1 else ''}"
                right[kind] += hits([c], weights)
                right[f"{kind} all"] += 1
    for kind in sorted(k for k in right if not k.endswith(" all")):
        print(f"{kind}: {right[kind]} of {right[f'{kind} all']}, {right[kind] / right[f'{kind} all']:.3f}")


if __name__ == "__main__":
    main()
