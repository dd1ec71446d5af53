"""Wordings under guidance on the plan: how loudly it speaks beside the language model, and what that does to them.

Two ways. `lexical`: the lexical state times a gain, which costs nothing and could be folded into the plan head; the
soft prefix stays as it is. `full`: classifier-free, logits = without + gain * (with - without), which runs every token
behind the context alone as well. Both are as trained at gain 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx

from models.lcm.bundle_runtime import BundleRuntime
from models.lcm.concepts import cosines
from models.lcm.decoder_graph import TOP_COUNT
from models.lcm.decoder_session import LOGITS, PlanStates
from models.lcm.metrics import Mean
from models.lcm.shipped_decoder import ShippedDecoder
from models.lcm.shipped_weights import initializers, int4
from models.lcm.text_metrics import copied_words, repetition_words
from models.lcm.wording import NextTokens, Wording, WordingRow

from .sampling import Place
from .suggestion_figures import SEED, mean_distance
from .text_judge import TextJudge

IDEAS = 2  # samples of the LCM at a place, as many as ghost text is made of
MAX_TOKENS = 48
AS_TRAINED = 1.0
RUN = 3  # words that repetition is counted in, as where suggestions are ranked

GAINS: dict[str, tuple[float, ...]] = {
    "lexical": (0, 0.5, AS_TRAINED, 1.5, 2, 3),
    "full": (0, 1.5, 2, 3),  # at 1 as `lexical`
}

# What is heard of n plans, the tokens before them, a gain -> a wording of each plan.
Way = Callable[[PlanStates, list[int], float], list[Wording]]

Measures = dict[str, float]


class Guided:
    """The bundle's decoder with the plan as loud as is wanted. `directory`: where its graph lies."""

    def __init__(self, decoder: ShippedDecoder, directory: Path, graph: str) -> None:
        self.decoder, self.session = decoder, decoder.session
        self.table = int4(initializers(onnx.load(directory / graph)), "table")  # (V, H)
        self.ways: dict[str, Way] = {"lexical": self.lexical, "full": self.full}

    def lexical(self, states: PlanStates, context: list[int], gain: float) -> list[Wording]:
        louder = PlanStates(states.prefix, (gain * states.lexical).astype(np.float32))
        return self.decoder.word_beside(louder, self.decoder.read(context), MAX_TOKENS)

    def full(self, states: PlanStates, context: list[int], gain: float) -> list[Wording]:
        """context: at least one token, as a run without a plan needs one."""
        decoder, count = self.decoder, len(states.lexical)
        rows = [WordingRow(decoder.tokenizer.pieces, decoder.end_token) for _ in range(count)]
        leaning = states.lexical @ self.table.T  # (n, V), what the lexical head adds to each logit
        silent = self.session.silent.rows([0] * count)
        past, past_without = (decoder.read(ids).rows([0] * count) for ids in (context, context[:-1]))
        ids: np.ndarray = np.zeros((count, 0), np.int64)
        ids_without = np.tile(context[-1:], (count, 1))
        active, bias, first = list(range(count)), decoder.opening, True
        while active:
            (heard,), past = self.session.step([LOGITS], ids, states, past, decoder.anything, with_prefix=first)
            (alone,), past_without = self.session.step([LOGITS], ids_without, silent, past_without, decoder.anything)
            logits = alone + gain * (heard - alone) + bias  # (active, V)
            for i, each in zip(active, logits, strict=True):
                rows[i].advance(best_tokens(each, gain * leaning[i]))
            going = [k for k, i in enumerate(active) if not rows[i].complete and rows[i].generated < MAX_TOKENS]
            if len(going) < len(active):
                past, past_without = past.rows(going), past_without.rows(going)
                states, silent = states.rows(going), silent.rows(going)
                active = [active[k] for k in going]
            ids = ids_without = np.array([rows[i].tokens[-1:] for i in active])
            bias, first = decoder.free, False
        return [row.wording() for row in rows]


def best_tokens(logits: np.ndarray, leaning: np.ndarray) -> NextTokens:
    """What the decoder's graph says of a row, of all its logits (V,); leaning: the plan's part of them, (V,)."""
    top = np.argpartition(-logits, TOP_COUNT)[:TOP_COUNT]
    top = top[np.argsort(-logits[top], kind="stable")]
    most = logits[top[0]]
    return NextTokens(top, logits[top], leaning[top], float(most + np.log(np.exp(logits - most).sum())))


def guided_measures(
    place: Place, way: str, bundle: BundleRuntime, guided: Guided, judge: TextJudge
) -> dict[str, Measures]:
    """-> gain -> measures at a place.

    IDEAS samples of the LCM are worded, and the true concept, whose measures are named `true…`.
    """
    plans = np.concatenate([bundle.predictor.predict_next(place.context, IDEAS, SEED), place.true[None]])
    states = bundle.decoder.session.plan_states(plans)
    context = bundle.decoder.context_ids(place.context_text)
    word = guided.ways[way]
    said = {f"{gain:g}": [each.text.strip() for each in word(states, context, gain)] for gain in GAINS[way]}
    different = list(dict.fromkeys(text for texts in said.values() for text in texts))
    vectors = dict(zip(different, bundle.encoder.encode(different), strict=True))
    fluency = dict(zip(different, judge.acceptability(different), strict=True))

    def measured(texts: list[str]) -> Measures:
        again = np.stack([vectors[text] for text in texts])
        closeness = cosines(again, plans)
        repeated = [copied_words(t, place.context_text) + repetition_words(t, RUN) for t in texts]
        return {
            "closeness": float(closeness[:-1].mean()),
            "distance": mean_distance(again[:-1]),
            "acceptability": float(np.mean([fluency[text] for text in texts[:-1]])),
            "repeated": float(np.mean(repeated[:-1])),
            "toTrue": float(cosines(again[:-1], place.true).mean()),
            "trueCloseness": float(closeness[-1]),
            "trueAcceptability": fluency[texts[-1]],
            "trueRepeated": float(repeated[-1]),
        }

    return {gain: measured(texts) for gain, texts in said.items()}


def over_places(found: Mapping[str, Sequence[dict[str, Measures]]]) -> dict[str, dict[str, dict[str, dict]]]:
    """way -> place -> gain -> measures, of the same places in the same order -> way -> gain -> measure -> its mean, and
    that of its difference from what is as trained, place by place."""
    trained = [place[f"{AS_TRAINED:g}"] for place in found["lexical"]]
    return {
        way: {
            gain: {
                name: Mean.of([place[gain][name] for place in places]).to_json()
                | {
                    "change": Mean.of(
                        [place[gain][name] - same[name] for place, same in zip(places, trained, strict=False)]
                    ).to_json()
                }
                for name in trained[0]
            }
            for gain in map("{:g}".format, GAINS[way])
        }
        for way, places in found.items()
    }
