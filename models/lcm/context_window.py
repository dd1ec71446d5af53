"""The contextualizer's window over a growing document, as server/src/concepts/contextWindow.ts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np


def by_windows(run: Callable[[np.ndarray], np.ndarray], concepts: np.ndarray, length: int) -> np.ndarray:
    """Teacher-forced rows over windows of `length` that overlap by half. `run`: (W, D) -> (W, D); (N, D) -> (N, D).

    Each row is taken from the first window that holds it, with the context it has there.
    """
    rows: list[np.ndarray] = []
    done = 0
    while done < len(concepts):
        start = window_start(min(len(concepts), done + length // 2), length)
        rows.append(run(concepts[start : start + length])[done - start :])
        done += len(rows[-1])
    return np.concatenate(rows) if rows else np.zeros_like(concepts)


def window_start(count: int, length: int) -> int:
    """Where the window over `count` concepts starts; it moves by half its length."""
    if count <= length:
        return 0
    hop = max(1, length // 2)
    return math.ceil((count - length) / hop) * hop


def evenly_spread(length: int, count: int) -> list[int]:
    """`count` indexes spread evenly over [0, length), rising; all of them if there are no more than that."""
    if length <= count:
        return list(range(length))
    return [int((i + 0.5) * length / count) for i in range(count)]
