"""Writes a bundle from the checkpoints, and says how far each graph is from PyTorch.

Run `export_encoder` first, or let another bundle lend its encoder and decoder: any system of the paper runs with them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnx
import onnxruntime
import torch
from torch import nn

from models.lcm.bundle import manifest, write_manifest
from models.lcm.bundle_parts import lend, read_parts, with_parts
from models.lcm.checkpoint_error import CheckpointError
from models.lcm.concepts import cosines
from models.lcm.decoder import ConceptDecoder, PlanHead, load_tokenizer, restored_head
from models.lcm.decoder import restored as restored_decoder
from models.lcm.decoder_graph import decoder_graph
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.lcm_export import export_lcm
from models.lcm.quant_lcm import Choice
from models.lcm.systems import ARCHITECTURES, restored
from models.lcm.tracing import traced
from models.lcm.training import write_curves


class PlanHeadGraph(nn.Module):
    """concepts: (n, D) -> prefix (n, K, H), lexical (n, H)."""

    def __init__(self, head: PlanHead) -> None:
        super().__init__()
        self.head = head

    def forward(self, concepts: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        prefix, lexical = self.head(concepts.unsqueeze(0))
        return prefix.squeeze(0), lexical.squeeze(0)


def plan_head_graph(head: PlanHead) -> onnx.ModelProto:
    example = torch.nn.functional.normalize(torch.randn(2, CONCEPT_DIM), dim=-1)
    return traced(PlanHeadGraph(head), (example,), {"concepts": {0: "n"}}, ["prefix", "lexical"])


def export_head(head: PlanHead, directory: Path) -> None:
    onnx.save(plan_head_graph(head), directory / "plan_head.onnx")
    concepts = torch.nn.functional.normalize(torch.randn(2, CONCEPT_DIM), dim=-1)
    with torch.inference_mode():
        wanted = head(concepts)
    got = onnxruntime.InferenceSession(directory / "plan_head.onnx").run(None, {"concepts": concepts.numpy()})
    for name, a, b in zip(("prefix", "lexical"), wanted, got, strict=True):
        print(f"plan head, {name}: cosine to PyTorch {cosines(a.numpy(), b).mean():.4f} in the mean")


def export_decoder(decoder: ConceptDecoder, directory: Path) -> None:
    onnx.save(decoder_graph(decoder), directory / "decoder.onnx")
    load_tokenizer().save(str(directory / "decoder.tokenizer.json"), pretty=False)
    settings = {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False, "clean_up_tokenization_spaces": False}
    (directory / "decoder.tokenizer_config.json").write_text(json.dumps(settings) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("models/work"))
    parser.add_argument("--bundle", type=Path, default=Path("models/bundle"))
    parser.add_argument("--curves", type=Path, default=Path("models/results/curves.json"))
    parser.add_argument("--choices", type=Path, default=Path("models/choices.json"))
    parser.add_argument(
        "--only", choices=["lcm", "decoder", "manifest"], help="write this part alone, and the manifest"
    )
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="two-tower", help="of the checkpoint to take")
    parser.add_argument("--parts", type=Path, help="a bundle that lends encoder, plan head and decoder")
    args = parser.parse_args()
    torch.manual_seed(1)
    state = torch.load(args.work / f"{args.architecture}.pt", weights_only=True)
    model = restored(state)
    parts = None
    if args.parts:
        try:
            parts = read_parts(args.parts, model.config.concept_dim)
        except CheckpointError as error:
            raise SystemExit(str(error)) from error
        lend(args.parts, args.bundle)
    if not (args.bundle / "encoder.onnx").exists():
        raise SystemExit(f"{args.bundle}: no encoder.onnx; run python -m models.scripts.export_encoder first")
    choices = json.loads(args.choices.read_text())
    if args.only in (None, "lcm"):
        own = choices["systems"].get(args.architecture, {})
        choice = Choice(own["guidanceScale"], own["top"], own["sharpness"]) if "top" in own else None
        export_lcm(model, choice, args.bundle)
    head = restored_head(state["head"]) if "head" in state else None  # that learned with the LCM
    if args.only in (None, "decoder"):
        together = "decoder" in state  # it learned with the LCM, or else by itself
        weights = state["decoder"] if together else torch.load(args.work / "decoder.pt", weights_only=True)["model"]
        decoder = restored_decoder(weights)
        export_decoder(decoder.eval(), args.bundle)
        head = head or decoder.head
    if head and args.only != "manifest":
        export_head(head.eval(), args.bundle)
    write_curves([args.work / f"{name}.pt" for name in (*ARCHITECTURES, "decoder")], args.curves)
    content = manifest(model, state["normalizer"], state["marks"], choices, args.bundle)
    write_manifest(content if parts is None else with_parts(content, parts), args.bundle)


if __name__ == "__main__":
    main()
