"""Writes the bundle's encoder: all-MiniLM-L6-v2 as an ONNX graph with 8-bit weights, and its tokenizer.

First of the pipeline: `prepare` encodes the corpus with this very graph.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from models.lcm.encoder import minilm_directory, published_encoder
from models.lcm.encoder_graph import write_encoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    args = parser.parse_args()
    args.bundle.mkdir(parents=True, exist_ok=True)
    write_encoder(published_encoder(), args.bundle / "encoder.onnx")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(minilm_directory() / name, args.bundle / f"encoder.{name}")


if __name__ == "__main__":
    main()
