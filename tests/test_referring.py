"""What the shipped encoder sees of whom words refer to, and how the heads for it are trained."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from annotator.analysis import HOW
from annotator.antecedents import beside
from annotator.encoder import HIDDEN, Vectors
from annotator.parser import JOINT, Parser
from annotator.reader import prepare
from annotator.referring import FORMS, WIDTH, Heads, ReferringHeads, load_heads, refer

TRAINING = Path(__file__).parents[1] / "training"
FEUD = (
    "The harbour board sued Norvik Steel on Monday. Ada Lund, who leads the firm, said it would pay nothing.\n\n"
    "“They can wait,” she told reporters."
)


@pytest.fixture(scope="module")
def analysis():
    (found,) = Parser().parse([prepare("feud", FEUD)])
    return found


@pytest.fixture
def training(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    return import_module("referring")


def test_every_word_asks_and_answers(analysis):
    shape = (len(analysis.tokens), WIDTH)
    assert analysis.referring.asking.shape == analysis.referring.answering.shape == shape
    assert set(analysis.referring.nobody) == set(FORMS)
    assert set(analysis.referring.spoken) == set(analysis.referring.reporting) == set(HOW)
    assert all(len(v) == len(analysis.tokens) for v in analysis.referring.nobody.values())


def test_she_is_the_woman_and_not_the_board(analysis):
    at = {t.text: k for k, t in enumerate(analysis.tokens)}
    likes = {w: analysis.referring.likes(at["she"], [[at[w]]])[0] for w in ("Ada", "board", "Monday", "firm")}
    assert max(likes, key=likes.get) == "Ada"


def test_weights_without_these_heads_have_none(tmp_path):
    kept = {k: v for k, v in load_file(JOINT / "joint.safetensors").items() if not k.startswith("referring.")}
    save_file(kept, tmp_path / "joint.safetensors")
    assert load_heads(tmp_path).referring is None
    assert load_heads(JOINT).referring is not None


def test_signs_for_pronouns_and_for_nominals_have_a_worth():
    assert {"he nobody", "organization picked", "trade picked noun"} <= set(beside())


def referent(module, form, head, heads, right):
    signs = (("nobody",), *(("near",) for _ in heads))
    return module.Referent(form, head, signs, ((), *heads), right)


def test_the_heads_learn_what_vectors_tell(training):
    """Mentions whose vectors point the same way are one: after training the right option is the best."""
    texts = []
    for seed in range(24):
        turn = torch.Generator().manual_seed(seed)
        vectors = 0.1 * torch.randn(4, 768, generator=turn)
        # 0 and 1 are two people, 2 is the first of them again, 3 the second.
        vectors[[0, 2], :8] += 3
        vectors[[1, 3], 8:16] += 3
        found = [
            referent(training, "pronoun", 2, ((0,), (1,)), (False, True, False)),
            referent(training, "nominal", 3, ((0,), (1,)), (False, False, True)),
        ]
        texts.append(training.text_of("practice", vectors, found, {"nobody": 0, "near": 1}))
    net = training.trained(texts, 2)
    counts = training.right_of(net, texts)
    assert counts["pronoun right"] == counts["pronoun"] == counts["nominal right"] == counts["nominal"] == 24
    shipped = ReferringHeads()
    shipped.load_state_dict(
        {k: v.float() for k, v in training.evened(net.heads, net.middle, net.spread).items()}
    )
    vectors = texts[0].vectors.float()
    with torch.no_grad():
        halves = Vectors(vectors[:, :HIDDEN], vectors[:, HIDDEN:])
        seen = refer(Heads(shipped, None), halves, [True, True, True, False])
        scores = net(texts[0])[[1, 2]] - net.signs[1]
    # Who may not stand for anybody is not asked.
    assert not seen.answering[3].any()
    # As trained, on vectors as they come; float16 leaves three digits.
    assert torch.allclose(torch.tensor(seen.likes(2, [[0], [1]])), scores, rtol=0.02, atol=0.05)


def test_texts_together_score_as_each_alone(training):
    torch.manual_seed(0)
    one, other = (
        training.text_of(
            "gum",
            torch.randn(3, 768),
            [referent(training, form, 2, ((0,), (0, 1)), (False, True, False))],
            {"nobody": 0, "near": 1},
        )
        for form in FORMS
    )
    net = training.Chooser(2, [one, other]).eval()
    both = training.together([one, other])
    assert torch.allclose(net(both), torch.cat([net(one), net(other)]), atol=1e-5)
    loss = training.loss_of(net(both), both)
    assert loss.shape == (2,)
    assert bool((loss > 0).all())


@pytest.mark.parametrize("name", ["about", "antecedents", "card", "referents", "referring", "voices"])
def test_a_program_finds_what_it_imports(monkeypatch, name):
    monkeypatch.syspath_prepend(str(TRAINING))
    assert callable(getattr(import_module(name), "main", import_module))
