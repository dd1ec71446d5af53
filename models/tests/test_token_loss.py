"""The token loss of plans: the decoder's own loss without a plan, and a gradient for the LCM alone."""

import numpy as np
import pytest
import torch
from torch import nn

from models.lcm.config import LCMConfig
from models.lcm.decoder import ConceptDecoder
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.normalizer import Normalizer
from models.lcm.packing import Sentence, pack
from models.lcm.roles import NO_ROLE
from models.lcm.token_loss import ROW_TOKENS, SaidWindow, TokenLoss, WordedWindow, worded_window
from models.lcm.two_tower import TwoTowerLCM

SENTENCES = [[5, 6, 7], [8, 9], [10, 11, 12, 13]]
PLACES = [0, None, 2]
CONCEPTS = nn.functional.normalize(torch.randn(3, CONCEPT_DIM, generator=torch.Generator().manual_seed(0)), dim=-1)
ROLES = torch.tensor([0, NO_ROLE, 1])
SAID = SaidWindow(CONCEPTS, ROLES, SENTENCES, PLACES)
SAMPLER = {"steps": 2, "guidanceScale": 3, "guidanceRescale": 0.7, "initialNoiseScale": 0.8}


@pytest.fixture
def window(tiny_decoder: ConceptDecoder) -> WordedWindow:
    return worded_window(tiny_decoder, SAID)


@torch.no_grad()
def test_states_say_the_sentence_behind_all_the_text_as_in_training(
    tiny_decoder: ConceptDecoder, window: WordedWindow
) -> None:
    rows = [Sentence(ids, i != 1, None, True) for i, ids in enumerate(SENTENCES)]
    said, tokens = tiny_decoder.logits(pack([rows], 32), torch.zeros(0, CONCEPT_DIM))
    wanted = nn.functional.cross_entropy(said, tokens, reduction="sum")
    logits = window.states.float() @ tiny_decoder.table.T
    assert nn.functional.cross_entropy(logits, window.targets, reduction="sum").item() == pytest.approx(
        wanted.item(), rel=1e-3
    )
    assert len(window.targets) == len(tokens)
    assert window.owners.tolist() == [0] * 4 + [2] * 5


def test_a_row_that_is_full_ends_before_a_sentence(tiny_decoder: ConceptDecoder) -> None:
    long = [[7] * (ROW_TOKENS - 3), [5, 6, 7]]
    found = worded_window(tiny_decoder, SaidWindow(CONCEPTS[:2], ROLES[:2], long, [None, 1]))
    alone = SaidWindow(CONCEPTS[:1], ROLES[:1], long[1:], [0])  # as if nothing stood before it
    first = worded_window(tiny_decoder, alone)
    assert torch.allclose(found.states, first.states, atol=1e-3)


def test_the_loss_teaches_the_lcm_and_leaves_the_decoder(tiny_decoder: ConceptDecoder, window: WordedWindow) -> None:
    model = TwoTowerLCM(LCMConfig(model_dim=48, heads=2, context_layers=1, denoiser_layers=1))
    normalizer = Normalizer(np.zeros(CONCEPT_DIM), np.full(CONCEPT_DIM, 0.05))
    loss_of = TokenLoss(tiny_decoder, normalizer, SAMPLER, [window], 0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert all(parameter.grad is None for parameter in tiny_decoder.parameters())


def test_the_lexical_head_learns_where_it_is_to(tiny_decoder: ConceptDecoder, window: WordedWindow) -> None:
    model = TwoTowerLCM(LCMConfig(model_dim=48, heads=2, context_layers=1, denoiser_layers=1))
    normalizer = Normalizer(np.zeros(CONCEPT_DIM), np.full(CONCEPT_DIM, 0.05))
    TokenLoss(tiny_decoder, normalizer, None, [window], 0, head_learns=True)(model).backward()
    learned = {name for name, parameter in tiny_decoder.named_parameters() if parameter.grad is not None}
    assert learned == {f"head.{name}" for name, _ in tiny_decoder.head.named_parameters() if "prefix" not in name}
