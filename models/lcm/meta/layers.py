"""Blocks of both towers as fairseq2 has them: norms, feed-forward, attention's projections, positions."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from ..layers import RMSNorm, join_heads, split_heads
from .config import Tower

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "elu": nn.ELU,
    "leaky_relu": nn.LeakyReLU,
    "selu": nn.SELU,
    "softsign": nn.Softsign,
    "sigmoid": nn.Sigmoid,
    "hardsigmoid": nn.Hardsigmoid,
}


def norm(tower: Tower) -> nn.Module:
    """(…, M) -> (…, M)."""
    if tower.norm == "rms":
        return RMSNorm(tower.model_dim)
    affine = tower.norm != "unit"
    return nn.LayerNorm(tower.model_dim, elementwise_affine=affine, bias=tower.norm == "standard")


def feed_forward(tower: Tower) -> nn.Module:
    return GatedFeedForward(tower) if tower.swiglu else PlainFeedForward(tower)


class PlainFeedForward(nn.Module):
    """(…, M) -> (…, M)."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.inner_proj = nn.Linear(tower.model_dim, tower.ffn_dim)
        self.inner_activation = ACTIVATIONS[tower.activation]()
        self.output_proj = nn.Linear(tower.ffn_dim, tower.model_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.output_proj(self.inner_activation(self.inner_proj(x)))


class GatedFeedForward(nn.Module):
    """SwiGLU. (…, M) -> (…, M), arXiv:2002.05202."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(tower.model_dim, tower.ffn_dim)
        self.inner_proj = nn.Linear(tower.model_dim, tower.ffn_dim)
        self.output_proj = nn.Linear(tower.ffn_dim, tower.model_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.output_proj(F.silu(self.gate_proj(x)) * self.inner_proj(x))


class Attention(nn.Module):
    """Multi-head attention, its parts apart: keys and values are kept by whoever calls."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        m = tower.model_dim
        self.heads = tower.heads
        self.q_proj = nn.Linear(m, m)
        self.k_proj = nn.Linear(m, m)
        self.v_proj = nn.Linear(m, m)
        self.output_proj = nn.Linear(m, m, bias=tower.output_bias)

    def query(self, x: torch.Tensor) -> torch.Tensor:
        """(B, N, M) -> (B, H, N, Dh)."""
        return split_heads(self.q_proj(x), self.heads)

    def key_value(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, C, M) -> keys and values (B, H, C, Dh)."""
        return split_heads(self.k_proj(x), self.heads), split_heads(self.v_proj(x), self.heads)

    def attend(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, visible: torch.Tensor
    ) -> torch.Tensor:
        """query: (B, H, N, Dh); key, value: (B, H, C, Dh); visible: bool, (…, N, C) -> (B, N, M)."""
        return self.output_proj(join_heads(F.scaled_dot_product_attention(query, key, value, attn_mask=visible)))


def rotate_pairs(x: torch.Tensor, positions: torch.Tensor, theta: float) -> torch.Tensor:
    """RoPE (arXiv:2104.09864), neighbouring numbers as pairs. x: (…, N, Dh); positions: (N,) -> like x."""
    half = x.shape[-1] // 2
    rates = theta ** (-torch.arange(half, dtype=torch.float32, device=x.device) / half)
    angles = positions.to(torch.float32).unsqueeze(-1) * rates  # (N, half)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)


class Projection(nn.Module):
    """A linear layer by the name that Meta's code has for it."""

    def __init__(self, width: int, out: int, bias: bool) -> None:
        super().__init__()
        self.fc = nn.Linear(width, out, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(x)


class LearnedPositions(nn.Module):
    """x: (B, N, M); positions: (N,) int64 -> like x."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(tower.max_length, tower.model_dim))

    def forward(self, x: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        return x + self.weight[positions]
