"""Roles: which a concept has, that they are learned and read, and what a bundle answers with them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from models.lcm.bundle import lcm_part
from models.lcm.config import LCMConfig
from models.lcm.roles import HEADING, NO_ROLE, ROLES, length_role, place_role
from models.lcm.systems import restored
from models.lcm.two_tower import TwoTowerLCM
from models.tests.roles_bundle import GOLDEN, answers, bundle_with_roles

TINY = LCMConfig(concept_dim=8, model_dim=16, heads=2, context_layers=2, denoiser_layers=2)


def names(role: int) -> str:
    return ROLES[role]


def test_a_sentence_is_known_by_its_place() -> None:
    found = [names(place_role(place)) for place in range(1, 11)]
    assert found == ["place1", "place2", *["place3"] * 2, *["place5"] * 4, *["place9"] * 2]


def test_a_separator_asks_for_a_length() -> None:
    found = [names(length_role(length)) for length in (1, 2, 3, 4, 5, 6, 8, 9, 40)]
    assert found == ["summary1", "summary2", "summary3", *["summary4"] * 2, *["summary6"] * 2, *["summary9"] * 2]


def test_at_birth_roles_say_nothing_and_are_learned() -> None:
    torch.manual_seed(0)
    model = TwoTowerLCM(TINY)
    concepts, roles = torch.randn(2, 5, 8), torch.tensor([[HEADING, 1, 2, 3, NO_ROLE]] * 2)
    assert torch.equal(model.shifted(concepts, roles), concepts)
    assert "roles" not in lcm_part(model, {}, torch.zeros(2, 8), 0.6)
    model.loss(concepts, torch.ones(2, 5), model.shifted(concepts, roles)).backward()
    assert model.roles.grad is not None
    heard = model.roles.grad.abs().sum(1) > 0
    assert heard.tolist() == [role in (HEADING, 1, 2, 3) for role in range(len(ROLES))]


def test_new_roles_are_heard_beside_a_concept_and_written_into_the_manifest() -> None:
    torch.manual_seed(0)
    model = TwoTowerLCM(LCMConfig(concept_dim=384, model_dim=16, heads=2, context_layers=1, denoiser_layers=1))
    model.give_roles()
    lengths = model.roles.detach().norm(dim=1)
    assert 3 < float(lengths.min()) < float(lengths.max()) < 8
    written = lcm_part(model, {}, torch.zeros(2, 384), 0.6)["roles"]
    assert list(written) == list(ROLES)
    assert np.allclose(list(written.values()), model.roles.detach())


def test_a_role_shifts_its_concept_alone_and_what_is_predicted_behind_it() -> None:
    torch.manual_seed(0)
    model = TwoTowerLCM(TINY)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    concepts, roles = torch.randn(1, 6, 8), torch.tensor([[NO_ROLE, NO_ROLE, HEADING, NO_ROLE, NO_ROLE, NO_ROLE]])
    read = model.shifted(concepts, roles)
    assert torch.allclose(read[0, 2] - concepts[0, 2], model.roles[HEADING], atol=1e-5)
    changed = (model.expected(read) - model.expected(concepts)).abs().amax(-1)[0] > 1e-4
    assert changed.tolist() == [False, False, False, True, True, True]


def test_a_checkpoint_without_roles_is_restored() -> None:
    arguments = {"architecture": "two-tower", "noise_schedule": "cosine", "loss_weighting": "none"}
    state = TwoTowerLCM(LCMConfig(concept_dim=8)).state_dict()
    found = restored({"model": {name: state[name] for name in state if name != "roles"}, "arguments": arguments})
    assert isinstance(found, TwoTowerLCM)
    assert not found.roles.any()


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads(GOLDEN.read_text())


def test_a_small_bundle_answers_as_the_golden_file_says(golden: dict, tmp_path: Path) -> None:
    found = answers(bundle_with_roles(tmp_path, golden["shifts"]))
    assert found["roles"] == golden["roles"]
    for name in ("concepts", "following", "expected", "predicted", "between"):
        assert np.allclose(found[name], golden[name], atol=2e-2), name
    for one, other in zip(found["summaries"], golden["summaries"], strict=True):
        assert np.allclose(one["plans"], other["plans"], atol=2e-2)


def test_each_role_changes_an_answer(golden: dict) -> None:
    assert not np.allclose(golden["predicted"], golden["between"], atol=0.05)
    one, other = (summary["plans"] for summary in golden["summaries"])
    assert not np.allclose(one[0], other[0], atol=0.05)
