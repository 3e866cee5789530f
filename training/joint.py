r"""One encoder for everything, trained jointly: syntax and names on UD, attribution (and names) on PolNeAR, in turn.

    python training/joint.py --data FOLDER --names names.jsonl --work FOLDER --out annotator/data/models/joint \
        --elder FOLDER --teacher FOLDER

FOLDER of data holds ud/ and attribution/; names.jsonl comes from training/names.py. The network begins as a part of
the elder's (slim.py) and learns from the gold, the elder and the teacher together. A stopped run goes on from its last
checkpoint in the work folder. Ends by writing float16 weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from distil import (
    ZERO,
    Lessons,
    Seen,
    Taught,
    distance,
    label_distance,
    sentence_rows,
    sentences_of,
    syntax_distance,
    vector_distance,
)
from safetensors.torch import load_file, save_file
from slim import slim
from torch import distributed, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it
from windows import IGNORED, Corpora, Item, noisy, plan_of, prepare, word_pieces

from annotator.encoder import HIDDEN, Encoder, Vectors, padded
from annotator.parser.heads import RELATION, TAGS, SyntaxHeads
from annotator.tagger import CONTENT_CUE, CONTENT_SOURCE, CUE_SOURCE, AttributionHeads

if TYPE_CHECKING:
    from collections.abc import Sequence

# The teacher's share of the loss: PolNeAR's own labels waver where its teacher does not.
TRUST = 0.7
# The share of a training in which the small network's vectors are drawn to the elder's; then its own may be better.
DRAWN = 0.6
RECIPE = "recipe.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One batch as the network hears it, with the ids of its windows as they are; `task` is 0 for syntax."""

    task: int
    batch: list[Item]
    known: list[int]


class Network(nn.Module):
    """An encoder and every head, as one thing to train."""

    def __init__(self, values: dict[str, list[str]], encoder: nn.Module, *, relation: int = RELATION) -> None:
        super().__init__()
        self.encoder, self.attribution = encoder, AttributionHeads()
        self.syntax = SyntaxHeads(values, relation=relation)
        self.drop = nn.Dropout(0.2)
        for weight in (
            self.syntax.arc.weight,
            self.syntax.relation.weight,
            *(x.pair for x in self.attribution.links),
        ):
            nn.init.normal_(weight, std=0.01)


def tag_loss(logits: torch.Tensor, rows: list[list[int]]) -> torch.Tensor:
    target = padded(rows, IGNORED).flatten()
    if bool((target == IGNORED).all()):
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), target, ignore_index=IGNORED)


def syntax_loss(net: Network, vectors: Vectors, batch: list[Item]) -> torch.Tensor:
    """Gold sentences, tags, names and trees."""
    mixed = net.drop(vectors.mixed)
    heads = net.syntax
    loss = tag_loss(heads.names(mixed), [i.names for i in batch])
    # One word in twenty begins a sentence, and everything stands on where.
    loss = loss + 2.0 * tag_loss(heads.starts(mixed), [i.starts for i in batch])
    for kind, weight in zip(TAGS, (1.0, 0.5, 1.0), strict=True):
        loss = loss + weight * tag_loss(heads.tags[kind](mixed), [i.tags[kind] for i in batch])
    found = [(k, a, b) for k, i in enumerate(batch) for a, b in i.sentences]
    if not found:
        return loss
    rows = sentence_rows(heads, mixed, found)
    arcs = heads.arcs(rows, torch.tensor([b - a for _, a, b in found]))
    gold = padded([[IGNORED, *batch[k].heads[a:b]] for k, a, b in found], IGNORED)
    gold = F.pad(gold, (0, rows.size(1) - gold.size(1)), value=IGNORED)
    relations = padded([[IGNORED, *batch[k].tags["deprel"][a:b]] for k, a, b in found], IGNORED)
    ok = gold >= 0
    head = rows.gather(1, gold.clamp(min=0).unsqueeze(-1).expand(-1, -1, HIDDEN))[ok]
    named = F.cross_entropy(
        heads.relations(head, rows[ok]), relations[ok[:, : relations.size(1)]], ignore_index=IGNORED
    )
    return loss + F.cross_entropy(arcs.flatten(0, 1), gold.flatten(), ignore_index=IGNORED) + named


def links_of(net: Network, vectors: torch.Tensor, item: Item) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Scores and gold of each content's cue or none, each cue's nearest source or none, a cue-less content's source."""
    by_role = {
        r: [(k, i, j) for k, role, i, j in item.pieces if role == r] for r in ("source", "cue", "content")
    }
    spans = {r: sorted({(i, j) for _, i, j in v}) for r, v in by_role.items()}
    of = {r: {} for r in spans}
    for role, found in by_role.items():
        for k, i, j in reversed(found):
            of[role][k] = (i, j)
    plan = [
        (CONTENT_CUE, by_role["content"], "cue"),
        (CUE_SOURCE, by_role["cue"], "source"),
        (CONTENT_SOURCE, [x for x in by_role["content"] if x[0] not in of["cue"]], "source"),
    ]
    out = []
    for which, children, role in plan:
        if not children or not spans[role]:
            continue
        target = [spans[role].index(of[role][k]) + 1 if k in of[role] else 0 for k, _, _ in children]
        scores = net.attribution.links[which](vectors, [(i, j) for _, i, j in children], spans[role])
        out.append((scores, torch.tensor(target)))
    return out


def attribution_loss(
    net: Network, vectors: Vectors, batch: list[Item], taught: Sequence[Taught] = ()
) -> torch.Tensor:
    """Gold labels, names and links; with a teacher's views of the windows, those weigh more than the gold."""
    last = net.drop(vectors.last)
    labels = net.attribution.labels(last)
    links = [links_of(net, last[k], item) for k, item in enumerate(batch)]
    gold = [F.cross_entropy(scores, target) for found in links for scores, target in found]
    loss = tag_loss(labels, [i.labels for i in batch]) + 0.4 * torch.stack([*gold, ZERO]).sum() / len(batch)
    if taught:
        soft = [
            distance(s, t)
            for f, view in zip(links, taught, strict=True)
            for (s, _), t in zip(f, view.links, strict=True)
        ]
        learned = label_distance(labels, taught) + 0.4 * torch.stack([*soft, ZERO]).sum() / len(batch)
        loss = (1 - TRUST) * loss + TRUST * learned
    return loss + 0.3 * tag_loss(net.syntax.names(net.drop(vectors.mixed)), [i.names for i in batch])


@torch.inference_mode()
def views(teacher: Network, found: list[Item], file: Path) -> dict[int, Taught]:
    """What the teacher makes of each window, by the window's id, kept in a file for the next start."""
    if not file.exists():
        teacher.eval()
        out: list[tuple[torch.Tensor, list[torch.Tensor]]] = [(ZERO, [])] * len(found)
        order = sorted(range(len(found)), key=lambda k: len(found[k].words))
        for at in range(0, len(order), 4):
            some = order[at : at + 4]
            last = teacher.encoder([found[k].inputs for k in some]).last
            for row, k in enumerate(some):
                own = last[row, : len(found[k].words)]
                links = [s.log_softmax(-1).half() for s, _ in links_of(teacher, own, found[k])]
                out[k] = (teacher.attribution.labels(own).log_softmax(-1).half(), links)
            if at % 400 == 0:
                print(f"the teacher has read {at} of {len(found)} windows", flush=True)
        torch.save(out, file)
    return {id(item): Taught(*view) for item, view in zip(found, torch.load(file), strict=True)}


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


def loss_of(net: Network, step: Step, lessons: Lessons, done: float) -> torch.Tensor:
    """The whole loss of a batch when a share `done` of the training is over."""
    task, batch, known = step.task, step.batch, step.known
    vectors = net.encoder([i.inputs for i in batch])
    if task:
        own = [lessons.taught[i] for i in known] if known[0] in lessons.taught else ()
        loss = attribution_loss(net, vectors, batch, own)
    else:
        loss = syntax_loss(net, vectors, batch)
    if lessons.elder is None:
        return loss
    seen = [lessons.seen[i] for i in known]
    loss = loss + syntax_distance(net.syntax, lessons.elder.syntax, net.drop(vectors.mixed), seen)
    if not task:
        # Nobody marked attributions in the treebank, whose texts are of more kinds than news: the elder did.
        loss = loss + label_distance(net.attribution.labels(net.drop(vectors.last)), elders(lessons, seen))
    near = vector_distance(vectors.last, vectors.mixed, seen)
    return loss + 2.0 * max(0.0, 1 - done / DRAWN) * near


@torch.no_grad()
def elders(lessons: Lessons, seen: Sequence[Seen]) -> list[Taught]:
    """The elder's attribution labels of windows."""
    return [Taught(lessons.elder.attribution.labels(s.last.float()).log_softmax(-1), []) for s in seen]


@torch.inference_mode()
def look(elder: Network, found: list[Item], file: Path) -> list[Seen]:
    """The elder's view of each window, kept in a file for the next start."""
    if not file.exists():
        order = sorted(range(len(found)), key=lambda k: len(found[k].words))
        out: list[Seen | None] = [None] * len(found)
        for at in range(0, len(order), 4):
            some = order[at : at + 4]
            vectors = elder.encoder([found[k].inputs for k in some])
            for row, k in enumerate(some):
                n = len(found[k].words)
                last, mixed = vectors.last[row, :n], vectors.mixed[row, :n]
                out[k] = Seen(last.half(), mixed.half(), sentences_of(elder.syntax, mixed, found[k]))
        whole = {
            "last": torch.cat([s.last for s in out]),
            "mixed": torch.cat([s.mixed for s in out]),
            "lengths": [len(s.last) for s in out],
            "sentences": [s.sentences for s in out],
        }
        torch.save(whole, file)
    whole = torch.load(file, mmap=True)
    parts = (whole[k].split(whole["lengths"]) for k in ("last", "mixed"))
    return [Seen(*each) for each in zip(*parts, whole["sentences"], strict=True)]


def train(net: Network, corpora: Corpora, o: argparse.Namespace, lessons: Lessons) -> None:
    plan, pieces = plan_of(corpora, o)[: o.steps], corpora.pieces
    encoder = [p for p in net.encoder.parameters() if p.requires_grad]
    heads = [*net.syntax.parameters(), *net.attribution.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": o.rate}, {"params": heads, "lr": o.head_rate}],
        weight_decay=0.01,
        fused=True,
    )
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
    began = time.time()
    for k, (task, whole) in enumerate(plan[first:], first + 1):
        torch.manual_seed(o.seed * 1_000_003 + k * size + rank)
        random.seed(o.seed * 1_000_003 + k * size + rank)
        batch = whole[rank::size] or whole[:1]
        heard = [noisy(i, pieces) for i in batch] if task else batch
        # What goes on from an earlier training has been drawn to the elder's vectors already.
        done = 1.0 if o.weights else k / len(plan)
        loss = loss_of(net, Step(task, heard, [id(i) for i in batch]), lessons, done)
        loss.backward()
        if size > 1:
            average_gradients(net, size)
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if k % 20 == 0 and not rank:
            left = (time.time() - began) / (k - first) * (len(plan) - k) / 60
            print(
                f"{k}/{len(plan)} {('syntax', 'attribution')[task]} {loss.item():.2f}, {left:.0f} minutes left",
                flush=True,
            )
        if (k % 40 == 0 or k == len(plan)) and not rank:
            state = {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "step": k,
            }
            torch.save(state, saved.with_suffix(".tmp"))
            saved.with_suffix(".tmp").replace(saved)


def write(found: dict[str, torch.Tensor], corpora: Corpora, o: argparse.Namespace) -> None:
    """The folder that the package ships: float16 weights, values, word pieces, and what they were made from."""
    o.out.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half().contiguous() for k, v in found.items()}, o.out / "joint.safetensors")
    (o.out / "values.json").write_text(json.dumps(corpora.values, ensure_ascii=False), encoding="utf8")
    word_pieces(corpora.source, o.out / "pieces.json")


def stages(o: argparse.Namespace, before: Path) -> list[dict[str, object]]:
    """The stages of a training; with --weights those of the earlier one, from its file, stand first."""
    keys = ("seed", "syntax_epochs", "attribution_epochs", "rate", "head_rate", "batch", "steps")
    stage = {k: getattr(o, k) for k in keys} | {"taught": bool(o.teacher)}
    stage |= {"share": o.share} if o.weights and o.share < 1 else {}
    earlier = json.loads(before.read_text(encoding="utf8"))["stages"] if o.weights and before.exists() else []
    return [*earlier, stage]


def recipe(o: argparse.Namespace, before: Path) -> dict[str, object]:
    """What the shipped weights were made from: data, the elder's stages, their own."""
    files = [
        o.data / "ud/en_base-ud-train.conllu",
        o.data / "attribution/polnear.train.jsonl",
        o.data / "attribution/gum.train.jsonl",
        o.names,
    ]
    return {
        "data": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files},
        "elder": json.loads((o.elder / RECIPE).read_text(encoding="utf8"))["stages"],
        "stages": stages(o, before),
        "torch": torch.__version__,
        "scores": {},
    }


def options(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("data", "names", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--syntax-epochs", type=int, default=3)
    parser.add_argument("--attribution-epochs", type=int, default=3)
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


def averaged(found: dict[str, torch.Tensor], o: argparse.Namespace) -> dict[str, torch.Tensor]:
    """Between the weights gone on from and those arrived at, where both are good (Wortsman and others 2022)."""
    if not o.weights or o.share >= 1:
        return found
    before = tensors_of(o.weights)
    return {k: o.share * v + (1 - o.share) * before[k] if k in before else v for k, v in found.items()}


def taught_by(folder: Path, corpora: Corpora) -> dict[int, Taught]:
    """The teacher's views of all attribution windows; of several processes each reads its share."""
    from elder import RELATION as WIDE  # noqa: PLC0415 - both import this module
    from teacher import Teacher  # noqa: PLC0415

    rank, size = processes()
    shares = [corpora.attribution[k::size] for k in range(size)]
    teacher = Network(corpora.values, Teacher(), relation=WIDE)
    teacher.load_state_dict(torch.load(folder / "joint.pt", weights_only=True)["net"], strict=False)
    views(teacher, shares[rank], folder / f"views.{rank}.{size}.pt")
    if size > 1:
        distributed.barrier()
    files = [folder / f"views.{k}.{size}.pt" for k in range(size)]
    return {
        key: view
        for share, file in zip(shares, files, strict=True)
        for key, view in views(teacher, share, file).items()
    }


def elder_of(folder: Path, corpora: Corpora) -> Network:
    """The trained elder, to be asked only."""
    from elder import RELATION as WIDE  # noqa: PLC0415 - both import this module
    from elder import Elder  # noqa: PLC0415

    elder = Network(corpora.values, Elder(), relation=WIDE)
    elder.load_state_dict(torch.load(folder / "joint.pt", weights_only=True)["net"], strict=False)
    return elder.eval().requires_grad_(requires_grad=False)


def lessons_of(o: argparse.Namespace, corpora: Corpora, elder: Network) -> Lessons:
    """What teacher and elder see in every window; of several processes each looks at its share."""
    rank, size = processes()
    found = [*corpora.attribution, *corpora.clauses, *corpora.syntax]
    shares = [found[k::size] for k in range(size)]
    files = [o.elder / f"seen.{k}.{size}.pt" for k in range(size)]
    look(elder, shares[rank], files[rank])
    if size > 1:
        distributed.barrier()
    seen = {
        id(item): view
        for share, file in zip(shares, files, strict=True)
        for item, view in zip(share, look(elder, share, file), strict=True)
    }
    return Lessons(taught_by(o.teacher, corpora), seen, elder)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--snapshot", action="store_true", help="write the last checkpoint's weights and stop"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="of what is written; the rest are the weights of --weights"
    )
    for name in ("teacher", "elder"):
        parser.add_argument(
            f"--{name}", type=Path, required=True, help=f"the work folder of training/{name}.py"
        )
    o = parser.parse_args()
    corpora = prepare(o)
    if not o.snapshot:
        elder = elder_of(o.elder, corpora)
        net = Network(corpora.values, Encoder())
        net.load_state_dict(slim(elder, corpora.attribution))
        go_on(net, o.weights)
        train(net, corpora, o, lessons_of(o, corpora, elder))
    if processes()[0]:
        return
    write(averaged(tensors_of(o.work / "joint.pt"), o), corpora, o)
    if not (o.snapshot or o.limit):
        (Path(__file__).parent / "scores").mkdir(exist_ok=True)
        out = Path(__file__).parent / "scores" / "joint.json"
        out.write_text(json.dumps(recipe(o, out), indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
