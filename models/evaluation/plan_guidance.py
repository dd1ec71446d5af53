"""Wordings under guidance on the plan: how loudly it speaks beside the language model, and what that does to them.

Two ways. `lexical`: the lexical state times a gain, which costs nothing and could be folded into the plan head; the
soft prefix stays as it is. `full`: classifier-free, logits = without + gain * (with - without), which runs every token
behind the context alone as well. Both are as trained at gain 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

from .progress import Progress
from .sampling import Place
from .suggestion_figures import SEED, mean_distance
from .text_judge import TextJudge

IDEAS = 3  # samples of the LCM at a place: with the true concept, as many rows as a run takes
MAX_TOKENS = 48
AS_TRAINED = 1.0
RUN = 3  # words that repetition is counted in, as where suggestions are ranked

# What is heard of n plans, the tokens before them, a gain -> a wording of each plan.
Way = Callable[[PlanStates, list[int], float], list[Wording]]


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
        ids, ids_without = np.zeros((count, 0), np.int64), np.tile(context[-1:], (count, 1))
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


Measures = dict[str, list[float]]  # one number a place


def guided_figures(
    places: list[Place],
    gains: Sequence[float],
    bundle: BundleRuntime,
    guided: Guided,
    judge: TextJudge,
    progress: Progress,
) -> dict[str, dict[str, dict[str, dict]]]:
    """-> way -> gain -> measure -> its mean, and the mean of its difference from gain 1, place by place.

    At each place IDEAS samples of the LCM are worded, and the true concept, whose measures are named `true…`.
    """
    found: dict[str, dict[float, Measures]] = {way: {gain: {} for gain in gains} for way in guided.ways}
    for place in progress.over("wording under guidance", places):
        plans = np.concatenate([bundle.predictor.predict_next(place.context, IDEAS, SEED), place.true[None]])
        states = bundle.decoder.session.plan_states(plans)
        context = bundle.decoder.context_ids(place.context_text)
        said = {
            (way, gain): [wording.text.strip() for wording in word(states, context, gain)]
            for way, word in guided.ways.items()
            for gain in gains
        }
        different = list(dict.fromkeys(text for texts in said.values() for text in texts))
        vectors = dict(zip(different, bundle.encoder.encode(different), strict=True))
        fluency = dict(zip(different, judge.acceptability(different), strict=True))
        for (way, gain), texts in said.items():
            again = np.stack([vectors[text] for text in texts])
            closeness = cosines(again, plans)
            repeated = [copied_words(t, place.context_text) + repetition_words(t, RUN) for t in texts]
            measures = {
                "closeness": closeness[:-1].mean(),
                "distance": mean_distance(again[:-1]),
                "acceptability": np.mean([fluency[text] for text in texts[:-1]]),
                "repeated": np.mean(repeated[:-1]),
                "toTrue": cosines(again[:-1], place.true).mean(),
                "trueCloseness": closeness[-1],
                "trueAcceptability": fluency[texts[-1]],
                "trueRepeated": repeated[-1],
            }
            for name, value in measures.items():
                found[way][gain].setdefault(name, []).append(float(value))
    return {
        way: {f"{gain:g}": compared(by_gain[gain], by_gain[AS_TRAINED]) for gain in gains}
        for way, by_gain in found.items()
    }


def compared(measures: Measures, trained: Measures) -> dict[str, dict]:
    return {
        name: Mean.of(values).to_json() | {"change": Mean.of(np.subtract(values, trained[name])).to_json()}
        for name, values in measures.items()
    }
