"""The extractive summary, as server/src/service/extractive.ts and diversity.ts pick it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .concepts import cosines, unit
from .wording_checks import is_complete, words_of

POSITION_WEIGHT = 0.15  # of being at the start of the text
RELEVANCE_WEIGHT = 0.7  # against difference, in maximal marginal relevance
LEAST_WORDS = 5  # a sentence of fewer says too little to stand alone


def extractive_summary(sentences: Sequence[str], vectors: np.ndarray, count: int) -> list[int]:
    """Indexes of up to `count` of the sentences, whose vectors are (N, D), in document order."""
    if not sentences:
        return []
    whole = [i for i, sentence in enumerate(sentences) if stands_alone(sentence)]
    usable = np.array(whole or range(len(sentences)))
    own = vectors[usable]
    relevance = cosines(own, vectors.mean(0)) + POSITION_WEIGHT * (1 - usable / len(sentences))
    return sorted(usable[diverse(own, relevance, count, RELEVANCE_WEIGHT)].tolist())


def stands_alone(sentence: str) -> bool:
    # One that ends in a colon has its point in what follows.
    return is_complete(sentence) and not sentence.endswith(":") and len(words_of(sentence)) >= LEAST_WORDS


def diverse(vectors: np.ndarray, relevance: np.ndarray, count: int, weight: float) -> list[int]:
    """Maximal marginal relevance: indexes of up to `count` rows of vectors (N, D) with relevance (N,), best first."""
    units = unit(vectors)
    closest = np.zeros(len(vectors))  # to the nearest one taken; nothing is taken yet
    taken: list[int] = []
    while len(taken) < min(count, len(vectors)):
        values = weight * relevance - (1 - weight) * closest
        values[taken] = -np.inf
        taken.append(int(values.argmax()))
        similarity = units @ units[taken[-1]]
        closest = similarity if len(taken) == 1 else np.maximum(closest, similarity)
    return taken
