"""Writes what facebookresearch/SONAR's own classes make of random weights, for models/tests/test_sonar.py.

Runs where `sonar-space` 0.5.0 (with fairseq2 0.5.2) is installed, an environment of its own: it needs another PyTorch.
"""

from __future__ import annotations

import argparse
import base64
import json
import zlib
from pathlib import Path

import numpy as np
import torch

HIDDEN, LAYERS, FFN, VOCABULARY = 64, 2, 128, 128
SENTENCES = [[20, 40, 41, 42, 3], [20, 90, 91, 3]]  # ids in fairseq2's order; two lengths, so that padding tells
WORDED = [[3, 20, 60, 61, 62], [3, 20, 70, 71, 72]]
LANGUAGES = ["ace_Arab", "ace_Latn", "acm_Arab"]  # the first of NLLB's list
TEXTS = ["The garden is open.", "She asked: “Who is there?”"]


def random_weights(shapes: dict[str, list[int]]) -> dict[str, torch.Tensor]:
    """The same on every machine: of NumPy's frozen stream, seeded by each name."""
    found = {}
    for name, shape in shapes.items():
        noise = np.random.RandomState(zlib.crc32(name.encode())).standard_normal(shape).astype(np.float32)
        found[name] = torch.from_numpy(1 + 0.1 * noise if "norm.weight" in name else 0.2 * noise)
    if "final_proj.weight" in found:
        found["final_proj.weight"] = found["decoder_frontend.embed.weight"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tokenizer", type=Path, help="a small SentencePiece model")
    parser.add_argument("--golden", type=Path, default=Path("test/fixtures/golden/sonar.json"))
    args = parser.parse_args()
    from fairseq2.data.tokenizers import VocabularyInfo
    from fairseq2.models.nllb.tokenizer import NllbTokenizerConfig, load_nllb_tokenizer
    from fairseq2.nn import BatchLayout
    from sonar.models.sonar_text import (
        SonarTextDecoderConfig,
        SonarTextDecoderFactory,
        SonarTextEncoderConfig,
        SonarTextEncoderFactory,
    )

    # "basic" in everything but its sizes, as the cards of the published weights name it.
    common = {
        "model_dim": HIDDEN,
        "max_seq_len": 512,
        "vocab_info": VocabularyInfo(size=VOCABULARY, unk_idx=1, bos_idx=2, eos_idx=3, pad_idx=1),
        "num_encoder_layers": LAYERS,
        "num_decoder_layers": LAYERS,
        "num_encoder_attn_heads": 16,
        "num_decoder_attn_heads": 16,
        "ffn_inner_dim": FFN,
        "activation_fn": "ReLU",
        "no_scale_embedding": False,
        "no_token_positional_embeddings": False,
        "learned_pos": False,
        "emb_dropout_p": 0.1,
        "attention_dropout_p": 0.1,
        "activation_dropout_p": 0.1,
    }
    encoder_config = SonarTextEncoderConfig(**common, pooling="mean", normalize_before=False, _from_fairseq=True)
    encoder = SonarTextEncoderFactory(encoder_config).create_model().eval()
    decoder = SonarTextDecoderFactory(SonarTextDecoderConfig(**common, normalize_before=True)).create_model().eval()
    shapes = {}
    for part, model in (("encoder", encoder), ("decoder", decoder)):
        shapes[part] = {name: list(value.shape) for name, value in model.state_dict().items()}
        model.load_state_dict(random_weights(shapes[part]))
    width = max(len(row) for row in SENTENCES)
    rows = torch.tensor([row + [1] * (width - len(row)) for row in SENTENCES])
    lengths = [len(row) for row in SENTENCES]
    with torch.inference_mode():
        concepts = encoder(rows, BatchLayout.of(rows, lengths)).sentence_embeddings
        worded, heard = torch.tensor(WORDED), concepts.unsqueeze(1)
        logits = decoder(heard, BatchLayout.of(heard), worded, BatchLayout.of(worded))[:, -1]
    tokenizer = load_nllb_tokenizer(args.tokenizer, NllbTokenizerConfig(langs=LANGUAGES, default_lang="ace_Latn"))
    read = tokenizer.create_encoder(lang="ace_Latn", mode="source")
    golden = {
        "tokenizer": base64.b64encode(args.tokenizer.read_bytes()).decode(),
        "texts": {text: read(text).tolist() for text in TEXTS},
        "prefix": tokenizer.create_encoder(lang="ace_Latn", mode="target").prefix_indices.tolist(),
        "shapes": shapes,
        "sentences": SENTENCES,
        "worded": WORDED,
        "concepts": concepts.tolist(),
        "logits": logits.tolist(),
    }
    args.golden.write_text(json.dumps(golden) + "\n", encoding="utf-8")
    print(f"{args.golden}: {args.golden.stat().st_size} bytes, concepts of length {concepts.norm(dim=1).tolist()}")


if __name__ == "__main__":
    main()
