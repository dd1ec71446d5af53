"""The window over a growing document: what server/test/unit asks of contextWindow.ts, asked of its twin."""

import numpy as np
import pytest

from models.lcm.context_window import by_windows, evenly_spread, window_start
from models.lcm.shipped_predictor import ShippedPredictor


@pytest.mark.parametrize(("count", "wanted"), [(0, 0), (8, 0), (9, 4), (12, 4), (13, 8), (16, 8)])
def test_the_window_moves_by_half_its_length(count: int, wanted: int) -> None:
    assert window_start(count, 8) == wanted


def test_evenly_spread() -> None:
    assert evenly_spread(3, 5) == [0, 1, 2]
    assert evenly_spread(10, 5) == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("length", [0, 1, 8, 9, 30])
def test_each_row_comes_from_one_window_in_order(length: int) -> None:
    concepts = np.arange(float(length)).reshape(-1, 1)
    assert np.array_equal(by_windows(lambda window: window * 2, concepts, 8), concepts * 2)


class Summing(ShippedPredictor):
    """Says of each concept the sum of those before it in its window."""

    def __init__(self) -> None:
        self.context_length, self.unit_length, self.expectation = 8, False, self
        self.center, self.scale = np.zeros(1, np.float32), np.ones(1, np.float32)

    def run(self, names: list[str], feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [feeds["concepts"].cumsum(0) - feeds["concepts"]]


def test_one_conditional_mean_is_that_of_the_whole_text() -> None:
    predictor, concepts = Summing(), np.arange(40, dtype=np.float32)[:, None]
    together = predictor.expected(concepts)
    assert [predictor.expected_at(concepts, i).tolist() for i in range(40)] == together.tolist()
