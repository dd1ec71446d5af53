"""What roles bring, teacher-forced: the same places without them, with headings and places, with what follows as well.

Lengths of summaries, and paragraphs behind a note, beside the same without the role. What runs are bundles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.lcm.concepts import cosines
from models.lcm.data import ConceptCorpus, ConceptDocument, Window
from models.lcm.metrics import Mean, l2
from models.lcm.role_windows import part, sequence
from models.lcm.roles import FOLLOWING, HEADING, NO_ROLE, NOTE
from models.lcm.shipped_predictor import ShippedPredictor

from .dealing import dealt, shuffled
from .prediction_figures import Distractors, distractors_of, measures
from .predictions import Predictions
from .progress import Progress
from .sampling import FOLLOWING as RANKED
from .sampling import LEAST_CONTEXT, PLACES_A_TEXT, Place, Text

CONTEXT = 96  # concepts before a place, at most
SHOWN = len(FOLLOWING)  # sentences behind a gap that are known
WANTED = (1, 2, 3, 5, 8)  # sentences that a summary is asked for
BOUND = 12  # sentences of a summary, whatever is asked for
SEED = 0  # of the sampler


@dataclass(frozen=True)
class RolePlace:
    """A place, and what stands around it as the taught LCM reads it."""

    place: Place
    before: Window  # sentences and headings, the nearest CONTEXT
    behind: np.ndarray  # (SHOWN, D)


def places_with_roles(
    corpus: ConceptCorpus, limit: int, starts: bool, rng: np.random.Generator
) -> tuple[list[RolePlace], list[Text]]:
    """Up to `limit` places and their texts; starts: only the first sentences of sections that have a heading."""
    groups, texts = [], []
    for document in shuffled(corpus.documents, rng):
        count = document.body.stop - document.body.start
        whole = sequence(document)
        sentences = np.flatnonzero(whole.roles != HEADING)
        room = np.arange(LEAST_CONTEXT, count - SHOWN - RANKED)
        if starts:
            room = room[whole.roles[sentences[room] - 1] == HEADING]
        if len(room) == 0:
            continue
        text = Text(document.genre, document.sentences[:count], corpus.tensor(document.body).numpy())
        found = []
        for index in rng.permutation(room)[:PLACES_A_TEXT].tolist():
            at = int(sentences[index])
            behind = text.vectors[index + 1 : index + 1 + SHOWN]
            found.append(RolePlace(Place(text, index), part(whole, max(0, at - CONTEXT), at), behind))
        texts.append(text)
        groups.append((document.genre, found))
    return dealt(groups, limit), texts


def place_figures(
    places: list[RolePlace],
    texts: list[Text],
    corpus: ConceptCorpus,
    start: ShippedPredictor,
    taught: ShippedPredictor,
    rng: np.random.Generator,
    progress: Progress,
) -> dict[str, Any]:
    """Of the LCM before and after it was taught; ranks are among sentences that stand behind those that were shown."""
    plain = [place.place for place in places]
    predictions = predictions_with_roles(places, corpus, start, taught, progress)
    distractors = [beyond_shown(place, d) for place, d in zip(plain, distractors_of(plain, texts, rng), strict=True)]
    errors = {name: l2(found, np.stack([place.true for place in plain])) for name, found in predictions.items()}
    names = list(predictions)
    return {
        "n": len(places),
        "systems": {name: measures(plain, found, distractors) for name, found in predictions.items()},
        "l2Gains": {  # of each over the one before it, place by place
            f"{name} over {before}": Mean.of(errors[before] - errors[name]).to_json()
            for before, name in zip(names, names[1:], strict=False)
        },
    }


def beyond_shown(place: Place, distractors: Distractors) -> Distractors:
    first = place.index + 1 + SHOWN
    return replace(distractors, following=place.text.vectors[first : first + RANKED])


def predictions_with_roles(
    places: list[RolePlace],
    corpus: ConceptCorpus,
    start: ShippedPredictor,
    taught: ShippedPredictor,
    progress: Progress,
) -> Predictions:
    """The conditional means of the LCM that was started from, without roles, and of the taught one, with ever more."""
    found: dict[str, list[np.ndarray]] = {"start": [], "plain": [], "placed": [], "between": []}
    for place in progress.over("predicting with and without roles", places):
        context = place.place.context[-CONTEXT:]
        found["start"].append(expected_behind(start, context))
        found["plain"].append(expected_behind(taught, context))
        read, roles = corpus.window_tensor(place.before).numpy(), place.before.roles
        found["placed"].append(expected_behind(taught, read, roles))
        around = np.concatenate([read, place.behind])
        found["between"].append(expected_behind(taught, around, np.append(roles, FOLLOWING)))
    return {name: np.stack(rows) for name, rows in found.items()}


def expected_behind(predictor: ShippedPredictor, context: np.ndarray, roles: np.ndarray | None = None) -> np.ndarray:
    """(N, D) with roles (N,) -> (D,): what is expected next. N + 1 is at most the window."""
    roles = np.full(len(context), NO_ROLE) if roles is None else roles
    unknown = np.zeros((1, context.shape[1]), np.float32)
    return predictor.expected(np.concatenate([context, unknown]), np.append(roles, NO_ROLE))[-1]


def length_figures(
    corpus: ConceptCorpus, limit: int, taught: ShippedPredictor, rng: np.random.Generator, progress: Progress
) -> dict[str, Any]:
    """How long summaries become, asked for a length or not, of at most BOUND sentences."""
    fitting = [d for d in corpus.documents if d.summary.stop > d.summary.start and length_of(d) > BOUND]
    documents = dealt([(d.genre, [d]) for d in shuffled(fitting, rng)], limit)
    lengths: dict[int | None, list[int]] = {wanted: [] for wanted in (None, *WANTED)}
    for document in progress.over("summaries of asked lengths", documents):
        source = corpus.tensor(document.body).numpy()
        for wanted, found in lengths.items():
            found.append(len(taught.plan_summary(source, BOUND, SEED, wanted=wanted)))
    unasked = np.array(lengths[None])
    asked = {wanted: np.array(lengths[wanted]) for wanted in WANTED}
    return {
        "n": len(documents),
        "bound": BOUND,
        "meanLength": {"unasked": Mean.of(unasked).to_json()}
        | {str(wanted): Mean.of(found).to_json() for wanted, found in asked.items()},
        "difference": {  # to the length that is wanted, in sentences
            "unasked": Mean.of(np.concatenate([abs(unasked - wanted) for wanted in WANTED])).to_json(),
            "asked": Mean.of(np.concatenate([abs(found - wanted) for wanted, found in asked.items()])).to_json(),
        },
    }


def length_of(document: ConceptDocument) -> int:
    """In sentences, of the body."""
    return document.body.stop - document.body.start


def note_figures(
    corpus: ConceptCorpus, limit: int, taught: ShippedPredictor, rng: np.random.Generator, progress: Progress
) -> dict[str, Any]:
    """How near the first concept behind a note is to the sentences of its paragraph, beside that without the note."""
    notes = [corpus.notes[i] for i in rng.permutation(len(corpus.notes)).tolist()]
    chosen = [note for note in notes if note.start >= LEAST_CONTEXT][:limit]
    nearness: Mapping[str, list[list[float]]] = {"withNote": [], "withoutNote": [], "noteItself": []}
    for note in progress.over("paragraphs behind notes", chosen):
        document = corpus.documents[note.document]
        whole = sequence(document)
        at = int(np.flatnonzero(whole.roles != HEADING)[note.start])
        before = part(whole, max(0, at - CONTEXT), at)
        read = corpus.window_tensor(before).numpy()
        own = corpus.window_tensor(Window(np.array([note.row]), np.zeros(1), np.array([NOTE]))).numpy()
        first = document.body.start + note.start
        paragraph = corpus.tensor(slice(first, first + note.length)).numpy()
        guesses = {
            "withNote": expected_behind(taught, np.concatenate([read, own]), np.append(before.roles, NOTE)),
            "withoutNote": expected_behind(taught, read, before.roles),
            "noteItself": own[0],
        }
        for name, guess in guesses.items():
            near = cosines(paragraph, guess)
            nearness[name].append([float(near[0]), float(near.mean()), float(near.max())])
    columns = ("first", "mean", "nearest")
    return {
        "n": len(chosen),
        "cosine": {
            name: {column: Mean.of(values).to_json() for column, values in zip(columns, np.array(rows).T, strict=True)}
            for name, rows in nearness.items()
        },
    }
