"""Cosine noise schedule with zero terminal SNR, and trailing timesteps (LCM paper, section 2.3.3 and 2.4.1)."""

from __future__ import annotations

import math

import torch


def alphas_cumprod(steps: int = 100, s: float = 0.008, max_beta: float = 0.999) -> torch.Tensor:
    """-> (T,) float64, falling; the last is 0. squaredcos_cap_v2 betas, then arXiv:2305.08891, algorithm 1."""

    def bar(t: float) -> float:
        return math.cos((t + s) / (1 + s) * math.pi / 2) ** 2

    betas = torch.tensor(
        [min(1 - bar((i + 1) / steps) / bar(i / steps), max_beta) for i in range(steps)], dtype=torch.float64
    )
    root = torch.cumprod(1 - betas, 0).sqrt()
    first, last = root[0].clone(), root[-1].clone()
    return ((root - last) * first / (first - last)) ** 2


def trailing_timesteps(steps: int, train_steps: int = 100) -> list[int]:
    """Timesteps of a sampler with `steps` steps, noisiest first. Raises ValueError unless steps divides train_steps."""
    if steps < 1 or train_steps % steps:
        raise ValueError(f"steps is {steps}, expected a divisor of {train_steps}")
    stride = train_steps // steps
    return [train_steps - i * stride - 1 for i in range(steps)]


def step_coefficients(steps: int, eta: float, train_steps: int = 100) -> torch.Tensor:
    """-> (S, 5): sqrt(a_t), sqrt(1-a_t), sqrt(a_p), sqrt(1-a_p-sigma^2), sigma. Eq. 12 and 16 of arXiv:2010.02502."""
    bars = alphas_cumprod(train_steps)
    times = trailing_timesteps(steps, train_steps)
    rows = []
    for i, t in enumerate(times):
        a_t = bars[t].item()
        a_p = bars[times[i + 1]].item() if i + 1 < steps else 1.0
        sigma = eta * math.sqrt((1 - a_p) / (1 - a_t)) * math.sqrt(max(0.0, 1 - a_t / a_p))
        rows.append(
            [math.sqrt(a_t), math.sqrt(1 - a_t), math.sqrt(a_p), math.sqrt(max(0.0, 1 - a_p - sigma**2)), sigma]
        )
    return torch.tensor(rows, dtype=torch.float32)
