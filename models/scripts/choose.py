"""What models/choices.json is chosen by: sampler settings and stop threshold, swept on valid. Only prints."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from models.lcm.config import LCMConfig
from models.lcm.data import STOP_ROW, ConceptCorpus, Window
from models.lcm.normalizer import Normalizer
from models.lcm.sampler import sample
from models.lcm.two_tower import TwoTowerLCM

CONTEXT = 8  # sentences before a position that counts
LONGEST = 64  # sentences of each text
SWEPT = [  # guidance scale, initial noise scale, steps: few steps stay near the mean, many go to one mode
    (1.0, 1.0, 10),
    (1.0, 0.6, 10),
    (2.0, 0.6, 10),
    (2.0, 0.6, 20),
    (2.0, 0.5, 5),
    (2.0, 0.7, 5),
    (4.0, 0.6, 5),
    (1.0, 0.8, 2),
    (2.0, 0.8, 2),
    (3.0, 0.8, 2),
    (3.0, 1.0, 2),
    (4.0, 0.8, 2),
    (4.0, 1.0, 2),
    (6.0, 1.0, 2),
]
OTHERS = 64  # vectors of the swept texts that the true next one is ranked among


def unit(x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(x, dim=-1)


def sweep(model: TwoTowerLCM, normalizer: Normalizer, texts: list[torch.Tensor], settings: dict[str, float]) -> str:
    """Two samples at every position of each text: closeness to the truth, rank among others, and how they differ."""
    generator = torch.Generator().manual_seed(1)
    first, second = [], []
    for text in texts:
        samples = []
        for _ in range(2):
            noise = torch.randn(1, *text.shape, generator=generator) * settings["initialNoiseScale"]
            drawn = sample(
                model,
                normalizer.normalize(text).unsqueeze(0),
                noise,
                steps=int(settings["steps"]),
                guidance_scale=settings["guidanceScale"],
                guidance_rescale=settings["guidanceRescale"],
            )
            samples.append(unit(normalizer.denormalize(drawn[0]))[CONTEXT:])
        first.append(samples[0])
        second.append(samples[1])
    a, b = torch.cat(first), torch.cat(second)
    return f"{rated(a, texts)}, cosine of two samples {(a * b).sum(-1).mean():.3f}"


def rated(guesses: torch.Tensor, texts: list[torch.Tensor]) -> str:
    """guesses: (P, D), of every position of each text from CONTEXT on; ranked among the same others each time."""
    truth = torch.cat([text[CONTEXT:] for text in texts])
    everything = torch.cat(texts)
    drawn = torch.randint(0, len(everything), (len(truth), OTHERS), generator=torch.Generator().manual_seed(1))
    own = (guesses * truth).sum(-1)
    closer = (everything[drawn] @ guesses.unsqueeze(-1)).squeeze(-1) > own.unsqueeze(-1)
    return f"cosine to the truth {own.mean():.3f}, rank among {OTHERS} {1 + closer.sum(-1).float().mean():.2f}"


def baselines(model: TwoTowerLCM, normalizer: Normalizer, texts: list[torch.Tensor]) -> None:
    """What samples are to be better than, and the conditional mean."""
    means = [torch.stack([unit(text[i - 4 : i].mean(0)) for i in range(CONTEXT, len(text))]) for text in texts]
    print(f"copy of the last: {rated(torch.cat([text[CONTEXT - 1 : -1] for text in texts]), texts)}")
    print(f"mean of four: {rated(torch.cat(means), texts)}")
    expected = [unit(normalizer.denormalize(model.expected(normalizer.normalize(t).unsqueeze(0))[0])) for t in texts]
    print(f"expected: {rated(torch.cat([each[CONTEXT:] for each in expected]), texts)}")


def stops(model: TwoTowerLCM, normalizer: Normalizer, corpus: ConceptCorpus, windows: list[Window]) -> None:
    """Cosine of what is expected to the stop vector, where the summary ends and before it."""
    stop = corpus.marks[STOP_ROW]
    ends, before = [], []
    for window in windows:
        if window.rows[-1] != STOP_ROW:
            continue
        expected = model.expected(normalizer.normalize(corpus.window_tensor(window)).unsqueeze(0))[0]
        closeness = unit(normalizer.denormalize(expected)) @ stop
        separator = int((window.rows < 0).argmax())
        ends.append(closeness[-1:])
        before.append(closeness[separator + 1 : -1])
    a, b = torch.cat(ends), torch.cat(before)
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        found, wrong = ((x > threshold).float().mean() for x in (a, b))
        print(f"stop threshold {threshold}: above it {found:.2f} of the ends, {wrong:.2f} of the rest")


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--texts", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    state = torch.load(args.work / "two-tower.pt", weights_only=True)
    model = TwoTowerLCM(LCMConfig())
    model.load_state_dict(state["model"])
    model.eval()
    normalizer = Normalizer.restored(state["normalizer"])
    corpus = ConceptCorpus(args.work, "valid")
    windows = corpus.windows(model.config.context_length)
    texts = [unit(corpus.tensor(d.body)[:LONGEST]) for d in corpus.documents if d.body.stop - d.body.start > 24]
    print(f"step {state['step']}")
    stops(model, normalizer, corpus, windows)
    texts = texts[: args.texts]
    baselines(model, normalizer, texts)
    for guidance, noise, steps in SWEPT:
        settings = {"steps": steps, "guidanceScale": guidance, "guidanceRescale": 0.7, "initialNoiseScale": noise}
        found = sweep(model, normalizer, texts, settings)
        print(f"guidance {guidance} noise {noise} steps {steps}: {found}", flush=True)


if __name__ == "__main__":
    main()
