"""The steps of each system that its ONNX graphs are made of. Rows are one sequence, as (1, n, K) becomes no Gemm.

Every system's contextualizer leaves two tensors a concept for its sampler, the cross keys and values of the manifest,
whatever they are to it: `layers` of them, of `heads` times `head_dim` numbers.
"""

from __future__ import annotations

import torch
from torch import nn

from .diffusion import DiffusionLCM
from .layers import places
from .one_tower import OneTowerLCM, Tower
from .quant_lcm import QuantLCM, chosen
from .regression import RegressionLCM
from .sampler import guide
from .system import System
from .two_tower import TwoTower


class TwoTowerContext(nn.Module):
    """concepts: (N, D); past: (Lc, H, P, Dh) -> present keys, values (P + N) and the denoiser's keys, values of N."""

    def __init__(self, model: TwoTower) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        states, keys, values = self.model.read(concepts.unsqueeze(0), past_keys.unsqueeze(1), past_values.unsqueeze(1))
        cross_keys, cross_values = self.model.project(states)
        return keys.squeeze(1), values.squeeze(1), cross_keys.squeeze(1), cross_values.squeeze(1)


class TowerContext(nn.Module):
    """The same of one tower: what its rows attend to is its own keys and values."""

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.body = tower.body

    def forward(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        _, keys, values = self.body(concepts.unsqueeze(0), past_keys.unsqueeze(1), past_values.unsqueeze(1))
        keys, values = keys.squeeze(1), values.squeeze(1)
        past = past_keys.shape[2]
        return keys, values, keys[:, :, past:], values[:, :, past:]


class BaseContext(nn.Module):
    """The same of the Base-LCM: what is left of each concept is the prediction of the next, cut into heads, twice."""

    def __init__(self, model: RegressionLCM) -> None:
        super().__init__()
        self.model = model
        self.heads = model.config.concept_dim // model.config.head_dim
        self.first_keys: torch.Tensor
        self.first_values: torch.Tensor
        with torch.no_grad():
            _, keys, values = model.begin()
        self.register_buffer("first_keys", keys)
        self.register_buffer("first_values", values)

    def forward(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        predicted, keys, values = self.model.read(
            concepts.unsqueeze(0),
            torch.cat([self.first_keys, past_keys.unsqueeze(1)], dim=3),
            torch.cat([self.first_values, past_values.unsqueeze(1)], dim=3),
        )
        begun = self.first_keys.shape[3]
        predicted = in_heads(predicted, self.heads)
        return keys[:, 0, :, begun:], values[:, 0, :, begun:], predicted, predicted


def in_heads(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """(1, N, D) -> (1, heads, N, D / heads)."""
    return rows.reshape(1, rows.shape[1], heads, rows.shape[2] // heads).transpose(1, 2)


def with_context(count: int, concepts: int) -> torch.Tensor:
    """How many concepts `count` rows see, and then as many without any -> (1, 2 * count)."""
    return (places(2 * count) < count).to(torch.float32).mul(concepts).unsqueeze(0)


class DenoisingStep(nn.Module):
    """One guided DDIM step of n plans: rows of one sequence, twice, with context and without."""

    def __init__(self, model: DiffusionLCM, zeros: int) -> None:
        """zeros: columns of the states that are no concept's."""
        super().__init__()
        self.model = model
        self.zeros = zeros
        self.table: torch.Tensor
        self.register_buffer("table", model.timestep_table().detach())  # (T, ...)

    def forward(
        self,
        x: torch.Tensor,
        timestep: torch.Tensor,
        coefficients: torch.Tensor,
        noise: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        guidance_scale: torch.Tensor,
        guidance_rescale: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """x, noise: (n, D); timestep: () int64; coefficients: (5,); keys, values: (layers, H, zeros + C, Dh);
        guidance: (1,) -> the next x and the clean plans, (n, D)."""
        count = x.shape[0]
        before = with_context(count, keys.shape[2] - self.zeros)
        row = self.table[timestep].unsqueeze(0).unsqueeze(0)  # (1, 1, ...)
        both = torch.cat([x, x]).unsqueeze(0)  # (1, 2n, D)
        predicted = self.model.denoise(both, row, (keys.unsqueeze(1), values.unsqueeze(1)), before)
        conditional, unconditional = predicted.squeeze(0).chunk(2)
        signal_t, noise_t, signal_p, direction, sigma = coefficients.unbind()
        unguided = (x - signal_t * conditional) / noise_t
        guided = guide(unguided, (x - signal_t * unconditional) / noise_t, guidance_scale, guidance_rescale)
        # All noise: epsilon is x itself, and only the conditional x0 means anything.
        first = timestep == len(self.table) - 1
        epsilon = torch.where(first, unguided, guided)
        clean = torch.where(first, conditional, (x - noise_t * epsilon) / signal_t.clamp(min=1e-6))
        return signal_p * clean + direction * epsilon + sigma * noise, clean


class CodebookStep(nn.Module):
    """Adds to n plans a centroid of the codebook that is next."""

    def __init__(self, model: QuantLCM, top: int, sharpness: float) -> None:
        super().__init__()
        self.model = model
        self.top, self.sharpness = top, sharpness
        self.table: torch.Tensor
        self.register_buffer("table", model.tower.kind_table().detach())  # (S, M)
        self.places: torch.Tensor
        self.register_buffer("places", noise_places(*model.centroids.shape))

    def forward(
        self,
        x: torch.Tensor,
        index: torch.Tensor,
        noise: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        guidance_scale: torch.Tensor,
    ) -> torch.Tensor:
        """x, noise: (n, D); index: () int64; keys, values: (L, H, C, Dh); guidance: (1,) -> the next x (n, D)."""
        count = x.shape[0]
        before = with_context(count, keys.shape[2])
        kind = self.table[index].unsqueeze(0).unsqueeze(0)
        both = torch.cat([x, x]).unsqueeze(0)
        states = self.model.tower(both, kind, (keys.unsqueeze(1), values.unsqueeze(1)), before)
        codebook = self.model.centroids[index]  # (K, D)
        scores = self.model.scores(
            states[:, :count], states[:, count:], x.unsqueeze(0), codebook, guidance_scale, self.sharpness
        )
        normal = noise.index_select(1, self.places[index]).unsqueeze(0)  # (1, n, K)
        return x + codebook[chosen(scores, normal, self.top).squeeze(0)]


def noise_places(codebooks: int, units: int, dim: int) -> torch.Tensor:
    """Which of a plan's `dim` noise numbers each unit of each codebook takes -> (S, K) int64.

    A plan starts from `dim` numbers in every system; a codebook needs fewer, and each its own. Raises ValueError if
    there are too few.
    """
    if units > dim:
        raise ValueError(f"{units} units a codebook, expected at most {dim} (the concept's numbers)")
    generator = torch.Generator().manual_seed(0)
    return torch.stack([torch.randperm(dim, generator=generator)[:units] for _ in range(codebooks)])


class DiffusionExpectation(nn.Module):
    """concepts: (N, D) -> (N, D): what the model expects at each position from those before it."""

    def __init__(self, model: DiffusionLCM) -> None:
        super().__init__()
        self.model = model
        self.timestep: torch.Tensor
        self.register_buffer("timestep", model.timestep_table()[-1].detach())
        self.noise: torch.Tensor
        self.register_buffer("noise", torch.zeros(1, 1, model.config.concept_dim))  # expanded: no GPU fills a tensor

    def forward(self, concepts: torch.Tensor) -> torch.Tensor:
        before = places(concepts.shape[0]).unsqueeze(0)
        states = self.model.states(concepts.unsqueeze(0))
        noise = self.noise.expand(1, concepts.shape[0], self.noise.shape[2])
        return self.model.denoise(noise, self.timestep[None, None], states, before).squeeze(0)


class Expectation(nn.Module):
    """The same of a system that knows no timesteps."""

    def __init__(self, model: System) -> None:
        super().__init__()
        self.model = model

    def forward(self, concepts: torch.Tensor) -> torch.Tensor:
        return self.model.expected(concepts.unsqueeze(0))[0]


def context_step(model: System) -> nn.Module:
    if isinstance(model, TwoTower):
        return TwoTowerContext(model)
    if isinstance(model, RegressionLCM):
        return BaseContext(model)
    assert isinstance(model, OneTowerLCM | QuantLCM)
    return TowerContext(model.tower)
