"""NLLB's tokenizer, SONAR's too, as a bundle's tokenizer file: SentencePiece BPE, language token, sentence, end."""

from __future__ import annotations

from pathlib import Path

from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

from ..checkpoint_error import CheckpointError

CONTROLS = ("<s>", "<pad>", "</s>", "<unk>")  # ids 0 to 3, as transformers has them
END = "</s>"
UNNAMED = 3  # rows of SONAR's embedding behind the languages: marks of where training text came from


def read_tokenizer(path: Path, language: str, vocabulary: int) -> Tokenizer:
    """path: a SentencePiece model, a tokenizer.json or a folder that has one. language: such as `eng_Latn`.

    Raises CheckpointError where there is none, or none for an embedding of `vocabulary` rows.
    """
    file = file_in(path) if path.is_dir() else path
    if not file.exists():
        raise CheckpointError(f"{file}: not there; give SONAR's sentencepiece.source.256000.model with --tokenizer")
    tokenizer = from_sentencepiece(file) if file.suffix == ".model" else from_json(file)
    if [tokenizer.token_to_id(token) for token in CONTROLS] != [0, 1, 2, 3]:
        raise CheckpointError(f"{file}: its first tokens are not {', '.join(CONTROLS)}; this is not NLLB's tokenizer")
    size = tokenizer.get_vocab_size()
    if not vocabulary - UNNAMED <= size <= vocabulary:
        raise CheckpointError(
            f"{file}: {size} tokens, and the checkpoint's embedding {vocabulary} rows; they do not belong together. "
            "SONAR's own is sentencepiece.source.256000.model"
        )
    if language not in FAIRSEQ_LANGUAGE_CODES:
        raise CheckpointError(f"{language} is none of NLLB's languages; give --language as in eng_Latn")
    row = vocabulary - UNNAMED - len(FAIRSEQ_LANGUAGE_CODES) + FAIRSEQ_LANGUAGE_CODES.index(language)
    if tokenizer.token_to_id(language) != row:
        raise CheckpointError(
            f"{file}: {language} is its token {tokenizer.token_to_id(language)}, and row {row} of the checkpoint's "
            "embedding; take SONAR's sentencepiece.source.256000.model"
        )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[language, "$A", END], special_tokens=[(language, row), (END, CONTROLS.index(END))]
    )
    # A file of transformers may split at spaces first, and lose the one that a sentence begins with.
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    before = tokenizer.normalizer
    tokenizer.normalizer = spaces if before is None else normalizers.Sequence([before, spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def file_in(folder: Path) -> Path:
    found = [*sorted(folder.glob("tokenizer.json")), *sorted(folder.glob("*.model"))]
    if not found:
        raise CheckpointError(f"{folder}: no tokenizer.json and no *.model; give the tokenizer with --tokenizer")
    return found[0]


def from_json(file: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise CheckpointError(
            f"{file}: not a tokenizer ({error}); give a tokenizer.json or a SentencePiece model"
        ) from error

    if not isinstance(tokenizer.model, BPE):
        raise CheckpointError(f"{file}: its pieces are not made by BPE, as NLLB's are; this is another model's")
    return tokenizer


def from_sentencepiece(file: Path) -> Tokenizer:
    """The model's pieces in its order, behind CONTROLS; its own control pieces, which come first, are among those."""
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined] # protobuf makes it at import
    try:
        model.ParseFromString(file.read_bytes())
    except Exception as error:  # protobuf's own class differs between its implementations
        raise CheckpointError(f"{file}: not a SentencePiece model; download it again") from error
    if model.trainer_spec.model_type != model.trainer_spec.BPE:
        raise CheckpointError(f"{file}: its pieces are not made by BPE, as NLLB's are; this is another model's")
    pieces = [piece.piece for piece in model.pieces if piece.piece not in CONTROLS]
    vocabulary = {piece: number for number, piece in enumerate([*CONTROLS, *pieces])}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=merges(vocabulary), unk_token="<unk>", fuse_unk=True))
    charsmap = model.normalizer_spec.precompiled_charsmap
    if charsmap:
        tokenizer.normalizer = normalizers.Precompiled(charsmap)
    special = [AddedToken(token, special=True, normalized=False) for token in (*CONTROLS, *FAIRSEQ_LANGUAGE_CODES)]
    tokenizer.add_special_tokens(special)
    return tokenizer


def merges(vocabulary: dict[str, int]) -> list[tuple[str, str]]:
    """Every pair of pieces that makes a piece; what makes an earlier piece is merged first, as SentencePiece does."""
    found = []
    for piece, number in vocabulary.items():
        halves = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
        known = [(vocabulary[a], vocabulary[b], a, b) for a, b in halves if a in vocabulary and b in vocabulary]
        found += [(number, a, b) for _, _, a, b in sorted(known) if piece not in CONTROLS]
    return [(a, b) for _, a, b in found]
