"""Who is who on news: stories of PolNeAR's training part that nothing was learned from and nobody who tunes has read.

    python training/evaluate_news.py --data DATA [--scores FOLDER]

The gold is `whoiswho.jsonl`: what the product made of the stories, every link of every mention read and put right by a
language model. So it holds the mentions that the product keeps, and is kinder to it than gold made without it.
B-cubed (Bagga and Baldwin 1998) over the mentions of both sides, within a story and, people, bodies and places, over
all stories by the register.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from card import keep
from evaluate import annotated
from referents import news

from annotator import metrics, register, store
from annotator.reader import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annotator.model import Annotation

    Place = tuple[str, int, int]


def rows_of(made: Iterable[Annotation]) -> dict[tuple[str, str], str]:
    """The register's row of each story's entity."""
    with tempfile.TemporaryDirectory() as folder:
        store.write_lines(Path(folder) / "annotations.jsonl", map(store.annotation_to_json, made))
        register.link(folder)
        rows = list(store.read_lines(Path(folder) / register.REGISTER, "register"))
    return {(m["document_id"], m["entity_id"]): row["id"] for row in rows for m in row["members"]}


def clusters(labels: Mapping[Place, object]) -> dict[Place, frozenset[Place]]:
    """Each mention with all of its entity."""
    members = defaultdict(set)
    for place, label in labels.items():
        members[label].add(place)
    whole = {label: frozenset(places) for label, places in members.items()}
    return {place: whole[label] for place, label in labels.items()}


def scored(gold: Mapping[Place, object], found: Mapping[Place, object]) -> metrics.PRF:
    both = gold.keys() & found.keys()
    sides = ({place: side[place] for place in both} for side in (gold, found))
    return metrics.b_cubed(*(clusters(labels) for labels in sides))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--scores", type=Path, help="a folder whose joint.json takes the figures")
    o = options.parse_args()
    lines = news(o.data, held=True)
    made = list(annotated([prepare(x["id"], x["text"]) for x in lines]))
    rows = rows_of(made)
    gold = {(x["id"], m["start"], m["end"]): m["entity"] for x in lines for m in x["mentions"]}
    within = {(a.document_id, m.start, m.end): e.id for a in made for e in a.entities for m in e.mentions}
    named = [
        (a.document_id, e) for a in made for e in a.entities if e.kind in ("person", "organization", "place")
    ]
    across = {(d, m.start, m.end): rows.get((d, e.id), (d, e.id)) for d, e in named for m in e.mentions}
    told = {
        "news within.f": scored(
            {k: (k[0], v) for k, v in gold.items()}, {k: (k[0], v) for k, v in within.items()}
        ),
        "news across.f": scored(gold, across),
    }
    scores = {name: round(100 * found.f, 1) for name, found in told.items()}
    print(json.dumps({"stories": len(lines), "mentions": len(gold.keys() & within.keys())} | scores))
    if o.scores:
        keep(o.scores / "joint.json", scores)


if __name__ == "__main__":
    main()
