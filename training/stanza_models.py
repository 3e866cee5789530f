"""Tokenizer, expander of contractions and lemmatizer for the package, by Stanza's own models and trainers.

    python training/stanza_models.py tokenizer --ud UD_FOLDER --work WORK_FOLDER --out annotator/data/models
    python training/stanza_models.py mwt       --ud UD_FOLDER --work WORK_FOLDER --out annotator/data/models
    python training/stanza_models.py lemma     --ud UD_FOLDER --work WORK_FOLDER --out annotator/data/models

UD_FOLDER holds `*-ud-train.conllu` and `*-ud-dev.conllu`. A run that was stopped goes on from
WORK_FOLDER when the same command is given again; each block of steps has a seed of its own, so that it
ends with the same weights as a run in one go. The weights that did best on the dev file are shipped.
Stanza's command-line trainers cannot go on (the tokenizer's `--load_name` fails in 1.15, the lemmatizer
has none), so the loop is here; networks, losses, updates and batches are those of Stanza's trainers.
"""

import argparse
import datetime as dt
import io
import json
import math
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import stanza
import tokenizer_data
import torch
import treebank
from stanza.models import lemmatizer, mwt_expander, tokenizer
from stanza.models.common.doc import LEMMA, TEXT, UPOS
from stanza.models.common.utils import set_random_seed
from stanza.models.lemma.data import DataLoader as LemmaBatches
from stanza.models.lemma.trainer import Trainer as LemmaTrainer
from stanza.models.mwt import scorer
from stanza.models.mwt.data import BinaryDataLoader
from stanza.models.mwt.data import DataLoader as MwtBatches
from stanza.models.mwt.trainer import Trainer as MwtTrainer
from stanza.models.mwt.utils import mwts_composed_of_words
from stanza.models.tokenization.data import DataLoader as CharacterBatches
from stanza.models.tokenization.data import TokenizationDataset
from stanza.models.tokenization.trainer import Trainer as TokenTrainer
from stanza.models.tokenization.utils import eval_model, load_mwt_dict
from stanza.utils.conll import CoNLL
from stanza.utils.datasets.contract_mwt import contract_mwt

SEED = 20
PACKAGE = "annotator"
SCORES = Path(__file__).with_name("scores")
# Features that every Stanza knows; what 1.15 adds for phone numbers and dates costs time everywhere.
FEATURES = ["space_before", "capitalized", "numeric", "end_of_para", "start_of_para"]
# What the folder serves: three files made here, variants and a processor that the package registers.
SERVED = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner", "attribution")


@dataclass(slots=True)
class Job:
    """What the loop needs: Stanza's trainer, endless batches, the dev score, how long and fast to learn."""

    trainer: Any
    batches: Callable[[], Iterator[Any]]
    score: Callable[[], float]
    steps: int
    every: int
    rate: float
    notes: dict[str, Any] = field(default_factory=dict)
    served: dict[str, Any] = field(default_factory=dict)


def rate_at(job: Job, step: int) -> float:
    """Learning rate: up over 200 steps, slowly down a cosine, and in the last third straight to nothing."""
    done = step / job.steps
    slope = 0.505 + 0.495 * math.cos(0.6 * math.pi * done)
    return job.rate * min(1.0, (step + 1) / 200) * slope * min(1.0, 3 * (1 - done))


def saved(job: Job, path: Path) -> dict[str, Any]:
    """The state to begin from: a checkpoint where there is one."""
    if not path.exists():
        return {"step": 0, "history": [], "best": None, "seconds": 0.0}
    state: dict[str, Any] = torch.load(path, weights_only=True)
    job.trainer.model.load_state_dict(state.pop("model"))
    job.trainer.optimizer.load_state_dict(state.pop("optimizer"))
    print(f"goes on from step {state['step']}", flush=True)
    return state


def block(job: Job, batches: Iterator[Any], start: int, stop: int) -> float:
    """Steps start to stop; the mean loss."""
    total = 0.0
    for step in range(start, stop):
        for group in job.trainer.optimizer.param_groups:
            group["lr"] = rate_at(job, step)
        total += job.trainer.update(next(batches))
    return total / max(1, stop - start)


def fit(job: Job, path: Path) -> dict[str, Any]:
    """Trains to the end with a checkpoint after each block, leaves the best weights; gives the history."""
    state = saved(job, path)
    while state["step"] < job.steps:
        set_random_seed(SEED + state["step"])
        began, stop = time.process_time(), min(job.steps, state["step"] + job.every)
        loss = block(job, job.batches(), state["step"], stop)
        with torch.no_grad():
            score = job.score()
        weights = {name: tensor.clone() for name, tensor in job.trainer.model.state_dict().items()}
        if all(score > old["score"] for old in state["history"]):
            state["best"] = weights
        state["step"] = stop
        state["seconds"] += time.process_time() - began
        state["history"].append({"step": stop, "loss": round(loss, 5), "score": round(score, 6)})
        print(json.dumps(state["history"][-1] | {"cpu_seconds": round(state["seconds"])}), flush=True)
        fresh = path.with_suffix(".new")
        torch.save(state | {"model": weights, "optimizer": job.trainer.optimizer.state_dict()}, fresh)
        fresh.replace(path)
    job.trainer.model.load_state_dict(state["best"])
    return {"history": state["history"], "cpu_seconds": round(state["seconds"])}


def prepared(stem: Path) -> dict[str, str]:
    """The two files of STEM as Stanza's batches ask for them."""
    return {"txt": str(stem.with_suffix(".txt")), "label": str(stem.with_suffix(".labels"))}


def tokenizer_job(ud: Path, work: Path, steps: int | None) -> Job:
    """Ends of tokens, sentences and contractions from characters; steps of 16 windows of 300."""
    train = treebank.paragraphs(treebank.ud_file(ud, "train"))
    tokenizer_data.write(tokenizer_data.augmented(train, share=0.25, seed=SEED), work / "train")
    tokenizer_data.write(treebank.paragraphs(treebank.ud_file(ud, "dev")), work / "dev")
    args = tokenizer.parse_args(
        ["--lang", "en", "--shorthand", "en_base", "--max_seqlen", "300", "--batch_size", "16"]
    )
    functions = list(tokenizer.DEFAULT_FEAT_FUNCS)
    args |= {"feat_funcs": functions, "feat_dim": len(functions), "num_dict_feat": 0, "use_mwt": True}
    expansions = load_mwt_dict(str(work / "train.json"))
    files = {
        part: {"txt": str(work / f"{part}.txt"), "label": str(work / f"{part}.labels")}
        for part in ("train", "dev")
    }
    loader = CharacterBatches(
        args, input_files=files["train"], mwt_expansions={word: pair[0] for word, pair in expansions.items()}
    )
    args["vocab_size"] = len(loader.vocab)
    dev = TokenizationDataset(args, input_files=files["dev"], vocab=loader.vocab, evaluation=True)
    trainer = TokenTrainer(args=args, vocab=loader.vocab, device="cpu")

    def batches() -> Iterator[Any]:
        while True:
            yield loader.next(unit_dropout=args["unit_dropout"], feat_unit_dropout=args["feat_unit_dropout"])

    def score() -> float:
        return float(eval_model(args, trainer, dev, loader.vocab, expansions))

    return Job(
        trainer,
        batches,
        score,
        steps or 5250,
        750,
        2.5e-3,
        {"score": "harmonic mean of token and sentence F1"},
        # Stanza writes <UNK> for a token longer than the windows, as some addresses of the web are.
        {"max_seqlen": 1000, "batch_size": 32},
    )


def mwt_job(ud: Path, work: Path, steps: int | None) -> Job:
    """Where a contraction is cut, from its characters; known ones go through a dictionary first."""
    train = CoNLL.conll2doc(str(treebank.ud_file(ud, "train")))
    gold = str(treebank.ud_file(ud, "dev"))
    contract_mwt(gold, str(work / "dev.contracted.conllu"))
    dev = CoNLL.conll2doc(str(work / "dev.contracted.conllu"))
    # A tenth of the apostrophes are typed in other ways, for ’ is the one that news prints.
    args = vars(mwt_expander.parse_args(["--lang", "en", "--shorthand", "en_base", "--augment_apos", "0.1"]))
    pieces = mwts_composed_of_words(train)
    args |= {"force_exact_pieces": pieces, "num_layers": 2 if pieces else 1}
    kind = BinaryDataLoader if pieces else MwtBatches
    set_random_seed(SEED)
    loader = kind(train, args["batch_size"], args)
    args["vocab_size"] = loader.vocab.size
    trainer = MwtTrainer(args=args, vocab=loader.vocab, device="cpu")
    trainer.train_dict(train.get_mwt_expansions(evaluation=False))
    held = kind(dev, args["batch_size"], args, vocab=loader.vocab, evaluation=True)

    def batches() -> Iterator[Any]:
        while True:
            yield from loader.to_loader()

    def score() -> float:
        # Without the dictionary, which would hide what the network learns.
        cut = [words for batch in held.to_loader() for words in trainer.predict(batch)]
        again = CoNLL.conll2doc(str(work / "dev.contracted.conllu"))
        again.set_mwt_expansions(cut, fake_dependencies=True)
        return float(scorer.score(io.StringIO(f"{again:C}\n\n"), gold)[2])

    return Job(trainer, batches, score, steps or 1140, 380, 1e-3, {"score": "word F1 without the dictionary"})


class Types(LemmaBatches):
    """Each word, part of speech and lemma once: the network meets only words that the dictionary lacks."""

    def raw_data(self) -> list[list[str]]:
        """Stanza's triples, each once, without addresses of the web, which make every batch as long as they are."""
        return [
            list(triple) for triple in sorted({tuple(t) for t in super().raw_data()}) if len(triple[0]) <= 20
        ]


def respelled(triples: list[list[str]]) -> list[list[str]]:
    """Forms that the treebank lacks by chance: `Vetoed` at the start of a sentence, `VETOED`, ’ for '."""
    known = {(word, pos) for word, pos, _ in triples}
    new: dict[tuple[str, str], str] = {}
    # The commonest first, so that it is the one that stays where a word has two lemmas.
    for (word, pos, lemma), _ in Counter(map(tuple, triples)).most_common():
        cased = () if pos == "PROPN" or not word.islower() else (word[:1].upper() + word[1:], word.upper())
        for form in (word, *cased):
            for spelt in (form, form.replace("'", "’")):
                if (spelt, pos) not in known:
                    new.setdefault((spelt, pos), lemma)
    return [[word, pos, lemma] for (word, pos), lemma in new.items()]


def lemma_job(ud: Path, _work: Path, steps: int | None) -> Job:
    """A dictionary of the treebank's words; for others an edit class or a network that writes the lemma."""
    train = CoNLL.conll2doc(str(treebank.ud_file(ud, "train")))
    dev = CoNLL.conll2doc(str(treebank.ud_file(ud, "dev")))
    args = lemmatizer.parse_args(["--shorthand", "en_base", "--batch_size", "100"])
    set_random_seed(SEED)
    loader = Types(train, args["batch_size"], args)
    args |= {"vocab_size": loader.vocab["char"].size, "pos_vocab_size": loader.vocab["pos"].size}
    trainer = LemmaTrainer(args=args, vocab=loader.vocab, device="cpu")
    triples = LemmaBatches.load_doc(train, caseless=False, skip_blank_lemmas=False, evaluation=False)
    trainer.train_dict([*triples, *respelled(triples)])
    pairs, gold = dev.get([TEXT, UPOS]), dev.get(LEMMA)
    skip = trainer.skip_seq2seq(pairs)
    held = LemmaBatches(dev, 500, args, vocab=loader.vocab, evaluation=True, skip=skip)

    def batches() -> Iterator[Any]:
        while True:
            for i in torch.randperm(len(loader)).tolist():
                yield loader[i]

    def score() -> float:
        lemmas, edits = [], []
        for batch in held:
            found, classes = trainer.predict(batch)
            lemmas += found
            edits += classes
        words = [word for (word, _), known in zip(pairs, skip, strict=True) if not known]
        rest = iter(trainer.postprocess(words, lemmas, edits=edits))
        full = trainer.ensemble(pairs, ["" if known else next(rest) for known in skip])
        return sum(a == b for a, b in zip(full, gold, strict=True)) / len(gold)

    return Job(
        trainer, batches, score, steps or 1500, 500, 1e-3, {"score": "lemma accuracy, gold words and tags"}
    )


JOBS = {"tokenizer": ("tokenize", tokenizer_job), "mwt": ("mwt", mwt_job), "lemma": ("lemma", lemma_job)}


def without_paths(args: dict[str, Any]) -> dict[str, Any]:
    """Stanza keeps its arguments with the weights: all but where files lay on the training machine."""
    places = ("_file", "_dir", "_name")
    return {name: None if name.endswith(places) else value for name, value in args.items()}


def register(out: Path) -> None:
    """`resources.json`: what makes the folder a Stanza model directory that needs no network."""
    english: dict[str, Any] = {"lang_name": "English"}
    english |= {name: {PACKAGE: {}} for name in SERVED}
    english["packages"] = {"default": dict.fromkeys(SERVED, PACKAGE)}
    english["default_processors"] = dict.fromkeys(SERVED, PACKAGE)
    (out / "resources.json").write_text(json.dumps({"en": english}, indent=2) + "\n", encoding="utf-8")


def record(name: str, ud: Path, job: Job, learnt: dict[str, Any], weights: Path) -> dict[str, Any]:
    """What a model card says about one model; `scores` of the test file are added by evaluate_syntax.py."""
    versions = {"python": platform.python_version(), "stanza": stanza.__version__, "torch": torch.__version__}
    return {
        "model": name,
        "file": f"{weights.parent.name}/{weights.name}",
        "weights": treebank.hashes([weights]),
        "data": treebank.hashes(treebank.ud_file(ud, part) for part in ("train", "dev")),
        "recipe": f"python training/stanza_models.py {name} --ud UD --work WORK --out annotator/data/models",
        "seed": SEED,
        "steps": job.steps,
        "parameters": sum(p.numel() for p in job.trainer.model.parameters()),
        "dev": job.notes | {"best": max(row["score"] for row in learnt["history"])} | learnt,
        "scores": {},
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "versions": versions,
    }


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", choices=JOBS)
    parser.add_argument(
        "--ud", type=Path, required=True, help="folder with *-ud-train.conllu and *-ud-dev.conllu"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for prepared data and checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="the Stanza model folder to fill")
    parser.add_argument(
        "--scores", type=Path, default=Path(__file__).with_name("scores"), help="folder for MODEL.json"
    )
    parser.add_argument("--steps", type=int, help="instead of the recipe's own number")
    parser.add_argument("--threads", type=int, default=1, help="of the CPU")
    return parser.parse_args()


def main() -> None:
    asked = options()
    torch.set_num_threads(asked.threads)
    folder, make = JOBS[asked.model]
    work = asked.work / asked.model
    work.mkdir(parents=True, exist_ok=True)
    set_random_seed(SEED)
    job = make(asked.ud, work, asked.steps)
    learnt = fit(job, work / "checkpoint.pt")
    weights = asked.out / "en" / folder / f"{PACKAGE}.pt"
    weights.parent.mkdir(parents=True, exist_ok=True)
    job.trainer.args = without_paths(job.trainer.args) | job.served
    job.trainer.save(str(weights))
    register(asked.out)
    asked.scores.mkdir(parents=True, exist_ok=True)
    card = record(asked.model, asked.ud, job, learnt, weights)
    (asked.scores / f"{asked.model}.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
