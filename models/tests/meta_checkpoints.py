"""Checkpoints as Meta's trainer writes them, small and with the random weights of the golden file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import yaml

from models.tests.meta.seeded import weight

GOLDEN = Path("test/fixtures/golden/metaLcm.json")


def golden() -> dict[str, dict[str, Any]]:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def seeded_state(case: dict[str, Any]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(weight(case["seed"], name, tuple(shape))) for name, shape in case["state"].items()}


def write_checkpoint(directory: Path, card: object, state: dict[str, torch.Tensor]) -> Path:
    """-> step_7, as fairseq2's checkpoint manager leaves it."""
    step = directory / "step_7"
    step.mkdir(parents=True)
    torch.save({"model": state, "model_key": "model"}, step / "model.pt")
    (step / "model_card.yaml").write_text(yaml.dump(card), encoding="utf-8")
    return step
