"""The encoder: how well the shipped int8 vectors keep the order of the published float32 ones' similarities."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.lcm.metrics import spearman

from .progress import Progress
from .sampling import Text


def encoder_figures(texts: list[Text], count: int, rng: np.random.Generator, progress: Progress) -> dict[str, Any]:
    """Over all pairs of `count` sentences, drawn from all texts. Null, with the reason, where there is no float32."""
    try:
        # Here, because what it needs is no part of what ships.
        from models.lcm.encoder import SentenceEncoder

        reference = SentenceEncoder.in_torch()
    except ImportError as error:
        return {"spearman": None, "reason": str(error)}
    pool = [(text, i) for text in texts for i in range(len(text.sentences))]
    drawn = [pool[i] for i in rng.permutation(len(pool))[:count]]
    progress.say(f"encoding {len(drawn)} sentences in float32")
    exact = reference.encode([text.sentences[i] for text, i in drawn])
    shipped = np.stack([text.vectors[i] for text, i in drawn])
    pairs = np.triu_indices(len(drawn), 1)
    wanted, found = exact @ exact.T, shipped @ shipped.T
    apart = ~np.eye(len(drawn), dtype=bool)
    same_nearest = np.where(apart, wanted, -2).argmax(1) == np.where(apart, found, -2).argmax(1)
    return {
        "spearman": round(spearman(wanted[pairs], found[pairs]), 5),
        "cosine": round(float((exact * shipped).sum(1).mean()), 5),
        "sameNearest": round(float(same_nearest.mean()), 5),
        "pairs": len(pairs[0]),
        "n": len(drawn),
    }
