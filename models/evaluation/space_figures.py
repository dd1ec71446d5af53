"""How good a concept space is: what its cosines know of likeness, and how well the next concept can be guessed in it.

Everything is asked of unit vectors, text by text: (N, D) each.
"""

from __future__ import annotations

import numpy as np
from sacrebleu.metrics import BLEU, CHRF

from models.lcm.concepts import unit
from models.lcm.metrics import Mean, spearman

from .swept import rated

DRAWS = 100  # of the bootstrap
MEAN_OF = 4  # sentences


def knows_the_next(texts: list[np.ndarray]) -> Mean:
    """AUC in [0, 1]: how often a sentence's cosine to the next one is above that to another of its text, but its
    neighbors; of each sentence a share, .5 by chance."""
    shares = []
    for text in texts:
        like = text @ text.T
        places = np.arange(len(text))
        for i in places[:-1]:
            others = like[i, np.abs(places - i) > 1]
            shares.append(float((others < like[i, i + 1]).mean()))
    return Mean.of(shares)


def order_kept(texts: list[np.ndarray], judged: list[np.ndarray]) -> Mean:
    """Spearman of the cosines of all pairs of a text to those that other vectors of the same sentences have; a text."""
    found = []
    for text, other in zip(texts, judged, strict=True):
        pairs = np.triu_indices(len(text), 1)
        found.append(spearman((text @ text.T)[pairs], (other @ other.T)[pairs]))
    return Mean.of(found)


def text_figures(texts: list[str], sources: list[str], rng: np.random.Generator) -> dict[str, Mean]:
    """BLEU of the whole with its error by bootstrap over sentences, and the mean of their chrF."""
    bleu, chrf = BLEU(), CHRF()
    drawn = []
    for _ in range(DRAWS):
        rows = rng.integers(0, len(texts), len(texts))
        drawn.append(bleu.corpus_score([texts[i] for i in rows], [[sources[i] for i in rows]]).score)
    whole = bleu.corpus_score(texts, [sources]).score
    return {
        "bleu": Mean(round(whole, 4), round(float(np.std(drawn, ddof=1)), 4), len(texts)),
        "chrf": Mean.of([chrf.sentence_score(t, [s]).score for t, s in zip(texts, sources, strict=True)]),
    }


def guesses_without_a_model(texts: list[np.ndarray], average: np.ndarray) -> dict[str, list[np.ndarray]]:
    """For each place of each text: the last sentence, the mean of the last four, and `average` (D,), that of all."""
    last = [np.concatenate([text[:1], text[:-1]]) for text in texts]
    means = [
        unit(np.stack([text[max(0, i - MEAN_OF) : max(1, i)].mean(0) for i in range(len(text))])) for text in texts
    ]
    return {"copyLast": last, "meanOfFour": means, "average": [np.tile(unit(average), (len(t), 1)) for t in texts]}


def predictability(
    texts: list[np.ndarray], average: np.ndarray, guesses: dict[str, list[np.ndarray]]
) -> dict[str, dict[str, Mean]]:
    """Of each way to guess: contrastive accuracy against other texts, l2, and l2 for each of that of the average, which
    is what can be known without reading: spaces differ in how near all their vectors are."""
    all_ways = guesses | guesses_without_a_model(texts, average)
    found = {name: rated(guess, texts) for name, guess in all_ways.items()}
    least = found["average"]["l2"].mean
    assert least is not None
    relative = {name: relative_to(figures["l2"], least) for name, figures in found.items()}
    return {name: figures | {"relativeL2": relative[name]} for name, figures in found.items()}


def relative_to(mean: Mean, whole: float) -> Mean:
    assert mean.mean is not None and mean.se is not None
    return Mean(round(mean.mean / whole, 5), round(mean.se / whole, 5), mean.n)
