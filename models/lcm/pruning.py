"""A decoder with fewer layers: those are left out that are missed least, one after the other.

ShortGPT (arXiv:2403.03853) leaves out layers whose states are most alike before and behind; here the loss itself says
which, as what is worded behind a plan is what counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from .decoder import ConceptDecoder
from .packing import Packed


def keep_layers(decoder: ConceptDecoder, kept: Sequence[int]) -> None:
    model = decoder.language_model.model
    model.layers = nn.ModuleList(model.layers[i] for i in kept)
    model.config.num_hidden_layers = len(kept)


@torch.no_grad()
def prune(
    decoder: ConceptDecoder, layers: int, packed: Packed, concepts: torch.Tensor
) -> tuple[list[int], list[float]]:
    """Leaves `decoder` that many layers, by its loss on one batch.

    Gives their numbers among those it had, and the loss, nats a token, with one layer less each time.
    """
    model = decoder.language_model.model
    whole, kept = list(model.layers), list(range(len(model.layers)))

    def loss_without(i: int) -> float:
        model.layers = nn.ModuleList(whole[k] for k in kept if k != i)
        model.config.num_hidden_layers = len(model.layers)
        logits, targets = decoder.logits(packed, concepts)
        return nn.functional.cross_entropy(logits, targets).item()

    losses = []
    while len(kept) > layers:
        without = {i: loss_without(i) for i in kept}
        least = min(without, key=lambda i: without[i])
        kept.remove(least)
        losses.append(without[least])
    model.layers = nn.ModuleList(whole)
    keep_layers(decoder, kept)
    return kept, losses
