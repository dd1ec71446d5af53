"""Whether the decoder makes use of a heading that it reads before the first sentence of its section."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from models.lcm.context_text import text_before
from models.lcm.corpus import Document, wordable
from models.lcm.metrics import Mean
from models.lcm.shipped_decoder import ShippedDecoder

from .dealing import dealt, shuffled
from .progress import Progress
from .sampling import LEAST_CONTEXT


def heading_figures(
    documents: Iterable[Document], decoder: ShippedDecoder, limit: int, rng: np.random.Generator, progress: Progress
) -> dict[str, Any]:
    """Nats a token of sentences that open a section, one a document, without a plan; `gain` is paired."""
    groups = []
    for document in shuffled(list(documents), rng):
        openings = [(i, heading) for i, heading in section_openings(document) if wordable(document.body[i])]
        if openings:
            index, heading = openings[int(rng.integers(len(openings)))]
            groups.append((document.genre, [(document, index, heading)]))
    found = []
    for document, index, heading in progress.over("sentences behind headings", dealt(groups, limit)):
        before = text_before(document.body, index)
        behind = f"{before} {in_text(heading)}"
        found.append([nats(decoder, document.body[index], text) for text in (before, behind)])
    without, read = np.array(found).reshape(-1, 2).T
    return {
        "n": len(found),
        "natsPerToken": {"without": Mean.of(without).to_json(), "withHeading": Mean.of(read).to_json()},
        "gain": Mean.of(without - read).to_json(),
    }


def section_openings(document: Document) -> list[tuple[int, str]]:
    """Index of the first sentence of each section that has a heading, far enough behind the start, and the heading."""
    found, index = [], 0
    for section in document.sections:
        if section.heading and sum(section.paragraphs) and index >= LEAST_CONTEXT:
            found.append((index, section.heading))
        index += sum(section.paragraphs)
    return found


def in_text(heading: str) -> str:
    """As the server puts it among sentences: server/src/service/suggestions/contextText.ts."""
    return re.sub(r"[\s.:!?]+$", "", heading) + ":"


def nats(decoder: ShippedDecoder, sentence: str, context: str) -> float:
    """A token, its end included."""
    return -float(decoder.log_probabilities(sentence, context, None).mean())
