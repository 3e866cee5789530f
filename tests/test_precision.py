"""Products of 8-bit integers and attention in bfloat16: near those of float32, chosen by speed or by a setting."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from annotator import encoder, precision
from annotator.errors import BadArgument
from annotator.pipeline import Annotator
from annotator.precision import Narrow, attention, quickest
from annotator.reader import read


@pytest.fixture
def layer():
    torch.manual_seed(7)
    return nn.Linear(64, 48).requires_grad_(requires_grad=False)


@pytest.mark.parametrize("shape", [(5, 64), (2, 7, 64), (1, 64)])
def test_a_narrow_layer_gives_nearly_the_same(layer, shape):
    x = torch.randn(shape)
    wide, thin = layer(x), Narrow(layer)(x)
    assert thin.shape == wide.shape
    assert float((thin - wide).norm() / wide.norm()) < 0.02


def test_a_word_that_stands_out_does_not_blur_the_others(layer):
    x = torch.randn(6, 64)
    x[2] *= 1000
    wide, thin = layer(x), Narrow(layer)(x)
    assert float((thin[0] - wide[0]).norm() / wide[0].norm()) < 0.02


def test_words_of_zeros_give_the_bias(layer):
    assert torch.allclose(Narrow(layer)(torch.zeros(3, 64)), layer.bias.expand(3, -1))


@pytest.mark.parametrize("wanted", ["float32", "int8"])
def test_the_setting_decides(layer, monkeypatch, wanted):
    monkeypatch.setenv(precision.SETTING, wanted)
    assert quickest(layer, rows=16) == wanted


def test_without_a_setting_the_quicker_one_is_taken(layer, monkeypatch):
    monkeypatch.delenv(precision.SETTING, raising=False)
    monkeypatch.setattr(precision, "_seconds", lambda layer, _: 1.0 if isinstance(layer, Narrow) else 2.0)
    assert quickest(layer, rows=16) == "int8"
    monkeypatch.setattr(precision, "_seconds", lambda layer, _: 2.0 if isinstance(layer, Narrow) else 1.0)
    assert quickest(layer, rows=16) == "float32"


def test_an_unknown_setting_is_told(layer, monkeypatch):
    monkeypatch.setenv(precision.SETTING, "int4")
    with pytest.raises(BadArgument, match="auto, float32 or int8, not 'int4'"):
        quickest(layer, rows=16)


@pytest.mark.models
def test_stories_read_either_way_say_the_same(monkeypatch):
    samples = Path(encoder.__file__).parent / "data" / "samples"
    documents = list(read(sorted(samples.glob("*.txt"))))
    found = {}
    for wanted in ("float32", "int8"):
        monkeypatch.setenv(precision.SETTING, wanted)
        encoder.load_encoder.cache_clear()
        made = Annotator().annotate(documents)
        found[wanted] = {(a.document_id, x.cue, x.content) for a in made for x in a.attributions}
    encoder.load_encoder.cache_clear()
    wide, thin = found["float32"], found["int8"]
    assert len(wide) > 50
    assert 2 * len(wide & thin) / (len(wide) + len(thin)) > 0.95


@pytest.mark.parametrize("length", range(16, 193, 16))
def test_a_window_is_seen_alike_whatever_it_is_batched_with(length):
    torch.manual_seed(7)
    alone = 3 * torch.randn(3, 1, 12, length, 32)
    for longest in range(length, 193, 16):
        beside = torch.randn(3, 2, 12, longest, 32)
        beside[:, :1, :, :length] = alone
        mask = torch.ones(2, 1, 1, longest, dtype=torch.bool)
        mask[0, ..., length:] = False
        assert torch.equal(attention(*alone), attention(*beside, mask)[:1, :, :length])
