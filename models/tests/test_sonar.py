"""SONAR's graphs against transformers' M2M100 and against facebookresearch/SONAR's own classes, at a small size.

In float32 they differ by rounding, less than 1e-5 of numbers about 1; 8-bit weights and activations may cost a
logit 0.2 where logits spread by 0.9, and a concept's direction a cosine of 0.001.
"""

import base64
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import sentencepiece
import torch
from safetensors.torch import save_file
from sonar_bundle import FIXTURE, answers, write_bundle
from sonar_checkpoints import (
    HEADS,
    HIDDEN,
    LAYERS,
    PIECES,
    TEXT,
    VOCABULARY,
    fairseq2_state,
    random_model,
    sentencepiece_model,
    write_fairseq2,
)
from transformers import M2M100ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES, NllbTokenizer

from models.lcm.bundle_parts import read_parts
from models.lcm.bundle_runtime import open_bundle
from models.lcm.checkpoint_error import CheckpointError
from models.lcm.concepts import cosines
from models.lcm.sonar.checkpoint import Tower, read_tower
from models.lcm.sonar.graphs import encoder_graph, plan_head_graph, sonar_decoder_graph
from models.lcm.sonar.tokenizer import read_tokenizer
from models.scripts.convert_sonar import main
from models.scripts.golden_sonar import random_weights

LANGUAGE = PIECES + 1 + FAIRSEQ_LANGUAGE_CODES.index("eng_Latn")  # 256047 in SONAR
END = 2
GOLDEN = json.loads(Path("test/fixtures/golden/sonar.json").read_text())


@pytest.fixture(scope="module")
def model() -> M2M100ForConditionalGeneration:
    return random_model(1)


@pytest.fixture(scope="module")
def folder(model: M2M100ForConditionalGeneration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same weights in both layouts, and the tokenizer."""
    found = tmp_path_factory.mktemp("sonar")
    write_fairseq2(model, found)
    model.save_pretrained(found / "both")
    model.model.encoder.save_pretrained(found / "encoder")
    # A decoder's port, as it is published: the tower's path before its weights, tied ones under two names of their own.
    (found / "port").mkdir()
    (found / "port/config.json").write_bytes((found / "both/config.json").read_bytes())
    state = {f"decoder.{name}": value for name, value in model.model.decoder.state_dict().items()}
    table = state.pop("decoder.embed_tokens.weight")
    save_file({**state, "shared.weight": table, "lm_head.weight": table.clone()}, found / "port/model.safetensors")
    return found


def opened(graph: onnx.ModelProto) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(graph)
    return onnxruntime.InferenceSession(graph.SerializeToString())


class Decoding:
    """Plan head and decoder, a step at a time, with all logits."""

    def __init__(self, tower: Tower, concepts: np.ndarray, prefix: list[int], exact: bool) -> None:
        head = opened(plan_head_graph(tower, prefix, exact=exact))
        graph = sonar_decoder_graph(tower, exact=exact)
        graph.graph.output.append(onnx.helper.make_tensor_value_info("logits", 1, ["B", tower.vocabulary]))
        self.session, self.vocabulary = opened(graph), tower.vocabulary
        self.prefix, self.lexical = head.run(["prefix", "lexical"], {"concepts": concepts})
        empty = np.zeros((1, len(concepts), tower.heads, tower.hidden // tower.heads), np.float32)
        names = [f"past_key_values.{i}.{part}" for i in range(tower.layers) for part in ("key", "value")]
        self.cache = dict.fromkeys(names, empty)

    def step(self, ids: np.ndarray) -> dict[str, np.ndarray]:
        """ids (B, N), after the prefix where nothing has been read yet."""
        first = next(iter(self.cache.values())).shape[0] == 1
        feeds = {
            "input_ids": ids.astype(np.int64),
            "prefix": self.prefix if first else self.prefix[:, :0],
            "lexical": self.lexical,
            "logit_bias": np.zeros((1, self.vocabulary), np.float32),
        }
        names = [output.name for output in self.session.get_outputs()]
        out = dict(zip(names, self.session.run(None, {**feeds, **self.cache}), strict=True))
        behind = np.split(out["added"], len(self.cache), axis=2)
        for (name, past), new in zip(self.cache.items(), behind, strict=True):
            self.cache[name] = np.concatenate([past, new])
        return out


def padded(rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    width = max(len(row) for row in rows)
    ids = np.array([row + [1] * (width - len(row)) for row in rows])
    mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


@pytest.mark.parametrize("exact", [True, False])
def test_the_encoder_is_the_mean_of_m2m100s_states(
    model: M2M100ForConditionalGeneration, folder: Path, exact: bool
) -> None:
    tower = read_tower(folder / "sonar_text_encoder.pt", "encoder")
    tokenizer = read_tokenizer(folder / "sentencepiece.model", "eng_Latn", VOCABULARY)
    ids, mask = padded([encoding.ids for encoding in tokenizer.encode_batch(TEXT)])
    assert set(ids[:, 0]) == {LANGUAGE} and mask.sum(1).min() < mask.shape[1]
    with torch.inference_mode():
        states = model.model.encoder(input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask)).last_hidden_state
    kept = torch.tensor(mask).unsqueeze(-1)
    wanted = ((states * kept).sum(1) / kept.sum(1)).numpy()
    session = opened(encoder_graph(tower, exact=exact))
    (got,) = session.run(["concepts"], {"input_ids": ids, "attention_mask": mask})
    assert cosines(wanted[:1], wanted[1:]).max() < 0.99  # so that it tells which sentence is which
    if exact:
        assert np.abs(got - wanted).max() < 1e-5
    else:
        assert cosines(got, wanted).min() > 0.999
        assert np.linalg.norm(got, axis=1) == pytest.approx(np.linalg.norm(wanted, axis=1), rel=0.01)


@pytest.mark.parametrize("exact", [True, False])
def test_the_decoder_words_a_concept_as_m2m100_does(
    model: M2M100ForConditionalGeneration, folder: Path, exact: bool
) -> None:
    concepts = np.random.default_rng(0).standard_normal((6, HIDDEN)).astype(np.float32)
    tower = read_tower(folder / "sonar_text_decoder.pt", "decoder")
    decoding = Decoding(tower, concepts, [END, LANGUAGE], exact)
    tokens = np.tile([[END, LANGUAGE]], (6, 1))
    out = decoding.step(tokens[:, 2:])
    certain = 0
    for _ in range(12):
        heard = BaseModelOutput(last_hidden_state=torch.tensor(concepts).unsqueeze(1))
        with torch.inference_mode():
            wanted = model(decoder_input_ids=torch.tensor(tokens), encoder_outputs=heard).logits[:, -1].numpy()
        tolerance = 1e-5 if exact else 0.2
        assert np.abs(out["logits"] - wanted).max() < tolerance
        assert out["log_sum_exp"][:, 0] == pytest.approx(np.log(np.exp(wanted).sum(1)), abs=tolerance)
        best, second = -np.sort(-wanted)[:, :2].T
        clear = best - second > 2 * tolerance
        assert (out["top_ids"][:, 0] == wanted.argmax(1))[clear].all()
        certain += clear.sum()
        tokens = np.concatenate([tokens, wanted.argmax(1)[:, None]], axis=1)
        out = decoding.step(tokens[:, -1:])
    assert certain > (60 if exact else 20)
    assert (out["top_lexical"] == 0).all()
    assert len({tuple(row) for row in tokens[:, 2:].tolist()}) > 3  # what is said hangs on the concept
    assert any(len(set(row)) > 2 for row in tokens[:, 2:].tolist())  # and on what was said before


def test_several_tokens_at_once_are_the_same_as_one_after_the_other(folder: Path) -> None:
    concepts = np.random.default_rng(1).standard_normal((2, HIDDEN)).astype(np.float32)
    tower = read_tower(folder / "sonar_text_decoder.pt", "decoder")
    tokens = np.array([[20, 33, 41], [50, 61, 70]])
    at_once = Decoding(tower, concepts, [END, LANGUAGE], True).step(tokens)
    one_by_one = Decoding(tower, concepts, [END, LANGUAGE], True)
    one_by_one.step(tokens[:, :0])
    for i in range(3):
        last = one_by_one.step(tokens[:, i : i + 1])
    assert np.abs(at_once["logits"] - last["logits"]).max() < 1e-5


def test_the_towers_are_those_of_sonars_own_code(tmp_path: Path) -> None:
    # Control tokens are in another order there: what is 3 in fairseq2, the end, is 2 here.
    ours = [[2 if token == 3 else token for token in row] for row in GOLDEN["sentences"] + GOLDEN["worded"]]
    for part in ("encoder", "decoder"):
        torch.save({"model": random_weights(GOLDEN["shapes"][part])}, tmp_path / f"{part}.pt")
    encoder = opened(encoder_graph(read_tower(tmp_path / "encoder.pt", "encoder"), exact=True))
    ids, mask = padded(ours[:2])
    (concepts,) = encoder.run(["concepts"], {"input_ids": ids, "attention_mask": mask})
    assert np.abs(concepts - np.array(GOLDEN["concepts"])).max() < 1e-5
    decoder = read_tower(tmp_path / "decoder.pt", "decoder")
    out = Decoding(decoder, concepts, ours[2][:2], True).step(np.array([row[2:] for row in ours[2:]]))
    wanted = np.array(GOLDEN["logits"])
    order = [2, 0, 3, 1, *range(4, wanted.shape[1])]
    assert np.abs(out["logits"] - wanted[:, order]).max() < 1e-5


def test_both_layouts_hold_the_same_weights(folder: Path) -> None:
    encoder = read_tower(folder / "sonar_text_encoder.pt", "encoder")
    decoder = read_tower(folder / "sonar_text_decoder.pt", "decoder")
    for one, other in (
        (encoder, read_tower(folder / "encoder", "encoder")),
        (encoder, read_tower(folder / "both", "encoder")),
        (decoder, read_tower(folder / "both", "decoder")),
        (decoder, read_tower(folder / "port", "decoder")),
    ):
        assert (one.heads, one.layers, one.hidden, one.vocabulary) == (HEADS, LAYERS, HIDDEN, VOCABULARY)
        assert set(one.weights) == set(other.weights) and other.heads == HEADS
        assert all(torch.equal(value, other.weights[name]) for name, value in one.weights.items())
    a, b = (encoder_graph(read_tower(folder / path, "encoder")) for path in ("sonar_text_encoder.pt", "encoder"))
    assert a.SerializeToString() == b.SerializeToString()


def test_the_tokenizer_is_sentencepieces_own(folder: Path) -> None:
    ours = read_tokenizer(folder / "sentencepiece.model", "deu_Latn", VOCABULARY)
    theirs = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    for sentence in [*TEXT, "Is the ship  open?  Ｗｈｏ ½ asked 漢字."]:
        # Behind the padding, which SentencePiece has not, each id is one more; 0, what is unknown, is 3.
        wanted = [token + 1 if token else 3 for token in theirs.encode(sentence)]
        assert ours.encode(sentence).ids == [ours.token_to_id("deu_Latn"), *wanted, END]


def test_the_tokenizer_is_that_of_sonars_own_code(tmp_path: Path) -> None:
    (tmp_path / "own.model").write_bytes(base64.b64decode(GOLDEN["tokenizer"]))
    tokenizer = read_tokenizer(tmp_path, "ace_Latn", VOCABULARY)
    ours = {0: 1, 1: 3, 2: 0, 3: 2}  # control tokens
    for text, theirs in GOLDEN["texts"].items():
        assert tokenizer.encode(text).ids == [ours.get(token, token) for token in theirs]
    # What every worded sentence begins with.
    assert [tokenizer.token_to_id(token) for token in ("</s>", "ace_Latn")] == [2, GOLDEN["prefix"][1]]
    assert GOLDEN["prefix"][0] == 3


def test_a_tokenizer_file_is_read_as_the_model_is(folder: Path, tmp_path: Path) -> None:
    model = read_tokenizer(folder / "sentencepiece.model", "fra_Latn", VOCABULARY)
    read_tokenizer(folder, "eng_Latn", VOCABULARY).save(str(tmp_path / "tokenizer.json"))
    # Files of transformers had one mark more, and were split at spaces first.
    file = json.loads((tmp_path / "tokenizer.json").read_text())
    file["added_tokens"].append({**file["added_tokens"][-1], "id": VOCABULARY - 3, "content": "<mask>"})
    steps = [{"type": "WhitespaceSplit"}, file["pre_tokenizer"]]
    file["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": steps}
    (tmp_path / "tokenizer.json").write_text(json.dumps(file))
    again = read_tokenizer(tmp_path, "fra_Latn", VOCABULARY)
    for text in [*TEXT, " The", " "]:
        assert model.encode(text).ids == again.encode(text).ids
    assert model.encode(TEXT[0]).tokens[0] == "fra_Latn"


def test_a_tokenizer_with_its_languages_in_other_rows_is_refused(folder: Path, tmp_path: Path) -> None:
    # transformers 5 puts <mask> before the languages where it converts the model itself.
    (tmp_path / "sentencepiece.bpe.model").write_bytes((folder / "sentencepiece.model").read_bytes())
    NllbTokenizer.from_pretrained(tmp_path, extra_special_tokens=FAIRSEQ_LANGUAGE_CODES).save_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match=f"eng_Latn is its token {LANGUAGE + 1}, and row {LANGUAGE} of"):
        read_tokenizer(tmp_path, "eng_Latn", VOCABULARY)


def test_the_fixture_is_what_a_conversion_makes_and_answers_as_it_should(tmp_path: Path) -> None:
    committed = json.loads(Path(f"{FIXTURE}.json").read_text())
    plans = np.array(committed["plans"], np.float32)
    for bundle in (open_bundle(FIXTURE, threads=1), write_bundle(tmp_path / "bundle", tmp_path)):
        found = answers(bundle, plans)
        assert found["tokens"] == committed["tokens"]
        assert found["wordings"] == committed["wordings"]
        for name in ("vectors", "predicted"):
            assert np.abs(np.array(found[name]) - np.array(committed[name])).max() < 0.05
    assert json.loads((FIXTURE / "manifest.json").read_text())["licenses"][0]["license"] == "CC-BY-NC-4.0"


def test_an_lcm_of_another_dimension_is_refused() -> None:
    with pytest.raises(CheckpointError, match=r"the LCM has concepts of 32 numbers, .* have 64"):
        read_parts(FIXTURE, 32)


def test_a_decoder_that_reads_no_text_rates_nothing_without_a_plan() -> None:
    bundle = open_bundle(FIXTURE, threads=1)
    plans = np.random.default_rng(2).standard_normal((2, HIDDEN)).astype(np.float32)
    rated = bundle.decoder.log_probabilities("The gate stands open.", "She planted beans.", plans)
    assert rated.shape[0] == 2 and rated.shape[1] > 3 and (rated < 0).all() and rated[0].sum() != rated[1].sum()
    with pytest.raises(ValueError, match="reads no text"):
        bundle.decoder.log_probabilities("The gate stands open.", "", None)


def refusal(path: Path, part: str = "encoder") -> str:
    with pytest.raises(CheckpointError) as caught:
        read_tower(path, part)
    return str(caught.value)


def test_bad_checkpoints_are_refused_with_what_to_do(
    model: M2M100ForConditionalGeneration, folder: Path, tmp_path: Path
) -> None:
    assert "give SONAR's .pt file" in refusal(tmp_path / "nothing.pt")
    assert "expected sonar_text_decoder.pt" in refusal(folder / "sonar_text_encoder.pt", "decoder")
    (tmp_path / "page.pt").write_text("<!doctype html>")
    assert "not a PyTorch checkpoint" in refusal(tmp_path / "page.pt")
    assert "no config.json" in refusal(tmp_path)
    state = fairseq2_state(model, "decoder")
    lacking = {name: value for name, value in state.items() if "encoder_decoder_attn.v_proj" not in name}
    torch.save({"model": lacking}, tmp_path / "lacking.pt")
    assert "'layers.0.encoder_attn.v_proj.weight'" in refusal(tmp_path / "lacking.pt", "decoder")
    torch.save({"model": state | {"final_proj.weight": state["final_proj.weight"] + 1}}, tmp_path / "untied.pt")
    assert "not its embedding" in refusal(tmp_path / "untied.pt", "decoder")
    config = json.loads((folder / "both/config.json").read_text())
    (tmp_path / "gelu").mkdir()
    (tmp_path / "gelu/model.safetensors").write_bytes((folder / "both/model.safetensors").read_bytes())
    (tmp_path / "gelu/config.json").write_text(json.dumps({**config, "activation_function": "gelu"}))
    assert "activation_function is 'gelu'" in refusal(tmp_path / "gelu")


def test_bad_tokenizers_are_refused_with_what_to_do(tmp_path: Path) -> None:
    def refused(path: Path, language: str = "eng_Latn", vocabulary: int = VOCABULARY) -> str:
        with pytest.raises(CheckpointError) as caught:
            read_tokenizer(path, language, vocabulary)
        return str(caught.value)

    assert "--tokenizer" in refused(tmp_path)
    assert "sentencepiece.source.256000.model" in refused(tmp_path / "none.model")
    (tmp_path / "page.model").write_text("<!doctype html>")
    assert "not a SentencePiece model" in refused(tmp_path / "page.model")
    (tmp_path / "page.json").write_text("<!doctype html>")
    assert "not a tokenizer" in refused(tmp_path / "page.json")
    (tmp_path / "good.model").write_bytes(sentencepiece_model())
    assert "do not belong together" in refused(tmp_path / "good.model", vocabulary=256206)
    assert "none of NLLB's languages" in refused(tmp_path / "good.model", language="english")
    shipped = Path("models/bundle/decoder.tokenizer.json")
    assert "not NLLB's tokenizer" in refused(shipped)


def test_the_command_says_what_does_not_go_together(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(encoder: str, decoder: str) -> None:
        paths = {"encoder": folder / encoder, "decoder": folder / decoder, "tokenizer": folder}
        given = [f"--{name}={path}" for name, path in paths.items()]
        monkeypatch.setattr("sys.argv", ["convert_sonar", *given, f"--bundle={tmp_path / 'b'}"])
        main()

    with pytest.raises(SystemExit, match="expected sonar_text_encoder.pt"):
        run("sonar_text_decoder.pt", "sonar_text_decoder.pt")
    golden = random_weights(GOLDEN["shapes"]["decoder"])
    torch.save({"model": golden}, folder / "other.pt")
    with pytest.raises(SystemExit, match="published together"):
        run("sonar_text_encoder.pt", "other.pt")
    assert not (tmp_path / "b").exists()
    run("both", "port")
    assert json.loads((tmp_path / "b/manifest.json").read_text())["conceptDim"] == HIDDEN
