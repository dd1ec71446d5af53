"""The two-tower LCM as three ONNX graphs: contextualizer, sampler (the whole loop) and expectation; int8 weights."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, compose, helper, numpy_helper
from torch import nn

from .quantize import quantize_matmuls_int8
from .sampler import guide
from .two_tower import TwoTowerLCM

OPSET = 17


class ContextStep(nn.Module):
    """concepts: (N, D); past: (Lc, H, P, Dh) -> present keys, values (P + N) and the denoiser's keys, values of N."""

    def __init__(self, model: TwoTowerLCM) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, concepts: torch.Tensor, past_keys: torch.Tensor, past_values: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        states, keys, values = self.model.contextualizer(
            concepts.unsqueeze(0), past_keys.unsqueeze(1), past_values.unsqueeze(1)
        )
        cross_keys, cross_values = self.model.denoiser.project(states)
        return keys.squeeze(1), values.squeeze(1), cross_keys.squeeze(1), cross_values.squeeze(1)


class SamplerStep(nn.Module):
    """One guided DDIM step of n plans. The plans are rows of one sequence, twice: with context, and without."""

    def __init__(self, model: TwoTowerLCM) -> None:
        super().__init__()
        self.denoiser = model.denoiser
        self.table: torch.Tensor
        self.register_buffer("table", model.denoiser.modulation_table().detach())  # (T, Ld, 9M)

    def forward(
        self,
        x: torch.Tensor,
        timestep: torch.Tensor,
        coefficients: torch.Tensor,
        noise: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        guidance_scale: torch.Tensor,
        guidance_rescale: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """x, noise: (n, D); timestep: () int64; coefficients: (5,); keys, values: (Ld, H, 1 + C, Dh), the zero vector's
        first; guidance: (1,) -> the next x and the clean plans, (n, D)."""
        count = x.shape[0]
        before = torch.where(torch.arange(2 * count) < count, keys.shape[2] - 1, 0).unsqueeze(0)  # (1, 2n)
        modulation = self.table[timestep].unsqueeze(0).unsqueeze(0)  # (1, 1, Ld, 9M)
        both = torch.cat([x, x]).unsqueeze(0)  # (1, 2n, D)
        predicted = self.denoiser(both, modulation, keys.unsqueeze(1), values.unsqueeze(1), before)
        conditional, unconditional = predicted.squeeze(0).chunk(2)
        signal_t, noise_t, signal_p, direction, sigma = coefficients.unbind()
        guided = guide(
            (x - signal_t * conditional) / noise_t,
            (x - signal_t * unconditional) / noise_t,
            guidance_scale,
            guidance_rescale,
        )
        # All noise: epsilon is x itself, and only the conditional x0 means anything.
        pure = signal_t == 0
        epsilon = torch.where(pure, x, guided)
        clean = torch.where(pure, conditional, (x - noise_t * epsilon) / signal_t.clamp(min=1e-6))
        return signal_p * clean + direction * epsilon + sigma * noise, clean


class Expectation(nn.Module):
    """concepts: (N, D) -> (N, D): what the model expects at each position from those before it."""

    def __init__(self, model: TwoTowerLCM) -> None:
        super().__init__()
        self.model = model
        self.modulation: torch.Tensor
        self.register_buffer("modulation", model.denoiser.modulation_table()[-1].detach())  # (Ld, 9M)

    def forward(self, concepts: torch.Tensor) -> torch.Tensor:
        length = concepts.shape[0]
        keys, values = self.model.denoiser.project(self.model.context(concepts.unsqueeze(0)))
        before = torch.arange(length).unsqueeze(0)
        noise = torch.zeros_like(concepts).unsqueeze(0)
        return self.model.denoiser(noise, self.modulation[None, None], keys, values, before).squeeze(0)


def traced(
    module: nn.Module, example: tuple[torch.Tensor, ...], inputs: dict[str, dict[int, str]], outputs: list[str]
) -> onnx.ModelProto:
    """Exports a module, its linear layers with 8-bit weights; those must see (1, n, K), as (n, K) becomes a Gemm."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of shapes that are dynamic on purpose
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "int8.onnx"
        torch.onnx.export(
            module.eval(),
            example,
            str(plain),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=inputs,
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_matmuls_int8(plain, small)
        return onnx.load(small)


def contextualizer_graph(model: TwoTowerLCM) -> onnx.ModelProto:
    config = model.config
    past = torch.randn(config.context_layers, config.heads, 3, config.head_dim)
    return traced(
        ContextStep(model),
        (torch.randn(2, config.concept_dim), past, past.clone()),
        {"concepts": {0: "N"}, "past_keys": {2: "P"}, "past_values": {2: "P"}},
        ["present_keys", "present_values", "cross_keys", "cross_values"],
    )


def expectation_graph(model: TwoTowerLCM) -> onnx.ModelProto:
    example = (torch.randn(3, model.config.concept_dim),)
    return traced(Expectation(model), example, {"concepts": {0: "N"}}, ["expected"])


def sampler_graph(model: TwoTowerLCM) -> onnx.ModelProto:
    """The step's graph as the body of a Loop over timesteps, so that a sample of n plans is one run."""
    config = model.config
    keys = torch.randn(config.denoiser_layers, config.heads, 4, config.head_dim)
    plans = torch.randn(2, config.concept_dim)
    example = (plans, torch.tensor(99), torch.rand(5), plans.clone(), keys, keys.clone(), torch.ones(1), torch.ones(1))
    step = traced(
        SamplerStep(model),
        example,
        {
            "x": {0: "n"},
            "timestep": {},
            "step_coefficients": {},
            "noise_row": {0: "n"},
            "keys": {2: "C1"},
            "values": {2: "C1"},
            "guidance_scale": {},
            "guidance_rescale": {},
        },
        ["x_next", "clean_next"],
    )
    step = compose.add_prefix(step, "step/", rename_inputs=False, rename_outputs=False)
    with torch.no_grad():
        zero_keys, zero_values = model.denoiser.project(torch.zeros(1, 1, config.model_dim))
    float32, dim = TensorProto.FLOAT, config.concept_dim

    def value(name: str, shape: list[int | str], kind: int = float32) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    body = helper.make_graph(
        [
            helper.make_node("Gather", ["timesteps", "iteration"], ["timestep"], axis=0),
            helper.make_node("Gather", ["coefficients", "iteration"], ["step_coefficients"], axis=0),
            helper.make_node("Gather", ["step_noise", "iteration"], ["noise_row"], axis=0),
            *step.graph.node,
            helper.make_node("Identity", ["going_on"], ["go_on"]),
        ],
        "step",
        [
            value("iteration", [], TensorProto.INT64),
            value("going_on", [], TensorProto.BOOL),
            value("x", ["n", dim]),
            value("clean", ["n", dim]),
        ],
        [value("go_on", [], TensorProto.BOOL), value("x_next", ["n", dim]), value("clean_next", ["n", dim])],
    )
    nodes = [
        helper.make_node("Concat", ["zero_keys", "cross_keys"], ["keys"], axis=2),
        helper.make_node("Concat", ["zero_values", "cross_values"], ["values"], axis=2),
        helper.make_node("Size", ["timesteps"], ["steps"]),
        helper.make_node("Loop", ["steps", "", "noise", "noise"], ["x_last", "plans"], body=body),
    ]
    cross: list[int | str] = [config.denoiser_layers, config.heads, "C", config.head_dim]
    graph = helper.make_graph(
        nodes,
        "sampler",
        [
            value("cross_keys", cross),
            value("cross_values", cross),
            value("noise", ["n", dim]),
            value("step_noise", ["S", "n", dim]),
            value("timesteps", ["S"], TensorProto.INT64),
            value("coefficients", ["S", 5]),
            value("guidance_scale", [1]),
            value("guidance_rescale", [1]),
        ],
        [value("plans", ["n", dim])],
        [
            *step.graph.initializer,
            numpy_helper.from_array(zero_keys.squeeze(1).numpy(), "zero_keys"),
            numpy_helper.from_array(zero_values.squeeze(1).numpy(), "zero_values"),
        ],
    )
    return helper.make_model(
        graph, opset_imports=step.opset_import, ir_version=step.ir_version, producer_name="foresay"
    )


def share_weights(graphs: dict[str, onnx.ModelProto], directory: Path, data: str) -> None:
    """Writes the graphs with their weights in one file beside them; what two graphs share is stored once."""
    places: dict[bytes, tuple[int, int]] = {}
    blob = bytearray()
    for model in graphs.values():
        for tensor in model.graph.initializer:
            raw = tensor.raw_data or numpy_helper.to_array(tensor).tobytes()
            if len(raw) < 1024:
                continue
            if raw not in places:
                blob.extend(b"\0" * (-len(blob) % 4096))  # aligned, so that the file can be mapped
                places[raw] = (len(blob), len(raw))
                blob.extend(raw)
            offset, length = places[raw]
            kind, dims, name = tensor.data_type, list(tensor.dims), tensor.name
            tensor.Clear()
            tensor.name, tensor.data_type = name, kind
            tensor.dims.extend(dims)
            tensor.data_location = TensorProto.EXTERNAL
            for key, entry in (("location", data), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(entry))
    (directory / data).write_bytes(blob)
    for name, model in graphs.items():
        (directory / name).write_bytes(model.SerializeToString())
