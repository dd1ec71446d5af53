"""The loop that plans a summary, concept by concept, whatever draws them (LCM paper, section 2.4.1, stops)."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from .concepts import cosines

REPETITION_COSINE = 0.9  # a summary's concept closer than this to an earlier one says it again
MAX_REPETITIONS = 3  # draws in a row that only repeat, after which the summary ends


class Drawing(Protocol):
    """A document under way: what comes next in it is drawn, and may be taken."""

    def draw(self, number: int) -> np.ndarray:
        """-> (D,); another `number` is another draw."""

    def take(self, concept: np.ndarray) -> None:
        """(D,) stands behind all that came before."""


class SummaryPlanner(Protocol):
    """A system of the paper that plans summaries: of the bundle, or of a checkpoint."""

    @property
    def context_length(self) -> int: ...

    def plan_summary(self, source: np.ndarray, max_length: int, seed: int, wanted: int | None = None) -> np.ndarray:
        """source: (N, D), N >= 1 -> (M, D), the summary's concepts, M <= max_length; none if the stop comes first.

        wanted: a length in sentences that is asked for.
        """


def planned(drawing: Drawing, stop: np.ndarray, threshold: float, length: int, wanted: int | None = None) -> np.ndarray:
    """-> (M, D), M <= length: until what is drawn is as near as `threshold` (cosine) to the stop (D,), or repeats.

    wanted: how many are asked for. There the summary ends, and a stop before it is drawn again, like a repetition.
    """
    plans = np.zeros((0, len(stop)), np.float32)
    repetitions = number = 0
    while len(plans) < min(length, wanted or length) and repetitions < MAX_REPETITIONS:
        concept = drawing.draw(number)
        number += 1
        stops = cosines(concept, stop) > threshold
        if stops and wanted is None:
            break
        if stops or (cosines(plans, concept) > REPETITION_COSINE).any():
            repetitions += 1
            continue
        plans = np.concatenate([plans, concept[None]])
        drawing.take(concept)
        repetitions = 0
    return plans
