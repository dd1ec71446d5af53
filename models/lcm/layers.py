"""Blocks both towers share: RoPE, SwiGLU, and attention over given keys and values."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

ROPE_BASE = 10_000.0
UNSEEN = -1e9  # a score that is 0 after softmax; no infinity, which shaders may take for anything


def places(count: int, device: torch.device | None = None) -> torch.Tensor:
    """0.0 to count - 1: floats, which accelerators compute with; integers of 64 bits they leave to the CPU."""
    return torch.arange(count, dtype=torch.float32, device=device)


def rotate(x: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """RoPE (arXiv:2104.09864), halves layout. x: (..., N, head_dim); positions: (N,) -> like x."""
    half = x.shape[-1] // 2
    rates = ROPE_BASE ** (-torch.arange(half, dtype=torch.float32, device=x.device) / half)
    angles = positions.to(torch.float32).unsqueeze(-1) * rates  # (N, half)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """(B, N, M) -> (B, heads, N, head_dim)."""
    batch, length, width = x.shape
    return x.reshape(batch, length, heads, width // heads).transpose(1, 2)


def join_heads(x: torch.Tensor) -> torch.Tensor:
    """(B, heads, N, head_dim) -> (B, N, M)."""
    batch, heads, length, width = x.shape
    return x.transpose(1, 2).reshape(batch, length, heads * width)


class RMSNorm(nn.Module):
    """(…, M) -> (…, M), arXiv:1910.07467. In plain operators, which every ONNX opset has; ONNX Runtime fuses them."""

    def __init__(self, model_dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(model_dim))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class SwiGLU(nn.Module):
    """(…, M) -> (…, M), arXiv:2002.05202."""

    def __init__(self, model_dim: int, ffn_dim: int) -> None:
        super().__init__()
        self.gate = nn.Linear(model_dim, ffn_dim)
        self.up = nn.Linear(model_dim, ffn_dim)
        self.down = nn.Linear(ffn_dim, model_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))
