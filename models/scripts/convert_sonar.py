"""Writes a bundle's encoder and decoder from SONAR's weights, which you bring: they are CC-BY-NC-4.0, and not here.

Takes facebookresearch/SONAR's files (sonar_text_encoder.pt, sonar_text_decoder.pt, sentencepiece.source.256000.model)
and the folders of their ports to transformers (M2M100). An LCM completes the bundle: `export --only lcm --parts`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnx

from models.lcm.bundle import described, write_manifest
from models.lcm.checkpoint_error import CheckpointError
from models.lcm.decoder_graph import TOP_COUNT
from models.lcm.sonar.checkpoint import Tower, read_tower
from models.lcm.sonar.graphs import MAX_POSITIONS, encoder_graph, plan_head_graph, sonar_decoder_graph
from models.lcm.sonar.tokenizer import END, read_tokenizer

TOKENIZER_CONFIG = {"tokenizer_class": "NllbTokenizer", "clean_up_tokenization_spaces": False}
LICENSE = {"what": "encoder and decoder weights", "license": "CC-BY-NC-4.0", "source": "facebookresearch/SONAR"}


def convert(encoder: Tower, decoder: Tower, tokenizer: Path, language: str, tag: str, directory: Path) -> None:
    """Writes graphs, tokenizers and the manifest without its LCM. language: NLLB's, `eng_Latn`; tag: BCP 47's, `en`.

    Raises CheckpointError where encoder, decoder and tokenizer do not belong together.
    """
    if (encoder.concept_dim, encoder.vocabulary) != (decoder.concept_dim, decoder.vocabulary):
        raise CheckpointError(
            f"the encoder has concepts of {encoder.concept_dim} numbers and {encoder.vocabulary} tokens, the decoder "
            f"{decoder.concept_dim} and {decoder.vocabulary}; take two that were published together"
        )
    words = read_tokenizer(tokenizer, language, encoder.vocabulary)
    # A sentence is begun with the end mark and the language; a document's text is not read.
    ids = words.get_vocab()
    end, opening = ids[END], ids[language]
    directory.mkdir(parents=True, exist_ok=True)
    onnx.save(encoder_graph(encoder), directory / "encoder.onnx")
    onnx.save(sonar_decoder_graph(decoder), directory / "decoder.onnx")
    onnx.save(plan_head_graph(decoder, [end, opening]), directory / "plan_head.onnx")
    for part in ("encoder", "decoder"):
        words.save(str(directory / f"{part}.tokenizer.json"), pretty=False)
        (directory / f"{part}.tokenizer_config.json").write_text(json.dumps(TOKENIZER_CONFIG) + "\n", encoding="utf-8")
    names = sorted(path.name for path in directory.iterdir() if path.name.startswith(("encoder.", "decoder.", "plan_")))
    manifest = {
        "format": "foresay-bundle",
        "formatVersion": 1,
        "name": "sonar",
        "version": "1",
        "languages": [tag],
        "conceptDim": encoder.concept_dim,
        "encoder": {
            "graph": "encoder.onnx",
            "tokenizer": "encoder.tokenizer.json",
            "tokenizerConfig": "encoder.tokenizer_config.json",
            "pooling": "mean",
            "unitLength": False,
            "prefix": "",
            "maxTokens": MAX_POSITIONS,
        },
        "decoder": {
            "graph": "decoder.onnx",
            "planHead": "plan_head.onnx",
            "tokenizer": "decoder.tokenizer.json",
            "tokenizerConfig": "decoder.tokenizer_config.json",
            "layers": decoder.layers,
            "kvHeads": decoder.heads,
            "headDim": decoder.hidden // decoder.heads,
            "hiddenDim": decoder.hidden,
            "stateDim": decoder.layers * decoder.hidden,
            "vocabularySize": decoder.vocabulary,
            "prefixLength": 2,
            "contextTokens": 0,
            "startToken": None,
            "endToken": end,
            "topCount": TOP_COUNT,
        },
        "files": [described(directory / name) for name in names],
        "licenses": [LICENSE],
        "data": "what SONAR was trained with, see arXiv:2308.11466",
    }
    write_manifest(manifest, directory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=Path, required=True, help="a .pt file, or a folder with *.safetensors")
    parser.add_argument("--decoder", type=Path, required=True, help="likewise")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a SentencePiece model, or a tokenizer.json")
    parser.add_argument("--language", default="eng_Latn", help="that is read and worded, as NLLB names it")
    parser.add_argument("--tag", default="en", help="the same language's BCP 47 tag")
    parser.add_argument("--bundle", type=Path, required=True, help="the directory to write")
    args = parser.parse_args()
    try:
        encoder, decoder = read_tower(args.encoder, "encoder"), read_tower(args.decoder, "decoder")
        convert(encoder, decoder, args.tokenizer, args.language, args.tag, args.bundle)
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
