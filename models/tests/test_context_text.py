"""The decoder's context as the server cuts it."""

from models.lcm.context_text import text_before

SENTENCES = [f"This is sentence number {i} of a text that goes on for quite a while." for i in range(40)]


def test_it_is_the_last_sentences_and_grows_at_its_end() -> None:
    assert text_before(SENTENCES, 0) == ""
    assert text_before(SENTENCES, 3) == " ".join(SENTENCES[:3])
    # 66 units a sentence: a block is full with five of them.
    assert text_before(SENTENCES, 14) == " ".join(SENTENCES[5:14])
    assert text_before(SENTENCES, 15) == " ".join(SENTENCES[5:15])
    assert text_before(SENTENCES, 16) == " ".join(SENTENCES[10:16])


def test_units_are_those_of_utf_16() -> None:
    astral = ["\U0001f600" * 160 + "."] * 4
    assert text_before(astral, 3) == " ".join(astral[1:3])
