"""Documents of a corpus, as the server's segmenter leaves them: sentences of the text, sentences of its abstract."""

from __future__ import annotations

import re
from dataclasses import dataclass

SENTENCE_CHARACTERS = (20, 220)  # beyond, sentences are fragile (LCM paper, section 2.5.2)


@dataclass(frozen=True)
class Section:
    heading: str  # empty where it has none
    paragraphs: tuple[int, ...]  # sentences of each


@dataclass(frozen=True)
class Document:
    name: str
    genre: str
    body: tuple[str, ...]  # sentences
    summary: tuple[str, ...]  # of the human abstract; empty where there is none
    sections: tuple[Section, ...]  # of the body
    title: str = ""


def document_of(cut: dict) -> Document:
    """cut: one line of segmentCorpus, whose paragraphs are lists of sentences."""
    body = [s for section in cut["sections"] for paragraph in section["paragraphs"] for s in paragraph]
    sections = tuple(
        Section(str(section.get("heading") or "").strip(), tuple(map(len, section["paragraphs"])))
        for section in cut["sections"]
    )
    name, genre = str(cut.get("id", "")), str(cut.get("genre", ""))
    title = str(cut.get("title") or "").strip()
    return Document(name, genre, tuple(body), tuple(cut["summary"] or ()), sections, title)


def wordable(sentence: str) -> bool:
    """A sentence worth learning to word: of middling length, closed, mostly words rather than numbers and names."""
    low, high = SENTENCE_CHARACTERS
    if not low <= len(sentence) <= high or not re.search(r"[.!?][\"')]*$", sentence):
        return False
    letters = sum(c.isalpha() or c in " ,.'" for c in sentence)
    return letters / len(sentence) > 0.93 and "http" not in sentence
