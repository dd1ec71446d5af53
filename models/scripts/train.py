"""Trains one of the paper's systems on prepared concept vectors. Resumable, seed fixed.

With --token-loss a bundle's two-tower goes on with the loss of its decoder, too (models/lcm/token_loss.py, or through
the decoder's layers models/lcm/layer_loss.py); what the former reads of the text is kept under --work.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from models.evaluation.progress import Progress
from models.lcm.config import LCMConfig
from models.lcm.data import Batch, ConceptCorpus, Window
from models.lcm.decoder import ConceptDecoder
from models.lcm.diffusion import WEIGHTINGS
from models.lcm.layer_loss import LayerLoss
from models.lcm.noise_schedule import SCHEDULES
from models.lcm.normalizer import Normalizer
from models.lcm.role_windows import role_windows, sequence
from models.lcm.shipped_weights import shipped_decoder, shipped_lcm
from models.lcm.systems import ARCHITECTURES, build, restored
from models.lcm.token_loss import SaidWindow, TokenLoss, WordedWindow, said_windows, worded_window
from models.lcm.training import Group, bfloat16_is_faster, fit, mixed_precision
from models.lcm.two_tower import TwoTowerLCM

FITTED_ON = 50_000  # vectors, for the normalizer and the codebooks


def token_loss_of(
    train: ConceptCorpus, normalizer: Normalizer, length: int, step: int, args: argparse.Namespace
) -> TokenLoss | LayerLoss:
    decoder = shipped_decoder(args.start).eval()
    tokenizer = Tokenizer.from_file(str(args.start / "decoder.tokenizer.json"))
    sampler = None if args.of_mean_alone else json.loads(args.choices.read_text())["sampler"]
    said = said_windows(train, tokenizer, length, args.worded, args.seed)
    if args.through_layers:
        return LayerLoss(decoder, normalizer, sampler, said, args.seed + step, decoder_learns=args.decoder_learns)
    worded = read_windows(decoder, said, args)
    return TokenLoss(decoder, normalizer, sampler, worded, args.seed + step, head_learns=args.head_learns)


def read_windows(decoder: ConceptDecoder, said: list[SaidWindow], args: argparse.Namespace) -> list[WordedWindow]:
    """Reads them with the decoder, or has it from --work."""
    kept = args.work / "worded-windows.pt"
    read_by = [hashlib.sha256((args.start / "decoder.onnx").read_bytes()).hexdigest(), args.worded, args.seed]
    found = torch.load(kept, weights_only=True) if kept.exists() else {}
    if found.get("read by") == read_by:
        return [WordedWindow(*parts) for parts in found["windows"]]
    if bfloat16_is_faster():  # its matrices once, not with each row that it reads
        decoder.language_model.model.layers.bfloat16()
    with mixed_precision():
        windows = [worded_window(decoder, window) for window in Progress().over("windows read by the decoder", said)]
    torch.save({"read by": read_by, "windows": [tuple(vars(window).values()) for window in windows]}, kept)
    return windows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="two-tower")
    parser.add_argument("--noise-schedule", choices=SCHEDULES, default="cosine")
    parser.add_argument("--loss-weighting", choices=WEIGHTINGS, default="none")
    parser.add_argument("--start", type=Path, help="a bundle whose two-tower to go on from, with its normalizer")
    parser.add_argument("--roles", action="store_true", help="teach a two-tower what headings, gaps, notes, ... are")
    parser.add_argument("--token-loss", type=float, default=0, help="its weight; for --start with --roles")
    parser.add_argument("--of-mean-alone", action="store_true", help="the token loss, not of a sample, too")
    parser.add_argument("--head-learns", action="store_true", help="the decoder's lexical head, by the token loss")
    parser.add_argument("--through-layers", action="store_true", help="the token loss, through the decoder's layers")
    parser.add_argument("--decoder-learns", action="store_true", help="layers and plan head, by the loss through them")
    parser.add_argument("--decoder-learning-rate", type=float, default=1.5e-4, help="of what of it learns")
    parser.add_argument("--worded", type=int, default=20_000, help="sentences that the token loss is of")
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"))
    parser.add_argument("--checkpoint", type=Path, help="default: ARCHITECTURE.pt in the work folder")
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--minutes", type=float, default=60, help="of processor time in all, over resumed runs")
    parser.add_argument("--concepts", type=int, default=1024, help="vectors a step")
    parser.add_argument("--learning-rate", type=float, default=8e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.roles and args.architecture != "two-tower":
        parser.error(f"--roles with {args.architecture}, expected two-tower")
    if args.token_loss and not (args.start and args.roles):
        parser.error("--token-loss goes with --start and --roles")
    if (args.head_learns or args.of_mean_alone or args.through_layers) and not args.token_loss:
        parser.error("--head-learns, --of-mean-alone and --through-layers go with --token-loss")
    if args.decoder_learns and not args.through_layers:
        parser.error("--decoder-learns goes with --through-layers")
    if args.head_learns and args.through_layers:
        parser.error("--head-learns with --through-layers, expected --decoder-learns")
    torch.set_num_threads(args.threads)
    train = ConceptCorpus(args.work, "train", beside=args.roles)
    checkpoint = args.checkpoint or args.work / f"{args.architecture}.pt"
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    for key, learns in (("head", args.head_learns), ("decoder", args.decoder_learns)):
        if state and (key in state) != learns:
            parser.error(f"{checkpoint}: was trained {'with' if key in state else 'without'} --{key}-learns")
    step = state["step"] if state else 0
    torch.manual_seed(args.seed + step)
    if state:
        model, normalizer = restored(state).train(), Normalizer.restored(state["normalizer"])
    elif args.start:
        model, normalizer = shipped_lcm(args.start)
    else:
        sample = np.asarray(train.vectors[:: max(1, len(train.vectors) // FITTED_ON)], np.float32)
        normalizer = Normalizer.fit(sample)
        config = LCMConfig(noise_schedule=args.noise_schedule, loss_weighting=args.loss_weighting)
        model = build(args.architecture, normalizer.normalize(torch.from_numpy(sample)).numpy(), config)
    if args.roles and isinstance(model, TwoTowerLCM) and not model.roles.any():
        model.give_roles()
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(train.vectors)} vectors", flush=True)
    length = model.config.context_length
    token_loss = token_loss_of(train, normalizer, length, step, args) if args.token_loss else None
    learned = token_loss.learned if token_loss else []
    if token_loss and learned and state:
        token_loss.go_on(state)

    def loss_of(batch: Batch) -> torch.Tensor:
        concepts, weight, roles = batch
        concepts = normalizer.normalize(concepts)
        with mixed_precision():
            if not isinstance(model, TwoTowerLCM):
                return model.loss(concepts, weight)
            loss = model.loss(concepts, weight, model.shifted(concepts, roles))
            return loss if token_loss is None else loss + args.token_loss * token_loss(model)

    sequences = [sequence(document) for document in train.documents]

    def windows(rng: np.random.Generator) -> list[Window]:
        return role_windows(train, sequences, length, rng) if args.roles else train.windows(length)

    fit(
        model,
        lambda seed: train.batches(windows, args.concepts, seed),
        loss_of,
        checkpoint,
        state,
        {"normalizer": normalizer.state_dict(), "marks": train.marks} | (token_loss.kept if token_loss else {}),
        args,
        warmup=20 if args.through_layers else 100,  # of steps that take ten times as long
        beside=Group(learned, args.decoder_learning_rate) if learned else None,
    )


if __name__ == "__main__":
    main()
