"""The Quant-LCMs: a one-tower that refines a concept codebook by codebook (LCM paper, sections 2.3.5 and 2.4.1).

The noisy concept of the diffusion is here the sum of the centroids chosen so far, the timestep the codebook that is
next. Quant-LCM-c predicts the clean concept, and a centroid close to what is still missing is chosen; Quant-LCM-d
predicts the centroid itself.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from .config import LCMConfig
from .diffusion import CONTEXT_DROP, every_place, repeated, strata, with_and_without
from .layers import places
from .one_tower import Tower
from .residual_quantizer import encode, partial_sums
from .sampler import guide
from .system import System
from .tying import COPY_GAIN, tie_for_copying


@dataclass(frozen=True)
class Choice:
    """How a centroid is chosen at sampling."""

    guidance_scale: float
    top: int  # centroids that may be chosen: 1 is greedy
    sharpness: float  # -c: beta in exp(-beta * distance); -d: 1 / temperature


class QuantLCM(System):
    def __init__(self, config: LCMConfig, centroids: torch.Tensor, predicted: int) -> None:
        """centroids: (S, K, D), of the space in which the model works; predicted: numbers that it says at a place."""
        super().__init__(config)
        self.centroids: torch.Tensor
        self.register_buffer("centroids", centroids)  # part of the checkpoint: nothing can be read without it
        self.tower = Tower(config, len(centroids))
        self.out = nn.Linear(config.model_dim, predicted)

    @abstractmethod
    def error(self, states: torch.Tensor, target: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """states: (B, N, M); target: (B, N, D); code: (B, N) of the codebook that is next -> (B, N)."""

    @abstractmethod
    def ratings(self, predicted: torch.Tensor, x: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
        """Log-probabilities, up to a constant, of a codebook's centroids at sharpness 1. predicted: (B, N, ...), what
        the model says; x: (B, N, D), the sum so far; codebook: (K, D) -> (B, N, K)."""

    def scores(
        self,
        states: torch.Tensor,
        unguided: torch.Tensor,
        x: torch.Tensor,
        codebook: torch.Tensor,
        guidance_scale: float | torch.Tensor,
        sharpness: float,
    ) -> torch.Tensor:
        """The same with guidance. states, unguided: (B, N, M), with context and without; the rest: see Choice."""
        predicted = guide(self.out(states), self.out(unguided), guidance_scale, 0)
        return sharpness * self.ratings(predicted, x, codebook)

    def loss(self, concepts: torch.Tensor, weight: torch.Tensor, draws: int = 2) -> torch.Tensor:
        """A row has one codebook that is next, and the rows of a batch have all of them in turn."""
        codes = encode(concepts, self.centroids).repeat(draws, 1, 1)
        target, weight = concepts.repeat(draws, 1, 1), weight.repeat(draws, 1)
        rows, length = target.shape[:2]
        index = (strata(rows) * len(self.centroids)).long()  # (R*B,)
        before = torch.where(torch.rand(rows, length) < CONTEXT_DROP, 0, torch.arange(length))
        context = repeated(self.tower.states(concepts[:, :-1]), draws)
        kind = self.tower.kind_table()[index].unsqueeze(1)
        states = self.tower(partial_sums(codes, self.centroids, index), kind, context, before)
        code = codes.gather(-1, index.view(-1, 1, 1).expand(rows, length, 1)).squeeze(-1)
        return (self.error(states, target, code) * weight).sum() / weight.sum()

    def first_states(self, concepts: torch.Tensor) -> torch.Tensor:
        """Teacher-forced, where no centroid is chosen yet. (B, N, D) -> (B, N, M)."""
        before = places(concepts.shape[1]).unsqueeze(0)
        nothing = concepts.new_zeros(1, 1, 1).expand_as(concepts)  # a constant's: no GPU fills a tensor
        return self.tower(nothing, self.tower.kind_table()[0], self.tower.states(concepts), before)

    @torch.inference_mode()
    def sample(
        self, concepts: torch.Tensor, noise: torch.Tensor, choice: Choice, places: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Teacher-forced samples, at `places` (B, R) as in `sampler.sample`. concepts: (B, N, D); noise: (S, B, R, K)
        standard normal, made into Gumbel noise here, so that the same noise chooses the same centroids -> (B, R, D)
        normalized."""
        context = repeated(self.tower.states(concepts), 2)
        places = every_place(concepts) if places is None else places
        before = with_and_without(places)
        kinds = self.tower.kind_table()
        x = concepts.new_zeros(*places.shape, concepts.shape[2])
        for codebook, kind, normal in zip(self.centroids, kinds, noise, strict=True):
            states, unguided = self.tower(x.repeat(2, 1, 1), kind[None, None], context, before).chunk(2)
            scores = self.scores(states, unguided, x, codebook, choice.guidance_scale, choice.sharpness)
            x = x + codebook[chosen(scores, normal, choice.top)]
        return x


def chosen(scores: torch.Tensor, normal: torch.Tensor, top: int) -> torch.Tensor:
    """Draws from the softmax over the `top` best scores (..., K), by the Gumbel trick -> (...)."""
    best, places = scores.topk(top, dim=-1)
    uniform = (0.5 + 0.5 * torch.erf(normal / math.sqrt(2))).clamp(1e-6, 1 - 1e-6)
    gumbel = -torch.log(-torch.log(uniform)).gather(-1, places)
    return places.gather(-1, (best + gumbel).argmax(-1, keepdim=True)).squeeze(-1)


class QuantLCMc(QuantLCM):
    """Continuous targets."""

    def __init__(self, config: LCMConfig, centroids: torch.Tensor) -> None:
        super().__init__(config, centroids, config.concept_dim)
        tie_for_copying(self.tower.body.frontend, self.out, COPY_GAIN)

    def error(self, states: torch.Tensor, target: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        return (self.out(states) - target).square().mean(-1)

    def ratings(self, predicted: torch.Tensor, x: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
        missing = predicted - x
        # In plain operators: torch.cdist has no ONNX twin.
        squares = missing.square().sum(-1, keepdim=True) - 2 * missing @ codebook.T + codebook.square().sum(-1)
        return -squares.clamp(min=1e-6).sqrt()

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        """The clean concept as it is predicted before any centroid is chosen."""
        return self.out(self.first_states(concepts))


class QuantLCMd(QuantLCM):
    """Discrete targets."""

    def __init__(self, config: LCMConfig, centroids: torch.Tensor) -> None:
        super().__init__(config, centroids, centroids.shape[1])
        nn.init.orthogonal_(self.tower.body.frontend.weight)

    def error(self, states: torch.Tensor, target: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(self.out(states).flatten(0, 1).float(), code.flatten(), reduction="none").view_as(code)

    def ratings(self, predicted: torch.Tensor, x: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
        return predicted

    def expected(self, concepts: torch.Tensor) -> torch.Tensor:
        """The mean of the first codebook's centroids; what the others add is small, and zero in the mean."""
        return torch.softmax(self.out(self.first_states(concepts)), dim=-1) @ self.centroids[0]
