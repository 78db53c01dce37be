from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.graph.affinity import Need, rank
from plugin.graph.facts import MemberFact, PostFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.similar import similar
from plugin.graph.weights import SHIPPED

TERMS = st.dictionaries(st.integers(1, 30), st.integers(1, 3), min_size=1, max_size=8)


def town(posts: list[dict[int, int]]) -> Knowledge:
    """Each three posts are a topic: a question of member 0 and the replies of two others."""
    facts = [
        PostFact(post_id=str(i), topic_id=str(i // 3), author=i % 3 and 1 + i % 5, at=1e9 + i, number=1 + i % 3, asker=0, terms=terms)
        for i, terms in enumerate(posts)
    ]
    return Knowledge.build(members=[MemberFact(member=n, joined=1e9) for n in range(7)], posts=facts)


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
