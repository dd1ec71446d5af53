"""Sentences worded greedily by the frozen language model, leaning on a lexical head's words; no context, no prefix."""

from __future__ import annotations

import torch
from transformers import DynamicCache

from models.lcm.byte_tokenizer import ByteTokenizer
from models.lcm.decoder import ConceptDecoder
from models.lcm.packing import END_TOKEN, START_TOKEN
from models.lcm.wording import OPENING, NextTokens, WordingRow, allowing

MAX_TOKENS = 48
TOP_COUNT = 32  # best tokens of a step, among which the choice is
ROWS_A_RUN = 64


@torch.inference_mode()
def worded(
    decoder: ConceptDecoder, tokenizer: ByteTokenizer, vocabulary: torch.Tensor, lexical: torch.Tensor
) -> list[str]:
    """vocabulary: (V,) int64 token ids; lexical: (n, V), added to their logits -> n texts, as the server chooses."""
    found = []
    for start in range(0, len(lexical), ROWS_A_RUN):
        leaning = torch.zeros(len(lexical[start : start + ROWS_A_RUN]), len(decoder.table))
        leaning[:, vocabulary] = lexical[start : start + ROWS_A_RUN]
        found += worded_beside(decoder, tokenizer, leaning)
    return found


def worded_beside(decoder: ConceptDecoder, tokenizer: ByteTokenizer, leaning: torch.Tensor) -> list[str]:
    """leaning: (n, all tokens)."""
    size = len(decoder.table)
    rows = [WordingRow(tokenizer.pieces, END_TOKEN) for _ in leaning]
    bias = torch.from_numpy(allowing(tokenizer.pieces, size, END_TOKEN, OPENING))
    free = torch.from_numpy(allowing(tokenizer.pieces, size, END_TOKEN))
    cache = DynamicCache(config=decoder.language_model.config)
    active, ids = rows, torch.full((len(rows), 1), START_TOKEN)
    while active:
        run = decoder.language_model.model(input_ids=ids, past_key_values=cache, use_cache=True)
        logits = run.last_hidden_state[:, -1] @ decoder.table.T + leaning + bias  # (active, all)
        top, best = logits.topk(TOP_COUNT, dim=-1)
        columns = (best, top, leaning.gather(-1, best), logits.logsumexp(-1))
        found = (column.numpy() for column in columns)
        for row, ids_of_row, logits_of_row, lexical, log_sum_exp in zip(active, *found, strict=True):
            row.advance(NextTokens(ids_of_row, logits_of_row, lexical, float(log_sum_exp)))
        going = [i for i, row in enumerate(active) if not row.complete and row.generated < MAX_TOKENS]
        if len(going) < len(active):
            cache.batch_select_indices(torch.tensor(going, dtype=torch.long))
            active, leaning = [active[i] for i in going], leaning[going]
        ids, bias = torch.tensor([row.tokens[-1:] for row in active]), free
    return [row.wording().text.strip() for row in rows]
