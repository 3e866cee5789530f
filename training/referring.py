"""Learns whom pronouns and nominals take up: the heads of annotator/referring.py, and what signs are worth beside them.

    python training/referring.py --data DATA [--write]

On the vectors of the shipped encoder, which stays as it is: trained with them it learned the stories by heart, and was
no better on others. Texts and gold are those of referents.py. With --write the heads go into the model's weights and
the signs' worth into annotator/data/anaphora.tsv; it first measures on a fifth of the practice stories and of the news.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from choices import SEEN as TIMES
from choices import table
from litbank import parsed
from referents import Referent, corpora, news, referents
from safetensors.torch import load_file, save_file
from torch import nn

from annotator.antecedents import SEEN
from annotator.parser import JOINT, spread
from annotator.parser.processors import encode_all, words_of
from annotator.referring import FORMS, ReferringHeads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotator.model import Document

OUT = Path(__file__).parent.parent / "annotator/data/anaphora.tsv"
SCORES = Path(__file__).parent / "scores/joint.json"
HEAD = """# What each sign of a pronoun or nominal is worth beside what the encoder sees, in log-odds
# (antecedents.py, anaphora.py). Learned by training/referring.py from GUM (CC BY-SA 4.0), LitBank (D. Bamman and
# others, CC BY 4.0), who is who in stories of PolNeAR (whoiswho.jsonl) and our own practice stories.
sign\tweight
"""
# Our own stories are marked whole, and news: what the others teach counts less.
WORTH = {"practice": 1.0, "news": 0.5, "gum": 0.4, "litbank": 0.4}
EPOCHS, BATCH, DROPPED, RATE, SIGN_RATE = 12, 24, 0.3, 1e-3, 0.03
HELD = 5


@dataclass(frozen=True, slots=True)
class Text:
    """What is chosen in one text: the vectors of its mentions (mentions, 768), and for each choice its mention's row.

    `pairs` are (choice, row of an option's mention, option), `signs` (sign, option); options count through the text,
    `options` are (choice, whether it is right), and `nobody` is the first option of each choice.
    """

    corpus: str
    vectors: torch.Tensor
    rows: torch.Tensor
    forms: torch.Tensor
    pairs: torch.Tensor
    signs: torch.Tensor
    options: torch.Tensor
    nobody: torch.Tensor


def text_of(corpus: str, vectors: torch.Tensor, found: Sequence[Referent], place: dict[str, int]) -> Text:
    """The choices of a text as numbers; `vectors` are those of all its words, `place` the signs' numbers."""
    needed = sorted({r.head for r in found} | {h for r in found for heads in r.heads for h in heads[:SEEN]})
    row = {head: k for k, head in enumerate(needed)}
    pairs, signs, options, nobody = [], [], [], []
    for choice, r in enumerate(found):
        nobody.append(len(options))
        for its_signs, heads, right in zip(r.signs, r.heads, r.right, strict=True):
            pairs += [(choice, row[h], len(options)) for h in heads[:SEEN]]
            signs += [(place[s], len(options)) for s in its_signs if s in place]
            options.append((choice, right))
    of = torch.tensor
    forms = of([FORMS.index(r.form) for r in found])
    rows = of([row[r.head] for r in found])
    return Text(corpus, vectors[needed].half(), rows, forms, of(pairs), of(signs), of(options), of(nobody))


def together(texts: Sequence[Text]) -> Text:
    """Several texts as one."""
    parts: dict[str, list[torch.Tensor]] = {
        name: [] for name in ("rows", "pairs", "signs", "options", "nobody")
    }
    rows = choices = options = 0
    for t in texts:
        parts["rows"].append(t.rows + rows)
        parts["pairs"].append(t.pairs + torch.tensor([choices, rows, options]))
        parts["signs"].append(t.signs + torch.tensor([0, options]))
        parts["options"].append(t.options + torch.tensor([choices, 0]))
        parts["nobody"].append(t.nobody + options)
        rows, choices, options = rows + len(t.vectors), choices + len(t.rows), options + len(t.options)
    vectors, forms = torch.cat([t.vectors for t in texts]), torch.cat([t.forms for t in texts])
    return Text("", vectors, forms=forms, **{name: torch.cat(each) for name, each in parts.items()})


class Chooser(nn.Module):
    """The heads, and the worth of each sign; vectors are evened out first."""

    def __init__(self, signs: int, texts: Sequence[Text]) -> None:
        super().__init__()
        self.heads, self.signs = ReferringHeads(), nn.Parameter(torch.zeros(signs))
        for layer in (self.heads.asking, self.heads.answering):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.heads.nobody.weight)
        nn.init.zeros_(self.heads.nobody.bias)
        every = torch.cat([t.vectors for t in texts]).float()
        self.middle, self.spread = every.mean(0), every.std(0) + 1e-3
        self.drop = nn.Dropout(DROPPED)

    def forward(self, text: Text) -> torch.Tensor:
        """The score of each option."""
        vectors = self.drop((text.vectors.float() - self.middle) / self.spread)
        own = vectors[text.rows]
        choice, row, option = text.pairs.T
        pairs = (self.heads.asking(own)[choice] * self.heads.answering(vectors)[row]).sum(-1)
        count = len(text.options)
        # Who is spoken of in several places is weighed by all of them (Lee and others 2017).
        seen = summed(pairs, option, count).index_fill(0, text.nobody, 0.0)
        nobody = self.heads.nobody(own).gather(1, text.forms[:, None])[:, 0]
        sign, of = text.signs.T
        return seen.index_add(0, text.nobody, nobody).index_add(0, of, self.signs[sign])


def evened(heads: nn.Module, middle: torch.Tensor, spread: torch.Tensor) -> dict[str, torch.Tensor]:
    """The tensors of heads that learned on evened vectors, for vectors as they come."""
    out = {}
    for name, layer in heads.named_children():
        weight = (layer.weight.detach() / spread).half().contiguous()
        out[f"{name}.weight"] = weight
        out[f"{name}.bias"] = (layer.bias.detach() - weight.float() @ middle).half()
    return out


def with_heads(prefix: str, heads: dict[str, torch.Tensor]) -> None:
    """Put heads into the model's weights, in place of those before."""
    file = JOINT / "joint.safetensors"
    kept = {k: v for k, v in load_file(file).items() if not k.startswith(f"{prefix}.")}
    save_file(kept | {f"{prefix}.{k}": v for k, v in heads.items()}, file)
    file.chmod(0o644)


def summed(scores: torch.Tensor, group: torch.Tensor, count: int) -> torch.Tensor:
    """The logarithm of the summed exponentials of each group's scores."""
    top = torch.full((count,), -1e4).scatter_reduce(0, group, scores.detach(), "amax")
    total = torch.zeros(count).index_add(0, group, torch.exp(scores - top[group]))
    return torch.log(total.clamp(min=1e-30)) + top


def loss_of(scores: torch.Tensor, text: Text) -> torch.Tensor:
    """How unlikely the right options of each choice are."""
    choice, right = text.options.T
    count = len(text.rows)
    good = torch.where(right.bool(), scores, torch.full_like(scores, -1e4))
    return summed(scores, choice, count) - summed(good, choice, count)


def learn(
    loss: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> None:
    """One step down a loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()


def trained(texts: Sequence[Text], signs: int) -> Chooser:
    torch.manual_seed(1)
    net = Chooser(signs, texts)
    groups = [
        {"params": [net.signs], "lr": SIGN_RATE, "weight_decay": 0.0},
        {"params": net.heads.parameters()},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01)
    steps = EPOCHS * (len(texts) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min((k + 1) / 20, 1) * (1 - k / (steps + 1))
    )
    net.train()
    for epoch in range(EPOCHS):
        order = random.Random(epoch).sample(list(texts), len(texts))
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            worth = torch.cat([torch.full((len(t.rows),), WORTH[t.corpus]) for t in some])
            batch = together(some)
            loss = (loss_of(net(batch), batch) * worth).sum() / worth.sum()
            learn(loss, optimizer, schedule)
    return net.eval()


@torch.no_grad()
def right_of(net: Chooser, texts: Iterable[Text]) -> Counter[str]:
    """How many choices of each form the best option is right in, and how many there are."""
    out = Counter[str]()
    for text in texts:
        scores, (choice, right) = net(text), text.options.T
        best = torch.full((len(text.rows),), -1e4).scatter_reduce(0, choice, scores, "amax")
        hit = torch.zeros(len(text.rows)).index_add(
            0, choice, ((scores == best[choice]) & right.bool()).float()
        )
        for form, ok in zip(text.forms.tolist(), (hit > 0).tolist(), strict=True):
            out[f"{FORMS[form]} right"] += ok
            out[FORMS[form]] += 1
    return out


def vectors_of(document: Document) -> torch.Tensor:
    """The encoder's vectors of a document's words, (words, 768)."""
    (found,) = encode_all([words_of(spread(document)[0])], JOINT)
    return torch.cat([found.vectors.last, found.vectors.mixed], -1)


@torch.inference_mode()
def read(data: Path) -> tuple[list[Text], list[str]]:
    """Every text that has something to choose, and the names of the signs."""
    raw: list[tuple[str, torch.Tensor, list[Referent]]] = []
    for corpus, lines in (corpora(data) | {"news": news(data)}).items():
        for (document, analysis), line in zip(parsed(lines), lines, strict=True):
            found, _ = referents(document, analysis, line)
            if found:
                raw.append((corpus, vectors_of(document).half(), found))
    seen = Counter(s for _, _, found in raw for r in found for s in {s for row in r.signs for s in row})
    names = sorted(s for s, n in seen.items() if n >= TIMES)
    place = {s: k for k, s in enumerate(names)}
    return [text_of(corpus, vectors, found, place) for corpus, vectors, found in raw], names


def noted(texts: int) -> None:
    """Tell the model card how the heads were made."""
    recipe = json.loads(SCORES.read_text(encoding="utf8"))
    own = {
        "network": "referring",
        "seed": 1,
        "epochs": EPOCHS,
        "rate": RATE,
        "sign_rate": SIGN_RATE,
        "texts": texts,
    }
    recipe["stages"] = [*(s for s in recipe["stages"] if s["network"] != "referring"), own]
    SCORES.write_text(json.dumps(recipe, indent=1) + "\n", encoding="utf8")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--write", action="store_true", help="learn from all stories, and write")
    o = options.parse_args()
    texts, names = read(o.data)
    held = {corpus: [t for t in texts if t.corpus == corpus][::HELD] for corpus in ("practice", "news")}
    left = {id(t) for some in held.values() for t in some}
    net = trained([t for t in texts if id(t) not in left], len(names))
    for corpus, some in held.items():
        counts = right_of(net, some)
        for form in FORMS:
            right, n = counts[f"{form} right"], counts[form]
            print(f"{form}: {right} of {n}, {right / n:.3f}, on a fifth of {corpus}")
    if o.write:
        net = trained(texts, len(names))
        with_heads("referring", evened(net.heads, net.middle, net.spread))
        noted(len(texts))
        OUT.write_text(table(HEAD, dict(zip(names, net.signs.tolist(), strict=True))), encoding="utf8")


if __name__ == "__main__":
    main()
