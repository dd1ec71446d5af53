"""The sentence encoder as two ONNX graphs, for processors and for accelerators, and the 8-bit weights they share.

A processor multiplies integers, as MatMulIntegerToFloat has it: a column of weights has one scale, and so has a
token's row of activations, so that no vector depends on what is encoded beside it. Activations have 7 bits: of 8 by 8
bits, the sum of two products is more than the 16 bits that it gets where there is AVX2 alone, and is clipped. So that 7
are enough, each channel is first moved and scaled to what it is in texts, -1..1, which weights and bias undo
(SmoothQuant, arXiv:2211.10438, with migration strength 1, and centred).

Accelerators have no such product: there the same weights are MatMulNBits', beside activations in float32.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import nn
from transformers.models.bert.modeling_bert import BertEmbeddings

from .activation_ranges import Range
from .encoder import PooledEncoder
from .graph_builder import Builder, value
from .layers import UNSEEN
from .quantize import BLOCK_INT8, quantize_columns, quantize_int8
from .sentence_encoder import MAX_TOKENS
from .tracing import share_weights

ENCODER_FILES = ("encoder.onnx", "encoder.accelerator.onnx", "encoder.bin")
LEVELS = 63  # of 7 bits, on either side of ZERO
ZERO = 64
GELU_FLOOR = -0.17  # GELU is nowhere less


@torch.no_grad()
def write_encoder(encoder: PooledEncoder, ranges: Mapping[str, Range], directory: Path) -> None:
    """Writes ENCODER_FILES, with the signature of server/src/inference/sentenceEncoder.ts.

    ranges: see `WatchedEncoder`.
    """
    processor, accelerator, weights = ENCODER_FILES
    graphs = {
        processor: encoder_graph(ProcessorBuilder(), encoder, ranges),
        accelerator: encoder_graph(AcceleratorBuilder(), encoder, ranges),
    }
    share_weights(graphs, directory, weights)


class EncoderBuilder(Builder, ABC):
    """What both graphs have in common; tokens are rows, (B * T, H), but for the attention."""

    def integers(self, name: str, *values: int) -> str:
        return self.constant(name, np.array(values))

    def floats(self, name: str, values: torch.Tensor | float) -> str:
        return self.constant(name, torch.as_tensor(values, dtype=torch.float32).detach().numpy())

    @abstractmethod
    def affine(
        self, x: str, weight: torch.Tensor, bias: torch.Tensor, name: str, *, floor: float | None = None
    ) -> tuple[str, torch.Tensor]:
        """x (R, K) -> x weight.T (R, N), and the bias (N,) that is still to be added; weight: (N, K).

        floor: what no x is less than, where they are not around 0.
        """

    def norm(self, x: str, norm: nn.LayerNorm, name: str, *, beside: tuple[str, torch.Tensor] | None = None) -> str:
        """LayerNorm of x; beside: of x + the residual + the bias (H,), the two of them."""
        weights = [self.floats(f"{name}.weight", norm.weight), self.floats(f"{name}.bias", norm.bias)]
        if beside is None:
            return self.node("LayerNormalization", [x, *weights], name, axis=-1, epsilon=norm.eps)
        residual, bias = beside
        inputs = [x, residual, *weights, self.floats(f"{name}.added", bias)]
        return self.node("SkipLayerNormalization", inputs, name, domain="com.microsoft", epsilon=norm.eps)

    def affine_within(
        self, x: str, weight: torch.Tensor, bias: torch.Tensor, within: Range, name: str
    ) -> tuple[str, torch.Tensor]:
        """The same by way of channels that lie in -1..1."""
        scaled = self.node("Mul", [x, self.floats(f"{name}.scale", 1 / within.half)], f"{name}.scaled")
        moved = self.node("Add", [scaled, self.floats(f"{name}.shift", -within.middle / within.half)], f"{name}.moved")
        return self.affine(moved, weight * within.half, bias + weight @ within.middle, name)


class ProcessorBuilder(EncoderBuilder):
    """Products of integers."""

    def __init__(self) -> None:
        super().__init__()
        self.floats("one", 1.0)
        self.integers("channels", -1)
        for name, levels, zero in (("around", LEVELS, ZERO), ("above", 2 * LEVELS + 1, 0)):
            self.floats(f"levels.{name}", float(levels))
            self.constant(f"zero.{name}", np.array(zero, np.uint8))

    def affine(
        self, x: str, weight: torch.Tensor, bias: torch.Tensor, name: str, *, floor: float | None = None
    ) -> tuple[str, torch.Tensor]:
        values, scales = quantize_columns(weight)
        if floor is None:
            kind, levels = "around", LEVELS
            size = self.node("Abs", [x], f"{name}.size")
        else:
            kind, levels = "above", 2 * LEVELS + 1
            size = x = self.node("Sub", [x, self.floats(f"{name}.floor", floor)], f"{name}.above")
            bias = bias + floor * (values.sum(1) * scales)
        # A row of zeros has an infinite factor, and whatever integers come of it are multiplied by 0 in the end.
        most = self.node("ReduceMax", [size, "channels"], f"{name}.most", keepdims=1)
        factor = self.node("Div", [f"levels.{kind}", most], f"{name}.factor")
        scaled = self.node("Mul", [x, factor], f"{name}.levels")
        integers = self.node("QuantizeLinear", [scaled, "one", f"zero.{kind}"], f"{name}.integers")
        columns = self.constant(f"{name}.weight", values.T.numpy())
        inputs = [integers, columns, "one", self.floats(f"{name}.weight.scales", scales / levels), f"zero.{kind}"]
        sums = self.node("MatMulIntegerToFloat", inputs, f"{name}.sums", domain="com.microsoft")
        return self.node("Mul", [sums, most], name), bias


class AcceleratorBuilder(EncoderBuilder):
    """Products of bytes and floats, of which the bytes are made of the processor's when the graph is opened."""

    def affine(
        self, x: str, weight: torch.Tensor, bias: torch.Tensor, name: str, *, floor: float | None = None
    ) -> tuple[str, torch.Tensor]:
        values, scales = quantize_columns(weight)
        out, width = weight.shape
        block = math.gcd(width, BLOCK_INT8)
        columns = self.constant(f"{name}.weight", values.T.numpy())
        rows = self.node("Transpose", [columns], f"{name}.rows", perm=[1, 0])
        wide = self.node("Cast", [rows], f"{name}.wide", to=TensorProto.FLOAT)
        above = self.node("Add", [wide, self.floats(f"{name}.zero", 128.0)], f"{name}.above")  # which stands for 0
        small = self.node("Cast", [above], f"{name}.bytes", to=TensorProto.UINT8)
        shape = self.integers(f"{name}.shape", out, width // block, block)
        blocks = self.node("Reshape", [small, shape], f"{name}.blocks")
        each = self.floats(f"{name}.scales", scales[:, None].expand(-1, width // block))
        attributes = {"K": width, "N": out, "bits": 8, "block_size": block}
        return self.node("MatMulNBits", [x, blocks, each], name, domain="com.microsoft", **attributes), bias


def encoder_graph(graph: EncoderBuilder, encoder: PooledEncoder, ranges: Mapping[str, Range]) -> onnx.ModelProto:
    """input_ids, attention_mask: (B, T) int64 -> concepts (B, H) unit; T is at most MAX_TOKENS."""
    body = encoder.body
    hidden, heads = body.config.hidden_size, body.config.num_attention_heads
    rows = graph.integers("by.token", -1, hidden)
    graph.node("Shape", ["input_ids"], "shape")
    by_text = graph.node("Concat", ["shape", graph.integers("hidden", hidden)], "by.text", axis=0)
    by_head = graph.node("Concat", ["shape", graph.integers("hidden.thrice", 3 * hidden)], "by.head", axis=0)

    x = graph.norm(embedded(graph, body.embeddings), body.embeddings.LayerNorm, "embedded")
    x = graph.node("Reshape", [x, rows], "tokens")
    unseen = attention_bias(graph)
    for i, layer in enumerate(body.encoder.layer):
        own, out = layer.attention.self, layer.attention.output
        parts = (own.query, own.key, own.value)
        weight, bias = (torch.cat([getattr(part, kind) for part in parts]) for kind in ("weight", "bias"))
        qkv, bias = graph.affine_within(x, weight, bias, ranges[f"{i}.attention"], f"{i}.qkv")
        names = [f"{i}.{part}" for part in ("query", "key", "value")]
        qkv = graph.node("Reshape", [qkv, by_head], f"{i}.qkv.by.text")
        graph.nodes.append(helper.make_node("Split", [qkv], names, axis=-1, num_outputs=3))
        attended = graph.node(
            "MultiHeadAttention",
            [*names, graph.floats(f"{i}.qkv.bias", bias), "", unseen],
            f"{i}.attended.by.text",
            domain="com.microsoft",
            num_heads=heads,
        )
        attended = graph.node("Reshape", [attended, rows], f"{i}.attended")
        added, bias = graph.affine(attended, out.dense.weight, out.dense.bias, f"{i}.out")
        x = graph.norm(added, out.LayerNorm, f"{i}.heard", beside=(x, bias))

        inner, outer = layer.intermediate.dense, layer.output.dense
        wide, bias = graph.affine_within(x, inner.weight, inner.bias, ranges[f"{i}.feed_forward"], f"{i}.inner")
        bias_name = graph.floats(f"{i}.inner.bias", bias)
        active = graph.node("BiasGelu", [wide, bias_name], f"{i}.active", domain="com.microsoft")
        added, bias = graph.affine(active, outer.weight, outer.bias, f"{i}.outer", floor=GELU_FLOOR)
        x = graph.norm(added, layer.output.LayerNorm, f"{i}.said", beside=(x, bias))
    pooled(graph, graph.node("Reshape", [x, by_text], "states"))
    ids = [value(name, ["B", "T"], TensorProto.INT64) for name in ("input_ids", "attention_mask")]
    return graph.model("encoder", ids, [value("concepts", ["B", hidden])])


def embedded(graph: EncoderBuilder, embeddings: BertEmbeddings) -> str:
    """What the tokens and their places are, (B, T, H), before it is normalized."""
    quantized = quantize_int8(embeddings.word_embeddings.weight)
    size, blocks, block = quantized.values.shape
    table = graph.constant("words.table", quantized.values.reshape(size, blocks * block))
    scales = graph.constant("words.scales", quantized.scales)
    zeros = graph.constant("words.zeros", np.full((size, blocks), 128, np.uint8))
    words = graph.looked_up("input_ids", table, scales, zeros, "words", bits=8, block=block)
    kind = embeddings.token_type_embeddings.weight[0]
    all_places = graph.floats("places.table", embeddings.position_embeddings.weight[:MAX_TOKENS] + kind)
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    places = graph.node("Slice", [all_places, graph.integers("first", 0), length, "first"], "places")
    return graph.node("Add", [words, places], "words.placed")


def attention_bias(graph: EncoderBuilder) -> str:
    """Of padding: (B, 1, T, T). By the mask's 0 and 1: accelerators look up in a table, but cast no int64."""
    scores = graph.node("Gather", [graph.floats("unseen", torch.tensor([UNSEEN, 0.0])), "attention_mask"], "scores")
    scores = graph.node("Unsqueeze", [scores, graph.integers("scores.axes", 1, 2)], "scores.of.texts")
    texts = graph.node("Shape", ["input_ids"], "texts", start=0, end=1)
    shape = graph.node("Concat", [texts, graph.integers("alike", 1), "length", "length"], "scores.shape", axis=0)
    return graph.node("Expand", [scores, shape], "scores.of.heads")


def pooled(graph: EncoderBuilder, states: str) -> None:
    """The mean of a text's states, at unit length."""
    seen = graph.node("Gather", [graph.floats("seen", torch.tensor([0.0, 1.0])), "attention_mask"], "seen.tokens")
    seen = graph.node("Unsqueeze", [seen, graph.integers("last", 2)], "seen.states")
    kept = graph.node("Mul", [states, seen], "states.kept")
    total = graph.node("ReduceSum", [kept, graph.integers("tokens.axis", 1)], "total", keepdims=0)
    length = graph.node("ReduceL2", [total, graph.integers("total.axis", -1)], "total.length", keepdims=1)
    graph.node("Div", [total, length], "concepts")
