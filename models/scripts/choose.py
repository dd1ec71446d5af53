"""What models/choices.json is chosen by: sampler settings and stop threshold, swept on valid. Only prints."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.evaluation.swept import Setting, expectations, likeness, rated, texts_of, two_samples
from models.lcm.concepts import unit
from models.lcm.data import STOP_ROW, ConceptCorpus, Window
from models.lcm.normalizer import Normalizer
from models.lcm.systems import restored
from models.lcm.two_tower import TwoTowerLCM

SWEPT = [  # few steps stay near the mean, many go to one mode
    Setting(steps, guidance, noise)
    for guidance, noise, steps in [
        (1.0, 1.0, 10),
        (1.0, 0.6, 10),
        (2.0, 0.6, 10),
        (2.0, 0.6, 20),
        (2.0, 0.5, 5),
        (2.0, 0.7, 5),
        (4.0, 0.6, 5),
        (1.0, 0.8, 2),
        (2.0, 0.8, 2),
        (3.0, 0.8, 2),
        (3.0, 1.0, 2),
        (4.0, 0.8, 2),
        (4.0, 1.0, 2),
        (6.0, 1.0, 2),
    ]
]


def told(guesses: list[np.ndarray], texts: list[np.ndarray]) -> str:
    return ", ".join(f"{name} {mean.mean}" for name, mean in rated(guesses, texts).items())


def baselines(model: TwoTowerLCM, normalizer: Normalizer, texts: list[np.ndarray]) -> None:
    """What samples are to be better than, and the conditional mean."""
    last = [np.stack([text[max(0, i - 1)] for i in range(len(text))]) for text in texts]
    mean = [unit(np.stack([text[max(0, i - 4) : max(1, i)].mean(0) for i in range(len(text))])) for text in texts]
    print(f"copy of the last: {told(last, texts)}")
    print(f"mean of four: {told(mean, texts)}")
    print(f"expected: {told(expectations(model, normalizer, texts), texts)}")


def stops(model: TwoTowerLCM, normalizer: Normalizer, corpus: ConceptCorpus, windows: list[Window]) -> None:
    """Cosine of what is expected to the stop vector, where the summary ends and before it."""
    stop = corpus.marks[STOP_ROW]
    ends, before = [], []
    for window in windows:
        if window.rows[-1] != STOP_ROW:
            continue
        expected = model.expected(normalizer.normalize(corpus.window_tensor(window)).unsqueeze(0))[0]
        closeness = nn.functional.normalize(normalizer.denormalize(expected), dim=-1) @ stop
        separator = int((window.rows < 0).argmax())
        ends.append(closeness[-1:])
        before.append(closeness[separator + 1 : -1])
    a, b = torch.cat(ends), torch.cat(before)
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        found, wrong = ((x > threshold).float().mean() for x in (a, b))
        print(f"stop threshold {threshold}: above it {found:.2f} of the ends, {wrong:.2f} of the rest")


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--texts", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    state = torch.load(args.work / "two-tower.pt", weights_only=True)
    model = restored(state)
    assert isinstance(model, TwoTowerLCM)
    normalizer = Normalizer.restored(state["normalizer"])
    corpus = ConceptCorpus(args.work, "valid")
    windows = corpus.windows(model.config.context_length)
    print(f"step {state['step']}")
    stops(model, normalizer, corpus, windows)
    texts = texts_of(corpus, args.texts)
    baselines(model, normalizer, texts)
    for setting in SWEPT:
        first, second = two_samples(model, normalizer, texts, setting)
        print(f"{setting}: {told(first, texts)}, cosine of two samples {likeness(first, second).mean}", flush=True)


if __name__ == "__main__":
    main()
