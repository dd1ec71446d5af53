"""The weights of a bundle's decoder as numbers to train on from: what the graphs hold in 4 and 8 bits, dequantized."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .quantize import BLOCK

# The graph's stacked matrices, and the language model's layers whose they are.
STACKED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "o": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}


def decoder_weights(directory: Path, like: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A ConceptDecoder's state as `directory` ships it. `like`: any state of the same decoder, for names and shapes."""
    graph = initializers(onnx.load(directory / "decoder.onnx"))
    layers = sum(name.endswith(".qkv") for name in graph)
    body = {"embed_tokens.weight": int4(graph, "table"), "norm.weight": graph[f"{layers}.input_norm.skip.gamma"]}
    for i in range(layers):
        layer = f"layers.{i}"
        for name, parts in STACKED.items():
            rows = [len(like[f"language_model.model.{layer}.{part}.weight"]) for part in parts]
            pieces = np.split(int4(graph, f"{i}.{name}"), np.cumsum(rows)[:-1])
            body |= {f"{layer}.{part}.weight": piece for part, piece in zip(parts, pieces, strict=True)}
        body[f"{layer}.input_layernorm.weight"] = graph["0.input_norm" if i == 0 else f"{i}.input_norm.skip.gamma"]
        body[f"{layer}.post_attention_layernorm.weight"] = graph[f"{i}.ffn_norm.gamma"]
    found = {f"language_model.model.{name}": value for name, value in body.items()}
    found["language_model.lm_head.weight"] = body["embed_tokens.weight"]
    found |= plan_head_weights(directory / "plan_head.onnx")
    return {name: torch.from_numpy(np.array(found[name])).reshape(value.shape) for name, value in like.items()}


def plan_head_weights(path: Path) -> dict[str, np.ndarray]:
    """Linear layers by the path that the tracer wrote into their node's name; the rest as the graph calls it."""
    model = onnx.load(path)
    graph = initializers(model)
    found = {name: value for name, value in graph.items() if name.startswith("head.")}
    for node in model.graph.node:
        if node.op_type == "MatMulNBits":
            layer = node.name.split("/")[-2]
            quantized, scales = graph[node.input[1]], graph[node.input[2]]
            blocks = (quantized.astype(np.float32) - 128) * scales.reshape(*quantized.shape[:2], 1)
            width = next(attribute.i for attribute in node.attribute if attribute.name == "K")
            found[f"head.{layer}.weight"] = blocks.reshape(len(blocks), -1)[:, :width]
    return found


def int4(graph: dict[str, np.ndarray], name: str) -> np.ndarray:
    """(N, K) float32; the counterpart of quantize.quantize_int4."""
    packed = graph[name]  # (N, K / BLOCK, BLOCK / 2)
    rows, blocks, _ = packed.shape
    values = np.stack([packed & 15, packed >> 4], axis=-1).reshape(rows, blocks, BLOCK).astype(np.float32)
    zeros = graph[f"{name}.zero_points"].reshape(rows, -1)
    zero = np.stack([zeros & 15, zeros >> 4], axis=-1).reshape(rows, -1)[:, :blocks, None]
    scales = graph[f"{name}.scales"].reshape(rows, blocks, 1)
    return ((values - zero) * scales).reshape(rows, -1)


def initializers(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
