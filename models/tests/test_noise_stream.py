"""The noise is the server's: golden numbers that server/src/lcm/sampler.ts drew."""

from itertools import islice

import numpy as np
import pytest

from models.lcm.noise_stream import gaussian_stream, plan_noise

GOLDEN = {
    (0, 0): [0.3789686072976669, 0.660887180030856, 0.3068256230739362, 0.7490885665481901, -1.5105203581745126],
    (7, 3): [0.615133099972726, -0.25475684507619545, -0.34138973176549703, 0.3722500327352709, 0.32450320138851235],
    (4294967295, 12): [-0.4818000021905227, 0.32178901399449816, 0.3927056160244789],
    (2**40 + 5, 1): [-0.6072536349843047, -1.1271547315990118, 1.8041010833666429],
}


@pytest.mark.parametrize("seed", GOLDEN)
def test_golden_numbers(seed: tuple[int, ...]) -> None:
    wanted = GOLDEN[seed]
    assert list(islice(gaussian_stream(*seed), len(wanted))) == pytest.approx(wanted, abs=1e-12)


def test_a_plan_starts_from_scaled_noise_and_draws_step_noise_behind_it() -> None:
    wanted = np.array(GOLDEN[(7, 3)])
    start, each = plan_noise(7, 3, dim=3, steps=1, eta=1.0, scale=0.5)
    assert start == pytest.approx(wanted[:3] / 2, abs=1e-6)
    assert each[0, :2] == pytest.approx(wanted[3:], abs=1e-6)
    assert not plan_noise(7, 3, dim=3, steps=4, eta=0.0, scale=0.5)[1].any()


def test_numbers_are_standard_normal() -> None:
    drawn = np.fromiter(islice(gaussian_stream(1, 2), 20_000), np.float64)
    assert abs(drawn.mean()) < 0.03
    assert drawn.std() == pytest.approx(1, abs=0.03)
