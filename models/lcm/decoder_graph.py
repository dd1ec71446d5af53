"""The concept decoder as one ONNX graph: int4 weights, key-value cache, the best next tokens as its answer.

One run appends K prefix vectors (or none) and N tokens (or none, but not neither) to B rows of P cached positions. The
longer cache comes back twice: whole (`present`), to be left where the graph runs, and as what is new (`added`: each
layer's keys, then its values, layer behind layer), to be written behind the cache that is there.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from .decoder import ConceptDecoder
from .graph_builder import Builder, value
from .layers import UNSEEN
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
        inputs = ["table.by_row", ids, "table.row_scales", "table.row_zero_points"]
        attributes = {"bits": 4, "block_size": BLOCK, "gather_axis": 0, "quantize_axis": 1}
        return b.node("GatherBlockQuantized", inputs, name, domain="com.microsoft", **attributes)

    x = b.node("Concat", ["prefix", rows_of("input_ids", "embedded")], "x", axis=1)  # (B, K + N, H)
    b.constant("axis2", np.array([2]))
    past_shape = b.node("Shape", ["past_key_values.0.key"], "past.shape")
    past = b.node("Gather", [past_shape, b.constant("axis0", np.array([0]))], "P")
    shape = b.node("Shape", [x], "x.shape")
    added = b.node("Gather", [shape, b.constant("axis1", np.array([1]))], "K+N")
    total = b.node("Add", [past, added], "P+K+N")

    # A rotary table's rows for the new places, each (B, K + N, head_dim / 2).
    theta = dict(config.rope_parameters or {})["rope_theta"]
    rates = theta ** (-np.arange(head_dim // 2) / (head_dim // 2))
    angles = (np.arange(MAX_POSITIONS)[:, None] * rates)[None]
    batch = b.node("Gather", [shape, "axis0"], "B")
    width = b.constant("rotary.width", np.array([head_dim // 2]))
    rows_shape = b.node("Concat", [batch, added, width], "rotary.shape", axis=0)
    tables = []
    for name, values in (("cos", np.cos(angles)), ("sin", np.sin(angles))):
        inputs = [b.constant(f"{name}.table", values.astype(np.float32)), past, total, "axis1"]
        tables.append(b.node("Expand", [b.node("Slice", inputs, f"{name}.rows"), rows_shape], name))

    # What attention adds to the scores, (1, 1, K + N, P + K + N): nothing, or so much that what comes later is unseen.
    # Floats, which accelerators compare; the shapes' integers of 64 bits are left to the CPU.
    def numbers(first: str, last: str, name: str) -> str:
        ends = [b.node("Squeeze", [end], f"{name}.{part}") for part, end in (("first", first), ("last", last))]
        ends = [b.node("Cast", [end], f"{end}.float", to=TensorProto.FLOAT) for end in ends]
        return b.node("Range", [*ends, "one"], name)

    b.constant("one", np.array(1, np.float32))
    row = b.node("Unsqueeze", [numbers(past, total, "places"), "axis1"], "places.column")
    columns = numbers(b.constant("from0", np.array([0])), total, "columns")
    later = b.node("Greater", [columns, row], "later")
    unseen = [
        b.constant("hidden.score", np.array(UNSEEN, np.float32)),
        b.constant("seen.score", np.array(0, np.float32)),
    ]
    scores = b.node("Where", [later, *unseen], "bias.rows")
    # Heads that share keys and values are rows of one head, the first's before the second's.
    groups = heads // kv_heads
    grouped = b.node("Concat", [scores] * groups, "bias.grouped", axis=0)
    bias = b.node("Unsqueeze", [grouped, b.constant("axes01", np.array([0, 1]))], "bias")
    by_group = b.constant("by_group", np.array([0, 0, kv_heads, groups, head_dim]))
    as_rows = b.constant("as_rows", np.array([0, -1, kv_heads * head_dim]))
    by_row = b.constant("by_row", np.array([0, groups, -1, kv_heads, head_dim]))
    as_heads = b.constant("as_heads", np.array([0, 0, heads * head_dim]))

    epsilon = config.rms_norm_eps
    news: list[str] = []  # keys and values of the new positions, (B, K + N, kv_heads * head_dim) each
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
        parts = [f"{i}.{part}" for part in "qkv"]
        b.nodes.append(helper.make_node("Split", [qkv, sizes], parts, name=f"{i}.split", axis=-1))
        query = b.node("RotaryEmbedding", [parts[0], *tables], f"{i}.q.rotated", num_heads=heads)
        key = b.node("RotaryEmbedding", [parts[1], *tables], f"{i}.k.rotated", num_heads=kv_heads)
        # (B, N, heads * dim) -> (B, N, kv, group, dim) -> (B, group, N, kv, dim) -> (B, group * N, kv * dim), and back.
        query = b.node("Reshape", [query, by_group], f"{i}.q.groups")
        query = b.node("Transpose", [query], f"{i}.q.by_row", perm=[0, 3, 1, 2, 4])
        query = b.node("Reshape", [query, as_rows], f"{i}.q.rows")
        news += [key, parts[2]]
        keys, values = (
            b.cached(new, f"past_key_values.{i}.{part}", f"present.{i}.{part}", kv_heads, head_dim)
            for part, new in (("key", key), ("value", parts[2]))
        )
        attended = b.node(
            "MultiHeadAttention",
            [query, keys, values, "", "", bias],
            f"{i}.attended.rows",
            domain="com.microsoft",
            num_heads=kv_heads,
        )
        attended = b.node("Reshape", [attended, by_row], f"{i}.attended.by_row")
        attended = b.node("Transpose", [attended], f"{i}.attended.groups", perm=[0, 2, 3, 1, 4])
        attended = b.node("Reshape", [attended, as_heads], f"{i}.attended")
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

    b.node("Concat", news, "added", axis=-1)

    # The output layer is read for the last position alone.
    last = b.node("Gather", [normed, b.constant("last", np.array(-1))], "state", axis=1)  # (B, H)
    logits = b.linear(b.node("Add", [last, "lexical"], "state.leaning"), "table", (vocabulary, hidden), "logits.raw")
    logits = b.node("Add", [logits, "logit_bias"], "logits")  # (B, V)
    b.node("ReduceLogSumExp", [logits, "axis1"], "log_sum_exp", keepdims=1)
    top = ["top_logits", "top_ids"]
    count = b.constant("top_count", np.array([TOP_COUNT]))
    b.nodes.append(helper.make_node("TopK", [logits, count], top, name="top", axis=-1, largest=1, sorted=1))
    column = b.node("Unsqueeze", ["lexical", "axis2"], "lexical.column")  # (B, H, 1)
    product = b.node("MatMul", [rows_of("top_ids", "top.rows"), column], "top.product")  # (B, TOP_COUNT, 1)
    b.node("Squeeze", [product, "axis2"], "top_lexical")

    def cache(prefix: str, length: str) -> list[onnx.ValueInfoProto]:
        names = [f"{prefix}.{i}.{part}" for i in range(layers) for part in ("key", "value")]
        return [value(name, [length, "B", kv_heads, head_dim]) for name in names]

    return b.model(
        "decoder",
        [
            value("input_ids", ["B", "N"], TensorProto.INT64),
            value("prefix", ["B", "K", hidden]),
            value("lexical", ["B", hidden]),
            value("logit_bias", [1, vocabulary]),
            *cache("past_key_values", "P"),
        ],
        [
            value("top_logits", ["B", TOP_COUNT]),
            value("top_ids", ["B", TOP_COUNT], TensorProto.INT64),
            value("top_lexical", ["B", TOP_COUNT]),
            value("log_sum_exp", ["B", 1]),
            *cache("present", "T"),
            value("added", ["B", "K+N", 2 * layers * kv_heads * head_dim]),
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
