"""The bundle that ships has the decoder's graph of today, around weights that stayed bit for bit."""

from pathlib import Path

import onnx
import pytest
from transformers import LlamaConfig

from models.lcm import shipped_weights
from models.scripts.regraph import regraphed

BUNDLE = Path("models/bundle")


def smollm2_config(layers: int) -> LlamaConfig:
    """As its weights say it, without the package that has them."""
    return LlamaConfig(
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=layers,
        num_attention_heads=9,
        num_key_value_heads=3,
        head_dim=64,
        vocab_size=49152,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
    )


def test_the_shipped_graph_is_the_one_that_would_be_written_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped_weights, "smollm2_config", smollm2_config)
    shipped, now = onnx.load(BUNDLE / "decoder.onnx").graph, regraphed(BUNDLE).graph
    for part in ("node", "input", "output"):
        assert list(getattr(now, part)) == list(getattr(shipped, part)), part
    weights = {tensor.name: tensor.raw_data for tensor in shipped.initializer}
    assert {tensor.name: tensor.raw_data for tensor in now.initializer} == weights
