"""Rows to train the decoder on: running text once, and beside it each sentence as it is worded behind that text.

A row is [start] and the text of some sentences in succession, then for each of them a branch: K places for the plan's
prefix and the sentence's tokens again. A branch sees the text before its sentence and itself, at the places that it
has when it is worded (server/src/inference/conceptDecoder.ts), so one pass trains every sentence of the row with all
its context. Text sees text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

PREFIX_LENGTH = 4  # K soft prefix vectors
START_TOKEN = 0  # <|endoftext|>: what SmolLM2 saw between documents
END_TOKEN = 2  # <|im_end|>: the sentence is complete
IGNORED = -100  # a target where there is nothing to learn


@dataclass(frozen=True)
class Sentence:
    """One sentence of a row. `ids`: its tokens, the space before it included."""

    ids: Sequence[int]
    branch: bool  # whether it is worded; it is context for those behind it in any case
    plan: int | None  # number of its plan; None: worded without one
    context: bool  # whether its branch sees the text before it


@dataclass(frozen=True)
class Packed:
    ids: torch.Tensor  # (B, T) int64; 0 where a prefix vector comes
    positions: torch.Tensor  # (B, T) int64, for RoPE
    visible: torch.Tensor  # (B, 1, T, T) bool: what each place attends to
    targets: torch.Tensor  # (B, T) int64: the token that follows in wording, or IGNORED
    plans: torch.Tensor  # (B, T) int64: number of the plan whose lexical state is added here, or -1
    prefixes: torch.Tensor  # (P, 2) int64: row and first place of each plan's prefix, in the plans' order


def places(sentence: Sentence) -> int:
    """Places of a row that a sentence takes, as text and in its branch."""
    branch = len(sentence.ids) + (0 if sentence.plan is None else PREFIX_LENGTH)
    return len(sentence.ids) + (branch if sentence.branch else 0)


def pack(rows: Sequence[Sequence[Sentence]], width: int) -> Packed:
    """One batch, every row padded to `width` places: PyTorch compiles its bfloat16 products for each shape anew.

    The plans must be numbered 0, 1, … in the order in which the rows' sentences come.
    """
    ids, positions = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    visible = np.zeros((len(rows), width, width), bool)
    visible[:] = np.eye(width, dtype=bool)  # padding sees itself: a softmax over nothing is not a number
    targets, plans = np.full((len(rows), width), IGNORED), np.full((len(rows), width), -1)
    prefixes: list[tuple[int, int]] = []
    for b, row in enumerate(rows):
        text = [START_TOKEN, *(token for sentence in row for token in sentence.ids)]
        end = len(text)
        ids[b, :end], positions[b, :end] = text, np.arange(end)
        visible[b, :end, :end] = np.tri(end, dtype=bool)
        seen = 1
        for sentence in row:
            if sentence.branch:
                before = seen if sentence.context else 1
                heard = 0 if sentence.plan is None else PREFIX_LENGTH
                length = heard + len(sentence.ids)
                here = slice(end, end + length)
                ids[b, end + heard : end + length] = sentence.ids
                positions[b, here] = before + np.arange(length)
                visible[b, here, :before] = True
                visible[b, here, here] = np.tri(length, dtype=bool)
                # The place before the first token says it: the prefix's last one, or else the context's.
                saying = [end + heard - 1 if heard else before - 1, *range(end + heard, end + length)]
                targets[b, saying] = [*sentence.ids, END_TOKEN]
                if sentence.plan is not None:
                    if sentence.plan != len(prefixes):
                        raise ValueError(f"plan {sentence.plan} stands where plan {len(prefixes)} is expected")
                    plans[b, saying] = sentence.plan
                    prefixes.append((b, end))
                end += length
            seen += len(sentence.ids)
    return Packed(
        torch.from_numpy(ids),
        torch.from_numpy(positions),
        torch.from_numpy(visible).unsqueeze(1),
        torch.from_numpy(targets),
        torch.from_numpy(plans),
        torch.tensor(prefixes, dtype=torch.long).reshape(-1, 2),
    )
