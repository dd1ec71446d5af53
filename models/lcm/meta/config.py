"""What of a model card makes a difference here, checked for what these modules can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..checkpoint_error import CheckpointError
from ..config import LCMConfig
from .card import BASE
from .schedule import Schedule

NORMS = ("rms", "standard", "fp32", "unit")
ACTIVATIONS = ("relu", "gelu", "silu", "tanh", "elu", "leaky_relu", "selu", "softsign", "sigmoid", "hardsigmoid")
GLU_MULTIPLE = 256  # SwiGLU's inner width is two thirds of ffn_inner_dim, rounded up to a multiple of this

# What every architecture of Meta's code has, and no other value of which is written here.
ONLY: dict[str, object] = {
    "norm_order_style": "pre",
    "final_norm_order_style": None,
    "enable_qk_layernorm": False,
    "mha_qkv_weight_normalization": False,
    "mha_output_weight_normalization": False,
    "scale_residual": None,
    "weight_normalization": False,
    "activation_name": None,
    "scale_embeddings": False,
    "model_output_dim": None,
}


@dataclass(frozen=True)
class Tower:
    """One transformer."""

    model_dim: int
    layers: int
    heads: int
    ffn_dim: int
    swiglu: bool
    activation: str  # of the inner layer, where it is no SwiGLU
    norm: str
    positions: str
    rope_theta: float
    max_length: int  # concepts that learned positions are there for
    output_bias: bool


@dataclass(frozen=True)
class MetaConfig:
    lcm: LCMConfig
    context: Tower  # of a Base-LCM the only one
    input_bias: bool
    normalized: bool  # works on normalized concepts, as all two-towers do
    guided: bool  # trained for classifier-free guidance, as no Base-LCM is


@dataclass(frozen=True)
class TwoTowerConfig(MetaConfig):
    denoiser: Tower
    schedule: Schedule
    denoiser_input_bias: bool
    denoiser_output_bias: bool


@dataclass(frozen=True)
class BaseConfig(MetaConfig):
    output_bias: bool


def configured(fields: dict[str, Any], context_length: int) -> TwoTowerConfig | BaseConfig:
    """fields: what `read_card` gave; context_length: concepts of a document to be read at once.

    Raises CheckpointError for a model that is not written here, and for sizes that do not fit each other.
    """
    refuse_others(fields, "")
    name = "lcm" if fields["model_type"] == BASE else "context_encoder"
    context = tower(fields, name, ("rope", "learned", "none"))
    if not 1 <= context_length <= context.max_length:
        raise CheckpointError(f"{context_length} concepts of context, expected 1 to {context.max_length} (max_seq_len)")
    sizes = LCMConfig(
        concept_dim=positive(fields, "sonar_embed_dim"),
        model_dim=context.model_dim,
        heads=context.heads,
        context_layers=context.layers,
        denoiser_layers=0,
        context_length=context_length,
    )
    if "fft" in (fields["sonar_normalizer_name"] or ""):
        raise CheckpointError(f"sonar_normalizer_name is {fields['sonar_normalizer_name']!r}, expected one without FFT")
    input_bias = fields["frontend"]["pre_linear_bias"]
    if name == "lcm":
        if sizes.concept_dim % sizes.head_dim:
            raise CheckpointError(f"sonar_embed_dim is {sizes.concept_dim}, expected a multiple of {sizes.head_dim}")
        normalized = fields["sonar_normalizer_name"] is not None
        return BaseConfig(
            lcm=sizes,
            context=context,
            input_bias=input_bias,
            normalized=normalized,
            guided=False,
            output_bias=fields["postnet"]["linear_bias"],
        )
    denoiser, scheduler = tower(fields, "denoiser", ("none",)), fields["noise_scheduler"]
    if denoiser.heads != context.heads:
        raise CheckpointError(
            f"denoiser.num_attn_heads is {denoiser.heads}, expected context_encoder's, {context.heads}"
        )
    if (width := fields["denoiser"]["timestep_embed_dim"]) != context.model_dim:
        raise CheckpointError(f"denoiser.timestep_embed_dim is {width}, expected model_dim, {context.model_dim}")
    steps = positive(scheduler, "num_diffusion_train_steps", "noise_scheduler.")
    return TwoTowerConfig(
        lcm=replace(sizes, denoiser_layers=denoiser.layers, train_steps=steps),
        context=context,
        input_bias=input_bias,
        normalized=True,
        guided=fields["trained_with_cf_guidance"],
        denoiser=denoiser,
        schedule=Schedule.of(scheduler),
        denoiser_input_bias=fields["denoiser"]["pre_denoiser"]["linear_bias"],
        denoiser_output_bias=fields["denoiser"]["post_denoiser"]["linear_bias"],
    )


def tower(fields: dict[str, Any], name: str, positions: tuple[str, ...]) -> Tower:
    own = fields[name]
    for field, known in (
        ("pos_embedding_style", positions),
        ("layer_normalization_style", NORMS),
        ("ffn_inner_activation_name", ACTIVATIONS),
    ):
        if own[field] not in known:
            raise CheckpointError(f"{name}.{field} is {own[field]!r}, expected one of: {', '.join(known)}")
    style = own["pos_embedding_style"]
    model_dim, heads = positive(fields, "model_dim"), positive(own, "num_attn_heads", f"{name}.")
    if model_dim % heads or (style == "rope" and model_dim // heads % 2):
        even = "even " if style == "rope" else ""
        raise CheckpointError(f"{name}.num_attn_heads is {heads}, which does not cut {model_dim} in equal {even}parts")
    ffn_dim = positive(own, "ffn_inner_dim", f"{name}.")
    if own["use_swiglu"]:
        ffn_dim = -(-int(ffn_dim * (2 / 3)) // GLU_MULTIPLE) * GLU_MULTIPLE
    return Tower(
        model_dim=model_dim,
        layers=positive(own, "num_layers", f"{name}."),
        heads=heads,
        ffn_dim=ffn_dim,
        swiglu=own["use_swiglu"],
        activation=own["ffn_inner_activation_name"],
        norm=own["layer_normalization_style"],
        positions=style,
        rope_theta=own["rope_theta"],
        max_length=positive(fields, "max_seq_len"),
        output_bias=own["mha_output_proj_bias"],
    )


def positive(fields: dict[str, Any], name: str, place: str = "") -> int:
    value = fields[name]
    if type(value) is not int or value < 1:
        raise CheckpointError(f"{place}{name} is {value!r}, expected an integer >= 1")
    return value


def refuse_others(fields: dict[str, Any], place: str) -> None:
    for name, value in fields.items():
        if isinstance(value, dict):
            refuse_others(value, f"{place}{name}.")
        elif name in ONLY and value != ONLY[name]:
            raise CheckpointError(f"{place}{name} is {value!r}; only models with {ONLY[name]!r} can be converted")
