"""One encoder for everything, trained jointly: syntax and names on UD, attribution (and names) on PolNeAR, in turn.

    python training/joint.py --data FOLDER --names names.jsonl --work FOLDER --out annotator/data/models/joint

FOLDER of data holds ud/ and attribution/; names.jsonl comes from training/names.py. A stopped run goes on from its
last checkpoint in the work folder. Ends by writing float16 weights and scores on the dev files.
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
from safetensors.torch import load_file, save_file
from torch import distributed, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it
from windows import IGNORED, Corpora, Item, minilm, noisy, plan_of, prepare, word_pieces

from annotator.encoder import (
    HIDDEN,
    LAYERS,
    Encoder,
    padded,
)
from annotator.parser.heads import TAGS, SyntaxHeads
from annotator.tagger import CONTENT_CUE, CONTENT_SOURCE, CUE_SOURCE, AttributionHeads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ZERO = torch.zeros(())
# The teacher's share of the loss: PolNeAR's own labels waver where its teacher does not.
TRUST = 0.7


@dataclass(frozen=True, slots=True)
class Taught:
    """A teacher's view of one window: log-probabilities of its labels, and of its links in the order of `links_of`."""

    labels: torch.Tensor
    links: list[torch.Tensor]


class Network(nn.Module):
    """An encoder and every head, as one thing to train."""

    def __init__(self, values: dict[str, list[str]], encoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.syntax, self.attribution = encoder, SyntaxHeads(values), AttributionHeads()
        self.drop = nn.Dropout(0.3)
        for weight in (
            self.syntax.arc.weight,
            self.syntax.relation.weight,
            *(x.pair for x in self.attribution.links),
        ):
            nn.init.normal_(weight, std=0.01)


def pretrained(folder: Path) -> dict[str, torch.Tensor]:
    """MiniLM's tensors under our names."""
    raw = load_file(folder / "model.safetensors")
    e = {
        "words.weight": raw["embeddings.word_embeddings.weight"],
        # Every window is of the first type: its vector goes into the positions.
        "places.weight": raw["embeddings.position_embeddings.weight"]
        + raw["embeddings.token_type_embeddings.weight"][0],
        "shapes.weight": torch.zeros(9, HIDDEN),
        "quoted.weight": torch.zeros(3, HIDDEN),
        "norm.weight": raw["embeddings.LayerNorm.weight"],
        "norm.bias": raw["embeddings.LayerNorm.bias"],
        "mix": torch.zeros(LAYERS + 1),
    }
    ours = {
        "attention.output.dense": "out",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "up",
        "output.dense": "down",
        "output.LayerNorm": "output_norm",
    }
    for i in range(LAYERS):
        for kind in ("weight", "bias"):
            name = f"encoder.layer.{i}."
            for theirs, our in ours.items():
                e[f"layers.{i}.{our}.{kind}"] = raw[f"{name}{theirs}.{kind}"]
            parts = [raw[f"{name}attention.self.{x}.{kind}"] for x in ("query", "key", "value")]
            e[f"layers.{i}.qkv.{kind}"] = torch.cat(parts)
    return e


def tag_loss(logits: torch.Tensor, rows: list[list[int]]) -> torch.Tensor:
    target = padded(rows, IGNORED).flatten()
    if bool((target == IGNORED).all()):
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), target, ignore_index=IGNORED)


def syntax_loss(net: Network, batch: list[Item]) -> torch.Tensor:
    mixed = net.drop(net.encoder([i.inputs for i in batch]).mixed)
    heads = net.syntax
    loss = tag_loss(heads.names(mixed), [i.names for i in batch])
    # One word in twenty begins a sentence, and everything stands on where.
    loss = loss + 2.0 * tag_loss(heads.starts(mixed), [i.starts for i in batch])
    for kind, weight in zip(TAGS, (1.0, 0.5, 1.0), strict=True):
        loss = loss + weight * tag_loss(heads.tags[kind](mixed), [i.tags[kind] for i in batch])
    found = [(k, a, b) for k, i in enumerate(batch) for a, b in i.sentences]
    if not found:
        return loss
    rows = heads.rows([mixed[k, a:b] for k, a, b in found])
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


def attribution_loss(net: Network, batch: list[Item], taught: Sequence[Taught] = ()) -> torch.Tensor:
    """Gold labels, names and links; with a teacher's views of the windows, those weigh more than the gold."""
    vectors = net.encoder([i.inputs for i in batch])
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


def distance(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """How far scores are from a teacher's log-probabilities (Hinton and others 2015), averaged over rows."""
    return F.kl_div(scores.log_softmax(-1), wanted.float(), reduction="batchmean", log_target=True)


def label_distance(labels: torch.Tensor, taught: Sequence[Taught]) -> torch.Tensor:
    rows = [labels[k, : len(view.labels)] for k, view in enumerate(taught)]
    return distance(torch.cat(rows), torch.cat([view.labels for view in taught]))


@torch.inference_mode()
def views(teacher: Network, found: list[Item], file: Path) -> dict[int, Taught]:
    """What the teacher makes of each window, by the window's id, kept in a file for the next start."""
    if not file.exists():
        teacher.eval()
        out: list[tuple[torch.Tensor, list[torch.Tensor]]] = [(ZERO, [])] * len(found)
        order = sorted(range(len(found)), key=lambda k: len(found[k].inputs.ids))
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


def train(
    net: Network, corpora: Corpora, o: argparse.Namespace, taught: Mapping[int, Taught] | None = None
) -> None:
    plan, pieces = plan_of(corpora, o)[: o.steps], corpora.pieces
    encoder = [p for p in net.encoder.parameters() if p.requires_grad]
    heads = [*net.syntax.parameters(), *net.attribution.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": o.rate}, {"params": heads, "lr": o.head_rate}], weight_decay=0.01
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
        if task:
            own = [taught[id(i)] for i in batch] if taught and id(batch[0]) in taught else ()
            loss = attribution_loss(net, [noisy(i, pieces) for i in batch], own)
        else:
            loss = syntax_loss(net, batch)
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


def recipe(o: argparse.Namespace, before: dict | None) -> dict[str, object]:
    """What the weights were made from; with --weights the stages of the earlier training stand first."""
    files = [
        o.data / "ud/en_base-ud-train.conllu",
        o.data / "attribution/polnear.train.jsonl",
        o.data / "attribution/gum.train.jsonl",
        o.names,
    ]
    keys = ("seed", "syntax_epochs", "attribution_epochs", "rate", "head_rate", "batch", "steps")
    stage = {k: getattr(o, k) for k in keys} | {"taught": bool(o.teacher)}
    return {
        "data": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files},
        "stages": [*(before["stages"] if before and o.weights else []), stage],
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


def go_on(net: Network, file: Path | None) -> None:
    """Begin where an earlier training ended: its shipped weights, or the checkpoint in its work folder."""
    if file:
        found = (
            torch.load(file, weights_only=True)["net"]
            if file.suffix == ".pt"
            else {k: v.float() for k, v in load_file(file).items()}
        )
        net.load_state_dict(found, strict=False)


def taught_by(folder: Path, corpora: Corpora) -> dict[int, Taught]:
    """The teacher's views of all attribution windows; of several processes each reads its share."""
    from teacher import Teacher  # noqa: PLC0415 - it imports this module

    rank, size = processes()
    shares = [corpora.attribution[k::size] for k in range(size)]
    teacher = Network(corpora.values, Teacher())
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


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--snapshot", action="store_true", help="write the last checkpoint's weights and stop"
    )
    parser.add_argument("--teacher", type=Path, help="the work folder of training/teacher.py")
    o = parser.parse_args()
    corpora = prepare(o)
    if not o.snapshot:
        net = Network(corpora.values, Encoder())
        net.encoder.load_state_dict(pretrained(minilm()))
        go_on(net, o.weights)
        train(net, corpora, o, taught_by(o.teacher, corpora) if o.teacher else None)
    if processes()[0]:
        return
    write(torch.load(o.work / "joint.pt", weights_only=True)["net"], corpora, o)
    if not (o.snapshot or o.limit):
        (Path(__file__).parent / "scores").mkdir(exist_ok=True)
        out = Path(__file__).parent / "scores" / "joint.json"
        before = json.loads(out.read_text(encoding="utf8")) if out.exists() else None
        out.write_text(json.dumps(recipe(o, before), indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
