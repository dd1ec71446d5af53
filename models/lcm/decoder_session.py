"""The decoder's two graphs, plan head and language model: server/src/inference/decoderModel.ts, and all its logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from .onnx_session import open_session

LOGITS = "logits"  # the tensor (B, V) inside the graph that the bundle keeps to itself


@dataclass(frozen=True)
class PlanStates:
    """What the decoder hears of n plans."""

    prefix: np.ndarray  # (n, K, H)
    lexical: np.ndarray  # (n, S): heard at every step; S is H unless the manifest's stateDim says otherwise

    def rows(self, rows: list[int]) -> PlanStates:
        return PlanStates(self.prefix[rows], self.lexical[rows])

    @staticmethod
    def beside(several: Sequence[PlanStates]) -> PlanStates:
        """At least one."""
        return PlanStates(
            np.concatenate([each.prefix for each in several]), np.concatenate([each.lexical for each in several])
        )


class KeyValues:
    """Keys and values of all layers: 2 * layers arrays (1 + P, B, heads, head_dim), the first position of no token."""

    def __init__(self, tensors: list[np.ndarray]) -> None:
        self.tensors = tensors

    def grown(self, added: np.ndarray) -> KeyValues:
        """added: (N, B, tensors * heads, head_dim), what the new positions have for each tensor."""
        new = np.split(added, len(self.tensors), axis=2)
        return KeyValues([np.concatenate(both) for both in zip(self.tensors, new, strict=True)])

    def rows(self, rows: list[int]) -> KeyValues:
        """These rows, in this order; a row may come more than once."""
        return KeyValues([tensor[:, rows] for tensor in self.tensors])

    def first(self, count: int) -> KeyValues:
        """The cache as it was behind the first `count` tokens."""
        return KeyValues([tensor[: 1 + count] for tensor in self.tensors])


class DecoderSession:
    def __init__(self, directory: Path, decoder: dict[str, Any], threads: int) -> None:
        """`decoder`: its part of the manifest. Raises ValueError if the graph has no tensor of logits."""
        self.head = open_session(directory / decoder["planHead"], threads)
        self.model = open_session(with_logits(directory / decoder["graph"], decoder["vocabularySize"]), threads)
        parts = [f"{i}.{part}" for i in range(decoder["layers"]) for part in ("key", "value")]
        self.past_names = [f"past_key_values.{part}" for part in parts]
        hidden, state = decoder["hiddenDim"], decoder.get("stateDim", decoder["hiddenDim"])
        self.empty = KeyValues([np.zeros((1, 1, decoder["kvHeads"], decoder["headDim"]), np.float32) for _ in parts])
        self.silent = PlanStates(np.zeros((1, 0, hidden), np.float32), np.zeros((1, state), np.float32))

    def plan_states(self, plans: np.ndarray) -> PlanStates:
        """plans: (n, D), of the length that the encoder's vectors have."""
        return PlanStates(*self.head.run(["prefix", "lexical"], {"concepts": plans.astype(np.float32)}))

    def step(
        self,
        outputs: list[str],
        ids: np.ndarray,
        plans: PlanStates,
        past: KeyValues,
        bias: np.ndarray,
        *,
        with_prefix: bool = False,
    ) -> tuple[list[np.ndarray], KeyValues]:
        """Appends the plans' prefix, if it is wanted, and ids (B, N) -> these outputs, and the longer cache.

        bias: (V,), added to every row's logits. Not both of prefix and ids may be empty.
        """
        feeds = {
            "input_ids": ids.astype(np.int64),
            "prefix": plans.prefix if with_prefix else plans.prefix[:, :0],
            "lexical": plans.lexical,
            "logit_bias": bias[None],
            **dict(zip(self.past_names, past.tensors, strict=True)),
        }
        *found, added = self.model.run([*outputs, "added"], feeds)
        return found, past.grown(added)


def with_logits(graph: Path, vocabulary: int) -> bytes:
    """The graph with its logits as one output more."""
    if not graph.exists():
        raise FileNotFoundError(f"{graph}: the manifest names it, and it is missing")
    model = onnx.load(graph)
    if not any(LOGITS in node.output for node in model.graph.node):
        raise ValueError(f"{graph}: has no tensor '{LOGITS}', so that no sentence's likelihood can be read from it")
    if all(output.name != LOGITS for output in model.graph.output):
        model.graph.output.append(helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["B", vocabulary]))
    return model.SerializeToString()
