"""Prints what roles bring, on a split that `prepare` left: `--bundle` was trained with roles, from `--start` on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from models.evaluation.heading_figures import heading_figures
from models.evaluation.progress import Progress
from models.evaluation.role_figures import length_figures, note_figures, place_figures, places_with_roles
from models.lcm.bundle_runtime import open_bundle
from models.lcm.corpus import document_of
from models.lcm.data import ConceptCorpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True, help="the bundle from which training went on")
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--split", default="valid")
    parser.add_argument("--results", type=Path, default=Path("models/results/roles.json"))
    parser.add_argument("--places", type=int, default=300, help="half as many section starts and notes")
    parser.add_argument("--summaries", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    start, bundle = (open_bundle(directory, args.threads) for directory in (args.start, args.bundle))
    taught = bundle.predictor
    if not taught.has_roles:
        raise SystemExit(f"{args.bundle}: has no roles; train it with --roles")
    corpus = ConceptCorpus(args.work, args.split, beside=True)
    progress = Progress()

    def rng(part: int) -> np.random.Generator:
        # One of its own for each part, so that a limit changes nothing elsewhere.
        return np.random.default_rng([args.seed, part])

    def figures_of_places(limit: int, starts: bool, seed: int) -> dict[str, Any]:
        places, texts = places_with_roles(corpus, limit, starts, rng(seed))
        return place_figures(places, texts, corpus, start.predictor, taught, rng(seed + 1), progress)

    def figures_of_headings() -> dict[str, Any]:
        with (args.work / f"{args.split}.jsonl").open(encoding="utf-8") as lines:
            documents = [document_of(json.loads(line)) for line in lines]
        return heading_figures(documents, bundle.decoder, args.places // 2, rng(6), progress)

    figures = {
        "split": args.split,
        "documents": len(corpus.documents),
        "places": figures_of_places(args.places, starts=False, seed=0),
        "sectionStarts": figures_of_places(args.places // 2, starts=True, seed=2),
        "summaryLengths": length_figures(corpus, args.summaries, taught, rng(4), progress),
        "headingsInText": figures_of_headings(),
        "notes": note_figures(corpus, args.places // 2, taught, rng(5), progress),
    }
    args.results.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
