"""A checkpoint of Meta's trainer: step_N/model.pt with its model_card.yaml, and the normalizer of its concepts."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..checkpoint_error import CheckpointError
from ..normalizer import Normalizer
from ..system import System
from .base_lcm import MetaBaseLCM
from .card import read_card
from .config import BaseConfig, configured
from .two_tower import MetaTwoTower

Weights = dict[str, torch.Tensor]

CARD, MODEL = "model_card.yaml", "model.pt"
NORMALIZER = "sonar_normalizer."
NAMED = 5  # keys that a message names


@dataclass(frozen=True)
class Checkpoint:
    family: str  # as the card names it
    step: str  # the folder's name, step_N
    model: System
    normalizer: Normalizer
    guided: bool  # trained for classifier-free guidance


def read_checkpoint(path: Path, context_length: int, normalizer: Path | None = None) -> Checkpoint:
    """path: step_N, or the model.pt in it; context_length: concepts of a document to be read at once; normalizer: the
    normalizer's own checkpoint, if model.pt holds none. Raises CheckpointError."""
    file = path / MODEL if path.is_dir() else path
    if not file.exists() and path.is_dir() and any(path.glob("rank_*.pt")):
        raise CheckpointError(
            f"{path}: holds the shards of an FSDP training and no {MODEL}; Meta's trainer writes it at every "
            "save_model_every_n_steps"
        )
    fields = read_card(file.parent / CARD)
    config = configured(fields, context_length)
    weights = read_weights(file)
    own = {name: weights.pop(name) for name in list(weights) if NORMALIZER in name}
    # Nothing is allocated twice: the checkpoint's tensors become the model's.
    with torch.device("meta"):
        model = MetaBaseLCM(config) if isinstance(config, BaseConfig) else MetaTwoTower(config)
    fill(model, weights, file)
    dim = config.lcm.concept_dim
    return Checkpoint(
        family=fields["model_type"],
        step=file.resolve().parent.name,
        model=model.eval(),
        normalizer=space(own, normalizer, dim) if config.normalized else Normalizer(np.zeros(dim), np.ones(dim)),
        guided=config.guided,
    )


def read_weights(path: Path) -> Weights:
    """A state dict, as it is or as fairseq2 wraps it, in float32. Raises CheckpointError."""
    try:
        content = torch.load(path, weights_only=True, map_location="cpu")
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: missing; give the folder step_N, which holds {MODEL} and {CARD}") from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path}: not a PyTorch checkpoint of tensors ({first_line(error)})") from error
    if isinstance(content, dict) and isinstance(content.get("model"), dict):
        content = content["model"]
    if not isinstance(content, dict) or not all(isinstance(value, torch.Tensor) for value in content.values()):
        raise CheckpointError(f"{path}: not a model's state dict")
    return {name.removeprefix("module."): value.float() for name, value in content.items()}


def fill(model: System, weights: Weights, path: Path) -> None:
    """Puts the weights in their places. Raises CheckpointError unless there is one of the right shape for each."""
    wanted = model.state_dict()
    for what, names in (
        ("lacks", wanted.keys() - weights.keys()),
        ("has, and the card does not tell of,", weights.keys() - wanted.keys()),
    ):
        if names:
            raise CheckpointError(f"{path}: {what} {listed(names)}; is {CARD} that of another checkpoint?")
    for name, value in wanted.items():
        if weights[name].shape != value.shape:
            found, expected = tuple(weights[name].shape), tuple(value.shape)
            raise CheckpointError(f"{path}: {name} is {found}, expected {expected} by {CARD}")
        if not weights[name].isfinite().all():
            raise CheckpointError(f"{path}: {name} is not finite in every place; take an earlier step of the training")
    model.load_state_dict(weights, assign=True)


def space(own: Weights, path: Path | None, dim: int) -> Normalizer:
    """The normalizer of `path`, or the model's own. Raises CheckpointError if there is none, or it does more."""
    weights = own if path is None else read_weights(path)
    named = {name.rpartition(".")[2]: value for name, value in weights.items()}
    place = MODEL if path is None else str(path)
    if "clip_min" in named:
        raise CheckpointError(f"{place}: the normalizer clips its numbers; only center and scale can be converted")
    for name in ("center", "scale"):
        if name not in named:
            raise CheckpointError(f"{place}: no {name} of a normalizer; --normalizer names its checkpoint")
        if named[name].shape != (dim,):
            raise CheckpointError(f"{place}: {name} is {tuple(named[name].shape)}, expected ({dim},)")
    if not (named["scale"] > 0).all():
        raise CheckpointError(f"{place}: scale is not above zero in every place")
    return Normalizer.restored(named)


def listed(names: set[str]) -> str:
    shown = sorted(names)[:NAMED]
    return ", ".join(shown) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
