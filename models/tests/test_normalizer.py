"""Robust scaling: a normal sample comes out standard, a constant dimension stays finite, and it inverts."""

import numpy as np
import torch

from models.lcm.normalizer import Normalizer


def test_fit_gives_unit_spread_and_survives_constant_dimensions() -> None:
    rng = np.random.default_rng(0)
    data = rng.normal([2.0, -1.0, 0.25], [0.5, 3.0, 0.0], (20_000, 3)).astype(np.float32)
    normalizer = Normalizer.fit(data)
    x = torch.from_numpy(data)
    y = normalizer.normalize(x)
    assert torch.isfinite(y).all()
    assert torch.allclose(y[:, :2].std(0), torch.ones(2), atol=0.03)
    assert y[:, 2].abs().max() == 0
    assert torch.allclose(normalizer.denormalize(y), x, atol=1e-5)
