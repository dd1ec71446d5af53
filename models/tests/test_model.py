"""The systems: causal, incremental, guided, and able to learn."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
import torch

from models.lcm.base_lcm import BaseLCM
from models.lcm.config import LCMConfig
from models.lcm.diffusion import WEIGHTINGS, DiffusionLCM
from models.lcm.one_tower import OneTowerLCM
from models.lcm.quant_lcm import QuantLCMc, QuantLCMd
from models.lcm.sampler import guide, sample
from models.lcm.system import System
from models.lcm.systems import build, empty, restored
from models.lcm.two_tower import TwoTowerLCM

Model = TypeVar("Model", bound=torch.nn.Module)
TINY = LCMConfig(concept_dim=8, model_dim=16, heads=2, context_layers=2, denoiser_layers=2)
# Coarse to fine, as codebooks are.
CENTROIDS = torch.randn(3, 4, 8, generator=torch.Generator().manual_seed(2)) * torch.tensor([1, 0.5, 0.25]).view(
    3, 1, 1
)

SYSTEMS: dict[str, Callable[[], System]] = {
    "two-tower": lambda: TwoTowerLCM(TINY),
    "one-tower": lambda: OneTowerLCM(TINY),
    "base": lambda: BaseLCM(TINY),
    "quant-c": lambda: QuantLCMc(TINY, CENTROIDS),
    "quant-d": lambda: QuantLCMd(TINY, CENTROIDS),
}
DIFFUSION: dict[str, Callable[[], DiffusionLCM]] = {
    "two-tower": lambda: TwoTowerLCM(TINY),
    "one-tower": lambda: OneTowerLCM(TINY),
}


def randomized(model: Model, seed: int = 0) -> Model:
    """Zero-initialized gates would make any two networks agree: fill every weight."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / parameter.shape[-1] ** 0.5)
    return model.eval()


# The choices of quant-d are too coarse to show each change: test_quant_lcm has that.
@pytest.mark.parametrize("name", sorted(SYSTEMS.keys() - {"quant-d"}))
def test_a_prediction_sees_nothing_from_its_own_place_on(name: str) -> None:
    model = randomized(SYSTEMS[name]())
    x = torch.randn(2, 9, 8, generator=torch.Generator().manual_seed(1))
    changed = x.clone()
    changed[:, 4:] += 5
    before, after = model.expected(x), model.expected(changed)
    assert torch.allclose(before[:, :5], after[:, :5], atol=1e-5)
    assert not torch.allclose(before[:, 5:], after[:, 5:], atol=1e-3)


def test_contextualizer_goes_on_from_its_keys_and_values() -> None:
    tower = randomized(TwoTowerLCM(TINY)).contextualizer
    x = torch.randn(1, 7, 8)
    empty = tower.empty_past(1)
    whole, keys, values = tower(x, empty, empty)
    first, past_keys, past_values = tower(x[:, :4], empty, empty)
    second, more_keys, more_values = tower(x[:, 4:], past_keys, past_values)
    assert torch.allclose(torch.cat([first, second], 1), whole, atol=1e-5)
    assert torch.allclose(more_keys, keys, atol=1e-5)
    assert torch.allclose(more_values, values, atol=1e-5)


@pytest.mark.parametrize("name", DIFFUSION)
def test_without_context_nothing_of_it_is_seen(name: str) -> None:
    model = randomized(DIFFUSION[name]())
    x, noisy = torch.randn(1, 5, 8), torch.randn(1, 5, 8)
    t = torch.full((1,), 50)
    drop = torch.ones(1, 5, dtype=torch.bool)
    assert torch.allclose(model(x, noisy, t, drop), model(-x, noisy, t, drop), atol=1e-6)
    assert not torch.allclose(model(x, noisy, t, ~drop)[:, 1:], model(-x, noisy, t, ~drop)[:, 1:], atol=1e-3)


def test_guidance_of_one_is_the_conditional_and_rescale_keeps_its_spread() -> None:
    conditional, unconditional = torch.randn(3, 64), torch.randn(3, 64)
    assert torch.allclose(guide(conditional, unconditional, 1.0, 0.0), conditional, atol=1e-6)
    rescaled = guide(conditional, unconditional, 4.0, 1.0)
    assert torch.allclose(rescaled.std(-1), conditional.std(-1), rtol=1e-4)


@pytest.mark.parametrize("name", DIFFUSION)
def test_samples_are_causal_and_one_step_from_zero_noise_is_the_expectation(name: str) -> None:
    model = randomized(DIFFUSION[name]())
    x, noise = torch.randn(1, 6, 8), torch.randn(1, 6, 8)
    changed = x.clone()
    changed[:, 3:] += 5
    options = {"steps": 5, "guidance_scale": 2.0, "guidance_rescale": 0.7}
    assert torch.allclose(
        sample(model, x, noise, **options)[:, :4], sample(model, changed, noise, **options)[:, :4], atol=1e-4
    )
    one = sample(model, x, torch.zeros_like(x), steps=1, guidance_scale=3.0, guidance_rescale=0.7)
    assert torch.allclose(one, model.expected(x), atol=1e-5)


@pytest.mark.parametrize("name", DIFFUSION)
def test_samples_at_some_places_are_those_of_all(name: str) -> None:
    model = randomized(DIFFUSION[name]())
    x, noise = torch.randn(2, 6, 8), torch.randn(2, 6, 8)
    options = {"steps": 5, "guidance_scale": 2.0, "guidance_rescale": 0.7}
    places = torch.tensor([[1, 5], [4, 0]])
    rows = torch.arange(2).unsqueeze(1), places
    some = sample(model, x, noise[rows], places=places, **options)
    assert torch.allclose(some, sample(model, x, noise, **options)[rows], atol=1e-5)


def test_rows_of_a_one_tower_do_not_see_each_other() -> None:
    model = randomized(OneTowerLCM(TINY))
    x, noisy = torch.randn(1, 5, 8), torch.randn(1, 5, 8)
    t, drop = torch.full((1,), 50), torch.zeros(1, 5, dtype=torch.bool)
    other = noisy.clone()
    other[:, 2] += 5
    before, after = model(x, noisy, t, drop), model(x, other, t, drop)
    kept = [0, 1, 3, 4]
    assert torch.allclose(before[:, kept], after[:, kept], atol=1e-6)
    assert not torch.allclose(before[:, 2], after[:, 2], atol=1e-3)


@pytest.mark.parametrize("name", SYSTEMS)
def test_it_learns_a_repeating_document(name: str) -> None:
    torch.manual_seed(0)
    model = SYSTEMS[name]()
    # Vectors that the codebooks can say, so that every system could be right.
    codes = torch.randint(0, 4, (3, 4))
    x = CENTROIDS[torch.arange(3).unsqueeze(1), codes].sum(0).unsqueeze(1).repeat(1, 12, 1)
    weight = torch.ones(4, 12)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(120):
        optimizer.zero_grad()
        model.loss(x, weight).backward()
        optimizer.step()
    error = (model.expected(x) - x)[:, 2:].square().mean().item()
    assert error < 0.3 * x.square().mean().item()


def test_a_clamped_snr_is_what_an_error_counts_for() -> None:
    bars = torch.tensor([0.99, 0.6, 0.5, 0.0])
    assert WEIGHTINGS["clamp-snr"](bars).tolist() == pytest.approx([5, 1.5, 1, 0.001])
    assert WEIGHTINGS["none"](bars).tolist() == [1, 1, 1, 1]


def test_a_checkpoint_brings_its_noise_schedule_back() -> None:
    config = LCMConfig(noise_schedule="sigmoid-3.5")
    model = build("two-tower", np.zeros((1, 384), np.float32), config)
    arguments = {"architecture": "two-tower", "noise_schedule": "sigmoid-3.5", "loss_weighting": "none"}
    back = restored({"model": model.state_dict(), "arguments": arguments})
    assert isinstance(model, TwoTowerLCM)
    assert isinstance(back, TwoTowerLCM)
    assert back.config == config
    assert torch.equal(back.signal, model.signal)


@pytest.mark.parametrize("architecture", ["two-tower", "one-tower", "quant-d"])
def test_a_checkpoint_knows_the_dimension_of_its_concepts(architecture: str) -> None:
    centroids = torch.randn(2, 3, 48) if architecture == "quant-d" else None
    model = empty(architecture, LCMConfig(concept_dim=48), centroids)
    arguments = {"architecture": architecture, "noise_schedule": "cosine", "loss_weighting": "none"}
    again = restored({"model": model.state_dict(), "arguments": arguments})
    assert again.config.concept_dim == 48
    concepts = torch.randn(1, 4, 48)
    assert torch.equal(again.expected(concepts), model.eval().expected(concepts))
