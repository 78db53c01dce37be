"""Rounds as flows: mentees send what they want through candidate pairs to mentors' places; the cheapest flow is the best round.

The matrix of such a network is totally unimodular, so the optimum is in whole pairs and exact (Ahuja, Magnanti, Orlin, *Network Flows*, 1993, ch. 9-11). The
solver is OR-tools' cost-scaling push-relabel (Goldberg 1997): O(n² m log(n C)) in theory, near linear on these networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

from plugin.graph.matching.problem import Floats, Ints, Problem
from plugin.graph.matching.rules import Opening, lots

GRID = 10**9
"""Scores are compared to nine decimals."""

SAFE = 2**58
"""Costs times nodes stay below this, so that prices of nodes fit into 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Arcs with bounds: first those of candidate pairs (``rows`` says which), then offers', then mentors' places, then ways around for whoever gets nobody.

    ``supply`` is positive at mentees and negative at the sink.
    """

    rows: Ints
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    low: Ints
    high: Ints
    supply: Ints

    @property
    def pairs(self) -> slice:
        """Where the arcs of candidate pairs are."""
        return slice(0, len(self.rows))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which number each node and each kind of arc has in a network."""

    mentees: int
    offers: int
    mentors: int
    pairs: int

    @property
    def mentor_node(self) -> int:
        return self.mentees + self.offers

    @property
    def sink(self) -> int:
        return self.mentor_node + self.mentors

    @property
    def seats(self) -> slice:
        """The arcs from mentors to the sink."""
        return slice(self.pairs + self.offers, self.pairs + self.offers + self.mentors)


def network(problem: Problem, opening: Opening, *, seed: int, places: int | None = None) -> tuple[Network, Layout]:
    """The network of a problem's usable pairs, with pins as lower bounds.

    With ``places`` exactly so many pairs are made; otherwise anybody may be left out. ``seed`` orders members, which decides between equally good rounds.
    """
    rows = np.flatnonzero(opening.usable)
    e = problem.edges
    part: slice | Ints = slice(None) if len(rows) == len(e) else rows  # a view where every pair is usable
    layout = Layout(len(problem.mentees), len(problem.offers), len(problem.mentors), len(rows))
    mentee_order, mentor_order = lots(layout.mentees, seed, 1).astype(np.int32), lots(layout.mentors, seed, 2).astype(np.int32)
    mentee, mentor = np.take(mentee_order, e.mentee[part]), np.take((layout.mentor_node + mentor_order).astype(np.int32), e.mentor[part])
    offer = None if e.offer is None else e.offer[part]
    demand = np.zeros(layout.mentees, np.int64)
    demand[mentee_order] = problem.demand
    capacity, minimum = np.array([(seat.capacity, seat.minimum) for seat in problem.mentors], np.int64).T
    first = mentor if offer is None else np.where(offer >= 0, layout.mentees + offer, mentor)
    one = np.ones((), np.int64)
    sink, wanted = layout.sink, int(demand.sum())
    owners = np.array([o.mentor for o in problem.offers], np.int64)
    offered = np.array([o.capacity for o in problem.offers], np.int64)
    blocks: list[tuple[NDArray[np.integer], NDArray[np.integer], Ints | None, Ints]] = [
        (mentee, first, None, np.broadcast_to(one, len(rows))),
        (layout.mentees + np.arange(layout.offers), layout.mentor_node + mentor_order[owners], None, offered),
        (layout.mentor_node + mentor_order, np.full(layout.mentors, sink), minimum, capacity),
    ]
    supply = np.concatenate([demand, np.zeros(layout.offers + layout.mentors, np.int64), [-wanted]])
    if places is None or places < wanted:
        around = sink if places is None else sink + 1
        spare = demand.copy()
        spare[mentee_order[opening.first]] -= 1
        spare[mentee_order[opening.held]] = 0
        blocks.append((np.arange(layout.mentees), np.full(layout.mentees, around), None, spare))
    if places is not None and places < wanted:
        left = np.array([wanted - places])
        blocks.append((np.array([sink + 1]), np.array([sink]), left, left))
        supply = np.append(supply, 0)
    tail = np.concatenate([block[0] for block in blocks], dtype=np.int32, casting="same_kind")
    head = np.concatenate([block[1] for block in blocks], dtype=np.int32, casting="same_kind")
    high = np.concatenate([block[3] for block in blocks])
    low, start = np.zeros(len(high), np.int64), 0  # memory that is never written to costs nothing
    for block in blocks:
        if block[2] is not None:
            low[start : start + len(block[3])] = block[2]
        start += len(block[3])
    if opening.pinned.size:
        low[np.searchsorted(rows, opening.pinned)] = 1
    return Network(rows, tail, head, low, high, supply), layout


def cheapest(net: Network, cost: Ints) -> Ints | None:
    """The flow of least cost on each arc, or None if bounds and supplies cannot be met."""
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(net.tail, net.head, net.high - net.low if net.low.any() else net.high, cost)
    solver.set_nodes_supplies(np.arange(len(net.supply), dtype=np.int32), _shifted(net))
    status = solver.solve()
    if status in {solver.INFEASIBLE, solver.UNBALANCED}:
        return None
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status.name}")
    flow = np.asarray(solver.flows(arcs), np.int64)
    return flow + net.low if net.low.any() else flow


def feasible(net: Network) -> bool:
    """Whether bounds and supplies can be met at all."""
    return widest(net) == int(np.maximum(_shifted(net), 0).sum())


def widest(net: Network) -> int:
    """How much of the supplies can flow, lower bounds taken out first."""
    supply = _shifted(net)
    source, sink = len(supply), len(supply) + 1
    giving, taking = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(net.tail, net.head, net.high - net.low)
    solver.add_arcs_with_capacity(np.full(len(giving), source, np.int32), giving.astype(np.int32), supply[giving])
    solver.add_arcs_with_capacity(taking.astype(np.int32), np.full(len(taking), sink, np.int32), -supply[taking])
    if solver.solve(source, sink) != solver.OPTIMAL:
        raise ArithmeticError("max flow did not end with an optimum")
    return int(solver.optimal_flow())


def lexicographic(net: Network, costs: Sequence[Ints]) -> Ints | None:
    """The flow that is cheapest by the first costs, among those by the second, and so on.

    As many levels as fit into 64 bits are solved as one, each weighted beyond the reach of what follows. What is left is solved on the optimal face: by
    complementary slackness, arcs whose reduced cost is not zero keep their flow in every optimum, all others are free.
    """
    left = list(costs)
    while True:
        packed, used = _pack(net, left)
        flow = cheapest(net, packed)
        left = left[used:]
        if flow is None or not left:
            return flow
        net = face(net, packed, flow)


def face(net: Network, cost: Ints, flow: Ints) -> Network:
    """The network with only the optimal flows left, told from one of them."""
    fixed = reduced_costs(net, cost, flow) != 0
    return replace(net, low=np.where(fixed, flow, net.low), high=np.where(fixed, flow, net.high))


def reduced_costs(net: Network, cost: Ints, flow: Ints) -> Ints:
    """What one unit on each arc would cost beyond an optimum that the flow is."""
    price = prices(net, cost, flow)
    if price is None:
        raise ArithmeticError("a flow that should be the cheapest is not")
    return cost + price[net.tail] - price[net.head]


def prices(net: Network, cost: Ints, flow: Ints, *, sweeps: int | None = None) -> Ints | None:
    """Prices of nodes under which no arc with room left is worth using, which proves a flow to be the cheapest; None if there are none.

    Bellman-Ford over the residual network, all arcs of a sweep at once; None also if that takes more than ``sweeps``.
    """
    forward, backward = flow < net.high, flow > net.low
    tail, head = np.concatenate([net.tail[forward], net.head[backward]]), np.concatenate([net.head[forward], net.tail[backward]])
    length = np.concatenate([cost[forward], -cost[backward]])
    price = np.zeros(len(net.supply), np.int64)
    active = np.arange(len(tail))
    for _ in range(len(net.supply) + 1 if sweeps is None else sweeps):
        before = price.copy()
        np.minimum.at(price, head[active], price[tail[active]] + length[active])
        active = np.flatnonzero((price < before)[tail])
        if not len(active):
            return price
    return None


def gains(net: Network, score: Floats) -> Ints:
    """Scores as whole numbers, for all arcs; one unit more for each pair, so that among equal totals more places are filled. ``score`` is of all candidates."""
    units = score[net.rows] * GRID if len(net.rows) < len(score) else score * GRID
    np.rint(units, out=units)
    found = np.zeros(len(net.tail), np.int64)
    found[net.pairs] = units
    found[net.pairs] += 1
    return found


def losses(net: Network, score: Floats) -> Ints:
    """The same as costs: what is gained is not lost."""
    found = gains(net, score)
    np.negative(found, out=found)
    return found


def _shifted(net: Network) -> Ints:
    """Supplies once every arc carries its lower bound."""
    if not net.low.any():
        return net.supply
    nodes = len(net.supply)
    out = np.bincount(net.tail, net.low, nodes) - np.bincount(net.head, net.low, nodes)
    supply: Ints = net.supply - np.rint(out).astype(np.int64)
    return supply


def _pack(net: Network, costs: Sequence[Ints]) -> tuple[Ints, int]:
    """As many levels as fit, in one, and how many these are."""
    room = SAFE // (len(net.supply) + 1)
    packed, used = costs[0], 1
    for level in costs[1:]:
        reach = _reach(net, level)
        if float(np.abs(packed).max(initial=0)) * (reach + 1) + float(np.abs(level).max(initial=0)) > room:
            break
        packed = packed * (reach + 1) + level
        used += 1
    return packed, used


def _reach(net: Network, level: Ints) -> int:
    """How far apart two flows can be by these costs: a unit of supply meets one arc that has a cost, as all levels but the first are costs of pairs."""
    units = int(np.maximum(_shifted(net), 0).sum())
    return units * (max(0, int(level.max(initial=0))) - min(0, int(level.min(initial=0))))
