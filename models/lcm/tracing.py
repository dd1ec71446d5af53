"""PyTorch modules as ONNX graphs with 8-bit weights, and graphs that share one file of weights."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, numpy_helper
from torch import nn

from .quantize import quantize_matmuls_int8

OPSET = 17


def traced(
    module: nn.Module, example: tuple[torch.Tensor, ...], inputs: dict[str, dict[int, str]], outputs: list[str]
) -> onnx.ModelProto:
    """Exports a module, its linear layers with 8-bit weights; those must see (1, n, K), as (n, K) becomes a Gemm."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of shapes that are dynamic on purpose
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "int8.onnx"
        torch.onnx.export(
            module.eval(),
            example,
            str(plain),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=inputs,
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_matmuls_int8(plain, small)
        return onnx.load(small)


def share_weights(graphs: dict[str, onnx.ModelProto], directory: Path, data: str) -> None:
    """Writes the graphs with their weights in one file beside them; what two graphs share is stored once."""
    places: dict[bytes, tuple[int, int]] = {}
    blob = bytearray()
    for model in graphs.values():
        for tensor in model.graph.initializer:
            raw = tensor.raw_data or numpy_helper.to_array(tensor).tobytes()
            if len(raw) < 1024:
                continue
            if raw not in places:
                blob.extend(b"\0" * (-len(blob) % 4096))  # aligned, so that the file can be mapped
                places[raw] = (len(blob), len(raw))
                blob.extend(raw)
            offset, length = places[raw]
            kind, dims, name = tensor.data_type, list(tensor.dims), tensor.name
            tensor.Clear()
            tensor.name, tensor.data_type = name, kind
            tensor.dims.extend(dims)
            tensor.data_location = TensorProto.EXTERNAL
            for key, entry in (("location", data), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(entry))
    (directory / data).write_bytes(blob)
    for name, model in graphs.items():
        (directory / name).write_bytes(model.SerializeToString())
