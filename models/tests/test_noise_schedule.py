"""The schedule against the paper's measured values and the zero-SNR invariant."""

import math

import pytest

from models.lcm.noise_schedule import SCHEDULES, alphas_cumprod, step_coefficients, trailing_timesteps


def test_cosine_schedule_ends_without_signal() -> None:
    bars = alphas_cumprod(100)
    assert bars[0].item() == pytest.approx(0.99937, abs=1e-4)
    assert bars[98].item() == pytest.approx(2.28e-4, abs=1e-5)
    assert bars[99].item() == 0
    assert (bars[1:] < bars[:-1]).all()


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_falls_to_nothing(schedule: str) -> None:
    bars = alphas_cumprod(100, schedule)
    assert 0.9 < bars[0].item() < 1
    assert bars[99].item() == 0
    assert (bars[1:] < bars[:-1]).all()


def test_a_sigmoid_schedule_is_what_the_paper_writes() -> None:
    # sigmoid(delta - gamma * logit(t)) at t = 1/5, before the last step's value is taken off to end at zero.
    assert SCHEDULES["sigmoid-0.8"](5)[0].item() == pytest.approx(1 / (1 + math.exp(1 + 0.8 * math.log(0.2 / 0.8))))


def test_a_quadratic_schedule_goes_from_its_first_beta_to_its_last() -> None:
    bars = SCHEDULES["quadratic-2"](3)
    betas = [1 - bars[0].item(), 1 - (bars[1] / bars[0]).item(), 1 - (bars[2] / bars[1]).item()]
    assert betas == pytest.approx([0.02, ((0.02**0.5 + 0.022**0.5) / 2) ** 2, 0.022])


def test_trailing_timesteps_start_at_all_noise() -> None:
    assert trailing_timesteps(5) == [99, 79, 59, 39, 19]
    assert trailing_timesteps(100) == list(range(99, -1, -1))


@pytest.mark.parametrize("steps", [0, 40, 3, 101])
def test_steps_must_divide(steps: int) -> None:
    with pytest.raises(ValueError, match="divisor of 100"):
        trailing_timesteps(steps)


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_a_step_keeps_unit_variance(eta: float) -> None:
    rows = step_coefficients(alphas_cumprod(), 10, eta)
    assert rows[:, 2].square() + rows[:, 3].square() + rows[:, 4].square() == pytest.approx(1, abs=1e-6)
    assert rows[:, 4].abs().sum() == 0 if eta == 0 else rows[1:, 4].min() >= 0
    assert rows[-1, 2] == 1
