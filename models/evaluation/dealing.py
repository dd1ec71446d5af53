"""Drawing evenly: each genre has its turn, and in a genre each document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def dealt(groups: list[tuple[str, list[T]]], limit: int) -> list[T]:
    """Up to `limit` items of groups that have a genre each: genre after genre, and in a genre group after group."""
    by_genre: dict[str, list[list[T]]] = {}
    for genre, items in groups:
        by_genre.setdefault(genre, []).append(items)
    hands = [list(in_turn(found)) for _, found in sorted(by_genre.items())]
    return list(in_turn(hands))[:limit]


def in_turn(lists: list[list[T]]) -> Iterator[T]:
    """First items of all lists, then second ones, and so on."""
    nothing = object()
    for row in zip_longest(*lists, fillvalue=nothing):
        yield from (item for item in row if item is not nothing)  # type: ignore[misc]


def shuffled(items: list[T], rng: np.random.Generator) -> list[T]:
    return [items[i] for i in rng.permutation(len(items))]
