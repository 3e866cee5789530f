"""How much work the pre-annotation saves: actions from the machine's version to the gold, and from an empty page.

An action is one key press (Ctrl+Enter is one), one click or one drag.

    python benchmarks/actions.py                       # count, for every story that has gold
    python benchmarks/actions.py --chromium NAME ...   # and really do it in Chromium, both ways, for these samples
    python benchmarks/actions.py --chromium all        # ... for all samples

The path is the shortest that we know on our page, with Label Studio's settings as they come: a span is a label's
key and a drag; a region's values are a click on it and their keys; its speaker a click, the opening of the list and
the choice, or the field and each letter of a name that the list lacks; an arrow is a click, Alt+R and a click. From
an empty page the list of speakers is there too. Scrolling costs nothing. In Chromium each action is done, and what is
submitted is pulled and has to be the gold. Prints a table for the README; frozen stories (tests/gold) only as one
row.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from annotator.labelstudio.config import choices
from annotator.labelstudio.rebuild import from_result
from annotator.labelstudio.tasks import speaker_names, to_prediction
from annotator.store import read_annotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import ModuleType

    from annotator.model import Annotation, Attribution, Document, Entity

ROOT = Path(__file__).resolve().parents[1]
KEYS = ("act", "attitude")
FAR = 1e6
Tie = frozenset[str]


@dataclass(frozen=True, slots=True)
class Action:
    """What a hand does: `kind`, the region it is done to, and where it leads (an offset, a value, another region)."""

    kind: str
    region: str = ""
    to: Any = None

    @property
    def cost(self) -> int:
        """Key presses, clicks and drags; a typed name takes each letter and Enter."""
        return len(self.to) + 1 if self.kind == "type" else 1


@dataclass(slots=True)
class Region:
    """A span on the page with what is set on it."""

    label: str
    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    typed: str = ""


@dataclass(slots=True)
class Page:
    """The regions of a page by id, and which of them are tied."""

    regions: dict[str, Region]
    ties: set[Tie]


def page(result: Iterable[Mapping[str, Any]]) -> Page:
    """What a result in Label Studio's JSON shows, without what is grey."""
    regions: dict[str, Region] = {}
    ties: set[Tie] = set()
    for item in result:
        value = item.get("value", {})
        if item["type"] == "relation":
            ties.add(frozenset((item["from_id"], item["to_id"])))
        elif item["from_name"] == "span":
            regions[item["id"]] = Region(value["labels"][0], value["start"], value["end"])
        elif item["from_name"] == "speaker":
            regions[item["id"]].chosen = frozenset(value["choices"])
        elif item["from_name"] == "speaker_name":
            regions[item["id"]].typed = value["text"][0]
        elif item["from_name"] in KEYS:
            regions[item["id"]].values[item["from_name"]] = value["choices"][0]
    return Page(regions, ties)


def in_words_of(machine: Annotation, gold: Annotation) -> Annotation:
    """The gold with the machine's entities as speakers where they are the same, and the gold's own where not."""
    own = {e.id: e for e in gold.entities}
    met = sorted(
        ((_met(g, m), g.id, m.id) for g in gold.entities for m in machine.entities),
        key=lambda row: (-row[0], row[1:]),
    )
    same: dict[str, str] = {}
    for size, theirs, ours in met:
        if size and theirs not in same and ours not in same.values():
            same[theirs] = ours
    spoken = [i for a in gold.attributions for i in a.speaker_ids]
    others = tuple(own[i] for i in dict.fromkeys(spoken) if i not in same)
    moved = tuple(
        replace(a, speaker_ids=tuple(dict.fromkeys(same.get(i, i) for i in a.speaker_ids)))
        for a in gold.attributions
    )
    return replace(gold, attributions=moved, entities=(*machine.entities, *others))


def _met(one: Entity, other: Entity) -> int:
    return sum(a.span.overlaps(b.span) for a in one.mentions for b in other.mentions)


def actions(start: Page, wanted: Page) -> list[Action]:
    """The shortest way from one page to the other that is found: which regions become which, then what to do."""
    matched = _matched(start, wanted, {})
    best = _way(start, wanted, matched)
    for _ in range(6):
        matched = _matched(start, wanted, matched)
        best = min(best, _way(start, wanted, matched), key=cost)
    return best


def cost(way: Sequence[Action]) -> int:
    return sum(a.cost for a in way)


def _matched(start: Page, wanted: Page, before: Mapping[str, str]) -> dict[str, str]:
    """Which region of `start` becomes which of `wanted`, given which did so far: the cheapest together."""
    olds, news = list(start.regions), list(wanted.regions)
    size = len(olds) + len(news)
    table = np.full((size, size), FAR)
    for i, old in enumerate(olds):
        for j, new in enumerate(news):
            table[i, j] = _change(start, wanted, old, new, before)
        table[i, len(news) + i] = 2
    for j, new in enumerate(news):
        table[len(olds) + j, j] = 2 + _set(None, wanted.regions[new])
    table[len(olds) :, len(news) :] = 0
    rows, columns = linear_sum_assignment(table)
    return {
        olds[i]: news[j]
        for i, j in zip(rows, columns, strict=True)
        if i < len(olds) and j < len(news) and table[i, j] < FAR
    }


def _change(start: Page, wanted: Page, old: str, new: str, before: Mapping[str, str]) -> float:
    a, b = start.regions[old], wanted.regions[new]
    if a.end <= b.start or b.end <= a.start:
        return FAR
    ties = 0.0
    for tie in start.ties:
        if old in tie:
            (other,) = tie - {old}
            kept = frozenset((new, before.get(other, ""))) in wanted.ties
            ties += -1.5 if kept else 0.5 if other in before else 0
    return _set(a, b) + ties


def _set(old: Region | None, new: Region) -> int:
    """What it takes to make a region that is there what it should be, but for its ties."""
    presses = drags = speaker = 0
    if old is not None:
        drags = (old.start != new.start) + (old.end != new.end)
        presses = old.label != new.label
    presses += len(_values(old, new))
    if _speaks(old) != _speaks(new):
        speaker = 1 + (len(new.typed) + 1 if new.typed else len(new.chosen ^ (old.chosen if old else set())))
    return presses + drags + speaker + bool(presses or drags or speaker)


def _values(old: Region | None, new: Region, *, aloud: bool = False) -> dict[str, str]:
    """The values to press: those that differ; the first of a list need not be said where nothing was, but `aloud`."""
    said = old.values if old else {}
    return {k: v for k, v in new.values.items() if said.get(k, "" if aloud else choices()[k][0]) != v}


def _aloud(start: Page, wanted: Page, matched: Mapping[str, str], new: str) -> bool:
    """Whether a Cue has to say even the first value: its Content, which had no Cue, says another."""
    old = {n: o for o, n in matched.items()}
    beside = [other for tie in wanted.ties if new in tie for other in tie - {new}]
    return wanted.regions[new].label == "Cue" and any(
        start.regions[old[i]].values for i in beside if i in old and wanted.regions[i].label == "Content"
    )


def _speaks(region: Region | None) -> tuple[frozenset[str], str]:
    return (region.chosen, region.typed) if region else (frozenset(), "")


def _way(start: Page, wanted: Page, matched: Mapping[str, str]) -> list[Action]:
    """The actions; regions go by their ids in `start`, new ones by "new" and that in `wanted`."""
    name = {new: old for old, new in matched.items()} | {
        new: f"new {new}" for new in wanted.regions if new not in matched.values()
    }
    way: list[Action] = []
    for old in start.regions:
        if old not in matched:
            way += [Action("click", old), Action("key", old, "Backspace")]
    for new in sorted(wanted.regions, key=lambda i: wanted.regions[i].start):
        if name[new] not in start.regions:
            label = str(choices()["span"].index(wanted.regions[new].label) + 1)
            way += [Action("key", "", label), Action("drag", name[new], wanted.regions[new])]
    due = {frozenset(name[i] for i in tie) for tie in wanted.ties}
    there = {tie for tie in start.ties if tie <= matched.keys()}
    missing = sorted(due - there, key=sorted)
    for new, region in wanted.regions.items():
        aloud = _aloud(start, wanted, matched, new)
        way += _mended(name[new], start.regions.get(name[new]), region, missing, aloud=aloud)
    for tie in missing:
        tail, head = sorted(tie)
        way += [Action("click", tail), Action("key", tail, "Alt+r"), Action("click", head)]
    wrong = sorted(there - due, key=sorted)
    way += [Action("tab")] if wrong else []
    way += [Action("untie", min(tie), max(tie)) for tie in wrong]
    # The open list of speakers keeps every key for itself, Ctrl+Enter too; a click elsewhere would shut it.
    way += [Action("key", "", "Escape")] if way and way[-1].kind == "choose" else []
    return [*way, Action("submit")]


def _mended(known: str, old: Region | None, new: Region, missing: list[Tie], *, aloud: bool) -> list[Action]:
    """Drags and keys on one region; as long as it is selected, one of its missing ties can be drawn from it."""
    done: list[Action] = []
    if old is not None:
        done += [
            Action(side, known, getattr(new, side))
            for side in ("start", "end")
            if getattr(old, side) != getattr(new, side)
        ]
        done += [Action("label", known, new.label)] if old.label != new.label else []
    done += [Action("value", known, pair) for pair in _values(old, new, aloud=aloud).items()]
    if _speaks(old) != _speaks(new):
        if new.typed:
            done += [Action("field", known), Action("type", known, new.typed)]
        else:
            changed = sorted(new.chosen ^ (old.chosen if old else frozenset()))
            done += [Action("list", known), *(Action("choose", known, name) for name in changed)]
    elif done and (tie := next((t for t in missing if known in t), None)):
        missing.remove(tie)
        (other,) = tie - {known}
        done += [Action("key", known, "Alt+r"), Action("click", other)]
    return [Action("click", known), *done] if done else []


def played(start: Page, way: Iterable[Action]) -> list[dict[str, Any]]:
    """The result, as Label Studio would send it, of the actions done on `start`: the same that Chromium shows."""
    regions = {i: replace(r, values=dict(r.values)) for i, r in start.regions.items()}
    ties, drawing = set(start.ties), ""
    for a in way:
        region = regions.get(a.region)
        if a.kind == "drag":
            regions[a.region] = Region(a.to.label, a.to.start, a.to.end)
        elif a.kind == "key" and a.to == "Backspace":
            del regions[a.region]
            ties = {t for t in ties if a.region not in t}
        elif a.kind == "key" and a.to == "Alt+r":
            drawing = a.region
        elif a.kind == "click" and drawing:
            ties.add(frozenset((drawing, a.region)))
            drawing = ""
        elif a.kind == "untie":
            ties.discard(frozenset((a.region, a.to)))
        elif region and a.kind in {"start", "end", "label"}:
            setattr(region, a.kind, a.to)
        elif region and a.kind == "value":
            region.values[a.to[0]] = a.to[1]
        elif region and a.kind == "choose":
            region.chosen ^= {a.to}
        elif region and a.kind == "type":
            region.typed = a.to
    return _result(Page(regions, ties))


def _result(shown: Page) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for i, r in shown.regions.items():
        place = {"start": r.start, "end": r.end}
        on = {"id": i, "to_name": "text"}
        made.append({**on, "from_name": "span", "type": "labels", "value": {**place, "labels": [r.label]}})
        for control, value in r.values.items():
            choice = {"from_name": control, "type": "choices", "value": {**place, "choices": [value]}}
            made.append({**on, **choice})
        if r.chosen:
            choice = {
                "from_name": "speaker",
                "type": "choices",
                "value": {**place, "choices": sorted(r.chosen)},
            }
            made.append({**on, **choice})
        if r.typed:
            typed = {"from_name": "speaker_name", "type": "textarea", "value": {**place, "text": [r.typed]}}
            made.append({**on, **typed})
    for tie in shown.ties:
        tail, head = sorted(tie)
        made.append({"type": "relation", "from_id": tail, "to_id": head, "direction": "right"})
    return made


def means(
    attributions: Iterable[Attribution], entities: Iterable[Entity], first: Iterable[Entity] = ()
) -> set[tuple[Any, ...]]:
    """What is asked of people in each attribution: spans, act, attitude, and the speakers by name.

    Two of one name are told apart by number, in the order of the text, which a correction may change: the entities of
    `first` are called what they were called before.
    """
    names = speaker_names(entities) | speaker_names(first)
    return {
        (a.source, a.cue, a.content, a.act, a.attitude, frozenset(names[i] for i in a.speaker_ids))
        for a in attributions
    }


@dataclass(frozen=True, slots=True)
class Work:
    """One story: both pages, the gold's, and the ways to it."""

    document: Document
    machine: Annotation
    gold: Annotation
    wanted: Page
    from_machine: list[Action]
    from_empty: list[Action]


def work(document: Document, machine: Annotation, gold: Annotation) -> Work:
    """Plan both ways; raises ValueError if either would not end in the gold."""
    gold = in_words_of(machine, gold)
    known = frozenset(speaker_names(machine.entities).values())
    wanted = page(
        r for r in to_prediction(document, gold, known=known)["result"] if r.get("from_name") != "page"
    )
    shown = page(
        r for r in to_prediction(document, machine, known=known)["result"] if r.get("from_name") != "page"
    )
    ways = []
    for start in (shown, Page({}, set())):
        way = actions(start, wanted)
        made = from_result(document, played(start, way), machine)
        if means(*made, gold.entities) != means(gold.attributions, gold.entities):
            raise ValueError(f"{document.id}: the actions do not lead to the gold")
        ways.append(way)
    return Work(document, machine, gold, wanted, *ways)


def gate() -> ModuleType:
    """tests/gate.py, which knows the stories and which of them are frozen."""
    spec = importlib.util.spec_from_file_location("gate", ROOT / "tests" / "gate.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("tests/gate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["gate"] = module
    spec.loader.exec_module(module)
    return module


def row(name: str, works: Sequence[Work]) -> str:
    machine, empty = (sum(cost(getattr(w, f"from_{side}")) for w in works) for side in ("machine", "empty"))
    reports = sum(len(w.gold.attributions) for w in works)
    return f"| {name} | {reports} | {empty:,} | {machine:,} | {100 * (1 - machine / empty):.0f} % |"


def table(works: Sequence[Work], frozen: frozenset[str], samples: frozenset[str]) -> str:
    """One row for each open sample, one for the frozen ones together, one for all, one for all stories with gold."""
    ours = [w for w in works if w.document.id in samples]
    rows = [row(f"`{w.document.id}`", [w]) for w in ours if w.document.id not in frozen]
    rows.append(row("the frozen samples together", [w for w in ours if w.document.id in frozen]))
    rows.append(row("**all samples**", ours))
    rows.append(row(f"all {len(works)} stories with gold", works))
    head = [
        "| story | reports in the gold | actions from an empty page | from the machine's version | saved |"
    ]
    return "\n".join([*head, "|---|---|---|---|---|", *rows])


def kinds(works: Sequence[Work]) -> str:
    """What is still done by hand, by kind, over the open stories."""
    counts: Counter[str] = Counter()
    for w in works:
        for a in w.from_machine:
            counts[f"{a.kind} {a.to}" if a.kind == "key" else a.kind] += a.cost
    return ", ".join(f"{n} {kind}" for kind, n in counts.most_common())


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--chromium", nargs="+", default=[], metavar="NAME", help="samples, or all")
    chosen = options.parse_args()
    known = gate()
    documents = {d.id: d for d in known.stories()}
    machines = {a.document_id: a for a in known.annotated(list(documents.values()))}
    gold = {a.document_id: a for a in read_annotations(known.GOLD / "gold.jsonl")}
    works = [work(documents[i], machines[i], gold[i]) for i in sorted(documents) if i in gold]
    samples = frozenset(p.stem for p in known.SAMPLES.iterdir())
    print(table(works, known.frozen(), samples))
    print("\nBy hand in the open stories:", kinds([w for w in works if w.document.id not in known.frozen()]))
    if chosen.chromium:
        import hands  # noqa: PLC0415 - needs a browser and a server

        wanted = samples if chosen.chromium == ["all"] else set(chosen.chromium)
        hands.report([w for w in works if w.document.id in wanted], known.frozen())


if __name__ == "__main__":
    main()
