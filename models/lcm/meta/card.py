"""model_card.yaml: what the checkpoint beside it is; as in fairseq2 by an architecture's name, a config, or both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..checkpoint_error import CheckpointError

Fields = dict[str, Any]

TRANSFORMER: Fields = {
    "num_layers": 2,
    "num_attn_heads": 8,
    "dropout_p": 0.1,
    "final_dropout_p": 0.1,
    "attention_dropout_p": 0.0,
    "ffn_inner_dim": 4096,
    "use_swiglu": False,
    "ffn_inner_activation_name": "relu",
    "pos_embedding_style": "learned",
    "rope_theta": 10_000.0,
    "layer_normalization_style": "standard",
    "norm_order_style": "pre",
    "final_norm_order_style": None,
    "enable_qk_layernorm": False,
    "mha_qkv_weight_normalization": False,
    "mha_output_weight_normalization": False,
    "mha_output_proj_bias": False,
    "scale_residual": None,
    "attention_output_init_fn": "xavier",
}
PROJECTION: Fields = {
    "dropout_p": 0.0,
    "linear_bias": True,
    "linear_init_fn": "kaiming_uniform",
    "weight_normalization": False,
    "layer_normalization_style": "standard",
    "activation_name": None,
}
FRONTEND: Fields = {
    "dropout_p": 0.0,
    "pre_linear_bias": True,
    "pre_linear_init_fn": "kaiming_uniform",
    "weight_normalization": False,
    "embedding_std": 1.0,
}
SCHEDULER: Fields = {
    "num_diffusion_train_steps": 1000,
    "beta_start": 0.0001,
    "beta_end": 0.02,
    "beta_schedule": "squaredcos_cap_v2",
    "scaled_linear_exponent": 2.0,
    "sigmoid_schedule_alpha": 1.5,
    "sigmoid_schedule_beta": 0.0,
    "clip_sample": False,
    "clip_sample_range": 1.0,
    "set_alpha_to_one": True,
    "prediction_type": "sample",
    "thresholding": False,
    "dynamic_thresholding_ratio": 0.995,
    "sample_max_value": 1.0,
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
}
SHARED: Fields = {"sonar_embed_dim": 1024, "sonar_normalizer_name": None, "max_seq_len": 2048, "model_dim": 1024}

TWO_TOWER, BASE = "two_tower_diffusion_lcm", "base_lcm"
FAMILIES: dict[str, Fields] = {
    TWO_TOWER: {
        **SHARED,
        "model_type": TWO_TOWER,
        "trained_with_cf_guidance": False,
        "frontend": FRONTEND,
        "context_encoder": TRANSFORMER,
        "denoiser": {
            **TRANSFORMER,
            "pos_embedding_style": "none",
            "pre_denoiser": PROJECTION,
            "post_denoiser": PROJECTION,
            "timestep_embed_dim": 1024,
        },
        "noise_scheduler": SCHEDULER,
    },
    BASE: {
        **SHARED,
        "model_type": BASE,
        "model_output_dim": None,
        "frontend": {**FRONTEND, "scale_embeddings": False, "embedding_std": 0.006},
        "lcm": TRANSFORMER,
        "postnet": PROJECTION,
    },
}


def large(model_dim: int, layers: int, heads: int) -> Fields:
    """What the towers of every large architecture have in common."""
    return {
        "num_layers": layers,
        "num_attn_heads": heads,
        "ffn_inner_dim": 4 * model_dim,
        "final_dropout_p": 0.0,
        "mha_output_proj_bias": True,
        "use_swiglu": True,
        "layer_normalization_style": "rms",
    }


def large_two_tower(model_dim: int, denoiser_layers: int, heads: int) -> Fields:
    return {
        "model_dim": model_dim,
        "max_seq_len": 4096,
        "sonar_normalizer_name": "dummy_sonar_normalizer",
        "trained_with_cf_guidance": True,
        "context_encoder": {**large(model_dim, 5, heads), "pos_embedding_style": "rope"},
        "denoiser": {**large(model_dim, denoiser_layers, heads), "timestep_embed_dim": model_dim},
        "noise_scheduler": {"num_diffusion_train_steps": 100},
    }


ARCHITECTURES: dict[str, dict[str, Fields]] = {
    TWO_TOWER: {
        "toy_two_tower_diffusion_lcm": {"sonar_normalizer_name": "dummy_sonar_normalizer"},
        "two_tower_diffusion_lcm_1_6B": large_two_tower(2048, 13, 16),
        "two_tower_diffusion_lcm_7B": large_two_tower(4096, 14, 32),
    },
    BASE: {
        "toy_base_lcm": {},
        "base_lcm_1_6B": {
            "model_dim": 2048,
            "max_seq_len": 4096,
            "sonar_normalizer_name": "dummy_sonar_normalizer",
            "lcm": {**large(2048, 32, 16), "pos_embedding_style": "rope"},
        },
    },
}


def read_card(path: Path) -> Fields:
    """All fields of the model's config, its family's name as `model_type`. Raises CheckpointError."""
    try:
        card = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: missing; Meta's trainer writes it beside model.pt") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{path}: not YAML ({' '.join(str(error).split())})") from error
    if not isinstance(card, dict):
        raise CheckpointError(f"{path}: not a model card, expected fields such as model_family and model_config")
    family = card.get("model_family", card.get("model_type"))
    if family not in FAMILIES:
        raise CheckpointError(f"{path}: model_family is {family!r}, expected one of {', '.join(FAMILIES)}")
    architecture, config = card.get("model_arch"), card.get("model_config")
    known = ARCHITECTURES[family]
    if architecture is None and config is None:
        raise CheckpointError(f"{path}: neither model_arch nor model_config, so nothing says what the model is")
    if architecture is not None and architecture not in known:
        raise CheckpointError(f"{path}: model_arch is {architecture!r}, expected one of {', '.join(known)}")
    fields = merged(FAMILIES[family], known[architecture] if architecture else {}, f"{path}: model_arch")
    return merged(fields, config or {}, f"{path}: model_config")


def merged(fields: Fields, given: object, place: str) -> Fields:
    """`fields` with those that `given` sets; one that is not known may change the model, so it is refused."""
    if not isinstance(given, dict):
        raise CheckpointError(f"{place} is {given!r}, expected fields")
    result = dict(fields)
    for name, value in given.items():
        if name not in fields:
            raise CheckpointError(f"{place}.{name} is not a field of Meta's code: a fork's model cannot be converted")
        result[name] = merged_value(fields[name], value, f"{place}.{name}")
    return result


def merged_value(default: object, value: object, place: str) -> object:
    if isinstance(default, dict):
        return merged(default, value, place)
    kinds: dict[type, type | tuple[type, ...]] = {bool: bool, int: int, float: (int, float), str: str}
    kind = kinds.get(type(default), object)  # what may be left out has no type to tell by
    if not isinstance(value, kind) or (isinstance(value, bool) and kind not in (bool, object)):
        raise CheckpointError(f"{place} is {value!r}, expected something like {default!r}")
    return value
