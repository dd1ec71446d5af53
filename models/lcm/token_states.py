"""The encoder's last token states of many sentences: what a sentence's concept is pooled from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

from .encoder import CONCEPT_DIM, minilm_directory, published_encoder
from .ragged import places_of, starts_of
from .sentence_encoder import MAX_TOKENS, batches


@dataclass(frozen=True)
class TokenStates:
    states: torch.Tensor  # (tokens, D) float16, sentence behind sentence
    starts: torch.Tensor  # (N + 1,) int64

    def __len__(self) -> int:
        return len(self.starts) - 1

    def padded(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """rows: (B,) int64 -> states (B, T, D) float32, mask (B, T): 1 a token, 0 padding."""
        owners, inside, places = places_of(self.starts, rows)
        shape = len(rows), int(inside.max()) + 1
        found = torch.zeros(*shape, self.states.shape[1])
        mask = torch.zeros(shape)
        found[owners, inside] = self.states[places].float()
        mask[owners, inside] = 1
        return found, mask


@torch.inference_mode()
def read_token_states(sentences: Sequence[str], progress: Callable[[int], None]) -> TokenStates:
    """By the published encoder in float32. `progress` hears how many are done."""
    encoder = published_encoder()
    tokenizer = Tokenizer.from_file(str(minilm_directory() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(sentences))]
    starts = starts_of([len(row) for row in ids])
    states = torch.empty(int(starts[-1]), CONCEPT_DIM, dtype=torch.float16)
    done = 0
    for rows in batches([len(row) for row in ids]):
        width = max(len(ids[i]) for i in rows)
        input_ids, mask = np.zeros((2, len(rows), width), np.int64)
        for row, i in enumerate(rows):
            input_ids[row, : len(ids[i])] = ids[i]
            mask[row, : len(ids[i])] = 1
        found = encoder.token_states(torch.from_numpy(input_ids), torch.from_numpy(mask))
        for row, i in enumerate(rows):
            states[starts[i] : starts[i + 1]] = found[row, : len(ids[i])].half()
        done += len(rows)
        progress(done)
    return TokenStates(states, starts)
