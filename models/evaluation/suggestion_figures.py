"""Suggestions as a writer gets them: how different those of one place are, and what their scores are worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import cosines
from models.lcm.metrics import Mean, rank_among
from models.lcm.text_metrics import copied_words, repetition_words
from models.lcm.wording import Wording

from .prediction_figures import Distractors
from .progress import Progress
from .sampling import Place

CANDIDATES = 4  # plans of a place, worded
SEED = 0  # of the sampler
COVERAGES = (1.0, 0.75, 0.5, 0.25)  # shares of places at which something is suggested, the best scores first
PLAN, FLOW, FLUENCY, REPEATED = 0.45, 0.2, 0.35, 0.5  # weights of server/src/service/ranking.ts


def score(wording: Wording, vector: np.ndarray, plan: np.ndarray, last: np.ndarray, context: str) -> float:
    """In [0, 1], as server/src/service/ranking.ts. vector: of the wording; last: of the sentence before. All (D,)."""
    closeness, flow = max(0.0, float(cosines(vector, plan))), max(0.0, float(cosines(vector, last)))
    fluency = math.exp(min(0.0, wording.log_probability) / 2)
    repeated = copied_words(wording.text, context) + repetition_words(wording.text, 3)
    return max(0.0, min(1.0, PLAN * closeness + FLOW * flow + FLUENCY * fluency - REPEATED * repeated))


def mean_distance(vectors: np.ndarray) -> float:
    """Mean of 1 - cosine over all pairs of rows (N, D), N >= 2."""
    first, second = np.triu_indices(len(vectors), 1)
    return float(1 - cosines(vectors[first], vectors[second]).mean())


def risk_coverage(scores: Sequence[float], right: Sequence[bool]) -> list[dict[str, Any]]:
    """Accuracy among the places with the best scores, for each share of them that is kept; ties in order."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    found = []
    for coverage in COVERAGES:
        kept = order[: max(1, round(coverage * len(order)))]
        accuracy = Mean.of([right[i] for i in kept]).to_json()
        found.append({"coverage": coverage, "leastScore": round(float(scores[kept[-1]]), 4), "accuracy": accuracy})
    return found


def suggestion_figures(
    places: list[Place], distractors: list[Distractors], bundle: BundleRuntime, progress: Progress
) -> dict[str, Any]:
    """The bundle's samples at each place, worded, and the one with the best score: it is right where the true sentence
    lies nearer to it than the random ones of other documents do.
    """
    apart: dict[str, list[float]] = {"plans": [], "wordings": []}
    scores: list[float] = []
    right: list[bool] = []
    for place, other in zip(progress.over("suggesting", places), distractors, strict=True):
        plans = bundle.predictor.predict_next(place.context, CANDIDATES, SEED)
        wordings = bundle.decoder.word(plans, place.context_text)
        vectors = bundle.encoder.encode([wording.text.strip() for wording in wordings])
        apart["plans"].append(mean_distance(plans))
        apart["wordings"].append(mean_distance(vectors))
        rated = [
            score(wording, vector, plan, place.context[-1], place.context_text)
            for wording, vector, plan in zip(wordings, vectors, plans, strict=True)
        ]
        best = int(np.argmax(rated))
        scores.append(rated[best])
        right.append(rank_among(vectors[best], place.true, other.others) == 1)
    least = bundle.manifest["ranking"]["minScore"]
    shown = [ok for ok, value in zip(right, scores, strict=True) if value >= least]
    return {
        "n": len(places),
        "candidates": CANDIDATES,
        "distance": {name: Mean.of(values).to_json() for name, values in apart.items()},
        "riskCoverage": risk_coverage(scores, right),
        "atMinScore": {
            "coverage": Mean.of([s >= least for s in scores]).to_json(),
            "accuracy": Mean.of(shown).to_json(),
        },
    }
