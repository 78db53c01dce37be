"""Every objective against every round there is, on small problems; what always holds; what is refused."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.matching import Cancelled, Contradiction, Objective, Placing, Problem, Reason, Round, Seat, curve, solve
from plugin.graph.matching.report import choices
from tests.plugin.graph.matching.make import Rows, edges, loads_gini, problems, rounds, rule, table, total, utilities

CHOICES = [Objective.CHOICES_GREEDY, Objective.CHOICES_GENEROUS, Objective.CHOICES_RANK_SUM]
CLOSE = 1e-7


def attempt(problem: Problem, objective: Objective, *, loss: float = 0.1) -> Round | None:
    try:
        return solve(problem, objective, loss=loss)
    except Contradiction:
        return None


def rows_of(problem: Problem, made: Round) -> Rows:
    e = problem.edges
    offers = [None] * len(e) if e.offer is None else [None if k < 0 else k for k in e.offer.tolist()]
    index = {
        (problem.mentees[mentee], problem.mentors[mentor].id, offer): row
        for row, (mentee, mentor, offer) in enumerate(zip(e.mentee.tolist(), e.mentor.tolist(), offers, strict=True))
    }
    return tuple(sorted(index[pair.mentee, pair.mentor, pair.offer] for pair in made.pairs))


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(several=True, minimums=True, pins=True), objective=st.sampled_from(Objective))
def test_a_round_keeps_whatever_was_asked_and_comes_out_the_same_again(problem: Problem, objective: Objective) -> None:
    made = attempt(problem, objective)
    if made is None:
        return
    assert rows_of(problem, made) in set(rounds(problem))
    assert set(problem.forced) <= {(pair.mentee, pair.mentor) for pair in made.pairs if pair.pinned}
    assert solve(problem, objective, loss=0.1) == made
    missing = sum(each.missing for each in made.unplaced)
    assert made.places + missing == problem.places_wanted
    assert made.total == pytest.approx(sum(pair.score for pair in made.pairs))


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(several=True, minimums=True, pins=True))
def test_a_contradiction_is_raised_only_where_no_round_is_possible(problem: Problem) -> None:
    possible = any(True for _ in rounds(problem))
    for objective in (Objective.TOTAL, Objective.FAIR, Objective.EVEN_LOAD):
        assert (attempt(problem, objective) is not None) == possible


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(several=True, minimums=True, pins=True))
def test_the_best_total_is_the_best_of_all_rounds(problem: Problem) -> None:
    every = list(rounds(problem))
    made = attempt(problem, Objective.TOTAL)
    if made is None:
        return
    if problem.placing is Placing.MOST:
        most = max(len(rows) for rows in every)
        assert made.places == most
        every = [rows for rows in every if len(rows) == most]
    best = max(total(problem, rows) for rows in every)
    assert made.total == pytest.approx(best, abs=CLOSE)
    assert made.places == max(len(rows) for rows in every if total(problem, rows) > best - CLOSE)


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(offers=True, pins=True))
def test_the_best_total_with_offers(problem: Problem) -> None:
    every = list(rounds(problem))
    made = attempt(problem, Objective.TOTAL)
    assert (made is not None) == bool(every)
    if made is not None and problem.placing is Placing.BEST:
        assert made.total == pytest.approx(max(total(problem, rows) for rows in every), abs=CLOSE)


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(minimums=True))
def test_a_fair_round_with_one_mentor_each(problem: Problem) -> None:
    every = list(rounds(problem))
    made = attempt(problem, Objective.FAIR)
    if made is None:
        return
    most = max(len(rows) for rows in every)

    def worth(rows: Rows) -> tuple[float, float]:
        return min((float(problem.edges.score[row]) for row in rows), default=0.0), total(problem, rows)

    best = max(worth(rows) for rows in every if len(rows) == most)
    assert worth(rows_of(problem, made)) == pytest.approx(best, abs=CLOSE)
    assert made.places == most


@settings(max_examples=60, deadline=None)
@given(problem=problems(several=True, minimums=True, pins=True))
def test_a_fair_round_with_several_mentors_each(problem: Problem) -> None:
    if max(problem.demand) == 1:
        return
    every = list(rounds(problem))
    made = attempt(problem, Objective.FAIR)
    if made is None:
        return
    most = max(len(rows) for rows in every)

    def worth(rows: Rows) -> tuple[float, float]:
        return min(utilities(problem, rows)), total(problem, rows)

    best = max(worth(rows) for rows in every if len(rows) == most)
    assert (made.worst, made.total) == pytest.approx(best, abs=1e-6)


def profile(problem: Problem, rows: Rows) -> list[int]:
    ranks = choices(problem)
    return np.bincount(ranks[list(rows)], minlength=int(ranks.max()) + 1)[1:].tolist() if rows else [0] * int(ranks.max())


ORDERS: dict[Objective, Callable[[list[int]], list[int]]] = {
    Objective.CHOICES_GREEDY: lambda counts: counts,
    Objective.CHOICES_GENEROUS: lambda counts: [-count for count in reversed(counts)],
    Objective.CHOICES_RANK_SUM: lambda counts: [-sum(rank * count for rank, count in enumerate(counts, 1))],
}


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(ranks=True, several=True, minimums=True), objective=st.sampled_from(CHOICES))
def test_ranked_choices(problem: Problem, objective: Objective) -> None:
    ranks = choices(problem)
    every = [rows for rows in rounds(problem) if all(ranks[row] > 0 for row in rows)]
    made = attempt(problem, objective)
    assert (made is not None) == bool(every)
    if made is None:
        return
    most = max(len(rows) for rows in every)
    full = [rows for rows in every if len(rows) == most]
    order = ORDERS[objective]
    best = max(order(profile(problem, rows)) for rows in full)
    mine = rows_of(problem, made)
    assert len(mine) == most
    assert order(profile(problem, mine)) == best
    assert list(made.profile) == profile(problem, mine)
    assert made.total == pytest.approx(max(total(problem, rows) for rows in full if order(profile(problem, rows)) == best), abs=CLOSE)


@settings(max_examples=60, deadline=None)
@given(problem=problems(several=True, minimums=True, pins=True), loss=st.sampled_from([0.0, 0.05, 0.3, 1.0]))
def test_the_most_even_load_within_a_stated_loss(problem: Problem, loss: float) -> None:
    made = attempt(problem, Objective.EVEN_LOAD, loss=loss)
    if made is None:
        return
    best = solve(problem, Objective.TOTAL)
    every = [rows for rows in rounds(problem) if len(rows) == best.places and total(problem, rows) >= best.total * (1 - loss) - 1e-9]
    assert made.load_gini == pytest.approx(min(loads_gini(problem, rows) for rows in every), abs=1e-9)
    assert made.total >= best.total * (1 - loss) - CLOSE
    assert made.places == best.places
    assert made.proved


@pytest.mark.slow
@settings(deadline=None)
@given(problem=problems(several=True, minimums=True))
def test_the_curve_goes_from_the_best_total_to_the_most_even_load(problem: Problem) -> None:
    try:
        points = curve(problem)
    except Contradiction:
        return
    best = solve(problem, Objective.TOTAL)
    ginis = [loads_gini(problem, rows) for rows in rounds(problem) if len(rows) == best.places]
    assert points[0][1] == pytest.approx(best.total, abs=CLOSE)
    assert points[-1][0] == pytest.approx(min(ginis), abs=1e-9)
    assert all(left[0] > right[0] and left[1] > right[1] - CLOSE for left, right in pairwise(points))


def worth(made: Round, problem: Problem) -> tuple[object, ...]:
    """What a round is the best in, first things first; more is better."""
    objective, order = made.objective, ORDERS.get(made.objective)
    if objective is Objective.TOTAL and problem.placing is Placing.BEST:
        return (round(made.total, 6),)
    if order is not None:
        return made.places, order(profile(problem, rows_of(problem, made))), round(made.total, 6)
    if objective is Objective.FAIR:
        return made.places, round(made.worst, 6), round(made.total, 6)
    return made.places, round(made.total, 6)


MASKS = st.lists(st.booleans(), min_size=12, max_size=12)


def stricter(problem: Problem, mask: list[bool]) -> Problem:
    return replace(problem, rules=(*problem.rules, rule("one more", *mask[: len(problem.edges)])))


@pytest.mark.parametrize("objective", [Objective.TOTAL, Objective.FAIR, *CHOICES])
@settings(max_examples=50, deadline=None)
@given(problem=problems(several=True, minimums=True, ranks=True), mask=MASKS)
def test_another_rule_never_raises_the_optimum(objective: Objective, problem: Problem, mask: list[bool]) -> None:
    free, held = attempt(problem, objective), attempt(stricter(problem, mask), objective)
    if held is not None:
        assert free is not None
        assert worth(held, problem) <= worth(free, problem)


@settings(max_examples=50, deadline=None)
@given(problem=problems(several=True, minimums=True, pins=True), mask=MASKS, loss=st.sampled_from([0.05, 0.3, 1.0]))
def test_another_rule_never_makes_a_load_more_even_above_the_same_total(problem: Problem, mask: list[bool], loss: float) -> None:
    """A share of the best total is less where a rule lowers the best total; so that it does not let in more, the total that must be kept is the same."""
    held = attempt(stricter(problem, mask), Objective.EVEN_LOAD, loss=loss)
    if held is None:
        return
    best, lower = solve(problem, Objective.TOTAL), solve(stricter(problem, mask), Objective.TOTAL)
    assert held.places <= best.places or problem.placing is Placing.BEST
    if held.places == best.places:
        kept = lower.total * (1 - loss)
        free = solve(problem, Objective.EVEN_LOAD, loss=min(1.0, max(0.0, 1 - kept / best.total)) if best.total else 1.0)
        assert free.load_gini <= held.load_gini + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_networkx_finds_the_same_total(seed: int) -> None:
    lot = np.random.default_rng(seed)
    scores = np.where(lot.random((12, 8)) < 0.5, lot.integers(1, 1000, (12, 8)) / 1000, np.nan)
    problem = table([[None if np.isnan(score) else float(score) for score in line] for line in scores], seats=tuple(Seat(100 + j) for j in range(8)))
    graph: nx.Graph[str] = nx.Graph()
    for i, j in np.argwhere(~np.isnan(scores)):
        graph.add_edge(f"mentee {i}", f"mentor {j}", weight=float(scores[i, j]))
    matched = nx.max_weight_matching(graph)
    assert solve(problem, Objective.TOTAL).total == pytest.approx(sum(graph.edges[pair]["weight"] for pair in matched))


def test_a_seed_draws_lots_between_equals() -> None:
    problem = table([[0.5], [0.5], [0.5], [0.5]])
    for objective in (Objective.TOTAL, Objective.FAIR, Objective.STABLE_MENTEE, Objective.CHOICES_GREEDY):
        winners = {solve(problem, objective, seed=seed).pairs[0].mentee for seed in range(20)}
        assert len(winners) > 1


def test_whoever_is_left_over_is_told_why_and_whom_to_think_of() -> None:
    problem = table(
        [[0.9, None, None], [0.8, 0.7, None], [None, None, None], [None, 0.6, None], [None, None, 0.4]],
        seats=(Seat(100), Seat(101, 2), Seat(102)),
        rules=(rule("same language", True, True, True, False, True),),
        forbidden=((4, 102), (1, 101)),
    )
    left = {each.mentee: each for each in solve(problem, Objective.TOTAL).unplaced}
    assert {mentee: each.reason for mentee, each in left.items()} == {1: Reason.FULL, 2: Reason.NO_CANDIDATES, 3: Reason.RULES, 4: Reason.RULES}
    assert left[3].removed_by == (("same language", 1),)
    assert [(other.mentor, other.remaining, other.barriers) for other in left[1].alternatives] == [(101, 2, ("forbidden",)), (100, 0, ())]
    assert left[4].removed_by == (("forbidden", 1),)


def test_a_place_may_stay_empty_for_the_total_and_the_round_says_so() -> None:
    scores: list[list[float | None]] = [[0.9, 0.2], [0.3, None]]
    best = solve(table(scores), Objective.TOTAL)
    assert (best.placed, best.total, best.unplaced[0].mentee, best.unplaced[0].reason) == (1, 0.9, 1, Reason.FULL)
    most = solve(table(scores, placing=Placing.MOST), Objective.TOTAL)
    assert (most.placed, most.total, most.unplaced) == (2, 0.5, ())


def test_choices_of_mentors_are_a_reason_only_where_they_count() -> None:
    """Who is left over since somebody else got the place is not told that nobody chose them."""
    problem = Problem((Seat(100),), (0, 1), edges([(0, 0, 0.9), (1, 0, 0.2)], mentee_rank=[1, 1], mentor_rank=[1, 0]))
    reasons = {objective: solve(problem, objective).unplaced[0].reason for objective in (*CHOICES, Objective.STABLE_MENTEE)}
    assert reasons == {**dict.fromkeys(CHOICES, Reason.FULL), Objective.STABLE_MENTEE: Reason.NOT_CHOSEN}


def test_a_computation_can_be_watched_and_cancelled() -> None:
    problem = table([[0.9, 0.2], [0.3, 0.1]])
    for objective in Objective:
        seen: list[float] = []
        solve(problem, objective, progress=seen.append)
        assert seen == sorted(seen)
        assert (seen[0], seen[-1]) == (0.0, 1.0)
        with pytest.raises(Cancelled):
            solve(problem, objective, cancelled=lambda: True)


def test_bad_options_are_refused() -> None:
    with pytest.raises(Invalid, match="choose 0 to 1"):
        solve(table([[0.5]]), Objective.EVEN_LOAD, loss=2)
    with pytest.raises(Invalid, match="counts from 0"):
        solve(table([[0.5]]), Objective.TOTAL, seed=-1)
