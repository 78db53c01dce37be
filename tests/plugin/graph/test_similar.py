from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.graph.facts import MemberFact, PostFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.similar import similar

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
