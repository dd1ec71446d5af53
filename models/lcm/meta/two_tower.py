"""Meta's two-tower diffusion LCM (LCM paper, section 2.3.4), with the interface of Foresay's."""

from __future__ import annotations

import torch

from ..diffusion import States
from ..two_tower import TwoTower
from .config import TwoTowerConfig
from .context_encoder import ContextEncoder, Frontend, places
from .denoiser import Denoiser


class MetaTwoTower(TwoTower):
    def __init__(self, config: TwoTowerConfig) -> None:
        super().__init__(config.lcm, config.schedule.bars)
        self.schedule, self.prediction = config.schedule.name, config.schedule.prediction
        self.mixture = config.schedule.mixture()
        self.encoder_frontend = Frontend(config)
        self.context_encoder = ContextEncoder(config.context)
        self.denoiser = Denoiser(config)

    def read(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        positions = places(concepts, past_keys)
        return self.context_encoder(self.encoder_frontend(concepts, positions), positions, past_keys, past_values)

    def project(self, context: torch.Tensor) -> States:
        return self.denoiser.project(context)

    def timestep_table(self) -> torch.Tensor:
        """-> (T, Ld * 9M + 2): the layers' modulation, and how x0 is mixed from input and output."""
        return torch.cat([self.denoiser.modulation_table(), self.mixture], dim=-1)

    def denoise(self, x: torch.Tensor, timestep: torch.Tensor, states: States, before: torch.Tensor) -> torch.Tensor:
        said = self.denoiser(x, timestep[..., :-2], *states, before)
        return timestep[..., -2:-1] * x + timestep[..., -1:] * said
