"""Prints the shipped bundle's figures on a corpus file, each beside its baselines and with how many it is a mean of.

What runs is the bundle: its graphs in ONNX Runtime, its manifest's settings. `npm run evaluate` sets up and calls this.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.evaluation.checkpoints import Checkpoint, load_checkpoint
from models.evaluation.corpus import EncodedSentences, read_documents
from models.evaluation.decoder_figures import autoencoding, likelihood, wordable_places
from models.evaluation.encoder_figures import encoder_figures
from models.evaluation.prediction_figures import prediction_figures
from models.evaluation.progress import Progress
from models.evaluation.report import table
from models.evaluation.sampling import places_of, texts_of
from models.evaluation.summary_figures import documents_to_summarize, summary_figures
from models.lcm.bundle_runtime import open_bundle

LEAST_TEXTS = 4  # so that there are other sentences to tell the true one from
SHARE_RATED = 0.5  # of the decoder's sentences: rating is slow


def main() -> None:
    args = arguments()
    progress = Progress()
    try:
        bundle = open_bundle(args.bundle, args.threads)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(str(error)) from error
    documents = read_documents(args.corpus, args.segmenter, args.node)
    checkpoints = loaded(args.checkpoint, args.choices, args.threads)
    encoded = EncodedSentences(bundle.encoder)
    seconds: dict[str, float] = {}

    def timed(part: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        began = time.monotonic()
        found = work()
        seconds[part] = round(time.monotonic() - began, 1)
        return found

    def rng(part: int) -> np.random.Generator:
        # One of its own for each part, so that a limit changes nothing elsewhere.
        return np.random.default_rng([args.seed, part])

    texts = timed("encoding", lambda: texts_of(documents, args.documents, encoded, rng(0), progress))
    if len(texts) < LEAST_TEXTS:
        raise SystemExit(f"{args.corpus}: has {len(texts)} documents of 24 sentences or more, expected {LEAST_TEXTS}")
    places = places_of(texts, args.positions, rng(1))
    wordable = wordable_places(texts, args.sentences, rng(2))
    rated = wordable[: int(len(wordable) * SHARE_RATED)]
    abstracts = documents_to_summarize(documents, args.summaries, rng(3))
    manifest = bundle.manifest
    figures = {
        "corpus": {"file": args.corpus.name, "documents": len(documents), "textsUsed": len(texts)},
        "bundle": {"name": manifest["name"], "version": manifest["version"], "sampler": manifest["lcm"]["defaults"]},
        "seed": args.seed,
        "encoder": timed("encoder", lambda: encoder_figures(texts, args.pairs, rng(4), progress)),
        "lcm": {
            "checkpoints": {checkpoint.name: checkpoint.about for checkpoint in checkpoints},
            **timed("lcm", lambda: prediction_figures(places, texts, bundle, checkpoints, rng(5), progress)),
        },
        "decoder": {
            "autoencoding": timed("autoencoding", lambda: autoencoding(wordable, bundle, rng(6), progress)),
            "likelihood": timed("likelihood", lambda: likelihood(rated, bundle, progress)),
        },
        "summaries": timed("summaries", lambda: summary_figures(abstracts, bundle, encoded, progress)),
        "seconds": seconds,
    }
    progress.say("done")
    print(json.dumps(figures, indent=2) if args.json else table(figures))


def loaded(paths: list[Path], choices: Path, threads: int) -> list[Checkpoint]:
    torch.set_num_threads(threads)
    try:
        return [load_checkpoint(path, json.loads(choices.read_text())) for path in paths]
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from error


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run evaluate --", description=__doc__)
    parser.add_argument("corpus", type=Path, help="a file in the corpus format, .jsonl.zst or .jsonl")
    parser.add_argument("--json", action="store_true", help="the figures as JSON instead of tables")
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument(
        "--checkpoint",
        type=Path,
        nargs="+",
        default=[],
        help="of models.scripts.train, to compare: models/work/base.pt",
    )
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"), help="how checkpoints sample")
    parser.add_argument("--documents", type=int, default=400, help="texts that the first three parts draw from")
    parser.add_argument("--positions", type=int, default=600, help="predictions of the LCM")
    parser.add_argument("--sentences", type=int, default=200, help="sentences worded by the decoder; half are rated")
    parser.add_argument("--summaries", type=int, default=150, help="documents with a human abstract")
    parser.add_argument("--pairs", type=int, default=400, help="sentences whose similarities the encoder is rated on")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn from the corpus")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--segmenter", type=Path, default=Path("dist/segmentCorpus.mjs"), help=argparse.SUPPRESS)
    parser.add_argument("--node", default="node", help=argparse.SUPPRESS)
    args = parser.parse_args(sys.argv[1:])
    for name in ("documents", "positions", "sentences", "summaries", "pairs", "threads"):
        if getattr(args, name) < 1:
            parser.error(f"--{name} is {getattr(args, name)}, expected at least 1")
    return args


if __name__ == "__main__":
    main()
