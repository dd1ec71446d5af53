"""A corpus file, checked and cut into sentences by the server's own segmenter."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import zstandard


def cut(corpus: Path, segmenter: Path, node: str = "node") -> bytes:
    """JSON Lines, one document a line, for `corpus.document_of`.

    Raises SystemExit, in words, for a file that is missing or not in the corpus format.
    """
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
    return segmented(raw, segmenter, node)


def segmented(raw: bytes, segmenter: Path, node: str = "node") -> bytes:
    """Documents as JSON Lines, cut into sentences."""
    return subprocess.run([node, str(segmenter)], input=raw, stdout=subprocess.PIPE, check=True).stdout


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
