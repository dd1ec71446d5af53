"""An experiment: the shipped two-tower trained on for some minutes, with and without the decoder's token loss.

Prints, and writes to FOLDER/token-loss.json, what each and the start are worth on valid: nats a token of the true
sentence by the bundle's decoder under the conditional mean, and how near that comes to the true vector. Resumable:
under --work it keeps what the decoder read, and a checkpoint of each.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from models.evaluation.decoder_figures import wordable_places
from models.evaluation.progress import Progress
from models.evaluation.sampling import EXCERPT, Place, Text
from models.evaluation.swept import expectations, rated, texts_of
from models.lcm.bundle_runtime import BundleRuntime, open_bundle
from models.lcm.concepts import unit
from models.lcm.corpus import wordable
from models.lcm.data import Batch, ConceptCorpus
from models.lcm.decoder import ConceptDecoder
from models.lcm.metrics import Mean
from models.lcm.normalizer import Normalizer
from models.lcm.shipped_weights import shipped_decoder, shipped_lcm
from models.lcm.token_loss import TokenLoss, WordedWindow, worded_window
from models.lcm.training import fit
from models.lcm.two_tower import TwoTowerLCM

START = "start"
TEXTS = 24  # of valid, for contrastive accuracy and l2


def worded_windows(
    corpus: ConceptCorpus, decoder: ConceptDecoder, tokenizer: Tokenizer, length: int, count: int, seed: int
) -> list[WordedWindow]:
    """Windows of running text, drawn by the seed, until `count` of their sentences are worded."""
    bodies = [document for document in corpus.documents if document.body.stop - document.body.start >= 24]
    rng = np.random.default_rng(seed)
    progress = Progress()
    tell = progress.counting("reading sentences with the decoder", count)
    found, done = [], 0
    for number in rng.permutation(len(bodies)):
        document = bodies[number]
        size = document.body.stop - document.body.start
        first = int(rng.integers(max(1, size - length + 1)))
        sentences = document.sentences[first : min(size, first + length)]
        start = document.body.start + first
        worded = [wordable(sentence) for sentence in sentences]
        if sum(worded) < 8:
            continue
        ids = [e.ids for e in tokenizer.encode_batch([" " + s for s in sentences], add_special_tokens=False)]
        found.append(worded_window(decoder, corpus.tensor(slice(start, start + len(sentences))), ids, worded))
        done += sum(worded)
        tell(done)
        if done >= count:
            break
    return found


def trained(weight: float, token_loss: TokenLoss, corpus: ConceptCorpus, args: argparse.Namespace) -> TwoTowerLCM:
    """The shipped two-tower, gone on with; from its checkpoint where there is one."""
    torch.manual_seed(args.seed)
    model, normalizer = shipped_lcm(args.bundle)
    checkpoint = args.work / f"token-loss-{weight:g}.pt"
    state = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    if state:
        model.load_state_dict(state["model"])

    def loss_of(batch: Batch) -> torch.Tensor:
        concepts, counting, _ = batch
        loss = model.loss(normalizer.normalize(concepts), counting)
        return loss + weight * token_loss(model) if weight else loss

    fit(
        model,
        lambda seed: corpus.batches(lambda _: corpus.windows(model.config.context_length), args.concepts, seed),
        loss_of,
        checkpoint,
        state,
        {"normalizer": normalizer.state_dict()},
        args,
        warmup=10,
    )
    return model


def rating(
    models: dict[str, TwoTowerLCM], normalizer: Normalizer, corpus: ConceptCorpus, places: int, bundle: BundleRuntime
) -> dict[str, Any]:
    texts = []
    for document in corpus.documents:
        vectors = unit(corpus.tensor(document.body)[:EXCERPT].numpy())
        texts.append(Text(document.genre, document.sentences[: len(vectors)], vectors))
    chosen = wordable_places(texts, places, np.random.default_rng(0))
    plans = {name: means_at(model, normalizer, chosen) for name, model in models.items()}
    nats: dict[str, list[float]] = {name: [] for name in ("context", "trueConcept", *models)}
    tokens = []
    for i, place in enumerate(Progress().over("rating true sentences", chosen)):
        rows = np.stack([place.true, *(plans[name][i] for name in models)])
        alone = bundle.decoder.log_probabilities(place.sentence, place.context_text, None)
        planned = bundle.decoder.log_probabilities(place.sentence, place.context_text, rows)
        for name, row in zip(nats, np.concatenate([alone, planned]), strict=True):
            nats[name].append(-float(row.sum()))
        tokens.append(alone.shape[1])
    bodies = texts_of(corpus, TEXTS)
    found: dict[str, Any] = {"sentences": len(chosen), "tokens": sum(tokens)}
    for name, values in nats.items():
        over_start = np.subtract(values, nats[START])
        found[name] = {
            "natsPerToken": Mean.of_ratio(values, tokens).to_json(),
            "aboveStart": Mean.of_ratio(list(over_start), tokens).to_json(),  # paired
        }
    for name, model in models.items():
        near = rated(expectations(model, normalizer, bodies), bodies)
        found[name] |= {measure: mean.to_json() for measure, mean in near.items()}
    return found


@torch.inference_mode()
def means_at(model: TwoTowerLCM, normalizer: Normalizer, places: list[Place]) -> np.ndarray:
    """The conditional mean at each place, (places, D) of unit length."""
    length = model.config.context_length
    windows = [place.text.vectors[max(0, place.index + 1 - length) : place.index + 1] for place in places]
    return np.stack([each[-1] for each in expectations(model, normalizer, windows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--folder", type=Path, default=Path("models/results"))
    parser.add_argument("--minutes", type=float, default=8, help="of processor time, of each")
    parser.add_argument("--weights", type=float, nargs="+", default=[0, 0.1], help="of the token loss")
    parser.add_argument("--sentences", type=int, default=4000, help="that the token loss is of")
    parser.add_argument("--places", type=int, default=200, help="of valid, whose true sentences are rated")
    parser.add_argument("--concepts", type=int, default=1024, help="vectors a step")
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    corpus = ConceptCorpus(args.work, "train")
    start, normalizer = shipped_lcm(args.bundle)
    length = start.config.context_length
    decoder = shipped_decoder(args.bundle).eval()
    kept = args.work / "token-loss.windows"
    if kept.exists():
        windows = [WordedWindow(*parts) for parts in torch.load(kept, weights_only=True)]
    else:
        tokenizer = Tokenizer.from_file(str(args.bundle / "decoder.tokenizer.json"))
        windows = worded_windows(corpus, decoder, tokenizer, length, args.sentences, args.seed)
        torch.save([tuple(vars(window).values()) for window in windows], kept)
    models = {START: start.eval()}
    for weight in args.weights:
        token_loss = TokenLoss(decoder, normalizer, windows, args.seed)
        models[f"weight {weight:g}"] = trained(weight, token_loss, corpus, args).eval()
    found = rating(models, normalizer, ConceptCorpus(args.work, "valid"), args.places, open_bundle(args.bundle))
    about = {"minutes": args.minutes, "sentencesWorded": args.sentences, "windows": len(windows), **found}
    args.folder.joinpath("token-loss.json").write_text(json.dumps(about, indent=1) + "\n")
    print(json.dumps(about, indent=1))


if __name__ == "__main__":
    main()
