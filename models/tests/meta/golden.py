"""Writes test/fixtures/golden/metaLcm.json: what Meta's own LCM classes give for small models with random weights.

In an environment of its own, with a checkout of github.com/facebookresearch/large_concept_model at fd7db80:

    pip install torch==2.5.1 fairseq2==0.3.0 "numpy<2" omegaconf hydra-core pyarrow dacite polars retrying
    PYTHONPATH=CHECKOUT python models/tests/meta/golden.py

That code was written for a release candidate of fairseq2 0.3.0, of which 0.3.0 differs by a function's name and by how
residuals are scaled, which no LCM asks for; `adapt` makes up for both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fairseq2.nn.transformer as fairseq2_transformer
import numpy as np
import torch
import yaml
from seeded import normal, weight


def adapt() -> None:
    """Before Meta's code is imported."""
    fairseq2_transformer.create_standard_layer_norm = fairseq2_transformer.make_standard_layer_norm
    layer = fairseq2_transformer.StandardTransformerDecoderLayer
    init = layer.__init__

    def unscaled(self: torch.nn.Module, *args: Any, scale_residual: bool = False, **others: Any) -> None:
        assert not scale_residual
        init(self, *args, **others)
        self.residual_scale = None

    layer.__init__ = unscaled


adapt()

from lcm.datasets.batch import EmbeddingsBatch  # noqa: E402
from lcm.inference.two_tower_diffusion_lcm.generator import (  # noqa: E402
    DiffusionLCMGeneratorOptions,
    TwoTowerDiffusionLCMGenerator,
)
from lcm.models.abstract_lcm import AbstractLCModelBuilder  # noqa: E402
from lcm.models.base_lcm.builder import create_base_lcm_model  # noqa: E402
from lcm.models.base_lcm.loader import load_base_lcm_config  # noqa: E402
from lcm.models.sonar_normalizer import SonarNormalizer, SonarNormalizerConfig  # noqa: E402
from lcm.models.two_tower_diffusion_lcm.builder import create_two_tower_diffusion_lcm_model  # noqa: E402
from lcm.models.two_tower_diffusion_lcm.loader import load_two_tower_diffusion_lcm_config  # noqa: E402
from lcm.nn.schedulers import ddim  # noqa: E402
from lcm.utils.card_utils import create_model_card  # noqa: E402

TARGET = Path("test/fixtures/golden/metaLcm.json")
CONCEPTS = 5  # of the context
DIM = 24

LARGE = {
    "num_layers": 2,
    "num_attn_heads": 4,
    "ffn_inner_dim": 128,
    "mha_output_proj_bias": True,
    "use_swiglu": True,
    "layer_normalization_style": "rms",
    "pos_embedding_style": "rope",
}
SIZES = {"model_dim": 32, "max_seq_len": 16, "sonar_embed_dim": DIM, "sonar_normalizer_name": "any"}


def two_tower(context: dict, denoiser: dict, scheduler: dict) -> dict:
    return {
        **SIZES,
        "context_encoder": context,
        "denoiser": {**denoiser, "timestep_embed_dim": SIZES["model_dim"]},
        "noise_scheduler": scheduler,
    }


TOY = {"num_layers": 2, "num_attn_heads": 4, "ffn_inner_dim": 64}
CASES: dict[str, tuple[str, dict, dict]] = {
    # family, model_config, generator options
    "as the large ones": (
        "two_tower_diffusion_lcm",
        two_tower(LARGE, {**LARGE, "pos_embedding_style": "none"}, {"num_diffusion_train_steps": 100}),
        {
            "guidance_scale": 3.0,
            "guidance_rescale": 0.7,
            "initial_noise_scale": 0.6,
            "inference_timesteps": 40,  # which makes 50
        },
    ),
    "as the toy, v-prediction": (
        "two_tower_diffusion_lcm",
        two_tower(
            TOY,
            {**TOY, "num_layers": 3, "ffn_inner_activation_name": "gelu"},
            {
                "num_diffusion_train_steps": 20,
                "beta_schedule": "sigmoid",
                "sigmoid_schedule_beta": -1.0,
                "prediction_type": "v_prediction",
            },
        ),
        {"guidance_scale": 2.0, "guidance_rescale": 0.5, "inference_timesteps": 10, "ddim_eta": 0.6},
    ),
    "noise prediction": (
        "two_tower_diffusion_lcm",
        two_tower(
            {**TOY, "layer_normalization_style": "unit", "pos_embedding_style": "none"},
            {**TOY, "layer_normalization_style": "fp32"},
            {
                "num_diffusion_train_steps": 20,
                "beta_schedule": "scaled_linear",
                "beta_start": 0.001,
                "beta_end": 0.2,
                "prediction_type": "epsilon",
                "rescale_betas_zero_snr": False,
            },
        ),
        {"guidance_scale": 1.5, "inference_timesteps": 5},
    ),
    "without guidance": (
        "two_tower_diffusion_lcm",
        two_tower(
            LARGE,
            {**LARGE, "pos_embedding_style": "none"},
            {"num_diffusion_train_steps": 10, "beta_schedule": "linear", "beta_start": 0.01, "beta_end": 0.4},
        ),
        {"inference_timesteps": 10},
    ),
    "base, as the large one": ("base_lcm", {**SIZES, "lcm": LARGE}, {}),
    "base, as the toy": ("base_lcm", {**SIZES, "sonar_normalizer_name": None, "lcm": TOY}, {}),
}

MAKERS = {
    "two_tower_diffusion_lcm": (load_two_tower_diffusion_lcm_config, create_two_tower_diffusion_lcm_model),
    "base_lcm": (load_base_lcm_config, create_base_lcm_model),
}

# The normalizer's card names a file; its numbers are the seed's, as all others.
AbstractLCModelBuilder.build_sonar_normalizer = lambda self: (
    SonarNormalizer(SonarNormalizerConfig(dim=DIM)) if self.config.sonar_normalizer_name else None
)


def build(seed: int, family: str, config: dict) -> tuple[torch.nn.Module, dict]:
    """Meta's model with the seed's weights, and its card as Meta's trainer writes it."""
    load, create = MAKERS[family]
    whole = load(create_model_card(Path("/model.pt"), config, family))
    card = create_model_card(Path("/model.pt"), whole, family)
    model = create(whole)
    state = {name: torch.tensor(weight(seed, name, tuple(v.shape))) for name, v in model.state_dict().items()}
    model.load_state_dict(state)
    return model.eval(), yaml.safe_load(yaml.dump(dict(card._metadata)))


def diffusion_outputs(seed: int, model: torch.nn.Module, options: dict) -> dict[str, Any]:
    concepts = torch.tensor(normal(seed, "concepts", (1, CONCEPTS, DIM)))
    noisy = torch.tensor(normal(seed, "noisy", (1, CONCEPTS, DIM)))
    steps = model.noise_scheduler.num_diffusion_train_steps
    timesteps = torch.arange(CONCEPTS).unsqueeze(0) * (steps - 1) // (CONCEPTS - 1)
    clean = EmbeddingsBatch(model.sonar_normalizer.normalize(concepts))
    found = {
        "context": model.encode(clean).seqs,
        # Each row sees the zero vector and the concepts before it.
        "denoised": model(clean, EmbeddingsBatch(noisy, diffusion_timesteps=timesteps)).seqs,
        "alphas_cumprod": model.noise_scheduler.alphas_cumprod,
    }

    # The noise that the sampler draws is the seed's: where it starts, and what each step adds.
    model.sample_initial_noise_vectors = lambda batch_size: (
        torch.tensor(normal(seed, "start", (1, 1, DIM))) * model.initial_noise_scale
    )
    drawn = iter(range(steps))
    ddim.randn_tensor = lambda shape, **_: torch.tensor(normal(seed, f"step {next(drawn)}", tuple(shape)))
    generator = TwoTowerDiffusionLCMGenerator(model, DiffusionLCMGeneratorOptions(**options))
    sampled = generator(EmbeddingsBatch(concepts), max_gen_len=1).hypotheses[0][0].seq[-1]
    return {**found, "timesteps": model.noise_scheduler.timesteps, "sampled": sampled}


def regression_outputs(seed: int, model: torch.nn.Module) -> dict[str, Any]:
    concepts = torch.tensor(normal(seed, "concepts", (1, CONCEPTS, DIM)))
    return {"predicted": model.predict_next_sentence(EmbeddingsBatch(concepts)).seqs}


@torch.inference_mode()
def golden() -> dict:
    found = {}
    for seed, (name, (family, config, options)) in enumerate(CASES.items()):
        model, card = build(seed, family, config)
        outputs = diffusion_outputs(seed, model, options) if options else regression_outputs(seed, model)
        found[name] = {
            "seed": seed,
            "card": card,
            "options": options,
            "state": {key: list(value.shape) for key, value in model.state_dict().items()},
            "outputs": {key: np.round(value.double().numpy(), 7).tolist() for key, value in outputs.items()},
        }
    return found


def sizes() -> dict[str, int]:
    """Parameters of each registered architecture."""
    found = {}
    for load, create in MAKERS.values():
        for name in load._arch_configs.names():
            model = create(load._arch_configs.get(name), device=torch.device("meta"))
            found[name] = sum(parameter.numel() for parameter in model.parameters())
    return found


if __name__ == "__main__":
    TARGET.write_text(json.dumps({"models": golden(), "sizes": sizes()}) + "\n", encoding="utf-8")
