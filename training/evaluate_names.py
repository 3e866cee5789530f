"""Names alone: how many aliases of a person or body are joined to the primary name, and how many pairs are wrong.

    python training/evaluate_names.py --names FILE.csv [--learn annotator/data/nameweights.tsv]

FILE has the columns entity, kind (person, organization), name, variant (primary, aka, ...), as made of the sanctions
list of the US Treasury (public domain). Nothing but the names is used. `--learn` fits the weights of
`annotator/spellings.py` on one half of the people and takes the other half's figures, then the other way round (the
threshold, too, is that of the half which was learned from), and writes the weights of the whole file.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotator import spellings
from annotator.entries import Entry
from annotator.linkage import join
from annotator.names import person_name

# Asked of the half that is learned from, so that the other half stays above 0.98.
PRECISION = 0.984
HEAD = """\
# What each observation of two full names side by side is worth for their being one person's, in log-odds.
# Learned by training/evaluate_names.py from the aliases in the sanctions list of the US Treasury (public domain).
observation\tweight
"""


@dataclass(frozen=True)
class Names:
    """The names of a list: whose each is, and which one is the entity's first."""

    rows: list[dict[str, str]]
    owners: dict[tuple[str, ...], set[str]]
    primary: dict[str, tuple[str, ...]]
    aliases: list[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Figures:
    """Aliases joined to their primary name, and right and wrong pairs."""

    aliases: int
    joined: int
    wrong_primary: int
    pairs: int
    wrong: int

    def __str__(self) -> str:
        precision = self.joined / (self.joined + self.wrong_primary)
        return (
            f"aliases joined to the primary name {self.joined}/{self.aliases} = {self.joined / self.aliases:.3f} "
            f"at precision {precision:.3f} ({self.wrong_primary} wrong pairs of primary names); "
            f"all pairs of names {self.pairs}, precision {1 - self.wrong / max(self.pairs, 1):.3f}"
        )


def read(path: Path, kind: str) -> Names:
    rows = [r for r in csv.DictReader(path.open(encoding="utf8")) if r["kind"] == kind]
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        owners[form_of(row)].add(row["entity"])
    primary = {r["entity"]: form_of(r) for r in rows if r["variant"] == "primary"}
    aliases = [(r["entity"], form_of(r)) for r in rows if r["variant"] != "primary"]
    return Names(rows, owners, primary, aliases)


def form_of(row: dict[str, str]) -> tuple[str, ...]:
    return person_name(row["name"]).words if row["kind"] == "person" else (row["name"],)


def half_of(entity: str) -> int:
    return hashlib.sha256(entity.encode()).digest()[0] % 2


def figures(names: Names, pairs: set[tuple], half: int | None = None) -> Figures:
    """What these pairs of names come to, of all entities or of those of one half."""

    def counts(*entities: str) -> bool:
        return half is None or all(half_of(e) == half for e in entities)

    of = {e: f for e, f in names.primary.items() if counts(e)}
    aliases = [(e, f) for e, f in names.aliases if counts(e)]
    joined = sum(f == of[e] or (f, of[e]) in pairs or (of[e], f) in pairs for e, f in aliases)
    firsts = set(of.values())
    kept = [p for p in pairs if counts(min(names.owners[p[0]]), min(names.owners[p[1]]))]
    wrong = [p for p in kept if not names.owners[p[0]] & names.owners[p[1]]]
    return Figures(
        len(aliases), joined, sum(a in firsts and b in firsts for a, b in wrong), len(kept), len(wrong)
    )


def registered(names: Names, kind: str) -> set[tuple]:
    """Pairs of names that the register joins when each stands in a story of its own."""
    entries = []
    for k, row in enumerate(names.rows):
        form = form_of(row)
        forms = (form,) if kind == "person" and len(form) > 1 else ()
        entries.append(Entry(f"d{k}", f"e{k}", "machine", kind, row["name"], (row["name"],), forms))
    out = set()
    for group in join(entries)[0]:
        forms = sorted({form_of(names.rows[int(e.document_id[1:])]) for e in group.entries})
        out |= {(a, b) for i, a in enumerate(forms) for b in forms[i + 1 :]}
    return out


def fit(
    x: np.ndarray, y: np.ndarray, share: np.ndarray, *, ridge: float = 1.0, steps: int = 30
) -> np.ndarray:
    """Logistic regression by Newton's method; `share` is what each pair counts."""
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = x.T @ (x * (share * (p * (1 - p) + 1e-6))[:, None]) + ridge * np.eye(len(w))
        w += np.linalg.solve(hessian, x.T @ (share * (y - p)) - ridge * w)
    return w


def shares(names: Names, pairs: list[tuple], y: np.ndarray) -> np.ndarray:
    """Pairs of two entities with many spellings count less each, pairs of different people more than of one."""
    whose = [frozenset((min(names.owners[a]), min(names.owners[b]))) for a, b in pairs]
    count = Counter(whose)
    return np.where(y == 0, 3.0, 1.0) / np.sqrt([count[w] for w in whose])


def threshold(scores: np.ndarray, pairs: list[tuple], names: Names, half: int | None) -> float:
    """The lowest score from which on the precision over primary names is still `PRECISION`."""
    order = np.argsort(-scores)
    steps = [scores[order[k]] for k in range(200, len(order), 50)]
    best = steps[0]
    for step in steps:
        found = figures(names, {pairs[i] for i in order if scores[i] >= step}, half)
        if found.joined >= PRECISION * (found.joined + found.wrong_primary):
            best = min(best, step)
    return float(best)


def learn(names: Names, out: Path) -> None:
    forms = {f for f in names.owners if len(f) > 1}
    rarity = spellings.rarities(forms)
    pairs = sorted(spellings.candidates(forms))
    seen = [spellings.observed(a, b, rarity) for a, b in pairs]
    pairs = [p for p, s in zip(pairs, seen, strict=True) if s is not None]
    rows = [s for s in seen if s is not None]
    columns = list(rows[0])
    x = np.array([[r[c] for c in columns] for r in rows])
    y = np.array([bool(names.owners[a] & names.owners[b]) for a, b in pairs], float)
    halves = np.array([(half_of(min(names.owners[a])), half_of(min(names.owners[b]))) for a, b in pairs])
    share = shares(names, pairs, y)
    for half in (0, 1):
        inside, other = (halves == half).all(axis=1), (halves == 1 - half).all(axis=1)
        w = fit(x[inside], y[inside], share[inside])
        cut = threshold(x[inside] @ w, [p for p, i in zip(pairs, inside, strict=True) if i], names, half)
        for which, mask in (("learned", inside), ("unseen", other)):
            taken = {p for p, m, s in zip(pairs, mask, x @ w, strict=True) if m and s >= cut}
            print(f"half {half} {which}: {figures(names, taken, half if which == 'learned' else 1 - half)}")
    w = fit(x, y, share)
    cut = threshold(x @ w, pairs, names, None)
    values = {c: v - cut * (c == "bias") for c, v in zip(columns, w, strict=True)}
    out.write_text(HEAD + "".join(f"{c}\t{v:.3f}\n" for c, v in values.items()), encoding="utf8")
    spellings.weights.cache_clear()


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--names", type=Path, required=True)
    options.add_argument("--learn", type=Path, metavar="WEIGHTS.tsv")
    o = options.parse_args()
    people, bodies = read(o.names, "person"), read(o.names, "organization")
    if o.learn:
        learn(people, o.learn)
    forms = {f for f in people.owners if len(f) > 1}
    print(f"people, pair by pair: {figures(people, {p[1:] for p in spellings.alike(forms)[0]})}")
    print(f"people, registered: {figures(people, registered(people, 'person'))}")
    print(f"bodies, registered: {figures(bodies, registered(bodies, 'organization'))}")


if __name__ == "__main__":
    main()
