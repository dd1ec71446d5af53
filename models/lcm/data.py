"""Windows of concept vectors out of the prepared corpus."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .corpus import Document, document_of
from .roles import NO_ROLE

SEPARATOR, STOP = "Summary:", "End of text."  # encoded, they part a text from its summary and end the summary
SEPARATOR_ROW, STOP_ROW = -2, -1  # rows of a window that are these two
SUMMARY_WEIGHT = 3.0  # a summary is a few sentences behind a hundred of its text
FEWEST_ROWS = 8  # of a window of text


@dataclass(frozen=True)
class ConceptSection:
    heading: int | None  # its row, where it has one that was encoded
    paragraphs: tuple[int, ...]  # sentences of each


@dataclass(frozen=True)
class ConceptDocument:
    body: slice  # rows of the split's vectors
    summary: slice
    genre: str
    sentences: tuple[str, ...]  # body, then summary
    sections: tuple[ConceptSection, ...] = ()  # of the body


@dataclass(frozen=True)
class ConceptNote:
    row: int
    document: int
    start: int  # of its paragraph, in sentences of the body
    length: int


@dataclass(frozen=True)
class Window:
    rows: np.ndarray  # (N,) rows of the split's vectors, headings and notes, SEPARATOR_ROW or STOP_ROW
    weights: np.ndarray  # (N,) how much each position counts in the loss
    roles: np.ndarray  # (N,) places in ROLES, or NO_ROLE


# What is learnt from: vectors (B, N, D) raw, weights (B, N), roles (B, N) int64.
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


class ConceptCorpus:
    """A split as `prepare` left it: vectors (N, D) float16 mapped from disk, and where each document lies in it.

    beside: whether to read what stands beside the sentences, too: headings and notes, whose rows are counted on behind
    those of the sentences.
    """

    def __init__(self, work: Path, split: str, beside: bool = False) -> None:
        self.vectors: np.ndarray = np.load(work / f"{split}.npy", mmap_mode="r")
        headings = notes = np.zeros((0, self.vectors.shape[1]), np.float16)
        places = np.zeros((0, 3), np.int64)
        if beside:
            headings = np.load(work / f"{split}.headings.npy")
            with np.load(work / f"{split}.notes.npz") as found:
                notes, places = found["vectors"], found["places"]
        self.beside = np.concatenate([headings, notes])
        self.marks = torch.from_numpy(np.load(work / "marks.npy"))  # (2, D): separator, stop
        done = int((work / f"{split}.count").read_text())
        self.documents: list[ConceptDocument] = []
        row, heading = 0, len(self.vectors)
        first_note = heading + len(headings)
        with (work / f"{split}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                document = document_of(json.loads(line))
                sentences = (*document.body, *document.summary)
                if skipped(document.genre, len(sentences)):
                    continue
                middle, end = row + len(document.body), row + len(sentences)
                next_heading = heading + (len(headings_of(document)) if beside else 0)
                if end > done or next_heading > first_note:
                    break
                sections = []
                for section in document.sections:
                    has = beside and section.heading != ""
                    sections.append(ConceptSection(heading if has else None, section.paragraphs))
                    heading += has
                rows = slice(row, middle), slice(middle, end)
                self.documents.append(ConceptDocument(*rows, document.genre, sentences, tuple(sections)))
                row = end
        self.notes = [
            ConceptNote(first_note + i, *place)
            for i, place in enumerate(places.tolist())
            if place[0] < len(self.documents)
        ]

    def tensor(self, rows: slice) -> torch.Tensor:
        """-> (N, D) float32, raw unit vectors."""
        return torch.from_numpy(np.asarray(self.vectors[rows], dtype=np.float32))

    def window_tensor(self, window: Window) -> torch.Tensor:
        """-> (N, D) float32, raw unit vectors, separator and stop among them."""
        rows, sentences = window.rows, len(self.vectors)
        found = np.empty((len(rows), self.vectors.shape[1]), np.float32)
        text, marks = (rows >= 0) & (rows < sentences), rows < 0
        found[text] = self.vectors[rows[text]]
        found[rows >= sentences] = self.beside[rows[rows >= sentences] - sentences]
        found[marks] = self.marks.numpy()[rows[marks]]
        return torch.from_numpy(found)

    def windows(self, length: int) -> list[Window]:
        """Documents as windows of at most `length` rows: one with the summary where there is one, and the text cut."""
        found = []
        for document in self.documents:
            if document.summary.stop > document.summary.start:
                found.append(summary_window(document, length))
                if document.body.stop - document.body.start <= length - 2:
                    continue  # the window with the summary holds the whole text
            for start in range(document.body.start, document.body.stop, length):
                rows = np.arange(start, min(start + length, document.body.stop))
                if len(rows) >= FEWEST_ROWS:
                    found.append(Window(rows, np.ones(len(rows), np.float32), np.full(len(rows), NO_ROLE)))
        return found

    def batches(self, draw: Callable[[np.random.Generator], list[Window]], concepts: int, seed: int) -> Iterator[Batch]:
        """Endless batches of about `concepts` vectors, of windows of like length. `draw`: the windows of an epoch."""
        rng = np.random.default_rng(seed)
        while True:
            windows = draw(rng)
            order = sorted(rng.permutation(len(windows)), key=lambda i: len(windows[i].rows))
            groups: list[list[Window]] = [[]]
            for window in (windows[i] for i in order):
                if len(groups[-1]) * len(window.rows) >= concepts:
                    groups.append([])
                groups[-1].append(window)
            for index in rng.permutation(len(groups)):
                yield self.batch(groups[index])

    def batch(self, windows: list[Window]) -> Batch:
        """Windows beside each other, filled up with zeros that count for nothing."""
        shape = len(windows), max(len(window.rows) for window in windows)
        batch, weight = torch.zeros(*shape, self.vectors.shape[1]), torch.zeros(shape)
        roles = torch.full(shape, NO_ROLE)
        for row, window in enumerate(windows):
            n = len(window.rows)
            batch[row, :n] = self.window_tensor(window)
            weight[row, :n] = torch.from_numpy(window.weights)
            roles[row, :n] = torch.from_numpy(window.roles)
        return batch, weight, roles


def summary_window(document: ConceptDocument, length: int) -> Window:
    """[text, separator, summary, stop]; a long text is thinned evenly, as the server does, and then not learnt from."""
    body = np.arange(document.body.start, document.body.stop)
    summary = np.arange(document.summary.start, document.summary.stop)[: length // 2]
    room = length - len(summary) - 2
    thinned = len(body) > room
    if thinned:
        body = body[((np.arange(room) + 0.5) * len(body) / room).astype(int)]
    rows = np.concatenate([body, [SEPARATOR_ROW], summary, [STOP_ROW]])
    weights = np.full(len(rows), SUMMARY_WEIGHT, np.float32)
    weights[: len(body)] = 0 if thinned else 1
    weights[len(body)] = 0
    return Window(rows, weights, np.full(len(rows), NO_ROLE))


def headings_of(document: Document) -> list[str]:
    """Those that are encoded, in their order."""
    return [section.heading for section in document.sections if section.heading]


def skipped(genre: str, sentences: int) -> bool:
    """A whole novel would be most of a short run: only stories are taken of fiction."""
    return genre == "fiction" and sentences > 1500
