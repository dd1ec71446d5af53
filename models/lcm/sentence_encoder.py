"""Sentences to concept vectors in batches of like length, as server/src/inference/sentenceEncoder.ts makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from .onnx_session import open_session

MAX_TOKENS = 128  # of a sentence; the rest is cut off
MAX_BATCH = 16
MAX_BATCH_TOKENS = 480


class SentenceEncoder:
    """`run` takes input_ids and attention_mask, (B, T) int64, and gives (B, D) float32."""

    def __init__(
        self,
        tokenizer: Path,
        run: Callable[[np.ndarray, np.ndarray], np.ndarray],
        prefix: str = "",
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        self.run = run
        self.prefix = prefix
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)

    @staticmethod
    def shipped(
        graph: Path, tokenizer: Path, threads: int, prefix: str = "", max_tokens: int = MAX_TOKENS
    ) -> SentenceEncoder:
        """The bundle's graph: what training and evaluation see is what serving sees."""
        session = open_session(graph, threads)
        return SentenceEncoder(
            tokenizer,
            lambda ids, mask: session.run(["concepts"], {"input_ids": ids, "attention_mask": mask})[0],
            prefix,
            max_tokens,
        )

    def encode(self, sentences: list[str], progress: Callable[[int], None] = lambda done: None) -> np.ndarray:
        """-> (N, D) float32, in the order given. `progress` hears how many are done."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch([self.prefix + s for s in sentences])]
        parts, order = [], []
        for rows in batches([len(row) for row in ids]):
            width = max(len(ids[i]) for i in rows)
            input_ids = np.zeros((len(rows), width), np.int64)
            mask = np.zeros_like(input_ids)
            for row, i in enumerate(rows):
                input_ids[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            parts.append(self.run(input_ids, mask))
            order += rows
            progress(len(order))
        vectors = np.concatenate(parts)
        vectors[order] = vectors.copy()
        return vectors


def batches(lengths: list[int]) -> list[list[int]]:
    """Rows by length, cut into runs of at most MAX_BATCH rows and MAX_BATCH_TOKENS tokens with padding."""
    found: list[list[int]] = []
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        # Sorted upwards, so the newest row's length is the batch's.
        if batch and (len(batch) >= MAX_BATCH or (len(batch) + 1) * lengths[i] > MAX_BATCH_TOKENS):
            found.append(batch)
            batch = []
        batch.append(i)
    return [*found, batch] if batch else found
