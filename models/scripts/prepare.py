"""Corpus to concept vectors: cuts documents with the server's segmenter, encodes every sentence once, resumable.

Writes under --work: {split}.jsonl (segmented documents), {split}.npy (float16, (N, D), document order: body, then
summary) and {split}.count (sentences done, so that a stopped run goes on). Needs `npm run build` for the segmenter.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from models.lcm.corpus import document_of
from models.lcm.corpus_file import cut
from models.lcm.data import SEPARATOR, STOP, skipped
from models.lcm.sentence_encoder import SentenceEncoder

SEGMENTER = Path("dist/segmentCorpus.mjs")
CHUNK = 4096  # sentences encoded between two checkpoints; sorted by length inside


def segment(corpus: Path, work: Path, split: str) -> None:
    target = work / f"{split}.jsonl"
    if target.exists():
        return
    shards = sorted(corpus.glob(f"{split}*.jsonl.zst"))
    if not shards:
        raise SystemExit(f"{corpus}: no {split}*.jsonl.zst. Give the corpus folder with --corpus.")
    partial = target.with_suffix(".partial")
    partial.write_bytes(b"".join(cut(shard, SEGMENTER) for shard in shards))
    partial.rename(target)


def encode(work: Path, split: str, limit: int, encoder: SentenceEncoder, dim: int) -> None:
    sentences: list[str] = []
    with (work / f"{split}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if len(sentences) >= limit:
                break
            document = document_of(json.loads(line))
            found = (*document.body, *document.summary)
            if not skipped(document.genre, len(found)):
                sentences += found
    mark = work / f"{split}.count"
    done = int(mark.read_text()) if mark.exists() else 0
    vectors = np.lib.format.open_memmap(
        work / f"{split}.npy", mode="r+" if done else "w+", dtype=np.float16, shape=(len(sentences), dim)
    )
    while done < len(sentences):
        chunk = sentences[done : done + CHUNK]
        vectors[done : done + len(chunk)] = encoder.encode(chunk).astype(np.float16)
        vectors.flush()
        done += len(chunk)
        mark.write_text(str(done))
        print(f"{split}: {done}/{len(sentences)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"), help="where the encoder's graph lies")
    parser.add_argument("--splits", nargs="+", default=["valid", "test", "train"])
    parser.add_argument("--limit", type=int, default=10**9, help="sentences a split, whole documents")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    encoder = SentenceEncoder.shipped(
        args.bundle / "encoder.onnx", args.bundle / "encoder.tokenizer.json", args.threads
    )
    marks = encoder.encode([SEPARATOR, STOP])  # (2, D)
    np.save(args.work / "marks.npy", marks)
    for split in args.splits:
        segment(args.corpus, args.work, split)
        encode(args.work, split, args.limit, encoder, marks.shape[1])


if __name__ == "__main__":
    main()
