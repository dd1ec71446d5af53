"""SONAR's weights, from either layout they are published in, under one set of names.

- fairseq2 (facebookresearch/SONAR): `sonar_text_encoder.pt`, a dict whose "model" is the state dict; no configuration.
- transformers' M2M100: a folder with config.json and safetensors, as an encoder, a decoder or both in one model.

The names here are M2M100's, without the path to the tower: `embed_tokens.weight`, `layers.0.self_attn.q_proj.weight`, …
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import load_file

from ..checkpoint_error import CheckpointError

Part = Literal["encoder", "decoder"]

HEADS = 16  # of the only architecture that has weights; a fairseq2 checkpoint does not say
PAD_TOKEN_ID = 1  # its place in the vocabulary; positions count from the next number on, as in fairseq
FAIRSEQ2_NAMES = (
    (".encoder_decoder_attn", ".encoder_attn"),
    (".ffn.inner_proj.", ".fc1."),
    (".ffn.output_proj.", ".fc2."),
    (".ffn_layer_norm.", ".final_layer_norm."),
    (".output_proj.", ".out_proj."),
)
FAIRSEQ2_CONTROLS = (2, 0, 3, 1)  # rows of <s>, <pad>, </s>, <unk>; M2M100 has these in rows 0 to 3
ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj")
OF_A_LAYER = (*(f"self_attn.{name}" for name in ATTENTION), "self_attn_layer_norm", "fc1", "fc2", "final_layer_norm")
KINDS = ("weight", "bias")
OF_A_CONCEPT = ("encoder_attn.v_proj", "encoder_attn.out_proj")


@dataclass(frozen=True)
class Tower:
    """Encoder or decoder. `weights`: by M2M100's names; linear layers are (out, in)."""

    weights: Mapping[str, torch.Tensor]
    heads: int

    @property
    def layers(self) -> int:
        return sum(name.endswith(".fc1.weight") for name in self.weights)

    @property
    def vocabulary(self) -> int:
        return self.weights["embed_tokens.weight"].shape[0]

    @property
    def hidden(self) -> int:
        return self.weights["embed_tokens.weight"].shape[1]

    @property
    def concept_dim(self) -> int:
        """Of the vector that a decoder hears, or that an encoder gives."""
        heard = self.weights.get("layers.0.encoder_attn.v_proj.weight")
        return self.hidden if heard is None else heard.shape[1]


def read_tower(path: Path, part: Part) -> Tower:
    """Raises CheckpointError where there is no such part in a layout known here."""
    if path.is_dir():
        state, heads = read_transformers(path, part)
    elif path.is_file():
        state, heads = read_fairseq2(path, part), HEADS
    else:
        raise CheckpointError(f"{path}: not there; give SONAR's .pt file, or the folder of its transformers port")
    layers = sum(name.endswith(".fc1.weight") for name in state)
    missing = [name for name in wanted_names(part, layers) if name not in state]
    if missing or layers == 0:
        raise CheckpointError(
            f"{path}: no SONAR text {part}: {len(missing)} weights are missing, such as {missing[0]!r}; "
            f"is it the {part}, and not only a part of it?"
        )
    tower = Tower({name: state[name] for name in wanted_names(part, layers)}, heads)
    if tower.hidden % tower.heads or tower.hidden % 16:
        raise CheckpointError(f"{path}: {tower.hidden} numbers a token, expected a multiple of {tower.heads} and of 16")
    output = state.get("output.weight")
    if output is not None and not torch.equal(output, state["embed_tokens.weight"]):
        raise CheckpointError(f"{path}: its output layer is not its embedding, as SONAR's is; this is another model")
    return tower


def wanted_names(part: Part, layers: int) -> list[str]:
    """Of all weights a part is made of. A decoder's cross-attention needs no queries and keys: see graphs.py."""
    modules = [*OF_A_LAYER, *(OF_A_CONCEPT if part == "decoder" else ())]
    of_layers = [f"layers.{i}.{module}.{kind}" for i in range(max(1, layers)) for module in modules for kind in KINDS]
    return ["embed_tokens.weight", "layer_norm.weight", "layer_norm.bias", *of_layers]


def read_fairseq2(path: Path, part: Part) -> dict[str, torch.Tensor]:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"{path}: not a PyTorch checkpoint of weights ({reason}); download it again") from error
    state = found.get("model") if isinstance(found, dict) else None
    embedding = f"{part}_frontend.embed.weight"
    if not isinstance(state, dict) or embedding not in state:
        raise CheckpointError(
            f"{path}: no 'model' with {embedding!r}; expected sonar_text_{part}.pt as fairseq2 saves it"
        )
    renamed = {}
    for name, value in state.items():
        # An encoder's last norm lies beside its stack of layers, a decoder's in it.
        short = name.removeprefix(f"{part}.")
        for theirs, ours in FAIRSEQ2_NAMES:
            short = short.replace(theirs, ours)
        renamed[short] = value
    renamed["embed_tokens.weight"] = in_order(renamed.pop(embedding))
    if "final_proj.weight" in renamed:
        renamed["output.weight"] = in_order(renamed.pop("final_proj.weight"))
    return renamed


def in_order(table: torch.Tensor) -> torch.Tensor:
    """(V, H), the rows of the control tokens where M2M100's tokenizer has them."""
    return torch.cat([table[list(FAIRSEQ2_CONTROLS)], table[len(FAIRSEQ2_CONTROLS) :]])


def read_transformers(folder: Path, part: Part) -> tuple[dict[str, torch.Tensor], int]:
    """-> weights, attention heads."""
    files = sorted(folder.glob("*.safetensors"))
    if not files or not (folder / "config.json").exists():
        raise CheckpointError(f"{folder}: no config.json with *.safetensors; expected a transformers model's folder")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    check_config(config, folder)
    state: dict[str, torch.Tensor] = {}
    for file in files:
        state |= load_file(file)
    other = "decoder." if part == "encoder" else "encoder."
    renamed = {}
    for name, value in state.items():
        short = name.removeprefix("model.")
        if not short.startswith(other):
            renamed[short.removeprefix(f"{part}.")] = value
    # Tied weights are saved once, under whichever of their names.
    for tied in ("shared.weight", "lm_head.weight"):
        if tied in renamed:
            renamed.setdefault("embed_tokens.weight", renamed[tied])
    if "lm_head.weight" in renamed and part == "decoder":
        renamed["output.weight"] = renamed["lm_head.weight"]
    return renamed, config[f"{part}_attention_heads"]


def check_config(config: dict[str, Any], folder: Path) -> None:
    expected = {"model_type": "m2m_100", "activation_function": "relu", "scale_embedding": True, "pad_token_id": 1}
    for name, value in expected.items():
        if config.get(name, value) != value:
            raise CheckpointError(f"{folder}: {name} is {config[name]!r} in config.json, SONAR's is {value!r}")
