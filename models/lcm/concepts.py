"""Concept vectors and the simple questions asked of them: numpy twins of server/src/concepts."""

from __future__ import annotations

import numpy as np


def unit(rows: np.ndarray) -> np.ndarray:
    """(..., D) -> (..., D) of length 1; a zero row stays zero."""
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1)


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cosine of each pair of rows, in [-1, 1]; 0 where either is zero. (..., D), (..., D) -> (...)."""
    return (unit(a) * unit(b)).sum(-1)


def nearest(query: np.ndarray, candidates: np.ndarray, count: int) -> list[int]:
    """Indexes of the `count` rows of candidates (N, D) most similar to query (D,), best first; ties in order."""
    return np.argsort(-(unit(candidates) @ unit(query)), kind="stable")[:count].tolist()
