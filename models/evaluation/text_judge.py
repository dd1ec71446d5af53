"""How likely a sentence is to a language model: behind its context, alone, and by the frequency of its tokens alone.

The LCM paper asks GPT-2 (section 2.4); here it is SmolLM2-135M-Instruct, which no LCM is trained on and the decoder
started from: absolute values are not the paper's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.lcm.wording import OPENING

from .token_model import ROWS_A_RUN, TokenModel

NOTHING_BEFORE = "\n"  # what the paper's code puts before a sentence that is to stand alone
SENTENCES_BEFORE = 10  # that mutual information looks back to


@dataclass(frozen=True)
class Rating:
    """Log-probabilities of a sentence in nats, summed over its tokens."""

    behind: float  # its context
    alone: float
    unigram: float
    tokens: int

    @property
    def information(self) -> float:
        """Mutual information with the context, summed over the tokens (LCM paper, section 2.4)."""
        return self.behind - self.alone

    @property
    def acceptability(self) -> float:
        return slor(self.alone, self.unigram, self.tokens)


def slor(alone: float, unigram: float, tokens: int) -> float:
    """Log-probability less the unigrams', nats a token (Pauls & Klein 2012; Lau et al. 2017).

    It stands where the LCM paper has a classifier trained on CoLA, and is none: it hears fluency alone.
    """
    return (alone - unigram) / tokens


class TextJudge:
    def __init__(self, model: TokenModel, texts: Iterable[str]) -> None:
        """texts: what the frequencies of tokens are counted on."""
        self.model = model
        counts = np.ones(model.model.config.vocab_size)  # no token is impossible
        for encoding in model.tokenizer.encode_batch([OPENING + text for text in texts], add_special_tokens=False):
            np.add.at(counts, encoding.ids, 1)
        self.unigrams = np.log(counts / counts.sum())

    def rate(self, sentences: Sequence[str], context: Sequence[str]) -> list[Rating]:
        """Each sentence behind the same sentences."""
        behind = self.model.log_probabilities(sentences, " ".join(context))
        alone = self.model.log_probabilities(sentences, NOTHING_BEFORE)
        found = []
        for sentence, with_context, without in zip(sentences, behind, alone, strict=True):
            unigram = self.unigram(sentence)
            found.append(Rating(float(with_context.sum()), float(without.sum()), unigram, len(without)))
        return found

    def acceptability(
        self, sentences: Sequence[str], progress: Callable[[int], None] = lambda done: None
    ) -> list[float]:
        """Of each sentence; those of like length are read together."""
        found: dict[int, float] = {}
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
        for start in range(0, len(order), ROWS_A_RUN):
            rows = order[start : start + ROWS_A_RUN]
            alone = self.model.log_probabilities([sentences[i] for i in rows], NOTHING_BEFORE)
            for i, each in zip(rows, alone, strict=True):
                found[i] = slor(float(each.sum()), self.unigram(sentences[i]), len(each))
            progress(len(found))
        return [found[i] for i in range(len(sentences))]

    def unigram(self, sentence: str) -> float:
        """Log-probability of the sentence's tokens by their frequencies."""
        ids = self.model.tokenizer.encode(OPENING + sentence, add_special_tokens=False).ids
        return float(self.unigrams[ids].sum())
