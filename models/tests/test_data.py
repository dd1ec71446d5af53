"""Windows over documents: what is learnt from, and what only read."""

import numpy as np
import pytest

from models.lcm.data import SEPARATOR_ROW, STOP_ROW, SUMMARY_WEIGHT, ConceptDocument, skipped, summary_window


def document(body: int, summary: int) -> ConceptDocument:
    return ConceptDocument(slice(10, 10 + body), slice(10 + body, 10 + body + summary), "proposal", ())


def test_a_short_text_is_learnt_from_and_its_summary_more() -> None:
    window = summary_window(document(5, 2), 16)
    assert window.rows.tolist() == [10, 11, 12, 13, 14, SEPARATOR_ROW, 15, 16, STOP_ROW]
    assert window.weights.tolist() == [1] * 5 + [0] + [SUMMARY_WEIGHT] * 3


@pytest.mark.parametrize(("body", "summary"), [(100, 3), (40, 30)])
def test_a_long_text_is_thinned_evenly_and_only_read(body: int, summary: int) -> None:
    window = summary_window(document(body, summary), 16)
    assert len(window.rows) == 16
    text = window.rows[: window.rows.tolist().index(SEPARATOR_ROW)]
    assert (window.weights[: len(text) + 1] == 0).all()
    gaps = np.diff(text)
    assert gaps.min() >= gaps.max() - 1
    assert window.rows[-1] == STOP_ROW


def test_novels_are_left_out() -> None:
    assert skipped("fiction", 2000)
    assert not skipped("fiction", 200)
    assert not skipped("proposal", 2000)
