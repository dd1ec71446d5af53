"""What each system says of the next concept, teacher-forced, and what is left of it once it is worded."""

from __future__ import annotations

import numpy as np

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import unit
from models.lcm.metrics import Mean, l2

from .checkpoints import Checkpoint, Teacher
from .progress import Progress
from .sampling import Place, Text

SEED = 0  # of the sampler

Predictions = dict[str, np.ndarray]  # system -> (places, D), unit length


def predictions_of(
    places: list[Place],
    texts: list[Text],
    bundle: BundleRuntime,
    checkpoints: list[Checkpoint],
    progress: Progress,
) -> Predictions:
    """Copies, means, and of the shipped two-tower and of each checkpoint its conditional mean and one sample."""
    mean = unit(np.concatenate([text.vectors for text in texts]).mean(0))
    teacher: dict[str, Teacher] = {"twoTowerExpected": bundle.predictor.expected}
    for checkpoint in checkpoints:
        # The Base-LCM is its conditional mean, and has no other guess to be told from.
        teacher[f"{checkpoint.name}Expected" if checkpoint.sampled else checkpoint.name] = checkpoint.expected
        if checkpoint.sampled:
            teacher[f"{checkpoint.name}Sample"] = checkpoint.sampled
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
