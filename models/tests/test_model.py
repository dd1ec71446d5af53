"""The towers: causal, incremental, guided, and able to learn."""

from typing import TypeVar

import pytest
import torch

from models.lcm.config import LCMConfig
from models.lcm.model import BaseLCM, TwoTowerLCM
from models.lcm.sampler import guide, sample

Model = TypeVar("Model", bound=torch.nn.Module)
TINY = LCMConfig(concept_dim=8, model_dim=16, heads=2, context_layers=2, denoiser_layers=2)


def randomized(model: Model, seed: int = 0) -> Model:
    """Zero-initialized gates would make any two networks agree: fill every weight."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return model.eval()


@pytest.mark.parametrize("architecture", [TwoTowerLCM, BaseLCM])
def test_a_prediction_sees_nothing_from_its_own_place_on(architecture: type[TwoTowerLCM] | type[BaseLCM]) -> None:
    model = randomized(architecture(TINY))
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


def test_without_context_only_the_zero_vector_is_seen() -> None:
    model = randomized(TwoTowerLCM(TINY))
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


def test_samples_are_causal_and_one_step_from_zero_noise_is_the_expectation() -> None:
    model = randomized(TwoTowerLCM(TINY))
    x, noise = torch.randn(1, 6, 8), torch.randn(1, 6, 8)
    changed = x.clone()
    changed[:, 3:] += 5
    options = {"steps": 5, "guidance_scale": 2.0, "guidance_rescale": 0.7}
    assert torch.allclose(
        sample(model, x, noise, **options)[:, :4], sample(model, changed, noise, **options)[:, :4], atol=1e-4
    )
    one = sample(model, x, torch.zeros_like(x), steps=1, guidance_scale=3.0, guidance_rescale=0.7)
    assert torch.allclose(one, model.expected(x), atol=1e-5)


@pytest.mark.parametrize("architecture", [TwoTowerLCM, BaseLCM])
def test_it_learns_a_repeating_document(architecture: type[TwoTowerLCM] | type[BaseLCM]) -> None:
    torch.manual_seed(0)
    model = architecture(TINY)
    x = torch.randn(4, 1, 8).repeat(1, 12, 1)
    weight = torch.ones(4, 12)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(120):
        optimizer.zero_grad()
        model.loss(x, weight).backward()
        optimizer.step()
    error = (model.expected(x) - x)[:, 2:].square().mean().item()
    assert error < 0.3 * x.square().mean().item()
