"""Attention of new positions to cached ones and to each other, as nodes of a graph.

Positions come first: queries (N, B, heads * dim), keys and values (N, B, kv, dim), a cache (P, B, kv, dim). The cache
is read where it lies: a product with a Transpose before it becomes one that strides (ONNX Runtime's FusedMatMul, on a
processor), and nothing is copied behind it to be attended to. Its first position is of no token and seen by none: with
an empty cache ONNX Runtime 1.30's FusedMatMul divides by zero.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from .graph_builder import Builder
from .layers import UNSEEN


class CachedAttention:
    """Heads that share keys and values are rows of one product. past, added: P >= 1 and N, (1,) int64 of the graph."""

    def __init__(self, b: Builder, past: str, added: str, heads: int, kv_heads: int, head_dim: int) -> None:
        self.b = b
        groups = heads // kv_heads
        self.parts = b.node("Concat", [past, added], "past_and_new", axis=0)
        self.by_group = b.constant("by_group", np.array([0, 0, kv_heads, groups, head_dim]))
        self.as_rows = b.constant("as_rows", np.array([0, 0, -1, head_dim]))
        self.by_row = b.constant("by_row", np.array([0, 0, -1, groups, head_dim]))
        self.as_heads = b.constant("as_heads", np.array([0, 0, heads * head_dim]))
        # What is added to the scores, (N * groups, P + N): nothing, or so much that what comes later, and the cache's
        # first position, is unseen. Floats, which accelerators compare; the shapes' integers are left to the CPU.
        total = b.node("Add", [past, added], "P+N")
        zero, one = b.constant("zero", np.array(0, np.float32)), b.constant("one", np.array(1, np.float32))
        first, last = (b.node("Squeeze", [x], f"{x}.scalar") for x in (past, total))
        first, last = (b.node("Cast", [x], f"{x}.float", to=TensorProto.FLOAT) for x in (first, last))
        columns = b.node("Range", [zero, last, one], "columns")
        places = b.node("Range", [first, last, one], "places")
        rows = b.node("Unsqueeze", [places, b.constant("axes12", np.array([1, 2]))], "rows")  # (N, 1, 1)
        unseen = b.constant("unseen.score", np.array(UNSEEN, np.float32))
        bias = b.node("Where", [b.node("Greater", [columns, rows], "later"), unseen, zero], "bias.causal")
        bias = b.node("Where", [b.node("Less", [columns, one], "no_token"), unseen, bias], "bias.rows")  # (N, 1, P + N)
        bias = b.node("Expand", [bias, b.constant("bias.repeat", np.array([1, groups, 1]))], "bias.groups")
        flat = b.node("Concat", [b.constant("bias.all", np.array([-1])), total], "bias.shape", axis=0)
        self.bias = b.node("Reshape", [bias, flat], "bias")

    def __call__(self, layer: str, query: str, key: str, value: str) -> str:
        """query: (N, B, heads * dim), scaled; key, value: of the new positions -> like query."""
        b = self.b
        rows = b.node("Reshape", [query, self.by_group], f"{layer}.q.groups")
        rows = b.node("Transpose", [rows], f"{layer}.q.by_head", perm=[1, 2, 0, 3, 4])
        rows = b.node("Reshape", [rows, self.as_rows], f"{layer}.q.rows")  # (B, kv, N * groups, dim)

        def product(left: str, right: str, perm: list[int], name: str) -> str:
            return b.node("MatMul", [left, b.node("Transpose", [right], f"{name}.right", perm=perm)], name)

        past_key, past_value = (f"past_key_values.{layer}.{part}" for part in ("key", "value"))
        seen = product(rows, past_key, [1, 2, 3, 0], f"{layer}.scores.past")
        new = product(rows, key, [1, 2, 3, 0], f"{layer}.scores.new")
        scores = b.node("Concat", [seen, new], f"{layer}.scores.all", axis=-1)
        scores = b.node("Add", [scores, self.bias], f"{layer}.scores")
        weights = [f"{layer}.weights.{side}" for side in ("past", "new")]
        split = [b.node("Softmax", [scores], f"{layer}.weights", axis=-1), self.parts]
        b.nodes.append(helper.make_node("Split", split, weights, name=f"{layer}.weights.split", axis=-1))
        seen = product(weights[0], past_value, [1, 2, 0, 3], f"{layer}.out.past")
        new = product(weights[1], value, [1, 2, 0, 3], f"{layer}.out.new")
        out = b.node("Reshape", [b.node("Add", [seen, new], f"{layer}.out"), self.by_row], f"{layer}.out.groups")
        out = b.node("Transpose", [out], f"{layer}.out.by_position", perm=[2, 0, 1, 3, 4])
        return b.node("Reshape", [out, self.as_heads], f"{layer}.attended")
