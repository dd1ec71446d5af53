"""The bundle's two-tower LCM, run as the server runs it: server/src/inference/conceptPredictor.ts and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .concepts import unit
from .context_window import by_windows, evenly_spread, window_start
from .noise_schedule import step_coefficients, trailing_timesteps
from .noise_stream import plan_noise
from .onnx_session import open_session
from .roles import FOLLOWING, NO_ROLE, ROLES, length_role
from .summary_plan import planned

MAX_NEW_CONCEPTS = 64  # of one run: quantized numbers depend a little on what is run side by side


@dataclass(frozen=True)
class SamplerSettings:
    steps: int
    guidance_scale: float
    guidance_rescale: float
    initial_noise_scale: float
    eta: float


@dataclass(frozen=True)
class ContextStates:
    """What the contextualizer made of P concepts."""

    keys: np.ndarray  # (Lc, H, P, Dh), for the next step
    values: np.ndarray
    cross_keys: np.ndarray  # (Ld, H, P, Dh), what the denoiser attends to
    cross_values: np.ndarray


class ShippedPredictor:
    """Vectors in and out are the encoder's, mostly of unit length; the normalizer is inside."""

    def __init__(self, directory: Path, manifest: dict[str, Any], threads: int) -> None:
        lcm = manifest["lcm"]
        self.lcm = lcm
        self.center = np.array(manifest["normalizer"]["center"], np.float32)
        self.scale = np.array(manifest["normalizer"]["scale"], np.float32)
        self.bars = torch.tensor(lcm["alphasCumprod"], dtype=torch.float64)
        self.context_length: int = lcm["contextLength"]
        self.has_roles = "roles" in lcm
        self.shifts = np.zeros((len(ROLES) + 1, len(self.center)), np.float32)  # NO_ROLE is the last, of zeros
        if self.has_roles:
            self.shifts[:-1] = [lcm["roles"][name] for name in ROLES]
        self.unit_length: bool = manifest["encoder"].get("unitLength", True)
        defaults = lcm["defaults"]
        self.defaults = SamplerSettings(
            defaults["steps"],
            defaults["guidanceScale"],
            defaults["guidanceRescale"],
            defaults["initialNoiseScale"],
            defaults["eta"],
        )
        self.contextualizer = open_session(directory / lcm["contextualizer"], threads)
        self.sampler = open_session(directory / lcm["sampler"], threads)
        self.expectation = open_session(directory / lcm["expectation"], threads)
        own = np.zeros((lcm["contextLayers"], lcm["contextHeads"], 0, lcm["headDim"]), np.float32)
        cross = np.zeros((lcm["denoiserLayers"], lcm["denoiserHeads"], 0, lcm["headDim"]), np.float32)
        self.empty = ContextStates(own, own, cross, cross)

    def normalize(self, concepts: np.ndarray) -> np.ndarray:
        return ((concepts - self.center) / self.scale).astype(np.float32)

    def denormalize(self, rows: np.ndarray) -> np.ndarray:
        """(N, D) normalized -> (N, D) raw, scaled to unit length where the encoder's vectors have it."""
        raw = rows * self.scale + self.center
        return unit(raw) if self.unit_length else raw

    def read(self, concepts: np.ndarray, roles: np.ndarray | None) -> np.ndarray:
        """(N, D) raw; roles: (N,) places in ROLES or NO_ROLE, None where no concept has one -> (N, D), as read."""
        normalized = self.normalize(concepts)
        return normalized if roles is None else normalized + self.shifts[roles]

    def extend(self, states: ContextStates, concepts: np.ndarray, roles: np.ndarray | None = None) -> ContextStates:
        """concepts: (N, D), those behind the ones that `states` holds; roles: see `read`."""
        names = ["present_keys", "present_values", "cross_keys", "cross_values"]
        read = self.read(concepts, roles)
        for start in range(0, len(concepts), MAX_NEW_CONCEPTS):
            added = read[start : start + MAX_NEW_CONCEPTS]
            feeds = {"concepts": added, "past_keys": states.keys, "past_values": states.values}
            keys, values, cross_keys, cross_values = self.contextualizer.run(names, feeds)
            cross_keys = np.concatenate([states.cross_keys, cross_keys], axis=2)
            cross_values = np.concatenate([states.cross_values, cross_values], axis=2)
            states = ContextStates(keys, values, cross_keys, cross_values)
        return states

    def sample(
        self, states: ContextStates, seed: int, first: int, count: int, settings: SamplerSettings | None = None
    ) -> np.ndarray:
        """Plans `first` to `first + count - 1` of a seed -> (count, D). A plan does not depend on those beside it."""
        s = settings or self.defaults
        steps = s.steps
        pairs = [
            plan_noise(seed, first + i, len(self.center), steps, s.eta, s.initial_noise_scale) for i in range(count)
        ]
        feeds = {
            "cross_keys": states.cross_keys,
            "cross_values": states.cross_values,
            "noise": np.stack([start for start, _ in pairs]),
            "step_noise": np.stack([each for _, each in pairs], axis=1),  # (S, n, D)
            "timesteps": np.array(trailing_timesteps(steps, len(self.bars)), np.int64),
            "coefficients": step_coefficients(self.bars, steps, s.eta).numpy(),
            "guidance_scale": np.array([s.guidance_scale], np.float32),
            "guidance_rescale": np.array([s.guidance_rescale], np.float32),
        }
        return self.denormalize(self.sampler.run(["plans"], feeds)[0])

    def predict_next(
        self,
        context: np.ndarray,
        count: int,
        seed: int,
        roles: np.ndarray | None = None,
        following: np.ndarray | None = None,
    ) -> np.ndarray:
        """context: (N, D), of which the last window counts -> (count, D) samples at the bundle's own settings.

        roles: of the context, see `read`; following: (1 or 2, D), the sentences behind the gap that is predicted.
        """
        start = window_start(len(context), self.context_length)
        states = self.extend(self.empty, context[start:], None if roles is None else roles[start:])
        if following is not None:
            states = self.extend(states, following, np.array(FOLLOWING[: len(following)]))
        return self.sample(states, seed, 0, count)

    def expected(self, concepts: np.ndarray, roles: np.ndarray | None = None) -> np.ndarray:
        """(N, D) -> (N, D): the conditional mean of each concept, given those before it; roles: see `read`."""

        def run(window: np.ndarray) -> np.ndarray:
            return self.expectation.run(["expected"], {"concepts": window})[0]

        return self.denormalize(by_windows(run, self.read(concepts, roles), self.context_length))

    def expected_at(self, concepts: np.ndarray, index: int) -> np.ndarray:
        """That row of `expected` alone, (D,): the conditional mean of concept `index` of (N, D)."""
        start = window_start(index + 1, self.context_length)
        return self.expected(concepts[start : index + 1])[-1]

    def plan_summary(
        self,
        source: np.ndarray,
        max_length: int,
        seed: int,
        wanted: int | None = None,
        settings: SamplerSettings | None = None,
    ) -> np.ndarray:
        """source: (N, D), N >= 1 -> (M, D), the summary's concepts, M <= max_length; none if the stop comes first.

        wanted: the length in sentences that is asked for, of the separator too.
        """
        summary = self.lcm["summary"]
        length = min(max_length, self.context_length // 2)
        # A long source is thinned evenly: its end counts as much as its beginning.
        thinned = source[evenly_spread(len(source), self.context_length - length - 1)]
        window = np.concatenate([thinned, np.array([summary["separator"]], np.float32)])
        roles = np.full(len(window), NO_ROLE)
        if wanted is not None:
            roles[-1] = length_role(wanted)
        drawing = ShippedDrawing(self, self.extend(self.empty, window, roles), seed, settings)
        return planned(drawing, np.array(summary["stop"], np.float32), summary["stopThreshold"], length, wanted)


class ShippedDrawing:
    """Behind the states of a window, the samples of one seed."""

    def __init__(
        self, predictor: ShippedPredictor, states: ContextStates, seed: int, settings: SamplerSettings | None
    ) -> None:
        self.predictor, self.states, self.seed, self.settings = predictor, states, seed, settings

    def draw(self, number: int) -> np.ndarray:
        return self.predictor.sample(self.states, self.seed, number, 1, self.settings)[0]

    def take(self, concept: np.ndarray) -> None:
        self.states = self.predictor.extend(self.states, concept[None])
