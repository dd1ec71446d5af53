"""The two-tower diffusion LCM: one tower reads the context, the other denoises (LCM paper, section 2.3.4)."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import nn
from torch.nn import functional as F

from .config import LCMConfig
from .contextualizer import Contextualizer
from .denoiser import Denoiser
from .diffusion import DiffusionLCM, States
from .roles import ROLES
from .tying import COPY_GAIN, tie_for_copying

ROLE_SPREAD = 0.25  # of a role's numbers when it is new: heard beside a concept, whose own spread is 1


class TwoTower(DiffusionLCM):
    """What the graphs need to know of the two towers, whatever they are made of."""

    @abstractmethod
    def read(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """concepts: (B, N, D) normalized; past: (Lc, B, H, P, Dh) -> context (B, N, M), keys, values of P + N."""

    @abstractmethod
    def project(self, context: torch.Tensor) -> States:
        """context: (B, C, M) -> what the denoiser's layers attend to, (Ld, B, H, C, Dh)."""

    def context(self, concepts: torch.Tensor) -> torch.Tensor:
        """concepts: (B, N, D) normalized -> (B, 1 + N, M): the prepended zero vector, then the context states."""
        c = self.config
        past = concepts.new_zeros(c.context_layers, concepts.shape[0], c.heads, 0, c.head_dim)
        states, _, _ = self.read(concepts, past, past)
        return F.pad(states, (0, 0, 1, 0))

    def states(self, concepts: torch.Tensor) -> States:
        """(B, N, D) -> the denoiser's keys and values (Ld, B, H, 1 + N, Dh), the zero vector's first."""
        return self.project(self.context(concepts))


class TwoTowerLCM(TwoTower):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__(config)
        self.contextualizer = Contextualizer(config)
        self.denoiser = Denoiser(config)
        # What each of ROLES adds to a normalized concept; zero in a model that was taught none.
        self.roles = nn.Parameter(torch.zeros(len(ROLES), config.concept_dim))
        tie_for_copying(self.denoiser.frontend, self.denoiser.out, COPY_GAIN)
        with torch.no_grad():
            self.contextualizer.frontend.weight.copy_(self.denoiser.frontend.weight)
            self.contextualizer.frontend.bias.zero_()
            first = self.denoiser.blocks[0]
            m = config.model_dim
            first.cross_key_value.weight[m:].copy_(torch.eye(m))  # values are the context itself
            first.cross_out.weight.copy_(torch.eye(m))
            first.modulation.bias[5 * m : 6 * m] = 1.0  # the gate of its cross-attention is open

    @torch.no_grad()
    def give_roles(self) -> None:
        """Makes the roles tell apart, in directions of their own: from zero they grow too slowly to be heard."""
        self.roles.normal_(std=ROLE_SPREAD)

    def shifted(self, concepts: torch.Tensor, roles: torch.Tensor) -> torch.Tensor:
        """concepts: (B, N, D) normalized; roles: (B, N) int64, places in ROLES or NO_ROLE -> (B, N, D), as read."""
        return concepts + F.pad(self.roles, (0, 0, 0, 1))[roles]  # NO_ROLE is the last row, of zeros

    def read(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.contextualizer(concepts, past_keys, past_values)

    def project(self, context: torch.Tensor) -> States:
        return self.denoiser.project(context)

    def timestep_table(self) -> torch.Tensor:
        """-> (T, Ld, 9M)."""
        return self.denoiser.modulation_table()

    def denoise(self, x: torch.Tensor, timestep: torch.Tensor, states: States, before: torch.Tensor) -> torch.Tensor:
        return self.denoiser(x, timestep, *states, before)
