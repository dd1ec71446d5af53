"""Between what a sentence encoder's activations lie, channel by channel: what their 7 bits are spent on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch

from .encoder import PooledEncoder


@dataclass(frozen=True)
class Range:
    """Of each channel; half is positive."""

    middle: torch.Tensor  # (H,)
    half: torch.Tensor  # (H,)


@torch.inference_mode()
def channel_ranges(encoder: PooledEncoder, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> dict[str, Range]:
    """What each layer's attention and feed-forward layer read, by `{layer}.attention` and `{layer}.feed_forward`.

    batches: input_ids and attention_mask, (B, T) int64, one at least; padding counts for nothing.
    """
    lowest: dict[str, torch.Tensor] = {}
    highest: dict[str, torch.Tensor] = {}
    seen = torch.empty(0)

    def watch(name: str, module: torch.nn.Module) -> torch.utils.hooks.RemovableHandle:
        def note(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            rows = inputs[0][seen]
            low, high = rows.aminmax(dim=0)
            lowest[name] = torch.minimum(lowest.get(name, low), low)
            highest[name] = torch.maximum(highest.get(name, high), high)

        return module.register_forward_pre_hook(note)

    hooks = []
    for i, layer in enumerate(encoder.body.encoder.layer):
        hooks.append(watch(f"{i}.attention", layer.attention.self.query))
        hooks.append(watch(f"{i}.feed_forward", layer.intermediate))
    try:
        for input_ids, attention_mask in batches:
            seen = attention_mask.bool()
            encoder(input_ids, attention_mask)
    finally:
        for hook in hooks:
            hook.remove()
    return {
        name: Range((highest[name] + low) / 2, ((highest[name] - low) / 2).clamp(min=1e-4))
        for name, low in lowest.items()
    }
