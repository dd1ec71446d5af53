"""int4 packing against the kernels' own arithmetic, and training through it."""

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper

from models.lcm.decoder_graph import Builder
from models.lcm.quantize import QuantizationAware, fake_quantized, quantize_int4


def test_the_kernel_multiplies_with_the_fake_quantized_weight() -> None:
    weight = torch.randn(6, 96, generator=torch.Generator().manual_seed(0))
    builder = Builder()
    builder.int4("w", weight.numpy())
    builder.linear("x", "w", (6, 96), "y")
    builder.nodes[0].attribute.remove(next(a for a in builder.nodes[0].attribute if a.name == "accuracy_level"))
    graph = helper.make_graph(
        builder.nodes,
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["B", 96])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["B", 6])],
        builder.initializers,
    )
    imports = [helper.make_opsetid("", 23), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=11)
    x = np.random.default_rng(0).standard_normal((4, 96)).astype(np.float32)
    (got,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})
    assert got == pytest.approx(x @ fake_quantized(weight).numpy().T, abs=1e-3)


def test_the_grid_is_as_fine_as_a_sixteenth_of_a_block() -> None:
    weight = torch.randn(4, 64, generator=torch.Generator().manual_seed(1))
    blocks = weight.reshape(4, 2, 32)
    step = (blocks.amax(-1) - blocks.amin(-1)) / 15
    error = (fake_quantized(weight) - weight).reshape(4, 2, 32).abs().amax(-1)
    assert (error <= step * 1.01).all()
    assert quantize_int4(weight).packed.shape == (4, 2, 16)


def test_a_width_that_is_no_multiple_of_the_block_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        fake_quantized(torch.zeros(2, 33))


def test_masters_learn_through_their_int4_values() -> None:
    torch.manual_seed(0)
    layer = torch.nn.Linear(32, 8, bias=False)
    aware = QuantizationAware(layer.parameters())
    target, x = torch.randn(16, 8), torch.randn(16, 32)
    optimizer = torch.optim.Adam(aware.masters, lr=0.02)
    losses = []
    for _ in range(60):
        aware.quantize()
        assert torch.equal(layer.weight, fake_quantized(aware.masters[0].detach()))
        loss = (layer(x) - target).square().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.3 * losses[0]
    state = aware.state_of(layer)
    assert torch.equal(state["weight"], aware.masters[0])
    assert state.keys() == layer.state_dict().keys()
