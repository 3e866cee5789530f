"""How much the marks before a word tell of a sentence's beginning, beside the encoder: weights for a trained `joint`.

    python training/sentences.py --ud DATA/ud --model annotator/data/models/joint

Fits one weight for the encoder's own score and one for each kind of marks, by logistic regression on UD's dev file and
its news-like copies, which the encoder was not trained on, and writes them into the model.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from corpus import ud_texts
from newslike import newslike_texts
from safetensors.torch import load_file, save_file

from annotator.encoder import encode, load_encoder, load_pieces, part, windows
from annotator.parser.heads import MARKS, SyntaxHeads, marks_before


@torch.inference_mode()
def seen(model: Path, ud: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every word that begins no paragraph: the encoder's score, the marks' kind, whether a sentence begins."""
    heads = SyntaxHeads(json.loads((model / "values.json").read_text(encoding="utf8")))
    heads.load_state_dict(part(model, "syntax"), strict=False)
    encoder, pieces = load_encoder(model), load_pieces(model)
    path = ud / "en_base-ud-dev.conllu"
    texts = [t.words for t in (*ud_texts(path), *newslike_texts(path, share=1.0, seed=21))]
    rows: list[tuple[float, int, bool]] = []
    for words, vectors in zip(
        texts, encode(encoder, pieces, texts, [windows(t) for t in texts]), strict=True
    ):
        scores = heads.starts(vectors.mixed)
        kinds = marks_before(words.words, words.paragraph_starts)
        columns = (
            (scores[:, 1] - scores[:, 0]).tolist(),
            kinds,
            words.sentence_starts,
            words.paragraph_starts,
        )
        rows += [(s, k, y) for s, k, y, new in zip(*columns, strict=True) if not new]
    score, kind, begins = zip(*rows, strict=True)
    return np.array(score), np.array(kind), np.array(begins, dtype=float)


def fit(score: np.ndarray, kind: np.ndarray, begins: np.ndarray) -> tuple[float, np.ndarray]:
    """The score's weight and each kind's, by Newton's method with a little ridge."""
    w = np.zeros(1 + MARKS)
    w[0] = 1.0
    for _ in range(40):
        p = 1 / (1 + np.exp(-(w[0] * score + w[1 + kind])))
        error, spread = begins - p, p * (1 - p)
        slope = np.concatenate([[error @ score], np.bincount(kind, error, MARKS)]) - w * (
            [0.0] + [1.0] * MARKS
        )
        bend = np.diag(np.concatenate([[spread @ score**2 + 1e-6], np.bincount(kind, spread, MARKS) + 1.0]))
        bend[0, 1:] = bend[1:, 0] = np.bincount(kind, spread * score, MARKS)
        w = w + np.linalg.solve(bend, slope)
    return float(w[0]), w[1:]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--ud", type=Path, required=True)
    options.add_argument("--model", type=Path, required=True)
    o = options.parse_args()
    score, kind, begins = seen(o.model, o.ud)
    weight, kinds = fit(score, kind, begins)
    before = ((score > 0) == (begins > 0)).mean()
    after = ((weight * score + kinds[kind] > 0) == (begins > 0)).mean()
    print(f"words judged rightly: {before:.4f} by the encoder alone, {after:.4f} with the marks")
    found = load_file(o.model / "joint.safetensors")
    for name in ("weight", "bias"):
        found[f"syntax.starts.{name}"] = (found[f"syntax.starts.{name}"].float() * weight).half()
    found["syntax.marks.weight"] = torch.tensor(np.stack([np.zeros(MARKS), kinds], 1)).half()
    save_file(found, o.model / "joint.safetensors")


if __name__ == "__main__":
    main()
