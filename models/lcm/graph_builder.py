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

    def cached(self, new: str, past: str, present: str, heads: int, dim: int) -> str:
        """New keys or values (B, N, heads * dim) behind `past` (P, B, heads, dim), as `present` (P + N, B, heads, dim).

        Gives them as attention takes them, (B, heads, P + N, dim). A cache by positions grows at its end: whoever keeps
        one needs only write what is new behind it.
        """
        apart = self.constant(f"{present}.heads", np.array([0, 0, heads, dim]))
        by_row = self.node("Reshape", [new, apart], f"{present}.new")
        by_position = self.node("Transpose", [by_row], f"{present}.new_by_position", perm=[1, 0, 2, 3])
        self.node("Concat", [past, by_position], present, axis=0)
        return self.node("Transpose", [present], f"{present}.by_head", perm=[1, 2, 0, 3])

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.initializers)
        imports = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=11, producer_name="foresay")


def value(name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    """An input or output; a string is a size that differs from run to run."""
    return helper.make_tensor_value_info(name, kind, shape)
