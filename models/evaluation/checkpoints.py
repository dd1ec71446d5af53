"""Checkpoints of `train` beside the bundle: the paper's other systems, of one budget. They run in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.lcm.concepts import unit
from models.lcm.context_window import by_windows
from models.lcm.diffusion import DiffusionLCM
from models.lcm.normalizer import Normalizer
from models.lcm.quant_lcm import Choice, QuantLCM
from models.lcm.sampler import sample
from models.lcm.system import System
from models.lcm.systems import restored

NAMES = {
    "two-tower": "twoTowerCheckpoint",
    "one-tower": "oneTower",
    "base": "baseLcm",
    "quant-c": "quantLcmC",
    "quant-d": "quantLcmD",
}
SEED = 0  # of the samples

Teacher = Callable[[np.ndarray], np.ndarray]  # (N, D) raw -> (N, D) of unit length, each from those before it


@dataclass(frozen=True)
class Checkpoint:
    name: str  # of the system in the figures
    expected: Teacher
    sampled: Teacher | None  # one sample at each place; None of a system that has none
    about: dict[str, float | int]


def load_checkpoint(path: Path, choices: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint of models.scripts.train. Raises FileNotFoundError without one.

    choices: models/choices.json, how each system samples.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: missing; models.scripts.train writes it")
    state = torch.load(path, weights_only=True)
    architecture = state["arguments"]["architecture"]
    model = restored(state)
    normalizer = Normalizer.restored(state["normalizer"])
    draw = sampler_of(model, choices["systems"].get(architecture, choices["sampler"]))

    def teacher(run: Callable[[torch.Tensor], torch.Tensor]) -> Teacher:
        @torch.inference_mode()
        def window(concepts: np.ndarray) -> np.ndarray:
            normalized = normalizer.normalize(torch.from_numpy(concepts.astype(np.float32)))
            return normalizer.denormalize(run(normalized.unsqueeze(0))[0]).numpy()

        return lambda concepts: unit(by_windows(window, concepts, model.config.context_length))

    about = {
        "parameters": sum(p.numel() for p in model.parameters()),
        "steps": state["step"],
        "minutes": round(state["seconds"] / 60, 1),
    }
    return Checkpoint(NAMES[architecture], teacher(model.expected), teacher(draw) if draw else None, about)


def sampler_of(model: System, settings: Mapping[str, Any]) -> Callable[[torch.Tensor], torch.Tensor] | None:
    """Teacher-forced samples of (1, N, D) normalized concepts, always of the same noise."""
    generator = torch.Generator()
    if isinstance(model, DiffusionLCM):

        def diffused(concepts: torch.Tensor) -> torch.Tensor:
            noise = torch.randn(concepts.shape, generator=generator.manual_seed(SEED))
            return sample(
                model,
                concepts,
                noise * settings["initialNoiseScale"],
                steps=settings["steps"],
                guidance_scale=settings["guidanceScale"],
                guidance_rescale=settings["guidanceRescale"],
            )

        return diffused
    if isinstance(model, QuantLCM):
        choice = Choice(settings["guidanceScale"], settings["top"], settings["sharpness"])
        codebooks, units = model.centroids.shape[:2]

        def quantized(concepts: torch.Tensor) -> torch.Tensor:
            noise = torch.randn(codebooks, *concepts.shape[:2], units, generator=generator.manual_seed(SEED))
            return model.sample(concepts, noise, choice)

        return quantized
    return None
