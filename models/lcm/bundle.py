"""The bundle's manifest: written here, read and checked by the server."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import onnx
import torch

from . import packing
from .decoder_graph import TOP_COUNT
from .diffusion import DiffusionLCM
from .encoder_graph import ENCODER_FILES
from .lcm_export import LCM_FILES
from .lcm_graphs import CrossStates
from .noise_schedule import alphas_cumprod
from .roles import ROLES
from .sentence_encoder import MAX_TOKENS
from .system import System
from .systems import name_of
from .two_tower import TwoTowerLCM

MANIFEST = "manifest.json"
CONTEXT_TOKENS = 192  # of the words before a sentence that the decoder reads; the server gives it fewer
NAME, VERSION = "foresay-small", "7"
LICENSES = [
    {"what": "encoder weights", "license": "Apache-2.0", "source": "sentence-transformers/all-MiniLM-L6-v2"},
    {
        "what": "decoder weights, before fine-tuning",
        "license": "Apache-2.0",
        "source": "HuggingFaceTB/SmolLM2-135M-Instruct",
    },
    {
        "what": "LCM, plan head, fine-tuned decoder weights",
        "license": "Apache-2.0",
        "source": "Foresay, trained as models/README.md says",
    },
]
DATA = "English proposals, documentation, textbooks, government pages, papers and stories: see models/README.md"


def manifest(
    model: System, normalizer: dict[str, torch.Tensor], marks: torch.Tensor, choices: dict, directory: Path
) -> dict:
    """The manifest of the files that lie in `directory`; schema in server/src/inference/manifest.ts.

    marks: (2, D), separator and stop; `choices`: models/choices.json, what was chosen on valid.
    """
    return {
        "format": "foresay-bundle",
        "formatVersion": 1,
        "name": NAME,
        "version": VERSION,
        "languages": ["en"],
        "conceptDim": model.config.concept_dim,
        "encoder": encoder_part(),
        "normalizer": {"center": rounded(normalizer["center"]), "scale": rounded(normalizer["scale"])},
        "lcm": lcm_part(model, sampler_defaults(name_of(model), choices), marks, choices["stopThreshold"]),
        "decoder": {
            "graph": "decoder.onnx",
            "planHead": "plan_head.onnx",
            "tokenizer": "decoder.tokenizer.json",
            "tokenizerConfig": "decoder.tokenizer_config.json",
            "layers": decoder_layers(directory / "decoder.onnx"),
            "kvHeads": 3,
            "headDim": 64,
            "hiddenDim": 576,
            "vocabularySize": 49152,
            "prefixLength": packing.PREFIX_LENGTH,
            "contextTokens": CONTEXT_TOKENS,
            "startToken": packing.START_TOKEN,
            "endToken": packing.END_TOKEN,
            "topCount": TOP_COUNT,
        },
        "ranking": {"minScore": choices["minScore"]},
        "summary": {"default": choices["summary"]},
        "files": listed(directory),
        "licenses": LICENSES,
        "data": DATA,
        "metrics": choices["metrics"],
    }


def encoder_part() -> dict:
    """The manifest's `encoder`, of the files that `write_encoder` writes, and its tokenizer's."""
    graph, accelerator_graph, weights = ENCODER_FILES
    return {
        "graph": graph,
        "acceleratorGraph": accelerator_graph,
        "weights": weights,
        "tokenizer": "encoder.tokenizer.json",
        "tokenizerConfig": "encoder.tokenizer_config.json",
        "pooling": "mean",
        "prefix": "",
        "maxTokens": MAX_TOKENS,
    }


def lcm_part(model: System, defaults: dict[str, float], marks: torch.Tensor, stop_threshold: float) -> dict:
    """The manifest's `lcm`, of the files that `export_lcm` writes. marks: as above; stop_threshold: a cosine."""
    config, cross = model.config, CrossStates.of(model)
    contextualizer, sampler, expectation, _ = LCM_FILES
    # A system without noise has no schedule, but the format asks for one.
    noise = model if isinstance(model, DiffusionLCM) else DiffusionLCM
    bars = model.bars if isinstance(model, DiffusionLCM) else alphas_cumprod(config.train_steps)
    shifts = model.roles.detach() if isinstance(model, TwoTowerLCM) else torch.zeros(0)
    roles = {name: rounded(shift) for name, shift in zip(ROLES, shifts, strict=True)} if shifts.any() else None
    return {
        "architecture": name_of(model),
        "contextualizer": contextualizer,
        "sampler": sampler,
        "expectation": expectation,
        "modelDim": config.model_dim,
        "contextLength": config.context_length,
        "contextLayers": config.context_layers,
        "contextHeads": config.heads,
        "denoiserLayers": cross.layers,
        "denoiserHeads": cross.heads,
        "headDim": cross.head_dim,
        "trainSteps": config.train_steps,
        "noiseSchedule": noise.schedule,
        "alphasCumprod": bars.tolist(),
        "predictionType": noise.prediction,
        "defaults": defaults,
        "summary": {"separator": rounded(marks[0]), "stop": rounded(marks[1]), "stopThreshold": stop_threshold},
        **({"roles": roles} if roles else {}),  # who reads a bundle puts nothing new into a context without them
    }


def sampler_defaults(architecture: str, choices: dict) -> dict[str, float]:
    """The sampler's settings: each system has its own, in the terms of the diffusion's."""
    own = choices["systems"].get(architecture, {})
    return {name: own.get(name, default) for name, default in choices["sampler"].items()}


def write_manifest(content: dict, directory: Path) -> None:
    (directory / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def decoder_layers(graph: Path) -> int:
    return sum(each.name.endswith(".key") for each in onnx.load(graph).graph.input)


def listed(directory: Path) -> list[dict[str, str | int]]:
    """The manifest's `files`: all that lie in `directory`."""
    return [described(path) for path in sorted(directory.iterdir()) if path.name != MANIFEST]


def rounded(vector: torch.Tensor) -> list[float]:
    """Eight significant digits: float32 and no more."""
    return [float(f"{value:.8g}") for value in vector.tolist()]


def described(path: Path) -> dict[str, str | int]:
    content = path.read_bytes()
    return {"path": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
