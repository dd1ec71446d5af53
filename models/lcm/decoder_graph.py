"""The concept decoder as one ONNX graph: int4 weights, key-value cache, the best next tokens as its answer.

One run appends K prefix vectors (or none) and N tokens (or none, but not neither) to B rows of P cached positions, the
first of which is of no token. What is new in the cache comes back (`added`: each layer's keys, then its values, layer
behind layer), to be put behind it.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from .cached_attention import CachedAttention
from .decoder import ConceptDecoder
from .graph_builder import Builder, value
from .quantize import BLOCK

MAX_POSITIONS = 1024  # of the rotary tables; a row is far shorter
TOP_COUNT = 48  # best next tokens that come back instead of all logits


def decoder_graph(decoder: ConceptDecoder) -> onnx.ModelProto:
    """The language model's graph, without the plan head; signature as server/src/inference/decoderModel.ts has it."""
    config = decoder.language_model.config
    state = {name: value.detach().float().numpy() for name, value in decoder.language_model.model.state_dict().items()}
    hidden, layers, vocabulary = config.hidden_size, config.num_hidden_layers, config.vocab_size
    heads = config.num_attention_heads
    kv_heads, head_dim = config.num_key_value_heads or heads, config.head_dim or hidden // heads
    b = Builder()

    # One 4-bit table is both input embedding and output layer.
    table = b.int4("table", state["embed_tokens.weight"])
    rows = b.constant("table.rows", np.array([vocabulary, hidden // 2]))
    b.node("Reshape", ["table", rows], "table.by_row")
    b.node("Reshape", ["table.scales", b.constant("table.blocks", np.array(table.scales.shape))], "table.row_scales")
    zero_shape = b.constant("table.zero_shape", np.array(table.zero_points.shape))
    b.node("Reshape", ["table.zero_points", zero_shape], "table.row_zero_points")

    def rows_of(ids: str, name: str) -> str:
        return b.looked_up(ids, "table.by_row", "table.row_scales", "table.row_zero_points", name, bits=4, block=BLOCK)

    # Positions come first, as in the cache: (K + N, B, H). Only attention minds which rows are of one text.
    ids = b.node("Transpose", ["input_ids"], "ids", perm=[1, 0])
    prefix = b.node("Transpose", ["prefix"], "prefix.by_position", perm=[1, 0, 2])
    x = b.node("Concat", [prefix, rows_of(ids, "embedded")], "x", axis=0)
    axis0, axis1 = b.constant("axis0", np.array([0])), b.constant("axis1", np.array([1]))
    b.constant("axis2", np.array([2]))
    past = b.node("Gather", [b.node("Shape", ["past_key_values.0.key"], "past.shape"), axis0], "P")
    shape = b.node("Shape", [x], "x.shape")
    added = b.node("Gather", [shape, axis0], "K+N")
    before = b.node("Sub", [past, axis1], "tokens.before")
    behind = b.node("Add", [before, added], "tokens.behind")

    # A rotary table's rows for the new places, each (K + N, B, head_dim / 2); the queries' hold the scores' scale, too.
    theta = dict(config.rope_parameters or {})["rope_theta"]
    rates = theta ** (-np.arange(head_dim // 2) / (head_dim // 2))
    angles = np.arange(MAX_POSITIONS)[:, None, None] * rates
    turned = [added, b.node("Gather", [shape, axis1], "B"), b.constant("rotary.width", np.array([head_dim // 2]))]
    rows_shape = b.node("Concat", turned, "rotary.shape", axis=0)
    tables: dict[str, list[str]] = {}
    for of, scale in (("query", head_dim**-0.5), ("key", 1.0)):
        for name, values in (("cos", np.cos(angles)), ("sin", np.sin(angles))):
            all_places = b.constant(f"{of}.{name}.table", (scale * values).astype(np.float32))
            here = b.node("Slice", [all_places, before, behind, axis0], f"{of}.{name}.rows")
            tables.setdefault(of, []).append(b.node("Expand", [here, rows_shape], f"{of}.{name}"))

    by_head = b.constant("by_head", np.array([0, 0, kv_heads, head_dim]))
    attention = CachedAttention(b, past, added, heads, kv_heads, head_dim)
    epsilon = config.rms_norm_eps
    news: list[str] = []  # keys and values of the new positions, (K + N, B, kv_heads, head_dim) each
    residual, normed = (
        x,
        b.node(
            "SimplifiedLayerNormalization",
            [x, b.constant("0.input_norm", state["layers.0.input_layernorm.weight"])],
            "0.normed",
            axis=-1,
            epsilon=epsilon,
        ),
    )

    def add_and_norm(update: str, weight: np.ndarray, name: str) -> tuple[str, str]:
        gamma = b.constant(f"{name}.gamma", weight)
        outputs = [f"{name}.normed", "", "", f"{name}.sum"]
        inputs = [update, residual, gamma]
        b.nodes.append(
            helper.make_node(
                "SkipSimplifiedLayerNormalization", inputs, outputs, name=name, domain="com.microsoft", epsilon=epsilon
            )
        )
        return outputs[3], outputs[0]

    for i in range(layers):
        layer = {key: state[f"layers.{i}.{key}.weight"] for key in LAYER_WEIGHTS}
        q, k, v = (layer[f"self_attn.{part}_proj"] for part in "qkv")
        b.int4(f"{i}.qkv", np.concatenate([q, k, v]))
        qkv = b.linear(normed, f"{i}.qkv", (len(q) + len(k) + len(v), hidden), f"{i}.qkv.out")
        sizes = b.constant(f"{i}.qkv.sizes", np.array([len(q), len(k), len(v)]))
        split = [f"{i}.{part}" for part in "qkv"]
        b.nodes.append(helper.make_node("Split", [qkv, sizes], split, name=f"{i}.split", axis=-1))
        query = b.node("RotaryEmbedding", [split[0], *tables["query"]], f"{i}.q.rotated", num_heads=heads)
        key = b.node("RotaryEmbedding", [split[1], *tables["key"]], f"{i}.k.rotated", num_heads=kv_heads)
        key, new_value = (b.node("Reshape", [x, by_head], f"{x}.by_head") for x in (key, split[2]))
        news += [key, new_value]
        attended = attention(str(i), query, key, new_value)
        b.int4(f"{i}.o", layer["self_attn.o_proj"])
        attended = b.linear(attended, f"{i}.o", layer["self_attn.o_proj"].shape, f"{i}.o.out")
        residual, normed = add_and_norm(attended, layer["post_attention_layernorm"], f"{i}.ffn_norm")
        gate, up, down = (layer[f"mlp.{part}_proj"] for part in ("gate", "up", "down"))
        b.int4(f"{i}.gate_up", np.concatenate([gate, up]))
        both = b.linear(normed, f"{i}.gate_up", (len(gate) + len(up), hidden), f"{i}.gate_up.out")
        b.nodes.append(
            helper.make_node("Split", [both], [f"{i}.gate", f"{i}.up"], name=f"{i}.halve", axis=-1, num_outputs=2)
        )
        silu = b.node("QuickGelu", [f"{i}.gate"], f"{i}.silu", domain="com.microsoft", alpha=1.0)
        product = b.node("Mul", [silu, f"{i}.up"], f"{i}.product")
        b.int4(f"{i}.down", down)
        update = b.linear(product, f"{i}.down", down.shape, f"{i}.down.out")
        following = state[f"layers.{i + 1}.input_layernorm.weight"] if i + 1 < layers else state["norm.weight"]
        residual, normed = add_and_norm(update, following, f"{i + 1}.input_norm.skip")

    b.node("Concat", news, "added", axis=2)

    # The output layer is read for the last position alone.
    final = b.node("Gather", [normed, b.constant("last", np.array(-1))], "state", axis=0)  # (B, H)
    logits = b.linear(b.node("Add", [final, "lexical"], "state.leaning"), "table", (vocabulary, hidden), "logits.raw")
    logits = b.node("Add", [logits, "logit_bias"], "logits")  # (B, V)
    b.node("ReduceLogSumExp", [logits, "axis1"], "log_sum_exp", keepdims=1)
    top = ["top_logits", "top_ids"]
    count = b.constant("top_count", np.array([TOP_COUNT]))
    b.nodes.append(helper.make_node("TopK", [logits, count], top, name="top", axis=-1, largest=1, sorted=1))
    column = b.node("Unsqueeze", ["lexical", "axis2"], "lexical.column")  # (B, H, 1)
    product = b.node("MatMul", [rows_of("top_ids", "top.rows"), column], "top.product")  # (B, TOP_COUNT, 1)
    b.node("Squeeze", [product, "axis2"], "top_lexical")

    cached = [f"past_key_values.{i}.{part}" for i in range(layers) for part in ("key", "value")]
    return b.model(
        "decoder",
        [
            value("input_ids", ["B", "N"], TensorProto.INT64),
            value("prefix", ["B", "K", hidden]),
            value("lexical", ["B", hidden]),
            value("logit_bias", [1, vocabulary]),
            *(value(name, ["P", "B", kv_heads, head_dim]) for name in cached),
        ],
        [
            value("top_logits", ["B", TOP_COUNT]),
            value("top_ids", ["B", TOP_COUNT], TensorProto.INT64),
            value("top_lexical", ["B", TOP_COUNT]),
            value("log_sum_exp", ["B", 1]),
            value("added", ["K+N", "B", len(cached) * kv_heads, head_dim]),
        ],
    )


LAYER_WEIGHTS = (
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.o_proj",
    "mlp.gate_proj",
    "mlp.up_proj",
    "mlp.down_proj",
    "input_layernorm",
    "post_attention_layernorm",
)
