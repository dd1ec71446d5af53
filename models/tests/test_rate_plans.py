"""Plans are heard by the head that learned with them, and between two models lie their weights."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.evaluation.checkpoints import NextConcepts
from models.evaluation.sampling import Place, Text
from models.lcm.bundle_runtime import open_bundle
from models.lcm.concepts import unit
from models.lcm.decoder import restored_head
from models.lcm.decoder_session import PlanStates
from models.lcm.encoder import CONCEPT_DIM
from models.lcm.normalizer import Normalizer
from models.lcm.shipped_weights import plan_head_weights
from models.scripts.rate_plans import Planner, between, nats_of
from models.tests.tiny_bundle import tiny_lcm, write_tiny_bundle

PLANS = unit(np.random.default_rng(0).standard_normal((3, CONCEPT_DIM))).astype(np.float32)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write_tiny_bundle(tmp_path)
    return tmp_path


def test_a_checkpoints_own_head_says_what_is_heard(bundle: Path) -> None:
    opened = open_bundle(bundle, 1)
    weights = {
        name.removeprefix("head."): value for name, value in plan_head_weights(bundle / "plan_head.onnx").items()
    }
    head = restored_head({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    model = tiny_lcm()
    said = NextConcepts(model, Normalizer(np.zeros(CONCEPT_DIM), np.full(CONCEPT_DIM, 0.05)), None)
    shipped, own = (Planner(model, said, each).heard(opened, PLANS) for each in (None, head))
    # The bundle's products are of 8 bits.
    assert own.prefix == pytest.approx(shipped.prefix, abs=0.05 * float(np.abs(shipped.prefix).max()))
    assert own.lexical == pytest.approx(shipped.lexical, abs=0.05 * float(np.abs(shipped.lexical).max()))
    with torch.no_grad():
        head.gain.mul_(3)
    louder = Planner(model, said, head).heard(opened, PLANS)
    assert louder.lexical == pytest.approx(3 * own.lexical, rel=1e-4)
    text = Text("essay", ("One stands.", "Two stand here.", "Three stand there."), PLANS)
    heard = {"own": own, "louder": louder}
    nats, tokens = nats_of(heard, [Place(text, 1), Place(text, 2)], opened)
    assert list(nats) == ["context", "own", "louder"]
    assert all(len(values) == 2 for values in nats.values())
    assert nats["own"] != nats["louder"]
    # In one run: products of 8 bits differ by what is beside them, on a processor without instructions of their own.
    both = PlanStates.beside([own.rows([0]), louder.rows([0])])
    rated = opened.decoder.log_probabilities("Two stand here.", "One stands.", both)
    assert (tokens[0], nats["own"][0]) == (rated.shape[1], pytest.approx(-rated[0].sum(), rel=1e-5))


def test_between_two_models_lie_their_weights() -> None:
    torch.manual_seed(0)
    start, end = tiny_lcm(), tiny_lcm()
    assert all(
        torch.equal(value, start.state_dict()[name]) for name, value in between(start, end, 0).state_dict().items()
    )
    name = next(name for name, value in start.state_dict().items() if not torch.equal(value, end.state_dict()[name]))
    middle = (start.state_dict()[name] + end.state_dict()[name]) / 2
    assert torch.allclose(between(start, end, 0.5).state_dict()[name], middle, atol=1e-6)
