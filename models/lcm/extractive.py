"""The extractive summary, as server/src/service/summaries/extractive.ts and concepts/diversity.ts pick it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .concepts import cosines, unit
from .wording_checks import is_complete, words_of

OPENING_WEIGHT = 0.15  # of opening the text
OPENING_LENGTH = 5  # sentences on which that is down to 1/e
RELEVANCE_WEIGHT = 0.8  # against difference, in maximal marginal relevance
LEAST_WORDS = 5  # a sentence of fewer says too little to stand alone


def extractive_summary(sentences: Sequence[str], vectors: np.ndarray, count: int, topics: np.ndarray) -> list[int]:
    """Indexes of up to `count` of the sentences, whose vectors are (N, D), in document order.

    topics: (T, D), T >= 0, concepts of what the text is about, beside its centroid: its heading, and what the LCM would
    open its summary with.
    """
    if not sentences:
        return []
    usable = standing_alone(sentences)
    about = np.concatenate([vectors.mean(0)[None], topics])
    nearness = np.mean([cosines(vectors[usable], topic) for topic in about], axis=0)
    relevance = nearness + OPENING_WEIGHT * np.exp(-usable / OPENING_LENGTH)
    return sorted(usable[diverse(vectors[usable], relevance, count, RELEVANCE_WEIGHT)].tolist())


def standing_alone(sentences: Sequence[str]) -> np.ndarray:
    """Indexes of the sentences that make sense by themselves; of all of them where none does."""
    whole = [i for i, sentence in enumerate(sentences) if stands_alone(sentence)]
    return np.array(whole or range(len(sentences)))


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
