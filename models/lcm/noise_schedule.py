"""Noise schedules that end in pure noise, and trailing timesteps (LCM paper, section 2.3.3 and 2.4.1)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

MAX_BETA = 0.999

Schedule = Callable[[int], torch.Tensor]  # T -> (T,) float64, alphas_cumprod: the signal's share of variance, falling


def discretized(left: Callable[[float], float], steps: int) -> torch.Tensor:
    """left: [0, 1] -> [1, 0], falling -> (T,) float64, alphas_cumprod; no step takes more than MAX_BETA."""
    betas = [min(1 - left((i + 1) / steps) / left(i / steps), MAX_BETA) for i in range(steps)]
    return torch.cumprod(1 - torch.tensor(betas, dtype=torch.float64), 0)


def squaredcos_cap_v2(steps: int) -> torch.Tensor:
    """The cosine schedule (arXiv:2102.09672, eq. 17)."""
    return discretized(lambda t: math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2, steps)


def sigmoid(gamma: float, delta: float) -> Schedule:
    """sigmoid(delta - gamma * logit(t)): gamma is how fast the signal goes, delta when."""

    def left(t: float) -> float:
        # In a form that has a value at 0 and 1.
        return 0.0 if t == 1 else 1 / (1 + math.exp(-delta) * (t / (1 - t)) ** gamma)

    return lambda steps: discretized(left, steps)


def scaled_linear(first: float, last: float, exponent: float = 2) -> Schedule:
    """Even steps from one beta to the other in the root of beta: the paper's quadratic schedule; linear at 1."""
    start, end = first ** (1 / exponent), last ** (1 / exponent)
    return lambda steps: torch.cumprod(1 - torch.linspace(start, end, steps, dtype=torch.float64) ** exponent, 0)


SCHEDULES: dict[str, Schedule] = {  # with the parameters of the paper's table 5
    "cosine": squaredcos_cap_v2,
    "quadratic-1": scaled_linear(0.001, 0.0012),
    "quadratic-2": scaled_linear(0.02, 0.022),
    "sigmoid-0.8": sigmoid(0.8, -1),
    "sigmoid-1.5": sigmoid(1.5, -1),
    "sigmoid-3.5": sigmoid(3.5, 0),
}
MANIFEST_NAMES = {
    name: {"cosine": "squaredcos_cap_v2", "quadratic": "scaled_linear", "sigmoid": "sigmoid"}[name.split("-")[0]]
    for name in SCHEDULES
}


def alphas_cumprod(steps: int = 100, schedule: str = "cosine") -> torch.Tensor:
    """-> (T,) float64, falling; the last is 0."""
    return zero_terminal_snr(SCHEDULES[schedule](steps))


def zero_terminal_snr(bars: torch.Tensor) -> torch.Tensor:
    """bars: (T,) alphas_cumprod -> the same, stretched so that the last is 0 (arXiv:2305.08891, algorithm 1)."""
    root = bars.sqrt()
    first, last = root[0], root[-1]
    return ((root - last) * first / (first - last)) ** 2


def trailing_timesteps(steps: int, train_steps: int = 100) -> list[int]:
    """Timesteps of a sampler with `steps` steps, noisiest first. Raises ValueError unless steps divides train_steps."""
    if steps < 1 or train_steps % steps:
        raise ValueError(f"steps is {steps}, expected a divisor of {train_steps}")
    stride = train_steps // steps
    return [train_steps - i * stride - 1 for i in range(steps)]


def step_coefficients(bars: torch.Tensor, steps: int, eta: float) -> torch.Tensor:
    """bars: (T,) alphas_cumprod -> (S, 5): sqrt(a_t), sqrt(1-a_t), sqrt(a_p), sqrt(1-a_p-sigma^2), sigma.

    Eq. 12 and 16 of arXiv:2010.02502. Raises ValueError unless steps divides T.
    """
    times = trailing_timesteps(steps, len(bars))
    rows = []
    for i, t in enumerate(times):
        a_t = bars[t].item()
        a_p = bars[times[i + 1]].item() if i + 1 < steps else 1.0
        sigma = eta * math.sqrt((1 - a_p) / (1 - a_t)) * math.sqrt(max(0.0, 1 - a_t / a_p))
        rows.append(
            [math.sqrt(a_t), math.sqrt(1 - a_t), math.sqrt(a_p), math.sqrt(max(0.0, 1 - a_p - sigma**2)), sigma]
        )
    return torch.tensor(rows, dtype=torch.float32)
