"""smaLlama, the token-level yardstick (LCM paper, section 2.4): a Llama of as many parameters as the LCMs have.

It reads SmolLM2's tokens; its one table of embeddings, input and output, is half of its parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

from .data import SEPARATOR, ConceptDocument
from .packing import END_TOKEN, START_TOKEN

VOCABULARY = 49152  # SmolLM2's
CONTEXT = 512  # tokens, in training and after it


def empty() -> LlamaForCausalLM:
    """24.8 million parameters, random."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=256,
            intermediate_size=720,
            num_hidden_layers=15,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            bos_token_id=START_TOKEN,
            eos_token_id=END_TOKEN,
        )
    )


def restored(weights: Mapping[str, torch.Tensor]) -> LlamaForCausalLM:
    """What a checkpoint of models.scripts.train_smallama holds, ready to run."""
    model = empty()
    model.load_state_dict(weights)
    return model.eval()


def stream(documents: Sequence[ConceptDocument], tokenizer: Tokenizer) -> np.ndarray:
    """All documents behind each other -> (N,) uint16: the LCM's training text, and its order, in tokens.

    A document is [start], its sentences, and, where there is an abstract, the separator, the abstract and [end].
    """
    found: list[np.ndarray] = []
    for document in documents:
        count = document.body.stop - document.body.start
        body, summary = document.sentences[:count], document.sentences[count:]
        pieces = [*body, SEPARATOR, *summary] if summary else body
        ids = tokenizer.encode("".join(f" {piece}" for piece in pieces), add_special_tokens=False).ids
        found.append(np.array([START_TOKEN, *ids, *([END_TOKEN] if summary else [])], np.uint16))
    return np.concatenate(found)


def batches(tokens: np.ndarray, rows: int, seed: int) -> Iterator[torch.Tensor]:
    """Endless batches (rows, CONTEXT + 1) int64 of a stream: pieces of it in random order, cut anew each time through.

    Raises ValueError for a stream that is shorter than one batch.
    """
    width = CONTEXT + 1
    if len(tokens) < (rows + 1) * width:
        raise ValueError(f"{len(tokens)} tokens, expected at least {(rows + 1) * width} for batches of {rows} rows")
    rng = np.random.default_rng(seed)
    while True:
        starts = rng.permutation(np.arange(rng.integers(width), len(tokens) - width + 1, width))
        for first in range(0, len(starts) - rows + 1, rows):
            batch = np.stack([tokens[start : start + width] for start in starts[first : first + rows]])
            yield torch.from_numpy(batch.astype(np.int64))


def loss(model: LlamaForCausalLM, batch: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy, nats a token. batch: (B, T + 1) int64 -> ()."""
    logits = model(input_ids=batch[:, :-1], use_cache=False).logits  # (B, T, V)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), batch[:, 1:].flatten())
