"""Summaries by token-level models: SmolLM2-135M-Instruct asked for one, smaLlama as its training text goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.lcm.data import SEPARATOR

from .corpus import Document
from .progress import Progress
from .token_model import TokenModel

SOURCE_TOKENS = 1024  # of a source, the first ones: a longer prompt takes minutes on two cores
MAX_TOKENS = 128  # of a summary
BEFORE = "<|im_start|>user\nSummarize the following text in {count}.\n\n"
AFTER = "<|im_end|>\n<|im_start|>assistant\n"

SentencesOf = Callable[[Sequence[str]], list[list[str]]]


def asked(
    model: TokenModel, documents: list[Document], counts: list[int], sentences_of: SentencesOf, progress: Progress
) -> list[list[str]]:
    """What an instructed model answers, its first `counts` sentences, one list a document."""

    def prompt(document: Document, count: int) -> list[int]:
        request = BEFORE.format(count=f"{count} sentences" if count > 1 else "one sentence")
        encode = model.tokenizer.encode
        source = encode(" ".join(document.body), add_special_tokens=False).ids[:SOURCE_TOKENS]
        return [*encode(request).ids, *source, *encode(AFTER).ids]

    prompts = [prompt(document, count) for document, count in zip(documents, counts, strict=True)]
    return first_sentences(model, prompts, counts, sentences_of, progress)


def gone_on_to(
    model: TokenModel, documents: list[Document], counts: list[int], sentences_of: SentencesOf, progress: Progress
) -> list[list[str]]:
    """What comes behind the end of the text and the separator, as in training. -> like `asked`."""
    prompts = [model.context_ids(f"{' '.join(document.body)} {SEPARATOR}", MAX_TOKENS) for document in documents]
    return first_sentences(model, prompts, counts, sentences_of, progress)


def first_sentences(
    model: TokenModel, prompts: list[list[int]], counts: list[int], sentences_of: SentencesOf, progress: Progress
) -> list[list[str]]:
    texts = model.go_on(prompts, MAX_TOKENS, progress.counting("summarizing by tokens", len(prompts)))
    return [found[:count] for found, count in zip(sentences_of(texts), counts, strict=True)]
