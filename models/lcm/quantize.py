"""Weights of 4 and 8 bits as ONNX Runtime's MatMulNBits and GatherBlockQuantized take them, and training on 4 bits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import nn

BLOCK = 32  # weights that share a scale and a zero point
LEVELS = 15
BLOCK_INT8 = 128


@dataclass(frozen=True)
class Int4:
    packed: np.ndarray  # (N, K / BLOCK, BLOCK / 2) uint8, the low half first
    scales: np.ndarray  # (N, K / BLOCK) float32
    zero_points: np.ndarray  # (N, ceil(K / BLOCK / 2)) uint8, the low half first


@dataclass(frozen=True)
class Int8:
    """Symmetric: 128 stands for zero."""

    values: np.ndarray  # (N, K / block, block) uint8
    scales: np.ndarray  # (N, K / block) float32

    @property
    def block(self) -> int:
        return self.values.shape[2]


def grid(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """weight: (N, K) -> values (N, K / BLOCK, BLOCK) in 0..15, zero points and scales (N, K / BLOCK, 1), all float.

    Raises ValueError unless K is a multiple of BLOCK.
    """
    rows, width = weight.shape
    if width % BLOCK:
        raise ValueError(f"weight has {width} columns, expected a multiple of {BLOCK}")
    blocks = weight.reshape(rows, width // BLOCK, BLOCK)
    low, high = blocks.aminmax(dim=-1, keepdim=True)
    low = low.clamp(max=0)
    scale = (high.clamp(min=0) - low).div_(LEVELS).clamp_(min=1e-8)
    zero = torch.round(-low / scale).clamp_(0, LEVELS)
    values = (blocks / scale).round_().add_(zero).clamp_(0, LEVELS)
    return values, zero, scale


def fake_quantized(weight: torch.Tensor) -> torch.Tensor:
    """(N, K) -> (N, K): the numbers that are left of `weight` in int4."""
    values, zero, scale = grid(weight)
    return values.sub_(zero).mul_(scale).reshape(weight.shape)


def quantize_int4(weight: torch.Tensor) -> Int4:
    """weight: (N, K), used as x @ weight.T."""
    values, zero, scale = grid(weight)
    small = values.to(torch.uint8).numpy()
    zeros = zero[..., 0].to(torch.uint8).numpy()
    if zeros.shape[1] % 2:
        zeros = np.pad(zeros, ((0, 0), (0, 1)))
    return Int4(
        small[..., 0::2] | (small[..., 1::2] << 4), scale[..., 0].numpy(), zeros[:, 0::2] | (zeros[:, 1::2] << 4)
    )


def quantize_int8(weight: torch.Tensor) -> Int8:
    """weight: (N, K), used as x @ weight.T; the largest block of at most BLOCK_INT8 that K is a multiple of.

    Raises ValueError where that is less than 16, which ONNX Runtime does not take.
    """
    rows, width = weight.shape
    block = math.gcd(width, BLOCK_INT8)
    if block < 16:
        raise ValueError(f"weight has {width} columns, expected a multiple of 16")
    blocks = weight.float().reshape(rows, width // block, block)
    scales = blocks.abs().amax(-1, keepdim=True).div_(127).clamp_(min=1e-12)
    values = (blocks / scales).round_().add_(128)
    return Int8(values.to(torch.uint8).numpy(), scales[..., 0].numpy())


def quantize_columns(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """weight: (N, K), used as x @ weight.T -> int8 (N, K), symmetric, and the one scale (N,) of each of its rows."""
    scales = weight.abs().amax(1).div_(127).clamp_(min=1e-12)
    return (weight / scales[:, None]).round_().to(torch.int8), scales


def quantize_matmuls_int8(graph: Path, target: Path) -> None:
    """Every MatMul with a constant weight as an 8-bit MatMulNBits, whose activations have a scale a row and block.

    Dynamic int8 quantization has one scale a run, so that a row's result depends on the rows beside it.
    """
    model = onnx.load(graph)
    name_weights_once(model.graph)
    quantizer = MatMulNBitsQuantizer(model, bits=8, block_size=BLOCK_INT8, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    onnx.save(quantizer.model.model, target)


def name_weights_once(graph: onnx.GraphProto) -> None:
    """Takes out each Identity by which PyTorch names a weight a second time: behind it the weight is no constant."""
    weights = {tensor.name for tensor in graph.initializer}
    copies = [node for node in graph.node if node.op_type == "Identity" and node.input[0] in weights]
    first = {node.output[0]: node.input[0] for node in copies}
    for node in graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = first.get(name, name)
    for node in copies:
        graph.node.remove(node)


class QuantizationAware:
    """Matrices run on their int4 values while their float masters are trained (straight-through, arXiv:1308.3432).

    A gradient that a matrix gets is its master's, at once.
    """

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        found = list(parameters)
        self.pairs = [(p, nn.Parameter(p.detach().clone(), p.requires_grad)) for p in found if p.ndim == 2]
        self.vectors = [p for p in found if p.ndim != 2 and p.requires_grad]
        for parameter, master in self.pairs:
            if master.requires_grad:
                parameter.register_post_accumulate_grad_hook(partial(hand_over_gradient, master))

    @property
    def masters(self) -> list[nn.Parameter]:
        """Of the matrices that learn."""
        return [master for _, master in self.pairs if master.requires_grad]

    @property
    def learned(self) -> list[nn.Parameter]:
        """What the optimizer steps: masters, and what is no matrix."""
        return [*self.masters, *self.vectors]

    @torch.no_grad()
    def quantize(self) -> None:
        """Before a run; a frozen matrix that is quantized already stays."""
        for parameter, master in self.pairs:
            if master.requires_grad or torch.equal(parameter, master):
                parameter.copy_(fake_quantized(master))

    def state_of(self, module: nn.Module) -> dict[str, torch.Tensor]:
        """The module's state with the masters in the stead of what it runs on: views, which go on learning."""
        masters = {parameter: master for parameter, master in self.pairs}
        return {name: masters.get(p, p).detach() for name, p in module.named_parameters(remove_duplicate=False)}


def hand_over_gradient(master: nn.Parameter, parameter: torch.Tensor) -> None:
    found, parameter.grad = parameter.grad, None
    if found is not None:
        master.grad = found if master.grad is None else master.grad + found
