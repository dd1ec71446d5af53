"""What every training run has: a budget of time over resumed runs, a learning rate by it, and its checkpoint."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

import torch


def mixed_precision() -> torch.autocast:
    """bfloat16 where the processor has it (AVX-512): elsewhere PyTorch emulates it, at a tenth of float32's speed."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.ops.mkldnn._is_mkldnn_bf16_supported())


class Budget:
    """Minutes to spend in all; `spent`: seconds that earlier runs spent."""

    def __init__(self, minutes: float, spent: float = 0) -> None:
        self.seconds, self.before, self.began = minutes * 60, spent, time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds, over resumed runs."""
        return self.before + time.monotonic() - self.began

    @property
    def share(self) -> float:
        """Of the budget, in [0, 1]."""
        return min(1.0, self.spent / self.seconds)

    @property
    def over(self) -> bool:
        return self.spent >= self.seconds


def cosine(budget: Budget, step: int, warmup: int) -> float:
    """Share of the peak learning rate: up over `warmup` steps, down to 0 as the time goes."""
    return min(1.0, (step + 1) / warmup) * (0.5 + 0.5 * math.cos(math.pi * budget.share))


def linear(budget: Budget, step: int, warmup: int) -> float:
    """The same on a straight line, and never under 2 %."""
    return min(1.0, (step + 1) / warmup) * max(0.02, 1 - budget.share)


def save_checkpoint(
    path: Path,
    state: dict[str, Any],
    step: int,
    budget: Budget,
    curve: list[list[float]],
    arguments: argparse.Namespace,
) -> None:
    """Writes the state and how it was reached; a checkpoint that is there stays whole until the new one is."""
    told = {k: str(v) for k, v in vars(arguments).items()}
    partial = path.with_suffix(".partial")
    torch.save({**state, "step": step, "seconds": budget.spent, "curve": curve, "arguments": told}, partial)
    partial.rename(path)
