"""What linking costs as it grows: processor time and comparisons an entity, for n and for 10 n entities in one run.

    python benchmarks/register.py [--entities 100000] [--json FILE]

One core. Stories of five people and a place each; the people have invented names of two to four words in which given
and family names are shared as unevenly as among people, a third of the mentions in another spelling, and some are in
very many stories. The ratio is 1 where time grows with the entities, 10 where every two were compared.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path

from annotator.model import Annotation, Entity, EntityMention, Producer, Role, sha256_of
from annotator.register import link
from annotator.store import annotation_to_json, write_lines

STARTS = [
    "b",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "dr",
    "kr",
    "st",
    "tr",
    "sh",
    "kh",
]
ENDS = ["an", "el", "in", "or", "us", "ak", "em", "it", "ov", "ul", "enko", "ian", "ez", "i", "a"]
SPELLINGS = [("kh", "h"), ("sh", "sch"), ("ov", "off"), ("i", "y"), ("k", "q"), ("u", "ou"), ("z", "s")]
ROLES = ["minister", "spokeswoman", "goalkeeper", "mayor", "director", None, None]
PLACES = ["Lisbon", "Oslo", "Lima", "Hanoi", "Quito", "Tunis", "Seoul", "Accra"]
IN_A_STORY = 5


def word(chance: random.Random) -> str:
    return "".join(chance.choice(STARTS) + chance.choice("aeiou") for _ in range(2)) + chance.choice(ENDS)


def spelt(name: str, chance: random.Random) -> str:
    """The name as another desk writes it: other letters, a word left out."""
    old, new = chance.choice(SPELLINGS)
    words = name.replace(old, new).split()
    return " ".join(words if len(words) < 3 or chance.random() < 0.5 else [words[0], *words[2:]])


def stories(entities: int, seed: int = 5) -> list[Annotation]:
    """Stories with so many entities, of a third as many people."""
    chance = random.Random(seed)
    people = entities // 3
    # As among people, more names are met the more people there are, and a few names are everybody's.
    given, family = ([word(chance) for _ in range(20 + int(people**power))] for power in (0.55, 0.8))
    names = [
        " ".join(
            [given[int(len(given) * chance.random() ** 2)] for _ in range(chance.choice([1, 1, 2]))]
            + [family[int(len(family) * chance.random() ** 1.5)]]
        ).title()
        for _ in range(people)
    ]
    out = []
    for number in range(entities // (IN_A_STORY + 1)):
        chosen = sorted({int(people * chance.random() ** 2) for _ in range(IN_A_STORY)})
        found = [spelt(names[k], chance) if chance.random() < 0.33 else names[k] for k in chosen]
        out.append(_story(f"story-{number}", found, chance))
    return out


def _story(name: str, people: list[str], chance: random.Random) -> Annotation:
    made = []
    for k, person in enumerate(people):
        role = chance.choice(ROLES)
        mention = (EntityMention(k, k + 1, "name"),)
        made.append(Entity(f"e{k}", person, "person", mention, (), Role(role, 0, 1) if role else None))
    made.append(Entity("place", chance.choice(PLACES), "place", (EntityMention(90, 91, "name"),)))
    return Annotation(name, sha256_of(name), "machine", Producer("model", "benchmark"), (), tuple(made))


def measured(entities: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        write_lines(Path(folder) / "annotations.jsonl", map(annotation_to_json, stories(entities)))
        began = time.process_time()
        report = link(folder)
        seconds = time.process_time() - began
        began = time.process_time()
        again = link(folder)
        seconds_again = time.process_time() - began
        assert (again.rows, again.comparisons) == (report.rows, report.comparisons)  # noqa: S101 - the same work
    return {
        "entities": report.entities,
        "rows": report.rows,
        "seconds": seconds,
        "seconds_again": seconds_again,
        "comparisons": report.comparisons,
    }


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--entities", type=int, default=100_000, help="the larger folder's")
    options.add_argument("--json", type=Path)
    o = options.parse_args()
    found = [measured(o.entities // 10), measured(o.entities)]
    print("| entities | rows | CPU seconds | ms an entity | comparisons an entity | linked again |")
    print("|---|---|---|---|---|---|")
    for f in found:
        n = f["entities"]
        print(
            f"| {n:,} | {f['rows']:,} | {f['seconds']:.1f} | {1000 * f['seconds'] / n:.2f} | "
            f"{f['comparisons'] / n:.1f} | {f['seconds_again']:.1f} s |"
        )
    few, many = ((f["seconds"] / f["entities"], f["comparisons"] / f["entities"]) for f in found)
    print(f"\ntime an entity grows {many[0] / few[0]:.2f}-fold, comparisons {many[1] / few[1]:.2f}-fold")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if o.json:
        o.json.write_text(json.dumps(found, indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
