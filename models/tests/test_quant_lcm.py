"""The residual quantizer, and how a Quant-LCM chooses centroids."""

import numpy as np
import pytest
import torch

from models.lcm.config import LCMConfig
from models.lcm.quant_lcm import Choice, QuantLCM, QuantLCMc, QuantLCMd, chosen
from models.lcm.residual_quantizer import encode, fit_codebooks, partial_sums

TINY = LCMConfig(concept_dim=8, model_dim=16, heads=2, context_layers=2)


def test_each_codebook_brings_the_sum_closer() -> None:
    vectors = np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32)
    centroids = fit_codebooks(vectors, codebooks=4, units=16)
    assert centroids.shape == (4, 16, 8)
    x = torch.from_numpy(vectors).unsqueeze(0)
    codes = encode(x, centroids)
    left = [(x - partial_sums(codes, centroids, torch.tensor([count]))).square().mean().item() for count in range(5)]
    assert left == sorted(left, reverse=True)
    assert left[4] < 0.3 * left[0]


def test_codes_are_the_nearest_centroids_of_what_is_left() -> None:
    centroids = torch.tensor([[[4.0, 0], [0, 4]], [[1.0, 0], [0, 1]]])
    codes = encode(torch.tensor([[4.0, 1], [1, 4.1], [4.9, 0]]), centroids)
    assert codes.tolist() == [[0, 1], [1, 0], [0, 0]]
    sums = partial_sums(codes.unsqueeze(0).repeat(3, 1, 1), centroids, torch.tensor([0, 1, 2]))
    assert sums[:, 0].tolist() == [[0, 0], [4, 0], [4, 1]]


def test_choice_is_greedy_with_one_and_follows_the_scores_with_more() -> None:
    scores = torch.log(torch.tensor([0.6, 0.3, 0.1])).expand(4000, 3)
    normal = torch.randn(4000, 3, generator=torch.Generator().manual_seed(0))
    assert chosen(scores, normal, top=1).unique().tolist() == [0]
    shares = chosen(scores, normal, top=3).bincount(minlength=3) / 4000
    assert torch.allclose(shares, torch.tensor([0.6, 0.3, 0.1]), atol=0.03)
    assert set(chosen(scores, normal, top=2).tolist()) == {0, 1}


@pytest.mark.parametrize("variant", [QuantLCMc, QuantLCMd])
def test_samples_are_sums_of_centroids_and_causal(variant: type[QuantLCM]) -> None:
    torch.manual_seed(0)
    centroids = torch.randn(3, 64, 8)
    model = variant(TINY, centroids).eval()
    x, noise = torch.randn(1, 6, 8), torch.randn(3, 1, 6, 64)
    changed = x.clone()
    changed[:, 3:] += 5
    choice = Choice(guidance_scale=30, top=8, sharpness=1)
    first, second = model.sample(x, noise, choice), model.sample(changed, noise, choice)
    assert torch.allclose(first[:, :4], second[:, :4])
    assert not torch.allclose(first[:, 4:], second[:, 4:])
    sums = centroids[0][:, None, None] + centroids[1][None, :, None] + centroids[2][None, None]
    assert torch.cdist(first[0], sums.reshape(-1, 8)).min(-1).values.max() < 0.01
    places = torch.tensor([[4, 1]])
    assert torch.allclose(model.sample(x, noise[:, :, [4, 1]], choice, places), first[:, [4, 1]], atol=1e-5)
