"""What a step of each graph moves and computes, read from the bundle's graphs, and the least time that takes.

Roofline (Williams, Waterman, Patterson, 2009): a run lasts at least max(bytes / bandwidth, FLOPs / peak). A bound, not
a measurement: launches, waits and anything but weights, states and matrix products are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

FLOAT_BYTES = 4
GUIDED = 2  # rows of the denoiser for each plan: with context and without (classifier-free guidance)


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    weight_bytes: float
    state_bytes: float  # read and written: caches, cross-attention keys and values
    flops: float  # a multiplication and an addition are two

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.weight_bytes + other.weight_bytes, self.state_bytes + other.state_bytes, self.flops + other.flops
        )

    def __mul__(self, times: float) -> Cost:
        return Cost(self.weight_bytes * times, self.state_bytes * times, self.flops * times)

    @property
    def bytes(self) -> float:
        return self.weight_bytes + self.state_bytes

    def seconds(self, machine: Machine) -> float:
        return max(self.bytes / machine.bandwidth, self.flops / machine.peak)


@dataclass(frozen=True)
class Machine:
    name: str
    bandwidth: float  # bytes a second
    peak: float  # FLOPs a second


@dataclass(frozen=True)
class Linear:
    """The linear layers of a graph: what each row costs, and what they are read for."""

    weight_bytes: int
    multiplications: int  # of one row

    def rows(self, count: float) -> Cost:
        return Cost(self.weight_bytes, 0, 2 * self.multiplications * count)


def linear_layers(graph: onnx.GraphProto) -> Linear:
    """All products of a graph, and of the loops in it, with 4 or 8 bits; a weight that two use is read twice."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    weight_bytes = multiplications = 0
    for node in nodes(graph):
        if node.op_type in ("MatMulNBits", "MatMulIntegerToFloat"):
            attributes = {a.name: a.i for a in node.attribute}
            weight_bytes += sum(nbytes(constants[name]) for name in node.input[1:] if name in constants)
            size = (attributes["K"], attributes["N"]) if attributes else constants[node.input[1]].dims
            multiplications += size[0] * size[1]
    return Linear(weight_bytes, multiplications)


def nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from nodes(attribute.g)


def nbytes(tensor: TensorProto) -> int:
    return int(np.prod(tensor.dims)) * helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize


def attention(rows: float, columns: float, width: int, layers: int) -> float:
    """FLOPs of scores and sums: `width` is heads times head_dim."""
    return 4 * rows * columns * width * layers


@dataclass(frozen=True)
class Sizes:
    """Of what is run."""

    plans: int = 12
    context_tokens: int = 100
    sentence_tokens: int = 24
    batch: int = 16  # sentences that are encoded in one run


def bundle_costs(directory: Path, sizes: Sizes) -> dict[str, Cost]:
    """A bundle's work by name. Raises FileNotFoundError where it is none."""
    content = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    lcm, decoder, encoder = content["lcm"], content["decoder"], content["encoder"]

    def layers(file: str) -> Linear:
        return linear_layers(onnx.load(directory / file, load_external_data=False).graph)

    context, cross = lcm["contextHeads"] * lcm["headDim"], lcm["denoiserHeads"] * lcm["headDim"]
    window = lcm["contextLength"]
    own_bytes = 2 * lcm["contextLayers"] * context * window * FLOAT_BYTES
    cross_bytes = 2 * lcm["denoiserLayers"] * cross * (window + 1) * FLOAT_BYTES
    rows = GUIDED * sizes.plans
    tokens = sizes.sentence_tokens
    cache = 2 * decoder["layers"] * decoder["kvHeads"] * decoder["headDim"] * sizes.context_tokens * FLOAT_BYTES
    heads = decoder["hiddenDim"]  # heads times head_dim
    depth = encoder_layers(onnx.load(directory / encoder["graph"], load_external_data=False).graph)
    encoding, wording = layers(encoder["graph"]), layers(decoder["graph"])

    def encoded(batch: int) -> Cost:
        attended = Cost(0, 0, batch * attention(tokens, tokens, content["conceptDim"], depth))
        return encoding.rows(batch * tokens) + attended

    def worded(count: int) -> Cost:
        """So many tokens in one run."""
        return wording.rows(count) + Cost(0, cache, attention(count, sizes.context_tokens, heads, decoder["layers"]))

    step = layers(lcm["sampler"]).rows(rows) + Cost(
        0, cross_bytes, attention(rows, window + 1, cross, lcm["denoiserLayers"])
    )
    concept = layers(lcm["contextualizer"]).rows(1) + Cost(
        0, own_bytes, attention(1, window, context, lcm["contextLayers"])
    )
    prefix = layers(decoder["planHead"]).rows(1)
    prompt, words = worded(tokens), worded(1) * (tokens + 1)
    plans = step * lcm["defaults"]["steps"]
    return {
        "a token (one row)": worded(1),
        f"a sampler step ({sizes.plans} plans)": step,
        "a new concept of context": concept,
        "a plan's soft prefix": prefix,
        f"an encoded sentence ({tokens} tokens, of {sizes.batch} in a run)": encoded(sizes.batch) * (1 / sizes.batch),
        f"a suggestion's prompt: {tokens} tokens in one run": prompt,
        f"a suggestion's words: {tokens} tokens and their end, one row": words,
        "a suggestion behind a new sentence, one wording": encoded(1) * 2 + concept + plans + prefix + prompt + words,
    }


def encoder_layers(graph: onnx.GraphProto) -> int:
    return sum(node.op_type in ("Attention", "MultiHeadAttention") for node in nodes(graph))


@dataclass(frozen=True)
class TwoTower:
    """A two-tower LCM run as this repository runs its own; 7B by default (LCM paper, section 3)."""

    model_dim: int = 4096
    ffn_dim: int = 11008
    concept_dim: int = 1024
    context_layers: int = 5
    denoiser_layers: int = 14
    context: int = 2048
    steps: int = 40
    weight_bytes: int = 2

    def costs(self, plans: int) -> dict[str, Cost]:
        """Timestep modulation is a table, self-attention over one row two products, the context projected once."""
        d = self.model_dim
        swiglu = 3 * d * self.ffn_dim
        denoiser = self.denoiser_layers * (4 * d * d + swiglu) + 2 * self.concept_dim * d
        reader = self.context_layers * (4 * d * d + swiglu) + self.concept_dim * d + 2 * self.denoiser_layers * d * d
        kept = 2 * d * self.context * self.weight_bytes
        rows = GUIDED * plans
        step = Linear(denoiser * self.weight_bytes, denoiser).rows(rows) + Cost(
            0, self.denoiser_layers * kept, attention(rows, self.context, d, self.denoiser_layers)
        )
        concept = Linear(reader * self.weight_bytes, reader).rows(1) + Cost(
            0, self.context_layers * kept, attention(1, self.context, d, self.context_layers)
        )
        return {
            f"a sampler step ({plans} plans)": step,
            f"plans of {self.steps} steps": step * self.steps,
            "a new concept of context": concept,
        }


def this_machine() -> Machine:
    """
    Measured here, with as many threads as a run of the inference host has, NumPy's for the product: reading what no
    cache holds, and a float32 product. Many short tries, of which the best counts, so that other work disturbs little.
    """
    threads = min(2, os.cpu_count() or 1)
    blocks = [np.ones(2**24, np.float32) for _ in range(threads)]
    read = sum(block.nbytes for block in blocks)
    with ThreadPoolExecutor(threads) as pool:
        bandwidth = max(read / seconds_of(lambda: list(pool.map(np.dot, blocks, blocks))) for _ in range(30))
    size = 512
    a = np.ones((size, size), np.float32)
    peak = max(2 * size**3 / seconds_of(lambda: a @ a) for _ in range(100))
    return Machine("this machine", bandwidth, peak)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def table(title: str, costs: dict[str, Cost], machines: list[Machine]) -> str:
    head = f"{title:62} {'MB moved':>10} {'GFLOP':>10}" + "".join(f" {machine.name:>16}" for machine in machines)
    lines = [
        f"  {name:60} {cost.bytes / 1e6:10.2f} {cost.flops / 1e9:10.3f}"
        + "".join(f" {cost.seconds(machine) * 1e3:13.3f} ms" for machine in machines)
        for name, cost in costs.items()
    ]
    return "\n".join([head, *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--bandwidth", type=float, help="of the other machine, in GB/s")
    parser.add_argument("--peak", type=float, help="of the other machine, in TFLOP/s")
    parser.add_argument("--plans", type=int, default=Sizes.plans)
    args = parser.parse_args()
    here = this_machine()
    machines = [here]
    if args.bandwidth and args.peak:
        machines.append(Machine(f"{args.bandwidth:g}GB/s {args.peak:g}T", args.bandwidth * 1e9, args.peak * 1e12))
    print(f"this machine: {here.bandwidth / 1e9:.1f} GB/s, {here.peak / 1e9:.0f} GFLOP/s float32\n")
    print(table(f"{args.bundle}", bundle_costs(args.bundle, Sizes(plans=args.plans)), machines))
    print(table("\nA two-tower LCM of 7B, 16-bit, 2,048 concepts of context", TwoTower().costs(args.plans), machines))


if __name__ == "__main__":
    main()
