"""Noise schedules with zero terminal SNR, and trailing timesteps (LCM paper, section 2.3.3 and 2.4.1)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

MAX_BETA = 0.999

Betas = Callable[[int], list[float]]  # of a number of steps, the least noisy first


def betas_of(bar: Callable[[float], float]) -> Betas:
    """bar: what is left of the signal's variance at a time in [0, 1], falling."""

    def betas(steps: int) -> list[float]:
        return [min(1 - bar((i + 1) / steps) / bar(i / steps), MAX_BETA) for i in range(steps)]

    return betas


def cosine(s: float = 0.008) -> Betas:
    """squaredcos_cap_v2 (arXiv:2102.09672, eq. 17)."""
    return betas_of(lambda t: math.cos((t + s) / (1 + s) * math.pi / 2) ** 2)


def sigmoid(gamma: float, delta: float) -> Betas:
    """sigmoid(delta - gamma * logit(t)): gamma is how fast the signal goes, delta when."""

    def bar(t: float) -> float:
        if t <= 0 or t >= 1:
            return 1.0 - t
        return 1 / (1 + math.exp(gamma * math.log(t / (1 - t)) - delta))

    return betas_of(bar)


def quadratic(first: float, last: float) -> Betas:
    """Even steps of the root of beta."""

    def betas(steps: int) -> list[float]:
        a, b = math.sqrt(first), math.sqrt(last)
        return [(a + i / (steps - 1) * (b - a)) ** 2 for i in range(steps)]

    return betas


SCHEDULES: dict[str, Betas] = {  # with the parameters of the paper's table 5
    "cosine": cosine(),
    "quadratic-1": quadratic(0.001, 0.0012),
    "quadratic-2": quadratic(0.02, 0.022),
    "sigmoid-0.8": sigmoid(0.8, -1),
    "sigmoid-1.5": sigmoid(1.5, -1),
    "sigmoid-3.5": sigmoid(3.5, 0),
}


def alphas_cumprod(steps: int = 100, schedule: str = "cosine") -> torch.Tensor:
    """-> (T,) float64, falling; the last is 0 (arXiv:2305.08891, algorithm 1)."""
    betas = torch.tensor(SCHEDULES[schedule](steps), dtype=torch.float64)
    root = torch.cumprod(1 - betas, 0).sqrt()
    first, last = root[0].clone(), root[-1].clone()
    return ((root - last) * first / (first - last)) ** 2


def trailing_timesteps(steps: int, train_steps: int = 100) -> list[int]:
    """Timesteps of a sampler with `steps` steps, noisiest first. Raises ValueError unless steps divides train_steps."""
    if steps < 1 or train_steps % steps:
        raise ValueError(f"steps is {steps}, expected a divisor of {train_steps}")
    stride = train_steps // steps
    return [train_steps - i * stride - 1 for i in range(steps)]


def step_coefficients(steps: int, eta: float, train_steps: int = 100, schedule: str = "cosine") -> torch.Tensor:
    """-> (S, 5): sqrt(a_t), sqrt(1-a_t), sqrt(a_p), sqrt(1-a_p-sigma^2), sigma. Eq. 12 and 16 of arXiv:2010.02502."""
    bars = alphas_cumprod(train_steps, schedule)
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
