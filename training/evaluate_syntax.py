"""Scores of the shipped syntax models on a treebank file, by the CoNLL-18 scorer that Stanza carries.

    python training/evaluate_syntax.py --ud UD_FOLDER [--part dev] [--models FOLDER] [--scores FOLDER]

Each task below runs an ordinary offline Stanza pipeline on what it is given: the raw text (sentences
joined as `SpaceAfter` says, paragraphs by a blank line), or the gold words with some gold columns kept.
`--scores training/scores` writes each figure into the MODEL.json of the model that it measures, for the
model card.
"""

import argparse
import io
import json
from dataclasses import dataclass
from pathlib import Path

import stanza
import torch
import treebank
from stanza.models.common.doc import DEPREL, FEATS, HEAD, LEMMA, UPOS, XPOS, Document
from stanza.models.common.utils import ud_scores
from stanza.utils.conll import CoNLL

import annotator.parser  # noqa: F401 - registers our variants with Stanza

SHIPPED = Path(__file__).parents[1] / "annotator" / "data" / "models"
PREDICTED = (LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL)


@dataclass(frozen=True, slots=True)
class Task:
    """What runs on what: `kept` are the gold columns a pipeline may see, None for raw text."""

    processors: tuple[str, ...]
    kept: tuple[str, ...] | None
    metrics: tuple[str, ...]


TASKS = {
    "raw": Task(("tokenize",), None, ("Tokens", "Sentences", "Words")),
    "lemma": Task(("tokenize", "lemma"), (UPOS, XPOS), ("Lemmas",)),
    "tree": Task(("tokenize", "pos", "depparse"), (), ("UPOS", "XPOS", "UFeats", "UAS", "LAS")),
}


def pipeline(task: Task, models: Path) -> stanza.Pipeline:
    """The task's pipeline out of the shipped folder alone."""
    settings = (
        {"tokenize_pretokenized": True, "lemma_pretagged": UPOS in task.kept} if task.kept is not None else {}
    )
    return stanza.Pipeline(
        "en",
        dir=str(models),
        package=None,
        processors=dict.fromkeys(task.processors, "annotator"),
        download_method=None,
        use_gpu=False,
        logging_level="WARN",
        **settings,
    )


def gold_words(path: Path, kept: tuple[str, ...]) -> Document:
    """The gold sentences, every predicted column emptied but the kept ones."""
    document = CoNLL.conll2doc(str(path))
    for sentence in document.sentences:
        for word in sentence.words:
            for column in PREDICTED:
                if column not in kept:
                    setattr(word, column, None)
    return document


def as_conllu(document: Document) -> str:
    """A document as the scorer wants it: with a tree, a flat one where the task makes none."""
    for sentence in document.sentences:
        if any(word.head is None for word in sentence.words):
            for number, word in enumerate(sentence.words):
                word.head, word.deprel = number, "root" if number == 0 else "dep"
    return f"{document:C}\n\n"


def scores(task: Task, gold: Path, models: Path) -> dict[str, float]:
    """F1 in percent for each of the task's metrics."""
    run = pipeline(task, models)
    given = treebank.raw_text(treebank.paragraphs(gold)) if task.kept is None else gold_words(gold, task.kept)
    found = ud_scores(str(gold), io.StringIO(as_conllu(run(given))))
    return {metric: round(100 * found[metric].f1, 2) for metric in task.metrics}


def keep(folder: Path, part: str, gold: Path, figures: dict[str, float]) -> None:
    """Writes the figures, and the hash of the file they were measured on, into the model's JSON."""
    path = folder / "joint.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["data"] |= treebank.hashes([gold])
    card["scores"] |= {f"{part} {metric} F1": value for metric, value in figures.items()}
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ud", type=Path, required=True, help="folder with *-ud-PART.conllu")
    parser.add_argument("--part", choices=treebank.PARTS, default="test")
    parser.add_argument(
        "--models", type=Path, default=Path("annotator/data/models"), help="the Stanza model folder"
    )
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--scores", type=Path, help="folder of MODEL.json files to write the figures into")
    return parser.parse_args()


def main() -> None:
    asked = options()
    torch.set_num_threads(1)
    gold = treebank.ud_file(asked.ud, asked.part)
    for name in asked.tasks:
        figures = scores(TASKS[name], gold, asked.models)
        print(
            json.dumps({"task": name, "part": asked.part, "stanza": stanza.__version__} | figures), flush=True
        )
        if asked.scores:
            keep(asked.scores, asked.part, gold, figures)


if __name__ == "__main__":
    main()
