"""Concept vectors as sums of centroids, one of each codebook, coarse to fine (LCM paper, section 2.3.5)."""

from __future__ import annotations

import numpy as np
import torch


def fit_codebooks(vectors: np.ndarray, codebooks: int, units: int) -> torch.Tensor:
    """(N, D) normalized -> (S, K, D), k-means of what the codebooks before left over. `units`: a power of two."""
    import faiss  # of training alone: the paper's own library for it (FAISS, MIT)

    dim = vectors.shape[1]
    quantizer = faiss.ResidualQuantizer(dim, codebooks, units.bit_length() - 1)
    quantizer.max_beam_size = 1
    quantizer.train(np.ascontiguousarray(vectors, np.float32))
    found = faiss.vector_to_array(quantizer.codebooks).reshape(codebooks, units, dim)
    return torch.from_numpy(found.copy())


def encode(vectors: torch.Tensor, centroids: torch.Tensor) -> torch.Tensor:
    """The nearest centroid of each codebook in turn. (..., D), (S, K, D) -> codes (..., S) int64."""
    rest = vectors.reshape(-1, vectors.shape[-1])
    codes = []
    for codebook in centroids:
        # ||r - c||^2 without the part that all centroids share
        code = (codebook.square().sum(-1) - 2 * rest @ codebook.T).argmin(-1)
        rest = rest - codebook[code]
        codes.append(code)
    return torch.stack(codes, -1).reshape(*vectors.shape[:-1], len(centroids))


def partial_sums(codes: torch.Tensor, centroids: torch.Tensor, count: torch.Tensor) -> torch.Tensor:
    """The sum of the first `count` codebooks' centroids. codes: (B, N, S); count: (B,) int64 -> (B, N, D)."""
    found = torch.zeros(*codes.shape[:2], centroids.shape[-1])
    for index, codebook in enumerate(centroids):
        rows = (count > index).nonzero().squeeze(-1)
        found[rows] += codebook[codes[rows, :, index]]
    return found
