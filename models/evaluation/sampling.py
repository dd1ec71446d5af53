"""Which texts and which places of them are evaluated: dealt evenly over genres and documents, by a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.lcm.context_text import text_before

from .corpus import Document, EncodedSentences
from .dealing import dealt, shuffled
from .progress import Progress

EXCERPT = 256  # sentences of a longer text that stand for it, all from one place
LEAST_CONTEXT = 8  # sentences before an evaluated one
FOLLOWING = 15  # sentences behind it, that it is ranked among
PLACES_A_TEXT = 8  # so that no novel dominates


@dataclass(frozen=True, eq=False)
class Text:
    genre: str
    sentences: tuple[str, ...]
    vectors: np.ndarray  # (N, D)


@dataclass(frozen=True)
class Place:
    """One sentence of a text: the true next sentence of those before it."""

    text: Text
    index: int

    @property
    def true(self) -> np.ndarray:
        return self.text.vectors[self.index]

    @property
    def context(self) -> np.ndarray:
        """(index, D)."""
        return self.text.vectors[: self.index]

    @property
    def sentence(self) -> str:
        return self.text.sentences[self.index]

    @property
    def context_text(self) -> str:
        return text_before(self.text.sentences, self.index)


def texts_of(
    documents: list[Document], limit: int, encoded: EncodedSentences, rng: np.random.Generator, progress: Progress
) -> list[Text]:
    """Up to `limit` documents that have room for a place, encoded, long ones as an excerpt."""
    fitting = [d for d in documents if len(d.body) > LEAST_CONTEXT + FOLLOWING]
    chosen = dealt([(d.genre, [d]) for d in shuffled(fitting, rng)], limit)
    bodies = []
    for document in chosen:
        start = int(rng.integers(0, max(1, len(document.body) - EXCERPT + 1)))
        bodies.append(document.body[start : start + EXCERPT])
    encoded.read([sentence for body in bodies for sentence in body], progress)
    return [Text(d.genre, body, encoded.of(body)) for d, body in zip(chosen, bodies, strict=True)]


def places_of(texts: list[Text], limit: int, rng: np.random.Generator) -> list[Place]:
    """Up to `limit` places with room before and behind them, at most PLACES_A_TEXT of one text."""
    groups = []
    for text in texts:
        room = np.arange(LEAST_CONTEXT, len(text.sentences) - FOLLOWING)
        groups.append((text.genre, [Place(text, int(i)) for i in rng.permutation(room)[:PLACES_A_TEXT]]))
    return dealt(groups, limit)
