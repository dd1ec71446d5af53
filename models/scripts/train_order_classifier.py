"""Trains the order classifier, by which evaluation judges whether a sentence follows those before it. Seed fixed.

Writes order-classifier.pt under --work, where `prepare` left the vectors.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from models.lcm.data import ConceptCorpus
from models.lcm.order_classifier import CORRUPTIONS, WINDOW, OrderClassifier
from models.lcm.training import Budget, cosine, save_checkpoint


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
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--rows", type=int, default=256, help="windows a step, and as many wrong ones")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(architecture="order-classifier")  # by which a checkpoint is known
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    model = OrderClassifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, weight_decay=0.05)
    budget, curve, running = Budget(args.minutes), [], 0.0
    for step, (windows, own) in enumerate(batches(ConceptCorpus(args.work, "train"), args.rows, args.seed), 1):
        for group in optimizer.param_groups:
            group["lr"] = max(args.learning_rate * cosine(budget, step, 100), 1e-6)
        loss = F.binary_cross_entropy_with_logits(model(windows), own)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        running += loss.item()
        if step % 100 == 0:
            curve.append([step, round(running / 100, 5)])
            print(json.dumps({"step": step, "loss": curve[-1][1], "minutes": round(budget.spent / 60, 2)}), flush=True)
            running = 0.0
        if budget.over:
            break
    save_checkpoint(args.work / "order-classifier.pt", {"model": model.state_dict()}, step, budget, curve, args)


if __name__ == "__main__":
    main()
