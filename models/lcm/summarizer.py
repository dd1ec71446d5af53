"""A summary in the decoder's words, checked against its source, as server/src/service/summaries/summary.ts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .concepts import nearest, unit
from .wording_checks import content_words, plain_text_fault, supported_share

if TYPE_CHECKING:
    from .bundle_runtime import BundleRuntime
    from .summary_plan import SummaryPlanner

SOURCES_PER_SENTENCE = 2  # source sentences given to the decoder as context
LEAST_SIMILARITY = 0.5  # a wording this unlike every source sentence says something else
LEAST_SUPPORT = 0.6  # share of a wording's content words that the source must have
MAX_TOKENS = 48


@dataclass(frozen=True)
class SummaryLine:
    wording: str  # the decoder's own words
    shown: str | None  # what the server shows: the wording, or the source's sentence in its place; None for neither

    @property
    def borne_out(self) -> bool:
        """Whether the wording stood up to the checks."""
        return self.shown == self.wording


def opening_of(planner: SummaryPlanner, vectors: np.ndarray, seed: int) -> np.ndarray:
    """(1, D): what `planner` would open a summary of sentences (N, D), N >= 1, with; (0, D) if it would end at once.

    planner: the bundle's predictor, or another system.
    """
    return planner.plan_summary(vectors[fitted(vectors, planner.context_length - 2)], 1, seed, 1)


def worded_summary(
    opening: np.ndarray, bundle: BundleRuntime, sentences: Sequence[str], vectors: np.ndarray, picked: Sequence[int]
) -> list[SummaryLine]:
    """A line for each `picked` sentence, a row of (N, D), drawn halfway to the opening (1, D); none without one."""
    support = {word for sentence in sentences for word in content_words(sentence)}
    lines: list[SummaryLine] = []
    used: set[str] = set()
    for row in picked if len(opening) else ():
        plan = unit(unit(vectors[row]) + unit(opening[0]))
        context = " ".join(sentences[i] for i in nearest(plan, vectors, SOURCES_PER_SENTENCE))
        wording = bundle.decoder.word(plan[None], context, MAX_TOKENS)[0]
        text = wording.text.strip()
        stands = (
            wording.complete
            and not plain_text_fault(text)
            and supported_share(text, support) >= LEAST_SUPPORT
            and (vectors @ bundle.encoder.encode([text])[0]).max() >= LEAST_SIMILARITY
        )
        shown = next((said for said in ([text] if stands else []) + [sentences[row]] if said not in used), None)
        if shown is not None:
            used.add(shown)
        lines.append(SummaryLine(text, shown))
    return lines


def fitted(vectors: np.ndarray, count: int) -> list[int]:
    """At most `count` rows of (N, D): of a longer text, from each even part the row nearest its mean."""
    length = len(vectors)
    if length <= count:
        return list(range(length))
    parts = max(1, count)
    rows = []
    for i in range(parts):
        start, end = i * length // parts, (i + 1) * length // parts
        rows.append(start + nearest(vectors[start:end].mean(0), vectors[start:end], 1)[0])
    return rows
