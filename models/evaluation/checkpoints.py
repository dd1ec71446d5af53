"""Checkpoints of `train` beside the bundle: the paper's other systems, of one budget. They run in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from models.lcm.concepts import unit
from models.lcm.context_window import evenly_spread, window_start
from models.lcm.data import SEPARATOR_ROW, STOP_ROW
from models.lcm.diffusion import DiffusionLCM
from models.lcm.normalizer import Normalizer
from models.lcm.quant_lcm import Choice, QuantLCM
from models.lcm.sampler import options_of, sample
from models.lcm.summary_plan import planned
from models.lcm.system import System
from models.lcm.systems import restored

NAMES = {
    "two-tower": "twoTowerPeer",  # the bundle's is another, trained for longer
    "one-tower": "oneTower",
    "base": "baseLcm",
    "quant-c": "quantLcmC",
    "quant-d": "quantLcmD",
}
CONTEXTS_A_RUN = 16

# Concepts (B, N, D), all normalized, and how many of them each of B rows sees, (B, 1) -> (B, 1, D).
Draw = Callable[[torch.Tensor, torch.Tensor, torch.Generator], torch.Tensor]


@dataclass(frozen=True, eq=False)
class NextConcepts:
    """What a system says of the concept behind contexts (N, D), N >= 1, raw, of which the last window counts."""

    model: System
    normalizer: Normalizer
    draw: Draw | None  # one sample; None of a system that knows its conditional mean alone

    @property
    def context_length(self) -> int:
        return self.model.config.context_length

    def expected(self, contexts: Sequence[np.ndarray]) -> np.ndarray:
        """The conditional mean behind each context -> (contexts, D), unit length."""

        def mean(concepts: torch.Tensor, places: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
            return self.model.expected(concepts)[torch.arange(len(concepts)).unsqueeze(1), places]

        return self.said(mean, contexts, 0)

    def sampled(self, contexts: Sequence[np.ndarray], seed: int) -> np.ndarray:
        """One sample behind each context, or what is expected where the system has no samples. -> like `expected`."""
        return self.said(self.draw, contexts, seed) if self.draw else self.expected(contexts)

    @torch.inference_mode()
    def said(self, draw: Draw, contexts: Sequence[np.ndarray], seed: int) -> np.ndarray:
        generator = torch.Generator().manual_seed(seed)
        found = np.zeros((len(contexts), self.model.config.concept_dim), np.float32)
        order = sorted(range(len(contexts)), key=lambda i: len(contexts[i]))
        for start in range(0, len(order), CONTEXTS_A_RUN):
            rows = order[start : start + CONTEXTS_A_RUN]
            windows = [contexts[i][window_start(len(contexts[i]), self.context_length - 1) :] for i in rows]
            places = torch.tensor([[len(window)] for window in windows])
            # A place more than the longest: the one that is predicted.
            concepts = torch.zeros(len(rows), int(places.max()) + 1, found.shape[1])
            for row, window in enumerate(windows):
                concepts[row, : len(window)] = self.normalizer.normalize(torch.from_numpy(window.astype(np.float32)))
            found[rows] = self.normalizer.denormalize(draw(concepts, places, generator)[:, 0]).numpy()
        return unit(found)


@dataclass(frozen=True, eq=False)
class Checkpoint(NextConcepts):
    name: str  # in the figures
    marks: np.ndarray  # (2, D): separator and stop of a summary
    stop_threshold: float
    about: dict[str, float | int]

    def plan_summary(self, source: np.ndarray, max_length: int, seed: int, wanted: int | None = None) -> np.ndarray:
        """As the bundle's predictor: (N, D), N >= 1 -> (M, D), M <= max_length. The separator asks for no length:
        systems are compared without roles."""
        length = min(max_length, self.context_length // 2)
        thinned = source[evenly_spread(len(source), self.context_length - length - 1)]
        drawing = CheckpointDrawing(self, np.concatenate([thinned, self.marks[[SEPARATOR_ROW]]]), seed)
        return planned(drawing, self.marks[STOP_ROW], self.stop_threshold, length, wanted)


class CheckpointDrawing:
    """Behind a growing window, samples of one seed."""

    def __init__(self, checkpoint: Checkpoint, window: np.ndarray, seed: int) -> None:
        self.checkpoint, self.window, self.seed = checkpoint, window, seed

    def draw(self, number: int) -> np.ndarray:
        return self.checkpoint.sampled([self.window], self.seed + number)[0]

    def take(self, concept: np.ndarray) -> None:
        self.window = np.concatenate([self.window, concept[None]])


def checkpoint_of(state: Mapping[str, Any], choices: Mapping[str, Any]) -> Checkpoint:
    """`state`: a checkpoint of models.scripts.train; choices: models/choices.json, how each system samples."""
    architecture = state["arguments"]["architecture"]
    model = restored(state)
    return Checkpoint(
        model,
        Normalizer.restored(state["normalizer"]),
        draw_of(model, choices["systems"].get(architecture, choices["sampler"])),
        name=NAMES[architecture],
        marks=state["marks"].numpy(),
        stop_threshold=choices["stopThreshold"],
        about=about(state, sum(p.numel() for p in model.parameters())),
    )


def about(state: Mapping[str, Any], parameters: int) -> dict[str, float | int]:
    """What a checkpoint cost."""
    return {"parameters": parameters, "steps": state["step"], "minutes": round(state["seconds"] / 60, 1)}


def draw_of(model: System, settings: Mapping[str, Any]) -> Draw | None:
    if isinstance(model, DiffusionLCM):

        def diffused(concepts: torch.Tensor, places: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
            noise = torch.randn(*places.shape, concepts.shape[2], generator=generator)
            return sample(model, concepts, noise * settings["initialNoiseScale"], **options_of(settings), places=places)

        return diffused
    if isinstance(model, QuantLCM):
        choice = Choice(settings["guidanceScale"], settings["top"], settings["sharpness"])
        codebooks, units = model.centroids.shape[:2]

        def quantized(concepts: torch.Tensor, places: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
            noise = torch.randn(codebooks, *places.shape, units, generator=generator)
            return model.sample(concepts, noise, choice, places)

        return quantized
    return None
