"""Writes test/fixtures/sonar: a bundle made by `convert_sonar` and `export` of small random weights, and its answers.

What Python's runtime answers is what the server must answer. Run `python models/tests/sonar_bundle.py` after a change
of the graphs or the manifest.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from sonar_checkpoints import HIDDEN, random_model, write_fairseq2

from models.lcm.bundle import manifest, write_manifest
from models.lcm.bundle_parts import read_parts, with_parts
from models.lcm.bundle_runtime import BundleRuntime, open_bundle
from models.lcm.config import LCMConfig
from models.lcm.normalizer import Normalizer
from models.lcm.shipped_decoder import ShippedDecoder
from models.lcm.sonar.checkpoint import read_tower
from models.lcm.sonar.graphs import sonar_decoder_graph
from models.lcm.two_tower import TwoTowerLCM
from models.scripts.convert_sonar import convert
from models.scripts.export import export_lcm

FIXTURE = Path("test/fixtures/sonar")
CONFIG = LCMConfig(concept_dim=HIDDEN, model_dim=32, heads=2, context_layers=1, denoiser_layers=1, context_length=8)
SENTENCES = [
    "The garden is behind the house, and the gate stands open.",
    "She planted beans.",
    "Größe, naïveté: what of  “that”, 漢字 ½?",
]
MAX_TOKENS = 8


def write_bundle(directory: Path, checkpoints: Path) -> BundleRuntime:
    """As a user makes one: SONAR's checkpoints are converted, then an LCM of the same dimension joins them."""
    write_fairseq2(random_model(5), checkpoints, "identity")  # another normalization would bring 600 kB
    encoder = read_tower(checkpoints / "sonar_text_encoder.pt", "encoder")
    decoder = read_tower(checkpoints / "sonar_text_decoder.pt", "decoder")
    convert(encoder, decoder, checkpoints / "sentencepiece.model", "eng_Latn", "en", directory)
    parts = read_parts(directory, HIDDEN)
    torch.manual_seed(3)
    lcm = TwoTowerLCM(CONFIG).eval()
    with torch.no_grad():
        for layer in lcm.denoiser.layers:
            layer.modulation.weight.normal_(std=0.05)
    export_lcm(lcm, None, directory)
    spread = Normalizer(0.1 * np.ones(HIDDEN), 0.9 * np.ones(HIDDEN)).state_dict()
    choices = json.loads(Path("models/choices.json").read_text())
    content = manifest(lcm, spread, torch.randn(2, HIDDEN), choices, directory)
    write_manifest(with_parts(content, parts), directory)
    return open_bundle(directory, threads=1)


def safe_plans(bundle: BundleRuntime, directory: Path, checkpoints: Path, count: int) -> np.ndarray:
    """(count, D): concepts worded alike with 8-bit and float32 weights, so that no other processor words them apart."""
    exact = sonar_decoder_graph(read_tower(checkpoints / "sonar_text_decoder.pt", "decoder"), exact=True)
    described = {**bundle.manifest, "decoder": {**bundle.manifest["decoder"], "graph": "exact.onnx"}}
    onnx.save(exact, directory / "exact.onnx")
    floats = ShippedDecoder(directory, described, threads=1)
    (directory / "exact.onnx").unlink()
    plans = np.random.default_rng(4).standard_normal((64, HIDDEN)).astype(np.float32)
    pairs = zip(*(decoder.word(plans, "", MAX_TOKENS) for decoder in (bundle.decoder, floats)), strict=True)
    alike = [i for i, (one, other) in enumerate(pairs) if one.text == other.text]
    return plans[alike[:count]]


def answers(bundle: BundleRuntime, plans: np.ndarray) -> dict:
    """What the fixture's other half must answer too."""
    vectors = bundle.encoder.encode(SENTENCES)
    return {
        "sentences": SENTENCES,
        "tokens": [encoding.ids for encoding in bundle.encoder.tokenizer.encode_batch(SENTENCES)],
        "vectors": vectors.tolist(),
        "predicted": bundle.predictor.predict_next(vectors, 2, seed=1).tolist(),
        "plans": plans.tolist(),
        "maxTokens": MAX_TOKENS,
        # No word of the text before is read: the second answer is the first.
        "wordings": [wording.text for wording in bundle.decoder.word(plans, "The gate was open.", MAX_TOKENS)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    FIXTURE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bundle = write_bundle(FIXTURE, Path(folder))
        plans = safe_plans(bundle, FIXTURE, Path(folder), 4)
    found = answers(bundle, plans)
    Path(f"{FIXTURE}.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
    print(found["wordings"])


if __name__ == "__main__":
    main()
