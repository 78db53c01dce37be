"""The inverted index against a dictionary of counters."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.graph.postings import MAX_COUNT, Postings, Segment, segment

TERMS = st.dictionaries(st.integers(-3, 3), st.integers(1, 5), max_size=4)
POSTS = st.lists(st.tuples(st.integers(0, 6), TERMS), max_size=12)


def expected(posts: list[tuple[int, dict[int, int]]]) -> dict[int, dict[int, int]]:
    content: dict[int, Counter[int]] = defaultdict(Counter)
    for document, terms in posts:
        for term, count in terms.items():
            content[term][document] += min(count, MAX_COUNT)
    return {term: dict(counts) for term, counts in content.items()}


def _segment(posts: list[tuple[int, dict[int, int]]]) -> Segment:
    rows = [(term, document, count) for document, terms in posts for term, count in terms.items()]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return segment(table[:, 0], table[:, 1].astype(np.int32), table[:, 2].astype(np.uint8))


def loaded(posts: list[tuple[int, dict[int, int]]]) -> Postings:
    postings = Postings()
    postings.load([_segment(posts)])
    return postings


@pytest.mark.slow
@given(POSTS, POSTS)
def test_what_is_added_in_bulk_and_singly_can_be_subtracted(first: list[tuple[int, dict[int, int]]], second: list[tuple[int, dict[int, int]]]) -> None:
    postings = loaded(first)
    assert postings.content() == expected(first)
    for document, terms in second:
        postings.add(document, terms)
    assert postings.content() == expected(first + second)
    for document, terms in first:
        postings.subtract(document, terms)
    assert postings.content() == expected(second)
    for term in range(-3, 4):
        assert postings.frequency(term) == len(expected(second).get(term, {}))
        assert postings.get(term)[0].tolist() == sorted(expected(second).get(term, {}))


@pytest.mark.parametrize("bulk", [True, False])
def test_counts_beyond_a_byte_are_exact(*, bulk: bool) -> None:
    postings = loaded([(4, {1: 3})] * 100) if bulk else Postings()
    for _ in range(0 if bulk else 100):
        postings.add(4, {1: 3})
    assert postings.content() == {1: {4: 300}}
    for _ in range(99):
        postings.subtract(4, {1: 3})
    assert postings.content() == {1: {4: 3}}


def test_segments_follow_each_other() -> None:
    parts = [segment(np.array([7, 7]), np.array([d, d + 1], np.int32), np.array([1, 2], np.uint8)) for d in (0, 2)]
    postings = Postings()
    postings.load(parts)
    documents, counts = postings.get(7)
    assert documents.tolist() == [0, 1, 2, 3]
    assert counts.tolist() == [1, 2, 1, 2]


@given(st.lists(POSTS, max_size=4))
def test_segments_become_one_without_a_change(parts: list[list[tuple[int, dict[int, int]]]]) -> None:
    moved = [[(document + 10 * place, terms) for document, terms in posts] for place, posts in enumerate(parts)]
    postings = Postings()
    postings.load([_segment(posts) for posts in moved])
    assert postings.content() == expected([one for posts in moved for one in posts])
