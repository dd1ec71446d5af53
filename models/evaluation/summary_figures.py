"""Summaries against the human abstract: the first sentences, picked ones, the LCMs' and token models'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rouge_score import rouge_scorer

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.extractive import extractive_summary
from models.lcm.metrics import Mean
from models.lcm.summarizer import SummaryLine, opening_of, worded_summary
from models.lcm.summary_plan import SummaryPlanner
from models.lcm.text_metrics import (
    copied_words,
    overlap_characters,
    overlap_words,
    repetition_characters,
    repetition_words,
    word_ratio,
)

from .centroid_summary import centroid_summary
from .checkpoints import Checkpoint
from .corpus import Document, EncodedSentences
from .dealing import dealt, shuffled
from .faithfulness import attribution, coverage, main_ideas, names_found
from .progress import Progress
from .text_judge import TextJudge

MOST_SENTENCES = 5  # of a summary, whatever the human one has
SEED = 0  # of the sampler


def documents_to_summarize(documents: list[Document], limit: int, rng: np.random.Generator) -> list[Document]:
    """Those with a human abstract and more sentences than it has."""
    fitting = [d for d in documents if d.summary and len(d.body) > len(d.summary)]
    return dealt([(d.genre, [d]) for d in shuffled(fitting, rng)], limit)


def lengths_of(documents: list[Document]) -> list[int]:
    """How many sentences every system is given for each summary."""
    return [min(MOST_SENTENCES, len(document.summary)) for document in documents]


@dataclass(frozen=True)
class Summarized:
    """A document and what each system says of it, as many sentences as it was given or fewer."""

    document: Document
    vectors: np.ndarray  # (N, D), of its sentences
    summaries: dict[str, list[str]]


def summary_figures(
    documents: list[Document],
    by_tokens: Mapping[str, list[list[str]]],
    bundle: BundleRuntime,
    checkpoints: list[Checkpoint],
    encoded: EncodedSentences,
    judge: TextJudge,
    progress: Progress,
) -> dict[str, Any]:
    """Each system is given the human summary's number of sentences, at most MOST_SENTENCES.

    `centroid` is the extractive baseline, `extractive` what the server picks. `lcm` is what it shows when asked for its
    own words; `lcmWordings` the wordings alone, checked against nothing, and so are those by the checkpoints' openings.
    by_tokens: token model -> the sentences of its summary of each of the first documents, which may be fewer, as they
    are slow.
    """
    encoded.read([s for d in documents for s in (d.title, *d.body, *d.summary) if s], progress)
    borne_out: list[bool] = []
    found: list[Summarized] = []
    for i, (document, count) in enumerate(
        zip(progress.over("summarizing", documents), lengths_of(documents), strict=True)
    ):
        vectors = encoded.of(document.body)
        title = encoded.of([document.title]) if document.title else vectors[:0]
        picked, lines = planned_by(bundle.predictor, bundle, document.body, vectors, title, count)
        extracted = [document.body[row] for row in picked]
        borne_out += [line.borne_out for line in lines]
        summaries = {
            "lead": list(document.body[:count]),
            "centroid": [document.body[row] for row in centroid_summary(document.body, vectors, count)],
            "extractive": extracted,
            "lcm": [line.shown for line in lines if line.shown] or extracted,
            "lcmWordings": [line.wording for line in lines],
        }
        for checkpoint in checkpoints:
            _, lines = planned_by(checkpoint, bundle, document.body, vectors, title, count)
            summaries[checkpoint.name] = [line.wording for line in lines]
        summaries |= {name: answers[i] for name, answers in by_tokens.items() if i < len(answers)}
        found.append(Summarized(document, vectors, summaries))
    rows = rated(found, encoded, judge, progress)
    return {
        "n": len(documents),
        "sentences": Mean.of(lengths_of(documents)).to_json(),
        "systems": {
            name: {
                key: Mean.of([value for row in of_system if (value := row[key]) is not None]).to_json()
                for key in of_system[0]
            }
            | {"overCentroid": over(of_system, rows["centroid"]).to_json()}
            for name, of_system in rows.items()
        },
        "wordingsBorneOut": Mean.of(borne_out).to_json(),
        "withoutSentence": {
            name: sum(name in each.summaries and not each.summaries[name] for each in found) for name in rows
        },
    }


def planned_by(
    planner: SummaryPlanner,
    bundle: BundleRuntime,
    sentences: Sequence[str],
    vectors: np.ndarray,
    title: np.ndarray,
    count: int,
) -> tuple[list[int], list[SummaryLine]]:
    """What is picked of sentences (N, D) by title, (1, D) or (0, D), and the planner's opening; and that in words."""
    opening = opening_of(planner, vectors, SEED)
    picked = extractive_summary(sentences, vectors, count, np.concatenate([title, opening]))
    return picked, worded_summary(opening, bundle, sentences, vectors, picked)


def rated(
    found: list[Summarized], encoded: EncodedSentences, judge: TextJudge, progress: Progress
) -> dict[str, list[dict[str, float | None]]]:
    """-> system -> measures of each of its summaries; sentences are encoded and judged side by side, each once."""
    said = list(dict.fromkeys(s for each in found for sentences in each.summaries.values() for s in sentences))
    encoded.read(said, progress)
    acceptability = dict(zip(said, judge.acceptability(said, progress.counting("judging", len(said))), strict=True))
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    rows: dict[str, list[dict[str, float | None]]] = {}
    for each in progress.over("comparing summaries", found):
        body, vectors = each.document.body, each.vectors
        source, reference = " ".join(body), " ".join(each.document.summary)
        for name, sentences in each.summaries.items():
            summary = encoded.of(sentences) if sentences else vectors[:0]
            rows.setdefault(name, []).append(
                {
                    **measures(" ".join(sentences), reference, source, scorer),
                    "acceptability": float(np.mean([acceptability[s] for s in sentences])) if sentences else None,
                    "attribution": attribution(summary, vectors),
                    "namesFound": names_found(sentences, source),
                    "mainIdeas": main_ideas(summary, body, vectors),
                    "coverage": coverage(summary, encoded.of(each.document.summary)),
                }
            )
    return rows


def over(of_system: list[dict[str, Any]], baseline: list[dict[str, Any]]) -> Mean:
    """How much higher ROUGE-L is than the baseline's of the same documents; a system may have only the first."""
    return Mean.of([own["rougeL"] - other["rougeL"] for own, other in zip(of_system, baseline, strict=False)])


def measures(summary: str, reference: str, source: str, scorer: rouge_scorer.RougeScorer) -> dict[str, float | None]:
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
