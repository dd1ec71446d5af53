"""What a bundle holds can be trained on: its graphs' weights are the module's again."""

from pathlib import Path

import onnx
import torch

from models.lcm.bundle import lcm_part
from models.lcm.config import LCMConfig
from models.lcm.decoder import ConceptDecoder
from models.lcm.decoder_graph import decoder_graph
from models.lcm.lcm_export import export_lcm
from models.lcm.quantize import fake_quantized
from models.lcm.shipped_weights import decoder_weights, take_lcm_weights
from models.lcm.two_tower import TwoTowerLCM
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


def test_a_shipped_two_tower_is_read_back(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = LCMConfig(concept_dim=64, model_dim=64, heads=2, context_layers=1, denoiser_layers=2, train_steps=10)
    shipped = TwoTowerLCM(config).eval()
    for parameter in shipped.parameters():  # nothing is zero, as it is at birth
        parameter.data += 0.02 * torch.randn_like(parameter)
    export_lcm(shipped, None, tmp_path)
    roles = lcm_part(shipped, {}, torch.zeros(2, 64), 0.6)["roles"]
    model = TwoTowerLCM(config).eval()
    take_lcm_weights(model, tmp_path, roles)
    assert torch.allclose(model.roles, shipped.roles, atol=1e-6)
    assert torch.allclose(model.timestep_table(), shipped.timestep_table(), atol=1e-4)
    concepts, t = torch.randn(1, 6, 64), torch.tensor([4])
    noisy, drop = torch.randn(1, 6, 64), torch.zeros(1, 6, dtype=torch.bool)
    wanted, found = shipped(concepts, noisy, t, drop), model(concepts, noisy, t, drop)
    assert torch.nn.functional.cosine_similarity(wanted, found, dim=-1).min() > 0.999
