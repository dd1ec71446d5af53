"""A summary against its source, on vectors and texts small enough to work out by hand."""

import numpy as np
import pytest

from models.evaluation.faithfulness import attribution, coverage, main_ideas, names_found

SOURCE = np.eye(3, dtype=np.float32)
SENTENCES = ["The garden has many tall trees.", "Volunteers water the plants daily.", "Costs rose last year again."]


def test_attribution_is_the_best_similarity_of_each_sentence() -> None:
    summary = np.array([[1, 0, 0], [0.6, 0.8, 0]], np.float32)
    assert attribution(summary, SOURCE) == pytest.approx((1 + 0.8) / 2)
    assert attribution(summary[:0], SOURCE) is None


def test_coverage_is_the_best_similarity_of_each_of_the_abstracts_sentences() -> None:
    summary = np.array([[0.6, 0.8, 0], [0, 0, 1]], np.float32)
    assert coverage(summary, SOURCE) == pytest.approx((0.6 + 0.8 + 1) / 3)
    assert coverage(summary[:0], SOURCE) == 0


def test_names_and_numbers_are_looked_up_as_they_stand() -> None:
    source = "In 2024 Ada Lovelace paid 3.5 coins to Bob."
    assert names_found(["Nobody knew Ada or Carol in 2024.", "7 coins were lost."], source) == 0.5
    assert names_found(["We paid."], source) is None


def test_main_ideas_are_said_from_a_similarity_on() -> None:
    near = np.array([[0.8, 0.6, 0]], np.float32)  # says the first and the second
    assert main_ideas(near, SENTENCES, SOURCE) == pytest.approx(2 / 3)
    assert main_ideas(SOURCE, SENTENCES, SOURCE) == 1
    assert main_ideas(near[:0], SENTENCES, SOURCE) == 0
