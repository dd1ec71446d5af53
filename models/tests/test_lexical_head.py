"""The lexical head beside a frozen language model: what is added to stored states says what a full pass would."""

import pytest
import torch

from models.evaluation.lexical_wording import worded
from models.lcm.byte_tokenizer import ByteTokenizer
from models.lcm.decoder import ConceptDecoder
from models.lcm.lexical_head import LexicalHead, Vocabulary, bag_loss
from models.lcm.packing import END_TOKEN, START_TOKEN
from models.lcm.unplanned import read_unplanned

SENTENCES = [[5, 9, 9], [7, 5, 60, 8, 11]]
BAGS = [[5, 9, 9, END_TOKEN], [5, 9, END_TOKEN], [5, 9, 60, END_TOKEN]]


def test_a_vocabulary_is_what_stands_in_enough_sentences() -> None:
    vocabulary = Vocabulary.of(BAGS, 128)
    assert vocabulary.ids.tolist() == [END_TOKEN, 5, 9]
    assert vocabulary.prior.exp().tolist() == pytest.approx([1 / 3] * 3)  # twice in a sentence counts once
    assert vocabulary.bag([9, 9, 60]).tolist() == [2]


def test_the_nats_are_those_of_a_full_pass(tiny_decoder: ConceptDecoder) -> None:
    torch.manual_seed(0)
    vocabulary = torch.tensor([END_TOKEN, 5, 9, 11])  # 7, 8 and 60 are said without help
    unplanned = read_unplanned(tiny_decoder, SENTENCES, vocabulary, lambda done: None)
    lexical = torch.randn(2, 4)
    found, owners = unplanned.nats(torch.tensor([1, 0]), tiny_decoder.table[vocabulary], lexical)
    wanted = []
    for row, ids in enumerate([SENTENCES[1], SENTENCES[0]]):
        states = tiny_decoder.language_model.model(input_ids=torch.tensor([[START_TOKEN, *ids]])).last_hidden_state
        logits = states[0] @ tiny_decoder.table.T
        logits[:, vocabulary] += lexical[row]
        wanted.append(-logits.log_softmax(-1)[torch.arange(len(ids) + 1), [*ids, END_TOKEN]])
    assert torch.allclose(found, torch.cat(wanted), atol=1e-4)
    assert owners.tolist() == [0] * 6 + [1] * 4


def test_bags_are_learnt_and_softened(tiny_decoder: ConceptDecoder) -> None:
    torch.manual_seed(0)
    vocabulary = Vocabulary.of(BAGS, 128)
    head = LexicalHead(4, tiny_decoder.table[vocabulary.ids].detach())
    concepts, bags = torch.eye(4)[:2], [torch.tensor([0]), torch.tensor([1, 2])]
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-2)
    before = bag_loss(head(concepts), vocabulary.prior, bags).item()
    for _ in range(60):
        optimizer.zero_grad()
        bag_loss(head(concepts), vocabulary.prior, bags).backward()
        optimizer.step()
    after = head(concepts).detach()
    assert bag_loss(after, vocabulary.prior, bags).item() < before - 0.3
    head.soften(0.5)
    assert torch.allclose(head(concepts), after / 2, atol=1e-5)


class Letters(ByteTokenizer):
    """Every token a letter, with the space that opens a sentence before some."""

    def __init__(self) -> None:
        self.pieces = {i: (" " if i % 2 else "") + chr(65 + i % 26) for i in range(3, 128)}


def test_a_sentence_begins_with_what_is_leaned_on_and_ends(tiny_decoder: ConceptDecoder) -> None:
    lexical = torch.tensor([[90.0, 50.0], [-90.0, 90.0]])
    first, second = worded(tiny_decoder, Letters(), torch.tensor([END_TOKEN, 7]), lexical)
    assert first == "H"  # it may not end before it begins
    assert second.startswith("H")
    assert len(second) > 1
