"""One way to compute a round, whatever it is the best at."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from plugin.errors import Invalid
from plugin.graph.matching import choices, conflicts, report
from plugin.graph.matching.fair import fair
from plugin.graph.matching.flow import Layout, Network, cheapest, feasible, lexicographic, losses, network, widest
from plugin.graph.matching.load import Spread
from plugin.graph.matching.precedence import with_first
from plugin.graph.matching.problem import Contradiction, Ints, Objective, Placing, Problem, Round, Watch
from plugin.graph.matching.rules import Opening, opened
from plugin.graph.matching.stable import stable

LOSS = 0.02
"""The share of the best total that an even load may cost where nobody says."""


def solve(
    problem: Problem,
    objective: Objective,
    *,
    seed: int = 0,
    loss: float = LOSS,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Round:
    """The round that is the best in the objective; the same problem, objective and seed give the same round.

    ``seed`` draws lots between equals. ``loss`` is the share of the best total that :attr:`Objective.EVEN_LOAD` may give up. ``cancelled`` is asked between
    steps; a step is one run of a solver. Raises :class:`~plugin.graph.matching.problem.Contradiction` with a smallest set of what cannot hold together.
    """
    if not 0 <= loss <= 1:
        raise Invalid("the loss is a share of the best total: choose 0 to 1, not {loss}", field="loss", loss=loss)
    if seed < 0:
        raise Invalid("the seed counts from 0", field="seed")
    watch = Watch(cancelled, progress)
    watch.at(0.0)
    opening = opened(problem, mentee_choices=objective.by_choice, mentor_choices=objective.stable)
    if not objective.stable:
        opening = with_first(problem, opening)
    found = None if opening.broken else _rows(problem, opening, objective, seed=seed, loss=loss, watch=watch)
    if found is None:
        raise contradiction(problem)
    watch.at(0.95)
    rows, proved = found
    made = report.report(problem, rows, objective=objective, seed=seed, proved=proved)
    watch.at(1.0)
    return made


def curve(
    problem: Problem, *, seed: int = 0, cancelled: Callable[[], bool] | None = None, progress: Callable[[float], None] | None = None
) -> list[tuple[float, float]]:
    """The trade-off of load Gini against total, from the best total down to the most even load: corners that no other round beats in both."""
    watch = Watch(cancelled, progress)
    opening = with_first(problem, opened(problem))
    spread = None if opening.broken else _spread(problem, opening, seed=seed)
    points = [] if spread is None else spread.corners(watch)
    if not points:
        raise contradiction(problem)
    kept: list[tuple[float, float]] = []
    for point in points:
        if not kept or point.gini < kept[-1][0] - 1e-12:
            kept.append((point.gini, point.total))
    return kept


def contradiction(problem: Problem) -> Contradiction:
    """The error that names a smallest set of what cannot hold together."""
    causes = conflicts.conflict(problem)
    told = "; ".join(str(cause) for cause in causes) or "the candidates and the choices"
    return Contradiction(f"these cannot hold together: {told}. Drop one of them.", causes=causes)


def best_total(problem: Problem, opening: Opening, *, seed: int, places: int | None = None) -> tuple[Network, Layout, Ints] | None:
    """The network and the flow of the best total; with ``places`` only rounds of so many pairs count."""
    net, layout = network(problem, opening, seed=seed, places=places)
    flow = cheapest(net, losses(net, problem.edges.score))
    return None if flow is None else (net, layout, flow)


def most_places(problem: Problem, opening: Opening, *, seed: int) -> int:
    """The most pairs that can be made. Minimums do not lower it: whoever has a mentee keeps one when more are placed along augmenting paths."""
    net, layout = network(problem, opening, seed=seed, places=problem.places_wanted)
    low = net.low.copy()
    low[layout.seats] = 0
    return widest(replace(net, low=low))


def _rows(problem: Problem, opening: Opening, objective: Objective, *, seed: int, loss: float, watch: Watch) -> tuple[Ints, bool] | None:
    if objective.stable:
        if (opening.pinned.size or opening.held.size) and not feasible(network(problem, opening, seed=seed)[0]):
            return None
        return stable(problem, opening, mentors_propose=objective is Objective.STABLE_MENTOR, seed=seed), True
    if objective is Objective.EVEN_LOAD:
        spread = _spread(problem, opening, seed=seed)
        return None if spread is None else spread.least_gini(loss=loss, seed=seed, watch=watch)
    if objective is Objective.TOTAL:
        places = most_places(problem, opening, seed=seed) if problem.placing is Placing.MOST else None
        best = best_total(problem, opening, seed=seed, places=places)
        return None if best is None else (_taken(best[0], best[2]), True)
    places = most_places(problem, opening, seed=seed)
    watch.at(0.1)
    if objective is Objective.FAIR:
        return fair(problem, opening, places=places, seed=seed, watch=watch)
    net, _ = network(problem, opening, seed=seed, places=places)
    flow = lexicographic(net, choices.levels(problem, net, objective))
    return None if flow is None else (_taken(net, flow), True)


def _spread(problem: Problem, opening: Opening, *, seed: int) -> Spread | None:
    places = most_places(problem, opening, seed=seed) if problem.placing is Placing.MOST else None
    best = best_total(problem, opening, seed=seed, places=places)
    if best is None:
        return None
    net, layout = network(problem, opening, seed=seed, places=len(_taken(best[0], best[2])))
    return Spread(problem, net, layout, first=opening.first)


def _taken(net: Network, flow: Ints) -> Ints:
    return np.asarray(net.rows[flow[net.pairs] > 0])
