"""The systems of the paper by name, at one size: about 25 M parameters each, so that they can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from .base_lcm import BaseLCM
from .config import LCMConfig
from .one_tower import OneTowerLCM
from .quant_lcm import QuantLCMc, QuantLCMd
from .regression import RegressionLCM
from .residual_quantizer import fit_codebooks
from .system import System
from .two_tower import TwoTower, TwoTowerLCM

ARCHITECTURES = ("two-tower", "one-tower", "base", "quant-c", "quant-d")
STACKED = 14  # layers of a model that is one stack, for as many parameters as the two towers have
CODEBOOKS, UNITS = 32, 256  # of the residual quantizer: 0.87 is the cosine of a sum of them to its vector


def build(architecture: str, vectors: np.ndarray, config: LCMConfig) -> System:
    """An untrained system. vectors: (N, D) normalized, a sample of the corpus, for what is fitted before training."""
    quantized = architecture in ("quant-c", "quant-d")
    return empty(architecture, config, fit_codebooks(vectors, CODEBOOKS, UNITS) if quantized else None)


def restored(checkpoint: Mapping[str, Any]) -> System:
    """The system that a checkpoint of `train` holds, ready to run."""
    weights, arguments = checkpoint["model"], checkpoint["arguments"]
    read = next(value for name, value in weights.items() if name.endswith("frontend.weight"))  # (model, concept)
    config = LCMConfig(
        concept_dim=read.shape[1],
        noise_schedule=arguments["noise_schedule"],
        loss_weighting=arguments["loss_weighting"],
    )
    model = empty(arguments["architecture"], config, weights.get("centroids"))
    # A checkpoint from before there were roles has none, and the model is born with roles that say nothing.
    kept = {"roles": model.roles} if isinstance(model, TwoTowerLCM) else {}
    model.load_state_dict({**kept, **weights})
    return model.eval()


def name_of(model: System) -> str:
    kinds = {
        TwoTower: "two-tower",
        OneTowerLCM: "one-tower",
        RegressionLCM: "base",
        QuantLCMc: "quant-c",
        QuantLCMd: "quant-d",
    }
    return next(name for kind, name in kinds.items() if isinstance(model, kind))


def empty(architecture: str, config: LCMConfig, centroids: torch.Tensor | None) -> System:
    stacked = replace(config, context_layers=STACKED)
    if architecture == "two-tower":
        return TwoTowerLCM(config)
    if architecture == "one-tower":
        return OneTowerLCM(stacked)
    if architecture == "base":
        return BaseLCM(stacked)
    if centroids is None:
        raise ValueError(f"architecture is {architecture!r}, expected one of {', '.join(ARCHITECTURES)}")
    return (QuantLCMc if architecture == "quant-c" else QuantLCMd)(stacked, centroids)
