"""What concept spaces are compared on: texts, the encoder's token states of them, the language model's without a plan.

All of it is the same for every space and is kept on disk once made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from tokenizers import Tokenizer

from models.lcm.corpus import document_of, wordable
from models.lcm.data import skipped
from models.lcm.decoder import ConceptDecoder
from models.lcm.lexical_head import Vocabulary
from models.lcm.packing import END_TOKEN
from models.lcm.token_states import TokenStates, read_token_states
from models.lcm.unplanned import Unplanned, read_unplanned
from models.lcm.wording import OPENING

from .progress import Progress

TEXT_LENGTH = 48  # sentences of each text, a document's first ones

Kept = TypeVar("Kept", TokenStates, Unplanned)


@dataclass(frozen=True)
class Split:
    sentences: list[str]  # text behind text, TEXT_LENGTH each
    worded: torch.Tensor  # (W,) int64: sentences worth learning to word
    heard: torch.Tensor  # (U,) int64: those of them that the language model has read
    states: TokenStates  # of each sentence
    unplanned: Unplanned  # of `heard`, in that order


def texts_of(file: Path, count: int) -> list[tuple[str, ...]]:
    """TEXT_LENGTH sentences of each of `count` documents that have them, spread evenly over what `prepare` cut."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            document = document_of(json.loads(line))
            if len(document.body) >= TEXT_LENGTH and not skipped(document.genre, len(document.body)):
                found.append(document.body[:TEXT_LENGTH])
    return found[:: max(1, len(found) // count)][:count]


def tokens_of(sentences: Sequence[str], tokenizer: Tokenizer) -> list[list[int]]:
    """For the decoder, the end included."""
    encoded = tokenizer.encode_batch([OPENING + s for s in sentences], add_special_tokens=False)
    return [[*each.ids, END_TOKEN] for each in encoded]


def worded_rows(sentences: Sequence[str]) -> torch.Tensor:
    return torch.tensor([i for i, sentence in enumerate(sentences) if wordable(sentence)])


def read_split(
    texts: Sequence[Sequence[str]],
    tokenizer: Tokenizer,
    decoder: ConceptDecoder,
    vocabulary: Vocabulary,
    heard: int,
    name: str,
    kept: Path,
    progress: Progress,
) -> Split:
    """heard: how many sentences the language model reads; name, kept: of the files in the folder `kept`."""
    sentences = [sentence for text in texts for sentence in text]
    worded = worded_rows(sentences)
    some = worded[torch.linspace(0, len(worded) - 1, min(heard, len(worded))).long()]
    encoding = progress.counting(f"encoding sentences of {name}", len(sentences))
    states = from_disk(kept / f"states-{name}.pt", TokenStates, lambda: read_token_states(sentences, encoding))
    reading = progress.counting(f"the language model reads sentences of {name}", len(some))
    rows = [tokens[:-1] for tokens in tokens_of([sentences[i] for i in some.tolist()], tokenizer)]
    unplanned = from_disk(
        kept / f"unplanned-{name}.pt", Unplanned, lambda: read_unplanned(decoder, rows, vocabulary.ids, reading)
    )
    return Split(sentences, worded, some, states, unplanned)


def from_disk(file: Path, kind: type[Kept], make: Callable[[], Kept]) -> Kept:
    """What `make` makes, or what it made before."""
    if not file.exists():
        partial = file.with_suffix(".partial")
        torch.save(vars(make()), partial)
        partial.rename(file)
    return kind(**torch.load(file, weights_only=True))
