"""Evaluated places are dealt evenly over genres and documents."""

from models.evaluation.dealing import dealt


def test_genres_take_turns_and_documents_in_them() -> None:
    groups = [("b", ["b1", "b2"]), ("a", ["a1", "a2", "a3"]), ("b", ["c1"]), ("b", [])]
    assert dealt(groups, 10) == ["a1", "b1", "a2", "c1", "a3", "b2"]
    assert dealt(groups, 3) == ["a1", "b1", "a2"]
    assert dealt([], 3) == []
