"""What a sweep says of guesses, on vectors small enough to work out by hand."""

import numpy as np
import pytest

from models.evaluation.swept import CONTEXT, likeness, rated

TEXTS = [np.eye(12)[:10], np.eye(12)[::-1][:10]]


def test_the_truth_is_told_from_all_others() -> None:
    found = rated(TEXTS, TEXTS)
    assert found["l2"].mean == 0
    assert found["l2"].n == 2 * (10 - CONTEXT)
    # Of the other text one sentence in ten is the same as the true one, and a tie counts against.
    assert found["contrastiveAccuracy"].mean == pytest.approx(0.9, abs=0.05)


def test_a_guess_at_something_else_is_worse() -> None:
    wrong = [text[::-1] for text in TEXTS]
    assert rated(wrong, TEXTS)["l2"].mean == pytest.approx(2**0.5, abs=1e-5)
    assert (rated(wrong, TEXTS)["contrastiveAccuracy"].mean or 0) < 0.2


def test_likeness_is_the_cosine_of_the_two() -> None:
    assert likeness(TEXTS, TEXTS).mean == 1
    assert likeness(TEXTS, [text[::-1] for text in TEXTS]).mean == 0
