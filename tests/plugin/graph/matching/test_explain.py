"""Why two people are not together."""

import pytest

from plugin.errors import NotFound
from plugin.graph.matching import Objective, Obstacle, Seat, WhyNot, solve, why, why_not
from tests.plugin.graph.matching.make import rule, table


def ask(mentee: int, mentor: int) -> WhyNot:
    problem = table(
        [[0.9, 0.8, None], [0.8, 0.1, 0.7], [0.2, 0.3, 0.6]],
        rules=(rule("same language", *[True] * 6, False, True),),
        forbidden=((1, 102),),
        seats=(Seat(100), Seat(101), Seat(102)),
    )
    return why_not(problem, solve(problem, Objective.TOTAL), mentee=mentee, mentor=mentor)


def test_each_obstacle_is_named() -> None:
    assert ask(0, 102).obstacles == (Obstacle.NOT_A_CANDIDATE,)
    assert ask(1, 102).obstacles == (Obstacle.FORBIDDEN,)
    assert (ask(2, 101).obstacles, ask(2, 101).rules) == ((Obstacle.RULE,), ("same language",))
    assert ask(0, 101).together


def test_what_it_would_cost_and_whom_it_would_move() -> None:
    found = ask(0, 100)
    assert found.obstacles == (Obstacle.MENTOR_FULL_OF_OTHERS,)
    assert found.loss == pytest.approx(0.8 + 0.8 - 0.9 - 0.1)
    assert {(pair.mentee, pair.mentor) for pair in found.made} == {(0, 100), (1, 101)}
    assert {(pair.mentee, pair.mentor) for pair in found.broken} == {(0, 101), (1, 100)}
    full = ask(2, 100)
    assert full.obstacles == (Obstacle.MENTEE_HAS_BETTER, Obstacle.MENTOR_FULL)


def test_pins_can_stand_in_the_way() -> None:
    problem = table([[0.9, 0.8], [0.8, 0.1]], forced=((1, 100),))
    assert Obstacle.CANNOT_HOLD in why_not(problem, solve(problem, Objective.TOTAL), mentee=0, mentor=100).obstacles


def test_strangers_are_not_found() -> None:
    with pytest.raises(NotFound):
        ask(7, 100)


def test_what_a_pair_is_to_both_and_to_the_round() -> None:
    problem = table([[0.9, 0.8], [0.8, 0.1], [0.3, None]], seats=(Seat(100), Seat(101)), forced=((1, 100),))
    made = solve(problem, Objective.TOTAL)
    pinned = why(problem, made, mentee=1, mentor=100)
    assert (pinned.pinned, pinned.worth, pinned.instead) == (True, None, ())
    assert (pinned.mentee_place, pinned.mentee_candidates, pinned.mentor_place, pinned.mentor_candidates) == (1, 2, 2, 3)
    found = why(problem, made, mentee=0, mentor=101)
    assert (found.score, found.mentee_place, found.mentor_place, found.mentor_candidates) == (0.8, 2, 1, 2)
    assert found.worth == pytest.approx(0.8)
    free = table([[0.9, 0.8], [0.8, 0.1]])
    apart = why(free, solve(free, Objective.TOTAL), mentee=0, mentor=101)
    assert apart.worth == pytest.approx(0.6)
    assert {(pair.mentee, pair.mentor) for pair in apart.instead} == {(0, 100), (1, 101)}


def test_a_pair_without_which_no_round_is_possible() -> None:
    problem = table([[0.9]], seats=(Seat(100, 1, 1),))
    assert why(problem, solve(problem, Objective.TOTAL), mentee=0, mentor=100).worth is None


def test_only_a_pair_of_the_round_is_explained() -> None:
    problem = table([[0.9, 0.8]])
    with pytest.raises(NotFound, match="ask why not"):
        why(problem, solve(problem, Objective.TOTAL), mentee=0, mentor=101)
