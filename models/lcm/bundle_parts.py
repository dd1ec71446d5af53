"""A bundle whose encoder and decoder another one lends: its manifest says of them what the lender's says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from .bundle import MANIFEST
from .checkpoint_error import CheckpointError
from .lcm_export import LCM_FILES

LENT = ("name", "version", "languages", "encoder", "decoder")
LCM_LICENSE = {"what": "LCM weights", "license": "Apache-2.0", "source": "Foresay, trained as models/README.md says"}


def read_parts(lender: Path, concept_dim: int) -> dict[str, Any]:
    """The manifest of a bundle, or of what `convert_sonar` wrote, without the licence of the LCM that it may have.

    Raises CheckpointError unless its parts are there and an LCM of concepts of `concept_dim` numbers fits to them.
    """
    manifest = lender / MANIFEST
    try:
        parts = json.loads(manifest.read_text(encoding="utf-8"))
        dim, _, _ = parts["conceptDim"], parts["encoder"], parts["decoder"]
        names = [file["path"] for file in parts["files"]]
    except FileNotFoundError as error:
        raise CheckpointError(f"{manifest}: missing; --parts is a bundle, or what convert_sonar wrote") from error
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"{manifest}: not the manifest of a bundle with an encoder and a decoder") from error
    if absent := [name for name in names if name not in LCM_FILES and not (lender / name).exists()]:
        raise CheckpointError(f"{lender}: {', '.join(absent)}: missing, but named by {MANIFEST}")
    if dim != concept_dim:
        raise CheckpointError(
            f"the LCM has concepts of {concept_dim} numbers, the encoder and decoder of {lender} have {dim}; "
            "--parts must be of the encoder that the LCM was trained on"
        )
    parts["licenses"] = [entry for entry in parts["licenses"] if entry["what"] != LCM_LICENSE["what"]]
    return parts


def lend(lender: Path, directory: Path) -> None:
    """Copies what every system has in common: all of a bundle but its LCM and its manifest."""
    directory.mkdir(parents=True, exist_ok=True)
    for path in lender.iterdir():
        if path.is_file() and path.name not in (*LCM_FILES, MANIFEST):
            shutil.copyfile(path, directory / path.name)


def with_parts(content: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """The manifest of an LCM that was trained here, with lent parts."""
    return {
        **content,
        **{name: parts[name] for name in LENT},
        "licenses": [*parts["licenses"], LCM_LICENSE],
        "data": f"LCM: {content['data']}; encoder and decoder: {parts['data']}",
        "metrics": {},  # figures are of a whole bundle
    }
