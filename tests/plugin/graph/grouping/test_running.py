"""Newcomers find a place without anybody being moved; shrunken groups are merged; whoever is in no group is told why."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.grouping import Aim, Design, Grouping, Kind, Person, Slot, Why, form, left_over, merge, place
from tests.plugin.graph.grouping.crowd import AIMS, crowd, person, rounds, told

GOAL = (Aim("goal", Kind.CLUSTER),)


def group(key: int, *members: int, mentors: tuple[int, ...] = (), hour: int | None = None) -> Grouping:
    return Grouping(key, members, mentors, hour)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(asked=rounds(slot=Slot.WANTED, rules=False), gone=st.sets(st.integers(0, 12), max_size=4), seed=st.integers(0, 3))
def test_whoever_left_can_come_back_and_nobody_is_moved(asked: tuple[list[Person], Design], gone: set[int], seed: int) -> None:
    people, design = asked
    groups = form(people, design, effort=0.02)
    running = [
        replace(each, members=tuple(m for m in each.members if m not in gone), mentors=tuple(m for m in each.mentors if m not in gone)) for each in groups
    ]
    found = place(running, people, design, seed=seed)
    before, after = {each.key: each for each in running}, {each.key: each for each in found.groups}
    assert before.keys() == after.keys()
    for key, each in after.items():
        assert set(each.people) >= set(before[key].people)
        assert each.hour == before[key].hour
        assert len(each.members) <= design.largest
        assert len(each.mentors) <= design.mentors_at_most
        told(people, design, each)
    members = {p.id for p in people if not p.mentor}
    assert {member for each in found.groups for member in each.members} == members
    assert dict(found.joined).keys() >= gone & members
    assert all(person in after[key].people for person, key in found.joined)
    assert place(running, people, design, seed=seed) == found


def test_newcomers_go_where_they_fit_best() -> None:
    people = [person(n, goal="ab"[n % 2]) for n in range(10)]
    found = place([group(1, 0, 2, 4), group(2, 1, 3, 5)], people, Design(3, 5, GOAL))
    assert dict(found.joined) == {6: 1, 8: 1, 7: 2, 9: 2}
    assert [each.score for each in found.groups] == [1.0, 1.0]
    assert found.left == ()


def test_rules_and_hours_bind_newcomers_too() -> None:
    people = [person(n, hours=[n % 2]) for n in range(8)] + [person(8, hours=[5]), person(9)]
    design = Design(2, 4, apart=(frozenset((0, 4)),), together=(frozenset((5, 7)),), slot=Slot.MUST)
    found = place([group(1, 0, 2, hour=0), group(2, 1, 3, hour=1)], people, design)
    assert dict(found.joined) == {5: 2, 6: 1, 7: 2}
    assert {left.person: left.why for left in found.left} == {4: Why.APART, 8: Why.NO_SHARED_HOUR, 9: Why.NO_HOURS}
    nearest = next(left.nearest for left in found.left if left.person == 4)
    assert [(key, barriers) for key, _, barriers in nearest] == [(1, ("apart",)), (2, ("full", "hour"))]


def test_those_who_belong_to_somebody_in_a_group_join_them_or_nobody() -> None:
    people = [person(n) for n in range(6)]
    design = Design(2, 3, together=(frozenset((0, 4)), frozenset((2, 5))))
    found = place([group(1, 0, 1), group(2, 2, 3, 5)], people, design)
    assert dict(found.joined) == {4: 1}
    full = place([group(1, 0, 1, 3), group(2, 2, 5)], people, design)
    assert [(left.person, left.why) for left in full.left] == [(4, Why.TOGETHER)]


def test_a_mentor_goes_where_one_is_lacking_and_no_further_than_allowed() -> None:
    people = [person(n) for n in range(4)] + [person(n, mentor=True) for n in range(4, 8)]
    found = place([group(1, 0, 1, mentors=(4,)), group(2, 2, 3)], people, Design(2, 3, mentors=1))
    assert [each.mentors for each in found.groups] in [[(4,), (5,)], [(4,), (6,)], [(4,), (7,)]]
    assert {left.why for left in found.left} == {Why.ENOUGH_MENTORS}


def test_wanted_hours_are_preferred() -> None:
    people = [person(n, hours=[n % 2]) for n in range(6)]
    found = place([group(1, 0, 2, hour=0), group(2, 1, 3, hour=1)], people, Design(2, 3, slot=Slot.WANTED))
    assert dict(found.joined) == {4: 1, 5: 2}


def test_full_groups_take_nobody() -> None:
    found = place([group(1, 0, 1)], [person(n) for n in range(3)], Design(2, 2))
    assert [(left.person, left.why) for left in found.left] == [(2, Why.FULL)]
    assert left_over([person(n) for n in range(3)], Design(2, 3), [group(1, 0, 1)])[0].why is Why.NOT_PLACED


def test_a_shrunken_group_joins_the_one_it_suits() -> None:
    people = [person(n, goal="ab"[n % 2], hours=[n % 2, 7]) for n in range(9)] + [person(n, mentor=True, hours=[7]) for n in (20, 21)]
    groups = [group(1, 0, 2, 4, mentors=(20,)), group(2, 1, 3, 5), group(3, 7, mentors=(21,)), group(4, 6, 8)]
    found = merge(groups, people, Design(3, 5, GOAL, mentors=0, most_mentors=1, slot=Slot.MUST))
    assert {each.key: each.members for each in found.groups} == {1: (0, 2, 4, 6, 8), 2: (1, 3, 5, 7)}
    assert found.moved == ((6, 4, 1), (7, 3, 2), (8, 4, 1), (21, 3, 2))
    assert (found.ended, found.too_small, found.freed) == ((3, 4), (), ())


def test_two_shrunken_groups_become_one_and_a_mentor_too_many_is_freed() -> None:
    people = [person(n) for n in range(7)] + [person(n, mentor=True) for n in (8, 9, 10)]
    found = merge([group(1, 0, 1, mentors=(8,)), group(2, 2, mentors=(9,)), group(3, 3, 4, 5, 6, mentors=(10,))], people, Design(3, 4, mentors=1))
    assert {each.key: each.people for each in found.groups} == {1: (0, 1, 2, 8), 3: (3, 4, 5, 6, 10)}
    assert found.freed == (9,)
    assert left_over(people, Design(3, 4, mentors=1), found.groups)[0].why is Why.ENOUGH_MENTORS


def test_what_no_group_can_take_whole_is_divided_or_left() -> None:
    people = [person(n) for n in range(8)]
    divided = merge([group(1, 0, 1, 2), group(2, 3, 4, 5), group(3, 6, 7)], people, Design(3, 4))
    assert sorted(len(each.members) for each in divided.groups) == [4, 4]
    assert divided.ended == (3,)
    design = Design(3, 4, apart=(frozenset((0, 6)), frozenset((3, 6))))
    left = merge([group(1, 0, 1, 2), group(2, 3, 4, 5), group(3, 6, 7)], people, design)
    assert (left.too_small, left.moved) == ((3,), ())
    assert {each.key: each.members for each in left.groups}[3] == (6, 7)


def test_groups_without_a_shared_hour_are_not_merged_where_it_is_a_must() -> None:
    people = [person(n, hours=[n // 2]) for n in range(4)]
    kept = merge([group(1, 0, 1, hour=0), group(2, 2, 3, hour=1)], people, Design(3, 4, slot=Slot.MUST))
    assert kept.too_small == (1, 2)
    assert len(merge([group(1, 0, 1), group(2, 2, 3)], people, Design(3, 4)).groups) == 1


def test_groups_that_everybody_left_end() -> None:
    people = [person(n, hours=[1]) for n in range(4)] + [person(n, hours=[1], mentor=True) for n in (8, 9)]
    found = merge([group(1, 0, 1, 2, mentors=(8,)), group(2), group(3, mentors=(9,))], people, Design(3, 4, mentors=1, slot=Slot.MUST))
    assert [each.people for each in found.groups] == [(0, 1, 2, 8)]
    assert (found.ended, found.freed, found.too_small) == ((2, 3), (9,), ())


@pytest.mark.slow
@pytest.mark.parametrize("slot", list(Slot))
def test_many_groups_are_merged_and_filled(slot: Slot) -> None:
    people, design = crowd(4, 300, 66, hours=30), Design(3, 6, AIMS, mentors=1, slot=slot)
    groups = form(people, design, effort=0.02)
    shrunk = [replace(each, members=each.members[: 1 + number % 4]) for number, each in enumerate(groups)]
    staying = {member for each in shrunk for member in each.people}
    merged = merge(shrunk, [each for each in people if each.id in staying], design)
    assert len(merged.groups) < 0.8 * len(groups)
    assert len(merged.too_small) < 0.05 * len(groups)
    filled = place(merged.groups, people, design)
    for each in filled.groups:
        told(people, replace(design, slot=Slot.WANTED if slot is Slot.MUST else slot), each)
    assert filled.joined
    assert Why.NOT_PLACED not in {each.why for each in filled.left}


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 50), gone=st.sets(st.integers(0, 23), min_size=1, max_size=12))
def test_merging_loses_nobody_and_leaves_small_groups_only_where_it_must(seed: int, gone: set[int]) -> None:
    people, design = crowd(seed, 24, 6), Design(3, 6, AIMS, apart=(frozenset((0, 5)),), mentors=1, most_mentors=2)
    groups = form(people, design, seed=seed, effort=0.02)
    shrunk = [replace(each, members=tuple(member for member in each.members if member not in gone)) for each in groups]
    found = merge(shrunk, people, design)
    assert {m for each in found.groups for m in each.members} == {m for each in shrunk for m in each.members}
    assert all(len(each.members) <= design.largest and not {0, 5} <= set(each.members) for each in found.groups)
    assert {each.key for each in found.groups} | set(found.ended) == {each.key for each in groups}
    small = [each for each in found.groups if len(each.members) < design.smallest]
    assert tuple(each.key for each in sorted(small, key=lambda each: each.key)) == found.too_small
    untouched = {each.key for each in shrunk} - {old for _, old, _ in found.moved} - {new for _, _, new in found.moved}
    after = {each.key: set(each.people) for each in found.groups}
    assert all(after[each.key] == set(each.people) for each in shrunk if each.key in untouched and each.key in after and each.key not in found.ended)


@pytest.mark.parametrize(
    ("groups", "code", "message"),
    [
        ([group(1, 0, 9)], "unknown_member", "group 1 has 9, who is not among the people"),
        ([group(1, 0, 1), group(2, 1, 2)], "duplicate", "1 is in two groups"),
        ([group(1, 0, 1), group(1, 2)], "duplicate", "the same key"),
        ([group(1, 0, mentors=(1,))], "two_roles", "not in group 1 in the role"),
    ],
)
def test_groups_that_cannot_be_are_refused(groups: list[Grouping], code: str, message: str) -> None:
    people = [person(n) for n in range(3)]
    for call in (place, merge):
        with pytest.raises(Invalid, match=message) as caught:
            call(groups, people, Design(2, 3))
        assert caught.value.code == code
    with pytest.raises(Invalid, match="counts from 0"):
        place([], people, Design(2, 3), seed=-1)
