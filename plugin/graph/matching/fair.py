"""Fair rounds: the worst-off first, then the total.

With one mentor each, the least score of any match is raised as far as it goes without leaving out anyone who could be placed (bottleneck assignment: max flows
over halved thresholds), then the total is the best above it (min-cost flow). With several mentors each, what counts is the sum a mentee gets; the highest floor
under all sums is NP-hard to find in general (Santa Claus problem) and here solved exactly: a bound from each mentee alone, mixed-integer programs by HiGHS, and
for the total above the floor only pairs whose reduced cost in the linear relaxation fits the gap (reduced-cost fixing; Dantzig, Fulkerson and Johnson 1954).
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from plugin.errors import Conflict
from plugin.graph.matching.flow import cheapest, feasible, losses, network
from plugin.graph.matching.problem import Bools, Floats, Ints, Problem, Watch
from plugin.graph.matching.rules import Opening

SHARP = 1e4
"""Sums are multiplied by this in the programs, so that HiGHS's tolerance of 1e-6 is 1e-10 of a score."""

NEAR = 6
"""A first round is sought among so many pairs for each place, those with the best reduced costs; what the answer's gap then lets in is added."""

SLACK = 1e-6
"""Added to the gap for the tolerances of the programs."""

FEW = 3
"""If the gap lets in more than so many times the pairs of the first round, covers are added before the program grows."""

SMALL = 50_000
"""Up to so many pairs covers are added at once where mentors have minimums; beyond, the relaxation with covers takes longer than it saves."""

EQUAL = 1e-9
"""Sums that differ by less are the same."""

LIMIT = 300.0
"""Seconds for each program, so that a hard round ends. Only then can an answer depend on the machine, and it says that it is not proved."""


class TooHard(Conflict):
    """No fair round was found within the limit of time."""

    code = "too_hard"


def fair(problem: Problem, opening: Opening, *, places: int, seed: int, watch: Watch) -> tuple[Ints, bool] | None:
    """The rows of the fair round that fills ``places`` (the most possible), and whether it is proved; None if pins or minimums cannot be met.

    Raises :class:`TooHard` where several mentors each are wanted and the limit of time passes without any round.
    """
    if max(problem.demand) == 1:
        rows = _one_each(problem, opening, places=places, seed=seed, watch=watch)
        return None if rows is None else (rows, True)
    sums = Sums(problem, opening, places=places)
    rows = _best_total(problem, opening, places=places, seed=seed)
    if rows is None:
        return None
    # Mostly nobody falls below what the neediest could have at best: then the best total is fair already.
    if sums.worst(rows) < sums.ceiling() - EQUAL:
        rows = sums.solve(watch)
    return None if rows is None else (rows, sums.proved)


def _best_total(problem: Problem, opening: Opening, *, places: int, seed: int) -> Ints | None:
    net, _ = network(problem, opening, seed=seed, places=places)
    flow = cheapest(net, losses(net, problem.edges.score))
    return None if flow is None else net.rows[flow[net.pairs] > 0]


def _one_each(problem: Problem, opening: Opening, *, places: int, seed: int, watch: Watch) -> Ints | None:
    score = problem.edges.score
    pinned = np.zeros(len(score), bool)
    pinned[opening.pinned] = True

    def above(threshold: float) -> Opening:
        return replace(opening, usable=opening.usable & (pinned | (score >= threshold)))

    net, _ = network(problem, opening, seed=seed, places=places)
    if not feasible(net):
        return None
    levels = np.unique(score[opening.usable])
    low, high = 0, len(levels) - 1
    while low < high:
        watch.at(0.6 * (1 - (high - low) / len(levels)))
        middle = (low + high + 1) // 2
        held, _ = network(problem, above(levels[middle]), seed=seed, places=places)
        low, high = (middle, high) if feasible(held) else (low, middle - 1)
    best = above(levels[low]) if len(levels) else opening
    watch.at(0.7)
    return _best_total(problem, best, places=places, seed=seed)


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Rows of a program with their bounds."""

    matrix: sp.csr_array
    low: Floats
    high: Floats


class Sums:
    """The fair round where mentees want several mentors each."""

    def __init__(self, problem: Problem, opening: Opening, *, places: int) -> None:
        self.rows = np.flatnonzero(opening.usable)
        e = problem.edges
        self.score, self.mentee, self.mentor = e.score[self.rows], e.mentee[self.rows], e.mentor[self.rows]
        self.demand = np.array(problem.demand)
        self.capacity, self.minimum = np.array([(seat.capacity, seat.minimum) for seat in problem.mentors]).T
        self.places, self.whole = places, places == problem.places_wanted
        self.pinned = np.isin(self.rows, opening.pinned)
        self.first = opening.first
        self.proved = True
        self.candidates = np.bincount(self.mentee, minlength=len(self.demand))

    def solve(self, watch: Watch) -> Ints | None:
        """The rows of the fair round."""
        if not len(self.rows):
            return None if self.minimum.any() else self.rows
        floor = self.ceiling()
        taken = self._best_above(floor)
        watch.at(0.3)
        if taken is None:
            reached = self._highest_floor()
            if reached is None:
                return None
            watch.at(0.6)
            taken = self._best_above(reached)
        return None if taken is None else self.rows[taken]

    def worst(self, taken: Ints) -> float:
        """The least sum of a mentee in a round, given by its rows of the problem."""
        inside = np.isin(self.rows, taken)
        return float(np.bincount(self.mentee[inside], self.score[inside], len(self.demand)).min())

    def ceiling(self) -> float:
        """No floor can be higher than the best sum of the mentee with the fewest good candidates, were all of them free."""
        order = np.lexsort((-self.score, self.mentee))
        starts = np.cumsum(self.candidates) - self.candidates
        place = np.arange(len(order)) - starts[self.mentee[order]]
        within = place < self.demand[self.mentee[order]]
        gain = self.score[order] if self.whole else np.maximum(self.score[order], 0)
        return float(np.bincount(self.mentee[order][within], gain[within], len(self.demand)).min())

    def _best_above(self, floor: float) -> Bools | None:
        """Which pairs give the best total with every mentee at the floor or above; None if there is no such round."""
        plain = self._limits(floor)
        for strict in (True,) if self.minimum.any() and len(self.rows) <= SMALL else (False, True):
            limits = self._tightened(plain, floor) if strict else plain
            bound, reduced = self._relaxed(limits)
            if reduced is None:
                return None
            near = reduced <= np.quantile(reduced, min(1.0, NEAR * self.places / len(self.rows)))
            found = self._program(limits, within=self.pinned | near)
            if found is None:
                continue
            needed = self.pinned | found | (reduced <= bound - float(self.score[found].sum()) + SLACK)
            if not (needed & ~near & ~self.pinned).any():
                return found
            if strict or int(needed.sum()) <= FEW * int(near.sum()):
                return self._program(limits, within=needed)
        return self._program(self._tightened(plain, floor), within=np.ones(len(self.rows), bool))

    def _relaxed(self, limits: Limits) -> tuple[float, Floats | None]:
        """The best total if pairs could be split, and what each pair costs beyond it; no costs if not even that is possible."""
        equal = limits.low == limits.high
        upper, lower = ~equal & np.isfinite(limits.high), ~equal & np.isfinite(limits.low)
        answer = linprog(
            -self.score,
            A_ub=sp.vstack([limits.matrix[upper], -limits.matrix[lower]]),
            b_ub=np.concatenate([limits.high[upper], -limits.low[lower]]),
            A_eq=limits.matrix[equal] if equal.any() else None,
            b_eq=limits.low[equal] if equal.any() else None,
            bounds=[(float(pinned), 1.0) for pinned in self.pinned.tolist()],
            method="highs",
        )
        if answer.status != 0 or answer.x is None or answer.fun is None:
            return 0.0, None
        return float(-answer.fun), np.asarray(answer.lower.marginals + answer.upper.marginals)

    def _program(self, limits: Limits, *, within: Bools) -> Bools | None:
        """The best total in whole pairs, using only some of them."""
        columns = np.flatnonzero(within)
        answer = milp(
            -self.score[columns],
            constraints=LinearConstraint(limits.matrix[:, columns], limits.low, limits.high),
            bounds=Bounds(self.pinned[columns].astype(np.float64), np.ones(len(columns))),
            integrality=np.ones(len(columns), np.int64),
            options={"mip_rel_gap": 0.0, "time_limit": LIMIT},
        )
        self._note(answer.status, found=answer.x is not None)
        if answer.x is None:
            return None
        take = np.zeros(len(self.rows), bool)
        take[columns[answer.x > 0.5]] = True
        return take

    def _note(self, status: int, *, found: bool) -> None:
        if status == 1:
            self.proved = False
            if not found:
                raise TooHard("a fair round with several mentors each is too hard for so many candidates: ask for fewer, or choose the best total")

    def _highest_floor(self) -> float | None:
        """The highest sum under which nobody need fall; None if pins or minimums cannot be met."""
        limits, mentees = self._limits(0.0), len(self.demand)
        floors = np.arange(limits.matrix.shape[0]) >= limits.matrix.shape[0] - mentees
        raised = sp.hstack([limits.matrix, sp.csr_array(np.where(floors, -1.0, 0.0)[:, None])], format="csr")
        answer = milp(
            np.append(np.zeros(len(self.rows)), -1.0),
            constraints=LinearConstraint(raised, limits.low, limits.high),
            bounds=Bounds(np.append(self.pinned.astype(np.float64), -np.inf), np.append(np.ones(len(self.rows)), SHARP * self.ceiling())),
            integrality=np.append(np.ones(len(self.rows), np.int64), 0),
            options={"mip_rel_gap": 0.0, "time_limit": LIMIT},
        )
        self._note(answer.status, found=answer.x is not None)
        if answer.x is None:
            return None
        return float(np.bincount(self.mentee, self.score * (answer.x[:-1] > 0.5), mentees).min())

    def _limits(self, floor: float) -> Limits:
        """What every round keeps: demands, places, the number of pairs, and last the floors."""
        columns, ones = np.arange(len(self.rows)), np.ones(len(self.rows))
        shape = len(self.rows)
        wants = sp.csr_array((ones, (self.mentee, columns)), shape=(len(self.demand), shape))
        gives = sp.csr_array((ones, (self.mentor, columns)), shape=(len(self.capacity), shape))
        sums = sp.csr_array((self.score * SHARP, (self.mentee, columns)), shape=(len(self.demand), shape))
        matrix = sp.csr_array(sp.vstack([wants, gives, sp.csr_array(ones[None, :]), sums], format="csr"))
        least = self.demand.copy() if self.whole else np.zeros_like(self.demand)
        least[self.first] = np.maximum(least[self.first], 1)
        floors = np.full(len(self.demand), floor * SHARP)
        low = np.concatenate([least, self.minimum, [self.places], floors])
        high = np.concatenate([self.demand, self.capacity, [self.places], np.full(len(self.demand), np.inf)])
        return Limits(matrix, low, high)

    def _tightened(self, limits: Limits, floor: float) -> Limits:
        """With covers added: a mentee for whom r - 1 of the best and the best of the others stay below the floor needs r of the best.

        Each is met by every round above the floor, and together they bring the relaxation much closer to whole pairs. (Balas 1975, for knapsacks.)
        """
        order = np.lexsort((-self.score, self.mentee))
        bounds = np.searchsorted(self.mentee[order], np.arange(len(self.demand) + 1)).tolist()
        rows: list[Ints] = []
        low: list[float] = []
        high: list[float] = []
        for mentee, (start, end) in enumerate(pairwise(bounds)):
            mine = order[start:end]
            sums = np.concatenate([[0.0], np.cumsum(self.score[mine])])
            wanted = int(self.demand[mentee])
            for needed in range(1, min(wanted, len(mine)) + 1) if self.whole else ():
                others = wanted - needed + 1
                first = np.arange(needed - 1, len(mine) - others + 1)
                short = sums[needed - 1] + sums[first + others] - sums[first] < floor - 1e-9
                if short.any():
                    best = int(first[short.argmax()])
                    few = 2 * best <= len(mine)  # else the same said of the others, who are fewer
                    rows.append(mine[:best] if few else mine[best:])
                    low.append(needed if few else -np.inf)
                    high.append(np.inf if few else wanted - needed)
        if not rows:
            return limits
        where = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
        covers = sp.csr_array((np.ones(len(where)), (where, np.concatenate(rows))), shape=(len(rows), len(self.rows)))
        matrix = sp.csr_array(sp.vstack([limits.matrix, covers], format="csr"))
        return Limits(matrix, np.concatenate([limits.low, low]), np.concatenate([limits.high, high]))
