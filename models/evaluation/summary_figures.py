"""Summaries against the human abstract: the first sentences, the extractive summary, and the LCM's."""

from __future__ import annotations

from typing import Any

import numpy as np
from rouge_score import rouge_scorer

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.extractive import extractive_summary
from models.lcm.metrics import Mean
from models.lcm.summarizer import planned_summary
from models.lcm.text_metrics import (
    copied_words,
    overlap_characters,
    overlap_words,
    repetition_characters,
    repetition_words,
    word_ratio,
)

from .corpus import Document, EncodedSentences
from .dealing import dealt, shuffled
from .progress import Progress

MOST_SENTENCES = 5  # of a summary, whatever the human one has
SEED = 0  # of the sampler


def documents_to_summarize(documents: list[Document], limit: int, rng: np.random.Generator) -> list[Document]:
    """Those with a human abstract and more sentences than it has."""
    fitting = [d for d in documents if d.summary and len(d.body) > len(d.summary)]
    return dealt([(d.genre, [d]) for d in shuffled(fitting, rng)], limit)


def summary_figures(
    documents: list[Document], bundle: BundleRuntime, encoded: EncodedSentences, progress: Progress
) -> dict[str, Any]:
    """Each system is given the human summary's number of sentences, at most MOST_SENTENCES.

    `lcm` is what the server shows; `lcmWordings` the plan's wordings alone, checked against nothing.
    """
    encoded.read([sentence for document in documents for sentence in document.body], progress)
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    rows: dict[str, list[dict[str, float]]] = {}
    borne_out: list[bool] = []
    empty = 0
    for document in progress.over("summarizing", documents):
        count = min(MOST_SENTENCES, len(document.summary))
        vectors = encoded.of(document.body)
        extracted = [document.body[i] for i in extractive_summary(document.body, vectors, count)]
        lines = planned_summary(bundle, document.body, vectors, count, SEED)
        borne_out += [line.borne_out for line in lines]
        empty += not lines
        summaries = {
            "lead": list(document.body[:count]),
            "extractive": extracted,
            "lcm": [line.shown for line in lines if line.shown] or extracted,
            "lcmWordings": [line.wording for line in lines],
        }
        source, reference = " ".join(document.body), " ".join(document.summary)
        for name, sentences in summaries.items():
            rows.setdefault(name, []).append(measures(" ".join(sentences), reference, source, scorer))
    return {
        "n": len(documents),
        "sentences": Mean.of([min(MOST_SENTENCES, len(d.summary)) for d in documents]).to_json(),
        "systems": {
            name: {key: Mean.of([row[key] for row in found]).to_json() for key in found[0]}
            for name, found in rows.items()
        },
        "wordingsBorneOut": Mean.of(borne_out).to_json(),
        "plansWithoutSentence": empty,
    }


def measures(summary: str, reference: str, source: str, scorer: rouge_scorer.RougeScorer) -> dict[str, float]:
    rouge = scorer.score(reference, summary)
    return {
        **{name: score.fmeasure for name, score in rouge.items()},
        "wordRatio": word_ratio(summary, source),
        "ovl3Words": overlap_words(summary, source),
        "ovl3Characters": overlap_characters(summary, source),
        "rep4Words": repetition_words(summary),
        "rep4Characters": repetition_characters(summary),
        "copied3Words": copied_words(summary, source),
    }
