"""The weights of a bundle as numbers to train on from: what the graphs hold in 4 and 8 bits, dequantized."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .bundle import MANIFEST
from .config import LCMConfig
from .decoder import ConceptDecoder, smollm2_config, unfilled
from .lcm_export import LCM_FILES
from .normalizer import Normalizer
from .roles import ROLES
from .two_tower import TwoTowerLCM

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


def shipped_decoder(directory: Path) -> ConceptDecoder:
    """The concept decoder that `directory` ships, which is of SmolLM2's size, or of some of its layers."""
    layers = json.loads((directory / MANIFEST).read_text())["decoder"]["layers"]
    decoder = ConceptDecoder(unfilled(smollm2_config(layers)))
    decoder.load_state_dict(decoder_weights(directory, decoder.state_dict()))
    return decoder


def plan_head_weights(path: Path) -> dict[str, np.ndarray]:
    """Linear layers by the path that the tracer wrote into their node's name; the rest as the graph calls it."""
    model = onnx.load(path)
    found = {name: value for name, value in initializers(model).items() if name.startswith("head.")}
    for node, weight in int8(model):
        found[f"head.{node.split('/')[-2]}.weight"] = weight
    return found


def shipped_lcm(directory: Path) -> tuple[TwoTowerLCM, Normalizer]:
    """The two-tower that `directory` ships, which is of the size that `train` makes, and what normalizes for it."""
    model = TwoTowerLCM(LCMConfig())
    manifest = json.loads((directory / MANIFEST).read_text())
    take_lcm_weights(model, directory, manifest["lcm"].get("roles"))
    space = manifest["normalizer"]
    return model, Normalizer.restored({name: torch.tensor(space[name]) for name in ("center", "scale")})


@torch.no_grad()
def take_lcm_weights(model: TwoTowerLCM, directory: Path, roles: Mapping[str, list[float]] | None) -> None:
    """Gives `model` the weights of the two-tower of its size that `directory` ships; roles: the manifest's, if any.

    Of timestep encoder and modulations a bundle has nothing but the table that they make. It has fewer rows than the
    encoder's width, so the modulations are solved for the timestep encoder of `model`, and the table is as it was.
    """
    _, sampler, expectation, _ = LCM_FILES
    graph = onnx.load(directory / expectation)
    found = {name.removeprefix("model."): value for name, value in initializers(graph).items() if "model." in name}
    layer = 0
    for node, weight in int8(graph):
        name = ".".join(node.split("/")[1:-1])
        if name.startswith("cross_key_value"):  # projected outside of the denoiser's own path, layer by layer
            name, layer = f"denoiser.layers.{layer}.cross_key_value", layer + 1
        found[f"{name}.weight"] = weight
    weights = model.state_dict() | {name: torch.from_numpy(np.array(value)) for name, value in found.items()}
    model.load_state_dict(weights)
    table = torch.from_numpy(np.array(initializers(onnx.load(directory / sampler))["step/table"]))  # (T, Ld, 9M)
    hidden = model.denoiser.timestep_states().double()  # (T, M)
    inputs = torch.cat([hidden, torch.ones(len(hidden), 1, dtype=torch.float64)], dim=1)
    for i, block in enumerate(model.denoiser.blocks):
        solved = torch.linalg.lstsq(inputs, table[:, i].double(), driver="gelsd").solution.float()  # (M + 1, 9M)
        block.modulation.weight.copy_(solved[:-1].T)
        block.modulation.bias.copy_(solved[-1])
    if roles:
        model.roles.copy_(torch.tensor([roles[name] for name in ROLES]))


def int8(model: onnx.ModelProto) -> Iterator[tuple[str, np.ndarray]]:
    """Each 8-bit product's name, and its weight (N, K) float32; the counterpart of quantize.quantize_matmuls_int8."""
    graph = initializers(model)
    for node in model.graph.node:
        if node.op_type == "MatMulNBits":
            quantized, scales = graph[node.input[1]], graph[node.input[2]]
            blocks = (quantized.astype(np.float32) - 128) * scales.reshape(*quantized.shape[:2], 1)
            width = next(attribute.i for attribute in node.attribute if attribute.name == "K")
            yield node.name, blocks.reshape(len(blocks), -1)[:, :width]


def int4(graph: dict[str, np.ndarray], name: str) -> np.ndarray:
    """(N, K) float32; the counterpart of quantize.quantize_int4."""
    packed = graph[name]  # (N, K / block, block / 2)
    rows, blocks, _ = packed.shape
    values = np.stack([packed & 15, packed >> 4], axis=-1).reshape(rows, blocks, -1).astype(np.float32)
    zeros = graph[f"{name}.zero_points"].reshape(rows, -1)
    zero = np.stack([zeros & 15, zeros >> 4], axis=-1).reshape(rows, -1)[:, :blocks, None]
    scales = graph[f"{name}.scales"].reshape(rows, blocks, 1)
    return ((values - zero) * scales).reshape(rows, -1)


def initializers(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
