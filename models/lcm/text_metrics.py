"""Measures of a summary as text: how long it is, what it takes over, what it says twice.

OVL-3 and REP-4 stand in the LCM paper as shares of word n-grams; its code computes them over strings, so over
characters, and its published numbers fit the latter. Here are both.
"""

from __future__ import annotations

from collections.abc import Sequence

from .wording_checks import words_of


def word_ratio(summary: str, source: str) -> float:
    """Words of the summary for each word of the source; 0 for a source without words."""
    count = len(words_of(source))
    return len(words_of(summary)) / count if count else 0.0


def overlap_words(summary: str, source: str) -> float:
    """OVL-3 by the paper's words: share in [0, 1] of the source's runs of three words that the summary has."""
    return share_found(ngrams(words_of(source), 3), ngrams(words_of(summary), 3))


def overlap_characters(summary: str, source: str) -> float:
    """OVL-3 by the paper's code: the same of runs of three characters."""
    return share_found(ngrams(source, 3), ngrams(summary, 3))


def copied_words(summary: str, source: str) -> float:
    """Share in [0, 1] of the summary's runs of three words that the source has: 1 for what is copied out whole."""
    return share_found(ngrams(words_of(summary), 3), ngrams(words_of(source), 3))


def repetition_words(text: str, n: int = 4) -> float:
    """REP-4 by the paper's words: share in [0, 1] of the text's runs of n words that came before in it."""
    found = ngrams(words_of(text), n)
    return 1 - len(set(found)) / len(found) if found else 0.0


def repetition_characters(text: str) -> float:
    """REP-4 by the paper's code: runs of four characters for each different one, less 1; from 0 up."""
    found = ngrams(text, 4)
    return len(found) / len(set(found)) - 1 if found else 0.0


def ngrams(sequence: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(sequence[i : i + n]) for i in range(len(sequence) - n + 1)]


def share_found(wanted: list[tuple[str, ...]], among: list[tuple[str, ...]]) -> float:
    """Share of the different wanted n-grams that are there; 0 of none."""
    different = set(wanted)
    return len(different & set(among)) / len(different) if different else 0.0
