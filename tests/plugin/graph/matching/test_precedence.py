"""Who comes first is placed before others, whatever the round is the best at, and costs nobody else a place in sum."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.matching import Contradiction, Objective, Placing, Problem, curve, proof, solve
from plugin.graph.matching.report import choices
from tests.plugin.graph.matching.make import Rows, problems, rounds, table, total

FLOWS: list[Objective] = [each for each in Objective if each not in {Objective.STABLE_MENTEE, Objective.STABLE_MENTOR}]


def turn(problem: Problem, placed: set[int]) -> list[bool]:
    """Which of those who come first are placed, in their order: the greatest in alphabetical order is the best."""
    return [member in placed for member in problem.first]


def placed(problem: Problem, rows: Rows) -> set[int]:
    return {problem.mentees[int(problem.edges.mentee[row])] for row in rows}


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(several=True, minimums=True, ranks=True, first=True), objective=st.sampled_from(FLOWS))
def test_they_are_placed_before_all_others(problem: Problem, objective: Objective) -> None:
    try:
        made = solve(problem, objective, loss=0.1)
    except Contradiction:
        return
    by_choice = objective.value.startswith("choices")
    every = [rows for rows in rounds(problem) if not by_choice or all(choices(problem)[row] > 0 for row in rows)]
    mine = {pair.mentee for pair in made.pairs}
    assert turn(problem, mine) == max(turn(problem, placed(problem, rows)) for rows in every)
    most = max(len(rows) for rows in every)
    if objective is Objective.TOTAL and problem.placing is Placing.BEST:
        best = max((turn(problem, placed(problem, rows)), total(problem, rows)) for rows in every)[1]
        assert made.total == pytest.approx(best, abs=1e-7)
    elif objective is not Objective.EVEN_LOAD or problem.placing is Placing.MOST:
        assert made.places == most
    if objective is Objective.TOTAL:
        told = proof(problem, made)
        assert told is not None
        assert told.proved


def test_whoever_comes_first_gets_the_only_place_in_every_round() -> None:
    for objective in Objective:
        # To both they are the same: the lot would have it otherwise for some seed.
        winners = {solve(table([[0.5], [0.5]], first=(1,)), objective, seed=seed).pairs[0].mentee for seed in range(8)}
        assert winners == {1}


def test_it_is_worth_more_than_points_but_where_both_sides_agree_on_others() -> None:
    problem = table([[0.9], [0.2]], first=(1,))
    for objective in Objective:
        made = solve(problem, objective)
        assert [pair.mentee for pair in made.pairs] == [1 if objective in FLOWS else 0]
        assert made.blocking_pairs == 0 or objective in FLOWS
    assert curve(problem) == [(0.0, 0.2)]


def test_who_cannot_be_placed_holds_nobody_up() -> None:
    problem = table([[0.9, None], [None, None], [0.2, None]], first=(1, 2))
    assert [pair.mentee for pair in solve(problem, Objective.TOTAL).pairs] == [2]
    assert [pair.mentee for pair in solve(replace(problem, forced=((0, 100),)), Objective.TOTAL).pairs] == [0]


def test_only_mentees_come_first() -> None:
    with pytest.raises(Invalid, match="100 is not a mentee of this round") as caught:
        table([[0.5]], first=(100,))
    assert (caught.value.code, caught.value.field) == ("unknown_member", "first")
