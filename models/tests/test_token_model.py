"""Token-level models, on a tiny one with random weights: what they say, how likely they find it, what they read."""

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaForCausalLM

from models.evaluation.text_judge import TextJudge, slor
from models.evaluation.token_model import TokenModel
from models.lcm.data import ConceptDocument
from models.lcm.decoder import ConceptDecoder
from models.lcm.packing import END_TOKEN, START_TOKEN
from models.lcm.smallama import CONTEXT, batches, stream

WORDS = ["<start>", "<unk>", "<end>", "▁the", "▁cat", "▁sat", "▁dog", "▁ran", "▁Summary:", "▁end"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    """A word is a token, the space before it included."""
    found = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    found.pre_tokenizer = pre_tokenizers.Metaspace()
    found.decoder = decoders.Metaspace()
    return found


@pytest.fixture
def model(tiny_decoder: ConceptDecoder, tokenizer: Tokenizer) -> TokenModel:
    return TokenModel(tiny_decoder.language_model.eval(), tokenizer, 9)


@torch.inference_mode()
def logits(model: LlamaForCausalLM, ids: list[int]) -> torch.Tensor:
    return model(input_ids=torch.tensor([ids])).logits[0]


def test_a_context_is_its_last_tokens_behind_the_start(model: TokenModel) -> None:
    assert model.context_ids("the cat sat the dog ran the cat", 3) == [START_TOKEN, 3, 6, 7, 3, 4]
    assert model.context_ids("", 3) == [START_TOKEN]


@pytest.mark.parametrize("context", ["the cat sat", "", "ran the dog ran the cat"])
def test_log_probabilities_are_those_of_one_plain_run_whatever_stands_beside(model: TokenModel, context: str) -> None:
    found = model.log_probabilities(["dog ran", "the", "cat sat the dog"], context)
    before = model.context_ids(context, 4)
    for row, ids in zip(found, [[6, 7], [3], [4, 5, 3, 6]], strict=True):
        rated = logits(model.model, before + ids).log_softmax(-1)
        wanted = [rated[len(before) - 1 + i, token].item() for i, token in enumerate(ids)]
        assert row == pytest.approx(wanted, abs=1e-5)


def test_going_on_takes_the_best_token_each_time_and_hears_no_padding(model: TokenModel) -> None:
    prompts = [[START_TOKEN, 3, 4, 5, 3], [START_TOKEN, 6]]
    wanted = []
    for prompt in prompts:
        ids = list(prompt)
        while len(ids) < len(prompt) + 4 and ids[-1] not in (START_TOKEN, END_TOKEN):
            ids.append(int(logits(model.model, ids)[-1].argmax()))
        wanted.append(model.tokenizer.decode(ids[len(prompt) :]))
    assert model.go_on(prompts, 4) == wanted


def test_a_judge_counts_tokens_and_compares_with_and_without_context(model: TokenModel) -> None:
    judge = TextJudge(model, ["the cat", "the dog"])
    total = 4 + model.model.config.vocab_size  # each token once more than it comes
    assert judge.unigram("the cat") == pytest.approx(np.log(3 / total) + np.log(2 / total))
    (rating,) = judge.rate(["the cat"], ["cat sat", "the dog"])
    behind = model.log_probabilities(["the cat"], "cat sat the dog")[0].sum()
    alone = model.log_probabilities(["the cat"], "\n")[0].sum()
    assert rating.tokens == 2
    assert rating.information == pytest.approx(behind - alone)
    assert rating.acceptability == pytest.approx((alone - judge.unigram("the cat")) / 2)
    assert judge.acceptability(["the cat", "dog ran sat"])[0] == pytest.approx(rating.acceptability, abs=1e-5)


def test_slor_is_a_rate_over_tokens() -> None:
    assert slor(-6, -15, 3) == 3


def test_the_training_text_is_what_the_lcm_reads(tokenizer: Tokenizer) -> None:
    plain = ConceptDocument(slice(0, 2), slice(2, 2), "essay", ("the cat", "sat"))
    summed = ConceptDocument(slice(2, 3), slice(3, 4), "paper", ("the dog ran", "dog"))
    assert stream([plain, summed], tokenizer).tolist() == [START_TOKEN, 3, 4, 5, START_TOKEN, 3, 6, 7, 8, 6, END_TOKEN]


def test_batches_are_pieces_of_the_text_each_once_a_round() -> None:
    tokens = np.arange(5 * (CONTEXT + 1), dtype=np.uint16)
    found = batches(tokens, 1, 3)
    rows = [next(found)[0] for _ in range(4)]
    for row in rows:
        assert (row.diff() == 1).all()
        assert len(row) == CONTEXT + 1
    starts = sorted(int(row[0]) for row in rows)
    assert np.diff(starts).tolist() == [CONTEXT + 1] * 3
    with pytest.raises(ValueError, match="expected at least"):
        next(batches(tokens, 5, 3))
