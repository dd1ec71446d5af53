"""What a bundle holds can be trained on: its graphs' weights are the module's again."""

from pathlib import Path

import onnx
import torch

from models.lcm.decoder import ConceptDecoder
from models.lcm.decoder_graph import decoder_graph
from models.lcm.quantize import fake_quantized
from models.lcm.shipped_weights import decoder_weights
from models.scripts.export import plan_head_graph


def test_a_shipped_decoder_is_read_back(tiny_decoder: ConceptDecoder, tmp_path: Path) -> None:
    onnx.save(decoder_graph(tiny_decoder), tmp_path / "decoder.onnx")
    onnx.save(plan_head_graph(tiny_decoder.head), tmp_path / "plan_head.onnx")
    state = tiny_decoder.state_dict()
    found = decoder_weights(tmp_path, state)
    assert found.keys() == state.keys()
    for name, value in state.items():
        if name.startswith("head."):
            assert torch.allclose(found[name], value, atol=float(value.abs().max()) / 100), name
        else:
            wanted = fake_quantized(value) if value.ndim == 2 else value
            assert torch.allclose(found[name], wanted, atol=1e-6), name
