"""Trains the concept decoder: first the lexical head alone, then language model and plan head jointly. Resumable.

The language model is trained as it ships, on the int4 values of its weights. With fewer layers than what it starts
from, it learns from text and from that (distillation, arXiv:1503.02531).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from models.lcm.concept_noise import noised
from models.lcm.corpus import wordable
from models.lcm.data import ConceptCorpus
from models.lcm.decoder import ConceptDecoder, load_smollm2, load_tokenizer, restored
from models.lcm.lexical_head import Vocabulary, bag_loss
from models.lcm.packing import Packed, Sentence, pack, places
from models.lcm.pruning import prune
from models.lcm.quantize import QuantizationAware
from models.lcm.shipped_weights import shipped_decoder
from models.lcm.training import CLIP, Budget, linear, mixed_precision, save_checkpoint

CONTEXT_DROP = 0.25  # share of sentences worded from the concept alone
CONCEPT_DROP = 0.08  # share of the others that are worded without a plan
PREDICTED_SHARE = 0.5  # of plans that are the LCM's own, where `predict` has made them
MAX_SENTENCE_TOKENS = 56  # a longer one is context alone
PRUNED_BY = 4  # rows of packed text that tell which layers are missed least


@dataclass(frozen=True)
class Text:
    """A document's body in tokens."""

    sentences: list[list[int]]
    worded: list[bool]  # whether a sentence is worth learning to word
    first: int  # row of the split's vectors


def texts(corpus: ConceptCorpus, tokenizer: Tokenizer) -> list[Text]:
    found = []
    for document in corpus.documents:
        body = document.sentences[: document.body.stop - document.body.start]
        ids = [e.ids for e in tokenizer.encode_batch([" " + s for s in body], add_special_tokens=False)]
        worded = [wordable(s) and len(i) <= MAX_SENTENCE_TOKENS for s, i in zip(body, ids, strict=True)]
        if any(worded):
            found.append(Text(ids, worded, document.body.start))
    return found


def vectors_of(vectors: np.ndarray, rows: list[int]) -> torch.Tensor:
    found = torch.from_numpy(vectors[rows].astype(np.float32))  # (P, D)
    return nn.functional.normalize(found, dim=-1)


def train_lexical(decoder: ConceptDecoder, corpus: ConceptCorpus, found: list[Text], args: argparse.Namespace) -> None:
    """Bag of words: softmax over W g(concept) + log unigram prior, target the sentence's set of tokens."""
    generator = torch.Generator().manual_seed(args.seed)
    table = decoder.table.detach()
    chosen = [(text, i) for text in found for i, worded in enumerate(text.worded) if worded]
    said = [text.sentences[i] for text, i in chosen]
    vocabulary = Vocabulary.of(said, len(table))
    bags = [vocabulary.bag(ids) for ids in said]
    words = table[vocabulary.ids]
    optimizer = torch.optim.AdamW(decoder.head.lexical.parameters(), lr=1e-3, weight_decay=0.01)
    budget = Budget(args.lexical_minutes)
    step = 0
    while not budget.over:
        order = torch.randperm(len(bags), generator=generator).tolist()
        for start in range(0, len(order) - 256, 256):
            rows = order[start : start + 256]
            concepts = noised(vectors_of(corpus.vectors, [chosen[i][0].first + chosen[i][1] for i in rows]), generator)
            for group in optimizer.param_groups:
                group["lr"] = 1e-3 * linear(budget, step, 50)
            with mixed_precision():
                logits = decoder.head.lexical(concepts) @ words.T
            loss = bag_loss(logits.float(), vocabulary.prior, [bags[i] for i in rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step % 50 == 0:
                print(json.dumps({"lexical": step, "loss": round(loss.item(), 4)}), flush=True)
            if budget.over:
                break


def batches(
    corpus: ConceptCorpus, predicted: np.ndarray | None, found: list[Text], rows: int, width: int, seed: int
) -> Iterator[tuple[Packed, torch.Tensor]]:
    """Endless batches of `rows` rows of `width` places, and their plans' concepts (P, D)."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(seed)
    starts = [(text, i) for text in found for i in range(len(text.sentences))]
    while True:
        batch: list[list[Sentence]] = []
        plans: list[int] = []  # rows of the split's vectors
        guessed: list[bool] = []  # whether it is the LCM's plan: only behind the text that it was made from
        while len(batch) < rows:
            text, i = starts[rng.integers(len(starts))]
            row: list[Sentence] = []
            taken = 1
            for at in range(i, len(text.sentences)):
                context = rng.random() >= CONTEXT_DROP
                planned = text.worded[at] and not (context and rng.random() < CONCEPT_DROP)
                sentence = Sentence(text.sentences[at], text.worded[at], len(plans) if planned else None, context)
                taken += places(sentence)
                if taken > width:
                    break
                row.append(sentence)
                if planned:
                    plans.append(text.first + at)
                    guessed.append(predicted is not None and context and rng.random() < PREDICTED_SHARE)
            if any(sentence.branch for sentence in row):
                batch.append(row)
        concepts = noised(vectors_of(corpus.vectors, plans), generator)
        if predicted is not None:
            concepts = torch.where(torch.tensor(guessed).unsqueeze(-1), vectors_of(predicted, plans), concepts)
        yield pack(batch, width), concepts


def started(bundle: Path | None) -> ConceptDecoder:
    return shipped_decoder(bundle) if bundle else ConceptDecoder(load_smollm2())


def distance(said: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Of logits (tokens, V) to those of a teacher: Kullback-Leibler divergence, nats a token."""
    return nn.functional.kl_div(said.log_softmax(-1), wanted.log_softmax(-1), reduction="batchmean", log_target=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--lexical-minutes", type=float, default=8)
    parser.add_argument("--minutes", type=float, default=45, help="of joint training in all, over resumed runs")
    parser.add_argument("--rows", type=int, default=4, help="of packed text, a step")
    parser.add_argument("--width", type=int, default=384, help="places of a row")
    parser.add_argument("--start", type=Path, help="a bundle to go on from, instead of SmolLM2 and a new plan head")
    parser.add_argument("--layers", type=int, help="keep so many of the start's, which then teaches the rest")
    parser.add_argument(
        "--learning-rate", type=float, default=2e-4, help="of the language model; the head has 3 times it"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    corpus = ConceptCorpus(args.work, "train")
    tokenizer = load_tokenizer()
    found = texts(corpus, tokenizer)
    print(f"{sum(sum(text.worded) for text in found)} sentences to learn from", flush=True)
    checkpoint = args.work / "decoder.pt"
    step, spent, curve = 0, 0.0, []
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    plans = args.work / "train.predicted.npy"
    predicted = np.load(plans, mmap_mode="r") if plans.exists() else None
    print(f"the LCM's own plans: {'among them' if predicted is not None else 'none'}", flush=True)
    decoder = restored(state["model"]) if state else started(args.start)
    teacher = started(args.start).eval().requires_grad_(False) if args.layers else None
    decoder.table.requires_grad_(False)
    if args.layers and not state:
        by = next(batches(corpus, predicted, found, PRUNED_BY, args.width, args.seed))
        kept, losses = prune(decoder, args.layers, *by)
        print(json.dumps({"layers kept": kept, "loss, one less each time": [round(x, 4) for x in losses]}), flush=True)
    quantization = QuantizationAware(decoder.language_model.parameters())
    learned = [*quantization.learned, *decoder.head.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": quantization.learned, "peak": args.learning_rate},
            {"params": list(decoder.head.parameters()), "peak": 3 * args.learning_rate},
        ],
        lr=0,
        betas=(0.9, 0.95),
        weight_decay=0.01,
    )
    if state:
        if state["optimizer"]:
            optimizer.load_state_dict(state["optimizer"])
        step, spent, curve = state["step"], state["seconds"], state["curve"]
    elif args.start is None:
        train_lexical(decoder, corpus, found, args)

    budget = Budget(args.minutes, spent)

    def save() -> None:
        found = {"model": quantization.state_of(decoder), "optimizer": optimizer.state_dict() if step else None}
        save_checkpoint(checkpoint, found, step, budget, curve, args)

    save()
    saved, running, taught, tokens = time.monotonic(), 0.0, 0.0, 0
    for packed, concepts in batches(corpus, predicted, found, args.rows, args.width, args.seed + step):
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * linear(budget, step, 20)
        quantization.quantize()
        with mixed_precision():
            logits, targets = decoder.logits(packed, concepts)
        loss = nn.functional.cross_entropy(logits, targets)
        optimizer.zero_grad()
        if teacher:
            with torch.no_grad(), mixed_precision():
                wanted, _ = teacher.logits(packed, concepts)
            taught += nn.functional.cross_entropy(wanted, targets).item() * len(targets)
            ((loss + distance(logits, wanted)) / 2).backward()
        else:
            loss.backward()
        nn.utils.clip_grad_norm_(learned, CLIP)
        optimizer.step()
        step += 1
        running += loss.item() * len(targets)
        tokens += len(targets)
        if step % 20 == 0:
            sums = [running, taught] if teacher else [running]
            curve.append([step, *(round(each / tokens, 4) for each in sums)])
            line = dict(zip(("step", "loss", "teacher"), curve[-1], strict=False))
            line |= {"gain": round(decoder.head.gain.item(), 3), "minutes": round(budget.spent / 60, 1)}
            print(json.dumps(line), flush=True)
            running, taught, tokens = 0.0, 0.0, 0
        if time.monotonic() - saved > 240 or budget.over:
            save()
            saved = time.monotonic()
        if budget.over:
            break


if __name__ == "__main__":
    main()
