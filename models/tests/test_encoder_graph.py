"""The encoder's two graphs against PyTorch, and that the bundle ships them as they would be written now."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper
from transformers import BertConfig, BertModel

from models.lcm.activation_ranges import Range, WatchedEncoder
from models.lcm.concepts import cosines
from models.lcm.encoder import CONCEPT_DIM, PooledEncoder
from models.lcm.encoder_graph import ENCODER_FILES, write_encoder
from models.lcm.quantize import quantize_columns

BUNDLE = Path("models/bundle")
Ids = tuple[np.ndarray, np.ndarray]


def encoder_of(layers: int, words: int, width: int, inner: int) -> PooledEncoder:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
    )
    body = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        for parameter in body.parameters():
            # Weights that say something, and channels that are far from 0 and of many sizes, as trained ones are.
            parameter.add_(torch.randn_like(parameter) * (0.1 if parameter.ndim == 2 else 0.4))
    return PooledEncoder(body).eval()


def ids_of(rows: int, length: int) -> Ids:
    rng = np.random.default_rng(0)
    mask = (np.arange(length) < rng.integers(3, length + 1, (rows, 1))).astype(np.int64)
    mask[0] = 1
    return rng.integers(1, 200, (rows, length)) * mask, mask


def ranges_of(encoder: PooledEncoder, ids: Ids) -> dict[str, Range]:
    watched = WatchedEncoder(encoder)
    watched.run(*ids)
    return watched.ranges()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[PooledEncoder, Path]:
    folder = tmp_path_factory.mktemp("encoder")
    encoder = encoder_of(layers=2, words=200, width=64, inner=96)
    write_encoder(encoder, ranges_of(encoder, ids_of(16, 12)), folder)
    return encoder, folder


def run(graph: Path | bytes, ids: Ids, outputs: list[str] | None = None) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(graph)
    return session.run(outputs, {"input_ids": ids[0], "attention_mask": ids[1]})


@pytest.mark.parametrize("name", ENCODER_FILES[:2])
def test_both_graphs_are_the_model_but_for_rounding(written: tuple[PooledEncoder, Path], name: str) -> None:
    encoder, folder = written
    ids = ids_of(9, 14)
    with torch.inference_mode():
        wanted = encoder(torch.from_numpy(ids[0]), torch.from_numpy(ids[1])).numpy()
    (got,) = run(folder / name, ids)
    assert np.linalg.norm(got, axis=1) == pytest.approx(1, abs=1e-5)
    assert cosines(got, wanted).min() > 0.999
    assert cosines(got[1:], wanted[:-1]).max() < 0.995  # another sentence's would be noticed


def test_a_vector_is_the_same_whatever_is_encoded_beside_it(written: tuple[PooledEncoder, Path]) -> None:
    ids, mask = ids_of(9, 14)
    ids[5] = 199 * mask[5]
    (together,) = run(written[1] / "encoder.onnx", (ids, mask))
    for i, row in enumerate(mask):
        length = row.sum()
        (alone,) = run(written[1] / "encoder.onnx", (ids[i : i + 1, :length], mask[i : i + 1, :length]))
        assert alone[0] == pytest.approx(together[i], abs=1e-5)


def test_no_two_products_are_more_than_16_bits_hold(written: tuple[PooledEncoder, Path]) -> None:
    """Of activations far beyond what was watched, too."""
    model = onnx.load(written[1] / "encoder.onnx")
    names = [node.output[0] for node in model.graph.node if node.op_type == "QuantizeLinear"]
    assert len(names) == 8
    model.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.UINT8, None) for name in names)
    integers = run(model.SerializeToString(), (np.full((2, 14), 7), np.ones((2, 14), np.int64)), names)
    assert max(int(each.max()) for each in integers) * 127 * 2 < 2**15
    assert all(each.max() > 100 for each in integers)  # and the bits that are left are made use of


def test_the_graphs_share_their_weights(written: tuple[PooledEncoder, Path]) -> None:
    encoder, folder = written
    parameters = sum(p.numel() for p in encoder.body.encoder.parameters() if p.ndim == 2)
    assert parameters < (folder / "encoder.bin").stat().st_size < 2 * parameters


def test_ranges_are_of_tokens_and_not_of_padding() -> None:
    encoder = encoder_of(layers=1, words=200, width=64, inner=96)
    ids, mask = ids_of(4, 10)
    found = ranges_of(encoder, (ids, mask))
    assert found.keys() == {"0.attention", "0.feed_forward"}
    longer = (np.pad(ids, ((0, 0), (0, 5))), np.pad(mask, ((0, 0), (0, 5))))
    for name, same in ranges_of(encoder, longer).items():
        assert same.middle.numpy() == pytest.approx(found[name].middle.numpy(), abs=1e-5)
        assert same.half.numpy() == pytest.approx(found[name].half.numpy(), abs=1e-5)
    assert all((each.half > 0).all() for each in found.values())


def test_a_column_has_one_scale_and_uses_all_of_it() -> None:
    weight = torch.randn(5, 32, generator=torch.Generator().manual_seed(1))
    values, scales = quantize_columns(weight)
    assert values.dtype == torch.int8
    assert values.abs().amax(1).tolist() == [127] * 5
    assert ((values * scales[:, None] - weight).abs() <= scales[:, None] / 2 * 1.001).all()


def test_the_shipped_graphs_are_those_that_would_be_written_now(tmp_path: Path) -> None:
    encoder = encoder_of(layers=6, words=30522, width=CONCEPT_DIM, inner=4 * CONCEPT_DIM)
    write_encoder(encoder, ranges_of(encoder, ids_of(2, 6)), tmp_path)
    for name in ENCODER_FILES[:2]:
        now, shipped = (onnx.load(folder / name, load_external_data=False).graph for folder in (tmp_path, BUNDLE))
        for part in ("node", "input", "output"):
            assert list(getattr(now, part)) == list(getattr(shipped, part)), part
        sizes = [{tensor.name: list(tensor.dims) for tensor in graph.initializer} for graph in (now, shipped)]
        assert sizes[0] == sizes[1]
