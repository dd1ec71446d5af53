"""Summaries: the extractive pick, the checks on a wording, and what stands in for one that fails them."""

from types import SimpleNamespace

import numpy as np

from models.lcm.extractive import extractive_summary
from models.lcm.summarizer import fitted, opening_of, worded_summary
from models.lcm.summary_plan import planned
from models.lcm.wording import Wording
from models.lcm.wording_checks import content_words, is_complete, plain_text_fault, supported_share, words_of

SENTENCES = ["The garden has many tall trees.", "Volunteers water the plants daily.", "Costs rose last year again."]
VECTORS = np.eye(3, dtype=np.float32)


def test_words_as_the_server_counts_them() -> None:
    text = "The studies' models aren't running; x2 flies 3.14 naïve_test"
    assert words_of(text) == [
        "the",
        "studies",
        "models",
        "aren't",
        "running",
        "x2",
        "flies",
        "3",
        "14",
        "naïve",
        "test",
    ]
    assert content_words("Quickly, policies changed classes") == ["quick", "polic", "chang", "class"]
    assert supported_share("The models ran", {"model"}) == 0.5
    assert supported_share("It is", set()) == 1


def test_sentences_as_text() -> None:
    assert is_complete('He said "no."')
    assert not is_complete("and then")
    assert plain_text_fault(" ")
    assert plain_text_fault("a\nb")
    assert not plain_text_fault("a (b")


def test_extractive_takes_whole_sentences_that_differ_in_their_order() -> None:
    # The last is nearest to the mean; of the two before it, which say the same, the earlier one comes with it.
    vectors = np.array([[0, 1, 0], [1, 0, 0], [1, 0.01, 0], [1, 1, 0]], np.float32)
    none = np.zeros((0, 3), np.float32)
    assert extractive_summary(["too short", *SENTENCES], vectors, 2, none) == [1, 3]
    assert extractive_summary(["Trees of the garden are these:", *SENTENCES], vectors, 2, none) == [1, 3]
    assert extractive_summary([], none, 2, none) == []
    assert extractive_summary(["a"], vectors[:1], 2, none) == [0]


def test_extractive_goes_by_what_the_text_is_about() -> None:
    assert extractive_summary(SENTENCES, VECTORS, 1, VECTORS[:0]) == [0]
    for topic in range(3):
        assert extractive_summary(SENTENCES, VECTORS, 1, VECTORS[[topic]]) == [topic]


def test_a_long_source_is_thinned_to_what_is_nearest_each_parts_mean() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], np.float32)
    assert fitted(vectors, 4) == [0, 1, 2, 3]
    assert len(fitted(vectors, 2)) == 2
    assert fitted(np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32), 1) == [1]


def test_the_opening_is_the_first_concept_of_a_summary_of_what_fits_into_the_window() -> None:
    asked = []

    def plan(source: np.ndarray, length: int, seed: int, wanted: int) -> np.ndarray:
        asked.append((len(source), length, seed, wanted))
        return VECTORS[:1]

    planner = SimpleNamespace(context_length=4, plan_summary=plan)
    assert opening_of(planner, VECTORS, 7).tolist() == VECTORS[:1].tolist()  # type: ignore[arg-type]
    assert asked == [(2, 1, 7, 1)]


def summary_with(
    texts: list[str], picked: list[int], encoded: np.ndarray, opening: np.ndarray = VECTORS[:1]
) -> list[str | None]:
    wordings = iter([Wording(text, -1.0, True) for text in texts])
    plans: list[np.ndarray] = []

    def word(plan: np.ndarray, context: str, tokens: int) -> list[Wording]:
        plans.append(plan[0])
        return [next(wordings)]

    bundle = SimpleNamespace(
        decoder=SimpleNamespace(word=word), encoder=SimpleNamespace(encode=lambda sentences: encoded)
    )
    lines = worded_summary(opening, bundle, SENTENCES, VECTORS, picked)  # type: ignore[arg-type]
    assert np.allclose(plans, [(VECTORS[i] + opening[0]) / np.linalg.norm(VECTORS[i] + opening[0]) for i in picked])
    return [line.shown for line in lines]


def test_a_wording_that_the_source_bears_out_is_shown() -> None:
    assert summary_with(["Tall trees in the garden."], [1], VECTORS[:1]) == ["Tall trees in the garden."]


def test_another_is_replaced_by_the_sentence_that_was_picked() -> None:
    assert summary_with(["Dogs bark.", "Dogs bark."], [0, 1], VECTORS[:1]) == [SENTENCES[0], SENTENCES[1]]
    # Its words are the source's, but its meaning is not.
    far = np.full((1, 3), 0.1, np.float32)
    assert summary_with(["Trees water costs."], [2], far) == [SENTENCES[2]]


def test_nothing_is_said_twice() -> None:
    said = [SENTENCES[1], SENTENCES[1], "Dogs bark."]
    assert summary_with(said, [0, 2, 1], VECTORS[1:2]) == [SENTENCES[1], SENTENCES[2], None]


def test_no_words_without_an_opening() -> None:
    assert worded_summary(VECTORS[:0], SimpleNamespace(), SENTENCES, VECTORS, [0]) == []  # type: ignore[arg-type]


class Listed:
    """Draws what it is given, one after the other."""

    def __init__(self, concepts: np.ndarray) -> None:
        self.concepts = concepts
        self.taken: list[np.ndarray] = []

    def draw(self, number: int) -> np.ndarray:
        return self.concepts[number]

    def take(self, concept: np.ndarray) -> None:
        self.taken.append(concept)


def test_a_plan_ends_at_the_stop_at_its_length_and_where_it_only_repeats() -> None:
    first, second, stop = VECTORS
    drawing = Listed(np.stack([first, first, second, stop, first]))
    assert planned(drawing, stop, 0.6, 5).tolist() == [first.tolist(), second.tolist()]
    assert np.array(drawing.taken).tolist() == [first.tolist(), second.tolist()]
    assert len(planned(Listed(np.stack([first, second, stop])), stop, 0.6, 1)) == 1
    assert len(planned(Listed(np.stack([first] * 4)), stop, 0.6, 5)) == 1
    assert planned(Listed(stop[None]), stop, 0.6, 5).shape == (0, 3)


def test_a_plan_that_is_asked_for_a_length_ends_there_and_draws_an_early_stop_again() -> None:
    first, second, stop = VECTORS
    drawn = np.stack([first, stop, stop, second, first])
    assert planned(Listed(drawn), stop, 0.6, 5, wanted=2).tolist() == [first.tolist(), second.tolist()]
    assert len(planned(Listed(drawn), stop, 0.6, 5, wanted=1)) == 1
    assert len(planned(Listed(np.stack([first, *[stop] * 3, second])), stop, 0.6, 5, wanted=2)) == 1
