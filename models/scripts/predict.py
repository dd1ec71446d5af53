"""What the two-tower LCM would say next at every place of the training texts: plans as the decoder meets them.

Writes {split}.predicted.npy under --work, (N, D) float16, unit, one row for each vector of the split, from the
sentences before it: in turn a sample of the LCM, with the sampler's settings of models/choices.json, and the
conditional mean; zeros where a summary stands.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.lcm.data import ConceptCorpus
from models.lcm.normalizer import Normalizer
from models.lcm.sampler import options_of, sample
from models.lcm.shipped_weights import shipped_lcm
from models.lcm.systems import restored
from models.lcm.training import mixed_precision
from models.lcm.two_tower import TwoTowerLCM

ROWS = 8  # windows beside each other


def windows(corpus: ConceptCorpus, length: int) -> Iterator[list[slice]]:
    """The bodies cut into windows of `length`, ROWS of one length together."""
    waiting: dict[int, list[slice]] = {}
    for document in corpus.documents:
        for start in range(document.body.start, document.body.stop, length):
            window = slice(start, min(start + length, document.body.stop))
            group = waiting.setdefault(window.stop - window.start, [])
            group.append(window)
            if len(group) == ROWS:
                yield group.copy()
                group.clear()
    yield from (group for group in waiting.values() if group)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--split", default="train")
    parser.add_argument("--bundle", type=Path, help="whose LCM to take; by default the checkpoint under --work")
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    generator = torch.Generator().manual_seed(args.seed)
    corpus = ConceptCorpus(args.work, args.split)
    if args.bundle:
        model, normalizer = shipped_lcm(args.bundle)
        model.eval()
    else:
        state = torch.load(args.work / "two-tower.pt", weights_only=True)
        found_model = restored(state)
        assert isinstance(found_model, TwoTowerLCM)
        model, normalizer = found_model, Normalizer.restored(state["normalizer"])
    settings = json.loads(args.choices.read_text())["sampler"]
    partial = args.work / f"{args.split}.predicted.partial"
    found = np.lib.format.open_memmap(partial, mode="w+", dtype=np.float16, shape=corpus.vectors.shape)
    done, told = 0, 0
    for group in windows(corpus, model.config.context_length):
        concepts = normalizer.normalize(torch.stack([corpus.tensor(window) for window in group]))
        noise = torch.randn(concepts.shape, generator=generator) * settings["initialNoiseScale"]
        with mixed_precision():
            plans = sample(model, concepts, noise, **options_of(settings))
        with mixed_precision(), torch.inference_mode():
            plans[:, ::2] = model.expected(concepts)[:, ::2]
        plans = nn.functional.normalize(normalizer.denormalize(plans.float()), dim=-1)
        for window, rows in zip(group, plans, strict=True):
            found[window] = rows.numpy().astype(np.float16)
            done += len(rows)
        if done - told >= 50_000:
            print(f"{args.split}: {done}/{len(found)}", flush=True)
            told = done
    found.flush()
    partial.rename(args.work / f"{args.split}.predicted.npy")


if __name__ == "__main__":
    main()
