"""A summary planned and worded by the bundle and checked against its source, as server/src/service/summary.ts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .concepts import nearest
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
    wording: str  # the decoder's own words for the plan
    shown: str | None  # what the server shows: the wording, or the source's sentence in its place; None for neither

    @property
    def borne_out(self) -> bool:
        """Whether the wording stood up to the checks."""
        return self.shown == self.wording


def planned_summary(
    planner: SummaryPlanner,
    bundle: BundleRuntime,
    sentences: Sequence[str],
    vectors: np.ndarray,
    count: int,
    seed: int,
) -> list[SummaryLine]:
    """Up to `count` lines for sentences with vectors (N, D), N >= 1; none if the plan ends at once.

    `planner`: the bundle's predictor, or another system, whose plans the bundle's decoder words.
    """
    max_length = min(count, len(sentences))
    source = fitted(vectors, planner.context_length - max_length - 1)
    plans = planner.plan_summary(vectors[source], max_length, seed, max_length)
    support = {word for sentence in sentences for word in content_words(sentence)}
    lines: list[SummaryLine] = []
    used: set[str] = set()
    for plan in plans:
        order = nearest(plan, vectors, len(vectors))
        context = " ".join(sentences[i] for i in order[:SOURCES_PER_SENTENCE])
        wording = bundle.decoder.word(plan[None], context, MAX_TOKENS)[0]
        text = wording.text.strip()
        stands = (
            wording.complete
            and text not in used
            and not plain_text_fault(text)
            and supported_share(text, support) >= LEAST_SUPPORT
            and (vectors @ bundle.encoder.encode([text])[0]).max() >= LEAST_SIMILARITY
        )
        shown = text if stands else next((sentences[i] for i in order if sentences[i] not in used), None)
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
