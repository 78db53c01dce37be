"""One who joins moves only whom they must, and the round is what it would have been."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.matching import Contradiction, Edges, How, Objective, Placing, Problem, Seat, conflict, incremental, rematch, solve
from tests.plugin.graph.matching.make import problems, random_choices, rule, table


def without(problem: Problem, *, mentee: int | None = None, mentor: int | None = None) -> Problem:
    """The problem before the last mentee or mentor came."""
    e = problem.edges
    keep = np.ones(len(e), bool)
    if mentee is not None:
        keep &= e.mentee != problem.mentee_index[mentee]
    if mentor is not None:
        keep &= e.mentor != problem.mentor_index[mentor]

    def some(values: "np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None") -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None":
        return None if values is None else values[keep]

    return replace(
        problem,
        mentees=tuple(m for m in problem.mentees if m != mentee),
        mentors=tuple(seat for seat in problem.mentors if seat.id != mentor),
        demand=problem.demand[: len(problem.demand) - (mentee is not None)],
        edges=Edges(e.mentee[keep], e.mentor[keep], e.score[keep], some(e.mentee_rank), some(e.mentor_rank), some(e.offer)),
        rules=tuple(replace(each, allowed=each.allowed[keep]) for each in problem.rules),
        forbidden=tuple((i, j) for i, j in problem.forbidden if i != mentee and j != mentor),
        forced=tuple((i, j) for i, j in problem.forced if i != mentee and j != mentor),
        first=tuple(i for i in problem.first if i != mentee),
    )


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(problem=problems(several=True, minimums=True, pins=True), mentor_joins=st.booleans(), seed=st.integers(0, 3))
def test_a_joined_round_is_as_good_as_one_computed_anew(problem: Problem, mentor_joins: bool, seed: int) -> None:
    side = problem.mentors if mentor_joins else problem.mentees
    if len(side) < 2 or conflict(problem):
        return
    member = problem.mentors[-1].id if mentor_joins else problem.mentees[-1]
    before = without(problem, mentor=member) if mentor_joins else without(problem, mentee=member)
    try:
        previous = solve(before, Objective.TOTAL, seed=seed)
    except Contradiction:
        return
    change = incremental(problem, previous, member=member)
    whole = solve(problem, Objective.TOTAL, seed=seed)
    assert change.round.total == pytest.approx(whole.total, abs=1e-7)
    assert problem.placing is Placing.BEST or change.round.places == whole.places
    assert set(change.round.pairs) == {*previous.pairs, *change.made} - set(change.broken)


@pytest.mark.parametrize("placing", list(Placing))
@pytest.mark.parametrize("mentor_joins", [False, True])
def test_paths_are_what_a_total_is_changed_by(mentor_joins: bool, placing: Placing) -> None:
    lot = np.random.default_rng(3)
    scores = [[float(score) for score in line] for line in lot.random((40, 30)).round(3)]
    problem = table(scores, seats=tuple(Seat(100 + j, 1 + j % 2) for j in range(30)), placing=placing)
    member = 129 if mentor_joins else 39
    before = without(problem, mentor=member) if mentor_joins else without(problem, mentee=member)
    change = incremental(problem, solve(before, Objective.TOTAL), member=member)
    assert change.how is How.PATHS
    assert change.round.total == pytest.approx(solve(problem, Objective.TOTAL).total, abs=1e-9)
    assert any(member in {pair.mentee, pair.mentor} for pair in change.made)
    assert len(change.made) < 15


@pytest.mark.parametrize("seed", range(50))
def test_a_stable_round_goes_on_where_it_stood(seed: int) -> None:
    problem = random_choices(seed, mentees=9, mentors=4, ties=False, candidates=0.8)
    before = without(problem, mentee=8)
    change = incremental(problem, solve(before, Objective.STABLE_MENTEE), member=8)
    assert change.how is How.CHAIN
    assert change.round == solve(problem, Objective.STABLE_MENTEE)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(problem=problems(several=True), objective=st.sampled_from([each for each in Objective if each is not Objective.EVEN_LOAD]))
def test_whatever_the_objective_the_figures_are_those_of_the_whole(problem: Problem, objective: Objective) -> None:
    if len(problem.mentees) < 2:
        return
    member = problem.mentees[-1]
    change = incremental(problem, solve(without(problem, mentee=member), objective), member=member)
    whole = solve(problem, objective)
    assert change.round.places == whole.places or objective is Objective.STABLE_MENTEE
    assert change.round.blocking_pairs == 0 or objective not in {Objective.STABLE_MENTEE, Objective.STABLE_MENTOR}


def test_where_the_most_are_placed_a_newcomer_may_cost_points() -> None:
    problem = table([[0.9, 0.2], [0.3, None]], placing=Placing.MOST)
    change = incremental(problem, solve(without(problem, mentee=1), Objective.TOTAL), member=1)
    assert (change.how, change.round.placed, change.round.total) == (How.PATHS, 2, 0.5)
    best = replace(problem, placing=Placing.BEST)
    assert incremental(best, solve(without(best, mentee=1), Objective.TOTAL), member=1).made == ()


def test_a_round_with_somebody_who_comes_first_is_computed_anew() -> None:
    problem = table([[0.9], [0.2]], first=(1,))
    change = incremental(problem, solve(without(problem, mentee=1), Objective.TOTAL), member=1)
    assert change.how is How.ANEW
    assert {pair.mentee for pair in change.round.pairs} == {1}


def test_a_standing_round_that_is_not_the_best_is_computed_anew() -> None:
    problem = table([[0.9, 0.1], [0.8, 0.7], [0.2, 0.1]])
    previous = solve(without(problem, mentee=2), Objective.TOTAL)
    worse = replace(previous, pairs=(replace(previous.pairs[0], mentor=101), replace(previous.pairs[1], mentor=100)))
    change = incremental(problem, worse, member=2)
    assert change.how is How.ANEW
    assert change.round.total == pytest.approx(1.6)


def test_only_members_can_join() -> None:
    problem = table([[0.9, 0.1]])
    with pytest.raises(Invalid, match="55 is not a member of this round"):
        incremental(problem, solve(problem, Objective.TOTAL), member=55)


def test_a_rematch_keeps_what_works() -> None:
    problem = table([[0.1, 0.9], [0.9, 0.1], [0.5, 0.6]], seats=(Seat(100, 2), Seat(101)), rules=(rule("same language", *[True] * 5, False),))
    again = rematch(problem, [(0, 100), (2, 101), (7, 100)], Objective.TOTAL)
    assert again.kept == ((0, 100),)
    assert again.lost == ((2, 101, ("same language",)), (7, 100, ()))
    assert {(pair.mentee, pair.mentor) for pair in again.round.pairs} == {(0, 100), (1, 100)}
    assert [each.mentee for each in again.round.unplaced] == [2]
