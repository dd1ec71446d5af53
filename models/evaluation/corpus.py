"""Documents of a corpus file, cut into sentences by the server's own segmenter, and what is encoded of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zstandard

from models.lcm.sentence_encoder import SentenceEncoder

from .progress import Progress


@dataclass(frozen=True)
class Document:
    name: str
    genre: str
    body: tuple[str, ...]  # sentences
    summary: tuple[str, ...]  # of the human abstract; empty where there is none


def read_documents(corpus: Path, segmenter: Path, node: str) -> list[Document]:
    """Raises SystemExit, in words, for a file that is missing or not in the corpus format."""
    if not corpus.exists():
        raise SystemExit(f"{corpus}: no such file")
    if not segmenter.exists():
        raise SystemExit(f"{segmenter}: missing; `npm run build` makes it")
    raw = corpus.read_bytes()
    if corpus.suffix == ".zst":
        try:
            raw = decompressed(raw)
        except zstandard.ZstdError as error:
            raise SystemExit(f"{corpus}: not a zstandard file ({error})") from error
    check(corpus, raw)
    cut = subprocess.run([node, str(segmenter)], input=raw, stdout=subprocess.PIPE, check=True).stdout
    return [document_of(json.loads(line)) for line in cut.split(b"\n") if line.strip()]


def decompressed(data: bytes) -> bytes:
    """All zstandard frames. Raises ZstdError if one is cut off, which the library's own stream would pass over."""
    parts = []
    while data:
        frame = zstandard.ZstdDecompressor().decompressobj()
        parts.append(frame.decompress(data))
        if not frame.eof:
            raise zstandard.ZstdError("it is cut off")
        data = frame.unused_data
    return b"".join(parts)


def check(corpus: Path, raw: bytes) -> None:
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
            paragraphs = [p for section in document["sections"] for p in section["paragraphs"]]
            fine = all(isinstance(p, str) for p in paragraphs) and isinstance(document["summary"], str | None)
        except (ValueError, KeyError, TypeError):
            fine = False
        if not fine:
            raise SystemExit(f"{corpus}: line {number} is no document in the corpus format (sections, summary)")


def document_of(cut: dict) -> Document:
    body = [s for section in cut["sections"] for paragraph in section["paragraphs"] for s in paragraph]
    return Document(str(cut.get("id", "")), str(cut.get("genre", "")), tuple(body), tuple(cut["summary"] or ()))


class EncodedSentences:
    """The shipped encoder with a memory: each sentence is encoded once."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.encoder = encoder
        self.known: dict[str, np.ndarray] = {}

    def read(self, sentences: Sequence[str], progress: Progress) -> None:
        """Encodes what is not known yet, all of it side by side."""
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self.known]
        vectors = self.encoder.encode(new, progress.counting("encoding", len(new)))
        self.known.update(zip(new, vectors, strict=True))

    def of(self, sentences: Sequence[str]) -> np.ndarray:
        """(N, D) of sentences that were read."""
        return np.stack([self.known[sentence] for sentence in sentences])
