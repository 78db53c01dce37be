"""What each rule removes and costs."""

import pytest
from hypothesis import given, settings

from plugin.graph.matching import Contradiction, Objective, Placing, Problem, prices, solve
from tests.plugin.graph.matching.make import problems, rounds, rule, table, total


def test_a_rule_is_priced_by_the_round_without_it() -> None:
    problem = table(
        [[0.9, 0.2], [0.8, 0.1]], rules=(rule("language", False, True, True, True), rule("track", False, True, True, False), rule("idle", *[True] * 4))
    )
    language, track, idle = prices(problem)
    assert (language.removed, language.removed_alone, language.cost) == (1, 0, 0.0)
    assert (track.removed, track.removed_alone) == (2, 1)
    assert (idle.removed, idle.removed_alone, idle.cost) == (0, 0, 0.0)
    assert track.total == pytest.approx(1.0)
    assert track.total_without == pytest.approx(1.0)
    assert track.placed == 2


@settings(deadline=None)
@given(problem=problems(several=True, minimums=True))
def test_no_rule_has_a_negative_price(problem: Problem) -> None:
    if problem.placing is Placing.MOST:
        return
    try:
        found = prices(problem)
    except Contradiction:
        return
    for price in found:
        rest = Problem(
            problem.mentors, problem.mentees, problem.edges, tuple(r for r in problem.rules if r.name != price.name), (), problem.forbidden, problem.demand
        )
        assert price.total_without == pytest.approx(max(total(rest, rows) for rows in rounds(rest)), abs=1e-7)
        assert price.cost >= -1e-9


def test_prices_of_another_objective_and_progress() -> None:
    problem = table([[0.9, 0.2], [0.8, 0.1]], rules=(rule("one", False, True, True, True),))
    seen: list[float] = []
    (price,) = prices(problem, Objective.FAIR, progress=seen.append)
    assert price.total == pytest.approx(solve(problem, Objective.FAIR).total)
    assert seen[-1] == 1.0
