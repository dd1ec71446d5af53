"""The causal transformer over clean concepts: the two-tower's context encoder, and the whole of the Base-LCM."""

from __future__ import annotations

import torch
from torch import nn

from .config import MetaConfig, Tower
from .layers import Attention, LearnedPositions, feed_forward, norm, rotate_pairs


class Frontend(nn.Module):
    """concepts: (B, N, D) normalized; positions: (N,) int64 -> (B, N, M)."""

    def __init__(self, config: MetaConfig) -> None:
        super().__init__()
        self.pre_linear = nn.Linear(config.lcm.concept_dim, config.lcm.model_dim, bias=config.input_bias)
        self.pos_encoder = LearnedPositions(config.context) if config.context.positions == "learned" else None

    def forward(self, concepts: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        x = self.pre_linear(concepts)
        return x if self.pos_encoder is None else self.pos_encoder(x, positions)


class ContextLayer(nn.Module):
    """Pre-norm causal self-attention, then the feed-forward network."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.self_attn_layer_norm = norm(tower)
        self.self_attn = Attention(tower)
        self.theta = tower.rope_theta if tower.positions == "rope" else None
        self.ffn_layer_norm = norm(tower)
        self.ffn = feed_forward(tower)

    def forward(
        self, x: torch.Tensor, positions: torch.Tensor, past_key: torch.Tensor, past_value: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x: (B, N, M); past: (B, H, P, Dh) -> x, keys, values of P + N."""
        y = self.self_attn_layer_norm(x)
        query = self.self_attn.query(y)
        key, value = self.self_attn.key_value(y)
        if self.theta is not None:
            query, key = rotate_pairs(query, positions, self.theta), rotate_pairs(key, positions, self.theta)
        key, value = torch.cat([past_key, key], dim=2), torch.cat([past_value, value], dim=2)
        visible = torch.arange(key.shape[2], device=x.device) <= positions.unsqueeze(-1)  # (N, P+N)
        x = x + self.self_attn.attend(query, key, value, visible)
        return x + self.ffn(self.ffn_layer_norm(x)), key, value


class ContextEncoder(nn.Module):
    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.layers = nn.ModuleList(ContextLayer(tower) for _ in range(tower.layers))
        self.layer_norm = norm(tower)

    def forward(
        self, x: torch.Tensor, positions: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x: (B, N, M); past: (L, B, H, P, Dh) -> (B, N, M), keys, values of P + N."""
        keys, values = [], []
        for layer, past_key, past_value in zip(self.layers, past_keys, past_values, strict=True):
            x, key, value = layer(x, positions, past_key, past_value)
            keys.append(key)
            values.append(value)
        return self.layer_norm(x), torch.stack(keys), torch.stack(values)


def places(concepts: torch.Tensor, past_keys: torch.Tensor) -> torch.Tensor:
    """The positions of concepts (B, N, D) behind those of past_keys (L, B, H, P, Dh) -> (N,) int64."""
    return past_keys.shape[3] + torch.arange(concepts.shape[1], device=concepts.device)
