"""Words to terms."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.graph import text
from tests.plugin.graph.make import KEY


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Shaders and SHADER", {"shader": 2}),
        ("Café, CAFE", {"cafe": 2}),
        ("C++ or c# and .net", {"c++": 1, "c#": 1, "net": 1}),
        ("snake_case names", {"snake": 1, "case": 1, "name": 1}),
        ("classes, libraries, status, analysis, glass", {"classe": 1, "library": 1, "status": 1, "analysis": 1, "glass": 1}),
        ("und die Straße", {"strasse": 1}),
        ("Ёлка и ёлка", {"ёлка": 2}),
        ("हिन्दी में", {"हिन्दी": 1, "में": 1}),
        ("機械学習", {"機械": 1, "械学": 1, "学習": 1}),
        ("12 345 a x", {}),
        ("ﬁle", {"file": 1}),
        ("", {}),
    ],
)
def test_terms(words: str, expected: dict[str, int]) -> None:
    assert dict(text.terms(words)) == expected


@pytest.mark.slow
@given(st.text())
def test_terms_of_anything_are_bounded_and_stable(words: str) -> None:
    counts = text.terms(words)
    assert len(counts) <= text.MAX_TERMS
    assert all(0 < len(term) <= text.MAX_LENGTH + 1 for term in counts)
    assert counts == text.terms(words)


@given(st.text(alphabet="abcdefghij ", max_size=200))
def test_upper_and_lower_case_are_the_same(words: str) -> None:
    assert text.terms(words) == text.terms(words.upper())


@pytest.mark.parametrize("piece", ["a", "a ", "\ufdfa", "́", "क्", "学", "#", "+", "a+", "\ud800", "\x00", "ß"])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    counts = text.terms(piece * 2_000_000)
    assert time.process_time() - start < 1
    assert len(counts) <= text.MAX_TERMS


def test_most_frequent_terms_are_kept() -> None:
    words = [f"word{number}x" for number in range(text.MAX_TERMS * 2)]
    counts = text.terms(" ".join([*words, words[-1], words[-1]]))
    assert len(counts) == text.MAX_TERMS
    assert counts["word511x"] == 3


def test_digests_depend_on_the_key_and_fit_into_eight_signed_bytes() -> None:
    one, other = text.digest("shader", key=KEY), text.digest("shader", key=b"another key here")
    assert one != other
    assert -(2**63) <= one < 2**63
    assert text.term_counts("shader shaders", key=KEY) == {one: 2}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_words_of_names_every_term_with_a_word_of_the_text(words: str) -> None:
    named = text.words_of(words, key=KEY)
    assert set(text.term_counts(words, key=KEY)) <= set(named)


def test_words_of_are_as_written_first() -> None:
    assert text.words_of("Shaders, shader", key=KEY) == {text.digest("shader", key=KEY): "Shaders"}
