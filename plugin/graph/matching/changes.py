"""Changes to a round that stands: somebody joins, or a new round keeps what works.

One who joins a best-total round sets off shortest augmenting paths in the residual network, one for each place: from an optimum they lead to that of the larger
problem (successive shortest paths; Ahuja, Magnanti and Orlin 1993, ch. 9), and prices of nodes prove it. One who joins a mentee-optimal stable round goes
on proposing where deferred acceptance stood, whose outcome does not depend on the order (McVitie and Wilson 1971). Otherwise the round is computed as a whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from plugin.errors import Invalid
from plugin.graph.matching.flow import Layout, Network, losses, network, prices
from plugin.graph.matching.problem import Ints, Objective, Pair, Placing, Problem, Round
from plugin.graph.matching.report import report
from plugin.graph.matching.rules import allowed, lots, opened
from plugin.graph.matching.solving import LOSS, solve
from plugin.graph.matching.stable import Market, check_minimums, propose

PROOF = 2_000
"""So many sweeps at most to prove an optimum; then the round is computed anew."""

LONGEST = 2**62
"""Costs times nodes stay below this, so that the lengths of paths fit into 64 bits."""


class How(StrEnum):
    """How a change was computed: along augmenting paths, by a chain of proposals, or all anew."""

    PATHS = "paths"
    CHAIN = "chain"
    ANEW = "anew"


@dataclass(frozen=True, slots=True)
class Change:
    """The round after a change, and the pairs that came and went."""

    round: Round
    how: How
    made: tuple[Pair, ...]
    broken: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Rematch:
    """A new round; ``kept`` pairs stand, ``lost`` could not and the rules that they break now are named."""

    round: Round
    kept: tuple[tuple[int, int], ...]
    lost: tuple[tuple[int, int, tuple[str, ...]], ...]


def incremental(problem: Problem, previous: Round, *, member: int, loss: float = LOSS) -> Change:
    """The round once ``member`` has joined. ``problem`` has them in it; all else is as it was when ``previous`` was made, with its objective and seed."""
    if member not in problem.mentee_index and member not in problem.mentor_index:
        raise Invalid("{member} is not a member of this round: add them to the problem first", code="unknown_member", field="member", member=member)
    rows = rows_of(problem, previous.pairs)
    # Who comes first is settled over all members at once, so a round with such members is not gone on with.
    found = None if rows is None or problem.first else _gone_on(problem, previous, rows, member=member)
    if found is None:
        return _change(previous, solve(problem, previous.objective, seed=previous.seed, loss=loss), How.ANEW)
    made = report(problem, found[0], objective=previous.objective, seed=previous.seed)
    return _change(previous, made, found[1])


def _gone_on(problem: Problem, previous: Round, rows: Ints, *, member: int) -> tuple[Ints, How] | None:
    if previous.objective is Objective.TOTAL:
        taken = _along_paths(problem, rows, member=member, seed=previous.seed)
        return None if taken is None else (taken, How.PATHS)
    if previous.objective is Objective.STABLE_MENTEE and member in problem.mentee_index:
        taken = _by_chain(problem, rows, member=member, seed=previous.seed)
        return None if taken is None else (taken, How.CHAIN)
    return None


def rematch(problem: Problem, previous: Iterable[tuple[int, int]], objective: Objective, *, seed: int = 0, loss: float = LOSS) -> Rematch:
    """A new round that keeps every pair (mentee, mentor) of ``previous`` that is still possible, and places the others around them."""
    e = problem.edges
    open_ = allowed(problem)
    kept: list[tuple[int, int]] = []
    lost: list[tuple[int, int, tuple[str, ...]]] = []
    for mentee, mentor in previous:
        if mentee not in problem.mentee_index or mentor not in problem.mentor_index:
            lost.append((mentee, mentor, ()))
            continue
        rows = np.flatnonzero((e.mentee == problem.mentee_index[mentee]) & (e.mentor == problem.mentor_index[mentor]))
        if open_[rows].any():
            kept.append((mentee, mentor))
        else:
            lost.append((mentee, mentor, tuple(rule.name for rule in problem.rules if len(rows) and not rule.allowed[rows].any())))
    pinned = dict.fromkeys((*problem.forced, *kept))
    made = solve(replace(problem, forced=tuple(pinned)), objective, seed=seed, loss=loss)
    return Rematch(made, tuple(kept), tuple(lost))


def _change(previous: Round, made: Round, how: How) -> Change:
    before = {(pair.mentee, pair.mentor, pair.offer) for pair in previous.pairs}
    after = {(pair.mentee, pair.mentor, pair.offer) for pair in made.pairs}
    came = tuple(pair for pair in made.pairs if (pair.mentee, pair.mentor, pair.offer) not in before)
    went = tuple(pair for pair in previous.pairs if (pair.mentee, pair.mentor, pair.offer) not in after)
    return Change(made, how, came, went)


def rows_of(problem: Problem, pairs: tuple[Pair, ...]) -> Ints | None:
    """The rows of pairs that stand; None if one of them is not a candidate."""
    e = problem.edges
    width, depth = len(problem.mentors), len(problem.offers) + 1
    if any(pair.mentee not in problem.mentee_index or pair.mentor not in problem.mentor_index for pair in pairs):
        return None
    index = [(problem.mentee_index[p.mentee], problem.mentor_index[p.mentor], -1 if p.offer is None else p.offer) for p in pairs]
    keys = np.array([(mentee * width + mentor) * depth + offer + 1 for mentee, mentor, offer in index], np.int64)
    everything = (e.mentee.astype(np.int64) * width + e.mentor) * depth + (0 if e.offer is None else e.offer + 1)
    rows = np.flatnonzero(np.isin(everything, keys))
    return rows if len(rows) == len(pairs) else None


def _by_chain(problem: Problem, rows: Ints, *, member: int, seed: int) -> Ints | None:
    opening = opened(problem, mentee_choices=True, mentor_choices=True)
    if opening.broken or not opening.usable[rows].all():
        return None
    market = Market(problem, opening, seed=seed)
    if market.mentors.tied or len(market.pinned):
        return None
    held = np.searchsorted(market.rows, rows).tolist()
    newcomer = problem.mentee_index[member]
    chosen = propose(market.mentees, market.mentors, offers=market.offers, held=held, asking=[newcomer])
    taken = market.rows[np.array(chosen, np.int64)]
    check_minimums(problem, taken)
    return taken


def _along_paths(problem: Problem, rows: Ints, *, member: int, seed: int) -> Ints | None:
    opening = opened(problem)
    if opening.broken or not opening.usable[rows].all() or not np.isin(opening.pinned, rows).all() or len(opening.held):
        return None
    net, layout = network(problem, opening, seed=seed)
    cost = losses(net, problem.edges.score)
    if problem.placing is Placing.MOST:
        each = _place_worth(problem, cost)
        if each * (len(net.supply) + 1) > LONGEST:
            return None
        cost[net.pairs] -= each
    flow = standing(problem, net, layout, rows)
    if member in problem.mentee_index:
        index = problem.mentee_index[member]
        start, end, closing = int(lots(layout.mentees, seed, 1)[index]), layout.sink, None
        flow[len(net.tail) - layout.mentees + start] = 0
        units = problem.demand[index]
    else:
        index = problem.mentor_index[member]
        closing = layout.seats.start + index
        start, end, units = layout.sink, int(net.tail[closing]), problem.mentors[index].capacity
    for _ in range(units):
        way = shortest(net, cost, flow, start=start, end=end)
        if way is None and closing is None:
            return None
        if way is None or (closing is not None and way.cost >= 0 and flow[closing] >= net.low[closing]):
            break
        flow[way.arcs] += way.change
        if closing is not None:
            flow[closing] += 1
    if (flow < net.low).any() or prices(net, cost, flow, sweeps=PROOF) is None:
        return None
    return np.asarray(net.rows[flow[net.pairs] > 0])


def _place_worth(problem: Problem, cost: Ints) -> int:
    """What a place more is worth where the most are filled first: more than any two rounds can differ by in total."""
    places = min(problem.places_wanted, sum(seat.capacity for seat in problem.mentors))
    return (places + 1) * (int(np.abs(cost).max(initial=0)) + 1)


def standing(problem: Problem, net: Network, layout: Layout, rows: Ints) -> Ints:
    """The flow that a round is, given its pairs' rows."""
    flow = np.zeros(len(net.tail), np.int64)
    e = problem.edges
    flow[np.searchsorted(net.rows, rows)] = 1
    if e.offer is not None and layout.offers:
        offered = e.offer[rows]
        flow[layout.pairs : layout.pairs + layout.offers] = np.bincount(offered[offered >= 0], minlength=layout.offers)
    flow[layout.seats] = np.bincount(e.mentor[rows], minlength=layout.mentors)
    around = layout.seats.stop
    if len(net.tail) > around:
        got = np.bincount(net.tail[net.pairs][flow[net.pairs] > 0], minlength=layout.mentees)[: layout.mentees]
        flow[around : around + layout.mentees] = net.supply[: layout.mentees] - got
        flow[around + layout.mentees :] = net.low[around + layout.mentees :]
    return flow


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """What one more unit would cost, the arcs it takes and the change of flow on each."""

    cost: int
    arcs: Ints
    change: Ints


def shortest(net: Network, cost: Ints, flow: Ints, *, start: int, end: int) -> Way | None:
    """The cheapest way for one more unit; None if there is none, or if the flow is not an optimum.

    Bellman-Ford over the residual network from one node, a whole frontier at a time. Ways back into ``start`` are left out: from an optimum they never help.
    """
    forward, backward = np.flatnonzero((flow < net.high) & (net.head != start)), np.flatnonzero((flow > net.low) & (net.tail != start))
    arc = np.concatenate([forward, backward])
    tail, head = np.concatenate([net.tail[forward], net.head[backward]]), np.concatenate([net.head[forward], net.tail[backward]])
    length = np.concatenate([cost[forward], -cost[backward]])
    order = np.argsort(tail, kind="stable")
    arc, tail, head, length = arc[order], tail[order], head[order], length[order]
    sign = np.where(order < len(forward), 1, -1)
    nodes = len(net.supply)
    bounds = np.searchsorted(tail, np.arange(nodes + 1))
    far = np.iinfo(np.int64).max // 4
    distance = np.full(nodes, far)
    distance[start] = 0
    came_by = np.full(nodes, -1)
    frontier = np.array([start])
    for _ in range(min(nodes, PROOF) + 1):
        if not len(frontier):
            break
        counts = bounds[frontier + 1] - bounds[frontier]
        active = np.repeat(bounds[frontier] - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        reached = distance[tail[active]] + length[active]
        better = reached < distance[head[active]]
        active, reached = active[better], reached[better]
        best = np.lexsort((reached, head[active]))
        active, reached = active[best], reached[best]
        first = np.concatenate([[True], head[active][1:] != head[active][:-1]])[: len(active)]
        active, reached = active[first], reached[first]
        frontier = head[active]
        distance[frontier], came_by[frontier] = reached, active
        frontier = frontier[frontier != end]
    if len(frontier) or distance[end] == far:
        return None
    steps, node = [], end
    while node != start:
        steps.append(int(came_by[node]))
        node = int(tail[steps[-1]])
    return Way(int(distance[end]), arc[steps], sign[steps])
