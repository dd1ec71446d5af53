"""What the plans of two-towers are worth on valid: the bundle's, and those of checkpoints that started from it.

Between them lie models whose weights are in part the one's and in part the other's (arXiv:2203.05482). Prints, and
writes to FOLDER/plans.json, nats a token of the true sentence by the bundle's decoder under each one's conditional mean
and under a sample, how near the mean comes to the true vector, and how alike two samples are.
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.evaluation.decoder_figures import wordable_places
from models.evaluation.progress import Progress
from models.evaluation.sampling import EXCERPT, Place, Text
from models.evaluation.swept import expectations, rated, texts_of
from models.lcm.bundle_runtime import BundleRuntime, open_bundle
from models.lcm.concepts import cosines, unit
from models.lcm.data import ConceptCorpus
from models.lcm.metrics import Mean
from models.lcm.normalizer import Normalizer
from models.lcm.sampler import options_of, sample
from models.lcm.shipped_weights import shipped_lcm
from models.lcm.systems import restored
from models.lcm.two_tower import TwoTowerLCM

SHIPPED = "shipped"
TEXTS = 24  # of valid, for contrastive accuracy and l2


def rating(
    models: dict[str, TwoTowerLCM],
    normalizer: Normalizer,
    sampler: Mapping[str, float],
    corpus: ConceptCorpus,
    places: int,
    bundle: BundleRuntime,
) -> dict[str, Any]:
    texts = []
    for document in corpus.documents:
        vectors = unit(corpus.tensor(document.body)[:EXCERPT].numpy())
        texts.append(Text(document.genre, document.sentences[: len(vectors)], vectors))
    chosen = wordable_places(texts, places, np.random.default_rng(0))
    plans: dict[str, np.ndarray] = {}  # (places, D), of unit length
    alike = {}
    for name, model in models.items():
        plans[f"{name}, mean"] = means_at(model, normalizer, chosen)
        plans[f"{name}, sample"] = samples_at(model, normalizer, sampler, chosen, 1)
        alike[name] = cosines(plans[f"{name}, sample"], samples_at(model, normalizer, sampler, chosen, 2))
    nats: dict[str, list[float]] = {name: [] for name in ("context", "trueConcept", *plans)}
    tokens = []
    for i, place in enumerate(Progress().over("rating true sentences", chosen)):
        rows = np.stack([place.true, *(rows[i] for rows in plans.values())])
        alone = bundle.decoder.log_probabilities(place.sentence, place.context_text, None)
        planned = bundle.decoder.log_probabilities(place.sentence, place.context_text, rows)
        for name, row in zip(nats, np.concatenate([alone, planned]), strict=True):
            nats[name].append(-float(row.sum()))
        tokens.append(alone.shape[1])
    bodies = texts_of(corpus, TEXTS)
    found: dict[str, Any] = {"sentences": len(chosen), "tokens": sum(tokens)}
    for name, values in nats.items():
        over_context = np.subtract(values, nats["context"])
        found[name] = {
            "natsPerToken": Mean.of_ratio(values, tokens).to_json(),
            "aboveContext": Mean.of_ratio(list(over_context), tokens).to_json(),  # paired
        }
    for name, model in models.items():
        near = rated(expectations(model, normalizer, bodies), bodies)
        found[f"{name}, mean"] |= {measure: mean.to_json() for measure, mean in near.items()}
        found[f"{name}, sample"]["alike"] = Mean.of(alike[name]).to_json()
    return found


def between(start: TwoTowerLCM, end: TwoTowerLCM, share: float) -> TwoTowerLCM:
    """Each weight on the way from `start` to `end`."""
    found, behind = copy.deepcopy(start), end.state_dict()
    found.load_state_dict({name: torch.lerp(value, behind[name], share) for name, value in start.state_dict().items()})
    return found


def windows_at(model: TwoTowerLCM, places: list[Place]) -> list[np.ndarray]:
    """The true sentence of each place behind what is read before it, (N, D)."""
    length = model.config.context_length
    return [place.text.vectors[max(0, place.index + 1 - length) : place.index + 1] for place in places]


@torch.inference_mode()
def means_at(model: TwoTowerLCM, normalizer: Normalizer, places: list[Place]) -> np.ndarray:
    """The conditional mean at each place, (places, D) of unit length."""
    return np.stack([each[-1] for each in expectations(model, normalizer, windows_at(model, places))])


@torch.inference_mode()
def samples_at(
    model: TwoTowerLCM, normalizer: Normalizer, sampler: Mapping[str, float], places: list[Place], seed: int
) -> np.ndarray:
    """A sample at each place, (places, D) of unit length, from the same noise for every model."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for window in windows_at(model, places):
        noise = torch.randn(1, 1, window.shape[1], generator=generator) * sampler["initialNoiseScale"]
        read = normalizer.normalize(torch.from_numpy(window)).unsqueeze(0)
        drawn = sample(model, read, noise, **options_of(sampler), places=torch.tensor([[len(window) - 1]]))
        found.append(normalizer.denormalize(drawn[0, 0]).numpy())
    return unit(np.stack(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="*", help="of two-towers that started from the bundle's")
    parser.add_argument(
        "--between", type=float, nargs="*", default=[], help="shares of a checkpoint's weights, rated too"
    )
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"))
    parser.add_argument("--folder", type=Path, default=Path("models/results"))
    parser.add_argument("--places", type=int, default=200, help="of valid, whose true sentences are rated")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    shipped, normalizer = shipped_lcm(args.bundle)
    models = {SHIPPED: shipped.eval()}
    for path in args.checkpoints:
        model = restored(torch.load(path, weights_only=True))
        if not isinstance(model, TwoTowerLCM):
            raise SystemExit(f"{path}: holds another system, expected a two-tower")
        for share in args.between:
            models[f"{path.stem} at {share:g}"] = between(shipped, model, share).eval()
        models[path.stem] = model.eval()
    sampler = json.loads(args.choices.read_text())["sampler"]
    corpus = ConceptCorpus(args.work, "valid")
    found = rating(models, normalizer, sampler, corpus, args.places, open_bundle(args.bundle, args.threads))
    args.folder.joinpath("plans.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
