"""The bundle's concept decoder: words plans as server/src/inference/conceptDecoder.ts, and rates given sentences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from .byte_tokenizer import ByteTokenizer
from .decoder_session import LOGITS, DecoderSession, KeyValues, PlanStates
from .wording import OPENING, NextTokens, Wording, WordingRow, allowing

CHARACTERS_PER_TOKEN = 16  # text taken for each token of context wanted: plenty
MAX_TOKENS_A_RUN = 48
ROWS_A_RUN = 4  # wordings beside each other: as many tokens a second as two cores give


class ShippedDecoder:
    def __init__(self, directory: Path, manifest: dict[str, Any], threads: int) -> None:
        decoder = manifest["decoder"]
        self.session = DecoderSession(directory, decoder, threads)
        self.context_tokens: int = decoder["contextTokens"]
        self.start: list[int] = [] if decoder["startToken"] is None else [decoder["startToken"]]
        self.end_token: int = decoder["endToken"]
        self.tokenizer = ByteTokenizer(directory / decoder["tokenizer"])
        pieces, vocabulary = self.tokenizer.pieces, decoder["vocabularySize"]
        self.free = allowing(pieces, vocabulary, self.end_token)
        self.opening = allowing(pieces, vocabulary, self.end_token, OPENING)
        self.anything = np.zeros(vocabulary, np.float32)
        self.last: tuple[list[int], KeyValues] = [], self.session.empty  # the row that was read last

    def word(self, plans: np.ndarray, context: str, max_tokens: int = 48) -> list[Wording]:
        """One wording for each plan (n, D), in the voice of the text before it."""
        past = self.read(self.context_ids(context))
        wordings: list[Wording] = []
        for start in range(0, len(plans), ROWS_A_RUN):
            wordings += self.word_beside(self.session.plan_states(plans[start : start + ROWS_A_RUN]), past, max_tokens)
        return wordings

    def word_beside(self, states: PlanStates, context: KeyValues, max_tokens: int) -> list[Wording]:
        """What is heard of n plans, worded behind a cache of one row."""
        rows = [WordingRow(self.tokenizer.pieces, self.end_token) for _ in states.lexical]
        past = context.rows([0] * len(rows))
        active, ids, bias, with_prefix = rows, np.zeros((len(rows), 0)), self.opening, True
        outputs = ["top_ids", "top_logits", "top_lexical", "log_sum_exp"]
        while active:
            found, past = self.session.step(outputs, ids, states, past, bias, with_prefix=with_prefix)
            for row, top_ids, logits, lexical, log_sum_exp in zip(active, *found, strict=True):
                row.advance(NextTokens(top_ids, logits, lexical, float(log_sum_exp[0])))
            going = [i for i, row in enumerate(active) if not row.complete and row.generated < max_tokens]
            if len(going) < len(active):
                past, states, active = past.rows(going), states.rows(going), [active[i] for i in going]
            ids, bias, with_prefix = np.array([row.tokens[-1:] for row in active]), self.free, False
        return [row.wording() for row in rows]

    def log_probabilities(self, sentence: str, context: str, plans: np.ndarray | PlanStates | None) -> np.ndarray:
        """Log-probability, in nats, of each token of a sentence, and of its end behind them, under each plan.

        plans: (n, D), or what is heard of n -> (n, T + 1); None, for no plan at all -> (1, T + 1). Raises ValueError
        for neither plans nor a start token.
        """
        tokens = [*self.tokenizer.encode(OPENING + sentence), self.end_token]
        ids = self.context_ids(context)
        if plans is None:
            if not ids:
                raise ValueError("plans is None, expected some: this decoder reads no text")
            # A run needs a prefix or a token: the context's last one waits for it.
            states, past, row = self.session.silent, self.read(ids[:-1]), ids[-1:]
        else:
            states = plans if isinstance(plans, PlanStates) else self.session.plan_states(plans)
            past, row = self.read(ids), []
        count = len(states.lexical)
        past = past.rows([0] * count)
        found = np.zeros((count, len(tokens)))
        for i, token in enumerate(tokens):
            fed = np.tile(np.array(row, np.int64), (count, 1))
            (logits, log_sum_exp), past = self.session.step(
                [LOGITS, "log_sum_exp"], fed, states, past, self.anything, with_prefix=i == 0
            )
            found[:, i] = logits[:, token] - log_sum_exp[:, 0]
            row = [token]
        return found

    def context_ids(self, context: str) -> list[int]:
        """The start token and the last words of a text; none where every sentence begins with its prefix."""
        enough = self.context_tokens * CHARACTERS_PER_TOKEN
        text = re.sub(r"\s+", " ", context[-2 * enough :] if enough else "").rstrip()
        if len(text) > enough:
            text = text[max(0, text.find(" ", len(text) - enough)) :]  # cut before a space, where tokens begin anyway
        ids = self.tokenizer.encode(text)
        return [*self.start, *ids[max(0, len(ids) - self.context_tokens) :]]

    def read(self, ids: list[int]) -> KeyValues:
        """The cache of one row of tokens. What the row before began with as well is not read again."""
        known, past = self.last
        shared = next(
            (i for i, (a, b) in enumerate(zip(known, ids, strict=False)) if a != b), min(len(known), len(ids))
        )
        past = past.first(shared)
        for start in range(shared, len(ids), MAX_TOKENS_A_RUN):
            row = np.array([ids[start : start + MAX_TOKENS_A_RUN]])
            _, past = self.session.step([], row, self.session.silent, past, self.anything)
        self.last = ids, past
        return past
