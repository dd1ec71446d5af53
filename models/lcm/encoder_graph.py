"""The sentence encoder as one ONNX graph: 8-bit weights and tables, pooling inside."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from .encoder import PooledEncoder
from .quantize import quantize_matmuls_int8
from .tracing import OPSET


def write_encoder(encoder: PooledEncoder, target: Path) -> None:
    """Signature as server/src/inference/sentenceEncoder.ts has it."""
    example = torch.ones(2, 8, dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder:
        graph, tables = Path(folder) / "encoder.onnx", Path(folder) / "tables.onnx"
        torch.onnx.export(
            encoder.eval(),
            (example, example),
            str(graph),
            input_names=["input_ids", "attention_mask"],
            output_names=["concepts"],
            dynamic_axes={
                "input_ids": {0: "B", 1: "T"},
                "attention_mask": {0: "B", 1: "T"},
                "concepts": {0: "B"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(graph, tables, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["Gather"])
        quantize_matmuls_int8(tables, target)
