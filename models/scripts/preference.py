"""A blind preference by reading: Foresay's first idea beside what SmolLM2-135M goes on with, shuffled, unlabeled.

`write CORPUS FOLDER` makes places.md to read (it has the corpus' text: not for the repository), suggestions.json
(without those that only say the text again), judgements.json to fill in, and key.json, not to be opened before; `count
FOLDER` says what the judgements say. A run of `write` that was stopped goes on with the next system.
Foresay answers through its command line, as a writer gets it. SmolLM2 goes on greedily, once behind as much text as
Foresay's decoder reads, which is the same network and so takes the same time, and once behind the whole text.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

from models.evaluation.corpus import read_documents, sentences_of
from models.evaluation.dealing import dealt, shuffled
from models.evaluation.preference import LETTERS, MINE, Judgement, Shown, blinded, counted, without_copies
from models.evaluation.progress import Progress
from models.evaluation.token_model import MAX_TOKENS, TokenModel
from models.lcm.bundle import CONTEXT_TOKENS
from models.lcm.corpus import Document, wordable
from models.lcm.decoder import load_smollm2, load_tokenizer

SEGMENTER, COMMAND = Path("dist/segmentCorpus.mjs"), Path("dist/cli.mjs")
LEAST_CONTEXT = 12  # sentences
WHOLE_TOKENS = 2048  # of the text before, at most
SHOWN_SENTENCES = 6


def places_of(documents: list[Document], count: int, rng: np.random.Generator) -> list[tuple[Document, int]]:
    """One place a document, evenly over the genres, between two whole sentences of prose."""
    groups = []
    for document in shuffled(documents, rng):
        body = document.body
        fit = [i for i in range(LEAST_CONTEXT, len(body)) if wordable(body[i - 1]) and wordable(body[i])]
        if fit:
            groups.append((document.genre, [(document, int(rng.choice(fit)))]))
    return dealt(groups, count)


def suggested(text: str, node: str) -> str:
    """The first idea behind a text; "" where Foresay keeps silent."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_text(text, encoding="utf-8")
        found = subprocess.run(
            [node, str(COMMAND), "suggest", str(file), "--json"], stdout=subprocess.PIPE, text=True, check=False
        )
    return next((each["text"].strip() for each in json.loads(found.stdout)["suggestions"]), "")


def write(corpus: Path, folder: Path, count: int, seed: int, node: str) -> None:
    progress, rng = Progress(), np.random.default_rng(seed)
    places = places_of(read_documents(corpus, SEGMENTER, node), count, rng)
    before = [" ".join(document.body[:index]) for document, index in places]
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / "said.json"  # by the systems that are done: each takes a quarter of an hour
    suggestions = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    for name, tokens in (("SmolLM2, same time", CONTEXT_TOKENS), ("SmolLM2, whole text", WHOLE_TOKENS)):
        if name not in suggestions:
            model = TokenModel(load_smollm2().eval(), load_tokenizer(), tokens + MAX_TOKENS)
            prompts = [model.context_ids(text, MAX_TOKENS) for text in before]
            texts = model.go_on(prompts, MAX_TOKENS, progress.counting(name, len(prompts)))
            suggestions[name] = [next(iter(found), "") for found in sentences_of(texts, SEGMENTER, node)]
            said.write_text(json.dumps(suggestions), encoding="utf-8")
    suggestions[MINE] = [suggested(text, node) for text in progress.over("asking Foresay", before)]
    names = [f"{document.name}:{index}" for document, index in places]
    shown, keys = blinded(names, suggestions, rng)
    told = [
        "\n".join(
            [
                f"## {number}",
                " ".join(document.body[index - SHOWN_SENTENCES : index]),
                *(f"{letter}: {option}" for letter, option in each["options"].items()),
            ]
        )
        for number, ((document, index), each) in enumerate(zip(places, shown, strict=True), 1)
    ]
    (folder / "places.md").write_text("\n\n".join(told) + "\n", encoding="utf-8")
    kept = [
        Shown(
            place=each["place"],
            options={k: without_copies(said_there, text) for k, said_there in each["options"].items()},
        )
        for each, text in zip(shown, before, strict=True)
    ]
    empty = [Judgement(place=name, order=">".join(LETTERS), tab="") for name in names]
    for file, content in (("suggestions", kept), ("key", keys), ("judgements", empty)):
        (folder / f"{file}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    said.unlink()


def count(folder: Path) -> None:
    judgements, keys = (json.loads((folder / f"{name}.json").read_text()) for name in ("judgements", "key"))
    for name, counts in counted(judgements, keys).items():
        print(f"{name}, of {len(keys)}: " + ", ".join(f"{key} {value}" for key, value in sorted(counts.items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write")
    writing.add_argument("corpus", type=Path)
    writing.add_argument("folder", type=Path)
    writing.add_argument("--places", type=int, default=60)
    writing.add_argument("--seed", type=int, default=1)
    writing.add_argument("--threads", type=int, default=2)
    writing.add_argument("--node", default="node", help=argparse.SUPPRESS)
    commands.add_parser("count").add_argument("folder", type=Path)
    args = parser.parse_args()
    if args.command == "count":
        count(args.folder)
        return
    torch.set_num_threads(args.threads)
    write(args.corpus, args.folder, args.places, args.seed, args.node)


if __name__ == "__main__":
    main()
