"""The shipped bundle, run from Python with ONNX Runtime as the server runs it: what is evaluated is what ships."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sentence_encoder import SentenceEncoder
from .shipped_decoder import ShippedDecoder
from .shipped_predictor import ShippedPredictor

FORMAT_VERSION = 1


@dataclass(frozen=True)
class BundleRuntime:
    manifest: dict[str, Any]
    encoder: SentenceEncoder
    predictor: ShippedPredictor
    decoder: ShippedDecoder


def open_bundle(directory: Path, threads: int = 2) -> BundleRuntime:
    """Raises FileNotFoundError for a bundle without a manifest or a file it names, ValueError for another format."""
    file = directory / "manifest.json"
    if not file.exists():
        raise FileNotFoundError(f"{file}: missing; `python -m models.scripts.export` writes it")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    if manifest.get("format") != "foresay-bundle" or manifest.get("formatVersion") != FORMAT_VERSION:
        raise ValueError(f"{file}: expected format foresay-bundle, version {FORMAT_VERSION}")
    return BundleRuntime(
        manifest,
        open_encoder(directory, manifest, threads),
        ShippedPredictor(directory, manifest, threads),
        ShippedDecoder(directory, manifest, threads),
    )


def open_encoder(directory: Path, manifest: dict[str, Any], threads: int) -> SentenceEncoder:
    encoder = manifest["encoder"]
    graph, tokenizer = directory / encoder["graph"], directory / encoder["tokenizer"]
    return SentenceEncoder.shipped(graph, tokenizer, threads, encoder["prefix"], encoder["maxTokens"])
