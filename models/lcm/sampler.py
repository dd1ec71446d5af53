"""From noise to plans: DDIM with classifier-free guidance and its rescaling (LCM paper, section 2.4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import torch

from .diffusion import DiffusionLCM, every_place, repeated, with_and_without
from .noise_schedule import step_coefficients, trailing_timesteps


class SamplerOptions(TypedDict):
    """Of `draw` and `sample`."""

    steps: int
    guidance_scale: float
    guidance_rescale: float
    eta: float


def options_of(settings: Mapping[str, float]) -> SamplerOptions:
    """`settings`: a sampler of models/choices.json; the scale of its noise is for whoever makes the noise."""
    return {
        "steps": int(settings["steps"]),
        "guidance_scale": settings["guidanceScale"],
        "guidance_rescale": settings["guidanceRescale"],
        "eta": settings.get("eta", 0.0),
    }


def guide(
    conditional: torch.Tensor,
    unconditional: torch.Tensor,
    scale: float | torch.Tensor,
    rescale: float | torch.Tensor,
) -> torch.Tensor:
    """Guided epsilon; `rescale` in [0, 1] pulls its deviation back to the conditional's (arXiv:2305.08891, 3.4)."""
    guided = unconditional + scale * (conditional - unconditional)
    ratio = conditional.std(-1, keepdim=True) / guided.std(-1, keepdim=True).clamp(min=1e-6)
    return guided * (rescale * ratio + (1 - rescale))


def draw(
    model: DiffusionLCM,
    concepts: torch.Tensor,
    noise: torch.Tensor,
    *,
    steps: int,
    guidance_scale: float,
    guidance_rescale: float,
    eta: float = 0.0,
    places: torch.Tensor | None = None,
) -> torch.Tensor:
    """Teacher-forced samples of many positions at once: the one at place i is sampled from concepts[0..i).

    `sample` is the same without gradients.

    concepts: (B, N, D) normalized; places: (B, R) int64, each at most N, by default each concept's own; noise:
    (B, R, D), already times the initial noise scale -> (B, R, D) normalized.
    """
    states = repeated(model.states(concepts), 2)
    before = with_and_without(every_place(concepts) if places is None else places)
    table = model.timestep_table()
    coefficients = step_coefficients(model.bars, steps, eta)
    last = model.config.train_steps - 1
    x, clean = noise, noise
    for t, row in zip(trailing_timesteps(steps, model.config.train_steps), coefficients, strict=True):
        signal_t, noise_t, signal_p, direction, sigma = row.unbind()
        timestep = table[t][None, None]  # (1, 1, ...)
        conditional, unconditional = model.denoise(x.repeat(2, 1, 1), timestep, states, before).chunk(2)
        epsilon = (x - signal_t * conditional) / noise_t
        clean = conditional
        if t != last:  # there all is noise: epsilon is x itself, and only the conditional x0 means anything
            unguided = (x - signal_t * unconditional) / noise_t
            epsilon = guide(epsilon, unguided, guidance_scale, guidance_rescale)
            clean = (x - noise_t * epsilon) / signal_t
        x = signal_p * clean + direction * epsilon + sigma * torch.randn_like(x)
    return clean


sample = torch.inference_mode()(draw)
