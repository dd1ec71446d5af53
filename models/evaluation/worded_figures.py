"""Each system's next sentence as text: the concepts worded by the bundle's decoder, token models in their own words.

What is judged is the text that a reader gets: its vector, encoded again, and its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from rouge_score import rouge_scorer

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import cosines
from models.lcm.metrics import Mean, l2
from models.lcm.order_classifier import WINDOW, OrderClassifier
from models.lcm.sentence_encoder import SentenceEncoder
from models.lcm.wording_checks import words_of

from .order_figures import own_order
from .predictions import Predictions
from .progress import Progress
from .sampling import Place
from .text_judge import SENTENCES_BEFORE, Rating, TextJudge
from .token_model import MAX_TOKENS, TokenModel

Texts = dict[str, list[str]]  # system -> a sentence for each place


def worded(places: list[Place], predictions: Predictions, bundle: BundleRuntime, progress: Progress) -> Texts:
    """The first predictions, and the true concept, in the decoder's words behind the text before them."""
    plans = {**predictions, "trueConcept": np.stack([place.true for place in places])}
    found: Texts = {name: [] for name in plans}
    for i, place in enumerate(progress.over("wording predictions", places)):
        wordings = bundle.decoder.word(np.stack([rows[i] for rows in plans.values()]), place.context_text)
        for name, wording in zip(plans, wordings, strict=True):
            found[name].append(wording.text.strip())
    return found


def gone_on(
    places: list[Place],
    models: Mapping[str, TokenModel],
    sentences_of: Callable[[Sequence[str]], list[list[str]]],
    progress: Progress,
) -> Texts:
    """The first sentence of each token model's greedy continuation; "" where it says none."""
    found: Texts = {}
    for name, model in models.items():
        prompts = [model.context_ids(" ".join(place.text.sentences[: place.index]), MAX_TOKENS) for place in places]
        texts = model.go_on(prompts, MAX_TOKENS, progress.counting(f"going on with {name}", len(prompts)))
        found[name] = [next(iter(sentences), "") for sentences in sentences_of(texts)]
    return found


def worded_figures(
    places: list[Place],
    texts: Texts,
    vectors: Predictions,
    judge: TextJudge,
    order: OrderClassifier | None,
    other_encoder: SentenceEncoder,
    progress: Progress,
) -> dict[str, Any]:
    """vectors: the texts, encoded again. `order` is None where none was trained."""
    ratings: dict[str, list[Rating]] = {name: [] for name in texts}
    for i, place in enumerate(progress.over("rating wordings", places)):
        sentences = place.text.sentences[max(0, place.index - SENTENCES_BEFORE) : place.index]
        rated = judge.rate([found[i] for found in texts.values()], sentences)
        for name, rating in zip(texts, rated, strict=True):
            ratings[name].append(rating)
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    true = np.stack([place.true for place in places])
    before = np.stack([place.context[1 - WINDOW :] for place in places])  # (places, WINDOW - 1, D)
    true_elsewhere = other_encoder.encode([place.sentence for place in places])
    figures = {}
    for name, found in texts.items():
        windows = np.concatenate([before, vectors[name][:, None]], axis=1)
        rows = ratings[name]
        pairs = zip(places, found, strict=True)
        figures[name] = {
            "l2RoundTrip": Mean.of(l2(vectors[name], true)),
            "mutualInformation": Mean.of_ratio([r.information for r in rows], [r.tokens for r in rows]),
            "ownOrder": Mean.of(own_order(order, windows) if order else []),
            "acceptability": Mean.of([r.acceptability for r in rows]),
            "rougeL": Mean.of([scorer.score(place.sentence, text)["rougeL"].fmeasure for place, text in pairs]),
            "otherEncoder": Mean.of(cosines(other_encoder.encode(found), true_elsewhere)),
            "words": Mean.of([len(words_of(text)) for text in found]),
        }
    return {name: {key: mean.to_json() for key, mean in row.items()} for name, row in figures.items()}
