"""Trains smaLlama, the token-level yardstick, on the documents that the LCM's vectors are of. Resumable, seed fixed.

Writes smallama.pt under --work, where `prepare` left the documents and the vectors: as many documents are read as
have vectors, so that every system has seen the same sentences.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from models.lcm.data import ConceptCorpus
from models.lcm.smallama import batches, empty, loss, restored, stream
from models.lcm.training import Budget, cosine, save_checkpoint

CLIP = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"), help="whose decoder's tokens it reads")
    parser.add_argument("--minutes", type=float, default=60, help="of processor time in all, over resumed runs")
    parser.add_argument("--rows", type=int, default=2, help="of running text, a step")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(architecture="smallama")  # by which a checkpoint is known
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokens = stream(
        ConceptCorpus(args.work, "train").documents, Tokenizer.from_file(str(args.bundle / "decoder.tokenizer.json"))
    )
    checkpoint = args.work / "smallama.pt"
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    model = restored(state["model"]).train() if state else empty()
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, betas=(0.9, 0.95), weight_decay=0.05)
    step, spent, curve = 0, 0.0, []
    if state:
        optimizer.load_state_dict(state["optimizer"])
        step, spent, curve = state["step"], state["seconds"], state["curve"]
    print(f"{model.num_parameters()} parameters, {len(tokens)} tokens", flush=True)
    budget = Budget(args.minutes, spent)
    saved, running = time.monotonic(), 0.0
    for batch in batches(tokens, args.rows, args.seed + step):
        for group in optimizer.param_groups:
            group["lr"] = max(args.learning_rate * cosine(budget, step, 50), 1e-6)
        found = loss(model, batch)
        optimizer.zero_grad()
        found.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        step += 1
        running += found.item()
        if step % 25 == 0:
            curve.append([step, round(running / 25, 5)])
            print(json.dumps({"step": step, "loss": curve[-1][1], "minutes": round(budget.spent / 60, 2)}), flush=True)
            running = 0.0
        if time.monotonic() - saved > 120 or budget.over:
            weights = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            save_checkpoint(checkpoint, weights, step, budget, curve, args)
            saved = time.monotonic()
        if budget.over:
            break


if __name__ == "__main__":
    main()
