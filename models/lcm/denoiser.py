"""Tower two: from a noisy concept, a timestep and the context to the clean concept (x0-prediction)."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import nn
from torch.nn import functional as F

from .config import LCMConfig
from .layers import UNSEEN, RMSNorm, SwiGLU, join_heads, places, split_heads

TIMESTEP_DIM = 256  # of the sinusoid


class TimestepEncoder(nn.Module):
    """Raw integer timestep -> 256 cosines and sines -> MLP, as in the LCM code. t: (N,) -> (N, M)."""

    def __init__(self, model_dim: int) -> None:
        super().__init__()
        first, last = nn.Linear(TIMESTEP_DIM, model_dim), nn.Linear(model_dim, model_dim)
        for layer in (first, last):
            nn.init.normal_(layer.weight, std=0.02)
        self.mlp = nn.Sequential(first, nn.SiLU(), last)

    def forward(self, t: torch.Tensor) -> torch.Tensor:
        return self.mlp(sinusoid(t))


def sinusoid(t: torch.Tensor) -> torch.Tensor:
    """t: (N,) int64, raw -> (N, TIMESTEP_DIM), cosines and then sines of falling rates."""
    half = TIMESTEP_DIM // 2
    rates = torch.exp(-math.log(10_000) * torch.arange(half, dtype=torch.float32, device=t.device) / half)
    angles = t.to(torch.float32).unsqueeze(-1) * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def recency_bias(before: torch.Tensor, columns: int, slopes: torch.Tensor) -> torch.Tensor:
    """What is added to the scores of cross-attention: ALiBi (arXiv:2108.12409), a head's slope times the distance.

    Neither the denoiser nor the keys know places, so without it the last sentence looks like any other.
    before: (B, N), how many concepts a row sees, the first ones; columns: C, the zero vector's first, then the
    concepts'; slopes: (H,) -> (B, H, N, C), UNSEEN where unseen, 0 for the zero vector.
    """
    column = places(columns, before.device)
    distance = before.unsqueeze(-1) - column  # (B, N, C): 0 for the concept right before the row
    penalty = distance.clamp(min=0).masked_fill(column == 0, 0).unsqueeze(1) * slopes.view(-1, 1, 1)
    return (-penalty).masked_fill((distance < 0).unsqueeze(1), UNSEEN)


class DenoiserLayer(nn.Module):
    """AdaLN-zero around self-attention, cross-attention and SwiGLU; the shifts, scales and gates come from outside.

    The self-attention mask is the identity (large_concept_model, NoAttentionMask), so softmax is 1 and what is left of
    it is value and output projection; keys of the context are not modulated by the timestep.
    """

    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        m = config.model_dim
        self.heads = config.heads
        self.self_norm = RMSNorm(m)
        self.self_value = nn.Linear(m, m)
        self.self_out = nn.Linear(m, m)
        self.cross_norm = RMSNorm(m)
        self.cross_query = nn.Linear(m, m)
        self.cross_key_value = nn.Linear(m, 2 * m)
        self.cross_out = nn.Linear(m, m)
        self.ffn_norm = RMSNorm(m)
        self.ffn = SwiGLU(m, config.ffn_dim)
        self.modulation = nn.Linear(m, 9 * m)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def project(self, context: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """context: (B, C, M) -> keys, values (B, H, C, Dh): once a context, for all steps."""
        key, value = self.cross_key_value(context).chunk(2, dim=-1)
        return split_heads(key, self.heads), split_heads(value, self.heads)

    def forward(
        self, x: torch.Tensor, modulation: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, N, M); modulation: (B or 1, N or 1, 9M); key, value: (B, H, C, Dh); bias: (B or 1, H, N, C), added
        to the scores."""
        shift1, scale1, gate1, shift2, scale2, gate2, shift3, scale3, gate3 = modulation.chunk(9, dim=-1)
        y = self.self_norm(x) * (1 + scale1) + shift1
        x = x + gate1 * self.self_out(self.self_value(y))
        y = self.cross_norm(x) * (1 + scale2) + shift2
        query = split_heads(self.cross_query(y), self.heads)
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = x + gate2 * self.cross_out(join_heads(attended))
        y = self.ffn_norm(x) * (1 + scale3) + shift3
        return x + gate3 * self.ffn(y)


class Denoiser(nn.Module):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        self.config = config
        self.slopes: torch.Tensor
        slopes = [2.0**-head for head in range(config.heads - 1)] + [0.0]
        self.register_buffer("slopes", torch.tensor(slopes), persistent=False)
        self.frontend = nn.Linear(config.concept_dim, config.model_dim)
        self.timestep = TimestepEncoder(config.model_dim)
        self.layers = nn.ModuleList(DenoiserLayer(config) for _ in range(config.denoiser_layers))
        self.norm = RMSNorm(config.model_dim)
        self.out = nn.Linear(config.model_dim, config.concept_dim)

    @property
    def blocks(self) -> list[DenoiserLayer]:
        return cast(list[DenoiserLayer], list(self.layers))

    def timestep_states(self) -> torch.Tensor:
        """-> (T, M): what the layers' modulations are made from."""
        return F.silu(self.timestep(torch.arange(self.config.train_steps)))

    def modulation_table(self) -> torch.Tensor:
        """-> (T, Ld, 9M): all that depends on the timestep alone, one row a timestep."""
        hidden = self.timestep_states()
        return torch.stack([layer.modulation(hidden) for layer in self.blocks], dim=1)

    def project(self, context: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """context: (B, C, M) -> keys, values (Ld, B, H, C, Dh)."""
        pairs = [layer.project(context) for layer in self.blocks]
        return torch.stack([key for key, _ in pairs]), torch.stack([value for _, value in pairs])

    def forward(
        self, x: torch.Tensor, modulation: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, before: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, N, D) noisy; modulation: (B or 1, N or 1, Ld, 9M); keys, values: (Ld, B, H, C, Dh), the zero vector's
        first; before: (B or 1, N), concepts each row sees -> (B, N, D) predicted x0."""
        h = self.frontend(x)
        bias = recency_bias(before, keys.shape[3], self.slopes)
        for i, layer in enumerate(self.layers):
            h = layer(h, modulation[..., i, :], keys[i], values[i], bias)
        return self.out(self.norm(h))
