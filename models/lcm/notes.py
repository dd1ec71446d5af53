"""Notes as a writer leaves them for a paragraph that is not written yet: some content words of one of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .corpus import Document
from .wording_checks import LIGHT_WORDS, WORD

WORDS = (3, 8)  # of a note
SENTENCES = (3, 8)  # of a paragraph that has one


@dataclass(frozen=True)
class Note:
    document: int
    start: int  # of the paragraph, in sentences of the body
    length: int
    text: str


def notes_of(documents: Sequence[Document], count: int, seed: int) -> list[Note]:
    """Up to `count` paragraphs, each with a note, in the order of the documents."""
    rng = np.random.default_rng(seed)
    found = paragraphs_of(documents)
    notes = []
    for row in sorted(rng.permutation(len(found))[:count].tolist()):
        document, start, length = found[row]
        text = note_of(documents[document].body[start + int(rng.integers(length))], rng)
        if text:
            notes.append(Note(document, start, length, text))
    return notes


def paragraphs_of(documents: Sequence[Document]) -> list[tuple[int, int, int]]:
    """Document, first sentence and number of sentences of every paragraph of fitting length."""
    found = []
    for number, document in enumerate(documents):
        start = 0
        for section in document.sections:
            for length in section.paragraphs:
                if SENTENCES[0] <= length <= SENTENCES[1]:
                    found.append((number, start, length))
                start += length
    return found


def note_of(sentence: str, rng: np.random.Generator) -> str:
    """Some of the sentence's words that carry content, in their order; empty if it has too few."""
    words = [word for word in WORD.findall(sentence) if word.lower() not in LIGHT_WORDS]
    fewest, most = WORDS
    if len(words) < fewest:
        return ""
    kept = rng.permutation(len(words))[: rng.integers(fewest, most + 1)]
    return " ".join(words[i] for i in sorted(kept))
