"""What cannot hold together is named, and nothing smaller could be."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings

from plugin.graph.matching import Cause, Contradiction, Objective, Problem, Seat, conflict, solve
from plugin.graph.matching.conflicts import _asked, _can_hold
from tests.plugin.graph.matching.make import problems, rounds, rule, table


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(problem=problems(several=True, minimums=True, pins=True))
def test_the_conflict_is_a_smallest_one(problem: Problem) -> None:
    problem = replace(problem, forbidden=tuple(dict.fromkeys((*problem.forbidden, *problem.forced[:1]))))
    asked = _asked(problem)
    found = conflict(problem)
    possible = any(True for _ in rounds(problem))
    assert (found == ()) == possible
    if found:
        assert not _can_hold(problem, found)
        assert all(_can_hold(problem, smaller) for size in range(len(found)) for smaller in combinations(asked, size))


def test_a_pin_against_a_rule() -> None:
    problem = table(
        [[0.9, 0.2], [0.3, 0.1]], forced=((0, 100),), rules=(rule("not the same manager", False, True, True, True), rule("same language", *[True] * 3, False))
    )
    with pytest.raises(Contradiction) as caught:
        solve(problem, Objective.TOTAL)
    assert caught.value.message == "these cannot hold together: the rule “not the same manager”; the pin of mentee 0 with mentor 100. Drop one of them."
    assert caught.value.causes == (Cause("rule", name="not the same manager"), Cause("pin", mentee=0, mentor=100))


def test_minimums_against_rules_and_each_other() -> None:
    seats = (Seat(100, 2, 1), Seat(101, 2, 1), Seat(102, 2))
    problem = table(
        [[0.9, 0.5, 0.4], [0.2, 0.3, 0.5]], seats=seats, rules=(rule("one", True, True, True, False, False, True), rule("idle", *[True] * 5, False))
    )
    assert {str(cause) for cause in conflict(problem)} == {"the rule “one”", "at least 1 for mentor 100", "at least 1 for mentor 101"}


def test_the_smallest_is_found_where_a_larger_one_comes_first() -> None:
    seats = (Seat(100, 3, 3), Seat(101))
    problem = table([[0.9, 0.5], [0.2, 0.3], [0.3, 0.3]], seats=seats, forbidden=((0, 101), (1, 101), (2, 100)), forced=((2, 100),))
    assert conflict(problem) in {
        (Cause("pin", mentee=2, mentor=100), Cause("forbidden", mentee=2, mentor=100)),
        (Cause("forbidden", mentee=2, mentor=100), Cause("minimum", mentor=100, minimum=3)),
    }


def test_what_can_hold_has_no_conflict() -> None:
    assert conflict(table([[0.9, 0.5]], forced=((0, 100),), forbidden=((0, 101),))) == ()


def test_long_lists_are_searched_too() -> None:
    count = 60
    scores = [[0.5] * count for _ in range(count)]
    bans = tuple((i, 100 + j) for i in range(count) for j in (i, (i + 1) % count))
    pins = (*((i, 100 + (i + 2) % count) for i in range(count - 1)), (count - 1, 100 + count - 1))
    problem = table(scores, forbidden=bans, forced=pins, seats=tuple(Seat(100 + j, 2) for j in range(count)))
    assert conflict(problem) == (Cause("pin", mentee=count - 1, mentor=100 + count - 1), Cause("forbidden", mentee=count - 1, mentor=100 + count - 1))
