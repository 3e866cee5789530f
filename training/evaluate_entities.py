"""Whether the entity behind a source is the right one: GUM's development part, whose mentions are linked by hand.

    python training/evaluate_entities.py --data DATA [--scores training/scores]

Of GUM's attributions whose source the product finds (the sources overlap, and the cues or contents do): right if the
speaker's entity has a mention that overlaps a mention of the gold entity elsewhere than in the source, or if the source
is that entity's only mention. With Wilson's 95 % interval (Wilson 1927), by what stands in the source.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from card import keep
from evaluate import annotated

from annotator.mentions import pronouns
from annotator.model import Span
from annotator.reader import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.model import Annotation, Attribution


def met(some: Iterable[Span], others: Sequence[Span]) -> bool:
    return any(a.overlaps(b) for a in some for b in others)


def form_of(source: str) -> str:
    """What a source is: a pronoun, or words with a name among them, or other words."""
    words = source.split()
    if len(words) == 1 and words[0].lower() in pronouns():
        return "pronoun"
    return "name" if any(w[0].isupper() for w in words[1:] or words) else "nominal"


def partner(gold: dict, found: Annotation) -> Attribution | None:
    """The attribution that reports the same from the same source."""
    source, cue, content = ([Span(*x) for x in gold[role]] for role in ("source", "cue", "content"))
    return next(
        (
            a
            for a in found.attributions
            if met(a.source, source) and (met(a.cue, cue) or met(a.content, content))
        ),
        None,
    )


def is_right(gold: dict, mentions: list[dict], made: Attribution, found: Annotation) -> bool:
    source = [Span(*x) for x in gold["source"]]
    same = [Span(m["start"], m["end"]) for m in mentions if m["entity"] == gold["source_entity"]]
    elsewhere = [m for m in same if not met([m], source)]
    entities = [e for e in found.entities if e.id in made.speaker_ids]
    return not elsewhere or any(met((m.span for m in e.mentions), elsewhere) for e in entities)


def interval(right: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return middle - half, middle + half


def counts(path: Path) -> dict[str, list[int]]:
    """By form of the source: how many are right, how many there are."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    made = annotated([prepare(x["id"], x["text"]) for x in lines])
    out: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line, annotation in zip(lines, made, strict=True):
        for gold in line["attributions"]:
            found = partner(gold, annotation) if gold["source"] and gold["source_entity"] else None
            if found is None:
                continue
            right = is_right(gold, line["mentions"], found, annotation)
            start, end = gold["source"][0]
            for key in ("all", form_of(line["text"][start:end])):
                out[key][0] += right
                out[key][1] += 1
    return out


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--scores", type=Path)
    o = options.parse_args()
    kept = {}
    for form, (right, n) in sorted(counts(o.data / "attribution/gum.dev.jsonl").items()):
        low, high = interval(right, n)
        print(f"{form}: {right} of {n}, {100 * right / n:.1f} % ({100 * low:.0f} to {100 * high:.0f})")
        kept[f"GUM dev entity.{form}"] = round(100 * right / n, 1)
    if o.scores:
        keep(o.scores / "joint.json", kept)


if __name__ == "__main__":
    main()
