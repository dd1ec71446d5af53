"""Documents of a corpus file, and what is encoded of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.lcm.corpus import Document, document_of
from models.lcm.corpus_file import cut, segmented
from models.lcm.sentence_encoder import SentenceEncoder

from .progress import Progress


def read_documents(corpus: Path, segmenter: Path, node: str) -> list[Document]:
    """Raises SystemExit, in words, for a file that is missing or not in the corpus format."""
    return [document_of(json.loads(line)) for line in cut(corpus, segmenter, node).split(b"\n") if line.strip()]


def sentences_of(texts: Sequence[str], segmenter: Path, node: str) -> list[list[str]]:
    """Each text cut into sentences as the corpus is; line by line, as a sentence holds no line break."""
    lines = [{"sections": [{"heading": "", "paragraphs": text.split("\n")}], "summary": None} for text in texts]
    found = segmented("\n".join(map(json.dumps, lines)).encode(), segmenter, node)
    return [list(document_of(json.loads(line)).body) for line in found.splitlines()]


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
