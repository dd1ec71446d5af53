"""Prints the shipped bundle's figures on a corpus file, each beside its baselines and with how many it is a mean of.

What runs is the bundle: its graphs in ONNX Runtime, its manifest's settings. `npm run evaluate` sets up and calls this.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from models.evaluation.corpus import EncodedSentences, read_documents, sentences_of
from models.evaluation.decoder_figures import autoencoding, likelihood, wordable_places
from models.evaluation.encoder_figures import encoder_figures
from models.evaluation.loading import load_checkpoints
from models.evaluation.order_figures import order_accuracy
from models.evaluation.other_encoder import OTHER_ENCODER, other_encoder
from models.evaluation.prediction_figures import distractors_of, prediction_figures
from models.evaluation.predictions import predictions_of
from models.evaluation.progress import Progress
from models.evaluation.report import table
from models.evaluation.sampling import places_of, texts_of
from models.evaluation.suggestion_figures import suggestion_figures
from models.evaluation.summary_figures import documents_to_summarize, lengths_of, summary_figures
from models.evaluation.text_judge import TextJudge
from models.evaluation.token_model import TokenModel
from models.evaluation.token_summaries import asked, gone_on_to
from models.evaluation.worded_figures import gone_on, worded, worded_figures
from models.lcm import smallama
from models.lcm.bundle_runtime import open_bundle
from models.lcm.decoder import load_smollm2, load_tokenizer

T = TypeVar("T")

JUDGE = "SmolLM2-135M-Instruct"
WHOLE, WHOLE_TOKENS = 40, 8192  # places at which it reads all the text before, up to so many tokens
LEAST_TEXTS = 4  # so that there are other sentences to tell the true one from
SHARE_RATED = 0.5  # of the decoder's sentences: rating is slow


def main() -> None:
    args = arguments()
    progress = Progress()
    torch.set_num_threads(args.threads)
    seconds: dict[str, float] = {}

    def timed(part: str, work: Callable[[], T]) -> T:
        began, processor = time.monotonic(), time.process_time()
        found = work()
        seconds[part] = round(time.monotonic() - began, 1)
        progress.say(f"{part} took {seconds[part]} s, {time.process_time() - processor:.1f} s of the processor")
        return found

    tokenizers = {part: args.bundle / f"{part}.tokenizer.json" for part in ("encoder", "decoder")}
    try:
        bundle = open_bundle(args.bundle, args.threads)
        choices = json.loads(args.choices.read_text())
        checkpoints = load_checkpoints(args.checkpoint, choices, tokenizers["decoder"])
        second = other_encoder(tokenizers["encoder"], args.threads)
        smollm2 = timed("opening", lambda: TokenModel(load_smollm2().eval(), load_tokenizer(), smallama.CONTEXT))
    except (FileNotFoundError, ImportError, ValueError) as error:
        raise SystemExit(str(error)) from error
    documents = timed("cutting", lambda: read_documents(args.corpus, args.segmenter, args.node))
    encoded = EncodedSentences(bundle.encoder)

    def rng(part: int) -> np.random.Generator:
        # One of its own for each part, so that a limit changes nothing elsewhere.
        return np.random.default_rng([args.seed, part])

    def cut(texts: Sequence[str]) -> list[list[str]]:
        return sentences_of(texts, args.segmenter, args.node)

    texts = timed("encoding", lambda: texts_of(documents, args.documents, encoded, rng(0), progress))
    if len(texts) < LEAST_TEXTS:
        raise SystemExit(f"{args.corpus}: has {len(texts)} documents of 24 sentences or more, expected {LEAST_TEXTS}")
    places = places_of(texts, args.positions, rng(1))
    some = places[: args.wordings]
    distractors = distractors_of(places, texts, rng(5))
    wordable = wordable_places(texts, args.sentences, rng(2))
    rated = wordable[: int(len(wordable) * SHARE_RATED)]
    abstracts = documents_to_summarize(documents, args.summaries, rng(3))
    lengths = lengths_of(abstracts)
    judge = timed("frequencies", lambda: TextJudge(smollm2, (s for d in documents for s in d.body)))
    yardsticks = {JUDGE: smollm2, **({"smaLlama": checkpoints.smallama} if checkpoints.smallama else {})}

    predictions = timed("predicting", lambda: predictions_of(places, texts, bundle, checkpoints.systems, progress))
    in_words = timed("wording", lambda: worded(some, predictions, bundle, progress))
    by_tokens = timed("token models", lambda: gone_on(some, yardsticks, cut, progress))
    said = {**in_words, **by_tokens, "trueSentence": [place.sentence for place in some]}
    again = {name: bundle.encoder.encode(found) for name, found in said.items()}
    lcm = prediction_figures(places, predictions, {name: again[name] for name in by_tokens}, distractors)
    wordings = timed("judging", lambda: worded_figures(some, said, again, judge, checkpoints.order, second, progress))
    for name, figures_of_text in wordings.items():
        lcm["systems"].setdefault(name, {}).update(figures_of_text)
    lcm |= {
        "worded": len(some),
        "judge": JUDGE,
        "otherEncoder": OTHER_ENCODER,
        "checkpoints": checkpoints.about,
        "orderClassifier": order_accuracy(checkpoints.order, texts, rng(7)) if checkpoints.order else None,
    }

    def token_summaries() -> dict[str, list[list[str]]]:
        few = abstracts[: args.asked], lengths[: args.asked]
        found = {JUDGE: asked(smollm2, *few, cut, progress)}
        if checkpoints.smallama:
            found["smaLlama"] = gone_on_to(checkpoints.smallama, *few, cut, progress)
        return found

    summaries_by_tokens = timed("token summaries", token_summaries)
    reader = replace(smollm2, window=WHOLE_TOKENS)
    manifest = bundle.manifest
    figures = {
        "corpus": {"file": args.corpus.name, "documents": len(documents), "textsUsed": len(texts)},
        "bundle": {"name": manifest["name"], "version": manifest["version"], "sampler": manifest["lcm"]["defaults"]},
        "seed": args.seed,
        "encoder": timed("encoder", lambda: encoder_figures(texts, args.pairs, rng(4), progress)),
        "lcm": lcm,
        "decoder": {
            "autoencoding": timed("autoencoding", lambda: autoencoding(wordable, bundle, rng(6), progress)),
            "likelihood": timed("likelihood", lambda: likelihood(rated, bundle, reader, WHOLE, progress)),
        },
        "suggestions": timed(
            "suggestions", lambda: suggestion_figures(some, distractors[: len(some)], bundle, progress)
        ),
        "summaries": timed(
            "summaries",
            lambda: summary_figures(
                abstracts, summaries_by_tokens, bundle, checkpoints.systems, encoded, judge, progress
            ),
        ),
        "seconds": seconds,
    }
    progress.say("done")
    print(json.dumps(figures, indent=2) if args.json else table(figures))


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
        help="of train, train_smallama and train_order_classifier: models/work/base.pt",
    )
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"), help="how checkpoints sample")
    parser.add_argument("--documents", type=int, default=160, help="texts that predictions and wordings are drawn from")
    parser.add_argument("--positions", type=int, default=300, help="predictions of each system")
    parser.add_argument(
        "--wordings", type=int, default=50, help="predictions of each system that are worded and judged"
    )
    parser.add_argument("--sentences", type=int, default=100, help="sentences worded by the decoder; half are rated")
    parser.add_argument("--summaries", type=int, default=240, help="documents with a human abstract")
    parser.add_argument("--asked", type=int, default=40, help="of these, summed up by token models too, which is slow")
    parser.add_argument("--pairs", type=int, default=400, help="sentences whose similarities the encoder is rated on")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn from the corpus")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--segmenter", type=Path, default=Path("dist/segmentCorpus.mjs"), help=argparse.SUPPRESS)
    parser.add_argument("--node", default="node", help=argparse.SUPPRESS)
    args = parser.parse_args(sys.argv[1:])
    for name in ("documents", "positions", "wordings", "sentences", "summaries", "asked", "pairs", "threads"):
        if getattr(args, name) < 1:
            parser.error(f"--{name} is {getattr(args, name)}, expected at least 1")
    return args


if __name__ == "__main__":
    main()
