"""Sweeps of the two-tower LCM, as in the paper's section 2.4.2: sampling, training, and how far it looks back.

Writes FOLDER/sweeps.json and a plot for each sweep, FOLDER/sweep-NAME.svg.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.evaluation.panels import Figures, curves
from models.evaluation.swept import CONTEXT, LONGEST, Setting, expectations, likeness, rated, texts_of, two_samples
from models.lcm.data import ConceptCorpus
from models.lcm.diffusion import DiffusionLCM
from models.lcm.normalizer import Normalizer
from models.lcm.systems import restored

SCALES = (1, 1.5, 2, 3, 4, 6)
STEPS = (1, 2, 5, 10, 20, 50)
NOISES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
LOOKING_BACK = (1, 2, 4, 8, 16, 32)  # sentences
MANY_STEPS = 10  # guidance and noise are swept at the chosen steps and at these

TITLES = {"contrastiveAccuracy": "contrastive accuracy", "l2": "l2", "par": "PAR", "likeness": "cosine of two samples"}


class Swept:
    """A trained model and the texts on which it is rated."""

    def __init__(self, checkpoint: Path, texts: list[np.ndarray]) -> None:
        state = torch.load(checkpoint, weights_only=True)
        model = restored(state)
        if not isinstance(model, DiffusionLCM):
            raise SystemExit(f"{checkpoint}: holds a {type(model).__name__}, expected a diffusion LCM")
        self.model, self.texts = model, texts
        self.normalizer = Normalizer.restored(state["normalizer"])
        self.minutes = round(state["seconds"] / 60, 1)

    def sampled(self, setting: Setting) -> dict[str, Any]:
        first, second = two_samples(self.model, self.normalizer, self.texts, setting)
        found = rated(first, self.texts) | {"likeness": likeness(first, second)}
        return {name: mean.to_json() for name, mean in found.items()}

    def expected(self, sentences: int) -> dict[str, Any]:
        """From the last `sentences` sentences alone, at the places that have the most of the swept lengths."""
        most = LOOKING_BACK[-1]
        guesses = []
        for text in self.texts:
            windows = [text[place - sentences : place + 1] for place in range(most, len(text))]
            last = [each[-1] for each in expectations(self.model, self.normalizer, windows)]
            guesses.append(np.stack([*text[:most], *last]))
        return {name: mean.to_json() for name, mean in rated(guesses, self.texts, most).items()}


def over(values: Iterable[float | str], measure: Callable[[Any], dict[str, Any]]) -> Figures:
    found = {}
    for value in values:
        found[str(value)] = measure(value)
        print(value, {name: mean["mean"] for name, mean in found[str(value)].items()}, flush=True)
    return found


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--split", default="test")
    parser.add_argument("--folder", type=Path, default=Path("models/results"))
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"))
    parser.add_argument("--trained", type=Path, nargs="*", default=[], help="checkpoints that differ in training alone")
    parser.add_argument("--texts", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    texts = texts_of(ConceptCorpus(args.work, args.split), args.texts)
    swept = Swept(args.work / "two-tower.pt", texts)
    chosen = Setting.of(json.loads(args.choices.read_text())["sampler"])

    def sweep_from(base: Setting, values: tuple[float, ...], changed: Callable[[Setting, float], Setting]) -> Figures:
        return over(values, lambda value: swept.sampled(changed(base, value)))

    def at_both(values: tuple[float, ...], changed: Callable[[Setting, float], Setting]) -> dict[str, Figures]:
        bases = [replace(chosen, steps=steps) for steps in (chosen.steps, MANY_STEPS)]
        return {f"{base.steps} steps": sweep_from(base, values, changed) for base in bases}

    found: dict[str, dict[str, Figures]] = {
        "guidance": at_both(SCALES, lambda setting, scale: replace(setting, guidance_scale=scale)),
        "noise": at_both(NOISES, lambda setting, scale: replace(setting, noise_scale=scale)),
        "steps": {"sample": over(STEPS, lambda steps: swept.sampled(replace(chosen, steps=int(steps))))},
        "context": {"conditional mean": over(LOOKING_BACK, lambda sentences: swept.expected(int(sentences)))},
    }
    if args.trained:
        models = {path.stem: Swept(path, texts) for path in args.trained}
        found["training"] = {"sample": over(models, lambda name: models[name].sampled(chosen))}
    labels = {
        "guidance": "guidance scale",
        "noise": "initial noise scale",
        "steps": "steps",
        "context": "sentences before",
        "training": "noise schedule or loss weighting",
    }
    for name, lines in found.items():
        curves(lines, TITLES, labels[name], args.folder / f"sweep-{name}.svg")
    about = {
        "split": args.split,
        "texts": len(texts),
        "places": sum(max(0, len(text) - CONTEXT) for text in texts),
        "longest": LONGEST,
        "chosen": vars(chosen),
        "minutesTrained": swept.minutes,
    }
    (args.folder / "sweeps.json").write_text(json.dumps({**about, "sweeps": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
