"""Envy is counted by definition."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from plugin.errors import Invalid
from plugin.graph.matching import Objective, Pair, Problem, Seat, fairness, solve
from tests.plugin.graph.matching.make import allowed, problems, table


@settings(deadline=None, max_examples=80)
@given(problem=problems(several=True))
def test_envy(problem: Problem) -> None:
    made = solve(problem, Objective.TOTAL)
    found = fairness(problem, made)
    e = problem.edges
    taken = {(pair.mentee, pair.mentor) for pair in made.pairs}
    most = []
    for i, mentee in enumerate(problem.mentees):
        got = [pair.score for pair in made.pairs if pair.mentee == mentee]
        least = min([*got, *([0.0] if len(got) < problem.demand[i] else [])])
        others = [
            float(e.score[row]) - least
            for row in range(len(e))
            if e.mentee[row] == i
            and allowed(problem, row)
            and (mentee, problem.mentors[int(e.mentor[row])].id) not in taken
            and any(mentor == problem.mentors[int(e.mentor[row])].id for _, mentor in taken)
        ]
        most.append(max([0.0, *others]))
    assert found.envious == sum(each > 0 for each in most)
    assert found.envy == pytest.approx(max(most))
    assert (found.worst, found.load_gini, found.justified) == (made.worst, made.load_gini, made.blocking_pairs)


def test_figures_of_a_round() -> None:
    problem = table([[0.9, 0.8, None], [0.8, 0.1, None]], seats=(Seat(100), Seat(101), Seat(102)))
    found = fairness(problem, solve(problem, Objective.TOTAL))
    assert (found.envious, found.best) == (1, 0.5)
    assert found.idle == pytest.approx(1 / 3)
    assert found.envy == pytest.approx(0.1)
    assert found.median == pytest.approx(0.8)


def test_a_round_of_another_problem_is_refused() -> None:
    problem = table([[0.9]])
    with pytest.raises(Invalid, match="give the problem it was made from"):
        fairness(problem, replace(solve(problem, Objective.TOTAL), pairs=(Pair(7, 100, 0.9),)))
