"""Windows whose concepts have roles: headings and places, sentences that follow a gap, lengths, notes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .data import (
    FEWEST_ROWS,
    SEPARATOR_ROW,
    STOP_ROW,
    ConceptCorpus,
    ConceptDocument,
    ConceptNote,
    Window,
    summary_window,
)
from .roles import FOLLOWING, HEADING, NO_ROLE, NOTE, length_role, place_role

PLAIN = 0.15  # share of the windows of text without roles, so that the model works without
OPENED = 0.5  # share of the others that have gaps
SENTENCES_A_GAP = 8  # at most one gap for so many
GAP_REACH = 4  # sentences from one gap to the next, at least: what follows one does not follow another
GAP_WEIGHT = 3.0  # of the sentence in a gap
ONLY_ONE = 0.25  # share of the gaps behind which one sentence is known, not two
ASKED = 0.7  # share of the summaries whose length is asked for
EXPANSION_WEIGHT = 2.0  # of the sentences of a note's paragraph
MOST_BEFORE = 40  # concepts before a note


def role_windows(corpus: ConceptCorpus, sequences: list[Window], length: int, rng: np.random.Generator) -> list[Window]:
    """An epoch: all text in windows of `length`, longer where gaps are open; all summaries; a note for each window.

    sequences: of the documents, which are the same in each epoch.
    """
    texts, summaries = [], []
    for document, whole in zip(corpus.documents, sequences, strict=True):
        for start in range(0, len(whole.rows), length):
            window = part(whole, start, start + length)
            if len(window.rows) >= FEWEST_ROWS:
                texts.append(varied(window, rng))
        if document.summary.stop > document.summary.start:
            summaries.append(asked(summary_window(document, length), rng))
    chosen = rng.permutation(len(corpus.notes))[: len(texts)]
    notes = [corpus.notes[i] for i in chosen]
    return texts + summaries + [expansion(sequences[note.document], note, rng) for note in notes]


def sequence(document: ConceptDocument) -> Window:
    """The whole body, each heading before its section, which is read but not predicted."""
    rows, roles = [], []
    row = document.body.start
    for section in document.sections:
        if section.heading is not None:
            rows.append(section.heading)
            roles.append(HEADING)
        sentences = sum(section.paragraphs)
        rows += range(row, row + sentences)
        roles += [place_role(place) for place in range(1, sentences + 1)]
        row += sentences
    found = np.array(roles, np.int64)
    return Window(np.array(rows, np.int64), (found != HEADING).astype(np.float32), found)


def part(window: Window, start: int, stop: int) -> Window:
    return Window(window.rows[start:stop], window.weights[start:stop], window.roles[start:stop])


def varied(window: Window, rng: np.random.Generator) -> Window:
    """A window of `sequence` without roles, with gaps, or as it is."""
    plain, open_up = rng.random(2) < (PLAIN, OPENED)
    if plain:
        sentences = window.roles != HEADING
        rows = window.rows[sentences]
        return Window(rows, window.weights[sentences], np.full(len(rows), NO_ROLE))
    return opened(window, rng) if open_up else window


def opened(window: Window, rng: np.random.Generator) -> Window:
    """Before some sentences the one or two behind them, as they follow a gap.

    What so was shown is not predicted, neither there nor where it stands.
    """
    sentences = np.flatnonzero(window.roles != HEADING)
    places = np.arange(1, len(sentences) - len(FOLLOWING))
    count = int(rng.integers(1, max(1, len(sentences) // SENTENCES_A_GAP) + 1))
    gaps: list[int] = []
    for place in rng.permutation(places):
        if len(gaps) < count and all(abs(place - gap) >= GAP_REACH for gap in gaps):
            gaps.append(int(place))
    weights = window.weights.copy()
    at: list[int] = []
    shown: list[int] = []
    roles: list[int] = []
    for gap in gaps:
        known = 1 if rng.random() < ONLY_ONE else len(FOLLOWING)
        behind = sentences[gap + 1 : gap + 1 + known]
        weights[sentences[gap]] = GAP_WEIGHT
        weights[behind] = 0
        at += [sentences[gap]] * known
        shown += window.rows[behind].tolist()
        roles += FOLLOWING[:known]
    return Window(np.insert(window.rows, at, shown), np.insert(weights, at, 0), np.insert(window.roles, at, roles))


def asked(window: Window, rng: np.random.Generator) -> Window:
    """A window with a summary, whose separator mostly asks for the length that it has."""
    if rng.random() >= ASKED:
        return window
    separator = int(np.flatnonzero(window.rows == SEPARATOR_ROW)[0])
    roles = window.roles.copy()
    roles[separator] = length_role(len(window.rows) - separator - 2)  # but itself and the stop
    return replace(window, roles=roles)


def expansion(whole: Window, note: ConceptNote, rng: np.random.Generator) -> Window:
    """[some of the text before, the note, its paragraph, stop]; the paragraph is of no place, and counts more.

    whole: the `sequence` of the note's document.
    """
    sentences = np.flatnonzero(whole.roles != HEADING)[note.start : note.start + note.length]
    first = int(sentences[0])
    before = part(whole, max(0, first - int(rng.integers(MOST_BEFORE + 1))), first)
    paragraph = whole.rows[sentences]
    learnt = np.full(note.length + 1, EXPANSION_WEIGHT, np.float32)
    return Window(
        np.concatenate([before.rows, [note.row], paragraph, [STOP_ROW]]),
        np.concatenate([before.weights, np.zeros(1, np.float32), learnt]),
        np.concatenate([before.roles, [NOTE], np.full(len(learnt), NO_ROLE)]),
    )
