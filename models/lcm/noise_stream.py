"""The server's seeded Gaussian noise, number for number: sfc32 through Box-Muller, as server/src/lcm/sampler.ts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np

MASK = 0xFFFFFFFF


def gaussian_stream(*seed: int) -> Iterator[float]:
    """Endless independent standard normal numbers, fixed by the seed words."""
    uniform = sfc32(*seed)
    while True:
        # In (0, 1], so that the logarithm is finite.
        radius = math.sqrt(-2 * math.log((next(uniform) + 1) / 2**32))
        angle = 2 * math.pi * (next(uniform) / 2**32)
        yield radius * math.cos(angle)
        yield radius * math.sin(angle)


def sfc32(*seed: int) -> Iterator[int]:
    """Integers in [0, 2^32) from sfc32 (PractRand), keyed by the seed's words and stirred before its first number."""
    state = [0x9E3779B9, 0x243F6A88, 0xB7E15162, 1]
    for word in seed:
        # Both halves count: a seed may be larger than 32 bits.
        state[0] ^= word & MASK
        state[1] ^= (word >> 32) & MASK
        for _ in range(12):
            step(state)
    while True:
        yield step(state)


def step(state: list[int]) -> int:
    a, b, c, counter = state
    out = (a + b + counter) & MASK
    rotated = ((c << 21) | (c >> 11)) & MASK
    state[:] = [b ^ (b >> 9), (c + (c << 3)) & MASK, (rotated + out) & MASK, (counter + 1) & MASK]
    return out


def plan_noise(seed: int, plan: int, dim: int, steps: int, eta: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Noise of one plan of a seed -> start (D,) times `scale`, and for each step (S, D), zero if eta is 0. float32."""
    numbers = gaussian_stream(seed, plan)
    start = scale * np.fromiter(islice(numbers, dim), np.float64, dim)
    each = np.zeros((steps, dim), np.float32)
    if eta > 0:
        each = np.fromiter(islice(numbers, steps * dim), np.float64, steps * dim).reshape(steps, dim).astype(np.float32)
    return start.astype(np.float32), each
