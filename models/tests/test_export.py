"""A lexical head that learned with an LCM goes into the bundle with it, in the stead of the one that is lent."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.lcm.config import LCMConfig
from models.lcm.decoder import PlanHead
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.shipped_weights import plan_head_weights
from models.lcm.two_tower import TwoTowerLCM
from models.scripts import export
from models.tests.tiny_bundle import HIDDEN, write_tiny_bundle


@pytest.mark.parametrize("learned", [True, False])
def test_a_learned_head_is_exported_with_its_lcm(
    learned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_bundle(tmp_path / "parts")
    torch.manual_seed(1)
    head = PlanHead(HIDDEN, 1.0)
    state = {
        "model": TwoTowerLCM(LCMConfig()).state_dict(),
        "normalizer": {"center": torch.zeros(CONCEPT_DIM), "scale": torch.full((CONCEPT_DIM,), 0.05)},
        "marks": torch.nn.functional.normalize(torch.randn(2, CONCEPT_DIM), dim=-1),
        "arguments": {"architecture": "two-tower", "noise_schedule": "cosine", "loss_weighting": "none"},
        "step": 1,
        "seconds": 1.0,
        "curve": [],
    } | ({"head": head.state_dict()} if learned else {})
    torch.save(state, tmp_path / "two-tower.pt")
    bundle = tmp_path / "bundle"
    arguments = ["--only", "lcm", "--work", tmp_path, "--bundle", bundle, "--parts", tmp_path / "parts"]
    arguments += ["--curves", tmp_path / "curves.json"]
    monkeypatch.setattr("sys.argv", ["export", *map(str, arguments)])
    export.main()
    found, lent = (plan_head_weights(each / "plan_head.onnx") for each in (bundle, tmp_path / "parts"))
    wanted = {f"head.{name}": value.numpy() for name, value in head.state_dict().items()} if learned else lent
    for name, value in wanted.items():
        assert np.abs(found[name].reshape(value.shape) - value).max() <= np.abs(value).max() / 100, name
