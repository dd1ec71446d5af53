"""An LCM's part of a bundle, written: its three graphs and the weights they share."""

from __future__ import annotations

from pathlib import Path

import onnxruntime
import torch

from .concepts import cosines
from .lcm_graphs import contextualizer_graph, expectation_graph, sampler_graph
from .quant_lcm import Choice
from .system import System
from .tracing import share_weights

LCM_FILES = ("contextualizer.onnx", "sampler.onnx", "expectation.onnx", "lcm.bin")


def export_lcm(model: System, choice: Choice | None, directory: Path) -> None:
    """Writes LCM_FILES, and says how far the expectation is from PyTorch's. choice: see `sampler_graph`."""
    contextualizer, sampler, expectation, weights = LCM_FILES
    graphs = {
        contextualizer: contextualizer_graph(model),
        sampler: sampler_graph(model, choice),
        expectation: expectation_graph(model),
    }
    share_weights(graphs, directory, weights)
    concepts = torch.randn(1, 16, model.config.concept_dim)
    with torch.inference_mode():
        wanted = model.expected(concepts)[0].numpy()
    session = onnxruntime.InferenceSession(directory / expectation)
    got = session.run(None, {"concepts": concepts[0].numpy()})[0]
    # The first has nothing before it, of which some systems say nothing.
    print(f"expectation: cosine to PyTorch {cosines(wanted[1:], got[1:]).mean():.4f} in the mean")
