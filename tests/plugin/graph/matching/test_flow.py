"""Flows: levels solved in stages give what they give as one."""

import numpy as np
import pytest

from plugin.graph.inequality import gini
from plugin.graph.matching import Objective, flow, solve
from plugin.graph.matching.rules import dense_ranks
from tests.plugin.graph.matching.make import random_choices


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("objective", [Objective.CHOICES_GREEDY, Objective.CHOICES_GENEROUS, Objective.CHOICES_RANK_SUM])
def test_levels_that_do_not_fit_are_solved_one_after_the_other(monkeypatch: pytest.MonkeyPatch, seed: int, objective: Objective) -> None:
    problem = random_choices(seed, mentees=12, mentors=5, ties=True)
    whole = solve(problem, objective)
    monkeypatch.setattr(flow, "SAFE", 2**34)
    staged = solve(problem, objective)
    assert (staged.profile, staged.places) == (whole.profile, whole.places)
    assert staged.total == pytest.approx(whole.total)


def test_prices_prove_an_optimum_and_refuse_anything_else() -> None:
    net = flow.Network(
        rows=np.arange(2),
        tail=np.array([0, 0], np.int32),
        head=np.array([1, 1], np.int32),
        low=np.zeros(2, np.int64),
        high=np.ones(2, np.int64),
        supply=np.array([1, -1]),
    )
    cost = np.array([3, 5])
    best = flow.cheapest(net, cost)
    assert best is not None
    assert best.tolist() == [1, 0]
    assert flow.prices(net, cost, best) is not None
    assert flow.prices(net, cost, np.array([0, 1])) is None


def test_ranks_within_groups() -> None:
    assert dense_ranks(np.array([0, 0, 1, 0, 1]), np.array([0.5, 0.1, 0.9, 0.5, 0.2])).tolist() == [2, 1, 2, 2, 1]


def test_gini() -> None:
    assert gini(np.array([2, 2, 2])) == 0
    assert gini(np.array([0, 0, 0])) == 0
    assert gini(np.array([0, 0, 0, 4])) == pytest.approx(0.75)
