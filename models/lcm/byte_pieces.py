"""Bytes as a tokenizer writes them; a piece has one character (U+0000 to U+00FF) for each byte."""

from __future__ import annotations


def text_of_bytes(piece: str) -> str:
    """The text of UTF-8 bytes; bytes that are no UTF-8 become U+FFFD."""
    return piece.encode("latin-1").decode("utf-8", errors="replace")


def bytes_of_token(token: str) -> str | None:
    """The bytes a byte-level token stands for; None if it is written in other characters."""
    try:
        return "".join(BYTE_OF_CHARACTER[character] for character in token)
    except KeyError:
        return None


def bytes_of_word_piece(token: str) -> str:
    """The bytes of a token that is written as text, with U+2581 for a space, as SentencePiece does."""
    return token.replace("\u2581", " ").encode("utf-8").decode("latin-1")


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
