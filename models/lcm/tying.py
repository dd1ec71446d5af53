"""How every model here is born: copying its context, which is a strong start."""

from __future__ import annotations

import torch
from torch import nn

COPY_GAIN = 0.4  # an untrained model says this much of what it reads


def tie_for_copying(frontend: nn.Linear, out: nn.Linear, gain: float) -> None:
    """Orthogonal in, its transpose times `gain` out, so that what enters a residual stream can leave it again."""
    nn.init.orthogonal_(frontend.weight)
    nn.init.zeros_(frontend.bias)
    with torch.no_grad():
        out.weight.copy_(frontend.weight.T * gain)
        out.bias.zero_()
