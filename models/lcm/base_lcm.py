"""The Base-LCM: regression, mean squared error on the next vector (LCM paper, section 2.3.1)."""

from __future__ import annotations

import torch
from torch import nn

from .config import LCMConfig
from .contextualizer import Contextualizer
from .regression import RegressionLCM
from .tying import COPY_GAIN, tie_for_copying


class BaseLCM(RegressionLCM):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__(config)
        self.body = Contextualizer(config)
        self.out = nn.Linear(config.model_dim, config.concept_dim)
        tie_for_copying(self.body.frontend, self.out, COPY_GAIN)

    def begin(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        # A zero vector stands before the first.
        past = self.body.empty_past(1)
        return self.read(past.new_zeros(1, 1, self.config.concept_dim), past, past)

    def read(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        states, keys, values = self.body(concepts, past_keys, past_values)
        return self.out(states), keys, values
