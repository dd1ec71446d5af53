"""The two-tower diffusion LCM and the Base-LCM that it is compared with (LCM paper, sections 2.3.2 and 2.3.4)."""

from __future__ import annotations

import torch
from torch import nn

from .config import LCMConfig
from .contextualizer import Contextualizer
from .denoiser import Denoiser
from .noise_schedule import alphas_cumprod

CONTEXT_DROP = 0.15  # share of positions trained without context, for classifier-free guidance
COPY_GAIN = 0.4  # at birth the model says 0.4 x the context's mean: an untrained copy is a strong start


def tie_for_copying(frontend: nn.Linear, out: nn.Linear, gain: float) -> None:
    """Orthogonal in, its transpose times `gain` out, so that what enters a residual stream can leave it again."""
    nn.init.orthogonal_(frontend.weight)
    nn.init.zeros_(frontend.bias)
    with torch.no_grad():
        out.weight.copy_(frontend.weight.T * gain)
        out.bias.zero_()


class TwoTowerLCM(nn.Module):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        self.config = config
        self.contextualizer = Contextualizer(config)
        self.denoiser = Denoiser(config)
        bars = alphas_cumprod(config.train_steps).float()
        self.signal: torch.Tensor
        self.noise: torch.Tensor
        self.register_buffer("signal", bars.sqrt(), persistent=False)
        self.register_buffer("noise", (1 - bars).sqrt(), persistent=False)
        tie_for_copying(self.denoiser.frontend, self.denoiser.out, COPY_GAIN)
        with torch.no_grad():
            self.contextualizer.frontend.weight.copy_(self.denoiser.frontend.weight)
            self.contextualizer.frontend.bias.zero_()
            first = self.denoiser.blocks[0]
            m = config.model_dim
            first.cross_key_value.weight[m:].copy_(torch.eye(m))  # values are the context itself
            first.cross_out.weight.copy_(torch.eye(m))
            first.modulation.bias[5 * m : 6 * m] = 1.0  # the gate of its cross-attention is open

    def context(self, concepts: torch.Tensor) -> torch.Tensor:
        """concepts: (B, N, D) normalized -> (B, 1 + N, M): the prepended zero vector, then the context states."""
        past = self.contextualizer.empty_past(concepts.shape[0])
        states, _, _ = self.contextualizer(concepts, past, past)
        return torch.cat([torch.zeros_like(states[:, :1]), states], dim=1)

    def forward(self, concepts: torch.Tensor, noisy: torch.Tensor, t: torch.Tensor, drop: torch.Tensor) -> torch.Tensor:
        """Teacher-forced: position i is predicted from concepts[0..i).

        concepts: (B, N, D); noisy: (R*B, N, D), R noise draws that share one context; t: (R*B,) int64; drop: (R*B, N),
        true = no context -> like noisy.
        """
        keys, values = self.denoiser.project(self.context(concepts[:, :-1]))
        draws = noisy.shape[0] // concepts.shape[0]
        keys, values = keys.repeat(1, draws, 1, 1, 1), values.repeat(1, draws, 1, 1, 1)
        length = concepts.shape[1]
        before = torch.where(drop, 0, torch.arange(length))  # (R*B, N)
        modulation = self.denoiser.modulation_table()[t].unsqueeze(1)  # (R*B, 1, Ld, 9M)
        return self.denoiser(noisy, modulation, keys, values, before)

    def loss(self, concepts: torch.Tensor, weight: torch.Tensor, draws: int = 2) -> torch.Tensor:
        """Mean squared error of x0 a channel. concepts: (B, N, D); weight: (B, N) 1 = counts.

        Timesteps are drawn from Beta(2, 1), the noisy ones more often (the paper draws them evenly; its code offers
        another Beta): near the end of the noise everything must come from the context, which is the slow part to learn.
        A row has one timestep (in the paper each concept has its own), which makes the modulation small, and the rows
        of a batch have one stratum of the distribution each, which makes up for it.
        """
        target = concepts.repeat(draws, 1, 1)
        rows, length = target.shape[:2]
        strata = (torch.randperm(rows) + torch.rand(rows)) / rows
        t = (self.config.train_steps * strata.sqrt()).long().clamp(max=self.config.train_steps - 1)
        signal, noise = self.signal[t].view(-1, 1, 1), self.noise[t].view(-1, 1, 1)
        noisy = signal * target + noise * torch.randn_like(target)
        drop = torch.rand(rows, length) < CONTEXT_DROP
        error = (self(concepts, noisy, t, drop) - target).square().mean(-1)
        weight = weight.repeat(draws, 1)
        return (error * weight).sum() / weight.sum()

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        """(B, N, D) -> (B, N, D): the conditional mean, x0 at t = T-1 (all noise) with the noise at its mean, zero."""
        t = torch.full(concepts.shape[:1], self.config.train_steps - 1)
        return self(concepts, torch.zeros_like(concepts), t, torch.zeros(concepts.shape[:2], dtype=torch.bool))


class BaseLCM(nn.Module):
    """Regression: one causal transformer, mean squared error on the next vector (section 2.3.1)."""

    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        self.config = config
        self.body = Contextualizer(config)
        self.out = nn.Linear(config.model_dim, config.concept_dim)
        tie_for_copying(self.body.frontend, self.out, COPY_GAIN)

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        """(B, N, D) -> (B, N, D): prediction of concept i from those before it; from a zero vector for the first."""
        shifted = torch.cat([torch.zeros_like(concepts[:, :1]), concepts[:, :-1]], dim=1)
        past = self.body.empty_past(concepts.shape[0])
        states, _, _ = self.body(shifted, past, past)
        return self.out(states)

    def loss(self, concepts: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        error = (self.expected(concepts) - concepts).square().mean(-1)
        return (error * weight).sum() / weight.sum()
