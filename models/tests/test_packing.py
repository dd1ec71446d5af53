"""Packed rows: every sentence is worded as it would be alone."""

import pytest
import torch

from models.lcm.decoder import ConceptDecoder
from models.lcm.packing import END_TOKEN, IGNORED, PREFIX_LENGTH, START_TOKEN, Sentence, pack, places

FIRST, SECOND, THIRD = [7, 80], [9, 33, 12], [5, 6, 40, 41]


def alone(decoder: ConceptDecoder, context: list[int], sentence: list[int], concept: torch.Tensor | None) -> float:
    """Nats of one sentence behind its context: [start] [context] [prefix] [sentence] [end]."""
    parts, lexical = [decoder.table[torch.tensor([START_TOKEN, *context])]], torch.zeros(1)
    if concept is not None:
        prefix, lexical = decoder.head(concept.unsqueeze(0))
        parts.append(prefix[0])
    parts.append(decoder.table[torch.tensor(sentence)])
    states = decoder.language_model.model(inputs_embeds=torch.cat(parts).unsqueeze(0)).last_hidden_state[0]
    logits = (states[-len(sentence) - 1 :] + lexical) @ decoder.table.T
    return torch.nn.functional.cross_entropy(logits, torch.tensor([*sentence, END_TOKEN]), reduction="sum").item()


@torch.inference_mode()
def test_a_row_says_of_each_sentence_what_it_says_of_it_alone(tiny_decoder: ConceptDecoder) -> None:
    concepts = torch.nn.functional.normalize(torch.randn(3, 384), dim=-1)
    rows = [
        [Sentence(FIRST, False, None, True), Sentence(SECOND, True, 0, True), Sentence(THIRD, True, None, True)],
        [Sentence(SECOND, True, 1, True), Sentence(THIRD, True, 2, False)],
    ]
    logits, targets = tiny_decoder.logits(pack(rows, 40), concepts)
    wanted = [
        alone(tiny_decoder, FIRST, SECOND, concepts[0]),
        alone(tiny_decoder, FIRST + SECOND, THIRD, None),
        alone(tiny_decoder, [], SECOND, concepts[1]),
        alone(tiny_decoder, [], THIRD, concepts[2]),
    ]
    loss = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    assert loss.item() == pytest.approx(sum(wanted), rel=1e-5)
    assert len(targets) == 2 * (len(SECOND) + 1) + 2 * (len(THIRD) + 1)


def test_a_row_takes_the_places_it_says() -> None:
    row = [Sentence(FIRST, False, None, True), Sentence(SECOND, True, 0, True)]
    assert sum(map(places, row)) == len(FIRST) + 2 * len(SECOND) + PREFIX_LENGTH
    packed = pack([row], 1 + sum(map(places, row)))
    assert packed.targets[0, -1] == END_TOKEN
    assert (packed.targets != IGNORED).sum() == len(SECOND) + 1


def test_plans_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="plan 1 stands where plan 0 is expected"):
        pack([[Sentence(FIRST, True, 1, True)]], 20)
