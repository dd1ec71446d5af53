"""The LCM, teacher-forced: how near each system's prediction comes to the true next concept, among distractors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import unit
from models.lcm.metrics import (
    Mean,
    contrastive_accuracy,
    l2,
    paraphrase_ratio,
    rank_among,
    without_neighborhood,
)

from .base_lcm import Baseline
from .progress import Progress
from .sampling import FOLLOWING, Place, Text

OTHERS = 64  # random sentences of other texts
POOL = 2000  # sentences of all texts, the distractors of contrastive accuracy
SEED = 0  # of the sampler

Predictions = dict[str, np.ndarray]  # system -> (places, D), unit length


@dataclass(frozen=True)
class Distractors:
    """The same for every system."""

    following: np.ndarray  # (FOLLOWING, D)
    others: np.ndarray  # (OTHERS, D)
    elsewhere: np.ndarray  # (M, D), the pool without this text
    here: np.ndarray  # (M, D), this text without the place and its neighbors


def predictions_of(
    places: list[Place], texts: list[Text], bundle: BundleRuntime, base: Baseline | None, progress: Progress
) -> Predictions:
    mean = unit(np.concatenate([text.vectors for text in texts]).mean(0))
    teacher: dict[str, Callable[[np.ndarray], np.ndarray]] = {"twoTowerExpected": bundle.predictor.expected}
    if base:
        teacher["baseLcm"] = base.expected
    found: dict[str, list[np.ndarray]] = {}
    rows: dict[tuple[str, int], np.ndarray] = {}  # teacher-forced, by system and text
    for place in progress.over("predicting", places):
        context = place.context
        guesses = {"copyLast": context[-1], "meanOfFour": unit(context[-4:].mean(0)), "corpusMean": mean}
        for name, expected in teacher.items():
            key = (name, id(place.text))
            if key not in rows:
                rows[key] = expected(place.text.vectors)
            guesses[name] = rows[key][place.index]
        guesses["twoTowerSample"] = bundle.predictor.predict_next(context, 1, SEED)[0]
        for name, guess in guesses.items():
            found.setdefault(name, []).append(guess)
    return {name: np.stack(guesses) for name, guesses in found.items()}


def distractors_of(places: list[Place], texts: list[Text], rng: np.random.Generator) -> list[Distractors]:
    owners = np.concatenate([np.full(len(text.vectors), i) for i, text in enumerate(texts)])
    vectors = np.concatenate([text.vectors for text in texts])
    pool = rng.permutation(len(vectors))[:POOL]
    numbers = {id(text): i for i, text in enumerate(texts)}
    found = []
    for place in places:
        number = numbers[id(place.text)]
        following = place.text.vectors[place.index + 1 : place.index + 1 + FOLLOWING]
        elsewhere = pool[owners[pool] != number]
        others = rng.choice(np.flatnonzero(owners != number), OTHERS, replace=False)
        here = without_neighborhood(place.text.vectors, place.index)
        found.append(Distractors(following, vectors[others], vectors[elsewhere], here))
    return found


def measures(places: list[Place], predicted: np.ndarray, distractors: list[Distractors]) -> dict[str, Any]:
    """One system's figures. predicted: (places, D)."""
    cases = list(zip(places, predicted, distractors, strict=True))
    following = [rank_among(guess, place.true, d.following) for place, guess, d in cases]
    others = [rank_among(guess, place.true, d.others) for place, guess, d in cases]
    ratios = [paraphrase_ratio(guess, place.true, place.context) for place, guess, _ in cases]
    figures = {
        "contrastiveAccuracy": [contrastive_accuracy(guess, place.true, d.elsewhere) for place, guess, d in cases],
        "contrastiveAccuracyInText": [contrastive_accuracy(guess, place.true, d.here) for place, guess, d in cases],
        "rankAmongFollowing": following,
        "firstAmongFollowing": [rank == 1 for rank in following],
        "rankAmongOthers": others,
        "firstAmongOthers": [rank == 1 for rank in others],
        "l2": [float(l2(guess, place.true)) for place, guess, _ in cases],
        "par": [ratio for ratio in ratios if ratio is not None],
    }
    return {name: Mean.of(values).to_json() for name, values in figures.items()}


def round_trip(places: list[Place], predictions: Predictions, bundle: BundleRuntime, progress: Progress) -> dict:
    """l2 to the true vector once predictions are worded, behind the text before them, and encoded again."""
    systems = ["twoTowerSample", "twoTowerExpected", "true"]
    distances: dict[str, list[float]] = {name: [] for name in systems}
    for i, place in enumerate(progress.over("wording predictions", places)):
        plans = np.stack([place.true if name == "true" else predictions[name][i] for name in systems])
        texts = [wording.text.strip() for wording in bundle.decoder.word(plans, place.context_text)]
        for name, vector in zip(systems, bundle.encoder.encode(texts), strict=True):
            distances[name].append(float(l2(vector, place.true)))
    return {name: Mean.of(values).to_json() for name, values in distances.items()}
