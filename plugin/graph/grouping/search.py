"""Search for the cheapest groups by exchanging two people at a time.

Tabu search over the whole neighbourhood (Glover 1989; for exchanges, Taillard 1991): the best exchange is made even where it makes things worse, and nobody
goes back to where they came from for a while. The cost of every exchange is kept in a matrix; an exchange touches two groups, so that only their people's rows
are computed anew: a step costs the size of a group times people times values. Empty places are exchanged like people, which moves somebody and changes sizes.
Costs are whole numbers and steps are counted, not timed: the same input and seed give the same groups on every machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from plugin.graph.grouping.measures import Floats, Ints, Measure

NEVER = 1e15
"""The cost of an exchange that cannot be."""

STALL = 300
"""After so many steps without a better answer the search goes on from the best, shaken."""

KICKS = 5
"""Each time that it stalls again it is shaken twice as much, so many times, and then a little again."""

ASK = 64
"""So many steps lie between two questions whether to go on."""


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """What is searched: measures of groups, who can be exchanged (the same ``role``), and what two people in one group cost besides.

    ``bond`` is symmetric: above 0 for people to be kept apart, below for those kept together. ``units`` are those who move together. ``floor`` is a cost that
    nothing can be below.
    """

    measures: Sequence[Measure]
    groups: int
    role: Ints
    bond: Floats | None = None
    units: Sequence[Ints] = ()
    floor: float = 0.0


class Search:
    """A search that stands at some assignment of people (rows of the measures) to groups."""

    def __init__(self, board: Board, group: Ints, *, seed: int) -> None:
        self.board = board
        self.lot = np.random.default_rng((seed, 7))
        people = len(group)
        apart = board.role[:, None] != board.role[None, :]
        self.barred = apart | np.eye(people, dtype=bool)
        self._stand(group.copy())

    def run(self, steps: int, watch: Callable[[float], None] | None = None) -> Ints:
        """The best groups that so many steps find."""
        best, best_cost = self.group.copy(), self.total
        people = len(self.group)
        until = np.zeros((people, self.board.groups), np.int64)
        since = stalls = 0
        for step in range(1, steps + 1):
            if watch is not None and step % ASK == 0:
                watch(step / steps)
            if best_cost <= self.board.floor or self.delta.min() >= NEVER / 2:
                break
            found = self._choose(until, step, best_cost)
            if found is not None:
                one, other = found
                tenure = 4 + int(self.lot.integers(0, max(4, people // 6)))
                until[one, self.group[one]] = until[other, self.group[other]] = step + tenure
                self._exchange(one, other)
            since += 1
            if self.total < best_cost:
                best, best_cost, since, stalls = self.group.copy(), self.total, 0, 0
            elif since >= STALL or found is None:
                self._stand(best.copy())
                stalls += 1
                self._shake(3 * 2 ** (stalls % KICKS))
                until[:], since = 0, 0
                if self.total < best_cost:
                    best, best_cost = self.group.copy(), self.total
        self._stand(best)
        return best

    def _choose(self, until: Ints, step: int, best: float) -> tuple[int, int] | None:
        held = until[:, self.group] > step
        held |= held.T
        open_ = np.where(held & (self.total + self.delta >= best), NEVER, self.delta)
        least = open_.min()
        if least >= NEVER / 2:
            return None
        ties = np.flatnonzero(open_ == least)
        one, other = divmod(int(ties[self.lot.integers(0, len(ties))]), len(self.group))
        return one, other

    def _stand(self, group: Ints) -> None:
        """Count everything anew for this assignment."""
        self.group = group
        inside = np.zeros((self.board.groups, len(group)))
        inside[group, np.arange(len(group))] = 1
        self.counts = [inside @ m.has for m in self.board.measures]
        self.sizes = [inside @ m.counted for m in self.board.measures]
        self.costs = [m.cost(c, s) for m, c, s in zip(self.board.measures, self.counts, self.sizes, strict=True)]
        self.beside = None if self.board.bond is None else self.board.bond @ inside.T
        self.total = float(sum(cost.sum() for cost in self.costs))
        if self.beside is not None:
            self.total += float(self.beside[np.arange(len(group)), group].sum()) / 2
        self.delta = np.empty((len(group), len(group)))
        self._refresh(np.arange(len(group)))

    def _exchange(self, one: int, other: int) -> None:
        self.total += float(self.delta[one, other])
        here, there = int(self.group[one]), int(self.group[other])
        both = [here, there]
        for number, m in enumerate(self.board.measures):
            moved = m.has[other] - m.has[one]
            self.counts[number][here] += moved
            self.counts[number][there] -= moved
            less = m.counted[other] - m.counted[one]
            self.sizes[number][here] += less
            self.sizes[number][there] -= less
            self.costs[number][both] = m.cost(self.counts[number][both], self.sizes[number][both])
        if self.beside is not None and self.board.bond is not None:
            swapped = self.board.bond[:, other] - self.board.bond[:, one]
            self.beside[:, here] += swapped
            self.beside[:, there] -= swapped
        self.group[one], self.group[other] = there, here
        touched = np.flatnonzero((self.group == here) | (self.group == there))
        self._refresh(touched)

    def _refresh(self, rows: Ints) -> None:
        group = self.group
        found = np.zeros((len(rows), len(group)))
        for number, m in enumerate(self.board.measures):
            state = (self.counts[number], self.sizes[number], self.costs[number])
            found += _table(m, *state, group, rows) if m.table is not None else _alike(m, *state, group, rows)
        if self.beside is not None and self.board.bond is not None:
            own = self.beside[np.arange(len(group)), group]
            found += self.beside[rows][:, group] - own[rows][:, None] + self.beside[:, group[rows]].T - own[None, :] - 2 * self.board.bond[rows]
        found[self.barred[rows] | (group[rows][:, None] == group[None, :])] = NEVER
        self.delta[rows] = found
        self.delta[:, rows] = found.T

    def _shake(self, count: int) -> None:
        """So many exchanges by lot, and a unit moved as a whole."""
        self._move_unit()
        for _ in range(count):
            open_ = np.flatnonzero(self.delta < NEVER / 2)
            if not len(open_):
                return
            one, other = divmod(int(open_[self.lot.integers(0, len(open_))]), len(self.group))
            if self.delta[one, other] < 1e6:
                self._exchange(one, other)

    def _move_unit(self) -> None:
        """Exchange a unit with as many people of another group who are not of a unit, or with a unit as large."""
        units = self.board.units
        if not len(units):
            return
        unit = units[int(self.lot.integers(0, len(units)))]
        here, there = int(self.group[unit[0]]), int(self.lot.integers(0, self.board.groups))
        bound = np.zeros(len(self.group), bool)
        for each in self.board.units:
            bound[each] = True
        whole = [
            each
            for each in units
            if len(each) == len(unit) and (self.group[each] == there).all() and sorted(self.board.role[each]) == sorted(self.board.role[unit])
        ]
        if here == there or (self.group[unit] != here).any():
            return
        partners: list[int] = []
        if whole:
            other = whole[int(self.lot.integers(0, len(whole)))]
            order = np.argsort(self.board.role[other], kind="stable")
            mine = np.argsort(self.board.role[unit], kind="stable")
            partners = other[order].tolist()
            unit = unit[mine]
        else:
            for person in unit.tolist():
                free = np.flatnonzero((self.group == there) & ~bound & (self.board.role == self.board.role[person]))
                free = free[~np.isin(free, partners)]
                if not len(free):
                    return
                partners.append(int(free[self.lot.integers(0, len(free))]))
        for person, partner in zip(unit.tolist(), partners, strict=True):
            self._exchange(person, partner)


def _table(m: Measure, counts: Floats, sizes: Floats, costs: Floats, group: Ints, rows: Ints) -> Floats:
    """What exchanging each of the rows with each person changes, for costs that are sums over values.

    With ``dec`` and ``inc`` the change of a value's cost by one fewer and one more, a group loses ``p`` and gains ``q`` at the cost
    ``has[p] dec + has[q] inc - has[p] has[q] (dec + inc)``, which is a product of matrices.
    """
    if m.table is None:
        raise ValueError("this measure has no table")
    own = m.counted[rows][:, None] - m.counted[None, :]
    found = np.zeros((len(rows), len(group)))
    for less in np.unique(own).tolist():
        part = _change(m, counts, sizes - less, costs, group, rows, mine=True) + _change(m, counts, sizes + less, costs, group, rows, mine=False)
        found = part if not own.any() else np.where(own == less, part, found)
    return found


def _change(m: Measure, counts: Floats, sizes: Floats, costs: Floats, group: Ints, rows: Ints, *, mine: bool) -> Floats:
    table = m.table
    if table is None:
        raise ValueError("this measure has no table")
    most = table.shape[2] - 1
    size = np.clip(sizes, 0, table.shape[0] - 1).astype(np.int64)[:, None]
    value, count = np.arange(counts.shape[1])[None, :], counts.astype(np.int64)
    now = table[size, value, np.minimum(count, most)]
    dec, inc = table[size, value, np.maximum(count - 1, 0)] - now, table[size, value, np.minimum(count + 1, most)] - now
    moved = now.sum(axis=1) - costs
    if mine:
        at = group[rows]
        left = m.has[rows] * dec[at]
        swap = inc[at] - m.has[rows] * (dec + inc)[at]
        return np.asarray((moved[at] + left.sum(axis=1))[:, None] + swap @ m.has.T, np.float64)
    left = m.has * dec[group]
    swap = inc[group] - m.has * (dec + inc)[group]
    return np.asarray((moved[group] + left.sum(axis=1))[None, :] + m.has[rows] @ swap.T, np.float64)


def _alike(m: Measure, counts: Floats, sizes: Floats, costs: Floats, group: Ints, rows: Ints) -> Floats:
    """The same for the cost of not having the commonest value."""
    small = np.dtype(np.int8 if counts.max(initial=0) < 126 else np.int16)
    has, here, there = m.has.T.astype(small), (counts[group[rows]] - m.has[rows]).T.astype(small), (counts[group] - m.has).T.astype(small)
    mine, theirs = (here[:, :, None] + has[:, None, :]).max(axis=0, initial=0), (there[:, None, :] + has[:, rows, None]).max(axis=0, initial=0)
    kept = mine.astype(np.float64) + theirs.astype(np.float64)
    size = (sizes[group[rows]] - m.counted[rows])[:, None] + m.counted[None, :] + (sizes[group] - m.counted)[None, :] + m.counted[rows][:, None]
    return np.asarray(m.weight * (size - kept) - costs[group[rows]][:, None] - costs[group][None, :], np.float64)
