"""The exported graphs against PyTorch, at a small size; int8 and int4 cost a little."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from models.lcm.base_lcm import BaseLCM
from models.lcm.concepts import cosines
from models.lcm.config import LCMConfig
from models.lcm.decoder import ConceptDecoder
from models.lcm.decoder_graph import TOP_COUNT, decoder_graph
from models.lcm.diffusion import DiffusionLCM
from models.lcm.lcm_graphs import CrossStates, contextualizer_graph, expectation_graph, sampler_graph
from models.lcm.lcm_steps import noise_places
from models.lcm.meta.base_lcm import MetaBaseLCM
from models.lcm.meta.card import FAMILIES, merged
from models.lcm.meta.config import BaseConfig, configured
from models.lcm.meta.two_tower import MetaTwoTower
from models.lcm.noise_schedule import alphas_cumprod, step_coefficients, trailing_timesteps
from models.lcm.one_tower import OneTowerLCM
from models.lcm.packing import PREFIX_LENGTH
from models.lcm.quant_lcm import Choice, QuantLCM, QuantLCMc, QuantLCMd
from models.lcm.quantize import QuantizationAware
from models.lcm.sampler import sample
from models.lcm.system import System
from models.lcm.tracing import share_weights
from models.lcm.two_tower import TwoTowerLCM

SMALL = LCMConfig(concept_dim=64, model_dim=64, heads=2, context_layers=2, denoiser_layers=2)
OPTIONS = {"steps": 5, "guidance_scale": 2.0, "guidance_rescale": 0.7}


CENTROIDS = torch.randn(6, 32, 64, generator=torch.Generator().manual_seed(3)) / 3
CHOICE = Choice(guidance_scale=2.0, top=4, sharpness=1.0)

# Of Meta's code, at the same size: each kind of positions, feed-forward, norm and prediction at least once.
META_TOWER = {"num_attn_heads": 2, "ffn_inner_dim": 96}
META_GATED = {**META_TOWER, "use_swiglu": True, "layer_normalization_style": "rms"}
META_SIZES = {"sonar_embed_dim": 64, "model_dim": 64, "max_seq_len": 128}
META: dict[str, dict[str, Any]] = {
    "meta-two-tower": {
        **META_SIZES,
        "model_type": "two_tower_diffusion_lcm",
        "context_encoder": {**META_GATED, "pos_embedding_style": "rope"},
        "denoiser": {**META_GATED, "timestep_embed_dim": 64},
        "noise_scheduler": {"num_diffusion_train_steps": 20, "prediction_type": "v_prediction"},
    },
    "meta-two-tower-epsilon": {
        **META_SIZES,
        "model_type": "two_tower_diffusion_lcm",
        "context_encoder": META_TOWER,
        "denoiser": {**META_TOWER, "timestep_embed_dim": 64},
        "noise_scheduler": {
            "num_diffusion_train_steps": 20,
            "beta_schedule": "linear",
            "beta_end": 0.2,
            "prediction_type": "epsilon",
            "rescale_betas_zero_snr": False,
        },
    },
    "meta-base": {**META_SIZES, "model_type": "base_lcm", "lcm": META_TOWER},
}

Exported = tuple[System, dict[str, onnxruntime.InferenceSession]]


def built(name: str) -> System:
    torch.manual_seed(0)
    if name == "two-tower":
        model = TwoTowerLCM(SMALL)
        with torch.no_grad():
            for layer in model.denoiser.layers:
                layer.modulation.weight.normal_(std=0.05)
        return model
    if name == "one-tower":
        return OneTowerLCM(SMALL)
    if name == "base":
        return BaseLCM(SMALL)
    if name in META:
        config = configured(merged(FAMILIES[META[name]["model_type"]], META[name], name), SMALL.context_length)
        return MetaBaseLCM(config) if isinstance(config, BaseConfig) else MetaTwoTower(config)
    return (QuantLCMc if name == "quant-c" else QuantLCMd)(SMALL, CENTROIDS)


@pytest.fixture(scope="module", params=["two-tower", "one-tower", "base", "quant-c", "quant-d", *META])
def lcm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    model = built(request.param).eval()
    folder: Path = tmp_path_factory.mktemp("lcm")
    graphs = {
        "contextualizer": contextualizer_graph(model),
        "sampler": sampler_graph(model, CHOICE),
        "expectation": expectation_graph(model),
    }
    share_weights({f"{name}.onnx": graph for name, graph in graphs.items()}, folder, "lcm.bin")
    assert (folder / "lcm.bin").stat().st_size > 0
    assert not [name for graph in graphs.values() for name in float_weights(graph.graph)]
    return model, {name: onnxruntime.InferenceSession(folder / f"{name}.onnx") for name in graphs}


def float_weights(graph: onnx.GraphProto) -> list[str]:
    """Weights that a MatMul takes as they are, whatever name they have: those of the graph and of the loops in it."""
    constants = {tensor.name for tensor in graph.initializer}
    constants |= {node.output[0] for node in graph.node if node.op_type == "Identity" and node.input[0] in constants}
    found = [node.input[1] for node in graph.node if node.op_type == "MatMul" and node.input[1] in constants]
    inner = (attribute.g for node in graph.node for attribute in node.attribute if attribute.HasField("g"))
    return found + [name for each in inner for name in float_weights(each)]


def context_states(session: onnxruntime.InferenceSession, concepts: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    """Cross keys and values after feeding the concepts in pieces that end at `cuts`."""
    past = np.zeros((SMALL.context_layers, SMALL.heads, 0, SMALL.head_dim), np.float32)
    keys, values, found = past, past, []
    for start, end in zip([0, *cuts], cuts, strict=False):
        keys, values, *cross = session.run(
            None, {"concepts": concepts[start:end], "past_keys": keys, "past_values": values}
        )
        found.append(cross)
    return [np.concatenate([piece[i] for piece in found], axis=2) for i in range(2)]


def test_the_contextualizer_goes_on_one_concept_at_a_time(lcm: Exported) -> None:
    _, sessions = lcm
    concepts = torch.randn(9, 64, generator=torch.Generator().manual_seed(1)).numpy()
    whole = context_states(sessions["contextualizer"], concepts, [9])
    stepwise = context_states(sessions["contextualizer"], concepts, [4, *range(5, 10)])
    for a, b in zip(whole, stepwise, strict=True):
        assert cosines(a, b).min() > 0.99


@pytest.mark.parametrize("context", [8, 0])
def test_sampler_and_expectation_are_the_models(lcm: Exported, context: int) -> None:
    model, sessions = lcm
    generator = torch.Generator().manual_seed(2)
    concepts = torch.randn(1, context, 64, generator=generator)
    followed = torch.cat([concepts, torch.zeros(1, 1, 64)], 1)
    noise = torch.randn(1, 64, generator=generator)
    with torch.inference_mode():
        expected = model.expected(followed)[0].numpy()
    (got,) = sessions["expectation"].run(None, {"concepts": followed[0].numpy()})
    told = expected.any(-1)  # Meta's Base-LCM says nothing of a first concept
    assert cosines(expected, got)[told].min(initial=1) > 0.99 and not got[~told].any()
    bars = alphas_cumprod()
    if isinstance(model, DiffusionLCM):
        bars = model.bars
        wanted = sample(model, followed, noise.expand(1, context + 1, 64), **OPTIONS)[0, -1].numpy()
    elif isinstance(model, QuantLCM):
        units = noise[0, noise_places(*CENTROIDS.shape)]  # (S, K)
        wanted = model.sample(followed, units[:, None, None].expand(6, 1, context + 1, 32), CHOICE)[0, -1].numpy()
    else:
        wanted = expected[-1] + noise[0].numpy()
    cross_keys, cross_values = no_states(model)
    if context:
        cross_keys, cross_values = context_states(sessions["contextualizer"], concepts[0].numpy(), [context])
    (plans,) = sessions["sampler"].run(
        None,
        {
            "cross_keys": cross_keys,
            "cross_values": cross_values,
            # Two plans from the same noise: a plan does not depend on the one beside it.
            "noise": noise.repeat(2, 1).numpy(),
            "step_noise": np.zeros((5, 2, 64), np.float32),
            "timesteps": np.array(trailing_timesteps(5, len(bars))),
            "coefficients": step_coefficients(bars, 5, 0.0).numpy(),
            "guidance_scale": np.array([2.0], np.float32),
            "guidance_rescale": np.array([0.7], np.float32),
        },
    )
    # A centroid is chosen or it is not: where two are equally good, rounding may choose the other.
    least = 0.9 if isinstance(model, QuantLCM) else 0.98
    assert cosines(plans, np.stack([wanted, wanted])).min() > least


def no_states(model: System) -> list[np.ndarray]:
    cross = CrossStates.of(model)
    return [np.zeros((cross.layers, cross.heads, 0, cross.head_dim), np.float32)] * 2


def test_the_decoder_graph_is_the_language_model_on_its_int4_values(tiny_decoder: ConceptDecoder) -> None:
    decoder = tiny_decoder
    session = onnxruntime.InferenceSession(decoder_graph(decoder).SerializeToString())
    QuantizationAware(decoder.language_model.parameters()).quantize()
    context, sentence = [0, 5, 9, 33], [7, 80]
    concepts = torch.nn.functional.normalize(torch.randn(3, 384), dim=-1)
    with torch.inference_mode():
        prefix, lexical = decoder.head(concepts)
        table = decoder.table
        rows = [table[torch.tensor([context] * 3)], prefix, table[torch.tensor([sentence] * 3)]]
        states = decoder.language_model.model(inputs_embeds=torch.cat(rows, 1)).last_hidden_state[:, -1]
        wanted = ((states + lexical) @ table.T).numpy()

    names = [output.name for output in session.get_outputs()]
    cache = {
        f"past_key_values.{i}.{part}": np.zeros((1, 1, 1, 32), np.float32)
        for i in range(2)
        for part in ("key", "value")
    }

    def run(ids: list[list[int]], prefix: np.ndarray, lexical: np.ndarray) -> dict[str, np.ndarray]:
        feeds = {"input_ids": np.array(ids, np.int64).reshape(len(ids), -1), "prefix": prefix, "lexical": lexical}
        got = session.run(None, {**feeds, "logit_bias": np.zeros((1, 128), np.float32), **cache})
        out = dict(zip(names, got, strict=True))
        for name, new in zip(cache, np.split(out["added"], len(cache), axis=2), strict=True):
            cache[name] = np.concatenate([cache[name], new])
        return out

    run([context], np.zeros((1, 0, 64), np.float32), np.zeros((1, 64), np.float32))
    for name in cache:
        cache[name] = cache[name].repeat(3, 1)
    run([[]] * 3, prefix.numpy(), lexical.numpy())
    out = run([sentence] * 3, np.zeros((3, 0, 64), np.float32), lexical.numpy())
    assert next(iter(cache.values())).shape[0] == 1 + len(context) + PREFIX_LENGTH + len(sentence)
    assert out["top_ids"].shape == (3, TOP_COUNT)
    for row in range(3):
        best = out["top_ids"][row]
        # MatMulNBits rounds activations to 8 bits.
        assert out["top_logits"][row] == pytest.approx(wanted[row, best], abs=0.1)
    shifted = np.log(np.exp(wanted).sum(-1))
    assert out["log_sum_exp"][:, 0] == pytest.approx(shifted, abs=0.05)


def test_what_is_expected_does_not_depend_on_what_comes_later(lcm: Exported) -> None:
    # It would, a little, if quantized activations shared a scale.
    concepts = torch.randn(9, 64, generator=torch.Generator().manual_seed(4)).numpy()
    changed = concepts.copy()
    changed[5:] *= 30
    session = lcm[1]["expectation"]
    before, after = (session.run(None, {"concepts": c})[0] for c in (concepts, changed))
    assert np.allclose(before[:6], after[:6], atol=1e-4)
