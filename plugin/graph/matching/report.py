"""From chosen pairs to a round: figures, who is left over and why, and whom to think of instead."""

import numpy as np

from plugin.graph.inequality import gini
from plugin.graph.matching.problem import Alternative, Bools, Floats, Ints, Objective, Pair, Problem, Reason, Round, Unplaced
from plugin.graph.matching.rules import allowed, banned, chosen, dense_ranks, mentee_keys, mentor_keys

ALTERNATIVES = 5
"""How many others are named for somebody who is left over."""


def report(problem: Problem, rows: Ints, *, objective: Objective, seed: int, proved: bool = True) -> Round:
    """The round that these candidate pairs make."""
    e = problem.edges
    rows = np.sort(rows)
    utility = np.bincount(e.mentee[rows], e.score[rows], len(problem.mentees))
    loads = np.bincount(e.mentor[rows], minlength=len(problem.mentors))
    ranks = choices(problem) if e.mentee_rank is not None or objective.profiled else None
    taken = np.zeros(len(e), bool)
    taken[rows] = True
    return Round(
        objective=objective,
        seed=seed,
        pairs=_pairs(problem, rows, ranks),
        unplaced=_unplaced(problem, taken, loads, objective),
        total=float(e.score[rows].sum()),
        worst=float(utility.min()),
        p10=float(np.percentile(utility, 10)),
        load_gini=gini(loads),
        blocking_pairs=blocking_pairs(problem, rows),
        profile=() if ranks is None else tuple(np.bincount(ranks[rows], minlength=int(ranks.max(initial=0)) + 1)[1:].tolist()),
        placed=int((np.bincount(e.mentee[rows], minlength=len(problem.mentees)) > 0).sum()),
        places=len(rows),
        proved=proved,
    )


def choices(problem: Problem) -> Ints:
    """Each candidate pair's rank among the mentee's choices; from the score where no choices were made."""
    e = problem.edges
    return dense_ranks(e.mentee, -e.score) if e.mentee_rank is None else e.mentee_rank


def blocking_pairs(problem: Problem, rows: Ints) -> int:
    """How many allowed pairs would rather have each other than what they got (or a place left empty).

    With offers, the three cases of Abraham, Irving and Manlove 2007 (student-project allocation). Pins are no longer up for trade on either side.
    """
    e = problem.edges
    open_ = chosen(problem, allowed(problem), mentee_choices=True, mentor_choices=True)
    open_[rows] = False
    free_rows = rows[~_pinned(problem, rows)]
    wants = mentee_keys(problem)
    offers = wants if e.mentee_rank is None and e.mentor_rank is None else mentor_keys(problem)
    mentees, mentors = len(problem.mentees), len(problem.mentors)
    mentee_worst = _worst(e.mentee, wants, free_rows, mentees)
    mentee_worst[np.bincount(e.mentee[rows], minlength=mentees) < problem.demand] = np.inf
    mentor_free = np.bincount(e.mentor[rows], minlength=mentors) < [seat.capacity for seat in problem.mentors]
    mentor_worst = _worst(e.mentor, offers, free_rows, mentors)
    open_ &= wants < mentee_worst[e.mentee]
    left = np.flatnonzero(open_)
    mentor, better = e.mentor[left], offers[left] < mentor_worst[e.mentor[left]]
    if e.offer is None:
        return int((mentor_free[mentor] | better).sum())
    taken_by = np.full(mentees, -1)
    taken_by[e.mentee[free_rows]] = e.mentor[free_rows]
    number = np.where(e.offer >= 0, e.offer, len(problem.offers))
    offer_free = np.append(np.bincount(number[rows], minlength=len(problem.offers) + 1)[:-1] < [o.capacity for o in problem.offers], [True])[number[left]]
    offer_worst = _worst(number, offers, free_rows, len(problem.offers) + 1)[number[left]]
    room = offer_free & (mentor_free[mentor] | better | (taken_by[e.mentee[left]] == mentor))
    return int((room | (~offer_free & (offers[left] < offer_worst))).sum())


def _worst(group: Ints, key: Floats, rows: Ints, count: int) -> Floats:
    worst = np.full(count, -np.inf)
    np.maximum.at(worst, group[rows], key[rows])
    return worst


def _pinned(problem: Problem, rows: Ints) -> Bools:
    if not problem.forced:
        return np.zeros(len(rows), bool)
    width = len(problem.mentors)
    keys = [problem.mentee_index[mentee] * width + problem.mentor_index[mentor] for mentee, mentor in problem.forced]
    return np.isin(problem.edges.mentee[rows].astype(np.int64) * width + problem.edges.mentor[rows], keys)


def _pairs(problem: Problem, rows: Ints, ranks: Ints | None) -> tuple[Pair, ...]:
    e = problem.edges
    none = [None] * len(rows)
    columns = (
        e.mentee[rows].tolist(),
        e.mentor[rows].tolist(),
        e.score[rows].tolist(),
        _pinned(problem, rows).tolist(),
        none if ranks is None else ranks[rows].tolist(),
        none if e.offer is None else e.offer[rows].tolist(),
    )
    return tuple(
        Pair(problem.mentees[mentee], problem.mentors[mentor].id, score, pinned, rank or None, None if offer is None or offer < 0 else offer)
        for mentee, mentor, score, pinned, rank, offer in zip(*columns, strict=True)
    )


def _unplaced(problem: Problem, taken: Bools, loads: Ints, objective: Objective) -> tuple[Unplaced, ...]:
    e = problem.edges
    got = np.bincount(e.mentee[taken], minlength=len(problem.mentees))
    short = np.flatnonzero(got < problem.demand)
    if not len(short):
        return ()
    about = np.flatnonzero(np.isin(e.mentee, short))
    about = about[np.argsort(e.mentee[about], kind="stable")]
    bounds = np.searchsorted(e.mentee[about], [short, short + 1]).T.tolist()
    left = _Leftovers(problem, taken, loads, objective)
    return tuple(left.of(mentee, about[start:end]) for mentee, (start, end) in zip(short.tolist(), bounds, strict=True))


class _Leftovers:
    """Says why somebody is left over. Made once for all of a round."""

    def __init__(self, problem: Problem, taken: Bools, loads: Ints, objective: Objective) -> None:
        e = problem.edges
        self.problem, self.taken, self.banned, self.open = problem, taken, banned(problem), allowed(problem)
        self.remaining = np.array([seat.capacity for seat in problem.mentors], np.int64) - loads
        self.offer_remaining = None
        if e.offer is not None and problem.offers:
            offered = e.offer[taken]
            held = np.bincount(offered[offered >= 0], minlength=len(problem.offers))
            self.offer_remaining = np.array([o.capacity for o in problem.offers], np.int64) - held
        self.usable = chosen(problem, self.open, mentee_choices=objective.by_choice, mentor_choices=objective.stable)

    def of(self, mentee: int, rows: Ints) -> Unplaced:
        e, problem = self.problem.edges, self.problem
        mine = set(e.mentor[rows[self.taken[rows]]].tolist())
        missing = problem.demand[mentee] - int(self.taken[rows].sum())
        rows = np.array([row for row in rows.tolist() if int(e.mentor[row]) not in mine], np.int64)
        remaining = self.remaining[e.mentor[rows]]
        if self.offer_remaining is not None and e.offer is not None:
            number = e.offer[rows]
            remaining = np.where(number >= 0, np.minimum(remaining, self.offer_remaining[number]), remaining)
        removed = [(rule.name, int((~rule.allowed[rows]).sum())) for rule in problem.rules]
        removed.append(("forbidden", int(self.banned[rows].sum())))
        barriers = [self._barriers(row) for row in rows.tolist()]
        order = sorted(range(len(rows)), key=lambda i: (remaining[i] <= 0, len(barriers[i]), -e.score[rows[i]], problem.mentors[int(e.mentor[rows[i]])].id))
        others = [
            Alternative(problem.mentors[int(e.mentor[rows[i]])].id, float(e.score[rows[i]]), int(remaining[i]), barriers[i]) for i in order[:ALTERNATIVES]
        ]
        reason = self._reason(rows, remaining)
        return Unplaced(problem.mentees[mentee], missing, reason, tuple((name, count) for name, count in removed if count), tuple(others))

    def _barriers(self, row: int) -> tuple[str, ...]:
        names = [rule.name for rule in self.problem.rules if not rule.allowed[row]]
        return tuple([*names, "forbidden"] if self.banned[row] else names)

    def _reason(self, rows: Ints, remaining: Ints) -> Reason:
        if not len(rows):
            return Reason.NO_CANDIDATES
        if not self.open[rows].any():
            return Reason.RULES
        if not self.usable[rows].any():
            return Reason.NOT_CHOSEN
        return Reason.OUTSCORED if (remaining[self.usable[rows]] > 0).any() else Reason.FULL
