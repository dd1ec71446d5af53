"""The order classifier: what it says of sentences, and how often it is right about texts it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from models.lcm.metrics import Mean
from models.lcm.order_classifier import CORRUPTIONS, WINDOW, OrderClassifier

from .sampling import Text

WINDOWS_A_TEXT = 8


@torch.inference_mode()
def own_order(model: OrderClassifier, windows: np.ndarray) -> np.ndarray:
    """Windows (N, WINDOW, D) -> (N,) how sure it is, in [0, 1], that the text's own order goes so."""
    return torch.sigmoid(model(torch.from_numpy(windows.astype(np.float32)))).numpy()


def order_accuracy(model: OrderClassifier, texts: list[Text], rng: np.random.Generator) -> dict[str, Any]:
    """Share of windows that it tells right: the texts' own, and those made wrong in each way. 0.5 is chance."""
    found = []
    for text in texts:
        for start in rng.permutation(len(text.vectors) - WINDOW + 1)[:WINDOWS_A_TEXT]:
            found.append(text.vectors[start : start + WINDOW])
    windows = torch.from_numpy(np.stack(found).astype(np.float32))
    strangers = windows[:, 0].roll(WINDOWS_A_TEXT, 0)  # of the text before
    generator = torch.Generator().manual_seed(0)
    cases = {name: corrupt(windows, strangers, generator) for name, corrupt in CORRUPTIONS.items()}
    right = {"own": own_order(model, windows.numpy()) > 0.5}
    right |= {name: own_order(model, wrong.numpy()) <= 0.5 for name, wrong in cases.items()}
    # As many right windows as wrong ones, so that saying yes to all is no better than chance.
    wrong = np.stack([right[name] for name in CORRUPTIONS]).mean(0)
    return {
        "accuracy": Mean.of((right["own"] + wrong) / 2).to_json(),
        **{name: Mean.of(each).to_json() for name, each in right.items()},
    }
