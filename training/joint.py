r"""One encoder for everything, trained jointly: syntax and names on UD, attribution (and names) on PolNeAR, in turn.

    python training/joint.py --data FOLDER --names names.jsonl --work FOLDER --out annotator/data/models/joint \
        --teacher FOLDER

FOLDER of data holds ud/ and attribution/; names.jsonl comes from training/names.py. The network begins as a part of
MiniLM (slim.py) or where an earlier training ended, and learns from the gold and the teacher together. A stopped run
goes on from its last checkpoint in the work folder. Ends by writing float16 weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from distil import (
    ZERO,
    Lessons,
    Seen,
    distance,
    focus,
    label_distance,
    sentences_of,
    syntax_distance,
    vector_distance,
)
from network import Network, attribution_loss, links_of, syntax_loss
from safetensors.torch import load_file, save_file
from slim import slim
from torch import distributed, nn
from varied import Others, name_words, near_words, varied
from windows import (
    IGNORED,
    PRACTICE,
    STORIES,
    Corpora,
    Item,
    minilm,
    noisy,
    plan_of,
    prepare,
    spelled,
    word_pieces,
)

from annotator.encoder import Encoder, Vectors, sizes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

# The teacher's share of the loss: PolNeAR's own labels waver where its teacher does not.
TRUST = 0.9
# The share of the loss that asks for the teacher's vectors themselves.
VIEW = 2.0
# Batches that the lenses are first set by.
FIRST = 16
RECIPE = "recipe.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One batch as the network hears it, with the ids of its windows as they are.

    `task` is 0 for syntax, 1 for attribution, 2 for what the teacher alone tells.
    """

    task: int
    batch: list[Item]
    known: list[int]


def link_distance(
    net: Network, last: torch.Tensor, batch: list[Item], teacher: Network, seen: Sequence[Seen]
) -> torch.Tensor:
    """How far the links of a batch are from the teacher's."""
    total = ZERO
    for k, (item, view) in enumerate(zip(batch, seen, strict=True)):
        with torch.no_grad():
            wanted = [s.log_softmax(-1) for s, _ in links_of(teacher, view.last.float(), item)]
        for (scores, _), soft in zip(links_of(net, last[k], item), wanted, strict=True):
            total = total + distance(scores, soft)
    return total / len(batch)


def processes() -> tuple[int, int]:
    """The number of a process and how many there are: `torchrun --nproc-per-node 2` shares each batch between two."""
    if "WORLD_SIZE" not in os.environ:
        return 0, 1
    if not distributed.is_initialized():
        distributed.init_process_group("gloo")
    return distributed.get_rank(), distributed.get_world_size()


def average_gradients(net: nn.Module, size: int) -> None:
    wanted = [p for p in net.parameters() if p.requires_grad]
    flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in wanted])
    distributed.all_reduce(flat)
    flat /= size
    at = 0
    for p in wanted:
        p.grad = flat[at : at + p.numel()].view_as(p)
        at += p.numel()


def loss_of(net: Network, step: Step, lessons: Lessons) -> torch.Tensor:
    """The whole loss of a batch: the gold's, and where the teacher has seen the windows what it would say."""
    task, batch = step.task, step.batch
    vectors = net.read([i.inputs for i in batch])
    if task == 2:
        return told_of(net, vectors, batch, lessons, read_now(lessons.teacher, batch))
    gold = (attribution_loss if task else syntax_loss)(net, vectors, batch)
    if lessons.teacher is None or step.known[0] not in lessons.seen:
        return gold
    told = told_of(net, vectors, batch, lessons, [lessons.seen[i] for i in step.known])
    return gold + told if not task else (1 - TRUST) * gold + TRUST * told


def told_of(
    net: Network, vectors: Vectors, batch: list[Item], lessons: Lessons, seen: list[Seen]
) -> torch.Tensor:
    """How far the network is from what its teacher says of a batch, in every task.

    Nobody marked attributions in the treebank, whose texts are of more kinds than news: the teacher does.
    """
    last, mixed = net.drop(vectors.last), net.drop(vectors.mixed)
    teacher, keeper = lessons.teacher, lessons.keeper
    told = label_distance(net, last, teacher, seen)
    if keeper is None:
        told = told + syntax_distance(net.syntax, teacher.syntax, mixed, seen)
        told = told + VIEW * vector_distance(net.lens, vectors, seen)
    else:
        told = told + syntax_distance(net.syntax, keeper.syntax, mixed, read_now(keeper, batch))
    return told + 0.4 * link_distance(net, last, batch, teacher, seen)


@torch.no_grad()
def read_now(teacher: Network, batch: list[Item]) -> list[Seen]:
    """The teacher's view of some windows as they now stand."""
    vectors = teacher.read([i.inputs for i in batch])
    out = []
    for row, item in enumerate(batch):
        last, mixed = vectors.last[row, : len(item.words)], vectors.mixed[row, : len(item.words)]
        out.append(Seen(last, mixed, sentences_of(teacher.syntax, mixed, item)))
    return out


@torch.inference_mode()
def look(teacher: Network, found: list[Item], file: Path) -> list[Seen]:
    """The teacher's view of each window, kept in a file for the next start, if the windows are the same then."""
    lengths = [len(item.words) for item in found]
    whole = torch.load(file, mmap=True) if file.exists() else {}
    if whole.get("lengths") != lengths:
        order = sorted(range(len(found)), key=lambda k: len(found[k].words))
        out: list[Seen | None] = [None] * len(found)
        for at in range(0, len(order), 8):
            some = order[at : at + 8]
            for k, s in zip(some, read_now(teacher, [found[k] for k in some]), strict=True):
                out[k] = Seen(s.last.half(), s.mixed.half(), s.sentences)
            if at % 800 == 0:
                print(f"the teacher has read {at} of {len(found)} windows", flush=True)
        whole = {
            "last": torch.cat([s.last for s in out]),
            "mixed": torch.cat([s.mixed for s in out]),
            "lengths": lengths,
            "sentences": [s.sentences for s in out],
        }
        torch.save(whole, file)
        whole = torch.load(file, mmap=True)
    parts = (whole[k].split(whole["lengths"]) for k in ("last", "mixed"))
    return [Seen(*each) for each in zip(*parts, whole["sentences"], strict=True)]


def groups(net: Network, o: argparse.Namespace) -> list[dict[str, object]]:
    """What is trained, with its rate: lower layers change less where the encoder says so (Howard and Ruder 2018)."""
    new, decay = getattr(net.encoder, "new", ()), getattr(net.encoder, "decay", 1.0)
    top = len(net.encoder.layers) - 1
    found: dict[float, list[nn.Parameter]] = {
        o.head_rate: [*net.syntax.parameters(), *net.attribution.parameters(), *net.lens.parameters()]
    }
    for name, p in net.encoder.named_parameters():
        if p.requires_grad:
            part, *rest = name.split(".")
            depth = top - int(rest[0]) if part == "layers" else 0
            found.setdefault(o.head_rate if part in new else o.rate * decay**depth, []).append(p)
    return [{"params": params, "lr": rate} for rate, params in found.items()]


def train(net: Network, corpora: Corpora, o: argparse.Namespace, lessons: Lessons) -> None:
    plan, pieces = plan_of(corpora, o)[: o.steps], corpora.pieces
    optimizer = torch.optim.AdamW(groups(net, o), weight_decay=0.01, fused=True)
    warm = max(1, int(0.06 * len(plan)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min((k + 1) / warm, max(0.0, (len(plan) - k) / max(1, len(plan) - warm)))
    )
    rank, size = processes()
    first, saved = 0, o.work / "joint.pt"
    if saved.exists():
        state = torch.load(saved, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]
    elif lessons.teacher is not None and lessons.keeper is None:
        focus(net.lens, shown(net, plan, lessons.teacher))
    began = time.time()
    for k, (task, whole) in enumerate(plan[first:], first + 1):
        torch.manual_seed(o.seed * 1_000_003 + k * size + rank)
        random.seed(o.seed * 1_000_003 + k * size + rank)
        batch = whole[rank::size] or whole[:1]
        if task == 2:
            batch = [varied(i, lessons.others) for i in batch]
        heard = [noisy(i, pieces) for i in batch] if task == 1 else batch
        loss = loss_of(net, Step(task, heard, [id(i) for i in batch]), lessons)
        loss.backward()
        if size > 1:
            average_gradients(net, size)
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if k % 20 == 0 and not rank:
            left = (time.time() - began) / (k - first) * (len(plan) - k) / 60
            what = ("syntax", "attribution", "fresh")[task]
            print(f"{k}/{len(plan)} {what} {loss.item():.2f}, {left:.0f} minutes left", flush=True)
        if (k % 200 == 0 or k == len(plan)) and not rank:
            state = {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "step": k,
            }
            torch.save(state, saved.with_suffix(".tmp"))
            saved.with_suffix(".tmp").replace(saved)


@torch.no_grad()
def shown(
    net: Network, plan: list[tuple[int, list[Item]]], teacher: Network
) -> list[tuple[Vectors, list[Seen]]]:
    """Some batches of a plan as the network and its teacher see them before it begins."""
    some = [batch for _, batch in plan[:: max(1, len(plan) // FIRST)]][:FIRST]
    return [(net.read([i.inputs for i in batch]), read_now(teacher, batch)) for batch in some]


def write(found: dict[str, torch.Tensor], corpora: Corpora, o: argparse.Namespace) -> None:
    """The folder that the package ships: float16 weights, values, word pieces, and what they were made from."""
    o.out.mkdir(parents=True, exist_ok=True)
    found = {k: v for k, v in found.items() if not k.startswith("lens.")}
    save_file({k: v.half().contiguous() for k, v in found.items()}, o.out / "joint.safetensors")
    (o.out / "values.json").write_text(json.dumps(corpora.values, ensure_ascii=False), encoding="utf8")
    word_pieces(corpora.source, o.out / "pieces.json")


def stage(o: argparse.Namespace, network: str) -> dict[str, object]:
    """What one training was told."""
    keys = (
        "seed",
        "syntax_epochs",
        "copies_epochs",
        "attribution_epochs",
        "practice_epochs",
        "fresh_epochs",
        "rate",
        "head_rate",
        "batch",
    )
    told = {"network": network} | {k: getattr(o, k) for k in keys}
    told |= {"steps": o.steps} if o.steps else {}
    told |= {"view": VIEW} if network == "shipped" and not o.keeper else {}
    return told | ({"share": o.share} if o.weights and o.share < 1 else {})


def narrowing(weights: Path | None) -> list[dict[str, object]]:
    """What narrower.py left beside the weights gone on from, where it made them."""
    told = weights.with_suffix(".json") if weights else None
    return [json.loads(told.read_text(encoding="utf8"))] if told and told.exists() else []


def recipe(o: argparse.Namespace, before: Path) -> dict[str, object]:
    """What the shipped weights were made from: data and stages, with --weights those of the earlier training first."""
    files = [
        o.data / "ud/en_base-ud-train.conllu",
        o.data / "attribution/polnear.train.jsonl",
        o.data / "attribution/gum.train.jsonl",
        *([o.names] if o.names else []),
        PRACTICE / "gold.jsonl",
        *sorted(STORIES.glob("*.txt")),
    ]
    earlier = json.loads(before.read_text(encoding="utf8"))["stages"] if o.weights and before.exists() else []
    teacher = json.loads((o.teacher / RECIPE).read_text(encoding="utf8"))
    return {
        "data": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files},
        "stages": [
            *earlier,
            *([] if teacher in earlier else [teacher]),
            *narrowing(o.weights),
            stage(o, "shipped"),
        ],
        "torch": torch.__version__,
        "scores": {},
    }


def options(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("data", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--names", type=Path, help="what names.py made; else names are those of --keeper")
    parser.add_argument(
        "--keeper",
        type=Path,
        help="weights of the small network whose syntax and names shall stay as they are",
    )
    parser.add_argument("--syntax-epochs", type=int, default=3)
    parser.add_argument("--attribution-epochs", type=int, default=3)
    parser.add_argument("--practice-epochs", type=int, default=6, help="of our own gold stories")
    parser.add_argument("--copies-epochs", type=int, default=2)
    parser.add_argument(
        "--fresh-epochs", type=int, default=0, help="of stories in other words, read by the teacher"
    )
    parser.add_argument("--texts", type=Path, help="a folder of further .txt files for the same (texts.py)")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=1.5e-3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--steps", type=int, default=None, help="end after so many of the plan's steps")
    parser.add_argument("--limit", type=int, default=None, help="texts of each corpus, for a smoke test")
    parser.add_argument(
        "--weights", type=Path, help="an earlier training to go on from: weights or checkpoint"
    )
    return parser


def tensors_of(file: Path) -> dict[str, torch.Tensor]:
    """A training's weights: what it shipped, or the checkpoint in its work folder."""
    if file.suffix == ".pt":
        return torch.load(file, weights_only=True)["net"]
    return {k: v.float() for k, v in load_file(file).items()}


def go_on(net: Network, file: Path | None) -> None:
    """Begin where an earlier training ended."""
    if file:
        net.load_state_dict(tensors_of(file), strict=False)


def small(corpora: Corpora, tensors: dict[str, torch.Tensor]) -> Network:
    """The small network of some tensors, as wide as they are."""
    net = Network(corpora.values, Encoder(sizes_of(tensors, "encoder.")))
    lost = [k for k in net.load_state_dict(tensors, strict=False).missing_keys if k.startswith("encoder.")]
    if lost:
        raise ValueError(f"no encoder without {', '.join(lost)}")
    return net


def keeper_of(o: argparse.Namespace, corpora: Corpora) -> Network | None:
    """The small network whose syntax and names shall stay."""
    if not o.keeper:
        return None
    return small(corpora, tensors_of(o.keeper)).eval().requires_grad_(requires_grad=False)


def with_names(corpora: Corpora, keeper: Network | None) -> Corpora:
    """The stories with the names that the keeper finds wherever nobody marked any."""
    if keeper is None:
        return corpora
    parts = ("attribution", "clauses", "practice", "fresh", "texts")
    return replace(corpora, **{k: _named(keeper, getattr(corpora, k)) for k in parts})


def _named(keeper: Network, found: list[Item]) -> list[Item]:
    """The windows with the keeper's names; of several processes each looks up those of its share."""
    rank, size = processes()
    rows = _names_of(keeper, found[rank::size])
    shares = [rows] * size
    if size > 1:
        distributed.all_gather_object(shares, rows)
    out = []
    for k, item in enumerate(found):
        both = zip(item.names, shares[k % size][k // size], strict=True)
        out.append(replace(item, names=[new if old == IGNORED else old for old, new in both]))
    return out


@torch.no_grad()
def _names_of(keeper: Network, found: list[Item]) -> list[list[int]]:
    """The number of the name label of each word of each window."""
    out: list[list[int]] = [[]] * len(found)
    order = sorted(range(len(found)), key=lambda k: len(found[k].words))
    for some in (order[at : at + 32] for at in range(0, len(order), 32)):
        labels = keeper.syntax.names(keeper.read([found[k].inputs for k in some]).mixed).argmax(-1).tolist()
        for k, row in zip(some, labels, strict=True):
            out[k] = row[: len(found[k].words)]
    return out


def averaged(found: dict[str, torch.Tensor], o: argparse.Namespace) -> dict[str, torch.Tensor]:
    """Between the weights gone on from and those arrived at, where both are good (Wortsman and others 2022)."""
    if not o.weights or o.share >= 1:
        return found
    before = tensors_of(o.weights)
    return {k: o.share * v + (1 - o.share) * before[k] if k in before else v for k, v in found.items()}


def lessons_of(o: argparse.Namespace, corpora: Corpora, keeper: Network | None) -> Lessons:
    """The teacher with what it sees in the windows of the plan's steps; of several processes each looks at its share.

    Not in copies, and fresh windows it reads as they come.
    """
    from teacher import RELATION as WIDE  # noqa: PLC0415 - it imports this module
    from teacher import Teacher  # noqa: PLC0415

    teacher = Network(corpora.values, Teacher(), relation=WIDE)
    teacher.load_state_dict(torch.load(o.teacher / "joint.pt", weights_only=True)["net"], strict=False)
    teacher.eval().requires_grad_(requires_grad=False)
    rank, size = processes()
    wanted = {id(item) for task, batch in plan_of(corpora, o)[: o.steps] if task != 2 for item in batch}
    marked = [item for item in corpora.marked() if id(item) in wanted]
    shares = [marked[k::size] for k in range(size)]
    files = [o.teacher / f"seen.{k}.{size}.pt" for k in range(size)]
    look(teacher, shares[rank], files[rank])
    if size > 1:
        distributed.barrier()
    seen = {
        id(item): view
        for share, file in zip(shares, files, strict=True)
        for item, view in zip(share, look(teacher, share, file), strict=True)
    }
    near = (
        near_words(teacher.encoder.whole_words(), spelled(corpora.source), corpora.kinds)
        if o.fresh_epochs
        else {}
    )
    named = [*corpora.attribution, *corpora.practice]
    return Lessons(seen, teacher, Others(near, name_words(named), corpora.pieces), keeper)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--snapshot", action="store_true", help="write the last checkpoint's weights and stop"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="of what is written; the rest are the weights of --weights"
    )
    parser.add_argument("--teacher", type=Path, required=True, help="the work folder of training/teacher.py")
    o = parser.parse_args()
    corpora = prepare(o)
    if not o.snapshot:
        keeper = keeper_of(o, corpora)
        corpora = with_names(corpora, keeper)
        first = {f"encoder.{k}": v for k, v in slim(minilm()).items()}
        net = small(corpora, tensors_of(o.weights) if o.weights else first)
        train(net, corpora, o, lessons_of(o, corpora, keeper))
    if processes()[0]:
        return
    write(averaged(tensors_of(o.work / "joint.pt"), o), corpora, o)
    if not (o.snapshot or o.limit):
        (Path(__file__).parent / "scores").mkdir(exist_ok=True)
        out = Path(__file__).parent / "scores" / "joint.json"
        out.write_text(json.dumps(recipe(o, out), indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
