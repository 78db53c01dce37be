"""Members who already help like mentors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.graph.decay import DAY
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.prospects import LEAST_PEOPLE, SHOWN, Prospect, prospects

NOW = 1_000 * DAY


def people(*members: int, joined: float = 0.0) -> list[MemberFact]:
    return [MemberFact(member=one, joined=joined) for one in members]


def answer(post: int, author: int, asker: int, *, topic: int | None = None, days: float = 10.0) -> PostFact:
    return PostFact(post_id=str(post), topic_id=f"t{topic or post}", author=author, at=NOW - days * DAY, number=2, asker=asker)


def found(posts: list[PostFact], *, members: list[MemberFact] | None = None, likes: int = 0, solved: tuple[int, ...] = ()) -> list[Prospect]:
    liked = [LikeFact(post_id=post.post_id, member=90 + n, author=post.author, at=NOW) for post in posts[:1] for n in range(likes)]
    settled = [SolvedFact(topic_id="", post_id=str(post), author=0, at=NOW) for post in solved]
    return prospects(members=members or people(1, 2, 3, 4, 5, 6, 7), posts=posts, likes=liked, solved=settled, now=NOW)


def test_who_helps_three_different_members_is_one() -> None:
    two = [answer(n, 1, 2 + n % 2) for n in range(8)]
    assert found(two) == []
    (one,) = found([*two, answer(9, 1, 4)])
    assert one.member == 1
    assert {name: count for name, count, _ in one.contributions} == {"people": 3, "answers": 9}
    assert one.score == pytest.approx(sum(points for *_, points in one.contributions))


def test_old_answers_answers_to_oneself_and_questions_do_not_count() -> None:
    posts = [answer(1, 1, 2, days=200), answer(2, 1, 3, days=200), answer(3, 1, 4), answer(4, 1, 1)]
    posts.append(PostFact(post_id="5", topic_id="t5", author=1, at=NOW, number=1, asker=1))
    assert found(posts) == []


def test_who_is_not_available_is_left_out() -> None:
    members = [MemberFact(member=1, joined=0.0, available=False), *people(2, 3, 4)]
    assert found([answer(n, 1, n + 1) for n in range(1, 4)], members=members) == []


def test_a_newcomer_who_is_not_to_be_suggested_is_a_newcomer_all_the_same() -> None:
    members = [*people(1, 3, 4), MemberFact(member=2, joined=NOW - 20 * DAY, available=False)]
    (one,) = found([answer(n, 1, n + 1) for n in range(1, 4)], members=members)
    assert {name: count for name, count, _ in one.contributions}["newcomers"] == 1


def test_accepted_answers_come_first_as_evidence_one_for_a_topic() -> None:
    posts = [answer(1, 1, 2, topic=1), answer(2, 1, 2, topic=1), answer(3, 1, 3), answer(4, 1, 4), answer(5, 1, 5, days=1)]
    (one,) = found(posts, solved=(4,), likes=2)
    assert one.post_ids == ("4", "1", "5", "3")
    assert {name: count for name, count, _ in one.contributions} == {"people": 4, "answers": 5, "solved": 1, "liked": 2, "returns": 1}


def test_newcomers_count_as_such() -> None:
    members = [*people(1), *people(2, 3, joined=NOW - 40 * DAY), *people(4)]
    (one,) = found([answer(n, 1, n + 1) for n in range(1, 4)], members=members)
    assert {name: count for name, count, _ in one.contributions}["newcomers"] == 2


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 10), st.floats(0, 400)), max_size=60),
    st.lists(st.integers(0, 59), max_size=20),
    st.lists(st.integers(0, 59), max_size=20),
)
def test_more_help_never_lowers_anybody(given_posts: list[tuple[int, int, int, float]], liked: list[int], solved: list[int]) -> None:
    posts = [answer(n, author, asker, topic=topic, days=days) for n, (author, asker, topic, days) in enumerate(given_posts)]
    likes = [LikeFact(post_id=str(n), member=99, author=0, at=NOW) for n in liked]
    settled = [SolvedFact(topic_id="", post_id=str(n), author=0, at=NOW) for n in solved]
    before = prospects(members=people(*range(1, 7)), posts=posts, likes=likes, solved=settled, now=NOW)
    assert [one.score for one in before] == sorted((one.score for one in before), reverse=True)
    for one in before:
        assert len(one.post_ids) <= SHOWN
        assert len({post.asker for post in posts if post.author == one.member} - {one.member}) >= LEAST_PEOPLE
        assert one.score == pytest.approx(sum(points for *_, points in one.contributions))
    more = [*posts, answer(1_000, 1, 2, topic=1_000)]
    after = {one.member: one.score for one in prospects(members=people(*range(1, 7)), posts=more, likes=likes, solved=settled, now=NOW)}
    assert all(after[one.member] >= one.score - 1e-9 for one in before)
