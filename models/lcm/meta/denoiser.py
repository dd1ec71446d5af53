"""The denoising tower: from a noisy concept, a timestep and the context to what the noise schedule's x0 is made of."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn
from torch.nn import functional as F

from ..denoiser import TIMESTEP_DIM, sinusoid
from .config import Tower, TwoTowerConfig
from .layers import Attention, Projection, feed_forward, norm

MODULATORS = 9  # shift, scale and gate of each of a layer's three blocks


class TimestepEncoder(nn.Module):
    """t: (N,) int64, raw -> (N, M)."""

    def __init__(self, model_dim: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(TIMESTEP_DIM, model_dim)
        self.fc2 = nn.Linear(model_dim, model_dim)

    def forward(self, t: torch.Tensor) -> torch.Tensor:
        return self.fc2(F.silu(self.fc1(sinusoid(t))))


class Modulator(nn.Module):
    """AdaLN (arXiv:2212.09748): (…, M) of a timestep -> (…, 9M)."""

    def __init__(self, model_dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(model_dim, MODULATORS * model_dim)

    def forward(self, timestep: torch.Tensor) -> torch.Tensor:
        return self.fc(F.silu(timestep))


class DenoiserLayer(nn.Module):
    """Self-attention that sees only the row itself, which leaves its value and output projections; cross-attention to
    the context, whose keys and values no timestep modulates; the feed-forward network."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.self_attn_layer_norm = norm(tower)
        self.self_attn = Attention(tower)
        self.cross_attention_layer_norm = norm(tower)
        self.cross_attention = Attention(tower)
        self.ffn_layer_norm = norm(tower)
        self.ffn = feed_forward(tower)
        self.modulator = Modulator(tower.model_dim)

    def forward(
        self, x: torch.Tensor, modulation: torch.Tensor, key: torch.Tensor, value: torch.Tensor, visible: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, N, M); modulation: (B or 1, N or 1, 9M); key, value: (B, H, C, Dh); visible: (B or 1, 1, N, C)."""
        shift1, scale1, gate1, shift2, scale2, gate2, shift3, scale3, gate3 = modulation.chunk(MODULATORS, dim=-1)
        y = self.self_attn_layer_norm(x) * (1 + scale1) + shift1
        x = x + gate1 * self.self_attn.output_proj(self.self_attn.v_proj(y))
        y = self.cross_attention_layer_norm(x) * (1 + scale2) + shift2
        query = self.cross_attention.query(y)
        x = x + gate2 * self.cross_attention.attend(query, key, value, visible)
        y = self.ffn_layer_norm(x) * (1 + scale3) + shift3
        return x + gate3 * self.ffn(y)


class Denoiser(nn.Module):
    def __init__(self, config: TwoTowerConfig) -> None:
        super().__init__()
        tower, dim = config.denoiser, config.lcm.concept_dim
        self.steps = config.lcm.train_steps
        self.embed_time = TimestepEncoder(tower.model_dim)
        self.initial_proj = Projection(dim, tower.model_dim, config.denoiser_input_bias)
        self.layers = nn.ModuleList(DenoiserLayer(tower) for _ in range(tower.layers))
        self.layer_norm = norm(tower)
        self.final_proj = Projection(tower.model_dim, dim, config.denoiser_output_bias)

    @property
    def blocks(self) -> list[DenoiserLayer]:
        return cast(list[DenoiserLayer], list(self.layers))

    def modulation_table(self) -> torch.Tensor:
        """-> (T, Ld * 9M): all that depends on the timestep alone, one row a timestep."""
        timesteps = self.embed_time(torch.arange(self.steps))
        return torch.cat([layer.modulator(timesteps) for layer in self.blocks], dim=-1)

    def project(self, context: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """context: (B, C, M) -> keys, values (Ld, B, H, C, Dh)."""
        pairs = [layer.cross_attention.key_value(context) for layer in self.blocks]
        return torch.stack([key for key, _ in pairs]), torch.stack([value for _, value in pairs])

    def forward(
        self, x: torch.Tensor, modulation: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, before: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, N, D) noisy; modulation: (B or 1, N or 1, Ld * 9M); keys, values: (Ld, B, H, C, Dh), the zero
        vector's first; before: (B or 1, N) int64, concepts each row sees -> (B, N, D)."""
        visible = (torch.arange(keys.shape[3]) <= before.unsqueeze(-1)).unsqueeze(1)  # (B or 1, 1, N, C)
        h = self.initial_proj(x)
        for layer, own, key, value in zip(
            self.blocks, modulation.chunk(len(self.layers), dim=-1), keys, values, strict=True
        ):
            h = layer(h, own, key, value, visible)
        return self.final_proj(self.layer_norm(h))
