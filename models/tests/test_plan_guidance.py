"""Guidance on the plan, on a decoder of random weights: as trained at gain 1, deaf to the plan at gain 0."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from models.evaluation.plan_guidance import GAINS, Guided, best_tokens, over_places
from models.lcm.concepts import unit
from models.lcm.decoder_graph import TOP_COUNT, decoder_graph
from models.lcm.decoder_session import PlanStates
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.shipped_decoder import ShippedDecoder
from models.scripts.export import plan_head_graph
from models.tests.tiny_bundle import HEAD_DIM, HIDDEN, LAYERS, VOCABULARY, short_tokenizer, tiny_decoder

PLANS = unit(np.random.default_rng(0).standard_normal((3, CONCEPT_DIM))).astype(np.float32)
CONTEXT = "What was said before."


@pytest.fixture(scope="module")
def guided(tmp_path_factory: pytest.TempPathFactory) -> Guided:
    directory: Path = tmp_path_factory.mktemp("decoder")
    torch.manual_seed(0)
    decoder = tiny_decoder()
    onnx.save(decoder_graph(decoder), directory / "decoder.onnx")
    onnx.save(plan_head_graph(decoder.head), directory / "plan_head.onnx")
    (directory / "decoder.tokenizer.json").write_text(json.dumps(short_tokenizer()))
    about = {"graph": "decoder.onnx", "planHead": "plan_head.onnx", "tokenizer": "decoder.tokenizer.json"}
    sizes = {"layers": LAYERS, "kvHeads": 2, "headDim": HEAD_DIM, "hiddenDim": HIDDEN, "vocabularySize": VOCABULARY}
    tokens = {"startToken": 0, "endToken": 2, "contextTokens": 32}
    return Guided(ShippedDecoder(directory, {"decoder": about | sizes | tokens}, 1), directory, "decoder.onnx")


def states_of(guided: Guided) -> PlanStates:
    return guided.session.plan_states(PLANS)


def said(guided: Guided, way: str, gain: float) -> list[str]:
    context = guided.decoder.context_ids(CONTEXT)
    return [wording.text for wording in guided.ways[way](states_of(guided), context, gain)]


def test_at_gain_one_both_ways_say_what_the_decoder_says(guided: Guided) -> None:
    wanted = [wording.text for wording in guided.decoder.word(PLANS, CONTEXT)]
    assert said(guided, "lexical", 1) == wanted
    assert said(guided, "full", 1) == wanted


def test_at_gain_zero_nothing_of_the_plan_is_heard(guided: Guided) -> None:
    assert len(set(said(guided, "full", 0))) == 1
    assert said(guided, "full", 0) != said(guided, "full", 1)
    # Of the lexical way the soft prefix is left.
    states = states_of(guided)
    silent = PlanStates(states.prefix, np.zeros_like(states.lexical))
    read = guided.decoder.read(guided.decoder.context_ids(CONTEXT))
    assert said(guided, "lexical", 0) == [w.text for w in guided.decoder.word_beside(silent, read, 48)]


def test_a_row_is_read_on_from_where_it_parts_from_the_last_one(guided: Guided) -> None:
    rows = [[0, 70, 71, 72, 73], [0, 70, 71], [0, 70, 90, 91, 92, 93], [0, 70, 90, 91, 92, 93], [80, 70]]
    wanted = {}
    for i, row in enumerate(rows):
        guided.decoder.last = [], guided.session.empty
        wanted[i] = guided.decoder.read(row)
    for i, row in enumerate(rows):
        for found, alone in zip(guided.decoder.read(row).tensors, wanted[i].tensors, strict=True):
            assert found == pytest.approx(alone, abs=1e-4)


def test_best_tokens_are_those_of_the_graph() -> None:
    rng = np.random.default_rng(1)
    logits, leaning = rng.standard_normal(VOCABULARY), rng.standard_normal(VOCABULARY)
    found = best_tokens(logits, leaning)
    assert found.ids.tolist() == np.argsort(-logits)[:TOP_COUNT].tolist()
    assert found.lexical == pytest.approx(leaning[found.ids])
    assert found.log_sum_exp == pytest.approx(np.log(np.exp(logits).sum()))


def test_changes_are_from_what_is_as_trained_place_by_place() -> None:
    places = {
        way: [{f"{gain:g}": {"closeness": base + gain} for gain in gains} for base in (0.0, 10.0)]
        for way, gains in GAINS.items()
    }
    closeness = over_places(places)["full"]["3"]["closeness"]
    assert closeness["mean"] == 8
    assert closeness["change"] == {"mean": 2, "se": 0, "n": 2}
