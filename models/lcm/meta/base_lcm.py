"""Meta's Base-LCM (LCM paper, section 2.3.1), with the interface of Foresay's."""

from __future__ import annotations

import torch

from ..regression import RegressionLCM
from .config import BaseConfig
from .context_encoder import ContextEncoder, Frontend, places
from .layers import Projection


class MetaBaseLCM(RegressionLCM):
    def __init__(self, config: BaseConfig) -> None:
        super().__init__(config.lcm)
        self.frontend = Frontend(config)
        self.lcm = ContextEncoder(config.context)
        self.postnet = Projection(config.lcm.model_dim, config.lcm.concept_dim, config.output_bias)

    def begin(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        # It was never asked for a first concept; the center of the normalized space is as good as any.
        c = self.config
        past = torch.zeros(c.context_layers, 1, c.heads, 0, c.head_dim)
        return torch.zeros(1, 1, c.concept_dim), past, past

    def read(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        positions = places(concepts, past_keys)
        states, keys, values = self.lcm(self.frontend(concepts, positions), positions, past_keys, past_values)
        return self.postnet(states), keys, values
