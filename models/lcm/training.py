"""What every training run has: a budget of processor time over resumed runs, a learning rate by it, its checkpoint."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

CLIP = 1.0  # largest norm of a gradient
TOLD_EVERY = 25  # steps

Batch = TypeVar("Batch")


def mixed_precision() -> torch.autocast:
    """bfloat16 where that is faster on this processor: some emulate it, and some have it at half of float32's speed."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16_is_faster())


@cache
def bfloat16_is_faster() -> bool:
    def seconds(dtype: torch.dtype) -> float:
        """Of the processor, the best of some products of the size that training is made of."""
        rows, weight = torch.ones(1024, 384, dtype=dtype), torch.ones(1024, 384, dtype=dtype)
        times = []
        for _ in range(30):
            began = time.process_time()
            nn.functional.linear(rows, weight)
            times.append(time.process_time() - began)
        return min(times)

    return seconds(torch.bfloat16) < seconds(torch.float32)


class Budget:
    """Minutes of processor time to spend in all, over all threads, so that what runs beside it takes nothing from it.

    `spent`: seconds that earlier runs spent.
    """

    def __init__(self, minutes: float, spent: float = 0) -> None:
        self.seconds, self.before, self.began = minutes * 60, spent, time.process_time()

    @property
    def spent(self) -> float:
        """Seconds, over resumed runs."""
        return self.before + time.process_time() - self.began

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
    # Where a folder lay on the machine is nobody's business: of such a path its name is told.
    told = {k: v.name if isinstance(v, Path) and v.is_absolute() else str(v) for k, v in vars(arguments).items()}
    partial = path.with_suffix(".partial")
    torch.save({**state, "step": step, "seconds": budget.spent, "curve": curve, "arguments": told}, partial)
    partial.rename(path)


@dataclass(frozen=True)
class Group:
    """Parameters with one peak learning rate, whose gradient is clipped by one norm."""

    parameters: list[nn.Parameter]
    learning_rate: float


def fit(
    model: nn.Module,
    batches: Callable[[int], Iterator[Batch]],
    loss_of: Callable[[Batch], torch.Tensor],
    checkpoint: Path,
    state: Mapping[str, Any] | None,
    kept: Mapping[str, Any],
    arguments: argparse.Namespace,
    *,
    warmup: int,
    beside: Group | None = None,
) -> None:
    """Trains until the budget is over, with a checkpoint every two minutes.

    batches: endless, from a seed; state: the checkpoint to go on from; kept: what a checkpoint holds beside weights and
    optimizer; arguments: minutes, learning_rate, seed; warmup: steps; beside: what learns with the model.
    """
    groups = [Group(list(model.parameters()), arguments.learning_rate), *([beside] if beside else [])]
    optimizer = torch.optim.AdamW(
        [{"params": group.parameters} for group in groups],
        lr=arguments.learning_rate,
        betas=(0.9, 0.95),
        weight_decay=0.05,
    )
    step, spent, curve = 0, 0.0, []
    if state:
        optimizer.load_state_dict(state["optimizer"])
        step, spent, curve = state["step"], state["seconds"], state["curve"]
    budget = Budget(arguments.minutes, spent)
    saved, running = time.monotonic(), 0.0
    for batch in batches(arguments.seed + step):
        for group, settings in zip(groups, optimizer.param_groups, strict=True):
            settings["lr"] = max(group.learning_rate * cosine(budget, step, warmup), 1e-6)
        loss = loss_of(batch)
        optimizer.zero_grad()
        loss.backward()
        for group in groups:
            nn.utils.clip_grad_norm_(group.parameters, CLIP)
        optimizer.step()
        step += 1
        running += loss.item()
        if step % TOLD_EVERY == 0:
            curve.append([step, round(running / TOLD_EVERY, 5)])
            print(json.dumps({"step": step, "loss": curve[-1][1], "minutes": round(budget.spent / 60, 2)}), flush=True)
            running = 0.0
        if time.monotonic() - saved > 120 or budget.over:
            found = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), **kept}
            save_checkpoint(checkpoint, found, step, budget, curve, arguments)
            saved = time.monotonic()
        if budget.over:
            break


def write_curves(checkpoints: Iterable[Path], target: Path) -> None:
    """How each checkpoint that is there was trained, by its name: arguments, steps, seconds, loss by step."""
    found = {}
    for path in checkpoints:
        if path.exists():
            state = torch.load(path, weights_only=True, mmap=True)
            found[path.stem] = {key: state[key] for key in ("arguments", "step", "seconds", "curve")}
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found) + "\n", encoding="utf-8")
