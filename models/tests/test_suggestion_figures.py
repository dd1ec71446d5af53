"""Scores of suggestions as the server gives them, how far apart they are, and what is left where few are shown."""

import math

import numpy as np
import pytest

from models.evaluation.suggestion_figures import mean_distance, risk_coverage, score
from models.lcm.wording import Wording

EAST, NORTH, NORTH_EAST = np.array([1.0, 0]), np.array([0, 1.0]), np.array([0.6, 0.8])


def test_a_score_weighs_plan_flow_fluency_and_what_is_repeated() -> None:
    wording = Wording("a cat sat down here", -1.0, True)
    fluent = 0.35 * math.exp(-0.5)
    assert score(wording, EAST, NORTH_EAST, EAST, "") == pytest.approx(0.45 * 0.6 + 0.2 + fluent)
    # One of its three runs of three words stands in the context.
    assert score(wording, EAST, EAST, NORTH, "and a cat sat") == pytest.approx(0.45 + fluent - 0.5 / 3)
    # Of six runs one comes again.
    circling = Wording("on and on on and on on and", 0.0, True)
    assert score(circling, EAST, EAST, EAST, "") == pytest.approx(1 - 0.5 * 0.5)
    assert score(circling, EAST, -EAST, -EAST, "on and on on and on on and") == 0


def test_distance_is_over_all_pairs() -> None:
    assert mean_distance(np.stack([EAST, NORTH, NORTH_EAST])) == pytest.approx((1 + 0.4 + 0.2) / 3)


def test_risk_falls_where_scores_are_worth_something() -> None:
    found = risk_coverage([0.9, 0.1, 0.8, 0.2], [True, False, True, False])
    assert [point["coverage"] for point in found] == [1, 0.75, 0.5, 0.25]
    assert [point["accuracy"]["mean"] for point in found] == [0.5, pytest.approx(2 / 3, abs=1e-4), 1, 1]
    assert [point["leastScore"] for point in found] == [0.1, 0.2, 0.8, 0.9]
