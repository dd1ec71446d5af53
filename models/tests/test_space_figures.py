"""Figures of a concept space, on vectors small enough to work out by hand."""

import numpy as np
import pytest

from models.evaluation.space_figures import (
    guesses_without_a_model,
    knows_the_next,
    order_kept,
    predictability,
    text_figures,
)
from models.lcm.concepts import unit


def walk(count: int, step: float) -> np.ndarray:
    """Unit vectors of a half circle: the next is the nearest."""
    angles = np.arange(count) * step
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def test_the_next_is_known_where_a_text_walks_and_guessed_where_it_does_not() -> None:
    assert knows_the_next([walk(8, 0.3)]).mean == 1
    rng = np.random.default_rng(0)
    random = [unit(rng.standard_normal((48, 16))) for _ in range(8)]
    assert knows_the_next(random).mean == pytest.approx(0.5, abs=0.05)


def test_the_order_of_likeness_is_kept_by_a_turn_and_lost_by_a_shuffle() -> None:
    text = unit(np.random.default_rng(0).standard_normal((24, 8)))
    assert order_kept([text], [text[:, ::-1]]).mean == pytest.approx(1)
    assert (order_kept([text], [np.roll(text, 7, 0)]).mean or 0) < 0.4


def test_guesses_see_only_what_is_before_them() -> None:
    text = walk(6, 0.3)
    guesses = guesses_without_a_model([text], np.array([0.0, 2.0]))
    assert np.allclose(guesses["copyLast"][0][1:], text[:-1])
    assert np.allclose(guesses["meanOfFour"][0][5], unit(text[1:5].mean(0)))
    assert np.allclose(guesses["average"][0], [[0, 1]] * 6)


def test_l2_is_told_for_each_of_the_average_guess() -> None:
    rng = np.random.default_rng(0)
    texts = [unit(rng.standard_normal((12, 8))) for _ in range(2)]
    found = predictability(texts, np.ones(8), {"truth": texts})
    assert found["truth"]["relativeL2"].mean == 0
    assert found["average"]["relativeL2"].mean == pytest.approx(1, abs=1e-4)


def test_the_same_text_has_all_points_and_no_error() -> None:
    sources = ["The cat sat on the mat again.", "A dog barked at the moon all night."]
    found = text_figures(sources, sources, np.random.default_rng(0))
    assert found["bleu"].mean == pytest.approx(100)
    assert found["bleu"].se == pytest.approx(0, abs=1e-6)
    assert found["chrf"].mean == pytest.approx(100)
