"""Measures of summaries as text, by words and by characters, counted by hand."""

import pytest

from models.lcm.text_metrics import (
    copied_words,
    overlap_characters,
    overlap_words,
    repetition_characters,
    repetition_words,
    word_ratio,
)

SOURCE = "The cat sat on the mat."


def test_word_ratio() -> None:
    assert word_ratio("A cat.", SOURCE) == pytest.approx(2 / 6)
    assert word_ratio("A cat.", "") == 0


def test_overlap_is_a_share_of_the_source() -> None:
    # the cat sat, cat sat on, sat on the, on the mat: the first two are taken over.
    assert overlap_words("the cat sat on a chair", SOURCE) == 0.5
    assert overlap_characters("abx", "abcab") == 0
    assert overlap_characters("xabc", "abcab") == pytest.approx(1 / 3)  # of abc, bca, cab


def test_copied_is_a_share_of_the_summary() -> None:
    assert copied_words("The cat sat on the mat", SOURCE) == 1
    assert copied_words("the cat sat on a chair", SOURCE) == 0.5
    assert copied_words("cat", SOURCE) == 0


def test_repetition() -> None:
    # a b c d, b c d a, c d a b, d a b c, a b c d: one of five came before.
    assert repetition_words("a b c d a b c d") == pytest.approx(0.2)
    assert repetition_words("a b c") == 0
    assert repetition_characters("abcdabcd") == pytest.approx(0.25)
    assert repetition_characters("abc") == 0
