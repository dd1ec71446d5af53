"""What `--checkpoint` may name, told apart by what it was trained as: systems to compare, and what judges them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from models.lcm import order_classifier, smallama
from models.lcm.order_classifier import OrderClassifier

from .checkpoints import NAMES, Checkpoint, about, checkpoint_of
from .token_model import TokenModel


@dataclass
class Checkpoints:
    systems: list[Checkpoint] = field(default_factory=list)
    smallama: TokenModel | None = None
    order: OrderClassifier | None = None
    about: dict[str, dict[str, float | int]] = field(default_factory=dict)  # name -> parameters, steps, minutes


def load_checkpoints(paths: Sequence[Path], choices: Mapping[str, Any], tokenizer: Path) -> Checkpoints:
    """Of models.scripts.train, train_smallama and train_order_classifier. Raises FileNotFoundError for one that is
    missing, ValueError for one of something else.

    tokenizer: the bundle's decoder's, which is smaLlama's too.
    """
    found = Checkpoints()
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path}: missing; models.scripts.train writes it")
        state = torch.load(path, weights_only=True)
        kind = state["arguments"].get("architecture")
        if kind == "smallama":
            model = smallama.restored(state["model"])
            found.smallama = TokenModel(model, Tokenizer.from_file(str(tokenizer)), smallama.CONTEXT)
            found.about["smaLlama"] = about(state, model.num_parameters())
        elif kind == "order-classifier":
            found.order = order_classifier.restored(state["model"])
            found.about["orderClassifier"] = about(state, sum(p.numel() for p in found.order.parameters()))
        elif kind not in NAMES:
            raise ValueError(f"{path}: no checkpoint of a system, smaLlama or the order classifier")
        else:
            system = checkpoint_of(state, choices)
            found.systems.append(system)
            found.about[system.name] = system.about
    return found
