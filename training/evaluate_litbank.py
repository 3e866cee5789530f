"""Who speaks in fiction, and who is who: LitBank's quotations with their speakers and its mentions of people.

    python training/evaluate_litbank.py --litbank FILE [--part test] [--scores FILE]

The 20 texts whose ids have the smallest SHA-256 are held out (`--part test`); nothing is tuned by them. The texts are
set as a page prints them (litbank.py).
Speakers: of the gold quotations, the share whose speaker is right. The product's attribution that shares most
characters with the quotation speaks for it; it is right if its speaker has a mention that overlaps one of the gold
speaker outside that attribution's source, or if the source is that speaker's only mention; a quotation that no
attribution meets is wrong. `given`: the product is told where the quotations are; `found`: it finds them itself.
`given.strict`: right only if the entity has more mentions in common, their last words the same, with the gold speaker
than with anybody else.
People: MUC, B-cubed, CEAFe and their mean over exact spans of mentions. The product keeps whom its attributions speak
of, so a gold person who neither speaks nor is spoken about counts as missed; `shared` is over the spans of both sides.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from card import keep
from coreference_scores import Coreference, coreference
from evaluate_entities import interval, met
from litbank import parsed, printed, read

from annotator.model import Producer, Span
from annotator.pipeline import annotate_parse

if TYPE_CHECKING:
    from annotator.analysis import Analysis
    from annotator.model import Annotation, Attribution, Document


def speaking(quote: Span, found: Annotation) -> Attribution | None:
    """The attribution that shares most characters with a quotation, the tighter where several share as many."""

    def shared(a: Attribution) -> tuple[int, int]:
        common = sum(max(0, min(s.end, quote.end) - max(s.start, quote.start)) for s in a.content)
        return common, -sum(map(len, a.content))

    best = max(found.attributions, key=shared, default=None)
    return best if best is not None and shared(best)[0] else None


def is_right(speaker: list[Span], made: Attribution, found: Annotation) -> bool:
    elsewhere = [m for m in speaker if not met([m], made.source)]
    if not elsewhere:
        return met(speaker, made.source)
    entities = [e for e in found.entities if e.id in made.speaker_ids]
    return any(met((m.span for m in e.mentions), elsewhere) for e in entities)


def people(line: dict) -> list[frozenset[Span]]:
    clusters: dict[str, set[Span]] = defaultdict(set)
    taken: set[Span] = set()
    for m in line["mentions"]:
        span = Span(m["start"], m["end"])
        if m["etype"] == "PER" and span not in taken:
            clusters[m["entity"]].add(span)
            taken.add(span)
    return [frozenset(c) for c in clusters.values()]


def guessed(found: Annotation) -> list[frozenset[Span]]:
    """The product's people and groups, which LitBank counts among people."""
    taken: set[Span] = set()
    out = []
    for e in found.entities:
        own = {m.span for m in e.mentions} - taken
        if own and e.kind in ("person", "group"):
            out.append(frozenset(own))
            taken |= own
    return out


def within(clusters: list[frozenset[Span]], spans: frozenset[Span]) -> list[frozenset[Span]]:
    return [c & spans for c in clusters if c & spans]


def is_right_strictly(line: dict, quote: dict, made: Attribution, found: Annotation) -> bool:
    """Whether the speaker is the gold one by most of its mentions."""
    ends = {m["end"]: m["entity"] for m in line["mentions"]}
    entities = [e for e in found.entities if e.id in made.speaker_ids]
    shared = Counter(ends[m.end] for e in entities for m in e.mentions if m.end in ends)
    return bool(shared) and shared.most_common(1)[0][0] == quote["speaker"]


def annotated(lines: list[dict]) -> list[tuple[Annotation, Annotation]]:
    """Each text with its quotations found, and with its quotations given."""
    return [both(x, d, a) for x, (d, a) in zip(lines, parsed(lines), strict=True)]


def both(line: dict, document: Document, analysis: Analysis) -> tuple[Annotation, Annotation]:
    quotations = [Span(q["start"], q["end"]) for q in line["quotes"]]
    made = [
        annotate_parse(document, analysis, producer=Producer("model", "measured"), quotations=given)
        for given in ((), quotations)
    ]
    return made[0], made[1]


def speakers(line: dict, found: Annotation) -> list[tuple[bool, bool]]:
    """For each gold quotation whether its speaker is right, and whether strictly so."""
    mentions = defaultdict(list)
    for m in line["mentions"]:
        mentions[m["entity"]].append(Span(m["start"], m["end"]))
    out = []
    for q in line["quotes"]:
        own = speaking(Span(q["start"], q["end"]), found)
        right = own is not None and is_right(mentions[q["speaker"]], own, found)
        out.append((right, own is not None and is_right_strictly(line, q, own, found)))
    return out


def measured(
    lines: list[dict], made: list[tuple[Annotation, Annotation]]
) -> tuple[dict[str, list[bool]], dict[str, Coreference]]:
    """Which quotations have the right speaker; the measures over all mentions and over those of both sides."""
    right: dict[str, list[bool]] = {"given": [], "given.strict": [], "found": []}
    parts: dict[str, Coreference] = {}
    for line, (found, given) in zip(lines, made, strict=True):
        told = speakers(line, given)
        right["given"] += [r for r, _ in told]
        right["given.strict"] += [r for _, r in told]
        right["found"] += [r for r, _ in speakers(line, found)]
        gold, guesses = people(line), guessed(given)
        shared = frozenset().union(*gold) & frozenset().union(*guesses)
        for key, made_of in (
            ("people", coreference(gold, guesses)),
            ("shared", coreference(within(gold, shared), within(guesses, shared))),
        ):
            parts[key] = parts[key] + made_of if key in parts else made_of
    return right, parts


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--litbank", type=Path, required=True)
    options.add_argument("--part", choices=("test", "train"), default="test")
    options.add_argument("--scores", type=Path, help="add the figures to this file's `scores`")
    o = options.parse_args()
    lines = [printed(x) for x in read(o.litbank, o.part)]
    found, parts = measured(lines, annotated(lines))
    kept = {}
    for key, hits in found.items():
        right, n = sum(hits), len(hits)
        low, high = interval(right, n)
        share = 100 * right / n
        print(f"speakers.{key}: {right} of {n}, {share:.1f} % ({100 * low:.0f} to {100 * high:.0f})")
        kept[f"LitBank {o.part} speakers.{key}"] = round(share, 1)
    for key, c in parts.items():
        figures = {"muc": c.muc.f, "b3": c.b_cubed.f, "ceaf_e": c.ceaf_e.f, "conll": c.conll}
        print(f"{key}: " + ", ".join(f"{k} {100 * v:.1f}" for k, v in figures.items()))
        print(f"{key}: b3 precision {100 * c.b_cubed.p:.1f}, recall {100 * c.b_cubed.r:.1f}")
        kept |= {f"LitBank {o.part} {key}.{k}": round(100 * v, 1) for k, v in figures.items()}
    if o.scores:
        keep(o.scores, kept)


if __name__ == "__main__":
    main()
