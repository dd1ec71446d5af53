"""The token loss of an LCM's plans through the decoder's layers, by prefix and lexical state (SONAR-LLM).

Where the decoder learns with the LCM, it does so on its int4 values, as in `train_decoder`, and hears the true concepts
beside the plans, lest it forget them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from .concept_noise import noised
from .decoder import ConceptDecoder
from .normalizer import Normalizer
from .packing import Sentence, pack, places
from .quantize import QuantizationAware
from .token_loss import SaidWindow, plans_of
from .two_tower import TwoTowerLCM

ROW_PLACES = 384  # of one packed row


class LayerLoss:
    """decoder: frozen, or learning but for its table. sampler: as TokenLoss has it. windows: at least one, each with at
    least one worded sentence that a row has room for."""

    def __init__(
        self,
        decoder: ConceptDecoder,
        normalizer: Normalizer,
        sampler: Mapping[str, float] | None,
        windows: Sequence[SaidWindow],
        seed: int,
        *,
        decoder_learns: bool = False,
    ) -> None:
        self.decoder = decoder.requires_grad_(decoder_learns)
        decoder.table.requires_grad_(False)
        self.quantization = QuantizationAware(decoder.language_model.parameters()) if decoder_learns else None
        self.normalizer, self.sampler, self.windows = normalizer, sampler, windows
        self.rng = np.random.default_rng(seed)
        self.generator = torch.Generator().manual_seed(seed)

    @property
    def learned(self) -> list[nn.Parameter]:
        """Of the decoder."""
        if self.quantization is None:
            return []
        return [*self.quantization.learned, *self.decoder.head.parameters()]

    @property
    def kept(self) -> dict[str, Mapping[str, torch.Tensor]]:
        """What has learned, for a checkpoint: views of what goes on learning."""
        return {"decoder": self.quantization.state_of(self.decoder)} if self.quantization else {}

    @torch.no_grad()
    def go_on(self, kept: Mapping[str, Mapping[str, torch.Tensor]]) -> None:
        for name, value in self.kept["decoder"].items():
            value.copy_(kept["decoder"][name])

    def __call__(self, model: TwoTowerLCM) -> torch.Tensor:
        """Nats a token of some successive sentences of one window: the mean over the plans, conditional mean and
        sample, and true concepts where the decoder learns."""
        window = self.windows[int(self.rng.integers(len(self.windows)))]
        row, at = self.row(window)
        concepts = [*plans_of(model, self.normalizer, self.sampler, window)[:, at]]
        if self.quantization:
            self.quantization.quantize()
            concepts.append(noised(window.concepts[at], self.generator))
        logits, targets = self.decoder.logits(pack(renumbered(row, len(concepts)), ROW_PLACES), torch.cat(concepts))
        return nn.functional.cross_entropy(logits, targets)

    def row(self, window: SaidWindow) -> tuple[list[Sentence], list[int]]:
        """Sentences from some one on, as many as there is room for, and the places of those that are worded."""
        while True:
            row: list[Sentence] = []
            at: list[int] = []
            taken = 1
            for i in range(int(self.rng.integers(len(window.sentences))), len(window.sentences)):
                place = window.places[i]
                sentence = Sentence(window.sentences[i], place is not None, None if place is None else len(at), True)
                taken += places(sentence)
                if taken > ROW_PLACES:
                    break
                row.append(sentence)
                if place is not None:
                    at.append(place)
            if at:
                return row, at


def renumbered(row: Sequence[Sentence], times: int) -> list[list[Sentence]]:
    """The row so many times, each with plans of its own."""
    count = sum(sentence.branch for sentence in row)
    return [[s if s.plan is None else replace(s, plan=s.plan + repeat * count) for s in row] for repeat in range(times)]
