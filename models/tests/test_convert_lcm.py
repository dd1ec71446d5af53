"""A checkpoint of Meta's trainer as the LCM of a bundle, beside the encoder and decoder that ship; and bad ones."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.lcm.bundle_runtime import open_bundle
from models.scripts import convert_lcm
from models.tests.meta_checkpoints import golden, seeded_state, write_checkpoint

SHIPPED = Path("models/bundle")
CASES = golden()["models"]
TEXT = [
    "The ferry was late again this morning.",
    "A storm had kept it in the harbor until nine.",
    "Most of the passengers waited in the café.",
]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["convert_lcm", *map(str, arguments)])
    convert_lcm.main()


def of_dimension(case: dict[str, Any], dim: int) -> dict[str, Any]:
    """The same small model for concepts of `dim` numbers instead of 24."""
    state = {name: [dim if size == 24 else size for size in shape] for name, shape in case["state"].items()}
    config = {**case["card"]["model_config"], "sonar_embed_dim": dim, "trained_with_cf_guidance": True}
    if case["card"]["model_family"] == "base_lcm":
        del config["trained_with_cf_guidance"]
    return {**case, "state": state, "card": {**case["card"], "model_config": config}}


@pytest.mark.parametrize("name", ["as the large ones", "base, as the large one"])
def test_it_suggests_beside_the_shipped_encoder_and_decoder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = of_dimension(CASES[name], 384)
    step = write_checkpoint(tmp_path, case["card"], seeded_state(case))
    target = tmp_path / "bundle"
    run(monkeypatch, step, "--parts", SHIPPED, "--bundle", target, "--context-length", 16, "--steps", 5)

    bundle = open_bundle(target, threads=1)
    lcm, ours = bundle.manifest["lcm"], json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    assert bundle.manifest.keys() == ours.keys()
    assert lcm.keys() == ours["lcm"].keys() - {"roles"}  # Meta's LCMs know none
    assert bundle.manifest["version"] == "step_7" and bundle.manifest["name"] == case["card"]["model_family"]
    assert {file["path"] for file in bundle.manifest["files"]} == {file["path"] for file in ours["files"]}
    assert lcm["defaults"]["steps"] == (1 if name.startswith("base") else 5)

    concepts = bundle.encoder.encode(TEXT)
    plans = bundle.predictor.predict_next(concepts, 2, seed=1)
    assert plans.shape == (2, 384) and np.isfinite(plans).all()
    assert np.array_equal(plans, bundle.predictor.predict_next(concepts, 2, seed=1))
    # A diffusion's plans differ by their noise, and all depend on what was read.
    assert np.allclose(plans[0], plans[1]) == name.startswith("base")
    assert not np.allclose(plans, bundle.predictor.predict_next(concepts[:1], 2, seed=1))
    assert np.isfinite(bundle.predictor.expected(concepts)).all()
    wordings = [wording.text for wording in bundle.decoder.word(plans, " ".join(TEXT), max_tokens=6)]
    assert all(wordings)
    assert wordings == [wording.text for wording in bundle.decoder.word(plans, " ".join(TEXT), max_tokens=6)]


def test_half_precision_and_ddp_names_and_a_normalizer_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = of_dimension(CASES["as the toy, v-prediction"], 384)
    state = seeded_state(case)
    normalizer = {name: state.pop(f"sonar_normalizer.{name}") for name in ("center", "scale")}
    torch.save(normalizer, tmp_path / "normalizer.pt")
    halves = {f"module.{name}": value.half() for name, value in state.items()}
    step = write_checkpoint(tmp_path, case["card"], halves)
    arguments = (step / "model.pt", "--parts", SHIPPED, "--bundle", tmp_path / "bundle", "--context-length", 16)
    with pytest.raises(SystemExit, match="no center of a normalizer; --normalizer names its checkpoint"):
        run(monkeypatch, *arguments)
    run(monkeypatch, *arguments, "--normalizer", tmp_path / "normalizer.pt")
    manifest = json.loads((tmp_path / "bundle" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["normalizer"]["scale"] == pytest.approx(normalizer["scale"].tolist())
    lcm = manifest["lcm"]
    assert (lcm["noiseSchedule"], lcm["predictionType"], lcm["defaults"]["steps"]) == ("sigmoid", "v_prediction", 20)


def test_a_concept_of_another_size_than_the_encoders_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["as the large ones"]
    step = write_checkpoint(tmp_path, case["card"], seeded_state(case))
    with pytest.raises(SystemExit, match=r"concepts of 24 numbers, .* have 384; --parts"):
        run(monkeypatch, step, "--parts", SHIPPED, "--bundle", tmp_path / "bundle", "--context-length", 16)
    assert not (tmp_path / "bundle").exists()


def test_what_lends_must_be_a_bundle_and_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["as the large ones"]
    step = write_checkpoint(tmp_path, case["card"], seeded_state(case))
    context = ("--context-length", 16)
    with pytest.raises(SystemExit, match="manifest.json: missing; --parts is a bundle"):
        run(monkeypatch, step, "--parts", tmp_path, "--bundle", tmp_path / "bundle", *context)
    shutil.copy(SHIPPED / "manifest.json", tmp_path)
    with pytest.raises(SystemExit, match="decoder.onnx, .* missing, but named by manifest.json"):
        run(monkeypatch, step, "--parts", tmp_path, "--bundle", tmp_path / "bundle", *context)
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SystemExit, match="not the manifest of a bundle"):
        run(monkeypatch, step, "--parts", tmp_path, "--bundle", tmp_path / "bundle", *context)
    with pytest.raises(SystemExit, match="one directory, expected two"):
        run(monkeypatch, step, "--parts", SHIPPED, "--bundle", SHIPPED, *context)
    small = of_dimension(case, 384)
    step = write_checkpoint(tmp_path / "other", small["card"], seeded_state(small))
    with pytest.raises(SystemExit, match="--steps is 3, expected one of 1, 2, 4, 5, 10, 20, 25, 50, 100"):
        run(monkeypatch, step, "--parts", SHIPPED, "--bundle", tmp_path / "bundle", *context, "--steps", 3)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("model_family", "one_tower", "is 'one_tower', expected one of two_tower_diffusion_lcm, base_lcm"),
        ("model_arch", "huge", "model_arch is 'huge', expected one of toy_two_tower_diffusion_lcm, "),
        ("model_config", 7, "model_config is 7, expected fields"),
        ("model_config.denoiser", 7, "model_config.denoiser is 7, expected fields"),
        ("model_config.gates", 2, "model_config.gates is not a field of Meta's code: a fork's model"),
        ("model_config.model_dim", "32", "model_config.model_dim is '32', expected something like 1024"),
        ("model_config.model_dim", 0, "model_dim is 0, expected an integer >= 1"),
        ("model_config.trained_with_cf_guidance", 1, "guidance is 1, expected something like False"),
        ("model_config.noise_scheduler.beta_end", "1e-4", "beta_end is '1e-4', expected something like 0.02"),
        ("model_config.noise_scheduler.num_diffusion_train_steps", 1, "no schedule in which noise grows"),
        ("model_config.max_seq_len", 8, r"16 concepts of context, expected 1 to 8 \(max_seq_len\)"),
        ("model_config.sonar_normalizer_name", "base_fft", "expected one without FFT"),
        ("model_config.denoiser.num_attn_heads", 8, "num_attn_heads is 8, expected context_encoder's, 4"),
        ("model_config.denoiser.timestep_embed_dim", 64, "timestep_embed_dim is 64, expected model_dim, 32"),
        ("model_config.denoiser.pos_embedding_style", "rope", "is 'rope', expected one of: none"),
        ("model_config.context_encoder.pos_embedding_style", "sine", "expected one of: rope, learned, none"),
        ("model_config.context_encoder.num_attn_heads", 3, "does not cut 32 in equal even parts"),
        ("model_config.context_encoder.norm_order_style", "post", "is 'post'; only models with 'pre'"),
        ("model_config.context_encoder.layer_normalization_style", "l1", "expected one of: rms, standard"),
        ("model_config.noise_scheduler.beta_schedule", "exp", "beta_schedule is 'exp', expected one of: squ"),
        ("model_config.noise_scheduler.thresholding", True, "thresholding is True, expected one of: False"),
        ("model_config.noise_scheduler.prediction_type", "epsilon", "such a model cannot be sampled"),
        # The weights are another model's than the card's.
        ("model_config.context_encoder.num_layers", 3, "model.pt: lacks context_encoder.layers.2.ffn.gate_proj"),
        ("model_config.denoiser.num_layers", 1, "has, and the card does not tell of, denoiser.layers.1.cross"),
        ("model_config.denoiser.ffn_inner_dim", 999, r"is \(256, 32\), expected \(768, 32\) by model_card.yaml"),
    ],
)
def test_a_card_that_is_wrong_or_of_a_model_that_is_not_written_here(
    path: str, value: object, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["as the large ones"]
    card = json.loads(json.dumps(case["card"]))
    field = card
    *parents, last = path.split(".")
    for name in parents:
        field = field[name]
    field[last] = value
    step = write_checkpoint(tmp_path, card, seeded_state(case))
    with pytest.raises(SystemExit, match=message):
        run(monkeypatch, step, "--parts", SHIPPED, "--bundle", tmp_path / "bundle", "--context-length", 16)


def test_what_is_no_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["as the large ones"]
    step = write_checkpoint(tmp_path, case["card"], seeded_state(case))
    model, card = step / "model.pt", step / "model_card.yaml"

    def refused(message: str, path: Path = step) -> None:
        with pytest.raises(SystemExit, match=message):
            run(monkeypatch, path, "--parts", SHIPPED, "--bundle", tmp_path / "bundle", "--context-length", 16)

    refused("model_card.yaml: missing", tmp_path)
    for content in (b"", b"<!doctype html>", model.read_bytes()[:999]):
        model.write_bytes(content)
        refused("model.pt: not a PyTorch checkpoint of tensors")
    torch.save([torch.zeros(2)], model)
    refused("model.pt: not a model's state dict")
    model.unlink()
    refused(r"model.pt: missing; give the folder step_N")
    (step / "rank_0.pt").touch()
    refused("holds the shards of an FSDP training and no model.pt")
    for text, message in (
        ("a: [", "model_card.yaml: not YAML"),
        ("hello", "not a model card"),
        ("model_family: base_lcm", "neither model_arch nor model_config"),
    ):
        (step / "rank_0.pt").unlink(missing_ok=True)
        card.write_text(text, encoding="utf-8")
        refused(message)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("sonar_normalizer.scale", torch.zeros(24), "scale is not above zero in every place"),
        ("sonar_normalizer.center", torch.zeros(23), r"center is \(23,\), expected \(24,\)"),
        ("sonar_normalizer.clip_min", torch.zeros(24), "the normalizer clips its numbers"),
        ("denoiser.layer_norm.weight", torch.full((32,), float("nan")), "layer_norm.weight is not finite"),
    ],
)
def test_tensors_that_cannot_be(
    name: str, value: torch.Tensor, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["as the large ones"]
    step = write_checkpoint(tmp_path, case["card"], {**seeded_state(case), name: value})
    with pytest.raises(SystemExit, match=message):
        run(monkeypatch, step, "--parts", SHIPPED, "--bundle", tmp_path / "bundle", "--context-length", 16)
