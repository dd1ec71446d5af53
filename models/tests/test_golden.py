"""The committed golden file is what the code gives today."""

import json

import pytest

from models.scripts.golden import GOLDEN, golden


def test_golden_file_is_current() -> None:
    stored, now = json.loads(GOLDEN.read_text(encoding="utf-8")), json.loads(json.dumps(golden()))
    for kept, made in zip(stored["schedules"], now["schedules"], strict=True):
        assert kept["alphasCumprod"] == pytest.approx(made["alphasCumprod"], abs=1e-9)
    for kept, made in zip(stored["steps"], now["steps"], strict=True):
        assert kept["timesteps"] == made["timesteps"]
        assert kept["coefficients"] == pytest.approx(made["coefficients"], abs=1e-6)
    assert stored["normalizer"] == now["normalizer"]
