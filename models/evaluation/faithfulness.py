"""What a summary says against its source, by vectors and names: whether it is from there, and whether it is the point.

These stand where the LCM paper has Seahorse's fourth and fifth question (section 3: attributable, main ideas), and are
none of its classifiers: a vector does not hear a "not", and a true name may be in a false sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from models.lcm.concepts import unit

from .centroid_summary import centroid_summary

MAIN_SENTENCES = 5  # of a source, whatever the summary's length
SAME_IDEA = 0.6  # cosine from which a sentence of the summary says one of them
WORD = re.compile(r"\w[\w.,'’-]*\w|\w")
NUMBER = re.compile(r"\d")


def attribution(summary: np.ndarray, source: np.ndarray) -> float | None:
    """Mean over the summary's sentences (S, D) of the best cosine to one of the source's (N, D); None of none."""
    return float((unit(summary) @ unit(source).T).max(1).mean()) if len(summary) else None


def coverage(summary: np.ndarray, reference: np.ndarray) -> float:
    """Mean over the human abstract's sentences (R, D), R >= 1, of the best cosine to one of the summary's (S, D)."""
    return float((unit(reference) @ unit(summary).T).max(1).mean()) if len(summary) else 0.0


def names_found(summary: Sequence[str], source: str) -> float | None:
    """Share in [0, 1] of the numbers and capitalized names in the summary that the source has; None of none.

    A sentence's first word has a capital in any case, and counts only if it is a number.
    """
    there = set(WORD.findall(source))
    wanted = [word for sentence in summary for word in names_of(sentence)]
    return sum(word in there for word in wanted) / len(wanted) if wanted else None


def names_of(sentence: str) -> list[str]:
    words = WORD.findall(sentence)
    return [word for i, word in enumerate(words) if NUMBER.search(word) or (i > 0 and word[0].isupper())]


def main_ideas(summary: np.ndarray, sentences: Sequence[str], source: np.ndarray) -> float:
    """Share in [0, 1] of the source's main sentences that one of the summary's (S, D) says; source: (N, D).

    Main is what the centroid baseline would pick: it has this measure on its side.
    """
    main = unit(source[centroid_summary(sentences, source, MAIN_SENTENCES)])
    return float(((unit(summary) @ main.T).max(0) >= SAME_IDEA).mean()) if len(summary) else 0.0
