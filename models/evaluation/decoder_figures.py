"""The decoder: whether a sentence comes back from its concept, and whether a concept makes its sentence likelier."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sacrebleu.metrics import BLEU, CHRF

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import cosines, unit
from models.lcm.corpus import wordable
from models.lcm.metrics import Mean

from .dealing import dealt
from .progress import Progress
from .sampling import LEAST_CONTEXT, PLACES_A_TEXT, Place, Text

NOISE = 0.3  # of the concept's norm


def wordable_places(texts: list[Text], limit: int, rng: np.random.Generator) -> list[Place]:
    groups = []
    for text in texts:
        fit = [i for i in range(LEAST_CONTEXT, len(text.sentences)) if wordable(text.sentences[i])]
        groups.append((text.genre, [Place(text, int(i)) for i in rng.permutation(fit)[:PLACES_A_TEXT]]))
    return dealt(groups, limit)


def autoencoding(places: list[Place], bundle: BundleRuntime, rng: np.random.Generator, progress: Progress) -> dict:
    """Encode, word, compare: from the vector alone and behind the true text before it; the vector clean and noised."""
    true = np.stack([place.true for place in places])
    noise = rng.standard_normal(true.shape) / math.sqrt(true.shape[1])
    plans = {"clean": true, "noised": unit(true + NOISE * noise).astype(np.float32)}
    sources = [place.sentence for place in places]
    found: dict[str, Any] = {"noise": NOISE}
    for name, vectors in plans.items():
        progress.say(f"wording {len(places)} sentences, {name}")
        alone = [w.text.strip() for w in bundle.decoder.word(vectors, "")]
        found[name] = compared(alone, sources, true, bundle)
    behind: dict[str, list[str]] = {name: [] for name in plans}
    for i, place in enumerate(progress.over("wording sentences with context", places)):
        both = np.stack([vectors[i] for vectors in plans.values()])
        for name, wording in zip(plans, bundle.decoder.word(both, place.context_text), strict=True):
            behind[name].append(wording.text.strip())
    for name, texts in behind.items():
        found[f"{name}WithContext"] = compared(texts, sources, true, bundle)
    return found


def compared(texts: list[str], sources: list[str], true: np.ndarray, bundle: BundleRuntime) -> dict[str, Any]:
    """true: (N, D), vectors of the sources."""
    return {
        "bleu": round(BLEU().corpus_score(texts, [sources]).score, 3),
        "chrf": round(CHRF().corpus_score(texts, [sources]).score, 3),
        "cosine": Mean.of(cosines(bundle.encoder.encode(texts), true)).to_json(),
        "n": len(texts),
    }


def likelihood(places: list[Place], bundle: BundleRuntime, progress: Progress) -> dict[str, Any]:
    """Nats a token of the true sentence, its end included, behind its context and under several concepts.

    `gain` is what a concept gives over the context alone: nats a token, paired, each sentence once.
    """
    names = ["context", "trueConcept", "sampledConcept", "expectedConcept", "randomConcept"]
    nats: dict[str, list[float]] = {name: [] for name in names}
    tokens: list[int] = []
    for i, place in enumerate(progress.over("rating true sentences", places)):
        plans = np.stack(
            [
                place.true,
                bundle.predictor.predict_next(place.context, 1, 0)[0],
                bundle.predictor.expected(place.text.vectors[: place.index + 1])[-1],
                places[(i + len(places) // 2) % len(places)].true,
            ]
        )
        alone, count = bundle.decoder.log_probabilities(place.sentence, place.context_text, None)
        planned, _ = bundle.decoder.log_probabilities(place.sentence, place.context_text, plans)
        for name, value in zip(names, [*alone, *planned], strict=True):
            nats[name].append(-float(value))
        tokens.append(count)
    if not tokens:
        return {"n": 0}
    each = {name: np.array(values) for name, values in nats.items()}
    lengths = np.array(tokens)
    found: dict[str, Any] = {"n": len(tokens), "tokens": int(lengths.sum())}
    for name, values in each.items():
        mean = float(values.sum() / lengths.sum())
        gain = Mean.of((each["context"] - values) / lengths).to_json()
        found[name] = {"natsPerToken": round(mean, 4), "perplexity": round(math.exp(mean), 3), "gain": gain}
    return found
