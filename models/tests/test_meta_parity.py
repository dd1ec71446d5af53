"""Converted LCMs against Meta's own classes, whose numbers models/tests/meta/golden.py wrote.

In float32 on both sides: what differs is the order of sums, and PyTorch's version.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.lcm import sampler
from models.lcm.meta.base_lcm import MetaBaseLCM
from models.lcm.meta.card import read_card
from models.lcm.meta.checkpoint import Checkpoint, read_checkpoint
from models.lcm.meta.config import BaseConfig, configured
from models.lcm.meta.two_tower import MetaTwoTower
from models.lcm.noise_schedule import trailing_timesteps
from models.tests.meta.seeded import normal
from models.tests.meta_checkpoints import golden, seeded_state, write_checkpoint

CASES, SIZES = golden()["models"], golden()["sizes"]
DIFFUSION = [name for name, case in CASES.items() if case["options"]]
TOLERANCE = 1e-5
SAMPLED = 1e-4  # many steps, each on what the one before left


def converted(name: str, directory: Path) -> Checkpoint:
    case = CASES[name]
    step = write_checkpoint(directory, case["card"], seeded_state(case))
    return read_checkpoint(step, 8)


def output(name: str, key: str) -> np.ndarray:
    return np.array(CASES[name]["outputs"][key], np.float32)


def concepts_of(name: str, checkpoint: Checkpoint) -> torch.Tensor:
    raw = torch.tensor(normal(CASES[name]["seed"], "concepts", (1, 5, 24)))
    return checkpoint.normalizer.normalize(raw)


@pytest.mark.parametrize("name", DIFFUSION)
@torch.inference_mode()
def test_context_and_denoiser(name: str, tmp_path: Path) -> None:
    checkpoint = converted(name, tmp_path)
    model = checkpoint.model
    assert isinstance(model, MetaTwoTower)
    concepts = concepts_of(name, checkpoint)
    assert model.context(concepts)[:, 1:].numpy() == pytest.approx(output(name, "context"), abs=TOLERANCE)
    noisy = torch.tensor(normal(CASES[name]["seed"], "noisy", (1, 5, 24)))
    timesteps = torch.arange(5) * (model.config.train_steps - 1) // 4
    modulation = model.denoiser.modulation_table()[timesteps].unsqueeze(0)
    said = model.denoiser(noisy, modulation, *model.states(concepts), torch.arange(5).unsqueeze(0))
    assert said.numpy() == pytest.approx(output(name, "denoised"), abs=TOLERANCE)


@pytest.mark.parametrize("name", DIFFUSION)
def test_schedule(name: str, tmp_path: Path) -> None:
    model = converted(name, tmp_path).model
    assert isinstance(model, MetaTwoTower)
    # Meta's code makes it in float32.
    assert model.bars.numpy() == pytest.approx(output(name, "alphas_cumprod"), abs=2e-6)
    visited = CASES[name]["outputs"]["timesteps"]
    assert trailing_timesteps(len(visited), model.config.train_steps) == visited


@pytest.mark.parametrize("name", DIFFUSION)
def test_sampler(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = converted(name, tmp_path)
    model, case = checkpoint.model, CASES[name]
    assert isinstance(model, MetaTwoTower)
    seed, options = case["seed"], case["options"]
    followed = torch.cat([concepts_of(name, checkpoint), torch.zeros(1, 1, 24)], dim=1)
    start = torch.tensor(normal(seed, "start", (1, 1, 24))) * options.get("initial_noise_scale", 1.0)
    drawn = iter(range(model.config.train_steps))

    def noise(x: torch.Tensor) -> torch.Tensor:
        return torch.tensor(normal(seed, f"step {next(drawn)}", (1, 1, 24))).expand_as(x)

    monkeypatch.setattr(sampler.torch, "randn_like", noise)
    plans = sampler.sample(
        model,
        followed,
        start.expand_as(followed),
        steps=len(case["outputs"]["timesteps"]),
        guidance_scale=options.get("guidance_scale", 1.0),
        guidance_rescale=options.get("guidance_rescale", 0.0),
        eta=options.get("ddim_eta", 0.0),
    )
    raw = checkpoint.normalizer.denormalize(plans[0, -1]).numpy()
    assert raw == pytest.approx(output(name, "sampled"), abs=SAMPLED)


@pytest.mark.parametrize("name", [name for name in CASES if name not in DIFFUSION])
@torch.inference_mode()
def test_base_lcm(name: str, tmp_path: Path) -> None:
    checkpoint = converted(name, tmp_path)
    assert isinstance(checkpoint.model, MetaBaseLCM)
    # What follows the last concept is told where one more stands.
    followed = torch.cat([concepts_of(name, checkpoint), torch.zeros(1, 1, 24)], dim=1)
    predicted = checkpoint.normalizer.denormalize(checkpoint.model.expected(followed)[:, 1:])
    assert predicted.numpy() == pytest.approx(output(name, "predicted"), abs=TOLERANCE)


@pytest.mark.parametrize("name", SIZES)
def test_a_registered_architecture_is_known_by_its_name(name: str, tmp_path: Path) -> None:
    family = "base_lcm" if "base" in name else "two_tower_diffusion_lcm"
    card = tmp_path / "model_card.yaml"
    card.write_text(f"model_family: {family}\nmodel_arch: {name}\n")
    config = configured(read_card(card), 128)
    with torch.device("meta"):
        model = MetaBaseLCM(config) if isinstance(config, BaseConfig) else MetaTwoTower(config)
    assert sum(parameter.numel() for parameter in model.parameters()) == SIZES[name]
