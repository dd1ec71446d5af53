"""The decoder's BPE tokenizer, byte-level or SentencePiece's, as server/src/inference/tokenizer.ts reads it."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer

from .byte_pieces import bytes_of_token, bytes_of_word_piece


class ByteTokenizer:
    """A token's piece is its bytes, one character (U+0000 to U+00FF) for each; control tokens have none."""

    def __init__(self, file: Path) -> None:
        source = json.loads(file.read_text(encoding="utf-8"))
        controls = {token["id"] for token in source["added_tokens"] if token["special"]}
        # Without its added tokens the tokenizer never reads a control token out of a document's text.
        self.tokenizer = Tokenizer.from_str(json.dumps({**source, "added_tokens": []}))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        spaced = (source["pre_tokenizer"] or {}).get("type") == "Metaspace"
        bytes_of = bytes_of_word_piece if spaced else bytes_of_token
        self.pieces: dict[int, str] = {}
        for token, number in source["model"]["vocab"].items():
            piece = bytes_of(token)
            if piece is not None and number not in controls:
                self.pieces[number] = piece
        self.ids = {piece: number for number, piece in self.pieces.items()}

    def encode(self, text: str) -> list[int]:
        """Token ids, without start and end marks."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids
