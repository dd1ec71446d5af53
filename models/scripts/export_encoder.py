"""Writes the bundle's encoder: all-MiniLM-L6-v2 as an ONNX graph with 8-bit weights, and its tokenizer.

First of the pipeline: `prepare` encodes the corpus with this very graph.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from models.lcm.encoder import PooledEncoder, minilm_directory
from models.lcm.quantize import quantize_matmuls_int8

OPSET = 17


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    args = parser.parse_args()
    args.bundle.mkdir(parents=True, exist_ok=True)
    source = minilm_directory()
    example = torch.ones(2, 8, dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            PooledEncoder(source).eval(),
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
        tables = Path(folder) / "tables.onnx"
        quantize_dynamic(graph, tables, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["Gather"])
        quantize_matmuls_int8(tables, args.bundle / "encoder.onnx")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, args.bundle / f"encoder.{name}")


if __name__ == "__main__":
    main()
