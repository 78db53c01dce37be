"""Prices prove the best total, and anybody can check them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.matching import Contradiction, Objective, Pair, Placing, Problem, Round, Seat, proof, solve
from plugin.graph.matching.flow import cheapest, losses, network
from plugin.graph.matching.proof import dual
from plugin.graph.matching.rules import opened
from tests.plugin.graph.matching.make import problems, rounds, table, total


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(problem=problems(several=True, minimums=True, pins=True), seed=st.integers(0, 3))
def test_every_best_total_is_proved(problem: Problem, seed: int) -> None:
    try:
        made = solve(problem, Objective.TOTAL, seed=seed)
    except Contradiction:
        return
    found = proof(problem, made)
    assert found is not None
    assert found.proved
    assert found.bound == pytest.approx(made.total)


@settings(deadline=None, max_examples=80)
@given(problem=problems(minimums=True), data=st.data())
def test_any_prices_bound_every_round(problem: Problem, data: st.DataObject) -> None:
    net, layout = network(problem, opened(problem), seed=0)
    cost = losses(net, problem.edges.score)
    price = np.array(data.draw(st.lists(st.integers(-(10**9), 10**9), min_size=len(net.supply), max_size=len(net.supply))))
    bound = dual(net, cost + price[net.tail] - price[net.head], price)
    assert layout.sink == len(net.supply) - 1
    for rows in rounds(replace(problem, placing=Placing.BEST)):
        assert round(total(problem, rows) * 1e9) + len(rows) <= bound
    flow = cheapest(net, cost)
    assert flow is None or -int(cost @ flow) <= bound


def test_a_worse_round_has_no_proof() -> None:
    problem = table([[0.9, 0.8], [0.8, 0.1]])
    best = solve(problem, Objective.TOTAL)
    worse: Round = replace(best, pairs=(Pair(0, 100, 0.9), Pair(1, 101, 0.1)), total=1.0)
    assert proof(problem, worse) is None
    assert proof(problem, best) is not None


@settings(deadline=None, max_examples=60)
@given(problem=problems(several=True))
def test_another_place_raises_the_total_by_no_more_than_it_is_worth(problem: Problem) -> None:
    problem = replace(problem, placing=Placing.BEST)
    found = proof(problem, solve(problem, Objective.TOTAL))
    assert found is not None
    worth = dict(found.place_worth)
    for number, seat in enumerate(problem.mentors):
        seats = tuple(replace(each, capacity=each.capacity + (i == number)) for i, each in enumerate(problem.mentors))
        raised = solve(replace(problem, mentors=seats), Objective.TOTAL).total - found.total
        assert raised <= worth.get(seat.id, 0.0) + 1e-8


def test_the_place_that_all_want_is_worth_something() -> None:
    problem = table([[0.9, 0.2], [0.8, 0.1]], seats=(Seat(100), Seat(101)))
    found = proof(problem, solve(problem, Objective.TOTAL))
    assert found is not None
    assert 0.7 <= dict(found.place_worth)[100] < 0.81


def test_other_objectives_and_other_problems_are_refused() -> None:
    problem = table([[0.9, 0.8], [0.8, 0.1]])
    with pytest.raises(Invalid, match="only a round of the best total"):
        proof(problem, solve(problem, Objective.FAIR))
    with pytest.raises(Invalid, match="does not allow"):
        proof(replace(problem, forbidden=((0, 101),)), solve(problem, Objective.TOTAL))
