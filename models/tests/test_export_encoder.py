"""What the encoder's activations are watched on: a few paragraphs of some of the training documents."""

import json
from pathlib import Path

import pytest
import zstandard

from models.scripts.export_encoder import EVERY, OF_EACH, SHARD, paragraphs


def test_the_first_paragraphs_of_every_few_documents(tmp_path: Path) -> None:
    lines = [
        json.dumps({"sections": [{"paragraphs": [f"{i}a"]}, {"paragraphs": [f"{i}b", f"{i}c", f"{i}d"]}]})
        for i in range(2 * EVERY)
    ]
    (tmp_path / SHARD).write_bytes(zstandard.compress("\n".join(lines).encode()))
    assert OF_EACH == 3
    assert paragraphs(tmp_path) == ["0a", "0b", "0c", f"{EVERY}a", f"{EVERY}b", f"{EVERY}c"]


def test_a_folder_that_is_no_corpus_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Give the corpus folder with --corpus"):
        paragraphs(tmp_path)
