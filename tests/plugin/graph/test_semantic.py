"""Directions of words from vectors that were trained elsewhere."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plugin.graph.meaning import DIMENSIONS, Model
from plugin.graph.semantic import model_of

SUBJECTS = 4
WORDS = {number: f"word{number}" for number in range(400)}
"""Word ``n`` is about subject ``n % 4``."""


def encode(words: Sequence[str]) -> NDArray[np.float32]:
    found = np.zeros((len(words), 100), np.float32)
    for place, word in enumerate(words):
        number = int(word.removeprefix("word"))
        if number < 396:
            found[place] = np.random.default_rng(number).normal(0, 0.3, 100)
            found[place, number % SUBJECTS] += 3
    return found


def made() -> Model:
    topics = [[4 * i + turn % SUBJECTS for i in range(turn % 7, 90, 9)] for turn in range(60)]
    model = model_of(WORDS, topics=topics, encode=encode)
    assert model is not None
    return model


def likeness(model: Model, one: list[int], other: list[int]) -> float:
    a, b = model.direction(one), model.direction(other)
    assert a is not None
    assert b is not None
    return float(a @ b / np.sqrt(float(a @ a) * float(b @ b)))


def test_texts_that_share_no_word_are_alike_when_their_words_are() -> None:
    model = made()
    assert likeness(model, [0, 4, 8], [12, 16, 20]) > 0.5
    assert likeness(model, [0, 4, 8], [13, 17, 21]) < 0.1


def test_words_without_a_vector_are_not_in_it() -> None:
    model = made()
    assert model.vectors.shape == (396, DIMENSIONS)
    assert model.direction([397]) is None


def test_the_same_words_give_the_same_model() -> None:
    one, other = made(), made()
    assert one.to_bytes() == other.to_bytes()
    shuffled = model_of(dict(reversed(WORDS.items())), topics=[[1, 2], [3]], encode=encode)
    plain = model_of(WORDS, topics=[[2, 1], [3]], encode=encode)
    assert shuffled is not None
    assert plain is not None
    assert shuffled.to_bytes() == plain.to_bytes()


def test_too_few_words_make_no_model() -> None:
    assert model_of({}, topics=[], encode=encode) is None
    assert model_of({number: f"word{number}" for number in range(DIMENSIONS)}, topics=[], encode=encode) is None
