"""Sizes of an LCM, and how its noise comes and counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LCMConfig:
    concept_dim: int = 384  # of the encoder's vectors
    model_dim: int = 384
    heads: int = 6  # in both towers; head_dim = model_dim / heads
    context_layers: int = 4
    denoiser_layers: int = 5
    context_length: int = 128  # concepts the contextualizer sees at once
    train_steps: int = 100  # T of the diffusion
    noise_schedule: str = "cosine"  # of noise_schedule.SCHEDULES
    loss_weighting: str = "none"  # of diffusion.WEIGHTINGS
    ffn_multiple: int = 64  # SwiGLU's inner width is 8/3 of model_dim, rounded up to a multiple of this

    @property
    def head_dim(self) -> int:
        return self.model_dim // self.heads

    @property
    def ffn_dim(self) -> int:
        return -(-8 * self.model_dim // 3 // self.ffn_multiple) * self.ffn_multiple
