"""`python -m models.tests.tiny_bundle DIRECTORY`: a bundle of few and random weights, exported as the one that ships.

For tests of what runs graphs: its tokenizers are the shipped bundle's, the decoder's cut short; its words mean nothing.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM

from models.lcm.activation_ranges import WatchedEncoder
from models.lcm.bundle import manifest, write_manifest
from models.lcm.config import LCMConfig
from models.lcm.decoder import ConceptDecoder
from models.lcm.decoder_graph import decoder_graph
from models.lcm.encoder import CONCEPT_DIM, PooledEncoder
from models.lcm.encoder_graph import write_encoder
from models.lcm.lcm_graphs import contextualizer_graph, expectation_graph, sampler_graph
from models.lcm.tracing import share_weights
from models.lcm.two_tower import TwoTowerLCM
from models.scripts.export import plan_head_graph

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "models/bundle"
LAYERS, HEAD_DIM, HIDDEN = 2, 32, 128
VOCABULARY = 512  # control tokens, every byte, and the pairs of bytes that were merged first


def tiny_lcm() -> TwoTowerLCM:
    model = TwoTowerLCM(LCMConfig(concept_dim=CONCEPT_DIM, model_dim=64, heads=2, context_layers=2, denoiser_layers=2))
    with torch.no_grad():
        for layer in model.denoiser.blocks:
            layer.modulation.weight.normal_(std=0.05)  # AdaLN-zero is born saying nothing
    return model.eval()


def tiny_encoder() -> PooledEncoder:
    vocabulary = len(json.loads((SHIPPED / "encoder.tokenizer.json").read_text())["model"]["vocab"])
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=CONCEPT_DIM,
        intermediate_size=128,
        num_hidden_layers=1,
        num_attention_heads=2,
        attn_implementation="eager",
    )
    return PooledEncoder(BertModel(config, add_pooling_layer=False)).eval()


def short_tokenizer() -> dict:
    tokenizer = json.loads((SHIPPED / "decoder.tokenizer.json").read_text())
    model = tokenizer["model"]
    model["vocab"] = {token: number for token, number in model["vocab"].items() if number < VOCABULARY}
    model["merges"] = [[a, b] for a, b in model["merges"] if a + b in model["vocab"]]
    return tokenizer


def tiny_decoder() -> ConceptDecoder:
    config = LlamaConfig(
        hidden_size=HIDDEN,
        intermediate_size=128,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=HEAD_DIM,
        vocab_size=VOCABULARY,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(5)  # so that the best token is ahead of the next by more than rounding
    return ConceptDecoder(model).eval()


def write_tiny_bundle(directory: Path) -> None:
    torch.manual_seed(0)
    directory.mkdir(parents=True, exist_ok=True)
    lcm = tiny_lcm()
    graphs = {
        "contextualizer.onnx": contextualizer_graph(lcm),
        "sampler.onnx": sampler_graph(lcm),
        "expectation.onnx": expectation_graph(lcm),
    }
    share_weights(graphs, directory, "lcm.bin")
    decoder = tiny_decoder()
    onnx.save(decoder_graph(decoder), directory / "decoder.onnx")
    onnx.save(plan_head_graph(decoder.head), directory / "plan_head.onnx")
    encoder = tiny_encoder()
    watched = WatchedEncoder(encoder)
    ids = torch.randint(1000, 30000, (8, 16)).numpy()
    watched.run(ids, np.ones_like(ids))
    write_encoder(encoder, watched.ranges(), directory)
    shutil.copyfile(SHIPPED / "encoder.tokenizer.json", directory / "encoder.tokenizer.json")
    for part in ("encoder", "decoder"):
        shutil.copyfile(SHIPPED / f"{part}.tokenizer_config.json", directory / f"{part}.tokenizer_config.json")
    (directory / "decoder.tokenizer.json").write_text(json.dumps(short_tokenizer()))
    marks = torch.nn.functional.normalize(torch.randn(2, CONCEPT_DIM), dim=-1)
    normalizer = {"center": torch.zeros(CONCEPT_DIM), "scale": torch.full((CONCEPT_DIM,), 0.05)}
    choices = json.loads((ROOT / "models/choices.json").read_text())
    content = manifest(lcm, normalizer, marks, choices, directory)
    content["name"], content["metrics"] = "tiny", {}
    content["decoder"] |= {"layers": LAYERS, "kvHeads": 2, "headDim": HEAD_DIM, "hiddenDim": HIDDEN}
    content["decoder"]["vocabularySize"] = VOCABULARY
    write_manifest(content, directory)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write_tiny_bundle(Path(sys.argv[1]))
