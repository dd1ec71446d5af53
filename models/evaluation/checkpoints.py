"""The Base-LCM checkpoint as a baseline: it does not ship, so it runs in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from models.lcm.concepts import unit
from models.lcm.config import LCMConfig
from models.lcm.context_window import by_windows
from models.lcm.model import BaseLCM


@dataclass(frozen=True)
class Baseline:
    expected: Callable[[np.ndarray], np.ndarray]  # (N, D) raw -> (N, D) of unit length, each from those before it
    about: dict[str, float | int]


def load_base(checkpoint: Path) -> Baseline:
    """A checkpoint of `train --architecture base`. Raises FileNotFoundError without one."""
    if not checkpoint.exists():
        raise FileNotFoundError(f"{checkpoint}: missing; models.scripts.train --architecture base writes it")
    state = torch.load(checkpoint, weights_only=True)
    layers = {name.split(".")[2] for name in state["model"] if name.startswith("body.layers.")}
    model = BaseLCM(replace(LCMConfig(), context_layers=len(layers)))
    model.load_state_dict(state["model"])
    model.eval()
    center, scale = (state["normalizer"][name].numpy() for name in ("center", "scale"))

    @torch.inference_mode()
    def run(window: np.ndarray) -> np.ndarray:
        normalized = torch.from_numpy(((window - center) / scale).astype(np.float32))
        return model.expected(normalized.unsqueeze(0))[0].numpy() * scale + center

    about = {
        "parameters": sum(p.numel() for p in model.parameters()),
        "steps": state["step"],
        "minutes": round(state["seconds"] / 60, 1),
    }
    return Baseline(lambda concepts: unit(by_windows(run, concepts, model.config.context_length)), about)
