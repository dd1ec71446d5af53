"""Rows of unlike length kept behind each other, so that no memory goes to padding."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def starts_of(lengths: Sequence[int]) -> torch.Tensor:
    """Where each row starts, and where the last one ends. -> (N + 1,) int64."""
    return torch.tensor([0, *lengths]).cumsum(0)


def places_of(starts: torch.Tensor, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Where the items of some rows (B,) lie: which of these rows each is of, its number in it, its place; (items,)."""
    lengths = starts[rows + 1] - starts[rows]
    owners = torch.arange(len(rows)).repeat_interleave(lengths)
    inside = torch.arange(len(owners)) - (lengths.cumsum(0) - lengths)[owners]
    return owners, inside, starts[rows][owners] + inside
