"""What a concept is in the sequence that the contextualizer reads: its role, by which its numbers are shifted.

A role is learned, and is added to the normalized concept on the side of the context alone (two_tower.TwoTowerLCM).
"""

from __future__ import annotations

from functools import cache

ROLES = (
    "heading",  # of a section, a concept of its own before the section's first sentence
    "place1",  # a sentence by its place in its section: first, second, from the third, fifth, ninth on
    "place2",
    "place3",
    "place5",
    "place9",
    "following1",  # the first and second sentence behind a gap, put right before what is to stand in it
    "following2",
    "summary1",  # on the separator: how long the summary is to be, in sentences: 1, 2, 3, from 4, 6, 9 on
    "summary2",
    "summary3",
    "summary4",
    "summary6",
    "summary9",
    "note",  # what the paragraph behind it is to say
)
NO_ROLE = -1  # of a concept that is read as it is
HEADING, NOTE = ROLES.index("heading"), ROLES.index("note")
FOLLOWING = (ROLES.index("following1"), ROLES.index("following2"))


def place_role(place: int) -> int:
    """Of the sentence at `place`, from 1, of its section."""
    return from_on("place", place)


def length_role(sentences: int) -> int:
    """Of the separator before a summary of so many sentences, from 1."""
    return from_on("summary", sentences)


@cache
def from_on(kind: str, number: int) -> int:
    """The role of that kind whose own number is the greatest that is not above `number`."""
    steps = [(int(name.removeprefix(kind)), i) for i, name in enumerate(ROLES) if name.startswith(kind)]
    return max((least, i) for least, i in steps if least <= number)[1]
