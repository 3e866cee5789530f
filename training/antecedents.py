"""Learns whom pronouns and nouns mean by signs alone, of annotator/antecedents.py and annotator/epithets.py.

    python training/antecedents.py --data DATA [--write]

GUM's training part, of LitBank the 80 texts that are not held out (litbank.py; no "it", since it leaves things out),
and the practice stories of tests/gold. The product links each story, but every pronoun and noun goes where the gold has
it. Measured in five parts by text.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from choices import Choice, hits, learned, table
from litbank import parsed
from referents import corpora, referents

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.model import Document

ROOT = Path(__file__).parent.parent
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


def choices(document: Document, analysis: Analysis, line: dict) -> tuple[list[Choice], list[Choice]]:
    """What there was to choose for each pronoun of one story, and for each noun that it has not said of anybody."""
    found, nouns = referents(document, analysis, line)
    return [r.choice() for r in found if r.form == "pronoun"], nouns


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="write annotator/data/antecedents.tsv")
    o = options.parse_args()
    found = [(name, x) for name, lines in corpora(o.data).items() for x in lines]
    # Our own stories are news, of which the others hold none: each counts as three.
    times = [OWN if name == "practice" else 1 for name, _ in found]
    lines = [x for _, x in found]
    seen = [choices(d, a, x) for (d, a), x in zip(parsed(lines), lines, strict=True)]
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
