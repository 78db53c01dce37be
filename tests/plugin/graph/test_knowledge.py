"""What is known, and that what is taken back leaves no trace."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.graph import bulk
from plugin.graph.affinity import Need, Ranked, rank
from plugin.graph.facts import LikeFact, MemberFact, PostFact, SolvedFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.meaning import DIMENSIONS, Model
from plugin.graph.weights import SHIPPED
from tests.plugin.graph.make import DAY, NOW, community, counts, like, member, post, solved

WORDS = ("shader water", "shader light", "network packet", "weather", "")
MEMBERS = [member(number, offers="shader" if number == 2 else "") for number in range(5)]


@st.composite
def histories(draw: st.DrawFn) -> list[PostFact]:
    """Posts of a few members in a few topics; the asker of a topic is the member of its number."""
    facts = []
    opened: set[int] = set()
    for number in range(draw(st.integers(1, 14))):
        topic = draw(st.integers(0, 3))
        author = draw(st.integers(0, 4))
        first = author == topic and topic not in opened
        if first:
            opened.add(topic)
        facts.append(
            post(
                number,
                topic=topic,
                author=author,
                asker=topic,
                words=draw(st.sampled_from(WORDS)),
                days_ago=draw(st.floats(0, 400)),
                first=first,
                category=str(topic % 2),
            )
        )
    return facts


def content(knowledge: Knowledge) -> dict[str, object]:
    """The state in names, without rows: equal for equal knowledge however it came about."""
    k = knowledge
    name = {row: int(number) for row, number in enumerate(k.member_numbers.view)}
    parts = [part for part in range(k.part_topic.size) if k.part_topic.data[part] >= 0]
    label = {part: (k.topic_ids.name(int(k.part_topic.data[part])), name[int(k.part_author.data[part])]) for part in parts}
    category = {index: called for called, index in k.categories.items()}
    topics = {int(k.part_topic.data[part]) for part in parts}
    live = [row for row, number in name.items() if number >= 0]
    return {
        "parts": {label[p]: (int(k.part_first.data[p]), int(k.part_last.data[p]), int(k.part_length.data[p]), sorted(k.posts_of(p))) for p in parts},
        "topics": {
            k.topic_ids.name(t): (int(k.topic_at.data[t]), int(k.topic_length.data[t]), name[int(k.topic_asker.data[t])], sorted(k.terms_of(t))) for t in topics
        },
        "questions": {term: {k.topic_ids.name(d): n for d, n in found.items()} for term, found in k.questions.content().items()},
        "replies": {term: {label[d]: n for d, n in found.items()} for term, found in k.replies.content().items()},
        "members": {name[r]: (int(k.member_last.data[r]), int(k.member_posts.data[r]), [int(h.data[r]) for h in k.member_hours]) for r in live},
        "fading": {kind: {name[r]: [int(column[r]) for column in k.fading.columns(kind)] for r in live} for kind in ("helped", "posted", "liked", "accepted")},
        "categories": {(category[c], name[m]): total for (c, m), total in k.fading.in_category.items()},
        "counts": (k.question_count, k.question_words, k.reply_count, k.reply_words),
        "solved": sorted(k.post_ids.name(p) for p in k.solved),
    }


def ranking(knowledge: Knowledge, words: str = "shader water") -> list[Ranked]:
    return rank(knowledge, Need(counts(words), asker=1, category="0"), now=NOW, weights=SHIPPED)


def fed(posts: Iterable[PostFact], *, members: Sequence[MemberFact] = MEMBERS) -> Knowledge:
    knowledge = Knowledge()
    for fact in members:
        knowledge.put_member(fact)
    for one in posts:
        knowledge.put_post(one)
    return knowledge


@settings(max_examples=60, deadline=None)
@given(histories(), st.data())
def test_what_is_removed_leaves_no_trace(facts: list[PostFact], data: st.DataObject) -> None:
    removed = data.draw(st.lists(st.sampled_from(facts), unique_by=lambda fact: fact.post_id))
    liked = [like(int(fact.post_id), by=data.draw(st.integers(0, 4)), of=fact.author) for fact in data.draw(st.lists(st.sampled_from(facts), max_size=5))]
    kept = [fact for fact in facts if fact not in removed]
    changed = fed(facts)
    changed.advance(NOW)
    for one in liked:
        changed.put_like(one)
    for fact in removed:
        assert changed.remove_post(fact)
    for fact in reversed(data.draw(st.permutations(removed))):
        changed.put_post(fact)
    for fact in removed:
        changed.remove_post(fact)
    for one in liked:
        changed.remove_like(one)
    fresh = fed(kept)
    fresh.advance(NOW)
    assert content(changed) == content(fresh)
    assert scores(ranking(changed)) == pytest.approx(scores(ranking(fresh)))


@settings(max_examples=60, deadline=None)
@given(histories(), st.data())
def test_order_does_not_matter_and_building_is_feeding(facts: list[PostFact], data: st.DataObject) -> None:
    likes = [like(int(fact.post_id), by=data.draw(st.integers(0, 4)), of=fact.author) for fact in facts[::3]]
    answers = [solved(int(fact.post_id), topic=int(fact.topic_id), by=fact.author) for fact in facts[:1]]
    one = fed(data.draw(st.permutations(facts)))
    one.advance(NOW)
    for given_like in likes:
        one.put_like(given_like)
    for answer in answers:
        one.put_solved(answer)
    built = bulk.build(members=MEMBERS, posts=facts, likes=likes, solved=answers)
    built.advance(NOW)
    assert content(one) == content(built)
    assert scores(ranking(one)) == pytest.approx(scores(ranking(built)))
    for answer in answers:
        built.remove_solved(answer)
    for given_like in likes:
        built.remove_like(given_like)
    for fact in facts:
        built.remove_post(fact)
    empty = fed([])
    empty.advance(NOW)
    assert content(built) == content(empty)


@settings(max_examples=60, deadline=None)
@given(histories(), st.data())
def test_meaning_is_kept_up_exactly(facts: list[PostFact], data: st.DataObject) -> None:
    terms = np.array(sorted({term for words in WORDS for term in counts(words)})[:3], np.int64)
    model = Model(terms, np.random.default_rng(0).integers(-2_000, 2_000, (len(terms), DIMENSIONS)).astype(np.int16))
    removed = data.draw(st.lists(st.sampled_from(facts), unique_by=lambda fact: fact.post_id))
    before = data.draw(st.integers(0, len(facts)))
    followed = fed(facts[:before])
    followed.put_meaning(model)
    for fact in facts[before:]:
        followed.put_post(fact)
    for fact in removed:
        followed.remove_post(fact)
    rebuilt = bulk.build(members=MEMBERS, posts=[fact for fact in facts if fact not in removed])
    rebuilt.put_meaning(model)
    assert told(followed) == told(rebuilt)
    followed.put_meaning(None)
    assert followed.meaning.content() == ({}, 0)


def told(k: Knowledge) -> tuple[dict[int, list[int]], int]:
    sums, count = k.meaning.content()
    return {int(k.member_numbers.data[row]): values for row, values in sums.items()}, count


def scores(found: list[Ranked]) -> dict[int, float]:
    return {one.member: one.score for one in found}


def test_a_post_counts_once() -> None:
    fact = post(1, topic=1, author=0, asker=0, words="shader", days_ago=1)
    knowledge = fed([fact])
    revision = knowledge.revision
    assert not knowledge.put_post(fact)
    assert knowledge.revision == revision
    assert knowledge.remove_post(fact)
    assert not knowledge.remove_post(fact)


def test_likes_and_answers_need_their_post_and_count_once() -> None:
    knowledge = fed([post(1, topic=1, author=0, asker=1, words="shader", days_ago=1)])
    assert not knowledge.put_like(like(2, by=1, of=0))
    assert knowledge.put_like(like(1, by=1, of=0))
    assert not knowledge.put_like(like(1, by=1, of=0))
    assert knowledge.remove_like(like(1, by=1, of=0))
    assert not knowledge.remove_like(like(1, by=1, of=0))
    assert not knowledge.put_solved(solved(2, topic=1, by=0))
    assert knowledge.put_solved(solved(1, topic=1, by=0))
    assert not knowledge.put_solved(solved(1, topic=1, by=0))
    assert knowledge.remove_solved(solved(1, topic=1, by=0))
    assert not knowledge.remove_solved(solved(1, topic=1, by=0))


def test_sums_are_made_anew_as_time_passes() -> None:
    members, posts = community()
    stepwise = fed([], members=members)
    for fact in sorted(posts, key=lambda fact: fact.at):
        stepwise.advance(fact.at)
        stepwise.put_post(fact)
    at_once = bulk.build(members=members, posts=posts)
    for one in (stepwise, at_once):
        one.advance(NOW)
    assert content(stepwise) == content(at_once)


def test_a_member_who_left_is_forgotten_with_their_posts() -> None:
    members, posts = community()
    knowledge = bulk.build(members=members, posts=posts)
    for fact in posts:
        if fact.author == 10:
            knowledge.remove_post(fact)
    knowledge.note_shown(10, NOW)
    knowledge.remove_member(10)
    assert 10 not in knowledge.member_rows
    assert 10 not in knowledge.member_numbers.view
    assert 10 not in scores(ranking(knowledge))


@pytest.mark.parametrize("at", [-1e18, 0.0, 1e18])
def test_absurd_times_are_survived(at: float) -> None:
    fact = PostFact(post_id="x", topic_id="y", author=3, at=at, number=2, asker=1, terms=counts("shader"))
    knowledge = fed([fact])
    ranking(knowledge)
    assert knowledge.remove_post(fact)
    fresh = fed([])
    fresh.advance(NOW)
    assert content(knowledge) == content(fresh)


def test_statements_replace_each_other() -> None:
    knowledge = fed([])
    knowledge.put_member(member(2, offers="cooking"))
    assert set(knowledge.offers) == set(counts("cooking"))
    knowledge.remove_member(2)
    assert not knowledge.offers


def test_terms_of_a_post_can_be_bounded() -> None:
    fact = post(1, topic=1, author=0, asker=0, words="shader shader water", days_ago=1)
    knowledge = Knowledge(max_terms=1)
    knowledge.put_post(fact)
    assert set(knowledge.questions.content()) == set(counts("shader"))
    knowledge.remove_post(fact)
    assert knowledge.questions.content() == {}


def test_facts_of_unknown_things_are_refused_quietly() -> None:
    knowledge = Knowledge()
    assert not knowledge.remove_like(LikeFact(post_id="1", member=1, author=2, at=NOW))
    assert not knowledge.remove_solved(SolvedFact(topic_id="1", post_id="1", author=2, at=NOW - DAY))
    knowledge.remove_member(4)
    assert knowledge.revision == 0
