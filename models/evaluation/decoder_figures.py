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
from .token_model import TokenModel

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


def likelihood(
    places: list[Place], bundle: BundleRuntime, reader: TokenModel, whole: int, progress: Progress
) -> dict[str, Any]:
    """Nats a token of the true sentence, its end included, behind its context and under several concepts.

    `gain` is what a concept gives over the context alone: nats a token, paired, each sentence once; `better` is the
    share of sentences that it makes likelier at all. At the first `whole` places `reader` reads the whole text before
    the sentence: `betterThanWhole` is the share that is likelier here than there, by its words alone, as a token model
    has no end of a sentence.
    """
    names = ["context", "trueConcept", "sampledConcept", "expectedConcept", "randomConcept"]
    nats: dict[str, list[float]] = {name: [] for name in names}
    likelier: dict[str, list[bool]] = {name: [] for name in names}
    read: list[float] = []
    tokens: list[int] = []
    for i, place in enumerate(progress.over("rating true sentences", places)):
        plans = np.stack(
            [
                place.true,
                bundle.predictor.predict_next(place.context, 1, 0)[0],
                bundle.predictor.expected_at(place.text.vectors, place.index),
                places[(i + len(places) // 2) % len(places)].true,
            ]
        )
        alone = bundle.decoder.log_probabilities(place.sentence, place.context_text, None)
        planned = bundle.decoder.log_probabilities(place.sentence, place.context_text, plans)
        rows = np.concatenate([alone, planned])  # (names, T + 1)
        for name, row in zip(names, rows, strict=True):
            nats[name].append(-float(row.sum()))
        tokens.append(rows.shape[1])
        if i < whole:
            (behind,) = reader.log_probabilities([place.sentence], " ".join(place.text.sentences[: place.index]))
            read.append(-float(behind.mean()))
            for name, row in zip(names, rows, strict=True):
                likelier[name].append(bool(row[:-1].sum() > behind.sum()))
    if not tokens:
        return {"n": 0}
    each = {name: np.array(values) for name, values in nats.items()}
    lengths = np.array(tokens)
    found: dict[str, Any] = {"n": len(tokens), "tokens": int(lengths.sum())}
    found["wholeContext"] = {"window": reader.window, "natsPerToken": Mean.of(read).to_json()}
    for name, values in each.items():
        mean = float(values.sum() / lengths.sum())
        found[name] = {
            "natsPerToken": round(mean, 4),
            "perplexity": round(math.exp(mean), 3),
            "gain": Mean.of((each["context"] - values) / lengths).to_json(),
            **({} if name == "context" else {"better": Mean.of(values < each["context"]).to_json()}),
            "betterThanWhole": Mean.of(likelier[name]).to_json(),
        }
    return found
