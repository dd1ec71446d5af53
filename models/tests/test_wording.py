"""The greedy wording's rules, on a vocabulary of eight tokens."""

import numpy as np
import pytest

from models.lcm.byte_pieces import bytes_of_token, text_of_bytes
from models.lcm.wording import FORBIDDEN, NextTokens, WordingRow, allowing

END = 9
PIECES = {0: " the", 1: " cat", 2: "s", 3: "\n", 4: " sat", 5: " \xc3", 6: "\xa9", 7: "  "}


def offered(*scores: tuple[int, float], lexical: dict[int, float] | None = None) -> NextTokens:
    ids = np.array([token for token, _ in scores])
    bonus = np.array([(lexical or {}).get(token, 0.0) for token, _ in scores])
    return NextTokens(ids, np.array([score for _, score in scores]), bonus, 10.0)


def test_the_first_token_begins_with_a_space() -> None:
    row = WordingRow(PIECES, END)
    row.advance(offered((2, 9), (1, 8), (END, 7)))
    row.advance(offered((2, 9), (1, 8)))
    row.advance(offered((END, 9)))
    wording = row.wording()
    assert (wording.text, wording.complete) == ("cats", True)
    assert wording.log_probability == pytest.approx((8 - 10 + 9 - 10 + 9 - 10) / 3)


def test_a_used_token_loses_its_lexical_bonus() -> None:
    row = WordingRow(PIECES, END)
    row.advance(offered((1, 9), (4, 5), lexical={1: 6, 4: 1}))
    row.advance(offered((1, 9), (4, 5), lexical={1: 6, 4: 1}))
    assert row.tokens == [1, 4]


def test_no_run_of_three_tokens_comes_twice() -> None:
    row = WordingRow(PIECES, END)
    for token in (0, 1, 4, 0, 1):
        row.advance(offered((token, 9)))
    row.advance(offered((4, 9), (2, 1)))
    assert row.tokens[-1] == 2


def test_where_nothing_fits_the_sentence_ends() -> None:
    row = WordingRow(PIECES, END)
    row.advance(offered((0, 1)))
    row.advance(offered((3, float(FORBIDDEN))))
    assert row.complete
    assert row.generated == 2


def test_half_a_character_is_left_out() -> None:
    row = WordingRow(PIECES, END)
    row.advance(offered((1, 1)))
    row.advance(offered((5, 1)))
    assert row.wording().text == "cat "
    row.advance(offered((6, 1)))
    assert row.wording().text == "cat é"


def test_line_breaks_and_runs_of_spaces_are_forbidden() -> None:
    free = allowing(PIECES, 10, END)
    assert np.flatnonzero(free == 0).tolist() == [0, 1, 2, 4, 5, 6, END]
    assert np.flatnonzero(allowing(PIECES, 10, END, " ") == 0).tolist() == [0, 1, 4, 5]


def test_pieces_are_bytes() -> None:
    assert bytes_of_token("Ġcaf") == " caf"
    assert bytes_of_token("Ã©") == "\xc3\xa9"
    assert bytes_of_token("猫") is None
    assert text_of_bytes("caf\xc3\xa9") == "café"
