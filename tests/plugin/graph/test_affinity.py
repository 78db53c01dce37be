"""Rankings and their reasons."""

import itertools
import time
from dataclasses import replace
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.graph import bulk
from plugin.graph.affinity import Need, Ranked, rank
from plugin.graph.facts import MemberFact
from plugin.graph.knowledge import Knowledge
from plugin.graph.text import words_of
from plugin.graph.weights import SHIPPED
from tests.plugin.graph.make import DAY, KEY, NOW, community, counts, like, member, post, solved, term

WATER = "shader for water"


def known() -> Knowledge:
    members, posts = community()
    return bulk.build(members=members, posts=posts)


def ask(knowledge: Knowledge, words: str = WATER, *, asker: int | None = 1, category: str | None = None, **more: object) -> list[Ranked]:
    need = Need(counts(words), words=words_of(words, key=KEY), asker=asker, category=category)
    return rank(knowledge, need, now=NOW, weights=SHIPPED, **more)  # type: ignore[arg-type]  # passed through


def names(found: list[Ranked]) -> list[int]:
    return [one.member for one in found]


def value(one: Ranked, criterion: str) -> float:
    return sum(c.value for c in one.contributions if c.criterion == criterion)


def test_who_answered_the_like_comes_first_with_their_posts_as_evidence() -> None:
    found = ask(known())
    assert names(found)[0] == 10
    topic = next(c for c in found[0].contributions if c.criterion == "topic")
    assert set(topic.terms) == {term("shader"), term("water")}
    assert topic.facts["topics"] == 4
    assert len(topic.post_ids) == 4
    _, posts = community()
    assert {fact.author for fact in posts if fact.post_id in topic.post_ids} == {10}


def test_nobody_without_relevance_is_shown_when_somebody_has_it() -> None:
    assert set(names(ask(known()))) == {10, 12}
    assert set(names(ask(known(), "network latency"))) == {11}


def test_nobody_is_shown_as_filler() -> None:
    assert ask(known(), "zymurgy") == []
    assert names(ask(known(), "zymurgy", category="11")) == [11]


def test_a_minimum_fit_leaves_no_filler() -> None:
    assert ask(known(), "zymurgy", minimum_fit=1.0) == []
    assert names(ask(known(), minimum_fit=1.0)) == [10]


def test_what_members_say_of_themselves_counts() -> None:
    knowledge = known()
    knowledge.put_member(member(30, offers="water shaders", willing=True))
    found = {one.member: one for one in ask(knowledge)}
    offer = next(c for c in found[30].contributions if c.criterion == "offer")
    assert offer.value > 0
    assert set(offer.terms) == {term("shader"), term("water")}
    assert value(found[30], "willing") > 0


@pytest.mark.parametrize(
    ("change", "criterion"),
    [
        ({"willing": True}, "willing"),
        ({"timezone": "Europe/Berlin"}, "timezone"),
        ({"locale": "de"}, "language"),
    ],
)
def test_each_statement_raises_the_score_by_its_own_criterion(change: dict[str, object], criterion: str) -> None:
    knowledge = known()
    knowledge.put_member(member(1, timezone="Europe/Paris", locale="de_AT"))
    before = {one.member: one for one in ask(knowledge)}[12]
    knowledge.put_member(replace(member(12), **change))  # type: ignore[arg-type]  # a field and its value
    after = {one.member: one for one in ask(knowledge)}[12]
    assert after.score > before.score
    assert value(after, criterion) > value(before, criterion)


def test_load_lowers_and_absence_removes() -> None:
    knowledge = known()
    before = {one.member: one for one in ask(knowledge)}[10]
    knowledge.put_member(member(10, load=3, capacity=3))
    after = {one.member: one for one in ask(knowledge)}[10]
    assert after.score < before.score
    assert value(after, "load") < 0
    knowledge.put_member(member(10, available=False))
    assert 10 not in names(ask(knowledge))


def test_likes_answers_and_ties_raise_the_score() -> None:
    knowledge = known()
    before = {one.member: one for one in ask(knowledge, asker=5)}[12]
    knowledge.put_like(like(7, by=3, of=12))
    knowledge.put_solved(solved(7, topic=3, by=12))
    after = {one.member: one for one in ask(knowledge, asker=5)}[12]
    assert value(after, "appreciated") > 0
    assert value(after, "solved") > 0
    assert after.score > before.score
    knowledge.put_post(post(500, topic=400, author=12, asker=12, words="cake", days_ago=5))
    knowledge.put_post(post(501, topic=400, author=5, asker=12, words="cake", days_ago=4))
    tied = {one.member: one for one in ask(knowledge, asker=5)}[12]
    assert value(tied, "ties") > value(after, "ties")


def test_the_asker_the_excluded_and_the_ineligible_are_left_out() -> None:
    assert 10 not in names(ask(known(), asker=10))
    assert 10 not in names(ask(known(), exclude=(10,)))
    assert names(ask(known(), eligible=lambda number: number == 12)) == [12]


def test_members_that_were_never_put_are_not_suggested() -> None:
    _, posts = community()
    assert ask(bulk.build(posts=posts)) == []


def test_an_empty_community_and_an_empty_need() -> None:
    assert ask(Knowledge()) == []
    assert ask(known(), "", minimum_fit=1.0) == []


def test_rankings_are_deterministic_and_ties_go_by_number() -> None:
    knowledge = bulk.build(members=[member(number, offers="shader") for number in (5, 3, 4)])
    assert names(ask(knowledge)) == [3, 4, 5]
    assert ask(known()) == ask(known())


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["shader", "water", "network", "weather", "light", "zymurgy"]), max_size=5),
    st.floats(0, 1),
    st.lists(st.sampled_from([10, 11, 12, 20]), max_size=30),
    st.integers(1, 12),
)
def test_contributions_sum_to_the_score_and_the_order_is_that_of_scores(words: list[str], spread: float, shown: list[int], limit: int) -> None:
    knowledge = known()
    for number in shown:
        knowledge.note_shown(number, NOW - DAY)
    found = ask(knowledge, " ".join(words), spread=spread, limit=limit)
    assert len(found) <= limit
    for one in found:
        assert sum(c.value for c in one.contributions) == pytest.approx(one.score, abs=1e-9)
        assert len({c.criterion for c in one.contributions}) == len(one.contributions)
        assert all(abs(c.value) >= 0.25 for c in one.contributions if c.criterion != "other")
    assert all(a.score >= b.score - 1e-9 for a, b in itertools.pairwise(found))


def crowd() -> Knowledge:
    """Eight helpers of nearly equal merit, and much talk of other things."""
    chatter = [post(10_000 + day, topic=10_000 + day, author=0, asker=0, words="weather", days_ago=100 + day) for day in range(200)]
    knowledge = bulk.build(members=[member(number) for number in range(9)], posts=chatter)
    number = 0
    for turn in range(8):
        for helper in range(1, 9):
            number += 1
            knowledge.put_post(post(2 * number, topic=number, author=0, asker=0, words="shader", days_ago=30 + turn + helper / 50))
            knowledge.put_post(post(2 * number + 1, topic=number, author=helper, asker=0, words="shader", days_ago=29 + turn + helper / 50))
    return knowledge


def exposure(spread: float) -> dict[int, int]:
    knowledge = crowd()
    places: dict[int, int] = dict.fromkeys(range(1, 9), 0)
    for hour in range(12):
        need = Need(counts("shader"), asker=0)
        for one in rank(knowledge, need, now=NOW + hour * 3600, weights=SHIPPED, spread=spread, limit=5):
            places[one.member] += 1
            knowledge.note_shown(one.member, NOW + hour * 3600)
    return places


def test_spread_gives_others_their_turn_and_keeps_the_best() -> None:
    without, fair = exposure(0.0), exposure(1.0)
    assert sorted(without.values()) == [0, 0, 0, *[12] * 5]
    assert all(count > 0 for count in fair.values())
    best = sorted(without, key=lambda number: -without[number])
    assert sum(fair.values()) == sum(without.values())
    assert sum(1 for count in fair.values() if count == 12) == 3
    assert max(without[number] for number in best[5:]) == 0


def test_stepping_back_is_a_reason() -> None:
    knowledge = crowd()
    first = rank(knowledge, Need(counts("shader"), asker=0), now=NOW, weights=SHIPPED, limit=8)
    assert len(first) == 8
    for one in first[3:5]:
        for _ in range(3):
            knowledge.note_shown(one.member, NOW)
    after = rank(knowledge, Need(counts("shader"), asker=0), now=NOW, weights=SHIPPED, spread=1.0, limit=8)
    assert names(after)[:3] == names(first)[:3]
    assert not set(names(first)[3:5]) & set(names(after)[:5])
    stepped = {one.member: value(one, "spread") for one in after}
    plain = {one.member: one.score for one in first}
    for one in after:
        assert one.score == pytest.approx(plain[one.member] + stepped[one.member] + value(one, "other"), abs=0.5)
    knowledge.forget_shown()
    assert names(rank(knowledge, Need(counts("shader"), asker=0), now=NOW, weights=SHIPPED, spread=1.0, limit=8)) == names(first)


def test_readers_may_run_beside_a_writer() -> None:
    knowledge = known()
    failures: list[BaseException] = []
    stop = time.monotonic() + 0.4

    def read() -> None:
        try:
            while time.monotonic() < stop:
                assert names(ask(knowledge))[0] == 10
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    number = 1000
    while time.monotonic() < stop:
        number += 1
        fact = post(number, topic=number, author=20, asker=20, words="shader weather", days_ago=1)
        knowledge.put_member(MemberFact(member=number, joined=NOW))
        assert knowledge.put_post(fact)
        assert knowledge.remove_post(fact)
    for reader in readers:
        reader.join()
    assert failures == []


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "\x00", "Europe/Berlin", "x" * 5000])
def test_any_time_zone_is_survived(zone: str) -> None:
    knowledge = known()
    knowledge.put_member(member(1, timezone="Europe/Berlin"))
    knowledge.put_member(member(10, timezone=zone))
    assert 10 in names(ask(knowledge))
