"""SONAR as ONNX graphs with 8-bit weights: sentence encoder, plan head and decoder, as a bundle has them.

A decoder attends to one concept alone, so its softmax is 1 whatever the token asks: what a layer's cross-attention adds
is `out_proj(v_proj(concept))`, the same for each token of a sentence. The plan head makes these rows once a plan, one
behind the other; each step of the decoder is fed them as the plan's state.
"""

from __future__ import annotations

import math

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper

from ..decoder_graph import TOP_COUNT
from ..graph_builder import Builder, value
from .checkpoint import KINDS, PAD_TOKEN_ID, Tower

MAX_POSITIONS = 512  # tokens of a sentence that SONAR was trained with
EPSILON = 1e-5


class SonarBuilder(Builder):
    """What both towers are made of. `exact`: weights stay float32, to be compared with PyTorch."""

    def __init__(self, tower: Tower, exact: bool) -> None:
        super().__init__()
        self.tower, self.exact = tower, exact
        self.sizes: dict[str, tuple[int, int]] = {}
        self.known: set[str] = set()

    def integers(self, *values: int) -> str:
        """A constant (len(values),) int64, stored once."""
        name = f"integers.{'.'.join(map(str, values))}"
        if name not in self.known:
            self.constant(name, np.array(values))
            self.known.add(name)
        return name

    def weight(self, name: str) -> torch.Tensor:
        return self.tower.weights[name].float()

    def matrix(self, name: str, weight: torch.Tensor) -> None:
        """weight (N, K)."""
        self.sizes[name] = (weight.shape[0], weight.shape[1])
        if self.exact:
            self.constant(name, weight.T.contiguous().numpy())
        else:
            self.int8(name, weight)

    def times(self, x: str, matrix: str, bias: torch.Tensor | None, name: str) -> str:
        """x (..., K) -> x weight.T + bias (..., N)."""
        added = "" if bias is None else self.constant(f"{name}.bias", bias.float().numpy())
        if self.exact:
            product = self.node("MatMul", [x, matrix], f"{name}.product" if added else name)
            return self.node("Add", [product, added], name) if added else product
        out, width = self.sizes[matrix]
        attributes = {"K": width, "N": out, "bits": 8, "block_size": math.gcd(width, 128), "accuracy_level": 4}
        inputs = [x, matrix, f"{matrix}.scales", "", "", added]
        return self.node("MatMulNBits", inputs[: 6 if added else 3], name, domain="com.microsoft", **attributes)

    def linear_layer(self, x: str, *weights: str, name: str) -> str:
        """One or more linear layers of the checkpoint side by side. x (..., K) -> (..., sum of N)."""
        self.matrix(f"{name}.weight", torch.cat([self.weight(f"{each}.weight") for each in weights]))
        return self.times(x, f"{name}.weight", torch.cat([self.weight(f"{each}.bias") for each in weights]), name)

    def norm(self, x: str, weights: str, name: str) -> str:
        gamma, beta = (self.constant(f"{name}.{kind}", self.weight(f"{weights}.{kind}").numpy()) for kind in KINDS)
        return self.node("LayerNormalization", [x, gamma, beta], name, axis=-1, epsilon=EPSILON)

    def table(self) -> None:
        """The embedding's table, of which `rows_of` takes rows and a decoder's output layer is made."""
        self.matrix("table", self.weight("embed_tokens.weight"))
        if self.exact:
            self.node("Transpose", ["table"], "table.by_row", perm=[1, 0])
            return
        vocabulary, hidden = self.sizes["table"]
        block = math.gcd(hidden, 128)
        self.node("Reshape", ["table", self.constant("table.rows", np.array([vocabulary, hidden]))], "table.by_row")
        self.constant("table.zeros", np.full((vocabulary, hidden // block), 128, np.uint8))

    def rows_of(self, ids: str, name: str) -> str:
        """ids (...) -> (..., H), scaled as the towers take them."""
        if self.exact:
            rows = self.node("Gather", ["table.by_row", ids], f"{name}.rows")
        else:
            block = math.gcd(self.tower.hidden, 128)
            rows = self.looked_up(
                ids, "table.by_row", "table.scales", "table.zeros", f"{name}.rows", bits=8, block=block
            )
        return self.node(
            "Mul", [rows, self.constant("scale", np.array(math.sqrt(self.tower.hidden), np.float32))], name
        )

    def placed(self, x: str, first: str, end: str) -> str:
        """x (B, T, H) with what tells the positions first to end - 1."""
        table = self.constant("positions", positions(self.tower.hidden))
        return self.node("Add", [x, self.node("Slice", [table, first, end, self.integers(0)], "places")], "x")

    def queries_keys_values(self, x: str, layer: int) -> list[str]:
        """Those of a layer's self-attention on normed x (B, T, H), (B, T, H) each."""
        of = [f"layers.{layer}.self_attn.{part}_proj" for part in "qkv"]
        qkv = self.linear_layer(x, *of, name=f"{layer}.qkv")
        parts = [f"{layer}.{part}" for part in "qkv"]
        self.nodes.append(helper.make_node("Split", [qkv], parts, axis=-1, num_outputs=3))
        return parts

    def attention(self, x: str, layer: int, mask: str) -> str:
        """Self-attention of a layer on normed x (B, T, H)."""
        parts, heads = self.queries_keys_values(x, layer), self.tower.heads
        attended = self.node("Attention", [*parts, mask], f"{layer}.attended", q_num_heads=heads, kv_num_heads=heads)
        return self.attention_out(attended, layer)

    def attention_behind_cache(self, x: str, layer: int, mask: str) -> tuple[str, list[str]]:
        """The same behind cached positions, and the keys and values of the new ones, (K + N, B, heads, dim) each."""
        heads, dim = self.tower.heads, self.tower.hidden // self.tower.heads
        query, *others = self.queries_keys_values(x, layer)
        apart = self.integers(0, 0, heads, dim)
        rows = self.node("Reshape", [query, apart], f"{layer}.q.heads")
        parts = [self.node("Transpose", [rows], f"{layer}.q.by_head", perm=[0, 2, 1, 3])]
        new = []
        for part, name in zip(("key", "value"), others, strict=True):
            rows = self.node("Reshape", [name, apart], f"{name}.heads")
            new.append(self.node("Transpose", [rows], f"{name}.by_position", perm=[1, 0, 2, 3]))  # as the cache has it
            whole = self.node("Concat", [f"past_key_values.{layer}.{part}", new[-1]], f"{name}.all", axis=0)
            parts.append(self.node("Transpose", [whole], f"{name}.by_head", perm=[1, 2, 0, 3]))
        attended = self.node("Attention", [*parts, mask], f"{layer}.attended.by_head")
        attended = self.node("Transpose", [attended], f"{layer}.attended.heads", perm=[0, 2, 1, 3])
        attended = self.node("Reshape", [attended, self.integers(0, 0, self.tower.hidden)], f"{layer}.attended")
        return self.attention_out(attended, layer), new

    def attention_out(self, attended: str, layer: int) -> str:
        return self.linear_layer(attended, f"layers.{layer}.self_attn.out_proj", name=f"{layer}.o")

    def feed_forward(self, x: str, layer: int) -> str:
        """x + FFN(norm(x))."""
        normed = self.norm(x, f"layers.{layer}.final_layer_norm", f"{layer}.ffn_norm")
        inner = self.linear_layer(normed, f"layers.{layer}.fc1", name=f"{layer}.fc1")
        active = self.node("Relu", [inner], f"{layer}.relu")
        return self.node(
            "Add", [x, self.linear_layer(active, f"layers.{layer}.fc2", name=f"{layer}.fc2")], f"{layer}.x"
        )


def encoder_graph(tower: Tower, *, exact: bool = False) -> onnx.ModelProto:
    """input_ids, attention_mask (B, T) int64 -> concepts (B, D): the mean over tokens, of the length it has."""
    b = SonarBuilder(tower, exact)
    b.table()
    shape = b.node("Shape", ["input_ids"], "shape", start=1)  # (T,)
    x = b.placed(b.rows_of("input_ids", "embedded"), b.integers(0), shape)
    seen = b.node("Cast", ["attention_mask"], "seen", to=TensorProto.BOOL)
    keys = b.node("Unsqueeze", [seen, b.integers(1, 2)], "keys")  # (B, 1, 1, T)
    queries = b.node("Concat", [b.integers(1, 1), shape, b.integers(1)], "queries", axis=0)
    mask = b.node("Expand", [keys, queries], "mask")  # (B, 1, T, T)
    for i in range(tower.layers):
        normed = b.norm(x, f"layers.{i}.self_attn_layer_norm", f"{i}.norm")
        x = b.feed_forward(b.node("Add", [x, b.attention(normed, i, mask)], f"{i}.between"), i)
    weight = b.node("Cast", ["attention_mask"], "weight", to=TensorProto.FLOAT)
    column = b.node("Unsqueeze", [weight, b.integers(2)], "weight.column")  # (B, T, 1)
    kept = b.node("Mul", [b.norm(x, "layer_norm", "last"), column], "kept")
    total = b.node("ReduceSum", [kept, b.integers(1)], "total", keepdims=0)
    b.node("Div", [total, b.node("ReduceSum", [weight, b.integers(1)], "count", keepdims=1)], "concepts")
    ids = [value(name, ["B", "T"], TensorProto.INT64) for name in ("input_ids", "attention_mask")]
    return b.model("encoder", ids, [value("concepts", ["B", tower.hidden])])


def plan_head_graph(tower: Tower, prefix: list[int], *, exact: bool = False) -> onnx.ModelProto:
    """concepts (n, D) -> prefix (n, K, H), lexical (n, L * H): what each layer's cross-attention adds.

    prefix: ids of the K tokens that a sentence begins with, the same for every plan.
    """
    b = SonarBuilder(tower, exact)
    rows, biases = [], []
    for i in range(tower.layers):
        value_of, out = (f"layers.{i}.encoder_attn.{part}_proj" for part in ("v", "out"))
        # Two linear layers with nothing between them are one.
        rows.append(b.weight(f"{out}.weight") @ b.weight(f"{value_of}.weight"))
        biases.append(b.weight(f"{out}.weight") @ b.weight(f"{value_of}.bias") + b.weight(f"{out}.bias"))
    b.matrix("heard", torch.cat(rows))
    b.times("concepts", "heard", torch.cat(biases), "lexical")
    first = b.weight("embed_tokens.weight")[prefix] * math.sqrt(tower.hidden)
    count = b.node("Shape", ["concepts"], "count", start=0, end=1)
    sizes = b.node("Concat", [count, b.integers(*first.shape)], "sizes", axis=0)
    b.node("Expand", [b.constant("first", first.unsqueeze(0).numpy()), sizes], "prefix")
    outputs = [
        value("prefix", ["n", len(prefix), tower.hidden]),
        value("lexical", ["n", tower.layers * tower.hidden]),
    ]
    return b.model("plan_head", [value("concepts", ["n", tower.concept_dim])], outputs)


def sonar_decoder_graph(tower: Tower, *, exact: bool = False) -> onnx.ModelProto:
    """One run appends K prefix vectors (or none) and N tokens (or none, but not neither) to B rows of P positions.

    The signature is decoder_graph.py's, but for `lexical` (B, L * H), the plans' states; it leans on no logit, so that
    `top_lexical` is 0.
    """
    b = SonarBuilder(tower, exact)
    layers, hidden, heads, vocabulary = tower.layers, tower.hidden, tower.heads, tower.vocabulary
    b.table()
    joined = b.node("Concat", ["prefix", b.rows_of("input_ids", "embedded")], "joined", axis=1)  # (B, K + N, H)
    past = b.node("Shape", ["past_key_values.0.key"], "P", start=0, end=1)
    total = b.node("Add", [past, b.node("Shape", [joined], "new", start=1, end=2)], "total")
    before, behind = (b.node("Sub", [each, b.integers(1)], f"{each}.tokens") for each in (past, total))
    x = b.placed(joined, before, behind)
    zero, one = b.constant("zero", np.array(0)), b.constant("one", np.array(1))
    start, end = (b.node("Squeeze", [each, b.integers(0)], f"{each}.scalar") for each in (past, total))
    rows = b.node("Unsqueeze", [b.node("Range", [start, end, one], "rows"), b.integers(1)], "rows.column")
    columns = b.node("Range", [zero, end, one], "columns")
    earlier, token = b.node("LessOrEqual", [columns, rows], "earlier"), b.node("Greater", [columns, zero], "token")
    mask = b.node("And", [earlier, token], "mask")  # (K+N, P+K+N)
    heard = [f"{i}.heard.row" for i in range(layers)]
    b.nodes.append(helper.make_node("Split", ["lexical"], heard, axis=1, num_outputs=layers))
    news: list[str] = []
    for i in range(layers):
        attended, new = b.attention_behind_cache(b.norm(x, f"layers.{i}.self_attn_layer_norm", f"{i}.norm"), i, mask)
        news += new
        attended = b.node("Add", [x, attended], f"{i}.attended.x")
        row = b.node("Unsqueeze", [heard[i], b.integers(1)], f"{i}.heard")  # (B, 1, H)
        x = b.feed_forward(b.node("Add", [attended, row], f"{i}.between"), i)

    b.node("Concat", news, "added", axis=2)

    # The output layer is read for the last position alone.
    last = b.node("Gather", [x, b.constant("last", np.array(-1))], "last.x", axis=1)  # (B, H)
    raw = b.times(b.norm(last, "layer_norm", "state"), "table", None, "logits.raw")
    logits = b.node("Add", [raw, "logit_bias"], "logits")  # (B, V)
    b.node("ReduceLogSumExp", [logits, b.integers(1)], "log_sum_exp", keepdims=1)
    top = ["top_logits", "top_ids"]
    b.nodes.append(helper.make_node("TopK", [logits, b.integers(TOP_COUNT)], top, axis=-1, largest=1, sorted=1))
    b.node("ConstantOfShape", [b.node("Shape", ["top_logits"], "top.shape")], "top_lexical")

    cached = [f"past_key_values.{i}.{part}" for i in range(layers) for part in ("key", "value")]
    inputs = [
        value("input_ids", ["B", "N"], TensorProto.INT64),
        value("prefix", ["B", "K", hidden]),
        value("lexical", ["B", layers * hidden]),
        value("logit_bias", [1, vocabulary]),
        *(value(name, ["P", "B", heads, hidden // heads]) for name in cached),
    ]
    outputs = [
        value("top_logits", ["B", TOP_COUNT]),
        value("top_ids", ["B", TOP_COUNT], TensorProto.INT64),
        value("top_lexical", ["B", TOP_COUNT]),
        value("log_sum_exp", ["B", 1]),
        value("added", ["K+N", "B", len(cached) * heads, hidden // heads]),
    ]
    return b.model("decoder", inputs, outputs)


def positions(hidden: int) -> np.ndarray:
    """(MAX_POSITIONS, H) float32: sines, then cosines (tensor2tensor's), from the place behind the padding's on."""
    half = hidden // 2
    rates = np.exp(np.arange(half) * (-math.log(10000) / (half - 1)))
    angles = (np.arange(MAX_POSITIONS)[:, None] + PAD_TOKEN_ID + 1) * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
