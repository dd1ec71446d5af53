"""Corpus to concept vectors: cuts documents with the server's segmenter, encodes every sentence once, resumable.

Writes under --work: {split}.jsonl (segmented documents), {split}.npy (float16, (N, D), document order: body, then
summary) and {split}.count (sentences done, so that a stopped run goes on); then, for windows with roles, which are made
anew each time, {split}.headings.npy (float16, (H, D), document order) and {split}.notes.npz (vectors (M, D); places
(M, 3): document, first sentence and length of the paragraph). Needs `npm run build` for the segmenter.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from models.lcm.corpus import Document, document_of
from models.lcm.corpus_file import cut
from models.lcm.data import SEPARATOR, STOP, headings_of, skipped
from models.lcm.notes import notes_of
from models.lcm.sentence_encoder import SentenceEncoder

SEGMENTER = Path("dist/segmentCorpus.mjs")
CHUNK = 4096  # sentences encoded between two checkpoints; sorted by length inside
NOTES, SEED = 6000, 1  # paragraphs of a split that have a note, and of their choice


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


def documents_of(work: Path, split: str, limit: int) -> list[Document]:
    """The first that have `limit` sentences together, without those that are skipped."""
    found, sentences = [], 0
    with (work / f"{split}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if sentences >= limit:
                break
            document = document_of(json.loads(line))
            length = len(document.body) + len(document.summary)
            if not skipped(document.genre, length):
                found.append(document)
                sentences += length
    return found


def encode(work: Path, split: str, documents: list[Document], encoder: SentenceEncoder, dim: int) -> None:
    sentences = [sentence for document in documents for sentence in (*document.body, *document.summary)]
    mark = work / f"{split}.count"
    done = int(mark.read_text()) if mark.exists() else 0
    if done >= len(sentences):
        return
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


def encode_beside(work: Path, split: str, documents: list[Document], encoder: SentenceEncoder) -> None:
    """What stands beside the sentences: headings, and notes for some of the paragraphs."""
    headings = [heading for document in documents for heading in headings_of(document)]
    np.save(work / f"{split}.headings.npy", encoder.encode(headings).astype(np.float16))
    notes = notes_of(documents, NOTES, SEED)
    np.savez(
        work / f"{split}.notes.npz",
        vectors=encoder.encode([note.text for note in notes]).astype(np.float16),
        places=np.array([[note.document, note.start, note.length] for note in notes]),
    )
    print(f"{split}: {len(headings)} headings, {len(notes)} notes", flush=True)


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
        documents = documents_of(args.work, split, args.limit)
        encode(args.work, split, documents, encoder, marks.shape[1])
        encode_beside(args.work, split, documents, encoder)


if __name__ == "__main__":
    main()
