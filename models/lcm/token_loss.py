"""What an LCM's conditional mean is worth to the decoder: cross-entropy of the true sentence's tokens under it.

After SONAR-LLM (arXiv:2508.05305), which trains through the whole frozen decoder. Here its states behind the text alone
are made once, and the plan is heard as the lexical state that is added to them: no pass through the decoder's layers,
neither forwards nor backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from .decoder import ConceptDecoder
from .normalizer import Normalizer
from .packing import END_TOKEN, START_TOKEN
from .two_tower import TwoTowerLCM

ROW_TOKENS = 384  # of running text in one pass
TOKENS_A_WINDOW = 384  # that the loss is a mean of


@dataclass(frozen=True)
class WordedWindow:
    """A window of a text, and what the decoder is about to say at each token of its worded sentences."""

    concepts: torch.Tensor  # (N, D) raw, unit
    states: torch.Tensor  # (M, H) float16, last hidden states without a plan
    targets: torch.Tensor  # (M,) int64
    owners: torch.Tensor  # (M,) int64: the sentence of the window that a token is of


@torch.inference_mode()
def worded_window(
    decoder: ConceptDecoder, concepts: torch.Tensor, sentences: Sequence[Sequence[int]], worded: Sequence[bool]
) -> WordedWindow:
    """sentences: each one's tokens, N of them; worded: those that count. Text is read in rows of ROW_TOKENS, each
    from the start token on, a longer sentence cut off."""
    states, targets, owners = [], [], []
    row: list[int] = []  # numbers of the sentences of one row

    def read() -> None:
        ids = [START_TOKEN, *(token for i in row for token in sentences[i])][:ROW_TOKENS]
        found = decoder.language_model.model(input_ids=torch.tensor([ids]), use_cache=False).last_hidden_state[0]
        before = 0  # the place that says the next sentence's first token
        for i in row:
            said = [*sentences[i], END_TOKEN]
            if worded[i] and before + len(said) <= len(ids):
                states.append(found[before : before + len(said)].half())
                targets.extend(said)
                owners.extend([i] * len(said))
            before += len(sentences[i])

    length = 1
    for i, sentence in enumerate(sentences):
        if row and length + len(sentence) > ROW_TOKENS:
            read()
            row, length = [], 1
        row.append(i)
        length += len(sentence)
    read()
    return WordedWindow(concepts, torch.cat(states), torch.tensor(targets), torch.tensor(owners))


class TokenLoss:
    """decoder: frozen. windows: at least one, each with at least one token."""

    def __init__(
        self, decoder: ConceptDecoder, normalizer: Normalizer, windows: Sequence[WordedWindow], seed: int
    ) -> None:
        self.head, self.table = decoder.head.requires_grad_(False), decoder.table.detach()
        self.normalizer, self.windows, self.rng = normalizer, windows, np.random.default_rng(seed)

    def __call__(self, model: TwoTowerLCM) -> torch.Tensor:
        """Nats a token, of some tokens of one window."""
        window = self.windows[int(self.rng.integers(len(self.windows)))]
        chosen = torch.from_numpy(self.rng.permutation(len(window.targets))[:TOKENS_A_WINDOW])
        mean = model.expected(self.normalizer.normalize(window.concepts).unsqueeze(0))[0]
        _, lexical = self.head(nn.functional.normalize(self.normalizer.denormalize(mean), dim=-1))  # (N, H)
        logits = (window.states[chosen].float() + lexical[window.owners[chosen]]) @ self.table.T
        return nn.functional.cross_entropy(logits, window.targets[chosen])
