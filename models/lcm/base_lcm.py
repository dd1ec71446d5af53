"""The Base-LCM: regression, mean squared error on the next vector (LCM paper, section 2.3.1)."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .config import LCMConfig
from .contextualizer import Contextualizer
from .system import System
from .tying import COPY_GAIN, tie_for_copying


class BaseLCM(System):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__(config)
        self.body = Contextualizer(config)
        self.out = nn.Linear(config.model_dim, config.concept_dim)
        tie_for_copying(self.body.frontend, self.out, COPY_GAIN)

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        # A zero vector stands before the first.
        shifted = F.pad(concepts[:, :-1], (0, 0, 1, 0))
        past = self.body.empty_past(concepts.shape[0])
        states, _, _ = self.body(shifted, past, past)
        return self.out(states)

    def loss(self, concepts: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        error = (self.expected(concepts) - concepts).square().mean(-1)
        return (error * weight).sum() / weight.sum()
