"""Measures of predictions, on vectors small enough to work out by hand."""

import numpy as np
import pytest

from models.lcm.metrics import (
    Mean,
    contrastive_accuracy,
    l2,
    paraphrase_ratio,
    rank_among,
    spearman,
    without_neighborhood,
)

EAST, NORTH, WEST = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([-1.0, 0.0])
NORTH_EAST = np.array([0.6, 0.8])


def test_l2_goes_row_by_row() -> None:
    assert l2(np.stack([EAST, EAST]), np.stack([EAST, WEST])) == pytest.approx([0, 2])


def test_contrastive_accuracy_is_the_share_of_distractors_beyond_the_true_vector() -> None:
    distractors = np.stack([EAST, NORTH, WEST, NORTH_EAST])
    assert contrastive_accuracy(EAST, NORTH_EAST, distractors) == 0.5  # north and west; the true vector ties
    assert contrastive_accuracy(EAST, EAST, np.stack([NORTH, WEST])) == 1
    assert contrastive_accuracy(WEST, EAST, np.stack([NORTH, WEST])) == 0


def test_the_true_sentence_and_its_neighbors_are_no_distractors() -> None:
    document = np.arange(6.0).reshape(6, 1)
    assert without_neighborhood(document, 3)[:, 0].tolist() == [0, 1, 5]
    assert without_neighborhood(document, 0)[:, 0].tolist() == [2, 3, 4, 5]


def test_rank_counts_those_nearer_to_the_prediction() -> None:
    others = np.stack([EAST, NORTH_EAST, WEST])
    assert rank_among(EAST, EAST, others) == 1
    assert rank_among(EAST, NORTH, others) == 3
    assert rank_among(EAST, WEST, others) == 3  # a tie is not nearer


def test_paraphrase_ratio_compares_with_the_true_sentence() -> None:
    preceding = np.stack([EAST, WEST])
    assert paraphrase_ratio(EAST, NORTH_EAST, preceding) == pytest.approx(1 / 0.6)
    assert paraphrase_ratio(NORTH_EAST, EAST, preceding) == pytest.approx(0.6)
    assert paraphrase_ratio(EAST, NORTH, preceding) is None  # like nothing before it


def test_spearman_hears_order_alone_and_shares_ranks_of_ties() -> None:
    assert spearman(np.array([1.0, 2, 3]), np.array([1.0, 8, 27])) == pytest.approx(1)
    assert spearman(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])) == pytest.approx(-1)
    # Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4.
    assert spearman(np.array([1.0, 2, 2, 3]), np.array([1.0, 3, 2, 4])) == pytest.approx(4.5 / (4.5 * 5) ** 0.5)


def test_mean_says_how_sure_it_is() -> None:
    assert Mean.of([1, 3]) == Mean(2, 1, 2)
    assert Mean.of([True, False, True, True]).mean == 0.75
    assert Mean.of([5]) == Mean(5, None, 1)
    assert Mean.of([]) == Mean(None, None, 0)


def test_a_ratio_of_sums_weighs_long_sentences_more() -> None:
    # (3 + 1) / (1 + 3); each is 3 - 1 = 2 and 1 - 3 = -2 off, sd 2.828, over sqrt(2) and a mean whole of 2.
    assert Mean.of_ratio([3, 1], [1, 3]) == Mean(1, 1, 2)
    assert Mean.of_ratio([2, 6], [1, 3]) == Mean(2, 0, 2)
    assert Mean.of_ratio([], []) == Mean(None, None, 0)
