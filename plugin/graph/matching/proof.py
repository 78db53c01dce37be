"""Proof that a round has the best total: prices under which no round can be worth more.

By linear programming duality every set of prices of nodes bounds the total from above: whoever pays for each pair what its two ends and its own bound are worth
pays at least what any round is worth. At the right prices the bound is the total itself, to the last unit of the grid on which scores are compared, so that
anybody can check the optimum by adding up, without trusting the solver. (Ahuja, Magnanti and Orlin 1993, section 9.4.)
"""

from dataclasses import dataclass

import numpy as np

from plugin.errors import Invalid
from plugin.graph.matching.changes import PROOF, rows_of, standing
from plugin.graph.matching.flow import GRID, Network, losses, network, prices
from plugin.graph.matching.precedence import with_first
from plugin.graph.matching.problem import Ints, Objective, Placing, Problem, Round
from plugin.graph.matching.rules import opened
from plugin.graph.matching.solving import most_places


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of the best total.

    ``bound`` is what no round with these rules, pins, bounds and places can exceed, ``total`` what the round has; ``units`` is the difference on the grid of
    one thousand-millionth of a score, 0 where the round is proved to be the best.
    ``place_worth`` is, for each mentor whose last place is wanted, by how much one more place would raise the total at most (the dual of the capacity).
    """

    total: float
    bound: float
    units: int
    place_worth: tuple[tuple[int, float], ...]

    @property
    def proved(self) -> bool:
        """Whether no round can have more."""
        return self.units == 0


def proof(problem: Problem, made: Round) -> Proof | None:
    """The proof for a round of the best total; None where no prices prove it, since there is a better round or they were not found in time.

    Raises :class:`~plugin.errors.Invalid` for rounds of other objectives and of other problems.
    """
    if made.objective is not Objective.TOTAL:
        raise Invalid("only a round of the best total has such a proof, not {objective}: see its figures instead", field="objective", objective=made.objective)
    rows = rows_of(problem, made.pairs)
    opening = with_first(problem, opened(problem))
    if rows is None or opening.broken or not opening.usable[rows].all():
        raise Invalid("the round has pairs that this problem does not allow: give the problem it was made from", field="round")
    places = most_places(problem, opening, seed=made.seed) if problem.placing is Placing.MOST else None
    net, layout = network(problem, opening, seed=made.seed, places=places)
    cost = losses(net, problem.edges.score)
    flow = standing(problem, net, layout, rows)
    price = prices(net, cost, flow, sweeps=PROOF)
    if price is None:
        return None
    reduced = cost + price[net.tail] - price[net.head]
    bound = dual(net, reduced, price)
    gain = -int(cost @ flow)
    worth = np.maximum(0, -reduced[layout.seats]) / GRID
    seats = tuple((seat.id, value) for seat, value in zip(problem.mentors, worth.tolist(), strict=True) if value > 0)
    return Proof(made.total, made.total + (bound - gain) / GRID, bound - gain, seats)


def dual(net: Network, reduced: Ints, price: Ints) -> int:
    """The most that any flow can gain, by these prices of nodes."""
    least = np.where(reduced > 0, reduced * net.low, reduced * net.high).sum()
    return int(price @ net.supply) - int(least)
