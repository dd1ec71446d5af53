"""Small tensors: more threads would only wait for each other."""

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from models.lcm.decoder import ConceptDecoder

torch.set_num_threads(1)


@pytest.fixture
def tiny_decoder() -> ConceptDecoder:
    """Two layers, random weights, 128 tokens."""
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        vocab_size=128,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
    )
    return ConceptDecoder(LlamaForCausalLM(config)).eval()
