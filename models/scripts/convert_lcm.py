"""Writes a bundle with an LCM that was trained with Meta's code, beside the encoder and decoder of another bundle.

Takes a checkpoint of github.com/facebookresearch/large_concept_model: the folder step_N with model.pt and
model_card.yaml, of a two-tower diffusion LCM or a Base-LCM. The encoder must be the one that it was trained on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from models.lcm.bundle import lcm_part, listed, rounded, write_manifest
from models.lcm.bundle_parts import lend, read_parts
from models.lcm.bundle_runtime import open_encoder
from models.lcm.checkpoint_error import CheckpointError
from models.lcm.diffusion import DiffusionLCM
from models.lcm.lcm_export import export_lcm
from models.lcm.meta.checkpoint import Checkpoint, read_checkpoint

# Of Meta's recipes: concepts of a document, and the sentences that end a prompt and a document.
CONTEXT_LENGTH = 128
SEPARATOR, STOP, STOP_THRESHOLD = "[MODEL]:", "End of text.", 0.9

# Of its evaluation, whose 40 steps of 100 are really 50: PyTorch cuts the stride of 2.5 to 2.
STEPS = 50
GUIDANCE_SCALE, GUIDANCE_RESCALE, NOISE_SCALE = 3.0, 0.7, 0.6


def sampler(checkpoint: Checkpoint, steps: int | None) -> dict[str, float]:
    """The manifest's sampler settings. steps: None for as many as Meta's evaluation takes. Raises CheckpointError."""
    model = checkpoint.model
    if not isinstance(model, DiffusionLCM):
        return {"steps": 1, "guidanceScale": 1, "guidanceRescale": 0, "initialNoiseScale": 0, "eta": 0}
    possible = [n for n in range(1, model.config.train_steps + 1) if model.config.train_steps % n == 0]
    if steps is not None and steps not in possible:
        raise CheckpointError(f"--steps is {steps}, expected one of {', '.join(map(str, possible))}")
    return {
        "steps": steps or max(n for n in possible if n <= STEPS),
        "guidanceScale": GUIDANCE_SCALE if checkpoint.guided else 1,
        "guidanceRescale": GUIDANCE_RESCALE if checkpoint.guided else 0,
        "initialNoiseScale": NOISE_SCALE,
        "eta": 0,
    }


def convert(checkpoint: Checkpoint, parts: Path, steps: int | None, directory: Path) -> None:
    """Writes the whole bundle. Raises CheckpointError before it writes anything."""
    model = checkpoint.model
    lent, settings = read_parts(parts, model.config.concept_dim), sampler(checkpoint, steps)
    encoder = open_encoder(parts, lent, threads=1)
    marks = torch.from_numpy(encoder.encode([SEPARATOR, STOP]))
    lend(parts, directory)
    export_lcm(model, None, directory)
    content = {
        # Nothing is held back where no one has looked yet at which scores are good.
        "ranking": {"minScore": 0},
        "summary": {"default": "extractive"},
        **lent,
        "name": checkpoint.family,
        "version": checkpoint.step,
        "normalizer": {
            "center": rounded(checkpoint.normalizer.center),
            "scale": rounded(checkpoint.normalizer.scale),
        },
        "lcm": lcm_part(model, settings, marks, STOP_THRESHOLD),
        "files": listed(directory),
        "licenses": [
            *lent["licenses"],
            {"what": "LCM weights", "license": "not told by their checkpoint", "source": checkpoint.step},
        ],
        "data": f"{lent['data']}; the LCM: not told by its checkpoint",
        "metrics": {},  # those of the parts' own LCM say nothing of this one
    }
    write_manifest(content, directory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path, help="the folder step_N, with model.pt and model_card.yaml")
    parser.add_argument("--parts", type=Path, required=True, help="a bundle that lends encoder, plan head and decoder")
    parser.add_argument("--bundle", type=Path, required=True, help="the directory to write")
    parser.add_argument("--normalizer", type=Path, help="its own checkpoint, if model.pt holds none")
    parser.add_argument("--context-length", type=int, default=CONTEXT_LENGTH, help="concepts to read at once")
    parser.add_argument("--steps", type=int, help=f"of the sampler, a divisor of training's (default: at most {STEPS})")
    args = parser.parse_args()
    torch.manual_seed(1)
    try:
        if args.bundle.resolve() == args.parts.resolve():
            raise CheckpointError("--bundle and --parts are one directory, expected two")
        checkpoint = read_checkpoint(args.checkpoint, args.context_length, args.normalizer)
        convert(checkpoint, args.parts, args.steps, args.bundle)
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
