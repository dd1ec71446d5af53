"""Trains smaLlama, the token-level yardstick, on the documents that the LCM's vectors are of. Resumable, seed fixed.

Writes smallama.pt under --work, where `prepare` left the documents and the vectors: as many documents are read as
have vectors, so that every system has seen the same sentences.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

from models.lcm.data import ConceptCorpus
from models.lcm.smallama import batches, empty, loss, restored, stream
from models.lcm.training import fit


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
    print(f"{model.num_parameters()} parameters, {len(tokens)} tokens", flush=True)
    fit(
        model,
        lambda seed: batches(tokens, args.rows, seed),
        lambda batch: loss(model, batch),
        checkpoint,
        state,
        {},
        args,
        warmup=50,
    )


if __name__ == "__main__":
    main()
