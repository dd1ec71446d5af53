"""The LCM, teacher-forced: how near each system's prediction comes to the true next concept, among distractors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.lcm.metrics import (
    Mean,
    contrastive_accuracy,
    l2,
    paraphrase_ratio,
    rank_among,
    without_neighborhood,
)

from .predictions import Predictions
from .sampling import FOLLOWING, LEAST_CONTEXT, Place, Text

OTHERS = 64  # random sentences of other texts
POOL = 2000  # sentences of all texts, the distractors of contrastive accuracy
BY_GENRE = ("contrastiveAccuracy", "rankAmongFollowing", "rankAmongOthers", "l2")


def prediction_figures(
    places: list[Place], predictions: Predictions, encoded_again: Predictions, distractors: list[Distractors]
) -> dict[str, Any]:
    """Every prediction is of unit length, as the server makes it. Distractors are the same for all systems.

    encoded_again: what token models say at the first places, as vectors; l2 is not told of them here, because theirs
    is the one after the round trip.
    """
    figures: dict[str, Any] = {
        "n": len(places),
        "leastContext": LEAST_CONTEXT,
        "distractors": {
            "contrastiveAccuracy": f"sentences of other documents, of a pool of {POOL}",
            "contrastiveAccuracyInText": "the document's sentences but the true one and its two neighbors",
            "rankAmongFollowing": f"the true one and the {FOLLOWING} that follow it: 1 to {FOLLOWING + 1}",
            "rankAmongOthers": f"the true one and {OTHERS} random ones of other documents: 1 to {OTHERS + 1}",
        },
        "systems": {name: measures(places, vectors, distractors) for name, vectors in predictions.items()},
        "byGenre": {},
    }
    for name, vectors in encoded_again.items():
        found = measures(places[: len(vectors)], vectors, distractors[: len(vectors)])
        figures["systems"][name] = {key: value for key, value in found.items() if key != "l2"}
    for genre in sorted({place.text.genre for place in places}):
        rows = [i for i, place in enumerate(places) if place.text.genre == genre]
        some = [places[i] for i in rows], [distractors[i] for i in rows]
        by_system = {name: measures(some[0], vectors[rows], some[1]) for name, vectors in predictions.items()}
        figures["byGenre"][genre] = {name: {key: m[key] for key in BY_GENRE} for name, m in by_system.items()}
    return figures


@dataclass(frozen=True)
class Distractors:
    """The same for every system."""

    following: np.ndarray  # (FOLLOWING, D)
    others: np.ndarray  # (OTHERS, D)
    elsewhere: np.ndarray  # (M, D), the pool without this text
    here: np.ndarray  # (M, D), this text without the place and its neighbors


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
    figures: dict[str, Sequence[float]] = {
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
