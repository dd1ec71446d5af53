"""Measures of predicted concept vectors, each of one prediction; and means that say how sure they are.

Distances are l2 between raw vectors of unit length, so that they order as cosines do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .concepts import cosines


@dataclass(frozen=True)
class Mean:
    mean: float | None  # None of no values
    se: float | None  # standard error, as if the values were independent; None of fewer than two
    n: int

    @staticmethod
    def of(values: Sequence[float] | np.ndarray) -> Mean:
        v = np.asarray(values, np.float64)
        mean = round(float(v.mean()), 5) if len(v) else None
        return Mean(mean, round(float(v.std(ddof=1) / np.sqrt(len(v))), 5) if len(v) > 1 else None, len(v))

    @staticmethod
    def of_ratio(parts: Sequence[float], wholes: Sequence[float]) -> Mean:
        """Sum of the parts over the sum of the wholes, as a rate a token is; its error by linearization."""
        if not parts:
            return Mean(None, None, 0)
        p, w = np.asarray(parts, np.float64), np.asarray(wholes, np.float64)
        ratio = p.sum() / w.sum()
        error = (p - ratio * w).std(ddof=1) / np.sqrt(len(p)) / w.mean() if len(p) > 1 else None
        return Mean(round(float(ratio), 5), None if error is None else round(float(error), 5), len(p))

    def to_json(self) -> dict[str, float | int | None]:
        return asdict(self)


def l2(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(..., D), (..., D) -> (...)."""
    return np.linalg.norm(a - b, axis=-1)


def contrastive_accuracy(predicted: np.ndarray, true: np.ndarray, distractors: np.ndarray) -> float:
    """Share in [0, 1] of distractors (M, D), M >= 1, that lie farther (l2) from the prediction than the true vector.

    A tie counts against. LCM paper, section 2.4.1; the caller says which distractors.
    """
    return float((l2(distractors, predicted) > l2(true, predicted)).mean())


def without_neighborhood(document: np.ndarray, index: int) -> np.ndarray:
    """(N, D) -> the vectors of a document but the one at `index` and its two neighbors: its distractors."""
    rows = np.arange(len(document))
    return document[np.abs(rows - index) > 1]


def rank_among(predicted: np.ndarray, true: np.ndarray, others: np.ndarray) -> int:
    """1 if no other (M, D) lies nearer (l2) to the prediction than the true vector, at most M + 1."""
    return 1 + int((l2(others, predicted) < l2(true, predicted)).sum())


def paraphrase_ratio(predicted: np.ndarray, true: np.ndarray, preceding: np.ndarray) -> float | None:
    """PAR: largest cosine of the prediction to a preceding vector (N, D), over the true vector's. LCM paper, 2.4.1.

    1 says that the prediction is as near to the text so far as the true sentence is. None where the true sentence
    is like nothing before it (largest cosine under 0.05), so that the ratio means nothing.
    """
    bound = cosines(preceding, true).max()
    return float(cosines(preceding, predicted).max() / bound) if bound >= 0.05 else None


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation of two lists of numbers (N,), N >= 2; ties share their mean rank."""
    x, y = mean_ranks(a), mean_ranks(b)
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum()))


def mean_ranks(values: np.ndarray) -> np.ndarray:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((2 * last - counts - 1) / 2)[inverse]
