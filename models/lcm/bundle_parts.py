"""A bundle whose encoder and decoder another one lends: its manifest says of them what the lender's says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .bundle import MANIFEST

LENT = ("name", "version", "languages", "encoder", "decoder")
LCM_LICENSE = {"what": "LCM weights", "license": "Apache-2.0", "source": "Foresay, trained as models/README.md says"}


def read_parts(lender: Path) -> dict[str, Any]:
    """The lender's manifest, or what `convert_sonar` wrote of one. Raises FileNotFoundError where there is none."""
    file = lender / MANIFEST
    if not file.exists():
        raise FileNotFoundError(f"{file}: missing; --parts is a bundle, or what convert_sonar wrote")
    return json.loads(file.read_text(encoding="utf-8"))


def with_parts(content: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """A manifest with lent parts. Raises ValueError where the LCM's concepts are not of their dimension."""
    if content["conceptDim"] != parts["conceptDim"]:
        raise ValueError(
            f"the LCM has concepts of {content['conceptDim']} numbers, the encoder of {parts['conceptDim']}; "
            "an LCM runs with the encoder that it was trained on"
        )
    licenses = [entry for entry in parts["licenses"] if entry["what"] != LCM_LICENSE["what"]]
    return {
        **content,
        **{name: parts[name] for name in LENT},
        "licenses": [*licenses, LCM_LICENSE],
        "data": f"LCM: {content['data']}; encoder and decoder: {parts['data']}",
        "metrics": {},  # figures are of a whole bundle
    }
