"""The schedule against the paper's measured values and the zero-SNR invariant."""

import pytest

from models.lcm.noise_schedule import alphas_cumprod, step_coefficients, trailing_timesteps


def test_cosine_schedule_ends_without_signal() -> None:
    bars = alphas_cumprod(100)
    assert bars[0].item() == pytest.approx(0.99937, abs=1e-4)
    assert bars[98].item() == pytest.approx(2.28e-4, abs=1e-5)
    assert bars[99].item() == 0
    assert (bars[1:] < bars[:-1]).all()


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
