"""What a problem refuses, and how it says so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from plugin.errors import Invalid
from plugin.graph.matching import Edges, Offer, Problem, Seat, solve
from plugin.graph.matching.problem import Objective
from tests.plugin.graph.matching.make import edges, rule, table


def good() -> Problem:
    return table([[0.9, 0.2], [0.3, 0.1]])


def with_edges(**columns: object) -> Callable[[], Problem]:
    problem = good()
    return lambda: replace(problem, edges=replace(problem.edges, **columns))  # type: ignore[arg-type]  # wrong on purpose


REFUSALS: list[tuple[Callable[[], Problem], str, str]] = [
    (lambda: replace(good(), mentors=()), "empty_side", "there are no mentors"),
    (lambda: replace(good(), mentees=(), demand=()), "empty_side", "there are no mentees"),
    (lambda: replace(good(), mentors=(Seat(100, 0), Seat(101))), "bad_capacity", "mentor 100 has capacity 0"),
    (lambda: replace(good(), mentors=(Seat(100, -3), Seat(101))), "bad_capacity", "mentor 100 has capacity -3"),
    (lambda: replace(good(), mentors=(Seat(100, 2, 3), Seat(101))), "bad_minimum", "mentor 100 has a minimum of 3"),
    (lambda: replace(good(), mentors=(Seat(100), Seat(100))), "duplicate", "mentor 100 is listed twice"),
    (lambda: replace(good(), mentees=(1, 1)), "duplicate", "mentee 1 is listed twice"),
    (lambda: replace(good(), mentees=(1, 100)), "two_roles", "member 100 is both mentor and mentee"),
    (lambda: replace(good(), demand=(1,)), "bad_demand", "1 demands for 2 mentees"),
    (lambda: replace(good(), demand=(0, 1)), "bad_demand", "mentee 0 wants 0 mentors"),
    (lambda: replace(good(), forced=((7, 100),)), "unknown_member", "7 is not a mentee"),
    (lambda: replace(good(), forbidden=((1, 99),)), "unknown_member", "99 is not a mentor"),
    (lambda: replace(good(), forced=((1, 100), (1, 100))), "duplicate", "a pair is listed twice"),
    (with_edges(mentee=np.array([0, 0, 1, 2])), "unknown_member", "mentee index outside 0 to 1"),
    (with_edges(mentor=np.array([0, -1, 0, 1])), "unknown_member", "mentor index outside 0 to 1"),
    (with_edges(mentor=np.array([0, 0, 0, 1])), "duplicate", "mentee 0 and mentor 100 are a candidate pair twice"),
    (with_edges(mentee=np.array([0, 0, 1])), "bad_candidates", "mentee must be 4 whole numbers"),
    (with_edges(mentor=np.array([0.0, 1.0, 0.0, 1.0])), "bad_candidates", "mentor must be 4 whole numbers"),
    (with_edges(score=np.array([0.1, np.nan, 0.1, 0.1])), "bad_candidates", "scores must be numbers"),
    (with_edges(score=np.array([0.1, 1e9, 0.1, 0.1])), "bad_candidates", "scores must be numbers"),
    (with_edges(mentee_rank=np.array([1, 2, -1, 1])), "bad_candidates", "mentee_rank counts from 1"),
    (lambda: replace(good(), rules=(rule("short", True),)), "bad_rule", "each of the 4 candidate pairs"),
    (lambda: replace(good(), rules=(rule("twin", *[True] * 4), rule("twin", *[True] * 4))), "duplicate", "two rules are called “twin”"),
    (lambda: replace(good(), offers=(Offer(5),)), "bad_offer", "offer 0 needs a mentor index"),
    (lambda: replace(good(), offers=(Offer(0, 0),)), "bad_offer", "at least 1 place"),
    (lambda: replace(good(), offers=(Offer(0),), edges=edges([(0, 0, 0.5)], offer=[1])), "bad_offer", "outside -1 to 0"),
    (lambda: replace(good(), offers=(Offer(0),), edges=edges([(0, 1, 0.5)], offer=[0])), "bad_offer", "an offer of another mentor"),
    (lambda: replace(good(), offers=(Offer(0),), demand=(2, 1), edges=edges([(0, 0, 0.5)], offer=[0])), "bad_offer", "one mentor for each mentee"),
]


@pytest.mark.parametrize(("make", "code", "told"), REFUSALS, ids=[told for _, _, told in REFUSALS])
def test_what_cannot_be_a_problem_is_refused(make: Callable[[], Problem], code: str, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        make()
    assert caught.value.code == code
    assert told in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.field


def test_a_pin_must_be_among_the_candidates() -> None:
    problem = table([[0.9, None]], forced=((0, 101),))
    with pytest.raises(Invalid, match="not a candidate pair"):
        solve(problem, Objective.TOTAL)


def test_nobody_need_have_a_candidate() -> None:
    nothing = np.array([], np.int64)
    problem = replace(good(), edges=Edges(nothing, nothing, np.array([])))
    for objective in Objective:
        made = solve(problem, objective)
        assert (made.pairs, made.total, made.load_gini, len(made.unplaced)) == ((), 0.0, 0.0, 2)


def test_the_same_two_may_stand_together_once_for_each_offer() -> None:
    problem = Problem((Seat(100, 2),), (0, 1), edges([(0, 0, 0.5), (0, 0, 0.9), (1, 0, 0.9)], offer=[0, 1, 1]), offers=(Offer(0), Offer(0)))
    made = solve(problem, Objective.TOTAL)
    assert {(pair.mentee, pair.offer) for pair in made.pairs} == {(0, 0), (1, 1)}
