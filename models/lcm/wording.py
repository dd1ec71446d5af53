"""One wording as it grows, with nothing typed before it: the greedy choice of server/src/inference/wordingRow.ts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .byte_pieces import text_of_bytes

FORBIDDEN = np.float32(-1e9)  # added to the logit of a token that must not come
OPENING = " "  # sentences were trained with a space before them: the first token begins with it


@dataclass(frozen=True)
class Wording:
    text: str
    log_probability: float  # mean of the tokens, in nats
    complete: bool  # the decoder ended the sentence itself


@dataclass(frozen=True)
class NextTokens:
    """The best next tokens of one row, by falling logit. All (top,) but the last."""

    ids: np.ndarray
    logits: np.ndarray
    lexical: np.ndarray  # the part of each logit that the lexical head added
    log_sum_exp: float


class WordingRow:
    """`pieces`: each token's bytes. A used token's lexical bonus is spent; no run of three tokens comes twice."""

    def __init__(self, pieces: Mapping[int, str], end_token: int) -> None:
        self.pieces, self.end_token = pieces, end_token
        self.tokens: list[int] = []
        self.trigrams: set[tuple[int, ...]] = set()
        self.spelled = ""
        self.generated = 0
        self.log_probability = 0.0
        self.complete = False

    def advance(self, following: NextTokens) -> None:
        """Takes the best next token that is allowed here; the end of the sentence where none is."""
        best: tuple[int, float] | None = None
        for token, logit, lexical in zip(following.ids, following.logits, following.lexical, strict=True):
            spent = max(0.0, float(lexical)) if token in self.tokens else 0.0
            value = float(logit) - spent
            if best and value <= best[1]:
                continue
            if logit < FORBIDDEN / 2 or (*self.tokens[-2:], token) in self.trigrams:
                continue
            if not self.tokens and not self.pieces.get(token, "").startswith(OPENING):
                continue
            best = (int(token), value)
        token, value = best or (self.end_token, float(following.logits.min()))
        self.take(token, min(0.0, value - following.log_sum_exp))

    def take(self, token: int, log_probability: float) -> None:
        self.generated += 1
        self.log_probability += log_probability
        if token == self.end_token:
            self.complete = True
            return
        self.tokens.append(token)
        self.spelled += self.pieces.get(token, "")
        if len(self.tokens) >= 3:
            self.trigrams.add(tuple(self.tokens[-3:]))

    def wording(self) -> Wording:
        text = text_of_bytes(self.spelled[len(OPENING) :])
        if not self.complete:
            text = re.sub("\ufffd+$", "", text)  # a character that was cut in the middle of its bytes is left out
        return Wording(text, self.log_probability / max(1, self.generated), self.complete)


def may_stand_in_sentence(piece: str) -> bool:
    """No line break, no run of white space."""
    return not re.search(r"[\n\r\t\v\f]| {2}", piece)


def allowing(pieces: Mapping[int, str], vocabulary: int, end_token: int, opening: str = "") -> np.ndarray:
    """-> (V,) float32: 0 for tokens that may come and begin with `opening`, else FORBIDDEN; no opening, the end too."""
    bias = np.full(vocabulary, FORBIDDEN, np.float32)
    for token, piece in pieces.items():
        if piece.startswith(opening) and may_stand_in_sentence(piece):
            bias[token] = 0
    if not opening:
        bias[end_token] = 0
    return bias
