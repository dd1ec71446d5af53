"""What the figures of roles are taken from: the same places, read with ever more around them."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from models.evaluation.progress import Progress
from models.evaluation.role_figures import BOUND, length_figures, note_figures, place_figures, places_with_roles
from models.lcm.concepts import unit
from models.lcm.data import ConceptCorpus
from models.lcm.roles import FOLLOWING, HEADING, NO_ROLE, NOTE
from models.lcm.shipped_predictor import ShippedPredictor


class Recording:
    """Expects what stands last before the unknown, and is as long as it is asked for, or 4."""

    def __init__(self) -> None:
        self.read: list[tuple[list[float], list[int]]] = []

    def expected(self, concepts: np.ndarray, roles: np.ndarray) -> np.ndarray:
        assert roles[-1] == NO_ROLE
        assert not concepts[-1].any()
        self.read.append((concepts[:-1, 0].tolist(), roles[:-1].tolist()))
        return unit(np.roll(concepts, 1, axis=0))

    def plan_summary(self, source: np.ndarray, max_length: int, seed: int, wanted: int | None = None) -> np.ndarray:
        assert max_length == BOUND
        return np.zeros((wanted or 4, source.shape[1]))


def recording() -> tuple[Recording, ShippedPredictor]:
    found = Recording()
    return found, cast(ShippedPredictor, found)


@pytest.fixture
def corpus(prepared: Path) -> ConceptCorpus:
    return ConceptCorpus(prepared, "train", beside=True)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_place_is_read_without_roles_with_them_and_with_what_follows(corpus: ConceptCorpus) -> None:
    places, texts = places_with_roles(corpus, 6, False, rng())
    (start, started), (taught, teaching) = recording(), recording()
    found = place_figures(places, texts, corpus, started, teaching, rng(), Progress())
    assert found["n"] == len(places) == 6
    assert list(found["systems"]) == ["start", "plain", "placed", "between"]
    assert start.read == taught.read[::3]
    for place, plain, placed, between in zip(
        places, taught.read[::3], taught.read[1::3], taught.read[2::3], strict=True
    ):
        row = place.place.true[0]
        assert plain[0][-1] == row - 1
        assert set(plain[1]) == {NO_ROLE}
        assert [number for number in placed[0] if number < 1000] == plain[0]
        assert NO_ROLE not in placed[1]
        assert between[0] == [*placed[0], row + 1, row + 2]
        assert between[1] == [*placed[1], *FOLLOWING]


def test_starts_of_sections_are_behind_their_headings(corpus: ConceptCorpus) -> None:
    places, _ = places_with_roles(corpus, 10, True, rng())
    assert [place.place.index for place in places] == [12] * 4
    assert all(place.before.roles[-1] == HEADING for place in places)


def test_lengths_are_compared_with_what_was_wanted(corpus: ConceptCorpus) -> None:
    found = length_figures(corpus, 3, recording()[1], rng(), Progress())
    assert found["n"] == 3
    assert found["difference"]["asked"]["mean"] == 0
    assert found["difference"]["unasked"]["mean"] == np.mean([3, 2, 1, 1, 4])
    assert found["meanLength"]["5"]["mean"] == 5


def test_a_note_is_read_behind_the_text_before_its_paragraph(corpus: ConceptCorpus) -> None:
    taught, predictor = recording()
    found = note_figures(corpus, 2, predictor, rng(), Progress())
    assert found["n"] == 2
    for with_note, without in zip(taught.read[::2], taught.read[1::2], strict=True):
        assert with_note[0][:-1] == without[0]
        assert with_note[0][-1] >= 2000
        assert with_note[1] == [*without[1], NOTE]
        assert without[0][-1] >= 1000
    cosine: dict[str, Any] = found["cosine"]
    assert cosine["withNote"] == cosine["noteItself"]
