"""Checkpoints of `train` beside the bundle: baselines, and two architectures of one budget. They run in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from models.lcm.concepts import unit
from models.lcm.config import LCMConfig
from models.lcm.context_window import by_windows
from models.lcm.model import BaseLCM, TwoTowerLCM


@dataclass(frozen=True)
class Checkpoint:
    name: str  # of the system in the figures
    expected: Callable[[np.ndarray], np.ndarray]  # (N, D) raw -> (N, D) of unit length, each from those before it
    about: dict[str, float | int]


def load_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint of models.scripts.train. Raises FileNotFoundError without one."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: missing; models.scripts.train writes it")
    state = torch.load(path, weights_only=True)
    is_base = state["arguments"]["architecture"] == "base"
    model = base_of(state["model"]) if is_base else TwoTowerLCM(LCMConfig())
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
    return Checkpoint(
        "baseLcm" if is_base else "twoTowerCheckpoint",
        lambda concepts: unit(by_windows(run, concepts, model.config.context_length)),
        about,
    )


def base_of(weights: dict[str, torch.Tensor]) -> BaseLCM:
    layers = {name.split(".")[2] for name in weights if name.startswith("body.layers.")}
    return BaseLCM(replace(LCMConfig(), context_layers=len(layers)))
