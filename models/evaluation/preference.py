"""Blind preference: what is shown of the suggestions at a place, and what the reader's order of them says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from .dealing import shuffled

LETTERS = "ABC"
COPIED_WORDS = 8
COPY = "(words of the text, said again)"
MINE = "foresay"  # the system whose preference is counted against each other one


class Shown(TypedDict):
    """One place, its suggestions under letters that say nothing of who made them."""

    place: str  # document and number of the sentence that is suggested
    options: dict[str, str]  # letter -> sentence, "" of a system that says nothing there


class Judgement(TypedDict):
    place: str
    order: str  # letters from the best to the worst; "A=B>C" for two that are as good
    tab: str  # letters of those that a writer would take


def blinded(
    names: Sequence[str], suggestions: dict[str, list[str]], rng: np.random.Generator
) -> tuple[list[Shown], list[dict[str, str]]]:
    """suggestions: system -> one for each place. -> what is shown at each place, and its key, letter -> system."""
    shown, keys = [], []
    for i, place in enumerate(names):
        key = dict(zip(LETTERS, shuffled(sorted(suggestions), rng), strict=True))
        shown.append(Shown(place=place, options={letter: suggestions[name][i] for letter, name in key.items()}))
        keys.append(key)
    return shown, keys


def without_copies(text: str, source: str) -> str:
    """What may be kept of a suggestion where its source may not: nothing of one that says a run of its words again."""
    words = text.split()
    runs = (" ".join(words[i : i + COPIED_WORDS]) for i in range(len(words) - COPIED_WORDS + 1))
    return COPY if any(run in source for run in runs) else text


def ranks(order: str) -> dict[str, int]:
    """letter -> 0 for the best. Raises ValueError unless each letter stands in it once."""
    groups = [group.split("=") for group in order.split(">")]
    if sorted(letter for group in groups for letter in group) != sorted(LETTERS):
        raise ValueError(f"order is {order!r}, expected each of {', '.join(LETTERS)} once, as in A>C=B")
    return {letter: rank for rank, group in enumerate(groups) for letter in group}


def counted(judgements: Sequence[Judgement], keys: Sequence[dict[str, str]]) -> dict[str, dict[str, int]]:
    """-> {"tab": by system, "against X": MINE wins, ties, losses}. Raises ValueError for a judgement that cannot be."""
    tab: Counter[str] = Counter()
    against: dict[str, Counter[str]] = {}
    for judgement, key in zip(judgements, keys, strict=True):
        found = {key[letter]: rank for letter, rank in ranks(judgement["order"]).items()}
        if not re.fullmatch(f"[{LETTERS}]*", judgement["tab"]):
            raise ValueError(f"tab is {judgement['tab']!r}, expected letters of {LETTERS}")
        tab.update(key[letter] for letter in judgement["tab"])
        for other in found.keys() - {MINE}:
            result = np.sign(found[other] - found[MINE])
            against.setdefault(other, Counter())[{1: "wins", 0: "ties", -1: "losses"}[int(result)]] += 1
    return {"tab": dict(tab), **{f"against {name}": dict(counts) for name, counts in sorted(against.items())}}
