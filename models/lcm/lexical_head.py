"""A lexical head of its own: from a concept to how much each word of a vocabulary is leaned on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from .decoder import mlp

LEAST_SEEN = 3  # sentences that a token must stand in, to be learnt


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that a corpus uses."""

    ids: torch.Tensor  # (V,) int64, rising
    prior: torch.Tensor  # (V,) log share among the tokens of all bags

    @staticmethod
    def of(bags: Sequence[Sequence[int]], table_size: int) -> Vocabulary:
        counts = np.bincount(np.concatenate([np.unique(bag) for bag in bags]), minlength=table_size)
        kept = np.flatnonzero(counts >= LEAST_SEEN)
        shares = counts[kept] / counts[kept].sum()
        return Vocabulary(torch.from_numpy(kept), torch.from_numpy(np.log(shares)).float())

    def bag(self, ids: Sequence[int]) -> torch.Tensor:
        """The different tokens of a sentence, as places in the vocabulary; without those that it has not."""
        known, wanted = self.ids.numpy(), np.unique(ids)
        places = np.searchsorted(known, wanted).clip(max=len(known) - 1)
        return torch.from_numpy(places[known[places] == wanted])


class LexicalHead(nn.Module):
    """concepts (B, D) -> (B, V), what is added to the logits of the vocabulary's words."""

    def __init__(self, concept_dim: int, words: torch.Tensor) -> None:
        """words: (V, H), their rows of the decoder's table."""
        super().__init__()
        self.words: torch.Tensor
        self.register_buffer("words", words, persistent=False)
        self.state = mlp(words.shape[1], layers=2, width=concept_dim)

    def forward(self, concepts: torch.Tensor) -> torch.Tensor:
        return self.state(concepts) @ self.words.T

    @torch.no_grad()
    def soften(self, factor: float) -> None:
        """Leans `factor` times as much."""
        last = self.state[-1]
        for parameter in last.parameters():
            parameter.mul_(factor)


def bag_loss(scores: torch.Tensor, prior: torch.Tensor, bags: Sequence[torch.Tensor]) -> torch.Tensor:
    """Mean over all tokens of the bags of their negative log-likelihood, nats. scores: (B, V); prior: (V,) -> ()."""
    likelihood = torch.log_softmax(scores + prior, dim=-1)
    owners = torch.arange(len(bags)).repeat_interleave(torch.tensor([len(bag) for bag in bags]))
    return -likelihood[owners, torch.cat(list(bags))].mean()
