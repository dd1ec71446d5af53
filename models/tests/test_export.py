"""What learned with an LCM goes into the bundle with it: its lexical head, or the whole decoder."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.lcm.config import LCMConfig
from models.lcm.decoder import ConceptDecoder, PlanHead
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.shipped_weights import plan_head_weights
from models.lcm.two_tower import TwoTowerLCM
from models.scripts import export
from models.tests.tiny_bundle import HIDDEN, write_tiny_bundle


def trained(directory: Path, learned: dict[str, dict[str, torch.Tensor]]) -> None:
    """The checkpoint of a two-tower, and of what learned with it."""
    state = {
        "model": TwoTowerLCM(LCMConfig()).state_dict(),
        "normalizer": {"center": torch.zeros(CONCEPT_DIM), "scale": torch.full((CONCEPT_DIM,), 0.05)},
        "marks": torch.nn.functional.normalize(torch.randn(2, CONCEPT_DIM), dim=-1),
        "arguments": {"architecture": "two-tower", "noise_schedule": "cosine", "loss_weighting": "none"},
        "step": 1,
        "seconds": 1.0,
        "curve": [],
    }
    torch.save(state | learned, directory / "two-tower.pt")


def run_export(directory: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> Path:
    """Writes a bundle from `directory`'s checkpoint and its `parts`."""
    bundle = directory / "bundle"
    arguments = ["--work", directory, "--bundle", bundle, "--parts", directory / "parts", *more]
    arguments += ["--curves", directory / "curves.json"]
    monkeypatch.setattr("sys.argv", ["export", *map(str, arguments)])
    export.main()
    return bundle


@pytest.mark.parametrize("learned", [True, False])
def test_a_learned_head_is_exported_with_its_lcm(
    learned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_bundle(tmp_path / "parts")
    torch.manual_seed(1)
    head = PlanHead(HIDDEN, 1.0)
    trained(tmp_path, {"head": head.state_dict()} if learned else {})
    bundle = run_export(tmp_path, monkeypatch, "--only", "lcm")
    found, lent = (plan_head_weights(each / "plan_head.onnx") for each in (bundle, tmp_path / "parts"))
    wanted = {f"head.{name}": value.numpy() for name, value in head.state_dict().items()} if learned else lent
    for name, value in wanted.items():
        assert np.abs(found[name].reshape(value.shape) - value).max() <= np.abs(value).max() / 100, name


@pytest.mark.parametrize("together", [True, False])
def test_a_decoder_is_exported_that_learned_with_its_lcm_or_else_by_itself(
    together: bool, tmp_path: Path, tiny_decoder: ConceptDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_bundle(tmp_path / "parts")
    mine = {"which": torch.tensor(1.0)}
    trained(tmp_path, {"decoder": mine} if together else {})
    if not together:
        torch.save({"model": mine, "arguments": {}, "step": 1, "seconds": 1.0, "curve": []}, tmp_path / "decoder.pt")
    restored: list[dict[str, torch.Tensor]] = []

    def restore(state: dict[str, torch.Tensor]) -> ConceptDecoder:  # SmolLM2's sizes are not to be had everywhere
        restored.append(state)
        return tiny_decoder

    monkeypatch.setattr(export, "restored_decoder", restore)
    monkeypatch.setattr(export, "export_decoder", lambda decoder, directory: None)
    run_export(tmp_path, monkeypatch)
    assert restored == [mine]
