"""Small tensors: more threads would only wait for each other."""

import json
from pathlib import Path

import numpy as np
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


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A split as `prepare` leaves it: four times 30 sentences in two sections, one with a heading, and a summary.

    The numbers of a sentence's vector are its row's, those of headings lie above 1000, those of notes above 2000.
    """
    sections = [
        {"heading": "", "paragraphs": [[f"s{i}" for i in range(12)]]},
        {"heading": "H", "paragraphs": [[f"t{i}" for i in range(4)], [f"u{i}" for i in range(14)]]},
    ]
    line = json.dumps({"genre": "essay", "sections": sections, "summary": ["a", "b"]})
    (tmp_path / "train.jsonl").write_text(f"{line}\n" * 4)
    rows = np.arange(128, dtype=np.float16)[:, None].repeat(4, 1)
    np.save(tmp_path / "train.npy", rows)
    np.save(tmp_path / "train.headings.npy", 1000 + rows[:4])
    places = np.array([[document, 12, 4] for document in range(4)])
    np.savez(tmp_path / "train.notes.npz", vectors=2000 + rows[:4], places=places)
    np.save(tmp_path / "marks.npy", np.array([[-2.0] * 4, [-1.0] * 4], np.float32))
    (tmp_path / "train.count").write_text("128")
    return tmp_path
