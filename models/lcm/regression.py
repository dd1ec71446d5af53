"""What the Base-LCMs share: a causal transformer says the next concept outright (LCM paper, section 2.3.1)."""

from __future__ import annotations

from abc import abstractmethod

import torch

from .system import System


class RegressionLCM(System):
    @abstractmethod
    def begin(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Before any concept -> the first as it is predicted (1, 1, D), and keys and values (Lc, 1, H, P, Dh) of the P
        rows that stand before every text."""

    @abstractmethod
    def read(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """concepts: (B, N, D) normalized; past: (Lc, B, H, P, Dh) -> what follows each concept as it is predicted
        (B, N, D), keys and values of P + N."""

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        batch = concepts.shape[0]
        first, keys, values = self.begin()
        keys, values = keys.expand(-1, batch, -1, -1, -1), values.expand(-1, batch, -1, -1, -1)
        following, _, _ = self.read(concepts, keys, values)
        return torch.cat([first.expand(batch, -1, -1), following[:, :-1]], dim=1)

    def loss(self, concepts: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        error = (self.expected(concepts) - concepts).square().mean(-1)
        return (error * weight).sum() / weight.sum()
