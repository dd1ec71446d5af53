"""Trains one of the paper's systems on prepared concept vectors. Resumable, seed fixed."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.lcm.config import LCMConfig
from models.lcm.data import ConceptCorpus
from models.lcm.diffusion import WEIGHTINGS
from models.lcm.noise_schedule import SCHEDULES
from models.lcm.normalizer import Normalizer
from models.lcm.systems import ARCHITECTURES, build, restored
from models.lcm.training import Budget, cosine, mixed_precision, save_checkpoint

CLIP = 1.0
FITTED_ON = 50_000  # vectors, for the normalizer and the codebooks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="two-tower")
    parser.add_argument("--noise-schedule", choices=SCHEDULES, default="cosine")
    parser.add_argument("--loss-weighting", choices=WEIGHTINGS, default="none")
    parser.add_argument("--checkpoint", type=Path, help="default: ARCHITECTURE.pt in the work folder")
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--minutes", type=float, default=60, help="of processor time in all, over resumed runs")
    parser.add_argument("--concepts", type=int, default=1024, help="vectors a step")
    parser.add_argument("--learning-rate", type=float, default=8e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    train = ConceptCorpus(args.work, "train")
    sample = np.asarray(train.vectors[:: max(1, len(train.vectors) // FITTED_ON)], np.float32)
    normalizer = Normalizer.fit(sample)
    checkpoint = args.checkpoint or args.work / f"{args.architecture}.pt"
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    if state:
        model = restored(state).train()
    else:
        config = LCMConfig(noise_schedule=args.noise_schedule, loss_weighting=args.loss_weighting)
        model = build(args.architecture, normalizer.normalize(torch.from_numpy(sample)).numpy(), config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, betas=(0.9, 0.95), weight_decay=0.05)
    step, spent, curve = 0, 0.0, []
    if state:
        optimizer.load_state_dict(state["optimizer"])
        step, spent, curve = state["step"], state["seconds"], state["curve"]
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(train.vectors)} vectors", flush=True)
    budget = Budget(args.minutes, spent)
    window = model.config.context_length
    saved, running = time.monotonic(), 0.0
    for batch, weight in train.batches(window, args.concepts, args.seed + step):
        rate = args.learning_rate * cosine(budget, step, 100)
        for group in optimizer.param_groups:
            group["lr"] = max(rate, 1e-6)
        with mixed_precision():
            loss = model.loss(normalizer.normalize(batch), weight)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        step += 1
        running += loss.item()
        if step % 25 == 0:
            curve.append([step, round(running / 25, 5)])
            print(json.dumps({"step": step, "loss": curve[-1][1], "minutes": round(budget.spent / 60, 2)}), flush=True)
            running = 0.0
        if time.monotonic() - saved > 120 or budget.over:
            found = {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "normalizer": normalizer.state_dict(),
                "marks": train.marks,
            }
            save_checkpoint(checkpoint, found, step, budget, curve, args)
            saved = time.monotonic()
        if budget.over:
            break


if __name__ == "__main__":
    main()
