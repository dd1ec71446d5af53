"""What the diffusion LCMs share: noising, the x0 loss, the conditional mean (LCM paper, section 2.3.3)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import torch

from .config import LCMConfig
from .noise_schedule import MANIFEST_NAMES, alphas_cumprod
from .system import System

CONTEXT_DROP = 0.15  # share of positions trained without context, for classifier-free guidance

# What an error counts for at each timestep, of (T,) alphas_cumprod: paper, section 2.3.3 and table 6.
WEIGHTINGS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "none": torch.ones_like,
    "clamp-snr": lambda bars: (bars / (1 - bars)).clamp(0.001, 5),
}

States = tuple[torch.Tensor, torch.Tensor]  # keys and values of a context, (layers, B, H, C, Dh)


def strata(rows: int) -> torch.Tensor:
    """One draw from each of `rows` equal parts of [0, 1), in random order. -> (rows,)."""
    return (torch.randperm(rows) + torch.rand(rows)) / rows


def repeated(states: States, times: int) -> States:
    """The same context for `times` batches of rows, one after the other."""
    keys, values = states
    return keys.repeat(1, times, 1, 1, 1), values.repeat(1, times, 1, 1, 1)


def every_place(concepts: torch.Tensor) -> torch.Tensor:
    """How many concepts of (B, N, D) each row sees, teacher-forced: those before it. -> (B, N) int64."""
    return torch.arange(concepts.shape[1]).expand(concepts.shape[:2])


def with_and_without(places: torch.Tensor) -> torch.Tensor:
    """The same for guidance: (B, R), and for the unconditional none. -> (2B, R)."""
    return torch.cat([places, torch.zeros_like(places)])


class DiffusionLCM(System):
    """A model that reads a context once, and denoises any number of rows against it."""

    schedule = "squaredcos_cap_v2"  # the manifest's names for the noise schedule, and for what the denoiser says
    prediction = "sample"

    def __init__(self, config: LCMConfig, bars: torch.Tensor | None = None) -> None:
        """bars: (T,) float64, alphas_cumprod of another schedule than the cosine."""
        super().__init__(config)
        if bars is None:
            self.schedule = MANIFEST_NAMES[config.noise_schedule]
            bars = alphas_cumprod(config.train_steps, config.noise_schedule)
        self.bars = bars
        bars = self.bars.float()
        self.signal: torch.Tensor
        self.noise: torch.Tensor
        self.register_buffer("signal", bars.sqrt(), persistent=False)
        self.register_buffer("noise", (1 - bars).sqrt(), persistent=False)
        self.timestep_weight: torch.Tensor
        self.register_buffer("timestep_weight", WEIGHTINGS[config.loss_weighting](bars), persistent=False)

    @abstractmethod
    def states(self, concepts: torch.Tensor) -> States:
        """concepts: (B, N, D) normalized -> what a denoised row attends to."""

    @abstractmethod
    def timestep_table(self) -> torch.Tensor:
        """-> (T, ...): all that depends on the timestep alone, one row a timestep."""

    @abstractmethod
    def denoise(self, x: torch.Tensor, timestep: torch.Tensor, states: States, before: torch.Tensor) -> torch.Tensor:
        """x: (B, N, D) noisy; timestep: (B or 1, N or 1, ...) rows of the table; before: (B or 1, N) int64, how many
        concepts each row sees, the first ones, none for the unconditional -> (B, N, D) predicted x0."""

    def forward(self, concepts: torch.Tensor, noisy: torch.Tensor, t: torch.Tensor, drop: torch.Tensor) -> torch.Tensor:
        """Teacher-forced: position i is predicted from concepts[0..i).

        concepts: (B, N, D); noisy: (R*B, N, D), R noise draws that share one context; t: (R*B,) int64; drop: (R*B, N),
        true = no context -> like noisy.
        """
        states = repeated(self.states(concepts[:, :-1]), noisy.shape[0] // concepts.shape[0])
        before = torch.where(drop, 0, torch.arange(concepts.shape[1]))  # (R*B, N)
        return self.denoise(noisy, self.timestep_table()[t].unsqueeze(1), states, before)

    def loss(
        self, concepts: torch.Tensor, weight: torch.Tensor, context: torch.Tensor | None = None, draws: int = 2
    ) -> torch.Tensor:
        """Mean squared error of x0 a channel. concepts: (B, N, D); weight: (B, N) 1 = counts; context: (B, N, D), the
        concepts as the context has them, where that is otherwise.

        Timesteps are drawn from Beta(2, 1), the noisy ones more often (the paper draws them evenly; its code offers
        another Beta): near the end of the noise everything must come from the context, which is the slow part to learn.
        A row has one timestep (in the paper each concept has its own), which makes the modulation small, and the rows
        of a batch have one stratum of the distribution each, which makes up for it.
        """
        target = concepts.repeat(draws, 1, 1)
        rows, length = target.shape[:2]
        t = (self.config.train_steps * strata(rows).sqrt()).long().clamp(max=self.config.train_steps - 1)
        signal, noise = self.signal[t].view(-1, 1, 1), self.noise[t].view(-1, 1, 1)
        noisy = signal * target + noise * torch.randn_like(target)
        drop = torch.rand(rows, length) < CONTEXT_DROP
        error = (self(concepts if context is None else context, noisy, t, drop) - target).square().mean(-1)
        weight = weight.repeat(draws, 1) * self.timestep_weight[t].unsqueeze(-1)
        return (error * weight).sum() / weight.sum()

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        """The conditional mean: x0 at t = T-1 (all noise) with the noise at its mean, zero."""
        t = torch.full(concepts.shape[:1], self.config.train_steps - 1)
        return self(concepts, torch.zeros_like(concepts), t, torch.zeros(concepts.shape[:2], dtype=torch.bool))
