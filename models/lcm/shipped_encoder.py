"""The bundle's sentence encoder, run as the server runs it: server/src/inference/sentenceEncoder.ts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from .onnx_session import open_session

MAX_BATCH = 16
MAX_BATCH_TOKENS = 640


class ShippedEncoder:
    def __init__(self, directory: Path, manifest: dict[str, Any], threads: int) -> None:
        encoder = manifest["encoder"]
        self.dim: int = manifest["conceptDim"]
        self.prefix: str = encoder["prefix"]
        self.tokenizer = Tokenizer.from_file(str(directory / encoder["tokenizer"]))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(encoder["maxTokens"])
        self.session = open_session(directory / encoder["graph"], threads)

    def encode(self, sentences: list[str], progress: Callable[[int], None] = lambda done: None) -> np.ndarray:
        """-> (N, D) float32, unit length, in the order given. `progress` hears how many are done."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch([self.prefix + s for s in sentences])]
        vectors = np.empty((len(ids), self.dim), np.float32)
        done = 0
        for rows in batches([len(row) for row in ids]):
            width = max(len(ids[i]) for i in rows)
            input_ids = np.zeros((len(rows), width), np.int64)
            mask = np.zeros_like(input_ids)
            for row, i in enumerate(rows):
                input_ids[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            vectors[rows] = self.session.run(["concepts"], {"input_ids": input_ids, "attention_mask": mask})[0]
            done += len(rows)
            progress(done)
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
