"""Trains the order classifier, by which evaluation judges whether a sentence follows those before it. Seed fixed.

Writes order-classifier.pt under --work, where `prepare` left the vectors.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from models.lcm.data import ConceptCorpus
from models.lcm.order_classifier import CORRUPTIONS, WINDOW, OrderClassifier, restored
from models.lcm.training import fit


def batches(corpus: ConceptCorpus, rows: int, seed: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (B, WINDOW, D) windows of a text, and as many that were made wrong; (B,) 1 = a text's own."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    bodies = [document.body for document in corpus.documents if document.body.stop - document.body.start >= WINDOW]
    starts = np.concatenate([np.arange(body.start, body.stop - WINDOW + 1) for body in bodies])
    while True:
        first = rng.choice(starts, rows)
        windows = torch.from_numpy(np.asarray(corpus.vectors[first[:, None] + np.arange(WINDOW)], np.float32))
        windows = F.normalize(windows, dim=-1)
        strangers = windows[:, 0].roll(1, 0)  # of another text, as good as always
        wrong = torch.cat(
            [
                corrupt(windows[i :: len(CORRUPTIONS)], strangers[i :: len(CORRUPTIONS)], generator)
                for i, corrupt in enumerate(CORRUPTIONS.values())
            ]
        )
        yield torch.cat([windows, wrong]), torch.cat([torch.ones(rows), torch.zeros(rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--minutes", type=float, default=4, help="of processor time in all, over resumed runs")
    parser.add_argument("--rows", type=int, default=256, help="windows a step, and as many wrong ones")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(architecture="order-classifier")  # by which a checkpoint is known
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    corpus = ConceptCorpus(args.work, "train")
    checkpoint = args.work / "order-classifier.pt"
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    model = restored(state["model"]).train() if state else OrderClassifier()
    fit(
        model,
        lambda seed: batches(corpus, args.rows, seed),
        lambda batch: F.binary_cross_entropy_with_logits(model(batch[0]), batch[1]),
        checkpoint,
        state,
        {},
        args,
        warmup=100,
    )


if __name__ == "__main__":
    main()
