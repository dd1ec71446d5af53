"""Gaussian noise on concepts: what a decoder has to bear, as no predicted concept is quite right."""

from __future__ import annotations

import math

import torch
from torch import nn

NOISE_SHARE = 0.7  # of concepts that are noised in training, up to MAX_NOISE of their norm
MAX_NOISE = 0.5


def moved(concepts: torch.Tensor, strength: torch.Tensor | float, generator: torch.Generator) -> torch.Tensor:
    """Unit rows moved by noise of about `strength` times their norm, unit again. (B, D), (B, 1) or one -> (B, D)."""
    noise = torch.randn(concepts.shape, generator=generator) / math.sqrt(concepts.shape[1])
    return nn.functional.normalize(concepts + strength * noise, dim=-1)


def noised(concepts: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Some rows moved by Gaussian noise of random strength, all unit again. (B, D) -> (B, D)."""
    strength = torch.rand(len(concepts), 1, generator=generator) * MAX_NOISE
    strength *= (torch.rand(len(concepts), 1, generator=generator) < NOISE_SHARE).float()
    return moved(concepts, strength, generator)
