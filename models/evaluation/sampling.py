"""Which texts and which places of them are evaluated: dealt evenly over genres and documents, by a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

import numpy as np

from .corpus import Document, EncodedSentences
from .progress import Progress

EXCERPT = 256  # sentences of a longer text that stand for it, all from one place
LEAST_CONTEXT = 8  # sentences before an evaluated one
FOLLOWING = 15  # sentences behind it, that it is ranked among
PLACES_A_TEXT = 8  # so that no novel dominates

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Text:
    genre: str
    sentences: tuple[str, ...]
    vectors: np.ndarray  # (N, D)


@dataclass(frozen=True)
class Place:
    """One sentence of a text: the true next sentence of those before it."""

    text: Text
    index: int

    @property
    def true(self) -> np.ndarray:
        return self.text.vectors[self.index]

    @property
    def context(self) -> np.ndarray:
        """(index, D)."""
        return self.text.vectors[: self.index]

    @property
    def sentence(self) -> str:
        return self.text.sentences[self.index]

    @property
    def context_text(self) -> str:
        """The prose before it, more than the decoder takes."""
        return " ".join(self.text.sentences[max(0, self.index - 6) : self.index])


def texts_of(
    documents: list[Document], limit: int, encoded: EncodedSentences, rng: np.random.Generator, progress: Progress
) -> list[Text]:
    """Up to `limit` documents that have room for a place, encoded, long ones as an excerpt."""
    fitting = [d for d in documents if len(d.body) > LEAST_CONTEXT + FOLLOWING]
    chosen = dealt([(d.genre, [d]) for d in shuffled(fitting, rng)], limit)
    bodies = []
    for document in chosen:
        start = int(rng.integers(0, max(1, len(document.body) - EXCERPT + 1)))
        bodies.append(document.body[start : start + EXCERPT])
    encoded.read([sentence for body in bodies for sentence in body], progress)
    return [Text(d.genre, body, encoded.of(body)) for d, body in zip(chosen, bodies, strict=True)]


def places_of(texts: list[Text], limit: int, rng: np.random.Generator) -> list[Place]:
    """Up to `limit` places with room before and behind them, at most PLACES_A_TEXT of one text."""
    groups = []
    for text in texts:
        room = np.arange(LEAST_CONTEXT, len(text.sentences) - FOLLOWING)
        groups.append((text.genre, [Place(text, int(i)) for i in rng.permutation(room)[:PLACES_A_TEXT]]))
    return dealt(groups, limit)


def dealt(groups: list[tuple[str, list[T]]], limit: int) -> list[T]:
    """Up to `limit` items of groups with a genre each: a genre takes its turn after the other, in it group after group."""
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
