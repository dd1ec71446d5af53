"""Trains a concept space through what the frozen decoder says with it, and an LCM in it; each with a budget of time.

First the lexical head and the space learn bags of tokens, which costs no pass through the language model; then the
tokens themselves, where the language model's states without a plan have been computed. Concepts are noised in both, or
the learnt numbers would hide wording in digits that no prediction can get right.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import nn

from .concept_noise import noised
from .config import LCMConfig
from .lexical_head import LexicalHead, bag_loss
from .normalizer import Normalizer
from .spaces import Space, mean_pooled
from .token_states import TokenStates
from .training import fit
from .two_tower import TwoTowerLCM
from .unplanned import Unplanned

BAGS_A_STEP, SENTENCES_A_STEP, TEXTS_A_STEP = 256, 48, 8
BAG_RATE, TOKEN_RATE, LCM_RATE = 1e-3, 5e-4, 1e-3  # learning rates
# What bags taught is said at once by the head alone; a language model knows half of it from the words before.
LEANING = 0.5
# As wide as the widest space: born copying, a model can copy all of a concept only if it has no more dimensions than
# the model. Few layers, for a few minutes.
LCM_WIDTH, LCM_LAYERS, HEAD_DIM = 512, 2, 64


class Worded(nn.Module):
    """A space and the lexical head that reads it."""

    def __init__(self, space: Space, words: torch.Tensor) -> None:
        super().__init__()
        self.space = space
        self.head = LexicalHead(space.dim, words)

    def concepts(self, states: TokenStates, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | float]:
        """rows: (B,) int64 -> (B, dim), and what being unlike the mean-pooled vectors costs."""
        padded, mask = states.padded(rows)
        found = self.space(padded, mask)
        if not self.space.similarity_weight:
            return found, 0.0
        cosines = (found * mean_pooled(padded, mask)).sum(-1)
        return found, self.space.similarity_weight * (1 - cosines).mean()


def fit_bags(
    model: Worded,
    states: TokenStates,
    rows: torch.Tensor,
    bags: Sequence[torch.Tensor],
    prior: torch.Tensor,
    checkpoint: Path,
    minutes: float,
    seed: int,
) -> None:
    """rows: (W,) int64, the sentences; bags: of each its tokens, as places in the vocabulary; prior: (V,)."""
    generator = torch.Generator().manual_seed(seed)

    def loss_of(chosen: torch.Tensor) -> torch.Tensor:
        concepts, cost = model.concepts(states, rows[chosen])
        scores = model.head(noised(concepts, generator))
        return bag_loss(scores, prior, [bags[i] for i in chosen.tolist()]) + cost

    fit_stage(model, shuffled(len(rows), BAGS_A_STEP), loss_of, checkpoint, minutes, BAG_RATE, seed)


def fit_tokens(
    model: Worded,
    states: TokenStates,
    rows: torch.Tensor,
    unplanned: Unplanned,
    checkpoint: Path,
    minutes: float,
    seed: int,
) -> None:
    """rows: (U,) int64, the sentences of `unplanned`, in its order."""
    model.head.soften(LEANING)
    generator = torch.Generator().manual_seed(seed)

    def loss_of(chosen: torch.Tensor) -> torch.Tensor:
        concepts, cost = model.concepts(states, rows[chosen])
        nats, _ = unplanned.nats(chosen, model.head.words, model.head(noised(concepts, generator)))
        return nats.mean() + cost

    fit_stage(model, shuffled(len(rows), SENTENCES_A_STEP), loss_of, checkpoint, minutes, TOKEN_RATE, seed)


def fit_lcm(concepts: torch.Tensor, checkpoint: Path, minutes: float, seed: int) -> tuple[TwoTowerLCM, Normalizer]:
    """A small two-tower on texts of one length. concepts: (texts, N, D) unit."""
    torch.manual_seed(seed)
    _, length, dim = concepts.shape
    config = LCMConfig(
        concept_dim=dim,
        model_dim=LCM_WIDTH,
        heads=LCM_WIDTH // HEAD_DIM,
        context_layers=LCM_LAYERS,
        denoiser_layers=LCM_LAYERS,
        context_length=length,
    )
    model, normalizer = TwoTowerLCM(config), Normalizer.fit(concepts.flatten(0, 1).numpy())
    normalized = normalizer.normalize(concepts)
    weight = torch.ones(TEXTS_A_STEP, length)

    def loss_of(chosen: torch.Tensor) -> torch.Tensor:
        return model.loss(normalized[chosen], weight)

    fit_stage(model, shuffled(len(concepts), TEXTS_A_STEP), loss_of, checkpoint, minutes, LCM_RATE, seed)
    return model.eval(), normalizer


def shuffled(count: int, size: int) -> Callable[[int], Iterator[torch.Tensor]]:
    """Endless batches of `size` of `count` numbers, in another order each time round, from a seed."""

    def batches(seed: int) -> Iterator[torch.Tensor]:
        generator = torch.Generator().manual_seed(seed)
        while True:
            yield from torch.randperm(count, generator=generator)[: count // size * size].split(size)

    return batches


def fit_stage(
    model: nn.Module,
    batches: Callable[[int], Iterator[torch.Tensor]],
    loss_of: Callable[[torch.Tensor], torch.Tensor],
    checkpoint: Path,
    minutes: float,
    learning_rate: float,
    seed: int,
) -> None:
    """Goes on from the checkpoint, or takes it as it is where its time is over."""
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    if state:
        model.load_state_dict(state["model"])
    if state is None or state["seconds"] < minutes * 60:
        arguments = argparse.Namespace(minutes=minutes, learning_rate=learning_rate, seed=seed)
        fit(model, batches, loss_of, checkpoint, state, {}, arguments, warmup=20)
