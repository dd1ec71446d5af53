"""Writes the decoder's graph anew around a bundle's weights, which stay bit for bit: for a graph that runs better."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnx

from models.lcm.bundle import MANIFEST, listed, write_manifest
from models.lcm.decoder_graph import decoder_graph
from models.lcm.shipped_weights import shipped_decoder


def regraphed(directory: Path) -> onnx.ModelProto:
    """The graph of today with the bundle's matrices: dequantized and quantized again they would be a little others."""
    graph = decoder_graph(shipped_decoder(directory).eval())
    own = {tensor.name: tensor for tensor in onnx.load(directory / "decoder.onnx").graph.initializer}
    for tensor in graph.graph.initializer:
        matrix = tensor.name.removesuffix(".scales").removesuffix(".zero_points")
        if f"{matrix}.scales" in own:
            tensor.CopyFrom(own[tensor.name])
    return graph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path, nargs="?", default=Path("models/bundle"))
    args = parser.parse_args()
    onnx.save(regraphed(args.bundle), args.bundle / "decoder.onnx")
    content = json.loads((args.bundle / MANIFEST).read_text())
    write_manifest({**content, "files": listed(args.bundle)}, args.bundle)


if __name__ == "__main__":
    main()
