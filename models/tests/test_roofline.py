"""What the roofline counts, on graphs and sizes small enough to count by hand."""

from pathlib import Path

import numpy as np
import pytest
from onnx import helper, numpy_helper

from models.lcm.lcm_graphs import value
from models.scripts.roofline import Cost, Machine, Sizes, TwoTower, bundle_costs, linear_layers

SHIPPED = Path(__file__).parents[1] / "bundle"


def linear(name: str, inputs: list[str]) -> tuple:
    """K 64, N 8, blocks of 32: 256 bytes of int4, 16 scales of 4 bytes."""
    weights = [
        numpy_helper.from_array(np.zeros((8, 2, 16), np.uint8), f"{name}.weight"),
        numpy_helper.from_array(np.zeros(16, np.float32), f"{name}.scales"),
    ]
    attributes = {"K": 64, "N": 8, "bits": 4, "block_size": 32}
    names = [*inputs, *(weight.name for weight in weights)]
    return helper.make_node("MatMulNBits", names, [name], domain="com.microsoft", **attributes), weights


def test_linear_layers_are_counted_in_loops_too() -> None:
    outer, first = linear("outer", ["x"])
    inner, second = linear("inner", ["x"])
    body = helper.make_graph([inner], "body", [], [value("inner", [1, 8])])
    loop = helper.make_node("Loop", ["steps", "", "x"], ["y"], body=body)
    graph = helper.make_graph([outer, loop], "graph", [value("x", [1, 64])], [value("y", [1, 8])], [*first, *second])
    found = linear_layers(graph)
    assert (found.weight_bytes, found.multiplications) == (2 * (256 + 64), 2 * 64 * 8)
    assert found.rows(3) == Cost(640, 0, 2 * 3 * 1024)


def test_a_run_lasts_as_long_as_the_slower_of_moving_and_computing() -> None:
    machine = Machine("", bandwidth=100, peak=10)
    assert Cost(100, 100, 5).seconds(machine) == 2
    assert Cost(50, 50, 50).seconds(machine) == 5


def test_a_token_of_the_shipped_decoder_moves_its_weights() -> None:
    costs = bundle_costs(SHIPPED, Sizes())
    size = (SHIPPED / "decoder.onnx").stat().st_size
    token = costs["a token (one row)"]
    assert 0.98 * size < token.weight_bytes < size
    # 134.5 million weights, a multiplication and an addition each, and attention to 100 tokens.
    assert token.flops == 2 * 134_479_872 + 4 * 100 * 576 * 30


def test_the_seven_billion_are_seven_billion() -> None:
    lcm = TwoTower()
    costs = lcm.costs(plans=1)
    used = (costs["a sampler step (1 plans)"].weight_bytes + costs["a new concept of context"].weight_bytes) / 2
    d = lcm.model_dim
    # Not used in a step: modulation, queries and keys of self-attention over one row, biases and norms.
    rest = lcm.denoiser_layers * (9 + 2) * d * d
    assert used + rest == pytest.approx(6_930_781_696, rel=0.01)


def test_a_suggestion_is_its_parts() -> None:
    costs = bundle_costs(SHIPPED, Sizes(sentence_tokens=10))
    token = costs["a token (one row)"]
    words = costs["a suggestion's words: 10 tokens and their end, one row"]
    prompt = costs["a suggestion's prompt: 10 tokens in one run"]
    assert words == token * 11
    # The weights are read once for all tokens of a run.
    assert prompt.weight_bytes == token.weight_bytes
    assert prompt.flops == 10 * token.flops
    whole = costs["a suggestion behind a new sentence, one wording"]
    assert whole.flops > words.flops + prompt.flops + 2 * costs["a sampler step (12 plans)"].flops
    assert whole.flops < 1.2 * (words.flops + prompt.flops + 2 * costs["a sampler step (12 plans)"].flops)


def test_a_sentence_of_the_shipped_encoder_is_multiplied_with_all_its_layers() -> None:
    costs = bundle_costs(SHIPPED, Sizes(sentence_tokens=24, batch=1))
    sentence = costs["an encoded sentence (24 tokens, of 1 in a run)"]
    weights = 6 * (4 * 384 * 384 + 2 * 384 * 1536)
    assert sentence.flops == 24 * 2 * weights + 4 * 24 * 24 * 384 * 6
    assert weights < sentence.weight_bytes < 1.02 * weights  # a byte each, and the scales
