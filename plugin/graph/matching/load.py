"""Mentors' load: how evenly it can be spread, at what loss of total, and the curve between the two.

The number of places filled is that of the best-total round, so that nobody loses a place. Loads of rounds with so many places are the bases of an integral
polymatroid; there, the load vector with the least sum of squares is least majorised and with it has the least Gini of all (Veinott 1971; Federgruen and
Groenevelt 1986). So the even end is one flow with convex costs of places. In between, weighted sums of both give the corners of the curve; what lies between
corners is searched by CP-SAT, which proves small rounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from plugin.graph.inequality import gini
from plugin.graph.matching.choices import on_pairs
from plugin.graph.matching.flow import GRID, SAFE, Layout, Network, cheapest, gains, lexicographic, reduced_costs
from plugin.graph.matching.problem import Ints, Problem, Watch
from plugin.graph.sat import Proof, new_model, search

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar

CORNERS = 24
"""At most so many points of the curve are computed."""

SEARCHED = 4_000
"""So many pairs at most are left to CP-SAT."""

EFFORT = 8.0
"""CP-SAT's limit in its own deterministic seconds, so that an answer does not depend on how busy the machine is."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A round on the curve."""

    rows: Ints
    gain: int
    squares: int
    gini: float
    total: float


class Spread:
    """The trade-off of one problem. ``net`` fixes the number of places, ``first`` are mentees who must get somebody."""

    def __init__(self, problem: Problem, net: Network, layout: Layout, *, first: Ints) -> None:
        self.problem, self.base, self.first = problem, net, first
        self.net, self.square = _steep(net, layout)
        self.gain = gains(self.net, problem.edges.score)

    def ends(self) -> tuple[Point, Point] | None:
        """The best total with the least squares for it, and the least squares with the best total for them; None if there is no round."""
        best = lexicographic(self.net, [-self.gain, self.square])
        if best is None:
            return None
        even = lexicographic(self.net, [self.square, -self.gain])
        return self._point(best), self._point(self._found(even))

    def corners(self, watch: Watch) -> list[Point]:
        """The corners of the curve, from the best total to the most even load."""
        ends = self.ends()
        return [] if ends is None else sorted(self._between(*ends, watch=watch), key=lambda point: -point.gain)

    def _between(self, first: Point, last: Point, *, watch: Watch) -> Iterator[Point]:
        """Corners by halving: whatever lies beyond the line between two is a new one (Aneja and Nair 1979)."""
        segments, made = [(first, last)], 2
        yield first
        if last.squares < first.squares:
            yield last
        while segments and made < CORNERS:
            watch.at(made / CORNERS)
            left, right = segments.pop(0)
            weight_gain, weight_square = left.squares - right.squares, left.gain - right.gain
            if weight_gain <= 0 or weight_square <= 0:
                continue
            point = self._weighed(weight_gain, weight_square)
            made += 1
            if (
                point.gain * weight_gain - point.squares * weight_square > left.gain * weight_gain - left.squares * weight_square
                and left.gain > point.gain > right.gain
            ):
                yield point
                segments += [(left, point), (point, right)]

    def _weighed(self, weight_gain: int, weight_square: int) -> Point:
        largest = weight_gain * int(np.abs(self.gain).max(initial=0)) + weight_square * int(self.square.max(initial=0))
        room = SAFE // (len(self.net.supply) + 1)
        shrink = max(1, -(-largest // room))
        cost = (weight_square * self.square - weight_gain * self.gain) if shrink == 1 else _shrunk(self.gain, weight_gain, self.square, weight_square, shrink)
        return self._point(self._found(cheapest(self.net, cost)))

    def least_gini(self, *, loss: float, seed: int, watch: Watch) -> tuple[Ints, bool] | None:
        """The rows with the least Gini whose total is at most ``loss`` (a share) below the best, and whether that is proved."""
        ends = self.ends()
        if ends is None:
            return None
        best, even = ends
        least = best.total - loss * abs(best.total) - 1e-9
        watch.at(0.3)
        if even.total >= least:
            return even.rows, True
        within = [point for point in self._between(best, even, watch=watch) if point.total >= least]
        start = min(within, key=lambda point: (point.gini, -point.total))
        watch.at(0.6)
        return self._searched(best, start, even, least=least, seed=seed)

    def _searched(self, best: Point, start: Point, even: Point, *, least: float, seed: int) -> tuple[Ints, bool]:
        """A search from a corner for a round of lower Gini within the stated loss; pairs whose reduced cost alone is beyond it are left out first."""
        if start.gini <= even.gini + 1e-12:
            return start.rows, True
        budget = int((best.total - least) * GRID) + 2 * len(best.rows)
        pairs, cost = self.base.pairs, on_pairs(self.base, -self.gain[self.net.pairs])
        flow = self._found(cheapest(self.base, cost))
        open_ = (reduced_costs(self.base, cost, flow)[pairs] <= budget) | (flow[pairs] > 0)
        if int(open_.sum()) > SEARCHED:
            return start.rows, False
        found = _Search(self.problem, self.net.rows[open_], len(best.rows), first=self.first)
        return found.run(start, least=least, pinned=self.net.rows[self.net.low[pairs] > 0], seed=seed)

    def _point(self, flow: Ints) -> Point:
        rows = self.net.rows[flow[self.net.pairs] > 0]
        edges = self.problem.edges
        loads = np.bincount(edges.mentor[rows], minlength=len(self.problem.mentors))
        total = float(edges.score[rows].sum())
        return Point(rows, int(self.gain[self.net.pairs] @ flow[self.net.pairs]), int((loads**2).sum()), gini(loads), total)

    @staticmethod
    def _found(flow: Ints | None) -> Ints:
        if flow is None:
            raise ArithmeticError("a round that exists was not found")
        return flow


class _Search:
    """The least Gini by CP-SAT. With n_k mentors of load k or more, Gini falls as the sum of n_k² grows, the number of places being given."""

    def __init__(self, problem: Problem, rows: Ints, places: int, *, first: Ints) -> None:
        self.problem, self.rows, self.places, self.first = problem, rows, places, first
        self.model = new_model()
        self.take = [self.model.new_bool_var(f"p{row}") for row in rows.tolist()]

    def run(self, start: Point, *, least: float, pinned: Ints, seed: int) -> tuple[Ints, bool]:
        model, problem, edges = self.model, self.problem, self.problem.edges
        for var, row in zip(self.take, self.rows.tolist(), strict=True):
            model.add_hint(var, bool(np.isin(row, start.rows)))
            if row in pinned:
                model.add(var == 1)
        for mentee, wanted in enumerate(problem.demand):
            model.add(sum(self._of(edges.mentee == mentee)) <= wanted)
        for mentee in self.first.tolist():
            model.add(sum(self._of(edges.mentee == mentee)) >= 1)
        for number, offer in enumerate(problem.offers):
            if edges.offer is not None:
                model.add(sum(self._of(edges.offer == number)) <= offer.capacity)
        model.add(sum(self.take) == self.places)
        units = np.rint(edges.score[self.rows] * GRID).astype(np.int64).tolist()
        model.add(sum(unit * var for unit, var in zip(units, self.take, strict=True)) >= int(np.floor(least * GRID)))
        model.maximize(sum(self._squares()))
        proof, solver = search(model, effort=EFFORT, seed=seed)
        if proof not in {Proof.BEST, Proof.FOUND}:
            return start.rows, False
        found = self.rows[[bool(solver.value(var)) for var in self.take]]
        loads = np.bincount(edges.mentor[found], minlength=len(problem.mentors))
        better = gini(loads) < start.gini - 1e-12
        return (found if better else start.rows), proof is Proof.BEST

    def _of(self, mask: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list["IntVar"]:
        return [var for var, is_in in zip(self.take, mask[self.rows].tolist(), strict=True) if is_in]

    def _squares(self) -> list["IntVar"]:
        """The square of n_k for each k."""
        model, edges = self.model, self.problem.edges
        reached: dict[int, list[IntVar]] = {}
        for mentor, seat in enumerate(self.problem.mentors):
            steps = [model.new_bool_var(f"m{mentor}.{k}") for k in range(1, seat.capacity + 1)]
            model.add(sum(self._of(edges.mentor == mentor)) == sum(steps))
            for k, step in enumerate(steps, 1):
                reached.setdefault(k, []).append(step)
                if k > 1:
                    model.add_implication(step, steps[k - 2])
                if k <= seat.minimum:
                    model.add(step == 1)
        squares = []
        for k, steps in sorted(reached.items()):
            number, square = model.new_int_var(0, len(steps), f"n{k}"), model.new_int_var(0, len(steps) ** 2, f"s{k}")
            model.add(number == sum(steps))
            model.add_multiplication_equality(square, [number, number])
            squares.append(square)
        return squares


def _steep(net: Network, layout: Layout) -> tuple[Network, Ints]:
    """The network with each place of a mentor as an arc of its own, and the costs by which the k-th adds k² - (k-1)² to the sum of squares."""
    seats = layout.seats
    low, high = net.low[seats], net.high[seats]
    extra = high - low
    tail = np.repeat(net.tail[seats], extra)
    place = np.arange(len(tail)) - np.repeat(np.cumsum(extra) - extra, extra) + np.repeat(low, extra) + 1
    fixed = net.high.copy()
    fixed[seats] = low
    ones = np.ones(len(tail), np.int64)
    made = replace(
        net,
        tail=np.concatenate([net.tail, tail]),
        head=np.concatenate([net.head, np.full(len(tail), layout.sink, np.int32)]),
        low=np.concatenate([net.low, ones * 0]),
        high=np.concatenate([fixed, ones]),
    )
    return made, np.concatenate([np.zeros(len(net.tail), np.int64), 2 * place - 1])


def _shrunk(gain: Ints, weight_gain: int, square: Ints, weight_square: int, shrink: int) -> Ints:
    """The weighted cost, divided so that it fits; done in floating point, whose error is below that of the division."""
    return np.rint(square * (weight_square / shrink) - gain * (weight_gain / shrink)).astype(np.int64)
