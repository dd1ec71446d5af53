"""Windows of concept vectors out of the prepared corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .corpus import document_of

SEPARATOR, STOP = "Summary:", "End of text."  # encoded, they part a text from its summary and end the summary
SEPARATOR_ROW, STOP_ROW = -2, -1  # rows of a window that are these two
SUMMARY_WEIGHT = 3.0  # a summary is a few sentences behind a hundred of its text
FEWEST_ROWS = 8  # of a window of text


@dataclass(frozen=True)
class ConceptDocument:
    body: slice  # rows of the split's vectors
    summary: slice
    genre: str
    sentences: tuple[str, ...]  # body, then summary


@dataclass(frozen=True)
class Window:
    rows: np.ndarray  # (N,) rows of the split's vectors, SEPARATOR_ROW or STOP_ROW
    weights: np.ndarray  # (N,) how much each position counts in the loss


class ConceptCorpus:
    """A split as `prepare` left it: vectors (N, D) float16 mapped from disk, and where each document lies in it."""

    def __init__(self, work: Path, split: str) -> None:
        self.vectors: np.ndarray = np.load(work / f"{split}.npy", mmap_mode="r")
        self.marks = torch.from_numpy(np.load(work / "marks.npy"))  # (2, D): separator, stop
        done = int((work / f"{split}.count").read_text())
        self.documents: list[ConceptDocument] = []
        row = 0
        with (work / f"{split}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                document = document_of(json.loads(line))
                sentences = (*document.body, *document.summary)
                if skipped(document.genre, len(sentences)):
                    continue
                middle, end = row + len(document.body), row + len(sentences)
                if end > done:
                    break
                rows = slice(row, middle), slice(middle, end)
                self.documents.append(ConceptDocument(*rows, document.genre, sentences))
                row = end

    def tensor(self, rows: slice) -> torch.Tensor:
        """-> (N, D) float32, raw unit vectors."""
        return torch.from_numpy(np.asarray(self.vectors[rows], dtype=np.float32))

    def window_tensor(self, window: Window) -> torch.Tensor:
        """-> (N, D) float32, raw unit vectors, separator and stop among them."""
        marks = window.rows < 0
        found = torch.empty(len(window.rows), self.vectors.shape[1])
        found[torch.from_numpy(~marks)] = torch.from_numpy(np.asarray(self.vectors[window.rows[~marks]], np.float32))
        found[torch.from_numpy(marks)] = self.marks[window.rows[marks]]
        return found

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
                    found.append(Window(rows, np.ones(len(rows), np.float32)))
        return found

    def batches(self, length: int, concepts: int, seed: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Endless batches of about `concepts` vectors, of windows of like length: (B, N, D) raw, (B, N) weights."""
        rng = np.random.default_rng(seed)
        windows = sorted(self.windows(length), key=lambda window: len(window.rows))
        groups: list[list[Window]] = [[]]
        for window in windows:
            if len(groups[-1]) * len(window.rows) >= concepts:
                groups.append([])
            groups[-1].append(window)
        while True:
            for index in rng.permutation(len(groups)):
                group = groups[index]
                width = max(len(window.rows) for window in group)
                batch = torch.zeros(len(group), width, self.vectors.shape[1])
                weight = torch.zeros(len(group), width)
                for row, window in enumerate(group):
                    n = len(window.rows)
                    weight[row, :n] = torch.from_numpy(window.weights)
                    batch[row, :n] = self.window_tensor(window)
                yield batch, weight


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
    return Window(rows, weights)


def skipped(genre: str, sentences: int) -> bool:
    """A whole novel would be most of a short run: only stories are taken of fiction."""
    return genre == "fiction" and sentences > 1500
