"""Between what a sentence encoder's activations lie, channel by channel: what their 7 bits are spent on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn

from .encoder import PooledEncoder


@dataclass(frozen=True)
class Range:
    """Of each channel; half is positive."""

    middle: torch.Tensor  # (H,)
    half: torch.Tensor  # (H,)


class WatchedEncoder:
    """Notes what each layer's attention and feed-forward layer read, padding left out."""

    def __init__(self, encoder: PooledEncoder) -> None:
        self.encoder = encoder
        self.watched: dict[str, nn.Module] = {}
        self.lowest: dict[str, torch.Tensor] = {}
        self.highest: dict[str, torch.Tensor] = {}
        for i, layer in enumerate(encoder.body.encoder.layer):
            self.watched |= {f"{i}.attention": layer.attention.self.query, f"{i}.feed_forward": layer.intermediate}

    def run(self, input_ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """As the encoder does."""
        seen = torch.from_numpy(mask).bool()
        hooks = [
            module.register_forward_pre_hook(partial(self.note, name, seen)) for name, module in self.watched.items()
        ]
        try:
            return self.encoder.run(input_ids, mask)
        finally:
            for hook in hooks:
                hook.remove()

    def note(self, name: str, seen: torch.Tensor, _: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        low, high = inputs[0][seen].aminmax(dim=0)
        self.lowest[name] = torch.minimum(self.lowest.get(name, low), low)
        self.highest[name] = torch.maximum(self.highest.get(name, high), high)

    def ranges(self) -> dict[str, Range]:
        """By `{layer}.attention` and `{layer}.feed_forward`; of an encoder that has run."""
        return {
            name: Range((high + self.lowest[name]) / 2, ((high - self.lowest[name]) / 2).clamp(min=1e-4))
            for name, high in self.highest.items()
        }
