"""A blind preference: nothing tells who said what, and the reader's orders are counted as they were meant."""

import numpy as np
import pytest

from models.evaluation.preference import COPY, Judgement, blinded, counted, ranks, without_copies

SUGGESTIONS = {"foresay": [f"mine {i}" for i in range(40)], "small": ["b"] * 40, "whole": ["c"] * 40}


def test_each_suggestion_is_shown_under_a_letter_that_says_nothing() -> None:
    shown, keys = blinded([str(i) for i in range(40)], SUGGESTIONS, np.random.default_rng(0))
    for i, (place, key) in enumerate(zip(shown, keys, strict=True)):
        assert {key[letter]: text for letter, text in place["options"].items()} == {
            "foresay": f"mine {i}",
            "small": "b",
            "whole": "c",
        }
    assert {letter for key in keys for letter, name in key.items() if name == "foresay"} == set("ABC")


def test_orders_are_ranks() -> None:
    assert ranks("B>A=C") == {"B": 0, "A": 1, "C": 1}
    for wrong in ("A>B", "A>B>B", "A>B>D", ""):
        with pytest.raises(ValueError, match="expected each of A, B, C once"):
            ranks(wrong)


def test_wins_ties_and_tabs_are_counted_by_the_key() -> None:
    keys = [{"A": "foresay", "B": "small", "C": "whole"}, {"A": "whole", "B": "foresay", "C": "small"}]
    judgements = [Judgement(place="1", order="A>B=C", tab="A"), Judgement(place="2", order="A>B=C", tab="AB")]
    assert counted(judgements, keys) == {
        "tab": {"foresay": 2, "whole": 1},
        "against small": {"wins": 1, "ties": 1},
        "against whole": {"wins": 1, "losses": 1},
    }
    with pytest.raises(ValueError, match="tab is 'x'"):
        counted([Judgement(place="1", order="A>B>C", tab="x")], keys[:1])


def test_what_says_the_text_again_is_not_kept() -> None:
    source = "He came in. One two three four five six seven eight nine. He left."
    assert without_copies("And one two three four five six seven.", source) == "And one two three four five six seven."
    assert without_copies("So two three four five six seven eight nine. Well.", source) == COPY
