"""Summaries rated side by side: each sentence is read once, and a system may have summed up fewer documents."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from models.evaluation.corpus import Document, EncodedSentences
from models.evaluation.progress import Progress
from models.evaluation.summary_figures import Summarized, rated

BODY = ("the cat sat on the mat", "the dog ran to Rome", "the bird flew", "a fish swam", "an ant crept")


class Letters:
    """Encodes a sentence as how often each letter comes."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, sentences: list[str], progress: Callable[[int], None] = lambda done: None) -> np.ndarray:
        self.read += sentences
        return np.array([[sentence.count(chr(97 + i)) for i in range(26)] for sentence in sentences], np.float32)


class Lengths:
    def acceptability(self, sentences: Sequence[str], progress: Callable[[int], None]) -> list[float]:
        assert len(set(sentences)) == len(sentences)
        return [float(len(sentence)) for sentence in sentences]


def test_each_summary_has_a_row_and_each_sentence_is_read_once() -> None:
    letters = Letters()
    encoded = EncodedSentences(letters)  # type: ignore[arg-type]
    progress = Progress(every=1e9)
    encoded.read([*BODY, "the dog ran"], progress)
    found = []
    for said in (["the dog ran to Rome", "the dog ran"], []):
        document = Document("", "essay", BODY, ("the dog ran",), ())
        found.append(Summarized(document, encoded.of(BODY), {"lead": list(BODY[:1]), "lcm": said}))
    found[0].summaries["asked"] = ["the dog ran"]
    rows = rated(found, encoded, Lengths(), progress)  # type: ignore[arg-type]
    assert {name: len(of_system) for name, of_system in rows.items()} == {"lead": 2, "lcm": 2, "asked": 1}
    assert sorted(letters.read) == sorted([*BODY, "the dog ran"])
    assert rows["asked"][0]["rougeL"] == 1
    assert rows["lcm"][0]["acceptability"] == (19 + 11) / 2
    assert rows["lcm"][0]["attribution"] is not None
    assert rows["lead"][1]["attribution"] == pytest.approx(1)
    assert rows["lcm"][1]["acceptability"] is None
    assert rows["lcm"][1]["attribution"] is None
