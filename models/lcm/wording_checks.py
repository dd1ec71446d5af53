"""Checks on a sentence as text, as server/src/service/wordingChecks.ts and server/src/text/sentences.ts make them."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
COMPLETE = re.compile(r"(?:[.!?…:。！？؟۔।]|\.\.\.)[\"'”’»)\]*_`]*(?:\[[\d,;\s–-]+\])*$")
ENDING = re.compile(r"(?:ies|es|s|ing|ed|ly)$")
LIGHT_WORDS = frozenset(
    "a an the of and or to is are was were be been being in on at by for from with without as that this these those it "
    "its we our they their he she his her you your i which who whom what when where while how why not no nor but if "
    "then than so such can could may might must shall should will would do does did have has had into onto over under "
    "between among through also only just there here each other more most some any all both same very about after "
    "before because during until again further once own too".split()
)


def is_complete(sentence: str) -> bool:
    """True where a closing mark ends the sentence."""
    return COMPLETE.search(sentence.rstrip()) is not None


def plain_text_fault(text: str) -> bool:
    """True of a text that must not stand in a plain text document: an empty one, or one with control characters."""
    return text.strip() == "" or any(unicodedata.category(c) in ("Cc", "Cs") or c in "\u2028\u2029" for c in text)


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return WORD.findall(text.lower())


def content_words(text: str) -> list[str]:
    """The words that carry the content: at least three letters, or a number; inflection cut off."""
    found = words_of(text)
    return [stem(word) for word in found if word not in LIGHT_WORDS and (len(word) > 2 or has_number(word))]


def supported_share(text: str, support: set[str]) -> float:
    """Share in [0, 1] of the text's content words found among `support`; 1 for a text without any."""
    own = content_words(text)
    return sum(word in support for word in own) / len(own) if own else 1.0


def stem(word: str) -> str:
    return ENDING.sub("", word) if len(word) > 4 else word


def has_number(word: str) -> bool:
    return any(unicodedata.category(character).startswith("N") for character in word)
