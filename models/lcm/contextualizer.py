"""Tower one: reads the concepts so far, causally, and can go on from its own keys and values."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .config import LCMConfig
from .layers import UNSEEN, RMSNorm, SwiGLU, join_heads, places, rotate, split_heads


class ContextLayer(nn.Module):
    """Pre-norm causal self-attention with RoPE, then SwiGLU."""

    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        m = config.model_dim
        self.heads = config.heads
        self.attention_norm = RMSNorm(m)
        self.qkv = nn.Linear(m, 3 * m)
        self.out = nn.Linear(m, m)
        self.ffn_norm = RMSNorm(m)
        self.ffn = SwiGLU(m, config.ffn_dim)

    def forward(
        self, x: torch.Tensor, past_key: torch.Tensor, past_value: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x: (B, N, M); past: (B, H, P, Dh), keys already rotated -> x, keys, values of P + N."""
        past = past_key.shape[2]
        positions = past + places(x.shape[1], x.device)
        query, key, value = self.project(x, positions)
        key = torch.cat([past_key, key], dim=2)  # (B, H, P+N, Dh)
        value = torch.cat([past_value, value], dim=2)
        visible = places(key.shape[2], x.device) <= positions.unsqueeze(-1)  # (N, P+N)
        return self.attend(x, query, key, value, visible), key, value

    def project(self, x: torch.Tensor, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x: (B, N, M); positions: (N,), or (B, 1, N) -> query, key (both rotated) and value, (B, H, N, Dh)."""
        query, key, value = (split_heads(t, self.heads) for t in self.qkv(self.attention_norm(x)).chunk(3, dim=-1))
        return rotate(query, positions), rotate(key, positions), value

    def attend(
        self, x: torch.Tensor, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, visible: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, N, M); query: (B, H, N, Dh); key, value: (B, H, C, Dh); visible: bool, (..., N, C) -> like x."""
        # Added, not masked: a graph of a bool mask looks for rows that see nothing, on the CPU.
        bias = torch.where(visible, 0.0, UNSEEN)
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = x + self.out(join_heads(attended))
        return x + self.ffn(self.ffn_norm(x))


class Contextualizer(nn.Module):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        self.config = config
        self.frontend = nn.Linear(config.concept_dim, config.model_dim)
        self.layers = nn.ModuleList(ContextLayer(config) for _ in range(config.context_layers))
        self.norm = RMSNorm(config.model_dim)

    def forward(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """concepts: (B, N, D) normalized; past: (Lc, B, H, P, Dh) -> context (B, N, M), keys, values of P + N."""
        x = self.frontend(concepts)
        keys, values = [], []
        for layer, past_key, past_value in zip(self.layers, past_keys, past_values, strict=True):
            x, key, value = layer(x, past_key, past_value)
            keys.append(key)
            values.append(value)
        return self.norm(x), torch.stack(keys), torch.stack(values)

    def empty_past(self, batch: int) -> torch.Tensor:
        config = self.config
        return torch.zeros(config.context_layers, batch, config.heads, 0, config.head_dim)
