"""Rounds by ranked choices: as many places as can be filled, and among those the best profile (how many got which choice).

Greedy: the most first choices, then the most second, and so on. Generous: the fewest last choices, then the fewest last but one, and so on. Rank sum: the least
sum of ranks. Between equals the total score decides, then the lot. (Irving 2003; Kwanashie, Irving, Manlove and Sng 2014.) One min-cost flow where the levels'
weights fit into 64 bits, else one for every few levels, each on the optimal face of those before.
"""

import numpy as np

from plugin.graph.matching.flow import Network, losses
from plugin.graph.matching.problem import Ints, Objective, Problem
from plugin.graph.matching.report import choices


def levels(problem: Problem, net: Network, objective: Objective) -> list[Ints]:
    """Costs of all arcs, the most important first."""
    ranks = choices(problem)[net.rows]
    present = np.unique(ranks[ranks > 0]).tolist()
    if objective is Objective.CHOICES_GREEDY:
        costs = [-(ranks == rank).astype(np.int64) for rank in present[:-1]]
    elif objective is Objective.CHOICES_GENEROUS:
        costs = [(ranks == rank).astype(np.int64) for rank in reversed(present[1:])]
    else:
        costs = [ranks.astype(np.int64)]
    return [*(on_pairs(net, cost) for cost in costs), losses(net, problem.edges.score)]


def on_pairs(net: Network, cost: Ints) -> Ints:
    """Costs of candidate pairs as costs of all arcs."""
    everything = np.zeros(len(net.tail), np.int64)
    everything[net.pairs] = cost
    return everything
