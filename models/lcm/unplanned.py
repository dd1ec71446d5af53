"""What the frozen language model says of sentences without a plan: once computed, any plan's lexical state is added.

A lexical head leans on the words of a vocabulary alone, so of all other tokens the sum is all that is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from .decoder import ConceptDecoder
from .packing import END_TOKEN, START_TOKEN
from .ragged import places_of, starts_of
from .sentence_encoder import batches


@dataclass(frozen=True)
class Unplanned:
    """All tokens of all sentences, their ends included, sentence behind sentence."""

    states: torch.Tensor  # (tokens, H) the last hidden states from which each is said
    targets: torch.Tensor  # (tokens,) int64: place in the vocabulary, or -1
    logits: torch.Tensor  # (tokens,) each one's own
    rest: torch.Tensor  # (tokens,) log-sum-exp of the logits outside of the vocabulary
    starts: torch.Tensor  # (N + 1,) int64

    def __len__(self) -> int:
        return len(self.starts) - 1

    def nats(self, rows: torch.Tensor, words: torch.Tensor, lexical: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """rows: (B,) int64; words: (V, H) of the vocabulary; lexical: (B, V), what is added to their logits -> nats of
        each token of these sentences, and which of them it is of, both (tokens,)."""
        owners, _, places = places_of(self.starts, rows)
        leaning = lexical[owners]  # (tokens, V)
        within = torch.logsumexp(self.states[places] @ words.T + leaning, dim=-1)
        targets = self.targets[places]
        added = leaning.gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        said = self.logits[places] + torch.where(targets < 0, 0.0, added)
        return torch.logaddexp(within, self.rest[places]) - said, owners


@torch.inference_mode()
def read_unplanned(
    decoder: ConceptDecoder,
    sentences: Sequence[Sequence[int]],
    vocabulary: torch.Tensor,
    progress: Callable[[int], None],
) -> Unplanned:
    """sentences: tokens, the space before included; vocabulary: (V,) int64 token ids. `progress` hears how many are
    done."""
    table = decoder.table
    place = torch.full((len(table),), -1)
    place[vocabulary] = torch.arange(len(vocabulary))
    starts = starts_of([len(ids) + 1 for ids in sentences])
    tokens = int(starts[-1])
    states, logits, rest = torch.empty(tokens, table.shape[1]), torch.empty(tokens), torch.empty(tokens)
    targets = torch.empty(tokens, dtype=torch.long)
    done = 0
    for rows in batches([len(ids) + 1 for ids in sentences]):
        width = max(len(sentences[i]) for i in rows) + 1
        fed = np.full((len(rows), width), START_TOKEN)
        for row, i in enumerate(rows):
            fed[row, 1 : len(sentences[i]) + 1] = sentences[i]  # padding stands behind, where nothing sees it
        found = decoder.language_model.model(input_ids=torch.from_numpy(fed), use_cache=False).last_hidden_state
        for row, i in enumerate(rows):
            here = slice(starts[i], starts[i + 1])
            ids = torch.tensor([*sentences[i], END_TOKEN])
            states[here] = found[row, : len(ids)]
            scores = states[here] @ table.T  # (tokens, all)
            logits[here] = scores.gather(-1, ids.unsqueeze(-1)).squeeze(-1)
            scores[:, vocabulary] = -torch.inf
            rest[here] = scores.logsumexp(-1)
            targets[here] = place[ids]
        done += len(rows)
        progress(done)
    return Unplanned(states, targets, logits, rest, starts)
