"""The quality gate: what the product makes of the gold stories, scored against their gold, never below its floors.

    python tests/gate.py              # annotate, score, compare with gate.json
    python tests/gate.py --update     # raise the floors to the scores of now; a lower one is refused …
    python tests/gate.py --update --allow-regression      # … unless this is said
    python tests/gate.py --kept       # the stories of tests/gold/kept, which have no floors

The frozen stories (tests/gold/README.md) are scored as one, so that nobody tunes anything by a single one of them; the
open ones are printed one by one as well. A floor may be missed by EPSILON: one attribution of a hundred that falls the
other way on another processor is no regression.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator import metrics, reader, register, store
from annotator.model import Annotation, Document
from annotator.pipeline import Annotator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

HERE = Path(__file__).resolve().parent
FLOORS = HERE / "gate.json"
GOLD = HERE / "gold"
KEPT = GOLD / "kept"
SAMPLES = HERE.parent / "annotator" / "data" / "samples"
EPSILON = 0.015
PINNED = (
    *(f"{kind}.{role}.f" for kind in ("exact", "token") for role in metrics.ROLES),
    "found.p",
    "found.r",
    *(f"found.{kind}.r" for kind in ("direct", "mixed", "indirect", "nested")),
    "source_right",
    "no_source.f",
    "triple.f",
    "act",
    "attitude",
    "source_kind",
    "parent",
    "entities.f",
    "shared_mentions.f",
    "speakers",
    "about.f",
    "metonyms",
    "across.f",
    "across_shared.f",
    "calibration",
    "traps_avoided",
)

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Traps:
    """Spans of the samples in which nothing may be annotated: by story, start and end."""

    spans: Mapping[str, tuple[tuple[int, int], ...]]

    def avoided(self, gold: Iterable[Annotation], predicted: Mapping[str, Annotation]) -> float:
        """The share of traps into which no prediction put its whole content, unless the gold has that content too."""
        traps = sprung = 0
        for right in gold:
            known = {a.content for a in right.attributions}
            made = predicted.get(right.document_id)
            contents = [a.content for a in made.attributions if a.content not in known] if made else []
            for start, end in self.spans[right.document_id]:
                traps += 1
                sprung += any(start <= c[0].start and c[-1].end <= end for c in contents)
        return 1 - sprung / traps if traps else 1.0


def gold_of(folder: Path, documents: Iterable[Document]) -> list[tuple[str, Annotation]]:
    """The annotations of a folder's gold stories, each with its text."""
    texts = {d.id: d.text for d in documents}
    return [(texts[a.document_id], a) for a in store.read_annotations(folder / "gold.jsonl")]


def traps_of(folder: Path) -> Traps:
    """The traps of a folder's gold stories."""
    written = json.loads((folder / "traps.json").read_text(encoding="utf-8"))
    return Traps({id_: tuple((t["start"], t["end"]) for t in found) for id_, found in written.items()})


def gold_sha256() -> str:
    """What the floors hold for: the gold and the traps, byte by byte."""
    return sha256((GOLD / "gold.jsonl").read_bytes() + (GOLD / "traps.json").read_bytes()).hexdigest()


def frozen() -> frozenset[str]:
    """The stories that nobody looks at, as the gold's README lists them."""
    section = (GOLD / "README.md").read_text(encoding="utf-8").split("## Frozen")[1].split("## ")[0]
    return frozenset(re.findall(r"^- `(.+)`", section, flags=re.MULTILINE))


def stories(*folders: Path) -> list[Document]:
    """The samples and the other gold stories, or the stories of some folders, as the product reads them."""
    paths = [
        p
        for f in folders or (SAMPLES, GOLD / "stories")
        for p in sorted(f.iterdir())
        if p.suffix in {".txt", ".html"}
    ]
    read = list(reader.read(paths))
    for item in read:
        if not isinstance(item, Document):
            raise item
    return [item for item in read if isinstance(item, Document)]


def annotated(documents: list[Document], *, models: str = "bundled") -> list[Annotation]:
    """What the pipeline says of them."""
    made = list(Annotator(models=models).annotate(documents))
    for item in made:
        if not isinstance(item, Annotation):
            raise item
    return [item for item in made if isinstance(item, Annotation)]


def figures(gold: list[tuple[str, Annotation]], predicted: Iterable[Annotation], traps: Traps) -> Figures:
    """The pinned figures of some stories taken together, all of them better when higher."""
    made = {a.document_id: a for a in predicted}
    scores = metrics.score(gold, made.values())
    every = scores.as_dict()
    every["calibration"] = 1 - (1.0 if scores.ece is None else scores.ece)
    every["traps_avoided"] = traps.avoided((a for _, a in gold), made)
    every |= linked([a for _, a in gold], made)
    return {name: round(every[name], 4) for name in PINNED}


def linked(gold: list[Annotation], made: Mapping[str, Annotation]) -> Figures:
    """B-cubed of the mentions of the stories that across.json joins, over all mentions and over those of both sides."""
    who = json.loads((GOLD / "across.json").read_text(encoding="utf-8"))
    right = [a for a in gold if a.document_id in who]
    guesses = [made[a.document_id] for a in right if a.document_id in made]
    if not right:
        return {"across.f": 1.0, "across_shared.f": 1.0}
    with tempfile.TemporaryDirectory() as folder:
        store.write_lines(Path(folder) / "annotations.jsonl", map(store.annotation_to_json, guesses))
        register.link(folder)
        rows = list(store.read_lines(Path(folder) / register.REGISTER, "register"))
    named = {(m["document_id"], m["entity_id"]): row["id"] for row in rows for m in row["members"]}
    one = clusters(right, lambda d, e: who[d][e])
    other = clusters(guesses, lambda d, e: named.get((d, e), f"{d} {e}"))
    both = one.keys() & other.keys()
    alone = [{m: side[m] & both for m in both} for side in (one, other)]
    return {"across.f": metrics.b_cubed(one, other).f, "across_shared.f": metrics.b_cubed(*alone).f}


def clusters(
    annotations: Iterable[Annotation], name: Callable[[str, str], str]
) -> dict[tuple[str, int, int], frozenset[tuple[str, int, int]]]:
    """Each mention (story, start, end) with all mentions of the entities of one name."""
    found: dict[str, set[tuple[str, int, int]]] = {}
    for annotation in annotations:
        for entity in annotation.entities:
            own = {(annotation.document_id, m.start, m.end) for m in entity.mentions}
            found.setdefault(name(annotation.document_id, entity.id), set()).update(own)
    return {m: frozenset(own) for own in found.values() for m in own}


def measured(documents: list[Document], predicted: list[Annotation]) -> dict[str, Figures]:
    """The figures of the open stories together, of the frozen ones together, and of each open one."""
    gold, traps = gold_of(GOLD, documents), traps_of(GOLD)
    hidden = frozen()
    parts = {
        "open": [(t, a) for t, a in gold if a.document_id not in hidden],
        "frozen": [(t, a) for t, a in gold if a.document_id in hidden],
    }
    parts |= {a.document_id: [(t, a)] for t, a in parts["open"]}
    return {name: figures(part, predicted, traps) for name, part in parts.items()}


def kept() -> Figures:
    """The figures of the stories to choose by, which nothing was learned from; none of them is joined with another."""
    documents = stories(KEPT / "stories")
    now = figures(gold_of(KEPT, documents), annotated(documents), traps_of(KEPT))
    return {name: value for name, value in now.items() if not name.startswith("across")}


def misses(floors: Mapping[str, Any], now: Mapping[str, Figures]) -> list[str]:
    """One line for each figure that is below its floor by more than EPSILON, or has none."""
    if floors["gold_sha256"] != gold_sha256():
        return ["the gold is another one than the floors were measured on: python tests/gate.py --update"]
    return [
        f"{part}: {name} is {now[part][name]:.4f}, its floor {floors['floors'][part].get(name, 'missing')}"
        for part in ("open", "frozen")
        for name in PINNED
        if now[part][name] < floors["floors"][part].get(name, 2) - EPSILON
    ]


def updated(
    floors: Mapping[str, Any] | None, now: Mapping[str, Figures], *, allow_regression: bool
) -> dict[str, Any]:
    """The new content of gate.json; raises ValueError if a floor would sink and that was not allowed."""
    old = floors["floors"] if floors else {"open": {}, "frozen": {}}
    new: dict[str, Figures] = {}
    for part in ("open", "frozen"):
        before = old[part]
        lower = [name for name in PINNED if now[part][name] < before.get(name, 0) - EPSILON]
        if lower and not allow_regression:
            fallen = ", ".join(f"{name} {before[name]:.4f} → {now[part][name]:.4f}" for name in lower)
            raise ValueError(f"{part}: lower than before: {fallen}; --allow-regression lowers the floors")
        new[part] = {n: v if n in lower else max(v, before.get(n, 0)) for n, v in now[part].items()}
    # A floor may lie a little above what was measured last: the model card tells the latter.
    last = {part: now[part] for part in new}
    return {"gold_sha256": gold_sha256(), "epsilon": EPSILON, "floors": new, "measured": last}


def table(now: Mapping[str, Figures]) -> str:
    """The figures in columns, one story or group of stories each."""
    width = max(map(len, now)) + 2
    lines = [" " * 18 + "".join(part.rjust(width) for part in now)]
    lines += [
        name.ljust(18) + "".join(f"{100 * now[part][name]:.1f}".rjust(width) for part in now)
        for name in PINNED
        if all(name in now[part] for part in now)
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and compare or update; the exit code is 1 where a floor is missed or would sink."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--update", action="store_true", help="write the scores of now as floors")
    options.add_argument("--allow-regression", action="store_true", help="let a floor sink")
    options.add_argument("--kept", action="store_true", help="only print the scores of tests/gold/kept")
    chosen = options.parse_args(arguments)
    if chosen.kept:
        sys.stdout.write(table({"kept": kept()}) + "\n")
        return 0
    documents = stories()
    now = measured(documents, annotated(documents))
    sys.stdout.write(table(now) + "\n")
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else None
    if chosen.update:
        try:
            content = updated(floors, now, allow_regression=chosen.allow_regression)
        except ValueError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        FLOORS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        return 0
    missed = misses(floors, now) if floors else ["there are no floors yet: python tests/gate.py --update"]
    sys.stderr.writelines(f"{line}\n" for line in missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
