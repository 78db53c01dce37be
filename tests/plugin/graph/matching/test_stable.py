"""Stable rounds: no blocking pair, the best for the side that asks, and the same as independent programs find."""

import importlib
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import Invalid
from plugin.graph.matching import Contradiction, Objective, Offer, Pair, Problem, Round, Seat, solve
from tests.plugin.graph.matching.make import Rows, edges, problems, random_choices, rounds, rule, table

SIDES = [Objective.STABLE_MENTEE, Objective.STABLE_MENTOR]


def blocks(problem: Problem, pairs: tuple[Pair, ...]) -> int:
    """Blocking pairs counted one by one, by definition."""
    e = problem.edges
    rank = {(int(i), int(j)): row for row, (i, j) in enumerate(zip(e.mentee, e.mentor, strict=True))}
    mine: dict[int, list[int]] = {i: [] for i in range(len(problem.mentees))}
    theirs: dict[int, list[int]] = {j: [] for j in range(len(problem.mentors))}
    for pair in pairs:
        row = rank[problem.mentee_index[pair.mentee], problem.mentor_index[pair.mentor]]
        mine[int(e.mentee[row])].append(row)
        theirs[int(e.mentor[row])].append(row)
    found = 0
    assert e.mentee_rank is not None
    assert e.mentor_rank is not None
    for (i, j), row in rank.items():
        if row in mine[i] or not (e.mentee_rank[row] and e.mentor_rank[row]):
            continue
        wants = len(mine[i]) < problem.demand[i] or any(e.mentee_rank[row] < e.mentee_rank[held] for held in mine[i])
        wanted = len(theirs[j]) < problem.mentors[j].capacity or any(e.mentor_rank[row] < e.mentor_rank[held] for held in theirs[j])
        found += wants and wanted
    return found


@pytest.mark.slow
@pytest.mark.parametrize("objective", SIDES)
def test_a_thousand_markets_with_ties_have_no_blocking_pair(objective: Objective) -> None:
    for seed in range(1_000):
        problem = random_choices(seed, mentees=2 + seed % 11, mentors=2 + seed % 5, ties=True)
        made = solve(problem, objective, seed=seed % 3)
        assert made.blocking_pairs == blocks(problem, made.pairs) == 0


def test_blocking_pairs_are_counted_in_rounds_that_are_not_stable() -> None:
    counts = []
    for seed in range(60):
        problem = random_choices(seed, mentees=8, mentors=4, ties=True)
        made = solve(problem, Objective.CHOICES_GENEROUS)
        assert made.blocking_pairs == blocks(problem, made.pairs)
        counts.append(made.blocking_pairs)
    assert max(counts) > 0


def _every_stable(problem: Problem) -> list[Rows]:
    def pairs(rows: Rows) -> tuple[Pair, ...]:
        e = problem.edges
        return tuple(Pair(problem.mentees[int(e.mentee[row])], problem.mentors[int(e.mentor[row])].id, 0.5) for row in rows)

    return [rows for rows in rounds(problem) if not blocks(problem, pairs(rows))]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_without_ties_no_stable_round_is_better_for_anybody_who_asks(seed: int) -> None:
    problem = random_choices(seed, mentees=4, mentors=3, ties=False, candidates=0.8)
    e = problem.edges
    every = _every_stable(problem)
    assert every
    assert e.mentee_rank is not None
    best_of = {i: min((int(e.mentee_rank[row]) for rows in every for row in rows if e.mentee[row] == i), default=None) for i in range(4)}
    made = {pair.mentee: pair for pair in solve(problem, Objective.STABLE_MENTEE).pairs}
    assert {mentee: made[mentee].rank if mentee in made else None for mentee in range(4)} == best_of
    worst_of = {i: max((int(e.mentee_rank[row]) for rows in every for row in rows if e.mentee[row] == i), default=None) for i in range(4)}
    other = {pair.mentee: pair for pair in solve(problem, Objective.STABLE_MENTOR).pairs}
    assert {mentee: other[mentee].rank if mentee in other else None for mentee in range(4)} == worst_of


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), mask=st.lists(st.booleans(), min_size=12, max_size=12), objective=st.sampled_from(SIDES))
def test_another_rule_makes_no_round_more_stable(seed: int, mask: list[bool], objective: Objective) -> None:
    """What a stable round is the best at is that nobody would rather go: with one rule more as many do as before at least, and by what the rules leave none."""
    problem = random_choices(seed, mentees=4, mentors=3, ties=True, candidates=0.7)
    held = solve(replace(problem, rules=(rule("one more", *mask[: len(problem.edges)]),)), objective)
    assert held.blocking_pairs == 0
    assert blocks(problem, held.pairs) >= blocks(problem, solve(problem, objective).pairs) == 0


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), objective=st.sampled_from(SIDES))
def test_with_ties_enough_are_placed(seed: int, objective: Objective) -> None:
    problem = random_choices(seed, mentees=4, mentors=3, ties=True, candidates=0.7)
    made = solve(problem, objective)
    assert made.blocking_pairs == 0
    if objective is Objective.STABLE_MENTEE:
        most = max(len(rows) for rows in _every_stable(problem))
        assert 2 * most <= 3 * made.places or made.places == most


@settings(deadline=None)
@given(problem=problems(several=True), objective=st.sampled_from(SIDES))
def test_with_several_mentors_each_and_scores_for_choices(problem: Problem, objective: Objective) -> None:
    made = solve(problem, objective)
    assert made.blocking_pairs == 0


@pytest.mark.parametrize("seed", range(300))
def test_offers_with_places_of_their_own(seed: int) -> None:
    """No mentee prefers an offer that would take them: the definition of Abraham, Irving and Manlove, checked one by one."""
    lot = np.random.default_rng(seed)
    mentors, offers = 3, 6
    owner = lot.integers(0, mentors, offers)
    rows, mentee_rank, mentor_rank, of = [], [], [], []
    order = lot.integers(1, 4, (mentors, 8))
    for mentee in range(8):
        for rank, offer in enumerate(lot.choice(offers, 3, replace=False).tolist(), 1):
            rows.append((mentee, int(owner[offer]), 0.5))
            mentee_rank.append(rank)
            mentor_rank.append(int(order[owner[offer], mentee]))
            of.append(offer)
    places = lot.integers(1, 3, offers)
    seats = tuple(Seat(100 + j, int(lot.integers(1, 4))) for j in range(mentors))
    problem = Problem(
        seats,
        tuple(range(8)),
        edges(rows, mentee_rank=mentee_rank, mentor_rank=mentor_rank, offer=of),
        offers=tuple(Offer(int(owner[k]), int(places[k])) for k in range(offers)),
    )
    made = solve(problem, Objective.STABLE_MENTEE, seed=seed)
    assert made.blocking_pairs == _offer_blocks(problem, made, order) == 0


def _offer_blocks(problem: Problem, made: Round, order: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> int:
    e = problem.edges
    assert e.mentee_rank is not None
    assert e.offer is not None
    got = {pair.mentee: pair for pair in made.pairs}
    found = 0
    for row in range(len(e)):
        i, j, k = int(e.mentee[row]), int(e.mentor[row]), int(e.offer[row])
        mine = got.get(i)
        if mine is not None and (mine.rank or 0) <= int(e.mentee_rank[row]):
            continue
        here = [pair.mentee for pair in made.pairs if pair.mentor == problem.mentors[j].id]
        in_offer = [pair.mentee for pair in made.pairs if pair.offer == k]
        if len(in_offer) < problem.offers[k].capacity:
            found += len(here) < problem.mentors[j].capacity or i in here or any(order[j, i] < order[j, other] for other in here)
        else:
            found += any(order[j, i] < order[j, other] for other in in_offer)
    return found


def test_pins_are_not_up_for_trade() -> None:
    problem = table([[0.9, 0.1], [0.2, None]], forced=((1, 100),))
    made = solve(problem, Objective.STABLE_MENTEE)
    assert {(pair.mentee, pair.mentor) for pair in made.pairs} == {(1, 100), (0, 101)}
    assert made.blocking_pairs == 0


def test_more_pins_than_places_contradict() -> None:
    with pytest.raises(Contradiction, match="the pin of mentee 0 with mentor 100; the pin of mentee 1 with mentor 100"):
        solve(table([[0.9], [0.2]], forced=((0, 100), (1, 100))), Objective.STABLE_MENTEE)


def test_a_minimum_that_no_stable_round_fills_is_refused() -> None:
    problem = table([[0.9, 0.5], [0.8, None]], seats=(Seat(100, 2), Seat(101, 1, 1)))
    with pytest.raises(Contradiction, match="lower the minimum or choose another objective") as caught:
        solve(problem, Objective.STABLE_MENTEE)
    assert [cause.mentor for cause in caught.value.causes] == [101]


def test_mentors_cannot_go_first_with_offers() -> None:
    problem = Problem((Seat(100),), (0,), edges([(0, 0, 0.5)], offer=[0]), offers=(Offer(0),))
    with pytest.raises(Invalid, match="choose stable_mentee"):
        solve(problem, Objective.STABLE_MENTOR)


@pytest.mark.parametrize("seed", range(60))
def test_the_package_matching_finds_the_same(seed: int) -> None:
    games = importlib.import_module("matching.games")  # untyped
    problem = random_choices(seed, mentees=9, mentors=4, ties=False, candidates=0.7)
    e = problem.edges
    mentee_rank, mentor_rank = e.mentee_rank, e.mentor_rank
    assert mentee_rank is not None
    assert mentor_rank is not None
    wants = {
        i: [f"m{e.mentor[row]}" for row in sorted(np.flatnonzero(e.mentee == i), key=lambda row: int(mentee_rank[row]))] for i in np.unique(e.mentee).tolist()
    }
    gives = {f"m{j}": [int(e.mentee[row]) for row in sorted(np.flatnonzero(e.mentor == j), key=lambda row: int(mentor_rank[row]))] for j in np.unique(e.mentor)}
    room = {f"m{j}": problem.mentors[j].capacity for j in np.unique(e.mentor).tolist()}
    for objective, side in ((Objective.STABLE_MENTEE, "resident"), (Objective.STABLE_MENTOR, "hospital")):
        game = games.HospitalResident.create_from_dictionaries(
            {f"r{i}": list(order) for i, order in wants.items()}, {j: [f"r{i}" for i in order] for j, order in gives.items()}, room
        )
        answer = {(int(mentee.name[1:]), int(mentor.name[1:])) for mentor, mentees in game.solve(optimal=side).items() for mentee in mentees}
        assert {(pair.mentee, pair.mentor - 10_000) for pair in solve(problem, objective).pairs} == answer


def test_two_rounds_can_be_stable_and_each_side_gets_its_own() -> None:
    problem = Problem(
        (Seat(100), Seat(101)), (0, 1), edges([(0, 0, 0.5), (0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.5)], mentee_rank=[1, 2, 2, 1], mentor_rank=[2, 1, 1, 2])
    )
    made = {objective: {(pair.mentee, pair.mentor) for pair in solve(problem, objective).pairs} for objective in SIDES}
    assert made == {Objective.STABLE_MENTEE: {(0, 100), (1, 101)}, Objective.STABLE_MENTOR: {(0, 101), (1, 100)}}
    assert all(len(set(pair)) == 2 for pair in combinations([tuple(sorted(pairs)) for pairs in made.values()], 2))
