"""Small SONAR checkpoints with random weights, in both layouts, and a tokenizer made of a few sentences."""

from __future__ import annotations

import io
from pathlib import Path

import sentencepiece
import torch
from transformers import M2M100Config, M2M100ForConditionalGeneration
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

TEXT = [
    "The garden is behind the house, and the gate stands open.",
    "She planted beans, peas and garlic; nobody watered them.",
    "In the morning the river was high above the stones.",
    "A ship came into the harbor with its lamps burning!",
    "“Who is there?” asked the old woman — and shut the door.",
    "Größe, naïveté, ĳssel: letters that are not plain ones.",
]
PIECES = 160
LAYERS, HIDDEN, HEADS, FFN = 2, 64, 16, 128
VOCABULARY = PIECES + 1 + len(FAIRSEQ_LANGUAGE_CODES) + 3


def sentencepiece_model(normalization: str = "nmt_nfkc") -> bytes:
    writer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT * 4),
        model_writer=writer,
        model_type="bpe",
        vocab_size=PIECES,
        normalization_rule_name=normalization,
        num_threads=1,
        minloglevel=2,
    )
    return writer.getvalue()


def random_model(seed: int) -> M2M100ForConditionalGeneration:
    """transformers' own classes, with weights large enough that every part of a layer tells.

    The embedding is small, so that what is worded hangs on the concept and not on the token before.
    """
    config = M2M100Config(
        vocab_size=VOCABULARY,
        d_model=HIDDEN,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=FFN,
        decoder_ffn_dim=FFN,
        max_position_embeddings=512,
        attn_implementation="eager",
    )
    generator = torch.Generator().manual_seed(seed)
    model = M2M100ForConditionalGeneration(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(1 + 0.1 * noise if "norm.weight" in name else noise * spread(name))
    return model


def spread(name: str) -> float:
    if "shared" in name:
        return 0.1
    return 0.3


def fairseq2_state(model: M2M100ForConditionalGeneration, part: str) -> dict[str, torch.Tensor]:
    """The same weights as `sonar_text_{part}.pt` has them: facebookresearch/SONAR at 8da24c2, models/sonar_text."""
    state = {}
    for name, value in getattr(model.model, part).state_dict().items():
        if name == "embed_tokens.weight":
            # <pad>, <unk>, <s>, </s> first; M2M100 has <s>, <pad>, </s>, <unk>.
            table = torch.cat([value[[1, 3, 0, 2]], value[4:]])
            state[f"{part}_frontend.embed.weight"] = table
            if part == "decoder":
                state["final_proj.weight"] = table
        elif name.startswith("layer_norm."):
            state[f"decoder.{name}" if part == "decoder" else name] = value
        else:
            long = name.replace("fc1", "ffn.inner_proj").replace("fc2", "ffn.output_proj")
            long = long.replace("final_layer_norm", "ffn_layer_norm").replace("encoder_attn", "encoder_decoder_attn")
            state[f"{part}.{long.replace('out_proj', 'output_proj')}"] = value
    return state


def write_fairseq2(model: M2M100ForConditionalGeneration, folder: Path, normalization: str = "nmt_nfkc") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("encoder", "decoder"):
        torch.save({"model": fairseq2_state(model, part)}, folder / f"sonar_text_{part}.pt")
    (folder / "sentencepiece.model").write_bytes(sentencepiece_model(normalization))
