"""Products of 8-bit integers and attention in bfloat16: near those of float32, chosen by speed or by a setting."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from annotator import encoder, precision
from annotator.errors import BadArgument
from annotator.layers import Layer, NarrowLayer
from annotator.parser.heads import load_reading
from annotator.parser.processors import JOINT
from annotator.pipeline import Annotator
from annotator.precision import Narrow, attention, attention_by_products, quick_halves, quickest
from annotator.reader import read

LENGTHS = (3, 13, 14, 15, 30, 90, 94, 95, 188, 190)


@pytest.fixture
def layer():
    torch.manual_seed(7)
    return nn.Linear(64, 48).requires_grad_(requires_grad=False)


@pytest.mark.parametrize("shape", [(5, 64), (2, 7, 64), (1, 64)])
def test_a_narrow_layer_gives_nearly_the_same(layer, shape):
    x = torch.randn(shape)
    wide, thin = layer(x), Narrow(layer, x.abs().flatten(0, -2).amax(0))(x)
    assert thin.shape == wide.shape
    assert float((thin - wide).norm() / wide.norm()) < 0.02


def test_an_input_that_stands_out_does_not_blur_the_others(layer):
    x = torch.randn(6, 64)
    x[:, 3] *= 100
    # What stands out counts little in such networks.
    layer.weight[:, 3] /= 100
    wide, thin = layer(x), Narrow(layer, x.abs().amax(0))(x)
    assert float((thin - wide).norm() / wide.norm()) < 0.03


def test_words_of_zeros_give_the_bias(layer):
    assert torch.allclose(Narrow(layer, torch.ones(64))(torch.zeros(3, 64)), layer.bias.expand(3, -1))


@pytest.fixture
def block():
    torch.manual_seed(7)
    return Layer(64, 128, heads=4, each=16, eps=1e-12).requires_grad_(requires_grad=False)


def reach_of(block, x):
    """How far the inputs of a layer's products come for `x`."""
    found = {}
    for name in ("qkv", "out", "up", "down"):
        hook = partial(lambda name, _, given: found.update({name: given[0].abs().amax((0, 1))}), name)
        getattr(block, name).register_forward_pre_hook(hook)
    block(x, None)
    return found


def far(x):
    """The same words with one number in each that stands out, as such networks have it."""
    return x + 20 * torch.eye(64)[5]


@pytest.mark.parametrize("stretch", [lambda x: x, far])
def test_a_narrow_transformer_layer_gives_nearly_the_same(block, stretch):
    x = stretch(torch.randn(2, 9, 64))
    wide, thin = block(x, None), NarrowLayer(block, reach_of(block, x))(x, None)
    assert float((thin - wide).norm() / wide.norm()) < 0.005


def test_what_reaches_farther_than_was_measured_is_held_at_the_farthest(block):
    x = torch.randn(2, 9, 64)
    narrow = NarrowLayer(block, reach_of(block, x))
    farther = x.clone()
    farther[0, 3] *= 3
    wide, thin = block(farther, None), narrow(farther, None)
    assert float((thin[1] - wide[1]).norm() / wide[1].norm()) < 0.02
    assert float((thin[0] - wide[0]).norm() / wide[0].norm()) < 0.5


def test_units_that_reach_far_do_not_blur_the_others(block):
    block.up.weight[40] *= 30
    x = torch.randn(2, 9, 64)
    wide, thin = block(x, None), NarrowLayer(block, reach_of(block, x))(x, None)
    assert float((thin - wide).norm() / wide.norm()) < 0.006


def slow():
    time.sleep(0.002)


def quick():
    pass


@pytest.mark.parametrize("wanted", ["float32", "int8"])
@pytest.mark.parametrize(("wide", "thin"), [(slow, quick), (quick, slow)])
def test_the_setting_decides(monkeypatch, wanted, wide, thin):
    monkeypatch.setenv(precision.SETTING, wanted)
    assert quickest(wide, lambda: thin) == wanted


@pytest.mark.parametrize(("wide", "thin", "chosen"), [(slow, quick, "int8"), (quick, slow, "float32")])
def test_without_a_setting_the_quicker_one_is_taken(monkeypatch, wide, thin, chosen):
    monkeypatch.delenv(precision.SETTING, raising=False)
    assert quickest(wide, lambda: thin) == chosen


def test_a_torch_without_such_products_is_not_asked_for_them(monkeypatch):
    monkeypatch.delenv(precision.SETTING, raising=False)
    monkeypatch.delattr(torch.cpu, "_is_vnni_supported")
    assert quickest(slow, lambda: pytest.fail("made")) == "float32"


def test_weights_whose_reach_nobody_measured_are_read_in_float32(monkeypatch):
    monkeypatch.delenv(precision.SETTING, raising=False)
    assert quickest(slow, None) == "float32"
    monkeypatch.setenv(precision.SETTING, "int8")
    with pytest.raises(BadArgument, match="is int8, but nobody measured how far these weights reach"):
        quickest(quick, None)


def test_an_unknown_setting_is_told(monkeypatch):
    monkeypatch.setenv(precision.SETTING, "int4")
    with pytest.raises(BadArgument, match="auto, float32 or int8, not 'int4'"):
        quickest(quick, lambda: quick)


def forget():
    encoder.load_encoder.cache_clear()
    load_reading.cache_clear()


@pytest.mark.models
def test_stories_read_either_way_say_the_same(monkeypatch):
    samples = Path(encoder.__file__).parent / "data" / "samples"
    documents = list(read(sorted(samples.glob("*.txt"))))
    found = {}
    for wanted in ("float32", "int8"):
        monkeypatch.setenv(precision.SETTING, wanted)
        forget()
        made = Annotator().annotate(documents)
        found[wanted] = {(a.document_id, x.cue, x.content) for a in made for x in a.attributions}
        assert encoder.is_narrow(encoder.load_encoder(JOINT)) == (wanted == "int8")
    forget()
    wide, thin = found["float32"], found["int8"]
    assert len(wide) > 50
    assert 2 * len(wide & thin) / (len(wide) + len(thin)) > 0.95


@pytest.mark.parametrize("length", range(16, 193, 16))
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_a_window_is_seen_alike_whatever_it_is_batched_with(length, kind):
    look = attention if kind is torch.float32 else quick_halves()
    if look is None:
        pytest.skip("attention is in float32 here")
    torch.manual_seed(7)
    alone = (3 * torch.randn(3, 1, 12, length, 32)).to(kind)
    for others in range(1, 5):
        beside = torch.randn(3, 1 + others, 12, length, 32).to(kind)
        beside[:, :1] = alone
        mask = torch.ones(1 + others, 1, 1, length, dtype=torch.bool)
        mask[1:, ..., length - 9 :] = False
        assert torch.equal(look(*alone), look(*beside)[:1])
        assert torch.equal(look(*alone), look(*beside, mask)[:1])


@pytest.mark.parametrize("scale", [None, 0.5])
def test_attention_step_by_step_gives_the_same(scale):
    torch.manual_seed(7)
    given = torch.randn(3, 2, 4, 16, 8)
    mask = torch.ones(2, 1, 1, 16, dtype=torch.bool)
    mask[1, ..., 5:] = False
    for hidden in (None, mask):
        whole = attention(*given, hidden, scale=scale)
        steps = attention_by_products(*given.bfloat16(), hidden, scale=scale).float()
        assert torch.allclose(whole, steps, atol=0.05)


@pytest.mark.parametrize("lifted", [-50.0, 0.0, 90.0])
def test_attention_step_by_step_bears_scores_far_from_nought(lifted):
    torch.manual_seed(7)
    k, v = torch.randn(2, 1, 1, 16, 8).bfloat16()
    # All scores of a place lifted alike change nothing.
    k[..., 0] = lifted
    q = torch.cat([torch.ones(1, 1, 16, 1), torch.randn(1, 1, 16, 7)], -1).bfloat16()
    whole = attention(q.float(), k.float(), v.float(), scale=1.0)
    steps = attention_by_products(q, k, v, scale=1.0).float()
    assert torch.allclose(whole, steps, atol=0.05 if not lifted else 0.8)
    assert steps.isfinite().all()


def test_attention_step_by_step_sees_the_farthest_scores_as_the_farthest_that_fit():
    v = torch.arange(8.0).repeat(1, 1, 16, 1).bfloat16() + torch.arange(16)[:, None]
    k = torch.zeros(1, 1, 16, 8).bfloat16()
    k[..., 3, 0] = 150.0
    q = torch.ones(1, 1, 16, 8).bfloat16()
    steps = attention_by_products(q, k, v.bfloat16(), scale=1.0).float()
    assert torch.allclose(steps[0, 0, 0], torch.arange(8.0) + 3, atol=0.1)
    assert attention_by_products(q, k - 300, v.bfloat16(), scale=1.0).isfinite().all()


@pytest.mark.parametrize("longest", range(32, 193, 16))
def test_in_float32_a_window_may_be_filled_up(longest):
    torch.manual_seed(7)
    alone = 3 * torch.randn(3, 1, 12, 16, 32)
    beside = torch.randn(3, 2, 12, longest, 32)
    beside[:, :1, :, :16] = alone
    mask = torch.ones(2, 1, 1, longest, dtype=torch.bool)
    mask[0, ..., 16:] = False
    assert torch.equal(attention(*alone), attention(*beside, mask)[:1, :, :16])


@pytest.mark.models
def test_only_windows_of_one_length_share_a_batch():
    texts = [
        encoder.Words(["so"] * n, [True] + [False] * (n - 1), [True] + [False] * (n - 1)) for n in LENGTHS
    ]
    seen = []

    def watched(batch):
        seen.append([len(w.pieces) for w in batch])
        return encoder.load_encoder(JOINT)(batch)

    with torch.inference_mode():
        encoder.encode(watched, encoder.load_pieces(JOINT), texts, [encoder.windows(t) for t in texts])
    assert sorted(n for lengths in seen for n in lengths) == sorted(n + 2 for n in LENGTHS)
    assert all(-(-n // 16) == -(-lengths[0] // 16) for lengths in seen for n in lengths)
    assert max(map(len, seen)) > 1


@pytest.mark.models
def test_a_text_is_seen_alike_whatever_is_read_with_it():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    words = [
        "The",
        "board",
        "said",
        "on",
        "Monday",
        "that",
        "Ana",
        "Ode",
        ",",
        "its",
        "clerk",
        ",",
        "had",
        "lied",
        ".",
    ]
    texts = [
        encoder.Words([words[(k + n) % len(words)] for k in range(n)], *[[True] + [False] * (n - 1)] * 2)
        for n in LENGTHS * 8
    ]
    with torch.inference_mode():
        reader = encoder.load_encoder(JOINT), encoder.load_pieces(JOINT)
        together = encoder.encode(*reader, texts, [encoder.windows(t) for t in texts])
        alone = [encoder.encode(*reader, [t], [encoder.windows(t)])[0] for t in texts]
    torch.set_num_threads(threads)
    assert all(torch.equal(a.last, b.last) for a, b in zip(together, alone, strict=True))
    assert all(torch.equal(a.mixed, b.mixed) for a, b in zip(together, alone, strict=True))
