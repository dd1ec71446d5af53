"""ONNX graphs written node by node, with weights of 4 or 8 bits as ONNX Runtime's kernels take them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from .quantize import BLOCK, Int4, Int8, quantize_int4, quantize_int8

OPSET = 23  # the first with Attention and RotaryEmbedding


class Builder:
    """Collects nodes and initializers; every value is called by the name of the node that makes it."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(self, op: str, inputs: list[str], name: str, *, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def linear(self, x: str, weight: str, size: tuple[int, int], name: str) -> str:
        """x (..., K) -> (..., N), with the int4 weight that `int4` named."""
        inputs = [x, weight, f"{weight}.scales", f"{weight}.zero_points"]
        out, width = size
        attributes = {"K": width, "N": out, "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
        return self.node("MatMulNBits", inputs, name, domain="com.microsoft", **attributes)

    def looked_up(
        self, ids: str, table: str, scales: str, zero_points: str, name: str, *, bits: int, block: int
    ) -> str:
        """ids (...) -> the rows (..., K) of a table (V, K) whose blocks of `block` weights have `bits` bits."""
        attributes = {"bits": bits, "block_size": block, "gather_axis": 0, "quantize_axis": 1}
        inputs = [table, ids, scales, zero_points]
        return self.node("GatherBlockQuantized", inputs, name, domain="com.microsoft", **attributes)

    def int4(self, name: str, weight: np.ndarray) -> Int4:
        quantized = quantize_int4(torch.from_numpy(weight))
        self.constant(name, quantized.packed)
        self.constant(f"{name}.scales", quantized.scales.reshape(-1))
        self.constant(f"{name}.zero_points", quantized.zero_points.reshape(-1))
        return quantized

    def int8(self, name: str, weight: torch.Tensor) -> Int8:
        quantized = quantize_int8(weight)
        self.constant(name, quantized.values)
        self.constant(f"{name}.scales", quantized.scales)
        return quantized

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.initializers)
        imports = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=11, producer_name="foresay")


def value(name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    """An input or output; a string is a size that differs from run to run."""
    return helper.make_tensor_value_info(name, kind, shape)
