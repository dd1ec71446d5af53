"""The sentences before one that the decoder reads: server/src/service/suggestions/contextText.ts, but for headings."""

from __future__ import annotations

from collections.abc import Sequence

FULL_BLOCK = 320  # UTF-16 units with which a block of sentences is full


def text_before(sentences: Sequence[str], index: int) -> str:
    """One to two blocks of whole sentences before sentence `index`, the blocks counted from the document's start."""
    previous, current, length = 0, 0, 0
    for i in range(index):
        if length >= FULL_BLOCK:
            previous, current, length = current, i, 0
        length += len(sentences[i].encode("utf-16-le")) // 2 + 1
    return " ".join(sentences[previous:index])
