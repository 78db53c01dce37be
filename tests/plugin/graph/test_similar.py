import math
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.graph import bulk
from plugin.graph import similar as similar_module
from plugin.graph.affinity import Need, rank
from plugin.graph.facts import MemberFact, PostFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.similar import MAX_SHARE, _scores, similar
from plugin.graph.weights import SHIPPED

TERMS = st.dictionaries(st.integers(1, 30), st.integers(1, 3), min_size=1, max_size=8)


def town(posts: list[dict[int, int]]) -> Knowledge:
    """Each three posts are a topic: a question of member 0 and the replies of two others."""
    facts = [
        PostFact(post_id=str(i), topic_id=str(i // 3), author=i % 3 and 1 + i % 5, at=1e9 + i, number=1 + i % 3, asker=0, terms=terms)
        for i, terms in enumerate(posts)
    ]
    return bulk.build(members=[MemberFact(member=n, joined=1e9) for n in range(7)], posts=facts)


@settings(max_examples=40)
@given(st.lists(TERMS, min_size=3, max_size=40), st.lists(TERMS, min_size=2, max_size=4))
def test_a_question_leaves_nothing_behind_for_the_next(posts: list[dict[int, int]], needs: list[dict[int, int]]) -> None:
    known = town(posts)
    for need in needs:
        similar(known, need)
        assert not known.questions.room.data.any()
        assert not known.replies.room.data.any()
        found, fresh = similar(known, need), similar(town(posts), need)
        for name in ("parts", "authors", "asked", "replied", "related_asked", "related_replied"):
            assert getattr(found, name).tolist() == getattr(fresh, name).tolist()


def test_threads_that_ask_at_once_are_answered_as_one_alone() -> None:
    rng = np.random.default_rng(1)
    known = town([dict.fromkeys(rng.choice(300, 12).tolist(), 1) for _ in range(3_000)])
    needs = [Need(dict.fromkeys(rng.choice(300, 9).tolist(), 1), asker=int(rng.integers(7))) for _ in range(24)]

    def ask(need: Need) -> object:
        return rank(known, need, now=1e9 + 86_400, weights=SHIPPED, spread=0.5)

    alone = [ask(need) for need in needs]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, needs * 8)) == alone * 8


def similarity(asked: dict[int, float], document: dict[int, int], *, frequency: dict[int, int], documents: int, words: int) -> float:
    """BM25 as it is written down, term by term."""
    length, mean = sum(document.values()), max(words / documents, 1.0)
    told = [term for term in asked if term in document and frequency[term] <= max(MAX_SHARE * documents, 10)]
    return sum(
        asked[term]
        * math.log1p((documents - frequency[term] + 0.5) / (frequency[term] + 0.5))
        * (document[term] * 2.2 / (document[term] + 1.2 * (0.5 + 0.5 * length / mean)))
        for term in told
    )


@settings(max_examples=60)
@given(st.lists(TERMS, min_size=1, max_size=40), TERMS, st.integers(1, 12))
def test_the_most_similar_documents_are_those_of_an_exhaustive_search(posts: list[dict[int, int]], need: dict[int, int], most: int) -> None:
    facts = [PostFact(post_id=str(i), topic_id=str(i), author=0, at=1e9 + i, number=1, asker=0, terms=terms) for i, terms in enumerate(posts)]
    known = bulk.build(posts=facts)
    frequency = {term: sum(term in one for one in posts) for one in posts for term in one}
    words = sum(sum(one.values()) for one in posts)
    asked = {term: float(count) for term, count in need.items()}
    every = {i: similarity(asked, one, frequency=frequency, documents=len(posts), words=words) for i, one in enumerate(posts)}
    with patch.object(similar_module, "MAX_DOCUMENTS", most):
        found, scores = _scores(
            known.questions.find(asked),
            asked,
            lengths=known.topic_length,
            room=known.questions.room,
            documents=len(posts),
            words=words,
            budget=10**6,
        )
    best = sorted((value for value in every.values() if value > 0), reverse=True)[:most]
    assert sorted(scores.tolist(), reverse=True) == pytest.approx(best, rel=1e-5)
    assert len(set(found.tolist())) == len(found)
    assert scores.tolist() == pytest.approx([every[one] for one in found.tolist()], rel=1e-5)
