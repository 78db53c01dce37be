"""Stable rounds: nobody has somebody else with whom both would rather be.

Deferred acceptance (Gale and Shapley 1962) for many-to-one and many-to-many with responsive orders; with offers, the student-optimal algorithm of Abraham,
Irving and Manlove 2007. O(candidate pairs) proposals. Ties are broken by who comes first, then by lot; where only one mentor each is wanted, whoever ran out
of choices asks once more with precedence among equals (Király 2011), which places at least two thirds of the most that a stable round can if only mentors
have ties.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from plugin.errors import Invalid
from plugin.graph.matching.precedence import turns
from plugin.graph.matching.problem import Cause, Contradiction, Floats, Ints, Problem
from plugin.graph.matching.rules import Opening, lots, mentee_keys, mentor_keys


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the market, as columns over its rows.

    ``owner`` of each row and how the owner orders it, best least: ``place`` is different for all rows, ``tie`` the same for rows that the owner does not tell
    apart. ``mine`` lists each owner's rows, best first; ``room`` is how many places each has.
    """

    owner: list[int]
    place: list[int]
    tie: list[int]
    mine: list[list[int]]
    room: list[int]
    tied: bool


@dataclass(slots=True)
class Shelf:
    """What somebody, or an offer, holds: the worst on top. Rows dropped elsewhere, or taken anew since, stay until they come up."""

    room: int
    count: int = 0
    heap: list[tuple[int, int]] = field(default_factory=list)


def stable(problem: Problem, opening: Opening, *, mentors_propose: bool, seed: int) -> Ints:
    """The rows of a stable round: the best for every mentee among all stable rounds, or the best for every mentor, up to the lot that breaks ties.

    Raises :class:`~plugin.graph.matching.problem.Contradiction` if it leaves a mentor below the minimum.
    """
    if mentors_propose and problem.offers:
        raise Invalid("mentors cannot go first where their offers have places of their own: choose stable_mentee", field="objective")
    market = Market(problem, opening, seed=seed)
    if mentors_propose:
        held = propose(market.mentors, market.mentees)
    else:
        held = propose(market.mentees, market.mentors, offers=market.offers, again=max(problem.demand) == 1)
    chosen = np.sort(np.concatenate([market.rows[np.array(held, np.int64)], market.pinned]))
    check_minimums(problem, chosen)
    return chosen


class Market:
    """Both sides of what is open once pins have taken their places."""

    def __init__(self, problem: Problem, opening: Opening, *, seed: int) -> None:
        e = problem.edges
        wants, gives = mentee_keys(problem), mentor_keys(problem)
        first = [int(rows[np.argmin(wants[rows])]) for held in opening.held.tolist() if len(rows := np.flatnonzero(opening.usable & (e.mentee == held)))]
        self.pinned = np.sort(np.concatenate([opening.pinned, np.array(first, np.int64)]))
        usable = opening.usable.copy()
        usable[self.pinned] = False
        self.rows = np.flatnonzero(usable)
        mentee, mentor = e.mentee[self.rows], e.mentor[self.rows]
        demand = np.array(problem.demand) - np.bincount(e.mentee[self.pinned], minlength=len(problem.mentees))
        capacity = np.array([seat.capacity for seat in problem.mentors]) - np.bincount(e.mentor[self.pinned], minlength=len(problem.mentors))
        self.mentees = _side(mentee, wants[self.rows], lots(len(problem.mentors), seed, 2)[mentor], demand)
        self.mentors = _side(mentor, gives[self.rows], turns(problem, seed=seed)[mentee], capacity)
        self.offers: tuple[list[int], list[int]] | None = None
        if e.offer is not None and problem.offers:
            taken = e.offer[self.pinned]
            room = np.array([offer.capacity for offer in problem.offers]) - np.bincount(taken[taken >= 0], minlength=len(problem.offers))
            self.offers = (e.offer[self.rows].tolist(), room.tolist())


def propose(
    askers: Side,
    holders: Side,
    *,
    offers: tuple[list[int], list[int]] | None = None,
    again: bool = False,
    held: Iterable[int] = (),
    asking: Iterable[int] | None = None,
) -> list[int]:
    """Deferred acceptance; the rows held in the end.

    ``offers`` gives each row's offer (-1 for none) and each offer's room. With ``again`` whoever ran out of rows asks once more with precedence among equals.
    ``held`` are rows that stand from before, and ``asking`` who goes on asking from there, so that a newcomer sets off only the moves that follow.
    """
    return _Acceptance(askers, holders, offers=offers, again=again and holders.tied).run(held, asking)


class _Acceptance:
    def __init__(self, askers: Side, holders: Side, *, offers: tuple[list[int], list[int]] | None, again: bool) -> None:
        self.askers, self.holders, self.again = askers, holders, again
        self.shelves = [Shelf(max(0, room)) for room in holders.room]
        self.offer_of = None if offers is None else offers[0]
        self.offer_shelves = [Shelf(max(0, room)) for room in (() if offers is None else offers[1])]
        self.need = [max(0, room) for room in askers.room]
        self.next = [0] * len(askers.mine)
        self.second = [False] * len(askers.mine)
        self.held = [False] * len(askers.owner)
        self.worth = [0] * len(askers.owner)
        self.scale = len(askers.owner) + 1

    def run(self, held: Iterable[int], asking: Iterable[int] | None) -> list[int]:
        for row in held:
            asker = self.askers.owner[row]
            self.next[asker] = max(self.next[asker], self.askers.mine[asker].index(row) + 1)
            self._take(row)
        waiting = list(range(len(self.need) - 1, -1, -1)) if asking is None else list(asking)
        while waiting:
            asker = waiting.pop()
            while self.need[asker] > 0:
                if self.next[asker] == len(self.askers.mine[asker]):
                    if not self.again or self.second[asker]:
                        break
                    self.second[asker], self.next[asker] = True, 0
                    continue
                row = self.askers.mine[asker][self.next[asker]]
                self.next[asker] += 1
                dropped = self._take(row)
                if dropped is not None and self.askers.owner[dropped] != asker:
                    waiting.append(self.askers.owner[dropped])
        return [row for row, is_held in enumerate(self.held) if is_held]

    def _take(self, row: int) -> int | None:
        """Hold a row; the row that had to go for it, perhaps the same."""
        asker, shelf = self.askers.owner[row], self.shelves[self.holders.owner[row]]
        worth = (self.holders.tie[row] * 2 + (not self.second[asker])) * self.scale + self.holders.place[row]
        self.held[row], self.worth[row] = True, worth
        self.need[asker] -= 1
        shelves = [shelf]
        if self.offer_of is not None and self.offer_of[row] >= 0:
            shelves.insert(0, self.offer_shelves[self.offer_of[row]])
        for each in shelves:
            heapq.heappush(each.heap, (-worth, row))
            each.count += 1
        over = next((each for each in shelves if each.count > each.room), None)
        return None if over is None else self._drop_worst(over)

    def _drop_worst(self, shelf: Shelf) -> int:
        while True:
            worth, row = heapq.heappop(shelf.heap)
            if self.held[row] and self.worth[row] == -worth:
                break
        self.held[row] = False
        self.need[self.askers.owner[row]] += 1
        self.shelves[self.holders.owner[row]].count -= 1
        if self.offer_of is not None and self.offer_of[row] >= 0:
            self.offer_shelves[self.offer_of[row]].count -= 1
        return row


def check_minimums(problem: Problem, rows: Ints) -> None:
    """Raise a contradiction if a mentor has fewer mentees than the minimum."""
    loads = np.bincount(problem.edges.mentor[rows], minlength=len(problem.mentors)).tolist()
    for seat, load in zip(problem.mentors, loads, strict=True):
        if load < seat.minimum:
            told = f"mentor {seat.id} is to have at least {seat.minimum} and has {load} in a stable round, and in every one where there are no ties: "
            raise Contradiction(told + "lower the minimum or choose another objective", causes=(Cause("minimum", mentor=seat.id, minimum=seat.minimum),))


def _side(owner: Ints, key: Floats, lot: Ints, room: Ints) -> Side:
    order = np.lexsort((lot, key, owner))
    place = np.empty(len(owner), np.int64)
    place[order] = np.arange(len(owner))
    same = (owner[order][1:] == owner[order][:-1]) & (key[order][1:] == key[order][:-1])
    tie = np.empty(len(owner), np.int64)
    tie[order] = np.cumsum(np.concatenate([[False], ~same])[: len(owner)])
    bounds = np.searchsorted(owner[order], np.arange(len(room) + 1)).tolist()
    listed = order.tolist()
    mine = [listed[start:end] for start, end in pairwise(bounds)]
    return Side(owner.tolist(), place.tolist(), tie.tolist(), mine, room.tolist(), bool(same.any()))
