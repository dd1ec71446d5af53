"""Writes test/fixtures/golden/diffusion.json: the diffusion numbers that Python and TypeScript must agree on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from models.lcm.noise_schedule import alphas_cumprod, step_coefficients, trailing_timesteps
from models.lcm.normalizer import Normalizer

GOLDEN = Path("test/fixtures/golden/diffusion.json")


def golden() -> dict:
    normalizer = Normalizer(np.array([0.1, -0.2, 0.0]), np.array([0.5, 2.0, 1.0]))
    concepts = torch.tensor([[0.6, 0.0, 0.8], [0.0, -1.0, 0.0]])
    return {
        "schedules": [{"trainSteps": t, "alphasCumprod": alphas_cumprod(t).tolist()} for t in (10, 100)],
        "steps": [
            {
                "trainSteps": 100,
                "steps": steps,
                "eta": eta,
                "timesteps": trailing_timesteps(steps),
                "coefficients": step_coefficients(alphas_cumprod(100), steps, eta).flatten().tolist(),
            }
            for steps, eta in ((1, 0.0), (5, 0.0), (10, 0.5), (20, 1.0))
        ],
        "normalizer": {
            "center": normalizer.center.tolist(),
            "scale": normalizer.scale.tolist(),
            "concepts": concepts.tolist(),
            "normalized": normalizer.normalize(concepts).tolist(),
        },
    }


if __name__ == "__main__":
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
