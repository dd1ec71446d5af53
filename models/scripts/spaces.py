"""Concept spaces compared: each trained for the same time, then rated on similarity, decodability, predictability.

Reads the documents that `prepare` cut, {train,valid}.jsonl in the work folder. Prints a table; writes
FOLDER/spaces.json and a plot, FOLDER/spaces-robustness.svg. Resumable: what is trained and rated stays in the work
folder.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch

from models.evaluation.lexical_wording import worded
from models.evaluation.other_encoder import other_encoder
from models.evaluation.progress import Progress
from models.evaluation.space_figures import knows_the_next, order_kept, predictability, text_figures
from models.evaluation.space_material import TEXT_LENGTH, Split, read_split, texts_of, tokens_of, worded_rows
from models.evaluation.swept import expectations
from models.lcm.byte_tokenizer import ByteTokenizer
from models.lcm.concept_noise import moved
from models.lcm.concepts import cosines, unit
from models.lcm.decoder import load_tokenizer
from models.lcm.encoder import minilm_directory
from models.lcm.lexical_head import Vocabulary
from models.lcm.metrics import Mean
from models.lcm.shipped_weights import shipped_decoder
from models.lcm.space_training import Worded, fit_bags, fit_lcm, fit_tokens
from models.lcm.spaces import SPACES, Space
from models.lcm.token_states import TokenStates, read_token_states

matplotlib.use("svg")
from matplotlib import pyplot as plt  # noqa: E402

NOISES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)  # of the concept's norm
WORDED_EVERY = 2  # of the rated sentences: wording takes most of the time
ROWS = 256  # sentences pooled at once
FEW = 40  # sentences rated at once


class Comparison:
    """What the spaces share, and how each is trained and rated on it."""

    def __init__(self, args: argparse.Namespace, kept: Path) -> None:
        self.args, self.kept, self.progress = args, kept, Progress()
        tokenizer = load_tokenizer()
        decoder = shipped_decoder(args.bundle).eval()
        self.decoder = decoder.requires_grad_(False)
        self.spelling = ByteTokenizer(args.bundle / "decoder.tokenizer.json")
        texts = {
            "train": texts_of(args.work / "train.jsonl", args.texts),
            "valid": texts_of(args.work / "valid.jsonl", args.texts_rated),
        }
        learnt = [sentence for text in texts["train"] for sentence in text]
        tokens = tokens_of(learnt, tokenizer)
        bags = [tokens[i] for i in worded_rows(learnt).tolist()]
        self.vocabulary = Vocabulary.of(bags, len(decoder.table))
        self.bags = [self.vocabulary.bag(bag) for bag in bags]
        self.words = decoder.table[self.vocabulary.ids]

        def split(name: str, heard: int) -> Split:
            return read_split(texts[name], tokenizer, decoder, self.vocabulary, heard, name, kept, self.progress)

        self.train, self.valid = split("train", args.heard), split("valid", args.rated)
        self.shipped = by_text(pooled(SPACES["mean"](), self.valid.states))
        judge = other_encoder(minilm_directory() / "tokenizer.json", args.threads)
        self.judged = by_text(judge.encode(self.valid.sentences))

    def trained(self, name: str) -> Worded:
        args, train = self.args, self.train
        torch.manual_seed(args.seed)
        model = Worded(SPACES[name](), self.words)
        files = [self.kept / f"{name}-{stage}.pt" for stage in ("bags", "tokens")]
        self.progress.say(f"training {name}")
        fit_bags(
            model, train.states, train.worded, self.bags, self.vocabulary.prior, files[0], args.bag_minutes, args.seed
        )
        fit_tokens(model, train.states, train.heard, train.unplanned, files[1], args.token_minutes, args.seed)
        return model.eval()

    def figures(self, name: str) -> dict[str, Any]:
        model = self.trained(name)
        concepts = pooled(model.space, self.valid.states)
        with torch.inference_mode():
            found = {
                "dimensions": model.space.dim,
                "similarity": self.similarity(model.space, concepts),
                "nats": self.robustness(model, torch.from_numpy(concepts)[self.valid.heard]),
                "worded": self.wordings(model, concepts),
            }
        return found | {"prediction": self.prediction(name, model.space, by_text(concepts))}

    def similarity(self, space: Space, concepts: np.ndarray) -> dict[str, Any]:
        """By the dimensions that are there for it, and by all."""
        return {
            part: {
                "knowsTheNext": knows_the_next(by_text(vectors)).to_json(),
                "likeShipped": order_kept(by_text(vectors), self.shipped).to_json(),
                "likeOtherEncoder": order_kept(by_text(vectors), self.judged).to_json(),
            }
            for part, vectors in {"likeness": unit(concepts[:, space.likeness]), "whole": concepts}.items()
        }

    def robustness(self, model: Worded, concepts: torch.Tensor) -> dict[str, Any]:
        """Nats a token of the true sentences under their own concepts, by noise on these, under others', and without;
        `gain` is what a concept gives over none, paired, each sentence once."""
        silent, lengths = self.nats(torch.zeros(len(concepts), len(self.words)))
        plans = {str(noise): self.moved(concepts, noise) for noise in NOISES}
        plans["another"] = concepts.roll(len(concepts) // 2, 0)
        found = {"none": {"nats": Mean.of_ratio(list(silent), list(lengths)).to_json()}}
        for name, plan in plans.items():
            sums, _ = self.nats(model.head(plan))
            means = {"nats": Mean.of_ratio(list(sums), list(lengths)), "gain": Mean.of((silent - sums) / lengths)}
            found[name] = {measure: mean.to_json() for measure, mean in means.items()}
        return found

    def nats(self, lexical: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        """lexical: (U, V) of the rated sentences -> summed nats and tokens of each, (U,)."""
        sums, lengths = [], []
        for rows in torch.arange(len(lexical)).split(FEW):
            nats, owners = self.valid.unplanned.nats(rows, self.words, lexical[rows])
            sums.append(torch.zeros(len(rows)).index_add(0, owners, nats))
            lengths.append(owners.bincount())
        return torch.cat(sums).numpy(), torch.cat(lengths).numpy()

    def moved(self, concepts: torch.Tensor, noise: float) -> torch.Tensor:
        """By the same noise for every strength."""
        return moved(concepts, noise, torch.Generator().manual_seed(self.args.seed))

    def wordings(self, model: Worded, concepts: np.ndarray) -> dict[str, Any]:
        """Greedy, from the concept alone, by noise on it; read again, in this space and in the one that ships, and
        compared with what the concept was before the noise."""
        rows = self.valid.heard[::WORDED_EVERY]
        true, shipped = torch.from_numpy(concepts)[rows], np.concatenate(self.shipped)[rows.numpy()]
        sources = [self.valid.sentences[i] for i in rows.tolist()]
        found = {}
        for noise in NOISES:
            self.progress.say(f"wording {len(sources)} sentences, noise {noise}")
            heard = model.head(self.moved(true, noise))
            texts = worded(self.decoder, self.spelling, self.vocabulary.ids, heard)
            again = read_token_states(texts, lambda done: None)
            means = text_figures(texts, sources, np.random.default_rng(self.args.seed)) | {
                "cosine": Mean.of(cosines(pooled(model.space, again), true.numpy())),
                "cosineShipped": Mean.of(cosines(pooled(SPACES["mean"](), again), shipped)),
            }
            found[str(noise)] = {measure: mean.to_json() for measure, mean in means.items()}
        return found

    def prediction(self, name: str, space: Space, texts: list[np.ndarray]) -> dict[str, Any]:
        learnt = pooled(space, self.train.states)
        self.progress.say(f"training an LCM in {name}")
        windows = torch.from_numpy(np.stack(by_text(learnt)))
        model, normalizer = fit_lcm(windows, self.kept / f"{name}-lcm.pt", self.args.lcm_minutes, self.args.seed)
        ways = predictability(texts, learnt.mean(0), {"twoTower": expectations(model, normalizer, texts)})
        return {way: {measure: mean.to_json() for measure, mean in means.items()} for way, means in ways.items()}


@torch.inference_mode()
def pooled(space: Space, states: TokenStates) -> np.ndarray:
    """-> (N, dim) float32."""
    return torch.cat([space(*states.padded(rows)) for rows in torch.arange(len(states)).split(ROWS)]).numpy()


def by_text(vectors: np.ndarray) -> list[np.ndarray]:
    return np.split(vectors, len(vectors) // TEXT_LENGTH)


def cell(mean: dict[str, Any], digits: int) -> str:
    return f"{mean['mean']:.{digits}f} ±{mean['se']:.{digits}f}"


def table(spaces: dict[str, Any]) -> str:
    """Markdown, a row a space; means, and their errors behind ±."""

    lines = [
        "| space | numbers | AutoBLEU | chrF | again, shipped | again, itself | nats | gain | gain at .3 | next "
        "| like other | CA | l2 / average's |",
        "|---" * 13 + "|",
    ]
    for name, found in spaces.items():
        clean, nats, guessed = found["worded"]["0.0"], found["nats"], found["prediction"]["twoTower"]
        similar = found["similarity"]["likeness"]
        cells = [
            name,
            str(found["dimensions"]),
            cell(clean["bleu"], 2),
            cell(clean["chrf"], 1),
            cell(clean["cosineShipped"], 3),
            cell(clean["cosine"], 3),
            cell(nats["0.0"]["nats"], 2),
            cell(nats["0.0"]["gain"], 3),
            cell(nats["0.3"]["gain"], 3),
            cell(similar["knowsTheNext"], 3),
            cell(similar["likeOtherEncoder"], 3),
            cell(guessed["contrastiveAccuracy"], 3),
            cell(guessed["relativeL2"], 3),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def noise_table(spaces: dict[str, Any]) -> str:
    """Markdown, of the wordings by noise on their concepts, three rows a space."""
    measures = (("AutoBLEU", "bleu", 2), ("chrF", "chrf", 1), ("again, shipped", "cosineShipped", 3))
    lines = [f"| space | | {' | '.join(str(noise) for noise in NOISES)} |", "|---" * (2 + len(NOISES)) + "|"]
    for name, found in spaces.items():
        for label, measure, digits in measures:
            cells = [cell(found["worded"][str(noise)][measure], digits) for noise in NOISES]
            lines.append(f"| {name} | {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(spaces: dict[str, Any], target: Path) -> None:
    """By noise: nats a token, without a plan as a dashed line, and AutoBLEU. Error bars are standard errors."""
    # The same results give the same file.
    plt.rcParams.update({"svg.hashsalt": "foresay", "svg.fonttype": "none"})
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for panel, (part, measure) in zip(panels, (("nats", "nats"), ("worded", "bleu")), strict=True):
        for name, found in spaces.items():
            by_noise = [found[part][str(noise)][measure] for noise in NOISES]
            means, errors = [each["mean"] for each in by_noise], [each["se"] for each in by_noise]
            panel.errorbar(NOISES, means, errors, fmt="o-", markersize=4, capsize=3, label=name)
        panel.set(xlabel="noise, of the concept's norm")
        panel.grid(alpha=0.3)
    without = next(iter(spaces.values()))["nats"]["none"]["nats"]["mean"]
    panels[0].axhline(without, linestyle="--", color="gray", label="no plan")
    panels[0].set(title="nats a token of the true sentence")
    panels[0].legend(fontsize="small")
    panels[1].set(title="AutoBLEU of its wording")
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"), help="whose language model words")
    parser.add_argument("--folder", type=Path, default=Path("models/results"))
    parser.add_argument("--texts", type=int, default=600, help="of train, to learn from")
    parser.add_argument("--texts-rated", type=int, default=24, help="of valid")
    parser.add_argument("--heard", type=int, default=3000, help="sentences of train that the language model reads")
    parser.add_argument("--rated", type=int, default=300, help="sentences of valid that it reads")
    parser.add_argument("--bag-minutes", type=float, default=6, help="of processor time, for each space")
    parser.add_argument("--token-minutes", type=float, default=3)
    parser.add_argument("--lcm-minutes", type=float, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    kept = args.work / "spaces"
    kept.mkdir(parents=True, exist_ok=True)
    about = {name: value for name, value in vars(args).items() if name != "threads" and not isinstance(value, Path)}
    settings = kept / "settings.json"
    if settings.exists() and json.loads(settings.read_text()) != about:
        raise SystemExit(f"{kept}: holds a comparison with other settings ({settings.name}); give these, or remove it")
    settings.write_text(json.dumps(about))
    files = {name: kept / f"{name}.json" for name in SPACES}
    missing = [name for name, file in files.items() if not file.exists()]
    if missing:
        comparison = Comparison(args, kept)
        for name in missing:
            files[name].write_text(json.dumps(comparison.figures(name)))
    spaces = {name: json.loads(file.read_text()) for name, file in files.items()}
    print(table(spaces))
    print(noise_table(spaces))
    (args.folder / "spaces.json").write_text(json.dumps({"about": about, "spaces": spaces}, indent=1) + "\n")
    plot(spaces, args.folder / "spaces-robustness.svg")


if __name__ == "__main__":
    main()
