"""What is made wrong to train the order classifier, and how its accuracy is counted."""

import numpy as np
import pytest
import torch

from models.evaluation.order_figures import order_accuracy
from models.evaluation.sampling import Text
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.order_classifier import CORRUPTIONS, NOISE, WINDOW, OrderClassifier

ROWS = 50


def windows() -> torch.Tensor:
    """Unit vectors, all different."""
    generator = torch.Generator().manual_seed(0)
    return torch.nn.functional.normalize(torch.randn(ROWS, WINDOW, CONCEPT_DIM, generator=generator), dim=-1)


def corrupted(kind: str) -> torch.Tensor:
    strangers = windows().flip(0)[:, 0] * 2
    return CORRUPTIONS[kind](windows(), strangers, torch.Generator().manual_seed(1))


def test_shuffled_windows_hold_the_same_concepts_in_another_order() -> None:
    found = corrupted("shuffled")
    assert torch.equal(found.sum(-1).sort(1).values, windows().sum(-1).sort(1).values)
    assert all(not torch.equal(a, b) for a, b in zip(found, windows(), strict=True))


def test_swapped_and_repeated_windows_change_the_last_concept_alone() -> None:
    swapped, repeated = corrupted("swapped"), corrupted("repeated")
    for found in (swapped, repeated):
        assert torch.equal(found[:, :-1], windows()[:, :-1])
    assert torch.equal(swapped[:, -1], windows().flip(0)[:, 0] * 2)
    closest = (repeated[:, :-1] @ repeated[:, -1:].transpose(1, 2)).max(1).values
    assert closest.min() > 1 / (1 + NOISE**2) ** 0.5 - 0.05
    assert torch.allclose(repeated[:, -1].norm(dim=-1), torch.ones(ROWS))


class LastIsFirst(OrderClassifier):
    """Says that an order is right where the last concept is like the first of the window."""

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        return (windows[:, -1] * windows[:, 0]).sum(-1) - 0.5


def test_accuracy_weighs_right_and_wrong_windows_alike() -> None:
    # In these texts each window's last concept is its first, so that no shuffle shows and every swap does.
    rng = np.random.default_rng(0)
    texts = []
    for _ in range(4):
        vector = rng.standard_normal(CONCEPT_DIM)
        texts.append(Text("essay", ("a",) * 20, np.tile(vector / np.linalg.norm(vector), (20, 1))))
    found = order_accuracy(LastIsFirst(), texts, rng)
    means = {name: share["mean"] for name, share in found.items()}
    assert means["own"] == 1
    assert means["swapped"] == 1
    assert means["shuffled"] == 0
    assert means["repeated"] == 0  # all concepts are the same
    assert means["accuracy"] == pytest.approx((1 + 1 / 3) / 2, abs=1e-4)
    assert found["own"]["n"] == 32


def test_a_classifier_learns_to_hear_a_stranger() -> None:
    torch.manual_seed(0)
    model = OrderClassifier().eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    one = windows()[:, :1].expand(-1, WINDOW, -1).contiguous()  # each text says one thing
    wrong = CORRUPTIONS["swapped"](one, one[:, 0].roll(1, 0), torch.Generator())
    both, own = torch.cat([one, wrong]), torch.cat([torch.ones(ROWS), torch.zeros(ROWS)])
    for _ in range(40):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(model(both), own).backward()
        optimizer.step()
    assert ((model(both) > 0) == (own > 0)).float().mean() > 0.95
