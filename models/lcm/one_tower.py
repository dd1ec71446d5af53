"""The one-tower LCM: the transformer that reads the concepts so far also cleans the next one (LCM paper, 2.3.3)."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn

from .config import LCMConfig
from .contextualizer import ContextLayer, Contextualizer
from .denoiser import TimestepEncoder
from .diffusion import DiffusionLCM, States
from .layers import places
from .tying import COPY_GAIN, tie_for_copying


class Tower(nn.Module):
    """A causal transformer over clean concepts, in which a row of another kind may stand at the place behind them.

    The paper interleaves clean and noisy concepts and masks the noisy ones from each other; here the clean ones are
    read first and leave their keys and values, which is the same sum. A row's kind (its timestep, or which codebook it
    waits for) is concatenated to its input, which a linear layer makes a sum of two projections; clean rows have none.
    """

    def __init__(self, config: LCMConfig, kinds: int) -> None:
        super().__init__()
        self.config = config
        self.body = Contextualizer(config)
        self.kind = TimestepEncoder(config.model_dim)
        self.kinds = kinds

    def states(self, concepts: torch.Tensor) -> States:
        """concepts: (B, N, D) -> the rotated keys, and values, (L, B, H, N, Dh)."""
        past = self.body.empty_past(concepts.shape[0])
        _, keys, values = self.body(concepts, past, past)
        return keys, values

    def kind_table(self) -> torch.Tensor:
        """-> (kinds, M)."""
        return self.kind(torch.arange(self.kinds))

    def forward(self, x: torch.Tensor, kind: torch.Tensor, states: States, before: torch.Tensor) -> torch.Tensor:
        """x: (B, N, D); kind: (B or 1, N or 1, M); states of C concepts; before: (B or 1, N), how many of them
        each row sees, the first ones, behind which it stands -> (B, N, M). A row sees itself, and no other row."""
        h = self.body.frontend(x) + kind
        keys, values = states
        length, columns = x.shape[1], keys.shape[3]
        context = (places(columns, x.device) < before.unsqueeze(-1)).to(x.dtype)  # (B or 1, N, C)
        rows = places(length, x.device)
        itself = (rows.unsqueeze(-1) == rows).to(x.dtype).expand(context.shape[0], length, length)
        # Joined as floats: accelerators join no truth values.
        visible = torch.cat([context, itself], dim=-1).unsqueeze(1) > 0  # (B or 1, 1, N, C + N)
        positions = before.unsqueeze(1)  # (B or 1, 1, N), for every head
        layers = cast(list[ContextLayer], list(self.body.layers))
        for layer, past_key, past_value in zip(layers, keys, values, strict=True):
            query, key, value = layer.project(h, positions)
            key, value = torch.cat([past_key, key], dim=2), torch.cat([past_value, value], dim=2)
            h = layer.attend(h, query, key, value, visible)
        return self.body.norm(h)


class OneTowerLCM(DiffusionLCM):
    def __init__(self, config: LCMConfig) -> None:
        super().__init__(config)
        self.tower = Tower(config, config.train_steps)
        self.out = nn.Linear(config.model_dim, config.concept_dim)
        tie_for_copying(self.tower.body.frontend, self.out, COPY_GAIN)

    def states(self, concepts: torch.Tensor) -> States:
        return self.tower.states(concepts)

    def timestep_table(self) -> torch.Tensor:
        return self.tower.kind_table()

    def denoise(self, x: torch.Tensor, timestep: torch.Tensor, states: States, before: torch.Tensor) -> torch.Tensor:
        return self.out(self.tower(x, timestep, states, before))
