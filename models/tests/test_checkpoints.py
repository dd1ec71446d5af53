"""A checkpoint beside the bundle: the windows it reads, its samples, and the summary it plans."""

import numpy as np
import pytest
import torch

from models.evaluation.checkpoints import Checkpoint, draw_of
from models.lcm.concepts import unit
from models.lcm.config import LCMConfig
from models.lcm.normalizer import Normalizer
from models.lcm.quant_lcm import QuantLCMd
from models.lcm.system import System
from models.lcm.two_tower import TwoTowerLCM

TINY = LCMConfig(concept_dim=8, model_dim=16, heads=2, context_layers=2, denoiser_layers=2, context_length=6)
DIFFUSED = {"steps": 2, "guidanceScale": 2, "guidanceRescale": 0.7, "initialNoiseScale": 0.8}
CHOSEN = {"guidanceScale": 1, "top": 3, "sharpness": 1}
RNG = np.random.default_rng(0)
VECTORS = unit(RNG.standard_normal((9, 8))).astype(np.float32)
MARKS = unit(RNG.standard_normal((2, 8))).astype(np.float32)


def checkpoint(stop_threshold: float = 2, *, quantized: bool = False) -> Checkpoint:
    torch.manual_seed(0)
    model: System = QuantLCMd(TINY, torch.randn(3, 4, 8)) if quantized else TwoTowerLCM(TINY)
    normalizer = Normalizer.fit(VECTORS)
    draw = draw_of(model.eval(), CHOSEN if quantized else DIFFUSED)
    return Checkpoint(model, normalizer, draw, "twoTowerPeer", MARKS, stop_threshold, {})


def test_what_is_expected_is_the_models_behind_the_last_window() -> None:
    found = checkpoint()
    window = VECTORS[2:7]  # of a window of 6 one place is for what is predicted; it moves by halves
    with torch.inference_mode():
        normalized = found.normalizer.normalize(torch.from_numpy(np.concatenate([window, VECTORS[:1]])))
        wanted = found.normalizer.denormalize(found.model.expected(normalized.unsqueeze(0))[0, -1]).numpy()
    assert found.expected([VECTORS[:7]])[0] == pytest.approx(unit(wanted), abs=1e-5)


@pytest.mark.parametrize("quantized", [False, True])
def test_contexts_of_different_length_do_not_see_each_other(quantized: bool) -> None:
    found = checkpoint(quantized=quantized)
    together = found.expected([VECTORS[:4], VECTORS[:2]])
    assert together[0] == pytest.approx(found.expected([VECTORS[:4]])[0], abs=1e-5)
    assert together[1] == pytest.approx(found.expected([VECTORS[:2]])[0], abs=1e-5)
    one, again, *others = (found.sampled([VECTORS[:4]], seed) for seed in (0, 0, 1, 2, 3, 4))
    assert one == pytest.approx(again)
    assert np.abs(one - np.stack(others)).max() > 1e-3
    assert np.linalg.norm(one, axis=1) == pytest.approx([1], abs=1e-5)


def test_a_summary_has_the_length_that_is_wanted_or_ends_at_the_stop() -> None:
    planned = checkpoint().plan_summary(VECTORS, 2, 0)
    assert planned.shape[1] == 8
    assert 1 <= len(planned) <= 2
    assert len(checkpoint(stop_threshold=-1).plan_summary(VECTORS, 2, 0)) == 0
