"""Windows with roles: what is read, what is learnt from, and what must not be known."""

from pathlib import Path

import numpy as np
import pytest

from models.lcm.corpus import Document, Section
from models.lcm.data import (
    SEPARATOR_ROW,
    STOP_ROW,
    ConceptCorpus,
    ConceptDocument,
    ConceptNote,
    ConceptSection,
    summary_window,
)
from models.lcm.notes import note_of, notes_of
from models.lcm.role_windows import (
    EXPANSION_WEIGHT,
    GAP_WEIGHT,
    asked,
    expansion,
    opened,
    part,
    role_windows,
    sequence,
    varied,
)
from models.lcm.roles import FOLLOWING, HEADING, NO_ROLE, NOTE, ROLES, length_role, place_role

# Rows 10 to 49: a section of 4 sentences without heading, one of 36, both of paragraphs.
DOCUMENT = ConceptDocument(
    slice(10, 50), slice(50, 52), "proposal", (), (ConceptSection(None, (1, 3)), ConceptSection(1000, (6, 30)))
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_headings_stand_before_their_sections_and_places_begin_again() -> None:
    whole = sequence(DOCUMENT)
    assert whole.rows.tolist() == [10, 11, 12, 13, 1000, *range(14, 50)]
    places = [place_role(place) for place in range(1, 37)]
    assert whole.roles.tolist() == [*places[:4], HEADING, *places]
    assert whole.weights.tolist() == [1] * 4 + [0] + [1] * 36


@pytest.mark.parametrize("seed", range(20))
def test_what_follows_a_gap_is_shown_once_before_it_and_then_not_predicted(seed: int) -> None:
    whole = sequence(DOCUMENT)
    window = opened(whole, rng(seed))
    shown = np.isin(window.roles, FOLLOWING)
    assert shown.any()
    assert window.rows[~shown].tolist() == whole.rows.tolist()
    assert (window.weights[shown] == 0).all()
    for first in np.flatnonzero(window.roles == FOLLOWING[0]):
        known = 2 if window.roles[first + 1] == FOLLOWING[1] else 1
        gap = first + known
        assert window.weights[gap] == GAP_WEIGHT
        row = int(window.rows[gap])
        assert window.rows[first:gap].tolist() == list(range(row + 1, row + 1 + known))
        behind = np.isin(window.rows, np.arange(row + 1, row + 1 + known))
        assert (window.weights[behind] == 0).all()
    learnt = window.weights[~shown]
    assert (learnt[whole.roles == HEADING] == 0).all()


def test_some_windows_are_without_roles_and_headings() -> None:
    found = [varied(sequence(DOCUMENT), rng(seed)) for seed in range(200)]
    plain = [window for window in found if (window.roles == NO_ROLE).all()]
    assert 10 < len(plain) < 60
    assert all(window.rows.tolist() == list(range(10, 50)) for window in plain)


def test_a_separator_mostly_asks_for_the_length_that_the_summary_has() -> None:
    window = summary_window(DOCUMENT, 32)
    separator = window.rows.tolist().index(SEPARATOR_ROW)
    found = [asked(window, rng(seed)).roles for seed in range(100)]
    assert all((np.delete(roles, separator) == NO_ROLE).all() for roles in found)
    said = [int(roles[separator]) for roles in found]
    assert set(said) == {NO_ROLE, length_role(2)}
    assert 50 < said.count(length_role(2)) < 90


def test_a_note_stands_before_its_paragraph() -> None:
    note = ConceptNote(row=2000, document=0, start=4, length=6)
    window = expansion(sequence(DOCUMENT), note, rng(3))
    at = window.rows.tolist().index(2000)
    assert window.rows[at:].tolist() == [2000, *range(14, 20), STOP_ROW]
    assert window.roles[at:].tolist() == [NOTE] + [NO_ROLE] * 7
    assert window.weights[at:].tolist() == [0] + [EXPANSION_WEIGHT] * 7
    assert [10, 11, 12, 13, 1000][5 - at :] == window.rows[:at].tolist()


def test_a_note_is_some_words_of_the_sentence_in_order() -> None:
    sentence = "The old garden gate was left open by the neighbors in the heavy storm of last winter."
    words = sentence.rstrip(".").split()
    for seed in range(10):
        note = note_of(sentence, rng(seed)).split()
        assert 3 <= len(note) <= 8
        assert not {"The", "was", "by", "the", "in", "of"} & set(note)
        assert [word for word in words if word in note] == note
    assert note_of("It was so.", rng()) == ""


def test_notes_are_of_paragraphs_of_fitting_length_and_always_the_same() -> None:
    body = tuple(f"Sentence number {i} tells garden stories." for i in range(20))
    document = Document("a", "essay", body, (), (Section("", (1, 4)), Section("Stories", (2, 9, 3))))
    found = notes_of([document, document], 10, 1)
    assert [(note.document, note.start, note.length) for note in found] == [
        (0, 1, 4),
        (0, 16, 3),
        (1, 1, 4),
        (1, 16, 3),
    ]
    assert found == notes_of([document, document], 10, 1)
    assert len(notes_of([document, document], 2, 1)) == 2


def test_a_corpus_finds_headings_and_notes_beside_its_sentences(prepared: Path) -> None:
    corpus = ConceptCorpus(prepared, "train", beside=True)
    assert [document.sections[1].heading for document in corpus.documents] == [128, 129, 130, 131]
    window = expansion(sequence(corpus.documents[1]), corpus.notes[1], rng(1))
    found = corpus.window_tensor(window)[:, 0].tolist()
    at = found.index(2001)
    assert found[at - 1 :] == [1001, 2001, *range(32 + 12, 32 + 16), -1]


def test_documents_that_are_not_encoded_yet_are_left_out_with_their_notes(prepared: Path) -> None:
    (prepared / "train.count").write_text("40")
    corpus = ConceptCorpus(prepared, "train", beside=True)
    assert len(corpus.documents) == 1
    assert [note.document for note in corpus.notes] == [0]
    assert ConceptCorpus(prepared, "train").documents[0].sections[1].heading is None


def test_batches_hold_roles_beside_weights(prepared: Path) -> None:
    corpus = ConceptCorpus(prepared, "train", beside=True)
    sequences = [sequence(document) for document in corpus.documents]
    batches = corpus.batches(lambda rng: role_windows(corpus, sequences, 16, rng), 100, 1)
    seen: set[int] = set()
    for _ in range(30):
        concepts, weight, roles = next(batches)
        assert concepts.shape[:2] == weight.shape == roles.shape
        assert (weight[roles == HEADING] == 0).all()
        assert (concepts[roles == NOTE] >= 2000).all()
        assert (concepts[roles == HEADING] >= 1000).all()
        seen |= set(roles.flatten().tolist())
    assert {HEADING, NOTE, *FOLLOWING, ROLES.index("summary2"), NO_ROLE} <= seen
    plain = next(corpus.batches(lambda _: corpus.windows(16), 100, 1))
    assert (plain[2] == NO_ROLE).all()


def test_a_part_keeps_what_belongs_together() -> None:
    window = part(sequence(DOCUMENT), 3, 6)
    assert window.rows.tolist() == [13, 1000, 14]
    assert window.roles.tolist() == [place_role(4), HEADING, place_role(1)]
