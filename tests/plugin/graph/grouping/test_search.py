"""What an exchange is said to cost is what it costs, however many have been made."""

from itertools import combinations

import numpy as np
import pytest

from plugin.graph.grouping import Aim, Design, Kind, Person
from plugin.graph.grouping.deal import bonds, deal
from plugin.graph.grouping.frame import Sizes
from plugin.graph.grouping.measures import HARD, columns, hours, meeting, sizes
from plugin.graph.grouping.search import NEVER, Board, Search
from tests.plugin.graph.grouping.crowd import AIMS, crowd, person


def board(people: list[Person], empty: int, design: Design, groups: int) -> Board:
    total = len(people) + empty
    made = [column.measure for column in columns(people, (*AIMS, Aim("none", Kind.CLUSTER)), largest=12)]
    made += [meeting(hours(people)[1]), sizes(np.ones(len(people)), least=2, most=12, preferred=4.0)]
    padded = [
        type(measure)(
            np.vstack([measure.has, np.zeros((empty, measure.has.shape[1]))]), np.append(measure.counted, np.zeros(empty)), measure.weight, measure.table
        )
        for measure in made
    ]
    role = np.array([int(each.mentor) for each in people] + [0] * empty)
    rules = bonds(people, design)
    return Board(padded, groups, role, rules.matrix(total), rules.units, rules.floor())


def whole(search: Search, group: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> float:
    """The cost counted by definition."""
    total = 0.0
    for measure in search.board.measures:
        for number in range(search.board.groups):
            rows = np.flatnonzero(group == number)
            total += float(measure.cost(measure.has[rows].sum(axis=0)[None, :], np.array([measure.counted[rows].sum()]))[0])
    bond = search.board.bond
    if bond is not None:
        total += sum(float(bond[a, b]) for a, b in combinations(range(len(group)), 2) if group[a] == group[b])
    return total


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_costs_of_exchanges(seed: int) -> None:
    people = crowd(seed, 11, 4)
    design = Design(2, 6, together=(frozenset((0, 1)), frozenset((2, 12))), apart=(frozenset((3, 4, 5)),), mentors=1)
    lot = np.random.default_rng(seed)
    made = board(people, 4, design, 3)
    search = Search(made, lot.integers(0, 3, 19), seed=seed)
    for _ in range(25):
        assert search.total == pytest.approx(whole(search, search.group), abs=1e-6)
        for one, other in combinations(range(19), 2):
            if made.role[one] != made.role[other] or search.group[one] == search.group[other]:
                assert search.delta[one, other] == NEVER
                continue
            after = search.group.copy()
            after[[one, other]] = after[[other, one]]
            assert search.delta[one, other] == search.delta[other, one] == pytest.approx(whole(search, after) - search.total, abs=1e-6)
        search.run(1)


def test_the_search_never_ends_worse_than_it_began() -> None:
    people = crowd(3, 24)
    made = board(people, 0, Design(4, 4), 6)
    start = np.repeat(np.arange(6), 4)
    before = whole(Search(made, start, seed=0), start)
    search = Search(made, start, seed=0)
    found = search.run(200)
    assert whole(search, found) < before
    assert np.bincount(found).tolist() == [4] * 6
    reached = whole(search, found)
    assert whole(search, search.run(50)) <= reached


def test_those_who_stay_together_are_dealt_together_and_those_kept_apart_are_not() -> None:
    people = [person(n, mentor=n > 8) for n in range(12)]
    design = Design(3, 3, together=(frozenset((0, 1, 9)), frozenset((2, 3))), apart=(frozenset((4, 5, 6)), frozenset((0, 7))), mentors=1)
    rules = bonds(people, design)
    for seed in range(20):
        group = deal(people, Sizes((3, 3, 3), (1, 1, 1)), rules, seed=seed)
        assert group[0] == group[1] == group[9]
        assert group[2] == group[3]
        assert len({group[4], group[5], group[6]}) == 3
        assert np.bincount(group[:9]).tolist() == [3, 3, 3]
    assert rules.floor() == -4 * HARD
    again = deal(people, Sizes((3, 3, 3), (1, 1, 1)), rules, seed=1, start={8: 2})
    assert again[8] == 2


def test_hours_that_another_beats_are_left_out() -> None:
    listed, can = hours([person(1, hours=[1, 2, 3]), person(2, hours=[2, 3]), person(3, hours=[3, 9])])
    assert listed.tolist() == [3]
    assert can.ravel().tolist() == [1.0, 1.0, 1.0]
    listed, _ = hours([person(1, hours=[5, 6]), person(2, hours=[6, 7]), person(3, hours=[7])])
    assert listed.tolist() == [6, 7]
