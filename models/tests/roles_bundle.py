"""Writes test/fixtures/golden/roles.json: roles for the bundle of test/fixtures/sonar, and Python's answers with them.

`python -m models.tests.roles_bundle`, after a change of that bundle or of the roles; the server must answer the same.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np

from models.lcm.bundle import MANIFEST
from models.lcm.bundle_runtime import BundleRuntime, open_bundle
from models.lcm.roles import FOLLOWING, HEADING, NO_ROLE, NOTE, ROLES, place_role

WITHOUT_ROLES = Path("test/fixtures/sonar")
GOLDEN = Path("test/fixtures/golden/roles.json")
# More than the bundle's window of 8, so that roles move with their concepts.
SEQUENCE = [HEADING, *(place_role(place) for place in range(1, 7)), HEADING, place_role(1), NO_ROLE, NOTE]


def random_roles(dim: int) -> dict[str, list[float]]:
    rng = np.random.default_rng(6)
    return {name: rng.standard_normal(dim).round(3).tolist() for name in ROLES}


def bundle_with_roles(directory: Path, roles: dict[str, list[float]]) -> BundleRuntime:
    """The small bundle again in `directory`, with roles in its manifest."""
    shutil.copytree(WITHOUT_ROLES, directory, dirs_exist_ok=True)
    manifest = json.loads((directory / MANIFEST).read_text())
    manifest["lcm"]["roles"] = roles
    (directory / MANIFEST).write_text(json.dumps(manifest))
    return open_bundle(directory, threads=1)


def answers(bundle: BundleRuntime) -> dict:
    """For a sequence of concepts with roles, and the concepts behind a gap at its end."""
    predictor = bundle.predictor
    rng = np.random.default_rng(7)
    concepts = rng.standard_normal((len(SEQUENCE), len(predictor.center))).astype(np.float32).round(3)
    following = rng.standard_normal((len(FOLLOWING), len(predictor.center))).astype(np.float32).round(3)
    roles = np.array(SEQUENCE)
    return {
        "concepts": concepts.tolist(),
        "roles": [None if role == NO_ROLE else ROLES[role] for role in SEQUENCE],
        "following": following.tolist(),
        "expected": predictor.expected(concepts, roles).tolist(),
        "predicted": predictor.predict_next(concepts, 2, 1, roles).tolist(),
        "between": predictor.predict_next(concepts, 2, 1, roles, following).tolist(),
        "summaries": [
            {"wantedLength": wanted, "plans": predictor.plan_summary(concepts, 3, 1, wanted=wanted).tolist()}
            for wanted in (1, 5)
        ],
    }


def main() -> None:
    roles = random_roles(json.loads((WITHOUT_ROLES / MANIFEST).read_text())["conceptDim"])
    with tempfile.TemporaryDirectory() as folder:
        found = answers(bundle_with_roles(Path(folder), roles))
    GOLDEN.write_text(json.dumps({"shifts": roles, **found}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
