"""Leaving out layers: those that are missed least, and what is left works by itself."""

import copy

import pytest
import torch
from torch import nn

from models.lcm.decoder import ConceptDecoder
from models.lcm.packing import Sentence, pack
from models.lcm.pruning import keep_layers, prune

PACKED = pack([[Sentence([5, 6, 7], False, None, True), Sentence([8, 9, 10, 11], True, None, True)]], 24)
NO_PLANS = torch.zeros(0, 384)


@torch.no_grad()
def loss_of(decoder: ConceptDecoder) -> float:
    return nn.functional.cross_entropy(*decoder.logits(PACKED, NO_PLANS)).item()


@pytest.mark.parametrize("idle", [0, 1])
def test_what_is_left_has_the_least_loss(tiny_decoder: ConceptDecoder, idle: int) -> None:
    layer = tiny_decoder.language_model.model.layers[idle]
    for part in (layer.self_attn.o_proj, layer.mlp.down_proj):
        part.weight.data.zero_()
    whole = loss_of(tiny_decoder)
    other = copy.deepcopy(tiny_decoder)
    keep_layers(other, [idle])
    expected = [1 - idle] if whole < loss_of(other) else [idle]
    kept, losses = prune(tiny_decoder, 1, PACKED, NO_PLANS)
    assert kept == expected
    assert losses == pytest.approx([loss_of(tiny_decoder)], abs=1e-5)
    assert tiny_decoder.language_model.config.num_hidden_layers == 1
    assert loss_of(tiny_decoder) == pytest.approx(min(whole, loss_of(other)), abs=1e-5)


def test_none_is_left_out_that_is_wanted(tiny_decoder: ConceptDecoder) -> None:
    before = loss_of(tiny_decoder)
    assert prune(tiny_decoder, 2, PACKED, NO_PLANS) == ([0, 1], [])
    assert loss_of(tiny_decoder) == before
