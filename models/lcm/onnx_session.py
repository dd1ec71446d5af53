"""One graph opened with ONNX Runtime, on the CPU, quietly."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_session(graph: Path | bytes, threads: int) -> onnxruntime.InferenceSession:
    """`graph`: a file, or a serialized model. Raises FileNotFoundError for a file that is not there."""
    if isinstance(graph, Path) and not graph.exists():
        raise FileNotFoundError(f"{graph}: the manifest names it, and it is missing")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
