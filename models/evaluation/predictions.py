"""What each system says of the next concept behind the true ones."""

from __future__ import annotations

import numpy as np

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import unit

from .checkpoints import Checkpoint
from .progress import Progress
from .sampling import Place, Text

SEED = 0  # of the samplers

Predictions = dict[str, np.ndarray]  # system -> (places, D), unit length


def predictions_of(
    places: list[Place],
    texts: list[Text],
    bundle: BundleRuntime,
    checkpoints: list[Checkpoint],
    progress: Progress,
) -> Predictions:
    """Copies, means, and of the shipped two-tower and of each checkpoint its conditional mean and one sample."""
    contexts = [place.context for place in places]
    mean = unit(np.concatenate([text.vectors for text in texts]).mean(0))
    found: Predictions = {
        "copyLast": np.stack([context[-1] for context in contexts]),
        "meanOfFour": unit(np.stack([context[-4:].mean(0) for context in contexts])),
        "corpusMean": np.tile(mean, (len(places), 1)),
        "twoTowerExpected": np.stack(
            [
                bundle.predictor.expected_at(place.text.vectors, place.index)
                for place in progress.over("predicting with the bundle", places)
            ]
        ),
        "twoTowerSample": np.stack(
            [
                bundle.predictor.predict_next(context, 1, SEED)[0]
                for context in progress.over("sampling from the bundle", contexts)
            ]
        ),
    }
    for checkpoint in checkpoints:
        progress.say(f"predicting with {checkpoint.name}")
        # The Base-LCM is its conditional mean, and has no other guess to be told from.
        found[f"{checkpoint.name}Expected" if checkpoint.draw else checkpoint.name] = checkpoint.expected(contexts)
        if checkpoint.draw:
            found[f"{checkpoint.name}Sample"] = checkpoint.sampled(contexts, SEED)
    return found
