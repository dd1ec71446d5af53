"""What every system of the paper can do with the concepts of a document."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import nn

from .config import LCMConfig


class System(nn.Module, ABC):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__()
        self.config = config

    @abstractmethod
    def loss(self, concepts: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """Of a batch: concepts (B, N, D) normalized, weight (B, N) 1 = counts -> ()."""

    @abstractmethod
    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        """(B, N, D) -> (B, N, D): the best single guess of each concept from those before it."""
