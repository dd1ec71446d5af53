"""A system as three ONNX graphs with 8-bit weights: contextualizer, sampler (the whole loop) and expectation.

All systems have the same inputs and outputs, so that whoever runs one bundle runs every other: a system that has no use
for an input ignores it.
"""

from __future__ import annotations

from dataclasses import dataclass

import onnx
import torch
from onnx import TensorProto, compose, helper, numpy_helper

from .config import LCMConfig
from .diffusion import DiffusionLCM
from .lcm_steps import CodebookStep, DenoisingStep, DiffusionExpectation, Expectation, context_step, in_heads
from .quant_lcm import Choice, QuantLCM
from .regression import RegressionLCM
from .system import System
from .tracing import OPSET, traced
from .two_tower import TwoTower

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
IR_VERSION = 8  # that of the opset: what PyTorch writes for it


@dataclass(frozen=True)
class CrossStates:
    """What a contextualizer leaves of each concept for the sampler: the manifest's denoiser layers and heads."""

    layers: int
    heads: int
    head_dim: int

    @staticmethod
    def of(model: System) -> CrossStates:
        c = model.config
        if isinstance(model, RegressionLCM):
            return CrossStates(1, c.concept_dim // c.head_dim, c.head_dim)
        layers = c.denoiser_layers if isinstance(model, TwoTower) else c.context_layers
        return CrossStates(layers, c.heads, c.head_dim)


def contextualizer_graph(model: System) -> onnx.ModelProto:
    config = model.config
    past = torch.randn(config.context_layers, config.heads, 3, config.head_dim)
    return traced(
        context_step(model),
        (torch.randn(2, config.concept_dim), past, past.clone()),
        {"concepts": {0: "N"}, "past_keys": {2: "P"}, "past_values": {2: "P"}},
        ["present_keys", "present_values", "cross_keys", "cross_values"],
    )


def expectation_graph(model: System) -> onnx.ModelProto:
    module = DiffusionExpectation(model) if isinstance(model, DiffusionLCM) else Expectation(model)
    example = (torch.randn(3, model.config.concept_dim),)
    return traced(module, example, {"concepts": {0: "N"}}, ["expected"])


def sampler_graph(model: System, choice: Choice | None = None) -> onnx.ModelProto:
    """A sample of n plans is one run. choice: how a Quant-LCM chooses; its guidance comes with the run."""
    if isinstance(model, DiffusionLCM):
        return diffusion_sampler(model)
    if isinstance(model, QuantLCM):
        if choice is None:
            raise ValueError("choice is None, expected how centroids are chosen")
        return codebook_sampler(model, choice)
    assert isinstance(model, RegressionLCM)
    return regression_sampler(model)


def diffusion_sampler(model: DiffusionLCM) -> onnx.ModelProto:
    """The denoising step as the body of a Loop over the timesteps."""
    config, cross = model.config, CrossStates.of(model)
    zeros = 1 if isinstance(model, TwoTower) else 0
    keys = torch.randn(cross.layers, cross.heads, 4, cross.head_dim)
    plans = torch.randn(2, config.concept_dim)
    last = torch.tensor(config.train_steps - 1)
    example = (plans, last, torch.rand(5), plans.clone(), keys, keys.clone(), torch.ones(1), torch.ones(1))
    inputs: dict[str, dict[int, str]] = {
        "x": {0: "n"},
        "timestep": {},
        "step_coefficients": {},
        "noise_row": {0: "n"},
        "keys": {2: "C1"},
        "values": {2: "C1"},
        "guidance_scale": {},
        "guidance_rescale": {},
    }
    step = traced(DenoisingStep(model, zeros), example, inputs, ["x_next", "clean_next"])
    rows = [
        helper.make_node("Gather", ["timesteps", "iteration"], ["timestep"], axis=0),
        helper.make_node("Gather", ["coefficients", "iteration"], ["step_coefficients"], axis=0),
        helper.make_node("Gather", ["step_noise", "iteration"], ["noise_row"], axis=0),
    ]
    body, constants = loop_body(step, rows, {"x": "x_next", "clean": "clean_next"}, config.concept_dim)
    nodes = [
        helper.make_node("Size", ["timesteps"], ["steps"]),
        helper.make_node("Loop", ["steps", "", "noise", "noise"], ["x_last", "plans"], body=body),
    ]
    if isinstance(model, TwoTower):
        with torch.no_grad():
            zero_keys, zero_values = model.project(torch.zeros(1, 1, config.model_dim))
        nodes = [
            helper.make_node("Concat", ["zero_keys", "cross_keys"], ["keys"], axis=2),
            helper.make_node("Concat", ["zero_values", "cross_values"], ["values"], axis=2),
            *nodes,
        ]
        constants += [tensor(zero_keys.squeeze(1), "zero_keys"), tensor(zero_values.squeeze(1), "zero_values")]
    else:
        nodes = [*named_cross(), *nodes]
    return sampler_model(nodes, constants, config, cross)


def codebook_sampler(model: QuantLCM, choice: Choice) -> onnx.ModelProto:
    """The choice of a centroid as the body of a Loop over the codebooks."""
    config, cross = model.config, CrossStates.of(model)
    keys = torch.randn(cross.layers, cross.heads, 4, cross.head_dim)
    plans = torch.randn(2, config.concept_dim)
    example = (plans, torch.tensor(1), plans.clone(), keys, keys.clone(), torch.ones(1))
    inputs: dict[str, dict[int, str]] = {
        "x": {0: "n"},
        "codebook": {},
        "noise": {0: "n"},
        "keys": {2: "C"},
        "values": {2: "C"},
        "guidance_scale": {},
    }
    step = traced(CodebookStep(model, choice.top, choice.sharpness), example, inputs, ["x_next"])
    rows = [helper.make_node("Identity", ["iteration"], ["codebook"])]
    body, constants = loop_body(step, rows, {"x": "x_next"}, config.concept_dim)
    nodes = [
        *named_cross(),
        helper.make_node("Mul", ["noise", "nothing"], ["empty"]),  # no centroid yet
        helper.make_node("Loop", ["codebooks", "", "empty"], ["plans"], body=body),
    ]
    constants += [
        tensor(torch.zeros(1), "nothing"),
        tensor(torch.tensor(len(model.centroids)), "codebooks"),
    ]
    return sampler_model(nodes, constants, config, cross)


def regression_sampler(model: RegressionLCM) -> onnx.ModelProto:
    """A Base-LCM's plan is its prediction; it has no other, but for the noise that is put onto it."""
    cross = CrossStates.of(model)
    with torch.no_grad():
        first, _, _ = model.begin()
    nodes = [
        helper.make_node("Concat", ["first", "cross_keys"], ["predictions"], axis=2),
        helper.make_node("Gather", ["predictions", "last"], ["prediction"], axis=2),
        helper.make_node("Reshape", ["prediction", "row"], ["plan"]),
        helper.make_node("Add", ["plan", "noise"], ["plans"]),
    ]
    constants = [
        tensor(in_heads(first, cross.heads), "first"),
        tensor(torch.tensor(-1), "last"),
        tensor(torch.tensor([1, model.config.concept_dim]), "row"),
    ]
    return sampler_model(nodes, constants, model.config, cross)


def tensor(value: torch.Tensor, name: str) -> onnx.TensorProto:
    return numpy_helper.from_array(value.detach().numpy(), name)


def named_cross() -> list[onnx.NodeProto]:
    """Where a step's keys and values are the contextualizer's, as they are."""
    return [
        helper.make_node("Identity", ["cross_keys"], ["keys"]),
        helper.make_node("Identity", ["cross_values"], ["values"]),
    ]


def loop_body(
    step: onnx.ModelProto, rows: list[onnx.NodeProto], carried: dict[str, str], dim: int
) -> tuple[onnx.GraphProto, list[onnx.TensorProto]]:
    """A traced step as a Loop's body, and its weights, which belong to the graph around it.

    rows: nodes that take what the step wants of this `iteration`; carried: the step's (n, D) inputs that go round, with
    the outputs that they are next.
    """
    inner = compose.add_prefix(step, "step/", rename_inputs=False, rename_outputs=False).graph
    body = helper.make_graph(
        [*rows, *inner.node, helper.make_node("Identity", ["going_on"], ["go_on"])],
        "step",
        [
            value("iteration", [], INT64),
            value("going_on", [], TensorProto.BOOL),
            *(value(name, ["n", dim]) for name in carried),
        ],
        [value("go_on", [], TensorProto.BOOL), *(value(name, ["n", dim]) for name in carried.values())],
    )
    return body, list(inner.initializer)


def value(name: str, shape: list[int | str], kind: int = FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def sampler_model(
    nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto], config: LCMConfig, cross: CrossStates
) -> onnx.ModelProto:
    """The graph that every sampler is, from the outside."""
    dim = config.concept_dim
    states: list[int | str] = [cross.layers, cross.heads, "C", cross.head_dim]
    graph = helper.make_graph(
        nodes,
        "sampler",
        [
            value("cross_keys", states),
            value("cross_values", states),
            value("noise", ["n", dim]),
            value("step_noise", ["S", "n", dim]),
            value("timesteps", ["S"], INT64),
            value("coefficients", ["S", 5]),
            value("guidance_scale", [1]),
            value("guidance_rescale", [1]),
        ],
        [value("plans", ["n", dim])],
        constants,
    )
    domains = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSION, producer_name="foresay")
