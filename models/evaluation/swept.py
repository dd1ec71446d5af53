"""Samples of a diffusion LCM at every place of some texts, under one setting of the sampler, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from models.lcm.concepts import cosines, unit
from models.lcm.data import ConceptCorpus
from models.lcm.diffusion import DiffusionLCM
from models.lcm.metrics import Mean, contrastive_accuracy, l2, paraphrase_ratio
from models.lcm.normalizer import Normalizer
from models.lcm.sampler import options_of, sample

CONTEXT = 8  # sentences before a place that counts
LONGEST = 64  # sentences of each text
OTHERS = 256  # vectors of the other texts that the true one is told from
SEED = 1


@dataclass(frozen=True)
class Setting:
    steps: int
    guidance_scale: float
    noise_scale: float
    guidance_rescale: float = 0.7

    @staticmethod
    def of(chosen: Mapping[str, float]) -> Setting:
        """A sampler of models/choices.json."""
        options = options_of(chosen)
        return Setting(
            options["steps"], options["guidance_scale"], chosen["initialNoiseScale"], options["guidance_rescale"]
        )


def texts_of(corpus: ConceptCorpus, count: int) -> list[np.ndarray]:
    """The first LONGEST sentences, (N, D) of unit length, of `count` documents, spread evenly over the corpus."""
    long = [d.body for d in corpus.documents if d.body.stop - d.body.start > 3 * CONTEXT]
    chosen = long[:: max(1, len(long) // count)][:count]
    return [unit(corpus.tensor(body)[:LONGEST].numpy()) for body in chosen]


@torch.inference_mode()
def two_samples(
    model: DiffusionLCM, normalizer: Normalizer, texts: list[np.ndarray], setting: Setting
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Two samples from each text, teacher-forced: (N, D) of unit length, from the same noises for every setting."""
    generator = torch.Generator().manual_seed(SEED)
    found: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for text in texts:
        for samples in found:
            noise = torch.randn(1, *text.shape, generator=generator) * setting.noise_scale
            drawn = sample(
                model,
                normalizer.normalize(torch.from_numpy(text)).unsqueeze(0),
                noise,
                steps=setting.steps,
                guidance_scale=setting.guidance_scale,
                guidance_rescale=setting.guidance_rescale,
            )
            samples.append(unit(normalizer.denormalize(drawn[0]).numpy()))
    return found


@torch.inference_mode()
def expectations(model: DiffusionLCM, normalizer: Normalizer, texts: list[np.ndarray]) -> list[np.ndarray]:
    """The conditional mean at each place of each text, (N, D) of unit length."""
    normalized = [normalizer.normalize(torch.from_numpy(text)).unsqueeze(0) for text in texts]
    return [unit(normalizer.denormalize(model.expected(each)[0]).numpy()) for each in normalized]


def rated(guesses: list[np.ndarray], texts: list[np.ndarray], first: int = CONTEXT) -> dict[str, Mean]:
    """Guesses (N, D) of each text against what stands there, from place `first` on; the others are always the same."""
    rng = np.random.default_rng(SEED)
    accuracy, distance, ratios = [], [], []
    for number, (guess, text) in enumerate(zip(guesses, texts, strict=True)):
        elsewhere = np.concatenate([other for i, other in enumerate(texts) if i != number])
        for place in range(first, len(text)):
            others = elsewhere[rng.integers(0, len(elsewhere), OTHERS)]
            accuracy.append(contrastive_accuracy(guess[place], text[place], others))
            distance.append(float(l2(guess[place], text[place])))
            ratios.append(paraphrase_ratio(guess[place], text[place], text[:place]))
    par = [ratio for ratio in ratios if ratio is not None]
    return {"contrastiveAccuracy": Mean.of(accuracy), "l2": Mean.of(distance), "par": Mean.of(par)}


def likeness(first: list[np.ndarray], second: list[np.ndarray]) -> Mean:
    """Cosine of two samples of the same place: 1 says that there is one idea only."""
    return Mean.of(np.concatenate([cosines(a, b)[CONTEXT:] for a, b in zip(first, second, strict=True)]))
