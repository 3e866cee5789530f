"""Who speaks in fiction, and who is who: LitBank's quotations with their speakers and its mentions of people.

    python training/evaluate_litbank.py --litbank FILE [--part test] [--scores FILE]

The 20 texts whose ids have the smallest SHA-256 are held out (`--part test`); nothing is tuned by them.
Speakers: of the gold quotations, the share whose speaker is right. The product's attribution that shares most
characters with the quotation speaks for it; it is right if its speaker has a mention that overlaps one of the gold
speaker outside that attribution's source, or if the source is that speaker's only mention; a quotation that no
attribution meets is wrong. `met` counts only those that one meets.
People: MUC, B-cubed, CEAFe and their mean over exact spans of mentions. The product keeps whom its attributions speak
of, so a gold person who neither speaks nor is spoken about counts as missed; `shared` is over the spans of both sides.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from coreference_scores import Coreference, coreference
from evaluate import annotated
from evaluate_entities import interval, met

from annotator.model import Span
from annotator.reader import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotator.model import Annotation, Attribution

HELD_OUT = 20


def held_out(ids: Iterable[str]) -> frozenset[str]:
    """The texts that nothing is tuned by, whatever the order of the file."""
    return frozenset(sorted(ids, key=lambda i: sha256(i.encode()).hexdigest())[:HELD_OUT])


def chosen(path: Path, part: str) -> list[dict]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    hidden = held_out(x["id"] for x in lines)
    return [x for x in lines if (x["id"] in hidden) == (part == "test")]


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


def measured(lines: list[dict]) -> tuple[dict[str, list[int]], dict[str, Coreference]]:
    """Counts of right and all quotations; the measures over all mentions and over those of both sides."""
    made = annotated([prepare(x["id"], x["text"]) for x in lines])
    speakers = {"all": [0, 0], "met": [0, 0]}
    parts: dict[str, Coreference] = {}
    for line, found in zip(lines, made, strict=True):
        mentions = defaultdict(list)
        for m in line["mentions"]:
            mentions[m["entity"]].append(Span(m["start"], m["end"]))
        for q in line["quotes"]:
            own = speaking(Span(q["start"], q["end"]), found)
            right = own is not None and is_right(mentions[q["speaker"]], own, found)
            for key in ("all", "met") if own else ("all",):
                speakers[key][0] += right
                speakers[key][1] += 1
        gold, guesses = people(line), guessed(found)
        both = frozenset().union(*gold) & frozenset().union(*guesses)
        for key, made_of in (
            ("people", coreference(gold, guesses)),
            ("shared", coreference(within(gold, both), within(guesses, both))),
        ):
            parts[key] = parts[key] + made_of if key in parts else made_of
    return speakers, parts


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--litbank", type=Path, required=True)
    options.add_argument("--part", choices=("test", "train"), default="test")
    options.add_argument("--scores", type=Path, help="add the figures to this file's `scores`")
    o = options.parse_args()
    speakers, parts = measured(chosen(o.litbank, o.part))
    kept = {}
    for key, (right, n) in speakers.items():
        low, high = interval(right, n) if n else (0, 0)
        share = 100 * right / n if n else 0
        print(f"speakers.{key}: {right} of {n}, {share:.1f} % ({100 * low:.0f} to {100 * high:.0f})")
        kept[f"LitBank {o.part} speakers.{key}"] = round(share, 1)
    for key, c in parts.items():
        figures = {"muc": c.muc.f, "b3": c.b_cubed.f, "ceaf_e": c.ceaf_e.f, "conll": c.conll}
        print(f"{key}: " + ", ".join(f"{k} {100 * v:.1f}" for k, v in figures.items()))
        print(f"{key}: b3 precision {100 * c.b_cubed.p:.1f}, recall {100 * c.b_cubed.r:.1f}")
        kept |= {f"LitBank {o.part} {key}.{k}": round(100 * v, 1) for k, v in figures.items()}
    if o.scores:
        card = json.loads(o.scores.read_text(encoding="utf8"))
        card["scores"] |= kept
        o.scores.write_text(json.dumps(card, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
