"""How loudly a plan should speak when it is worded: the shipped decoder under guidance on the plan. Resumable.

Writes FOLDER/guidance.json and FOLDER/guidance.svg, and under --work, where `prepare` left the split's vectors,
guidance-WAY.jsonl: what was measured so far, a place a line.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from models.evaluation.decoder_figures import wordable_places
from models.evaluation.panels import curves
from models.evaluation.plan_guidance import GAINS, IDEAS, Guided, Measures, guided_measures, over_places
from models.evaluation.progress import Progress
from models.evaluation.sampling import EXCERPT, FOLLOWING, LEAST_CONTEXT, Text
from models.evaluation.text_judge import TextJudge
from models.evaluation.token_model import TokenModel
from models.lcm import smallama
from models.lcm.bundle_runtime import open_bundle
from models.lcm.concepts import unit
from models.lcm.data import ConceptCorpus
from models.lcm.decoder import load_smollm2, load_tokenizer

TITLES = {
    "closeness": "cosine to the plan",
    "distance": "distance of two ideas",
    "acceptability": "SLOR",
    "repeated": "repetition",
    "toTrue": "cosine to the true sentence",
    "trueCloseness": "true plan: cosine to it",
    "trueAcceptability": "true plan: SLOR",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--split", default="valid")
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--folder", type=Path, default=Path("models/results"))
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the places")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    bundle = open_bundle(args.bundle, args.threads)
    guided = Guided(bundle.decoder, args.bundle, bundle.manifest["decoder"]["graph"])
    corpus = ConceptCorpus(args.work, args.split)
    texts = []
    for document in corpus.documents:
        vectors = unit(corpus.tensor(document.body)[:EXCERPT].numpy())
        if len(vectors) > LEAST_CONTEXT + FOLLOWING:
            texts.append(Text(document.genre, document.sentences[: len(vectors)], vectors))
    places = wordable_places(texts, args.places, np.random.default_rng(args.seed))
    judge = TextJudge(
        TokenModel(load_smollm2().eval(), load_tokenizer(), smallama.CONTEXT),
        (sentence for document in corpus.documents for sentence in document.sentences),
    )
    measured: dict[str, list[dict[str, Measures]]] = {}
    for way in GAINS:
        kept = args.work / f"guidance-{way}.jsonl"
        done = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
        for place in Progress().over(f"wording under guidance, {way}", places[len(done) :]):
            done.append(guided_measures(place, way, bundle, guided, judge))
            with kept.open("a") as lines:
                lines.write(json.dumps(done[-1]) + "\n")
        measured[way] = done
    found = over_places(measured)
    for way, by_gain in found.items():
        for gain, measures in by_gain.items():
            print(
                way, gain, {name: (m["mean"], m["change"]["mean"], m["change"]["se"]) for name, m in measures.items()}
            )
    about = {
        "bundle": f"{bundle.manifest['name']} {bundle.manifest['version']}",
        "split": args.split,
        "places": {way: len(done) for way, done in measured.items()},
        "ideasAPlace": IDEAS,
        "ways": found,
    }
    (args.folder / "guidance.json").write_text(json.dumps(about, indent=1) + "\n")
    curves(found, TITLES, "gain", args.folder / "guidance.svg")


if __name__ == "__main__":
    main()
