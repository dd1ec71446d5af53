"""Robust scaling of concept vectors, dimension by dimension (LCM paper, section 2.3.1)."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

IQR_TO_STD = 0.7413  # 1 / (2 Phi^-1(3/4)): the interquartile range of a normal, turned into its deviation
SMALLEST_SCALE = 1e-3  # some encoder dimensions never vary; dividing by their spread would give NaN


class Normalizer(nn.Module):
    """center, scale: (D,) buffers. Normalized = (x - center) / scale."""

    center: torch.Tensor
    scale: torch.Tensor

    def __init__(self, center: np.ndarray, scale: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("center", torch.tensor(center, dtype=torch.float32))
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32))

    @staticmethod
    def fit(vectors: np.ndarray) -> Normalizer:
        """vectors: (N, D). Median and 0.7413 IQR; a constant dimension keeps scale 1, so that it stays near zero."""
        low, middle, high = np.quantile(vectors.astype(np.float32), [0.25, 0.5, 0.75], axis=0)
        scale = IQR_TO_STD * (high - low)
        return Normalizer(middle, np.where(scale > SMALLEST_SCALE, scale, 1.0))

    @staticmethod
    def restored(state: dict[str, torch.Tensor]) -> Normalizer:
        """state: what `state_dict` gave, as a checkpoint keeps it."""
        return Normalizer(state["center"].numpy(), state["scale"].numpy())

    def normalize(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.center) / self.scale

    def denormalize(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.scale + self.center
