"""Concept spaces: what each begins as, what padding must not change, and that an LCM in any of them is born copying."""

import pytest
import torch
from torch.nn import functional as F

from models.lcm.config import LCMConfig
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.ragged import places_of, starts_of
from models.lcm.space_training import LCM_WIDTH, fit_lcm
from models.lcm.spaces import SPACES, AttentionPooling, AttentionSpace, DetailSpace, MeanSpace, mean_pooled
from models.lcm.token_states import TokenStates
from models.lcm.two_tower import TwoTowerLCM

LENGTHS = [3, 7, 1]


@pytest.fixture
def states() -> TokenStates:
    torch.manual_seed(0)
    return TokenStates(torch.randn(sum(LENGTHS), CONCEPT_DIM).half(), starts_of(LENGTHS))


def test_ragged_rows_lie_where_they_start() -> None:
    owners, inside, places = places_of(starts_of(LENGTHS), torch.tensor([2, 0]))
    assert owners.tolist() == [0, 1, 1, 1]
    assert inside.tolist() == [0, 0, 1, 2]
    assert places.tolist() == [10, 0, 1, 2]


@pytest.mark.parametrize("name", SPACES)
def test_concepts_are_unit_and_know_nothing_of_padding(name: str, states: TokenStates) -> None:
    torch.manual_seed(1)
    space = SPACES[name]()
    for module in space.modules():
        if isinstance(module, AttentionPooling):
            torch.nn.init.normal_(module.query.weight)
    beside = space(*states.padded(torch.tensor([0, 1, 2])))
    assert beside.shape == (3, space.dim)
    assert torch.allclose(beside.norm(dim=-1), torch.ones(3), atol=1e-5)
    for row in range(3):
        assert torch.allclose(beside[row], space(*states.padded(torch.tensor([row])))[0], atol=1e-5)


def test_attention_begins_as_the_mean_and_can_leave_it(states: TokenStates) -> None:
    space, rows = AttentionSpace(), states.padded(torch.arange(3))
    assert torch.allclose(space(*rows), mean_pooled(*rows), atol=1e-5)
    torch.nn.init.normal_(space.pooling.query.weight)
    cosines = (space(*rows) * mean_pooled(*rows)).sum(-1)
    assert (cosines[:2] < 0.99).all()
    assert cosines[2].item() == pytest.approx(1, abs=1e-5)  # one token: nothing to choose from


def test_detail_keeps_what_ships(states: TokenStates) -> None:
    space, rows = DetailSpace(), states.padded(torch.arange(3))
    kept = F.normalize(space(*rows)[:, space.likeness], dim=-1)
    assert torch.allclose(kept, MeanSpace()(*rows), atol=1e-5)
    # A dimension of the detail is as loud as one of the others.
    assert space(*rows)[:, CONCEPT_DIM:].square().mean().item() == pytest.approx(1 / space.dim, rel=1e-4)


@pytest.mark.parametrize("dim", sorted({space.dim for space in SPACES.values()}))
def test_an_lcm_is_born_copying_every_dimension(dim: int) -> None:
    """Where its model were narrower than the concepts, some directions would be lost at birth."""
    torch.manual_seed(0)
    config = LCMConfig(concept_dim=dim, model_dim=LCM_WIDTH, heads=8, context_layers=1, denoiser_layers=1)
    denoiser = TwoTowerLCM(config).denoiser
    through = (denoiser.out.weight @ denoiser.frontend.weight).detach()  # (dim, dim)
    assert torch.allclose(through, through.trace() / dim * torch.eye(dim), atol=1e-5)
    assert through.trace() > 0


def test_a_constant_dimension_survives_training(tmp_path_factory: pytest.TempPathFactory) -> None:
    torch.manual_seed(0)
    concepts = F.normalize(torch.randn(8, 6, 24), dim=-1)
    concepts[..., 5] = 0
    model, normalizer = fit_lcm(concepts, tmp_path_factory.mktemp("spaces") / "lcm.pt", 0.001, 1)
    guess = normalizer.denormalize(model.expected(normalizer.normalize(concepts)))
    assert torch.isfinite(guess).all()
