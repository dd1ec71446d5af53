"""The baseline of extractive summaries: sentences near the centroid that differ, those at the start a little sooner.

Centroid: Radev et al. 2004; maximal marginal relevance: Carbonell and Goldstein 1998. What the server picks knows more
than this (`models.lcm.extractive`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.lcm.concepts import cosines
from models.lcm.extractive import diverse, standing_alone

POSITION_WEIGHT = 0.15  # of being at the start of the text, falling evenly to its end
RELEVANCE_WEIGHT = 0.7  # against difference


def centroid_summary(sentences: Sequence[str], vectors: np.ndarray, count: int) -> list[int]:
    """Indexes of up to `count` of the sentences, N >= 1, whose vectors are (N, D), in document order."""
    usable = standing_alone(sentences)
    own = vectors[usable]
    relevance = cosines(own, vectors.mean(0)) + POSITION_WEIGHT * (1 - usable / len(sentences))
    return sorted(usable[diverse(own, relevance, count, RELEVANCE_WEIGHT)].tolist())
