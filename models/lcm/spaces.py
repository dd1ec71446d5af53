"""Concept spaces: how the encoder's last token states become one vector. All vectors are of unit length."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import nn
from torch.nn import functional as F

from .encoder import CONCEPT_DIM
from .layers import UNSEEN

HEADS = 8  # of attention pooling
DETAIL_DIM = 128
AUTOENCODER_DIM = 512


def mean_pooled(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """states: (B, T, D); mask: (B, T), 1 a token -> (B, D) unit, as the encoder ships it."""
    return F.normalize((states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True), dim=-1)


class AttentionPooling(nn.Module):
    """A learned query a head, and a linear map of what it attends to; the heads' outputs stand beside each other.

    At birth every head attends evenly, so that it is the mean, mapped.
    """

    def __init__(self, state_dim: int, out_dim: int) -> None:
        super().__init__()
        self.query = nn.Linear(state_dim, HEADS, bias=False)
        self.value = nn.Parameter(torch.empty(HEADS, out_dim // HEADS, state_dim))
        nn.init.zeros_(self.query.weight)
        nn.init.orthogonal_(self.value.data.view(out_dim, state_dim))

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """states: (B, T, D); mask: (B, T) -> (B, out)."""
        scores = self.query(states) + (1 - mask.unsqueeze(-1)) * UNSEEN
        attended = scores.softmax(dim=1).transpose(1, 2) @ states  # (B, heads, D)
        return torch.einsum("bhd,hod->bho", attended, self.value).flatten(1)


class Space(nn.Module, ABC):
    dim: int
    likeness: slice = slice(None)  # the dimensions whose cosine says how alike two sentences are
    similarity_weight = 0.0  # nats that a cosine of 0 to the mean-pooled vector costs in training

    @abstractmethod
    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """states: (B, T, D); mask: (B, T), 1 a token -> concepts (B, dim) unit."""


class MeanSpace(Space):
    """What ships."""

    dim = CONCEPT_DIM

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return mean_pooled(states, mask)


class DetailSpace(Space):
    """What ships, and behind it dimensions for the wording, each as loud as one of the others."""

    dim = CONCEPT_DIM + DETAIL_DIM
    likeness = slice(CONCEPT_DIM)

    def __init__(self) -> None:
        super().__init__()
        self.pooling = AttentionPooling(CONCEPT_DIM, DETAIL_DIM)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        detail = F.normalize(self.pooling(states, mask), dim=-1) * (DETAIL_DIM / self.dim) ** 0.5
        return torch.cat([mean_pooled(states, mask) * (CONCEPT_DIM / self.dim) ** 0.5, detail], dim=-1)


class AttentionSpace(Space):
    """As many numbers as ship, pooled by attention that began as the mean and is held near it."""

    dim = CONCEPT_DIM
    similarity_weight = 4.0

    def __init__(self) -> None:
        super().__init__()
        self.pooling = AttentionPooling(CONCEPT_DIM, CONCEPT_DIM)
        with torch.no_grad():
            self.pooling.value.copy_(torch.eye(CONCEPT_DIM).view_as(self.pooling.value))

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.pooling(states, mask), dim=-1)


class AutoencoderSpace(Space):
    """Whatever tells the wording best."""

    dim = AUTOENCODER_DIM

    def __init__(self) -> None:
        super().__init__()
        self.pooling = AttentionPooling(CONCEPT_DIM, AUTOENCODER_DIM)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.pooling(states, mask), dim=-1)


SPACES: dict[str, type[Space]] = {
    "mean": MeanSpace,
    "detail": DetailSpace,
    "attention": AttentionSpace,
    "autoencoder": AutoencoderSpace,
}
