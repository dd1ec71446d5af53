"""Trains the concept decoder: first the lexical head alone, then language model and plan head jointly. Resumable.

The language model is trained as it ships, on the int4 values of its weights.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from models.lcm.corpus import wordable
from models.lcm.data import ConceptCorpus
from models.lcm.decoder import (
    CONTEXT_TOKENS,
    END_TOKEN,
    START_TOKEN,
    ConceptDecoder,
    load_smollm2,
    load_tokenizer,
)
from models.lcm.quantize import QuantizationAware
from models.lcm.training import Budget, linear, mixed_precision, save_checkpoint

CLIP = 1.0
CONTEXT_DROP = 0.3  # share of batches worded from the concept alone
CONCEPT_DROP = 0.08  # share of batches without a plan
NOISE_SHARE = 0.7  # of rows whose concept is noised, up to MAX_NOISE of its norm
MAX_NOISE = 0.5
CONTEXT_CHARACTERS = 400
MAX_SENTENCE_TOKENS = 56


@dataclass(frozen=True)
class Example:
    context: str  # what stands before the sentence, '' at a document's start
    sentence: str
    row: int  # of the split's vectors


def examples(corpus: ConceptCorpus) -> list[Example]:
    found = []
    for document in corpus.documents:
        body = document.sentences[: document.body.stop - document.body.start]
        for i, sentence in enumerate(body):
            if wordable(sentence):
                context = " ".join(body[max(0, i - 6) : i])[-CONTEXT_CHARACTERS:]
                found.append(Example(context, sentence, document.body.start + i))
    return found


def noised(concepts: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Some rows moved by Gaussian noise of random strength, all unit again. (B, D) -> (B, D)."""
    strength = torch.rand(len(concepts), 1, generator=generator) * MAX_NOISE
    strength *= (torch.rand(len(concepts), 1, generator=generator) < NOISE_SHARE).float()
    noise = torch.randn(concepts.shape, generator=generator) / math.sqrt(concepts.shape[1])
    return nn.functional.normalize(concepts + strength * noise, dim=-1)


def vectors_of(corpus: ConceptCorpus, batch: list[Example]) -> torch.Tensor:
    rows = np.stack([corpus.vectors[example.row] for example in batch]).astype(np.float32)
    return nn.functional.normalize(torch.from_numpy(rows), dim=-1)


def train_lexical(
    decoder: ConceptDecoder, corpus: ConceptCorpus, tokenizer: Tokenizer, found: list[Example], args: argparse.Namespace
) -> None:
    """Bag of words: softmax over W g(concept) + log unigram prior, target the sentence's set of tokens."""
    generator = torch.Generator().manual_seed(args.seed)
    table = decoder.table.detach()
    bags = [
        sorted(set(e.ids)) for e in tokenizer.encode_batch([" " + x.sentence for x in found], add_special_tokens=False)
    ]
    counts = np.bincount(np.concatenate([np.asarray(b) for b in bags]), minlength=len(table)).astype(np.float32)
    kept = np.flatnonzero(counts >= 3)  # the vocabulary that the corpus uses
    prior = torch.from_numpy(np.log(counts[kept] / counts[kept].sum()))
    place = np.full(len(table), -1)
    place[kept] = np.arange(len(kept))
    words = table[torch.from_numpy(kept)]
    optimizer = torch.optim.AdamW(decoder.head.lexical.parameters(), lr=1e-3, weight_decay=0.01)
    budget = Budget(args.lexical_minutes)
    step = 0
    while not budget.over:
        order = torch.randperm(len(found), generator=generator).tolist()
        for start in range(0, len(order) - 256, 256):
            rows = order[start : start + 256]
            concepts = noised(vectors_of(corpus, [found[i] for i in rows]), generator)
            for group in optimizer.param_groups:
                group["lr"] = 1e-3 * linear(budget, step, 50)
            with mixed_precision():
                logits = decoder.head.lexical(concepts) @ words.T
            scores = torch.log_softmax(logits.float() + prior, dim=-1)
            owners = np.repeat(np.arange(len(rows)), [len(bags[i]) for i in rows])
            tokens = place[np.concatenate([np.asarray(bags[i]) for i in rows])]
            keep = tokens >= 0
            loss = -scores[torch.from_numpy(owners[keep]), torch.from_numpy(tokens[keep])].mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step % 50 == 0:
                print(json.dumps({"lexical": step, "loss": round(loss.item(), 4)}), flush=True)
            if budget.over:
                break


def batches(
    corpus: ConceptCorpus, tokenizer: Tokenizer, found: list[Example], size: int, seed: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]]:
    """Endless (context, sentence, concepts): sentences of like length side by side, one context length a batch."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    while True:
        pool = [found[i] for i in rng.integers(0, len(found), 64 * size)]
        pool.sort(key=lambda example: len(example.sentence))
        groups = [pool[i : i + size] for i in range(0, len(pool), size)]
        for index in rng.permutation(len(groups)):
            group = groups[index]
            contexts = [e.ids for e in tokenizer.encode_batch([x.context for x in group], add_special_tokens=False)]
            length = 0
            if rng.random() >= CONTEXT_DROP:
                length = int(rng.integers(8, CONTEXT_TOKENS + 1))
                longest = [i for i, ids in enumerate(contexts) if len(ids) >= length]
                if len(longest) < size // 2:
                    length = 0
                else:
                    group, contexts = [group[i] for i in longest], [contexts[i] for i in longest]
            context = torch.tensor([[START_TOKEN, *(ids[len(ids) - length :])] for ids in contexts])
            sentences = [
                [*e.ids[:MAX_SENTENCE_TOKENS], END_TOKEN]
                for e in tokenizer.encode_batch([" " + x.sentence for x in group], add_special_tokens=False)
            ]
            sentence = torch.full((len(group), max(map(len, sentences))), -100)
            for row, ids in enumerate(sentences):
                sentence[row, : len(ids)] = torch.tensor(ids)
            concepts = None
            if length == 0 or rng.random() >= CONCEPT_DROP:
                concepts = noised(vectors_of(corpus, group), generator)
            yield context, sentence, concepts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--lexical-minutes", type=float, default=8)
    parser.add_argument("--minutes", type=float, default=45, help="of joint training in all, over resumed runs")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    corpus = ConceptCorpus(args.work, "train")
    tokenizer = load_tokenizer()
    decoder = ConceptDecoder(load_smollm2())
    decoder.table.requires_grad_(False)
    found = examples(corpus)
    print(f"{len(found)} sentences to learn from", flush=True)
    checkpoint = args.work / "decoder.pt"
    step, spent, curve = 0, 0.0, []
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    if state:
        decoder.load_state_dict(state["model"])
    quantization = QuantizationAware(decoder.language_model.parameters())
    norms = [p for p in decoder.language_model.parameters() if p.requires_grad and p.ndim == 1]
    learned = [*quantization.masters, *norms, *decoder.head.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": [*quantization.masters, *norms], "peak": 2e-4},
            {"params": list(decoder.head.parameters()), "peak": 6e-4},
        ],
        lr=0,
        betas=(0.9, 0.95),
        weight_decay=0.01,
    )
    if state:
        if state["optimizer"]:
            optimizer.load_state_dict(state["optimizer"])
        step, spent, curve = state["step"], state["seconds"], state["curve"]
    else:
        train_lexical(decoder, corpus, tokenizer, found, args)

    budget = Budget(args.minutes, spent)

    def save() -> None:
        quantization.restore()
        found = {"model": decoder.state_dict(), "optimizer": optimizer.state_dict() if step else None}
        save_checkpoint(checkpoint, found, step, budget, curve, args)

    save()
    saved, running, tokens = time.monotonic(), 0.0, 0
    for context, sentence, concepts in batches(corpus, tokenizer, found, args.batch, args.seed + step):
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * linear(budget, step, 20)
        quantization.quantize()
        with mixed_precision():
            loss, count = decoder.loss(context, sentence, concepts)
        optimizer.zero_grad()
        (loss / count).backward()
        quantization.hand_over_gradients()
        nn.utils.clip_grad_norm_(learned, CLIP)
        optimizer.step()
        step += 1
        running += loss.item()
        tokens += int(count)
        if step % 20 == 0:
            curve.append([step, round(running / tokens, 4)])
            line = {"step": step, "loss": curve[-1][1], "gain": round(decoder.head.gain.item(), 3)}
            print(json.dumps({**line, "minutes": round(budget.spent / 60, 1)}), flush=True)
            running, tokens = 0.0, 0
        if time.monotonic() - saved > 240 or budget.over:
            save()
            saved = time.monotonic()
        if budget.over:
            break


if __name__ == "__main__":
    main()
