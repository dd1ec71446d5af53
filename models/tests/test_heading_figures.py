"""Headings in the decoder's text: which sentences open a section, and what is put before them."""

import numpy as np

from models.evaluation.heading_figures import heading_figures, in_text, section_openings
from models.evaluation.progress import Progress
from models.lcm.corpus import Document, Section

BODY = tuple(f"Sentence {'x' * i} stands here." for i in range(24))
DOCUMENT = Document(
    "a", "essay", BODY, (), (Section("Start", (2,)), Section("Why?", (8, 6)), Section("", (4,)), Section("End", (4,)))
)


class Lengths:
    """A decoder to which every token of a sentence is as unlikely as the words before it are many."""

    def log_probabilities(self, sentence: str, context_text: str, plans: None) -> np.ndarray:
        return np.full((1, 3), -float(len(context_text.split())))


def test_openings_have_a_heading_and_text_before() -> None:
    assert section_openings(DOCUMENT) == [(20, "End")]


def test_a_heading_ends_in_one_colon() -> None:
    assert [in_text(heading) for heading in ("Water", "Who pays? ", "So:")] == ["Water:", "Who pays:", "So:"]


def test_the_heading_is_all_that_differs() -> None:
    found = heading_figures([DOCUMENT], Lengths(), 5, np.random.default_rng(0), Progress(every=1e9))  # type: ignore[arg-type]
    assert found["n"] == 1
    assert found["gain"]["mean"] == -1
