"""The decoder's byte-level BPE tokenizer, as server/src/inference/tokenizer.ts reads it: tokens are bytes."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer


class ByteTokenizer:
    """A token's piece is its bytes, one character (U+0000 to U+00FF) for each; control tokens have none."""

    def __init__(self, file: Path) -> None:
        source = json.loads(file.read_text(encoding="utf-8"))
        controls = {token["id"] for token in source["added_tokens"] if token["special"]}
        # Without its added tokens the tokenizer never reads a control token out of a document's text.
        self.tokenizer = Tokenizer.from_str(json.dumps({**source, "added_tokens": []}))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.pieces: dict[int, str] = {}
        for token, number in source["model"]["vocab"].items():
            piece = bytes_of_token(token)
            if piece is not None and number not in controls:
                self.pieces[number] = piece
        self.ids = {piece: number for number, piece in self.pieces.items()}

    def encode(self, text: str) -> list[int]:
        """Token ids, without start and end marks."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids


def text_of_bytes(piece: str) -> str:
    """The text of UTF-8 bytes; bytes that are no UTF-8 become U+FFFD."""
    return piece.encode("latin-1").decode("utf-8", errors="replace")


def bytes_of_token(token: str) -> str | None:
    """The bytes a byte-level token stands for; None if it is written in other characters."""
    try:
        return "".join(BYTE_OF_CHARACTER[character] for character in token)
    except KeyError:
        return None


def byte_table() -> dict[str, str]:
    """GPT-2's: printable Latin-1 stands for itself, the other bytes for characters from U+0100 on, in order."""
    table, unprintable = {}, 0x100
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or byte >= 0xAE:
            table[chr(byte)] = chr(byte)
        else:
            table[chr(unprintable)] = chr(byte)
            unprintable += 1
    return table


BYTE_OF_CHARACTER = byte_table()
