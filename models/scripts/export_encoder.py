"""Writes the bundle's encoder: all-MiniLM-L6-v2 as ONNX graphs with 8-bit weights, and its tokenizer.

First of the pipeline: `prepare` encodes the corpus with this very graph. A manifest that is there already is told.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from models.lcm.activation_ranges import WatchedEncoder
from models.lcm.bundle import MANIFEST, VERSION, encoder_part, listed, write_manifest
from models.lcm.corpus_file import decompressed
from models.lcm.encoder import minilm_directory, published_encoder
from models.lcm.encoder_graph import write_encoder
from models.lcm.sentence_encoder import SentenceEncoder

SHARD = "train-00.jsonl.zst"
EVERY, OF_EACH, PARAGRAPHS = 4, 3, 1500  # documents, of each its first paragraphs, and how many are read at most


def paragraphs(corpus: Path) -> list[str]:
    """What activations are watched on. Raises SystemExit where the corpus is not there."""
    shard = corpus / SHARD
    if not shard.exists():
        raise SystemExit(f"{corpus}: no {SHARD}. Give the corpus folder with --corpus.")
    documents = [json.loads(line) for line in decompressed(shard.read_bytes()).splitlines() if line.strip()]
    found = [
        text
        for document in documents[::EVERY]
        for text in [text for section in document["sections"] for text in section["paragraphs"]][:OF_EACH]
    ]
    return found[:PARAGRAPHS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    args = parser.parse_args()
    args.bundle.mkdir(parents=True, exist_ok=True)
    encoder = published_encoder()
    watched = WatchedEncoder(encoder)
    SentenceEncoder(minilm_directory() / "tokenizer.json", watched.run).encode(paragraphs(args.corpus))
    write_encoder(encoder, watched.ranges(), args.bundle)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(minilm_directory() / name, args.bundle / f"encoder.{name}")
    manifest = args.bundle / MANIFEST
    if manifest.exists():
        content = json.loads(manifest.read_text(encoding="utf-8"))
        new = {"version": VERSION, "encoder": encoder_part(), "files": listed(args.bundle)}
        write_manifest({**content, **new}, args.bundle)


if __name__ == "__main__":
    main()
