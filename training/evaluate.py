"""Scores of the whole product, text to annotations, on the dev files of PolNeAR and GUM; names on Universal NER.

    python training/evaluate.py --data DATA [--scores training/scores] [--annotations OUT.jsonl] [--calibrate]

The stories go through `annotator.Annotator` as they would from the command line: its own paragraphs, sentences and
tokens. `--annotations` writes what it found as annotations.jsonl, for other scorers; `--calibrate` fits
annotator/data/calibration.tsv anew, which the next run reads. "ece.half" is fitted on half of the stories and measured
on the other half, the worse way round, the mean of twenty drawn pairs of halves. "flat" leaves
out reports inside other reports, of which PolNeAR marks none.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from calibrate import error_across, seen, write
from corpus import NAMED

from annotator.errors import BadDocument
from annotator.metrics import score
from annotator.model import Annotation, Attribution, Document, Producer, Span, attribution_id
from annotator.pipeline import Annotator, without_nested
from annotator.reader import prepare
from annotator.store import annotation_to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = (
    "exact.source.f",
    "exact.cue.f",
    "exact.content.f",
    "found.f",
    "source_right",
    "no_source.f",
    "triple.f",
    "ece",
    "ece.half",
    "with_source.r",
)
# PolNeAR marks no report inside another, which our guidelines want: what is found without those.
FLAT = ("exact.source.f", "exact.cue.f", "exact.content.f", "found.f", "triple.f")


def gold_of(found: dict, document: Document) -> Annotation:
    """A line of an attribution corpus as our annotation."""
    attributions = []
    for a in found["attributions"]:
        spans = {role: tuple(Span(s, e) for s, e in a[role]) for role in ("source", "cue", "content")}
        kind = a.get("type") if a.get("type") in {"direct", "mixed", "indirect"} else "indirect"
        attributions.append(
            Attribution(attribution_id(document.text_sha256, **spans), quote_type=kind, **spans)
        )
    return Annotation(
        document.id, document.text_sha256, "gold", Producer("person", "corpus"), tuple(attributions)
    )


def annotated(documents: list[Document]) -> Iterator[Annotation]:
    for outcome in Annotator().annotate(documents):
        if isinstance(outcome, BadDocument):
            print(f"rejected: {outcome}")
        else:
            yield outcome


def attributions(path: Path, out: Path | None = None, *, fitting: bool = False) -> dict[str, object]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    documents = [prepare(x["id"], x["text"]) for x in lines]
    found = list(annotated(documents))
    if out:
        rows = [json.dumps(annotation_to_json(a), ensure_ascii=False) for a in found]
        out.write_text("\n".join(rows) + "\n", encoding="utf8")
    gold = [(d.text, gold_of(x, d)) for d, x in zip(documents, lines, strict=True)]
    made = score(gold, found)
    flat = score(gold, [without_nested(a) for a in found])
    figures = made.as_dict() | {"ece.half": error_across([seen([pair], found) for pair in gold])}
    if fitting:
        write(seen(gold, found))
    # GUM's contents are clauses and its attributions not all: what counts there is whether its own are found.
    figures["with_source.r"] = (made.source_right.right + made.no_source.right) / made.found.gold
    figures |= {f"flat.{k}": v for k, v in flat.as_dict().items() if k in FLAT}
    # Neither corpus marks a report inside another.
    told = (k for k in figures if k != "found.nested.r")
    kept = {k: round(100 * figures[k], 1) for k in told if k in KEPT or k.startswith(("found.", "flat."))}
    return kept | {"bins": [[n, round(x, 3), round(y, 3)] for n, x, y in made.bins]}


def sentences_of(path: Path) -> Iterator[tuple[str, set[tuple[int, int, str]]]]:
    """Each sentence's text, and its gold names as offsets into it."""
    for block in path.read_text(encoding="utf8").strip().split("\n\n"):
        text = next(line[9:] for line in block.split("\n") if line.startswith("# text = "))
        names: list[tuple[int, int, str]] = []
        at = 0
        for row in (line.split("\t") for line in block.split("\n") if line[:1].isdigit()):
            start = text.index(row[1], at)
            at = start + len(row[1])
            if row[2][0] == "B":
                names.append((start, at, row[2][2:]))
            elif row[2][0] == "I" and names:
                names[-1] = (names[-1][0], at, names[-1][2])
        yield text, set(names)


def names(path: Path) -> dict[str, float]:
    """Exact F1 of names, each sentence read as a text of its own."""
    from annotator.model import Paragraph  # noqa: PLC0415 - beside its only use
    from annotator.parser import Parser  # noqa: PLC0415

    pairs = list(sentences_of(path))
    documents = [Document(str(i), t, paragraphs=(Paragraph(0, len(t)),)) for i, (t, _) in enumerate(pairs)]
    parser, right, guessed = Parser(), 0, 0
    for k in range(0, len(documents), 200):
        parses = parser.parse(documents[k : k + 200])
        for (_, gold), parse in zip(pairs[k : k + 200], parses, strict=True):
            found = (
                set()
                if isinstance(parse, BadDocument)
                else {(m.start, m.end, NAMED[m.kind]) for m in parse.mentions}
            )
            right, guessed = right + len(found & gold), guessed + len(found)
    p, r = right / max(1, guessed), right / sum(len(g) for _, g in pairs)
    return {
        "names.p": round(100 * p, 1),
        "names.r": round(100 * r, 1),
        "names.f": round(200 * p * r / max(1e-9, p + r), 1),
    }


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--scores", type=Path)
    options.add_argument("--annotations", type=Path)
    options.add_argument("--calibrate", action="store_true")
    o = options.parse_args()
    found = {
        "PolNeAR dev": attributions(
            o.data / "attribution/polnear.dev.jsonl", o.annotations, fitting=o.calibrate
        ),
        "GUM dev": attributions(o.data / "attribution/gum.dev.jsonl"),
        "Universal NER test": names(o.data / "ner/en_ewt-ud-test.iob2"),
    }
    print(json.dumps(found, indent=1))
    if o.scores:
        file = o.scores / "joint.json"
        card = json.loads(file.read_text(encoding="utf8"))
        card["calibration"] = {
            where: figures.pop("bins") for where, figures in found.items() if "bins" in figures
        }
        card["scores"] |= {f"{where} {k}": v for where, figures in found.items() for k, v in figures.items()}
        file.write_text(json.dumps(card, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
