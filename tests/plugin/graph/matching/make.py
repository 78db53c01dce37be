"""Small problems, and every round that they allow."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from plugin.graph.inequality import gini
from plugin.graph.matching import Edges, Offer, Placing, Problem, RuleKind, RuleMask, Seat

FIRST_MENTOR = 100

Rows = tuple[int, ...]


def edges(
    rows: Sequence[tuple[int, int, float]], *, mentee_rank: list[int] | None = None, mentor_rank: list[int] | None = None, offer: list[int] | None = None
) -> Edges:
    def column(values: list[int] | None) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None":
        return None if values is None else np.array(values, np.int64)

    mentees, mentors = np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.int64)
    return Edges(mentees, mentors, np.array([row[2] for row in rows], np.float64), column(mentee_rank), column(mentor_rank), column(offer))


def table(scores: Sequence[Sequence[float | None]], **about: object) -> Problem:
    """A problem from a table of scores, mentees down and mentors across; None is no candidate. Mentees are 0, 1, …, mentors 100, 101, …"""
    rows = [(i, j, score) for i, line in enumerate(scores) for j, score in enumerate(line) if score is not None]
    seats = about.pop("seats", None) or tuple(Seat(FIRST_MENTOR + j) for j in range(len(scores[0])))
    return Problem(mentors=seats, mentees=tuple(range(len(scores))), edges=edges(rows), **about)  # type: ignore[arg-type]  # keyword arguments of tests


def rule(name: str, *allowed: bool) -> RuleMask:
    return RuleMask(name, RuleKind.MUST, np.array(allowed, bool))


@st.composite
def problems(
    draw: st.DrawFn, *, several: bool = False, minimums: bool = False, pins: bool = False, offers: bool = False, ranks: bool = False, first: bool = False
) -> Problem:
    mentees, mentors = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    every = [(i, j) for i in range(mentees) for j in range(mentors)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True, min_size=1))
    scores = draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.55, 0.8, 1.0]), min_size=len(chosen), max_size=len(chosen)))
    seats = []
    for j in range(mentors):
        capacity = draw(st.integers(1, 3))
        seats.append(Seat(FIRST_MENTOR + j, capacity, draw(st.integers(0, min(capacity, 1))) if minimums else 0))
    columns: dict[str, list[int]] = {}
    if ranks:
        columns["mentee_rank"] = draw(st.lists(st.integers(0, 3), min_size=len(chosen), max_size=len(chosen)))
    of: tuple[Offer, ...] = ()
    if offers:
        of = tuple(Offer(j, draw(st.integers(1, 2))) for j in range(mentors))
        columns["offer"] = [draw(st.sampled_from([-1, j])) for _, j in chosen]
    masks = draw(st.lists(st.lists(st.booleans(), min_size=len(chosen), max_size=len(chosen)), max_size=2))
    return Problem(
        mentors=tuple(seats),
        mentees=tuple(range(mentees)),
        edges=edges([(i, j, score) for (i, j), score in zip(chosen, scores, strict=True)], **columns),
        rules=tuple(rule(f"rule {number}", *(one or number > 0 for one in mask)) for number, mask in enumerate(masks)),
        forced=tuple((i, FIRST_MENTOR + j) for i, j in draw(st.lists(st.sampled_from(chosen), unique=True, max_size=1))) if pins else (),
        forbidden=tuple((i, FIRST_MENTOR + j) for i, j in draw(st.lists(st.sampled_from(every), unique=True, max_size=1))),
        demand=tuple(draw(st.integers(1, 2)) for _ in range(mentees)) if several else (),
        offers=of,
        placing=draw(st.sampled_from(Placing)),
        first=tuple(draw(st.lists(st.sampled_from(range(mentees)), unique=True))) if first else (),
    )


def allowed(problem: Problem, row: int) -> bool:
    e = problem.edges
    pair = (problem.mentees[int(e.mentee[row])], problem.mentors[int(e.mentor[row])].id)
    return pair not in problem.forbidden and all(bool(each.allowed[row]) for each in problem.rules)


def rounds(problem: Problem, *, minimums: bool = True) -> Iterator[Rows]:
    """Every round that keeps what is asked, as rows of candidate pairs."""
    e = problem.edges
    of = [[row for row in range(len(e)) if e.mentee[row] == i and allowed(problem, row)] for i in range(len(problem.mentees))]
    options = [[pick for size in range(wanted + 1) for pick in combinations(rows, size)] for rows, wanted in zip(of, problem.demand, strict=True)]
    for picks in product(*options):
        rows = tuple(sorted(row for pick in picks for row in pick))
        if _keeps(problem, rows, minimums=minimums):
            yield rows


def _keeps(problem: Problem, rows: Rows, *, minimums: bool) -> bool:
    e = problem.edges
    loads = [sum(int(e.mentor[row]) == j for row in rows) for j in range(len(problem.mentors))]
    fits = all((seat.minimum if minimums else 0) <= load <= seat.capacity for seat, load in zip(problem.mentors, loads, strict=True))
    if e.offer is not None:
        offer = e.offer
        fits = fits and all(sum(int(offer[row]) == k for row in rows) <= each.capacity for k, each in enumerate(problem.offers))
    pairs = {(problem.mentees[int(e.mentee[row])], problem.mentors[int(e.mentor[row])].id) for row in rows}
    return fits and pairs >= set(problem.forced)


def total(problem: Problem, rows: Rows) -> float:
    return float(sum(problem.edges.score[row] for row in rows))


def utilities(problem: Problem, rows: Rows) -> list[float]:
    e = problem.edges
    return [float(sum(e.score[row] for row in rows if e.mentee[row] == i)) for i in range(len(problem.mentees))]


def loads_gini(problem: Problem, rows: Rows) -> float:
    return gini(np.bincount([int(problem.edges.mentor[row]) for row in rows], minlength=len(problem.mentors)))


def random_choices(seed: int, *, mentees: int, mentors: int, ties: bool, candidates: float = 0.5) -> Problem:
    """A market where both sides have choices of their own, with or without ties."""
    lot = np.random.default_rng(seed)
    pairs = np.argwhere(lot.random((mentees, mentors)) < candidates)
    if not len(pairs):
        pairs = np.array([[0, 0]])
    mentee_rank, mentor_rank = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)
    for ranks, owner in ((mentee_rank, pairs[:, 0]), (mentor_rank, pairs[:, 1])):
        for who in np.unique(owner):
            rows = np.flatnonzero(owner == who)
            ranks[rows] = lot.integers(1, 1 + max(1, len(rows) // 2), len(rows)) if ties else lot.permutation(len(rows)) + 1
    made = Edges(pairs[:, 0], pairs[:, 1], np.full(len(pairs), 0.5), mentee_rank, mentor_rank)
    seats = tuple(Seat(10_000 + j, int(lot.integers(1, 4))) for j in range(mentors))
    return Problem(mentors=seats, mentees=tuple(range(mentees)), edges=made)
