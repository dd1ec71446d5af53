"""The token loss through the decoder's layers: the loss that wording has, and who learns by it."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from models.lcm.config import LCMConfig
from models.lcm.decoder import ConceptDecoder
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.layer_loss import LayerLoss
from models.lcm.normalizer import Normalizer
from models.lcm.packing import Sentence, pack
from models.lcm.quantize import fake_quantized
from models.lcm.roles import NO_ROLE
from models.lcm.token_loss import SaidWindow, plans_of
from models.lcm.two_tower import TwoTowerLCM

SENTENCES = [[5, 6, 7], [8, 9], [10, 11, 12, 13]]
CONCEPTS = nn.functional.normalize(torch.randn(3, CONCEPT_DIM, generator=torch.Generator().manual_seed(0)), dim=-1)
WINDOW = SaidWindow(CONCEPTS, torch.tensor([0, NO_ROLE, 1]), SENTENCES, [None, 1, 2])
SAMPLER = {"steps": 2, "guidanceScale": 3, "guidanceRescale": 0.7, "initialNoiseScale": 0.8}
NORMALIZER = Normalizer(np.zeros(CONCEPT_DIM), np.full(CONCEPT_DIM, 0.05))


class FirstOnly:
    """Draws the first of whatever there is: the row begins with the window's first sentence."""

    def integers(self, _: int) -> int:
        return 0


@pytest.fixture
def model() -> TwoTowerLCM:
    torch.manual_seed(1)
    return TwoTowerLCM(LCMConfig(model_dim=48, heads=2, context_layers=1, denoiser_layers=1))


def steps(loss_of: LayerLoss, model: TwoTowerLCM, count: int, beside: list[nn.Parameter]) -> list[float]:
    optimizer = torch.optim.AdamW([*model.parameters(), *beside], lr=3e-3)
    losses = []
    for _ in range(count):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_it_is_the_loss_of_wording_each_sentence_behind_the_text_under_each_plan(
    tiny_decoder: ConceptDecoder, model: TwoTowerLCM, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss_of = LayerLoss(tiny_decoder, NORMALIZER, SAMPLER, [WINDOW], 0)
    monkeypatch.setattr(loss_of, "rng", FirstOnly())
    torch.manual_seed(2)
    found = loss_of(model).item()
    torch.manual_seed(2)
    total, tokens = 0.0, 0
    for plans in plans_of(model, NORMALIZER, SAMPLER, WINDOW):
        for place in (1, 2):
            text = [Sentence(ids, i == place, 0 if i == place else None, True) for i, ids in enumerate(SENTENCES)]
            said, wanted = tiny_decoder.logits(pack([text[: place + 1]], 32), plans[place : place + 1])
            total += nn.functional.cross_entropy(said, wanted, reduction="sum").item()
            tokens += len(wanted)
    assert found == pytest.approx(total / tokens, rel=1e-5)


def test_the_lcm_learns_and_a_frozen_decoder_does_not(tiny_decoder: ConceptDecoder, model: TwoTowerLCM) -> None:
    before = {name: value.clone() for name, value in tiny_decoder.state_dict().items()}
    loss_of = LayerLoss(tiny_decoder, NORMALIZER, SAMPLER, [WINDOW], 0)
    losses = steps(loss_of, model, 30, loss_of.learned)
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    assert loss_of.learned == []
    assert loss_of.kept == {}
    assert all(torch.equal(value, before[name]) for name, value in tiny_decoder.state_dict().items())


def test_a_decoder_that_learns_runs_on_int4_and_goes_on_from_its_checkpoint(
    tiny_decoder: ConceptDecoder, model: TwoTowerLCM
) -> None:
    table, untrained = tiny_decoder.table.clone(), copy.deepcopy(tiny_decoder)
    loss_of = LayerLoss(tiny_decoder, NORMALIZER, SAMPLER, [WINDOW], 0, decoder_learns=True)
    losses = steps(loss_of, model, 30, loss_of.learned)
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    kept = {name: value.clone() for name, value in loss_of.kept["decoder"].items()}
    assert kept.keys() == tiny_decoder.state_dict().keys()
    assert torch.equal(kept["language_model.model.embed_tokens.weight"], table)
    query = "language_model.model.layers.0.self_attn.q_proj.weight"
    loss_of(model)
    assert torch.equal(tiny_decoder.get_parameter(query), fake_quantized(kept[query]))
    resumed = LayerLoss(untrained, NORMALIZER, SAMPLER, [WINDOW], 0, decoder_learns=True)
    assert not torch.equal(resumed.kept["decoder"][query], kept[query])
    resumed.go_on({"decoder": kept})
    assert all(torch.equal(value, kept[name]) for name, value in resumed.kept["decoder"].items())
    resumed(model)
    assert torch.equal(resumed.decoder.get_parameter(query), fake_quantized(kept[query]))


def test_a_row_takes_what_it_has_room_for(tiny_decoder: ConceptDecoder, monkeypatch: pytest.MonkeyPatch) -> None:
    long = [[7] * 100] * 6
    window = SaidWindow(CONCEPTS[[0] * 6], torch.full((6,), NO_ROLE), long, [0, None, 2, 3, 4, 5])
    loss_of = LayerLoss(tiny_decoder, NORMALIZER, None, [window], 0)
    monkeypatch.setattr(loss_of, "rng", FirstOnly())
    row, at = loss_of.row(window)
    assert [sentence.plan for sentence in row] == [0, None]
    assert at == [0]
