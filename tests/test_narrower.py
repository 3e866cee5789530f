"""The network made narrower: what is taken out is what tells least, and what stays does as before."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from annotator.encoder import CLS, EACH, SEP, Encoder, Inputs, sizes_of
from annotator.layers import Layer

TRAINING = Path(__file__).parents[1] / "training"
WINDOW = Inputs([[CLS], [2000], [2001, 2002], [2003], [SEP]], [0] * 5, [0] * 5)


@pytest.fixture
def narrower(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    return import_module("narrower")


@pytest.fixture
def encoder():
    torch.manual_seed(3)
    made = Encoder([(3, 40), (2, 24)])
    for table in (made.words, made.places):
        torch.nn.init.normal_(table.weight)
    return made.eval().requires_grad_(requires_grad=False)


def spreads(narrower, encoder, name):
    widths = [getattr(layer, name).in_features for layer in encoder.layers]
    return [narrower.Spread(torch.randn(w), torch.ones(w)) for w in widths]


def narrow(narrower, encoder, heads, units):
    looked = narrower.Looked([], [], *(spreads(narrower, encoder, name) for name in ("out", "down")))
    net = torch.nn.Module()
    net.encoder = encoder
    return narrower.narrowed(net, looked, heads, units)


def test_the_narrow_network_does_what_the_wide_one_does_with_the_rest_silenced(narrower, encoder):
    before = encoder([WINDOW]).last
    found = narrow(narrower, encoder, [[0, 2], [1]], [[*range(30)], [*range(5, 24)]])
    state = {k.removeprefix("encoder."): v for k, v in found.items()}
    assert sizes_of(state) == [(2, 30), (1, 19)]
    small = Encoder(sizes_of(state)).eval()
    small.load_state_dict(state)
    silenced, last = encoder([WINDOW]).last, small([WINDOW]).last
    assert torch.allclose(last, silenced, atol=1e-5)
    assert not torch.allclose(silenced, before, atol=1e-3)


def test_a_network_that_keeps_everything_is_the_same(narrower, encoder):
    state = {f"encoder.{k}": v.clone() for k, v in encoder.state_dict().items()}
    found = narrow(narrower, encoder, [[0, 1, 2], [0, 1]], [[*range(40)], [*range(24)]])
    assert all(torch.equal(found[k], v) for k, v in state.items())


def test_an_input_that_never_changes_can_go_without_a_trace(narrower):
    torch.manual_seed(5)
    product = torch.nn.Linear(6, 4).requires_grad_(requires_grad=False)
    x = torch.randn(9, 6)
    x[:, 2] = 1.5
    before = product(x)
    narrower.silence(product, x.mean(0), [2])
    assert not product.weight[:, 2].any()
    assert torch.allclose(product(x), before, atol=1e-6)


def test_a_unit_counts_by_how_much_it_varies_and_how_much_it_adds(narrower):
    layer = Layer(8, 3, heads=1, each=EACH, eps=1e-12).requires_grad_(requires_grad=False)
    layer.down.weight[:] = torch.tensor([1.0, 2.0, 2.0])
    net = SimpleNamespace(encoder=SimpleNamespace(layers=[layer]))
    spread = narrower.Spread(torch.zeros(3), torch.tensor([1.0, 1.0, 0.0]))
    worth = narrower.worth_of_units(net, narrower.Looked([], [], [], [spread]))
    assert worth == {(0, 0): 8.0, (0, 1): 32.0, (0, 2): 0.0}


def test_the_best_stay_wherever_they_are_and_one_of_every_layer(narrower):
    worth = {(0, 0): 5.0, (0, 1): 4.0, (0, 2): 3.0, (1, 0): 0.1, (1, 1): 0.2}
    assert narrower.best(worth, 3) == [[0, 1], [1]]
    assert narrower.best(worth, 5) == [[0, 1, 2], [0, 1]]


def test_units_stay_in_whole_groups_of_those_that_are_worth_most(narrower):
    worth = {(0, i): float(i) for i in range(6)} | {(1, i): 0.5 + i for i in range(6)}
    assert narrower.best(worth, 6, together=2) == [[4, 5], [2, 3, 4, 5]]


def test_groups_too_few_for_every_layer_are_refused(narrower):
    worth = {(layer, i): 1.0 for layer in range(2) for i in range(4)}
    with pytest.raises(ValueError, match="leave some of 2 layers"):
        narrower.best(worth, 5, together=4)


def test_what_stands_behind_a_window_is_not_looked_at(narrower, encoder, monkeypatch):
    long = Inputs([[CLS], *[[2000 + k] for k in range(30)], [SEP]], [0] * 32, [0] * 32)
    net = SimpleNamespace(encoder=encoder)
    monkeypatch.setattr(
        narrower.joint, "read_now", lambda net, batch: net.encoder([i.inputs for i in batch]) and []
    )
    alone = [narrower.look(net, [[SimpleNamespace(inputs=window)]]) for window in (WINDOW, long)]
    both = narrower.look(net, [[SimpleNamespace(inputs=WINDOW), SimpleNamespace(inputs=long)]])
    weights = [5 / 37, 32 / 37]
    expected = sum(w * one.down[1].mean for w, one in zip(weights, alone, strict=True))
    assert torch.allclose(both.down[1].mean, expected, atol=1e-4)
