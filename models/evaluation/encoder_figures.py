"""The encoder: how well the shipped int8 vectors keep the order of the published float32 ones' similarities."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.lcm.metrics import Mean, spearman

from .progress import Progress
from .sampling import Text

RUN = 20  # sentences of one text, side by side in it


def encoder_figures(texts: list[Text], count: int, rng: np.random.Generator, progress: Progress) -> dict[str, Any]:
    """Over `count` sentences, RUN of a text: all pairs, and pairs of one text. Null, with a reason, without float32."""
    try:
        # Here, because what it needs is no part of what ships.
        from models.lcm.encoder import reference_encoder

        reference = reference_encoder()
    except ImportError as error:
        return {"spearman": None, "reason": str(error)}
    sentences: list[str] = []
    runs = []
    for i in rng.permutation(len(texts))[: -(-count // RUN)]:
        text = texts[i]
        start = int(rng.integers(0, len(text.sentences) - RUN + 1))
        sentences += text.sentences[start : start + RUN]
        runs.append(text.vectors[start : start + RUN])
    progress.say(f"encoding {len(sentences)} sentences in float32")
    exact, shipped = reference.encode(sentences), np.concatenate(runs)
    wanted, found = exact @ exact.T, shipped @ shipped.T
    pairs = np.triu_indices(len(sentences), 1)
    within = [
        spearman(wanted[block, block][inner], found[block, block][inner])
        for block in (slice(start, start + RUN) for start in range(0, len(sentences), RUN))
        for inner in [np.triu_indices(RUN, 1)]
    ]
    apart = ~np.eye(len(sentences), dtype=bool)
    same_nearest = np.where(apart, wanted, -2).argmax(1) == np.where(apart, found, -2).argmax(1)
    return {
        "spearman": round(spearman(wanted[pairs], found[pairs]), 5),
        "spearmanInText": Mean.of(within).to_json(),
        "cosine": Mean.of((exact * shipped).sum(1)).to_json(),
        "sameNearest": Mean.of(same_nearest).to_json(),
        "pairs": len(pairs[0]),
    }
