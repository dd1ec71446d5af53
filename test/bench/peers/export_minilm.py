"""all-MiniLM-L6-v2 as transformers.js expects it: ONNX in float32 and dynamic int8, as its hub's files are made."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from transformers import AutoModel

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from models.lcm.encoder import minilm_directory  # noqa: E402


class LastHiddenState(nn.Module):
    """input_ids, attention_mask, token_type_ids: (B, T) -> (B, T, 384)."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self.model = AutoModel.from_pretrained(source)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        return self.model(ids, mask, types).last_hidden_state


def main() -> None:
    target, source = Path(sys.argv[1]), minilm_directory()
    (target / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, target / name)
    example = torch.ones(2, 8, dtype=torch.int64)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    plain = target / "onnx/model.onnx"
    torch.onnx.export(
        LastHiddenState(source).eval(),
        (example, example, torch.zeros_like(example)),
        str(plain),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes={name: {0: "B", 1: "T"} for name in [*names, "last_hidden_state"]},
        opset_version=17,
        dynamo=False,
    )
    partial = target / "onnx/partial.onnx"
    quantize_dynamic(plain, partial, weight_type=QuantType.QInt8)
    partial.rename(target / "onnx/model_quantized.onnx")


if __name__ == "__main__":
    main()
