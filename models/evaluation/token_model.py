"""Token-level language models: they go on from a text, and say how likely a sentence is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import DynamicCache, LlamaForCausalLM

from models.lcm.packing import END_TOKEN, START_TOKEN
from models.lcm.wording import OPENING

MAX_TOKENS = 48  # of a continuation
ROWS_A_RUN = 16  # continuations, or sentences, beside each other
TOKENS_A_RUN = 256  # whose logits are held at once: 50 MB


@dataclass(frozen=True)
class TokenModel:
    model: LlamaForCausalLM
    tokenizer: Tokenizer  # SmolLM2's
    window: int  # tokens that it reads and writes in all, the start token included

    def context_ids(self, text: str, room: int) -> list[int]:
        """The start token and the last tokens of a text: as many as leave room for `room` more."""
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        return [START_TOKEN, *ids[max(0, len(ids) - (self.window - room - 1)) :]]

    @torch.inference_mode()
    def log_probabilities(self, sentences: Sequence[str], context: str) -> list[np.ndarray]:
        """Nats of each token of each sentence behind one context -> for each sentence (T,), T >= 1, no end token."""
        rows = [self.tokenizer.encode(OPENING + sentence, add_special_tokens=False).ids for sentence in sentences]
        width = max(map(len, rows))
        *read, last = self.context_ids(context, width)
        cache = DynamicCache(config=self.model.config)
        if read:
            self.model.model(input_ids=torch.tensor([read]), past_key_values=cache, use_cache=True)
            cache.batch_repeat_interleave(len(rows))
        # Padding stands behind a row, where nothing that counts can see it.
        fed = torch.tensor([[last, *row, *[START_TOKEN] * (width - len(row))] for row in rows])
        states = self.model.model(input_ids=fed[:, :-1], past_key_values=cache, use_cache=True).last_hidden_state
        lengths = [len(row) for row in rows]
        wanted = torch.tensor([token for row in rows for token in row])  # (T of all rows)
        said = torch.cat([state[:length] for state, length in zip(states, lengths, strict=True)])
        rated = []
        for some, tokens in zip(said.split(TOKENS_A_RUN), wanted.split(TOKENS_A_RUN), strict=True):
            logits = self.model.lm_head(some)  # (TOKENS_A_RUN, V)
            rated.append(logits.gather(-1, tokens.unsqueeze(-1)).squeeze(-1) - logits.logsumexp(-1))
        return [each.numpy() for each in torch.cat(rated).split(lengths)]

    @torch.inference_mode()
    def go_on(
        self, prompts: Sequence[list[int]], tokens: int, progress: Callable[[int], None] = lambda done: None
    ) -> list[str]:
        """The greedy continuation of each prompt in tokens, up to `tokens` of them, ended at the end of the text."""
        found: dict[int, str] = {}
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
        for start in range(0, len(order), ROWS_A_RUN):
            rows = order[start : start + ROWS_A_RUN]
            width = len(prompts[rows[-1]])
            padding = [width - len(prompts[i]) for i in rows]
            ids = torch.tensor([[START_TOKEN] * pad + prompts[i] for i, pad in zip(rows, padding, strict=True)])
            seen = torch.tensor([[0] * pad + [1] * (width - pad) for pad in padding])
            grown = self.model.generate(  # type: ignore[misc]
                input_ids=ids,
                attention_mask=seen,
                max_new_tokens=tokens,
                do_sample=False,
                pad_token_id=START_TOKEN,
                eos_token_id=[START_TOKEN, END_TOKEN],
            )
            for i, row in zip(rows, grown[:, width:], strict=True):
                found[i] = self.tokenizer.decode(row.tolist(), skip_special_tokens=True)
            progress(len(found))
        return [found[i] for i in range(len(prompts))]
