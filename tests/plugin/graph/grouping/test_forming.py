"""Groups keep sizes, rules and hours, come out the same again, and are as good as the best of all on small crowds."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.grouping import Aim, Design, Grouping, Impossible, Kind, Person, Slot, form
from plugin.graph.grouping.measures import columns
from plugin.graph.matching import Cancelled
from tests.plugin.graph.grouping.crowd import AIMS, check, crowd, person, rounds


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(asked=rounds())
def test_sizes_and_rules_hold_or_the_rules_contradict(asked: tuple[list[Person], Design]) -> None:
    people, design = asked
    try:
        groups = form(people, design, seed=1, effort=0.02)
    except Impossible as error:
        if not error.demands:
            raise
        freed = replace(design, together=(), apart=())
        check(people, freed, form(people, freed, effort=0.02), everybody=True)
        return
    check(people, design, groups, everybody=True)
    assert form(list(reversed(people)), design, seed=1, effort=0.02) == groups


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(asked=rounds(slot=Slot.MUST, rules=False))
def test_a_shared_hour_that_is_a_must_is_shared(asked: tuple[list[Person], Design]) -> None:
    people, design = asked
    try:
        groups = form(people, design, effort=0.02)
    except Impossible as error:
        if "no hour suits enough people" not in error.message:
            raise
        return
    check(people, design, groups, everybody=False)


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(asked=rounds(slot=Slot.WANTED, rules=False))
def test_a_shared_hour_that_is_wanted_leaves_nobody_out(asked: tuple[list[Person], Design]) -> None:
    people, design = asked
    check(people, design, form(people, design, effort=0.02), everybody=True)


def partitions(rows: list[int], size: int) -> Iterator[list[list[int]]]:
    if not rows:
        yield []
        return
    first, rest = rows[0], rows[1:]
    for picked in _choose(rest, size - 1):
        left = [row for row in rest if row not in picked]
        for others in partitions(left, size):
            yield [[first, *picked], *others]


def _choose(rows: list[int], count: int) -> Iterator[list[int]]:
    if not count:
        yield []
        return
    for at, row in enumerate(rows):
        for others in _choose(rows[at + 1 :], count - 1):
            yield [row, *others]


def cost(people: list[Person], design: Design, groups: list[list[int]]) -> float:
    total = 0.0
    for column in columns(people, design.aims, largest=design.largest):
        counts = np.array([column.measure.has[group].sum(axis=0) for group in groups])
        total += float(column.measure.cost(counts, np.array([column.measure.counted[group].sum() for group in groups])).sum())
    return total


@pytest.mark.slow
@settings(deadline=None, max_examples=6)
@given(seed=st.integers(0, 10**6), pair=st.frozensets(st.integers(0, 8), min_size=2, max_size=2), kind=st.sampled_from(["together", "apart"]))
def test_small_crowds_are_divided_as_well_as_can_be_and_no_better_with_a_rule(seed: int, pair: frozenset[int], kind: str) -> None:
    people = crowd(seed, 9)
    free = Design(3, 3, AIMS)
    held = replace(free, **{kind: (pair,)})  # type: ignore[arg-type]  # either field
    every = list(partitions(list(range(9)), 3))
    keeping = [groups for groups in every if any(pair <= set(group) for group in groups) == (kind == "together")]
    best = []
    for design, possible in ((free, every), (held, keeping)):
        made = form(people, design, seed=seed, effort=0.2)
        best.append(cost(people, design, [list(group.members) for group in made]))
        assert best[-1] == pytest.approx(min(cost(people, design, groups) for groups in possible))
    assert best[1] >= best[0] - 1e-9


def test_what_is_diversified_is_mixed_and_what_is_clustered_is_alike() -> None:
    people = [person(n, field="ab"[n % 2], goal="xyz"[n % 3], age=float(n % 3)) for n in range(24)]
    for group in form(people, Design(4, 4, (Aim("field", Kind.DIVERSIFY), Aim("goal", Kind.CLUSTER)))):
        field, goal = group.because
        assert field.values == (("a", 2, 2), ("b", 2, 2))
        assert (goal.met, goal.misses, field.met, field.contribution, group.score) == (1.0, 0, 1.0, 0.5, 1.0)
    for group in form(people, Design(4, 4, (Aim("age", Kind.CLUSTER),))):
        assert group.because[0].values[0][0] == group.because[0].values[1][0]
    for group in form(people, Design(6, 6, (Aim("age", Kind.DIVERSIFY),))):
        assert max(count for _, count, _ in group.because[0].values) - min(count for _, count, _ in group.because[0].values) <= 2


def test_misses_are_told() -> None:
    people = [person(n, field="a" if n < 5 else "b") for n in range(6)]
    groups = form(people, Design(3, 3, (Aim("field", Kind.DIVERSIFY),)))
    assert sorted(each.because[0].misses for each in groups) == [0, 0]
    alone = form([person(n, goal="abc"[n]) for n in range(3)], Design(3, 3, (Aim("goal", Kind.CLUSTER),)))
    assert (alone[0].because[0].misses, alone[0].score) == (2, 0.0)


def test_attributes_that_nobody_has_say_nothing() -> None:
    groups = form([person(n) for n in range(4)], Design(2, 2, (Aim("field", Kind.DIVERSIFY),)))
    assert [(group.score, group.because) for group in groups] == [(1.0, ()), (1.0, ())]


def test_mentors_count_only_where_it_is_said() -> None:
    people = [person(n, goal="ab"[n % 2]) for n in range(8)] + [person(n, goal="ab"[n % 2], mentor=True) for n in (8, 9)]
    together = form(people, Design(4, 4, (Aim("goal", Kind.CLUSTER, mentors=True),), mentors=1))
    goal = {each.id: each.traits["goal"] for each in people}
    assert all(goal[group.mentors[0]] == goal[group.members[0]] for group in together)


def test_second_mentors_come_where_there_are_more_and_too_many_stay_out() -> None:
    people = crowd(1, 8, 7)
    groups = form(people, Design(4, 4, mentors=1, most_mentors=2))
    assert [len(group.mentors) for group in groups] == [2, 2]
    check(people, Design(4, 4, mentors=1, most_mentors=2), groups, everybody=True)


@pytest.mark.slow
@pytest.mark.parametrize("slot", list(Slot))
def test_large_rounds_go_through_pools(slot: Slot) -> None:
    people = crowd(3, 400, 90, hours=40)
    design = Design(4, 6, AIMS, (frozenset((1, 2, 3)), frozenset((5, 401))), (frozenset((7, 8, 9, 402)),), 1, 2, slot)
    groups = form(people, design, effort=0.03)
    check(people, design, groups, everybody=slot is not Slot.MUST)
    assert sum(len(group.members) for group in groups) >= 396
    assert form(people, design, effort=0.03) == groups
    better = sum(group.score for group in groups) / len(groups)
    random = form(people, replace(design, aims=()), effort=0.03)
    assert better > 0.55
    assert len(random) == pytest.approx(len(groups), abs=2)


def test_rules_that_only_some_arrangements_keep_are_kept() -> None:
    apart = tuple(frozenset((a, b)) for a in range(6) for b in range(a) if (a, b) not in {(1, 0), (3, 2), (5, 4)})
    groups = form([person(n) for n in range(6)], Design(2, 2, apart=apart))
    assert {group.members for group in groups} == {(0, 1), (2, 3), (4, 5)}


@pytest.mark.parametrize(
    ("design", "told"),
    [
        (Design(2, 2, together=(frozenset((1, 2)),), apart=(frozenset((1, 2)),)), {"1 together with 2", "1 apart from 2"}),
        (Design(2, 2, together=(frozenset((1, 2)), frozenset((2, 3)))), {"1 together with 2", "2 together with 3"}),
        (Design(3, 3, apart=(frozenset((0, 1, 2)),)), {"0 apart from 1", "0 apart from 2", "1 apart from 2"}),
        (
            Design(3, 3, together=(frozenset((0, 1)), frozenset((1, 2)), frozenset((4, 5))), apart=(frozenset((0, 2)), frozenset((3, 4)))),
            {"0 together with 1", "1 together with 2", "0 apart from 2"},
        ),
    ],
)
def test_contradictions_name_a_smallest_set(design: Design, told: set[str]) -> None:
    with pytest.raises(Impossible) as caught:
        form([person(n) for n in range(6)], design)
    assert {str(demand) for demand in caught.value.demands} == told
    assert all(word in caught.value.message for word in told)


def test_more_groups_are_made_where_the_rules_need_them() -> None:
    people = [person(n) for n in range(12)]
    groups = form(people, Design(3, 6, apart=(frozenset((0, 1, 2, 3)),), size=6))
    assert [len(group.members) for group in groups] == [3] * 4
    with pytest.raises(Impossible) as caught:
        form(people, Design(3, 6, apart=(frozenset(range(5)),)))
    assert len(caught.value.demands) == 10


def test_those_who_stay_together_must_be_able_to_meet() -> None:
    people = [person(n, hours=[n % 2]) for n in range(4)]
    with pytest.raises(Impossible, match="0 together with 1"):
        form(people, Design(2, 2, together=(frozenset((0, 1)),), slot=Slot.MUST))


@pytest.mark.parametrize(
    ("people", "design", "code", "told"),
    [
        ([], Design(2, 3), "empty_side", "no members"),
        ([person(1, mentor=True)], Design(1, 3), "empty_side", "no members"),
        ([person(1), person(1)], Design(1, 3), "duplicate", "listed twice"),
        ([person(1), person(1, mentor=True)], Design(1, 3), "two_roles", "choose one role"),
        ([person(n) for n in range(7)], Design(5, 6), "bad_sizes", "7 members cannot be divided into groups of 5 to 6: .* ask 1 fewer or 3 more"),
        ([person(n) for n in range(4)], Design(5, 6), "bad_sizes", "make no group of 5: find more"),
        ([person(n) for n in range(6)], Design(3, 3, mentors=1), "bad_sizes", "need 2 mentors, and there are 0"),
        ([person(1), person(2)], Design(2, 2, together=(frozenset((1, 9)),)), "unknown_member", "9 is not among the people"),
        ([person(1), person(2)], Design(2, 2, apart=(frozenset((1, 9)),)), "unknown_member", "9 is not among the people"),
        ([person(1, age=3.0), person(2, age="old")], Design(2, 2, (Aim("age", Kind.CLUSTER),)), "bad_attribute", "choose one"),
        ([person(1, age=float("inf")), person(2)], Design(2, 2, (Aim("age", Kind.CLUSTER),)), "bad_attribute", "not a number"),
    ],
)
def test_bad_input_is_refused(people: list[Person], design: Design, code: str, told: str) -> None:
    with pytest.raises(Invalid, match=told) as caught:
        form(people, design)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Design(0, 3), "cannot be"),
        (lambda: Design(4, 3), "cannot be"),
        (lambda: Design(2, 3, size=5), "preferred size"),
        (lambda: Design(2, 3, mentors=2, most_mentors=1), "mentors in a group"),
        (lambda: Design(2, 3, (Aim("a", Kind.CLUSTER), Aim("a", Kind.DIVERSIFY))), "two aims"),
        (lambda: Design(2, 3, (Aim("a", Kind.CLUSTER, 0.0),)), "the weight of"),
        (lambda: form([person(1)], Design(1, 1), seed=-1), "counts from 0"),
        (lambda: form([person(1)], Design(1, 1), effort=0), "above 0"),
    ],
)
def test_a_bad_design_is_refused(make: Callable[[], object], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        make()


@pytest.mark.slow
def test_an_hour_that_suits_nobody() -> None:
    with pytest.raises(Impossible, match="no hour suits enough"):
        form([person(n, hours=[n]) for n in range(4)], Design(2, 2, slot=Slot.MUST))
    groups = form([person(n, hours=[n]) for n in range(4)], Design(2, 2, slot=Slot.WANTED))
    assert [(len(group.absent), group.hours) for group in groups] == [(1, ()), (1, ())]


@pytest.mark.slow
def test_it_can_be_watched_and_cancelled() -> None:
    seen: list[float] = []
    form(crowd(1, 20, 5), Design(4, 5, AIMS, mentors=1, slot=Slot.WANTED), progress=seen.append)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    asked = iter([False] * 3)
    with pytest.raises(Cancelled):
        form(crowd(1, 20), Design(4, 5, AIMS), cancelled=lambda: next(asked, True))


def test_the_preferred_size_is_come_near() -> None:
    def lengths(size: int | None) -> list[int]:
        groups: list[Grouping] = form(crowd(1, 24), Design(3, 8, size=size))
        return [len(group.members) for group in groups]

    assert lengths(4) == [4] * 6
    assert lengths(8) == [8] * 3
    assert set(lengths(None)) <= {5, 6}
