"""What the plans of two-towers are worth: the bundle's, and those of checkpoints that started from it.

Between them lie models whose weights are in part the one's and in part the other's (arXiv:2203.05482). Prints, and
writes to --target, nats a token of the true sentence by the bundle's decoder under each one's conditional mean and
under a sample, how near the mean comes to the true vector, and how alike two samples are. Where a checkpoint has a
lexical head that learned with it, the decoder hears its plans by that, and the true concepts, too.
"""

from __future__ import annotations

import argparse
import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.evaluation.checkpoints import NextConcepts, draw_of
from models.evaluation.decoder_figures import wordable_places
from models.evaluation.progress import Progress
from models.evaluation.sampling import EXCERPT, Place, Text
from models.evaluation.swept import expectations, rated, texts_of
from models.lcm.bundle_runtime import BundleRuntime, open_bundle
from models.lcm.concepts import cosines, unit
from models.lcm.data import ConceptCorpus
from models.lcm.decoder import PlanHead, restored_head
from models.lcm.decoder_session import PlanStates
from models.lcm.metrics import Mean
from models.lcm.shipped_weights import shipped_lcm
from models.lcm.systems import restored
from models.lcm.two_tower import TwoTowerLCM

SHIPPED = "shipped"
TEXTS = 24  # of the split, for contrastive accuracy and l2


@dataclass(frozen=True, eq=False)
class Planner:
    model: TwoTowerLCM
    said: NextConcepts  # by it
    head: PlanHead | None  # that learned with it; None: the bundle's

    @torch.inference_mode()
    def heard(self, bundle: BundleRuntime, plans: np.ndarray) -> PlanStates:
        """What the decoder hears of plans (n, D)."""
        if self.head is None:
            return bundle.decoder.session.plan_states(plans)
        prefix, lexical = self.head(torch.from_numpy(plans))
        return PlanStates(prefix.numpy(), lexical.numpy())


def rating(planners: dict[str, Planner], corpus: ConceptCorpus, places: int, bundle: BundleRuntime) -> dict[str, Any]:
    chosen = wordable_places(excerpts(corpus), places, np.random.default_rng(0))
    contexts = [place.context for place in chosen]
    true = np.stack([place.true for place in chosen])
    heard: dict[str, PlanStates] = {}  # of one plan at each place
    alike = {}
    for name, planner in planners.items():
        samples = planner.said.sampled(contexts, 1)
        alike[name] = cosines(samples, planner.said.sampled(contexts, 2))
        heard[f"{name}, mean"] = planner.heard(bundle, planner.said.expected(contexts))
        heard[f"{name}, sample"] = planner.heard(bundle, samples)
        if planner.head or name == SHIPPED:
            heard[f"{name}, true concept"] = planner.heard(bundle, true)
    nats, tokens = nats_of(heard, chosen, bundle)
    found: dict[str, Any] = {"sentences": len(chosen), "tokens": sum(tokens)}
    for name, values in nats.items():
        over_context = np.subtract(values, nats["context"])
        found[name] = {
            "natsPerToken": Mean.of_ratio(values, tokens).to_json(),
            "aboveContext": Mean.of_ratio(list(over_context), tokens).to_json(),  # paired
        }
    bodies = texts_of(corpus, TEXTS)
    for name, planner in planners.items():
        near = rated(expectations(planner.model, planner.said.normalizer, bodies), bodies)
        found[f"{name}, mean"] |= {measure: mean.to_json() for measure, mean in near.items()}
        found[f"{name}, sample"]["alike"] = Mean.of(alike[name]).to_json()
    return found


def nats_of(
    heard: dict[str, PlanStates], places: list[Place], bundle: BundleRuntime
) -> tuple[dict[str, list[float]], list[int]]:
    """Of each place's true sentence: its nats behind the text alone and under each plan, by name, and its tokens."""
    nats: dict[str, list[float]] = {name: [] for name in ("context", *heard)}
    tokens = []
    for i, place in enumerate(Progress().over("rating true sentences", places)):
        alone = bundle.decoder.log_probabilities(place.sentence, place.context_text, None)
        states = PlanStates.beside([states.rows([i]) for states in heard.values()])
        planned = bundle.decoder.log_probabilities(place.sentence, place.context_text, states)
        for name, row in zip(nats, np.concatenate([alone, planned]), strict=True):
            nats[name].append(-float(row.sum()))
        tokens.append(alone.shape[1])
    return nats, tokens


def excerpts(corpus: ConceptCorpus) -> list[Text]:
    found = []
    for document in corpus.documents:
        vectors = unit(corpus.tensor(document.body)[:EXCERPT].numpy())
        found.append(Text(document.genre, document.sentences[: len(vectors)], vectors))
    return found


def between(start: TwoTowerLCM, end: TwoTowerLCM, share: float) -> TwoTowerLCM:
    """Each weight on the way from `start` to `end`."""
    found, behind = copy.deepcopy(start), end.state_dict()
    found.load_state_dict({name: torch.lerp(value, behind[name], share) for name, value in start.state_dict().items()})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="*", help="of two-towers that started from the bundle's")
    parser.add_argument(
        "--between", type=float, nargs="*", default=[], help="shares of a checkpoint's weights, rated too"
    )
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--split", choices=["valid", "test"], default="valid")
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"))
    parser.add_argument("--target", type=Path, default=Path("models/results/plans.json"))
    parser.add_argument("--places", type=int, default=200, help="of the split, whose true sentences are rated")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    bundle = open_bundle(args.bundle, args.threads)
    sampler = json.loads(args.choices.read_text())["sampler"]
    shipped, normalizer = shipped_lcm(args.bundle)
    planners: dict[str, Planner] = {}

    def add(name: str, model: TwoTowerLCM, head: PlanHead | None) -> None:
        planners[name] = Planner(model.eval(), NextConcepts(model, normalizer, draw_of(model, sampler)), head)

    add(SHIPPED, shipped, None)
    for path in args.checkpoints:
        state = torch.load(path, weights_only=True)
        if "decoder" in state:
            raise SystemExit(f"{path}: has a decoder of its own; export it, and rate it by --bundle")
        model = restored(state)
        if not isinstance(model, TwoTowerLCM):
            raise SystemExit(f"{path}: holds another system, expected a two-tower")
        for share in args.between:
            add(f"{path.stem} at {share:g}", between(shipped, model, share), None)
        add(path.stem, model, restored_head(state["head"]) if "head" in state else None)
    found = rating(planners, ConceptCorpus(args.work, args.split), args.places, bundle)
    args.target.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
